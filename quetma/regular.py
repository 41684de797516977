"""Documents that the running dashboard makes by itself: a summary of each day, reports of each week and month.

What is due is asked of the store, not of a clock's alarm: a period that is over, for which no document is kept. So what
was missed while the server was off is made up for, once, and nothing is made twice: the line that says it is made is
part of the transaction that keeps the document. Then it is sent to those who were to have it when it was made. What
fails is tried again after pauses that grow; every try stands in the store.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, Literal, get_args

import pikepdf
from duckdb import DuckDBPyConnection

from quetma import archive, mail, secret, settings
from quetma.access import audit
from quetma.archive import ArchiveError, Document
from quetma.documents.official import making, report, summary
from quetma.documents.official.paper import Paper
from quetma.language import DEFAULT, translator
from quetma.mail import Attachment, Letter
from quetma.store import Store, now, query
from quetma.watch import Watch

Kind = Literal["daily", "weekly", "monthly"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MADE_UP: dict[Kind, int] = {"daily": 1, "weekly": 4, "monthly": 12}  # how many periods back a missed one is made up for
ABOUT: dict[Kind, str] = {"daily": "ngay", "weekly": "tuan", "monthly": "thang"}  # in the names of the files
PAUSES = tuple(timedelta(minutes=n) for n in (5, 15, 60, 240, 720))  # after the first failure, the second, …
TRIES = 10  # then nobody tries any more by himself
EVERY = 60  # seconds
SENT = 50  # the newest documents, that are looked at for somebody who has not got them yet
ACCOUNT = "schedule"  # who makes them, in the archive and the audit
PASSWORD_FILE = "attachment-password"  # noqa: S105 - the name of a file
SHORTEST = 8  # characters of a password
MAKING = ""  # in the place of an address: the try to make the document

_log = logging.getLogger(__name__)


class RegularError(ValueError):
    """What was said of the regular documents cannot be; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Plan:
    """Which documents are made, from which hour of the day after a period is over on, and who gets them."""

    kinds: tuple[str, ...] = ()
    at: time = time(6, 30)
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Period:
    """The days of one document, both included."""

    kind: Kind
    first: date
    last: date

    def due_at(self, at: time) -> datetime:
        """From when on it is to be made."""
        return datetime.combine(self.last + timedelta(days=1), at)


@dataclass(frozen=True)
class Delivery:
    """How far a document is on its way to an address; '' as address: how far the document itself is.

    failures: since it was last asked for. failed: why the last try did, '' when there was none. again_at: when the next
    try is; None: nobody tries any more, or it is done. ended: somebody removed the file before it was sent.
    """

    address: str
    done: bool
    failures: int
    failed: str
    tried_at: datetime | None
    again_at: datetime | None
    ended: bool = False


# What is to be made ---------------------------------------------------------------------------------------------------


def wanted(store: Store) -> Plan:
    """The plan as it is set."""
    return Plan(*(settings.get(store, f"regular_{name}") for name in ("kinds", "at", "to")))


def set_up(store: Store, account: str, plan: Plan, password: str | None = None) -> None:
    """Keeps the plan. Periods that were over before are not made up for. password: of the files sent; None keeps the
    one there is, '' forgets it. Raises `RegularError`.
    """
    if not set(plan.kinds) <= set(KINDS):
        raise RegularError("There is no such document.")
    if not all(mail.is_address(address) for address in plan.to):
        raise RegularError("One of the lines is no e-mail address.")
    if password and len(password) < SHORTEST:
        raise RegularError("The password of the files has at least 8 characters.")
    if password is not None:
        secret.keep(store.folder / PASSWORD_FILE, password)
    before = wanted(store)
    with store.write() as cursor:
        for kind in set(plan.kinds) - set(before.kinds):
            settings.put(cursor, f"regular_{kind}_since", now().isoformat(timespec="seconds"))
        settings.put(cursor, "regular_kinds", "|".join(plan.kinds))
        settings.put(cursor, "regular_at", f"{plan.at:%H:%M}")
        settings.put(cursor, "regular_to", "\n".join(dict.fromkeys(plan.to)))
        told = f"{', '.join(plan.kinds) or '-'}, {plan.at:%H:%M}, {len(plan.to)}"
        audit.log_within(cursor, account, "set up schedule", told, "" if password is None else "password")


