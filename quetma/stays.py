"""Scans into stays: who was at which place from when to when, and which of the two ends was seen.

A stay is a scan in and the next scan out of the same person at the same location, when that is the very next scan there
and at most 24 hours later:

    in ├──────────────┤ out     both ends seen
    in ├──────╌╌╌╌              out missing: ends at the earliest of the person's next scan anywhere, the location's
                                closing time, and the scan + `assumed_minutes` (a setting)
       ╌╌╌╌╌╌─────────┤ out     in missing: the same backwards, with the opening time
    ?  ├──────────────┤ ?       direction unknown: opens a stay that the person's next scan ends (within 24 hours, not
                                after closing); its end is inferred

Whoever did not scan out may be said to have left (door_row.inferred): that ends the stay, and its end stays inferred,
unless they were seen leaving after all.
A row of a door register that repeats a scan is none of these scans (view passage, quetma/schema/007_passages.sql).
In and out in the same second: out comes first for a person who was inside, else in. No stay is longer than 24 hours.
A scan therefore matters only to stays within two days of it (`Anchors`), which is what an upload derives again.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from quetma import order, parts, settings
from quetma.store import changed

REACH = timedelta(hours=48)
LONGEST = timedelta(hours=24)
OUT, IN, UNKNOWN = 0, 1, 2
WORKER = ThreadPoolExecutor(2, "stays")


@dataclass(frozen=True)
class Anchors:
    """Which stays are meant: those made of a scan in (or of unknown direction) within the span `came`, and those made
    of a lone scan out within the span `left`. read: the span of the scans that decide about them.
    """

    came: tuple[datetime, datetime]
    left: tuple[datetime, datetime]
    read: tuple[datetime, datetime]

    @classmethod
    def moved_by(cls, first: datetime, last: datetime, guessed: bool) -> "Anchors":
        """All that scans between these moments can have changed. guessed: somebody was said to have left.

        A scan in looks a day ahead, a scan out a day back, for the other end. What that is can itself depend on the day
        before it, when it was both in one second, and on the day after it, when it was only said.
        """
        if guessed:
            first -= LONGEST
        reach = first - 2 * LONGEST, last + (3 if guessed else 2) * LONGEST
        return cls((first - LONGEST, last + LONGEST), (first, last + 2 * LONGEST), reach)


class Moved(NamedTuple):
    """What scans of a span make of the stays of some people: those that go, and those that come, as they are stored."""

    gone: pl.DataFrame
    new: pl.DataFrame


class Ahead(NamedTuple):
    """What is known of an upload's scans before they are stored. span: the first and the last moment of those that
    count. days: theirs. begin: begins to derive what they make of the stays, from the facts as another thread is told
    them: person_id, location_id, scanned_at, direction and counts.
    """

    span: tuple[datetime, datetime]
    days: frozenset[date]
    begin: Callable[[Callable[[], pl.DataFrame]], Future[Moved]]


def registers(cursor: DuckDBPyConnection) -> bool:
    """Whether a door register was uploaded, of which rows may repeat a scan: else every scan is a passage."""
    return bool(cursor.execute("SELECT 1 FROM batch WHERE source = 'register' LIMIT 1").fetchall())


def ahead(cursor: DuckDBPyConnection, scans: pl.DataFrame, people: pl.Series) -> Ahead | None:
    """Asks what `refresh` would ask, of an upload's scans that are not stored yet, so that their stays can be derived
    meanwhile. Right as long as with them nobody becomes somebody else, and no other scan counts or does not any more.
    None where none of them counts, where there is a door register, beside which it cannot be told beforehand, and where
    very much stands on their days.

    scans: scanned_at and counts. people: whom they name, of those known before.
    """
    if registers(cursor) or not scans["counts"].any():
        return None
    really = cursor.sql("SELECT alias_id AS person_id, person_id AS really FROM alias").pl()

    def are(frame: pl.DataFrame) -> pl.DataFrame:
        """The same with who each of them really is."""
        if really.is_empty():
            return frame
        joined = frame.join(really, on="person_id", how="left", maintain_order="left")
        return joined.with_columns(pl.coalesce("really", "person_id").alias("person_id")).drop("really")

    moment, counts = pl.col("scanned_at"), pl.col("counts")
    days, others = (scans.select(moment.dt.date().filter(which).unique()).to_series() for which in (counts, ~counts))
    changed(cursor, others)  # what does not count is a row of a list all the same
    [span] = scans.filter(counts).select(moment.min(), last=moment.max()).rows()
    if len(_spans(cursor, *span)) > 1:
        return None
    cursor.register("named", are(people.to_frame("person_id")))
    derived = _deriving(cursor, *span, "scan", "named")
    cursor.unregister("named")

    def begin(facts: Callable[[], pl.DataFrame]) -> Future[Moved]:
        goes_in, goes_out = pl.col("direction") == "in", pl.col("direction") == "out"
        told = pl.col("person_id", "location_id", "scanned_at")

        def moved() -> Moved:
            new = facts().filter("counts").select(told, has_in=goes_in, has_out=goes_out, left_seen=goes_out)
            return derived(are(new))

        return WORKER.submit(moved)

    return Ahead(span, frozenset(days), begin)


def refresh(
    cursor: DuckDBPyConnection,
    first: datetime,
    last: datetime,
    meanwhile: Callable[[], None] = lambda: None,
    begun: Future[Moved] | None = None,
) -> set[date]:
    """Derives again the stays that scans between `first` and `last` of the people in `touched_person` can have changed.

    Runs inside the caller's transaction. `meanwhile` is called once, and may use the cursor but not the stays. begun:
    by `ahead`. Returns the days on which a stay came, went or changed.
    """
    spans = [] if begun else _spans(cursor, first, last)
    begun = begun or WORKER.submit(_deriving(cursor, *spans[0]))
    meanwhile()
    days = _moved(cursor, begun.result())
    for span in spans[1:]:
        days |= _moved(cursor, _deriving(cursor, *span)())
    return days


def _spans(cursor: DuckDBPyConnection, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """That span in parts of which no more scans are read at once than memory has room for."""
    days = pl.date_range(first.date(), last.date(), eager=True).to_list()
    ends = [
        (datetime.combine(part[0], time()), datetime.combine(part[-1], time.max)) for part in parts.of(cursor, days)
    ]
    return [(max(first, begin), min(last, end)) for begin, end in ends]


def _moved(cursor: DuckDBPyConnection, moved: Moved) -> set[date]:
    """Changes the stays so; on which days one came or went."""
    change(cursor, moved.gone, moved.new)
    return {*moved.gone["day"].unique(), *moved.new["day"].unique()}


def _deriving(
    cursor: DuckDBPyConnection,
    first: datetime,
    last: datetime,
    passages: str = "passage",
    people: str = "touched_person",
) -> Callable[..., Moved]:
    """What becomes of the stays of these people by scans between these moments, asked now and made when it is called,
    with scans that are not stored yet, or none.
    """
    anchors = Anchors.moved_by(first, last, _guessed(cursor))
    scans, hours, longest = _asked(cursor, anchors, passages, people)
    old = _stood(cursor, anchors, people)

    def moved(*more: pl.DataFrame) -> Moved:
        further = [one.select(scans.columns).cast(dict(scans.schema)) for one in more]
        ordered = order.by_all(pl.concat([scans, *further]))
        gone, new = _apart(old, made(ordered, hours, longest, anchors))
        return Moved(gone, by_place(new, "t_in"))

    return moved


def _apart(old: pl.DataFrame, new: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The stays of the one that are not in the other, and the other way round. Of one scan both have at most one stay:
    brought together they are compared with the row above, in half the time of two joins. Those of later scans than any
    of the old ones need not be compared: nearly all, of a new day.
    """
    if old.is_empty():
        return old, new
    anchor = pl.when("in_seen").then("t_in").otherwise("t_out")
    later = new.select(anchor).to_series() > old.select(anchor.max()).item()
    both = pl.concat([old, new.filter(~later)])
    rows = order.of(both.select("person_id", "location_id", "in_seen", anchor=anchor))
    both = both.select(pl.all().gather(rows))
    same = both.select(pl.all_horizontal(pl.all() == pl.all().shift()).fill_null(False)).to_series()
    alone, stood = ~(same | same.shift(-1, fill_value=False)), rows < old.height
    return both.filter(alone & stood), pl.concat([both.filter(alone & ~stood), new.filter(later)])


