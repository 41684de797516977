"""The visitor flow as those are told it who may not see single people: added up from cells of three people or more.

A cell is one day, place and kind (staff, visitor), the least that can be chosen: see quetma/access/small.py. What is
left out is left out of every sum, so no two choices of days, places and kinds differ by figures of one or two people.
"""

from datetime import date, timedelta

import polars as pl

from quetma import flow
from quetma.access import small
from quetma.answers import remembered
from quetma.comers import BYTES_OF_A_STAY
from quetma.store import Store

KIND = pl.Enum(["staff", "visitor"])


def _of(frame: pl.DataFrame, location: int, kind: str) -> pl.DataFrame:
    """Of that place (0: any) and kind (all: any)."""
    if location:
        frame = frame.filter(pl.col("location_id") == location)
    return frame if kind == "all" else frame.filter(pl.col("kind") == kind)


@remembered
def days(store: Store, first: date, last: date, location: int = 0) -> pl.DataFrame:
    """One row per day of the calendar: day, working, holiday, staff_arrivals and visitor_arrivals. None where somebody
    came, and every cell is too small to be told.
    """
    calendar = store.ask("flow/daily", first=first, last=last, location=location).select("day", "working", "holiday")
    every = _of(store.ask("flow/cells", first=first, last=last), location, "all")
    told = small.cells(every, "people", "arrivals")
    for kind in ("staff", "visitor"):
        sums = _of(told, 0, kind).group_by("day").agg(pl.col("arrivals").sum().alias(f"{kind}_arrivals"))
        nobody = ~pl.col("day").is_in(_of(every, 0, kind)["day"].implode())
        calendar = calendar.join(sums, on="day", how="left", maintain_order="left").with_columns(
            pl.when(nobody).then(0).otherwise(f"{kind}_arrivals").cast(pl.Int64).alias(f"{kind}_arrivals")
        )
    return calendar


@remembered
def whole_days(store: Store, first: date, last: date) -> pl.DataFrame:
    """How many different visitors came on a day to all places: day, visitor_people; None where that would tell of a
    place which is left out of `days`.
    """
    cells = _of(store.ask("flow/cells", first=first, last=last), 0, "visitor")
    told = small.cells(cells, "people", "arrivals").group_by("day").agg(pl.len(), pl.col("people").sum())
    every = cells.group_by("day").agg(pl.len()).join(told, on="day", how="left", suffix="_told")
    daily = store.ask("flow/daily", first=first, last=last, location=0).select("day", "visitor_people")
    hidden = [
        row["day"]
        for row in every.join(daily, on="day").iter_rows(named=True)
        if small.pins(row["len"] - (row["len_told"] or 0), row["visitor_people"] - (row["people"] or 0))
    ]
    return daily.with_columns(pl.when(~pl.col("day").is_in(hidden)).then("visitor_people").alias("visitor_people"))


@remembered
def left_out(store: Store, first: date, last: date, location: int, kind: str) -> bool:
    """Whether anything is left out of `days`."""
    cells = _of(store.ask("flow/cells", first=first, last=last), location, kind)
    return cells.height > small.cells(cells, "people", "arrivals").height


@remembered
def week(store: Store, first: date, last: date, location: int, kind: str) -> flow.Week:
    """Arrivals by weekday and hour, of the hours in which three people or more first came to a place on a day. Nor do
    `days` tell by subtraction what happened in the others.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    told = pl.concat([_hours(store.whole, day) for day in days])
    if store.whole is not store:
        told = told.join(store.ask("flow/locations"), on="location_id", how="semi")
    told = _of(told, location, kind).group_by("day", "hour").agg(pl.col("arrivals").sum())
    return flow.week(told.select("day", "hour", staff_arrivals="arrivals", visitor_arrivals=pl.lit(0)), "all")


def _hours(store: Store, day: date) -> pl.DataFrame:
    """The hours of one day that may be told of each place, so that of all places and days they may: day, location_id,
    kind, hour, arrivals. Kept until stays of the day change: hours are a thousand times as many as days.
    """
    if (kept := store.of_days.recall("hours", day)) is not None:
        return kept
    version = store.version
    cells = store.numbers("flow/hour_cells", {}, first=day, last=day)
    kind = pl.when("staff").then(pl.lit("staff")).otherwise(pl.lit("visitor")).cast(KIND)
    told = small.apart(cells, ["location_id", "staff"], "first").select(
        pl.col("day").cast(pl.Date), pl.col("location_id").cast(pl.Int32), kind=kind,
        hour=pl.col("hour").cast(pl.Int32), arrivals=pl.col("arrivals").cast(pl.Int32),
    )  # fmt: skip
    if store.engine is None:  # else it may be of before
        store.of_days.keep(version, "hours", day, told, int(told.estimated_size()) // BYTES_OF_A_STAY)
    return told


@remembered
def minutes(store: Store, first: date, last: date, location: int, kind: str) -> float | None:
    """Minutes of a stay, on average, of cells in which three people or more were seen in and out; None: none."""
    told = _of(small.cells(store.ask("flow/stay_cells", first=first, last=last), "people"), location, kind)
    return float(told["seconds"].sum()) / 60 / int(told["stays"].sum()) if told.height else None


@remembered
def places(store: Store, first: date, last: date, kind: str, days: int) -> pl.DataFrame:
    """One row per place, by name: location_id, name, capacity, staff_arrivals, visitor_arrivals, arrivals, a_day (of so
    many days), peak (the most people who were there at once; None when that were too few to say), and share.
    """
    cells = _of(small.cells(store.ask("flow/cells", first=first, last=last), "people", "arrivals"), 0, kind)
    sums = cells.group_by("location_id").agg(
        *(
            pl.col("arrivals").filter(pl.col("kind") == one).sum().alias(f"{one}_arrivals")
            for one in ("staff", "visitor")
        )
    )
    known = store.ask("flow/places", first=first, last=last, kind=kind).select(
        "location_id", "name", "capacity", "peak"
    )
    return (
        known.join(sums, on="location_id", how="left", maintain_order="left")
        .with_columns(pl.col("staff_arrivals", "visitor_arrivals").fill_null(0))
        .with_columns(arrivals=flow.arrivals("all"), peak=pl.when(pl.col("peak") >= small.FEWEST).then("peak"))
        .with_columns(a_day=(pl.col("arrivals") / max(days, 1)).round(1), share=pl.col("peak") / pl.col("capacity"))
    )


@remembered
def usual(store: Store, day: date, location: int = 0) -> flow.Usual:
    """As `flow.usual`, from `days`."""
    return flow.usual_of(days(store, day - timedelta(weeks=flow.USUAL_WEEKS), day - timedelta(days=1), location), day)
