"""What screens read instead of scans: stays and daily figures, kept up to date by each upload in its own transaction.

A roll-up is a table and the query `queries/rollup/<table>.sql` that makes its rows for the days in the temporary table
`touched`.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import holidays
import polars as pl
from duckdb import DuckDBPyConnection

from quetma import settings, stays
from quetma.people import clean
from quetma.store import Store, query

FLOW = ("flow_hour", "flow_day", "flow_duration")
DUTIES = ("staff_day", "duty_day", "compliance_day")  # each is made from the one before
ONE_DAY = timedelta(days=1)


def derive(cursor: DuckDBPyConnection, batch_id: int) -> None:
    """Brings stays and roll-ups up to date with the facts of one batch, inside the transaction that inserted them."""
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched_person AS
        SELECT DISTINCT person_id FROM scan WHERE batch_id = $batch
        UNION SELECT person_id FROM roster_row WHERE batch_id = $batch
        """,
        {"batch": batch_id},
    )
    scanned = _days(cursor, "SELECT DISTINCT CAST(scanned_at AS DATE) FROM scan WHERE batch_id = $batch", batch_id)
    declared = _days(
        cursor, "SELECT DISTINCT CAST(declared_at AS DATE) FROM declaration WHERE batch_id = $batch", batch_id
    )
    # A dose or an app counts from its day on, a dose that was replaced from the day it had before; a roster row changes
    # who is due, and who is staff, on any day.
    since = _days(
        cursor,
        """
        SELECT given_on FROM dose WHERE person_id IN (SELECT person_id FROM dose WHERE batch_id = $batch)
        UNION SELECT installed_on FROM app_install WHERE batch_id = $batch
        """,
        batch_id,
    )
    enrolled = bool(cursor.execute("SELECT 1 FROM roster_row WHERE batch_id = ? LIMIT 1", [batch_id]).fetchone())

    flow_days = set(scanned)
    if scanned:
        [(first, last)] = cursor.execute(
            "SELECT MIN(scanned_at), MAX(scanned_at) FROM scan WHERE batch_id = ?", [batch_id]
        ).fetchall()
        flow_days |= stays.refresh(cursor, first, last)
    if enrolled:
        flow_days |= _days(
            cursor,
            """
            SELECT day FROM stay WHERE person_id IN (SELECT person_id FROM touched_person)
            UNION SELECT CAST(scanned_at AS DATE) FROM scan WHERE person_id IN (SELECT person_id FROM touched_person)
            """,
        )
    new_days = _extend_calendar(cursor, scanned | declared)
    duty_days = flow_days | new_days
    if enrolled or since:
        start = date.min if enrolled else min(since)
        duty_days |= _days(cursor, "SELECT day FROM calendar WHERE day >= $since", since=start)
    for day in declared:
        duty_days |= {day + n * ONE_DAY for n in range(settings.get(cursor, "declaration_days"))}

    _replace(cursor, FLOW, flow_days)
    _replace(cursor, DUTIES, duty_days)


def duties_on(store: Store, day: date) -> pl.DataFrame:
    """The rows that `duty_day` would have for a day outside the calendar, from what is known by then."""
    cursor = store.cursor()
    text, params = _rollup(cursor, "duty_day", {day})
    cursor.execute("UPDATE touched SET working = ?", [is_working(day)])
    return cursor.sql(text, params=params).pl()


def check(store: Store) -> list[str]:
    """Derives everything again beside what is stored. Returns a line for each difference, [] when there is none."""
    found: list[str] = []
    cursor = store.cursor()
    cursor.execute("CREATE OR REPLACE TEMP TABLE touched_person AS SELECT person_id FROM person")
    stays.derive_into(cursor, "fresh_stay", datetime(1, 1, 3), datetime(9999, 12, 28))
    _compare(cursor, "stay", "FROM fresh_stay", {}, found)
    days = _days(cursor, "SELECT DISTINCT CAST(scanned_at AS DATE) FROM scan UNION SELECT day FROM calendar")
    for table in FLOW + DUTIES:
        text, params = _rollup(cursor, table, days)
        _compare(cursor, table, text, params, found)
    for batch_id, lines in cursor.execute(
        """
        WITH kept AS (
            SELECT batch_id, line FROM scan UNION SELECT batch_id, line FROM roster_row
            UNION SELECT batch_id, line FROM dose UNION SELECT batch_id, line FROM app_install
            UNION SELECT batch_id, line FROM declaration
        )
        SELECT b.batch_id, b.row_count - b.accepted - b.duplicates - b.rejected
            + ABS(b.accepted - (SELECT COUNT(*) FROM kept k WHERE k.batch_id = b.batch_id))
            + ABS(b.rejected - (SELECT COUNT(*) FROM reject r WHERE r.batch_id = b.batch_id)) AS off
        FROM batch b WHERE off <> 0 ORDER BY 1
        """
    ).fetchall():
        found.append(f"batch {batch_id}: its counts do not add up ({lines})")
    return found


def _compare(cursor: DuckDBPyConnection, table: str, fresh: str, params: dict[str, Any], found: list[str]) -> None:
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {fresh}", params)
    for sign, left, right in (("only stored", table, "fresh"), ("missing", "fresh", table)):
        [(count,)] = cursor.execute(f"SELECT COUNT(*) FROM (FROM {left} EXCEPT ALL FROM {right})").fetchall()
        if count:
            found.append(f"{table}: {count} rows {sign}")


def _replace(cursor: DuckDBPyConnection, tables: Iterable[str], days: set[date]) -> None:
    if not days:
        return
    for table in tables:
        text, params = _rollup(cursor, table, days)
        cursor.execute(f"DELETE FROM {table} WHERE day IN (SELECT day FROM touched)")
        cursor.execute(f"INSERT INTO {table} {text}", params)


def _rollup(cursor: DuckDBPyConnection, table: str, days: set[date]) -> tuple[str, dict[str, Any]]:
    """The text and binds of a roll-up's query, with the temporary tables it reads in place."""
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT t.day, c.working FROM (SELECT UNNEST($days::DATE[]) AS day) t LEFT JOIN calendar c ON c.day = t.day
        """,
        {"days": sorted(days)},
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE accepted_app AS SELECT LOWER(UNNEST($apps::VARCHAR[])) AS app",
        {"apps": [clean(app) for app in settings.get(cursor, "accepted_apps")]},
    )
    offered = {
        "first": min(days, default=date.min),
        "last": max(days, default=date.min),
        "declaration_days": settings.get(cursor, "declaration_days"),
    }
    text, names = query(f"rollup/{table}")
    return text, {name: offered[name] for name in names}


def _extend_calendar(cursor: DuckDBPyConnection, days: set[date]) -> set[date]:
    """Makes the calendar reach from the first to the last day of data, gapless. Returns the days it did not know."""
    if not days:
        return set()
    known = _days(cursor, "SELECT day FROM calendar")
    first, last = min(days | known), max(days | known)
    new = {first + n * ONE_DAY for n in range((last - first).days + 1)} - known
    if new:
        cursor.executemany(
            "INSERT INTO calendar VALUES (?, ?, ?)",
            [[day, is_working(day), _holidays(day.year).get(day)] for day in sorted(new)],
        )
    return new


def is_working(day: date) -> bool:
    """Monday to Friday but for Vietnamese public holidays."""
    return day.weekday() < 5 and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")


def _days(cursor: DuckDBPyConnection, sql: str, batch: int | None = None, **params: Any) -> set[date]:
    if batch is not None:
        params["batch"] = batch
    return {day for (day,) in cursor.execute(sql, params or None).fetchall()}
