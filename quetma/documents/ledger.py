"""The ledger of decisions about missed duties as a file, in plain columns to be keyed into another system (INS)."""

from pathlib import Path

import polars as pl

from quetma import terms
from quetma.documents import table
from quetma.language import Translate, translator


def write(rows: pl.DataFrame, fmt: str, path: Path, language: str) -> str:
    """Writes rows of `conduct.ledger` as csv or xlsx. Returns the sentence in it."""
    t = translator(language)
    said = sentence(rows, t)
    shown = rows.with_columns(
        days=pl.col("missed").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", "),
        count=pl.col("missed").list.len(),
    )
    table.write(path, fmt, [shown], columns(t), said, rows.height)
    return said


def sentence(rows: pl.DataFrame, t: Translate) -> str:
    """What the file is."""
    return t("Decisions about missed duties: {n}.", n=rows.height)


def columns(t: Translate) -> list[table.Column]:
    """The columns of the file."""
    return [
        table.Column("entry_id", t("No."), 6),
        table.Column("decided_on", t("Decided on"), 14),
        table.Column("name", t("Full name"), 28),
        table.Column("phone_shown", t("Phone"), 14),
        table.Column("position", t("Position"), 22),
        table.Column("location", t("Premises"), 22),
        table.Column("duty", t("About"), 22, terms.missed(t)),
        table.Column("count", t("Missed days"), 8),
        table.Column("days", t("Which days"), 30),
        table.Column("step", t("Decision"), 14, terms.steps(t)),
        table.Column("document", t("Document"), 18),
        table.Column("reason", t("Reason"), 40),
        table.Column("entered_by", t("Decided by"), 22),
    ]
