"""The gate: who comes and goes, from a scanned code, a badge, a phone or a name, entered by the gatekeeper.

    enter(store, Entry(id, location=1, text="014…|…|Lò Thị Hạnh|02031990|…"), account) -> Done, or Asked, or GateError

Each entry has a number that the screen gave it, so that one sent twice, after a network that failed, counts once. An
entry can be amended, turned round (in for out) and taken back. Of a group, one has a name; the others are called after
them, so that every figure counts them and a trace leads to who can be asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, Literal
from weakref import WeakKeyDictionary

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import badges, codes, directory, door, people, rollups, touch
from quetma.access import audit
from quetma.codes import CodeError
from quetma.door import DoorError, Passage
from quetma.intake import recount
from quetma.intake.errors import Refusal
from quetma.intake.undo import forget
from quetma.language import moment
from quetma.store import Store, now, query
from quetma.touch import Touched

Direction = Literal["in", "out"]

AGAIN = timedelta(seconds=20)  # the same person within this time is the same scan, read twice
STILL_HERE = timedelta(
    hours=12
)  # who came in within this time is taken to be leaving; later, the scan out was forgotten
OLDEST = timedelta(days=3)  # what a screen kept longer than this is asked about rather than stored
MOST = 60  # people of one group
CHOICES = 6
SHORTEST = 2  # letters of a name, or digits of a phone, below which nobody is looked up
UNCLOSED_DAYS = 7  # how far back "never out" looks
COMPANION = re.compile(r" \(đoàn, người \d+\)$")


class GateError(Refusal):
    """An entry is refused and nothing was stored."""


@dataclass(frozen=True)
class Entry:
    """Somebody at the gate. Who: `text` (what was scanned or typed), or `person`, or `name` and perhaps `phone` of
    somebody new. direction: "auto" is out for who is in. at: when, None is now. people: so many with that one.
    """

    id: str
    location: int
    text: str = ""
    person: int | None = None
    name: str = ""
    phone: str = ""
    direction: Literal["auto", "in", "out"] = "auto"
    at: datetime | None = None
    people: int = 1
    host: str = ""
    came_from: str = ""


@dataclass(frozen=True)
class Done:
    """An entry as it stands. again: it is the scan of a moment ago, read twice, and nothing was stored."""

    entry: str
    name: str
    kind: Literal["staff", "visitor"]
    direction: Direction
    at: datetime
    location: int
    people: int
    host: str
    again: bool = False


@dataclass(frozen=True)
class Choice:
    """One whom a typed name or phone may mean. hint: what tells them from others of that name."""

    person: int
    name: str
    hint: str
    kind: Literal["staff", "visitor"]
    direction: Direction


@dataclass(frozen=True)
class Asked:
    """Nothing was stored: whom is it about? name, phone: what somebody new would be called."""

    choices: tuple[Choice, ...]
    name: str = ""
    phone: str = ""


def enter(store: Store, entry: Entry, account: str) -> Done | Asked:
    """Enters somebody, or asks who it is. The same entry again changes nothing. Raises `GateError`."""
    with _turn(store):
        for undone in store.ask("gate/sent_before", entry=entry.id)["undone"]:
            if undone:
                raise GateError("This entry was taken back.")
            return _known(store, entry.id)
        entry = replace(entry, at=_moment(store, entry.at))
        try:
            who = _who(store, entry, account)
            return who if isinstance(who, Asked) else _store(store, entry, who, account)
        except CodeError as error:
            raise GateError(error.message) from None
        except DoorError as error:
            raise GateError(error.told) from None


def amend(store: Store, entry: str, account: str, host: str, came_from: str, companions: int) -> Done:
    """Says of an entry whom they come to see, where from, and how many they are. Raises `GateError`."""
    with _turn(store):
        rows = _rows(store, entry)
        if not 1 <= companions <= MOST:
            raise GateError("A group has from 1 to {n} people.", n=MOST)
        surplus = rows.filter(pl.int_range(pl.len()) >= companions)

        def change(cursor: DuckDBPyConnection) -> None:
            told = {"entry": entry, "host": people.clean(host)[:200], "came_from": people.clean(came_from)[:200]}
            cursor.execute(query("gate/amend")[0], told)
            _remove(cursor, surplus)

        _change(store, rows, change)
        if companions > rows.height:
            first = rows.row(0, named=True)
            leader = _Who(first["person_id"], first["name"])
            more = _group(leader, companions)[rows.height :]
            at, way = first["scanned_at"], first["direction"]
            passages = [_passage(one, entry, first["location_id"], way, at, account, host, came_from) for one in more]
            try:
                door.check_all(store, passages)
            except DoorError as error:
                raise GateError(error.told) from None
        return _known(store, entry)


def turn(store: Store, entry: str, direction: Direction, account: str) -> Done:
    """An entry was the other way: in, or out. Raises `GateError`."""
    with _turn(store):
        rows = _rows(store, entry)
        _change(store, rows, lambda cursor: _execute(cursor, "gate/turn", entry=entry, direction=direction))
        audit.log(store, account, "gate turned", _called(rows), direction)
        return _known(store, entry)


def take_back(store: Store, entry: str, account: str) -> None:
    """Takes an entry back, as if it had never been; the same entry sent later stays so. Also of one never received."""
    with _turn(store):
        if store.ask("gate/undone", entry=entry).height:
            return
        rows = store.ask("gate/rows", entry=entry)

        def change(cursor: DuckDBPyConnection) -> None:
            _execute(cursor, "gate/undo", entry=entry, moment=now(), account=account)
            _remove(cursor, rows)
            if rows.height:
                audit.log_within(cursor, account, "gate taken back", _called(rows))

        _change(store, rows, change)


def never_out(store: Store, today: date, most: int | None = None) -> pl.DataFrame:
    """One row per stay of the last days before `today` that began with a scan in and has no scan out, newest first, of
    many the first `most`: person_id, name, phone, kind, location_id, location, t_in, left_at (when they are taken to
    have left).
    """
    first = today - timedelta(days=UNCLOSED_DAYS)
    return store.ask("gate/never_out", first=first, last=today - timedelta(days=1), moment=store.clock(), rows=most)


def said_gone(store: Store, today: date) -> pl.DataFrame:
    """One row per stay of the last days closed at the gate, newest first: entry, name, location, left_at, by."""
    return store.ask("gate/said_gone", first=today - timedelta(days=UNCLOSED_DAYS))


def close(store: Store, stays: Sequence[dict[str, Any]], entry: str, account: str) -> int:
    """Says that these (rows of `never_out`, or of who is on site with left_at) have left; the end stays inferred.
    `take_back` of the entry opens them again. Returns how many.
    """
    with _turn(store):
        passages = [
            Passage(
                location=stay["location_id"], direction="out", source="gate", account=account,
                person=stay["person_id"], at=min(stay["left_at"], store.clock()), inferred=True, entry=entry,
            )
            for stay in stays
        ]  # fmt: skip
        if passages:
            try:
                door.check_all(store, passages)
            except DoorError as error:
                raise GateError(error.told) from None
            audit.log(store, account, "gate closed", ", ".join(stay["name"] or "" for stay in stays))
        return len(passages)


def here(store: Store, location: int) -> int:
    """How many people are at that place just now."""
    return store.ask("flow/on_site", at=store.clock(), location=location, kind="all").height


# Who ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Who:
    """Somebody known (person), or new."""

    person: int | None
    name: str
    phone: str = ""
    birth_year: int | None = None


def _who(store: Store, entry: Entry, account: str) -> _Who | Asked:
    if entry.person is not None:
        known = directory.person(store, entry.person)
        if known is None:
            raise GateError("Nobody of that number is known here any more.")
        return _Who(entry.person, known["name"])
    if entry.name or entry.phone:
        return _new(store, entry)
    if codes.is_code(entry.text):
        return _scanned(store, codes.read(entry.text))
    return _typed(store, entry, account)


def _scanned(store: Store, code: codes.Scanned) -> _Who:
    if code.kind == "badge":
        holder = badges.holder(store, code.token)
        if holder is None:
            raise GateError("This badge is not of this unit. Type the name instead.")
        if holder.revoked_at:
            raise GateError("This badge was revoked at {moment}. Keep it, and type the name.",
                            moment=moment(holder.revoked_at))  # fmt: skip
        return _Who(holder.person_id, holder.name)
    same = store.ask("gate/named", name_key=people.fold(code.name))
    same = same.filter(pl.col("birth_year").is_null() | (pl.col("birth_year") == (code.birth_year or 0)))
    if code.marked:  # who is known without marks may be this one
        spelled = people.spelling_all(same["name"])
        bare = same["name"].str.contains(r"^[\x00-\x7f]*$")
        same = same.filter((spelled == people.spelling(code.name)) | bare)
    # A name and a year are one person; the staff's lists may not tell the year.
    fits = same.filter(pl.col("birth_year").is_not_null())
    if fits.height != 1 and same.height:
        staff = badges.staff(store, store.clock().date())["person_id"]
        fits = same.filter(pl.col("person_id").is_in(staff.implode()))
    if fits.height == 1:
        return _Who(fits["person_id"][0], fits["name"][0])
    return _Who(None, code.name, birth_year=code.birth_year)


def _new(store: Store, entry: Entry) -> _Who:
    """Somebody whose name the gatekeeper typed and says is new; a phone that is known is who has it."""
    number = people.phone(entry.phone) if entry.phone else None
    if entry.phone and number is None:
        raise GateError("The phone number cannot be read. Write it like 0912 345 678.")
    if not re.search(r"[^\W\d_]{2}", entry.name):
        raise GateError("Type the name as well.")
    return _Who(None, people.clean(entry.name), people.domestic(number))


def _typed(store: Store, entry: Entry, account: str) -> _Who | Asked:
    """A name or a phone, or a piece of one. Only who fits alone and wholly is entered at once; else it is asked."""
    text = people.clean(entry.text)
    if len(re.sub(r"[\W_]", "", text)) < SHORTEST:
        raise GateError("Type at least {n} letters of the name, or digits of the phone.", n=SHORTEST)
    if people.is_masked(text):
        raise GateError("Write the name and the phone in full, without *.")
    found = directory.find(store, text, rows=4 * CHOICES).filter(~pl.col("masked"))
    found = found.filter(~pl.col("name").str.contains(COMPANION.pattern))
    audit.log(store, account, "gate search", text, f"{found.height}")
    exact = found.filter("exact")
    if exact.height == 1:
        return _Who(exact["person_id"][0], exact["name"][0])
    assert entry.at
    choices = tuple(
        Choice(row["person_id"], row["name"], _hint(row), row["kind"],
               _direction(store, row["person_id"], entry.location, entry.at))
        for row in found.head(CHOICES).iter_rows(named=True)
    )  # fmt: skip
    number = people.phone(text)
    return Asked(choices, "" if number else _capitals(text), people.domestic(number))


def _hint(row: dict[str, Any]) -> str:
    """What tells people of one name apart, and not more than that: the end of the phone, the year of birth."""
    parts = [f"…{row['phone'][-3:]}"] if row["phone"] else []
    return " · ".join([*parts, *([str(row["birth_year"])] if row["birth_year"] else [])])


def _capitals(name: str) -> str:
    return name.title() if name.islower() or name.isupper() else name


# What is stored -------------------------------------------------------------------------------------------------------


def _store(store: Store, entry: Entry, who: _Who, account: str) -> Done:
    assert entry.at
    if not 1 <= entry.people <= MOST:
        raise GateError("A group has from 1 to {n} people.", n=MOST)
    person = who.person or _identified(store, who)
    last = _last(store, person, entry.at) if person else None
    if last and entry.direction == "auto" and last["entry_id"] and entry.at - last["scanned_at"] < AGAIN:
        same = _entered(store, last["entry_id"])
        if same and same.location == entry.location:
            return replace(same, again=True)
    way = entry.direction if entry.direction != "auto" else _way(last, entry.location, entry.at)
    members = _group(who, entry.people)
    if way == "out" and entry.people == 1 and last and last["entry_id"]:
        members = [who, *_companions(store, last["entry_id"], entry.at)]
    passages = [
        _passage(one, entry.id, entry.location, way, entry.at, account, entry.host, entry.came_from) for one in members
    ]
    first = door.check_all(store, passages)[0]
    audit.log(store, account, f"gate {way}", who.name)
    kind: Literal["staff", "visitor"] = "staff" if first.staff else "visitor"
    return Done(
        entry.id, first.name, kind, way, first.at, entry.location, len(passages), people.clean(passages[0].host)
    )


def _passage(
    who: _Who, entry: str, location: int, way: Direction, at: datetime, account: str, host: str, came_from: str
) -> Passage:
    return Passage(
        location=location, direction=way, source="gate", account=account, at=at, entry=entry,
        host=host if way == "in" else "", came_from=came_from if way == "in" else "",
        person=who.person, name="" if who.person else who.name, phone=who.phone,
        birth_year=who.birth_year,
    )  # fmt: skip


def _group(who: _Who, count: int) -> list[_Who]:
    """Who gives the name, and the others, who have none of their own."""
    return [who, *(_Who(None, f"{who.name} (đoàn, người {n})") for n in range(2, count + 1))]


def _companions(store: Store, entry: str, at: datetime) -> list[_Who]:
    """Those who came in with an entry and have not left yet: they leave with who gave the name."""
    if store.ask("gate/size", entry=entry)["passages"][0] < 2:
        return []
    rows = store.ask("gate/rows", entry=entry).filter(pl.col("name").str.contains(COMPANION.pattern))
    stayed = [(p, name) for p, name in rows.select("person_id", "name").iter_rows() if _still_in(store, p, entry, at)]
    return [_Who(person, name) for person, name in stayed]


def _still_in(store: Store, person: int, entry: str, at: datetime) -> bool:
    last = _last(store, person, at)
    return bool(last and last["direction"] == "in" and last["entry_id"] == entry)


def _identified(store: Store, who: _Who) -> int | None:
    """The number of somebody who gives name and phone, when the store knows them already."""
    identity = people.identity(who.name, people.phone(who.phone) if who.phone else None, who.birth_year)
    found = store.ask("gate/identified", identity=identity)["person_id"]
    return found[0] if len(found) else None


def _last(store: Store, person: int, at: datetime) -> dict[str, Any] | None:
    """The last scan of somebody until that moment, of the last day."""
    rows = store.ask("gate/last", person=person, since=at - STILL_HERE, at=at)
    return next(rows.iter_rows(named=True), None)


def _way(last: dict[str, Any] | None, location: int, at: datetime) -> Direction:
    """Out for who is in here since not too long, else in."""
    still = last and last["direction"] != "out" and last["location_id"] == location
    return "out" if still and at - last["scanned_at"] < STILL_HERE else "in"


def _direction(store: Store, person: int, location: int, at: datetime) -> Direction:
    return _way(_last(store, person, at), location, at)


def _moment(store: Store, at: datetime | None) -> datetime:
    """When an entry was made. The demo unit's time stands still and goes on by a second an entry."""
    if store.demo:
        return store.clock() + timedelta(seconds=1)
    at = min(at or now(), now())
    if now() - at > OLDEST:
        raise GateError("This entry is of {moment}, too long ago. Upload it as a list instead.", moment=moment(at))
    return at.replace(microsecond=0)


