"""Units beside each other: how each stands on a day, and which need help first.

for standing in comparison.of(store, day, role): standing.unit.name, standing.duties["scanned"], standing.needs
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from quetma import compliance, units
from quetma.access import rights, small
from quetma.store import Store
from quetma.units import Unit

Rate = tuple[int, int]  # have, due
Count = Callable[[Mapping[str, int]], int]  # of the figures of a unit


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
    exact = small.fewest(role) == 1
    own, rest = (Counter(), {}) if exact else _besides(store, day, list(known))

    def kept(*sides: Count, at_places: Sequence[Count] = ()) -> list[bool]:
        def counts(unit: int | None, row: Mapping[str, int]) -> list[int]:
            return [one(row) for one in sides] + [one(rest.get(unit, Counter())) for one in at_places]

        if exact:
            return [True] * len(rows)
        return small.beside_the_whole([counts(row["unit_id"], row) for row in rows], counts(None, own))

    staffed = kept(_get("staff"), at_places=[_get("staff")])
    come = kept(_get("people"), _get("visitors"), _less("people", "visitors"))
    for number, row in enumerate(() if exact else rows):
        hidden = rest.get(row["unit_id"], Counter())
        left = row["scans"] - row["arrivals"]
        come[number] &= not any(map(small.few, (left, hidden["visitors"], hidden["people"] - hidden["visitors"])))
    duties = {}
    for duty in compliance.DUTIES:
        have, due = f"{duty}_have", f"{duty}_due"
        sides = [_get(due), _get(have), _less(due, have), _less("staff", due)]
        duties[duty] = kept(*sides, at_places=sides)
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


def _get(name: str) -> Count:
    return lambda row: row[name]


def _less(name: str, part: str) -> Count:
    return lambda row: row[name] - row[part]


def _besides(store: Store, day: date, known: list[int]) -> tuple[Counter[str], dict[int | None, Counter[str]]]:
    """What other pages leave to be found by subtraction from the figures of these units: the staff who are of none of
    them; and of each unit (None: of none) who is at places whose figures are not told by themselves, in compliance by
    premises and in the visitor flow.
    """
    units_of = store.ask("units/places").filter(pl.col("unit_id").is_in(known))
    names = store.ask("flow/locations").select("location_id", group="name")
    staff = compliance.people(store, day).join(names, on="location_id", how="left")
    staff = staff.join(units_of, on="location_id", how="left")
    told = compliance.split(store, day, "location", small.FEWEST).drop_nulls("group")
    figures = [pl.len().alias("staff")]
    for duty in compliance.DUTIES:
        figures += [pl.col(duty).sum().alias(f"{duty}_have"), pl.col(duty).count().alias(f"{duty}_due")]
    cells = store.ask("flow/cells", first=day, last=day)
    small_cells = cells.join(small.cells(cells, "people", "arrivals"), on=["location_id", "kind"], how="anti")
    came = small_cells.join(units_of, on="location_id", how="left").group_by("unit_id")
    parts = (
        staff.join(told, on="group", how="anti").group_by("unit_id").agg(figures),
        came.agg(pl.col("people").sum(), visitors=pl.col("people").filter(pl.col("kind") == "visitor").sum()),
    )
    rest: dict[int | None, Counter[str]] = {}
    for row in (row for part in parts for row in part.iter_rows(named=True)):
        rest.setdefault(row.pop("unit_id"), Counter()).update(row)
    [own] = staff.filter(pl.col("unit_id").is_null()).select(figures).iter_rows(named=True)
    return Counter(own), rest
