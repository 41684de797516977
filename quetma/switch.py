"""Exchanging what lies in a store's folder, whole or not at all, also when the machine stops in between.

What comes lies ready in `restore-ready/`, with the name of the folder into which what is there goes. Each step is a
rename; which half is done stands on the disk. `finish` does what is left, and whoever opens the store calls it first.
"""

import fcntl
import os
import shutil
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

from quetma.durable import sync

READY = "restore-ready"
ASIDE = "aside"  # in it: the name of the folder for what is there
MOVED = "moved"  # in it: what was there lies aside
FOLDERS = ("documents", "incoming")  # of a store, beside its file; what else lies there is not part of it


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """While this lasts, nobody else opens the store or exchanges it. Not for reading: the store's file has a lock."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def own(folder: Path) -> Iterable[Path]:
    """What belongs to the store: its file, passwords and keys beside it, documents made, files not loaded yet."""
    for path in sorted(folder.iterdir()):
        if path.name in FOLDERS if path.is_dir() else not path.name.startswith(".") and path.suffix != ".part":
            yield path


def belongs(folder: Path, path: Path) -> bool:
    """Whether a path is, or would be, among what belongs to the store."""
    folder, path = folder.resolve(), path.resolve()
    return path.parent == folder or any(path.is_relative_to(folder / name) for name in FOLDERS)


def prepare(folder: Path, new: Path, aside: str) -> None:
    """Says that what lies in `new`, a folder inside `folder`, is to take the place of what is there."""
    with (new / ASIDE).open("w", encoding="utf-8") as file:
        file.write(aside)
        file.flush()
        os.fsync(file.fileno())
    sync(new)
    new.rename(folder / READY)
    sync(folder)


def prepared(folder: Path) -> bool:
    """Whether an exchange is prepared."""
    return (folder / READY).is_dir()


def cancel(folder: Path) -> None:
    """Gives an exchange up that has not begun."""
    gone = folder / f"{READY}-given-up"
    (folder / READY).rename(gone)  # at once: what is left of it must not look prepared
    shutil.rmtree(gone)


def finish(folder: Path) -> None:
    """Does what is left of an exchange; nothing when none was prepared. Inside `alone`."""
    ready = folder / READY
    if not ready.is_dir():
        return
    if not (ready / MOVED).exists():
        aside = folder / (ready / ASIDE).read_text(encoding="utf-8")
        there = list(own(folder))
        if there:
            aside.mkdir(mode=0o700, exist_ok=True)
        for path in there:
            path.rename(aside / path.name)
        sync(folder)
        (ready / MOVED).touch()
        sync(ready)
    for path in sorted(ready.iterdir()):
        if path.name not in (ASIDE, MOVED):
            path.rename(folder / path.name)
    sync(folder)
    shutil.rmtree(ready)
