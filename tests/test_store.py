"""The store: a write is wholly there or not at all, and an answer is never older than the last write."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from quetma import file, intake, rollups
from quetma.access import audit, chain
from quetma.file import FILE, StoreError
from quetma.intake import recount
from quetma.store import SCHEMA, Store
from tests.conftest import logged


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


def held(store: Store) -> dict[str, int]:
    return dict(store.cursor().execute("SELECT tag, memory_usage_bytes FROM duckdb_memory()").fetchall())


def test_what_duckdb_does_not_need_just_now_it_lets_go_of(demo_store: Store):
    limit = demo_store.cursor().execute("SELECT current_setting('memory_limit')").fetchall()
    demo_store.set("a", "1")
    before = rollups.check(demo_store), demo_store.cursor().execute("FROM scan ORDER BY ALL").fetchall()
    assert logged(demo_store) and held(demo_store)["IN_MEMORY_TABLE"] + held(demo_store)["BASE_TABLE"] > 1 << 20
    assert demo_store.tidy()
    assert held(demo_store)["IN_MEMORY_TABLE"] + held(demo_store)["BASE_TABLE"] < 1 << 20
    assert not logged(demo_store)
    assert not list(demo_store.folder.glob("*.tmp/*")), "nothing was put beside the file"
    assert demo_store.cursor().execute("SELECT current_setting('memory_limit')").fetchall() == limit
    assert before == (rollups.check(demo_store), demo_store.cursor().execute("FROM scan ORDER BY ALL").fetchall())


@pytest.mark.parametrize("why", ["large", "no room"])
def test_it_keeps_what_would_be_dear_to_read_again_or_has_no_room(
    demo_store: Store, why: str, monkeypatch: pytest.MonkeyPatch
):
    demo_store.set("a", "1")
    was = logged(demo_store)
    monkeypatch.setattr(file, *(("SMALL", 1000) if why == "large" else ("ROOM", 1 << 40)))
    assert not demo_store.tidy()
    assert logged(demo_store) == was > 0


def test_others_ask_and_write_while_it_lets_go(demo_store: Store):
    expected = demo_store.cursor().execute("SELECT COUNT(*), SUM(person_id) FROM scan").fetchall()
    wrong: list[object] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            try:
                found = demo_store.cursor().execute("SELECT COUNT(*), SUM(person_id) FROM scan").fetchall()
                wrong.extend([found] if found != expected else [])
                joined = "SELECT COUNT(*) FROM scan a JOIN scan b USING (person_id, location_id) ORDER BY ALL"
                demo_store.cursor().execute(joined).fetchall()
            except duckdb.Error as error:
                wrong.append(error)

    def write() -> None:
        number = 0
        while not over.is_set():
            number += 1
            try:
                demo_store.set("a", str(number))
                audit.log(demo_store, "An", "trace", str(number))
            except (duckdb.Error, StoreError) as error:
                wrong.append(error)

    with ThreadPoolExecutor(3) as several:
        for work in (ask, ask, write):
            several.submit(work)
        done = sum(demo_store.tidy() for _ in range(150))
        over.set()
    assert not wrong and done > 20
    assert recount.check(demo_store) + rollups.check(demo_store) + chain.check(demo_store.cursor()) == []
