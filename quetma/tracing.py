"""Whom a case may have infected: dated rules, the case's infectious window, and the chain F0 → F1 → F2.

    window        [----------------------------)        since ≤ t < until
    F0       ├────┼─────────┤        ├────────┤         stays are clipped to the window; `linger` minutes added after
    F1            ├──┤                                  shares ≥ min_minutes (any time when 0): exposed_at is the start
    F2               ┊        ├──┤                      shares time with an F1 after its exposed_at, before until

A contact is *seen* when all four ends of the two stays were scanned, *inferred* when one was not (quetma/stays.py), and
*possible* when the person is masked; an F2 is no surer than the F1 they met. QR logs show same place and same time,
never distance or masks: every answer is "suspected, to be verified".
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from quetma import directory, identity
from quetma.store import Store

RULES = Path(__file__).resolve().parent / "rules.toml"
LONGEST_STAY = timedelta(hours=24)
SURE = {"seen": 2, "inferred": 1, "possible": 0}


class Unanswerable(ValueError):
    """The question makes no sense; the text says why."""


@dataclass(frozen=True)
class Rule:
    """A national rule: when it was in force, and the parameters it gives or that are assumed (see rules.toml)."""

    id: str
    name: str
    source: str
    first: date
    last: date | None
    days_before: int
    days_before_no_onset: int
    days_after: int
    min_minutes: int
    assumed: tuple[str, ...]


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, oldest first."""
    data = tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"]
    found = [Rule(first=r.pop("from"), last=r.pop("to", None), assumed=tuple(r.pop("assumed")), **r) for r in data]
    return tuple(sorted(found, key=lambda rule: rule.first))


def rule_on(day: date) -> Rule:
    """The newest rule in force on that day; before the first one, the first."""
    return next((rule for rule in reversed(rules()) if rule.first <= day), rules()[0])


def rule_named(text: str) -> Rule:
    """The rule with this id or name. Raises `Unanswerable` that lists the known ones."""
    for rule in rules():
        if text in (rule.id, rule.name):
            return rule
    raise Unanswerable(f"There is no rule {text!r}; known are {', '.join(rule.id for rule in rules())}.")


@dataclass(frozen=True)
class Case:
    """An F0 and the question asked about them. What is None follows from the rule in force on the day of onset.

    `onset` is the first day of symptoms, or the day of the positive sample when `symptoms` is false.
    `until` is the time of isolation.
    """

    person_id: int
    onset: date
    until: datetime | None = None
    symptoms: bool = True
    rule: str | None = None
    days_before: int | None = None
    min_minutes: int | None = None
    linger: int = 0

    def resolved(self) -> "Case":
        """The same case with every parameter filled in from its rule. Raises `Unanswerable` for what makes no sense."""
        rule = rule_named(self.rule) if self.rule else rule_on(self.onset)
        days_before = rule.days_before if self.symptoms else rule.days_before_no_onset
        until = self.until or datetime.combine(self.onset + timedelta(days=rule.days_after + 1), time())
        case = replace(
            self,
            rule=rule.id,
            days_before=days_before if self.days_before is None else self.days_before,
            min_minutes=rule.min_minutes if self.min_minutes is None else self.min_minutes,
            until=until,
        )
        for name in ("days_before", "min_minutes", "linger"):
            if not 0 <= getattr(case, name) <= 1440:
                raise Unanswerable(f"{name} must be from 0 to 1440, not {getattr(case, name)}.")
        if until <= case.since:
            raise Unanswerable(
                f"The isolation ({until:%d/%m/%Y %H:%M}) lies before the infectious days, "
                f"which begin on {case.since:%d/%m/%Y}."
            )
        return case

    @property
    def since(self) -> datetime:
        """The start of the infectious window of a resolved case."""
        return datetime.combine(self.onset - timedelta(days=self.days_before or 0), time())


