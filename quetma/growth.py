"""What new passages add to the stays and figures that stand: the same as deriving their days anew, but a passage is one
person and one moment, and adding takes a third of the time.

    own = growth.scans(cursor, new)
    if growth.plain(cursor, new, own):
        growth.add(cursor, new, own, …)
    else:
        rollups.derive(…)
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import daily, rollups, seen, stays
from quetma.store import changed, query

AROUND = stays.REACH + stays.REACH  # a scan this far from a passage can decide about a stay that the passage changes


def scans(cursor: DuckDBPyConnection, new: pl.DataFrame) -> pl.DataFrame:
    """All scans of the people of these passages (columns person_id, location_id, moment, direction, kind: staff or
    visitor on that day) that can matter for what they change, themselves included: queries/door/own_scans.sql.
    """
    return _own(cursor, "door/own_scans", new, AROUND)


def plain(cursor: DuckDBPyConnection, new: pl.DataFrame, own: pl.DataFrame) -> bool:
    """Whether these passages only add: none of them repeats a scan or is repeated by a row of a door register, and
    their days have figures.
    """
    same = own.select("person_id", "location_id", "scanned_at", "direction").is_duplicated().any()
    if same or own["listed"].any():
        return False
    days = set(new["moment"].dt.date())
    return len(cursor.execute(query("door/calendar")[0], {"days": sorted(days)}).fetchall()) == len(days)


def add(
    cursor: DuckDBPyConnection,
    new: pl.DataFrame,
    own: pl.DataFrame,
    declared: Collection[date],
    duties: bool,
    hours: pl.DataFrame,
) -> None:
    """Adds passages that are `plain` to stays and figures, inside the transaction that stored them.

    own: what `scans` says. declared: the days of health declarations that came with them. duties: whether one of the
    people is on the staff list, on whatever day. hours: location_id, opens, closes.
    """
    changed(cursor, {*new["moment"].dt.date(), *declared})
    moved = _stays(cursor, new, own, hours)
    _flow(cursor, new, own)
    newest: datetime = max(new["moment"].to_list())
    seen.put(cursor, own.group_by("person_id").agg(last_seen=pl.col("scanned_at").max()), newest)
    days = set(moved["day"])
    spent = moved.select(pl.col("in_seen") & pl.col("out_seen")).to_series().any()
    made = (*daily.STAYED, *daily.PRESENT) if spent else daily.PRESENT
    daily.replace(cursor, made, daily.with_mornings(days))
    if not duties:
        return  # what visitors do is nobody's duty
    scanned = set(new["moment"].dt.date())
    if declared:
        daily.replace(cursor, daily.DUTIES, scanned | rollups.declared_for(cursor, declared))
        return
    _put(cursor, "door/add_staff_days", _staff_days(new))
    rollups.scanned_now(cursor, scanned)


def _stays(cursor: DuckDBPyConnection, new: pl.DataFrame, own: pl.DataFrame, hours: pl.DataFrame) -> pl.DataFrame:
    """Brings the stays up to date; returns those that went and those that came."""
    span = _span(new, stays.REACH)
    anchors = stays.Anchors(span, span, _span(new, AROUND))
    made = stays.made(own.drop("direction", "listed"), hours, stays.assumed(cursor), anchors)
    stood = _own(cursor, "door/own_stays", new, stays.REACH)
    made = made.select(stood.columns)
    gone, fresh = stood.join(made, on=stood.columns, how="anti"), made.join(stood, on=stood.columns, how="anti")
    stays.change(cursor, gone, stays.by_place(fresh, "t_in"))
    return pl.concat([gone, fresh])


def _flow(cursor: DuckDBPyConnection, new: pl.DataFrame, own: pl.DataFrame) -> None:
    """Adds to flow_quarter, flow_day, scan_day, unit_day what queries/rollup/ would count of these passages besides."""
    at = pl.col("moment")
    new = new.select(
        "person_id", "location_id", "kind", "direction",
        day=at.dt.date(),
        quarter=(at.dt.hour() * 4 + at.dt.minute() // 15).cast(pl.Int8),
        out=pl.col("direction") == "out",
    )  # fmt: skip
    _put(cursor, "door/add_scans", new.group_by("day", "location_id", "kind", "direction").agg(scans=pl.len()))
    own = own.select("person_id", "location_id", day=pl.col("scanned_at").dt.date())
    whole = pl.lit(0, own.schema["location_id"]).alias("location_id")
    both, all_own = (pl.concat([one, one.with_columns(whole)]) for one in (new, own))
    quarters = both.group_by("day", "quarter", "location_id", "kind").agg(
        arrivals=(~pl.col("out")).sum().cast(pl.Int32), departures=pl.col("out").sum().cast(pl.Int32)
    )
    _put(cursor, "door/add_quarters", quarters)
    _put(cursor, "door/add_days", _people(both, all_own))
    if daily.in_units(cursor):
        units = cursor.sql(query("units/places")[0]).pl()
        by_unit = pl.col("unit_id").alias("location_id")
        new, own = (one.join(units, on="location_id").with_columns(by_unit).drop("unit_id") for one in (new, own))
        _put(cursor, "units/add_days", _people(new, own))


def _people(new: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """How many more people, scans and arrivals by (day, location_id, kind). own: all scans of these people."""
    here = ["day", "person_id", "location_id"]
    # Who has no scan there on that day but these is one more person.
    return (
        new.group_by(*here, "kind").agg(scans=pl.len(), arrivals=(~pl.col("out")).sum())
        .join(own.group_by(here).agg(all=pl.len()), on=here)
        .group_by("day", "location_id", "kind")
        .agg(
            people=(pl.col("all") == pl.col("scans")).sum().cast(pl.Int32),
            scans=pl.col("scans").sum().cast(pl.Int32),
            arrivals=pl.col("arrivals").sum().cast(pl.Int32),
        )
    )  # fmt: skip


def _staff_days(new: pl.DataFrame) -> pl.DataFrame:
    """What these passages add to staff_day, for those of the people who were staff on that day."""
    out, at = pl.col("direction") == "out", pl.col("moment")
    return new.group_by("person_id", day=at.dt.date()).agg(
        scans_in=(~out).sum().cast(pl.Int32), scans_out=out.sum().cast(pl.Int32), first_scan=at.min(),
        last_scan=at.max(), declarations=pl.lit(0, pl.Int32),
    )  # fmt: skip


def _own(cursor: DuckDBPyConnection, name: str, new: pl.DataFrame, reach: timedelta) -> pl.DataFrame:
    """The answer of a query about the people of these passages, so long before and after them."""
    first, last = _span(new, reach)
    people = new["person_id"].unique().to_list()
    return cursor.sql(query(name)[0], params={"people": people, "first": first, "last": last}).pl()


def _span(new: pl.DataFrame, reach: timedelta) -> tuple[datetime, datetime]:
    moments = new["moment"].to_list()
    return min(moments) - reach, max(moments) + reach


def _put(cursor: DuckDBPyConnection, name: str, more: pl.DataFrame) -> None:
    cursor.register("more", more)
    cursor.execute(query(name)[0])
    cursor.unregister("more")
