"""What the arguments of the command line may be: each takes the text and gives what it means, or says what is wrong."""

import argparse
from datetime import date, datetime, timedelta

from quetma import intake
from quetma.store import VIETNAM


def a_day(text: str) -> date:
    """An argument that is a day."""
    return a_moment(text).date()


def a_moment(text: str) -> datetime:
    """An argument that is a time in Vietnam; one with another offset is converted, a day alone is its midnight."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = datetime.min
    if not 2000 <= value.year <= 2100:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a day or time of our days; write 2021-08-24 or 2021-08-24T17:30"
        )
    return value.astimezone(VIETNAM).replace(tzinfo=None) if value.tzinfo else value


def an_end(text: str) -> datetime:
    """An argument that is when something ended: a day alone is its end, as nobody said when on it."""
    moment = a_moment(text)
    try:
        date.fromisoformat(text)
    except ValueError:
        return moment
    return moment + timedelta(days=1)


def some_columns(text: str) -> dict[str, int]:
    """An argument that says which column holds which field: from 0, or `LEFT_OUT`."""
    fields = [part.partition("=") for part in text.split(",")]
    if any(not number.strip().isdecimal() or field.strip() not in intake.FIELDS for field, _, number in fields):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not like name=2,phone=3; the fields are {', '.join(intake.FIELDS)}"
        )
    return {field.strip(): int(number) - 1 if int(number) else intake.LEFT_OUT for field, _, number in fields}


def some_directions(text: str) -> dict[str, str]:
    """An argument that says what words of the direction column mean."""
    words = [part.rpartition("=") for part in text.split(",")]
    if any(not word.strip() or meant.strip() not in intake.DIRECTIONS for word, _, meant in words):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 1=in,0=out,2=unknown")
    return {word.strip(): meant.strip() for word, _, meant in words}