def has_password(store: Store) -> bool:
    """Whether files are encrypted before they are sent."""
    return bool(secret.read(store.folder / PASSWORD_FILE))


def period(kind: Kind, day: date) -> Period:
    """The newest period that is over on that day."""
    if kind == "daily":
        return Period(kind, day - timedelta(days=1), day - timedelta(days=1))
    if kind == "weekly":
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday - timedelta(days=7), monday - timedelta(days=1))
    last = day.replace(day=1) - timedelta(days=1)
    return Period(kind, last.replace(day=1), last)


def due(store: Store, at: datetime) -> list[Period]:
    """The periods that a document is to be made of by now, oldest first."""
    plan, found = wanted(store), []
    made = set(store.ask("regular/made", rows=None).select("kind", "first_day").iter_rows())
    for kind in KINDS:
        if kind not in plan.kinds:
            continue
        since: datetime | None = settings.get(store, f"regular_{kind}_since")
        one = period(kind, at.date() if at.time() >= plan.at else at.date() - timedelta(days=1))
        for _ in range(MADE_UP[kind]):
            if (kind, one.first) not in made and (since is None or one.due_at(plan.at) > since):
                found.append(one)
            one = period(kind, one.first)
    return sorted(found, key=lambda one: (one.last, one.kind))


# Making and sending ---------------------------------------------------------------------------------------------------


class Schedule(Watch):
    """Makes and sends what is due in a store, between `start` and `stop`."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = now) -> None:
        super().__init__("regular documents", EVERY)
        self._store, self._clock = store, clock

    def look(self) -> None:
        """One look. The demo unit's time stands still: nothing is due there."""
        if not self._store.demo:
            run(self._store, self._clock())


def run(store: Store, at: datetime) -> None:
    """Makes what is due, and sends what has not arrived. Nothing it fails at keeps it from the rest."""
    for one in due(store, at):
        if _waits(delivery(store, one, MAKING), at) or not _has_data(store, one):
            continue
        try:
            make(store, one, at)
        except Exception:
            _log.exception("the %s document of %s could not be made", one.kind, one.first)
            _tried(store, one, MAKING, at, "The document could not be made. The server's log says why.")
    for one, document, addresses in made(store, SENT):
        ready = [each for each in addresses if not each.done and not _waits(each, at)]
        if ready:
            _send(store, one, document, ready, at)


def _has_data(store: Store, one: Period) -> bool:
    """Whether there are scans of its days: logs are uploaded afterwards, and the document waits for them."""
    [(first, last)] = store.ask("flow/span").rows()
    return first is not None and first <= one.last and last >= (one.last if one.kind == "daily" else one.first)


def make(store: Store, one: Period, at: datetime) -> Document:
    """Makes the document of a period and keeps it with whom it is to be sent to, all in one transaction."""
    paper = _paper(store, one)
    addresses = wanted(store).to

    def within(cursor: DuckDBPyConnection, document: Document) -> None:
        values = {"kind": one.kind, "first_day": one.first, "last_day": one.last, "document_id": document.document_id}
        cursor.execute(query("regular/insert")[0], values | {"made_at": at})
        for address in addresses:
            cursor.execute(query("regular/insert_recipient")[0],
                           {"kind": one.kind, "first_day": one.first, "address": address})  # fmt: skip

    return making.make(store, ACCOUNT, paper, "pdf", days=(one.first, one.last), about=ABOUT[one.kind], within=within)


def _paper(store: Store, one: Period) -> Paper:
    return summary.summary(store, one.first) if one.kind == "daily" else report.report(store, one.first, one.last)


