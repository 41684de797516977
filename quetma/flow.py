"""What the visitor flow figures say: arrivals by weekday and hour, the time people spend, who is on site.

Works on the answers of `queries/flow/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import polars as pl

from quetma import comers, workdays
from quetma.access import small
from quetma.answers import remembered
from quetma.store import Store

KINDS = ("all", "visitor", "staff")
BUCKETS = (0, 5, 15, 30, 60, 120, 240, 480)  # lower bounds in minutes, as queries/rollup/stay_day.sql has them


def arrivals(kind: str) -> pl.Expr:
    """The arrivals of `kind` (all, visitor, staff) in an answer that has staff_arrivals and visitor_arrivals."""
    if kind == "all":
        return pl.col("staff_arrivals") + pl.col("visitor_arrivals")
    return pl.col(f"{kind}_arrivals")


@dataclass(frozen=True)
class Week:
    """Arrivals by weekday and hour: `counts[weekday][i]` is of the hour `hours[i]`; Monday is weekday 0."""

    hours: tuple[int, ...]
    counts: tuple[tuple[int, ...], ...]

    def peak(self) -> tuple[int, int] | None:
        """The hour of the day with the most arrivals (the earliest of equals) and how many; None without arrivals."""
        totals = [sum(day[i] for day in self.counts) for i in range(len(self.hours))]
        most = max(totals, default=0)
        return (self.hours[totals.index(most)], most) if most else None

    def busiest(self) -> tuple[int, int, int] | None:
        """Weekday, hour and arrivals of the fullest cell (the earliest of equals); None without arrivals."""
        cells = [
            (count, -w, -hour) for w, day in enumerate(self.counts) for hour, count in zip(self.hours, day, strict=True)
        ]
        count, w, hour = max(cells, default=(0, 0, 0))
        return (-w, -hour, count) if count else None


def week(hourly: pl.DataFrame, kind: str) -> Week:
    """The answer of flow/hourly as a grid of weekdays and hours, from the first hour with an arrival to the last."""
    cells = (
        hourly.with_columns(arrivals(kind).alias("arrivals"), (pl.col("day").dt.weekday() - 1).alias("weekday"))
        .filter(pl.col("arrivals") > 0)
        .group_by("weekday", "hour")
        .agg(pl.col("arrivals").sum())
    )
    if cells.is_empty():
        return Week((), ((),) * 7)
    count = {(weekday, hour): n for weekday, hour, n in cells.iter_rows()}
    known = cells["hour"].to_list()
    hours = tuple(range(min(known), max(known) + 1))
    return Week(hours, tuple(tuple(count.get((weekday, hour), 0) for hour in hours) for weekday in range(7)))


@dataclass(frozen=True)
class Spent:
    """Time spent: stays per bucket of BUCKETS, and over all of them their number, mean and the bucket of the median."""

    stays: tuple[int, ...]
    total: int
    mean: float | None
    median_bucket: int | None


def spent(durations: pl.DataFrame) -> Spent:
    """The answer of flow/durations."""
    [row] = durations.iter_rows(named=True)
    stays, total = tuple(row[f"from_{bucket}"] for bucket in BUCKETS), row["stays"]
    if not total:
        return Spent(stays, 0, None, None)
    return Spent(stays, total, row["seconds"] / 60 / total, _median_bucket(stays, total))


def _median_bucket(stays: Sequence[int], total: int) -> int:
    """The bucket of the middle stay (of the lower one of the two in the middle)."""
    seen = 0
    for bucket, count in zip(BUCKETS, stays, strict=True):
        seen += count
        if 2 * seen >= total:
            return bucket
    raise AssertionError("the stays add up to the total")


QUARTERS = 96  # of an hour, in a day
USUAL_WEEKS = 8  # how far back a usual day is looked for
FULL, NEARLY_FULL = 1.0, 0.9  # parts of the capacity


def by_quarter(quarters: pl.DataFrame) -> pl.DataFrame:
    """The answer of flow/quarters with every quarter from the first hour with a scan to the last, zeros between."""
    if quarters.is_empty():
        return quarters
    first, last = quarters["quarter"][0] // 4 * 4, quarters["quarter"][-1] // 4 * 4 + 3
    every = pl.DataFrame({"quarter": range(first, last + 1)}, schema={"quarter": pl.Int32})
    return every.join(quarters, on="quarter", how="left", maintain_order="left").fill_null(0)


@remembered
def weekly(store: Store, first: date, last: date, location: int, kind: str) -> Week:
    """`week` of the arrivals of these days."""
    return week(store.ask("flow/hourly", first=first, last=last, location=location), kind)


@remembered
def quarters(store: Store, first: date, last: date, location: int, kind: str) -> pl.DataFrame:
    """`by_quarter` of these days."""
    return by_quarter(store.ask("flow/quarters", first=first, last=last, location=location, kind=kind))


def most(frame: pl.DataFrame, *columns: str) -> dict[str, Any]:
    """The row with the highest sum of these columns, the first of equals. The frame has rows."""
    sums = [sum(values) for values in zip(*(frame[column] for column in columns), strict=True)]
    return frame.row(sums.index(max(sums)), named=True)


@remembered
def places_compared(store: Store, first: date, last: date, kind: str, days: int) -> pl.DataFrame:
    """The answer of flow/places with arrivals (of that kind), a_day (of so many days), mean (minutes) and share (the
    most at once, of the capacity).
    """
    arrived = arrivals(kind)
    return store.ask("flow/places", first=first, last=last, kind=kind).with_columns(
        arrivals=arrived,
        a_day=(arrived / max(days, 1)).round(1),
        mean=pl.when(pl.col("stays") > 0).then((pl.col("minutes") / pl.col("stays")).round()).cast(pl.Int32),
        share=pl.col("peak") / pl.col("capacity"),
    )


@remembered
def peaks_by_day(store: Store, first: date, last: date, location: int, places: tuple[int, ...]) -> pl.DataFrame:
    """How many were at these places at once, at most: day, and a column of each place, by its number."""
    peaks = store.ask("flow/peaks", first=first, last=last, locations=list(places))
    by_day = store.ask("flow/daily", first=first, last=last, location=location).select("day")
    for place in places:
        of_place = peaks.filter(pl.col("location_id") == place).select("day", pl.col("people").alias(str(place)))
        by_day = by_day.join(of_place, on="day", how="left", maintain_order="left").with_columns(
            pl.col(str(place)).fill_null(0)
        )
    return by_day


@dataclass(frozen=True)
class Usual:
    """What a day usually looks like: the arrivals on the same weekday of the weeks before, as lowest, median, highest.

    days: those it rests on, newest first; only working days for a working day, and others for others. None without any.
    """

    day: date
    working: bool
    days: tuple[date, ...]
    visitors: tuple[int, float, int] | None
    staff: tuple[int, float, int] | None


@remembered
def usual(store: Store, day: date, location: int = 0) -> Usual:
    """What `day` usually looks like, from up to USUAL_WEEKS weeks before it. Holidays are no usual days."""
    daily = store.ask("flow/daily", first=day - timedelta(weeks=USUAL_WEEKS), last=day - timedelta(days=1),
                      location=location)  # fmt: skip
    return usual_of(daily, day)


def usual_of(daily: pl.DataFrame, day: date) -> Usual:
    """What `day` usually looks like by these days (day, working, holiday, staff_arrivals, visitor_arrivals, None where
    they are not told).
    """
    working = workdays.is_working(day)
    same = daily.filter(
        pl.col("day").dt.weekday() == day.isoweekday(), pl.col("working") == working, pl.col("holiday") == ""
    ).sort("day", descending=True)

    def spread(column: str) -> tuple[int, float, int] | None:
        counts = same[column].drop_nulls().to_list()
        return (min(counts), float(median(counts)), max(counts)) if counts else None

    return Usual(day, working, tuple(same["day"]), spread("visitor_arrivals"), spread("staff_arrivals"))


@dataclass(frozen=True)
class Returning:
    """Visitors whom the log knows, by on how many days they came: (from, to or None for more, how many)."""

    groups: tuple[tuple[int, int | None, int], ...]
    visitors: int
    again: int  # of them on two days or more
    stays: int
    stays_again: int  # of those who came on two days or more


DAYS_COME = ((1, 1), (2, 2), (3, 5), (6, 10), (11, None))


@remembered
def returning(store: Store, first: date, last: date, location: int) -> Returning:
    """Who came on how many of these days, in groups. location: 0 is the whole unit."""
    answer = comers.by_days(store, first, last, location)
    days, again = pl.col("days"), answer.filter(pl.col("days") > 1)
    groups = tuple(
        (low, high, int(answer.filter(days >= low, days <= (high or 10**6))["visitors"].sum()))
        for low, high in DAYS_COME
    )
    return Returning(groups, int(answer["visitors"].sum()), int(again["visitors"].sum()), int(answer["stays"].sum()),
                     int(again["stays"].sum()))  # fmt: skip


def fullness(people: int, capacity: int | None) -> str:
    """`full`, `nearly` or "" for so many people where so many may be (None: nobody said how many)."""
    if not capacity or people < NEARLY_FULL * capacity:
        return ""
    return "full" if people >= FULL * capacity else "nearly"


@dataclass(frozen=True)
class OnSite:
    """Who is on site as of the newest scan (`as_of`; None in an empty store), longest there first. people: person_id,
    name, phone, kind, location, since, location_id, host.
    """

    as_of: datetime | None
    people: pl.DataFrame


def on_site(store: Store, *, names: bool, location: int = 0, kind: str = "all", at: datetime | None = None) -> OnSite:
    """Who is on site as of the newest scan of the store, or at that moment. Without `names` they are masked, as the
    national platform masks people, and nothing else is told of them: their names, phones and hosts are not read, they
    are those of all places, by the name that is left, and nobody where they are too few.
    """
    as_of = store.ask("history/last_scan")["scanned_at"][0]
    if not names:
        found = _named(store, names, 0, "all", at or as_of or store.clock())
        shown = found if found.height >= small.FEWEST else found.clear()
        nothing = (pl.lit(None, shown.schema[one]).alias(one) for one in ("kind", "location", "since", "location_id"))
        return OnSite(as_of, shown.sort("name", "phone").with_columns(nothing))
    return OnSite(as_of, _named(store, names, location, kind, at or as_of or store.clock()))


def present(store: Store, *, location: int = 0, kind: str = "all", at: datetime | None = None) -> pl.DataFrame:
    """Who is on site as in `on_site`, for counting them: person_id, location_id, since, kind. Nobody's name is read."""
    moment = at or store.ask("history/last_scan")["scanned_at"][0] or store.clock()
    return store.ask("flow/on_site", at=moment, location=location, kind=kind)


@remembered
def _named(store: Store, names: bool, location: int, kind: str, at: datetime) -> pl.DataFrame:
    found = present(store, location=location, kind=kind, at=at)
    places = store.ask("flow/locations").select("location_id", location="name")
    found = found.join(places, on="location_id", maintain_order="left")
    known = store.ask("flow/present" if names else "flow/present_masked", day=at.date())
    found = found.join(known, on="person_id", how="left", maintain_order="left")
    if names:
        found = found.join(store.ask("flow/hosts", day=at.date()), on=["person_id", "location_id", "since"], how="left",
                           maintain_order="left").with_columns(pl.col("host").fill_null(""))  # fmt: skip
    else:
        found = found.with_columns(host=pl.lit(None, pl.String))
    return found.select("person_id", "name", "phone", "kind", "location", "since", "location_id", "host")
