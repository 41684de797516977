"""What screens read instead of scans: stays and daily figures (quetma/daily.py), kept up to date by each upload in its
own transaction.
"""

from collections import Counter
from collections.abc import Collection, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import daily, enrolled, parts, seen, settings, stays, touch, workdays
from quetma.daily import BY_DAY, COUNTED, DUTIES, FLOWS, LISTED, PRESENT, STAYED, replace, with_mornings
from quetma.store import Store, changed, query
from quetma.workdays import ONE_DAY


def derive(cursor: DuckDBPyConnection, touched: touch.Touched, begun: Future[stays.Moved] | None = None) -> None:
    """Brings stays, calendar and roll-ups up to date with the facts that were `touched`, of the people in
    touched_person, inside the transaction that changed them. begun: by `stays.ahead`, of an upload of which
    `seen.put_off` was told.
    """
    with _passages(cursor):
        _derive(cursor, touched, begun)


@contextmanager
def _passages(cursor: DuckDBPyConnection) -> Generator[None]:
    """Meanwhile `passage` is just the scans, when no door register was ever uploaded: what has nothing to be left out
    is planned in half the time, and of a large upload no scans are kept in memory for it.
    """
    if stays.registers(cursor):
        yield
        return
    cursor.execute("CREATE OR REPLACE TEMP VIEW passage AS FROM scan")
    yield
    cursor.execute("DROP VIEW temp.passage")


def _derive(cursor: DuckDBPyConnection, touched: touch.Touched, begun: Future[stays.Moved] | None) -> None:
    changed(cursor, touched.scanned | touched.declared)
    kinds = touched.enrolled and enrolled.enrol(cursor)
    moved = set[date]()
    if span := touched.scans:
        moved = stays.refresh(cursor, *span, lambda: _scanned_and_due(cursor, touched), begun)
    else:
        _scanned_and_due(cursor, touched)

    def see() -> None:
        if span and not begun:
            seen.refresh(cursor, *span)

    days = with_mornings({*touched.scanned, *moved})
    replace(cursor, STAYED + PRESENT, days, see)
    if kinds:
        enrolled.move(cursor, set(touched.scanned), days)
    if touched.enrolled:
        enrolled.forget(cursor)


def _scanned_and_due(cursor: DuckDBPyConnection, touched: touch.Touched) -> None:
    """What is made of scans, and the duties: no stay decides about either. Duties come early: they leave a processor to
    the stays, which are made meanwhile.
    """
    replace(cursor, COUNTED, set(touched.scanned))
    due = touched.scanned | workdays.fit(cursor, touched.scanned | touched.declared)
    if touched.since:
        due |= touch.days(cursor, "SELECT day FROM calendar WHERE day >= $since", since=touched.since)
    if touched.absent:
        first, last = touched.absent
        due |= touch.days(cursor, "SELECT day FROM calendar WHERE day BETWEEN $first AND $last", first=first, last=last)
    # Before there is a staff list, nobody owes anything.
    if touched.enrolled or cursor.execute("SELECT 1 FROM roster_row LIMIT 1").fetchall():
        due |= declared_for(cursor, touched.declared)
        replace(cursor, DUTIES, set(due))
    if touched.enrolled:
        enrolled.owe(cursor, touch.days(cursor, "SELECT day FROM calendar") - due)
    replace(cursor, FLOWS, set(touched.scanned))


def scanned_now(cursor: DuckDBPyConnection, days: set[date]) -> None:
    """Scans came on these days and nothing else, and staff_day says so: whoever owed one has done that duty."""
    done = cursor.execute(
        """
        UPDATE duty_day SET scanned = TRUE FROM staff_day f
        WHERE NOT duty_day.scanned AND list_contains($days::DATE[], duty_day.day) AND f.day = duty_day.day
          AND f.person_id = duty_day.person_id AND f.scans_in + f.scans_out > 0
        RETURNING duty_day.day
        """,
        {"days": sorted(days)},
    ).fetchall()
    replace(cursor, DUTIES[2:], {day for (day,) in done})


def declared_for(cursor: DuckDBPyConnection, days: Collection[date]) -> set[date]:
    """The days for which health declarations given on these days count."""
    counts = settings.get(cursor, "declaration_days") if days else 0
    return {day + n * ONE_DAY for day in days for n in range(counts)}


