"""The record of who looked up, traced, exported, changed, signed in. Lines are added, never changed; only the
names of visitors that the gate noted are struck out with their check-ins (quetma/retention.py).
"""

from datetime import datetime

from duckdb import DuckDBPyConnection

from quetma.store import Store, now, query


def log(store: Store, account: str, action: str, subject: str, detail: str = "") -> None:
    """Adds one line: `account` did `action` (a word such as "trace") to `subject` (a person, a file, a filter)."""
    store.append("audit", now(), account, action, subject, detail)


def log_within(
    cursor: DuckDBPyConnection, account: str, action: str, subject: str, detail: str = "", at: datetime | None = None
) -> None:
    """The same, in the transaction of what it speaks of: neither is there without the other. at: None is now."""
    line = {"logged_at": at or now(), "account": account, "action": action, "subject": subject, "detail": detail}
    cursor.execute(query("audit/insert")[0], line)
