"""Taking an upload back: the store is then exactly as if it had never been."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import rollups, touch
from quetma.intake import recount
from quetma.store import Store, StoreError, now, people_changed, query
from quetma.touch import ROWS, Touched

FEW = 100  # people whose names are sooner found out than looked for in all uploads
LAST = 16  # uploads, in which most people are named


@dataclass(frozen=True)
class Undone:
    """An upload that was taken back. rows_removed: its good rows, duplicates too; rows_restored: rows of other uploads
    that repeated them and count now.
    """

    batch_id: int
    file_name: str
    kind: str
    rows_removed: int
    rows_restored: int

    def json(self) -> dict[str, Any]:
        """The object of `undo --json`."""
        return {
            "batch": self.batch_id,
            "file": self.file_name,
            "rows_removed": self.rows_removed,
            "rows_restored": self.rows_restored,
        }


def undo(store: Store, batch_id: int, account: str) -> Undone:
    """Takes an upload back in one transaction: its rows, what only it named, and everything that was derived from it.
    Later uploads that repeated its rows count instead. What people decided stays.

    Raises `StoreError` when there is no such upload, it was taken back before, or people of another unit loaded it.
    """
    _own(store, batch_id)
    with store.write() as cursor:
        undone, touched = _take_out(cursor, batch_id, account)
        rollups.derive(cursor, touched)
    return undone


def would_undo(store: Store, batch_id: int) -> Undone:
    """What undoing an upload would do; nothing is changed. Raises as `undo` does."""
    _own(store, batch_id)
    with suppress(_NotMeant), store.write() as cursor:
        undone, _ = _take_out(cursor, batch_id, "")
        raise _NotMeant
    return undone


def is_own(store: Store, batch_id: int) -> bool:
    """Whether the people of the store may change an upload: of a unit's store, theirs and those of its doors."""
    return store.unit is None or bool(store.ask("units/own_upload", batch=batch_id).height)


def _own(store: Store, batch_id: int) -> None:
    if not is_own(store, batch_id):
        raise StoreError(f"Upload {batch_id} was not loaded by this unit. Nothing was changed.")


class _NotMeant(Exception):
    """Ends the transaction of a change that was only tried."""


def _take_out(cursor: DuckDBPyConnection, batch_id: int, account: str) -> tuple[Undone, Touched]:
    """Removes an upload and decides anew what counts; what is to be derived again."""
    found = cursor.execute(
        "SELECT file_name, kind, sha256, sheet, row_count - rejected FROM batch WHERE batch_id = ?", [batch_id]
    ).fetchall()
    if not found:
        before = cursor.execute(
            "SELECT undone_at, undone_by FROM batch_undone WHERE batch_id = ?", [batch_id]
        ).fetchall()
        if before:
            [(at, by)] = before
            raise StoreError(
                f"Upload {batch_id} was undone already, at {at:%H:%M %d/%m/%Y} by {by}. Nothing was changed."
            )
        raise StoreError(f"There is no upload {batch_id}. Nothing was changed.")
    [(file_name, kind, sha256, sheet, removed)] = found
    touched = touch.of_upload(cursor, batch_id)
    people = cursor.sql("SELECT person_id FROM person_claim WHERE batch_id = $batch", params={"batch": batch_id}).pl()

    cursor.execute(
        "INSERT INTO batch_undone BY NAME SELECT *, ? AS undone_at, ? AS undone_by FROM batch WHERE batch_id = ?",
        [now(), account, batch_id],
    )
    for table in ("batch", "unseen_batch", "reject", "person_claim", "location_claim", "door_row", ROWS[kind]):
        cursor.execute(f"DELETE FROM {table} WHERE batch_id = ?", [batch_id])
    cursor.execute("DELETE FROM mend WHERE batch_id = $batch", {"batch": batch_id})  # what mends its rows lives on
    forget(cursor, people)

    # The same file again counted nothing while this one was there; now it is the first.
    again = cursor.execute(
        "SELECT MIN(batch_id) FROM batch WHERE sha256 = ? AND sheet = ?", [sha256, sheet]
    ).fetchall()[0][0]
    if again is not None and again > batch_id:
        touched |= touch.of_upload(cursor, again, duplicates=True)
    touched = recount.anew(
        cursor, touched, None if kind == "roster" or again else _may_rename(cursor, people, batch_id)
    )
    recount.place_names(cursor)
    [(restored,)] = cursor.execute(
        "SELECT COUNT(*) FROM (SELECT DISTINCT batch_id, line FROM recounted WHERE counts)"
    ).fetchall()
    return Undone(batch_id, file_name, kind, removed, restored), touched


def _may_rename(cursor: DuckDBPyConnection, people: pl.DataFrame, batch_id: int) -> pl.Series:
    """Those of the people whom an upload that is gone, no staff list, named who may be called otherwise without it: of
    many, few. Of everybody else an earlier upload says it already.
    """
    others = cursor.sql(query("intake/taken_for_others")[0]).pl().join(people, on="person_id", how="semi")
    return pl.concat([_left(cursor, "intake/may_rename_back", people, batch_id, FEW), others])["person_id"].unique()


def _left(cursor: DuckDBPyConnection, name: str, people: pl.DataFrame, until: int, few: int = 0) -> pl.DataFrame:
    """Those of the people (person_id) of whom no upload before number `until` says what the named query asks. Of most
    one of the `LAST` does, so they are asked backwards, each time four times as many, until no more than `few` are
    left: these may be in doubt.
    """
    uploads = LAST
    while until > 1 and people.height > few:
        since = max(until - uploads, 1)
        cursor.register("claimed", people)
        people = cursor.sql(query(name)[0], params={"since": since, "until": until}).pl()
        cursor.unregister("claimed")
        until, uploads = since, 4 * uploads
    return people


def forget(cursor: DuckDBPyConnection, people: pl.DataFrame) -> None:
    """Removes those of the people (person_id), and the places, that nothing names any more."""
    [(newest,)] = cursor.execute("SELECT COALESCE(MAX(batch_id), 0) FROM batch").fetchall()
    gone = _left(cursor, "intake/unclaimed", people, newest + 1)
    cursor.register("gone", gone)
    cursor.execute(
        """
        INSERT INTO former_person BY NAME SELECT person_id, identity, name, phone_shown FROM person
        WHERE person_id IN (SELECT person_id FROM gone) AND person_id IN (SELECT person_id FROM kept_person)
        """
    )
    cursor.execute("DELETE FROM person WHERE person_id IN (SELECT person_id FROM gone)")
    people_changed(cursor, gone["person_id"])
    cursor.unregister("gone")
    cursor.execute(
        """
        DELETE FROM location WHERE NOT by_hand AND location_id NOT IN (SELECT location_id FROM location_claim)
            AND location_id NOT IN (SELECT location_id FROM location_alias)
        """
    )
