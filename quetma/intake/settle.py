"""What a file's facts mean for the store as it is now: who and where is known, and which rows are duplicates.

Asked twice: for the preview, and again inside the write transaction, because another upload may have come in between.
"""

from dataclasses import dataclass

import polars as pl
from duckdb import DuckDBPyConnection

from quetma.intake.facts import Facts
from quetma.people import spelling
from quetma.store import query


@dataclass(frozen=True)
class Rule:
    """When two facts of one file are about the same thing (`key`), and which query finds those the store holds already.

    The later of two equal facts is a duplicate. Where they also have to agree in `details` and do not, it is rejected
    with `reason`: nobody can tell which of them is true. `extra` are the columns of people that the kind stores or
    compares as well. `about_staff`: a row without a phone is about the one staff member of that name.
    """

    key: tuple[str, ...]
    known: str
    details: tuple[str, ...] = ()
    reason: str = ""
    extra: tuple[str, ...] = ()
    about_staff: bool = True


RULES = {
    "scans": Rule(("person_id", "location_id", "scanned_at", "direction"), "intake/known_scans", about_staff=False),
    "roster": Rule(
        ("person_id",),
        "intake/known_roster",
        ("location_id", "position", "smartphone", "started", "ended"),
        "repeated_person",
        ("name", "birth_year"),
    ),
    "doses": Rule(("person_id", "number"), "intake/known_doses", ("given_on",), "repeated_dose"),
    "apps": Rule(("person_id", "app"), "intake/known_apps"),
    "declarations": Rule(("person_id", "declared_at"), "intake/known_declarations"),
}


@dataclass(frozen=True)
class Settled:
    """rows: line, raw, reason, outcome (accepted | duplicate | rejected). facts: only the new ones, with line,
    person_id and location_id; ids below zero stand for people and places that are new. people, places: with their
    ids."""

    rows: pl.DataFrame
    facts: pl.DataFrame
    people: pl.DataFrame
    places: pl.DataFrame

    def fresh(self, frame: pl.DataFrame, key: str) -> pl.DataFrame:
        """The rows of `people` or `places` that are new and that a new fact names."""
        if key not in self.facts.columns:
            return frame.clear()
        return frame.filter(pl.col(key) < 0).join(
            self.facts.select(key).unique(), on=key, how="semi", maintain_order="left"
        )


def settle(cursor: DuckDBPyConnection, kind: str, found: Facts, sha256: str) -> Settled:
    """Compares the facts of a file with the store."""
    rule = RULES[kind]
    people = _people(cursor, found.people, rule.about_staff)
    places = _known(cursor, "intake/known_places", "places", found.places, "place", "location_id")
    facts = found.facts.with_columns(line=found.rows["line"].gather(found.facts["row"]))
    told = people.select("who", "person_id", "ambiguous", *rule.extra)
    facts = facts.join(told, on="who", how="left", maintain_order="left")
    if "place" in facts.columns:
        facts = facts.join(places.select("place", "location_id"), on="place", how="left", maintain_order="left")
    refused = facts.filter("ambiguous").select("row", reason=pl.lit("ambiguous_person"))
    facts = facts.filter(~pl.col("ambiguous")).drop("ambiguous").with_row_index("fact")
    if rule.details:
        first = [pl.col(c).eq_missing(pl.col(c).first().over(rule.key)) for c in rule.details]
        differs = facts.select(~pl.all_horizontal(first)).to_series()
        refused = pl.concat([refused, facts.filter(differs).select("row", reason=pl.lit(rule.reason))])
        facts = facts.filter(~differs)
    fresh = facts.filter(_one_of_each(kind, rule))
    fresh = fresh.join(_known_facts(cursor, rule, fresh, sha256), on="fact", how="anti", maintain_order="left")

    taken = pl.repeat(False, found.rows.height, eager=True).scatter(fresh["row"].unique(), True)
    rows = found.rows.with_row_index("row").join(refused, on="row", how="left", suffix="_now", maintain_order="left")
    rows = rows.with_columns(reason=pl.coalesce("reason", "reason_now")).select(
        "line", "raw", "reason",
        outcome=pl.when(pl.col("reason").is_not_null()).then(pl.lit("rejected"))
        .when(taken).then(pl.lit("accepted"))
        .otherwise(pl.lit("duplicate")),
    )  # fmt: skip
    return Settled(rows, fresh, people, places)


def _one_of_each(kind: str, rule: Rule) -> pl.Expr:
    """Of equal facts the first; of a dose the first that is confirmed, if any is."""
    first = pl.struct(rule.key).is_first_distinct()
    if kind != "doses":
        return first
    confirmed = pl.col("confirmed_by").is_not_null()
    first_of_these = pl.struct(*rule.key, confirmed.alias("confirmed")).is_first_distinct()
    return pl.when(confirmed.any().over(rule.key)).then(confirmed & first_of_these).otherwise(first)


def _known(
    cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, key: str, column: str
) -> pl.DataFrame:
    """`frame` with the store's id of each row in `column`; a new one gets a number below zero of its own."""
    known = _ask(cursor, name, frame_name, frame)
    return frame.join(known, on=key, how="left", maintain_order="left").with_columns(
        pl.coalesce(pl.col(column).cast(pl.Int64), -1 - pl.col(key)).alias(column)
    )


def _people(cursor: DuckDBPyConnection, people: pl.DataFrame, about_staff: bool) -> pl.DataFrame:
    """The people with their person_id, and `ambiguous` for a name that several staff members have."""
    people = _known(cursor, "intake/known_people", "people", people, "who", "person_id")
    people = people.with_columns(ambiguous=pl.lit(False))
    nameless = people.filter(pl.col("phone").is_null() & ~pl.col("masked"))
    if not about_staff or nameless.is_empty():
        return people
    staff: dict[str, list[tuple[int, int | None]]] = {}
    for person_id, name, year in cursor.sql(query("intake/staff_names")[0]).fetchall():
        staff.setdefault(spelling(name), []).append((person_id, year))
    ids, ambiguous = people["person_id"].to_list(), people["ambiguous"].to_list()
    for who, name, year in nameless.select("who", "name", "birth_year").iter_rows():
        same = [i for i, born in staff.get(spelling(name), []) if year is None or born is None or born == year]
        if len(same) == 1:
            ids[who] = same[0]
        ambiguous[who] = len(same) > 1
    return people.with_columns(pl.Series("person_id", ids, pl.Int64), pl.Series("ambiguous", ambiguous, pl.Boolean))


def _known_facts(cursor: DuckDBPyConnection, rule: Rule, facts: pl.DataFrame, sha256: str) -> pl.DataFrame:
    """The `fact` numbers that the store holds already."""
    facts = facts.filter(pl.all_horizontal(pl.col(c) > 0 for c in ("person_id", "location_id") if c in facts.columns))
    if facts.is_empty():
        return facts.select("fact")
    params: dict[str, object] = {"sha256": sha256}
    if "scanned_at" in facts.columns:
        params |= {"first": facts["scanned_at"].min(), "last": facts["scanned_at"].max()}
    return _ask(cursor, rule.known, "facts", facts, **params)


def _ask(cursor: DuckDBPyConnection, name: str, frame_name: str, frame: pl.DataFrame, **params: object) -> pl.DataFrame:
    """A named query over a frame; of `params`, what it binds."""
    text, binds = query(name)
    cursor.register(frame_name, frame)
    answer = cursor.sql(text, params={name: params[name] for name in binds} or None).pl()
    cursor.unregister(frame_name)
    return answer
