"""The desk: files are read apart, wait their turn, are loaded one after the other, and survive whatever happens."""

import io
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from quetma import rollups
from quetma.intake import Choices, IntakeError, apart, desk
from quetma.intake.desk import Desk, desk_of
from quetma.intake.preview import Item
from quetma.store import ROOT, Store, now, open_store

HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOG = (
    HEADER
    + "Lò Văn A,0912000001,24/08/2021 08:10,Mai Sơn,Vào\n"
    + "Lò Văn A,0912000001,24/08/2021 08:10,Mai Sơn,Vào\n"
    + "Lò Văn B,0912000002,24/08/2021 08:11,Yên Châu,Ra\n"
    + "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào\n"
).encode()
OTHER = (HEADER + "Lò Văn D,0912000004,25/08/2021 08:10,Mai Sơn,Vào\n").encode()
NO_PLACE = "Họ tên,SĐT,Thời gian,Vào/Ra\nLò Văn A,0912000001,24/08/2021 08:10,Vào\n".encode()
PATIENCE = 60


def book(title: str = "") -> bytes:
    """A workbook with a roster and a log; the log first. Another title makes it another file."""
    sheets = {
        "Quét": [["Họ tên", "SĐT", "Thời gian", "Địa điểm"], ["Lò Văn A", "0912000001", "24/08/2021 08:10", "Mai Sơn"]],
        "Cán bộ": [["Họ tên", "SĐT", "Chức vụ", "Địa điểm"], ["Lò Văn A", "0912000001", "Kiểm soát viên", "Mai Sơn"]],
    }
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": title})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    return content.getvalue()


@pytest.fixture
def table(empty_store: Store) -> Iterator[Desk]:
    """The desk of an empty store."""
    found = desk_of(empty_store)
    yield found
    found.close()


def settled(table: Desk) -> list[Item]:
    """What lies on the desk when nothing is under way any more, and every preview is of now."""
    for _ in range(2):
        assert table.wait(PATIENCE)
        table.items()
    assert table.wait(PATIENCE)
    return table.items()


def batches(store: Store) -> list[tuple[object, ...]]:
    """The uploads, oldest first."""
    listed = store.ask("intake/batches", page_size=50, page_start=0).sort("batch_id")
    return listed.select("file_name", "kind", "row_count", "accepted", "duplicates", "rejected", "uploaded_by").rows()


def test_from_arriving_to_loaded(table: Desk):
    item = table.receive("C:\\logs\\a.csv", io.BytesIO(LOG), "An")
    assert (item.file_name, item.size, item.account, item.state) == ("a.csv", len(LOG), "An", "reading")
    [item] = settled(table)
    assert (item.state, item.error, item.asks, item.busy) == ("ready", None, True, False)
    [found] = item.tables
    assert (found.key, found.kind, found.error, found.loadable, found.batch_id) == ("", "scans", None, True, None)
    preview = found.preview
    assert preview and preview.counts == {"rows": 4, "accepted": 2, "duplicates": 1, "rejected": 1}
    assert preview.first_rows["outcome"].to_list() == ["accepted", "duplicate", "accepted"]
    assert preview.rejects.rows() == [(5, "bad_phone", "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào")]
    assert (preview.new_people, preview.needs_location) == (2, False)
    assert sorted(place.name for place in preview.new_locations) == ["Mai Sơn", "Yên Châu"]
    assert batches(table.store) == [], "nothing counts before it is confirmed"

    table.confirm(item.id, "Bình")
    [item] = settled(table)
    assert (item.state, item.batches, item.asks) == ("loaded", [1], False)
    assert batches(table.store) == [("a.csv", "scans", 4, 2, 1, 1, "Bình")]
    audit = table.store.cursor().execute("SELECT account, action, subject, detail FROM audit").fetchall()
    assert audit == [("Bình", "upload", "1 a.csv", "scans: 4 = 2 + 1 + 1")]
    left = sorted(path.name for path in (table.folder / item.id).iterdir())
    assert left == ["item.json"], "people's data is not kept twice"


@pytest.mark.usefixtures("read_here")
def test_only_the_servers_account_may_read_what_lies_there(table: Desk):
    item = table.receive("a.csv", LOG, "An")
    settled(table)
    paths = [table.folder, *table.folder.rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths if path.is_dir()} == {0}
    assert stat.S_IMODE((table.folder / item.id / "content").stat().st_mode) == 0o600


