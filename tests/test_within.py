"""What a unit sees of the store: its own rows in every query, and nothing of others."""

import re
from collections.abc import Iterable
from contextlib import suppress

import duckdb

from quetma.store import QUERIES, Store, query
from quetma.within import SHADES

# Tables and views of which a unit reads every row, and why that tells nobody anything of other units' people.
WHOLE = {
    "alias": "numbers alone: who is found by them is in person",
    "audit_start": "where the seals begin: a number and a seal",
    "calendar": "days",
    "migration": "which version the store is of",
    "plan_version": "the plan of the root, which the units beneath follow",
    "published": "a random mark",
    "remembered_mapping": "how files with some headers are read: no rows",
    "setting": "settings are the installation's",
    "unpublished": "days",
    "staff": "who is staff of whichever unit is no visitor anywhere; numbers alone, their names are in person",
}

# Asked of the store as a whole: one's own drafts, and what is made by itself.
OF_ROOT = {"drafts/kept", "regular/recipients", "upkeep/claim_groups", "upkeep/stay_groups"}
WRITES = re.compile("^(INSERT|UPDATE|DELETE|MERGE)", re.MULTILINE)


def made(cursor, database: str, schema: str) -> set[str]:
    """The tables and views there."""
    names = (
        "SELECT table_name FROM duckdb_tables() WHERE database_name = $1 AND schema_name = $2 AND NOT internal "
        "UNION SELECT view_name FROM duckdb_views() WHERE database_name = $1 AND schema_name = $2 AND NOT internal"
    )
    return {name for (name,) in cursor.execute(names, [database, schema]).fetchall()}


def test_before_every_table_and_view_stands_one_of_the_unit_or_a_reason_here(empty_store: Store):
    inside = empty_store.within(7).cursor()
    stored, seen = made(empty_store.cursor(), "quetma", "main"), made(inside, SHADES, "unit_7")
    assert stored - seen == set(WHOLE)
    assert {name for name in seen - stored if not name.startswith("own_")} == set()
    for name in sorted(stored):
        columns = [column for column, *_ in inside.execute(f"DESCRIBE {name}").fetchall()]
        assert columns == [column for column, *_ in empty_store.cursor().execute(f"DESCRIBE {name}").fetchall()]


def test_a_unit_that_is_not_there_reads_nothing_of_anybody(demo_store: Store):
    inside = demo_store.within(7).cursor()
    for name in made(demo_store.cursor(), "quetma", "main") - set(WHOLE):
        assert inside.execute(f"SELECT COUNT(*) FROM {name}").fetchall() == [(0,)], name


def test_what_can_be_asked_of_the_store_can_be_asked_of_a_units(empty_store: Store):
    """A view has no rowid, and its columns are those it was made with."""
    whole, inside = empty_store.cursor(), empty_store.within(7).cursor()
    asked = 0
    for path in sorted(QUERIES.rglob("*.sql")):
        name = path.relative_to(QUERIES).with_suffix("").as_posix()
        text, params = query(name)
        if name not in OF_ROOT and not WRITES.search(text):
            asked += (there := _binds(inside, text, params))
            assert there or not _binds(whole, text, params), name  # where it reads a frame, neither does
    assert asked > 100


def _binds(cursor: duckdb.DuckDBPyConnection, text: str, params: Iterable[str]) -> bool:
    with suppress(duckdb.Error):
        cursor.execute(f"EXPLAIN {text}", dict.fromkeys(params) or None)
        return True
    return False
