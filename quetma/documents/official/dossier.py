"""The trace dossier of a case for the health station: who is ill, whom they met by the scans, with evidence, by which
rule and parameters, and what was done about each contact since. It names people: it goes to whom the law sends it to.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl

from quetma import agency, follow_up, receipts, terms, tracing
from quetma.cases import RegisteredCase
from quetma.documents import trace as trace_file
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import (
    Appendix,
    Block,
    Heading,
    Paper,
    Paragraph,
    Table,
    called,
    official_day,
    official_moment,
)
from quetma.documents.official.report.cases import table as follow_up_table
from quetma.documents.official.report.period import counted, items, with_position
from quetma.language import moment, number
from quetma.store import Store

ADDRESSEE_GAP = "………"


def dossier(store: Store, case: RegisteredCase) -> Paper:
    """The dossier as of now, from the scans and entries there are by now. Raises `tracing.Unanswerable`."""
    answer = tracing.trace(store, follow_up.heeding(store, receipts.limits(store, case)), whole=True)
    contacts = follow_up.state(store).filter(case_id=case.case_id)
    issuing = agency.of(store)
    body: list[Block] = [
        Paragraph(t("{agency} reports the contacts of a COVID-19 case found by QR scans, as follows:",
                    agency=called(issuing, first=True))),
        Heading(f"I. {t('THE CASE (F0)')}"), *_case(store, case, answer),
        Heading(f"II. {t('GROUNDS AND PARAMETERS OF THE TRACE')}"), *_parameters(answer),
        Heading(f"III. {t('CONTACTS FOUND')}"), *_found(answer, contacts),
        Heading(f"IV. {t('FOLLOW-UP UNTIL NOW')}"), *_done(store, contacts),
        Heading(f"V. {t('WHAT IS ASKED')}"),
        Paragraph(t("To examine and verify the contacts listed, to decide about isolation and tests by the rules, and "
                    "to tell {agency} the results so that they can be followed up together.", agency=called(issuing))),
        Paragraph(t("{agency} respectfully sends this for consideration.", agency=called(issuing, first=True))),
    ]  # fmt: skip
    return Paper(
        "dossier", issuing, t("Report"), t("REP"),
        t("Contact tracing of COVID-19 case No. {n} at the unit", n=case.case_id), store.clock(), tuple(body),
        (t("Health station / medical centre {gap}", gap=ADDRESSEE_GAP),), tuple(_appendices(store, answer, contacts)),
    )  # fmt: skip


def _case(store: Store, case: RegisteredCase, answer: tracing.Trace) -> Iterable[Block]:
    person = answer.people.row(0, named=True)
    known = store.ask("compliance/staff", day=case.onset).filter(person_id=person["person_id"])
    who = with_position(t("staff"), known["position"][0]) if known.height else t("visitor")
    lines = [
        t("Full name: {name}", name=person["name"]),
        t("Phone: {phone}; year of birth: {year}", phone=person["phone"] or t("not known"),
          year=person["birth_year"] or t("not known")),
        t("At the unit as: {who}", who=who),
        t("State: {state}; {what} on {day}", state=terms.states(t)[case.state], day=official_day(case.onset),
          what=t("onset") if case.symptoms else t("positive sample")),
        *([t("Signs: {signs}", signs=case.signs)] if case.signs else []),
        t("Isolated at {moment}", moment=official_moment(case.isolated_at)) if case.isolated_at
        else t("Isolated: not noted"),
        *([t("Reported: {note}", note=case.note)] if case.note else []),
        t("Registered at {moment} by {who}", moment=official_moment(case.registered_at), who=case.registered_by),
    ]  # fmt: skip
    yield from map(Paragraph, items(lines))
    [asked] = answer.question.cases
    assert asked.until
    stays = store.ask("person/stays", person=person["person_id"], first=asked.since.date(), last=asked.until.date())
    stays = stays.filter((pl.col("t_out") > asked.since) & (pl.col("t_in") < asked.until)).reverse()
    if stays.is_empty():
        yield Paragraph(t("No scan places this person anywhere in the infectious days: whom they met is not known."))
        return
    rows = tuple(
        (str(at), row["location"], _seen(row["t_in"], row["in_seen"]), _seen(row["t_out"], row["out_seen"]))
        for at, row in enumerate(stays.iter_rows(named=True), 1)
    )
    heads = (t("No."), t("Location"), t("In"), t("Out"))
    yield Table(t("Table {n}. {title}", n=1, title=t("Where the case was in the infectious days")), heads, rows,
                (1, 4, 3.4, 3.4), "clcc")  # fmt: skip
    if not stays["in_seen"].all() or not stays["out_seen"].all():
        yield Paragraph(t("(*) Inferred: that end of the stay was not scanned."))


def _seen(at: datetime, seen: bool) -> str:
    return moment(at) + ("" if seen else " (*)")


def _parameters(answer: tracing.Trace) -> Iterable[Block]:
    question = answer.question
    [case] = question.cases
    assert case.until
    rule = tracing.rule_named(case.rule or "")
    lines = [
        t("Rule: {name} ({source})", name=rule.name, source=rule.source),
        t("Infectious from {since} to {until}", since=official_moment(case.since), until=official_moment(case.until)),
        t("Counted as contact: same place at the same time for at least {n} minutes", n=question.min_minutes)
        if question.min_minutes else t("Counted as contact: same place at the same time, however short"),
    ]  # fmt: skip
    if question.linger:
        lines.append(t("The air of a place counts as infectious for {n} minutes more", n=question.linger))
    yield from map(Paragraph, items(lines))
    yield Paragraph(
        t("QR scans show the same place and time; they show neither distance nor masks. Everybody listed is suspected "
          "and is to be verified.")
    )  # fmt: skip


def _found(answer: tracing.Trace, contacts: pl.DataFrame) -> Iterable[Block]:
    counts = answer.counts
    yield Paragraph(
        t("By the scans there are {f1} suspected F1 and {f2} suspected F2; {possible} more are possible only (name or "
          "phone hidden). {listed} people are listed for follow-up.",
          f1=counted(counts["f1"]), f2=counted(counts["f2"]), possible=counted(counts["possible"]),
          listed=counted(contacts.height))
    )  # fmt: skip
    if answer.unscanned.height:
        who = answer.unscanned.select("name", "day", "location").unique(maintain_order=True).iter_rows()
        names = "; ".join(f"{name} ({location}, {official_day(day)})" for name, day, location in who)
        yield Paragraph(
            t("On duty where the case was, without a scan that day, to be asked as well: {names}.", names=names)
        )
    yield Paragraph(t("Lists and evidence are in the appendices."))


def _done(store: Store, contacts: pl.DataFrame) -> Iterable[Block]:
    if contacts.is_empty():
        yield Paragraph(t("No contact is listed for follow-up yet."))
        return
    yield Paragraph(t("Figures as of {moment}.", moment=official_moment(store.clock())))
    told = follow_up_table(store, contacts)
    yield Table(t("Table {n}. {title}", n=2, title=told.title), told.heads, told.rows, told.widths, told.align)
    due = contacts.filter(pl.col("overdue").list.len() > 0)
    if due.height:
        yield Paragraph(t("Something is overdue about {n} contacts.", n=counted(due.height)))


def _appendices(store: Store, answer: tracing.Trace, contacts: pl.DataFrame) -> Iterable[Appendix]:
    for degree, people in enumerate(answer.steps, 1):
        sure = tracing.suspected(people)
        if sure.height:
            title = t("List of suspected F{degree}", degree=degree)
            yield Appendix(title, (_people(store, sure, contacts.filter(degree=degree), degree),), landscape=True)
    possible = [(f"F{degree}", tracing.possible(people)) for degree, people in enumerate(answer.steps, 1)]
    if any(people.height for _, people in possible):
        yield Appendix(t("People who are possible only"), (_possible(possible),), landscape=True)
    evidence = tracing.evidence(store, answer)
    if evidence.height:
        yield Appendix(t("Evidence: each time the case and an F1 were at one place"), (_evidence(evidence, answer),),
                       landscape=True)  # fmt: skip


def _people(store: Store, people: pl.DataFrame, contacts: pl.DataFrame, degree: int) -> Table:
    """Those of a step with where and when, and how far each is by now."""
    state = {row["person_id"]: row for row in contacts.iter_rows(named=True)}
    sure = trace_file.sure(t)
    rows = []
    for at, row in enumerate(people.iter_rows(named=True), 1):
        minutes = (number(round(row["minutes"])),) if degree == 1 else ()  # with several F1s at once: nobody's time
        rows.append((
            str(at), row["name"], str(row["birth_year"] or ""), row["phone_shown"], row["location"],
            moment(row["exposed_at"]), moment(row["last_at"]), *minutes, sure[row["certainty"]],
            _progress(state.get(row["person_id"])),
        ))  # fmt: skip
    heads = (
        t("No."), t("Full name"), t("Birth year"), t("Phone"), t("Location"), t("First shared"), t("Last shared"),
        *((t("Minutes"),) if degree == 1 else ()), t("How sure"), t("Follow-up"),
    )  # fmt: skip
    widths = (1.3, 3.6, 1.4, 2.4, 3, 2.4, 2.4, *((1.4,) if degree == 1 else ()), 1.8, 5)
    return Table("", heads, tuple(rows), widths, "clcclcc" + "r" * (degree == 1) + "cl")


def _progress(row: dict[str, Any] | None) -> str:
    """What was done about a contact, in one line."""
    if row is None:
        return t("not listed yet")
    outcomes = terms.outcomes(t)
    parts = [
        outcomes["verdict"][row["verdict"]]
        if row["verdict"]
        else t("reached")
        if row["reached_at"]
        else t("not reached yet")
    ]
    if row["quarantine"]:
        parts.append(t("quarantine {where} until {day}", where=outcomes["quarantine"][row["quarantine"]],
                       day=official_day(row["ends_on"])))  # fmt: skip
    if row["test"]:
        parts.append(t("test: {result}", result=outcomes["test"][row["test"]]))
    if row["health"]:
        parts.append(t("health: {how}", how=outcomes["health"][row["health"]]))
    if row["lost"]:
        parts.append(t("cannot be found"))
    return "; ".join(parts)


def _possible(steps: list[tuple[str, pl.DataFrame]]) -> Table:
    rows = [
        (degree, row["name"], row["phone_shown"], row["location"], moment(row["exposed_at"]), moment(row["last_at"]))
        for degree, people in steps
        for row in people.iter_rows(named=True)
    ]
    heads = (t("No."), t("Class"), t("Full name"), t("Phone"), t("Location"), t("First shared"), t("Last shared"))
    numbered = tuple((str(at), *row) for at, row in enumerate(rows, 1))
    return Table("", heads, numbered, (1.2, 1.4, 4, 3, 4, 3, 3), "ccllccc")


def _evidence(evidence: pl.DataFrame, answer: tracing.Trace) -> Table:
    """Both stays of each contact; what was not scanned is marked."""
    names = dict(answer.f1.select("person_id", "name").iter_rows())
    rows = tuple(
        (
            str(at), names.get(row["person_id"], ""), row["location"], moment(row["began"]), moment(row["ended"]),
            number(round(row["minutes"], 1)), f"{_hour(row['infector_in'], row['infector_in_seen'])} – "
            f"{_hour(row['infector_out'], row['infector_out_seen'])}",
            f"{_hour(row['t_in'], row['in_seen'])} – {_hour(row['t_out'], row['out_seen'])}",
        )
        for at, row in enumerate(evidence.iter_rows(named=True), 1)
    )  # fmt: skip
    heads = (
        t("No."), t("Full name"), t("Location"), t("Shared from"), t("Shared until"), t("Minutes"),
        t("Stay of the case"), t("Stay of the contact"),
    )  # fmt: skip
    return Table("", heads, rows, (1.2, 4, 3.4, 2.8, 2.8, 1.6, 3, 3), "cllccrcc")


def _hour(at: datetime, seen: bool) -> str:
    return f"{at:%H:%M}" + ("" if seen else " (*)")
