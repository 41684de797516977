"""The inbox: files put into a folder are loaded with nobody there; each ends in `done` or `failed` with a report."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from quetma.intake import desk, inbox
from quetma.intake.desk import desk_of
from quetma.intake.inbox import Inbox
from quetma.store import Store
from tests.intake.test_desk import LOG, NO_PLACE, OTHER, PATIENCE, batches, book


@pytest.fixture
def box(empty_store: Store) -> Iterator[Inbox]:
    """The inbox of an empty store; files are taken at once."""
    found = Inbox(empty_store, still=0)
    yield found
    desk_of(empty_store).close()


def put(box: Inbox, name: str, content: bytes) -> Path:
    """Puts a file into the inbox."""
    path = box.folder / name
    path.write_bytes(content)
    return path


def look(box: Inbox) -> None:
    """Looks until nothing is left to do."""
    table = desk_of(box.store)
    for _ in range(20):
        box.look()
        assert table.wait(PATIENCE)
        if not table.items():
            return
    raise AssertionError(table.items())


def lies(box: Inbox) -> list[str]:
    """What lies in the inbox, below it too."""
    return sorted(path.relative_to(box.folder).as_posix() for path in box.folder.rglob("*") if path.is_file())


def test_a_log_is_loaded_and_reported(box: Inbox):
    put(box, "nhật ký.csv", LOG)
    look(box)
    assert batches(box.store) == [("nhật ký.csv", "scans", 4, 2, 1, 1, "inbox")]
    assert lies(box) == ["done/nhật ký.csv", "done/nhật ký.csv.txt"]
    assert (box.folder / "done/nhật ký.csv").read_bytes() == LOG
    report = (box.folder / "done/nhật ký.csv.txt").read_text(encoding="utf-8").splitlines()
    assert [report[0], *report[2:6]] == [
        "nhật ký.csv",
        "Đã nạp.",
        "",
        "nhật ký.csv: Lần nạp 1, Nhật ký quét mã: 4 dòng = 2 mới + 1 đã có + 1 không nhận",
        "    Dòng 5: Số điện thoại không đúng: Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào",
    ]
    audit = box.store.cursor().execute("SELECT account, action, subject FROM audit").fetchall()
    assert audit == [("inbox", "upload", "1 nhật ký.csv")]
    assert list(desk_of(box.store).folder.iterdir()) == [], "nothing is left on the desk"


def test_a_workbook_with_several_tables(box: Inbox):
    put(box, "a.xlsx", book())
    look(box)
    assert [row[1] for row in batches(box.store)] == ["roster", "scans"]
    assert lies(box) == ["done/a.xlsx", "done/a.xlsx.txt"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Tệp trống. Dữ liệu đã có không thay đổi."),
        (NO_PLACE, "Tệp không ghi địa điểm. Hãy cho biết tệp của địa điểm nào. Dữ liệu đã có không thay đổi."),
        (
            b"Ho ten,SDT,Thoi gian,Dia diem\nA,1,2,X\n",
            "Không đọc được dòng nào trong 1 dòng. Ở 1 dòng, chẳng hạn dòng 2: Số điện thoại không đúng. "
            "Dữ liệu đã có không thay đổi.",
        ),
    ],
)
@pytest.mark.usefixtures("read_here")
def test_what_is_not_certain_is_left_to_people(box: Inbox, content: bytes, why: str):
    put(box, "a.csv", content)
    look(box)
    assert batches(box.store) == []
    assert lies(box) == ["failed/a.csv", "failed/a.csv.txt"]
    report = (box.folder / "failed/a.csv.txt").read_text(encoding="utf-8").splitlines()
    assert [report[0], report[2], report[4]] == ["a.csv", "Chưa nạp, hoặc chưa nạp hết.", f"a.csv: {why}"]
    assert report[6].startswith("Cần làm: mở trang Nạp dữ liệu")
    [failure] = inbox.failures(box.store)
    assert (failure.name, failure.report.splitlines()) == ("a.csv", report)
    inbox.forget(box.store, "../a.csv")
    inbox.forget(box.store, "a.csv")
    assert inbox.failures(box.store) == []
    assert lies(box) == []


@pytest.mark.usefixtures("read_here")
def test_larger_than_the_limit(box: Inbox):
    box.store.set("upload_limit_mb", "0")
    put(box, "a.csv", LOG)
    look(box)
    assert lies(box) == ["failed/a.csv", "failed/a.csv.txt"]
    assert "Tệp lớn hơn 0 MB" in (box.folder / "failed/a.csv.txt").read_text(encoding="utf-8")


@pytest.mark.usefixtures("read_here")
def test_names_are_never_written_over(box: Inbox):
    for content in (LOG, OTHER, OTHER):
        put(box, "a.csv", content)
        look(box)
    put(box, "a.csv.txt", OTHER)
    look(box)
    names = ["a (2).csv", "a (3).csv", "a.csv", "a.csv (2).txt"]
    assert lies(box) == sorted(f"done/{name}{more}" for name in names for more in ("", ".txt"))
    assert (box.folder / "done/a.csv").read_bytes() == LOG
    assert [row[3] for row in batches(box.store)] == [2, 1], "the same file again changes nothing"
    again = (box.folder / "done/a (3).csv.txt").read_text(encoding="utf-8")
    assert "a.csv: đúng bảng này đã có ở Lần nạp số 2. Không có gì thay đổi." in again


@pytest.mark.usefixtures("read_here")
def test_only_files_that_stand_still_are_taken(box: Inbox, monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]
    monkeypatch.setattr(inbox.time, "monotonic", lambda: clock[0])
    box.still = 5.0
    path = put(box, "a.csv", LOG[:50])
    for name in (".a.csv", "~$a.xlsx", "b.csv.part", "c.crdownload", "d.TMP"):
        put(box, name, LOG)
    (box.folder / "link.csv").symlink_to(path)

    def taken(seconds: float) -> bool:
        clock[0] += seconds
        return path in box._come()

    assert [taken(0), taken(4)] == [False, False]
    path.write_bytes(LOG)
    assert [taken(4), taken(4)] == [False, False], "it has grown meanwhile"
    os.utime(path, (1, 1))
    assert [taken(4), taken(4)] == [False, False], "it was touched meanwhile"
    assert taken(2)
    assert box._come() == [path]


@pytest.mark.usefixtures("read_here")
def test_a_server_killed_after_loading_puts_the_file_away_later(box: Inbox):
    """It lies on the desk, loaded: neither loaded again nor lost."""
    put(box, "a.csv", LOG)
    table = desk_of(box.store)
    box.look()
    table.wait(PATIENCE)
    box.look()
    assert table.wait(PATIENCE)
    assert [item.state for item in table.items()] == ["loaded"]
    table.close()
    look(Inbox(box.store, still=0))
    assert lies(box) == ["done/a.csv", "done/a.csv.txt"]
    assert len(batches(box.store)) == 1


@pytest.mark.usefixtures("read_here")
def test_a_server_killed_while_the_file_is_put_away(box: Inbox, monkeypatch: pytest.MonkeyPatch):
    """The report is there, the file not yet: the same report is written again."""
    put(box, "a.csv", LOG)
    box.look()
    table = desk_of(box.store)
    table.wait(PATIENCE)
    box.look()
    table.wait(PATIENCE)
    with monkeypatch.context() as broken:
        broken.setattr(desk.Desk, "discard", lambda *_, **__: None)
        box.look()
    assert lies(box) == ["done/a.csv.txt"]
    look(box)
    assert lies(box) == ["done/a.csv", "done/a.csv.txt"]


def test_the_watcher_takes_what_comes(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "EVERY", 0.05)
    box = Inbox(empty_store, still=0.1)
    box.start()
    with closing(desk_of(empty_store)):
        put(box, "a.csv", LOG)
        for _ in range(600):
            if lies(box) == ["done/a.csv", "done/a.csv.txt"]:
                break
            inbox.time.sleep(0.05)
        box.stop()
    assert lies(box) == ["done/a.csv", "done/a.csv.txt"]
    assert len(batches(empty_store)) == 1


@pytest.mark.usefixtures("read_here")
def test_the_list_that_its_names_propose_is_taken_and_reported(box: Inbox):
    put(box, "sổ trực cửa.csv", LOG)
    look(box)
    assert box.store.cursor().execute("SELECT source FROM batch").fetchall() == [("register",)]
    report = (box.folder / "done/sổ trực cửa.csv.txt").read_text(encoding="utf-8")
    assert "Lần nạp 1, Sổ trực cửa: 4 dòng" in report
