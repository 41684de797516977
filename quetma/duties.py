"""What fulfils a duty, as dated data (quetma/duties.toml): which apps count when, and what doses make a full course."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

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


def full_course(vaccine: str | None) -> int:
    """How many doses are a full course, by the vaccine of the first."""
    rule = _data()["course"]
    named = f" {fold(vaccine)} " if vaccine else ""
    for known in rule["vaccine"]:
        if any(f" {spelling} " in named for spelling in known["spellings"]):
            return known["doses"]
    return rule["default_doses"]


def _least(level: Level) -> pl.Expr:
    """The number of the dose from which on it is that. A second dose tells that there was a first."""
    return {"none": pl.lit(0), "one": pl.lit(1), "full": pl.col("whole"), "booster": pl.col("whole") + 1}[level]


def _confirmed(doses: pl.DataFrame) -> pl.DataFrame:
    """Those that somebody confirmed, each with how many its person's full course has (whole)."""
    confirmed = doses.filter(pl.col("confirmed_by").is_not_null())
    known = confirmed.select(pl.col("vaccine").unique())
    known = known.with_columns(whole=pl.Series([full_course(one) for one in known["vaccine"]], dtype=pl.Int64))
    confirmed = confirmed.join(known, on="vaccine", nulls_equal=True).sort("person_id", "number")
    return confirmed.with_columns(pl.col("whole").first().over("person_id"))


def reached(doses: pl.DataFrame, level: Level) -> pl.DataFrame:
    """From which day on each person's confirmed doses are at least that: person_id, since; nobody whose are not.

    doses: person_id, number, given_on, vaccine, confirmed_by (None: nobody).
    """
    enough = _confirmed(doses).filter(pl.col("number") >= _least(level))
    return enough.group_by("person_id").agg(since=pl.col("given_on").min())


def courses(doses: pl.DataFrame, day: date) -> pl.DataFrame:
    """How far each person's doses (as of `reached`) go on a day, of those who have one: person_id, and as of `Course`
    level, since, doses, first_day and last_day of its protection.
    """
    given = _confirmed(doses.filter(pl.col("given_on") <= day))
    found = given.group_by("person_id").agg(
        pl.col("number").max().cast(pl.Int64).alias("doses"),
        pl.col("given_on").filter(pl.col("number") >= pl.col("whole")).max().alias("last"),
        *(pl.col("given_on").filter(pl.col("number") >= _least(one)).min().alias(one) for one in LEVELS[1:]),
    )
    level, after, lasts = pl.lit("none"), pl.lit(None, pl.Int64), pl.lit(None, pl.Int64)
    for one in LEVELS[1:]:
        level = pl.when(pl.col(one).is_not_null()).then(pl.lit(one)).otherwise(level)
    for rule in _data()["validity"]:
        holds = pl.when(pl.col("last") >= rule["from"])
        after = holds.then(pl.lit(rule["after_days"], pl.Int64)).otherwise(after)
        lasts = holds.then(pl.lit(rule["for_days"], pl.Int64)).otherwise(lasts)
    return found.select(
        "person_id",
        level=level,
        doses="doses",
        since=pl.coalesce(*reversed(LEVELS[1:])),
        first_day=pl.col("last") + pl.duration(days=after),
        last_day=pl.col("last") + pl.duration(days=lasts),
    )


def course(doses: pl.DataFrame, day: date) -> Course:
    """How far the doses of one person go on a day."""
    found = courses(doses.with_columns(person_id=pl.lit(0)), day).to_dicts()
    if not found:
        return Course("none", None, 0, None)
    [one] = found
    protected = (one["first_day"], one["last_day"]) if one["first_day"] else None
    return Course(one["level"], one["since"], one["doses"], protected)