@dataclass(frozen=True)
class Trace:
    """The answer: the resolved case, the person (queries/people/person.sql), a row per F1 and F2 (tracing/step.sql),
    and who may be behind the masked ones (people/candidates.sql).

    Where `present` is false, no scan places the case anywhere in these days: that nobody was met is not known.
    """

    case: Case
    person: dict[str, Any]
    f1: pl.DataFrame
    f2: pl.DataFrame
    present: bool
    candidates: pl.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """How many are suspected in each class, and how many are only possible: those are always counted apart."""
        f1, f2 = (suspected(frame).height for frame in (self.f1, self.f2))
        return {"f1": f1, "f2": f2, "possible": self.f1.height + self.f2.height - f1 - f2}

    def json(self) -> dict[str, Any]:
        """The object of `python -m quetma trace --json`."""
        case = self.case
        return {
            "case": {
                "person_id": case.person_id,
                "phone": self.person["e164"],
                "name": self.person["name"],
                "onset": case.onset.isoformat(),
                "symptoms": case.symptoms,
                "days_before": case.days_before,
                "min_minutes": case.min_minutes,
                "linger": case.linger,
                "present": self.present,
            },
            "rule": case.rule,
            "window": [_iso(case.since), _iso(case.until)],
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
            "f2": [
                {
                    "phone": row["phone"],
                    "name": row["name"],
                    "via": row["via"],
                    "exposed_at": _iso(row["exposed_at"]),
                    **self._may_be(row),
                }
                for row in self.f2.iter_rows(named=True)
            ],
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


def trace(store: Store, case: Case) -> Trace:
    """F1 and F2 of a case. Raises `Unanswerable` for an unknown person or a window that makes no sense."""
    case = case.resolved()
    person = directory.person(store, case.person_id)
    if person is None:
        raise Unanswerable(f"There is no person with number {case.person_id}.")
    case = replace(case, person_id=person["person_id"])
    f1 = _step(store, case, "step", _f0(case), [case.person_id])
    f2 = _step(store, case, "step", _exposed(f1), [case.person_id, *f1["person_id"]])
    masked = identity.candidates(store, [*possible(f1)["person_id"], *possible(f2)["person_id"]])
    return Trace(case, person, f1, f2, bool(f1.height) or _present(store, case), masked)


def evidence(store: Store, answer: Trace, person_id: int | None = None) -> pl.DataFrame:
    """The contacts with the case behind the F1s, or behind one of them (columns of queries/tracing/evidence.sql)."""
    case = answer.case
    return _step(store, case, "evidence", _f0(case), [case.person_id], person=person_id)


def evidence_of_f2(store: Store, answer: Trace, person_id: int) -> pl.DataFrame:
    """The contacts of one F2 with the F1s they come through."""
    case = answer.case
    known = [case.person_id, *answer.f1["person_id"]]
    return _step(store, case, "evidence", _exposed(answer.f1), known, person=person_id)


def _f0(case: Case) -> pl.DataFrame:
    """The case as the table `infector` of queries/tracing/step.sql."""
    schema = {"person_id": pl.Int64, "since": pl.Datetime("us"), "sure": pl.Int32}
    return pl.DataFrame([(case.person_id, case.since, SURE["seen"])], schema=schema, orient="row")


def _exposed(f1: pl.DataFrame) -> pl.DataFrame:
    """The F1s as that table: each from their first exposure on."""
    sure = pl.col("certainty").replace_strict(SURE, return_dtype=pl.Int32)
    return f1.select("person_id", sure.alias("sure"), since="exposed_at")


def _days(case: Case) -> dict[str, Any]:
    """The first and last day of stays that can matter to the case."""
    assert case.until is not None
    return {
        "first_day": (case.since - LONGEST_STAY).date(),
        "last_day": (case.until + timedelta(minutes=case.linger)).date(),
    }


def _present(store: Store, case: Case) -> bool:
    """Whether any scan places the case somewhere in the infectious window."""
    found = store.ask("tracing/present", person=case.person_id, since=case.since, until=case.until, **_days(case))
    return found["present"][0]


def _step(store: Store, case: Case, name: str, infector: pl.DataFrame, known: list[int], **more: Any) -> pl.DataFrame:
    assert case.until is not None
    return store.ask(
        f"tracing/{name}",
        tables={"infector": infector, "known": pl.DataFrame({"person_id": known}, schema={"person_id": pl.Int64})},
        until=case.until,
        min_minutes=case.min_minutes,
        linger=case.linger,
        **_days(case),
        **more,
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="minutes" if not moment.second else "seconds") if moment else None