@pytest.mark.usefixtures("read_here")
def test_a_refused_file_says_why_and_can_be_discarded(table: Desk):
    table.receive("a.txt", b"", "An")
    [item] = settled(table)
    assert (item.state, item.error) == ("refused", None)
    assert [str(found.error) for found in item.tables] == ["The file is empty. Nothing was changed."]
    table.confirm(item.id, "An")
    assert table.item(item.id).state == "refused"
    table.discard(item.id)
    assert table.items() == []
    assert list(table.folder.iterdir()) == []
    table.discard(item.id)  # somebody else was quicker: nothing happens
    table.confirm(item.id, "An")
    table.choose(item.id, "", Choices(location="X"))


@pytest.mark.usefixtures("read_here")
def test_choices_are_read_again_and_outlive_the_server(table: Desk):
    item = table.receive("a.csv", NO_PLACE, "An")
    [item] = settled(table)
    assert not item.tables[0].loadable
    assert item.tables[0].preview and item.tables[0].preview.needs_location
    table.choose(item.id, "", Choices(location="Mai Sơn"))
    [item] = settled(table)
    assert item.tables[0].loadable
    table.close()
    with closing(desk_of(table.store)) as again:
        [item] = settled(again)
        assert (item.account, item.state, item.tables[0].choices) == ("An", "ready", Choices(location="Mai Sơn"))
        assert item.tables[0].loadable


@pytest.mark.usefixtures("read_here")
def test_files_confirmed_at_once_are_loaded_one_after_the_other(table: Desk):
    first, second = table.receive("a.csv", LOG, "An"), table.receive("b.csv", OTHER, "An")
    settled(table)
    with table.store.write():  # as when somebody else is storing something: the first cannot end yet
        table.confirm(first.id, "An")
        table.confirm(second.id, "An")
        until = time.monotonic() + PATIENCE
        while not table.item(first.id).step and time.monotonic() < until:
            time.sleep(0.01)
        states = [(item.state, item.before) for item in table.items()]
        assert states == [("waiting", 1), ("loading", 0)]
    assert [item.state for item in settled(table)] == ["loaded", "loaded"]
    assert [row[0] for row in batches(table.store)] == ["a.csv", "b.csv"]
    assert rollups.check(table.store) == []


def test_progress_goes_forward_only(table: Desk, monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[str, float]] = []
    tell = Desk._tell
    monkeypatch.setattr(Desk, "_tell", lambda self, *said: (told.append(said[1:]), tell(self, *said)))
    item = table.receive("a.xlsx", book(), "An")
    settled(table)
    reading, told[:] = list(told), []
    table.confirm(item.id, "An")
    settled(table)
    for said in (reading, told):
        shares = [share for _, share in said]
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
    assert told[0][1] == 0
    assert told[-1][1] > 0.9


@pytest.mark.usefixtures("read_here")
def test_a_preview_follows_what_was_loaded_meanwhile(table: Desk):
    first, second = table.receive("a.csv", LOG, "An"), table.receive("b.csv", LOG + OTHER[len(HEADER.encode()) :], "An")
    settled(table)
    table.confirm(first.id, "An")
    settled(table)
    preview = table.item(second.id).tables[0].preview
    assert preview and preview.counts == {"rows": 5, "accepted": 1, "duplicates": 3, "rejected": 1}


@pytest.mark.usefixtures("read_here")
def test_tables_of_one_file_are_loaded_staff_first_and_one_can_be_left(table: Desk):
    item = table.receive("a.xlsx", book(), "An")
    [item] = settled(table)
    assert [(found.key, found.kind) for found in item.tables] == [("Quét", "scans"), ("Cán bộ", "roster")]
    table.confirm(item.id, "An", ["Quét"])
    [item] = settled(table)
    assert (item.state, [found.batch_id for found in item.tables]) == ("ready", [1, None])
    other = table.receive("b.xlsx", book("again"), "An")
    table.wait(PATIENCE)
    table.confirm(other.id, "An")
    settled(table)
    assert [found.batch_id for found in table.item(other.id).tables] == [3, 2]


@pytest.mark.usefixtures("read_here")
def test_larger_than_the_limit(table: Desk):
    table.store.set("upload_limit_mb", "1")
    with pytest.raises(IntakeError, match="larger than 1 MB"):
        table.receive("a.csv", io.BytesIO(b"x" * (1 << 20) + b"y"), "An")
    assert table.items() == []
    assert list(table.folder.iterdir()) == []


