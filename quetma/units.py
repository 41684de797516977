"""Units: a tree, nation → province → team. Who leads a unit sees it and the units beneath it, and nothing of others.

    province = units.add(store, "Chi cục QLTT tỉnh Sơn La", None, "An")
    team = units.add(store, "Đội QLTT số 2", province, "An")
    units.give(store, [1, 2], team, "An")           # whose places they are
    store.within(team)                               # what its people see (quetma/within.py)

Places and accounts belong to a unit; everything else follows from them. A store without units, or with the root alone,
is that of one unit, and nobody reads a word about units there.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from duckdb import DuckDBPyConnection

from quetma import rollups
from quetma.access import audit
from quetma.answers import remembered
from quetma.intake.errors import Refusal
from quetma.people import clean, fold
from quetma.store import Store, query

LONGEST = 200  # characters of a name
FIRST, LAST = datetime(2000, 1, 1), datetime(2100, 1, 1)


class UnitError(Refusal):
    """A unit cannot be as it is said; nothing was changed."""


@dataclass(frozen=True)
class Unit:
    """One unit. parent: the unit above, None of the root, and of the topmost that one sees. depth: how far beneath it.
    places, accounts: how many are its own, without those of the units beneath it.
    """

    unit_id: int
    parent: int | None
    name: str
    depth: int
    places: int
    accounts: int


@remembered
def every(store: Store) -> list[Unit]:
    """All units that this store sees: each before those beneath it, these by name. [] when there are none."""
    rows = {row["unit_id"]: row for row in store.ask("units/all").iter_rows(named=True)}
    beneath: dict[int | None, list[int]] = {}
    for number, row in rows.items():
        row["parent"] = row["parent"] if row["parent"] in rows else None
        beneath.setdefault(row["parent"], []).append(number)

    def walk(parent: int | None, depth: int) -> list[Unit]:
        return [
            unit
            for number in sorted(beneath.get(parent, []), key=lambda number: _order(rows[number]["name"]))
            for unit in (Unit(**rows[number], depth=depth), *walk(number, depth + 1))
        ]

    return walk(None, 0)


def of(store: Store, unit: int | None) -> int | None:
    """The number of the unit that an account or a place says it is of, where None is the root; None without units."""
    return next(iter(_roots(store)), None) if unit is None else unit


def named(tree: Mapping[int, Unit]) -> Callable[[int], str]:
    """What a choice among them shows of each: its name, moved in as deep as it lies."""
    return lambda number: "\u2003" * tree[number].depth + tree[number].name if number in tree else ""


def several(store: Store) -> bool:
    """Whether there is anything to say about units: the store sees more than one."""
    return store.ask("units/all").height > 1


def place_units(store: Store) -> dict[int, int]:
    """Whose each place is that this store sees, by their numbers; places of the root are left out."""
    return dict(store.ask("units/of_places").iter_rows())


def sees(store: Store, unit: int) -> bool:
    """Whether that unit is one of those that this store sees, beneath its own."""
    return any(one.unit_id == unit and one.parent is not None for one in every(store))


def seen_by(store: Store, unit: int | None) -> Store:
    """The store as the people of a unit see it: everything for the root's, and where no unit is said."""
    if unit is None or unit in _roots(store.whole):
        return store.whole
    return store.within(unit)


def add(store: Store, name: str, parent: int | None, account: str) -> int:
    """A new unit beneath another, None for the root; its number. The first one is the root. Raises `UnitError`."""
    with store.write() as cursor:
        known = _known(cursor)
        if not known:
            return _insert(cursor, known, name, None, account)
        if parent is None:
            parent = next(number for number, (above, _) in known.items() if above is None)
        if parent not in known:
            raise UnitError("This unit is not known here any more.")
        return _insert(cursor, known, name, parent, account)


def change(
    store: Store, unit: int, name: str, parent: int | None, account: str, places: Collection[int] | None = None
) -> None:
    """Another name, another unit above, and these places its own and no others (None: as they are); all of it or
    nothing. Raises `UnitError`.
    """
    with store.write() as cursor:
        _change(cursor, unit, name, parent, account)
        if places is not None:
            own = {place for place, of in cursor.execute(query("units/of_places")[0]).fetchall() if of == unit}
            give_within(cursor, places, unit, account)
            give_within(cursor, own - set(places), None, account)


