"""Staff who were on duty where a case was, and have no scan that day: they may have been there."""

from datetime import timedelta

import polars as pl

from quetma.store import Store
from quetma.tracing.question import Question


def staff(store: Store, question: Question) -> pl.DataFrame:
    """One row per person, day and location for a resolved question: at that location, their own, a case stayed on that
    day; it was a working day, they were not absent, and nobody saw them scan anywhere.
    """
    return duties(store, question).filter(~pl.col("scanned")).drop("scanned")


def unknown(store: Store, question: Question) -> pl.DataFrame:
    """One row per day and location of a resolved question where a case stayed and nobody is known to have been on duty:
    a day off, a day before or after the roster, or a place where no staff work. Who was there has to be asked.
    """
    return duties(store, question).filter(pl.col("person_id").is_null()).select("day", "location_id", "location")


def duties(store: Store, question: Question) -> pl.DataFrame:
    """queries/tracing/on_duty.sql for a resolved question."""
    cases = [(case.person_id, case.since, case.until) for case in question.cases]
    schema = {"person_id": pl.Int64, "since": pl.Datetime("us"), "until": pl.Datetime("us")}
    return store.ask(
        "tracing/on_duty",
        tables={"infector": pl.DataFrame(cases, schema=schema, orient="row")},
        first_day=(question.since - timedelta(days=1)).date(),
        last_day=question.until.date(),
    )