@pytest.mark.usefixtures("read_here")
def test_a_file_that_breaks_off_leaves_nothing(table: Desk):
    with pytest.raises(ConnectionError), table.begin("a.csv", "An") as file:
        file.write(LOG)
        raise ConnectionError
    assert table.items() == []
    assert list(table.folder.iterdir()) == []


def test_what_had_not_arrived_whole_is_swept_away(empty_store: Store):
    folder = empty_store.folder / desk.FOLDER / "20210824-080000-aaaa"
    folder.mkdir(parents=True)
    (folder / "content").write_bytes(LOG)
    with closing(desk_of(empty_store)) as found:
        assert found.items() == []
    assert not folder.exists()


@pytest.mark.usefixtures("read_here")
def test_refused_files_go_after_a_week_and_loaded_ones_after_a_day(table: Desk, monkeypatch: pytest.MonkeyPatch):
    refused, ready = table.receive("a.txt", b"", "An"), table.receive("a.csv", OTHER, "An")
    loaded = table.receive("b.csv", LOG, "An")
    settled(table)
    table.confirm(loaded.id, "An")
    settled(table)
    start = now()

    def left(days: int) -> set[str]:
        monkeypatch.setattr(desk, "now", lambda: start + timedelta(days=days, minutes=1))
        return {item.id for item in table.items()}

    assert left(0) == {refused.id, ready.id, loaded.id}
    assert left(1) == {refused.id, ready.id}
    assert left(7) == {ready.id}


# Reading apart --------------------------------------------------------------------------------------------------------


def read(folder: Path, content: bytes) -> list[object]:
    """The tables of a file, read apart."""
    (folder / "content").write_bytes(content)
    return list(apart.Reading("a.csv", folder / "content", folder / "tables", {}, {}, 200).tables())


def test_reading_apart_gives_what_reading_here_gives(tmp_path: Path):
    [found] = read(tmp_path, OTHER)
    [here] = apart.understand("a.csv", OTHER)
    assert isinstance(found, apart.Found)
    assert isinstance(here, apart.Found)
    assert (found.part, found.proposal, found.choices) == (here.part, here.proposal, here.choices)
    assert {name: value for name, value in vars(found.facts).items() if not isinstance(value, pl.DataFrame)} == {
        name: value for name, value in vars(here.facts).items() if not isinstance(value, pl.DataFrame)
    }
    frames = {name: value for name, value in vars(here.facts).items() if isinstance(value, pl.DataFrame)}
    assert frames
    assert all(vars(found.facts)[name].equals(frame, null_equal=True) for name, frame in frames.items())


def test_a_reader_that_crashes_is_a_refusal(tmp_path: Path):
    (tmp_path / "content").write_bytes(LOG)
    reading = apart.Reading("a.csv", tmp_path / "content", tmp_path / "tables", {}, {}, 200)
    reading._process.send_signal(signal.SIGSEGV)
    with pytest.raises(IntakeError, match="probably damaged"):
        reading.tables()


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT])
def test_a_reader_that_a_shutdown_ends_is_begun_again(table: Desk, ended_by: int):
    """Such a signal often reaches the whole group of processes: the file is not to blame."""
    item = table.receive("a.csv", LOG, "An")
    for _ in range(3000):
        if reading := table._entries[item.id].reading:
            reading._process.send_signal(ended_by)
            break
        time.sleep(0.01)
    assert table.wait(60, item.id)
    assert table.item(item.id).state == "ready"


def test_a_reader_that_ends_while_python_starts_has_not_seen_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A signal ends Python with 1 then, as `false` ends: before a word is said."""
    monkeypatch.setattr(apart.sys, "executable", shutil.which("false"))
    with pytest.raises(apart.Interrupted):
        read(tmp_path, LOG)


def test_a_reader_that_ends_before_it_gets_its_job_has_not_seen_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    start = apart.subprocess.Popen

    def start_and_wait(*args: Any, **options: Any) -> Any:
        process = start(*args, **options)
        process.wait()
        return process

    monkeypatch.setattr(apart.sys, "executable", shutil.which("false"))
    monkeypatch.setattr(apart.subprocess, "Popen", start_and_wait)
    with pytest.raises(apart.Interrupted):
        read(tmp_path, LOG)


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "SECONDS", 0)
    with pytest.raises(IntakeError, match="took longer"):
        read(tmp_path, LOG)


def test_a_reader_that_wants_too_much_memory_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "MEMORY_BYTES", 100 << 20)  # the interpreter and its libraries have more already
    with pytest.raises(IntakeError, match="more memory"):
        read(tmp_path, LOG + b"x" * (10 << 20))


def test_the_reader_ends_with_the_server(tmp_path: Path):
    """A server killed with -9 leaves no reader behind."""
    (tmp_path / "content").write_bytes(LOG)
    code = f"""
        import os, signal
        from pathlib import Path
        from quetma.intake import apart
        folder = Path({str(tmp_path)!r})
        os.mkfifo(folder / "endless")  # nobody ever writes into it
        reading = apart.Reading("a.csv", folder / "endless", folder / "tables", {{}}, {{}}, 200)
        for _ in reading._process.stdout:  # it has begun
            break
        print(reading._process.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True)
    child = Path("/proc") / done.stdout.strip()
    until = time.monotonic() + 10
    while child.exists() and "Z" not in (child / "stat").read_text().split() and time.monotonic() < until:
        time.sleep(0.05)
    assert not child.exists() or "Z" in (child / "stat").read_text().split()


