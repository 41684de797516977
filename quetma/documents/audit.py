"""The audit as a file."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from quetma.access import trail
from quetma.access.trail import Filter
from quetma.documents import table
from quetma.language import Translate, translator
from quetma.store import Store

FRAME_ROWS = 20_000


def write(store: Store, asked: Filter, fmt: str, path: Path, language: str) -> str:
    """Writes the lines that the filter lets through as csv or xlsx. Returns the sentence in it."""
    t = translator(language)
    count = asked.count(store)  # a line that is added meanwhile comes first and would push others on to the next frame
    title = asked.sentence(t, count)
    table.write(path, fmt, _frames(store, asked, count), columns(t), title, count)
    return title


def columns(t: Translate) -> list[table.Column]:
    """The columns of the file."""
    return [
        table.Column("number", t("No."), 8),
        table.Column("logged_at", t("Done at"), 20),
        table.Column("account", t("Account"), 24),
        table.Column("action", t("What they did"), 34, trail.words(t)),
        table.Column("subject", t("About what or whom"), 40),
        table.Column("detail", t("In detail"), 60),
        table.Column("seal", t("Seal"), 20),
    ]


def _frames(store: Store, asked: Filter, count: int) -> Iterator[pl.DataFrame]:
    """The newest of them, never more than said."""
    newer = asked.count(store) - count
    for skip in range(0, max(count, 1), FRAME_ROWS):
        yield asked.lines(store, min(FRAME_ROWS, count - skip), skip + newer)
