"""How much of what went on the scans show at all: of the staff known to be on duty, how many scanned."""

import polars as pl

from quetma.store import Store
from quetma.tracing.chain import known
from quetma.tracing.question import Question


def rostered(store: Store, question: Question) -> tuple[int, int]:
    """Duty days of staff between the first and the last day of the infectious windows: how many have a scan, and how
    many there were, of the whole unit. (0, 0) when nobody was on duty. Raises `Unanswerable` as `trace` does.
    """
    question, _ = known(store, question)
    days = store.ask("compliance/trend", first=question.since.date(), last=question.until.date())
    have, due = days.filter(pl.col("duty") == "scanned").select(pl.col("have", "due").sum()).row(0)
    return int(have), int(due)
