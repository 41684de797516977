"""An official document as PDF/A-2b, tagged so that it can be read aloud, by Typst; its pages and charts as pictures."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from quetma.documents.official.fonts import FONTS
from quetma.documents.official.paper import KEPT_TOGETHER, Chart, Paper, drawn, frame, keywords
from quetma.store import VIETNAM

HERE = Path(__file__).parent
STANDARDS: Any = ["a-2b", "ua-1"]


def pdf(paper: Paper) -> bytes:
    """The file, with its metadata and the fonts inside; the same bytes for the same paper."""
    made = _compiler(paper).compile(
        format="pdf", pdf_standards=STANDARDS, timestamp=paper.made_at.replace(tzinfo=VIETNAM)
    )
    assert isinstance(made, bytes)
    return made


def pages(paper: Paper) -> list[bytes]:
    """Its pages as SVG, which take a tenth of the time that dots take."""
    made = _compiler(paper).compile(format="svg")
    return made if isinstance(made, list) else [made or b""]


def picture(chart: Chart, ppi: float = 220) -> bytes:
    """A chart as PNG, 160 mm wide."""
    source = (
        '#import "chart.typ": chart\n#set page(width: 160mm, height: auto, margin: (x: 2mm, y: 2mm))\n'
        '#set text(font: "Liberation Serif", lang: "vi", hyphenate: false)\n#chart(json("data.json"), width: 152mm)\n'
    )
    made = _compile(source.encode(), _block(chart, drawn)).compile(format="png", ppi=ppi)
    return made[0] if isinstance(made, list) else made or b""


def _compiler(paper: Paper) -> typst.Compiler:
    return _compile(_part("paper.typ"), _data(paper))


def _compile(source: bytes, data: dict[str, Any]) -> typst.Compiler:
    files: Any = {  # its types know of no files in memory yet
        "main.typ": source, "chart.typ": _part("chart.typ"), "data.json": json.dumps(data, ensure_ascii=False).encode(),
    }  # fmt: skip
    return typst.Compiler(files, font_paths=[FONTS], ignore_system_fonts=True)


@cache
def _part(name: str) -> bytes:
    return (HERE / name).read_bytes()


def _data(paper: Paper) -> dict[str, Any]:
    told = {
        name: [drawn(line) for line in value] if isinstance(value, tuple) else drawn(value)
        for name, value in vars(frame(paper)).items()
    }
    title = f"{paper.type}: {paper.subject}" if paper.type else paper.subject
    return {
        "frame": told,
        "kept_together": KEPT_TOGETHER,
        "body": [_block(block, drawn) for block in paper.body],
        "appendices": [
            {
                "title": drawn(one.title),
                "landscape": one.landscape,
                "blocks": [_block(block, drawn) for block in one.blocks],
            }
            for one in paper.appendices
        ],
        "about": {
            "title": drawn(title),
            "author": drawn(paper.agency.name),
            "subject": drawn(paper.subject),
            "keywords": [drawn(word) for word in keywords(paper)],
            "made": _moment(paper.made_at),
        },
    }


def _moment(at: datetime) -> list[int]:
    return [at.year, at.month, at.day, at.hour, at.minute, at.second]


def _block(block: Any, text: Callable[[str], str]) -> dict[str, Any]:
    """A block as JSON; every text of it goes through `text`."""

    def told(value: Any) -> Any:
        if isinstance(value, str):
            return text(value)
        if isinstance(value, tuple):
            return [told(one) for one in value]
        return {name: told(one) for name, one in vars(value).items()} if hasattr(value, "__dict__") else value

    return {"what": type(block).__name__.lower(), **told(block)}
