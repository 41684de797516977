"""Backups: the whole store as it is at one moment, with what lies beside it, as one file; made while all goes on.

    make(store, account, path, key) -> Made; Schedule makes one a day and keeps the newest

What is in one: the store's file, the documents made, files handed in and not loaded yet, passwords and keys of the
store's folder. A backup counts as made when it was read again: every part has its fingerprint, and every table the rows
that the store had at that moment. It says with which seal the audit ended then. A failed one leaves nothing behind but
the line that says why (quetma/upkeep.py).
"""

import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from quetma import sealed, secret, settings, switch, upkeep
from quetma.access import audit, chain
from quetma.access.chain import Head
from quetma.durable import sync
from quetma.file import FILE, StoreError, rows_of
from quetma.intake.errors import Refusal
from quetma.sealed import Key
from quetma.store import HEAD, Store, now
from quetma.watch import Watch

FOLDER = "backups"  # in the store's folder
KEY_FILE = "backup-key"
BESIDE = "beside/"  # in the backup: what lies beside the store's file
NAME = "quetma-{:%Y-%m-%d-%H%M%S}.backup"
NAMED = re.compile(r"quetma-\d{4}-\d\d-\d\d-\d{6}\.backup")
ACCOUNT = "schedule"
EVERY = 60.0  # seconds
NOT_AT_ONCE = 120.0  # seconds that the dashboard has run before it begins with one
STAGING = "backup-making-"

_log = logging.getLogger(__name__)


class BackupError(Refusal):
    """A backup cannot be made or restored; nothing was changed."""


@dataclass(frozen=True)
class Made:
    """A backup that was made and read again. rows: of all tables. files: beside the store. audit: its last line."""

    path: Path
    made_at: datetime
    size: int
    rows: int
    tables: int
    files: int
    locked: bool
    audit: Head
    seconds: float

    def json(self) -> dict[str, Any]:
        """The object of `backup --json`, which is also written down as what came of it."""
        return {
            "file": str(self.path), "made_at": self.made_at.isoformat(timespec="seconds"), "size": self.size,
            "rows": self.rows, "tables": self.tables, "files": self.files, "locked": self.locked,
            "audit": asdict(self.audit), "seconds": round(self.seconds, 1),
        }  # fmt: skip


def make(store: Store, account: str, path: Path, key: Key | None) -> Made:
    """Makes a backup, locked with the key when there is one; an earlier backup that is there is only replaced by a
    good one, another file never. Raises `BackupError`; of what was tried and failed it writes down why.
    """
    began = time.perf_counter()
    _free(store, path)
    try:
        made = _make(store, path, key, began)
    except (OSError, duckdb.Error, StoreError, Refusal) as error:
        refused = error if isinstance(error, BackupError) else BackupError(
            "The backup was not made: {why}. Nothing else was changed, and earlier backups are as they were.",
            why=_why(error),
        )  # fmt: skip
        with suppress(duckdb.Error, StoreError):  # a full disk may not take this line either
            upkeep.note(store, "backup", account, {"file": str(path)}, str(refused))
        raise refused from error
    upkeep.note(store, "backup", account, made.json())
    audit.log(store, account, "backup", path.name, f"{made.rows} rows, {made.files} files")
    return made


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror or error} ({error.filename})" if error.filename else (error.strerror or str(error))
    return " ".join(str(error).split()).rstrip(".")


def _free(store: Store, path: Path) -> None:
    """Raises when what lies at that path, or would be taken for a part of the store there, is no earlier backup."""
    if switch.belongs(store.folder, path):
        raise BackupError(
            "{file} is, or would be, a part of the store itself. Name a file in another folder. No backup was made, "
            "and nothing was changed.", file=path,
        )  # fmt: skip
    if path.exists():
        try:
            sealed.locked(path)
        except (OSError, Refusal) as error:
            raise BackupError(
                "{file} is there already and is no backup that can be read, so it is not written over. Name another "
                "file. No backup was made, and nothing was changed.", file=path,
            ) from error  # fmt: skip


def _make(store: Store, path: Path, key: Key | None, began: float) -> Made:
    made_at = now().replace(microsecond=0)
    parts = [file for part in switch.own(store.folder) for file in ([part] if part.is_file() else _files(part))]
    size = sum(part.stat().st_size for part in parts if part.exists())
    # beside the store lie the copy, the pack, and the locked pack for a moment
    for folder, needed in ((store.folder, 3 * size), (path.parent, size)):
        if not folder.is_dir():
            raise BackupError("There is no folder {folder}. No backup was made.", folder=folder)
        if shutil.disk_usage(folder).free < needed:
            raise BackupError(
                "There is not enough space in {folder}: the backup needs {mb} MB. None was made; earlier ones are as "
                "they were.", folder=folder, mb=needed // 1_000_000 + 1,
            )  # fmt: skip
    with _staging(store) as staging:
        _beside(store, staging / "beside")
        rows = store.copy_to(staging / FILE)
        _beside(store, staging / "beside")  # documents made meanwhile, of which the copy may speak
        if rows_of(staging / FILE) != rows:
            raise StoreError("The copy of the store does not have the rows of the store.")
        with duckdb.connect(str(staging / FILE), read_only=True) as copy:
            last = chain.head(copy)
        files = {BESIDE + str(file.relative_to(staging / "beside")): file for file in _files(staging / "beside")}
        about = {"made_at": made_at.isoformat(), "unit": settings.get(store, "unit_name"), "rows": rows,
                 "audit": asdict(last)}  # fmt: skip
        sealed.write(staging / "sealed", {FILE: staging / FILE, **files}, about, key)
        size = _put(staging / "sealed", path)
    total = sum(rows.values())
    return Made(path, made_at, size, total, len(rows), len(files), key is not None, last, time.perf_counter() - began)


