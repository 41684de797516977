"""The second factor: codes of half a minute from an app on the person's phone (TOTP, RFC 6238), and codes on paper for
when the phone is lost. A code is taken once.
"""

import secrets
import time

import pyotp

from quetma import settings
from quetma.access import audit
from quetma.access.accounts import Account, AccountError, find, hashed, matches
from quetma.access.passwords import LETTERS
from quetma.store import Store, now

RECOVERY = 8  # codes on paper
LENGTH = 10  # signs of one: 49 bits, and guessing is slowed down
DRIFT = 1  # steps of half a minute by which a phone's clock may be off
STEP = 30


def new_secret() -> str:
    """A secret for an account, which counts only once `confirm` has seen a code of it."""
    return pyotp.random_base32()


def address(secret: str, account: str, unit: str) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=unit or "quetma")


def confirm(store: Store, name: str, secret: str, code: str) -> list[str] | None:
    """Makes that the account's second factor when the code is right; the recovery codes, else None."""
    step = _step(secret, code)
    if step is None:
        return None
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(RECOVERY)]
    kept = [hashed(one) for one in codes]
    with store.write() as cursor:
        account = find(cursor, name)
        if account is None:
            raise AccountError("There is no account “{name}”.", name=name)
        cursor.execute(
            "UPDATE account SET second_secret = ?, second_step = ? WHERE name = ?", [secret, step, account.name]
        )
        cursor.execute("DELETE FROM recovery_code WHERE account = ?", [account.name])
        cursor.executemany("INSERT INTO recovery_code VALUES (?, ?, NULL)", [[account.name, one] for one in kept])
        audit.log_within(cursor, account.name, "second_factor_on", account.name)
    return codes


def check(store: Store, name: str, code: str) -> bool:
    """Whether that is a code of the account's phone or paper that was not taken before; it is taken now."""
    with store.write() as cursor:
        account = find(cursor, name)
        if account is None or not account.second_secret:
            return False
        step = _step(account.second_secret, code)
        if step is not None:
            if account.second_step is not None and step <= account.second_step:
                return False
            cursor.execute("UPDATE account SET second_step = ? WHERE name = ?", [step, account.name])
            return True
        typed = code.strip().lower().replace("-", "").replace(" ", "")
        if len(typed) != LENGTH:
            return False
        left = "SELECT code_hash FROM recovery_code WHERE account = ? AND used_at IS NULL"
        for (kept,) in cursor.execute(left, [account.name]).fetchall():
            if matches(kept, typed):
                cursor.execute("UPDATE recovery_code SET used_at = ? WHERE code_hash = ?", [now(), kept])
                audit.log_within(cursor, account.name, "recovery_code_used", account.name)
                return True
        return False


def reset(store: Store, name: str, by: str) -> None:
    """Takes the second factor away: by another leader, or the command line, once they know who asks."""
    with store.write() as cursor:
        account = find(store, name)
        if account is None:
            raise AccountError("There is no account “{name}”.", name=name)
        cursor.execute("UPDATE account SET second_secret = NULL, second_step = NULL WHERE name = ?", [account.name])
        cursor.execute("DELETE FROM recovery_code WHERE account = ?", [account.name])
        audit.log_within(cursor, by, "second_factor_off", account.name)


def needed(store: Store, account: Account) -> bool:
    """Whether that account must set up a second factor before it may go on."""
    return account.role == "leader" and not account.second and settings.get(store, "leaders_second_factor")


def _step(secret: str, code: str) -> int | None:
    """The time step whose code that is."""
    digits = code.strip().replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    totp, current = pyotp.TOTP(secret), int(_seconds()) // STEP
    for step in range(current - DRIFT, current + DRIFT + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def _seconds() -> float:
    return time.time()
