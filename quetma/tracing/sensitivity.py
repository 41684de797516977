"""How far an answer depends on what was chosen: the same question with other limits."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from quetma.store import Store
from quetma.tracing.chain import ask, known, suspected
from quetma.tracing.question import Question
from quetma.tracing.rules import Unanswerable

GRID = {"min_minutes": pl.Int64, "days_before": pl.Int64, "f1": pl.Int64, "f2": pl.Int64}


def grid(store: Store, question: Question, minutes: Sequence[int], days: Sequence[int]) -> pl.DataFrame:
    """Suspected F1s and F2s for each shortest contact (minutes) and number of infectious days before: min_minutes,
    days_before, f1, f2; the counts are null where the window would be empty. Possible people are not counted.
    """
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
            f1 = ask(store, resolved, [], "step")
            f2 = ask(store, resolved, [f1], "step")
            rows.append((min_minutes, days_before, suspected(f1).height, suspected(f2).height))
    return pl.DataFrame(rows, schema=GRID, orient="row")
