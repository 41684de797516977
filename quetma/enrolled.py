"""A change of the staff list alone: what the people concerned count is moved, instead of counting all days anew."""

from collections.abc import Collection, Generator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import daily, parts, stays
from quetma.daily import COUNTED, DUTIES, FLOWS, LISTED, STAYED, in_units, replace
from quetma.store import changed, query

KEYS = {"day", "quarter", "location_id", "unit_id", "kind", "direction"}  # of what is counted; the rest are sums


def list_staff(cursor: DuckDBPyConnection) -> None:
    """Brings who is staff, as what, and what they are called up to date, after a change of the staff list or of
    somebody's name on it. What the figures were made with is kept until `derive` (staff_before, employment_before).
    """
    for table in ("staff", "employment"):
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table}_before AS FROM {table}")
    for table in LISTED:
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"INSERT INTO {table} {query(f'rollup/{table}')[0]}")


def enrol(cursor: DuckDBPyConnection) -> bool:
    """Brings the staff list up to date, and puts what there is of the people of whom it says something else now into
    the temporary tables own_*. Whether any of them is staff on other days than before.
    """
    list_staff(cursor)
    told = {
        "staff": "person_id, started, ended",
        "employment": "person_id, first_day, last_day, position, location_id, smartphone",
    }
    either = {
        table: f"(SELECT {told} FROM {table} EXCEPT SELECT {told} FROM {table}_before) UNION ALL "
        f"(SELECT {told} FROM {table}_before EXCEPT SELECT {told} FROM {table})"
        for table, told in told.items()
    }
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE own_staff AS "
        + " UNION ".join(f"SELECT person_id FROM ({sql})" for sql in either.values())
    )
    kinds = bool(cursor.execute(f"SELECT 1 FROM ({either['staff']}) LIMIT 1").fetchall())
    for table in ("scan", "passage", "declaration", "employment"):
        _own(cursor, table)
    return kinds


def move(cursor: DuckDBPyConnection, scanned: set[date], stayed: set[date]) -> None:
    """After `enrol` and once stays are up to date: moves what those people count, but on the days on which what is made
    from scans, or from stays, was made whole.
    """
    _own(cursor, "stay")
    scans = _held(cursor, "SELECT CAST(scanned_at AS DATE), COUNT(*) FROM own_scan GROUP BY 1")
    _shift(cursor, COUNTED + FLOWS, scans, scanned)
    _shift(cursor, STAYED, _held(cursor, "SELECT day, COUNT(*) FROM own_stay GROUP BY 1"), stayed)


def forget(cursor: DuckDBPyConnection) -> None:
    """Drops what `list_staff` kept."""
    for table in ("staff", "employment"):
        cursor.execute(f"DROP TABLE temp.{table}_before")


def _own(cursor: DuckDBPyConnection, table: str) -> None:
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE own_{table} AS FROM {table} SEMI JOIN own_staff USING (person_id)")


def _held(cursor: DuckDBPyConnection, sql: str) -> dict[date, int]:
    """Day → how many."""
    return dict(cursor.execute(sql).fetchall())


@contextmanager
def _narrowed(cursor: DuckDBPyConnection, views: Mapping[str, str]) -> Generator[None]:
    """Meanwhile the others stand under the names of these tables."""
    for table, other in views.items():
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS FROM {other}")
    yield
    for table in views:
        cursor.execute(f"DROP VIEW temp.{table}")
    if "passage" in views and not stays.registers(cursor):
        cursor.execute("CREATE OR REPLACE TEMP VIEW passage AS FROM scan")  # as `rollups.derive` has it


