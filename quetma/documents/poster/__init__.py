"""Printed codes as files: A4 for a door, four desk cards on a sheet (PDF by Typst), the bare code as SVG or PNG.

At error correction level H, without which a soiled code is not read; the code on A4 is 15.2 cm wide: the national
guidance asks for 15 at least.
"""

import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst

from quetma import language, settings
from quetma.language import translator
from quetma.posters import Poster, PosterError, says
from quetma.store import Store

HERE = Path(__file__).parent
FONTS = HERE.parent / "fonts"
STEPS = {
    "scan.svg": "Scan with the camera",
    "fill.svg": "Fill in name, phone, health",
    "leave.svg": "Scan again when you leave",
}
SIZES = ("a4", "desk")
ON_SHEET = 4  # desk cards
QUIET = 4  # squares of white around a bare code
PNG_SQUARE = 16  # pixels


def pdf(store: Store, posters: Sequence[Poster], size: Literal["a4", "desk"] = "a4") -> bytes:
    """These codes as one PDF: a page each, or as desk cards, four on a page; one alone, or two, fill their sheet.

    Raises `PosterError` while it is not known at which address phones reach this dashboard.
    """
    return _compile(store, posters, size, "pdf")


def page_png(store: Store, posters: Sequence[Poster], size: Literal["a4", "desk"] = "a4", ppi: float = 80) -> bytes:
    """The first page of that PDF as a picture, to look at before printing."""
    return _compile(store, posters, size, "png", ppi)


def svg(store: Store, poster: Poster) -> bytes:
    """The bare code, to be set into a print of one's own."""
    return _svg(says(store, poster), QUIET)


def png(store: Store, poster: Poster) -> bytes:
    """The bare code as pixels."""
    file = io.BytesIO()
    _code(says(store, poster)).save(file, kind="png", scale=PNG_SQUARE, border=QUIET)
    return file.getvalue()


def _compile(store: Store, posters: Sequence[Poster], size: str, fmt: Literal["pdf", "png"], ppi: float = 80) -> bytes:
    vi, en = translator("vi"), translator("en")
    files = {name: _picture(name) for name in STEPS}
    shown = []
    for poster in posters:
        name = f"code{poster.poster_id}.svg"
        files[name] = _svg(says(store, poster), 0)
        foot = "Version {n} · printed on {day} · lost or damaged? Tell the unit"
        told = {"n": poster.version, "day": language.day(poster.printed_on)}
        shown.append(
            {
                "picture": name, "unit": settings.get(store, "unit_name"), "location": poster.location,
                "address": poster.address, "foot": [vi(foot, **told), en(foot, **told)],
            }
        )  # fmt: skip
    if size == "desk" and ON_SHEET % len(shown) == 0:
        shown *= ON_SHEET // len(shown)
    steps = [{"picture": name, "vi": vi(text), "en": en(text)} for name, text in STEPS.items()]
    data = {"size": size, "title": vi("Check-in code"), "posters": shown, "steps": steps}
    files |= {"main.typ": _picture("poster.typ"), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    given: Any = files  # its types know of no files in memory yet
    made = typst.compile(given, font_paths=[FONTS], ignore_system_fonts=True, format=fmt, ppi=ppi)
    return made[0] if isinstance(made, list) else made


@cache
def _picture(name: str) -> bytes:
    return (HERE / name).read_bytes()


def _code(text: str) -> segno.QRCode:
    try:
        return segno.make_qr(text, error="h", boost_error=False)
    except ValueError as error:  # segno's DataOverflowError is one
        raise PosterError("The text of a code has at most {n} characters.", n=len(text) - 1) from error


def _svg(text: str, border: int) -> bytes:
    file = io.BytesIO()
    _code(text).save(file, kind="svg", border=border, light=None if border == 0 else "white", omitsize=False, scale=10)
    return file.getvalue()
