"""What needs a leader's attention today, in plain sentences, most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import polars as pl

from quetma import (
    cases,
    compliance,
    conduct,
    follow_up,
    gate,
    identity,
    inquiries,
    language,
    plan,
    playbook,
    rota,
    subject,
    terms,
    workdays,
)
from quetma.access import small
from quetma.access.small import FEWEST
from quetma.answers import remembered
from quetma.intake import inbox
from quetma.intake.desk import desk_of
from quetma.language import Translate
from quetma.store import Store, now

NAMED = 5  # names in one sentence; more are counted


@dataclass(frozen=True)
class Item:
    """One sentence, how pressing it is, and the page (file name in pages/) where to see or do something about it."""

    level: Literal["urgent", "duty", "note"]
    text: str
    page: str


def items(
    store: Store, t: Translate, *, health: bool, upload: bool, at_gate: bool = False, export: bool = False
) -> list[Item]:
    """What needs attention on `store.today()`, in the language of `t`; [] when nothing does.

    health: may read of named people's health; without it people are counted and their names are not read.
    upload: may upload; only they are told about files. at_gate: may say that somebody has left.
    export: may answer requests for information.
    """
    found = list(_stored(store, t, health, at_gate, export, store.today(), store.clock().replace(second=0)))
    if upload:
        found += _files(store, t, store.today())
    order = {"urgent": 0, "duty": 1, "note": 2}
    return sorted(found, key=lambda item: order[item.level]) if export else found


@remembered
def _stored(
    store: Store, t: Translate, health: bool, at_gate: bool, export: bool, today: date, minute: datetime
) -> tuple[Item, ...]:
    """What follows from the store alone, as of this minute."""
    found = list(_items(store, t, health, at_gate, today))
    if export:
        found += [*_inquiries(store, t), *_own_data(store, t)]
    return tuple(found)


def _items(store: Store, t: Translate, health: bool, at_gate: bool, today: date) -> Iterator[Item]:
    before = compliance.previous(store, today)
    yield from _symptoms(store, t, before or today, today, health)
    if health:
        yield from _steps(store, t)
        yield from _contacts(store, t)
        if store.unit is None:
            yield from _shifts(store, t)
        yield from _refuted(store, t)

    staff = compliance.people(store, today)
    for duty, say in (
        ("scanned", t("Not scanned on {day}: {who}.")),
        ("declared", t("No health declaration on {day}: {who}.")),
        ("vaccinated", t("Not vaccinated, or not confirmed: {who}.")),
        ("apps", t("No accepted app: {who}.")),
    ):
        have, due = compliance.rate(staff, duty)
        if have < due:
            names = compliance.owing(store, today, duty)["name"].to_list() if health else []
            who = _listed(names, t) if health else _counted(staff, duty, t)
            yield Item("duty", say.format(day=language.day(today), who=who), "compliance")

    twins = identity.twins(store, today)["name"].to_list() if health else []
    if twins:
        text = t("Somebody of the same name has scanned on {day}: {who}. Perhaps they are not missing.",
                 day=language.day(today), who=_listed(twins, t))  # fmt: skip
        yield Item("note", text, "who")

    newest = store.ask("history/last_scan")["scanned_at"][0]
    open_stays = store.ask("overview/unclosed", day=before, newest=newest)["stays"][0] if before else 0
    if open_stays and before:
        closable = at_gate and (store.clock().date() - before).days <= gate.UNCLOSED_DAYS
        n = t("fewer than {n}", n=FEWEST) if not (health or at_gate) and small.few(open_stays) else open_stays
        text = t("Visits of {day} with a scan in but no scan out: {n}.", n=n, day=language.day(before))
        yield Item("note", text, "gate" if closable else "flow")


def _inquiries(store: Store, t: Translate) -> Iterator[Item]:
    """Requests for information that wait for an answer."""
    over, soon = inquiries.pressing(inquiries.all_of(store), store.clock().date())
    for one in over[:NAMED]:
        text = t("The request of {who} was to be answered by {day}.", who=one.requester, day=language.day(one.due_on))
        yield Item("urgent", text, "documents")
    if len(over) > NAMED:
        yield Item("urgent", t("More requests that are overdue: {n}.", n=len(over) - NAMED), "documents")
    for one in soon[:NAMED]:
        text = t("The request of {who} is to be answered by {day}.", who=one.requester, day=language.day(one.due_on))
        yield Item("duty", text, "documents")


def _own_data(store: Store, t: Translate) -> Iterator[Item]:
    """Requests of people about their own data that wait for an answer."""
    over, soon = subject.pressing(subject.register(store), store.clock().date())
    for level, found in (("urgent", over), ("duty", soon)):
        for one in found[:NAMED]:
            text = t("A request about somebody's own data is to be answered by {day}.", day=language.day(one.due_on))
            yield Item(level, text, "person")


def _symptoms(store: Store, t: Translate, first: date, last: date, health: bool) -> Iterator[Item]:
    people = store.ask("overview/symptoms", first=first, last=last, names=health)
    if not health and people.height >= FEWEST:
        text = t("People who declared symptoms since {day}: {n}.", n=people.height, day=language.day(first))
        yield Item("urgent", text, "compliance")
    elif not health and people.height:
        text = t("People who declared symptoms since {day}: fewer than {n}.", n=FEWEST, day=language.day(first))
        yield Item("urgent", text, "compliance")
    for row in people.head(NAMED).iter_rows(named=True) if health else ():
        moment = language.moment(row["declared_at"])
        text = t("{name} declared symptoms at {moment}: {symptoms}.", **row | {"moment": moment})
        yield Item("urgent", text, "compliance")
    if health and people.height > NAMED:
        text = t(
            "More people who declared symptoms since {day}: {n}.", n=people.height - NAMED, day=language.day(first)
        )
        yield Item("urgent", text, "compliance")


def _contacts(store: Store, t: Translate) -> Iterator[Item]:
    """What the follow-up of cases asks for."""
    contacts = follow_up.state(store).filter(pl.col("progress") == "following")
    late, due = pl.col("overdue").list, pl.col("tasks").list

    def said(level: Literal["urgent", "duty"], text: str, chosen: pl.DataFrame) -> Iterator[Item]:
        names = chosen.unique("person_id", maintain_order=True)["name"].to_list()
        if names:
            yield Item(level, text.format(n=len(names), who=_listed(names, t)), "cases")

    ill = contacts.filter((pl.col("health") == "ill") | (pl.col("test") == "positive"))
    yield from said("urgent", t("Contacts of a case who are ill or tested positive: {who}."), ill)
    unreached = contacts.filter(late.contains("call"))
    yield from said("urgent", t("Contacts of a case not reached within 24 hours: {who}."), unreached)
    overdue = contacts.filter(late.len() > 0, ~late.contains("call"))
    yield from said("duty", t("Follow-up of contacts that is overdue: {n} people."), overdue)
    yield from said("duty", t("Contacts to follow up today: {n} people."), contacts.filter(due.len() > 0))


def _steps(store: Store, t: Translate) -> Iterator[Item]:
    """The steps of the plan that are overdue in open cases."""
    moment = store.clock()
    for case in cases.registered(store):
        late = [item for item in playbook.checklist(store, case) if item.overdue(moment)] if case.open else []
        if late:
            text = t("Case {case}: {n} steps of the plan are overdue. The first: {step}.", case=case.case_id,
                     n=len(late), step=late[0].step.text.rstrip("."))  # fmt: skip
            yield Item("urgent", text, "cases")


def _shifts(store: Store, t: Translate) -> Iterator[Item]:
    """Shifts of today and the next working day that nobody has, or cannot."""
    wrong = rota.problems(store, plan.current(store).plan, rota.upcoming(store))
    for day in sorted({problem.day for problem in wrong}):
        told = [
            f"{problem.duty} ({terms.problems(t)[problem.kind]})" for problem in wrong if problem.day == day
        ]  # fmt: skip
        yield Item("duty", t("Shifts of {day} to be mended: {duties}.", day=language.day(day),
                             duties=_listed(told, t)), "plan")  # fmt: skip


def _refuted(store: Store, t: Translate) -> Iterator[Item]:
    """Decisions to look at again."""
    refuted = conduct.ledger(store).filter(pl.col("refuted").list.len() > 0)
    if refuted.height:
        names = refuted.unique("person_id", maintain_order=True)["name"].to_list()
        text = t("Decisions about days that, by now, were not missed: {who}. Look at them again.",
                 who=_listed(names, t))  # fmt: skip
        yield Item("duty", text, "conduct")


def _files(store: Store, t: Translate, today: date) -> Iterator[Item]:
    failed = inbox.failures(store) if store.unit is None else []  # the inbox is the installation's
    if failed:
        text = t(
            "Files in the inbox that could not be loaded: {n}. The newest: {file}.", n=len(failed), file=failed[0].name
        )
        yield Item("duty", text, "upload")
    waiting = [item for item in desk_of(store).items(store) if item.asks and not item.unattended]
    if waiting:
        text = t("Files handed in that wait for somebody to confirm them: {n}. The newest: {file}.",
                 n=len(waiting), file=waiting[0].file_name)  # fmt: skip
        yield Item("duty", text, "upload")
    since = now() - timedelta(days=1)
    for row in store.ask("overview/uploads_since", since=since.replace(second=0, microsecond=0)).iter_rows(named=True):
        if row["uploads"]:
            figures = {name: language.number(value, language.spoken(t)) for name, value in row.items()}
            yield Item("note", t(
                "Uploads in the last 24 hours: {uploads}, of them through the inbox: {inbox}. "
                "Rows: {accepted} new, {duplicates} already stored, {rejected} rejected.", **figures,
            ), "upload")  # fmt: skip
    for row in store.ask("overview/last_upload", names=True).iter_rows(named=True):
        if row["rejected"]:
            text = t(
                "Rows of the last file, {file}, that could not be read: {n}.", n=row["rejected"], file=row["file_name"]
            )
            yield Item("note", text, "upload")
    # A demo unit's time stands still: nobody can upload anything newer.
    if not store.demo and is_late(today, now().date()):
        yield Item(
            "note", t("The newest scans are of {day}. Upload the newer logs.", day=language.day(today)), "upload"
        )


def is_late(newest: date, real_today: date) -> bool:
    """Whether a whole working day has passed since the newest data."""
    between = (newest + timedelta(days=n) for n in range(1, (real_today - newest).days))
    return any(workdays.is_working(day) for day in between)


def _counted(staff: pl.DataFrame, duty: str, t: Translate) -> str:
    """How many have not done a duty, for those who may not see health data."""
    found = compliance.told(staff, duty, "viewer")
    if found is None or found.due != compliance.rate(staff, duty)[1]:
        return t("some staff")  # with a number, how many do not owe it would follow from the share beside it
    few = small.few(found.due - found.low)
    return t("{n} staff", n=t("fewer than {n}", n=FEWEST) if few else found.missing())


def _listed(names: list[str], t: Translate) -> str:
    more = t(" and {n} more", n=len(names) - NAMED) if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
