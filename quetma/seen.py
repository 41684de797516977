"""When everybody was last scanned (table person_seen), so that finding somebody reads no log.

Whoever is looked for is looked for in the scans of uploads, too, that it does not know of yet (table unseen_batch): the
later of the two moments holds. What it says is never later than the newest scan that there is, nor earlier than the
newest of all other uploads.
"""

from datetime import datetime, time, timedelta

import polars as pl
from duckdb import DuckDBPyConnection

from quetma.store import Store, query

MOST = 2_000_000  # rows of uploads that it does not know of: looked through in a moment


def refresh(cursor: DuckDBPyConnection, first: datetime, last: datetime) -> None:
    """Brings it up to date with scans of the people in `touched_person` that came or went between these moments, inside
    the transaction that changed them. Only of whose newest scan went is anything older read.
    """
    span = {"first": first, "last": last}
    seen = cursor.sql(query("seen/among")[0], params=span).pl()
    cursor.register("seen", seen)
    lost = cursor.sql(query("seen/lost")[0], params=span).pl()
    cursor.unregister("seen")
    found, gone = _before(cursor, lost, first)
    put(cursor, pl.concat([seen, found]), last)
    if not gone.is_empty():
        cursor.register("gone", gone)
        cursor.execute(query("seen/remove")[0])
        cursor.unregister("gone")


def _before(cursor: DuckDBPyConnection, lost: pl.DataFrame, until: datetime) -> tuple[pl.DataFrame, pl.DataFrame]:
    """When each of the people (person_id) was last scanned before that moment: person_id, last_seen; and who was not.
    Most were within a few days, so the log is read backwards, each time twice as far.
    """
    [(first,)] = cursor.execute(query("seen/first")[0]).fetchall()
    begin = datetime.combine(first, time()) if first else until
    found, reach = [], timedelta(days=2)
    while until > begin and not lost.is_empty():
        since = max(until - reach, begin)
        cursor.register("lost", lost)
        found.append(cursor.sql(query("seen/before")[0], params={"since": since, "until": until}).pl())
        cursor.unregister("lost")
        lost = lost.join(found[-1], on="person_id", how="anti")
        until, reach = since, 2 * reach
    return pl.concat([lost.clear().with_columns(last_seen=pl.lit(None, pl.Datetime("us"))), *found]), lost


def put(cursor: DuckDBPyConnection, seen: pl.DataFrame, until: datetime) -> None:
    """Writes down the newest scans of people (person_id, last_seen) of whom none between them and `until` is known."""
    cursor.register("seen", seen)
    cursor.execute(query("seen/put")[0], {"until": until})
    cursor.unregister("seen")


def put_off(cursor: DuckDBPyConnection, batch: int) -> None:
    """Notes, inside the transaction of an upload, that its scans are not known here. Of very many it learns at once."""
    cursor.execute(query("seen/put_off")[0], {"batch": batch})
    [(rows,)] = cursor.execute(query("seen/unseen")[0]).fetchall()
    if rows > MOST:
        _catch_up(cursor)


def catch_up(store: Store) -> None:
    """Learns of the uploads that are not known here, if there are any."""
    if not store.ask("seen/unseen").item():
        return
    with store.write() as cursor:
        _catch_up(cursor)


def _catch_up(cursor: DuckDBPyConnection) -> None:
    cursor.execute(query("seen/catch_up")[0])
    cursor.execute(query("seen/caught_up")[0])