# The server is killed -------------------------------------------------------------------------------------------------

MOMENTS = {
    "while the figures are made": "rollups.derive = die",
    "before it is written down that it was loaded": (
        "save = desk.Desk._save\n"
        "desk.Desk._save = lambda self, entry: die() if len(entry.loaded) == LOADED else save(self, entry)"
    ),
}


def killed(folder: Path, moment: str, loaded: int = 1) -> str:
    """Hands in a workbook, confirms it, and is killed with -9 at that moment: the identifier of the item."""
    code = (
        textwrap.dedent(f"""
            import os, signal, sys
            from pathlib import Path
            from quetma import rollups
            from quetma.intake import desk
            from quetma.store import open_store
            LOADED = {loaded}
            def die(*_, **__):
                os.kill(os.getpid(), signal.SIGKILL)
            table = desk.desk_of(open_store({str(folder)!r}))
            item = table.receive("a.xlsx", Path(sys.argv[1]).read_bytes(), "An")
            print(item.id, flush=True)
            assert table.wait({PATIENCE})
        """)
        + MOMENTS[moment]
        + f"\ntable.confirm(item.id, 'An')\ntable.wait({PATIENCE})\n"
    )
    file = folder.parent / "a.xlsx"
    file.write_bytes(book())
    done = subprocess.run([sys.executable, "-c", code, str(file)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[Path, str]]:
    """`left(moment, loaded)`: the store that a server killed then left, and the item; made once; copy it."""

    @cache
    def made(moment: str, loaded: int) -> tuple[Path, str]:
        folder = tmp_path_factory.mktemp("killed") / "store"
        return folder, killed(folder, moment, loaded)

    return made


@pytest.mark.parametrize(
    ("moment", "loaded", "stored"),
    [
        ("while the figures are made", 1, 0),
        ("before it is written down that it was loaded", 1, 1),
        ("before it is written down that it was loaded", 2, 2),
    ],
)
def test_killed_while_loading(
    left: Callable[..., tuple[Path, str]], tmp_path: Path, moment: str, loaded: int, stored: int
):
    """Each table is in wholly or not at all; the item is still on the desk, and goes on where it was."""
    left_behind, item_id = left(moment, loaded)
    folder = shutil.copytree(left_behind, tmp_path / "store")
    with closing(open_store(folder)) as store:
        assert len(batches(store)) == stored
        assert rollups.check(store) == []
        with closing(desk_of(store)) as table:
            [item] = settled(table)
            assert (item.id, item.state, sorted(item.batches)) == (item_id, "loaded", [1, 2])
        assert batches(store) == [("a.xlsx", "roster", 1, 1, 0, 0, "An"), ("a.xlsx", "scans", 1, 1, 0, 0, "An")]
        assert rollups.check(store) == []


def test_a_file_that_kills_the_server_is_not_tried_for_ever(left: Callable[..., tuple[Path, str]], tmp_path: Path):
    left_behind, item_id = left("while the figures are made", 1)
    folder = shutil.copytree(left_behind, tmp_path / "store")
    path = folder / desk.FOLDER / item_id / "item.json"
    path.write_text(path.read_text().replace('"begun": 1', f'"begun": {desk.ATTEMPTS}'))
    with closing(open_store(folder)) as store, closing(desk_of(store)) as table:
        [item] = settled(table)
        assert (item.state, batches(store)) == ("ready", [])
        assert str(item.error).startswith("The server stopped 2 times")
        table.confirm(item.id, "An")
        assert settled(table)[0].state == "loaded"
