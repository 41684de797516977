"""The chain F0 → F1 → F2 → F3, one step after the other, each the same query over the infectors of the step before."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import polars as pl

from quetma import directory, identity
from quetma.answers import TRIES
from quetma.store import Store
from quetma.tracing import held, unscanned
from quetma.tracing.question import Case, Question
from quetma.tracing.rules import Unanswerable

LONGEST_STAY = timedelta(hours=24)
SURE = {"seen": 2, "inferred": 1, "possible": 0}
INFECTOR = {"person_id": pl.Int64, "since": pl.Datetime("us"), "until": pl.Datetime("us"), "sure": pl.Int32}


class Stale(Exception):
    """More was asked of an answer after the data had changed: ask the question again."""


@dataclass(frozen=True)
class Trace:
    """The answer: the resolved question, the cases' people in its order (queries/people/person.sql), whom each step
    reached, and who may be behind the masked ones (people/candidates.sql).

    reached: F1, F2 and, when asked for, F3, as `reach` finds them; at least person_id, exposed_at, certainty.
    told: the same people by degree (1, 2, 3) with all that is told of them (see `tell`), worked out when first asked
    for: finding the names of many takes longer than finding the many. Raises `Stale` when the data changed by then, as
    the rows would no longer be those that were counted.
    present: the cases that some scan places somewhere in their window; that another met nobody is not known.
    unscanned: staff on duty where a case was, without a scan that day (quetma/tracing/unscanned.py), and not an F1
    already; possible, apart.
    """

    question: Question
    people: pl.DataFrame
    reached: Sequence[pl.DataFrame]
    told: Callable[[int], pl.DataFrame]
    present: frozenset[int]
    candidates: pl.DataFrame
    unscanned: pl.DataFrame

    @property
    def f1(self) -> pl.DataFrame:
        """One row per F1, earliest exposure first."""
        return self.told(1)

    @property
    def f2(self) -> pl.DataFrame:
        """One row per F2, earliest exposure first."""
        return self.told(2)

    @property
    def f3(self) -> pl.DataFrame:
        """One row per F3, earliest exposure first; none when not asked for."""
        return self.told(3) if self.question.steps > 2 else self.f1.clear()

    @property
    def steps(self) -> list[pl.DataFrame]:
        """F1, F2 and, when asked for, F3."""
        return [self.told(degree) for degree in range(1, self.question.steps + 1)]

    def finish(self) -> "Trace":
        """The same answer with everything told, so that it outlives any change of the data. Raises `Stale`."""
        for degree in range(1, self.question.steps + 1):
            self.told(degree)
        return self

    @property
    def counts(self) -> dict[str, int]:
        """How many are suspected in each class, and how many people are only possible: those are counted apart."""
        found = {f"f{degree}": suspected(frame).height for degree, frame in enumerate(self.reached, 1)}
        masked = sum(frame.height for frame in self.reached) - sum(found.values())
        return {**found, "possible": masked + self.unscanned["person_id"].n_unique()}

    def json(self) -> dict[str, Any]:
        """The object of `python -m quetma trace --json`; with several cases they are all in `cases`."""
        question = self.question
        cases = [
            self._case(case, row) for case, row in zip(question.cases, self.people.iter_rows(named=True), strict=True)
        ]
        later = {
            f"f{degree}": [self._met(row) for row in frame.iter_rows(named=True)]
            for degree, frame in enumerate(self.steps[1:], 2)
        }
        return {
            "case": cases[0],
            **({"cases": cases} if len(cases) > 1 else {}),
            "rule": question.cases[0].rule,
            "window": [_iso(question.since), _iso(question.until)],
            "f1": [
                {
                    "phone": row["phone"],
                    "name": row["name"],
                    "minutes": round(row["minutes"], 2),
                    "exposed_at": _iso(row["exposed_at"]),
                    "location": row["location"],
                    "certainty": row["certainty"],
                    **self._may_be(row),
                }
                for row in self.f1.iter_rows(named=True)
            ],
            **later,
            "unscanned": [
                {"phone": row["phone"], "name": row["name"], "day": row["day"].isoformat(), "location": row["location"]}
                for row in self.unscanned.iter_rows(named=True)
            ],
        }

    def _case(self, case: Case, person: dict[str, Any]) -> dict[str, Any]:
        return {
            "person_id": case.person_id,
            "phone": person["e164"],
            "name": person["name"],
            "onset": case.onset.isoformat(),
            "symptoms": case.symptoms,
            "days_before": case.days_before,
            "min_minutes": self.question.min_minutes,
            "linger": self.question.linger,
            "present": case.person_id in self.present,
        }

    def _met(self, row: dict[str, Any]) -> dict[str, Any]:
        """Somebody of F2 or F3."""
        return {
            "phone": row["phone"],
            "name": row["name"],
            "via": row["via"],
            "exposed_at": _iso(row["exposed_at"]),
            **self._may_be(row),
        }

    def _may_be(self, row: dict[str, Any]) -> dict[str, Any]:
        """Of somebody who is only possible: who they may be, best first; nobody when nothing is masked."""
        if row["certainty"] != "possible":
            return {}
        found = self.candidates.filter(pl.col("masked_id") == row["person_id"])
        return {"candidates": found.select("phone", "name").to_dicts()}


def suspected(people: pl.DataFrame) -> pl.DataFrame:
    """Those of an answer whose suspicion does not rest on a masked name or phone."""
    return people.filter(pl.col("certainty") != "possible")


def possible(people: pl.DataFrame) -> pl.DataFrame:
    """The others."""
    return people.filter(pl.col("certainty") == "possible")


def trace(store: Store, question: Question, whole: bool = False) -> Trace:
    """The answer to a question. Raises `Unanswerable` for an unknown person or a window that makes no sense.

    whole: everything is told of everybody at once, so that the answer outlives any change; else the chain comes first.
    """
    if not whole:
        return _asked(store, question, whole)
    for _ in range(TRIES - 1):  # of one state: when something was written meanwhile, it begins again
        with suppress(Stale):
            return _asked(store, question, whole).finish()
    return _asked(store, question, whole).finish()


def _asked(store: Store, question: Question, whole: bool) -> Trace:
    version = store.version
    question, people = known(store, question)
    masked = everybody_masked(store)
    found: list[pl.DataFrame] = []
    reached: list[pl.DataFrame] = []
    for _ in range(question.steps):
        found.append(ask(store, question, reached, "pairs" if whole else "step"))
        reached.append(reach(found[-1], masked))
    present = frozenset(case.person_id for case in question.cases if _present(store, case, question.linger))
    apart = unscanned.staff(store, question).filter(~pl.col("person_id").is_in(reached[0]["person_id"].implode()))

    @cache
    def told(degree: int) -> pl.DataFrame:
        if store.version != version:
            raise Stale
        pairs = found[degree - 1] if whole else ask(store, question, reached[: degree - 1], "pairs")
        return tell(store, pairs, reached[degree - 1])

    likely = identity.candidates(store, [person for step in reached for person in possible(step)["person_id"]])
    return Trace(question, people, reached, told, present, likely, apart)


def everybody_masked(store: Store) -> pl.Series:
    """The numbers of all masked people of the store."""
    return store.ask("people/all_masked")["person_id"]


def reach(found: pl.DataFrame, masked: pl.Series) -> pl.DataFrame:
    """Whom a step reaches (queries/tracing/step.sql or pairs.sql), a row each in no order: person_id, exposed_at,
    certainty. Who is masked is only possible.
    """
    if "infector_id" in found.columns:
        found = found.group_by("person_id").agg(pl.col("exposed_at").min(), pl.col("sure").max())
    only_possible = pl.col("person_id").is_in(masked.implode()) | (pl.col("sure") == SURE["possible"])
    sure = pl.when(pl.col("sure") == SURE["seen"]).then(pl.lit("seen")).otherwise(pl.lit("inferred"))
    sure = pl.when(only_possible).then(pl.lit("possible")).otherwise(sure)
    return found.select("person_id", "exposed_at", certainty=sure)


def tell(store: Store, pairs: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """The people of a step, earliest exposure first: person_id, name, phone (E.164), phone_shown, birth_year, minutes
    (of all contacts, those at the same time each for itself), exposed_at, last_at (the end of the last contact),
    location (of the first), contacts, via (through how many infectors), certainty.
    """
    people = pairs.sort("exposed_at", "location_id").group_by("person_id", maintain_order=True).agg(
        minutes=pl.col("seconds").sum() / 60, last_at=pl.col("last_at").max(),
        location_id=pl.col("location_id").first(), contacts=pl.col("contacts").sum(), via=pl.len().cast(pl.Int64),
    )  # fmt: skip
    names = store.ask("people/named", tables={"people": reached.select("person_id")})
    return (
        people.join(reached, on="person_id")
        .join(names, on="person_id")
        .join(places(store), on="location_id")
        .sort("exposed_at", "person_id")
        .select(
            "person_id", "name", "phone", "phone_shown", "birth_year", "minutes", "exposed_at", "last_at", "location",
            "contacts", "via", "certainty",
        )
    )  # fmt: skip


def places(store: Store) -> pl.DataFrame:
    """All places: location_id, location (the name)."""
    return store.ask("flow/locations").rename({"name": "location"})


def known(store: Store, question: Question) -> tuple[Question, pl.DataFrame]:
    """The question resolved and about whom its people are by now, and a row for each. Raises `Unanswerable`."""
    people = []
    for case in question.cases:
        person = directory.person(store, case.person_id)
        if person is None:
            raise Unanswerable(f"There is no person with number {case.person_id}.")
        people.append(person)
    cases = tuple(
        replace(case, person_id=person["person_id"]) for case, person in zip(question.cases, people, strict=True)
    )
    return replace(question, cases=cases).resolved(), pl.DataFrame(people, infer_schema_length=None)


def evidence(store: Store, answer: Trace, degree: int = 1, person_id: int | None = None) -> pl.DataFrame:
    """The contacts behind a step, or behind one person of it (columns of queries/tracing/evidence.sql): degree 1 of
    the cases with the F1s, 2 of the F1s with the F2s, 3 of the F2s with the F3s.
    """
    return ask(store, answer.question, answer.reached[: degree - 1], "evidence", person=person_id)


def links(store: Store, answer: Trace) -> pl.DataFrame:
    """Who met whom: one row per infector_id, person_id and degree, with minutes, contacts, exposed_at, last_at,
    location (of the first contact) and certainty.
    """
    named = {number: word for word, number in SURE.items()}
    found = []
    for degree, people in enumerate(answer.reached, 1):
        pairs = ask(store, answer.question, answer.reached[: degree - 1], "pairs")
        masked = pl.col("person_id").is_in(possible(people)["person_id"].implode())
        sure = pl.col("sure").replace_strict(named, return_dtype=pl.String)
        found.append(
            pairs.sort("exposed_at", "infector_id", "person_id")
            .join(places(store), on="location_id", maintain_order="left")
            .select(
                "infector_id", "person_id", pl.lit(degree).alias("degree"), pl.col("seconds").alias("minutes") / 60,
                "contacts", "exposed_at", "last_at", "location",
                certainty=pl.when(masked).then(pl.lit("possible")).otherwise(sure),
            )
        )  # fmt: skip
    return pl.concat(found)


def _infectors(question: Question, steps: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Who infects in the step after these, as the table `infector` of queries/tracing/step.sql: the cases, each in
    their window, or those of the last step, each from their first exposure until they were isolated.
    """
    if not steps:
        cases = [(case.person_id, case.since, case.until, SURE["seen"]) for case in question.cases]
        return pl.DataFrame(cases, schema=INFECTOR, orient="row")
    sure = pl.col("certainty").replace_strict(SURE, return_dtype=pl.Int32)
    return steps[-1].select("person_id", since="exposed_at", until=infects_until(question), sure=sure)


