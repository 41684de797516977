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
A scan therefore matters only to stays within two days of it, which is what an upload derives again.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import order, settings
from quetma.store import changed

REACH = timedelta(hours=48)
LONGEST = timedelta(hours=24)
OUT, IN, UNKNOWN = 0, 1, 2
WORKER = ThreadPoolExecutor(1, "stays")


def ahead(cursor: DuckDBPyConnection, facts: pl.DataFrame) -> Future[pl.DataFrame] | None:
    """Begins to derive what `refresh` will want, while an upload's scans are still being stored. Right as long as with
    them nobody becomes somebody else, and no other scan counts or does not any more. None where none of them counts,
    and where there is a door register, beside which it cannot be told beforehand.

    facts: person_id, location_id (which is stored), scanned_at, direction and counts.
    """
    registers = cursor.execute("SELECT 1 FROM batch WHERE source = 'register' LIMIT 1").fetchall()
    if registers or not facts["counts"].any():
        return None
    goes_in, goes_out = pl.col("direction") == "in", pl.col("direction") == "out"
    really = cursor.sql("SELECT alias_id AS person_id, person_id AS really FROM alias").pl()
    new = facts.join(really, on="person_id", how="left", maintain_order="left").select(
        pl.coalesce("really", "person_id").alias("person_id"), "location_id", "scanned_at",
        "counts", has_in=goes_in, has_out=goes_out, left_seen=goes_out,
    )  # fmt: skip
    cursor.register("named", new.select("person_id"))
    new, moment = new.filter("counts"), pl.col("scanned_at")
    [(first, last)] = new.select(moment.min() - REACH, last=moment.max() + REACH).rows()
    scans, hours, longest = _asked(cursor, first, last, "scan", "named")
    cursor.unregister("named")
    new = new.select(scans.columns).cast(dict(scans.schema))
    return WORKER.submit(_stored, pl.concat([scans, new]), hours, longest, first, last)


def refresh(
    cursor: DuckDBPyConnection,
    first: datetime,
    last: datetime,
    meanwhile: Callable[[], None] = lambda: None,
    derived: Future[pl.DataFrame] | None = None,
) -> set[date]:
    """Derives again the stays that scans between `first` and `last` of the people in `touched_person` can have changed.

    Runs inside the caller's transaction. `meanwhile` is called once, and may use the cursor but not the stays. derived:
    what was begun `ahead`. Returns the days on which a stay came, went or changed.
    """
    if derived is None:
        asked = _asked(cursor, first - REACH, last + REACH)
        derived = WORKER.submit(_stored, *asked, first - REACH, last + REACH)
    meanwhile()
    new = derived.result()
    span = {"first": first - REACH, "last": last + REACH}
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE old_stay AS
        SELECT * FROM stay
        WHERE day BETWEEN CAST($first AS DATE) - 1 AND CAST($last AS DATE)
          AND CASE WHEN in_seen THEN t_in ELSE t_out END BETWEEN $first AND $last
          AND person_id IN (SELECT person_id FROM touched_person)
        """,
        span,
    )
    days: set[date] = set()
    cursor.register("new_stay", new)
    if cursor.execute("SELECT 1 FROM old_stay LIMIT 1").fetchone():
        cursor.execute("CREATE OR REPLACE TEMP TABLE gone_stay AS (FROM old_stay EXCEPT FROM new_stay)")
        days |= {day for (day,) in cursor.execute("SELECT DISTINCT day FROM gone_stay").fetchall()}
        cursor.execute(REMOVE)
        new = by_place(cursor.sql("FROM new_stay EXCEPT FROM old_stay").pl(), "t_in")
        cursor.execute("DROP TABLE gone_stay")
    cursor.unregister("new_stay")
    days |= set(new["day"].unique())
    _insert(cursor, new)
    cursor.execute("DROP TABLE old_stay")
    changed(cursor, days)
    return days


REMOVE = """
    DELETE FROM stay USING gone_stay g
    WHERE stay.day = g.day AND stay.location_id = g.location_id AND stay.person_id = g.person_id
      AND stay.t_in = g.t_in AND stay.t_out = g.t_out
      AND stay.in_seen = g.in_seen AND stay.out_seen = g.out_seen
    """


def change(cursor: DuckDBPyConnection, gone: pl.DataFrame, new: pl.DataFrame) -> None:
    """Takes some stays away and puts others in, inside the caller's transaction."""
    if not gone.is_empty():
        cursor.register("gone_stay", gone)
        cursor.execute(REMOVE)
        cursor.unregister("gone_stay")
    _insert(cursor, by_place(new, "t_in"))
    changed(cursor, {*gone["day"], *new["day"]})


