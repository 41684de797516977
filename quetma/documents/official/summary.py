"""The summary of one day, counts alone: no name and no phone is in it, so it may go by mail."""

from datetime import date

import polars as pl

from quetma import agency, attention, cases, compliance, follow_up, terms
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Paper, Paragraph, Table, official_day
from quetma.language import number, percent
from quetma.store import Store


def summary(store: Store, day: date) -> Paper:
    """The summary of that day."""
    return Paper(
        "summary", agency.of(store), t("Daily summary"), t("DS"),
        t("QR check-in, {day}", day=official_day(day)), store.clock(), tuple(_blocks(store, day)),
    )  # fmt: skip


def _blocks(store: Store, day: date) -> list[Block]:
    staff = compliance.people(store, day)
    duties = []
    for duty, label in terms.duties(t).items():
        have, due = compliance.rate(staff, duty)
        duties.append((label, str(have), str(due), percent(have, due)))
    places = [
        (row["name"], number(row["visitor_arrivals"]), number(row["staff_arrivals"]), number(row["peak"] or 0))
        for row in store.ask("flow/places", first=day, last=day, kind="all").iter_rows(named=True)
    ]
    [daily] = store.ask("flow/daily", first=day, last=day, location=0).to_dicts() or [{}]
    blocks: list[Block] = [
        Paragraph(
            t("On {day}, {visitors} visitors and {staff} staff members came; {arrivals} arrivals in all.",
              day=official_day(day), visitors=number(daily.get("visitor_people", 0)),
              staff=number(daily.get("staff_people", 0)),
              arrivals=number(daily.get("visitor_arrivals", 0) + daily.get("staff_arrivals", 0)))
        ),
        Table(t("Duties of the staff"), (t("Duty"), t("Have done it"), t("Owe it"), t("Share")), tuple(duties),
              (4, 1.3, 1.3, 1.3), "lrrr"),
        Table(t("Places"), (t("Location"), t("Visitors' arrivals"), t("Staff arrivals"), t("Most at once")),
              tuple(places), (4, 1.5, 1.5, 1.5), "lrrr"),
    ]  # fmt: skip
    open_cases = sum(case.open for case in cases.registered(store))
    contacts = follow_up.state(store).filter(pl.col("progress") == "following").height
    blocks.append(
        Paragraph(t("Cases being followed up: {cases}; their contacts: {contacts}.", cases=open_cases,
                    contacts=contacts))
    )  # fmt: skip
    if day == store.today():
        found = attention.items(store, t, health=False, upload=False)
        if found:
            blocks.append(Paragraph(t("What needs attention:")))
            blocks += [Paragraph(f"- {item.text}") for item in found]
    return blocks
