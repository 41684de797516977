"""Deciding anew what follows from the live uploads and from what people decided: who is who, which rows count, and what
people and places are called. The one primitive behind undo, merge and un-merge; `rollups.derive` follows it.

Who is who (table alias): a decision (table merge) first; then one rule. An identity without a phone - a name, maybe a
birth year - that fits exactly one staff member is that staff member: the spelling is that of a live roster, the birth
year does not contradict, and nobody decided that they are apart. Fitting several, it stays on its own.
"""

from collections.abc import Iterable
from contextlib import closing
from typing import NamedTuple

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import enrolled, rollups, touch
from quetma.people import fold_all, given_first, spelling_all
from quetma.store import Store, people_changed, query
from quetma.touch import ROWS, Touched

UNDECIDED = 2**31 - 1  # the upload of rows that are not stored yet: it comes after all others

NAMELESS = pl.Schema({"person_id": pl.Int64, "identity": pl.String})
STAFF = pl.Schema({**NAMELESS, "name": pl.String, "birth_year": pl.Int16})


def anew(cursor: DuckDBPyConnection, touched: Touched | None = None, renamed: pl.Series | None = None) -> Touched:
    """Decides everything anew that the change `touched`, of the people in the temporary table touched_person, can
    alter: who is who for everybody, which rows count, the counts of uploads, names. Ask it inside the transaction of
    the change, and give the answer to `rollups.derive`.

    renamed: who of them may be called otherwise now, when that is known; else all of them.

    Without `touched` only people and decisions have changed (a merge, a roster). The answer is what was touched, and
    what became so because somebody is somebody else now; those are in touched_person then. The temporary table
    recounted(batch_id, line, counts) holds the rows whose standing changed.
    """
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS touched_person (person_id BIGINT)")
    touched = touched or Touched()
    moved = _rename_aliases(cursor)
    if moved:
        touched |= touch.of_people(cursor, moved)
    cursor.execute("CREATE OR REPLACE TEMP TABLE recounted (batch_id INTEGER, line INTEGER, counts BOOLEAN)")
    people = cursor.sql("SELECT person_id FROM touched_person").pl()["person_id"]
    if people.is_empty():
        return touched
    if touched.scans:
        _recount(cursor, "scans", ROWS["scans"], touched)
    for kind in _told(cursor):
        _recount(cursor, kind, ROWS[kind], touched)
    if cursor.execute("SELECT 1 FROM recounted LIMIT 1").fetchall():
        _count_batches(cursor)
    names(cursor, people if renamed is None or moved else renamed)
    return touched


def _told(cursor: DuckDBPyConnection) -> list[str]:
    """The kinds of upload, but scans, with a row about somebody in touched_person: asked far sooner than recounted."""
    kinds = " UNION ALL ".join(
        f"SELECT '{kind}' WHERE EXISTS (SELECT 1 FROM {table} WHERE person_id IN (SELECT person_id FROM named))"
        for kind, table in ROWS.items()
        if kind != "scans"
    )
    asked = f"""
        WITH named AS MATERIALIZED (
            FROM touched_person
            UNION SELECT alias_id FROM alias WHERE person_id IN (SELECT person_id FROM touched_person)
        )
        {kinds}
        """
    return [kind for (kind,) in cursor.execute(asked).fetchall()]


def everything(cursor: DuckDBPyConnection) -> None:
    """Decides and derives the whole store anew."""
    rollups.derive(cursor, anew(cursor, touch.of_everything(cursor)))


def names(cursor: DuckDBPyConnection, people: pl.Series) -> None:
    """Brings the shown names and birth years of these people, and of those they are merged into, up to date."""
    if people.is_empty():
        return
    cursor.register("concerned", pl.DataFrame({"person_id": people}))
    named = cursor.sql(query("intake/names")[0]).pl()
    if not named.is_empty():
        cursor.register("named", with_keys(named))
        cursor.execute(query("intake/rename_people")[0])
        people_changed(cursor, named["person_id"])
        if cursor.execute("SELECT 1 FROM staff_person SEMI JOIN named USING (person_id) LIMIT 1").fetchall():
            enrolled.list_staff(cursor)
        cursor.unregister("named")
    cursor.unregister("concerned")