def _stood(cursor: DuckDBPyConnection, anchors: Anchors, people: str) -> pl.DataFrame:
    """These stays of the people in that table, as they are stored."""
    (came, came_last), (left, left_last) = anchors.came, anchors.left
    return cursor.sql(
        f"""
        FROM stay
        WHERE day BETWEEN CAST($came AS DATE) AND CAST($left_last AS DATE)
          AND CASE WHEN in_seen THEN t_in BETWEEN $came AND $came_last ELSE t_out BETWEEN $left AND $left_last END
          AND person_id IN (SELECT person_id FROM {people})
        """,
        params={"came": came, "came_last": came_last, "left": left, "left_last": left_last},
    ).pl()


REMOVE = """
    DELETE FROM stay USING moved_stay g
    WHERE stay.day = g.day AND stay.location_id = g.location_id AND stay.person_id = g.person_id
      AND stay.t_in = g.t_in AND stay.t_out = g.t_out
      AND stay.in_seen = g.in_seen AND stay.out_seen = g.out_seen
    """


def change(cursor: DuckDBPyConnection, gone: pl.DataFrame, new: pl.DataFrame) -> None:
    """Takes some stays away and puts others in, in the order they are in, inside the caller's transaction."""
    for frame, sql in ((gone, REMOVE), (new, "INSERT INTO stay FROM moved_stay")):
        if not frame.is_empty():
            cursor.register("moved_stay", frame)
            cursor.execute(sql)
            cursor.unregister("moved_stay")
    changed(cursor, {*gone["day"].unique(), *new["day"].unique()})


