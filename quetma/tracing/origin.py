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
from quetma.tracing.chain import ask, everybody_masked, known, reach, tell
from quetma.tracing.question import Question
from quetma.tracing.rules import incubation, rule_named, rule_on


def backwards(store: Store, question: Question, days: int | None = None) -> pl.DataFrame:
    """One row per case and person who shared a place with them in the `days` before onset or sample (by default the
    longest usual incubation under the case's rule), most minutes first: case_id, case (the name), then the columns of
    `tell` (quetma/tracing/chain.py). Other cases may be among them. Air that lingers is left out: whose would be
    another question. Raises `Unanswerable` for an unknown person.
    """
    found, masked = [], everybody_masked(store)
    for case in question.cases:
        rule = rule_named(case.rule) if case.rule else rule_on(case.onset)
        ago = incubation(rule.id) if days is None else days
        before = replace(case, until=datetime.combine(case.onset, time()), days_before=ago)
        alone, people = known(store, replace(question, cases=(before,), linger=0, isolated=()))
        about = people.select(case_id="person_id", case="name")
        met = ask(store, alone, [], "pairs")
        found.append(about.join(tell(store, met, reach(met, masked)), how="cross"))
    return pl.concat(found).sort("minutes", "person_id", descending=[True, False], maintain_order=True)
