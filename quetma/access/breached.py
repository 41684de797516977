"""Passwords known from breaches, in a file that the administrator has fetched and `QUETMA_BREACHED` names.

It is the list of Have I Been Pwned, ordered by hash: a line `SHA-1 in capital hex:how often seen` for each password. Of
some 40 GB three dozen lines are read.
"""

import os
from hashlib import sha1
from pathlib import Path
from unicodedata import normalize

SETTING = "QUETMA_BREACHED"
SPREAD = 32  # steps in which a list is looked through
AFTER = b"G"  # after the last line: greater than any hash


def known(password: str) -> bool:
    """Whether the password is in the list; of no list, False. Raises `OSError` when the list cannot be read, and when
    it is none, or not ordered by hash: nothing would be found in it.
    """
    path = os.environ.get(SETTING)
    if not path:
        return False
    looked_for = sha1(normalize("NFC", password).encode(), usedforsecurity=False).hexdigest().upper().encode()
    lines = _Lines(Path(path))
    lines.look_through()
    before, after = lines.first, AFTER
    low, high = 0, lines.size  # what begins at or after `low` may be it, at or after `high` it or greater
    while low < high:
        middle = (low + high) // 2
        found = lines.at(middle)
        if not before <= found <= after:
            raise lines.unordered()
        if found < looked_for:
            low, before = middle + 1, found
        else:
            high, after = middle, found
    return after == looked_for


class _Lines:
    """The hash that begins at or after each byte of the file, in order."""

    def __init__(self, path: Path) -> None:
        self._path, self.size = path, path.stat().st_size
        self.first = self.at(0)
        if self.first == AFTER:
            raise OSError(f"{path} is empty")

    def look_through(self) -> None:
        """Raises when a few lines, spread over the file with the first and the last, are not in order: a short one
        would be searched in fewer steps than tell.
        """
        found = [self.at(max(self.size - 2, 0) * step // SPREAD) for step in range(SPREAD + 1)]
        if found != sorted(found):
            raise self.unordered()

    def unordered(self) -> OSError:
        """What to raise when one line is not where it should be."""
        return OSError(f"{self._path} is not ordered by hash")

    def at(self, at: int) -> bytes:
        """The hash of the first line that begins at this byte or later; `AFTER` when none does."""
        with self._path.open("rb") as file:
            if at:
                file.seek(at - 1)
                file.readline()  # to the beginning of the next line
            line = file.readline()
        found = line[:40].upper()
        if line and (len(found) != 40 or found.strip(b"0123456789ABCDEF") or line[40:41] not in (b":", b"\r", b"\n")):
            raise OSError(f"{self._path} is no list of SHA-1 hashes")
        return found or AFTER
