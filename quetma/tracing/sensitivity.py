"""How far an answer depends on what was chosen: the same question with other limits."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import polars as pl

from quetma.store import Store
from quetma.tracing.chain import ask, everybody_masked, infects_until, known, reach, suspected
from quetma.tracing.chain import days as span
from quetma.tracing.question import Question
from quetma.tracing.rules import Unanswerable

GRID = {"min_minutes": pl.Int64, "days_before": pl.Int64, "f1": pl.Int64, "f2": pl.Int64}
CELLS = {"person_id": pl.Int64, "since": pl.Datetime("us"), "until": pl.Datetime("us"), "cells": pl.Int64}
BITS = 62  # cells of the grid asked at once: a set of them is one number
NEVER = 1_000_000  # minutes; no contact is as long


def grid(store: Store, question: Question, minutes: Sequence[int], days: Sequence[int]) -> pl.DataFrame:
    """Suspected F1s and F2s for each shortest contact (minutes) and number of infectious days before: min_minutes,
    days_before, f1, f2; the counts are null where the window would be empty. Possible people are not counted.
    Raises `Unanswerable` as `trace` does when the question itself makes no sense.
    """
    question, _ = known(store, question)
    together = max(1, BITS // max(1, len(minutes)))
    rows = [
        row
        for first in range(0, len(days), together)
        for row in _cells(store, question, minutes, days[first:][:together])
    ]
    return pl.DataFrame(rows, schema=GRID, orient="row")


def _cells(store: Store, question: Question, minutes: Sequence[int], days: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows of the grid of a resolved question, at most `BITS`: a step of the chain is one query
    (queries/tracing/grid.sql), in which every contact carries the set of cells it counts in.
    """
    asked: dict[tuple[int, int], Question] = {}
    for days_before, min_minutes in product(days, minutes):
        cases = tuple(replace(case, days_before=days_before) for case in question.cases)
        with suppress(Unanswerable):
            asked[min_minutes, days_before] = replace(question, cases=cases, min_minutes=min_minutes).resolved()
    bits = {cell: 1 << number for number, cell in enumerate(asked)}
    counts: dict[tuple[int, int], tuple[int, int]] = {}
    if asked:
        f1, f2 = _reached(store, asked, bits)
        counts = {cell: (f1.filter(f1 & bit != 0).len(), f2.filter(f2 & bit != 0).len()) for cell, bit in bits.items()}
    cells = product(days, minutes)
    return [(shortest, before, *counts.get((shortest, before), (None, None))) for before, shortest in cells]


def _reached(
    store: Store, asked: dict[tuple[int, int], Question], bits: dict[tuple[int, int], int]
) -> tuple[pl.Series, pl.Series]:
    """The sets of cells in which each person is a suspected F1, and a suspected F2. Who is masked is left out: they,
    and whom they alone reach, are only possible.
    """
    widest = min(asked.values(), key=lambda one: one.since)
    cases = [(c.person_id, c.since, c.until, bits[cell]) for cell, one in asked.items() for c in one.cases]
    infector = (
        pl.DataFrame(cases, schema=CELLS, orient="row").group_by("person_id", "since", "until").agg(pl.sum("cells"))
    )
    out = pl.concat([infector["person_id"], everybody_masked(store).cast(pl.Int64)]).unique().to_frame()
    ends = sorted({shortest for shortest, _ in asked})
    bands = [
        (least, most, sum(bit for (shortest, _), bit in bits.items() if shortest <= least))
        for least, most in zip(ends, [*ends[1:], NEVER], strict=True)
    ]
    band = pl.DataFrame(bands, schema={"least": pl.Int32, "most": pl.Int32, "cells": pl.Int64}, orient="row")

    def step(infector: pl.DataFrame) -> pl.DataFrame:
        return store.numbers(
            "tracing/grid", tables={"infector": infector, "known": out, "band": band}, linger=widest.linger,
            **span(widest.since, widest.until, widest.linger),
        )  # fmt: skip

    each = pl.DataFrame({"bit": list(bits.values())}, schema={"bit": pl.Int64})
    first = step(infector).join(each, how="cross").filter(pl.col("cells") & pl.col("bit") != 0)
    first = first.group_by("person_id", "bit").agg(pl.col("exposed_at").min())
    since = first.group_by("person_id", since="exposed_at").agg(cells=pl.sum("bit"))
    f1 = first.group_by("person_id").agg(f1=pl.sum("bit"))
    f2 = step(since.select("person_id", "since", until=infects_until(widest), cells="cells"))
    f2 = f2.group_by("person_id").agg(pl.col("cells").bitwise_or()).join(f1, on="person_id", how="left")
    return f1["f1"], f2.select(pl.col("cells") & ~pl.col("f1").fill_null(0)).to_series()


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
