"""Vietnamese first, English second.

English texts are the message identifiers in the code; `locale/vi/*.po` holds the Vietnamese, one catalogue a topic. The
files are read as they are: nothing to compile. A test fails when a text used in the code has no Vietnamese.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel import lists, numbers
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parent / "locale"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"

Translate = Callable[..., str]


@cache
def catalogue(language: str) -> dict[str, str]:
    """Message identifier → text, from every catalogue of that language."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as file:
            texts.update({str(m.id): str(m.string) for m in read_po(file) if m.id and m.string})
    return texts


@cache
def translator(language: str) -> Translate:
    """`t("{n} people", n=5)`: the text in that language with its gaps filled."""
    texts = catalogue(language)

    def translate(message: str, **gaps: Any) -> str:
        text = texts.get(message, message)
        return text.format(**gaps) if gaps else text

    return translate


def spoken(t: Translate) -> str:
    """The language of a translator."""
    return next((language for language in LANGUAGES if translator(language) is t), DEFAULT)


def day(value: date | None) -> str:
    """`24/08/2021`, in both languages."""
    return f"{value:%d/%m/%Y}" if value else ""


def moment(value: datetime | None) -> str:
    """`08:10 24/08/2021`, in both languages."""
    return f"{value:%H:%M %d/%m/%Y}" if value else ""


def number(value: float, language: str = DEFAULT) -> str:
    """`3.344` in Vietnamese, `3,344` in English."""
    if isinstance(value, int):  # a hundredth of the time, and a table may have ten thousand
        return f"{value:,}".replace(",", _group(language))
    return numbers.format_decimal(value, locale=language)


@cache
def _group(language: str) -> str:
    """What stands between thousands."""
    return numbers.get_group_symbol(language)


def listed(names: Sequence[str], language: str = DEFAULT) -> str:
    """`A, B và C` in Vietnamese, `A, B, and C` in English."""
    return lists.format_list(names, locale=language)


def percent(have: int, due: int, language: str = DEFAULT) -> str:
    """`92,3%`; a dash when nobody is due."""
    return numbers.format_percent(have / due, format="0.#%", locale=language) if due else "–"
