"""What a disk, a clock or another process can do to the store: it is said clearly, and nothing is lost silently."""

import ctypes
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from quetma import archive, backup, cli, file, health, intake, restore, rollups, sealed, units, upkeep
from quetma.access import accounts, audit, chain, sessions
from quetma.file import FILE, LOG_KEPT, DiskFull, StoreError
from quetma.intake import recount
from quetma.language import catalogue
from quetma.store import HEAD, ROOT, Store
from quetma.web import health as probe
from quetma.web import page, routes, wall
from tests.conftest import PASSWORD, logged
from tests.intake import prepare
from tests.web.browser import Browser

LOG = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"


def put(store: Store, rows: int, name: str, day: int = 2) -> intake.Batch:
    text = LOG + "".join(
        f"Khách Số {k},098{k:07},{8 + k % 9:02}:{k % 60:02} {day:02}/08/2021,Mai Sơn,Vào\n" for k in range(rows)
    )
    return intake.load(store, prepare(store, name, text.encode()), "test")


def sound(store: Store) -> bool:
    found = recount.check(store) + rollups.check(store) + archive.check(store)
    return found + chain.check(store.cursor()) == []


# Changes that stand in the log beside the file only, as after a crash.
CHANGES = """
import os, sys
from pathlib import Path
from quetma.access import audit
from quetma.store import Store
store = Store(Path(sys.argv[1]))
for n in range(20):
    audit.log(store, "An", "trace", f"Người {n}", "x" * 200)
os._exit(0)
"""


