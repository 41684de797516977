"""What somebody wrote into a document that is not made yet: kept in the store, so that it outlives tab and server.

A draft belongs to an account and to one document (`key`: the report of those days, the dossier of that case). Keeping
one changes no answer of the store, so it waits for nobody and nothing is asked anew because of it.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from quetma.store import Store, query


@dataclass(frozen=True)
class Draft:
    """words: field → what was written into it. made: the document has been made of these very words."""

    key: str
    subject: str
    words: dict[str, str]
    saved_at: datetime
    made: bool


def of(store: Store, account: str) -> list[Draft]:
    """The drafts of an account, the one last written first."""
    rows = store.whole.cursor().execute(query("drafts/kept")[0], {"account": account}).fetchall()
    return [Draft(key, subject, json.loads(words), at, made) for key, subject, words, at, made in rows]


def one(store: Store, account: str, key: str) -> Draft | None:
    """The draft of one document, or None."""
    return next((draft for draft in of(store, account) if draft.key == key), None)


def keep(store: Store, account: str, key: str, subject: str, words: dict[str, str]) -> None:
    """Keeps what is written now."""
    told = json.dumps(words, ensure_ascii=False)
    store.append("draft_entry", account, key, subject, told, store.clock(), False)


def made(store: Store, account: str, key: str) -> None:
    """Says that the document was made: what it was made of is kept, and nothing of how it came to that."""
    draft = one(store, account, key)
    if draft is None:
        return
    with store.write() as cursor:
        cursor.execute(query("drafts/remove")[0], {"account": account, "key": key})
        words = json.dumps(draft.words, ensure_ascii=False)
        values = {"account": account, "key": key, "subject": draft.subject, "words": words}
        cursor.execute(query("drafts/insert")[0], values | {"saved_at": draft.saved_at, "made": True})


def discard(store: Store, account: str, key: str) -> None:
    """Forgets a draft."""
    with store.write() as cursor:
        cursor.execute(query("drafts/remove")[0], {"account": account, "key": key})
