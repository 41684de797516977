"""Violations handled in a report: what was decided in the period about whom, and what is still to be decided."""

from collections.abc import Iterable

import polars as pl

from quetma import conduct, terms
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Paragraph, Table, official_day
from quetma.documents.official.report.period import Period, counted, listed, short_days
from quetma.plan import LADDER


def blocks(period: Period) -> Iterable[Block]:
    """The decisions that hold, then what the ladder proposes."""
    found = conduct.ledger(period.store).filter(pl.col("decided_on").is_between(period.first, period.last))
    if found.is_empty():
        yield Paragraph(t("In the period no decision about missed duties was taken."))
    else:
        steps = terms.steps(t)
        counts = [
            f"{steps[step]}: {counted(n)}" for step in LADDER if (n := found.filter(pl.col("step") == step).height)
        ]
        yield Paragraph(
            t("{n} decisions about missed duties were taken in the period ({steps}):", n=counted(found.height),
              steps=", ".join(counts))
        )  # fmt: skip
        yield _table(found)
    for duty, about in terms.missed(t).items():
        left = conduct.missed(period.store, period.plan, duty, period.first, period.last)
        left = left.filter(pl.col("undecided").list.len() > 0)
        if left.height:
            due = left.filter(pl.col("proposed").is_not_null())
            text = t("Not yet decided about ({about}): {n} people.", about=about, n=counted(left.height))
            if due.height:
                text += " " + t("By the plan's ladder a decision is due about: {names}.", names=listed(due["name"]))
            yield Paragraph(text)


def _table(found: pl.DataFrame) -> Table:
    steps, about = terms.steps(t), terms.missed(t)
    rows = tuple(
        (
            str(at), row["name"], row["position"] or "",
            f"{terms.capital(about[row['duty']])} ({short_days(row['missed'])})",
            terms.capital(steps[row["step"]]), official_day(row["decided_on"]), row["document"],
        )
        for at, row in enumerate(found.sort("decided_on", "entry_id").iter_rows(named=True), 1)
    )  # fmt: skip
    heads = (t("No."), t("Full name"), t("Position"), t("Content"), t("Step decided"), t("Decided on"), t("Document"))
    return Table(t("Decisions about missed duties"), heads, rows, (1, 3.4, 3, 3.6, 2, 2, 2.2), "clllccc")
