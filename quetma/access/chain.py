"""The chain of the audit: each line sealed with the one before it, so that none can be changed, added or taken out
later without `check` naming it.

Lines of a transaction are sealed at its commit, and those of others wait for that moment only: there is one order, and
a line is there exactly when what it speaks of is. Who can write into the file can also seal all of it anew, from the
changed line on: so `check` and each backup tell the last seal, to be compared with.
"""

import hashlib
import json
import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

STRIKE, PURGE = "strike audit", "purge audit"  # actions of the lines that account for what is no longer there
_PIECE = 10_000


@dataclass(frozen=True)
class Line:
    """A line to be added."""

    logged_at: datetime
    account: str
    action: str
    subject: str
    detail: str


@dataclass(frozen=True)
class Head:
    """The number and the seal of a line; of none: 0 and ''."""

    number: int = 0
    seal: str = ""


class Chain:
    """The chain of one store; made when it is opened."""

    def __init__(self, connection: DuckDBPyConnection, beside: Path) -> None:
        self._lock = Lock()
        self._beside = beside
        self._head = head(connection)
        self.lost = max(_noted(beside).number - self._head.number, 0)  # lines that were there, at the end
        if not self.lost:
            self._note()

    @contextmanager
    def adding(self, cursor: DuckDBPyConnection, lines: Iterable[Line]) -> Generator[None]:
        """Adds lines with this cursor; they are part of the chain when the block, which commits them, ends."""
        with self._lock:
            new = self._head
            for line in lines:
                row = sealed(new, line)
                cursor.execute(_sql("insert"), row)
                new = Head(row["number"], row["seal"])
            yield
            self._head = new
            self._note()

    def _note(self) -> None:
        """Writes the head beside the store. Only after the commit: so it is never ahead of what is stored."""
        with suppress(OSError):  # a full disk: it is behind then, and that is no loss
            part = self._beside.with_suffix(".part")
            part.write_text(f"{self._head.number} {self._head.seal}")
            part.replace(self._beside)


def _noted(beside: Path) -> Head:
    """The head as it was noted last; none where nobody has noted one."""
    with suppress(OSError, ValueError):
        number, _, seal = beside.read_text().partition(" ")
        return Head(int(number), seal)
    return Head()


def head(cursor: DuckDBPyConnection) -> Head:
    """The last line that is sealed."""
    found = cursor.execute(_sql("head")).fetchall()
    return Head(*found[0]) if found else Head()


def sealed(before: Head, line: Line) -> dict[str, Any]:
    """A line as it is stored after that one."""
    salt = secrets.token_hex(16)
    told = _told(salt, line.subject, line.detail)
    number = before.number + 1
    return {
        "number": number, "logged_at": line.logged_at, "account": line.account, "action": line.action,
        "subject": line.subject, "detail": line.detail, "salt": salt, "told": told,
        "seal": _seal(before.seal, number, line.logged_at, line.account, line.action, told),
    }  # fmt: skip


def _told(salt: str, subject: str, detail: str) -> str:
    return _sha256([salt, subject, detail])


def _seal(before: str, number: int, logged_at: datetime, account: str, action: str, told: str) -> str:
    return _sha256([before, number, logged_at.isoformat(timespec="microseconds"), account, action, told])


def _sha256(values: list[Any]) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def seal_all(cursor: DuckDBPyConnection) -> None:
    """Chains the lines of a store of before, in the order of their times, within a write."""
    lines = cursor.execute(_sql("unsealed")).fetchall()
    before, rows = Head(), []
    for values in lines:
        rows.append(sealed(before, Line(*values)))
        before = Head(rows[-1]["number"], rows[-1]["seal"])
    cursor.execute(_sql("empty"))
    if rows:
        cursor.register("sealed_lines", pl.DataFrame(rows, infer_schema_length=None))
        cursor.execute(_sql("insert_sealed"))
        cursor.unregister("sealed_lines")


# What is no longer there ----------------------------------------------------------------------------------------------


def struck_line(numbers: Iterable[int], token: str, account: str, at: datetime) -> Line:
    """The line that accounts for lines struck out."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    told = ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in ranges)
    return Line(at, account, STRIKE, token, told)


def purged_line(last: Head, account: str, at: datetime) -> Line:
    """The line that accounts for the lines up to `last`, which are deleted."""
    return Line(at, account, PURGE, f"1-{last.number}", last.seal)


def check(cursor: DuckDBPyConnection) -> list[str]:
    """A line that names the first entry which is not what was written, and others about what nothing accounts for."""
    begun = cursor.execute(_sql("start")).fetchall()
    before = Head(*begun[0]) if begun else Head()
    struck: list[tuple[int, str]] = []
    accounted: dict[str, str] = {}
    purged = not begun
    [(loose,)] = cursor.execute(_sql("loose")).fetchall()
    wrong = [f"audit: {loose} lines stand outside the chain"] if loose else []
    cursor.execute(_sql("chained"))
    while rows := cursor.fetchmany(_PIECE):
        for number, at, account, action, subject, detail, salt, told, seal, token in rows:
            who = f"audit: entry {number} ({at:%H:%M:%S %d/%m/%Y}, {account}, {action})"
            if number != before.number + 1:
                missing = f"audit: entries {before.number + 1} to {number - 1} are missing"
                return [*wrong, missing if number > before.number else f"{who} is there twice"]
            if seal != _seal(before.seal, number, at, account, action, told) or (
                salt is not None and told != _told(salt, subject, detail)
            ):
                return [*wrong, f"{who} is not what was written"]
            if salt is None:
                struck.append((number, token))
            if action == STRIKE:
                accounted[subject] = detail
            purged = purged or (action, subject, detail) == (PURGE, f"1-{begun[0][0]}", begun[0][1])
            before = Head(number, seal)
    if not purged:
        wrong.append(f"audit: the entries before {begun[0][0] + 1} are missing, and no entry says why")
    for number, token in struck:
        if not _within(number, accounted.get(token, "")):
            return [*wrong, f"audit: entry {number} is struck out, and no entry says why"]
    return wrong


def _within(number: int, ranges: str) -> bool:
    bounds = (part.partition("-") for part in ranges.split(",") if part)
    return any(int(first) <= number <= int(last or first) for first, _, last in bounds)


def _sql(name: str) -> str:
    from quetma.store import query  # which needs this module

    return query(f"audit/{name}")[0]
