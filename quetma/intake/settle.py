"""What a file's facts mean for the store as it is now: who and where is known, and which rows are duplicates.

Asked twice: for the preview, and again inside the write transaction, because another upload may have come in between.
"""

from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from quetma.intake.facts import Facts
from quetma.store import query

# Two facts of one file with equal values in these columns are one fact; the later row is a duplicate.
KEYS = {
    "scans": ["person_id", "location_id", "scanned_at", "direction"],
    "roster": ["person_id"],
    "doses": ["person_id", "number", "given_on"],
    "apps": ["person_id", "app"],
    "declarations": ["person_id", "declared_at"],
}
# Kinds about staff: a row without a phone is about the one staff member of that name.
ABOUT_STAFF = {"roster", "doses", "apps", "declarations"}
ROSTER_DETAILS = ["location_id", "position", "smartphone", "started", "ended", "name", "birth_year"]


@dataclass(frozen=True)
class Settled:
    """rows: line, raw, reason, outcome (accepted | duplicate | rejected). facts: only the new ones, with line, person_id and
    location_id; ids below zero stand for people and places that are new. people, places: with their ids."""

    rows: pl.DataFrame
    facts: pl.DataFrame
    people: pl.DataFrame
    places: pl.DataFrame

    def fresh(self, frame: pl.DataFrame, key: str) -> pl.DataFrame:
        """The rows of `people` or `places` that are new and that a new fact names."""
        if key not in self.facts.columns:
            return frame.clear()
        return frame.filter(pl.col(key) < 0).join(self.facts.select(key).unique(), on=key, how="semi", maintain_order="left")


def settle(cursor: DuckDBPyConnection, kind: str, found: Facts, sha256: str) -> Settled:
    """Compares the facts of a file with the store."""
    people = _people(cursor, kind, found.people)
    places = _known(cursor, "places", found.places, "place", "location_id")
    facts = found.facts.with_columns(line=found.rows["line"].gather(found.facts["row"]))
    facts = facts.join(people, on="who", how="left", maintain_order="left")
    if "place" in facts.columns:
        facts = facts.join(places.select("place", "location_id"), on="place", how="left", maintain_order="left")
    rows = found.rows
    refusals = [facts.filter("ambiguous").select("row", reason=pl.lit("ambiguous_person"))]
    facts = facts.filter(~pl.col("ambiguous")).with_row_index("fact")

    again = ~pl.struct(KEYS[kind]).is_first_distinct()
    if kind == "roster":
        same = pl.all_horizontal(pl.col(c).eq_missing(pl.col(c).first().over("person_id")) for c in ROSTER_DETAILS)
        other = facts.filter(again & ~same)
        refusals.append(other.select("row", reason=pl.lit("repeated_person")))
        facts = facts.filter(~(again & ~same))
    elif kind == "doses":  # a second row may bring the confirmation that the first lacks
        confirmed = pl.col("confirmed_by").is_not_null()
        confirms = confirmed & pl.struct([*KEYS[kind], confirmed.alias("confirmed")]).is_first_distinct()
        again &= ~confirms
    known = _known_facts(cursor, kind, facts, sha256)
    fresh = facts.filter(~again).join(known, on="fact", how="anti", maintain_order="left")

    refused = pl.concat(refusals).unique("row")
    taken = pl.repeat(False, rows.height, eager=True).scatter(fresh["row"].unique(), True)
    rows = rows.with_row_index("row").join(refused, on="row", how="left", suffix="_now", maintain_order="left")
    rows = rows.with_columns(reason=pl.coalesce("reason", "reason_now")).select(
        "line", "raw", "reason",
        outcome=pl.when(pl.col("reason").is_not_null()).then(pl.lit("rejected"))
        .when(taken).then(pl.lit("accepted"))
        .otherwise(pl.lit("duplicate")),
    )  # fmt: skip
    return Settled(rows, fresh, people, places)


def _known(cursor: DuckDBPyConnection, name: str, frame: pl.DataFrame, key: str, column: str) -> pl.DataFrame:
    """`frame` with the store's id of each row in `column`; a new one gets a number below zero of its own."""
    known = _ask(cursor, f"intake/known_{name}", name, frame)
    return frame.join(known, on=key, how="left", maintain_order="left").with_columns(
        pl.coalesce(pl.col(column).cast(pl.Int64), -1 - pl.col(key)).alias(column)
    )


def _people(cursor: DuckDBPyConnection, kind: str, people: pl.DataFrame) -> pl.DataFrame:
    """The people with their person_id, and `ambiguous` for a name that several staff members have."""
    people = _known(cursor, "people", people, "who", "person_id").with_columns(ambiguous=pl.lit(False))
    nameless = people.filter(pl.col("phone").is_null() & ~pl.col("masked"))
    if kind not in ABOUT_STAFF or nameless.is_empty():
        return people
    staff: dict[str, list[tuple[int, int | None]]] = {}
    for person_id, name, year in cursor.sql(query("intake/staff_names")[0]).fetchall():
        staff.setdefault(name.lower(), []).append((person_id, year))
    ids, ambiguous = people["person_id"].to_list(), people["ambiguous"].to_list()
    for who, name, year in nameless.select("who", "name", "birth_year").iter_rows():
        same = [i for i, born in staff.get(name.lower(), []) if year is None or born is None or born == year]
        if len(same) == 1:
            ids[who] = same[0]
        ambiguous[who] = len(same) > 1
    return people.with_columns(pl.Series("person_id", ids, pl.Int64), pl.Series("ambiguous", ambiguous, pl.Boolean))


def _known_facts(cursor: DuckDBPyConnection, kind: str, facts: pl.DataFrame, sha256: str) -> pl.DataFrame:
    """The `fact` numbers that the store holds already."""
    facts = facts.filter(pl.all_horizontal(pl.col(c) > 0 for c in ("person_id", "location_id") if c in facts.columns))
    if facts.is_empty():
        return facts.select("fact")
    params = {
        "scans": {"first": facts["scanned_at"].min(), "last": facts["scanned_at"].max()} if kind == "scans" else {},
        "roster": {"sha256": sha256},
    }.get(kind, {})
    return _ask(cursor, f"intake/known_{kind}", "facts", facts, **params)


def _ask(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, **params: object) -> pl.DataFrame:
    """A named query over a frame."""
    cursor.register(frame_name, frame)
    answer = cursor.sql(query(name)[0], params=params or None).pl()
    cursor.unregister(frame_name)
    return answer