def _send(store: Store, one: Period, document: Document, to: Sequence[Delivery], at: datetime) -> None:
    t = translator(DEFAULT)
    unit = settings.get(store, "unit_name")
    try:
        content = archive.path(store, document).read_bytes()
    except ArchiveError as gone:
        for each in to:
            _tried(store, one, each.address, at, str(gone))
        return
    said = t("Attached is a document that the check-in dashboard makes by itself: {subject}.", subject=document.subject)
    text = [said]
    if password := secret.read(store.folder / PASSWORD_FILE):
        content = encrypted(content, password)
        text.append(t("The file is encrypted; the password is known to the leaders of the unit."))
    text.append(t("Please do not answer this letter."))
    attached = Attachment(document.file_name, content, "application/pdf")
    subject = f"{unit}: {document.subject}" if unit else document.subject
    for each in to:  # one by one, so that a server killed in between sends as few as can be a second time
        told = hashlib.sha256(f"{document.sha256} {each.address}".encode()).hexdigest()
        letter = Letter(each.address, subject, "\n\n".join(text), (attached,), told[:32])
        [failed] = mail.send(store, [letter])
        _tried(store, one, each.address, at, failed)
        if failed:
            _log.warning("document %s was not sent: %s", document.document_id, failed)


def encrypted(content: bytes, password: str) -> bytes:
    """A PDF that opens with that password only (AES-256)."""
    source, target = BytesIO(content), BytesIO()
    with pikepdf.open(source) as file:
        file.save(target, encryption=pikepdf.Encryption(owner=password, user=password, R=6))
    return target.getvalue()


# How far it is --------------------------------------------------------------------------------------------------------


def made(store: Store, rows: int = SENT) -> list[tuple[Period, Document, list[Delivery]]]:
    """The newest documents made, the newest first, each with how far it is on its way to whom."""
    found = []
    for row in store.ask("regular/made", rows=rows).iter_rows(named=True):
        one = Period(row["kind"], row["first_day"], row["last_day"])
        document = archive.one(store, row["document_id"])
        if document:
            addresses = store.ask("regular/recipients", kind=one.kind, first_day=one.first)["address"]
            deliveries = [delivery(store, one, address) for address in addresses]
            if document.removed_at:
                deliveries = [each if each.done else replace(each, again_at=None, ended=True) for each in deliveries]
            found.append((one, document, deliveries))
    return found


def delivery(store: Store, one: Period, address: str) -> Delivery:
    """How far a document is on its way to an address, or '' itself."""
    tries = store.ask("regular/tries", kind=one.kind, first_day=one.first, address=address).rows(named=True)
    failures, failed, last = 0, "", None
    for row in tries:
        if row["failed"] is None:  # somebody asked for it again
            failures, last = 0, None
            continue
        failed, last = row["failed"], row["tried_at"]
        failures += bool(failed)
    done = bool(tries) and failed == "" and last is not None
    again = None
    if not done and failures < TRIES:
        again = last + PAUSES[min(failures, len(PAUSES)) - 1] if last and failures else datetime.min
    return Delivery(address, done, failures, failed, last, again)


def again(store: Store, account: str, one: Period, address: str) -> None:
    """Asks for another try, at once."""
    with store.write() as cursor:
        _try_within(cursor, one, address, now(), None)
        audit.log_within(cursor, account, "try again", f"{one.kind} {one.first:%d/%m/%Y}")


def _waits(each: Delivery, at: datetime) -> bool:
    return each.again_at is None or each.again_at > at


def _tried(store: Store, one: Period, address: str, at: datetime, failed: str) -> None:
    with store.write() as cursor:
        _try_within(cursor, one, address, at, failed)


def _try_within(cursor: DuckDBPyConnection, one: Period, address: str, at: datetime, failed: str | None) -> None:
    values: dict[str, Any] = {"kind": one.kind, "first_day": one.first, "address": address, "tried_at": at}
    cursor.execute(query("regular/try")[0], values | {"failed": failed})
