"""The register of the unit's places: name and other names, address, capacity, hours, and when one was closed.

A place comes into the register by hand, or when an upload names it. Whatever is written here by hand stays when uploads
are taken back. A closed place keeps its history; nobody can check in there any more.
"""

from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import rollups, touch
from quetma.access import audit
from quetma.intake.errors import Refusal
from quetma.language import day
from quetma.people import clean, fold
from quetma.store import Store, now, query

LONGEST = 200  # characters of any text
LARGEST = 100_000  # people in one place
KEPT = ("name", "address", "district", "capacity", "opens", "closes", "enclosed", "latitude", "longitude")


class PlaceError(Refusal):
    """A place cannot be as it is said; nothing was changed."""


@dataclass(frozen=True)
class Place:
    """One place. location_id: None while it is not stored. names: other names of it in logs. enclosed: None is unknown.
    closed_on: the first day on which nobody can check in there. scans: how many there are of it.
    """

    name: str
    location_id: int | None = None
    address: str = ""
    district: str = ""
    capacity: int | None = None
    opens: time | None = None
    closes: time | None = None
    enclosed: bool | None = None
    managers: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    closed_on: date | None = None
    names: tuple[str, ...] = ()
    scans: int = 0


def every(store: Store) -> list[Place]:
    """All places, open ones first, by name."""
    return [_place(row) for row in store.ask("places/all").iter_rows(named=True)]


def save(store: Store, place: Place, account: str) -> Place:
    """Stores a place as it is described: a new one, or the one of its location_id. Raises `PlaceError`.

    The name it had before becomes another name of it, so that logs that use it still mean this place. With other
    opening hours the ends of stays that nobody saw are derived anew.
    """
    place = _checked(place)
    if place.location_id is not None and not is_own(store, place.location_id):
        raise PlaceError("This place is not known here.")
    with store.write() as cursor:
        taken = dict(cursor.execute(query("places/taken")[0]).fetchall())
        for name in (place.name, *place.names):
            other = taken.get(fold(name))
            if other is not None and other != place.location_id:
                raise PlaceError("“{name}” is the name of another place already.", name=name)
        before = _before(cursor, place)
        number = place.location_id
        if number is None:
            [(_, _, number)] = cursor.execute(query("intake/next_ids")[0]).fetchall()
            given = {"location": number, "name": place.name, "name_key": fold(place.name)}
            cursor.execute(query("intake/register_location")[0], given | {"opens": None, "closes": None})
            cursor.execute(query("units/give")[0], {"unit": store.unit, "places": [number]})
        elif before and fold(before.name) != fold(place.name):
            place = _with_name(place, before.name)
            cursor.execute(query("places/drop_name")[0], {"name_key": fold(place.name)})
        cursor.execute(query("places/update")[0], _values(place, number))
        _store_names(cursor, place, number, account)
        if before and (before.opens, before.closes) != (place.opens, place.closes):
            _derive_stays(cursor, number)
        did = "edit place" if before else "add place"
        audit.log_within(cursor, account, did, f"{number} {place.name}", _told(before, place))
    return next(found for found in every(store) if found.location_id == number)


def is_own(store: Store, location: int) -> bool:
    """Whether the people of the store may change a place: of a unit's store, those that it knows."""
    return store.unit is None or any(place.location_id == location for place in every(store))


def close(store: Store, location: int, on: date, account: str) -> None:
    """Closes a place: from that day on nobody can check in there. Its history stays."""
    _set_closed(store, location, on, account)


def reopen(store: Store, location: int, account: str) -> None:
    """Opens a closed place again."""
    _set_closed(store, location, None, account)


def _set_closed(store: Store, location: int, on: date | None, account: str) -> None:
    if not is_own(store, location):
        raise PlaceError("This place is not known here.")
    with store.write() as cursor:
        found = cursor.execute(query("places/close")[0], {"location": location, "day": on}).fetchall()
        if not found:
            raise PlaceError("This place is not known here.")
        audit.log_within(cursor, account, "close place" if on else "reopen place", f"{location} {found[0][0]}", day(on))


def _checked(place: Place) -> Place:
    """The place with its texts in order; refused when it cannot be."""
    texts = [place.name, place.address, place.district, *place.names, *place.managers]
    if any(len(text) > LONGEST for text in texts):
        raise PlaceError("A text is too long. Write it in fewer words.")
    name = clean(place.name)
    if not fold(name):
        raise PlaceError("Write the name of the place.")
    if place.capacity is not None and not 1 <= place.capacity <= LARGEST:
        raise PlaceError("The capacity is a number of people, 1 or more.")
    if place.opens and place.closes and place.opens >= place.closes:
        raise PlaceError("It has to close later than it opens.")
    if (place.latitude is None) != (place.longitude is None):
        raise PlaceError("Write both coordinates, or none.")
    if not (-90 <= (place.latitude or 0) <= 90 and -180 <= (place.longitude or 0) <= 180):
        raise PlaceError("These coordinates are nowhere on earth.")
    names = {fold(other): clean(other) for other in place.names if fold(other) not in ("", fold(name))}
    managers = tuple(dict.fromkeys(clean(one) for one in place.managers if clean(one)))
    return Place(
        name, place.location_id, clean(place.address), clean(place.district), place.capacity, place.opens, place.closes,
        place.enclosed, managers, place.latitude, place.longitude, place.closed_on, tuple(names.values()), place.scans,
    )  # fmt: skip


def _with_name(place: Place, name: str) -> Place:
    """The place with one more other name."""
    names = {fold(other): other for other in place.names} | {fold(name): name}
    return replace(place, names=tuple(names.values()))


def _before(cursor: DuckDBPyConnection, place: Place) -> Place | None:
    """What is stored of it; None when it is new."""
    if place.location_id is None:
        return None
    found = cursor.sql(query("places/all")[0]).pl().filter(pl.col("location_id") == place.location_id)
    if found.is_empty():
        raise PlaceError("This place is not known here.")
    return _place(found.row(0, named=True))


def _place(row: dict[str, Any]) -> Place:
    lists: dict[str, Any] = {field: tuple(row[field] or ()) for field in ("managers", "names")}
    return Place(**{**row, **lists})


def _values(place: Place, number: int) -> dict[str, Any]:
    """What the statement that changes a place binds."""
    kept = {field: getattr(place, field) for field in KEPT}
    return kept | {"location": number, "name_key": fold(place.name), "managers": list(place.managers)}


def _store_names(cursor: DuckDBPyConnection, place: Place, number: int, account: str) -> None:
    """Other names that were added or taken away."""
    keys = [fold(name) for name in place.names]
    cursor.execute(query("places/keep_names")[0], {"location": number, "keys": keys})
    for key in keys:
        given = {"name_key": key, "location": number, "account": account, "moment": now()}
        cursor.execute(query("places/add_name")[0], given)


def _derive_stays(cursor: DuckDBPyConnection, number: int) -> None:
    """Opening hours end the stays whose end nobody saw."""
    people = [person for (person,) in cursor.execute(query("places/people")[0], {"location": number}).fetchall()]
    rollups.derive(cursor, touch.of_people(cursor, people))


def _told(before: Place | None, place: Place) -> str:
    """What changed, for the audit."""
    old = before or Place("")
    return "; ".join(
        f"{field}: {getattr(old, field)} → {getattr(place, field)}"
        for field in ("name", *KEPT[1:], "managers", "names")
        if getattr(old, field) != getattr(place, field)
    )
