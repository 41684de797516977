"""What a change of what is stored concerns: which days, which people. `rollups.derive` makes anew what follows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from duckdb import DuckDBPyConnection

from quetma.store import changed

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


def of_upload(cursor: DuckDBPyConnection, batch_id: int, duplicates: bool = False) -> Touched:
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
        changed(cursor, days(cursor, own, batch=batch_id))
    chosen = "batch_id = $batch" if duplicates else "batch_id = $batch AND counts"
    return _touched(cursor, chosen, {"batch": batch_id})


def concern(cursor: DuckDBPyConnection, people: Iterable[int]) -> None:
    """Says that a change concerns these people, whoever is really them, and nobody else: they are touched_person."""
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE touched_person AS SELECT DISTINCT UNNEST($people::BIGINT[]) AS person_id",
        {"people": list(people)},
    )


def of_people(cursor: DuckDBPyConnection, people: Collection[int]) -> Touched:
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


def of_everything(cursor: DuckDBPyConnection) -> Touched:
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
            days(cursor, f"SELECT DISTINCT CAST(scanned_at AS DATE) FROM scan_row WHERE {chosen}", **params)
        )
        if first
        else frozenset(),
        declared=frozenset(
            days(cursor, f"SELECT DISTINCT CAST(declared_at AS DATE) FROM declaration_row WHERE {chosen}", **params)
        ),
        since=since,
        enrolled=bool(cursor.execute(f"SELECT 1 FROM roster_row WHERE {chosen} LIMIT 1", params or None).fetchall()),
        absent=(out, back) if out else None,
    )


Day = TypeVar("Day", date, datetime)


def _span(one: tuple[Day, Day] | None, other: tuple[Day, Day] | None) -> tuple[Day, Day] | None:
    """The shortest span that holds both."""
    if not one or not other:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def days(cursor: DuckDBPyConnection, sql: str, **params: Any) -> set[date]:
    """The days that a statement gives."""
    return {day for (day,) in cursor.execute(sql, params or None).fetchall()}
