"""What a file's facts mean for the store as it is now: who and where is known, and which rows are duplicates.

Asked twice: for the preview, and again inside the write transaction, because another upload may have come in between.
"""

from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import stays
from quetma.intake import recount
from quetma.intake.understand import Found, Part
from quetma.store import query


@dataclass(frozen=True)
class Repeated:
    """Rows of one file that are about the same thing (`key`) have to agree in `details`; a later row that does not is
    rejected with `reason`: nobody can tell which of them is true.
    """

    key: tuple[str, ...]
    details: tuple[str, ...]
    reason: str


REPEATED = {
    "roster": Repeated(("who", "since"), ("place", "position", "smartphone", "started", "ended"), "repeated_person"),
    "doses": Repeated(("who", "number"), ("given_on",), "repeated_dose"),
}
EDITED = ("roster", "doses", "apps", "declarations", "exemptions")  # kinds that can be edited on screen
SCAN = ("really", "location_id", "scanned_at", "direction")


@dataclass(frozen=True)
class Settled:
    """rows: line, raw, reason, outcome (accepted | duplicate | rejected). facts: those of the rows that are not
    rejected, with line, person_id, location_id and counts (false for a duplicate); ids below zero stand for people and
    places that are new. people, places: with their ids."""

    rows: pl.DataFrame
    facts: pl.DataFrame
    people: pl.DataFrame
    places: pl.DataFrame

    def named(self, frame: pl.DataFrame, key: str) -> pl.DataFrame:
        """The rows of `people` or `places` that a fact names."""
        if key not in self.facts.columns:
            return frame.clear()
        return frame.join(self.facts.select(key).unique(), on=key, how="semi", maintain_order="left").unique(
            key, keep="first", maintain_order=True
        )

    def fresh(self, frame: pl.DataFrame, key: str) -> pl.DataFrame:
        """The rows of `people` or `places` that are new and that a fact names."""
        return self.named(frame.filter(pl.col(key) < 0), key)


def settle(cursor: DuckDBPyConnection, table: Found) -> Settled:
    """Compares what a table says with the store. What is rejected is the table's own matter: it does not depend on the
    store, so that undoing another upload cannot change it.
    """
    kind, found = table.kind, table.facts
    people = _known(cursor, "intake/known_people", "people", found.people, "who", "person_id")
    places = _known(cursor, "intake/known_places", "places", found.places, "place", "location_id")
    facts = found.facts.with_columns(line=found.rows["line"].gather(found.facts["row"]))
    if kind in EDITED and "edit" not in facts.columns:  # a file
        facts = facts.with_columns(edit=pl.lit(None, pl.String))
    refused = facts.clear().select("row", reason=pl.lit("", pl.String))
    if rule := REPEATED.get(kind):
        first = [pl.col(c).eq_missing(pl.col(c).first().over(rule.key)) for c in rule.details]
        differs = facts.select(~pl.all_horizontal(first)).to_series()
        refused = facts.filter(differs).select("row", reason=pl.lit(rule.reason))
        facts = facts.filter(~differs)
    facts = facts.with_columns(person_id=people["person_id"].gather(facts["who"]))
    if "place" in facts.columns:
        facts = facts.with_columns(location_id=places["location_id"].gather(facts["place"]))
    facts = facts.with_columns(counts=_counts(cursor, kind, facts, people, table.part))

    taken = pl.repeat(False, found.rows.height, eager=True).scatter(facts.filter("counts")["row"].unique(), True)
    rows = found.rows
    if not refused.is_empty():
        rows = rows.with_row_index("row").join(refused, on="row", how="left", suffix="_now", maintain_order="left")
        rows = rows.with_columns(reason=pl.coalesce("reason", "reason_now"))
    rows = rows.select(
        "line", "raw", "reason",
        outcome=pl.when(pl.col("reason").is_not_null()).then(pl.lit("rejected"))
        .when(taken).then(pl.lit("accepted"))
        .otherwise(pl.lit("duplicate")),
    )  # fmt: skip
    return Settled(rows, facts, people, places)


def _counts(cursor: DuckDBPyConnection, kind: str, facts: pl.DataFrame, people: pl.DataFrame, part: Part) -> pl.Series:
    """Which facts are no duplicates, were they stored now (quetma/intake/recount.py has the rules)."""
    if facts.is_empty() or not _ask(cursor, "intake/same_file", sha256=part.sha256, sheet=part.sheet).is_empty():
        return pl.repeat(False, facts.height, dtype=pl.Boolean, eager=True)
    facts = facts.with_columns(really=_really(cursor, kind, people, facts["person_id"])).with_row_index("fact")
    if kind != "scans":
        facts = facts.join(people.select("who", "name", "birth_year"), on="who", how="left", maintain_order="left")
        new = facts.with_columns(id=-1 - pl.col("fact").cast(pl.Int64), person_id="really")
        cursor.register("new", new)
        text = recount.consider(cursor, kind, new="new")
        standing = cursor.sql(text).filter("id < 0 AND stands").pl()["id"]
        cursor.unregister("new")
        return new["id"].is_in(standing.implode())
    # The rule of queries/intake/recount/scans.sql for very many rows that come after all others.
    first = _is_first(facts)
    known = facts.filter((pl.col("really") > 0) & (pl.col("location_id") > 0))
    if known.is_empty():
        return first
    known = _ask(
        cursor, "intake/known_scans", ("facts", known),
        first=known["scanned_at"].min(), last=known["scanned_at"].max(),
    )  # fmt: skip
    return first.scatter(known["fact"], False)


def _is_first(scans: pl.DataFrame) -> pl.Series:
    """Whether a scan is the first of its person, location, direction and second. Only those of the same location and
    second as another, which sorting them by one number brings together, are compared.
    """
    key = stays.place_order(scans, "scanned_at")
    order = key.arg_sort()
    same = key.gather(order).diff() == 0
    alike = order.filter((same | same.shift(-1)).fill_null(False)).sort()
    first = scans.select(pl.struct(pl.col(*SCAN).gather(alike)).is_first_distinct()).to_series()
    return pl.repeat(True, scans.height, eager=True).scatter(alike, first)


def _really(cursor: DuckDBPyConnection, kind: str, people: pl.DataFrame, ids: pl.Series) -> pl.Series:
    """`ids` of people, each replaced by the person they really are."""
    nameless = people.filter((pl.col("person_id") < 0) & pl.col("identity").str.starts_with("name:"))
    staff = people.filter(~pl.col("masked")) if kind == "roster" else None
    aliases = recount.aliases(cursor, nameless, staff)
    if not aliases:
        return ids
    return ids.replace(pl.Series(list(aliases), dtype=pl.Int64), pl.Series(list(aliases.values()), dtype=pl.Int64))


def _known(
    cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, key: str, column: str
) -> pl.DataFrame:
    """`frame` with the store's id of each row in `column`; a new one gets a number below zero of its own."""
    known = _ask(cursor, name, (frame_name, frame))
    return frame.join(known, on=key, how="left", maintain_order="left").with_columns(
        pl.coalesce(pl.col(column).cast(pl.Int64), -1 - pl.col(key).cast(pl.Int64)).alias(column)
    )


def _ask(
    cursor: DuckDBPyConnection, name: str, frame: tuple[str, pl.DataFrame] | None = None, **params: object
) -> pl.DataFrame:
    """A named query, over a frame by its name."""
    if frame:
        cursor.register(*frame)
    answer = cursor.sql(query(name)[0], params=params or None).pl()
    if frame:
        cursor.unregister(frame[0])
    return answer