def infects_until(question: Question) -> pl.Expr:
    """Until when the F1 or F2 `person_id` infects: until the last case was isolated, or they were."""
    until = pl.lit(question.until, pl.Datetime("us"))
    if not question.isolated:
        return until
    own = pl.col("person_id").replace_strict(dict(question.isolated), default=None, return_dtype=pl.Datetime("us"))
    return pl.min_horizontal(own, until)


def ask(
    store: Store,
    question: Question,
    steps: Sequence[pl.DataFrame],
    name: str,
    stays: pl.DataFrame | None = None,
    **more: Any,
) -> pl.DataFrame:
    """The named query about the step after these, without who is in the chain already; `stays` stand for those of the
    store.
    """
    cases = pl.DataFrame({"person_id": [case.person_id for case in question.cases]}, schema={"person_id": pl.Int64})
    known = pl.concat([cases, *(step.select("person_id") for step in steps)])
    infector, span = _infectors(question, steps), days(question.since, question.until, question.linger)
    if name == "step" and stays is None and (near := held.days(store, **span, begins=not steps)) is not None:
        assert question.min_minutes is not None
        return held.step(near, infector, known["person_id"], question.min_minutes, question.linger)
    tables: Mapping[str, pl.DataFrame] = {
        "infector": infector,
        **({} if name == "step" else {"known": known}),
        **({} if stays is None else {"stay": stays}),
    }
    found = (store.ask if name == "evidence" else store.numbers)(
        f"tracing/{name}",
        tables=tables,
        min_minutes=question.min_minutes,
        linger=question.linger,
        **span,
        **more,
    )
    # to leave a few out of a short answer is cheaper than to leave them out of all stays
    return found.join(known, on="person_id", how="anti") if name == "step" else found


def days(since: datetime, until: datetime, linger: int = 0) -> dict[str, Any]:
    """The first and last day of stays that can matter since and before these moments: a day that begins as the time is
    over is left out, which is one in fifteen to read.
    """
    last = until + timedelta(minutes=linger) - timedelta.resolution
    return {"first_day": (since - LONGEST_STAY).date(), "last_day": last.date()}


def _present(store: Store, case: Case, linger: int) -> bool:
    """Whether any scan places the case somewhere in the infectious window."""
    assert case.until is not None
    span = days(case.since, case.until, linger)
    found = store.ask("tracing/present", person=case.person_id, since=case.since, until=case.until, **span)
    return found["present"][0]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="minutes" if not moment.second else "seconds") if moment else None
