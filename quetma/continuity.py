"""What is uncovered when people stay away: focal points, shifts of the rota, premises; and who can stand in.

A focal point that is on no daily rota is covered for a while by giving it to somebody in the rota, day by day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from quetma import cases, follow_up, workdays
from quetma.plan import Plan
from quetma.store import Store

AHEAD = 14  # days looked at, today included: as long as a quarantine usually is


@dataclass(frozen=True)
class Gap:
    """A duty of somebody who is away, on these days. shifts: they are theirs in the rota; otherwise theirs by the plan.

    stand_in: the first who stands in by the plan, is there and free on these days; None: it is uncovered.
    others: other staff who are there and free on all of them, those with the fewest duties first.
    """

    duty: str
    person_id: int
    days: tuple[date, ...]
    shifts: bool
    stand_in: int | None
    others: tuple[int, ...]


def away_until(store: Store) -> dict[int, date | None]:
    """Staff who are in quarantine today, with its last day; or a case that is not over: None."""
    today = store.clock().date()
    contacts = follow_up.state(store).filter(
        (pl.col("quarantine_since").dt.date() <= today) & (pl.col("quarantine_until") >= today)
    )
    longest = contacts.sort("quarantine_until").select("person_id", "quarantine_until")
    found: dict[int, date | None] = dict(longest.iter_rows())
    found |= {case.person_id: None for case in cases.registered(store) if case.open}
    known = set(staff(store)["person_id"])
    return {person: until for person, until in found.items() if person in known}


def staff(store: Store) -> pl.DataFrame:
    """Who is staff today, by given name: person_id, name, position, location."""
    return store.ask("compliance/staff", day=store.today()).select("person_id", "name", "position", "location")


def staff_among(store: Store, people: Collection[int]) -> list[int]:
    """Those of them who are staff today, by given name."""
    return [person for person in staff(store)["person_id"] if person in people]


def of_case(store: Store, case_id: int) -> list[int]:
    """The staff who stay away for a case: the case, and its F1s who were not cleared."""
    contacts = follow_up.state(store).filter(
        (pl.col("case_id") == case_id) & (pl.col("degree") == 1) & (pl.col("progress") != "cleared")
    )
    own = {case.person_id for case in cases.registered(store) if case.case_id == case_id}
    return staff_among(store, own | set(contacts["person_id"]))


def gaps(store: Store, plan: Plan, away: Collection[int], days: int = AHEAD) -> list[Gap]:
    """What those who are away leave open on the working days of the next days, today included: uncovered ones first."""
    first = store.clock().date()
    ahead = [first + timedelta(days=n) for n in range(days)]
    rows = store.ask("rota/shifts", first=ahead[0], last=ahead[-1])
    filled = {(row["day"], row["duty"]): row["person_id"] for row in rows.iter_rows(named=True)}
    absent = {
        (row["person_id"], day)
        for row in store.ask("rota/absent", first=ahead[0], last=ahead[-1]).iter_rows(named=True)
        for day in ahead
        if row["first_day"] <= day <= row["last_day"]
    }
    on_shift = {(person, day) for (day, _), person in filled.items()}
    load = _load(plan, filled)
    present = sorted((p for p in staff(store)["person_id"] if p not in away), key=lambda person: load.get(person, 0))
    by_duty = {focal.duty: focal for focal in plan.focal}

    open_days: dict[tuple[str, int, bool], list[date]] = {}
    for focal in plan.focal:
        person = focal.person
        if person is None or person not in away:
            continue
        if days_of := [day for day in ahead if workdays.is_working(day) and (day, focal.duty) not in filled]:
            open_days[focal.duty, person, False] = days_of
    for (day, duty), person in sorted(filled.items()):
        if person in away:
            open_days.setdefault((duty, person, True), []).append(day)

    found = []
    for (duty, person, shifts), wanted in open_days.items():
        # A focal point may have a shift beside it; two shifts of one day nobody can have.
        busy = absent | on_shift if shifts else absent
        focal = by_duty.get(duty)
        able = [one for one in ((focal.person, *focal.backups) if focal else ()) if one in present]
        by_stand_in: dict[int | None, list[date]] = {}
        for day in wanted:
            free = next((one for one in able if (one, day) not in busy), None)
            by_stand_in.setdefault(free, []).append(day)
        for stand_in, of in by_stand_in.items():
            others = [one for one in present if one != stand_in and not any((one, day) in busy for day in of)]
            found.append(Gap(duty, person, tuple(of), shifts, stand_in, tuple(others)))
    return sorted(found, key=lambda gap: gap.stand_in is not None)


def _load(plan: Plan, filled: Mapping[tuple[date, str], int]) -> dict[int, int]:
    """How many duties each has: focal points, and shifts of the days looked at."""
    load: dict[int, int] = {}
    for person in [*filled.values(), *(focal.person for focal in plan.focal if focal.person is not None)]:
        load[person] = load.get(person, 0) + 1
    return load


def premises(store: Store, away: Collection[int]) -> pl.DataFrame:
    """One row per premises, fewest left first: location, staff, left."""
    return (
        staff(store)
        .group_by("location")
        .agg(pl.len().alias("staff"), (~pl.col("person_id").is_in(list(away))).sum().alias("left"))
        .sort("left", "location")
    )
