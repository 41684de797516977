"""The national tracing rules as dated data (quetma/rules.toml): which was in force when, and what it says."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

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
