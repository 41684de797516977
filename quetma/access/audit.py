"""The record of who looked up, traced, exported, changed, signed in. Lines are added, never changed."""

from quetma.store import Store, now


def log(store: Store, account: str, action: str, subject: str, detail: str = "") -> None:
    """Adds one line: `account` did `action` (a word such as "trace") to `subject` (a person, a file, a filter)."""
    store.append("audit", now(), account, action, subject, detail)
