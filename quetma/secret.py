"""Passwords that the dashboard itself needs: each in a file that its account alone can read, never in the database, so
in no copy, export or audit line of it.
"""

import os
from pathlib import Path


def read(path: Path) -> str:
    """The password, '' for none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def keep(path: Path, text: str) -> None:
    """Keeps a password, the old one until the new one is there whole; '' forgets it."""
    if not text:
        path.unlink(missing_ok=True)
        return
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
