"""What a unit sees of the store: its own rows in every query, and nothing of others."""

from quetma.store import Store
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