def _change(cursor: DuckDBPyConnection, unit: int, name: str, parent: int | None, account: str) -> None:
    known = _known(cursor)
    if unit not in known:
        raise UnitError("This unit is not known here any more.")
    above, before = known[unit]
    name = _name(name, {number: row for number, row in known.items() if number != unit})
    if above is None:
        parent = None
    elif parent not in known:
        raise UnitError("Say which unit is above.")
    up = parent
    while up is not None:
        if up == unit:
            raise UnitError("A unit cannot be beneath itself.")
        up = known[up][0]
    if (above, before) == (parent, name):
        return
    cursor.execute(query("units/change")[0], {"unit": unit, "name": name, "parent": parent})
    if above != parent:
        rollups.derive_units(cursor)
    told = f"{before} → {name}" if before != name else ""
    audit.log_within(cursor, account, "edit unit", f"{unit} {name}", told or f"{above} → {parent}")


def remove(store: Store, unit: int, account: str) -> None:
    """Takes a unit out of the tree. Raises `UnitError` while anything is its own."""
    with store.write() as cursor:
        known = _known(cursor)
        if unit not in known:
            raise UnitError("This unit is not known here any more.")
        if any(above == unit for above, _ in known.values()):
            raise UnitError("There are units beneath this one. Move or remove them first.")
        [(places, people)] = cursor.execute(query("units/owns")[0], {"unit": unit}).fetchall()
        if places or people:
            raise UnitError("This unit still has places or accounts. Give them to another unit first.")
        cursor.execute(query("units/remove")[0], {"unit": unit})
        audit.log_within(cursor, account, "remove unit", f"{unit} {known[unit][1]}")


def give(store: Store, places: Collection[int], unit: int | None, account: str) -> None:
    """These places are that unit's from now on, with all that ever happened there; None: the root's."""
    with store.write() as cursor:
        give_within(cursor, places, unit, account)


def give_within(cursor: DuckDBPyConnection, places: Collection[int], unit: int | None, account: str) -> None:
    """The same inside a write."""
    known = _known(cursor)
    if unit is not None and unit not in known:
        raise UnitError("This unit is not known here any more.")
    root = unit is None or known[unit][0] is None
    given = {"unit": None if root else unit, "places": sorted(places)}
    moved = cursor.execute(query("units/give")[0], given).fetchall()
    if not moved:
        return
    rollups.derive_units(cursor)
    name = known[unit][1] if unit is not None else ""
    audit.log_within(cursor, account, "give places", f"{unit or 0} {name}", ", ".join(place for (place,) in moved))


def elsewhere(store: Store, person: int, since: datetime = FIRST, until: datetime = LAST) -> list[str]:
    """Of a unit's store: the names of other units at whose places somebody stayed in that time; else []."""
    if store.unit is None:
        return []
    found = store.whole.ask("units/elsewhere", unit=store.unit, person=person, since=since, until=until)
    return found["name"].to_list()


def _roots(store: Store) -> set[int]:
    return {row["unit_id"] for row in store.ask("units/all").iter_rows(named=True) if row["parent"] is None}


def _known(cursor: DuckDBPyConnection) -> dict[int, tuple[int | None, str]]:
    """Number → unit above, name."""
    rows = cursor.execute(query("units/all")[0]).fetchall()
    return {number: (parent, name) for number, parent, name, *_ in rows}


def _name(name: str, others: dict[int, tuple[int | None, str]]) -> str:
    name = clean(name)
    if not fold(name):
        raise UnitError("Write the name of the unit.")
    if len(name) > LONGEST:
        raise UnitError("A text is too long. Write it in fewer words.")
    if fold(name) in {fold(other) for _, other in others.values()}:
        raise UnitError("“{name}” is the name of another unit already.", name=name)
    return name


def _insert(
    cursor: DuckDBPyConnection, known: dict[int, tuple[int | None, str]], name: str, parent: int | None, account: str
) -> int:
    name = _name(name, known)
    [(number,)] = cursor.execute(query("units/insert")[0], {"parent": parent, "name": name}).fetchall()
    audit.log_within(cursor, account, "add unit", f"{number} {name}")
    return number


def _order(name: str) -> list[tuple[int, str]]:
    """Team 2 stands before team 10."""
    return [(int(word) if word.isdigit() else 1 << 60, word) for word in fold(name).split()]
