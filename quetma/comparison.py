"""Units beside each other: how each stands on a day, and which need help first.

for standing in comparison.of(store, day, role): standing.unit.name, standing.duties["scanned"], standing.needs
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from quetma import compliance, units
from quetma.access import rights, small
from quetma.store import Store
from quetma.units import Unit

Rate = tuple[int, int]  # have, due


@dataclass(frozen=True)
class Standing:
    """One unit on a day, with the units beneath it. What the role may not be told is None.

    duties: of each who has done it and who owes it; None also when nobody does. last_day: the newest day with scans.
    uploaded_at: the newest upload. cases: open ones; None for who may not trace. silent: staff owe a scan that day and
    there is none at all: its log is missing.
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
    """How the units directly beneath stand on a day, those that need help first. What the role may not be told, because
    it is about one or two people or would tell such a figure, is None.
    """
    known = {unit.unit_id: unit for unit in beside(store)}
    rows = store.ask("units/compare", units=sorted(known), day=day).fill_null(0).to_dicts()

    def kept(*counts: Callable[[dict], int]) -> list[bool]:
        exact = small.fewest(role) == 1
        return [True] * len(rows) if exact else small.beside_the_whole([[one(row) for one in counts] for row in rows])

    staffed = kept(lambda row: row["staff"])
    come = kept(lambda row: row["people"], lambda row: row["visitors"], lambda row: row["people"] - row["visitors"])
    duties = {
        duty: kept(
            lambda row, duty=duty: row[f"{duty}_due"],
            lambda row, duty=duty: row[f"{duty}_have"],
            lambda row, duty=duty: row[f"{duty}_due"] - row[f"{duty}_have"],
            lambda row, duty=duty: row["staff"] - row[f"{duty}_due"],
        )
        for duty in compliance.DUTIES
    }
    found = [
        Standing(
            known[row["unit_id"]],
            row["staff"] if staffed[number] else None,
            {
                duty: (row[f"{duty}_have"], row[f"{duty}_due"]) if told[number] and row[f"{duty}_due"] else None
                for duty, told in duties.items()
            },
            row["visitors"] if come[number] else None,
            row["scans"] if come[number] else None,
            row["last_day"],
            row["uploaded_at"],
            row["cases"] if rights.may(role, "trace") else None,
            bool(row["scanned_due"]) and not row["scans"] and come[number] and duties["scanned"][number],
        )
        for number, row in enumerate(rows)
    ]
    return sorted(found, key=lambda one: (*(-need for need in one.needs), one.unit.name))
