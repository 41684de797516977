"""What people may ask about their own data (Law 91/2025/QH15, Decree 356/2025): a copy of everything, a correction,
that it is deleted. A register of such requests with the days by which to answer; and deleting, as far as the law
allows.

    reasons(store, person) says what keeps somebody's data; erase(store, …) makes the rest nobody's, whole or not at all
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import duckdb
import polars as pl

from quetma import inquiries, retention, settings, units
from quetma.access import audit
from quetma.intake.errors import Message, Refusal
from quetma.retention import Purged
from quetma.store import Store, now, query

Wish = Literal["copy", "correct", "delete"]
WISHES: tuple[Wish, ...] = ("copy", "correct", "delete")
LONGEST = 500  # characters of a text


class SubjectError(Refusal):
    """What was said of a request cannot be; nothing was changed."""


@dataclass(frozen=True)
class Request:
    """A request as it is in the register. name: None of who is no longer known. outcome: None while it is open, else
    done | refused.
    """

    request_id: int
    person_id: int
    wish: str
    told: str
    received_on: date
    due_on: date
    entered_at: datetime
    entered_by: str
    name: str | None
    outcome: str | None
    reason: str | None
    ended_at: datetime | None
    ended_by: str | None

    def state(self, today: date) -> str:
        """open | overdue | done | refused."""
        return self.outcome or ("overdue" if self.due_on < today else "open")


def enter(store: Store, account: str, person: int, wish: Wish, told: str, received_on: date) -> int:
    """Enters a request; its number. It is due in two working days. Raises `SubjectError`."""
    store.require("person", [person])
    told = " ".join(told.split())
    if len(told) > LONGEST:
        raise SubjectError("The text is longer than {n} characters. Nothing was saved.", n=LONGEST)
    if received_on > store.clock().date():
        raise SubjectError("A day in the future cannot be known yet. Nothing was saved.")
    values = {
        "person_id": person, "wish": wish, "told": told, "received_on": received_on,
        "due_on": inquiries.due(received_on), "entered_at": store.clock(), "entered_by": account,
    }  # fmt: skip
    with store.write() as cursor:
        [(number,)] = cursor.execute(query("subject/insert")[0], values).fetchall()
        audit.log_within(cursor, account, "enter own-data request", f"{number} person {person}", wish)
    return number


def register(store: Store, person: int | None = None) -> list[Request]:
    """All requests, or those of a person: what is open first, the most pressing first."""
    found = [Request(**row) for row in store.ask("subject/register").iter_rows(named=True)]
    return [one for one in found if person is None or one.person_id == person]


def finish(store: Store, account: str, request_id: int, outcome: Literal["done", "refused"], reason: str = "") -> None:
    """Ends an open request. A refusal has a reason. Raises `SubjectError`."""
    store.require("request", [request_id])
    reason = " ".join(reason.split())
    if outcome == "refused" and not reason:
        raise SubjectError("Say why it is refused: the person is told. Nothing was saved.")
    if len(reason) > LONGEST:
        raise SubjectError("The text is longer than {n} characters. Nothing was saved.", n=LONGEST)
    values = {
        "request_id": request_id, "outcome": outcome, "reason": reason, "ended_at": store.clock(), "ended_by": account,
    }  # fmt: skip
    try:
        with store.write() as cursor:
            cursor.execute(query("subject/end")[0], values)
            audit.log_within(cursor, account, "end own-data request", str(request_id), f"{outcome} {reason}".strip())
    except duckdb.ConstraintException as error:
        raise SubjectError("This request has ended meanwhile. Reload the page.") from error


def pressing(found: Sequence[Request], today: date) -> tuple[list[Request], list[Request]]:
    """Those that are overdue, and those due today or on the next day."""
    waiting = [one for one in found if one.outcome is None]
    soon = today + timedelta(days=1)
    return [one for one in waiting if one.due_on < today], [one for one in waiting if today <= one.due_on <= soon]


def set_notice(store: Store, account: str, texts: Mapping[str, str]) -> None:
    """Keeps what visitors are told at the door of who keeps what they write, and for what; language → text, '' for the
    program's own. For how long, and what they may ask, is told in any case. Raises `SubjectError`.
    """
    if any(len(text) > LONGEST for text in texts.values()):
        raise SubjectError("The text is longer than {n} characters. Nothing was saved.", n=LONGEST)
    with store.write() as cursor:
        for spoken, text in texts.items():
            settings.put(cursor, f"notice_{spoken}", " ".join(text.split()))
        audit.log_within(cursor, account, "set notice", ", ".join(texts))


# Deleting -------------------------------------------------------------------------------------------------------------


def reasons(store: Store, person: int) -> list[Message]:
    """What keeps the data of a person from being deleted, each with why; [] when nothing does."""
    [ties] = store.ask("subject/ties", person=person).iter_rows(named=True)
    told = {
        "roster": Message("They are or were one of the staff: who met which duty is kept for the time that the rules "
                          "on "
                          "records give."),
        "cases": Message("They are in the register of cases: kept for public health, until the time set for cases is "
                         "over."),
        "contacts": Message("They are in the follow-up of a case: kept for public health, until the time set for "
                            "cases is "
                            "over."),
        "decisions": Message("Decisions about them were made: kept as long as they can be contested."),
        "asked": Message("A request of others for their scans is not ended: answer or refuse it first."),
        "lists": Message("Lists that were uploaded tell of doses, apps, absences or exemptions of theirs: correct "
                         "the list, "
                         "or take that upload back."),
    }  # fmt: skip
    found = [message for kind, message in told.items() if ties[kind]]
    if units.elsewhere(store, person):
        found.append(Message("They were at places of other units too: a leader of a unit above all of them can delete "
                             "everything."))  # fmt: skip
    return found


def erase(store: Store, account: str, person: int, strike: bool = False) -> Purged:
    """Makes all scans of a person nobody's and deletes their declarations and who they were; figures stay as they are.
    strike: the audit's lines no longer say that they were about them, only who did what when. Raises `SubjectError`
    when something keeps their data.
    """
    if kept := reasons(store, person):
        raise SubjectError("Nothing was deleted. {why}", why=[*kept])
    store.require("person", [person])
    with store.write() as cursor:
        due = cursor.sql(query("subject/days")[0], params={"person": person}).pl()
        if due.is_empty():
            raise SubjectError("There is nothing of this person to delete.")
        if strike:
            token = secrets.token_hex(8)
            struck = cursor.execute(query("subject/strike_audit")[0], {"person": person, "struck": token}).fetchall()
            audit.strike(cursor, account, [number for (number,) in struck], token)
        purged = retention.forget_days(cursor, due, now().date() + timedelta(days=1), account)
        told = f"{purged.scans} scans, {purged.declarations} declarations"
        audit.log_within(cursor, account, "erase person", f"person {person}", told)
    return purged


def looked_at(store: Store, person: int, rows: int = 1_000) -> pl.DataFrame:
    """What was done with a person's data: the newest lines of the audit that name them."""
    # not `store.ask`: lines are appended without a write of the store, and its answers would stand still
    return store.cursor().sql(query("audit/about")[0], params={"person": person, "rows": rows}).pl()
