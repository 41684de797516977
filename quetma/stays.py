"""Scans into stays: who was at which place from when to when, and which of the two ends was seen.

A stay is a scan in and the next scan out of the same person at the same location, when that is the very next scan there
and at most 24 hours later:

    in ├──────────────┤ out     both ends seen
    in ├──────╌╌╌╌              out missing: ends at the earliest of the person's next scan anywhere, the location's
                                closing time, and the scan + `assumed_minutes` (a setting)
       ╌╌╌╌╌╌─────────┤ out     in missing: the same backwards, with the opening time
    ?  ├──────────────┤ ?       direction unknown: opens a stay that the person's next scan ends (within 24 hours, not
                                after closing); its end is inferred

In and out in the same second: out comes first for a person who was inside, else in. No stay is longer than 24 hours.
A scan therefore matters only to stays within two days of it, which is what an upload derives again.
"""

from datetime import date, datetime, timedelta

from duckdb import DuckDBPyConnection

from quetma import settings
from quetma.store import query

REACH = timedelta(hours=48)
LONGEST = 24 * 60


def refresh(cursor: DuckDBPyConnection, first: datetime, last: datetime) -> set[date]:
    """Derives again the stays that scans between `first` and `last` of the people in `touched_person` can have changed.

    Runs inside the caller's transaction. Returns the days on which a stay came, went or changed.
    """
    derive_into(cursor, "new_stay", first - REACH, last + REACH)
    cursor.execute(
        """
        CREATE OR REPLACE TEMP TABLE old_stay AS
        SELECT * FROM stay
        WHERE day BETWEEN CAST($first AS DATE) - 1 AND CAST($last AS DATE)
          AND CASE WHEN in_seen THEN t_in ELSE t_out END BETWEEN $first AND $last
          AND person_id IN (SELECT person_id FROM touched_person)
        """,
        {"first": first - REACH, "last": last + REACH},
    )
    cursor.execute("CREATE OR REPLACE TEMP TABLE gone_stay AS (FROM old_stay EXCEPT FROM new_stay)")
    cursor.execute("CREATE OR REPLACE TEMP TABLE come_stay AS (FROM new_stay EXCEPT FROM old_stay)")
    if cursor.execute("SELECT COUNT(*) FROM gone_stay").fetchall() != [(0,)]:
        cursor.execute(
            """
            DELETE FROM stay USING gone_stay g
            WHERE stay.day = g.day AND stay.location_id = g.location_id AND stay.person_id = g.person_id
              AND stay.t_in = g.t_in AND stay.t_out = g.t_out
              AND stay.in_seen = g.in_seen AND stay.out_seen = g.out_seen
            """
        )
    cursor.execute("INSERT INTO stay FROM come_stay ORDER BY day, location_id, t_in")
    changed = cursor.execute("SELECT day FROM gone_stay UNION SELECT day FROM come_stay").fetchall()
    for table in ("new_stay", "old_stay", "gone_stay", "come_stay"):
        cursor.execute(f"DROP TABLE {table}")
    return {day for (day,) in changed}


def derive_into(cursor: DuckDBPyConnection, table: str, first: datetime, last: datetime) -> None:
    """Makes the temporary `table` of all stays anchored from `first` to `last` of the people in `touched_person`."""
    text, _ = query("rollup/stay")
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS {text}",
        {
            "first_anchor": first,
            "last_anchor": last,
            "assumed_minutes": min(settings.get(cursor, "assumed_minutes"), LONGEST),
        },
    )
