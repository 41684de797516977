"""Cases and tracing in a report: counted, by class and by how far the follow-up is; nobody is named."""

from collections.abc import Iterable

import polars as pl

from quetma import cases, follow_up, terms
from quetma.cases import RegisteredCase
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Paragraph, Table, official_day, official_moment
from quetma.documents.official.report.period import Period, counted, items
from quetma.language import number
from quetma.store import Store
from quetma.tracing import rule_named, rule_on

CLASSES = (1, 2, 3)
FIGURES = ("contacts", "reached", "quarantined", "cleared", "cases", "lost", "done")


def blocks(period: Period) -> Iterable[Block]:
    """The cases registered in the period or still open at its end, and what was done about their contacts."""
    store = period.store
    found = [case for case in cases.registered(store) if _concerns(case, period)]
    if not found:
        yield Paragraph(t("In the period no case (F0) was registered at the unit."))
    else:
        yield Paragraph(t("In the period {n} cases were registered or followed up at the unit:", n=counted(len(found))))
        yield from map(Paragraph, items([_case(store, case) for case in reversed(found)]))
        contacts = follow_up.state(store).filter(pl.col("case_id").is_in([case.case_id for case in found]))
        if contacts.height:
            yield Paragraph(
                t("Contacts are suspected by the scan log (same place, same time) and verified one by one. "
                  "Figures as of {moment}.", moment=official_moment(store.clock()))
            )  # fmt: skip
            yield table(store, contacts)
    drills = store.ask("drill/results").filter(
        pl.col("started_at").dt.date().is_between(period.first, period.last), ~pl.col("given_up")
    )
    if drills.height:
        yield Paragraph(t("{n} tracing drills were held.", n=counted(drills.height)))


def _concerns(case: RegisteredCase, period: Period) -> bool:
    registered = case.registered_at.date()
    return registered <= period.last and (registered >= period.first or case.open) and case.state != "ruled_out"


def _case(store: Store, case: RegisteredCase) -> str:
    staff = case.person_id in set(store.ask("compliance/staff", day=case.onset)["person_id"])
    rule = rule_named(case.rule) if case.rule else rule_on(case.onset)
    parts = [
        t(
            "Case No. {n} ({who}, {state}): {what} on {day}, registered on {registered}, traced by {rule}",
            n=case.case_id, who=t("staff") if staff else t("visitor"), state=terms.states(t)[case.state],
            what=t("onset") if case.symptoms else t("positive sample"), day=official_day(case.onset),
            registered=official_day(case.registered_at.date()), rule=rule.name,
        )
    ]  # fmt: skip
    listed = follow_up.state(store).filter(case_id=case.case_id)
    counts = [
        t("{n} suspected F{degree}", n=counted(n), degree=degree)
        for degree in CLASSES
        if (n := listed.filter(degree=degree).height)
    ]
    if counts:
        parts.append(", ".join(counts))
    return "; ".join(parts)


def table(store: Store, contacts: pl.DataFrame) -> Table:
    """The figures of public health about these contacts (rows of `follow_up.state`), by class."""
    degrees = [degree for degree in CLASSES if contacts.filter(degree=degree).height]
    frames = [contacts.filter(degree=degree) for degree in degrees] + ([contacts] if len(degrees) > 1 else [])
    behind = [follow_up.behind(frame, store.clock()) for frame in frames]
    words = terms.measures(t)

    def told(figure: str, part: pl.DataFrame, of: pl.DataFrame) -> str:
        return f"{part.height}/{of.height}" if figure == "reached" else number(part.height)

    rows = tuple(
        (str(at), words[figure], *(told(figure, *one[figure]) for one in behind))
        for at, figure in enumerate(FIGURES, 1)
    )
    heads = (
        t("No."),
        t("Content"),
        *(f"F{degree}" for degree in degrees),
        *([t("In all")] if len(degrees) > 1 else []),
    )
    return Table(
        t("Contacts and their follow-up"), heads, rows, (1, 7, *(1.6 for _ in behind)), "cl" + "r" * len(behind)
    )
