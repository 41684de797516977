"""The badges of the staff as a file to print and cut: ten cards on a sheet, the size of a bank card (PDF by Typst).

The code is of digits alone, so it is small, and large squares are read from a hand that moves.
"""

import io
import json
from pathlib import Path
from typing import Any, Literal

import polars as pl
import segno
import typst

from quetma import settings
from quetma.documents.poster import FONTS
from quetma.language import translator
from quetma.store import Store

TEMPLATE = Path(__file__).parent / "badges.typ"


def pdf(store: Store, badges: pl.DataFrame) -> bytes:
    """These badges (rows of `quetma.badges.staff` that have a token) as one PDF."""
    return _compile(store, badges, "pdf")


def page_png(store: Store, badges: pl.DataFrame, ppi: float = 80) -> bytes:
    """The first page of that PDF as a picture."""
    return _compile(store, badges, "png", ppi)


def svg(token: str) -> bytes:
    """The code of one badge."""
    file = io.BytesIO()
    segno.make_qr(token, error="q").save(file, kind="svg", border=2, light="white", omitsize=True, scale=10)
    return file.getvalue()


def _compile(store: Store, badges: pl.DataFrame, fmt: Literal["pdf", "png"], ppi: float = 80) -> bytes:
    files, shown = {}, []
    for n, row in enumerate(badges.filter(pl.col("token").is_not_null()).iter_rows(named=True)):
        files[f"{n}.svg"] = svg(row["token"])
        shown.append(
            {
                "picture": f"{n}.svg",
                "unit": settings.get(store, "unit_name"),
                "name": row["name"],
                "position": row["position"],
                "location": row["location"],
            }
        )
    data = {"title": translator("vi")("Staff badges"), "badges": shown}
    files |= {"main.typ": TEMPLATE.read_bytes(), "data.json": json.dumps(data, ensure_ascii=False).encode()}
    given: Any = files  # its types know of no files in memory yet
    made = typst.compile(given, font_paths=[FONTS], ignore_system_fonts=True, format=fmt, ppi=ppi)
    return made[0] if isinstance(made, list) else made
