"""What intake says in plain words: why a file is refused, why a row is rejected."""

from collections.abc import Callable
from typing import Any

from quetma.language import Translate


class IntakeError(Exception):
    """A whole file is refused and nothing was changed. `str(error)` is English, `error.words(t)` the reader's
    language.
    """

    def __init__(self, message: str, **gaps: Any) -> None:
        super().__init__(message.format(**gaps) if gaps else message)
        self.message = message
        self.gaps = gaps

    def words(self, t: Translate, shown: Callable[[str], str] = str) -> str:
        """The refusal in the language of `t`; `shown` makes what it quotes from the file safe where it is shown."""
        return t(self.message, **{gap: shown(str(quoted)) for gap, quoted in self.gaps.items()})


# Why a row is not taken. The code is stored (table reject) and printed by `import --json`; people read the words.
REASONS = {
    "bad_row": "The row does not have the same number of columns as the header",
    "bad_quote": "A quotation mark is opened and not closed",
    "bad_text": "Some characters cannot be read; the file may be damaged or in another encoding",
    "total_row": "This is a total or a note below the table, not a record",
    "no_person": "There is neither a name nor a phone number",
    "bad_phone": "The phone number cannot be read",
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
    "last_before_first": "The last day is before the first day",
    "bad_dose": "The dose number cannot be read; write 1, 2, 3 …",
    "no_app": "No app is named",
    "bad_smartphone": "Smartphone cannot be read; write Có or Không",
}
