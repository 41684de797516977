"""What the visitor flow figures say: arrivals by weekday and hour, the time people spend, who is on site.

Works on the answers of `queries/flow/`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from quetma.store import Store

KINDS = ("all", "visitor", "staff")
BUCKETS = (0, 5, 15, 30, 60, 120, 240, 480)  # lower bounds in minutes, as queries/rollup/flow_duration.sql makes them


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
    """The answer of flow/durations, every bucket named."""
    count = dict(zip(durations["bucket"], durations["stays"], strict=True))
    stays = tuple(count.get(bucket, 0) for bucket in BUCKETS)
    total = sum(stays)
    if not total:
        return Spent(stays, 0, None, None)
    return Spent(stays, total, float(durations["minutes"].sum()) / total, _median_bucket(stays, total))


def _median_bucket(stays: Sequence[int], total: int) -> int:
    """The bucket of the middle stay (of the lower one of the two in the middle)."""
    seen = 0
    for bucket, count in zip(BUCKETS, stays, strict=True):
        seen += count
        if 2 * seen >= total:
            return bucket
    raise AssertionError("the stays add up to the total")


@dataclass(frozen=True)
class OnSite:
    """Who is on site as of the newest scan (`as_of`; None in an empty store): the answer of flow/on_site."""

    as_of: datetime | None
    people: pl.DataFrame


def on_site(store: Store, *, names: bool, location: int = 0, kind: str = "all") -> OnSite:
    """Who is on site as of the newest scan of the store. Without `names` their names and phones are not read."""
    as_of = store.ask("history/last_scan")["scanned_at"][0]
    day = as_of.date() if as_of else store.today()
    return OnSite(as_of, store.ask("flow/on_site", day=day, location=location, kind=kind, names=names))
