"""Writing a prepared file into the store: wholly, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import rollups
from quetma.intake.errors import IntakeError
from quetma.intake.prepare import Prepared, resettle
from quetma.people import fold, sort_key
from quetma.store import Store, now, query

# What load is doing, for the progress shown. English texts are message identifiers.
STEPS = ("Comparing with what is stored", "Storing the rows", "Making stays and daily figures", "Saving")

INSERT = {
    "scans": "intake/insert_scans",
    "roster": "intake/insert_roster",
    "doses": "intake/insert_doses",
    "apps": "intake/insert_apps",
    "declarations": "intake/insert_declarations",
}


@dataclass(frozen=True)
class Batch:
    """One upload as it was stored. rejects: line, reason, raw."""

    batch_id: int
    file_name: str
    kind: str
    rows: int
    accepted: int
    duplicates: int
    rejected: int
    rejects: pl.DataFrame

    def json(self) -> dict[str, Any]:
        """The object of `import --json`; rows = accepted + duplicates + rejected."""
        return {
            "batch": self.batch_id, "file": self.file_name, "kind": self.kind,
            "rows": self.rows, "accepted": self.accepted, "duplicates": self.duplicates, "rejected": self.rejected,
            "rejects": self.rejects.to_dicts(),
        }  # fmt: skip


def load(store: Store, prepared: Prepared, account: str, progress: Callable[[str], None] = lambda step: None) -> Batch:
    """Stores a prepared file in one transaction: people, locations, facts, rejects, the batch, and everything derived.

    Duplicates are decided anew against the store as it is at this moment. A file that brings nothing new still leaves
    its batch, with accepted 0, so that the list of uploads tells what happened. `progress` is told each of `STEPS` as
    it begins. Raises `IntakeError` when a location has yet to be given.
    """
    if prepared.needs_location:
        raise IntakeError("The file names no location. Say which location it is from. Nothing was changed.")
    with store.write() as cursor:
        progress(STEPS[0])
        prepared = resettle(cursor, prepared)
        progress(STEPS[1])
        batch_id, next_person, next_location = cursor.sql(query("intake/next_ids")[0]).fetchall()[0]
        facts = _with_ids(cursor, prepared, batch_id, next_person, next_location)
        if not facts.is_empty():
            _put(cursor, INSERT[prepared.kind], "facts", facts, batch=batch_id)
        rejects = prepared.rejects.with_columns(pl.col("raw").str.replace_all("\0", "␀", literal=True))
        if not rejects.is_empty():
            _put(cursor, "intake/insert_rejects", "rejects", rejects, batch=batch_id)
        counts = prepared.counts
        first, last = prepared.span
        cursor.execute(
            query("intake/insert_batch")[0],
            {
                "batch": batch_id, "kind": prepared.kind, "file_name": prepared.part.file_name,
                "sha256": prepared.part.sha256, "sheet": prepared.part.sheet, "origin": "{}",
                "uploaded_at": now(), "uploaded_by": account, "row_count": counts["rows"],
                "accepted": counts["accepted"], "duplicates": counts["duplicates"], "rejected": counts["rejected"],
                "first_day": first, "last_day": last,
            },
        )  # fmt: skip
        progress(STEPS[2])
        if not facts.is_empty():
            rollups.derive(cursor, rollups.touch(cursor, batch_id))
        progress(STEPS[3])
    return Batch(batch_id, prepared.part.file_name, prepared.kind, **counts, rejects=rejects)


def _with_ids(
    cursor: DuckDBPyConnection, prepared: Prepared, batch_id: int, next_person: int, next_location: int
) -> pl.DataFrame:
    """The new facts with the real ids of people and locations; stores those that are new."""
    settled = prepared.settled
    facts = settled.facts
    people = settled.fresh(settled.people, "person_id").unique("person_id", maintain_order=True)
    facts = _number(facts, people, "person_id", next_person)
    if not people.is_empty():
        _put(
            cursor,
            "intake/insert_people",
            "fresh",
            _keys(_number(people, people, "person_id", next_person)),
        )
    if "location_id" in facts.columns:
        places = settled.fresh(settled.places, "location_id")
        facts = _number(facts, places, "location_id", next_location)
        if not places.is_empty():
            _put(
                cursor,
                "intake/insert_locations",
                "fresh",
                _number(places, places, "location_id", next_location),
            )
    if prepared.kind == "roster" and not facts.is_empty():
        _put(cursor, "intake/rename_people", "named", _keys(facts.select("person_id", "name", "birth_year")))
    return facts


def _number(frame: pl.DataFrame, fresh: pl.DataFrame, column: str, first: int) -> pl.DataFrame:
    """`frame` with the numbers below zero in `column` replaced: the n-th of `fresh` becomes `first` + n."""
    if fresh.is_empty():
        return frame
    real = fresh.select(column).with_columns(real=pl.int_range(first, first + fresh.height))
    return (
        frame.join(real, on=column, how="left", maintain_order="left")
        .with_columns(pl.coalesce("real", column).alias(column))
        .drop("real")
    )


def _keys(people: pl.DataFrame) -> pl.DataFrame:
    """People with the keys they are searched and ordered by."""
    names = people["name"].to_list()
    return people.with_columns(
        name_key=pl.Series([fold(name) for name in names], dtype=pl.String),
        sort_key=pl.Series([sort_key(name) for name in names], dtype=pl.String),
    )


def _put(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, **params: object) -> None:
    """Runs a named statement over a frame."""
    cursor.register(frame_name, frame)
    cursor.execute(query(name)[0], params or None)
    cursor.unregister(frame_name)
