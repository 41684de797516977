"""Who is signed in. The browser holds a random token, the store only its hash.

The index in memory answers in microseconds, for it is asked on every request and every run of a page; the table brings
it back after a restart. Rows are only added: one when a session starts, one more when it is ended.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from quetma.access import accounts
from quetma.store import Store, now

LASTS = timedelta(hours=12)  # a working day with its overtime; after that the password is asked again


@dataclass(frozen=True)
class Session:
    """One signed-in browser: which store it may use, as whom, in which role."""

    key: str  # sha256 of the token
    store: Store
    account: str
    role: str
    started: datetime


_index: dict[str, Session] = {}


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def start(store: Store, account: str) -> str:
    """Starts a session for an account of that store and returns its token, which is kept nowhere here."""
    found = accounts.find(store, account)
    if not found:
        raise LookupError(f"no account {account}")
    token = secrets.token_urlsafe(32)
    session = Session(_key(token), store, found.name, found.role, now())
    store.append("session", session.key, session.account, session.started, None)
    for key, old in list(_index.items()):
        if now() >= old.started + LASTS:
            _index.pop(key, None)
    _index[session.key] = session
    return token


def find(token: str | None) -> Session | None:
    """The live session of that token, or None when there is none, it was ended, or its time is over."""
    session = _index.get(_key(token)) if token else None
    return session if session and now() < session.started + LASTS else None


def end(token: str) -> None:
    """Ends the session now: its next request or rerun is refused."""
    session = _index.pop(_key(token), None)
    if session:
        session.store.append("session", session.key, session.account, session.started, now())


def load(store: Store) -> None:
    """Brings back the store's live sessions after a restart, so that nobody is signed out by it."""
    rows = store.cursor().execute(
        "SELECT token_hash, account, role, MIN(s.created_at) AS started"
        " FROM session s JOIN account a ON a.name = s.account"
        " GROUP BY token_hash, account, role HAVING MAX(ended_at) IS NULL AND MIN(s.created_at) > ?",
        [now() - LASTS],
    )
    for key, account, role, started in rows.fetchall():
        _index[key] = Session(key, store, account, role, started)
