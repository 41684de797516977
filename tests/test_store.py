"""The store: a write is wholly there or not at all, and an answer is never older than the last write."""

import shutil
from pathlib import Path

import duckdb
import pytest

from quetma import intake, rollups
from quetma.intake import recount
from quetma.store import FILE, SCHEMA, Store


def test_a_failed_commit_says_why_and_keeps_nothing(empty_store: Store):
    with pytest.raises(duckdb.Error, match="Failed to commit"), empty_store.write() as cursor:
        cursor.execute("INSERT INTO setting VALUES ('a', 'mine'), ('b', 'mine')")
        empty_store.append("setting", "a", "theirs")
    assert (empty_store.setting("a"), empty_store.setting("b")) == ("theirs", None)
    empty_store.set("b", "later")
    assert empty_store.setting("b") == "later"


def test_an_answer_is_remembered_until_the_next_write(empty_store: Store):
    before = empty_store.ask("intake/batch_count")
    assert empty_store.ask("intake/batch_count") is before
    with pytest.raises(ZeroDivisionError), empty_store.write() as cursor:
        cursor.execute("INSERT INTO location (location_id, name, name_key) VALUES (1, 'A', 'a')")
        1 / 0  # noqa: B018
    assert empty_store.ask("flow/locations").is_empty()
    with empty_store.write() as cursor:
        cursor.execute("INSERT INTO location (location_id, name, name_key) VALUES (1, 'A', 'a')")
    assert empty_store.ask("flow/locations").height == 1


def test_a_store_of_the_first_version_with_data_opens_and_its_uploads_can_be_undone(tmp_path: Path):
    with duckdb.connect(str(tmp_path / FILE)) as old:
        old.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMP)")
        old.execute((SCHEMA / "001_main.sql").read_text(encoding="utf-8"))
        old.execute("INSERT INTO migration VALUES (1, '001_main', current_timestamp)")
        old.execute(
            "INSERT INTO location VALUES (1, 'Mai Sơn', 'mai son', '07:00', '17:00', NULL), "
            "(2, 'Chợ', 'cho', NULL, NULL, 2)"
        )
        old.execute(
            "INSERT INTO person VALUES "
            "(1, 'tel:+84912000001', 'Lò Văn Á', 'lo van a', 'a lo van', '+84912000001', 1980, FALSE, 1)"
        )
        old.execute(
            "INSERT INTO person VALUES (2, 'name:lò văn á|', 'Lò Văn Á', 'lo van a', 'a lo van', NULL, NULL, FALSE, 2)"
        )
        old.execute(
            "INSERT INTO batch VALUES (1, 'roster', 'r.csv', 'r', current_timestamp, 'a', 1, 1, 0, 0, NULL, NULL)"
        )
        old.execute(
            "INSERT INTO batch VALUES (2, 'scans', 's.csv', 's', current_timestamp, 'a', 2, 2, 0, 0, NULL, NULL)"
        )
        old.execute("INSERT INTO roster_row VALUES (1, 2, 1, 'Lái xe', 1, TRUE, NULL, NULL)")
        old.execute(
            "INSERT INTO scan VALUES "
            "(2, 2, 1, 1, '2021-08-24 07:00', 'in', NULL), (2, 3, 2, 2, '2021-08-24 08:00', 'in', NULL)"
        )
    for _ in range(2):  # once migrating, once as it is then
        store = Store(tmp_path)
        scans = store.cursor().execute("SELECT person_id, location_id FROM scan ORDER BY line").fetchall()
        assert scans == [(1, 1), (1, 2)], "the name without a phone is the staff member"
        assert store.cursor().execute("SELECT person_id, position FROM staff").fetchall() == [(1, "Lái xe")]
        assert store.cursor().execute("SELECT COUNT(*), MAX(person_id) FROM stay").fetchall() == [(2, 1)]
        assert recount.check(store) + rollups.check(store) == []
        store.close()
    store = Store(tmp_path)
    assert store.cursor().execute("SELECT kind, source FROM batch ORDER BY ALL").fetchall() == [
        ("roster", None),
        ("scans", "qr"),
    ]
    intake.undo(store, 2, "test")
    assert store.cursor().execute("SELECT kind, source FROM batch_undone").fetchall() == [("scans", "qr")]
    assert store.cursor().execute("SELECT name FROM location").fetchall() == [("Mai Sơn",)]
    assert store.cursor().execute("SELECT COUNT(*) FROM stay").fetchall() == [(0,)]
    assert recount.check(store) + rollups.check(store) == []
    store.close()


def test_a_migration_that_comes_late_is_applied_to_a_store_that_has_the_later_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    few = tmp_path / "schema"
    few.mkdir()
    late = next(SCHEMA.glob("005_*.sql"))  # of which no later one speaks
    for path in SCHEMA.glob("*.sql"):
        if path != late:
            shutil.copy(path, few)

    def shape(store: Store) -> list[tuple[str, str]]:
        columns = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        found = store.cursor().execute(columns).fetchall()
        store.close()
        return found

    monkeypatch.setattr("quetma.store.SCHEMA", few)
    before = shape(Store(tmp_path / "store"))
    shutil.copy(late, few)
    after = shape(Store(tmp_path / "store"))
    assert after == shape(Store(tmp_path / "fresh")) != before