def duties_on(store: Store, day: date) -> pl.DataFrame:
    """The rows that `duty_day` would have for a day outside the calendar, from what is known by then."""
    cursor = store.cursor()
    daily.touch_days(cursor, {day})
    text, params = daily.made_by(cursor, "duty_day", {day}, daily.begin(cursor, ("duty_day",), {day}))
    cursor.execute("UPDATE touched SET working = ?", [workdays.is_working(day)])
    return cursor.sql(text, params=params).pl()


def derive_units(cursor: DuckDBPyConnection) -> None:
    """Makes the figures of all units anew, after a change of which places are whose."""
    cursor.execute("DELETE FROM unit_day")
    with _passages(cursor):
        replace(cursor, ("unit_day",), touch.days(cursor, "SELECT DISTINCT day FROM flow_day"))


def check(store: Store) -> list[str]:
    """Derives everything again beside what is stored. Returns a line for each difference, [] when there is none."""
    cursor = store.cursor()
    differences = Counter[tuple[str, str]]()
    cursor.register("derived", workdays.rows(workdays.real(cursor)))
    _compare(cursor, "calendar", "FROM derived", {}, differences)
    cursor.execute("CREATE OR REPLACE TEMP TABLE touched_person AS SELECT person_id FROM person")
    told = " UNION ".join(f"SELECT day FROM {table}" for table in ("calendar", *BY_DAY))
    days = touch.days(cursor, f"SELECT CAST(scanned_at AS DATE) FROM scan UNION {told}")
    for part in parts.of(cursor, with_mornings(days) | {day - ONE_DAY for day in days}):
        daily.touch_days(cursor, set(part))
        begin, end = (datetime.combine(day, time()) for day in (part[0], part[-1] + 2 * ONE_DAY))
        cursor.register("derived", stays.derive(cursor, begin, end).filter(pl.col("day").is_in(part)))
        _compare(cursor, "stay", "FROM derived", {}, differences)
        begun = daily.begin(cursor, BY_DAY, set(part))
        for table in BY_DAY[1:]:
            _compare(cursor, table, *daily.made_by(cursor, table, set(part), begun), differences)
    for table in ("last_seen", *LISTED):
        _compare(cursor, table, query(f"rollup/{table}")[0], {}, differences)
    [(early,)] = cursor.execute(query("seen/too_early")[0]).fetchall()  # which an upload it does not know of may hide
    differences["person_seen", "too early"] += early
    found = [f"{table}: {rows} rows {sign}" for (table, sign), rows in differences.items() if rows]
    rows = " UNION ".join(f"SELECT batch_id, line FROM {table} WHERE counts" for table in touch.ROWS.values())
    for batch_id, lines in cursor.execute(
        f"""
        WITH kept AS ({rows})
        SELECT b.batch_id, b.row_count - b.accepted - b.duplicates - b.rejected
            + ABS(b.accepted - (SELECT COUNT(*) FROM kept k WHERE k.batch_id = b.batch_id))
            + ABS(b.rejected - (SELECT COUNT(*) FROM reject r WHERE r.batch_id = b.batch_id)) AS off
        FROM batch b WHERE off <> 0 ORDER BY 1
        """
    ).fetchall():
        found.append(f"batch {batch_id}: its counts do not add up ({lines})")
    return found


def _compare(
    cursor: DuckDBPyConnection, table: str, fresh: str, params: dict[str, Any], differences: Counter[tuple[str, str]]
) -> None:
    """Counts the rows of a table that that query does not give, and the other way round: of one that is told by day,
    those of the days in touched.
    """
    stored = f"FROM {table}"
    if table in BY_DAY:
        stored += " WHERE day IN (SELECT day FROM touched)"
    differences.update({(table, "only stored"): 0, (table, "missing"): 0})  # told in the order of the tables
    sums = (f"SELECT COUNT(*), SUM(HASH(one)) FROM ({rows}) one" for rows in (stored, fresh))
    if len({*cursor.execute(" UNION ALL ".join(sums), params or None).fetchall()}) == 1:
        return  # as many rows and the sum of their hashes: in half the time of comparing them
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {fresh}", params)
    [(stood, due, only_stored)] = cursor.execute(
        f"SELECT (SELECT COUNT(*) FROM ({stored})), (SELECT COUNT(*) FROM fresh), COUNT(*) "
        f"FROM ({stored} EXCEPT ALL FROM fresh)"
    ).fetchall()
    differences[table, "only stored"] += only_stored
    differences[table, "missing"] += due - (stood - only_stored)


def derive_duties(cursor: DuckDBPyConnection) -> None:
    """Makes the figures of the duties of all days again, after a setting that decides what counts was changed."""
    replace(cursor, DUTIES, touch.days(cursor, "SELECT day FROM calendar"))
