"""What is uncovered when people stay away: focal points, shifts of the rota, premises; and who can stand in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from quetma import cases, follow_up
from quetma.plan import Plan
from quetma.store import Store


@dataclass(frozen=True)
class Gap:
    """A duty of somebody who is away. day: of a shift; None: a focal point. stand_in: the first who stands in by the
    plan and is not away, None: it is uncovered. others: staff who could be asked, those with the fewest duties first.
    """

    duty: str
    person_id: int
    stand_in: int | None
    others: tuple[int, ...]
    day: date | None = None


def away_now(store: Store, plan_people: Collection[int] | None = None) -> set[int]:
    """Staff who are in quarantine today, or a case that is not over; of these people alone when given."""
    today = store.clock().date()
    contacts = follow_up.state(store).filter(
        (pl.col("quarantine_since").dt.date() <= today) & (pl.col("quarantine_until") >= today)
    )
    found = set(contacts["person_id"]) | {case.person_id for case in cases.registered(store) if case.open}
    return found & set(staff(store)["person_id"] if plan_people is None else plan_people)


def staff(store: Store) -> pl.DataFrame:
    """Who is staff today, by given name: person_id, name, position, location."""
    return store.ask("compliance/known", day=store.today()).select("person_id", "name", "position", "location")


def gaps(store: Store, plan: Plan, away: Collection[int], days: int = 14) -> list[Gap]:
    """The focal points of those who are away, then their shifts of the next days, today included."""
    first = store.clock().date()
    rows = store.ask("rota/shifts", first=first, last=first + timedelta(days=days - 1))
    load = _load(plan, rows)
    present = [person for person in staff(store)["person_id"] if person not in away]
    others = tuple(sorted(present, key=lambda person: load.get(person, 0)))
    found = [
        Gap(focal.duty, focal.person, next((b for b in focal.backups if b not in away), None), others)
        for focal in plan.focal
        if focal.person in away and focal.person is not None
    ]
    by_duty = {focal.duty: focal for focal in plan.focal}
    for row in rows.filter(pl.col("person_id").is_in(list(away))).iter_rows(named=True):
        focal = by_duty.get(row["duty"])
        able = [p for p in ((focal.person, *focal.backups) if focal else ()) if p is not None and p not in away]
        busy = set(rows.filter(pl.col("day") == row["day"])["person_id"])
        free = [person for person in able if person not in busy]
        rest = tuple(person for person in others if person not in busy)
        found.append(Gap(row["duty"], row["person_id"], free[0] if free else None, rest, row["day"]))
    return found


def _load(plan: Plan, shifts: pl.DataFrame) -> dict[int, int]:
    """How many duties each has: focal points, and shifts of the days looked at."""
    load = dict(shifts.group_by("person_id").len().iter_rows())
    for focal in plan.focal:
        if focal.person is not None:
            load[focal.person] = load.get(focal.person, 0) + 1
    return load


def premises(store: Store, away: Collection[int]) -> pl.DataFrame:
    """One row per premises, fewest left first: location, staff, left."""
    return (
        staff(store)
        .group_by("location")
        .agg(pl.len().alias("staff"), (~pl.col("person_id").is_in(list(away))).sum().alias("left"))
        .sort("left", "location")
    )
