"""The fonts that documents are set in, which every PDF has inside: Liberation, as wide as Times and Arial."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent.parent / "fonts"
SERIF = "Liberation Serif"


def has_glyph(letter: str) -> bool:
    """Whether the fonts of a document have a picture of the letter."""
    return ord(letter) in _letters()


@cache
def _letters() -> frozenset[int]:
    """Those of the four cuts alike."""
    cuts = [TTFont(path, lazy=True).getBestCmap() or {} for path in sorted(FONTS.glob("LiberationSerif-*.ttf"))]
    return frozenset(set(cuts[0]).intersection(*cuts[1:]))
