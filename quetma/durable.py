"""Files that are there whole after the machine stopped, and that only the account of the server may read."""

import os
from contextlib import suppress
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
