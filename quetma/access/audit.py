"""The record of who looked up, traced, exported, changed, signed in. Lines are added, never changed, each chained to
the one before it (chain.py); only the names of visitors that the gate noted are struck out with their check-ins
(quetma/retention.py), and those of people who ask for it (quetma/subject.py).
"""

from datetime import datetime

from duckdb import DuckDBPyConnection

from quetma.access import chain
from quetma.access.chain import Line
from quetma.store import Store, note, now


def log(store: Store, account: str, action: str, subject: str, detail: str = "") -> None:
    """Adds one line: `account` did `action` (a word such as "trace") to `subject` (a person, a file, a filter)."""
    store.log(Line(now(), account, action, subject, detail))


def log_within(
    cursor: DuckDBPyConnection, account: str, action: str, subject: str, detail: str = "", at: datetime | None = None
) -> None:
    """The same, with the cursor of a write that is going on: neither is there without the other. at: None is now."""
    note(cursor, Line(at or now(), account, action, subject, detail))


def strike(cursor: DuckDBPyConnection, account: str, numbers: list[int], token: str) -> None:
    """Accounts, within a write, for lines whose subject that write struck out under this token."""
    if numbers:
        note(cursor, chain.struck_line(numbers, token, account, now()))
