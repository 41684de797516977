"""Who passes the door right now: one passage is stored in one transaction, with the stays and daily figures of its day.

    check(store, Passage(location=1, direction="in", source="gate", account="Lường Văn Sơn", person=12)) -> Checked

The passages of one day at one place through one door are an upload that grows, and their health declarations another:
undo, history, receipts and `check` treat them as they do files. What one passage touches is one person and one day.

Many at the same moment (a morning's queue, a flood) become one transaction: whoever gets the pen writes for everybody
who waits, so the time of a commit is paid once.
"""

import hashlib
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, Literal, NamedTuple
from weakref import WeakKeyDictionary

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import growth, language, rollups, touch
from quetma.intake import recount
from quetma.intake.errors import Refusal
from quetma.language import DEFAULT
from quetma.people import clean, domestic, identity, is_masked, phone
from quetma.store import Store, now, people_changed, query
from quetma.touch import Touched

TOGETHER = 500  # passages in one transaction
AHEAD = timedelta(minutes=2)  # a clock may go before ours
LONGEST_NAME, LONGEST_TEXT = 120, 500
FILE_NAMES = {
    "scans": {
        "poster": "Check-ins by phone of {day}, {place}",
        "gate": "Check-ins at the gate of {day}, {place}",
    },
    "declarations": {
        "poster": "Health declared by phone on {day}, {place}",
        "gate": "Health declared at the gate on {day}, {place}",
    },
}


class DoorError(Refusal):
    """A passage is refused and nothing was stored."""


@dataclass(frozen=True)
class Passage:
    """Somebody goes in or out. Who: `person` (a person_id), else name and phone, one of which is enough.

    source: which door, "poster" (their own phone, a printed code) or "gate" (the gatekeeper). account: who entered it.
    at: None is now. host: whom they come to see. symptoms: what they declared, "" for none, None for no declaration.
    poster: the printed code that was scanned. inferred: nobody saw it, it must have been so. entry: the number that the
    gate screen gave it (quetma/gate.py).
    """

    location: int
    direction: Literal["in", "out"]
    source: Literal["poster", "gate"]
    account: str
    person: int | None = None
    name: str = ""
    phone: str = ""
    birth_year: int | None = None
    at: datetime | None = None
    purpose: str = ""
    host: str = ""
    came_from: str = ""
    symptoms: str | None = None
    note: str = ""
    poster: int | None = None
    inferred: bool = False
    entry: str | None = None


@dataclass(frozen=True)
class Checked:
    """A passage as it was stored. person_id: who it is about, whoever they were merged into. at: to the second.
    name, staff: what they are called, and whether they were staff on that day.
    counted: False when the very same passage (person, place, direction, second) was there already; nothing changed then
    but the number of duplicates.
    """

    person_id: int
    name: str
    staff: bool
    batch_id: int
    line: int
    at: datetime
    counted: bool


def check(store: Store, passage: Passage) -> Checked:
    """Stores one passage, and returns when it is on the disk. Raises `DoorError` when it is refused."""
    return check_all(store, [passage])[0]


def check_all(store: Store, passages: Sequence[Passage]) -> list[Checked]:
    """Stores several passages (a group that arrives together): all of them, or none with a `DoorError`."""
    here = _of(store)
    entry = _Entry([_clean(passage) for passage in passages])
    if store.unit is not None:
        _own(store, entry.passages)
    here.waiting.append(entry)
    with here.pen:
        while not entry.done:
            here.write_waiting(store.whole)
    if entry.error:
        raise entry.error
    return entry.checked


def waiting(store: Store) -> int:
    """How many calls wait for their turn just now: a page that anybody can open says "in a moment" when it is many."""
    return len(_of(store).waiting)


# Many at once ---------------------------------------------------------------------------------------------------------


class _Entry:
    """The passages of one call, and what became of them."""

    def __init__(self, passages: list[Passage]) -> None:
        self.passages = passages
        self.checked: list[Checked] = []
        self.error: BaseException | None = None
        self.done = False


class _Door:
    """Who waits to be written, and the pen. Only who holds the pen takes from the queue."""

    def __init__(self) -> None:
        self.waiting: deque[_Entry] = deque()
        self.pen = Lock()

    def write_waiting(self, store: Store) -> None:
        """Writes those who wait, as many as go into one transaction."""
        entries: list[_Entry] = []
        while self.waiting and (not entries or sum(len(e.passages) for e in entries) < TOGETHER):
            entries.append(self.waiting.popleft())
        try:
            _write_entries(store, entries)
        except Exception:
            # One of them is not possible: each on its own then, so that it stops nobody else.
            for entry in entries:
                try:
                    _write_entries(store, [entry])
                except Exception as error:
                    entry.error = error
        finally:
            for entry in entries:
                entry.done = True


