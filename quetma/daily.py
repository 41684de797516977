"""The roll-ups themselves: tables of daily figures, each with the query `queries/rollup/<table>.sql` that makes its
rows for the days in the temporary table `touched`.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from datetime import date
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import duties, parts, peaks, present, settings, stays
from quetma.people import clean
from quetma.store import changed, query
from quetma.workdays import ONE_DAY

COUNTED = ("scan_day",)  # made from scans; the calendar is made from it
FLOWS = ("flow_quarter", "flow_day", "unit_day")  # made from scans, too
STAYED = ("stay_day",)  # made from stays
PRESENT = ("flow_peak",)  # made from the stays of the day and of the evening before
DUTIES = ("staff_day", "duty_day", "compliance_day")  # each is made from the one before
LISTED = ("staff", "employment", "staff_person")  # made from the staff list, of all days
BY_DAY = ("stay", *COUNTED, *FLOWS, *STAYED, *PRESENT, *DUTIES)


def in_units(cursor: DuckDBPyConnection) -> bool:
    """Whether there are units beneath the root, so that figures are kept of each of them."""
    return bool(cursor.execute("SELECT 1 FROM unit WHERE parent IS NOT NULL LIMIT 1").fetchall())


def with_mornings(days: set[date]) -> set[date]:
    """These days and those after them: a stay may last past midnight."""
    return days | {day + ONE_DAY for day in days}


def _nothing() -> None:
    """What is done meanwhile, when nothing is."""


def replace(
    cursor: DuckDBPyConnection,
    tables: Collection[str],
    days: set[date],
    meanwhile: Callable[[], None] = _nothing,
) -> None:
    """Makes the rows of these days in these roll-ups anew. `meanwhile` is called once, and may use the cursor."""
    changed(cursor, days)
    for part in parts.of(cursor, days):
        _replace(cursor, tables, set(part), meanwhile)
        meanwhile = _nothing
    meanwhile()


def _replace(
    cursor: DuckDBPyConnection, tables: Collection[str], days: set[date], meanwhile: Callable[[], None]
) -> None:
    """The same of as many days as are held in memory at once."""
    touch_days(cursor, days)
    begun = begin(cursor, tables, days)
    meanwhile()
    for table in tables:
        if table == "unit_day" and not in_units(cursor):
            continue
        text, params = made_by(cursor, table, days, begun)
        cursor.execute(f"DELETE FROM {table} WHERE day IN (SELECT day FROM touched)")
        cursor.execute(f"INSERT INTO {table} {text}", params)
    for name in begun:
        cursor.unregister(name)


def touch_days(cursor: DuckDBPyConnection, days: set[date]) -> None:
    """Puts the days into the temporary table that roll-ups read."""
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT t.day, c.working FROM (SELECT UNNEST($days::DATE[]) AS day) t LEFT JOIN calendar c ON c.day = t.day
        """,
        {"days": sorted(days)},
    )


def present_on(cursor: DuckDBPyConnection, days: set[date]) -> Future[pl.DataFrame]:
    """Who was where on these days, as of quetma/present.py."""
    first, last = _bounds(days)
    passages = cursor.sql(query("rollup/passages")[0], params={"first": first, "last": last}).pl()
    return stays.WORKER.submit(present.made, passages)


def peaks_of(cursor: DuckDBPyConnection, days: set[date]) -> Future[pl.DataFrame]:
    """When most people were where on these days, as of quetma/peaks.py."""
    return stays.WORKER.submit(peaks.made, stays.around(cursor, *_bounds(days)), days)


def vaccinated(cursor: DuckDBPyConnection, days: set[date]) -> Future[pl.DataFrame]:
    """Since when the staff's confirmed doses are what the unit asks for: person_id, since. Of any days the same."""
    doses = cursor.sql(query("compliance/doses")[0]).pl()
    return stays.WORKER.submit(duties.reached, doses, settings.get(cursor, "vaccinated_needs"))


# What the queries of some roll-ups read that no query makes: by which name, and what begins to make it.
BESIDE = {
    "flow_day": ("present", present_on),
    "unit_day": ("present", present_on),
    "flow_peak": ("peak", peaks_of),
    "duty_day": ("vaccinated", vaccinated),
}


def begin(cursor: DuckDBPyConnection, tables: Collection[str], days: set[date]) -> dict[str, Future[pl.DataFrame]]:
    """Begins to make, beside whatever else is done, what the queries of these roll-ups read of the days that
    `touch_days` was told, by its name. For `made_by`.
    """
    return {name: make(cursor, days) for name, make in {BESIDE[table] for table in tables if table in BESIDE}}


def _bounds(days: set[date]) -> tuple[date, date]:
    return min(days, default=date.min), max(days, default=date.min)


def made_by(
    cursor: DuckDBPyConnection, table: str, days: set[date], begun: Mapping[str, Future[pl.DataFrame]]
) -> tuple[str, dict[str, Any]]:
    """The text and binds of a roll-up's query for the days that `touch_days` was told. begun: by `begin`."""
    first, last = _bounds(days)
    if table in BESIDE:
        name, _ = BESIDE[table]
        cursor.register(name, begun[name].result())
    if table == "duty_day":
        cursor.register("accepted_app", accepted_apps(cursor))
    text, names = query(f"rollup/{table}")
    offered: dict[str, Any] = {"first": first, "last": last}
    if "declaration_days" in names:
        offered["declaration_days"] = settings.get(cursor, "declaration_days")
    return text, {name: offered[name] for name in names}


def accepted_apps(cursor: DuckDBPyConnection) -> pl.DataFrame:
    """The apps that count, in small letters, and from when until when: app, first_day, last_day."""
    own = settings.get(cursor, "accepted_apps")
    spans = [(clean(app).lower(), date.min, date.max) for app in own]
    spans = spans or [(app.name.lower(), app.first, app.last or date.max) for app in duties.apps()]
    return pl.DataFrame(spans, {"app": pl.String, "first_day": pl.Date, "last_day": pl.Date}, orient="row")
