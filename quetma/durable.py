"""Files that are there whole after the machine stopped, and that only the account of the server may read; and which of
them are meant for others.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import BufferedWriter
from pathlib import Path


def private(path: Path) -> BufferedWriter:
    """A new file that only the server's account may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def sync(folder: Path) -> None:
    """Makes the names in a folder safe on the disk."""
    with suppress(OSError):  # not every file system can
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_umask: int | None = None  # as whoever started the process has it; None: nothing was changed


def keep_private() -> None:
    """From here on what this process writes is for its account alone, whatever the umask: health data, also in the log
    and the pieces that DuckDB makes when it likes. For what starts a process; what is for others says `share`.
    """
    global _umask
    if _umask is None:
        _umask = os.umask(0o077)


def share(path: Path) -> None:
    """Opens a file, or a folder and all in it, to whom the umask of whoever started the process lets in."""
    if _umask is None or _umask & 0o077 == 0o077:
        return
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        if not one.stat().st_mode & 0o077:  # else somebody has said already whose it is
            one.chmod((0o777 if one.is_dir() else 0o666) & ~_umask)


@contextmanager
def shared(path: Path) -> Generator[None]:
    """Writes within a file that is for whoever asked for it: one that was there keeps its mode, a new one has that of
    the umask.
    """
    mode = path.stat().st_mode & 0o777 if path.is_file() else None
    yield
    if mode is None:
        share(path)
    elif path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)
