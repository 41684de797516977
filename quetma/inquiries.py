"""Requests for information about scans that others make of the unit: a register, with days by which to answer.

A request says who asks, under which document, for what, and which scans; it ends once: answered, with the documents
that went out (quetma/documents/answer.py), or refused with a reason. Rows are added, never changed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from duckdb import DuckDBPyConnection

from quetma import workdays
from quetma.access import audit
from quetma.history import Filter
from quetma.language import DEFAULT, translator
from quetma.store import Store, query

WORKING_DAYS = 2  # within which people are answered about their own data (Law 91/2025/QH15, Decree 356/2025)
LONGEST = 500  # characters of a text


class InquiryError(ValueError):
    """What was said of a request cannot be; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Asked:
    """What is asked for. document: the number of the letter it came with, '' for none; dated: the day on that letter.

    The rest is a `history.Filter`.
    """

    requester: str
    purpose: str
    received_on: date
    due_on: date
    first_day: date
    last_day: date
    document: str = ""
    dated: date | None = None
    locations: tuple[int, ...] = ()
    people: tuple[int, ...] = ()
    kind: str | None = None
    direction: str | None = None

    @property
    def filter(self) -> Filter:
        """Which scans."""
        return Filter(self.first_day, self.last_day, self.locations, self.people, self.kind, self.direction)


@dataclass(frozen=True)
class Inquiry(Asked):
    """A request as it is in the register. about: which scans, in words, as they were asked for.

    outcome: None while it is open, else answered | refused. whole: the names and phones went out as they are. reason:
    why it was refused, or by what right they went out so. scans: how many. documents: what went out.
    """

    inquiry_id: int = 0
    about: str = ""
    entered_at: datetime = datetime.min
    entered_by: str = ""
    outcome: str | None = None
    whole: bool | None = None
    reason: str | None = None
    scans: int | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    documents: tuple[int, ...] = ()

    def state(self, today: date) -> str:
        """open | overdue | answered | refused."""
        return self.outcome or ("overdue" if self.due_on < today else "open")


@dataclass(frozen=True)
class End:
    """How a request ends; fields as in `Inquiry`."""

    outcome: str
    reason: str = ""
    whole: bool = False
    scans: int | None = None


def due(received_on: date) -> date:
    """The day by which a request is to be answered when nobody says another one."""
    day, left = received_on, WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= workdays.is_working(day)
    return day


def enter(store: Store, account: str, asked: Asked) -> int:
    """Enters a request into the register; its number. Raises `InquiryError`."""
    texts = {name: " ".join(getattr(asked, name).split()) for name in ("requester", "purpose", "document")}
    if not texts["requester"] or not texts["purpose"]:
        raise InquiryError("Say who asks, and for what purpose.")
    if any(len(text) > LONGEST for text in texts.values()):
        raise InquiryError("One of the texts is longer than 500 characters.")
    if asked.due_on < asked.received_on or (asked.dated and asked.dated > asked.received_on):
        raise InquiryError("The dates do not fit: the document comes first, then its receipt, then the due day.")
    if asked.received_on > store.clock().date():
        raise InquiryError("A day in the future cannot be known yet.")
    about = _about(store, asked.filter)
    values = asdict(asked) | texts | {"about": about, "entered_at": store.clock(), "entered_by": account}
    values |= {"locations": list(asked.locations), "people": list(asked.people)}
    with store.write() as cursor:
        [(number,)] = cursor.execute(query("inquiries/insert")[0], values).fetchall()
        audit.log_within(cursor, account, "enter request", f"{number} {texts['requester']}", about)
    return number


def _about(store: Store, asked: Filter) -> str:
    return asked.sentence(store, translator(DEFAULT), 0).rpartition(":")[0]


def all_of(store: Store) -> list[Inquiry]:
    """The register: what is open, the most pressing first; then what has ended, newest first."""
    return [_inquiry(row) for row in store.ask("inquiries/register").iter_rows(named=True)]


def one(store: Store, inquiry_id: int) -> Inquiry | None:
    """One request, or None when there is no such."""
    return next((inquiry for inquiry in all_of(store) if inquiry.inquiry_id == inquiry_id), None)


def _inquiry(row: dict[str, Any]) -> Inquiry:
    known = {field.name for field in fields(Inquiry)}
    told: dict[str, Any] = {name: value for name, value in row.items() if name in known}
    told |= {name: tuple(dict.fromkeys(row[name])) for name in ("documents", "locations", "people")}
    return Inquiry(**told)


def check_open(source: Store | DuckDBPyConnection, inquiry_id: int) -> None:
    """Raises `InquiryError` when the request has ended. Inside a write, pass its cursor."""
    cursor = source.cursor() if isinstance(source, Store) else source
    if cursor.execute(query("inquiries/ended")[0], {"inquiry_id": inquiry_id}).fetchall():
        raise InquiryError("This request has been answered or refused meanwhile. Reload the page.")


def attach(cursor: DuckDBPyConnection, inquiry_id: int, document_id: int) -> None:
    """Says, within a write, that a document belongs to an open request."""
    check_open(cursor, inquiry_id)
    cursor.execute(query("inquiries/attach")[0], {"inquiry_id": inquiry_id, "document_id": document_id})


def finish(cursor: DuckDBPyConnection, account: str, inquiry: Inquiry, end: End, at: datetime) -> None:
    """Ends an open request, within a write."""
    check_open(cursor, inquiry.inquiry_id)
    values = asdict(end) | {"inquiry_id": inquiry.inquiry_id, "ended_at": at, "ended_by": account}
    cursor.execute(query("inquiries/end")[0], values)
    action = {"answered": "answer request", "refused": "refuse request"}[end.outcome]
    told = f"{inquiry.about}: {end.scans}" if end.scans is not None else end.reason
    audit.log_within(cursor, account, action, f"{inquiry.inquiry_id} {inquiry.requester}", told)


def pressing(inquiries: Sequence[Inquiry], today: date) -> tuple[list[Inquiry], list[Inquiry]]:
    """Those that are overdue, and those due today or on the next day."""
    waiting = [inquiry for inquiry in inquiries if inquiry.outcome is None]
    soon = today + timedelta(days=1)
    return (
        [inquiry for inquiry in waiting if inquiry.due_on < today],
        [inquiry for inquiry in waiting if today <= inquiry.due_on <= soon],
    )