def place_names(cursor: DuckDBPyConnection) -> None:
    """Brings the shown names of places up to date."""
    cursor.execute(f"UPDATE location SET name = t.name FROM ({query('intake/place_names')[0]}) t "
                   "WHERE t.location_id = location.location_id")  # fmt: skip


def with_keys(people: pl.DataFrame) -> pl.DataFrame:
    """People with the keys they are searched and ordered by."""
    key = fold_all(people["name"])
    return people.with_columns(name_key=key, sort_key=given_first(key))


# Which rows count


def consider(cursor: DuckDBPyConnection, kind: str, where: str = "", new: str = "") -> str:
    """Makes the temporary view that queries/intake/recount/ read, and returns the query of this kind.

    The rows of the uploads that are no repetition, about the person they really are, for which the condition `where`
    holds; or those about the people of the frame `new`, and its own, which come last.
    """
    where = where or f"person_id IN (SELECT person_id FROM {new})"
    told = ""
    joined = ""
    if kind == "roster":
        told = ", n.name, n.birth_year"
        joined = "LEFT JOIN person_claim n ON n.batch_id = r.batch_id AND n.person_id = r.person_id"
    more = f"UNION ALL BY NAME SELECT *, {UNDECIDED} AS batch_id, FALSE AS counts FROM {new}" if new else ""
    cursor.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW considered AS
        FROM (
            SELECT r.rowid AS id, r.* REPLACE (COALESCE(a.person_id, r.person_id) AS person_id) {told}
            FROM {ROWS[kind]} r LEFT JOIN alias a ON a.alias_id = r.person_id {joined}
            WHERE r.batch_id NOT IN (SELECT batch_id FROM repeated)
        ) WHERE {where}
        {more}
        """
    )
    return query(f"intake/recount/{kind}")[0]


def _recount(cursor: DuckDBPyConnection, kind: str, table: str, touched: Touched) -> None:
    where = "person_id IN (SELECT person_id FROM touched_person)"
    if kind == "scans" and touched.scans:
        first, last = touched.scans
        where += f" AND scanned_at BETWEEN TIMESTAMP '{first}' AND TIMESTAMP '{last}'"
    text = consider(cursor, kind, where)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE turned AS SELECT id FROM ({text}) WHERE counts <> stands")
    cursor.execute(f"UPDATE {table} SET counts = NOT counts WHERE rowid IN (SELECT id FROM turned)")
    cursor.execute(
        f"INSERT INTO recounted SELECT batch_id, line, counts FROM {table} WHERE rowid IN (SELECT id FROM turned)"
    )


def _count_batches(cursor: DuckDBPyConnection) -> None:
    """The accepted and duplicate rows of the uploads in recounted."""
    lines = " UNION ALL ".join(
        f"SELECT batch_id, line FROM {table} WHERE counts AND batch_id IN (SELECT batch_id FROM recounted)"
        for table in ROWS.values()
    )
    cursor.execute(
        f"""
        UPDATE batch SET accepted = n.accepted, duplicates = row_count - rejected - n.accepted
        FROM (
            SELECT b.batch_id, COUNT(DISTINCT k.line) AS accepted
            FROM (SELECT DISTINCT batch_id FROM recounted) b LEFT JOIN ({lines}) k ON k.batch_id = b.batch_id
            GROUP BY b.batch_id
        ) n WHERE n.batch_id = batch.batch_id
        """
    )


# Who is who


class _Staff(NamedTuple):
    person_id: int  # the person they are by decision
    birth_year: int | None
    identity_id: int
    named_only: bool  # known by name only, and nothing is decided about them


def aliases(
    cursor: DuckDBPyConnection, nameless: pl.DataFrame | None = None, staff: pl.DataFrame | None = None
) -> dict[int, int]:
    """Who is really somebody else, as it should be: alias_id → person_id.

    `nameless` (person_id, identity) and `staff` (person_id, identity, name, birth_year) are people who are not stored
    yet.
    """
    into = dict(
        cursor.execute(
            """
            SELECT m.person_id, m.into_id FROM merge m
            JOIN person p ON p.person_id = m.person_id JOIN person q ON q.person_id = m.into_id
            """
        ).fetchall()
    )
    found = {one: _root(into, one) for one in into}
    found = {one: root for one, root in found.items() if one != root}
    if staff is None and not cursor.execute("SELECT 1 FROM batch WHERE kind = 'roster' LIMIT 1").fetchall():
        return found
    told = cursor.sql(query("intake/staff_names")[0]).pl().cast(STAFF)
    told = told if staff is None else pl.concat([told, staff.select(STAFF.names()).cast(STAFF)])
    if told.is_empty():
        return found
    known = cursor.sql(query("intake/nameless")[0]).pl().cast(NAMELESS)
    known = (
        known
        if nameless is None
        else pl.concat([known, nameless.select(NAMELESS.names()).cast(NAMELESS)]).unique("person_id")
    )
    written = told["name"].unique()
    spelled = pl.DataFrame({"name": written, "spelled": spelling_all(written)})
    told = told.join(spelled, on="name")
    parts = known.with_columns(
        spelled=pl.col("identity").str.extract(r"^name:(?s)(.*)\|\d*$", 1),
        year=pl.col("identity").str.extract(r"\|(\d+)$", 1).cast(pl.Int64),
    )
    parts = parts.join(told.select("spelled").unique(), on="spelled", how="semi")
    if parts.is_empty():
        return found
    decided = set(into) | set(into.values())
    apart = {frozenset(pair) for pair in cursor.execute("SELECT person_id, other_id FROM apart").fetchall()}
    by_spelling: dict[str, list[_Staff]] = {}
    staff_ids: set[int] = set()
    several = told.group_by("spelled", "person_id").agg(pl.col("identity").first(), pl.col("birth_year").first())
    for spelled_name, person_id, identity, year in several.iter_rows():
        named_only = identity.startswith("name:") and person_id not in decided
        staff_ids.add(person_id)
        by_spelling.setdefault(spelled_name, []).append(
            _Staff(found.get(person_id, person_id), year, person_id, named_only)
        )

    def fitting(person_id: int, year: int | None, candidates: Iterable[_Staff]) -> set[int]:
        """Those of the staff whom this name can be."""
        return {
            found.get(one.person_id, one.person_id)
            for one in candidates
            if (year is None or one.birth_year is None or year == one.birth_year)
            and not apart & {frozenset((person_id, one.identity_id)), frozenset((person_id, one.person_id))}
        } - {person_id}

    # Staff known by name only first: who they are says who the others can be. Of them those with a birth year first.
    parts = parts.filter(~pl.col("person_id").is_in(decided)).with_columns(
        enrolled=pl.col("person_id").is_in(staff_ids)
    )
    for person_id, spelled_name, year, is_staff in (
        parts.sort(~pl.col("enrolled"), pl.col("year").is_null())
        .select("person_id", "spelled", "year", "enrolled")
        .iter_rows()
    ):
        candidates = by_spelling[spelled_name]
        with_phone = [one for one in candidates if not one.named_only]
        fits = fitting(person_id, year, with_phone)
        if not is_staff:
            fits = fitting(person_id, year, candidates)
        elif not fits and year is None:
            fits = fitting(person_id, year, [one for one in candidates if one.named_only])
        if len(fits) == 1:
            found[person_id] = fits.pop()
    return found


def stored_aliases(cursor: DuckDBPyConnection) -> dict[int, int]:
    """Who is really somebody else, as it is stored: alias_id → person_id."""
    return dict(cursor.execute("SELECT alias_id, person_id FROM alias").fetchall())


def may_be_staff(cursor: DuckDBPyConnection, people: pl.DataFrame) -> bool:
    """Whether one of these new people (identity, name), known by name only, has the name of a staff member."""
    nameless = people.filter(pl.col("identity").str.starts_with("name:"))
    if nameless.is_empty():
        return False
    staff = cursor.sql(query("intake/roster_names")[0]).pl()["name"]
    return bool(set(spelling_all(nameless["name"])) & set(spelling_all(staff)))


def _root(into: dict[int, int], one: int) -> int:
    seen = {one}
    while (following := into.get(one)) is not None and following not in seen:
        one = following
        seen.add(one)
    return one


def _rename_aliases(cursor: DuckDBPyConnection) -> set[int]:
    """Writes the aliases as they should be. Returns who became, or no longer is, somebody else, and whom."""
    stored, found = stored_aliases(cursor), aliases(cursor)
    gone = [one for one in stored if one not in found]
    come = [[one, who] for one, who in found.items() if one not in stored]
    changed = [[who, one] for one, who in found.items() if one in stored and stored[one] != who]
    for sql, rows in (
        ("DELETE FROM alias WHERE alias_id = ?", [[one] for one in gone]),
        ("INSERT INTO alias VALUES (?, ?)", come),
        ("UPDATE alias SET person_id = ? WHERE alias_id = ?", changed),
    ):
        if rows:
            cursor.executemany(sql, rows)
    moved = {one for one, _ in set(stored.items()) ^ set(found.items())}
    return moved | {stored[one] for one in moved & stored.keys()} | {found[one] for one in moved & found.keys()}


def check(store: Store) -> list[str]:
    """Decides everything again beside what is stored. Returns a line for each difference, [] when there is none."""
    differences: list[str] = []
    with closing(store.cursor()) as cursor:
        wrong = len(set(stored_aliases(cursor).items()) ^ set(aliases(cursor).items()))
        if wrong:
            differences.append(f"alias: {wrong} people are taken for others than they should be")
        for kind, table in ROWS.items():
            if not cursor.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall():
                continue
            text = consider(cursor, kind, "TRUE")
            [(wrong,)] = cursor.execute(
                f"""
                SELECT (SELECT COUNT(*) FROM ({text}) WHERE counts <> stands)
                     + (SELECT COUNT(*) FROM {table} WHERE counts AND batch_id IN (SELECT batch_id FROM repeated))
                """
            ).fetchall()
            if wrong:
                differences.append(f"{table}: {wrong} rows count and should not, or should and do not")
            [(wrong,)] = cursor.execute(
                f"SELECT COUNT(*) FROM (SELECT DISTINCT batch_id, person_id FROM {table}) "
                "ANTI JOIN person_claim USING (batch_id, person_id)"
            ).fetchall()
            if wrong:
                differences.append(f"{table}: {wrong} people are named by no upload")
        for key, table in (("person_id", "person"), ("location_id", "location")):
            needless = f"SELECT {key} FROM {table} EXCEPT SELECT {key} FROM {table}_claim"
            if table == "location":
                needless += " EXCEPT SELECT location_id FROM location WHERE by_hand"
                needless += " EXCEPT SELECT location_id FROM location_alias"
            missing = f"SELECT {key} FROM {table}_claim EXCEPT SELECT {key} FROM {table}"
            for what, sql in (("no upload names them", needless), ("an upload names them, and they are gone", missing)):
                [(wrong,)] = cursor.execute(f"SELECT COUNT(*) FROM ({sql})").fetchall()
                if wrong:
                    differences.append(f"{table}: {wrong} too many or too few: {what}")
        wrong = len(cursor.execute(query("intake/place_names")[0]).fetchall())
        if wrong:
            differences.append(f"location: {wrong} have another name than the uploads give")
        cursor.execute("CREATE OR REPLACE TEMP TABLE concerned AS SELECT person_id FROM person")
        wrong = len(cursor.execute(query("intake/names")[0]).fetchall())
        if wrong:
            differences.append(f"person: {wrong} have another name or birth year than the uploads give")
    return differences
