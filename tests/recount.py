"""Who owes which duty on which day and has done it: a plain recount, in Polars, of a unit's tables as handed in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

DUTIES = ["apps", "vaccinated", "declared", "scanned"]
DAILY = ["declared", "scanned"]  # due on working days, of those who are there
KEYS = ["day", "person", "duty"]
ACCEPTED = pl.DataFrame({"app": ["bluezone", "ncovi", "pc-covid"], "from": [date.min, date.min, date(2021, 9, 30)]})
DAY = pl.col("day")


@dataclass(frozen=True)
class Tables:
    """Each with a column person, and first: the day it tells of, or from which on it holds, in most up to last.

    An empty day is open; a later row stands below an earlier one.
    """

    roster: pl.DataFrame  # position, place, smartphone, first, last, since: from this day on the row speaks
    doses: pl.DataFrame  # number, first, confirmed
    apps: pl.DataFrame  # app, first
    declarations: pl.DataFrame  # first
    scans: pl.DataFrame  # first
    absences: pl.DataFrame  # first, last
    exemptions: pl.DataFrame  # duty, first, last


def staff(tables: Tables, days: pl.DataFrame) -> pl.DataFrame:
    """One row per day and staff member: day, person, position, place, smartphone. The newest row that speaks holds."""
    rows = days.join(tables.roster, how="cross", maintain_order="left_right")
    newest = rows.filter(pl.col("since").fill_null(DAY) <= DAY).unique(["day", "person"], keep="last")
    return _held(newest).drop("first", "last", "since")


def recount(
    tables: Tables, days: pl.DataFrame, holidays: Collection[date] = (), declaration_days: int = 1, doses: int = 1
) -> pl.DataFrame:
    """One row per day, staff member and duty that is due: day, person, duty, position, place, done.

    days: all that a declaration may come from, too. doses: so many make somebody vaccinated.
    """
    there = staff(tables, days)
    day, end = pl.col("first"), pl.lit(None, pl.Date)
    newest = tables.doses.unique(["person", "number"], keep="last", maintain_order=True)
    accepted = tables.apps.with_columns(pl.col("app").str.to_lowercase()).join(ACCEPTED, on="app")
    given = tables.declarations.join(there, left_on=["first", "person"], right_on=["day", "person"], how="semi")
    facts = {
        "apps": accepted.select("person", pl.max_horizontal("first", "from"), last=end),
        "vaccinated": newest.filter("confirmed", pl.col("number") >= doses).select("person", "first", last=end),
        "declared": given.select("person", "first", last=day + pl.duration(days=declaration_days - 1)),
        "scanned": tables.scans.select("person", "first", last=day),
    }
    does = [fact.with_columns(duty=pl.lit(duty), done=True) for duty, fact in facts.items()]
    done = _each_day(pl.concat(does), days).unique(KEYS).select(*KEYS, "done")
    away = tables.absences.join(pl.DataFrame({"duty": DAILY}), how="cross")
    free = _each_day(pl.concat([tables.exemptions.select(away.columns), away]), days)

    owed = there.join(pl.DataFrame({"duty": DUTIES}), how="cross").filter(
        pl.col("smartphone") | pl.col("duty").is_in(["vaccinated", "scanned"]),
        ~pl.col("duty").is_in(DAILY) | ((DAY.dt.weekday() <= 5) & ~DAY.is_in(holidays)),
    )
    due = owed.join(free, on=KEYS, how="anti").join(done, on=KEYS, how="left")
    return due.select(*KEYS, "position", "place", pl.col("done").fill_null(False))


def _each_day(rows: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """The rows, once for each of the days on which they hold."""
    return _held(days.join(rows, how="cross"))


def _held(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(DAY.is_between(pl.col("first").fill_null(DAY), pl.col("last").fill_null(DAY)))
