"""Everything that is known of one person: what uploads say, with upload and line, and what was decided about them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from quetma import conduct, duties
from quetma.duties import Course
from quetma.store import Store

# What holds of each kind that can be edited on screen (quetma/intake/edit.py).
EDITABLE = ("doses", "apps", "declarations", "exemptions")


@dataclass(frozen=True)
class Dossier:
    """What holds of somebody: frames as the queries of the same name in queries/person/ give them. decisions: as
    `conduct.ledger`, of them.
    """

    employment: pl.DataFrame
    doses: pl.DataFrame
    apps: pl.DataFrame
    exemptions: pl.DataFrame
    absences: pl.DataFrame
    cases: pl.DataFrame
    follow_up: pl.DataFrame
    decisions: pl.DataFrame

    def course(self, day: date) -> Course:
        """How far their doses go on a day."""
        return duties.course(self.doses, day)


def of(store: Store, person: int) -> Dossier:
    """What holds of a person."""
    names = ("employment", "doses", "apps", "exemptions", "absences", "cases", "follow_up")
    found = {name: store.ask(f"person/{name}", person=person) for name in names}
    return Dossier(decisions=conduct.ledger(store).filter(pl.col("person_id") == person), **found)


def declarations(store: Store, person: int, first: date, last: date) -> pl.DataFrame:
    """Health declarations, newest first: declared_at, symptoms."""
    return store.ask("person/declarations", person=person, first=first, last=last)


def stays(store: Store, person: int, first: date, last: date) -> pl.DataFrame:
    """Stays, newest first."""
    return store.ask("person/stays", person=person, first=first, last=last)


def timeline(store: Store, person: int, first: date, last: date) -> pl.DataFrame:
    """Every row of every upload about somebody, newest first: kind, at, what, detail, more, counts, batch_id, line,
    file_name. what: the direction of a scan; of an edit on screen set or drop. detail: place of a scan, symptoms, dose,
    app, reason, duty, position; more: purpose, who confirmed, last day, reason of an exemption, premises.
    """
    return store.ask("person/timeline", **_where(store, person), first=first, last=last)


def files(store: Store, person: int, first: date, last: date) -> pl.DataFrame:
    """The uploads that name somebody and speak of one of these days, or of no day, newest first (columns of
    queries/person/files.sql).
    """
    return store.ask("person/files", **_where(store, person), first=first, last=last)


def _where(store: Store, person: int) -> dict[str, Any]:
    """Where rows about a person stand: under which numbers, in which uploads. Numbers alone, so of the whole store."""
    return store.whole.ask("people/uploads", people=[person]).row(0, named=True)


def before(store: Store, person: int, kind: str, span: tuple[date, date]) -> list[dict[str, Any]]:
    """What holds of an editable kind, as rows; declarations of a span of days."""
    found = declarations(store, person, *span) if kind == "declarations" else store.ask(f"person/{kind}", person=person)
    return found.to_dicts()
