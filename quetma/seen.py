"""When everybody was last scanned (table person_seen), so that finding somebody reads no log."""

from datetime import datetime

import polars as pl
from duckdb import DuckDBPyConnection

from quetma.store import query


def refresh(cursor: DuckDBPyConnection, first: datetime, last: datetime) -> None:
    """Brings it up to date with scans of the people in `touched_person` that came or went between these moments, inside
    the transaction that changed them. Only of whose newest scan went is anything older read.
    """
    span = {"first": first, "last": last}
    seen = cursor.sql(query("seen/among")[0], params=span).pl()
    cursor.register("seen", seen)
    lost = cursor.sql(query("seen/lost")[0], params=span).pl()
    cursor.unregister("seen")
    put(cursor, pl.concat([seen, lost.drop_nulls()]), last)
    gone = lost.filter(pl.col("last_seen").is_null())
    if not gone.is_empty():
        cursor.register("gone", gone)
        cursor.execute(query("seen/remove")[0])
        cursor.unregister("gone")


def put(cursor: DuckDBPyConnection, seen: pl.DataFrame, until: datetime) -> None:
    """Writes down the newest scans of people (person_id, last_seen) of whom none between them and `until` is known."""
    cursor.register("seen", seen)
    cursor.execute(query("seen/put")[0], {"until": until})
    cursor.unregister("seen")
