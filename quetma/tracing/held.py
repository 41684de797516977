"""The step of the chain over stays that lie in memory: the same contacts as in queries/tracing/step.sql, found in a
fraction of the time.

A day's stays lie by place, so those of a place on a day are one piece. A step reads the people of
all stays, a number each, for where the infectors were, and then the pieces of those places and days alone. Days are
held from the second question about them on, those of few stays from the first, each until stays of it change. The
dashboard has the newest days held before anybody asks (`Newest`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from quetma import order
from quetma.answers import MOST_STAYS
from quetma.store import Store, query
from quetma.watch import Watch

FEW_STAYS = 500_000  # they are read while the store would answer; of more, one question is answered sooner than read
NEWEST_DAYS = 16  # held beforehand: a window of 14 days, a stay's evening before it and the air's time after it
AT_ONCE = 1_000_000  # pairs of stays that are compared at once
ONE_DAY = timedelta(days=1)
MINUTE = 60_000_000  # as the moments are counted
NEVER = np.iinfo(np.int64).max
FOUND = {"person_id": pl.Int64, "exposed_at": pl.Datetime("us"), "sure": pl.Int32}  # as step.sql answers

Presence = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Day:
    """The stays that began on a day, by place: columns, and the pieces that the places are.

    Moments are microseconds since 1970; sure is 2 where both ends were seen, else 1. Of each piece: its place, where it
    starts and ends, the first arrival and the last departure. top: the greatest number of a person.
    """

    person: np.ndarray
    t_in: np.ndarray
    t_out: np.ndarray
    sure: np.ndarray
    place: np.ndarray
    start: np.ndarray
    end: np.ndarray
    first: np.ndarray
    last: np.ndarray
    top: int

    @classmethod
    def of(cls, stays: pl.DataFrame) -> "Day":
        """Of the stays of a day as queries/stays/held.sql gives them, in any order."""
        names = ("person_id", "location_id", "t_in", "t_out", "sure")
        place = _numbers(stays["location_id"])
        if (place[1:] < place[:-1]).any():
            stays = stays.select(pl.all().gather(order.of(stays.select("location_id"))))
        person, place, t_in, t_out, sure = (_numbers(stays[name]) for name in names)
        start = np.flatnonzero(np.concatenate([place[:1] == place[:1], place[1:] != place[:-1]]))
        if not len(start):
            return cls(person, t_in, t_out, sure, place, start, start, t_in, t_out, 0)
        return cls(
            person, t_in, t_out, sure, place[start], start, np.append(start[1:], len(place)),
            np.minimum.reduceat(t_in, start), np.maximum.reduceat(t_out, start), int(person.max()),
        )  # fmt: skip


def days(store: Store, first_day: date, last_day: date, begins: bool) -> list[Day] | None:
    """The days from the first to the last, both included; None when the store is to be asked. begins: whether this is
    the first step of a question.

    Also None of a unit's store, and when a second engine answers what is asked about many scans.
    """
    if store.whole is not store or store.engine is not None:
        return None
    wanted = [first_day + number * ONE_DAY for number in range((last_day - first_day).days + 1)]
    found = {day: store.of_days.recall("held", day) for day in wanted}
    if missing := [day for day in wanted if found[day] is None]:
        span = {"first_day": missing[0], "last_day": missing[-1]}
        [(many,)] = store.cursor().execute(query("stays/count")[0], span).fetchall()
        if many + sum(len(day.person) for day in found.values() if day) > MOST_STAYS:
            return None
        if many > FEW_STAYS and not (begins and store.of_days.again(missing)):
            return None
        version = store.version
        stays = store.cursor().sql(query("stays/held")[0], params=span).pl()
        if not stays["day"].is_sorted():
            stays = stays.sort("day", maintain_order=True)
        for day in missing:
            start, end = (stays["day"].search_sorted(day, side) for side in ("left", "right"))
            found[day] = Day.of(stays[start:end])
            store.of_days.keep(version, "held", day, found[day], len(found[day].person))
    return [found[day] for day in wanted]


def beforehand(store: Store, first_day: date, last_day: date) -> None:
    """Has these days in memory, unless they have too many stays."""
    for _ in range(2):  # the second question reads
        days(store, first_day, last_day, begins=True)


class Newest(Watch):
    """Between `start` and `stop`, has the newest days in memory before somebody asks, also after an upload."""

    def __init__(self, store: Store) -> None:
        super().__init__("newest days", 10)
        self._store = store

    def look(self) -> None:
        """Reads those of the newest days that are not held."""
        last = self._store.today()
        beforehand(self._store, last - (NEWEST_DAYS - 1) * ONE_DAY, last)


def step(held: Sequence[Day], infectors: pl.DataFrame, known: pl.Series, min_minutes: int, linger: int) -> pl.DataFrame:
    """Whom these infectors reach by stays of these days, but those who are known: person_id, exposed_at, sure.

    infectors, min_minutes, linger: as queries/tracing/step.sql has them. known: numbers of people.
    """
    held = [day for day in held if day.top]
    if not held or infectors.is_empty():
        return pl.DataFrame(schema=FOUND)
    out = _numbers(known)
    top = 1 + max(int(out.max(initial=0)), *(day.top for day in held))
    place, t_in, t_out, sure = _presence(held, infectors, top, linger)
    exposed, surest = np.full(top, NEVER), np.zeros(top, np.int8)
    for day in held:
        piece = np.minimum(np.searchsorted(day.place, place), len(day.place) - 1)
        near = (day.place[piece] == place) & (day.first[piece] < t_out) & (day.last[piece] > t_in)
        for some in _portions(np.flatnonzero(near), (day.end - day.start)[piece]):
            which, row = _each(some, day.start[piece[some]], day.end[piece[some]])
            came, went, arrived, left = t_in.take(which), t_out.take(which), day.t_in.take(row), day.t_out.take(row)
            began, ended = np.maximum(came, arrived), np.minimum(went, left)
            # a stay of no time at all is no contact, also amid another
            met = (arrived < went) & (left > came) & (began < ended) & (began + min_minutes * MINUTE <= ended)
            met = np.flatnonzero(met)
            person = day.person[row[met]]
            np.minimum.at(exposed, person, began[met])
            np.maximum.at(surest, person, np.minimum(sure[which[met]], day.sure[row[met]]))
    exposed[out] = NEVER
    found = np.flatnonzero(exposed < NEVER)
    return pl.DataFrame(
        {"person_id": found, "exposed_at": exposed[found].view("M8[us]"), "sure": surest[found]}, schema_overrides=FOUND
    )


def _presence(held: Sequence[Day], infectors: pl.DataFrame, top: int, linger: int) -> Presence:
    """Where they were while infectious: place, from when, until when the air of it stays so, how sure that is."""
    people, since, until, sure = (_numbers(infectors[name]) for name in ("person_id", "since", "until", "sure"))
    can = np.flatnonzero(since < until)
    can = can[np.argsort(people[can], kind="stable")]
    people, since, until, sure = (column[can] for column in (people, since, until, sure))
    infects = np.zeros(max(top, people.max(initial=0) + 1), bool)
    infects[people] = True
    stays = []
    for day in held:
        row = np.flatnonzero(day.person == people[0] if len(people) == 1 else infects.take(day.person))
        place = day.place[np.searchsorted(day.start, row, side="right") - 1]
        stays.append((day.person[row], place, day.t_in[row], day.t_out[row], day.sure[row]))
    person, *stay = (np.concatenate(columns) for columns in zip(*stays, strict=True))
    # a case may be there more than once, each time with another window
    low, high = (np.searchsorted(people, person, side=side) for side in ("left", "right"))
    which, who = _each(np.arange(len(person)), low, high)
    place, t_in, t_out, own = (column[which] for column in stay)
    while_infectious = np.flatnonzero((t_in < until[who]) & (t_out > since[who]))
    who = who[while_infectious]
    place, t_in, t_out, own = (column[while_infectious] for column in (place, t_in, t_out, own))
    return (
        place, np.maximum(t_in, since[who]), np.minimum(t_out, until[who]) + linger * MINUTE,
        np.minimum(own, sure[who].astype(np.int8)),
    )  # fmt: skip


def _numbers(column: pl.Series) -> np.ndarray:
    """Its numbers; of moments the microseconds."""
    found = column.to_numpy()
    return found.view(np.int64) if found.dtype.kind == "M" else found


def _each(names: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every number from each start to before its end, one after the other, and whose it is."""
    many = end - start
    before = np.cumsum(many) - many
    return np.repeat(names, many), np.arange(many.sum()) + np.repeat(start - before, many)


def _portions(which: np.ndarray, many: np.ndarray) -> list[np.ndarray]:
    """These, so many at a time that they have not too many pairs, of which each has so many."""
    return np.split(which, np.flatnonzero(np.diff(np.cumsum(many[which]) // AT_ONCE)) + 1) if len(which) else []