_doors: WeakKeyDictionary[Store, _Door] = WeakKeyDictionary()
_doors_lock = Lock()


def _own(store: Store, passages: Sequence[Passage]) -> None:
    """Refuses what is about a place, or a number of somebody, that a unit's store does not know."""
    places = {row[0] for row in store.ask("door/locations").iter_rows()}
    people = sorted({passage.person for passage in passages if passage.person is not None})
    known = set(store.ask("door/people", people=people)["person_id"]) if people else set()
    if not {passage.location for passage in passages} <= places:
        raise DoorError("This place is not known here.")
    if not known >= set(people):
        raise DoorError("Nobody of that number is known here any more.")


def _of(store: Store) -> _Door:
    store = store.whole
    with _doors_lock:
        if store not in _doors:
            _doors[store] = _Door()
        return _doors[store]


def _write_entries(store: Store, entries: list[_Entry]) -> None:
    with store.write() as cursor:
        checked = iter(_write(cursor, [passage for entry in entries for passage in entry.passages]))
    for entry in entries:
        entry.checked = [next(checked) for _ in entry.passages]


# One transaction ------------------------------------------------------------------------------------------------------


def _clean(passage: Passage) -> Passage:
    """The passage with its texts in order and its moment to the second; refused when nobody could store it."""
    at, latest = (passage.at or now()).replace(microsecond=0), now() + AHEAD
    if at > latest:
        raise DoorError("The time {moment} is in the future.", moment=language.moment(at))
    if at.year < 2020:
        raise DoorError("The time {moment} is too long ago.", moment=language.moment(at))
    texts: dict[str, Any] = {field: clean(getattr(passage, field).replace("\0", "")) for field in TEXTS}
    if passage.symptoms is not None:
        texts["symptoms"] = clean(passage.symptoms.replace("\0", ""))
    if len(texts["name"]) > LONGEST_NAME or any(len(text) > LONGEST_TEXT for text in texts.values()):
        raise DoorError("A text is too long. Write it in fewer words.")
    if passage.person is None:
        if is_masked(texts["name"] + texts["phone"]):
            raise DoorError("Write the name and the phone in full, without *.")
        if texts["phone"] and phone(texts["phone"]) is None:
            raise DoorError("The phone number cannot be read. Write it like 0912 345 678.")
        if not texts["name"] and not texts["phone"]:
            raise DoorError("Write a name or a phone number.")
    return replace(passage, at=at, **texts)


TEXTS = ("name", "phone", "purpose", "host", "came_from", "note")
WHO = pl.Schema(
    {
        "who": pl.Int64, "identity": pl.String, "name": pl.String, "phone": pl.String, "birth_year": pl.Int16,
        "masked": pl.Boolean,
    }
)  # fmt: skip
PASSAGE = pl.Schema(
    {
        "batch_id": pl.Int32, "line": pl.Int32, "person_id": pl.Int64, "really_id": pl.Int64, "location_id": pl.Int32,
        "moment": pl.Datetime("us"), "direction": pl.String, "purpose": pl.String, "host": pl.String,
        "came_from": pl.String, "note": pl.String, "poster_id": pl.Int32, "inferred": pl.Boolean,
        "entered_by": pl.String, "entry_id": pl.String, "symptoms": pl.String,
    }
)  # fmt: skip


HOURS = pl.Schema({"location_id": pl.Int32, "opens": pl.Time, "closes": pl.Time})


