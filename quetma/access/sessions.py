"""Who is signed in. The browser holds a random token, the store only its hash.

The index in memory answers in microseconds, for it is asked on every request and every run of a page; the table brings
it back after a restart. Rows are only added: one when a session starts, one more when it is ended. A session ends in
memory first and in any case; what a full disk does not take is kept and tried again (`Endings`). Until it is written
down there is no `sessions-kept` beside the store, and then a restart brings nobody back: taking a file away needs no
room.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

from quetma import settings, units
from quetma.access import accounts
from quetma.access.chain import Line
from quetma.durable import sync
from quetma.file import DiskFull, StoreError
from quetma.store import Store, now
from quetma.watch import Watch

KEPT = ".sessions-kept"  # beside the store: all that has ended is written down
LONGEST_BROWSER = 200  # characters of what a browser calls itself


@dataclass(frozen=True)
class Session:
    """One signed-in browser: which store it may use, as whom, in which role."""

    key: str  # sha256 of the token
    store: Store  # as the people of the account's unit see it
    account: str
    role: str
    started: datetime
    address: str = ""
    browser: str = ""


_index: dict[str, Session] = {}
_used: dict[str, datetime] = {}  # when each was last used by somebody, not by a page that looks again by itself
_proved: dict[str, datetime] = {}  # when the password was last asked for in it again
PROOF = timedelta(minutes=10)  # for which whoever gave it need not be asked again
_unwritten: list[tuple[Store, Callable[[], None]]] = []  # what ended and is not written down yet
_writing = Lock()
AGAIN = 5.0  # seconds after which that is tried again
_limits: dict[Store, tuple[int, timedelta, timedelta]] = {}  # of which version of the store


def _key(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def limits(store: Store) -> tuple[timedelta, timedelta]:
    """How long a session may last, and how long it may lie unused."""
    store = store.whole
    version, lasts, idle = _limits.get(store, (-1, timedelta(), timedelta()))
    if version != store.version:
        version = store.version
        lasts = timedelta(hours=settings.get(store, "session_hours"))
        idle = timedelta(minutes=settings.get(store, "session_idle_minutes"))
        _limits[store] = (version, lasts, idle)
    return lasts, idle


def start(store: Store, account: str, address: str = "", browser: str = "") -> str:
    """Starts a session for an account of that store and returns its token, which is kept nowhere here."""
    found = accounts.find(store, account)
    if not found or found.off_since:
        raise LookupError(f"no account {account}")
    token = secrets.token_urlsafe(32)
    seen = units.seen_by(store, found.unit)
    session = Session(_key(token), seen, found.name, found.role, now(), address, browser[:LONGEST_BROWSER])
    store.append("session", session.key, session.account, session.started, None, session.address, session.browser)
    for key, old in list(_index.items()):
        if old.store.whole is store.whole and not _live(old):
            _forget(key)
    _index[session.key] = session
    _used[session.key] = session.started
    with _writing:
        _keep(store)
    return token


def find(token: str | None) -> Session | None:
    """The live session of that token, or None when there is none, it was ended, or its time is over."""
    session = _index.get(_key(token)) if token else None
    return session if session and _live(session) else None


def use(session: Session) -> None:
    """Somebody did something in it just now."""
    if session.key in _index:
        _used[session.key] = now()


def prove(session: Session) -> None:
    """Whoever sits there has just given the password once more."""
    if session.key in _index:
        _proved[session.key] = now()


def proved(session: Session) -> bool:
    """Whether whoever sits there gave the password moments ago: an open browser need not be before whose it is."""
    return now() < _proved.get(session.key, session.started) + PROOF


def last_used(session: Session) -> datetime:
    """When somebody last did something in it; after a restart, when it was brought back."""
    return _used.get(session.key, session.started)


def live(store: Store, account: str | None = None) -> list[Session]:
    """The live sessions of the people of the store, or of one account, newest first."""
    here = [session for session in _index.values() if session.store.whole is store.whole]
    if store.unit is not None:
        own = {known.name for known in accounts.every(store)}
        here = [session for session in here if session.account in own]
    found = [session for session in here if (account is None or session.account == account) and _live(session)]
    return sorted(found, key=lambda session: session.started, reverse=True)


def last_starts(store: Store) -> dict[str, datetime]:
    """When each account last signed in."""
    rows = store.cursor().execute("SELECT account, MAX(created_at) FROM session GROUP BY account").fetchall()
    return dict(rows)


class EndingWaits(DiskFull):
    """Sessions have ended, but that is not written down, and a restart would bring them back."""

    def __init__(self, folder: Path) -> None:
        StoreError.__init__(
            self,
            f"The disk that holds {folder} is full, so it could not be written down that sessions have ended: who was "
            "signed in may be again when the dashboard is started. Make room, then do it again.",
        )


def end(token: str, line: Line | None = None) -> None:
    """Ends the session now: its next request or rerun is refused. line: what the audit is to say of it. Raises
    `EndingWaits`, and it has ended all the same.
    """
    end_key(_key(token), line)


def end_key(key: str, line: Line | None = None) -> None:
    """The same, by the key that `live` shows."""
    if session := _forget(key):
        row = (session.key, session.account, session.started, now(), session.address, session.browser)
        _unwritten.append((session.store, lambda: session.store.append("session", *row)))
        if line:
            _unwritten.append((session.store, lambda: session.store.log(line)))
        write_down(session.store)


def end_all(store: Store, account: str, but: str = "") -> int:
    """Ends every session of an account, except the one with the key `but`; how many of them were live. Also those that
    only the table knows: they would come back when the server is started, or the account switched on again. Raises as
    `end`.
    """
    found = [session for session in live(store, account) if session.key != but]
    for session in found:
        _forget(session.key)
    _end_stored(store, account, but)
    return len(found)


def _end_stored(store: Store, account: str | None = None, but: str = "") -> None:
    """Ends all sessions that the table knows, or those of an account, except the one with the key `but`."""
    at = now()  # what starts before this is written down has not ended

    def write() -> None:
        with store.room():
            store.cursor().execute(
                "INSERT INTO session SELECT token_hash, account, MIN(created_at) AS started, $at, ANY_VALUE(address),"
                " ANY_VALUE(browser) FROM session WHERE account = COALESCE($account, account) AND token_hash <> $but"
                " GROUP BY token_hash, account HAVING MAX(ended_at) IS NULL AND started <= $at",
                {"at": at, "account": account, "but": but},
            )

    _unwritten.append((store, write))
    write_down(store)


def write_down(store: Store) -> None:
    """Writes down which sessions of the store have ended, as far as that is not done yet. What the disk does not take
    is tried again later; a restart before that brings nobody back. Raises `EndingWaits` where that cannot be made sure.
    """
    with _writing:
        try:
            for ended in _waiting(store):
                ended[1]()
                _unwritten.remove(ended)
        except DiskFull as error:
            try:
                (store.folder / KEPT).unlink(missing_ok=True)
            except OSError:
                raise EndingWaits(store.folder) from error
            sync(store.folder)
        _keep(store)


def _waiting(store: Store) -> list[tuple[Store, Callable[[], None]]]:
    return [one for one in _unwritten if one[0].whole is store.whole]


def _keep(store: Store) -> None:
    """Lets a restart bring sessions back, when nothing speaks against it."""
    with suppress(OSError):  # no room: then it brings nobody back
        if not _waiting(store):
            (store.folder / KEPT).touch(0o600)


class Endings(Watch):
    """Writes down again and again which sessions of a store have ended, where a full disk did not take it."""

    def __init__(self, store: Store) -> None:
        super().__init__("endings of sessions", AGAIN)
        self._store = store

    def look(self) -> None:
        """One look."""
        with suppress(EndingWaits):
            write_down(self._store)


def load(store: Store) -> None:
    """Brings back the store's live sessions after a restart, so that nobody is signed out by it; none of them where it
    is not sure which have ended.
    """
    if not (store.folder / KEPT).exists():
        _end_stored(store)
        return
    rows = store.cursor().execute(
        "SELECT token_hash, account, role, unit_id, MIN(s.created_at) AS started, COALESCE(MAX(address), ''),"
        " COALESCE(MAX(browser), '')"
        " FROM session s JOIN account a ON a.name = s.account AND a.off_since IS NULL"
        " GROUP BY token_hash, account, role, unit_id HAVING MAX(ended_at) IS NULL AND MIN(s.created_at) > ?",
        [now() - limits(store)[0]],
    )
    for key, account, role, unit, started, address, browser in rows.fetchall():
        _index[key] = Session(key, units.seen_by(store, unit), account, role, started, address, browser)
        _used[key] = now()


def _live(session: Session) -> bool:
    lasts, idle = limits(session.store)
    moment = now()
    return moment < session.started + lasts and moment < _used.get(session.key, session.started) + idle


def _forget(key: str) -> Session | None:
    _used.pop(key, None)
    _proved.pop(key, None)
    return _index.pop(key, None)
