"""What screens read instead of scans: stays and daily figures, kept up to date by each upload in its own transaction.

A roll-up is a table and the query `queries/rollup/<table>.sql` that makes its rows for the days in the temporary table
`touched`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar

import holidays
import polars as pl
from duckdb import DuckDBPyConnection

from quetma import duties, parts, peaks, present, seen, settings, stays
from quetma.people import clean
from quetma.store import Store, changed, query

COUNTED = ("scan_day",)  # made from scans; the calendar is made from it
FLOWS = ("flow_quarter", "flow_day", "unit_day")  # made from scans, too
WHO_WAS_WHERE = {"flow_day", "unit_day"}  # of them those that are made from the table present
STAYED = ("stay_day",)  # made from stays
PRESENT = ("flow_peak",)  # made from the stays of the day and of the evening before
DUTIES = ("staff_day", "duty_day", "compliance_day")  # each is made from the one before
LISTED = ("staff", "employment", "staff_person")  # made from the staff list, of all days
BY_DAY = ("stay", *COUNTED, *FLOWS, *STAYED, *PRESENT, *DUTIES)
ONE_DAY = timedelta(days=1)


# The tables of rows by kind of upload. Each has batch_id, line, person_id and counts.
ROWS = {
    "scans": "scan_row",
    "roster": "roster_row",
    "doses": "dose_row",
    "apps": "app_install_row",
    "declarations": "declaration_row",
    "absences": "absence_row",
    "exemptions": "exemption_row",
}


@dataclass(frozen=True)
class Touched:
    """What a change concerns, but for the people, who stand in the temporary table touched_person(person_id).

    scans: the first and the last moment. scanned, declared: days. since: the first day of a dose, app or exemption.
    enrolled: somebody came onto the roster, left it or is described otherwise. absent: the first and the last day.
    """

    scans: tuple[datetime, datetime] | None = None
    scanned: frozenset[date] = frozenset()
    declared: frozenset[date] = frozenset()
    since: date | None = None
    enrolled: bool = False
    absent: tuple[date, date] | None = None

    def __or__(self, other: "Touched") -> "Touched":
        """Both changes at once."""
        return Touched(
            _span(self.scans, other.scans),
            self.scanned | other.scanned,
            self.declared | other.declared,
            min((day for day in (self.since, other.since) if day), default=None),
            self.enrolled or other.enrolled,
            _span(self.absent, other.absent),
        )


def touch(cursor: DuckDBPyConnection, batch_id: int, duplicates: bool = False) -> Touched:
    """What the rows of an upload that count concern, with `duplicates` all its rows; adds the people of all its rows to
    touched_person.

    For an upload that is to be removed, ask before.
    """
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS touched_person (person_id BIGINT)")
    rows = " UNION ALL ".join(f"SELECT person_id FROM {table} WHERE batch_id = $batch" for table in ROWS.values())
    cursor.execute(
        f"""
        INSERT INTO touched_person
        WITH named AS ({rows})
        SELECT DISTINCT person_id FROM (
            FROM named UNION ALL SELECT a.person_id FROM named n JOIN alias a ON a.alias_id = n.person_id
        ) WHERE person_id NOT IN (SELECT person_id FROM touched_person)
        """,
        {"batch": batch_id},
    )
    # What does not count is a row of a list all the same.
    for table, at in (("scan_row", "scanned_at"), ("declaration_row", "declared_at")):
        own = f"SELECT DISTINCT CAST({at} AS DATE) FROM {table} WHERE batch_id = $batch AND NOT counts"
        changed(cursor, _days(cursor, own, batch=batch_id))
    chosen = "batch_id = $batch" if duplicates else "batch_id = $batch AND counts"
    return _touched(cursor, chosen, {"batch": batch_id})


def concern(cursor: DuckDBPyConnection, people: Iterable[int]) -> None:
    """Says that a change concerns these people, whoever is really them, and nobody else: they are touched_person."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE touched_person AS SELECT DISTINCT UNNEST($people::BIGINT[]) AS person_id",
        {"people": list(people)},
    )