def _write(cursor: DuckDBPyConnection, passages: list[Passage]) -> list[Checked]:
    """Stores passages, which `_clean` has seen, and derives what they touch."""
    places = {row[0]: row[1:] for row in cursor.execute(query("door/locations")[0]).fetchall()}
    for passage in passages:
        if passage.location not in places:
            raise DoorError("This place is not known here.")
        name, closed_on, *_ = places[passage.location]
        if closed_on and _at(passage).date() >= closed_on:
            raise DoorError("{place} was closed on {day}.", place=name, day=language.day(closed_on))
    numbers = _Numbers(cursor)
    ids, come = _people(cursor, passages, numbers)
    known = _known(cursor, ids)
    if not known.keys() >= set(ids):
        raise DoorError("Nobody of that number is known here any more.")
    batches = _Batches(cursor, passages, {place: name for place, (name, *_) in places.items()}, numbers)
    rows, declared = [], []
    for passage, person in zip(passages, ids, strict=True):
        row = {
            "person_id": person, "really_id": known[person].really, "location_id": passage.location,
            "moment": passage.at, "direction": passage.direction, "purpose": passage.purpose, "host": passage.host,
            "came_from": passage.came_from, "note": passage.note, "poster_id": passage.poster,
            "inferred": passage.inferred, "entered_by": passage.account, "entry_id": passage.entry,
            "symptoms": passage.symptoms,
        }  # fmt: skip
        rows.append(row | batches.next_line("scans", passage, row))
        if passage.symptoms is not None:
            declared.append(row | batches.next_line("declarations", passage, row))
    batches.store()
    called = [
        {
            "batch_id": row["batch_id"], "person_id": row["person_id"],
            "name": passage.name or known[row["person_id"]].name,
            "birth_year": passage.birth_year or known[row["person_id"]].birth_year,
        }
        for row, passage in [*zip(rows, passages, strict=True),
                             *zip(declared, [p for p in passages if p.symptoms is not None], strict=True)]
    ]  # fmt: skip
    claims = pl.DataFrame(called, schema_overrides={"birth_year": pl.Int16})
    _put(cursor, "door/insert_claims", "claims", claims.unique(["batch_id", "person_id"], keep="first"))
    frame = pl.DataFrame(rows, schema=PASSAGE)
    _put(cursor, "door/insert_scans", "passages", frame)
    _put(cursor, "door/insert_rows", "passages", frame)
    if declared:
        _put(cursor, "door/insert_declarations", "passages", pl.DataFrame(declared, schema=PASSAGE))
    as_known = not come and all(known[person].is_called(one) for person, one in zip(ids, passages, strict=True))
    kinds = ["staff" if known[row["person_id"]].is_staff(row["moment"].date()) else "visitor" for row in rows]
    new = frame.select("location_id", "moment", "direction", person_id="really_id", kind=pl.Series(kinds))
    duties = any(who.staff for who in known.values())
    hours = pl.DataFrame([(place, *told[2:]) for place, told in places.items()], schema=HOURS, orient="row")
    days = frozenset(row["moment"].date() for row in declared)
    repeated = _derive(cursor, new, days, as_known, duties, hours)
    if not as_known:
        known = _known(cursor, ids)
    found = [(known[row["person_id"]], row) for row in rows]
    return [
        Checked(
            who.really, who.name, who.is_staff(row["moment"].date()), row["batch_id"], row["line"], row["moment"],
            (row["batch_id"], row["line"]) not in repeated,
        )
        for who, row in found
    ]  # fmt: skip


class _Known(NamedTuple):
    """Somebody whom the store knows. really: who they really are. staff: since when and until when they are staff, when
    they are on the staff list; None is always.
    """

    really: int
    name: str
    birth_year: int | None
    staff: tuple[date | None, date | None] | None

    def is_called(self, passage: Passage) -> bool:
        """Whether a passage calls them nothing else than they are called already."""
        return passage.name in ("", self.name) and passage.birth_year in (None, self.birth_year)

    def is_staff(self, day: date) -> bool:
        """Whether they are on the staff list on that day."""
        if self.staff is None:
            return False
        since, until = self.staff
        return (since or date.min) <= day <= (until or date.max)


def _known(cursor: DuckDBPyConnection, ids: list[int]) -> dict[int, _Known]:
    """The people of these numbers who are known."""
    found = cursor.execute(query("door/people")[0], {"people": sorted(set(ids))}).fetchall()
    return {
        person: _Known(really, name, year, (started, ended) if staff else None)
        for person, really, name, year, staff, started, ended in found
    }


def _derive(
    cursor: DuckDBPyConnection, new: pl.DataFrame, declared: frozenset[date], as_known: bool, duties: bool,
    hours: pl.DataFrame,
) -> set[tuple[int, int]]:  # fmt: skip
    """Decides which of the passages count and brings the figures up to date. Returns those that repeat another.

    as_known: nobody came in who may be somebody else, and nobody is called otherwise than they are called already; else
    everything about who is who is decided anew. The rest as in `growth.add`.
    """
    moments = new["moment"].to_list()
    span = {"first": min(moments), "last": max(moments)}
    if as_known:
        own = growth.scans(cursor, new)
        people = {"people": new["person_id"].to_list()}
        twice = declared and cursor.execute(query("door/same_declarations")[0], span | people).fetchall()
        if not twice and growth.plain(cursor, new, own):
            growth.add(cursor, new, own, declared, duties, hours)
            return set()
    days = frozenset(moment.date() for moment in moments)
    touched = Touched(scans=(span["first"], span["last"]), scanned=days, declared=declared)
    touch.concern(cursor, new["person_id"])
    rollups.derive(cursor, recount.anew(cursor, touched))
    return set(cursor.execute(query("door/repeated")[0]).fetchall())


