"""Units beside each other: how each stands on a day, and which need help first.

for standing in comparison.of(store, day, role): standing.unit.name, standing.duties["scanned"], standing.needs
"""

from dataclasses import dataclass
from datetime import date, datetime

from quetma import compliance, units
from quetma.access import rights, small
from quetma.store import Store
from quetma.units import Unit

Rate = tuple[int, int]  # have, due


@dataclass(frozen=True)
class Standing:
    """One unit on a day, with the units beneath it. What is about too few people for the role to see is None.

    duties: of each who has done it (the least that may be told) and who owes it; None also when nobody does. last_day:
    the newest day with scans. uploaded_at: the newest upload. cases: open ones; None for who may not trace. silent:
    staff owe a scan that day and there is none at all: its log is missing.
    """

    unit: Unit
    staff: int | None
    duties: dict[str, Rate | None]
    visitors: int | None
    scans: int | None
    last_day: date | None
    uploaded_at: datetime | None
    cases: int | None
    silent: bool

    @property
    def missing(self) -> int:
        """How many duties of the day are not done."""
        return sum(due - have for have, due in filter(None, self.duties.values()))

    @property
    def due(self) -> int:
        """How many there are."""
        return sum(due for _, due in filter(None, self.duties.values()))

    @property
    def needs(self) -> tuple[bool, int, float]:
        """The greater, the sooner help is needed: no log, then open cases, then the share of duties not done."""
        return self.silent, self.cases or 0, self.missing / self.due if self.due else 0.0


def beside(store: Store) -> list[Unit]:
    """The units directly beneath the topmost that the store sees."""
    return [unit for unit in units.every(store) if unit.depth == 1]


def of(store: Store, day: date, role: str) -> list[Standing]:
    """How the units directly beneath stand on a day, those that need help first. Groups that are too small for the role
    to see are left out of the figures.
    """
    known = {unit.unit_id: unit for unit in beside(store)}
    rows = store.ask("units/compare", units=sorted(known), day=day).iter_rows(named=True)
    least, traces = small.fewest(role), rights.may(role, "trace")

    def standing(row: dict) -> Standing:
        rates = {
            duty: small.rate(role, row[f"{duty}_have"] or 0, row[f"{duty}_due"] or 0, row["staff"])
            for duty in compliance.DUTIES
        }
        return Standing(
            known[row["unit_id"]],
            small.count(role, row["staff"]),
            {duty: (rate.low, rate.due) if rate and rate.due else None for duty, rate in rates.items()},
            small.count(role, row["visitors"]),
            row["scans"] if small.count(role, row["people"]) is not None else None,
            row["last_day"],
            row["uploaded_at"],
            row["cases"] if traces else None,
            (row["scanned_due"] or 0) >= max(least, 1) and not row["scans"],
        )

    found = [standing(row) for row in rows]
    return sorted(found, key=lambda one: (*(-need for need in one.needs), one.unit.name))