def touch_people(cursor: DuckDBPyConnection, people: Collection[int]) -> Touched:
    """What all rows concern that are about these people, or about somebody who is really one of them, whether they
    count or not; adds the people to touched_person.
    """
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS touched_person (person_id BIGINT)")
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE chosen_person AS
        WITH given AS (SELECT UNNEST($people::BIGINT[]) AS person_id)
        FROM given UNION SELECT alias_id FROM alias WHERE person_id IN (SELECT person_id FROM given)
        """,
        {"people": sorted(people)},
    )
    cursor.execute(
        """
        INSERT INTO touched_person
        SELECT person_id FROM chosen_person WHERE person_id NOT IN (SELECT person_id FROM touched_person)
        """
    )
    return _touched(cursor, "person_id IN (SELECT person_id FROM chosen_person)", {})


def touch_everything(cursor: DuckDBPyConnection) -> Touched:
    """All that the store holds; everybody comes into touched_person."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE touched_person AS SELECT person_id FROM person")
    return _touched(cursor, "TRUE", {})


def _touched(cursor: DuckDBPyConnection, chosen: str, params: dict[str, Any]) -> Touched:
    """What the rows for which the condition `chosen` holds concern."""
    [(first, last)] = cursor.execute(
        f"SELECT MIN(scanned_at), MAX(scanned_at) FROM scan_row WHERE {chosen}", params or None
    ).fetchall()
    [(out, back)] = cursor.execute(
        f"SELECT MIN(first_day), MAX(last_day) FROM absence_row WHERE {chosen}", params or None
    ).fetchall()
    # A dose, an app or an exemption counts from its day on; one that is replaced, from the day it had before.
    dated = " UNION ALL ".join(
        f"""
        SELECT d.{day} AS day FROM {table} d LEFT JOIN alias a ON a.alias_id = d.person_id
        WHERE COALESCE(a.person_id, d.person_id) IN (
            SELECT COALESCE(o.person_id, c.person_id)
            FROM (SELECT person_id FROM {table} WHERE {chosen}) c LEFT JOIN alias o ON o.alias_id = c.person_id
        )
        """
        for table, day in (
            ("dose_row", "given_on"),
            ("app_install_row", "installed_on"),
            ("exemption_row", "first_day"),
        )
    )
    [(since,)] = cursor.execute(f"SELECT MIN(day) FROM ({dated})", params or None).fetchall()
    return Touched(
        scans=(first, last) if first else None,
        scanned=frozenset(
            _days(cursor, f"SELECT DISTINCT CAST(scanned_at AS DATE) FROM scan_row WHERE {chosen}", **params)
        )
        if first
        else frozenset(),
        declared=frozenset(
            _days(cursor, f"SELECT DISTINCT CAST(declared_at AS DATE) FROM declaration_row WHERE {chosen}", **params)
        ),
        since=since,
        enrolled=bool(cursor.execute(f"SELECT 1 FROM roster_row WHERE {chosen} LIMIT 1", params or None).fetchall()),
        absent=(out, back) if out else None,
    )


