"""Which list an upload of scans is: what a QR scanner wrote, or the register kept by hand at the door.

Nobody but the uploader knows for certain, so the names of the file and of its parts only propose it, the card on the
desk shows it, and it can be said otherwise at any time. Two lists that know nothing of each other tell how much both
missed (quetma/tracing/coverage.py).
"""

from collections.abc import Iterable
from itertools import pairwise

from quetma import rollups, touch
from quetma.access import audit
from quetma.intake.columns import HEADERS, KINDS, Proposal, plain
from quetma.intake.undo import is_own
from quetma.store import Store, StoreError, query

# What each is called on screen. English texts are message identifiers.
SOURCES = {"qr": "QR log", "register": "Door register"}

_WORDS = {word: [plain(text) for text in HEADERS["source"][word]] for word in (*SOURCES, "neither")}


def proposed(file_name: str, sheet: str, proposal: Proposal) -> str:
    """The list that a table of scans seems to be: as the first says that says anything, of the names of its sheet and
    its file, the lines above its headers, its headers, and the archive it is in. Else a QR log.

    file_name: of the file, or `archive.zip/folder/member.csv`.
    """
    archive, _, name = file_name.rpartition("/")
    titles = [cell for row in proposal.first_rows[: max(0, proposal.header - 1)] for cell in row]
    for told in ([sheet], [name], titles, proposal.headers, archive.split("/")):
        if source := _named(told):
            return source
    return "qr"


def _named(texts: Iterable[str]) -> str | None:
    """The list that these texts name; of both, the QR log."""
    told = f" {' | '.join(plain(_words_of(text)) for text in texts)} "
    for words in _WORDS["neither"]:
        told = told.replace(f" {words} ", " | ")
    return next((source for source in SOURCES if any(f" {words} " in told for words in _WORDS[source])), None)


def _words_of(text: str) -> str:
    """`SoTrucCua` → `So Truc Cua`."""
    return text[:1] + "".join(f" {b}" if a.islower() and b.isupper() else b for a, b in pairwise(text))


def label(kind: str, source: str | None) -> str:
    """What an upload is called on screen, as a message identifier: its kind, and of scans which list it is."""
    return SOURCES[source] if source else KINDS[kind].label


def change(store: Store, batch_id: int, source: str, account: str) -> None:
    """Says which list an upload of scans is, and derives again what follows from it: which rows of a register repeat
    scans. Raises `StoreError` when there is no such upload of scans (any more).
    """
    if source not in SOURCES:
        raise ValueError(f"{source!r} is none of {', '.join(SOURCES)}.")
    if not is_own(store, batch_id):
        raise StoreError(f"Upload {batch_id} was not loaded by this unit. Nothing was changed.")
    with store.write() as cursor:
        found = cursor.execute(query("intake/change_source")[0], {"batch": batch_id, "source": source}).fetchall()
        if not found:
            raise StoreError(f"There is no upload {batch_id} of scans. Nothing was changed.")
        rollups.derive(cursor, touch.of_upload(cursor, batch_id))
    audit.log(store, account, "change source", f"{batch_id} {found[0][0]}", source)
