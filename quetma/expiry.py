"""What goes when its time is over, kind by kind: for how long each is kept is the unit's setting (Law 91/2025/QH15 has
data deleted when its purpose is done, and gives no days).

    would_run(store, day) -> {kind: rows}; run(store, day) does it, whole or not at all

Figures of past days never change: of what they rest on only the personal part goes. Visitors' check-ins, and visitors
in uploaded scans, become nobody's (quetma/retention.py); here are the other kinds.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from duckdb import DuckDBPyConnection

from quetma import archive, language, settings
from quetma.access import audit, chain
from quetma.access.chain import Head
from quetma.intake.errors import Refusal
from quetma.store import Store, note, now, query

LONGEST = 36_500  # days


class ExpiryError(Refusal):
    """What was said of how long something is kept cannot be; nothing was changed."""


@dataclass(frozen=True)
class Kind:
    """Something that is kept for so many days: the setting that says how many (0: without end)."""

    setting: str


KINDS = {
    "visitors": Kind("visitor_days"), "scans": Kind("scan_days"), "symptoms": Kind("symptom_days"),
    "doses": Kind("dose_days"), "absences": Kind("absence_days"), "cases": Kind("case_days"),
    "documents": Kind("document_days"), "audit": Kind("audit_days"),
}  # fmt: skip
OWN = ("symptoms", "doses", "absences", "cases", "documents", "audit")  # those that are deleted here


def kept_for(store: Store | DuckDBPyConnection) -> dict[str, int]:
    """For how many days each kind is kept; 0 is without end."""
    return {name: settings.get(store, kind.setting) for name, kind in KINDS.items()}


def set_days(store: Store, account: str, days: dict[str, int]) -> None:
    """Keeps for how long each kind is kept. Raises `ExpiryError`."""
    if any(not 0 <= number <= LONGEST for number in days.values()) or days.get("visitors", 1) < 1:
        raise ExpiryError("Give whole days, at most 36,500; check-ins of visitors are kept for at least one day.")
    before = kept_for(store)
    with store.write() as cursor:
        for name, number in days.items():
            if number != before[name]:
                settings.put(cursor, KINDS[name].setting, str(number))
                audit.log_within(cursor, account, "set retention", name, f"{before[name]} → {number}")


def run(store: Store, today: date | None = None, account: str = "schedule") -> dict[str, int]:
    """Deletes what is over on `today` (None: the real one); how many rows of each kind went."""
    today = today or now().date()
    documents = _documents(store, today)
    with store.write() as cursor:
        found = _run(cursor, today, account)
    for number in documents:  # each whole for itself: a file goes only when it is written down that it did
        with suppress(archive.ArchiveError):
            archive.remove(store, account, number, language.translator(language.DEFAULT)("Its time is over"))
    return _with(found, documents)


def would_run(store: Store, today: date | None = None) -> dict[str, int]:
    """What `run` would delete; nothing is changed."""
    today = today or now().date()
    found: dict[str, int] = {}
    with suppress(_NotMeant), store.write() as cursor:
        found = _run(cursor, today, "")
        raise _NotMeant
    return _with(found, _documents(store, today))


def _with(found: dict[str, int], documents: list[int]) -> dict[str, int]:
    """What was found, with the documents whose files go."""
    several = found.get("documents", 0) + len(documents)
    return found | ({"documents": several} if several else {})


class _NotMeant(Exception):
    """Ends the transaction of what was only tried."""


def _cuts(source: Store | DuckDBPyConnection, today: date) -> dict[str, date]:
    return {name: today - timedelta(days=days) for name, days in kept_for(source).items() if days}


def _documents(store: Store, today: date) -> list[int]:
    before = _cuts(store, today).get("documents")
    return store.ask("expiry/documents", before=before)["document_id"].to_list() if before else []


def _run(cursor: DuckDBPyConnection, today: date, account: str) -> dict[str, int]:
    cuts = _cuts(cursor, today)
    gone = language.translator(language.DEFAULT)("(deleted)")
    found: dict[str, int] = {}

    def delete(kind: str, name: str, **more: object) -> None:
        if kind in cuts:
            rows = cursor.execute(query(f"expiry/{name}")[0], {"before": cuts[kind], **more}).fetchall()
            if rows:
                found[kind] = found.get(kind, 0) + len(rows)

    delete("scans", "rejects")
    delete("symptoms", "symptoms")
    delete("doses", "doses")
    delete("absences", "absences", gone=gone)
    delete("cases", "cases")
    delete("cases", "follow_up")
    delete("documents", "drafts")
    for kind, rows in found.items():
        audit.log_within(cursor, account, "delete what is over", kind, f"< {cuts[kind]:%d/%m/%Y}: {rows}")
    if "audit" in cuts and (lines := _shorten_audit(cursor, cuts["audit"], account)):
        found["audit"] = lines
    return found


def _shorten_audit(cursor: DuckDBPyConnection, before: date, account: str) -> int:
    """Deletes the audit's lines up to the last one before which all are over; the chain goes on from there."""
    last = cursor.execute(query("expiry/audit_until")[0], {"before": before}).fetchall()
    if not last:
        return 0
    head = Head(*last[0])
    rows = cursor.execute(query("expiry/audit")[0], {"number": head.number}).fetchall()
    cursor.execute(query("expiry/audit_forget_start")[0])
    cursor.execute(query("expiry/audit_start")[0], {"number": head.number, "seal": head.seal})
    note(cursor, chain.purged_line(head, account, now()))
    return len(rows)
