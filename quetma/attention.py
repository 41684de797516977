"""What needs a leader's attention today, in plain sentences, most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from quetma import compliance, language, rollups
from quetma.language import Translate
from quetma.store import Store, now

NAMED = 5  # names in one sentence; more are counted


@dataclass(frozen=True)
class Item:
    """One sentence, how pressing it is, and the page (file name in pages/) where to see or do something about it."""

    level: Literal["urgent", "duty", "note"]
    text: str
    page: str


def items(store: Store, t: Translate, *, health: bool, upload: bool) -> list[Item]:
    """What needs attention on `store.today()`, in the language of `t`; [] when nothing does.

    health: may read of named people's health; without it people are counted and their names are not read.
    upload: may upload; only they are told about files.
    """
    return list(_items(store, t, health, upload))


def _items(store: Store, t: Translate, health: bool, upload: bool) -> Iterator[Item]:
    today = store.today()
    before = compliance.previous(store, today)
    yield from _symptoms(store, t, before or today, today, health)

    staff = compliance.people(store, today)
    missing = {duty: due - have for duty in compliance.DUTIES for have, due in [compliance.rate(staff, duty)]}
    if missing["scanned"]:
        yield Item("duty", t("{n} staff have not scanned today.", n=missing["scanned"]), "compliance")
    if missing["declared"]:
        yield Item("duty", t("{n} staff have not declared their health today.", n=missing["declared"]), "compliance")
    if missing["vaccinated"]:
        if health:
            names = compliance.missing(store, today, "vaccinated")["name"].to_list()
            yield Item("duty", t("Not vaccinated, or not confirmed: {names}.", names=_listed(names, t)), "compliance")
        else:
            text = t("{n} staff are not vaccinated, or not confirmed.", n=missing["vaccinated"])
            yield Item("duty", text, "compliance")
    if missing["apps"]:
        yield Item("duty", t("{n} staff have no accepted app.", n=missing["apps"]), "compliance")

    open_stays = store.ask("overview/unclosed", day=before)["stays"][0] if before else 0
    if open_stays:
        text = t("{n} visits of {day} have a scan in but no scan out.", n=open_stays, day=language.day(before))
        yield Item("note", text, "flow")
    if upload:
        yield from _files(store, t, today)


def _symptoms(store: Store, t: Translate, first: date, last: date, health: bool) -> Iterator[Item]:
    people = store.ask("overview/symptoms", first=first, last=last, names=health)
    if not health and people.height:
        yield Item("urgent", t("{n} people declared symptoms since {day}.", n=people.height, day=language.day(first)),
                   "compliance")  # fmt: skip
    for row in people.head(NAMED).iter_rows(named=True) if health else ():
        moment = language.moment(row["declared_at"])
        text = t("{name} declared symptoms at {moment}: {symptoms}.", **row | {"moment": moment})
        yield Item("urgent", text, "compliance")
    if health and people.height > NAMED:
        text = t("{n} more people declared symptoms since {day}.", n=people.height - NAMED, day=language.day(first))
        yield Item("urgent", text, "compliance")


def _files(store: Store, t: Translate, today: date) -> Iterator[Item]:
    for row in store.ask("overview/last_upload", names=True).iter_rows(named=True):
        if row["rejected"]:
            text = t("{n} rows of the last file, {file}, could not be read.", n=row["rejected"], file=row["file_name"])
            yield Item("note", text, "upload")
    # A demo unit's time stands still: nobody can upload anything newer.
    if not store.demo and is_late(today, now().date()):
        yield Item(
            "note", t("The newest scans are of {day}. Upload the newer logs.", day=language.day(today)), "upload"
        )


def is_late(newest: date, real_today: date) -> bool:
    """Whether a whole working day has passed since the newest data."""
    between = (newest + timedelta(days=n) for n in range(1, (real_today - newest).days))
    return any(rollups.is_working(day) for day in between)


def _listed(names: list[str], t: Translate) -> str:
    more = t(" and {n} more", n=len(names) - NAMED) if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