def around(cursor: DuckDBPyConnection, first: date, last: date) -> pl.DataFrame:
    """When somebody was where on these days: day, location_id, t_in, t_out, also of the stays of the evening before."""
    return cursor.sql(
        "SELECT day, location_id, t_in, t_out FROM stay WHERE day BETWEEN $first - 1 AND $last",
        params={"first": first, "last": last},
    ).pl()


def by_place(frame: pl.DataFrame, moment: str) -> pl.DataFrame:
    """`frame` in the order in which scans and stays are stored: by day, location_id and second of `moment`."""
    at = pl.col(moment)
    second = (at.dt.epoch("s") % 86_400).cast(pl.Int32)
    return frame.select(pl.all().gather(order.of(frame.select(at.dt.date(), "location_id", second=second))))


def derive(cursor: DuckDBPyConnection, first: datetime, last: datetime) -> pl.DataFrame:
    """The stays made of scans from `first` to `last` of the people in `touched_person`, as table stay has them."""
    anchors = Anchors((first, last), (first, last), (first - REACH, last + REACH))
    scans, hours, longest = _asked(cursor, anchors)
    return made(order.by_all(scans), hours, longest, anchors)


def _guessed(cursor: DuckDBPyConnection) -> bool:
    """Whether anybody was ever said to have left: of most stores nobody, and looking for it costs a join."""
    return bool(cursor.execute("SELECT 1 FROM door_row WHERE inferred LIMIT 1").fetchall())


