"""The ledger of decisions about missed duties as a file, in plain columns to be keyed into another system (INS).

docs/ledger.md says what each column holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from quetma import directory, terms
from quetma.documents import table
from quetma.language import Translate, day, translator


@dataclass(frozen=True)
class Filter:
    """What of the ledger is asked for; the same object picks the rows and says so in a sentence.

    text: words of a name or a piece of a phone. steps, duties: () is all. untold: only what has not reached the person.
    """

    text: str = ""
    steps: Sequence[str] = ()
    duties: Sequence[str] = ()
    first: date | None = None
    last: date | None = None
    untold: bool = False

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of `conduct.ledger` that it picks."""
        rows = directory.among(rows, self.text)
        if self.steps:
            rows = rows.filter(pl.col("step").is_in(list(self.steps)))
        if self.duties:
            rows = rows.filter(pl.col("duty").is_in(list(self.duties)))
        if self.first:
            rows = rows.filter(pl.col("decided_on") >= self.first)
        if self.last:
            rows = rows.filter(pl.col("decided_on") <= self.last)
        return rows.filter(pl.col("told").list.len() == 0) if self.untold else rows

    def sentence(self, t: Translate, n: int) -> str:
        """`Decisions about missed duties: 3. Decision: reminder. Decided from 01/08/2021 to 27/08/2021.`"""
        parts = [t("Decisions about missed duties: {n}.", n=n)]
        if self.text.strip():
            parts.append(t("Person: {text}.", text=self.text.strip()))
        if self.steps:
            parts.append(t("Decision: {what}.", what=", ".join(terms.steps(t)[step] for step in self.steps)))
        if self.duties:
            parts.append(t("About: {what}.", what=", ".join(terms.missed(t)[duty] for duty in self.duties)))
        if self.first or self.last:
            parts.append(t("Decided from {first} to {last}.", first=day(self.first) or "…", last=day(self.last) or "…"))
        if self.untold:
            parts.append(t("Only what has not reached the person yet."))
        return " ".join(parts)


def write(found: pl.DataFrame, asked: Filter, fmt: str, path: Path, language: str) -> str:
    """Writes rows of `conduct.ledger` that the filter picked as csv or xlsx. Returns the sentence in it."""
    t = translator(language)
    said = asked.sentence(t, found.height)
    table.write(path, fmt, [rows(found, t)], columns(t), said, found.height)
    return said


def rows(found: pl.DataFrame, t: Translate) -> pl.DataFrame:
    """Rows of `conduct.ledger` as a file shows them, with what `columns` names."""
    told = terms.channels(t)
    return found.with_columns(
        days=pl.col("missed").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", "),
        count=pl.col("missed").list.len(),
        told=pl.col("told").list.eval(pl.element().replace(told)).list.join(", "),
        refuted=pl.col("refuted").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", "),
    )


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
        table.Column("step", t("Step decided"), 14, terms.steps(t)),
        table.Column("document", t("Document"), 18),
        table.Column("reason", t("Reason"), 40),
        table.Column("entered_by", t("Decided by"), 22),
        table.Column("told", t("How it reached them"), 22),
        table.Column("told_at", t("Reached them at"), 18),
        table.Column("refuted", t("Not missed by now"), 22),
    ]
