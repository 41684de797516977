"""Backups: whole, read again, locked; and what is brought back is what was."""

import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

from quetma import archive, backup, cli, intake, restore, rollups, sealed, secret, settings, switch, upkeep
from quetma.access import audit, chain, sessions
from quetma.backup import BackupError, kept, make
from quetma.file import FILE, StoreError, rows_of
from quetma.intake import recount
from quetma.restore import restore as bring_back
from quetma.sealed import SealError
from quetma.store import HEAD, Store, open_store
from tests.conftest import sign_in
from tests.intake import prepare

PASSPHRASE = "câu mật khẩu của đội"
LOG = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOGS = ("audit", "upkeep", "session")  # of who signed in, did and kept it
TABLES = f"SELECT table_name FROM duckdb_tables() WHERE NOT internal AND table_name NOT IN {LOGS} ORDER BY 1"


def log(n: int, day: int = 2) -> bytes:
    rows = "".join(
        f"Khách Số {k},09870{k:05},{8 + k % 9:02}:{k % 60:02} {day:02}/08/2021,Mai Sơn,Vào\n" for k in range(n)
    )
    return (LOG + rows).encode()


def put(store: Store, content: bytes, name: str) -> intake.Batch:
    return intake.load(store, prepare(store, name, content), "test")


def content(store: Store) -> dict[str, list[tuple]]:
    """Everything in the store but who signed in, did and kept it."""
    cursor = store.cursor()
    return {
        table: sorted(cursor.execute(f"SELECT * FROM {table}").fetchall(), key=repr)
        for (table,) in cursor.execute(TABLES).fetchall()
    }


def sound(store: Store) -> bool:
    return recount.check(store) + rollups.check(store) + archive.check(store) == []


def filled_in(store: Store) -> None:
    put(store, log(40), "nhat-ky.csv")
    archive.keep(store, "test", "letter", "Công văn", "cong-van.txt", lambda path: path.write_text("Kính gửi"))
    secret.keep(store.folder / "smtp-password", "mật khẩu thư")


@pytest.fixture
def unit(filled) -> Store:
    """A store with scans, a document, and a password beside it."""
    return filled(filled_in)


@pytest.fixture(scope="module")
def key() -> sealed.Key:
    return sealed.new_key(PASSPHRASE)


@pytest.fixture(autouse=True)
def one_key(key: sealed.Key, monkeypatch: pytest.MonkeyPatch) -> None:
    """To make a key takes a second, as it should: here the passphrase has one."""
    make = sealed.new_key
    monkeypatch.setattr(sealed, "new_key", lambda phrase: key if phrase == PASSPHRASE else make(phrase))


def lies_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_is_brought_back_into_an_empty_folder_is_what_was(unit: Store, tmp_path: Path):
    entered = sessions.find(sign_in(unit))
    before = content(unit)
    made = make(unit, "test", tmp_path / "a.backup", None)
    assert (made.files, made.locked, made.size) == (2, False, (tmp_path / "a.backup").stat().st_size)
    assert (tmp_path / "a.backup").stat().st_mode & 0o077 == 0
    found = bring_back(tmp_path / "new", tmp_path / "a.backup", None, "test")
    assert (found.counts["scans"], found.counts["documents"], found.files, found.aside) == (40, 1, 2, None)
    assert lies_in(tmp_path / "new") == {FILE, HEAD, "documents", "smtp-password"}
    store = open_store(tmp_path / "new")
    assert content(store) == before
    assert sound(store) and entered
    assert store.cursor().execute("SELECT COUNT(*) FROM session").fetchall() == [(0,)], (
        "who signed out would be back in"
    )
    assert secret.read(store.folder / "smtp-password") == "mật khẩu thư"
    put(store, log(10, day=3), "sau.csv")
    assert sound(store)
    store.close()
    assert upkeep.last(unit, "backup").detail["rows"] == made.rows