def _insert(cursor: DuckDBPyConnection, new: pl.DataFrame) -> None:
    cursor.register("new_stay", new)
    cursor.execute("INSERT INTO stay FROM new_stay")
    cursor.unregister("new_stay")


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
    """The stays anchored from `first` to `last` of the people in `touched_person`, with the columns of table stay.

    The anchor of a stay is the scan it was made from: the scan in, or the lone scan out.
    """
    return _made(*_asked(cursor, first, last), first, last)


def _asked(
    cursor: DuckDBPyConnection,
    first: datetime,
    last: datetime,
    passages: str = "passage",
    people: str = "touched_person",
) -> tuple[pl.DataFrame, pl.DataFrame, timedelta]:
    """What these stays are made of: the scans in any order, the hours of the locations, and how long a stay is assumed
    to be.
    """
    # Of most stores nobody was ever said to have left, and looking for it would cost each upload a join.
    said = cursor.execute("SELECT 1 FROM door_row WHERE inferred LIMIT 1").fetchall()
    guessed = "(batch_id, line) IN (SELECT (batch_id, line) FROM door_row WHERE inferred)" if said else "FALSE"
    scans = cursor.sql(
        f"""
        SELECT person_id, location_id, scanned_at, direction = 'in' AS has_in, direction = 'out' AS has_out,
               direction = 'out' AND NOT {guessed} AS left_seen
        FROM {passages}
        WHERE scanned_at >= $first - INTERVAL '48' HOUR AND scanned_at <= $last + INTERVAL '48' HOUR
          AND person_id IN (SELECT person_id FROM {people})
        """,
        params={"first": first, "last": last},
    ).pl()
    hours = cursor.sql("SELECT location_id, opens, closes FROM location").pl()
    return scans, hours, assumed(cursor)


def assumed(cursor: DuckDBPyConnection) -> timedelta:
    """How long a stay of which one end is missing is taken to be."""
    return timedelta(minutes=min(settings.get(cursor, "assumed_minutes"), LONGEST // timedelta(minutes=1)))


def _stored(
    scans: pl.DataFrame, hours: pl.DataFrame, longest: timedelta, first: datetime, last: datetime
) -> pl.DataFrame:
    """`made` of scans in any order, in the order in which stays are stored."""
    return by_place(_made(scans, hours, longest, first, last), "t_in")


def _made(
    scans: pl.DataFrame, hours: pl.DataFrame, longest: timedelta, first: datetime, last: datetime
) -> pl.DataFrame:
    """`made` of scans in any order."""
    return made(order.by_all(scans), hours, longest, first, last)


def made(scans: pl.DataFrame, hours: pl.DataFrame, longest: timedelta, first: datetime, last: datetime) -> pl.DataFrame:
    """The stays anchored from `first` to `last`, from scans by person, location and second (person_id, location_id,
    scanned_at, has_in, has_out, left_seen), the hours of the locations, and how long a stay is assumed to be.
    """
    # The scans are sorted once; what comes before and after is then a shift, much faster than windows in SQL.
    at, way = pl.col("scanned_at"), pl.col("way")
    events = _beside(_events(_without_refuted(scans))).filter(at.is_between(first, last))
    came = events.filter(way != OUT).join(hours, on="location_id", how="left")
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
    left = events.filter((way == OUT) & ~pl.col("ends_pair")).join(hours, on="location_id", how="left")
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
    if scans.select(pl.all_horizontal(pl.col(key) == pl.col(key).shift()).any()).item():
        scans = scans.group_by(key, maintain_order=True).agg(pl.max("has_in", "has_out", "left_seen"))
    moved = pl.any_horizontal(pl.col("person_id", "location_id") != pl.col("person_id", "location_id").shift())
    # an unknown direction says nothing beside a known one
    way = (
        pl.when("has_in")
        .then(pl.lit(IN, pl.UInt8))
        .when("has_out")
        .then(pl.lit(OUT, pl.UInt8))
        .otherwise(pl.lit(UNKNOWN, pl.UInt8))
    )
    marks = scans.select(
        *key, "left_seen", way=way, here=moved.fill_null(False).cum_sum(), both=pl.col("has_in") & pl.col("has_out")
    )
    if not marks["both"].any():
        return marks.drop("both")
    single = ~pl.col("both")
    last_here, last_way, since = (
        pl.when(single).then(column).shift().forward_fill() for column in ("here", "way", "scanned_at")
    )
    inside = (last_here == pl.col("here")) & (last_way == IN) & (since >= pl.col("scanned_at") - LONGEST)
    marks = marks.with_columns(inside=inside.fill_null(False)).with_row_index("order")
    way = pl.when(single).then("way").when("inside").then(pl.lit(OUT, pl.UInt8)).otherwise(pl.lit(IN, pl.UInt8))
    second = marks.filter("both").with_columns(
        way=pl.when("inside").then(pl.lit(IN, pl.UInt8)).otherwise(pl.lit(OUT, pl.UInt8))
    )
    events = pl.concat([marks.with_columns(way=way), second]).sort("order", maintain_order=True)
    return events.drop("both", "inside", "order")


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
