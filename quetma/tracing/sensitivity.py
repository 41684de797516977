"""How far an answer depends on what was chosen: the same question with other limits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl

from quetma.store import Store
from quetma.tracing.chain import ask, everybody_masked, known, reach, suspected
from quetma.tracing.chain import days as span
from quetma.tracing.question import Question
from quetma.tracing.rules import Unanswerable

GRID = {"min_minutes": pl.Int64, "days_before": pl.Int64, "f1": pl.Int64, "f2": pl.Int64}


def grid(store: Store, question: Question, minutes: Sequence[int], days: Sequence[int]) -> pl.DataFrame:
    """Suspected F1s and F2s for each shortest contact (minutes) and number of infectious days before: min_minutes,
    days_before, f1, f2; the counts are null where the window would be empty. Possible people are not counted.
    Raises `Unanswerable` as `trace` does when the question itself makes no sense.
    """
    known(store, question)
    rows = []
    for days_before in days:
        cases = tuple(replace(case, days_before=days_before) for case in question.cases)
        for min_minutes in minutes:
            other = replace(question, cases=cases, min_minutes=min_minutes, steps=2)
            try:
                resolved, _ = known(store, other)
            except Unanswerable:
                rows.append((min_minutes, days_before, None, None))
                continue
            rows.append((min_minutes, days_before, *_counts(store, resolved)))
    return pl.DataFrame(rows, schema=GRID, orient="row")


def ends(store: Store, question: Question) -> pl.DataFrame:
    """Suspected F1s and F2s if every end that was not scanned were as short or as long as it can be
    (queries/tracing/ends.sql): ends (shortest, stored, longest), f1, f2. Raises `Unanswerable` as `trace` does.

    The shortest is no lower bound of the F2s: who is no F1 then may be an F2.
    """
    question, _ = known(store, question)
    around = span(question.since, question.until, question.linger)
    around = {"first_day": around["first_day"] - timedelta(days=1), "last_day": around["last_day"] + timedelta(days=1)}
    rows = []
    for name in ("shortest", "stored", "longest"):
        stays = None if name == "stored" else store.ask("tracing/ends", longest=name == "longest", **around)
        rows.append((name, *_counts(store, question, stays)))
    return pl.DataFrame(rows, schema={"ends": pl.String, "f1": pl.Int64, "f2": pl.Int64}, orient="row")


def _counts(store: Store, question: Question, stays: pl.DataFrame | None = None) -> tuple[int, int]:
    """How many are suspected F1 and F2 of a resolved question."""
    masked, reached = everybody_masked(store), []
    for _ in range(2):
        reached.append(reach(ask(store, question, reached, "step", stays), masked))
    return suspected(reached[0]).height, suspected(reached[1]).height
