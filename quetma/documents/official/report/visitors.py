"""Who came and went in the period, in sentences, charts and a list of days; nobody is named."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from quetma import flow
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Chart, Paragraph, Series, Table, official_day
from quetma.documents.official.report.period import Period, counted, listed
from quetma.flow import FULL, fullness
from quetma.language import number, percent

MOST_BARS = 62  # days in a chart; longer periods are drawn by weeks


def blocks(period: Period) -> Iterable[Block]:
    """How many, where, when most; how long they stay and how often they come; how full the places were."""
    daily, hourly = _daily(period), _asked(period, "flow/hourly")
    total = int(daily["visitor_arrivals"].sum())
    if not total:
        yield Paragraph(t("No visitor was recorded in the period."))
        return
    working = daily.filter("working")
    mean = round(working["visitor_arrivals"].sum() / working.height) if working.height else 0
    most = daily.sort("visitor_arrivals", descending=True, maintain_order=True).row(0, named=True)
    week = flow.week(hourly, "visitor")
    peak = week.peak()
    text = t(
        "{n} arrivals of visitors were recorded, about {mean} on a working day; most on {day} ({most} arrivals).",
        n=number(total), mean=number(mean), day=official_day(most["day"]), most=number(most["visitor_arrivals"]),
    )  # fmt: skip
    if peak:
        text += " " + t("Most come between {since} and {until} o'clock.", since=peak[0], until=peak[0] + 1)
    yield Paragraph(text + _compared(period, total))
    places = period.store.ask("flow/places", first=period.first, last=period.until, kind="visitor")
    told = [
        t("{place}: {n} arrivals ({part})", place=row["name"], n=number(row["visitor_arrivals"]),
          part=percent(row["visitor_arrivals"], total))
        for row in places.iter_rows(named=True)
        if row["visitor_arrivals"]
    ]  # fmt: skip
    yield Paragraph(t("By place: {places}.", places=listed(told, "; ")))
    yield Paragraph(" ".join(_habits(period)))
    yield from _charts(period, daily, week)
    full = " ".join(_fullness(places))
    if full:
        yield Paragraph(full)
    yield Paragraph(t("The arrivals of each day stand in Appendix III."))


def _asked(period: Period, name: str, **more: Any) -> pl.DataFrame:
    return period.store.ask(name, first=period.first, last=period.last, location=0, **more)


def _daily(period: Period) -> pl.DataFrame:
    return _asked(period, "flow/daily")


def _compared(period: Period, total: int) -> str:
    """How that differs from the period before, when all of that has data."""
    first, last = period.before
    begins = period.store.ask("flow/span")["first_day"][0]
    if begins > first or period.until < period.last:
        return ""
    before = int(period.store.ask("flow/daily", first=first, last=last, location=0)["visitor_arrivals"].sum())
    if not before:
        return ""
    told = {
        1: "This is {n} more than in the period before ({before}).",
        -1: "This is {n} fewer than in the period before ({before}).",
        0: "This is as many as in the period before ({before}).",
    }
    difference = total - before
    return " " + t(told[(difference > 0) - (difference < 0)], n=number(abs(difference)), before=number(before))


def _habits(period: Period) -> Iterable[str]:
    spent = flow.spent(_asked(period, "flow/durations", kind="visitor"))
    if spent.mean is not None:
        yield t("Visits with both scans last {minutes} minutes on average.", minutes=number(round(spent.mean)))
    came = flow.returning(period.store, period.first, period.last, 0)
    if came.visitors:
        yield t("Of {n} visitors who can be told apart, {again} came on two days or more.",
                n=number(came.visitors), again=number(came.again))  # fmt: skip


def _charts(period: Period, daily: pl.DataFrame, week: flow.Week) -> Iterable[Block]:
    if daily.height > MOST_BARS:
        days = daily.group_by_dynamic("day", every="1w").agg(pl.col("visitor_arrivals").sum(), working=pl.lit(True))
        title = t("Arrivals of visitors by week (named by its Monday)")
    else:
        days, title = daily, t("Arrivals of visitors by day")
    light = tuple(at for at, working in enumerate(days["working"]) if not working and days["visitor_arrivals"][at])
    if light:
        title += " " + t("(light: days off)")
    labels = tuple(official_day(day).rpartition("/")[0] for day in days["day"])
    values = tuple(float(n) for n in days["visitor_arrivals"])
    yield Chart("bars", title, labels, (Series(t("Visitors"), values),), _said(labels, values), light)
    hours = tuple(t("{hour} o'clock", hour=hour) for hour in week.hours)
    sums = tuple(float(sum(day[at] for day in week.counts)) for at in range(len(week.hours)))
    yield Chart(
        "bars", t("Arrivals of visitors by hour of the day"), hours, (Series(t("Visitors"), sums),), _said(hours, sums)
    )


def _said(labels: tuple[str, ...], values: tuple[float, ...]) -> str:
    return "; ".join(f"{label}: {number(round(value))}" for label, value in zip(labels, values, strict=True)) + "."


def _fullness(places: pl.DataFrame) -> Iterable[str]:
    for row in places.iter_rows(named=True):
        if row["peak"] is None:
            continue
        told = {"place": row["name"], "n": number(row["peak"]), "day": official_day(row["peak_on"])}
        if not row["capacity"]:
            yield t("{place}: at most {n} people at once ({day}).", **told)
        elif fullness(row["peak"], row["capacity"]) and row["peak"] >= FULL * row["capacity"]:
            yield t("{place}: at most {n} people at once ({day}), of {capacity} allowed: the limit was reached.",
                    capacity=number(row["capacity"]), **told)  # fmt: skip
        else:
            yield t("{place}: at most {n} people at once ({day}), of {capacity} allowed.",
                    capacity=number(row["capacity"]), **told)  # fmt: skip


def days(period: Period) -> Table:
    """Every day with data: arrivals of staff and visitors, different visitors, and what day it was."""
    weekdays = (t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun"))
    daily = _daily(period)
    rows: list[tuple[str, ...]] = [
        (
            official_day(row["day"]), weekdays[row["day"].weekday()], number(row["staff_arrivals"]),
            number(row["visitor_arrivals"]), number(row["visitor_people"]),
            row["holiday"] or ("" if row["working"] else t("day off")),
        )
        for row in daily.iter_rows(named=True)
    ]  # fmt: skip
    sums = [number(int(daily[name].sum())) for name in ("staff_arrivals", "visitor_arrivals")]
    rows.append((t("In all"), counted(daily.height) + " " + t("days"), *sums, "", ""))
    heads = (t("Day"), t("Weekday"), t("Staff arrivals"), t("Visitor arrivals"), t("Different visitors"), t("Note"))
    return Table("", heads, tuple(rows), (2.2, 2, 2, 2, 2, 3), "ccrrrl")
