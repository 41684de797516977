"""Units beside each other: how each stands on a day, and which need help first.

for standing in comparison.of(store, day): standing.unit.name, standing.duties["scanned"], standing.needs

For leaders alone, who see everything: small groups are not kept back here (quetma/access/small.py says why).
"""

from dataclasses import dataclass
from datetime import date, datetime

from quetma import compliance, units
from quetma.store import Store
from quetma.units import Unit

Rate = tuple[int, int]  # have, due


@dataclass(frozen=True)
class Standing:
    """One unit on a day, with the units beneath it.

    duties: of each who has done it and who owes it; None when nobody does. last_day: the newest day with scans.
    uploaded_at: the newest upload. cases: open ones. silent: staff owe a scan that day and there is none at all: its
    log is missing.
    """

    unit: Unit
    staff: int
    duties: dict[str, Rate | None]
    visitors: int
    scans: int
    last_day: date | None
    uploaded_at: datetime | None
    cases: int
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
        return self.silent, self.cases, self.missing / self.due if self.due else 0.0


def beside(store: Store) -> list[Unit]:
    """The units directly beneath the topmost that the store sees."""
    return [unit for unit in units.every(store) if unit.depth == 1]


def of(store: Store, day: date) -> list[Standing]:
    """How the units directly beneath stand on a day, those that need help first."""
    known = {unit.unit_id: unit for unit in beside(store)}
    rows = store.ask("units/compare", units=sorted(known), day=day).iter_rows(named=True)

    def standing(row: dict) -> Standing:
        return Standing(
            known[row["unit_id"]],
            row["staff"],
            {
                duty: (row[f"{duty}_have"], row[f"{duty}_due"]) if row[f"{duty}_due"] else None
                for duty in compliance.DUTIES
            },
            row["visitors"],
            row["scans"],
            row["last_day"],
            row["uploaded_at"],
            row["cases"],
            bool(row["scanned_due"]) and not row["scans"],
        )

    found = [standing(row) for row in rows]
    return sorted(found, key=lambda one: (*(-need for need in one.needs), one.unit.name))
