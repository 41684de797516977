"""Staff who were on duty where a case was, and have no scan that day: they may have been there."""

from datetime import timedelta

import polars as pl

from quetma.store import Store
from quetma.tracing.question import Question


def staff(store: Store, question: Question) -> pl.DataFrame:
    """One row per person, day and location (queries/tracing/unscanned.sql) for a resolved question: at that location,
    their own, a case stayed on that day; it was a working day, they were not absent, and nobody saw them scan anywhere.
    """
    cases = [(case.person_id, case.since, case.until) for case in question.cases]
    schema = {"person_id": pl.Int64, "since": pl.Datetime("us"), "until": pl.Datetime("us")}
    return store.ask(
        "tracing/unscanned",
        tables={"infector": pl.DataFrame(cases, schema=schema, orient="row")},
        first_day=(question.since - timedelta(days=1)).date(),
        last_day=question.until.date(),
    )