def _asked(
    cursor: DuckDBPyConnection, anchors: Anchors, passages: str = "passage", people: str = "touched_person"
) -> tuple[pl.DataFrame, pl.DataFrame, timedelta]:
    """What these stays are made of: the scans in any order, the hours of the locations, and how long a stay is assumed
    to be.
    """
    guess = "(batch_id, line) IN (SELECT (batch_id, line) FROM door_row WHERE inferred)"
    first, last = anchors.read
    scans = cursor.sql(
        f"""
        SELECT person_id, location_id, scanned_at, direction = 'in' AS has_in, direction = 'out' AS has_out,
               direction = 'out' AND NOT {guess if _guessed(cursor) else "FALSE"} AS left_seen
        FROM {passages}
        WHERE scanned_at BETWEEN $first AND $last AND person_id IN (SELECT person_id FROM {people})
        """,
        params={"first": first, "last": last},
    ).pl()
    hours = cursor.sql("SELECT location_id, opens, closes FROM location").pl()
    return scans, hours, assumed(cursor)


def assumed(cursor: DuckDBPyConnection) -> timedelta:
    """How long a stay of which one end is missing is taken to be."""
    return timedelta(minutes=min(settings.get(cursor, "assumed_minutes"), LONGEST // timedelta(minutes=1)))


def made(scans: pl.DataFrame, hours: pl.DataFrame, longest: timedelta, anchors: Anchors) -> pl.DataFrame:
    """The stays that are meant, from scans by person, location and second (person_id, location_id, scanned_at, has_in,
    has_out, left_seen), the hours of the locations, and how long a stay is assumed to be.
    """
    # The scans are sorted once; what comes before and after is then a shift, much faster than windows in SQL.
    at, way = pl.col("scanned_at"), pl.col("way")
    events = _beside(_events(_without_refuted(scans)))
    came = events.filter(way != OUT, at.is_between(*anchors.came)).join(hours, on="location_id", how="left")
    closing = pl.when(pl.col("closes") > at.dt.time()).then(at.dt.date().dt.combine(pl.col("closes")))
    soon = pl.col("scan_after") <= at + LONGEST
    stayed = came.select(
        "location_id", "person_id", t_in=at,
        # the least of those that are known
        t_out=pl.when("paired").then("here_after")
        .when((way == UNKNOWN) & soon).then(pl.min_horizontal("scan_after", closing))
        .otherwise(pl.min_horizontal("scan_after", closing, at + longest)),
        in_seen=pl.lit(True), out_seen=pl.col("paired") & pl.col("left_after"),
    )  # fmt: skip
    left = events.filter(way == OUT, ~pl.col("ends_pair"), at.is_between(*anchors.left)).join(
        hours, on="location_id", how="left"
    )
    opening = pl.when(pl.col("opens") < at.dt.time()).then(at.dt.date().dt.combine(pl.col("opens")))
    left = left.select(
        "location_id", "person_id", t_in=pl.max_horizontal("scan_before", opening, at - longest), t_out=at,
        in_seen=pl.lit(False), out_seen="left_seen",
    )  # fmt: skip
    return pl.concat([stayed, left]).select(pl.col("t_in").dt.date().alias("day"), pl.all())


def _without_refuted(scans: pl.DataFrame) -> pl.DataFrame:
    """The scans without those that say somebody had left who then was seen leaving."""
    guessed = pl.col("has_out") & ~pl.col("left_seen")
    if not scans.select(guessed.any()).item():
        return scans
    at, person, here = pl.col("scanned_at"), pl.col("person_id"), pl.col("location_id")
    then_seen = (person == person.shift(-1)) & (here == here.shift(-1)) & pl.col("left_seen").shift(-1)
    return scans.filter(~(guessed & then_seen & (at.shift(-1) <= at + LONGEST)).fill_null(False))


def _events(scans: pl.DataFrame) -> pl.DataFrame:
    """Scans ordered by person, place and second → one row per (person, place, second): way; `here` numbers the person
    and place. A second with both directions gives two rows: out comes first when the person was inside, else in.
    """
    key = ["person_id", "location_id", "scanned_at"]
    again = scans.select(pl.all_horizontal(pl.col(key) == pl.col(key).shift()).fill_null(False)).to_series()
    if again.any():  # few, nearly always
        rows = again.arg_true()
        first = np.searchsorted((~again).arg_true(), rows, side="right") - 1
        flags = ["has_in", "has_out", "left_seen"]
        more = scans.select(pl.col(flags).gather(rows)).group_by(pl.Series("first", first)).agg(pl.all().any())
        scans = scans.filter(~again)
        scans = scans.with_columns(
            scans[flag].scatter(more["first"], scans[flag].gather(more["first"]) | more[flag]) for flag in flags
        )
    moved = pl.any_horizontal(pl.col("person_id", "location_id") != pl.col("person_id", "location_id").shift())
    # an unknown direction says nothing beside a known one
    way = (
        pl.when("has_in")
        .then(pl.lit(IN, pl.UInt8))
        .when("has_out")
        .then(pl.lit(OUT, pl.UInt8))
        .otherwise(pl.lit(UNKNOWN, pl.UInt8))
    )
    events = scans.select(*key, "left_seen", way=way, here=moved.fill_null(False).cum_sum())
    both = scans.select(pl.col("has_in") & pl.col("has_out")).to_series()
    return _parted(events, both.to_numpy()) if both.any() else events


def _parted(events: pl.DataFrame, both: np.ndarray) -> pl.DataFrame:
    """Events of which some are in `both` directions → the same with two rows for each of these: there are few."""
    number, rows = np.arange(len(both)), np.flatnonzero(both)
    single = np.maximum.accumulate(np.where(both, -1, number))[rows]  # the last one before that is not
    last, here = (events.select(pl.col("here", "way", "scanned_at").gather(at)) for at in (np.maximum(single, 0), rows))
    same = (last["here"] == here["here"]) & (last["scanned_at"] >= here["scanned_at"] - LONGEST)
    inside = (same & (last["way"] == IN)).to_numpy() & (single >= 0)
    first, second = np.where(inside, OUT, IN), np.where(inside, IN, OUT)
    twice = events.select(pl.all().gather(np.repeat(number, 1 + both)))
    at = rows + np.arange(len(rows))
    return twice.with_columns(way=twice["way"].scatter(at, first).scatter(at + 1, second))


def _beside(events: pl.DataFrame) -> pl.DataFrame:
    """Events with paired: the next one here is the way out within 24 hours; here_after: when that is, left_after:
    whether somebody saw it; ends_pair: it is that way out; scan_before and scan_after: when the person was scanned
    anywhere before and after this second.
    """
    at, way, here = pl.col("scanned_at"), pl.col("way"), pl.col("here")
    stays_here = here == here.shift(-1)
    paired = (way != OUT) & stays_here & (way.shift(-1) == OUT) & (at.shift(-1) <= at + LONGEST)
    events = events.with_columns(
        here_after=at.shift(-1), left_after=pl.col("left_seen").shift(-1), paired=paired.fill_null(False)
    ).with_columns(ends_pair=pl.col("paired").shift(fill_value=False))
    # The same in the order of a person's scans anywhere. All of one second have the same neighbours.
    by_time = order.of(events.select("person_id", "scanned_at"))
    person = pl.col("person_id")
    ordered = events.select(pl.col("person_id", "scanned_at").gather(by_time))
    new = ordered.select(((at != at.shift()) | (person != person.shift())).fill_null(True)).to_series()
    seconds = ordered.filter(new).select(
        scan_before=pl.when(person == person.shift()).then(at.shift()),
        scan_after=pl.when(person == person.shift(-1)).then(at.shift(-1)),
    )
    number = pl.repeat(0, events.height, dtype=pl.UInt32, eager=True).scatter(by_time, new.cum_sum() - 1)
    return events.hstack(seconds.select(pl.all().gather(number)))
