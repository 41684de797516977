"""What a scanned code says: a citizen identity card, a personal code of Decision 1405/QĐ-BTTTT, a badge of our own.

    card        number|older number|name|ddmmyyyy|Nam or Nữ|address|ddmmyyyy    the older number may be empty
    personal    number|NAME WITHOUT MARKS|yyyy-mm-dd|kind|QID|more              day and month may be *
    badge       24 digits that say nothing (quetma/badges.py)

Of a card and of a personal code only the name and the year of birth are taken: numbers and the address end here.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Literal

from quetma import keyed
from quetma.people import clean, fold
from quetma.store import now

BADGE = "79"  # the digits a badge begins with; with their number and the check digits nothing else is taken for one
BADGE_DIGITS = 24
ELDEST = 125  # years
LONGEST = 1000  # characters of a code

_NUMBER = re.compile(r"\d{8,12}")
_DAY = re.compile(r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d{4})|(?P<d2>\d\d?)[/.-](?P<m2>\d\d?)[/.-](?P<y2>\d{4})")
_ISO = re.compile(r"(?P<y>\d{4}|\*{4})-(?P<m>\d\d?|\*{1,2})-(?P<d>\d\d?|\*{1,2})")
_VOWEL = re.compile(r"[aeiouyw]")


class CodeError(Exception):
    """The code is none that the gate knows; the message identifier says why, in plain words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Scanned:
    """What is taken from a code. A badge has a token alone; a card or a personal code has a name, and the year of birth
    when it is told. marked: the name is written with its tones and marks.
    """

    kind: Literal["card", "personal", "badge"]
    name: str = ""
    birth_year: int | None = None
    marked: bool = False
    token: str = ""


def read(text: str) -> Scanned:
    """What the text of a code says, whatever the keyboard made of it. Raises `CodeError` for all else."""
    text = text.strip().strip("\0\ufeff")
    if not text:
        raise CodeError("Nothing was scanned. Scan again.")
    if len(text) > LONGEST:
        raise CodeError("This code is too long for a card, a personal code or a badge. Type the name instead.")
    number = keyed.digits(text)
    if re.fullmatch(r"\d+", number, re.ASCII):
        if is_badge(number):
            return Scanned("badge", token=number)
        raise CodeError(_of_number(number))
    fields = _fields(text)
    if len(fields) < 4:
        raise CodeError("This is no identity card, personal code or badge. Scan again, or type the name.")
    return _personal(fields) if _is_personal(fields) else _card(fields)


def is_code(text: str) -> bool:
    """Whether somebody scanned this rather than typed a name or a phone."""
    number = keyed.digits(text.strip())
    return len(_fields(text)) > 1 or (number.isdigit() and len(number) > 11 and not number.startswith(("0084", "84")))


def new_badge() -> str:
    """The digits of a new badge: random, with two check digits (ISO 7064, mod 97-10).

    Digits alone, as those come through every keyboard setting.
    """
    body = BADGE + "".join(secrets.choice("0123456789") for _ in range(BADGE_DIGITS - len(BADGE) - 2))
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def is_badge(number: str) -> bool:
    """Whether these digits are whole and of a badge."""
    return len(number) == BADGE_DIGITS and number.startswith(BADGE) and int(number) % 97 == 1


def _of_number(number: str) -> str:
    if len(number) == BADGE_DIGITS and number.startswith(BADGE):
        return "The badge was not read whole. Scan it again."
    if len(number) == 12:
        return "That is the number of an identity card, which is not kept. Scan the QR code on it, or type the name."
    return "This is no identity card, personal code or badge. Scan again, or type the name."


def _fields(text: str) -> list[str]:
    if "|" not in text:
        for sign in keyed.SEPARATORS:
            if text.count(sign) >= 4:
                text = text.replace(sign, "|")
    return [clean(keyed.utf8(field)) for field in text.split("|")]


def _is_personal(fields: list[str]) -> bool:
    """The third field tells: a date with dashes there. On a card it is the name, or a date of eight digits."""
    return bool(_ISO.fullmatch(fields[2]))


def _personal(fields: list[str]) -> Scanned:
    if len(fields) < 5 or not re.fullmatch(r"[\d*]*|[A-Za-z]{0,2}\d{5,12}", fields[0]):
        raise CodeError("This personal code is not whole. Scan it again, or type the name.")
    found = _ISO.fullmatch(fields[2])
    assert found
    year = None if "*" in found["y"] else _year(found["y"])
    for part, most in (("m", 12), ("d", 31)):
        if "*" not in found[part] and not 0 <= int(found[part]) <= most:
            raise CodeError("The date of birth in this code cannot be. Scan it again, or type the name.")
    return _named("personal", fields[1], year)


def _card(fields: list[str]) -> Scanned:
    # The older number may be empty, and some readers leave it out altogether.
    with_older = len(fields) > 3 and not _birth(fields[2])
    number, older, name, birth = fields[:4] if with_older else (fields[0], "", *fields[1:3])
    if not _NUMBER.fullmatch(number) or (older and not _NUMBER.fullmatch(older)):
        raise CodeError("This is no identity card, personal code or badge. Scan again, or type the name.")
    found = _birth(birth)
    sex = fold(fields[4 if with_older else 3]) if len(fields) > (4 if with_older else 3) else ""
    if len(fields) < 5 or not found or sex[:1] not in ("n", ""):
        raise CodeError("This identity card was not read whole. Scan it again, or type the name.")
    day, month = int(found["d"] or found["d2"]), int(found["m"] or found["m2"])
    if day > 31 or month > 12:
        raise CodeError("The date of birth in this code cannot be. Scan it again, or type the name.")
    return _named("card", keyed.spoken(name), _year(found["y"] or found["y2"]))


def _birth(text: str) -> re.Match[str] | None:
    return _DAY.fullmatch(text)


def _year(text: str) -> int:
    year = int(text)
    if not now().year - ELDEST <= year <= now().year:
        raise CodeError("The date of birth in this code cannot be. Scan it again, or type the name.")
    return year


def _named(kind: Literal["card", "personal"], name: str, year: int | None) -> Scanned:
    words = fold(name).split()
    lost = (
        not words or "\ufffd" in name or "?" in name or any(not _VOWEL.search(word) for word in words if len(word) > 1)
    )
    if lost or re.search(r"[^\w\s'.\-]|\d|_", name) or len(name) > 100:
        raise CodeError(
            "The scanner lost letters of the name. Type the name or use the camera; the scanner can be set to UTF-8."
        )
    if name.isupper() or name.swapcase() == name.title():  # capitals, or Caps Lock turned them round
        name = name.title()
    return Scanned(kind, name, year, marked=not name.isascii())
