"""Bringing a backup back: unpacked and looked through first, then everything exchanged at once.

    restore(folder, file, passphrase, account) -> Restored

What is there is never written over: it goes into a folder of its own beside the new one. Until the exchange, which is a
few renames and goes on by itself after a crash (quetma/switch.py), the store is as it was.
"""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from quetma import sealed, switch, upkeep
from quetma.access import audit, chain
from quetma.backup import BESIDE, BackupError
from quetma.file import FILE, FULL, StoreError, rows_of
from quetma.store import Store, now, query

STAGING = "restore-making-"
ASIDE = "before-restore-{:%Y-%m-%d-%H%M%S}"
# What a leader knows a store by, of its tables.
TOLD = {
    "uploads": "batch", "scans": "scan_row", "people": "person", "cases": "case_entry", "documents": "document",
    "accounts": "account", "audit lines": "audit",
}  # fmt: skip


@dataclass(frozen=True)
class Restored:
    """What was brought back. made_at: the moment of which everything is. aside: where what was there lies now. doubts:
    where its audit is not what was backed up, a line each.
    """

    made_at: datetime
    unit: str
    rows: dict[str, int]
    files: int
    aside: Path | None
    doubts: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of what a leader knows."""
        return {name: self.rows.get(table, 0) for name, table in TOLD.items()}

    def json(self) -> dict[str, Any]:
        """The object of `restore --json`."""
        return {
            "made_at": self.made_at.isoformat(), "unit": self.unit, "tables": len(self.rows),
            "rows": sum(self.rows.values()), "files": self.files, "aside": self.aside and str(self.aside),
            "doubts": [*self.doubts],
            **self.counts,
        }  # fmt: skip


def restore(folder: Path, file: Path, passphrase: str | None, account: str) -> Restored:
    """Brings a backup back into a store's folder, which may be empty or not there. Nobody may have the store open.
    Raises `BackupError`, `SealError` or `StoreError`; then nothing was changed.
    """
    folder = folder.resolve()
    with _writing_said(folder, file):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with switch.alone(folder):
        switch.finish(folder)
        _unused(folder)
        found = _ready(folder, file, passphrase, account)
        try:
            switch.finish(folder)
        except OSError as error:
            raise BackupError(
                "{file} lies ready in {folder}, but could not take its place: {why}. Nothing is lost. Put that right; "
                "whatever opens the store next, this command or the dashboard, goes on with it.",
                file=file.name, folder=folder, why=error.strerror or error,
            ) from error  # fmt: skip
    return found


def at_next_start(store: Store, file: Path, passphrase: str | None, account: str) -> Restored:
    """Makes a backup ready to take the place of a store that is in use, when it is opened the next time: until then
    everything goes on, and what is entered meanwhile goes aside with the rest. `forget` takes it back. Raises as
    `restore` does.
    """
    forget(store, account)
    found = _ready(store.folder, file, passphrase, account)
    audit.log(store, account, "prepare restore", file.name, f"of {found.made_at:%d/%m/%Y %H:%M}")
    return found


def waits(store: Store) -> bool:
    """Whether a backup is ready to take the place of this store when it is opened the next time."""
    return switch.prepared(store.folder)


def forget(store: Store, account: str) -> None:
    """Takes `at_next_start` back; nothing when there was none."""
    if waits(store):
        switch.cancel(store.folder)
        audit.log(store, account, "prepare restore", "", "taken back")


def _ready(folder: Path, file: Path, passphrase: str | None, account: str) -> Restored:
    """Unpacks a backup beside the store and says that it is to take its place."""
    with _writing_said(folder, file):
        if shutil.disk_usage(folder).free < _needed(file):
            raise _no_room(folder, file)
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
        try:
            found = _unpacked(file, staging, passphrase, account)
            aside = ASIDE.format(now())
            there = any(True for _ in switch.own(folder))
            switch.prepare(folder, staging, aside)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return replace(found, aside=folder / aside if there else None)


@contextmanager
def _writing_said(folder: Path, file: Path) -> Generator[None]:
    """What keeps a backup from being unpacked in the folder is said in words, with what became of what is there."""
    try:
        yield
    except (OSError, duckdb.Error, StoreError) as error:
        told = f"{error} {error.__cause__ or ''}"
        if FULL in told:
            raise _no_room(folder, file) from error
        if any(word in told for word in ("Read-only file system", "Permission denied", "Operation not permitted")):
            raise BackupError(
                "The account that runs quetma may not write in {folder}, so {file} was not brought back. Nothing was "
                "changed. Give it that folder, or name another one, then do it again.", folder=folder, file=file.name,
            ) from error  # fmt: skip
        if isinstance(error, StoreError):
            raise
        raise BackupError(
            "{file} was not brought back: {why}. Nothing was changed: what was there is as it was.",
            file=file.name, why=" ".join(str(error).split()).rstrip("."),
        ) from error  # fmt: skip


def _needed(file: Path) -> int:
    """Bytes that unpacking a backup takes: what is in it, and of a locked one the pack for a while."""
    return file.stat().st_size * (2 if sealed.locked(file) else 1)


def _no_room(folder: Path, file: Path) -> BackupError:
    return BackupError(
        "There is not enough space in {folder} to bring {file} back: that takes {mb} MB. Nothing was changed: what was "
        "there is as it was. Make room (old backups, folders before-restore-…), then do it again.",
        folder=folder, file=file.name, mb=_needed(file) // 1_000_000 + 1,
    )  # fmt: skip


def _unused(folder: Path) -> None:
    """Raises when another process has the store open; one that cannot be read may be replaced."""
    if not (folder / FILE).exists():
        return
    try:
        duckdb.connect(str(folder / FILE)).close()
    except duckdb.Error as error:
        if "lock" in str(error).lower():
            raise BackupError(
                "The store in {folder} is in use, probably by the running dashboard. Stop it, then restore. Nothing "
                "was changed.", folder=folder,
            ) from error  # fmt: skip


def _unpacked(file: Path, staging: Path, passphrase: str | None, account: str) -> Restored:
    """Unpacks a backup, looks whether the store in it is the one that was copied, and brings it to this version."""
    try:
        about = sealed.read(file, staging, passphrase)
        if rows_of(staging / FILE) != about["rows"]:
            raise BackupError("{file} does not have the rows that it says it has. Nothing was changed.", file=file.name)
        made_at = datetime.fromisoformat(about["made_at"])
        # a store of an earlier version is brought up here, so that what cannot be changes nothing
        store = Store(staging)
        try:
            doubts = _doubts(store, about.get("audit"))
            with store.write() as cursor:
                cursor.execute(query("backup/end_sessions")[0])
                audit.log_within(cursor, account, "restore", file.name, f"of {made_at:%d/%m/%Y %H:%M}")
            upkeep.note(store, "restore", account, {"file": str(file), "made_at": about["made_at"]})
            if doubts:
                upkeep.note(store, "audit", account, failed=doubts[0])
        finally:
            store.close()
    except KeyError as error:
        raise BackupError("{file} is no backup of quetma. Nothing was changed.", file=file.name) from error
    except StoreError as error:
        raise StoreError(f"{file.name} cannot be restored, and nothing was changed. {error}") from error
    files = 0
    with suppress(FileNotFoundError):
        for path in sorted((staging / BESIDE).iterdir()):
            files += sum(one.is_file() for one in path.rglob("*")) if path.is_dir() else 1
            path.rename(staging / path.name)
        (staging / BESIDE).rmdir()
    return Restored(made_at, about.get("unit", ""), about["rows"], files, None, tuple(doubts))


def _doubts(store: Store, noted: dict[str, Any] | None) -> list[str]:
    """Where the audit of an unpacked backup does not hang together, or not end as was noted when the backup was made.
    It is brought back all the same: there may be no better one. noted: None in one of an earlier version.
    """
    found, last = chain.check(store.cursor()), chain.head(store.cursor())
    if noted and not found and asdict(last) != noted:
        ends = f"entry {last.number}, seal {last.seal[:16]}"
        found.append(
            f"audit: it ends with {ends}, when the backup was made with {noted['number']}, {noted['seal'][:16]}"
        )
    return found