def derive(cursor: DuckDBPyConnection, touched: Touched, begun: Future[stays.Moved] | None = None) -> None:
    """Brings stays, calendar and roll-ups up to date with the facts that were `touched`, of the people in
    touched_person, inside the transaction that changed them. begun: by `stays.ahead`.
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


def _derive(cursor: DuckDBPyConnection, touched: Touched, begun: Future[stays.Moved] | None) -> None:
    changed(cursor, touched.scanned | touched.declared)
    kinds = touched.enrolled and _enrol(cursor)
    moved, newest = set[date](), None
    if span := touched.scans:
        moved, newest = stays.refresh(cursor, *span, lambda: _scanned_and_due(cursor, touched), begun)
    else:
        _scanned_and_due(cursor, touched)

    def see() -> None:
        if span and begun and newest is not None:  # scans came and none went
            seen.put(cursor, newest, span[1])
        elif span:  # beside a door register some scans are no passages
            seen.refresh(cursor, *span, None if stays.registers(cursor) else newest)

    days = with_mornings({*touched.scanned, *moved})
    replace(cursor, STAYED + PRESENT, days, see)
    if kinds:
        _own(cursor, "stay")
        scans = _held(cursor, "SELECT CAST(scanned_at AS DATE), COUNT(*) FROM own_scan GROUP BY 1")
        _shift(cursor, COUNTED + FLOWS, scans, set(touched.scanned))
        _shift(cursor, STAYED, _held(cursor, "SELECT day, COUNT(*) FROM own_stay GROUP BY 1"), days)
    if touched.enrolled:
        for table in ("staff", "employment"):
            cursor.execute(f"DROP TABLE temp.{table}_before")


def _scanned_and_due(cursor: DuckDBPyConnection, touched: Touched) -> None:
    """What is made of scans, and the duties: no stay decides about either. Duties come early: they leave a processor to
    the stays, which are made meanwhile.
    """
    replace(cursor, COUNTED, set(touched.scanned))
    due = touched.scanned | _fit_calendar(cursor, touched.scanned | touched.declared)
    if touched.since:
        due |= _days(cursor, "SELECT day FROM calendar WHERE day >= $since", since=touched.since)
    if touched.absent:
        first, last = touched.absent
        due |= _days(cursor, "SELECT day FROM calendar WHERE day BETWEEN $first AND $last", first=first, last=last)
    # Before there is a staff list, nobody owes anything.
    if touched.enrolled or cursor.execute("SELECT 1 FROM roster_row LIMIT 1").fetchall():
        due |= declared_for(cursor, touched.declared)
        replace(cursor, DUTIES, set(due))
    if touched.enrolled:
        _owe(cursor, _days(cursor, "SELECT day FROM calendar") - due)
    replace(cursor, FLOWS, set(touched.scanned))


def list_staff(cursor: DuckDBPyConnection) -> None:
    """Brings who is staff, as what, and what they are called up to date, after a change of the staff list or of
    somebody's name on it. What the figures were made with is kept until `derive` (staff_before, employment_before).
    """
    for table in ("staff", "employment"):
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table}_before AS FROM {table}")
    for table in LISTED:
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute(f"INSERT INTO {table} {query(f'rollup/{table}')[0]}")


# A change of the staff list alone


KEYS = {"day", "quarter", "location_id", "unit_id", "kind", "direction"}  # of what is counted; the rest are sums


def _enrol(cursor: DuckDBPyConnection) -> bool:
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
        cursor.execute("CREATE OR REPLACE TEMP VIEW passage AS FROM scan")  # as _passages has it


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
        _touch_days(cursor, set(part))
        for table in columns:
            cursor.execute(f"CREATE OR REPLACE TEMP TABLE moved_{table} AS FROM {table} LIMIT 0")
        with _narrowed(cursor, {table: f"own_{table}" for table in ("scan", "passage", "stay")}):
            if not WHO_WAS_WHERE.isdisjoint(columns):
                cursor.register("present", _present(cursor, set(part)).result())
            with _narrowed(cursor, {"staff": "staff_before"}):
                _count(cursor, columns, set(part), "-")
            _count(cursor, columns, set(part), "")
        cursor.unregister("present")
        for table, names in columns.items():
            _add(cursor, table, names)


def _count(cursor: DuckDBPyConnection, columns: Mapping[str, list[str]], days: set[date], sign: str) -> None:
    """Puts what these roll-ups count on these days into the tables moved_*; what is counted from flow_quarter, from
    what was counted for it.
    """
    for table, names in columns.items():
        text, params = _rollup(cursor, table, days)
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


def _owe(cursor: DuckDBPyConnection, days: set[date]) -> None:
    """Makes the duties of own_staff on these days anew, and of everybody what is added up from them."""
    if not days:
        return
    changed(cursor, days)
    _touch_days(cursor, days)
    own = {table: f"own_{table}" for table in ("passage", "declaration", "employment")}
    for table in DUTIES[:2]:
        with _narrowed(cursor, own):
            text, params = _rollup(cursor, table, days)
            cursor.execute(f"CREATE OR REPLACE TEMP TABLE counted_{table} AS {text}", params)
        cursor.execute(
            f"DELETE FROM {table} WHERE day IN (SELECT day FROM touched) "
            "AND person_id IN (SELECT person_id FROM own_staff)"
        )
        cursor.execute(f"INSERT INTO {table} FROM counted_{table}")
    replace(cursor, DUTIES[2:], days)


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
    _touch_days(cursor, {day})
    text, params = _rollup(cursor, "duty_day", {day})
    cursor.execute("UPDATE touched SET working = ?", [is_working(day)])
    return cursor.sql(text, params=params).pl()


def in_units(cursor: DuckDBPyConnection) -> bool:
    """Whether there are units beneath the root, so that figures are kept of each of them."""
    return bool(cursor.execute("SELECT 1 FROM unit WHERE parent IS NOT NULL LIMIT 1").fetchall())


def derive_units(cursor: DuckDBPyConnection) -> None:
    """Makes the figures of all units anew, after a change of which places are whose."""
    cursor.execute("DELETE FROM unit_day")
    with _passages(cursor):
        replace(cursor, ("unit_day",), _days(cursor, "SELECT DISTINCT day FROM flow_day"))


def check(store: Store) -> list[str]:
    """Derives everything again beside what is stored. Returns a line for each difference, [] when there is none."""
    cursor = store.cursor()
    differences = Counter[tuple[str, str]]()
    cursor.register("derived", _calendar(_real_days(cursor)))
    _compare(cursor, "calendar", "FROM derived", {}, differences)
    cursor.execute("CREATE OR REPLACE TEMP TABLE touched_person AS SELECT person_id FROM person")
    told = " UNION ".join(f"SELECT day FROM {table}" for table in ("calendar", *BY_DAY))
    days = _days(cursor, f"SELECT CAST(scanned_at AS DATE) FROM scan UNION {told}")
    for part in parts.of(cursor, with_mornings(days) | {day - ONE_DAY for day in days}):
        _touch_days(cursor, set(part))
        begin, end = (datetime.combine(day, time()) for day in (part[0], part[-1] + 2 * ONE_DAY))
        cursor.register("derived", stays.derive(cursor, begin, end).filter(pl.col("day").is_in(part)))
        _compare(cursor, "stay", "FROM derived", {}, differences)
        cursor.register("present", _present(cursor, set(part)).result())
        _put(cursor, "peak", _peaks(cursor, set(part)).result())
        for table in BY_DAY[1:]:
            _compare(cursor, table, *_rollup(cursor, table, set(part)), differences)
    for table in ("person_seen", *LISTED):
        _compare(cursor, table, query(f"rollup/{table}")[0], {}, differences)
    found = [f"{table}: {rows} rows {sign}" for (table, sign), rows in differences.items() if rows]
    rows = " UNION ".join(f"SELECT batch_id, line FROM {table} WHERE counts" for table in ROWS.values())
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


def with_mornings(days: set[date]) -> set[date]:
    """These days and those after them: a stay may last past midnight."""
    return days | {day + ONE_DAY for day in days}


Day = TypeVar("Day", date, datetime)


def _span(one: tuple[Day, Day] | None, other: tuple[Day, Day] | None) -> tuple[Day, Day] | None:
    """The shortest span that holds both."""
    if not one or not other:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


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
    _touch_days(cursor, days)
    peak = _peaks(cursor, days) if "flow_peak" in tables else None
    here = None if WHO_WAS_WHERE.isdisjoint(tables) else _present(cursor, days)
    meanwhile()
    for table in tables:
        if table == "unit_day" and not in_units(cursor):
            continue
        if table == "flow_peak" and peak:
            _put(cursor, "peak", peak.result())
        if table in WHO_WAS_WHERE and here:
            cursor.register("present", here.result())
        text, params = _rollup(cursor, table, days)
        cursor.execute(f"DELETE FROM {table} WHERE day IN (SELECT day FROM touched)")
        cursor.execute(f"INSERT INTO {table} {text}", params)
    cursor.unregister("present")


def _touch_days(cursor: DuckDBPyConnection, days: set[date]) -> None:
    """Puts the days into the temporary table that roll-ups read."""
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE touched AS
        SELECT t.day, c.working FROM (SELECT UNNEST($days::DATE[]) AS day) t LEFT JOIN calendar c ON c.day = t.day
        """,
        {"days": sorted(days)},
    )


