"""What fulfils a duty, as dated data (quetma/duties.toml): which apps count when, and what doses make a full course."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from quetma.people import fold

DATA = Path(__file__).with_name("duties.toml")

Level = Literal["none", "one", "full", "booster"]
LEVELS: tuple[Level, ...] = get_args(Level)


@dataclass(frozen=True)
class App:
    """An app that counts from first to last, None: until further notice. assumed: what its source does not give."""

    name: str
    first: date
    last: date | None
    source: str
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dose:
    """A dose that somebody was given; confirmed: somebody saw the paper."""

    number: int
    given_on: date
    vaccine: str | None = None
    confirmed: bool = True


@dataclass(frozen=True)
class Course:
    """How far somebody's confirmed doses go on a day. level: none, one dose, the full course, a booster. since: the day
    of the dose that made it so. doses: how many. protected: the first and last day on which the full course protects.
    """

    level: Level
    since: date | None
    doses: int
    protected: tuple[date, date] | None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@cache
def apps() -> tuple[App, ...]:
    """All apps of the list."""
    return tuple(
        App(row["name"], row["from"], row.get("to"), row["source"], tuple(row.get("assumed", ())))
        for row in _data()["app"]
    )


def accepted(day: date) -> list[str]:
    """The apps of the list that count on a day."""
    return [app.name for app in apps() if app.first <= day and (app.last is None or day <= app.last)]


def full_course(doses: Iterable[Dose]) -> int:
    """How many doses are a full course, by the vaccine of the first."""
    rule = _data()["course"]
    first = min(doses, key=lambda dose: dose.number, default=None)
    named = f" {fold(first.vaccine)} " if first and first.vaccine else ""
    for vaccine in rule["vaccine"]:
        if any(f" {spelling} " in named for spelling in vaccine["spellings"]):
            return vaccine["doses"]
    return rule["default_doses"]


def reached(doses: Iterable[Dose], level: Level) -> date | None:
    """From which day on confirmed doses are at least that; None: they are not. A second dose tells that there was a
    first."""
    confirmed = [dose for dose in doses if dose.confirmed]
    whole = full_course(confirmed)
    least = {"none": 0, "one": 1, "full": whole, "booster": whole + 1}[level]
    return min((dose.given_on for dose in confirmed if dose.number >= least), default=None)


def course(doses: Iterable[Dose], day: date) -> Course:
    """How far somebody's doses go on a day."""
    given = [dose for dose in doses if dose.confirmed and dose.given_on <= day]
    level: Level = "none"
    for higher in LEVELS[1:]:
        if reached(given, higher):
            level = higher
    protected = None
    if level in ("full", "booster"):
        whole = full_course(given)
        last = max(dose.given_on for dose in given if dose.number >= whole)
        rule = [row for row in _data()["validity"] if row["from"] <= last]
        if rule:
            protected = last + timedelta(rule[-1]["after_days"]), last + timedelta(rule[-1]["for_days"])
    since = reached(given, level) if level != "none" else None
    return Course(level, since, max((dose.number for dose in given), default=0), protected)
