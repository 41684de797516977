"""What a password must be, and passwords made here: how hard one is to guess decides, not which signs are in it; and
whether it is known from breaches, where there is a list of those.
"""

import secrets
from typing import Any

from zxcvbn import zxcvbn

from quetma.access import breached
from quetma.people import fold

SHORTEST, LONGEST = 12, 200  # characters of a password; the upper limit keeps a hostile one from costing time
LOOKED_AT = 72  # characters that zxcvbn takes
GUESSES = 10**8  # "safely unguessable" by zxcvbn, which knows 30,000 common passwords and how people vary them
# What Vietnamese keyboards produce first, and what is on everybody's mind here; zxcvbn's own lists are English.
COMMON = (
    "matkhau", "mat khau", "anhyeuem", "emyeuanh", "yeuem", "yeuanh", "vietnam", "hanoi", "saigon", "sonla", "maison",
    "yenchau", "quanly", "thitruong", "quanlythitruong", "qltt", "quetma", "lanhdao", "doitruong", "truyvet", "baove",
    "khachhang", "xinchao", "chaomung", "giadinh", "conyeu", "congaiyeu", "nguyen", "tran", "admin", "covid",
    "bluezone",
)  # fmt: skip
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


class PasswordError(ValueError):
    """The password cannot be used. `message` and `gaps` say why, for `t(error.message, **error.gaps)`."""

    def __init__(self, message: str, **gaps: Any) -> None:
        super().__init__(message.format(**gaps))
        self.message, self.gaps = message, gaps


def check(name: str, password: str) -> None:
    """Raises `PasswordError` when the password is too easy to guess for the account of that name, or has leaked."""
    if len(password) < SHORTEST:
        raise PasswordError("The password is too short: use at least {n} characters.", n=SHORTEST)
    if len(password) > LONGEST:
        raise PasswordError("The password is too long: use at most {n} characters.", n=LONGEST)
    own = [*fold(name).split(), fold(name), fold(name).replace(" ", "")]
    for written in (password, fold(password)):
        # as typed, and as it is without tones: who guesses tries names and words both ways
        if written and zxcvbn(written[:LOOKED_AT], user_inputs=[*own, *COMMON])["guesses"] < GUESSES:
            raise PasswordError(
                "The password is too easy to guess: no name, no common word or row of keys. Use a few words that do "
                "not belong together."
            )
    try:
        leaked = breached.known(password)
    except OSError as error:
        raise PasswordError(
            "The list of leaked passwords cannot be read, so no new password can be checked. Tell your administrator: "
            "{setting} must name the list. Nothing was changed.",
            setting=breached.SETTING,
        ) from error
    if leaked:
        raise PasswordError(
            "This password is on a list of passwords that have leaked somewhere, so others try it. Choose another."
        )


def made() -> str:
    """A first password: four groups of four signs, 79 bits; whoever gets it changes it at once."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