def _present(cursor: DuckDBPyConnection, days: set[date]) -> Future[pl.DataFrame]:
    """What some roll-ups read as table present, of the days that `_touch_days` was told, made beside whatever else is
    done.
    """
    first, last = _bounds(days)
    passages = cursor.sql(query("rollup/passages")[0], params={"first": first, "last": last}).pl()
    return stays.WORKER.submit(present.made, passages)


def _peaks(cursor: DuckDBPyConnection, days: set[date]) -> Future[pl.DataFrame]:
    """What flow_peak reads as table peak, made beside whatever else is done."""
    return stays.WORKER.submit(peaks.made, stays.around(cursor, *_bounds(days)), days)


def _bounds(days: set[date]) -> tuple[date, date]:
    return min(days, default=date.min), max(days, default=date.min)


def _rollup(cursor: DuckDBPyConnection, table: str, days: set[date]) -> tuple[str, dict[str, Any]]:
    """The text and binds of a roll-up's query for the days that `_touch_days` was told."""
    first, last = _bounds(days)
    if table == "duty_day":
        _put(cursor, "accepted_app", accepted_apps(cursor))
        _put(cursor, "vaccinated", vaccinated(cursor))
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


def vaccinated(cursor: DuckDBPyConnection) -> pl.DataFrame:
    """Since when the staff's confirmed doses are what the unit asks for: person_id, since."""
    doses = cursor.sql(query("compliance/doses")[0]).pl()
    return duties.reached(doses, settings.get(cursor, "vaccinated_needs"))


