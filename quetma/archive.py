"""The archive of documents made: who made what about which days for whom, and the very bytes, to be had again.

The bytes lie in the store's folder `documents/`, named by their SHA-256. They are there, written through to the disk,
before the line that speaks of them is; a line is part of one transaction with its audit. So after a kill -9 a document
is kept whole or not at all, and a file without a line is swept away at the next start.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from quetma.access import audit
from quetma.store import Store, query

FOLDER = "documents"
_PART = ".part"
_making: set[Path] = set()  # by this process


class ArchiveError(ValueError):
    """A document cannot be had; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Document:
    """One document that was made. filing: what document management asks for (number, date, subject, type, …).

    removed_at: since when its file is gone, by whom and why; None while it is there.
    """

    document_id: int
    kind: str
    subject: str
    first_day: date | None
    last_day: date | None
    reason: str
    made_at: datetime
    made_by: str
    file_name: str
    format: str
    size: int
    sha256: str
    filing: dict[str, Any]
    removed_at: datetime | None = None
    removed_by: str = ""
    removed_why: str = ""


def keep(
    store: Store,
    account: str,
    kind: str,
    subject: str,
    file_name: str,
    make: Callable[[Path], object],
    *,
    days: tuple[date, date] | None = None,
    reason: str = "",
    filing: Mapping[str, Any] | None = None,
    within: Callable[[Any, Document], object] | None = None,
) -> Document:
    """Makes a document, `make(path)` writing its bytes, and keeps it with a line in the audit. Its format is the ending
    of `file_name`. What `make` raises is raised, and nothing is kept.

    within: called with the cursor and the document in the same transaction, for what must not be there without it.
    """
    folder = store.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    part = folder / f"{secrets.token_hex(8)}{_PART}"
    _making.add(part)
    try:
        make(part)
        size, sha256 = _sealed(part)
        first, last = days or (None, None)
        made_at, ending = store.clock(), file_name.rpartition(".")[2]
        with store.write() as cursor:  # a sweep cannot come between the file and its line
            part.replace(folder / sha256)
            _written_through(folder)
            [(number,)] = cursor.execute(query("archive/next_id")[0]).fetchall()
            document = Document(
                number, kind, subject, first, last, reason, made_at, account, file_name, ending, size, sha256,
                dict(filing or {}),
            )  # fmt: skip
            row = {
                field.name: getattr(document, field.name)
                for field in fields(document)
                if not field.name.startswith("removed_")
            }
            told = json.dumps(document.filing, ensure_ascii=False)
            cursor.execute(query("archive/insert")[0], row | {"filing": told})
            audit.log_within(cursor, account, "make document", f"{number} {file_name}", reason)
            if within:
                within(cursor, document)
    finally:
        part.unlink(missing_ok=True)
        _making.discard(part)
    return document


def made(store: Store, kind: str | None = None, first: int = 0, rows: int = 20) -> tuple[list[Document], int]:
    """Documents made, newest first, `rows` of them after skipping `first`; and how many there are in all."""
    found = store.ask("archive/made", kind=kind, page_size=rows, page_start=first)
    total = found["total"][0] if found.height else 0
    return [_document(row) for row in found.drop("total").iter_rows(named=True)], total


def kinds(store: Store) -> dict[str, int]:
    """The kinds of documents that were made, and how many of each."""
    return dict(store.ask("archive/kinds").iter_rows())


def one(store: Store, document_id: int) -> Document | None:
    """One document, or None when there is no such."""
    found = store.ask("archive/one", document_id=document_id)
    return next((_document(row) for row in found.iter_rows(named=True)), None)


def path(store: Store, document: Document) -> Path:
    """Where its bytes lie, to be read only. Raises `ArchiveError` when they are gone."""
    where = store.folder / FOLDER / document.sha256
    if document.removed_at:
        raise ArchiveError("The file of this document was removed.")
    if not where.is_file():
        raise ArchiveError("The file of this document is no longer in the store's folder.")
    return where


def copy(store: Store, document: Document, to: Path) -> None:
    """Writes its bytes to `to`. Raises `ArchiveError` when they are gone."""
    shutil.copyfile(path(store, document), to)


def remove(store: Store, account: str, document_id: int, why: str) -> None:
    """Deletes the file of a document; that it was made, for what, and that it was removed by whom, stays. The bytes go
    when no other document is the same to the letter. Raises `ArchiveError`.
    """
    if not why.strip():
        raise ArchiveError("Say why it is removed.")
    with store.write() as cursor:
        document = one(store, document_id)
        if document is None or document.removed_at:
            raise ArchiveError("The file of this document was removed.")
        values = {
            "document_id": document_id, "removed_at": store.clock(), "removed_by": account, "why": why.strip(),
        }  # fmt: skip
        cursor.execute(query("archive/remove")[0], values)
        audit.log_within(cursor, account, "remove document", f"{document_id} {document.file_name}", why.strip())
    sweep(store)  # only now: a removal that was not written down must not have happened


def filing_json(document: Document) -> str:
    """The small file beside a document from which document management fills its form in: JSON, with the fingerprint."""
    own = {"file": document.file_name, "size": document.size, "sha256": document.sha256}
    return json.dumps(document.filing | own, ensure_ascii=False, indent=2) + "\n"


def sweep(store: Store) -> None:
    """Deletes files that no line speaks of: removed, or left behind by a server that was killed in the middle. Not what
    is being made just now.
    """
    with store.write():  # nobody is keeping one just now
        known = set(store.ask("archive/files")["sha256"])
        for left in (store.folder / FOLDER).glob("*"):
            if left.name not in known and left not in _making:
                left.unlink()


def check(store: Store) -> list[str]:
    """A line for each file of a document that is gone or is not what was kept; [] when there is none."""
    found = []
    for row in store.ask("archive/files").iter_rows(named=True):
        where = store.folder / FOLDER / row["sha256"]
        if not where.is_file():
            found.append(f"document {row['document_id']}: its file is gone")
        elif _fingerprint(where) != row["sha256"]:
            found.append(f"document {row['document_id']}: its file is not what was kept")
    return found


def _document(row: dict[str, Any]) -> Document:
    return Document(**row | {"filing": json.loads(row["filing"])})


def _sealed(part: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file that is now on the disk itself, readable by the store's account alone."""
    part.chmod(0o600)
    with part.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return part.stat().st_size, sha256


def _written_through(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _fingerprint(where: Path) -> str:
    with where.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
