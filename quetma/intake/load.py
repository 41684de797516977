"""Writing a prepared file into the store: wholly, or not at all."""

import json
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import rollups, seen, stays, touch
from quetma.intake import recount
from quetma.intake.choices import Choices
from quetma.intake.errors import IntakeError
from quetma.intake.prepare import NO_LOCATION, Prepared, resettle
from quetma.people import fold
from quetma.store import Store, now, people_changed, query

# What load is doing, for the progress shown. English texts are message identifiers.
STEPS = ("Comparing with what is stored", "Storing the rows", "Making stays and daily figures", "Saving")

INSERT = {
    "scans": "intake/insert_scans",
    "roster": "intake/insert_roster",
    "doses": "intake/insert_doses",
    "apps": "intake/insert_apps",
    "declarations": "intake/insert_declarations",
    "absences": "intake/insert_absences",
    "exemptions": "intake/insert_exemptions",
}


@dataclass(frozen=True)
class Batch:
    """One upload as it was stored. rejects: line, reason, raw. again: the very same table was stored before, as this
    upload, and nothing was changed; none of its rows is accepted.
    """

    batch_id: int
    file_name: str
    kind: str
    rows: int
    accepted: int
    duplicates: int
    rejected: int
    rejects: pl.DataFrame
    again: bool = False

    def json(self) -> dict[str, Any]:
        """The object of `import --json`; rows = accepted + duplicates + rejected."""
        return {
            "batch": self.batch_id, "file": self.file_name, "kind": self.kind,
            "rows": self.rows, "accepted": self.accepted, "duplicates": self.duplicates, "rejected": self.rejected,
            "rejects": self.rejects.to_dicts(), **({"again": True} if self.again else {}),
        }  # fmt: skip


def load(store: Store, prepared: Prepared, account: str, progress: Callable[[str], None] = lambda step: None) -> Batch:
    """Stores a prepared file in one transaction: people, locations, facts, rejects, the batch, and everything derived.

    Duplicates are decided anew against the store as it is at this moment. A file that brings nothing new still leaves
    its batch, with accepted 0, so that the list of uploads tells what happened; the very same table again changes
    nothing. `progress` is told each of `STEPS` as it begins. Raises `IntakeError` when a location has yet to be given.
    """
    if prepared.needs_location:
        raise IntakeError(NO_LOCATION)
    with store.write() as cursor:
        progress(STEPS[0])
        known = cursor.execute(query("units/of_account")[0], {"account": account}).fetchall()
        unit = known[0][0] if known else None
        if prepared.version != store.version or unit is not None:
            prepared = resettle(cursor, prepared, unit)
        rejects = prepared.rejects.with_columns(pl.col("raw").str.replace_all("\0", "␀", literal=True))
        of_table = {"sha256": prepared.part.sha256, "sheet": prepared.part.sheet}
        if first := cursor.execute(query("intake/same_file")[0], of_table).fetchone():
            return _batch(first[0], prepared, prepared.counts, rejects, again=True)
        progress(STEPS[1])
        batch_id, next_person, next_location = cursor.sql(query("intake/next_ids")[0]).fetchall()[0]
        if not rejects.is_empty():
            _put(cursor, "intake/insert_rejects", "rejects", rejects, batch=batch_id)
            cursor.execute(query("intake/insert_mended_before")[0], {"batch": batch_id} | of_table)
        counts = prepared.counts
        first, last = prepared.span
        cursor.execute(
            query("intake/insert_batch")[0],
            {
                "batch": batch_id, "kind": prepared.kind, "file_name": prepared.part.file_name,
                "sha256": prepared.part.sha256, "sheet": prepared.part.sheet, "origin": _origin(prepared),
                "source": prepared.found.source,
                "uploaded_at": now(), "uploaded_by": account, "row_count": counts["rows"],
                "accepted": counts["accepted"], "duplicates": counts["duplicates"], "rejected": counts["rejected"],
                "first_day": first, "last_day": last,
            },
        )  # fmt: skip
        if not prepared.facts.marks.is_empty():
            taken = prepared.rows.filter(pl.col("outcome") != "rejected")
            marks = prepared.facts.marks.join(taken, on="line", how="semi")
            _put(cursor, "intake/insert_mends", "marks", marks, batch=batch_id)
        known, unsure, begun = _store(cursor, prepared, batch_id, next_person, next_location, unit)
        _remember(cursor, prepared, account)
        touched = recount.anew(cursor) if unsure else touch.Touched()
        if touched != touch.Touched():  # somebody is somebody else now
            begun = None
        recount.names(cursor, _may_rename(cursor, prepared.kind, known))
        counts |= _ask_counts(cursor, batch_id)
        progress(STEPS[2])
        if begun:
            seen.put_off(cursor, batch_id)
            rollups.derive(cursor, *begun)
        else:
            touched |= touch.of_upload(cursor, batch_id)
            if touched != touch.Touched():
                rollups.derive(cursor, touched)
        progress(STEPS[3])
    return _batch(batch_id, prepared, counts, rejects)