def _put(cursor: DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    cursor.register("put", frame)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM put")
    cursor.unregister("put")


def derive_duties(cursor: DuckDBPyConnection) -> None:
    """Makes the figures of the duties of all days again, after a setting that decides what counts was changed."""
    replace(cursor, DUTIES, _days(cursor, "SELECT day FROM calendar"))


def _fit_calendar(cursor: DuckDBPyConnection, days: Collection[date]) -> set[date]:
    """Makes the calendar reach from the first to the last day of data, gapless, when data of `days` came or went.
    Returns the days that came into it or left it.
    """
    if not days:
        return set()
    known = _days(cursor, "SELECT day FROM calendar")
    real = _real_days(cursor)
    if real - known:
        cursor.register("new_day", _calendar(real - known))
        cursor.execute("INSERT INTO calendar FROM new_day")
        cursor.unregister("new_day")
    for day in known - real:
        cursor.execute("DELETE FROM calendar WHERE day = ?", [day])
    return real ^ known


def _real_days(cursor: DuckDBPyConnection) -> set[date]:
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


def _calendar(days: Collection[date]) -> pl.DataFrame:
    """Rows of the calendar: day, working, holiday."""
    rows = [(day, is_working(day), _holidays(day.year).get(day)) for day in sorted(days)]
    return pl.DataFrame(rows, schema={"day": pl.Date, "working": pl.Boolean, "holiday": pl.String}, orient="row")


def is_working(day: date) -> bool:
    """Monday to Friday but for Vietnamese public holidays."""
    return day.weekday() < 5 and day not in _holidays(day.year)


@cache
def _holidays(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")


def _days(cursor: DuckDBPyConnection, sql: str, **params: Any) -> set[date]:
    return {day for (day,) in cursor.execute(sql, params or None).fetchall()}
