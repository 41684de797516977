"""Passwords known from breaches, in a file that the administrator has fetched and `QUETMA_BREACHED` names.

It is the list of Have I Been Pwned, ordered by hash: a line `SHA-1 in capital hex:how often seen` for each password. Of
some 40 GB three dozen lines are read.
"""

import bisect
import os
from hashlib import sha1
from pathlib import Path
from unicodedata import normalize

SETTING = "QUETMA_BREACHED"


def known(password: str) -> bool:
    """Whether the password is in the list; of no list, False. Raises `OSError` when the list cannot be read, and when
    it is none.
    """
    path = os.environ.get(SETTING)
    if not path:
        return False
    looked_for = sha1(normalize("NFC", password).encode(), usedforsecurity=False).hexdigest().upper().encode()
    lines = _Lines(Path(path))
    at = bisect.bisect_left(lines, looked_for)
    return at < len(lines) and lines[at] == looked_for


class _Lines:
    """The hash that begins at or after each byte of the file, in order."""

    def __init__(self, path: Path) -> None:
        self._path, self._size = path, path.stat().st_size

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, at: int) -> bytes:
        with self._path.open("rb") as file:
            if at:
                file.seek(at - 1)
                file.readline()  # to the beginning of the next line
            line = file.readline()
        found = line[:40].upper()
        if line and (len(found) != 40 or found.strip(b"0123456789ABCDEF") or line[40:41] not in (b":", b"\r", b"\n")):
            raise OSError(f"{self._path} is no list of SHA-1 hashes")
        return found or b"G"  # after the last line: greater than any hash
