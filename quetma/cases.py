"""The register of cases: who is ill or suspected, since when, until when; every statement kept, the newest holds.

A case is what a trace starts from, and whose contacts are followed up (quetma/follow_up.py).
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, get_args

import polars as pl

from quetma import directory, tracing
from quetma.access import audit
from quetma.store import Store, query

State = Literal["suspected", "confirmed", "recovered", "ruled_out"]
STATES: tuple[State, ...] = get_args(State)
OPEN: tuple[State, ...] = ("suspected", "confirmed")
MASKED = "A masked name or phone may be several people: find out who it is, then register them."


class CaseError(ValueError):
    """What was said of a case cannot be; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Said:
    """What is said of a case. `onset` is the first day of symptoms, or the day of the positive sample without any.

    signs: which symptoms, in words. rule, days_before: None is by the rule in force on that day.
    """

    person_id: int
    onset: date
    symptoms: bool = True
    signs: str = ""
    isolated_at: datetime | None = None
    state: State = "confirmed"
    rule: str | None = None
    days_before: int | None = None
    note: str = ""

    @property
    def case(self) -> tracing.Case:
        """The F0 of a trace."""
        return tracing.Case(self.person_id, self.onset, self.isolated_at, self.symptoms, self.rule, self.days_before)


@dataclass(frozen=True)
class RegisteredCase(Said):
    """A case as it is by now. contacts: how many are listed for it."""

    case_id: int = 0
    name: str = ""
    phone_shown: str = ""
    registered_at: datetime = datetime.min
    registered_by: str = ""
    changed_at: datetime = datetime.min
    changed_by: str = ""
    contacts: int = 0

    @property
    def open(self) -> bool:
        """Whether the person counts as ill, or may be."""
        return self.state in OPEN


def register(store: Store, account: str, said: Said, at: datetime | None = None) -> int:
    """Registers a case; its number. at: when that is said; None is now. Raises `CaseError` when the person is one
    already, or the days make no sense.
    """
    if any(case.open for case in of_person(store, said.person_id)):
        raise CaseError("This person is registered as a case already.")
    return _enter(store, account, None, said, at or store.clock())


def change(store: Store, account: str, case: RegisteredCase, **changes: object) -> None:
    """Says something else of a case: fields of `Said`. Raises `CaseError` when the days make no sense."""
    said = {name: value for name, value in asdict(case).items() if name in Said.__dataclass_fields__}
    _enter(store, account, case.case_id, replace(Said(**said), **changes), store.clock())


def _enter(store: Store, account: str, case_id: int | None, said: Said, at: datetime) -> int:
    store.require("case", [] if case_id is None else [case_id])
    store.require("person", [said.person_id])
    person = directory.person(store, said.person_id)
    if case_id is None and (person is None or person["masked"]):
        raise CaseError(MASKED)
    tomorrow = datetime.combine(at.date() + timedelta(days=1), time())  # isolated today, nobody says the hour
    if said.onset >= tomorrow.date() or (said.isolated_at and said.isolated_at > tomorrow):
        raise CaseError("A day in the future cannot be known yet.")
    try:
        said.case.resolved()
    except tracing.Unanswerable as error:
        raise CaseError("The isolation lies before the infectious days. Check both dates.") from error
    values = asdict(said) | {"case_id": case_id, "entered_at": at, "entered_by": account}
    with store.write() as cursor:
        [(number,)] = cursor.execute(query("cases/insert")[0], values).fetchall()
        action = "register case" if case_id is None else "change case"
        told = f"{said.state}, {said.onset:%d/%m/%Y}, {said.isolated_at or '-'}"
        audit.log_within(cursor, account, action, f"{number} {directory.called(store, said.person_id)}", told)
    return number


def registered(store: Store) -> list[RegisteredCase]:
    """All cases, newest first."""
    return [RegisteredCase(**row) for row in store.ask("cases/registered").iter_rows(named=True)]


def one(store: Store, case_id: int) -> RegisteredCase | None:
    """The case with that number."""
    return next((case for case in registered(store) if case.case_id == case_id), None)


def of_person(store: Store, person_id: int) -> list[RegisteredCase]:
    """The cases of a person, newest first, under whichever number the person is asked for."""
    person = directory.person(store, person_id)
    known = person["person_id"] if person else person_id
    return [case for case in registered(store) if case.person_id == known]


def entries(store: Store, case_id: int) -> pl.DataFrame:
    """Everything that was ever said of a case, newest first (columns of queries/cases/entries.sql)."""
    return store.ask("cases/entries", case_id=case_id)
