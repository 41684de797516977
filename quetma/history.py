"""The scan history filter: one object gives the binds of the queries and the sentence printed on every export."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from quetma import directory, people
from quetma.language import Translate, day, listed, number
from quetma.store import Store

KINDS = ("staff", "visitor")
DIRECTIONS = ("in", "out", "unknown")
NOWHERE = pl.DataFrame({"named": [[]], "batches": [[]]}, {"named": pl.List(pl.Int64), "batches": pl.List(pl.Int32)})


@dataclass(frozen=True)
class Filter:
    """Which scans: `first` and `last` day are included; nothing said is any. Raises ValueError for what fits no scan.

    `locations` and `people` are ids: scans of one of them. `kind` is whether the person was on the roster on the day of
    the scan: "staff" or "visitor".
    """

    first: date
    last: date
    locations: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    kind: str | None = None
    direction: str | None = None

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"The first day {day(self.first)} is after the last day {day(self.last)}.")
        if self.kind not in (None, *KINDS):
            raise ValueError(f"There is no kind {self.kind!r}: it is one of {', '.join(KINDS)}.")
        if self.direction not in (None, *DIRECTIONS):
            raise ValueError(f"There is no direction {self.direction!r}: it is one of {', '.join(DIRECTIONS)}.")

    @classmethod
    def named(
        cls,
        store: Store,
        first: date,
        last: date,
        locations: Sequence[str] = (),
        persons: Sequence[str] = (),
        kind: str | None = None,
        direction: str | None = None,
    ) -> "Filter":
        """The filter as people say it: locations by their names, people by phone or name.

        Raises ValueError that says which of them is unknown or fits several.
        """
        return cls(
            first,
            last,
            locations=tuple(dict.fromkeys(_location(store, name) for name in locations)),
            people=tuple(dict.fromkeys(_person(store, text) for text in persons)),
            kind=kind,
            direction=direction,
        )

    def params(self, ask: Callable[..., pl.DataFrame] | None = None) -> dict[str, Any]:
        """The binds of queries/history/scans.sql and days.sql. ask: answers people/uploads of the whole store, as
        `Store.ask` does: then people's scans are sought where they stand alone.
        """
        where = ask("people/uploads", people=list(self.people)) if ask and self.people else NOWHERE
        return (
            asdict(self) | {"locations": list(self.locations), "people": list(self.people)} | where.row(0, named=True)
        )

    def count(self, store: Store) -> int:
        """How many scans there are."""
        if self.people:  # the kept figures know nobody
            return int(store.ask("history/days", **self.params(store.whole.ask))["scans"].sum())
        return int(store.ask("history/totals", **self._counted())["scans"][0])

    def page(self, store: Store, number: int, size: int) -> pl.DataFrame:
        """The scans of page `number` (from 1), newest first, with the columns of queries/history/scans.sql."""
        asked, skip = self, (number - 1) * size
        if not self.people:
            asked, skip = self._narrowed(store, skip, size)
        return store.ask("history/scans", **asked.params(store.whole.ask), skip=skip, rows=size)

    def _counted(self) -> dict[str, Any]:
        """The binds of queries/history/totals.sql and full_days.sql, which know nobody."""
        return {name: bind for name, bind in self.params().items() if name not in {"people", *NOWHERE.columns}}

    def _narrowed(self, store: Store, skip: int, rows: int) -> tuple["Filter", int]:
        """The same filter for the days alone that hold these rows, newest first, and how many of theirs to skip: none
        of the others is read.
        """
        before, newest = 0, None
        for one, scans in store.ask("history/full_days", **self._counted()).iter_rows():
            before += scans
            if before <= skip:
                continue
            if newest is None:  # the first row that is shown is of this day
                newest, skip, before = one, skip - before + scans, scans
            if before >= skip + rows:
                return replace(self, first=one, last=newest), skip
        return (replace(self, last=newest) if newest else self), skip

    def sentence(self, store: Store, t: Translate, scans: int | None = None, masked: bool = False) -> str:
        """What was filtered and how many scans that is; give `scans` when they have been counted already. masked: names
        and phones are shown as the national platform shows them.

        "Lịch sử quét mã từ 01/08/2021 đến 27/08/2021 tại Trụ sở Mai Sơn, khách, chiều vào: 312 lượt".
        """
        if self.first == self.last:
            text = t("Scan history of {day}", day=day(self.first))
        else:
            text = t("Scan history from {first} to {last}", first=day(self.first), last=day(self.last))
        spoken = t("en")  # a catalogue says which language it is by its translation of "en"
        if self.locations:
            known = dict(store.ask("flow/locations").iter_rows())
            names = [known.get(one, t("a place no longer known")) for one in self.locations]
            text = t("{period} at {location}", period=text, location=listed(names, spoken))
        if self.people:
            told = [_known(store, t, one) for one in self.people]
            names = [described(mask(person) if masked else person) for person in told]
            text += ", " + t("of {person}", person=listed(names, spoken))
        if self.kind is not None:
            text += ", " + {"staff": t("staff only"), "visitor": t("visitors only")}[self.kind]
        if self.direction is not None:
            ways = {"in": t("scans in"), "out": t("scans out"), "unknown": t("of unknown direction")}
            text += ", " + ways[self.direction]
        if scans is None:
            scans = self.count(store)
        amount = t("1 scan") if scans == 1 else t("{n} scans", n=number(scans, spoken))
        return f"{text}: {amount}"


def _known(store: Store, t: Translate, person_id: int) -> dict[str, Any]:
    """Somebody as `directory.find` tells of them; also whom no upload names any more."""
    if known := directory.person(store, person_id):
        return known
    name, phone = directory.name_and_phone(store, person_id)
    return {"name": name or t("somebody no longer known"), "phone": phone, "birth_year": None}


def mask(person: dict[str, Any]) -> dict[str, Any]:
    """A row of `directory.find` with the name and the phone masked, and without the year of birth."""
    told = pl.DataFrame(
        {"name": [person["name"]], "phone": [person["phone"]]}, schema={"name": pl.String, "phone": pl.String}
    )
    shown = told.select(people.mask_names(pl.col("name")), people.mask_phones(pl.col("phone"))).row(0, named=True)
    return person | shown | {"birth_year": None}


def described(person: dict[str, Any]) -> str:
    """A row of `directory.find` as text: the name, and the phone or year of birth that tells it from a namesake."""
    detail = person["phone"] or person["birth_year"]
    return f"{person['name']} ({detail})" if detail else person["name"]


def _location(store: Store, name: str) -> int:
    known = store.ask("flow/locations")
    for location_id, known_name in known.iter_rows():
        if people.fold(known_name) == people.fold(name):
            return location_id
    names = ", ".join(known["name"]) or "none"
    raise ValueError(f"There is no location {name!r}. Known locations: {names}.")


def _person(store: Store, text: str) -> int:
    found = directory.find(store, text)
    exact = found.filter(pl.col("exact"))
    if exact.height == 1:
        found = exact
    if found.is_empty():
        raise ValueError(f"Nobody in the store fits {text!r}. Give a name, or a phone such as 0912345678.")
    if found.height > 1:
        several = "; ".join(described(row) for row in found.iter_rows(named=True))
        raise ValueError(f"{text!r} fits several people: {several}. Give the phone of the one that is meant.")
    return found["person_id"][0]
