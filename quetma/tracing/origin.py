"""Backwards: whom a case may have caught it from, the people they shared a place with before they fell ill.

    incubation    [--------------------)onset          onset - days ≤ t < onset, from the beginning of that day
    case              ├─────┤
    may be from          ├──┤                          shares ≥ min_minutes

Whether the other one was ill is not known: that they shared a place is all a scan log says.
"""

from dataclasses import replace
from datetime import datetime, time

import polars as pl

from quetma.store import Store
from quetma.tracing.chain import trace
from quetma.tracing.question import Question

DAYS = 14  # the longest usual incubation; the national rules quarantine and look back as long


def backwards(store: Store, question: Question, days: int = DAYS) -> pl.DataFrame:
    """One row per case and person who shared a place with them in the `days` before onset or sample, most minutes
    first: case_id, case (the name), then the columns of queries/tracing/step.sql. Other cases may be among them.
    Air that lingers is left out: whose would be another question. Raises `Unanswerable` for an unknown person.
    """
    found = []
    for case in question.cases:
        before = replace(case, until=datetime.combine(case.onset, time()), days_before=days)
        answer = trace(store, replace(question, cases=(before,), linger=0, steps=2, isolated=()))
        person = answer.people.row(0, named=True)
        found.append(
            answer.f1.select(
                pl.lit(person["person_id"]).alias("case_id"), pl.lit(person["name"]).alias("case"), pl.all()
            )
        )
    return pl.concat(found).sort("minutes", "person_id", descending=[True, False], maintain_order=True)