def test_what_is_there_is_kept_aside_whole(unit: Store, tmp_path: Path):
    make(unit, "test", tmp_path / "a.backup", None)
    put(unit, log(10, day=3), "sau.csv")
    secret.keep(unit.folder / "other-password", "sau")
    after, folder = content(unit), unit.folder
    unit.close()
    found = bring_back(folder, tmp_path / "a.backup", None, "test")
    assert found.aside and found.aside.parent == folder
    assert lies_in(folder) == {FILE, HEAD, "documents", "smtp-password", found.aside.name}
    store, old = open_store(folder), open_store(found.aside)
    assert (len(content(store)["batch"]), content(old)) == (1, after)
    assert sound(store) and sound(old)
    assert lies_in(found.aside) >= {FILE, "documents", "smtp-password", "other-password"}
    store.close()
    old.close()


def test_it_is_one_moment_while_others_write(unit: Store, tmp_path: Path):
    stop, loaded = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            loaded.append(put(unit, log(30, day=3 + len(loaded) % 20), f"{len(loaded)}.csv").batch_id)
            document = archive.keep(unit, "test", "x", "x", f"{len(loaded)}.txt",
                                    lambda path: path.write_text(str(len(loaded))))  # fmt: skip
            if len(loaded) % 2:
                archive.remove(unit, "test", document.document_id, "vì thế")

    writer = threading.Thread(target=work)
    writer.start()
    try:
        while len(loaded) < 3:
            make(unit, "test", tmp_path / f"after {len(loaded)}.backup", None)
    finally:
        stop.set()
        writer.join()
    made = list(tmp_path.glob("*.backup"))
    assert len(made) > 1
    for file in made:
        bring_back(tmp_path / file.stem, file, None, "test")
        store = open_store(tmp_path / file.stem)
        assert sound(store)
        store.close()


def test_a_locked_one_opens_with_its_passphrase_only(unit: Store, key: sealed.Key, tmp_path: Path):
    file = tmp_path / "a.backup"
    assert make(unit, "test", file, key).locked
    assert sealed.locked(file)
    raw = file.read_bytes()
    assert b"Kh\xc3\xa1ch" not in raw and b"DUCK" not in raw and "mật khẩu thư".encode() not in raw
    for wrong in ("", PASSPHRASE.upper()):
        with pytest.raises(SealError, match="passphrase"):
            bring_back(tmp_path / "new", file, wrong, "test")
    assert lies_in(tmp_path / "new") == set()
    assert bring_back(tmp_path / "new", file, PASSPHRASE, "test").counts["scans"] == 40


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("UPDATE audit SET subject = 'Ai đó' WHERE number = 3", "entry 3 .* is not what was written"),
        ("DELETE FROM audit WHERE number > 3", "it ends with entry 3, .*when the backup was made with 5,"),
    ],
)
def test_one_whose_audit_somebody_has_changed_is_brought_back_and_says_so(
    unit: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str], done: str, said: str
):
    """Also when its fingerprints were made to fit."""
    while chain.head(unit.cursor()).number < 5:
        audit.log(unit, "An", "trace", "Người")
    made = make(unit, "test", tmp_path / "a.backup", None)
    assert made.audit.number == 5 and made.audit.seal == made.json()["audit"]["seal"]
    assert bring_back(tmp_path / "as it was", tmp_path / "a.backup", None, "test").doubts == ()
    pack = tmp_path / "pack"
    pack.mkdir()
    about = sealed.read(tmp_path / "a.backup", pack)
    with duckdb.connect(str(pack / FILE)) as changed:
        changed.execute(done)
    rows = rows_of(pack / FILE)
    parts = {str(path.relative_to(pack)): path for path in pack.rglob("*") if path.is_file()}
    sealed.write(tmp_path / "b.backup", parts, {**about, "rows": rows}, None)
    capsys.readouterr()
    assert cli.main(["--store", str(tmp_path / "new"), "restore", str(tmp_path / "b.backup")]) == 0
    assert re.search(f"not what was backed up: audit: {said}", capsys.readouterr().err)
    store = open_store(tmp_path / "new")
    assert re.search(said, upkeep.runs(store, "audit")[0].failed)
    assert len(content(store)["scan_row"]) == 40
    store.close()


