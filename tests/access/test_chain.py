"""The audit's chain: whatever is done to a line afterwards is found, and named; what the law has forgotten is not."""

import re
import threading
from datetime import datetime

import duckdb
import pytest

from quetma.access import audit, chain
from quetma.access.chain import Head, Line
from quetma.file import FILE
from quetma.store import SCHEMA, Store, now


@pytest.fixture
def store(empty_store: Store) -> Store:
    for n in range(1, 11):
        empty_store.log(Line(now(), "An", "trace", f"Người {n}", ""))
    return empty_store


def check(store: Store) -> list[str]:
    return chain.check(store.cursor())


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("UPDATE audit SET subject = 'Ai đó' WHERE number = 4", "entry 4 .*An, trace. is not what was written"),
        ("UPDATE audit SET account = 'Bình' WHERE number = 4", "entry 4 .*Bình, trace. is not what was written"),
        ("UPDATE audit SET logged_at = '2020-01-01' WHERE number = 4", "entry 4 .* is not what was written"),
        ("UPDATE audit SET seal = NULL WHERE number = 4", "1 lines stand outside"),
        ("UPDATE audit SET subject = '', salt = NULL WHERE number = 4", "entry 4 is struck out, and no entry says why"),
        ("UPDATE audit SET salt = '00' WHERE number = 4", "entry 4 .* is not what was written"),
        ("DELETE FROM audit WHERE number IN (4, 5)", "entries 4 to 5 are missing"),
        ("DELETE FROM audit WHERE number < 4", "entries 1 to 3 are missing"),
        ("INSERT INTO audit (SELECT * FROM audit WHERE number = 4)", "entry 4 .* is there twice"),
        ("INSERT INTO audit (logged_at, account, action, subject, detail) VALUES (now(), '', '', '', '')",
         "1 lines stand outside"),
        ("DELETE FROM audit WHERE number < 4; INSERT INTO audit_start (SELECT 3, seal FROM audit WHERE number = 4)",
         "entry 4 .* is not what was written"),
        ("INSERT INTO audit_start SELECT number, seal FROM audit WHERE number = 3; DELETE FROM audit WHERE number < 4",
         "the entries before 4 are missing, and no entry says why"),
        ("UPDATE audit SET number = 5 - number WHERE number IN (2, 3)", "entry 2 .* is not what was written"),
    ],
)  # fmt: skip
def test_what_is_done_to_a_line_afterwards_is_found(store: Store, done: str, said: str):
    assert check(store) == []
    store.cursor().execute(done)
    assert re.search(said, check(store)[0]), check(store)


def test_lines_of_a_write_are_there_when_it_is_and_in_one_order_with_all_others(empty_store: Store):
    def look(n: int) -> None:
        for k in range(20):
            audit.log(empty_store, f"phiên {n}", "trace", str(k))

    threads = [threading.Thread(target=look, args=[n]) for n in range(3)]
    for thread in threads:
        thread.start()
    for n in range(20):
        try:
            with empty_store.write() as cursor:
                cursor.execute("INSERT OR REPLACE INTO setting VALUES ('x', ?)", [str(n)])
                audit.log_within(cursor, "An", "setting", str(n))
                audit.log_within(cursor, "An", "setting", "again")
                if n % 2:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass
    for thread in threads:
        thread.join()
    assert check(empty_store) == []
    told = empty_store.cursor().execute("SELECT subject FROM audit WHERE account = 'An' ORDER BY number").fetchall()
    assert [subject for (subject,) in told[::2]] == [str(n) for n in range(0, 20, 2)]
    assert chain.head(empty_store.cursor()).number == 60 + 20


def test_a_line_is_not_sealed_when_its_write_fails_at_the_end(store: Store):
    with pytest.raises(duckdb.Error), store.write() as cursor:
        audit.log_within(cursor, "An", "setting", "a")
        cursor.execute("INSERT INTO setting VALUES ('a', 'mine')")
        store.append("setting", "a", "theirs")
    audit.log(store, "An", "trace", "sau")
    assert check(store) == [] and chain.head(store.cursor()).number == 11


def test_what_is_struck_out_for_a_reason_that_is_written_down_breaks_nothing(store: Store):
    with store.write() as cursor:
        cursor.execute("UPDATE audit SET subject = '', salt = NULL, struck = 'x' WHERE number IN (2, 3, 4, 8)")
        audit.strike(cursor, "schedule", [8, 3, 2, 4], "x")
    assert check(store) == []
    [line] = store.cursor().execute("SELECT detail FROM audit WHERE action = 'strike audit'").fetchall()
    assert line == ("2-4,8",)
    store.cursor().execute("UPDATE audit SET subject = '', salt = NULL, struck = 'x' WHERE number = 5")
    assert check(store) == ["audit: entry 5 is struck out, and no entry says why"]


def test_the_chain_goes_on_after_the_store_is_opened_again(store: Store):
    folder, last = store.folder, chain.head(store.cursor())
    store.close()
    again = Store(folder)
    assert chain.head(again.cursor()) == last == Head(10, last.seal)
    audit.log(again, "An", "trace", "sau")
    assert check(again) == []
    again.close()


def test_what_a_store_had_before_there_was_a_chain_is_chained(tmp_path):
    with duckdb.connect(str(tmp_path / FILE)) as old:
        old.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMP)")
        for path in sorted(SCHEMA.glob("0[0-2]*.sql")):
            old.execute(path.read_text(encoding="utf-8"))
            old.execute("INSERT INTO migration VALUES (?, ?, now())", [int(path.stem[:3]), path.stem])
        old.execute("INSERT INTO audit VALUES ('2021-08-24 08:00:00.123', 'An', 'trace', 'b', ''), "
                    "('2021-08-23', 'An', 'trace', 'a', '')")  # fmt: skip
    store = Store(tmp_path)
    assert check(store) == []
    told = store.cursor().execute("SELECT number, subject, logged_at FROM audit ORDER BY number").fetchall()
    assert told == [(1, "a", datetime(2021, 8, 23)), (2, "b", datetime(2021, 8, 24, 8, 0, 0, 123000))]
    audit.log(store, "An", "trace", "sau")
    assert check(store) == []
    store.close()