class _Numbers:
    """The next free numbers of uploads and people, looked up when the first is needed."""

    def __init__(self, cursor: DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._free: list[int] = []

    def batch(self) -> int:
        """A number for a new upload."""
        return self._next(0)

    def person(self) -> int:
        """A number for somebody new."""
        return self._next(1)

    def _next(self, of: int) -> int:
        self._free = self._free or list(self._cursor.execute(query("intake/next_ids")[0]).fetchall()[0])
        self._free[of] += 1
        return self._free[of] - 1


def _people(cursor: DuckDBPyConnection, passages: list[Passage], numbers: _Numbers) -> tuple[list[int], bool]:
    """Whom each passage is about, those who are new stored; and whether one of these may be somebody else."""
    named = {_who(one)[0]: one for one in reversed(passages) if one.person is None}
    ids: dict[str | None, int] = {}
    come = False
    if named:
        rows = [
            (n, who, one.name or domestic(_who(one)[1] or ""), _who(one)[1], one.birth_year, False)
            for n, (who, one) in enumerate(named.items())
        ]
        people = pl.DataFrame(rows, schema=WHO, orient="row")
        known = dict(_ask(cursor, "intake/known_people", "people", people).select("who", "person_id").iter_rows())
        ids = {who: known[n] for n, who in enumerate(named) if n in known}
        fresh = people.filter(~pl.col("who").is_in(list(known)))
        if not fresh.is_empty():
            former = dict(_ask(cursor, "intake/former_people", "fresh", fresh).iter_rows())
            if former:
                _put(cursor, "intake/forget_former", "fresh", fresh)
            for who in fresh["identity"]:
                ids[who] = former.get(who) or numbers.person()
            given = pl.Series([ids[who] for who in fresh["identity"]], dtype=pl.Int64)
            _put(cursor, "intake/insert_people", "fresh", recount.with_keys(fresh.with_columns(person_id=given)))
            people_changed(cursor, given)
            come = bool(former) or recount.may_be_staff(cursor, fresh)
    return [ids[_who(one)[0]] if one.person is None else one.person for one in passages], come


def _who(passage: Passage) -> tuple[str, str | None]:
    """The identity that a name and a phone are, and the phone."""
    number = phone(passage.phone) if passage.phone else None
    return identity(passage.name, number, passage.birth_year), number


class _Batches:
    """The uploads that grow, of the days of some passages; those that are not there yet are made."""

    def __init__(
        self, cursor: DuckDBPyConnection, passages: list[Passage], places: dict[int, str], numbers: _Numbers
    ) -> None:
        self._cursor, self._places, self._numbers = cursor, places, numbers
        days = [_at(passage).date() for passage in passages]
        found = cursor.execute(query("door/batches")[0], {"first": min(days), "last": max(days)}).fetchall()
        self._known = {tuple(key): [batch, rows, sha256, 0] for batch, *key, sha256, rows in found}

    def next_line(self, kind: str, passage: Passage, row: dict[str, Any]) -> dict[str, int]:
        """The upload and the line of one more row of it."""
        key = (kind, passage.location, passage.source, _at(passage).date())
        if key not in self._known:
            self._make(*key, passage)
        batch = self._known[key]
        batch[1] += 1
        batch[3] += 1
        said = json.dumps([batch[2], row], ensure_ascii=False, sort_keys=True, default=str)
        batch[2] = hashlib.sha256(said.encode()).hexdigest()
        return {"batch_id": batch[0], "line": batch[1]}

    def store(self) -> None:
        """Writes how they have grown."""
        for batch, _, sha256, more in self._known.values():
            if more:
                grown = {"batch": batch, "more": more, "sha256": sha256}
                self._cursor.execute(query("door/grow_batch")[0], grown)

    def _make(self, kind: str, location: int, source: str, day: date, passage: Passage) -> None:
        t, place, number = language.translator(DEFAULT), self._places[location], self._numbers.batch()
        self._cursor.execute(
            query("door/insert_batch")[0],
            {
                "batch": number, "kind": kind, "location": location, "door": source, "day": day,
                "file_name": t(FILE_NAMES[kind][source], day=language.day(day), place=place),
                "source": "qr" if kind == "scans" else None, "uploaded_at": now(), "uploaded_by": passage.account,
            },
        )  # fmt: skip
        if kind == "scans":
            claim = {"batch": number, "location": location}
            self._cursor.execute(query("door/insert_place_claim")[0], claim)
        self._known[(kind, location, source, day)] = [number, 0, f"{kind} {location} {source} {day}", 0]


def _at(passage: Passage) -> datetime:
    assert passage.at  # `_clean` has seen to it
    return passage.at


def _ask(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The answer of a named query over a frame."""
    cursor.register(frame_name, frame)
    answer = cursor.sql(query(name)[0]).pl()
    cursor.unregister(frame_name)
    return answer


def _put(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame) -> None:
    """Runs a named statement over a frame."""
    cursor.register(frame_name, frame)
    cursor.execute(query(name)[0])
    cursor.unregister(frame_name)