@contextmanager
def _staging(store: Store) -> Generator[Path]:
    """A folder on the store's own disk, so that nothing unlocked ever lies where backups go."""
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=store.folder))
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _beside(store: Store, into: Path) -> None:
    """Links or copies what lies beside the store's file, as far as it is not there yet."""
    for part in switch.own(store.folder):
        if part.name.startswith(FILE) or part.name == HEAD:
            continue
        for file in [part] if part.is_file() else _files(part):
            target = into / file.relative_to(store.folder)
            if target.exists() or file.suffix == ".part":
                continue
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileNotFoundError):  # loaded, or taken away, since it was seen
                shutil.copyfile(file, target)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _put(file: Path, path: Path) -> int:
    """Copies a file to where it is to lie, under its name only when it is there whole; its size."""
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(file, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        if sealed.fingerprint(part) != sealed.fingerprint(file):
            raise sealed.SealError("What was written is not what was meant: the disk may be failing.")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    sync(path.parent)
    return path.stat().st_size


def sweep(store: Store) -> None:
    """Deletes what backups and restores left behind that were killed in the middle."""
    for pattern in (f"{STAGING}*", "restore-making-*", f"{switch.READY}-given-up"):
        for left in store.folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


# The key --------------------------------------------------------------------------------------------------------------


def key(store: Store) -> Key | None:
    """What backups of this store are locked with; None: they are open."""
    text = secret.read(store.folder / KEY_FILE)
    return Key.of(text) if text else None


def set_passphrase(store: Store, account: str, passphrase: str) -> None:
    """Locks backups with this passphrase from now on, which is kept nowhere; '' leaves them open. Earlier ones stay as
    they are. Raises `sealed.SealError`.
    """
    secret.keep(store.folder / KEY_FILE, sealed.new_key(passphrase).text() if passphrase else "")
    audit.log(store, account, "backup passphrase", "set" if passphrase else "none any more")


# Day by day -----------------------------------------------------------------------------------------------------------


def folder_of(store: Store) -> Path:
    """Where the backups lie that are made by themselves."""
    return Path(settings.get(store, "backup_folder") or store.folder / FOLDER)


def kept(store: Store) -> list[Path]:
    """The backups there are, the newest first."""
    with suppress(OSError):
        found = [path for path in folder_of(store).iterdir() if NAMED.fullmatch(path.name)]
        return sorted(found, key=lambda path: path.name, reverse=True)
    return []


def set_up(store: Store, account: str, at: str, keep: int, folder: str) -> None:
    """Keeps from which hour on the day's backup is made (HH:MM), how many are kept, and where. Raises `BackupError`."""
    if folder and not (Path(folder).is_absolute() and os.access(folder, os.W_OK)):
        raise BackupError("{folder} is no folder into which the dashboard may write. Nothing was saved.", folder=folder)
    if folder and switch.belongs(store.folder, Path(folder) / NAME):
        raise BackupError("{folder} holds the store itself. Name another folder. Nothing was saved.", folder=folder)
    with store.write() as cursor:
        settings.put(cursor, "backup_at", at)
        settings.put(cursor, "backup_kept", str(keep))
        settings.put(cursor, "backup_folder", folder)
        audit.log_within(cursor, account, "set up backups", f"{at}, {keep}", folder)


def make_now(store: Store, account: str) -> Made:
    """Makes one among those of every day, and deletes the oldest beyond the number kept. Raises `BackupError`."""
    folder = folder_of(store)
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
    made = make(store, account, folder / NAME.format(now()), key(store))
    keep = settings.get(store, "backup_kept")
    for old in [path for path in kept(store) if path != made.path][max(keep - 1, 0) :]:
        with suppress(OSError):
            old.unlink()
    for left in folder.glob("quetma-*.backup.part"):
        left.unlink(missing_ok=True)
    return made


def due(store: Store, at: datetime) -> bool:
    """Whether the day's backup is to be made: none since the hour."""
    return upkeep.due(store, "backup", settings.get(store, "backup_at"), at)


class Schedule(Watch):
    """Makes the day's backup of a store and looks its audit through, between `start` and `stop`. Not of a demo unit."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = now) -> None:
        super().__init__("backup", EVERY)
        self._store, self._clock = store, clock
        self._from = time.monotonic() + NOT_AT_ONCE

    def look(self) -> None:
        """One look."""
        if time.monotonic() < self._from or self._store.demo or not due(self._store, self._clock()):
            return
        try:
            make_now(self._store, ACCOUNT)
        except BackupError as error:
            _log.error("no backup: %s", error)
        upkeep.look_at_audit(self._store, ACCOUNT)
