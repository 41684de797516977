"""The week's rota: who has which daily duty of the plan on which day; what is not filled, and what cannot be.

A focal point that somebody takes over for a while stands in it too, on the days it is taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from quetma import continuity, workdays
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


def copy_week(store: Store, account: str, plan: Plan, source: list[date], target: list[date]) -> tuple[int, int]:
    """Fills what is empty in a week as it is in another: how many shifts were filled, and how many were left empty
    because who had them cannot have them then, or that day is a day off.
    """
    there, here = shifts(store, source), shifts(store, target)
    duties = {focal.duty for focal in plan.focal if focal.daily}
    unable = _Unable(store, target)
    changes: dict[tuple[date, str], int | None] = {}
    left = 0
    for day, to in zip(source, target, strict=True):
        for duty in sorted(duties):
            if (day, duty) not in there or (to, duty) in here:
                continue
            person = there[day, duty]
            if unable.why(person, to) or (workdays.is_working(day) and not workdays.is_working(to)):
                left += 1
            else:
                changes[to, duty] = person
    if changes:
        fill(store, account, changes)
    return len(changes), left


def upcoming(store: Store) -> list[date]:
    """Today and the next working day: those whose gaps cannot wait."""
    today = store.clock().date()
    coming = (today + timedelta(days=n) for n in range(1, 15))
    return [today, *(day for day in coming if workdays.is_working(day))][:2]


def problems(store: Store, plan: Plan, days: list[date]) -> list[Problem]:
    """What is wrong with these days, by day: gaps on working days, and people who cannot have the duty they have."""
    filled = shifts(store, days)
    daily = [focal.duty for focal in plan.focal if focal.daily]
    unable = _Unable(store, days)
    found: list[Problem] = []
    for day in days:
        has: dict[int, str] = {}
        for duty in [*daily, *sorted(duty for at, duty in filled if at == day and duty not in daily)]:
            person = filled.get((day, duty))
            if person is None:
                if workdays.is_working(day):
                    found.append(Problem(day, duty, "gap"))
                continue
            if duty in daily:  # a focal point taken over may have a shift beside it
                if person in has:
                    found.append(Problem(day, duty, "twice", person, has[person]))
                has[person] = duty
            if unable_so := unable.why(person, day):
                found.append(Problem(day, duty, unable_so[0], person, unable_so[1]))
    return found


class _Unable:
    """Who cannot have a duty on which day."""

    def __init__(self, store: Store, days: list[date]) -> None:
        self.today = store.clock().date()
        self.staff = set(continuity.staff(store)["person_id"])
        self.away = continuity.away_until(store)
        self.absences = store.ask("rota/absent", first=min(days), last=max(days)).rows(named=True)

    def why(self, person: int, day: date) -> tuple[Literal["absent", "away", "left"], str] | None:
        """The kind of the problem, and the reason of an absence; None: they can. What was is not complained of later,
        but for absences.
        """
        if person not in self.staff and day >= self.today:
            return "left", ""
        for out in self.absences:
            if out["person_id"] == person and out["first_day"] <= day <= out["last_day"]:
                return "absent", out["reason"]
        if person in self.away and self.today <= day <= (self.away[person] or date.max):
            return "away", ""
        return None
