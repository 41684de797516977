"""What a person should know of a table before it is loaded, though nothing in it is wrong."""

from datetime import date

import polars as pl

from quetma import people
from quetma.intake.errors import REMARKS, Message
from quetma.intake.prepare import DAY_OF, Prepared
from quetma.store import Store

OF_ONE_DAY = "All rows are taken to be of one day, {day}: they name none themselves."
MONTHS_FOR_DAYS = (
    "All rows are of the same day of different months. If the file writes the month first (08/03/2021 is the 3rd of "
    "August), have it read like that before loading it."
)
FEW = 3  # months in which something may well happen on one day of each
SHOWN = 10  # phones with several names


def remarks(store: Store, prepared: Prepared) -> tuple[Message, ...]:
    """Each a sentence: what the rows leave open and how it is taken, then phones that bear names of several people."""
    counted = (
        [Message(OF_ONE_DAY, day=f"{date.fromisoformat(prepared.found.choices.day):%d/%m/%Y}")]
        if prepared.found.choices.day
        else []
    )
    if reads_months_for_days(prepared):
        counted.append(Message(MONTHS_FOR_DAYS))
    counted += [Message(REMARKS[code], n=n) for code, n in prepared.facts.noted.items() if n]
    return (*counted, *_named_twice(store, prepared))


def reads_months_for_days(prepared: Prepared) -> bool:
    """Whether the days of a table look like those of one month, read with day and month exchanged."""
    column, facts = DAY_OF[prepared.kind], prepared.facts.facts
    if column is None or prepared.found.choices.month_first:
        return False
    days = facts[column].cast(pl.Date).unique().drop_nulls()
    months = days.dt.month().n_unique()
    return months > FEW and months == days.len() and days.dt.day().n_unique() == 1 and days.dt.day()[0] <= 12


def _named_twice(store: Store, prepared: Prepared) -> list[Message]:
    """The phones whose names, in this file or in the store, can hardly be of one person: all of it counts as one."""
    persons, names = prepared.settled.people, dict(prepared.facts.names.iter_rows())
    known = persons.filter((pl.col("person_id") > 0) & pl.col("phone").is_not_null() & ~pl.col("masked"))
    known = known.filter(pl.col("name") != people.domestic_all(pl.col("phone")))
    known = known.with_columns(name_key=people.fold_all(known["name"]))
    stored = store.ask("intake/called_otherwise", {"named": known.select("who", "person_id", "name_key")})
    for who, name, key in stored.iter_rows():
        own = names.get(who) or [persons["name"][who]]
        if all(people.are_unlike(people.fold(one), key) for one in own):
            names[who] = [*own, name]
    told = [
        Message("{phone}: {names}", phone=people.domestic(persons["phone"][who]), names=several)
        for who, several in names.items()
    ]
    if not told:
        return []
    text = (
        "One phone stands beside the names of several people, {n}: {phones}. The rows of a phone count as one person; "
        "if they are several, correct the phone in the file."
    )
    return [Message(text, n=len(told), phones=told[:SHOWN])]