def _rows(store: Store, entry: str) -> pl.DataFrame:
    rows = store.ask("gate/rows", entry=entry)
    if rows.is_empty():
        raise GateError("This entry is not there any more.")
    return rows


def _entered(store: Store, entry: str) -> Done | None:
    """An entry as it stands, None when there is none."""
    rows = store.ask("gate/rows", entry=entry)
    if rows.is_empty():
        return None
    first = rows.row(0, named=True)
    return Done(entry, first["name"], first["kind"], first["direction"], first["scanned_at"], first["location_id"],
                rows.height, first["host"])  # fmt: skip


def _known(store: Store, entry: str) -> Done:
    done = _entered(store, entry)
    assert done
    return done


def _called(rows: pl.DataFrame) -> str:
    return rows["name"][0] if rows.height else ""


# Changing what is stored ----------------------------------------------------------------------------------------------


def _execute(cursor: DuckDBPyConnection, name: str, **params: Any) -> None:
    cursor.execute(query(name)[0], params)


def _remove(cursor: DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Removes passages, and whom nobody names then."""
    if rows.is_empty():
        return
    cursor.register("removed", rows)
    for name in ("gate/uncount", "gate/remove_scans", "gate/remove_rows", "gate/remove_claims"):
        cursor.execute(query(name)[0])
    cursor.unregister("removed")
    forget(cursor, rows.select(person_id="as_named"))


def _change(store: Store, rows: pl.DataFrame, change: Any) -> None:
    """Makes a change of these passages in one transaction, and derives what follows from them again."""
    with store.write() as cursor:
        change(cursor)
        if rows.is_empty():
            return
        moments = rows["scanned_at"].to_list()
        touched = Touched(scans=(min(moments), max(moments)), scanned=frozenset(one.date() for one in moments))
        touch.concern(cursor, rows["person_id"])
        rollups.derive(cursor, recount.anew(cursor, touched))


class _Turns:
    """A lock a store: whether somebody is in is asked and answered before the next one's turn."""

    def __init__(self) -> None:
        self._locks: WeakKeyDictionary[Store, Lock] = WeakKeyDictionary()
        self._guard = Lock()

    def __call__(self, store: Store) -> Lock:
        with self._guard:
            return self._locks.setdefault(store.whole, Lock())


_turn = _Turns()
