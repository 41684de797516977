"""Several cases: which of them met while one could infect, where, and which therefore belong together."""

from dataclasses import dataclass, replace

import polars as pl

from quetma.store import Store
from quetma.tracing.chain import ask, days, known
from quetma.tracing.question import Question


@dataclass(frozen=True)
class Clusters:
    """met: one row per contact of a case, while infectious, with another case: infector_id, person_id, infector,
    name, and the rest of queries/tracing/evidence.sql. groups: the cases that such contacts join, each in the
    question's order; a case that met none of the others stands alone. apart: one row per two stays of two cases at one
    place, one after the other (queries/tracing/same_place.sql): the place may be what they share; it joins no groups.
    """

    met: pl.DataFrame
    groups: tuple[tuple[int, ...], ...]
    apart: pl.DataFrame


def clusters(store: Store, question: Question, hours: int = 4) -> Clusters:
    """Who of the cases met whom, and which were at the same place within so many hours of each other without meeting.
    Raises `Unanswerable` as `trace` does.
    """
    question, people = known(store, question)
    order = people["person_id"].to_list()
    alone = [replace(question, cases=(case,)) for case in question.cases]
    met = pl.concat([ask(store, one, [], "evidence", person=None) for one in alone])
    met = met.filter(pl.col("person_id").is_in(order))
    met = met.join(people.select("person_id", "name"), on="person_id", maintain_order="left")
    group = {person_id: {person_id} for person_id in order}
    for one, other in met.select("infector_id", "person_id").iter_rows():
        joined = group[one] | group[other]
        for person_id in joined:
            group[person_id] = joined
    groups = dict.fromkeys(tuple(one for one in order if one in group[person_id]) for person_id in order)
    apart = store.ask(
        "tracing/same_place",
        tables={"one_case": people.select("person_id")},
        since=question.since, until=question.until, hours=hours, **days(question.since, question.until),
    )  # fmt: skip
    return Clusters(met.sort("began", "infector_id", "person_id"), tuple(groups), apart)
