"""The opening of a report, and its first section: who the unit is, and what the figures rest on."""

from collections.abc import Iterable

from quetma import agency, compliance
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Paragraph, called, official_day
from quetma.documents.official.report.period import Period, counted, listed, named
from quetma.history import Filter
from quetma.language import number


def opening(period: Period) -> Iterable[Block]:
    """What the report rests on, and what it is."""
    plan = period.plan
    issuing = agency.of(period.store)
    if plan.number:
        day = t("of {day}", day=official_day(plan.issued_on)) if plan.issued_on else ""
        told = {"number": plan.number, "day": day, "title": plan.title}
        told["agency"] = called(agency.of(period.store.whole))  # whose plan it is, of all units
        text = t("Carrying out Plan No. {number} {day} of {agency} ({title}),", **told)
        rest = t("{agency} reports the results, {period}, as follows:",
                 agency=called(issuing), period=named(period.first, period.last))  # fmt: skip
        yield Paragraph(f"{' '.join(text.split())} {rest}")
    else:
        yield Paragraph(
            t("{agency} reports the results of QR scanning and of preventing COVID-19, {period}, as follows:",
              agency=called(issuing, first=True), period=named(period.first, period.last))
        )  # fmt: skip


def blocks(period: Period) -> Iterable[Block]:
    """Staff and places; the days and scans that the figures come from."""
    store = period.store
    staff = compliance.people(store, period.until).height
    places = store.ask("flow/places", first=period.first, last=period.until, kind="all")
    names = places["name"].to_list()
    yield Paragraph(
        t("The unit has {staff} civil servants and workers, at {n} places registered for QR scanning: {places}.",
          staff=counted(staff), n=counted(len(names)), places=listed(names))
        if names else t("The unit has {staff} civil servants and workers.", staff=counted(staff))
    )  # fmt: skip
    scans = Filter(period.first, period.last).count(store)
    daily = store.ask("flow/daily", first=period.first, last=period.last, location=0)
    text = t(
        "In the period there are {days} working days with data; {scans} scans were recorded, with {arrivals} arrivals "
        "of staff and {visitors} arrivals of visitors.",
        days=counted(len(period.days)), scans=number(scans), arrivals=number(int(daily["staff_arrivals"].sum())),
        visitors=number(int(daily["visitor_arrivals"].sum())),
    )  # fmt: skip
    if period.until < period.last:
        text += " " + t("The figures are as of {day}, the last day with data.", day=official_day(period.until))
    yield Paragraph(text)
