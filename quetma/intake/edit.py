"""Facts edited on screen. An edit is an upload of its own, with a row for each thing that is so or no longer so: it
is stored, counted, taken back and checked like any other. What it says stands until a file says something new.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from quetma.access import audit
from quetma.intake.choices import Choices
from quetma.intake.columns import Proposal
from quetma.intake.errors import REASON, REASONS, IntakeError, Message
from quetma.intake.facts import Facts
from quetma.intake.load import Batch, load
from quetma.intake.prepare import unsettled
from quetma.intake.understand import Found, Part
from quetma.people import fold_all
from quetma.store import Store, now

# Of each kind that can be edited: what says which thing a row is about, and the columns of the fact.
KEYS = {
    "doses": ("number",),
    "apps": ("app",),
    "declarations": ("declared_at",),
    "exemptions": ("duty", "first_day"),
    "roster": ("since",),
}
COLUMNS: dict[str, dict[str, Any]] = {
    "doses": {"number": pl.Int8, "vaccine": pl.String, "given_on": pl.Date, "given_at": pl.String, "lot": pl.String,
              "confirmed_by": pl.String},
    "apps": {"app": pl.String, "installed_on": pl.Date},
    "declarations": {"declared_at": pl.Datetime("us"), "symptoms": pl.String},
    "exemptions": {"duty": pl.String, "reason": pl.String, "first_day": pl.Date, "last_day": pl.Date},
    "roster": {"place": pl.Int64,  # in a `Row`: the name of a known location
               "position": pl.String, "smartphone": pl.Boolean, "started": pl.Date, "ended": pl.Date,
               "since": pl.Date},
}  # fmt: skip
DAY = {"doses": "given_on", "apps": "installed_on", "declarations": "declared_at", "exemptions": "first_day"}
FIRST = date(2020, 1, 1)


@dataclass(frozen=True)
class Row:
    """One thing about one person: so it is, or (drop) it is not so. values: by the names of `COLUMNS`; what is missing
    is not known.
    """

    person_id: int
    values: dict[str, Any]
    drop: bool = False


def changes(kind: str, person_id: int, before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[Row]:
    """What is said by a table of one person's facts that was `before` and is `after`: new and changed rows, and those
    that are gone. Empty cells are None. Raises `IntakeError` for what cannot be.
    """
    keys, names = KEYS[kind], list(COLUMNS[kind])
    tidy = [{name: _tidy(row.get(name)) for name in names} for row in after]
    tidy = [row for row in tidy if any(value is not None for value in row.values())]
    for line, row in enumerate(tidy, 1):
        if reason := _wrong(kind, row):
            raise IntakeError("Row {line}: {reason}. Nothing was changed.", line=line, reason=Message(REASONS[reason]))
    told = {tuple(row[key] for key in keys): row for row in tidy}
    if len(told) < len(tidy):
        raise IntakeError("Two rows are about the same. Nothing was changed.")
    known = {tuple(row[key] for key in keys): {name: _tidy(row.get(name)) for name in names} for row in before}
    gone = [Row(person_id, row, drop=True) for key, row in known.items() if key not in told]
    return gone + [Row(person_id, row) for key, row in told.items() if known.get(key) != row]


def _tidy(value: Any) -> Any:
    """A cell: no blanks around it, no other kind of nothing than None."""
    if isinstance(value, str):
        value = " ".join(value.split())
    return None if value == "" or value != value else value  # not a number: an empty cell


def _wrong(kind: str, row: dict[str, Any]) -> str | None:
    """Why a row cannot be."""
    tomorrow = now().date() + timedelta(days=1)
    if kind == "doses" and row["number"] not in range(1, 10):
        return "bad_dose"
    if kind == "apps" and row["app"] is None:
        return "no_app"
    if kind == "exemptions" and row["duty"] is None:
        return "bad_duty"
    if kind in DAY:
        day = row[DAY[kind]]
        if day is None:
            return "no_date"
        day = day.date() if isinstance(day, datetime) else day
        if day < FIRST:
            return "old_date"
        if day > tomorrow and kind != "exemptions":
            return "future_date"
    if kind == "exemptions" and row["last_day"] and row["last_day"] < row["first_day"]:
        return "last_before_first"
    return None


def save(store: Store, account: str, kind: str, rows: Sequence[Row], title: str) -> Batch:
    """Stores an edit, whole or not at all, and writes it to the audit. title: its name in the list of uploads."""
    if not rows:
        raise IntakeError("Nothing was changed.")
    schema = {"row": pl.UInt32, "who": pl.UInt32, "edit": pl.String} | COLUMNS[kind]
    people = store.ask("people/identities", people=sorted({row.person_id for row in rows}))
    people = people.with_row_index("who")
    who = {person: at for at, person in zip(people["who"], people["person_id"], strict=True)}
    empty = {"symptoms": "", "reason": "", "position": ""}
    places = store.ask("flow/locations")
    at_place = {name: at for at, name in enumerate(places["name"])}
    told = [
        {"row": at, "who": who[row.person_id], "edit": "drop" if row.drop else "set"}
        | {name: empty.get(name) if row.values.get(name) is None else row.values[name] for name in COLUMNS[kind]}
        for at, row in enumerate(rows)
    ]
    lines = {"line": range(1, len(rows) + 1), "raw": [""] * len(rows), "reason": [None] * len(rows)}
    if kind == "roster":
        told = [row | {"place": at_place[row["place"]]} for row in told]
    facts = Facts(
        rows=pl.DataFrame(lines, {"line": pl.Int64, "raw": pl.String, "reason": REASON}),
        facts=pl.DataFrame(told, schema, orient="row"),
        people=people.drop("person_id"),
        places=places.select("name", place=pl.int_range(pl.len()), name_key=fold_all(places["name"])),
        needs_location=False,
        marks=pl.DataFrame(schema={"line": pl.Int64, "of_batch": pl.Int32, "of_line": pl.Int32}),
    )
    # A name of its own for each: the same edit after another one is no repetition.
    part = Part(title, "", secrets.token_hex(32), "")
    found = Found(part, kind, Proposal(kind, 0, (), {}, {}, (), ""), Choices(kind=kind), True, facts)
    batch = load(store, unsettled(found), account)
    names = dict(people.select("person_id", "name").iter_rows())
    for person_id in who:
        audit.log(store, account, "edit", names[person_id], f"{kind}: {batch.batch_id}")
    return batch
