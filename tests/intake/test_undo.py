"""Undoing an upload leaves the store exactly as if it had never been."""

import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import intake, rollups, touch
from quetma.intake import recount, source
from quetma.intake.source import SOURCES
from quetma.store import ROOT, Store, StoreError, open_store
from tests.everybody import held
from tests.intake import prepare

HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Earlier uploads are asked as in a large store: one after the other, whatever few people are concerned."""
    undo = import_module("quetma.intake.undo")  # the package gives the function of that name
    monkeypatch.setattr(undo, "FEW", 0)
    monkeypatch.setattr(undo, "LAST", 1)


def put(store: Store, name: str, text: str) -> intake.Batch:
    return intake.load(store, prepare(store, name, text.encode()), "test")


def sound(store: Store) -> bool:
    """Nothing stored differs from what the uploads say."""
    return recount.check(store) + rollups.check(store) == [] and held(store)


WITHOUT = {
    "migration", "setting", "account", "session", "audit", "former_person", "merge", "apart", "batch_undone",
    "location_alias", "remembered_mapping", "case_entry", "contact_entry", "follow_up_entry",
}  # fmt: skip


def contents(store: Store, numbers: dict[int, int]) -> dict[str, list[tuple[Any, ...]]]:
    """Every table, with people, places and uploads told by what they are instead of by their numbers.

    `numbers`: of the uploads, to their place in the order of the files.
    """
    cursor = store.cursor()
    who = dict(cursor.execute("SELECT person_id, identity FROM person").fetchall())
    where = dict(cursor.execute("SELECT location_id, name_key FROM location").fetchall()) | {0: "all"}
    told = {"person_id": who, "alias_id": who, "location_id": where, "batch_id": numbers, "of_batch": numbers}
    tables = [
        table for (table,) in cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
    ]
    found: dict[str, list[tuple[Any, ...]]] = {}
    for table in sorted(set(tables) - WITHOUT):
        skipped = "* EXCLUDE (uploaded_at)" if table == "batch" else "*"
        answer = cursor.execute(f"SELECT {skipped} FROM {table}")
        columns = [column[0] for column in answer.description or []]
        rows = (
            tuple(
                told[column][value] if column in told and value is not None else value
                for column, value in zip(columns, row, strict=True)
            )
            for row in answer.fetchall()
        )
        found[table] = sorted(rows, key=repr)
    return found


NAMES = ["Lò Văn Hoà", "Lò Văn Hòa", "Cà Thị Én", "Hà Minh Tôn", ""]
PHONES = ["", "0912000001", "0912000002", "0912000003"]
YEARS = ["", "1980", "1990"]
people = st.tuples(st.sampled_from(NAMES), st.sampled_from(PHONES), st.sampled_from(YEARS))
masked = st.just(("Lò Văn ***", "0912000***", ""))
anybody = st.one_of(people, people, people, masked)
places = st.sampled_from(["Mai Sơn", "mai sơn", "Yên Châu"])
days = st.sampled_from(["23/08/2021", "24/08/2021", "27/08/2021"])
hours = st.sampled_from(["07:00", "07:30", "12:00", "16:30"])


def table(kind: str, header: str, row: st.SearchStrategy[tuple[str, ...]]) -> st.SearchStrategy[tuple[str, str]]:
    """Files of one kind: (kind, text)."""
    lines = st.lists(row, min_size=1, max_size=6)
    return lines.map(lambda rows: (kind, "\n".join([header, *(",".join(row) for row in rows)]) + "\n"))


def of(*cells: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.tuples(anybody, *cells).map(lambda row: (*row[0], *row[1:]))


when_scanned = st.tuples(days, hours).map(" ".join)
started = st.sampled_from(["", "24/08/2021"])
SOMEBODY = "Họ tên,SĐT,Năm sinh,"
files = st.one_of(
    table(
        "scans", SOMEBODY + "Thời gian,Địa điểm,Vào/Ra", of(when_scanned, places, st.sampled_from(["Vào", "Ra", ""]))
    ),
    table("scans", SOMEBODY + "Ngày,Giờ vào,Giờ ra,Địa điểm", of(days, hours, st.sampled_from(["", "16:30"]), places)),
    table(
        "roster",
        SOMEBODY + "Trụ sở,Chức vụ,Điện thoại thông minh,Ngày vào",
        of(places, st.sampled_from(["Lái xe", "Đội trưởng"]), st.sampled_from(["Có", "Không"]), started),
    ),
    table(
        "doses",
        SOMEBODY + "Mũi số,Ngày tiêm,Người xác nhận",
        of(st.sampled_from("12"), days, st.sampled_from(["", "Giấy"])),
    ),
    table("apps", SOMEBODY + "Ứng dụng,Ngày cài đặt", of(st.sampled_from(["Bluezone", "NCOVI"]), days)),
    table(
        "declarations", SOMEBODY + "Thời gian khai báo,Triệu chứng", of(when_scanned, st.sampled_from(["Không", "Ho"]))
    ),
    table(
        "absences",
        SOMEBODY + "Từ ngày,Đến ngày,Lý do nghỉ",
        of(st.just("23/08/2021"), st.sampled_from(["24/08/2021", "28/08/2021"]), st.just("Nghỉ phép")),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[str | None], list[int]]:
    """Files in the order they are loaded, the rows of some of them twice; which list each is said to be afterwards,
    if it is; and those that are undone, in their order.
    """
    several = draw(st.lists(files, min_size=1, max_size=6))
    for again in draw(st.lists(st.sampled_from(range(len(several))), max_size=2)):
        several.append(several[again])
    several = [(kind, text + "\n" * n) for n, (kind, text) in enumerate(several)]  # the very same is not loaded again
    undone = draw(st.lists(st.sampled_from(range(len(several))), unique=True, min_size=1))
    said = draw(st.lists(st.sampled_from([None, *SOURCES]), min_size=len(several), max_size=len(several)))
    return several, said, undone


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


MORNING = HEADER + "Lò Văn A,0912000001,24/08/2021 07:00,Mai Sơn,Vào\nLò Văn A,0912000001,24/08/2021 11:00,Mai Sơn,Ra\n"
NOON = HEADER + "Lò Văn A,0912000001,24/08/2021 11:00,Mai Sơn,Ra\nCà Thị B,0912000002,24/08/2021 12:00,Mai Sơn,Vào\n"
DAY = HEADER + "".join(dict.fromkeys((MORNING + NOON).replace(HEADER, "").splitlines(keepends=True)))


def figures(store: Store) -> list[tuple[int, int, int]]:
    """(upload, accepted, duplicates) of each."""
    return store.cursor().execute("SELECT batch_id, accepted, duplicates FROM batch ORDER BY 1").fetchall()


def test_undoing_the_first_of_three_that_overlap_lets_the_later_ones_count(empty_store: Store):
    for name, text in (("morning.csv", MORNING), ("noon.csv", NOON), ("day.csv", DAY)):
        put(empty_store, name, text)
    assert figures(empty_store) == [(1, 2, 0), (2, 1, 1), (3, 0, 3)]
    undone = intake.undo(empty_store, 1, "test")
    assert undone.json() == {"batch": 1, "file": "morning.csv", "rows_removed": 2, "rows_restored": 2}
    assert figures(empty_store) == [(2, 2, 0), (3, 1, 2)]
    scans = "SELECT batch_id, line, scanned_at::TIME::VARCHAR FROM scan ORDER BY scanned_at"
    assert empty_store.cursor().execute(scans).fetchall() == [
        (3, 2, "07:00:00"),
        (2, 2, "11:00:00"),
        (2, 3, "12:00:00"),
    ]
    assert sound(empty_store)
    assert intake.undo(empty_store, 2, "test").rows_restored == 2
    assert figures(empty_store) == [(3, 3, 0)]
    intake.undo(empty_store, 3, "test")
    assert not any(contents(empty_store, {}).values()), "nothing is left but the record of what was undone"
    assert put(empty_store, "morning.csv", MORNING).batch_id == 4, "a number is never given again"


def test_the_same_file_counts_when_the_first_is_undone(empty_store: Store):
    """Stores of before kept an upload of the very same file again."""
    roster = "Họ tên,SĐT,Trụ sở,Chức vụ\nLò Văn A,0912000001,Mai Sơn,Lái xe\n"
    put(empty_store, "old.csv", roster)
    put(empty_store, "new.csv", roster.replace("Lái xe", "Đội trưởng"))
    put(empty_store, "old again.csv", roster)
    assert figures(empty_store) == [(1, 1, 0), (2, 1, 0)]
    put(empty_store, "old again.csv", roster + "\n")
    with empty_store.write() as cursor:
        cursor.execute("UPDATE batch SET sha256 = (SELECT sha256 FROM batch WHERE batch_id = 1) WHERE batch_id = 3")
        cursor.execute("UPDATE roster_row SET counts = FALSE WHERE batch_id = 3")
        cursor.execute("UPDATE batch SET accepted = 0, duplicates = 1 WHERE batch_id = 3")
        rollups.derive(cursor, recount.anew(cursor, touch.of_upload(cursor, 3, duplicates=True)))
    position = "SELECT position FROM staff"
    assert figures(empty_store) == [(1, 1, 0), (2, 1, 0), (3, 0, 1)]
    assert empty_store.cursor().execute(position).fetchall() == [("Đội trưởng",)], "loaded before: nothing new"
    assert intake.undo(empty_store, 1, "test").rows_restored == 1
    assert empty_store.cursor().execute(position).fetchall() == [("Lái xe",)], "now it is the newest"
    assert sound(empty_store)


def test_names_follow_the_uploads_that_are_left(empty_store: Store):
    put(empty_store, "a.csv", HEADER + "Lo Van A,0912000001,24/08/2021 07:00,Mai Sơn,Vào\n")
    put(empty_store, "b.csv", "Họ tên,SĐT,Năm sinh,Trụ sở,Chức vụ\nLò Văn Á,0912000001,1980,MAI SƠN,Lái xe\n")
    put(empty_store, "c.csv", HEADER + "Lò văn á,,25/08/2021 07:00,Mai Sơn,Vào\n")
    told = """
        SELECT p.name, p.birth_year, l.name, COUNT(*)
        FROM scan JOIN person p USING (person_id) JOIN location l USING (location_id) GROUP BY ALL ORDER BY 1
    """
    assert empty_store.cursor().execute(told).fetchall() == [("Lò Văn Á", 1980, "Mai Sơn", 2)]
    intake.undo(empty_store, 1, "test")
    assert empty_store.cursor().execute(told).fetchall() == [("Lò Văn Á", 1980, "MAI SƠN", 1)]
    intake.undo(empty_store, 2, "test")
    assert empty_store.cursor().execute(told).fetchall() == [("Lò văn á", None, "Mai Sơn", 1)]
    assert sound(empty_store)


def test_a_birth_year_told_beside_a_phone_alone_gives_way_to_one_told_beside_a_name(empty_store: Store):
    header = "Họ tên,SĐT,Năm sinh,Thời gian quét,Địa điểm,Vào/Ra\n"
    for n, (name, year) in enumerate([("", "1980"), ("Lò Văn A", ""), ("Lò Văn A", "1981")]):
        put(empty_store, f"{n}.csv", f"{header}{name},0912000001,{year},2{n}/08/2021 07:00,Mai Sơn,Vào\n")
    told = "SELECT name, birth_year FROM person"
    assert empty_store.cursor().execute(told).fetchall() == [("Lò Văn A", 1981)]
    assert sound(empty_store)


def test_a_name_of_their_own_comes_before_that_of_somebody_taken_for_them(empty_store: Store):
    put(empty_store, "a.csv", HEADER + "Lò Văn A,0912000001,23/08/2021 07:00,Mai Sơn,Vào\n")
    put(empty_store, "b.csv", HEADER + ",0912000002,23/08/2021 08:00,Mai Sơn,Vào\n")
    merged(empty_store, ("0912000001", "0912000002"))
    told = "SELECT name FROM person ORDER BY phone"
    assert empty_store.cursor().execute(told).fetchall() == [("Lò Văn A",), ("Lò Văn A",)]
    put(empty_store, "c.csv", HEADER + "Hà Thị B,0912000002,24/08/2021 08:00,Mai Sơn,Vào\n")
    assert empty_store.cursor().execute(told).fetchall() == [("Lò Văn A",), ("Hà Thị B",)]
    assert sound(empty_store)


def test_what_was_decided_outlives_an_undo(empty_store: Store):
    put(empty_store, "a.csv", DAY)
    merged(empty_store, ("0912000002", "0912000001"))
    people = "SELECT COUNT(DISTINCT person_id) FROM scan"
    assert empty_store.cursor().execute(people).fetchall() == [(1,)]
    intake.undo(empty_store, 1, "test")
    put(empty_store, "other.csv", HEADER + "Hà Thị C,0912000003,24/08/2021 07:00,Mai Sơn,Vào\n")
    put(empty_store, "a.csv", DAY)
    assert empty_store.cursor().execute(people).fetchall() == [(2,)]
    assert sound(empty_store)


def test_an_upload_that_is_not_there_or_undone_is_refused(empty_store: Store):
    put(empty_store, "a.csv", DAY)
    with pytest.raises(StoreError, match="There is no upload 2"):
        intake.undo(empty_store, 2, "test")
    intake.undo(empty_store, 1, "Hà Minh Tôn")
    with pytest.raises(StoreError, match=r"Upload 1 was undone already, at .* by Hà Minh Tôn\."):
        intake.undo(empty_store, 1, "test")


def test_a_killed_process_leaves_the_undo_done_or_not_begun(tmp_path: Path):
    """The power fails while an upload is taken back: killed at moments spread over the whole undo."""
    rows = (
        f"Lò Văn {i % 500},09120{i % 500:05},{1 + i // 1440:02}/08/2021 {i // 60 % 24:02}:{i % 60:02},Mai Sơn,Vào\n"
        for i in range(20_000)
    )
    text = HEADER + "".join(rows)
    store = open_store(tmp_path / "store")
    put(store, "log.csv", text)
    put(store, "again.csv", text + "\n")
    store.close()
    script = textwrap.dedent(
        """
        import sys
        from quetma import intake
        from quetma.store import open_store

        store = open_store(sys.argv[1])
        print("go", flush=True)
        intake.undo(store, 1, "test")
        print("done", flush=True)
        """
    )
    ends: set[bool] = set()
    for wait in (0.0, 0.15, 0.3, None):
        folder = shutil.copytree(tmp_path / "store", tmp_path / f"killed {wait}")
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == ("done" if wait is None else "go"):
                break
        time.sleep(wait or 0)
        process.kill()
        process.wait()
        store = open_store(folder)
        undone = [batch for batch, _, _ in figures(store)] == [2]
        ends.add(undone)
        assert figures(store) == ([(2, 20_000, 0)] if undone else [(1, 20_000, 0), (2, 0, 20_000)])
        assert sound(store)
        store.close()
    assert ends == {True, False}


def emptied(store: Store) -> Store:
    """A store like new. Emptying one is much quicker than making one."""
    with store.write() as cursor:
        tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT temporary").fetchall()
        for (name,) in tables:
            if name != "migration":
                cursor.execute(f"DELETE FROM {name}")
    return store


def merged(store: Store, pair: tuple[str, str]) -> None:
    """The leader decides that the first phone is the person of the second, when both are known."""
    with store.write() as cursor:
        known = dict(cursor.execute("SELECT phone, person_id FROM person WHERE phone IS NOT NULL").fetchall())
        one, into = (known.get("+84" + phone[1:]) for phone in pair)
        if one and into and one != into and not cursor.execute("SELECT 1 FROM merge").fetchone():
            cursor.execute("INSERT INTO merge VALUES (?, ?, current_timestamp, 'test')", [one, into])
            rollups.derive(cursor, recount.anew(cursor))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    histories(), st.sampled_from([None, ("0912000002", "0912000001"), ("0912000001", "0912000003")]), st.integers(0, 6)
)
def test_undo_is_as_if_the_upload_had_never_been(
    folder: Path,
    history: tuple[list[tuple[str, str]], list[str | None], list[int]],
    merge: tuple[str, str] | None,
    when: int,
):
    uploads, said, undone = history
    store, other = emptied(open_store(folder / "one")), emptied(open_store(folder / "other"))
    numbers: list[int] = []
    for n, (kind, text) in enumerate(uploads):
        if merge and n == when:
            merged(store, merge)
        batch = put_kind(store, f"{n}.csv", kind, text)
        numbers.append(batch.batch_id)
    if merge and when >= len(uploads):
        merged(store, merge)
    decided = store.cursor().execute(
        "SELECT p.identity, q.identity FROM merge m JOIN person p ON p.person_id = m.person_id "
        "JOIN person q ON q.person_id = m.into_id"
    ).fetchall()  # fmt: skip
    say(store, {numbers[n]: said[n] for n in range(len(uploads))})
    for n in undone:
        intake.undo(store, numbers[n], "test")
    assert sound(store)

    kept = [n for n in range(len(uploads)) if n not in undone]
    fresh = [put_kind(other, f"{n}.csv", *uploads[n]).batch_id for n in kept]
    for one, into in decided:
        merged(other, ("0" + one[7:], "0" + into[7:]))
    say(other, dict(zip(fresh, (said[n] for n in kept), strict=True)))
    assert contents(store, {numbers[n]: n for n in kept}) == contents(other, dict(zip(fresh, kept, strict=True)))
    assert listed(store) == listed(other)
    assert sound(other)


def say(store: Store, lists: dict[int, str | None]) -> None:
    """Says of uploads of scans which list they are."""
    scans = {batch for (batch,) in store.cursor().execute("SELECT batch_id FROM batch WHERE kind = 'scans'").fetchall()}
    for batch, one in lists.items():
        if one and batch in scans:
            source.change(store, batch, one, "test")


def listed(store: Store) -> list[tuple[Any, ...]]:
    """Every row of both lists, people and places told by what they are."""
    told = """
        SELECT source, identity, location.name_key, scanned_at
        FROM listed JOIN person USING (person_id) JOIN location USING (location_id)
    """
    return sorted(store.cursor().execute(told).fetchall())


def put_kind(store: Store, name: str, kind: str, text: str) -> intake.Batch:
    batch = intake.load(store, prepare(store, name, text.encode(), kind=kind), "test")
    assert batch.rows == batch.accepted + batch.duplicates + batch.rejected
    return batch
