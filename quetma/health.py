"""How the store and what it runs on are: for probes, and for the administrator's page."""

import os
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import duckdb

from quetma import backup, language, retention, upkeep
from quetma.access import chain
from quetma.engine import PUBLISHED, lake_folder
from quetma.file import FILE
from quetma.intake.errors import Message
from quetma.language import Translate
from quetma.store import Store, now, query

LATE = timedelta(hours=50)  # two days, and a little for a server that is off at night
OLD = timedelta(days=7)  # a store put aside is needed no more
SHORT = 1_000_000_000  # bytes that a disk must have left, else probes hear `not ok`
ENOUGH = 100_000  # scans from which on what each takes on the disk is told by the store's size
WRONG = timedelta(minutes=5)  # by which a clock may be set back when it is set right
STARTED = now()


@dataclass(frozen=True)
class Concern:
    """Something that is not as it should be, in words for the administrator, most urgent first."""

    level: Literal["urgent", "note"]
    told: Message

    def words(self, t: Translate) -> str:
        """The sentence."""
        return self.told.words(t)


def free(store: Store) -> int:
    """Bytes that are left on the disk of the store."""
    return shutil.disk_usage(store.folder).free


def answers(store: Store) -> bool:
    """Whether the store answers, and its disk has room for what is entered; cheap, for probes."""
    try:
        well = free(store) >= SHORT and bool(store.cursor().execute(query("upkeep/answers")[0]).fetchall())
    except (OSError, duckdb.Error):
        return False
    return well and (store.engine is None or store.engine.answers())


def warnings(store: Store, at: datetime) -> list[Concern]:
    """What is not as it should be just now."""
    return sorted(_warnings(store, at), key=lambda one: one.level != "urgent")


def _warnings(store: Store, at: datetime) -> Iterator[Concern]:
    if store.demo:
        return
    yield from _engine(store)
    yield from _lake(store)
    last, good = upkeep.last(store, "backup", good=False, before=at), upkeep.last(store, "backup", before=at)
    if last and last.failed:
        yield Concern("urgent", Message("The last backup failed at {moment}: "
                                        "{why}", moment=language.moment(last.ran_at),
                                        why=last.failed))  # fmt: skip
    if good is None:
        if at - STARTED > timedelta(minutes=10) or last:
            yield Concern("urgent", Message("There is no backup yet."))
    elif at - good.ran_at > LATE:
        yield Concern("urgent", Message("The last good backup is of {moment}.", moment=language.moment(good.ran_at)))
    if (found := upkeep.last(store, "audit", good=False, before=at)) and found.failed:
        yield Concern("urgent", Message("The audit was changed from outside: {what}", what=found.failed))
    purged = upkeep.last(store, "purge", good=False, before=at)
    if purged and purged.failed == retention.HELD:
        yield Concern("urgent", Message(retention.HELD))
    elif purged and purged.failed:
        yield Concern("urgent", Message("What is over was not deleted at {moment}: {why}",
                                        moment=language.moment(purged.ran_at), why=purged.failed))  # fmt: skip
    if (newest := _newest_line(store)) and newest - at > WRONG:
        yield Concern("urgent", Message("The clock of this machine was put back: the audit has lines of {moment}. "
                                        "Set the "
                                        "clock right.", moment=language.moment(newest)))  # fmt: skip
    if (left := free(store)) < max(SHORT, 2 * size(store)):
        yield Concern("urgent", Message("Only {mb} MB are left on the disk of the store.", mb=left // 1_000_000))
    if backup.key(store) is None:
        yield Concern("note", Message("Backups have no passphrase: whoever has the file can read all of it."))
    folder = backup.folder_of(store)
    if folder.exists() and folder.stat().st_dev == store.folder.stat().st_dev:
        yield Concern("note", Message("Backups lie on the disk of the store: when it fails, both are lost. Name "
                                      "another "
                                      "folder, or copy them elsewhere."))  # fmt: skip
    for aside in sorted(store.folder.glob("before-restore-*")):
        yield Concern("note", Message("{folder} has what was there before a restore, people's data with it. Delete "
                                      "it when "
                                      "it is not needed any more.", folder=aside.name))  # fmt: skip
    if store.folder.stat().st_mode & 0o077:
        yield Concern("note", Message("Other accounts of this machine may look into the store's folder: chmod 700."))


def _engine(store: Store) -> Iterator[Concern]:
    if store.engine is None or (store.engine.answers() and store.engine.settle()):
        return
    standing = store.engine.standing()
    if standing.failed:
        yield Concern("urgent", Message("What is stored cannot be published for the engine at {address}: {why}",
                                        address=standing.address, why=standing.failed))  # fmt: skip
    if standing.away:
        yield Concern("urgent", Message("The engine at {address} does not answer: {why} Figures cannot be shown; "
                                        "uploads are taken, and nothing is lost.",
                                        address=standing.address, why=standing.away))  # fmt: skip


def _lake(store: Store) -> Iterator[Concern]:
    folder = lake_folder(store)
    if not (folder / PUBLISHED).exists():
        return
    if store.engine is None:
        yield Concern("note", Message("{folder} has what was published for an engine, people's data with it, and "
                                      "nobody forgets there what is over. Delete it when no engine is to be used "
                                      "again.", folder=str(folder)))  # fmt: skip
    elif folder.stat().st_mode & 0o007:
        yield Concern("note", Message("Any account of this machine may look into {folder}: chmod o-rwx.",
                                      folder=str(folder)))  # fmt: skip


def _newest_line(store: Store) -> datetime | None:
    [(newest,)] = store.cursor().execute(query("audit/newest")[0]).fetchall()
    return newest


def size(store: Store) -> int:
    """Bytes of the store's file, with the changes not yet put into it."""
    paths = (store.folder / FILE, store.folder / f"{FILE}.wal")
    return sum(path.stat().st_size for path in paths if path.exists())


def sizes(store: Store) -> dict[str, int]:
    """Bytes of what lies in the store's folder: store | documents | incoming | inbox | backups."""

    def of(folder: Path) -> int:
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else 0

    beside = {name: of(store.folder / name) for name in ("documents", "incoming", "inbox")}
    return {"store": size(store), **beside, "backups": of(backup.folder_of(store))}


def per_million(store: Store) -> int | None:
    """Bytes of the store's file for a million scans; None while there are too few to say."""
    [(scans,)] = store.cursor().execute(query("upkeep/scans")[0]).fetchall()
    return round(size(store) / scans * 1_000_000) if scans >= ENOUGH else None


def versions(store: Store) -> dict[str, str]:
    """What runs, by name."""
    [(number,)] = store.cursor().execute(query("upkeep/schema")[0]).fetchall()
    named = {name: version(name) for name in ("duckdb", "streamlit", "polars")}
    return {"quetma (store)": str(number), "python": platform.python_version(), **named, "system": platform.platform()}


def audit_head(store: Store) -> tuple[int, str]:
    """Number and seal of the audit's last line."""
    last = chain.head(store.cursor())
    return last.number, last.seal


def signed_in(store: Store) -> dict[str, int]:
    """How many sessions each account has that is signed in."""
    return dict(store.cursor().execute(query("upkeep/sessions")[0]).fetchall())


def process_memory() -> int | None:
    """Bytes of this process in memory; None where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
