"""The store: a write is wholly there or not at all, and an answer is never older than the last write."""

import duckdb
import pytest

from quetma.store import Store


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
