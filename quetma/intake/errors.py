"""What intake says in plain words: why a file is refused, why a row is rejected."""

from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from quetma.language import Translate

Shown = Callable[[str], str]


class Message:
    """A text whose gaps may be messages themselves, or several of them; `str` is English."""

    def __init__(self, message: str, **gaps: Any) -> None:
        self.message = message
        self.gaps = gaps

    def __str__(self) -> str:
        return self.words(_english)

    def words(self, t: Translate, shown: Shown = str) -> str:
        """The text in the language of `t`; `shown` makes what it quotes from the file safe where it is shown."""
        return t(self.message, **{gap: _quoted(value, t, shown) for gap, value in self.gaps.items()})


def _english(message: str, **gaps: str) -> str:
    return message.format(**gaps) if gaps else message


def _quoted(value: Any, t: Translate, shown: Shown) -> str:
    if isinstance(value, Message):
        return value.words(t, shown)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_quoted(one, t, shown) for one in value)
    return shown(str(value))


class Refusal(Exception):
    """Something is refused and nothing was changed. `str(error)` is English, `error.words(t)` the reader's language."""

    def __init__(self, message: str | Message, **gaps: Any) -> None:
        self.told = message if isinstance(message, Message) else Message(message, **gaps)
        super().__init__(str(self.told))

    @property
    def message(self) -> str:
        """The message identifier."""
        return self.told.message

    def words(self, t: Translate, shown: Shown = str) -> str:
        """The refusal in the language of `t`; `shown` makes what it quotes safe where it is shown."""
        return self.told.words(t, shown)


class IntakeError(Refusal):
    """A whole file is refused. option: of the command line, that would help."""

    def __init__(self, message: str | Message, option: str = "", **gaps: Any) -> None:
        self.option = option
        super().__init__(message, **gaps)


# Why a row is not taken. The code is stored (table reject) and printed by `import --json`; people read the words.
REASONS = {
    "bad_row": "The row does not have the same number of columns as the header",
    "bad_quote": "A quotation mark is opened and not closed",
    "bad_text": "Some characters cannot be read; the file may be damaged or in another encoding",
    "total_row": "This is a total, a signature or a note, not a record",
    "header_row": "The column names are repeated here; this is not a record",
    "no_person": "There is neither a name nor a phone number",
    "bad_phone": "The phone number cannot be read",
    "two_phones": "Two different phone numbers stand in the row; keep one",
    "too_long": "A name of more than 200 characters cannot be right; is a line break or a quotation mark missing?",
    "repeated_person": "The same person stands in an earlier row of this file with other details",
    "repeated_dose": "The same dose stands in an earlier row of this file with another day",
    "no_location": "The location is missing",
    "no_time": "The time is missing, or there is a date without a time of day",
    "bad_time": "The time cannot be read; write for example 24/08/2021 08:10",
    "future_time": "The time is in the future; were day and month swapped?",
    "old_time": "The time is before 2020",
    "out_before_in": "The time out is before the time in",
    "bad_direction": "The direction cannot be read; write Vào or Ra",
    "no_date": "The date is missing",
    "bad_date": "The date cannot be read; write for example 24/08/2021",
    "future_date": "The date is in the future; were day and month swapped?",
    "old_date": "The date is too long ago",
    "bad_duty": "The duty is none of: vaccination, app, health declaration, scanning",
    "bad_days": "The number of days cannot be read; write 1, 0.5 …",
    "last_before_first": "The last day is before the first day",
    "bad_dose": "The dose number cannot be read; write 1, 2, 3 …",
    "no_dose": "No dose is written in this row",
    "no_app": "No app is named",
    "bad_answer": "Whether the app is installed cannot be read; write Có or Không",
    "left_when": "The row says that this person has left, but not when; write the last day of work there",
    "bad_smartphone": "Smartphone cannot be read; write Có or Không",
    "other_unit": "The location belongs to another unit; that unit, or one above both, loads this row",
    "other_staff": "This person is on the staff list of another unit; that unit, or one above both, loads this row",
}
# What is not wrong with rows, yet should be known before they are loaded.
REMARKS = {
    "unconfirmed": "Rows with doses that nobody has confirmed: {n}. They do not count as vaccinated; write in a column "
    "“Confirmed by” who has seen the certificate, if somebody has.",
    "half_day": "Absences that begin or end with half a day: {n}. On such a day the person owes a scan and a "
    "declaration as on any other.",
    "smartphone_unknown": "People of whom the file does not say whether they use a smartphone: {n}. They are taken to "
    "use one, so they owe the app and the declaration.",
}
REASON = pl.Enum([*REASONS])  # a code takes a byte a row
NOTES = ("total_row", "header_row")  # no records: nothing to mend
