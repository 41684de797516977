"""Letters about decisions: sent to who they are about, and what came of it kept in the ledger."""

from collections.abc import Sequence

import polars as pl

from quetma import conduct, language, mail, settings
from quetma.documents import reminders
from quetma.store import Store

# Whoever presses the button in English: the letter goes to the staff.
WRITTEN = language.translator(language.DEFAULT)
NO_ADDRESS = "No e-mail address is known."


def can_send(store: Store) -> bool:
    """Whether mail is set up and somebody has an address."""
    return mail.server(store) is not None and bool(mail.addresses(store))


def send(store: Store, account: str, entries: Sequence[int]) -> list[tuple[str, str]]:
    """Sends the letters of these decisions, one person each: name, and '' or why it failed (a message identifier).

    Each is noted in the ledger as soon as its letter is sent or failed.
    """
    rows = conduct.ledger(store).filter(pl.col("entry_id").is_in(list(entries))).rows(named=True)
    known, unit = mail.addresses(store), settings.get(store, "unit_name")
    able = [row for row in rows if row["person_id"] in known]
    letters = [mail.Letter(known[row["person_id"]], *reminders.letter(WRITTEN, row, unit)) for row in able]
    failed = dict(zip((row["entry_id"] for row in able), mail.send(store, letters), strict=True))
    told = []
    for row in rows:
        why = failed.get(row["entry_id"], NO_ADDRESS)
        conduct.told(store, account, row["entry_id"], "email", why)
        told.append((row["name"], why))
    return told
