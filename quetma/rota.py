"""The week's rota: who has which daily duty of the plan on which day; what is not filled, and what cannot be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import polars as pl

from quetma import continuity, rollups
from quetma.access import audit
from quetma.plan import Plan
from quetma.store import Store, query


@dataclass(frozen=True)
class Problem:
    """Something about a day of the rota.

    kind: gap (a working day, nobody), twice (somebody has two duties), absent (leave, a trip), away (in quarantine or a
    case), left (no longer staff). why: the reason of an absence.
    """

    day: date
    duty: str
    kind: Literal["gap", "twice", "absent", "away", "left"]
    person_id: int | None = None
    why: str = ""


def week(day: date) -> list[date]:
    """Monday to Sunday of the week the day lies in."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(7)]


def shifts(store: Store, days: list[date]) -> dict[tuple[date, str], int]:
    """Who has which duty, by day and duty."""
    rows = store.ask("rota/shifts", first=days[0], last=days[-1])
    return {(row["day"], row["duty"]): row["person_id"] for row in rows.iter_rows(named=True)}


def fill(store: Store, account: str, changes: Mapping[tuple[date, str], int | None]) -> None:
    """Says who has which duty on which day from now on; None: nobody. All in one transaction."""
    at = store.clock()
    with store.write() as cursor:
        for (day, duty), person in changes.items():
            cursor.execute(
                query("rota/insert")[0],
                {"day": day, "duty": duty, "person_id": person, "entered_at": at, "entered_by": account},
            )
        told = "; ".join(f"{day:%d/%m/%Y} {duty}" for day, duty in changes)
        audit.log_within(cursor, account, "change rota", told)


def copy_week(store: Store, account: str, plan: Plan, source: list[date], target: list[date]) -> int:
    """Fills what is empty in a week as it is in another; how many shifts were filled."""
    there, here = shifts(store, source), shifts(store, target)
    duties = {focal.duty for focal in plan.focal if focal.daily}
    changes: dict[tuple[date, str], int | None] = {
        (to, duty): there[day, duty]
        for day, to in zip(source, target, strict=True)
        for duty in sorted(duties)
        if (day, duty) in there and (to, duty) not in here
    }
    if changes:
        fill(store, account, changes)
    return len(changes)


def problems(store: Store, plan: Plan, days: list[date]) -> list[Problem]:
    """What is wrong with these days, by day: gaps on working days, and people who cannot have the duty they have."""
    filled = shifts(store, days)
    duties = [focal.duty for focal in plan.focal if focal.daily]
    staff, away = set(continuity.staff(store)["person_id"]), continuity.away_now(store)
    absent = store.ask("rota/absent", first=days[0], last=days[-1])
    found: list[Problem] = []
    for day in days:
        has: dict[int, str] = {}
        for duty in duties:
            person = filled.get((day, duty))
            if person is None:
                if rollups.is_working(day):
                    found.append(Problem(day, duty, "gap"))
                continue
            if person in has:
                found.append(Problem(day, duty, "twice", person, has[person]))
            has[person] = duty
            out = absent.filter(
                (pl.col("person_id") == person) & (pl.col("first_day") <= day) & (pl.col("last_day") >= day)
            )
            if person not in staff:
                found.append(Problem(day, duty, "left", person))
            elif out.height:
                found.append(Problem(day, duty, "absent", person, out["reason"][0]))
            elif person in away and day >= store.clock().date():
                found.append(Problem(day, duty, "away", person))
    return found
