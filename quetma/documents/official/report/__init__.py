"""The report of a period to the agency above: every sentence follows the figures, and a leader may write it otherwise.

What is said stands in the parts: situation, duties (compliance), visitors, cases, conduct (violations handled), outlook
(assessment and next period). Visitors and the sick are counted, never named; staff are, where they miss a duty.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from quetma import agency, compliance, plan
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import ROMAN, Appendix, Block, Chart, Heading, Paper, Paragraph, Table, called
from quetma.documents.official.report import cases, conduct, duties, outlook, situation, visitors
from quetma.documents.official.report.period import Period, named
from quetma.history import Filter
from quetma.store import Store


class ReportError(ValueError):
    """There is no report of these days; the English text is a message identifier that says why."""


def report(store: Store, first: date, last: date) -> Paper:
    """The report of the days from first to last. Raises `ReportError` without any data in them."""
    if first > last:
        raise ReportError("The last day lies before the first.")
    span = store.ask("flow/span").row(0)
    days = compliance.working_days(store, last).filter(compliance.working_days(store, last)["day"] >= first)["day"]
    if span[0] is None or span[0] > last or span[1] < first:
        raise ReportError("There is no data of these days. Upload the scan history first.")
    period = Period(store, first, last, min(last, span[1]), tuple(days), plan.current(store).plan)
    if compliance.people(store, period.until).is_empty() and not Filter(first, last).count(store):  # of this unit
        raise ReportError("There is no data of these days. Upload the scan history first.")
    sections = [
        (t("GENERAL SITUATION"), situation.blocks(period)),
        (t("RESULTS OF THE MEASURES AGAINST THE EPIDEMIC"), duties.blocks(period)),
        (t("VISITORS AND STAFF COMING AND GOING"), visitors.blocks(period)),
        (t("CASES AND CONTACT TRACING"), cases.blocks(period)),
        (t("HANDLING OF VIOLATIONS"), conduct.blocks(period)),
        (t("GENERAL ASSESSMENT"), outlook.assessment(period)),
        (t("TASKS OF THE NEXT PERIOD"), outlook.tasks(period)),
    ]
    body: list[Block] = [*situation.opening(period)]
    for number, (title, blocks) in zip(ROMAN, sections, strict=False):
        body += [Heading(f"{number}. {title}"), *blocks]
    body.append(Paragraph(_closing(period)))
    issuing = agency.of(store)
    return Paper(
        "report",
        issuing,
        t("Report"),
        t("REP"),
        t("Results of QR scanning and of preventing COVID-19, {period}", period=named(first, last)),
        store.clock(),
        tuple(_numbered(body)),
        (issuing.parent,) if issuing.parent else (),
        tuple(_appendices(period)),
    )


def _closing(period: Period) -> str:
    subject = named(period.first, period.last)
    return t("Above is the report on QR scanning and on preventing COVID-19, {period}; {agency} respectfully reports.",
             period=subject, agency=called(agency.of(period.store)))  # fmt: skip


def _appendices(period: Period) -> Iterable[Appendix]:
    """In this order the text refers to them."""
    yield Appendix(t("Duties of each staff member"), (duties.each(period),))
    yield Appendix(t("Days on which a duty was missed"), (duties.missed_days(period),))
    yield Appendix(t("Arrivals day by day"), (visitors.days(period),))


def _numbered(blocks: Iterable[Block]) -> Iterable[Block]:
    """Tables and charts get their numbers."""
    tables = charts = 0
    for block in blocks:
        if isinstance(block, Table):
            tables += 1
            yield replace(block, title=t("Table {n}. {title}", n=tables, title=block.title))
        elif isinstance(block, Chart):
            charts += 1
            yield replace(block, title=t("Chart {n}. {title}", n=charts, title=block.title))
        else:
            yield block
