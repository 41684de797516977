"""What a file's facts mean for the store as it is now: who and where is known, and which rows are duplicates.

Asked twice: for the preview, and again inside the write transaction, because another upload may have come in between.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import order
from quetma.intake import recount
from quetma.intake.errors import REASON
from quetma.intake.understand import Found
from quetma.store import now, query


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
OUTCOME = pl.Enum(["accepted", "duplicate", "rejected"])


@dataclass(frozen=True)
class Settled:
    """rows: line, raw, reason, outcome (accepted | duplicate | rejected). facts: those of the rows that are not
    rejected, and counts (false for a duplicate), scans in the order in which they are stored. people, places: with
    person_id and location_id; ids below zero stand for those that are new. people also with otherwise: they are known,
    and may be shown otherwise for it (queries/intake/known_people.sql).
    """

    rows: pl.DataFrame
    facts: pl.DataFrame
    people: pl.DataFrame
    places: pl.DataFrame

    def named(self, frame: pl.DataFrame, key: str) -> pl.DataFrame:
        """The rows of `people` or `places` that a fact names, one for each `key`."""
        number = {"person_id": "who", "location_id": "place"}[key]
        if number not in self.facts.columns:
            return frame.clear()
        every = self.people if number == "who" else self.places  # the n-th of them is number n
        said = pl.repeat(False, every.height, eager=True).scatter(self.facts[number], True)
        return frame.filter(said.gather(frame[number])).filter(pl.col(key).is_first_distinct())

    def fresh(self, frame: pl.DataFrame, key: str) -> pl.DataFrame:
        """The rows of `people` or `places` that are new and that a fact names."""
        return self.named(frame.filter(pl.col(key) < 0), key)


def settle(cursor: DuckDBPyConnection, table: Found, unit: int | None = None) -> Settled:
    """Compares what a table says with the store. What is rejected is the table's own matter: it does not depend on the
    store, so that undoing another upload cannot change it. Only of what somebody of a unit beneath the root (`unit`)
    loads, rows about other units' places and staff are rejected too.
    """
    kind, found = table.kind, table.facts
    places = _known(cursor, "intake/known_places", "places", found.places, "place", "location_id")
    with ThreadPoolExecutor(1) as worker:
        in_order = worker.submit(_as_stored, found.facts, places) if kind == "scans" else None
        people = _known(cursor, "intake/known_people", "people", found.people, "who", "person_id")
        facts = in_order.result() if in_order else found.facts
    if kind in EDITED and "edit" not in facts.columns:  # a file
        facts = facts.with_columns(edit=pl.lit(None, pl.String))
    refused = facts.clear().select("row", reason=pl.lit(None, REASON))
    if rule := REPEATED.get(kind):
        first = [pl.col(c).eq_missing(pl.col(c).first().over(rule.key)) for c in rule.details]
        differs = facts.select(~pl.all_horizontal(first)).to_series()
        refused = facts.filter(differs).select("row", reason=pl.lit(rule.reason, REASON))
        facts = facts.filter(~differs)
    if unit is not None:
        others = _of_others(cursor, table, facts, people, places, unit)
        facts = facts.join(others, on="row", how="anti", maintain_order="left")
        refused = pl.concat([refused, others])
    facts = facts.with_columns(counts=_counts(cursor, table, facts, people, places))

    taken = pl.repeat(False, found.rows.height, eager=True).scatter(facts["row"].filter(facts["counts"]), True)
    rows = found.rows
    if not refused.is_empty():
        rows = rows.with_row_index("row").join(refused, on="row", how="left", suffix="_now", maintain_order="left")
        # Of a scan that could be read the text is not there any more: its line says which it was.
        raw = pl.when(pl.col("reason_now").is_not_null()).then(pl.col("raw").fill_null("")).otherwise("raw")
        rows = rows.with_columns(reason=pl.coalesce("reason", "reason_now"), raw=raw)
    rows = rows.select(
        "line", "raw", "reason",
        outcome=pl.when(pl.col("reason").is_not_null()).then(pl.lit("rejected", OUTCOME))
        .when(taken).then(pl.lit("accepted", OUTCOME))
        .otherwise(pl.lit("duplicate", OUTCOME)),
    )  # fmt: skip
    return Settled(rows, facts, people, places)


def _of_others(
    cursor: DuckDBPyConnection, table: Found, facts: pl.DataFrame, people: pl.DataFrame, places: pl.DataFrame, unit: int
) -> pl.DataFrame:
    """The rows of facts about a place or, but for scans, somebody on the staff list of another unit: row, reason."""
    really = people.select("who", really_id=_really(cursor, table.kind, people))
    cursor.register("places", places)
    theirs = _ask(cursor, "intake/of_others", ("people", really), unit=unit, today=now().date())
    cursor.unregister("places")
    found = []
    for what, reason in (("place", "other_unit"), ("who", "other_staff")):
        if what in facts.columns and (what == "place" or table.kind != "scans"):
            numbers = theirs.filter(pl.col("what") == what)["number"]
            rows = facts.filter(pl.col(what).is_in(numbers.cast(facts.schema[what]).implode()))
            found.append(rows.select("row", reason=pl.lit(reason, REASON)))
    return pl.concat(found).unique("row", keep="first", maintain_order=True)


def _counts(
    cursor: DuckDBPyConnection, table: Found, facts: pl.DataFrame, people: pl.DataFrame, places: pl.DataFrame
) -> pl.Series:
    """Which facts are no duplicates, were they stored now (quetma/intake/recount.py has the rules)."""
    kind, part = table.kind, table.part
    if facts.is_empty() or not _ask(cursor, "intake/same_file", sha256=part.sha256, sheet=part.sheet).is_empty():
        return pl.repeat(False, facts.height, dtype=pl.Boolean, eager=True)
    really = _really(cursor, kind, people)
    if kind != "scans":
        new = facts.with_columns(
            people.select(pl.col("name", "birth_year").gather(facts["who"])).get_columns(),
            id=-1 - pl.int_range(facts.height, dtype=pl.Int64, eager=True),
            line=table.facts.rows["line"].gather(facts["row"]),
            person_id=really.gather(facts["who"]),
        )
        if "place" in facts.columns:
            new = new.with_columns(location_id=places["location_id"].gather(facts["place"]))
        cursor.register("new", new)
        text = recount.consider(cursor, kind, new="new")
        standing = cursor.sql(text).filter("id < 0 AND stands").pl()["id"]
        cursor.unregister("new")
        return new["id"].is_in(standing.implode())
    # The rule of queries/intake/recount/scans.sql for very many rows that come after all others.
    first = _is_first(facts, really, places["location_id"])
    met = (really > 0).gather(facts["who"]) & (places["location_id"] > 0).gather(facts["place"])
    span = facts.select(first=pl.col("scanned_at").min(), last=pl.col("scanned_at").max()).row(0, named=True)
    if not met.any() or _ask(cursor, "intake/any_scan", **span).is_empty():
        return first
    known = facts.select("who", "place", "scanned_at", "direction").with_row_index("fact").filter(met)
    known = known.select(
        "fact", "scanned_at", "direction",
        really=really.gather(known["who"]), location_id=places["location_id"].gather(known["place"]),
    )  # fmt: skip
    known = _ask(cursor, "intake/known_scans", ("facts", known), **span)
    return first.scatter(known["fact"], False)


def _as_stored(scans: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """The scans by day, location_id and second. New places get their numbers after all known ones, in the order in
    which they are named.
    """
    number = pl.col("location_id")
    rank = places.select(pl.when(number > 0).then(number).otherwise(number.max().clip(0) - number)).to_series()
    at = pl.col("scanned_at")
    second = (at.dt.epoch("s") % 86_400).cast(pl.Int32)
    rows = order.of(scans.select(at.dt.date(), rank.cast(pl.Int32).gather(scans["place"]), second=second))
    return scans.select(pl.all().gather(rows))


def _is_first(scans: pl.DataFrame, really: pl.Series, locations: pl.Series) -> pl.Series:
    """Whether a scan is the first of its person, location, direction and second. `scans` are as stored: only those
    of the same second as the one before or after are compared. really: who each of the people is; locations: of each
    place.
    """
    at = scans["scanned_at"]
    same = (at == at.shift()).fill_null(False)
    alike = (same | same.shift(-1, fill_value=False)).arg_true()
    some = scans.select(pl.col("who", "place", "scanned_at", "direction").gather(alike))
    some = some.with_columns(really.gather(some["who"]).alias("who"), locations.gather(some["place"]).alias("place"))
    first = some.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    return pl.repeat(True, scans.height, eager=True).scatter(alike, first)


def _really(cursor: DuckDBPyConnection, kind: str, people: pl.DataFrame) -> pl.Series:
    """The id of each of the people, or of the person they really are."""
    nameless = people.filter((pl.col("person_id") < 0) & pl.col("identity").str.starts_with("name:"))
    staff = people.filter(~pl.col("masked")) if kind == "roster" else None
    if staff is None and not recount.may_be_staff(cursor, nameless):
        aliases = recount.stored_aliases(cursor)
    else:
        aliases = recount.aliases(cursor, nameless, staff)
    ids = people["person_id"]
    if not aliases:
        return ids
    return ids.replace(pl.Series(list(aliases), dtype=pl.Int64), pl.Series(list(aliases.values()), dtype=pl.Int64))


def _known(
    cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, key: str, column: str
) -> pl.DataFrame:
    """`frame`, of which the n-th row has n as `key`, with the store's id of each in `column` and what else is asked;
    a new one gets a number below zero of its own.
    """
    known = _ask(cursor, name, (frame_name, frame))
    numbers = -1 - pl.int_range(frame.height, dtype=pl.Int64, eager=True)
    frame = frame.with_columns(numbers.scatter(known[key], known[column]).alias(column))
    told = known.select(pl.exclude(key, column)).get_columns()
    return frame.with_columns(
        pl.repeat(False, frame.height, eager=True).scatter(known[key], one).alias(one.name) for one in told
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