@pytest.fixture(scope="module")
def crashed(filled_folder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose last changes are in its log, as after a crash; copy it, never open it."""
    folder = shutil.copytree(filled_folder(filled_in), tmp_path_factory.mktemp("crashed") / "store")
    subprocess.run([sys.executable, "-c", CHANGES, str(folder)], cwd=ROOT, check=True)
    assert (folder / f"{FILE}.wal").stat().st_size > 4000
    return folder


@pytest.fixture
def folder(crashed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(crashed, tmp_path / "store")


def filled_in(store: Store) -> None:
    put(store, 500, "a.csv")


def hurt(path: Path, how: str) -> bytes:
    content, chance = bytearray(path.read_bytes()), random.Random(how)
    middle = len(content) // 2
    if how == "cut off":
        content = content[: min(middle, 9000)]
    elif how == "noise":
        content = bytearray(chance.randbytes(len(content)))
    else:
        content[middle : middle + 50] = chance.randbytes(50)
    path.write_bytes(content)
    return bytes(content)


@pytest.mark.parametrize("how", ["cut off", "noise", "one spot"])
def test_a_damaged_log_is_said_and_left_as_it_is(folder: Path, how: str):
    content = hurt(folder / f"{FILE}.wal", how)
    for _ in range(2):  # the second time nothing is otherwise
        with pytest.raises(StoreError, match=r"is damaged.*restore FILE.*backups"):
            Store(folder)
    assert content in {path.read_bytes() for path in folder.iterdir()}, "somebody may still get something out of it"
    (folder / HEAD).unlink()
    if how != "one spot":  # who says that the end is not missed goes on with what is there
        store = Store(folder)
        assert sound(store) and not (folder / LOG_KEPT).exists()
        store.close()


@pytest.mark.parametrize("how", ["cut off", "noise"])
def test_a_damaged_file_is_said_and_left_as_it_is(folder: Path, how: str):
    content = hurt(folder / FILE, how)
    (folder / "backups").mkdir()
    (folder / "backups" / "quetma-2026-11-28-010000.backup").touch()
    with pytest.raises(StoreError, match=r"is damaged.*the newest backup here is backups/quetma-2026-11-28-010000"):
        Store(folder)
    assert (folder / FILE).read_bytes() == content


def test_a_damaged_spot_is_said_by_whatever_reads_it(folder: Path, capsys: pytest.CaptureFixture):
    Store(folder).close()
    content = bytearray((folder / FILE).read_bytes())
    for at in range(3 * 4096 + 9000, len(content), 262144):  # in each block, so that it is met whatever is read
        content[at : at + 20] = random.Random(at).randbytes(20)
    (folder / FILE).write_bytes(content)
    assert cli.main(["--store", str(folder), "check"]) == 1
    assert "is damaged" in capsys.readouterr().err


def test_an_older_copy_put_in_place_is_seen(folder: Path, tmp_path: Path):
    Store(folder).close()
    shutil.copy(folder / FILE, tmp_path / "older")
    store = Store(folder)
    audit.log(store, "An", "trace", "sau")
    store.close()
    shutil.copy(tmp_path / "older", folder / FILE)
    told = r"last 1 entries of the audit.*any more\. The changes.*older copy.*delete the file audit-head"
    with pytest.raises(StoreError, match=told):
        Store(folder)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 0, b"size=24m") != 0:
        pytest.skip("no small file system can be made here")
    yield folder
    libc.umount2(str(folder).encode(), 2)


def test_a_full_disk_loses_nothing(small: Path):
    store = Store(small / "store")
    put(store, 300, "a.csv")
    ballast = filled_up(small)
    loaded, refused = [], []
    for n in range(40):
        try:
            loaded.append(put(store, 2000, f"{n}.csv", day=3 + n % 20).batch_id)
        except DiskFull as error:
            refused.append(str(error))
        if len(refused) == 2:
            break
    assert "full" in refused[0] and "was not saved" in refused[0]
    with pytest.raises(backup.BackupError, match="not enough space"):
        backup.make(store, "An", small / "x.backup", None)

    def right(store: Store) -> None:
        batches = store.cursor().execute("SELECT batch_id FROM batch WHERE file_name <> 'a.csv'").fetchall()
        assert {number for (number,) in batches} == set(loaded)
        assert sound(store)

    right(store)
    store.close()
    store = Store(small / "store")  # also when nothing can be written
    ballast.unlink()
    right(store)
    put(store, 100, "sau.csv", day=25)  # and it goes on when there is room again
    assert sound(store)
    store.close()


def test_changes_stay_in_the_log_while_the_file_has_no_room_for_them(small: Path, monkeypatch: pytest.MonkeyPatch):
    """DuckDB would give the file up: that is what would happen here without our own looking for room."""
    monkeypatch.setattr(file, "LOG_MOST", 1 << 20)
    store = Store(small / "store")
    put(store, 8000, "a.csv")
    assert logged(store) == 0, "there was room"
    ballast = filled_up(small)
    os.truncate(ballast, ballast.stat().st_size - 3_900_000)
    for n in range(12):
        with suppress(DiskFull):
            put(store, 1000, f"{n}.csv", day=3 + n)
    assert logged(store) > 1 << 20 and sound(store)
    ballast.unlink()
    put(store, 10, "sau.csv", day=20)
    assert logged(store) == 0 and sound(store)
    store.close()


def test_a_file_that_duckdb_gave_up_is_opened_again(small: Path):
    store = Store(small / "store")
    team = store.within(units.add(store, "Đội 2", None, "An"))
    assert team.ask("history/last_scan").height == 1
    put(store, 300, "a.csv")
    ballast = filled_up(small)
    os.truncate(ballast, ballast.stat().st_size - 100_000)
    held = store.cursor().execute("FROM range(1000000)")  # somebody is still asking
    store.cursor().execute("SET GLOBAL checkpoint_threshold = '1KB'")
    with pytest.raises(duckdb.FatalException):
        upkeep.note(store, "backup", "An")
    assert held is not None and store.ask("history/last_scan").height == team.ask("history/last_scan").height == 1
    assert store.cursor().execute("SELECT current_setting('checkpoint_threshold')").fetchall() == [("931.3 GiB",)]
    ballast.unlink()
    audit.log(store, "An", "trace", "sau")
    put(store, 10, "sau.csv", day=20)
    assert sound(store)
    store.close()


def test_what_was_committed_is_no_error_when_the_file_has_no_room_after_all(
    small: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(file, "ROOM", 0)  # as when others fill the disk just then
    monkeypatch.setattr(file, "LOG_MOST", 0)
    store = Store(small / "store")
    put(store, 300, "a.csv")
    ballast = filled_up(small)
    os.truncate(ballast, ballast.stat().st_size - 20_000)
    store.set("a", "1")
    assert logged(store) and store.setting("a") == "1"
    ballast.unlink()
    store.set("a", "2")
    assert not logged(store) and store.setting("a") == "2" and sound(store)
    store.close()


def test_who_still_reads_from_a_file_that_was_given_up_keeps_nobody_waiting(
    small: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(file, "GIVEN_UP", 0.5)
    store = Store(small / "store")
    put(store, 300, "a.csv")
    ballast = filled_up(small)
    os.truncate(ballast, ballast.stat().st_size - 100_000)
    reading = store.cursor().execute("FROM range(100000000)").to_arrow_reader(1000)
    store.cursor().execute("SET GLOBAL checkpoint_threshold = '1KB'")
    for ask in (lambda: upkeep.note(store, "backup", "An"), lambda: store.ask("history/last_scan")):
        with pytest.raises(StoreError, match="could not be opened again yet"):
            ask()
    reading.close()
    ballast.unlink()
    with suppress(duckdb.Error, StoreError):  # the first finds it given up still
        store.ask("history/last_scan")
    assert store.ask("history/last_scan").height == 1
    put(store, 10, "sau.csv", day=20)
    assert sound(store)
    store.close()


def filled_up(disk: Path) -> Path:
    """The file that takes all room of that disk, to the last byte."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("ab", buffering=0) as file:
        for size in (1 << 16, 1):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast


def test_who_signs_in_or_out_on_a_full_disk_is_told_and_stays_out(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    store = Store(small / "store")
    monkeypatch.setattr(routes, "unit", lambda: store)
    monkeypatch.setattr(probe, "open_store", lambda _: store)
    monkeypatch.setattr(health, "SHORT", 1)
    accounts.add(store, "An", PASSWORD, "leader")
    browsers = [Browser() for _ in range(41)]
    ended = [sessions.start(store, "An") for _ in browsers]
    others = [sessions.start(store, "An") for _ in range(3)]
    for browser, token in zip(browsers, ended, strict=True):
        browser.cookies.set(wall.COOKIE, token)
        browser.cookies.set(wall.LANGUAGE_COOKIE, "en")
    assert Browser().get("/healthz").status_code == 200
    ballast = filled_up(small)
    assert Browser().get("/healthz").text == "not ok\n"
    outs = []
    for browser in browsers[1:]:  # the first of them may find room in what the store has begun already
        outs.append(browser.post("/sign-out"))
        assert f'{wall.COOKIE}=""' in outs[-1].headers["set-cookie"]
    assert {out.status_code for out in outs} == {303}
    kept = store.folder / sessions.KEPT
    assert not kept.exists()
    kept.mkdir()  # as where a disk does not even let a file be taken away
    out = browsers[0].post("/sign-out")
    assert out.status_code == 507 and "The sign-in has ended" in out.text and f'{wall.COOKIE}=""' in str(out.headers)
    kept.rmdir()
    assert not any(sessions.find(token) for token in ended)
    again = Browser()
    again.cookies.set(wall.LANGUAGE_COOKIE, "en")
    answer = again.post("/sign-in", name="An", password=PASSWORD)
    assert answer.status_code == 507 and "The disk of the server is full" in answer.text
    assert wall.COOKIE not in again.cookies
    sessions.end_all(store, "An")
    assert not any(sessions.find(token) for token in others)
    assert "Traceback" not in caplog.text
    for said in ("The sign-in has ended", "The disk is full"):
        assert [text for text in catalogue("vi") if text.startswith(said)]

    sessions.Endings(store).look()  # still no room: said to nobody, tried again
    with monkeypatch.context() as killed:  # as after kill -9, once while the disk is full and once more
        for _ in range(2):
            killed.setattr(sessions, "_index", {})
            killed.setattr(sessions, "_unwritten", [])
            sessions.load(store)
            assert not any(sessions.find(token) for token in (*ended, *others))
    ballast.unlink()
    later = sessions.start(store, "An")
    sessions.Endings(store).look()
    monkeypatch.setattr(sessions, "_index", {})  # as after kill -9
    sessions.load(store)
    assert not any(sessions.find(token) for token in (*ended, *others)) and sessions.find(later)
    outs_told = store.cursor().execute("SELECT COUNT(*) FROM audit WHERE action = 'sign_out'").fetchall()
    assert outs_told == [(len(ended),)] and sound(store)
    assert Browser().get("/healthz").status_code == 200
    store.close()


def test_a_backup_that_cannot_be_unpacked_says_why_and_changes_nothing(
    small: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    store = Store(folder)
    for name, key in (("open", None), ("locked", sealed.new_key(PASSWORD))):
        backup.make(store, "An", tmp_path / name, key)
    store.close()
    shutil.copytree(folder, small / "store")
    was = {path.name: path.read_bytes() for path in (small / "store").iterdir()}

    def refused(*words: str, file: str = "open") -> str:
        monkeypatch.setattr(sys, "stdin", StringIO(f"{PASSWORD}\n"))
        command = ["--store", str(small / words[0]), "restore", str(tmp_path / file), "--passphrase-stdin"]
        assert cli.main(command) == 1
        [line] = capsys.readouterr().err.splitlines()
        assert "Nothing was changed" in line
        assert not list(small.glob("*/restore-*"))
        assert {path.name: path.read_bytes() for path in (small / "store").iterdir()} == was
        return line

    ballast = filled_up(small)
    assert "not enough space" in refused("store") and "not enough space" in refused("store", file="locked")
    assert "not enough space" in refused("new/er")
    with monkeypatch.context() as patch:  # what is looked at beforehand does not tell of everything
        patch.setattr(restore, "_needed", lambda _: 0)
        for room in (0, 100_000, 1_000_000):
            os.truncate(ballast, ballast.stat().st_size - room)
            assert "not enough space" in refused("store", file="locked" if room == 100_000 else "open")
    ballast.unlink()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.mount(b"none", str(small).encode(), None, 32 | 1, None) == 0  # MS_REMOUNT, MS_RDONLY
    for name in ("store", "new"):
        line = refused(name)
        assert f"may not write in {small / name}" in line and "restore-making" not in line


def test_a_folder_that_may_not_be_written_to_is_said(filled_folder, tmp_path: Path):
    folder = shutil.copytree(filled_folder(filled_in), tmp_path / "store")
    if os.geteuid() == 0:  # who may do anything: as somebody else, in a process of its own
        for path in (*tmp_path.parents, tmp_path, folder):
            if path.is_relative_to("/tmp/pytest-of-root") or path in (tmp_path, folder):
                path.chmod(0o755)
    (folder / FILE).chmod(0o644)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom quetma.store import Store, StoreError\n"
        f"if os.geteuid() == 0: os.setuid(65534)\n"
        f"for folder in ({str(folder)!r}, {str(folder / 'new')!r}):\n"
        "    try: Store(Path(folder)); print('opened')\n"
        "    except StoreError as error: print(error)\n"
    )
    folder.chmod(0o555)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    folder.chmod(0o755)
    first, second = done.stdout.splitlines()
    assert "may not write in" in first and "Nothing was changed" in first and "may not write in" in second


def test_a_second_server_says_that_the_first_has_the_store(folder: Path):
    store = Store(folder)
    environment = {**os.environ, "QUETMA_STORE": str(folder)}
    code = "import dashboard"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "in use by another process, probably the running dashboard" in done.stderr and "Traceback" not in done.stderr
    put(store, 10, "b.csv", day=9)
    assert sound(store)
    store.close()


def test_a_clock_put_back_breaks_no_order(folder: Path, monkeypatch: pytest.MonkeyPatch):
    store = Store(folder)
    for moment in (datetime(2031, 1, 1, 9), datetime(2021, 8, 30, 9)):
        for module in ("quetma.store", "quetma.access.audit", "quetma.upkeep", "quetma.backup"):
            monkeypatch.setattr(f"{module}.now", lambda moment=moment: moment)
        batch = put(store, 20, f"{moment:%Y}.csv", day=10)
        intake.undo(store, batch.batch_id, "An")
        audit.log(store, "An", "undo upload", f"{moment:%Y}")
        assert backup.due(store, moment + timedelta(hours=2))
        backup.make_now(store, "An")
        assert not backup.due(store, moment + timedelta(hours=2)), "the day's is made, whatever was written in 2031"
    assert sound(store) and len(backup.kept(store)) == 2
    store.close()


def test_a_page_says_that_the_disk_is_full_or_failing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    said: list[str] = []
    monkeypatch.setattr(page.st, "error", lambda text, **_: said.append(text))
    monkeypatch.setattr(page, "chosen_language", lambda: "en")
    page.apologise(DiskFull(tmp_path))
    page.apologise(ValueError("Corrupt database file: computed checksum"))
    assert "disk of the server is full" in said[0] and "backup has everything up to its hour" in said[1]
    assert not [text for text in said if str(tmp_path) in text]
