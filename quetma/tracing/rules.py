"""The national tracing rules as dated data (quetma/rules.toml): which was in force when, and what it says."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).resolve().parent.parent / "rules.toml"


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


@dataclass(frozen=True)
class Quarantine:
    """What becomes of contacts under a rule who have at least so many doses (see rules.toml); days after the last
    contact with the case.
    """

    rule: str
    source: str
    masked_minutes: int
    min_doses: int
    min_days_since_dose: int
    quarantine_days: int
    watch_days: int
    test_days: tuple[int, ...]
    f2_days: int
    assumed: tuple[str, ...]


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, oldest first."""
    data = [dict(row) for row in _tables()["rule"]]
    found = [Rule(first=r.pop("from"), last=r.pop("to", None), assumed=tuple(r.pop("assumed")), **r) for r in data]
    return tuple(sorted(found, key=lambda rule: rule.first))


def rule_on(day: date) -> Rule:
    """The newest rule in force on that day; before the first one, the first."""
    return next((rule for rule in reversed(rules()) if rule.first <= day), rules()[0])


def quarantine(rule: str, doses: Sequence[date], last_contact: date) -> Quarantine:
    """What the rule with that id says of a contact with doses on these days who last met the case on that day."""
    for told in _quarantines():
        ripe = sum(given + timedelta(days=told.min_days_since_dose) <= last_contact for given in doses)
        if told.rule == rule and ripe >= told.min_doses:
            return told
    raise Unanswerable(f"Nothing is known of the quarantine under rule {rule!r}.")


@cache
def _quarantines() -> tuple[Quarantine, ...]:
    """What each rule says, the first that fits holds."""
    rows: list[dict[str, Any]] = [
        {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
        for row in _tables()["quarantine"]
    ]
    return tuple(Quarantine(**row) for row in rows)


def incubation(rule: str) -> int:
    """The longest usual incubation under the rule with that id, in days."""
    return _tables()["incubation"][rule]


def rule_named(text: str) -> Rule:
    """The rule with this id or name. Raises `Unanswerable` that lists the known ones."""
    for rule in rules():
        if text in (rule.id, rule.name):
            return rule
    raise Unanswerable(f"There is no rule {text!r}; known are {', '.join(rule.id for rule in rules())}.")
