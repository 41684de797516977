"""Accounts: who may sign in, with which role. Passwords are kept as argon2 hashes only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from duckdb import DuckDBPyConnection

from quetma import units
from quetma.access import audit, passwords
from quetma.access.passwords import LONGEST, PasswordError
from quetma.access.rights import ROLES
from quetma.people import clean, fold
from quetma.store import Store, now

LONGEST_NAME = 60
FIRST_LASTS = timedelta(days=7)  # for which a first password can be used
PROVIDER = "!"  # an account with this hash is signed in through the agency's own sign-in, and with no password
NO_PASSWORD = ""  # an account with this hash exists only for its sessions: nobody can sign in to it with a password
DEMO = "demo"

_hasher = PasswordHasher()


class AccountError(ValueError):
    """The account cannot be made or changed so. `message` and `gaps` say why, for `t(error.message, **error.gaps)`."""

    def __init__(self, message: str, **gaps: Any) -> None:
        super().__init__(message.format(**gaps))
        self.message, self.gaps = message, gaps


@dataclass(frozen=True)
class Account:
    """One row of the table `account`."""

    name: str
    role: str
    password_hash: str
    first_until: datetime | None
    off_since: datetime | None
    second_secret: str | None
    second_step: int | None
    unit: int | None = None  # of whose people; None: of the root's, who see everything

    @property
    def has_password(self) -> bool:
        """Whether one signs in to it with a password."""
        return self.password_hash not in (NO_PASSWORD, PROVIDER)

    @property
    def must_change(self) -> bool:
        """Whether its password is a first one, which others have seen."""
        return self.first_until is not None

    @property
    def second(self) -> bool:
        """Whether it asks for a code besides the password."""
        return self.second_secret is not None


def every(source: Store | DuckDBPyConnection) -> list[Account]:
    """All accounts, by name. Inside a write, pass its cursor."""
    cursor = source.cursor() if isinstance(source, Store) else source
    rows = cursor.execute(
        "SELECT name, role, password_hash, first_until, off_since, second_secret, second_step, unit_id FROM account"
        " ORDER BY name"
    ).fetchall()
    return [Account(*row) for row in rows]


def find(source: Store | DuckDBPyConnection, name: str) -> Account | None:
    """The account of that name, or None. Upper case and tones do not count: `ha minh ton` finds `Hà Minh Tôn`."""
    wanted = fold(name)
    return next((account for account in every(source) if fold(account.name) == wanted), None)


def exist(store: Store) -> bool:
    """Whether anybody can sign in yet."""
    return any(account.password_hash != NO_PASSWORD for account in every(store))


def add(
    store: Store, name: str, password: str, role: str, *, first: bool = False, by: str = "", to_change: bool = False,
    unit: int | None = None,
) -> str:  # fmt: skip
    """Makes an account and returns its name as kept (spaces tidied). Raises `AccountError`.

    With `first`, only if there is no account yet: two people answering the first screen cannot both win.
    by: who the audit says made it; without, the person whose account it is.
    to_change: the password is a first one, which must be changed when it is used.
    unit: of whose people; None: of the root's, or of the unit whose store this is.
    """
    unit = _unit(store, unit)
    name, password = clean(name), normalize("NFC", password)
    if role not in ROLES:
        raise AccountError("There is no role “{role}”. The roles are: {roles}.", role=role, roles=", ".join(ROLES))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise AccountError("Give a name of 1 to {n} characters.", n=LONGEST_NAME)
    password_hash = _hashed(name, password)
    with store.write() as cursor:
        if first and exist(store):
            raise AccountError("The first account has been created meanwhile. Sign in with it.")
        if find(cursor, name):
            raise AccountError("There is already an account “{name}”. Choose another name.", name=name)
        _insert(cursor, name, role, password_hash, now() + FIRST_LASTS if to_change else None, unit)
        audit.log_within(cursor, by or name, "account_created", name, role)
    return name


def add_first(store: Store, name: str, role: str, by: str, unit: int | None = None) -> tuple[str, str]:
    """Makes an account with a first password made here: its name as kept, and that password, which is kept nowhere."""
    password = passwords.made()
    return add(store, name, password, role, by=by, to_change=True, unit=unit), password


def reset(store: Store, name: str, by: str) -> str:
    """A new first password of that account, for whoever has forgotten theirs; its sessions are not ended here."""
    password = passwords.made()
    set_password(store, name, password, by=by, to_change=True)
    return password


def set_password(store: Store, name: str, password: str, *, by: str = "", to_change: bool = False) -> None:
    """Gives an account another password. Raises `AccountError`. by, to_change: as in `add`."""
    password = normalize("NFC", password)
    account = _known(store, name)
    password_hash = _hashed(account.name, password)
    if account.must_change and not to_change and matches(account.password_hash, password):
        raise AccountError("That is the first password. Choose one of your own.")
    until = now() + FIRST_LASTS if to_change else None
    with store.write() as cursor:
        cursor.execute(
            "UPDATE account SET password_hash = ?, first_until = ? WHERE name = ?", [password_hash, until, account.name]
        )
        audit.log_within(cursor, by or account.name, "password_set", account.name, "first" if to_change else "")


def set_role(store: Store, name: str, role: str, by: str) -> None:
    """Gives an account another role. Raises `AccountError`: somebody must stay who can lead."""
    if role not in ROLES:
        raise AccountError("There is no role “{role}”. The roles are: {roles}.", role=role, roles=", ".join(ROLES))
    _known(store, name)  # which a unit's store does for its own people alone
    with store.write() as cursor:
        account = _known(cursor, name)
        if role != "leader":
            _another_leader(cursor, account)
        cursor.execute("UPDATE account SET role = ? WHERE name = ?", [role, account.name])
        audit.log_within(cursor, by, "role_changed", account.name, f"{account.role} → {role}")


def set_unit(store: Store, name: str, unit: int | None, by: str) -> None:
    """Says of whose people an account is. Raises `AccountError`: somebody of the root must stay who can lead."""
    unit = _unit(store, unit)
    _known(store, name)
    with store.write() as cursor:
        account = _known(cursor, name)
        if unit is not None:
            _another_leader(cursor, account)
        cursor.execute("UPDATE account SET unit_id = ? WHERE name = ?", [unit, account.name])
        audit.log_within(cursor, by, "unit_changed", account.name, f"{account.unit or 0} → {unit or 0}")


def switch(store: Store, name: str, on: bool, by: str) -> None:
    """Lets nobody sign in to an account any more, or somebody again. Raises `AccountError`."""
    _known(store, name)
    with store.write() as cursor:
        account = _known(cursor, name)
        if not on:
            _another_leader(cursor, account)
        since = None if on else account.off_since or now()
        cursor.execute("UPDATE account SET off_since = ? WHERE name = ?", [since, account.name])
        audit.log_within(cursor, by, "account_on" if on else "account_off", account.name)


def verify(store: Store, name: str, password: str) -> str | None:
    """The role of that account when the password is right, else None. Takes as long for a name that does not exist.

    A first password whose days are over, and an account that is switched off, are as wrong as any other.
    """
    account = find(store, name)
    known = account if account and account.password_hash != NO_PASSWORD else None
    right = matches(known.password_hash if known else _nobody(), normalize("NFC", password)[: LONGEST + 1])
    if not known or not right or known.off_since or (known.first_until and now() > known.first_until):
        return None
    return known.role


def of_provider(store: Store, subject: str) -> Account | None:
    """The account of whom the provider calls by that subject, or None."""
    name = store.cursor().execute("SELECT name FROM account WHERE subject = ?", [subject]).fetchone()
    return find(store, name[0]) if name else None


def from_provider(store: Store, subject: str, name: str, role: str) -> str:
    """The account of whom the provider calls by that subject, made when they come first; its role is what it says now.

    Raises `AccountError` when it was switched off. A name that is taken gets a number: nobody becomes somebody else.
    """
    waits = False
    with store.write() as cursor:
        found = cursor.execute("SELECT name, role, off_since FROM account WHERE subject = ?", [subject]).fetchone()
        if found is None:
            wanted = "".join(c for c in clean(name) if c.isprintable())[: LONGEST_NAME - 4] or "?"
            own = next(n for n in (wanted, *(f"{wanted} {i}" for i in range(2, 1000))) if find(cursor, n) is None)
            _insert(cursor, own, role, PROVIDER, None)
            cursor.execute("UPDATE account SET subject = ? WHERE name = ?", [subject, own])
            # The provider does not say of which unit they are, and nobody is to see everything by mistake.
            if waits := units.several(store.whole):
                cursor.execute("UPDATE account SET off_since = ? WHERE name = ?", [now(), own])
            audit.log_within(cursor, own, "account_created", own, role)
        else:
            own, before, off_since = found
            if off_since:
                raise AccountError("The account “{name}” is switched off. Ask a leader.", name=own)
            if before != role:
                cursor.execute("UPDATE account SET role = ? WHERE name = ?", [role, own])
                audit.log_within(cursor, own, "role_changed", own, f"{before} → {role}")
    if waits:
        raise AccountError(
            "The account “{name}” is made. A leader says of which unit you are and switches it on.", name=own
        )
    return own


def demo_leader(store: Store) -> str:
    """The name of the account behind "look around the demo unit": a leader nobody can sign in as with a password."""
    with store.write() as cursor:
        if not find(cursor, DEMO):
            _insert(cursor, DEMO, "leader", NO_PASSWORD, None)
    return DEMO


def _unit(store: Store, unit: int | None) -> int | None:
    """The unit for an account, None for the root; of a unit's store, itself or one beneath. Raises `AccountError`."""
    if unit is None:
        return store.unit
    seen = {one.unit_id: one for one in units.every(store)}
    if unit not in seen:
        raise AccountError("This unit is not known here any more.")
    return unit if store.unit is not None or seen[unit].parent is not None else None