@pytest.mark.parametrize("closed", [False, True], ids=["open", "locked"])
def test_one_that_was_cut_or_changed_is_refused_and_nothing_is_changed(
    closed: bool, unit: Store, key: sealed.Key, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    if closed:  # the passphrase takes a second each time, and is not what is tried here
        own = sealed.age.decrypt(key.secret, PASSPHRASE)
        monkeypatch.setattr(sealed, "age", SimpleNamespace(decrypt=lambda *_: own))
    whole = tmp_path / "a.backup"
    make(unit, "test", whole, key if closed else None)
    before, folder = content(unit), unit.folder
    unit.close()
    good, beside = whole.read_bytes(), lies_in(folder)
    bad = tmp_path / "bad.backup"
    middle = len(good) // 2
    tampered = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    with zipfile.ZipFile(whole) as pack:
        names = pack.namelist()
        missing = tmp_path / "missing.zip"
        with zipfile.ZipFile(missing, "w") as other:
            for name in names[:-1]:
                other.writestr(name, pack.read(name))
    for broken in (good[:middle], good[:-1000], good[:100], tampered, missing.read_bytes(), b"", b"Tep khac" * 99):
        bad.write_bytes(broken)
        with pytest.raises(SealError, match=r"not whole|no backup|not the passphrase"):
            bring_back(folder, bad, PASSPHRASE, "test")
        assert lies_in(folder) == beside
    store = open_store(folder)
    assert content(store) == before
    store.close()


def test_a_store_that_others_have_open_is_not_exchanged(unit: Store, tmp_path: Path, capsys: pytest.CaptureFixture):
    make(unit, "test", tmp_path / "a.backup", None)
    folder, before = unit.folder, content(unit)
    unit.close()
    hold = (
        f"import duckdb, sys; c = duckdb.connect({str(folder / FILE)!r}); print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout.readline() == b"open\n"
    beside = lies_in(folder)
    try:
        assert cli.main(["--store", str(folder), "restore", str(tmp_path / "a.backup")]) == 1
        assert "running dashboard" in capsys.readouterr().err
        assert cli.main(["--store", str(folder), "backup", str(tmp_path / "b.backup")]) == 1
        assert "running dashboard" in capsys.readouterr().err
    finally:
        other.communicate()
    assert lies_in(folder) == beside
    store = open_store(folder)
    assert content(store) == before
    store.close()


def test_a_damaged_store_can_be_replaced_and_is_kept_aside(unit: Store, tmp_path: Path):
    make(unit, "test", tmp_path / "a.backup", None)
    folder = unit.folder
    unit.close()
    (folder / FILE).write_bytes(b"\0" * 5000)
    found = bring_back(folder, tmp_path / "a.backup", None, "test")
    assert (found.aside / FILE).read_bytes() == b"\0" * 5000
    store = open_store(folder)
    assert sound(store) and len(content(store)["scan_row"]) == 40
    store.close()


def test_an_exchange_that_is_cut_off_is_finished_by_whoever_opens_the_store(
    unit: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    make(unit, "test", tmp_path / "a.backup", None)
    put(unit, log(10, day=3), "sau.csv")
    folder = unit.folder
    unit.close()
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        stops_after(patch, 4)
        bring_back(folder, tmp_path / "a.backup", None, "test")
    store = open_store(folder)
    assert len(content(store)["batch"]) == 1 and sound(store)
    store.close()


class Stopped(BaseException):
    """The machine."""


def stops_after(patch: pytest.MonkeyPatch, renames: int) -> None:
    """After so many renames of an exchange."""
    left, real = [renames], Path.rename

    def rename(path: Path, target: Path) -> Path:
        if restore.STAGING not in str(path):
            if not left[0]:
                raise Stopped
            left[0] -= 1
        return real(path, target)

    patch.setattr(Path, "rename", rename)


def test_an_exchange_may_be_cut_off_anywhere_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    old, new = {FILE: "old", "a-key": "old", "documents": None}, {FILE: "new", "b-key": "new", "documents": None}
    for first in range(7):
        for second in range(7 - first):
            folder = tmp_path / f"{first}-{second}"
            (folder / restore.STAGING).mkdir(parents=True)
            for where, files in ((folder, old), (folder / restore.STAGING, new)):
                for name, text in files.items():
                    (where / name).write_text(text) if text else (where / name).mkdir()
            switch.prepare(folder, folder / restore.STAGING, "aside")
            for renames in (first, second):
                with monkeypatch.context() as patch, suppress(Stopped):
                    stops_after(patch, renames)
                    switch.finish(folder)
            switch.finish(folder)
            assert lies_in(folder) == {*new, "aside"} and lies_in(folder / "aside") == set(old)
            assert (folder / FILE).read_text() + (folder / "aside" / FILE).read_text() == "newold"


def test_a_full_disk_is_said_beforehand_and_while_writing(unit: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    good = make(unit, "test", tmp_path / "a.backup", None)
    was, beside = (tmp_path / "a.backup").read_bytes(), lies_in(unit.folder)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 5))
        with pytest.raises(BackupError, match="not enough space"):
            make(unit, "test", tmp_path / "a.backup", None)
    real = shutil.copyfile

    def full(source: Path, target: Path) -> Path:
        if str(target).endswith(".part"):
            raise OSError(28, "No space left on device", str(target))
        return real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(BackupError, match=r"No space left.*earlier backups are as they were"):
            make(unit, "test", tmp_path / "a.backup", None)
    assert (tmp_path / "a.backup").read_bytes() == was
    assert lies_in(unit.folder) == beside
    assert [bool(run.failed) for run in upkeep.runs(unit, "backup")] == [True, True, False] and good.rows


def test_each_day_one_is_made_and_the_oldest_go(unit: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    clock = [datetime(2026, 11, 28, 0, 30)]
    for module in (backup, upkeep):
        monkeypatch.setattr(module, "now", lambda: clock[0])
    backup.set_up(unit, "An", "01:00", 2, "")
    schedule = backup.Schedule(unit, lambda: clock[0])
    schedule.look()
    assert kept(unit) == [], "not in the first minutes of the server"
    schedule._from = 0.0
    made = []
    for _ in range(3 * 24):
        schedule.look()
        made += [path.name for path in kept(unit) if path.name not in made]
        clock[0] += timedelta(hours=1)
    assert [name[7:22] for name in made] == [
        "2026-11-28-0030", "2026-11-28-0130", "2026-11-29-0130", "2026-11-30-0130",
    ]  # fmt: skip
    assert [path.name for path in kept(unit)] == made[:-3:-1]
    clock[0] -= timedelta(days=30)  # a clock put back: the days that it lives through again are days
    schedule.look()
    assert kept(unit)[-1].name.startswith("quetma-2026-11-0")
    bring_back(tmp_path / "new", kept(unit)[0], None, "test")


def test_one_that_fails_is_said_and_tried_again_after_an_hour(unit: Store, monkeypatch: pytest.MonkeyPatch):
    clock = [datetime(2026, 11, 28, 2)]
    monkeypatch.setattr(upkeep, "now", lambda: clock[0])
    with unit.write() as cursor:
        settings.put(cursor, "backup_folder", str(unit.folder / "not there" / "at all"))
    schedule = backup.Schedule(unit, lambda: clock[0])
    schedule._from = 0.0
    for minutes in (0, 30, 59, 61):
        clock[0] = datetime(2026, 11, 28, 2) + timedelta(minutes=minutes)
        schedule.look()
    assert ["There is no folder" in run.failed for run in upkeep.runs(unit, "backup")] == [True, True]
    with pytest.raises(BackupError, match="no folder into which"):
        backup.set_up(unit, "An", "01:00", 3, "/not there")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys):
    """`run(folder, verb, …)`: that command, with the phrase on stdin: its status, and what it printed."""

    def run(*words: str, phrase: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", StringIO(f"{phrase}\n"))
        status = cli.main(["--store", *words])
        if (Path(words[0]) / FILE).exists():
            open_store(words[0]).close()
        return (status, *capsys.readouterr())

    return run


def test_from_the_command_line(unit: Store, tmp_path: Path, run):
    folder = unit.folder
    unit.close()
    file = str(tmp_path / "a.backup")
    status, out, err = run(str(folder), "backup", file)
    assert status == 0 and "all there" in out and "whoever has the file can read all of it" in err
    status, out, err = run(str(folder), "backup", file, "--passphrase-stdin", phrase="ngắn")
    assert status == 1 and "at least 10 characters" in err
    status, out, err = run(str(folder), "backup", file, "--passphrase-stdin", "--json", phrase=PASSPHRASE)
    assert status == 0 and json.loads(out)["locked"] and not err
    new = str(tmp_path / "new")
    assert run(new, "restore", file)[0] == 1
    status, out, err = run(new, "restore", file, "--passphrase-stdin", phrase=PASSPHRASE)
    assert status == 0 and "40 scans" in out and "1 documents" in out and "kept in" not in out
    assert run(str(folder), "backup", file)[0] == 0
    status, out, err = run(new, "restore", file)
    assert status == 0 and "before-restore-" in out
    assert run(new, "check")[0] == 0
    assert run(new, "restore", str(tmp_path / "none"))[0] == 1
    assert switch.READY not in lies_in(Path(new)) and not list(Path(new).glob("*making*"))


def test_none_is_written_over_the_store_or_a_file_that_is_none(unit: Store, tmp_path: Path, run):
    folder = unit.folder
    unit.close()
    (tmp_path / "report.docx").write_text("Báo cáo")
    (tmp_path / "empty.backup").touch()
    (tmp_path / "link.backup").symlink_to(folder / FILE)
    was = {path: path.read_bytes() for path in [*folder.rglob("*"), *tmp_path.glob("*.*")] if path.is_file()}
    own = (FILE, HEAD, f"{FILE}.wal", "new.backup", "smtp-password", "documents/1.docx", "incoming/x.backup")
    for target, why in (
        *((folder / name, "a part of the store itself") for name in own),
        (tmp_path / "link.backup", "a part of the store itself"),
        *((tmp_path / name, "no backup that can be read") for name in ("report.docx", "empty.backup", "")),
    ):
        status, out, err = run(str(folder), "backup", str(target))
        assert (status, out, err.count("\n")) == (1, "", 1) and why in err and "nothing was changed" in err, target
    for path, content in was.items():
        if path.resolve() != folder / FILE:  # which is opened each time
            assert path.read_bytes() == content
    store = open_store(folder)
    assert upkeep.runs(store, "backup") == [], "nothing was tried, so nothing failed"
    assert sound(store) and store.ask("history/last_scan").height
    (folder / "mine").mkdir()
    with pytest.raises(BackupError, match="holds the store itself"):
        backup.set_up(store, "An", "01:00", 3, str(folder))
    backup.set_up(store, "An", "01:00", 3, str(folder / "mine"))
    assert backup.make_now(store, "An").path.parent == folder / "mine"
    store.close()


def test_an_empty_passphrase_makes_no_file_that_anybody_can_read(unit: Store, tmp_path: Path, run):
    folder = unit.folder
    unit.close()
    status, out, err = run(str(folder), "backup", str(tmp_path / "a.backup"), "--passphrase-stdin", phrase="")
    assert (status, out, err.count("\n")) == (1, "", 1) and "no passphrase on stdin" in err
    assert not list(tmp_path.glob("a.backup*"))
    assert run(str(folder), "backup", str(tmp_path / "a.backup"), "--passphrase-stdin", phrase=PASSPHRASE)[0] == 0
    status, _, err = run(str(tmp_path / "new"), "restore", str(tmp_path / "a.backup"), "--passphrase-stdin", phrase="")
    assert status == 1 and "no passphrase on stdin" in err and not (tmp_path / "new").exists()
    status, _, err = run(str(folder), "user", "add", "An", "--role", "leader", "--password-stdin", phrase="")
    assert status == 1 and "too short" in err


def test_one_of_a_newer_version_is_refused(unit: Store, tmp_path: Path):
    with unit.write() as cursor:
        cursor.execute("INSERT INTO migration VALUES (999, '999_later', '2030-01-01')")
    make(unit, "test", tmp_path / "a.backup", None)
    with pytest.raises(StoreError, match="newer version"):
        bring_back(tmp_path / "new", tmp_path / "a.backup", None, "test")
    assert lies_in(tmp_path / "new") == set()
