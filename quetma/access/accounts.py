"""Accounts: who may sign in, with which role. Passwords are kept as argon2 hashes only."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from quetma.access import audit
from quetma.access.rights import ROLES
from quetma.people import clean, fold
from quetma.store import Store, now

SHORTEST, LONGEST = 10, 200  # characters of a password; the upper limit keeps a hostile one from costing time
LONGEST_NAME = 60
NO_PASSWORD = ""  # an account with this hash exists only for its sessions: nobody can sign in to it
DEMO = "demo"

_hasher = PasswordHasher()


class AccountError(ValueError):
    """The account cannot be made as asked. `message` and `gaps` say why, for `t(error.message, **error.gaps)`."""

    def __init__(self, message: str, **gaps: Any) -> None:
        super().__init__(message.format(**gaps))
        self.message, self.gaps = message, gaps


@dataclass(frozen=True)
class Account:
    """One row of the table `account`."""

    name: str
    role: str
    password_hash: str


def _all(store: Store) -> list[Account]:
    rows = store.cursor().execute("SELECT name, role, password_hash FROM account").fetchall()
    return [Account(*row) for row in rows]


def find(store: Store, name: str) -> Account | None:
    """The account of that name, or None. Upper case and tones do not count: `ha minh ton` finds `Hà Minh Tôn`."""
    wanted = fold(name)
    return next((account for account in _all(store) if fold(account.name) == wanted), None)


def exist(store: Store) -> bool:
    """Whether anybody can sign in yet."""
    return any(account.password_hash != NO_PASSWORD for account in _all(store))


def add(store: Store, name: str, password: str, role: str, *, first: bool = False, by: str = "") -> str:
    """Makes an account and returns its name as kept (spaces tidied). Raises `AccountError`.

    With `first`, only if there is no account yet: two people answering the first screen cannot both win.
    by: who the audit says made it; without, the person whose account it is.
    """
    name, password = clean(name), normalize("NFC", password)
    if role not in ROLES:
        raise AccountError("There is no role “{role}”. The roles are: {roles}.", role=role, roles=", ".join(ROLES))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountError("Give a name of 1 to {n} characters.", n=LONGEST_NAME)
    check_password(name, password)
    password_hash = _hasher.hash(password)
    with store.write() as cursor:
        if first and exist(store):
            raise AccountError("The first account has been created meanwhile. Sign in with it.")
        if find(store, name):
            raise AccountError("There is already an account “{name}”. Choose another name.", name=name)
        cursor.execute("INSERT INTO account VALUES (?, ?, ?, ?)", [name, role, password_hash, now()])
    audit.log(store, by or name, "account_created", name, role)
    return name


def check_password(name: str, password: str) -> None:
    """Raises `AccountError` when the password is too easy to guess."""
    if len(password) < SHORTEST:
        raise AccountError("The password is too short: use at least {n} characters.", n=SHORTEST)
    if len(password) > LONGEST:
        raise AccountError("The password is too long: use at most {n} characters.", n=LONGEST)
    if fold(password) == fold(name) or len(set(password)) < 4:
        raise AccountError("The password is too easy to guess: do not use the name, or one character again and again.")


def verify(store: Store, name: str, password: str) -> str | None:
    """The role of that account when the password is right, else None. Takes as long for a name that does not exist."""
    account = find(store, name)
    known = account if account and account.password_hash != NO_PASSWORD else None
    try:
        _hasher.verify(known.password_hash if known else _nobody(), normalize("NFC", password)[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return None
    return known.role if known else None


@cache
def _nobody() -> str:
    """The hash that a name without an account is checked against."""
    return _hasher.hash("nobody has this password")


def demo_leader(store: Store) -> str:
    """The name of the account behind "look around the demo unit": a leader nobody can sign in as with a password."""
    with store.write() as cursor:
        if not find(store, DEMO):
            cursor.execute("INSERT INTO account VALUES (?, 'leader', ?, ?)", [DEMO, NO_PASSWORD, now()])
    return DEMO
