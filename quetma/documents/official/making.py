"""Making an official document: rendered, kept in the archive with what eDMS asks for, under a name that tells."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from quetma import archive
from quetma.archive import Document
from quetma.documents.official import docx, pdf
from quetma.documents.official.paper import Paper, filing
from quetma.people import fold
from quetma.store import Store

RENDERERS: dict[str, Callable[[Paper], bytes]] = {"pdf": pdf.pdf, "docx": docx.docx}
NAMES = {"report": "bao-cao", "dossier": "ho-so-truy-vet", "letter": "cong-van", "summary": "tom-tat"}


def make(
    store: Store,
    account: str,
    paper: Paper,
    fmt: str,
    *,
    days: tuple[date, date] | None = None,
    about: str = "",
    reason: str = "",
    within: Callable[[Any, Document], object] | None = None,
) -> Document:
    """Renders a paper as pdf or docx and keeps it. days: the period it is about; about: what else its file's name says,
    no person. reason, within: as in `archive.keep`.
    """
    content = RENDERERS[fmt](paper)

    def write(path: Path) -> None:
        path.write_bytes(content)

    return archive.keep(
        store, account, paper.kind, paper.subject, file_name(paper, fmt, days, about), write, days=days, reason=reason,
        filing=filing(paper), within=within,
    )  # fmt: skip


def file_name(paper: Paper, fmt: str, days: tuple[date, date] | None = None, about: str = "") -> str:
    """`12-BC-DQLTT2-bao-cao-2021-08-01-2021-08-31.pdf`: plain letters, so that every system takes it."""
    symbol = [paper.number, paper.symbol] if paper.number else []
    parts = [*symbol, NAMES.get(paper.kind, paper.kind), about, *dict.fromkeys(f"{day:%Y-%m-%d}" for day in days or ())]
    return "-".join(filter(None, map(_plain, parts))) + f".{fmt}"


def _plain(text: str) -> str:
    kept = re.sub(r"[^A-Za-z0-9]+", "-", "".join(fold(c).upper() if c.isupper() else fold(c) for c in text))
    return kept.strip("-")[:60]