def _batch(
    batch_id: int, prepared: Prepared, counts: dict[str, int], rejects: pl.DataFrame, again: bool = False
) -> Batch:
    return Batch(
        batch_id, prepared.part.file_name, prepared.kind, counts["rows"], counts["accepted"], counts["duplicates"],
        counts["rejected"], rejects, again,
    )  # fmt: skip


def _origin(prepared: Prepared) -> str:
    """How the table was read, as JSON: gives rejected rows back in its shape, and reads mended ones the same way."""
    found, proposal = prepared.found, prepared.found.proposal
    told = {
        "headers": proposal.headers, "separator": proposal.separator, "sheet": found.part.sheet,
        "columns": proposal.columns, "choices": json.loads(found.choices.json()),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def _store(
    cursor: DuckDBPyConnection,
    prepared: Prepared,
    batch_id: int,
    next_person: int,
    next_location: int,
    unit: int | None,
) -> tuple[pl.DataFrame, bool, tuple[touch.Touched, Future[stays.Moved]] | None]:
    """Stores the facts, the people and places that are new, and what the file calls them. Returns what it says of the
    people who were known before: person_id, name, birth_year, otherwise (`Settled`); whether it may tell who somebody
    really is; and of scans what they touch and the stays begun meanwhile (`stays.ahead`). unit: whose the new places
    are; None: the root's.
    """
    settled = prepared.settled
    if settled.facts.is_empty():
        return settled.people.clear(), False, None
    with ThreadPoolExecutor(1) as worker:  # what there is very much of is made ready while the store is asked
        named = worker.submit(settled.named, settled.people, "person_id")
        numbers = settled.people["person_id"]
        scans = prepared.kind == "scans"
        ahead = stays.ahead(cursor, settled.facts, numbers.filter(numbers > 0)) if scans else None
        people = named.result()
    fresh = people.filter(pl.col("person_id") < 0)
    known = people.filter(pl.col("person_id") > 0)
    persons = _real_ids(fresh["person_id"], next_person)
    if not fresh.is_empty():
        former = _frame(cursor, "intake/former_people", "fresh", fresh)
        if not former.is_empty():
            cursor.register("fresh", fresh)
            cursor.execute(query("intake/forget_former")[0])
            cursor.unregister("fresh")
            back = fresh.select("identity").join(former, on="identity", how="left", maintain_order="left")["former_id"]
            persons = persons.with_columns(real=pl.coalesce(back, "real"))
    places = settled.named(settled.places, "location_id")
    fresh_places = places.filter(pl.col("location_id") < 0)
    locations = _real_ids(fresh_places["location_id"], next_location)
    with ThreadPoolExecutor(1) as worker:
        facts = worker.submit(_facts, prepared, persons, locations)
        keyed = worker.submit(lambda: recount.with_keys(_number(fresh, "person_id", persons)))
        people = _number(people, "person_id", persons)
        begun = (touch.Touched(ahead.span, ahead.days), ahead.begin(facts.result)) if ahead else None
        _put(cursor, "intake/insert_claims", "claims", people, batch=batch_id)
        if not fresh_places.is_empty():
            numbered = _number(fresh_places, "location_id", locations)
            _put(cursor, "intake/insert_locations", "fresh", numbered, unit=unit)
        if not places.is_empty():
            _put(
                cursor,
                "intake/insert_place_claims",
                "claims",
                _number(places, "location_id", locations),
                batch=batch_id,
            )
        _put(cursor, INSERT[prepared.kind], "facts", facts.result(), batch=batch_id)
        if not fresh.is_empty():
            _put(cursor, "intake/insert_people", "fresh", keyed.result())
            people_changed(cursor, keyed.result()["person_id"])
    # A new staff list, or a new name, may tell who somebody is; whoever comes back may be decided about already.
    unsure = (
        prepared.kind == "roster" or recount.may_be_staff(cursor, fresh) or bool((persons["real"] < next_person).any())
    )
    return known, unsure, begun


def _may_rename(cursor: DuckDBPyConnection, kind: str, known: pl.DataFrame) -> pl.Series:
    """Those of the people known before whose shown name or birth year this upload may change: of very many, few."""
    if kind == "roster":
        return known["person_id"]
    aliases = recount.stored_aliases(cursor)
    told = known.filter(pl.col("otherwise") | pl.col("person_id").is_in([*aliases, *aliases.values()]))
    if told.is_empty():
        return told["person_id"]
    return _frame(cursor, "intake/may_rename", "told", told)["person_id"]


def _facts(prepared: Prepared, persons: pl.DataFrame, locations: pl.DataFrame) -> pl.DataFrame:
    """The facts with their lines and the real numbers of their people and places."""
    settled = prepared.settled
    ids = _number(settled.people, "person_id", persons)["person_id"]
    facts = settled.facts.with_columns(
        line=settled.rows["line"].gather(settled.facts["row"]), person_id=ids.gather(settled.facts["who"])
    ).drop("row", "who")
    if "place" in facts.columns:
        ids = _number(settled.places, "location_id", locations)["location_id"]
        facts = facts.with_columns(location_id=ids.gather(facts["place"])).drop("place")
    return facts


def _remember(cursor: DuckDBPyConnection, prepared: Prepared, account: str) -> None:
    """Keeps what was chosen by hand, for tables that look the same and for other names of locations."""
    found, moment = prepared.found, now()
    mended = not found.facts.marks.is_empty()  # its headers stand where we put them
    if found.choices.reading != Choices() and not found.as_last_time and not mended:
        cursor.execute(
            query("intake/remember")[0],
            {
                "signature": found.proposal.signature, "choices": found.choices.reading.json(),
                "account": account, "moment": moment,
            },
        )  # fmt: skip
    meant = {fold(name): fold(other) for name, other in found.choices.places.items() if fold(name) != fold(other)}
    if meant:
        names = pl.DataFrame({"place": list(meant), "name_key": list(meant.values())})
        called = _frame(cursor, "intake/known_places", "places", names).rename({"place": "name_key"})
        _put(cursor, "intake/call_location", "called", called, account=account, moment=moment)


def _real_ids(fresh: pl.Series, first: int) -> pl.DataFrame:
    """The numbers for new people or places in the order they are named: the n-th of `fresh` is `first` + n."""
    return pl.DataFrame({"id": fresh, "real": pl.int_range(first, first + len(fresh), eager=True)})


def _number(frame: pl.DataFrame, column: str, real: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the numbers below zero in `column` replaced by the real ones."""
    if real.is_empty():
        return frame
    return (
        frame.join(real, left_on=column, right_on="id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("real", column).alias(column))
        .drop("real")
    )


def _frame(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The answer of a named query over a frame."""
    cursor.register(frame_name, frame)
    answer = cursor.sql(query(name)[0]).pl()
    cursor.unregister(frame_name)
    return answer


def _ask_counts(cursor: DuckDBPyConnection, batch_id: int) -> dict[str, int]:
    """accepted and duplicates as they are after it was decided who is who."""
    [(accepted, duplicates)] = cursor.execute(query("intake/counts")[0], {"batch": batch_id}).fetchall()
    return {"accepted": accepted, "duplicates": duplicates}


def _put(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, **params: object) -> None:
    """Runs a named statement over a frame."""
    cursor.register(frame_name, frame)
    cursor.execute(query(name)[0], params or None)
    cursor.unregister(frame_name)
