"""Which days are working days, and the calendar: the days from the first to the last of data."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

import holidays
import polars as pl
from duckdb import DuckDBPyConnection

from quetma import touch

ONE_DAY = timedelta(days=1)


def fit(cursor: DuckDBPyConnection, days: Collection[date]) -> set[date]:
    """Makes the calendar reach from the first to the last day of data, gapless, when data of `days` came or went.
    Returns the days that came into it or left it.
    """
    if not days:
        return set()
    known = touch.days(cursor, "SELECT day FROM calendar")
    due = real(cursor)
    if due - known:
        cursor.register("new_day", rows(due - known))
        cursor.execute("INSERT INTO calendar FROM new_day")
        cursor.unregister("new_day")
    for day in known - due:
        cursor.execute("DELETE FROM calendar WHERE day = ?", [day])
    return due ^ known


def real(cursor: DuckDBPyConnection) -> set[date]:
    """The days from the first to the last of data."""
    [(first, last)] = cursor.execute(
        """
        SELECT MIN(day), MAX(day) FROM (
            SELECT UNNEST([MIN(day), MAX(day)]) AS day FROM scan_day
            UNION ALL
            SELECT CAST(UNNEST([MIN(declared_at), MAX(declared_at)]) AS DATE) FROM declaration_row WHERE counts
        )
        """
    ).fetchall()
    return {first + n * ONE_DAY for n in range((last - first).days + 1)} if first else set()


def rows(days: Collection[date]) -> pl.DataFrame:
    """Rows of the calendar: day, working, holiday."""
    rows = [(day, is_working(day), _holidays(day.year).get(day)) for day in sorted(days)]
    return pl.DataFrame(rows, schema={"day": pl.Date, "working": pl.Boolean, "holiday": pl.String}, orient="row")


def is_working(day: date) -> bool:
    """Monday to Friday but for Vietnamese public holidays."""
    return day.weekday() < 5 and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")