def _shift(cursor: DuckDBPyConnection, tables: Collection[str], held: Mapping[date, int], anew: set[date]) -> None:
    """Takes away what the passages of own_staff counted under the staff list as it was, and adds what they count now:
    all these figures are sums over people. held: on which days they have how many. anew: days that are made whole.
    """
    days = held.keys() - anew
    changed(cursor, days)
    columns = {
        table: cursor.sql(f"FROM {table} LIMIT 0").columns
        for table in tables
        if table != "unit_day" or in_units(cursor)
    }
    for part in parts.of(cursor, days, held):
        daily.touch_days(cursor, set(part))
        for table in columns:
            cursor.execute(f"CREATE OR REPLACE TEMP TABLE moved_{table} AS FROM {table} LIMIT 0")
        with _narrowed(cursor, {table: f"own_{table}" for table in ("scan", "passage", "stay")}):
            begun = daily.begin(cursor, columns, set(part))
            with _narrowed(cursor, {"staff": "staff_before"}):
                _count(cursor, columns, set(part), begun, "-")
            _count(cursor, columns, set(part), begun, "")
        for name in begun:
            cursor.unregister(name)
        for table, names in columns.items():
            _add(cursor, table, names)


def _count(
    cursor: DuckDBPyConnection,
    columns: Mapping[str, list[str]],
    days: set[date],
    begun: Mapping[str, Future[pl.DataFrame]],
    sign: str,
) -> None:
    """Puts what these roll-ups count on these days into the tables moved_*; what is counted from flow_quarter, from
    what was counted for it.
    """
    for table, names in columns.items():
        text, params = daily.made_by(cursor, table, days, begun)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE counted_{table} AS {text}", params)
        signed = ", ".join(name if name in KEYS else f"{sign}{name}" for name in names)
        cursor.execute(f"INSERT INTO moved_{table} SELECT {signed} FROM counted_{table}")
        if table == "flow_quarter":
            cursor.execute("CREATE OR REPLACE TEMP VIEW flow_quarter AS FROM counted_flow_quarter")
    cursor.execute("DROP VIEW IF EXISTS temp.flow_quarter")


def _add(cursor: DuckDBPyConnection, table: str, columns: list[str]) -> None:
    """Adds the rows of moved_<table> to what the table counts. What nobody is counted in any more is no row."""
    keys = [name for name in columns if name in KEYS]
    sums = [name for name in columns if name not in KEYS]
    cursor.execute(
        f"""
        MERGE INTO {table} f USING (
            SELECT {", ".join(keys)}, {", ".join(f"SUM({name}) AS {name}" for name in sums)}
            FROM moved_{table} GROUP BY ALL HAVING {" OR ".join(f"SUM({name}) <> 0" for name in sums)}
        ) m ON {" AND ".join(f"f.{name} = m.{name}" for name in keys)}
        WHEN MATCHED AND {" AND ".join(f"f.{name} + m.{name} = 0" for name in sums)} THEN DELETE
        WHEN MATCHED THEN UPDATE SET {", ".join(f"{name} = f.{name} + m.{name}" for name in sums)}
        WHEN NOT MATCHED THEN INSERT ({", ".join(columns)}) VALUES ({", ".join(f"m.{name}" for name in columns)})
        """
    )


def owe(cursor: DuckDBPyConnection, days: set[date]) -> None:
    """Makes the duties of own_staff on these days anew, and of everybody what is added up from them."""
    if not days:
        return
    changed(cursor, days)
    daily.touch_days(cursor, days)
    own = {table: f"own_{table}" for table in ("passage", "declaration", "employment")}
    for table in DUTIES[:2]:
        with _narrowed(cursor, own):
            text, params = daily.made_by(cursor, table, days, daily.begin(cursor, (table,), days))
            cursor.execute(f"CREATE OR REPLACE TEMP TABLE counted_{table} AS {text}", params)
        cursor.execute(
            f"DELETE FROM {table} WHERE day IN (SELECT day FROM touched) "
            "AND person_id IN (SELECT person_id FROM own_staff)"
        )
        cursor.execute(f"INSERT INTO {table} FROM counted_{table}")
    replace(cursor, DUTIES[2:], days)