def _known(source: Store | DuckDBPyConnection, name: str) -> Account:
    account = find(source, name)
    if account is None:
        raise AccountError("There is no account “{name}”.", name=name)
    return account


def _another_leader(cursor: DuckDBPyConnection, account: Account) -> None:
    """Raises `AccountError` when nobody but that account could still lead."""
    others = [
        other
        for other in every(cursor)
        if other.role == "leader" and other.name != account.name and not other.off_since and other.password_hash
        and other.unit is None
    ]  # fmt: skip
    if account.role == "leader" and account.unit is None and not others:
        raise AccountError("“{name}” is the only leader. Make another account a leader first.", name=account.name)


def _insert(
    cursor: DuckDBPyConnection, name: str, role: str, password_hash: str, until: datetime | None,
    unit: int | None = None,
) -> None:  # fmt: skip
    cursor.execute(
        "INSERT INTO account (name, role, password_hash, created_at, first_until, unit_id) VALUES (?, ?, ?, ?, ?, ?)",
        [name, role, password_hash, now(), until, unit],
    )


def _hashed(name: str, password: str) -> str:
    """The hash of a password that may be used. Raises `AccountError`."""
    try:
        passwords.check(name, password)
    except PasswordError as error:
        raise AccountError(error.message, **error.gaps) from error
    return hashed(password)


def hashed(secret: str) -> str:
    """The argon2 hash of a password, or of a code on paper, with a salt of its own."""
    return _hasher.hash(secret)


def matches(password_hash: str, password: str) -> bool:
    """Whether that is the password, or code, of that hash."""
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """The hash that a name without an account is checked against."""
    return _hasher.hash("nobody has this password")
