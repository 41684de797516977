"""Badges of the staff: a code of random digits each, which says nothing to anybody else and can be revoked.

Somebody has one badge at a time: a new one ends the old one, wherever it lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import codes
from quetma.access import audit
from quetma.store import Store, now, query


@dataclass(frozen=True)
class Holder:
    """Whose badge it is; revoked_at: since when it is none any more, None while it holds."""

    person_id: int
    name: str
    revoked_at: datetime | None


def staff(store: Store, day: date) -> pl.DataFrame:
    """One row per staff member on that day, by given name: person_id, name, position, location, token (NULL: no badge),
    issued_at.
    """
    return store.ask("badges/staff", day=day)


def issue(store: Store, people: Sequence[int], account: str) -> None:
    """Gives each of these people a new badge; the one they had ends."""
    store.require("staff", people)
    with store.write() as cursor:
        for person_id in people:
            given = {"token": codes.new_badge(), "person_id": person_id, "moment": now(), "account": account}
            _end(cursor, person_id, account)
            cursor.execute(query("badges/issue")[0], given)
            audit.log_within(cursor, account, "badge issued", f"person {person_id}")


def revoke_all(store: Store, people: Sequence[int], account: str) -> None:
    """Ends the badges of these people: the gate refuses them from now on."""
    store.require("staff", people)
    with store.write() as cursor:
        for person_id in people:
            _end(cursor, person_id, account)
            audit.log_within(cursor, account, "badge revoked", f"person {person_id}")


def _end(cursor: DuckDBPyConnection, person_id: int, account: str) -> None:
    cursor.execute(query("badges/revoke")[0], {"person_id": person_id, "moment": now(), "account": account})


def holder(store: Store, token: str) -> Holder | None:
    """Whose badge has these digits; None when it was never one of this unit's."""
    found = store.ask("badges/holder", token=token).rows()
    return Holder(*found[0]) if found else None
