"""The four duties of the staff in a report: sentences that name who misses one, a table, a chart; the lists."""

from collections.abc import Iterable

import polars as pl

from quetma import compliance, plan, terms
from quetma.compliance import DAILY, DUTIES
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Chart, Heading, Paragraph, Series, Table, official_day
from quetma.documents.official.report.period import Period, counted, listed, share, short_days, with_position
from quetma.language import number, percent


def blocks(period: Period) -> Iterable[Block]:
    """A heading and its sentences for each duty, then all of them as a table, and the daily ones as a chart."""
    heads = {
        "apps": t("Installing the accepted app"),
        "vaccinated": t("Vaccination"),
        "declared": t("Electronic health declaration"),
        "scanned": t("QR scanning on coming and going"),
    }
    for at, duty in enumerate(DUTIES, 1):
        yield Heading(f"{at}. {heads[duty]}", 2)
        yield Paragraph(" ".join(_daily(period, duty) if duty in DAILY else _standing(period, duty)))
    yield Paragraph(t("The duties of each staff member stand in Appendix I, the days missed in Appendix II."))
    yield _table(period)
    chart = _chart(period)
    if chart:
        yield chart


def figures(period: Period) -> dict[str, tuple[int, int]]:
    """Duty → how many of how many: of the app and the vaccination, people on the last day; of the declaration and the
    scan, the people of each working day.
    """
    people = compliance.people(period.store, period.until)
    days = _days(period)
    return {
        duty: (int(days[duty].sum()), days[duty].count()) if duty in DAILY else compliance.rate(people, duty)
        for duty in DUTIES
    }


def missing(period: Period, duty: str) -> list[str]:
    """Who does not do the duty on the last day, with their position."""
    rows = compliance.owing(period.store, period.until, duty).iter_rows(named=True)
    return [with_position(row["name"], row["position"]) for row in rows]


def missed(period: Period, duty: str) -> pl.DataFrame:
    """Who missed a daily duty in the period, most days first: person_id, name, position, days."""
    days = _days(period).filter(~pl.col(duty))
    found = days.group_by("person_id", "name", maintain_order=True).agg(days=pl.col("day").sort())
    known = period.store.ask("compliance/staff", day=period.until).select("person_id", "position")
    found = found.join(known, on="person_id", how="left", maintain_order="left")
    return found.with_columns(pl.col("position").fill_null("")).sort(
        pl.col("days").list.len(), descending=True, maintain_order=True
    )


def _days(period: Period) -> pl.DataFrame:
    return period.store.ask("compliance/days", first=period.first, last=period.last)


def _standing(period: Period, duty: str) -> Iterable[str]:
    """The app and the vaccination, as they are on the last day."""
    have, due = figures(period)[duty]
    day, people = official_day(period.until), t("people")
    if not due:
        yield t("As of {day} nobody owes this duty.", day=day)
        return
    told = {
        "apps": "As of {day}, {share} who have to have installed an accepted app.",
        "vaccinated": "As of {day}, {share} have been vaccinated and confirmed.",
    }
    yield t(told[duty], day=day, share=share(have, due, people))
    lacking = missing(period, duty)
    if lacking:
        yield t("Not yet: {names}.", names=listed(lacking))
    exempt = compliance.on(period.store, period.until)[duty]["exempt"]
    if exempt:
        yield t("Not owing it (no smartphone, or exempt): {names}.", names=listed(exempt))
    if duty == "vaccinated":
        levels = compliance.courses(period.store, period.until, names=False)["level"]
        full = int(levels.is_in(["full", "booster"]).sum())
        yield t(
            "Of all {n} people, {full} have the full course.", n=counted(len(levels)), full=counted(full) if full else 0
        )


def _daily(period: Period, duty: str) -> Iterable[str]:
    """The declaration and the scan, over the working days of the period."""
    have, due = figures(period)[duty]
    if not due:
        yield t("On none of the days of the period does anybody owe this duty.")
        return
    told = {
        "declared": "On {days} working days, {share} were declared of those due.",
        "scanned": "On {days} working days, {share} were scanned of those due.",
    }
    yield t(told[duty], days=counted(len(period.days)), share=share(have, due, t("person-days")))
    found = missed(period, duty)
    if found.is_empty():
        yield t("Nobody missed it on any day.")
        return
    names = (
        t("{who}, {n} days", who=with_position(row["name"], row["position"]), n=counted(len(row["days"])))
        for row in found.iter_rows(named=True)
    )
    yield t("{n} people missed it on at least one day: {names}.", n=counted(found.height), names=listed(names, "; "))


def _table(period: Period) -> Table:
    words, wanted = terms.duties(t), plan.targets(period.plan)
    rows = []
    for at, (duty, (have, due)) in enumerate(figures(period).items(), 1):
        target = wanted.get(duty)
        met = "–" if target is None or not due else t("met") if have >= target * due else t("not met")
        unit = t("person-days") if duty in DAILY else t("people")
        aim = percent(round(target * 100), 100) if target is not None else "–"
        rows.append((str(at), words[duty], unit, number(due), number(have), percent(have, due), aim, met))
    return Table(
        t("The four duties of the staff"),
        (t("No."), t("Duty"), t("Unit"), t("Have to"), t("Done"), t("Share"), t("Objective"), t("Assessment")),
        tuple(rows), (1.2, 4, 2.2, 1.6, 1.6, 1.6, 1.6, 2), "clcrrrrc",
    )  # fmt: skip


def _chart(period: Period) -> Chart | None:
    trend = compliance.trend(period.store, period.first, period.until)
    if trend.height < 2:
        return None
    words = terms.duties(t)
    series = tuple(Series(words[duty], tuple(trend[duty])) for duty in DAILY)
    said = [
        t("{duty}: from {least} to {most}.", duty=one.name, least=_whole(min(known)), most=_whole(max(known)))
        for one in series
        if (known := [value for value in one.values if value is not None])
    ]
    if not said:  # nobody owes any
        return None
    labels = tuple(official_day(day).rpartition("/")[0] for day in trend["day"])
    return Chart("lines", t("Shares of declarations and scans on each working day"), labels, series, " ".join(said),
                 percent=True)  # fmt: skip


def _whole(part: float) -> str:
    return percent(round(part * 1000), 1000)


# The lists of the appendices ------------------------------------------------------------------------------------------


def each(period: Period) -> Table:
    """Each staff member with what they did: the app and the dose on the last day, the daily duties over the period."""
    people = compliance.people(period.store, period.until)
    days = _days(period).group_by("person_id").agg(
        *(pl.col(duty).sum().alias(f"{duty}_have") for duty in DAILY),
        *(pl.col(duty).count().alias(f"{duty}_due") for duty in DAILY),
    )  # fmt: skip
    known = period.store.ask("compliance/staff", day=period.until).select("person_id", "name", "position", "location")
    found = known.join(people.select("person_id", "apps", "vaccinated"), on="person_id", maintain_order="left")
    found = found.join(days, on="person_id", how="left", maintain_order="left").fill_null(0)
    signs = {True: t("yes"), False: t("no"), None: "–"}
    done = dict(zip(people["person_id"], people.select("apps", "vaccinated").rows(), strict=True))
    rows = tuple(
        (
            str(at), row["name"], row["position"] or "", row["location"],
            *(signs[way] for way in done[row["person_id"]]),
            *(f"{row[f'{duty}_have']}/{row[f'{duty}_due']}" for duty in DAILY),
        )
        for at, row in enumerate(found.iter_rows(named=True), 1)
    )  # fmt: skip
    return Table(
        "",
        (t("No."), t("Full name"), t("Position"), t("Location"), t("App"), t("Vaccinated"), t("Declared (days)"),
         t("Scanned (days)")),
        rows, (1.2, 4.2, 3.4, 2.6, 1.6, 1.7, 1.9, 1.9), "clllcccc",
    )  # fmt: skip


def missed_days(period: Period) -> Table:
    """Who missed which daily duty on which days."""
    words = terms.missed(t)
    rows = [
        (row["name"], row["position"], terms.capital(words[duty]), number(len(row["days"])), short_days(row["days"]))
        for duty in DAILY
        for row in missed(period, duty).iter_rows(named=True)
    ]
    heads = (t("No."), t("Full name"), t("Position"), t("Content"), t("Number of days"), t("Days"))
    if not rows:
        rows = [(t("Nobody missed it on any day."), "", "", "", "")]
    numbered = tuple((str(at), *row) for at, row in enumerate(rows, 1))
    return Table("", heads, numbered, (1, 4, 3.4, 3.4, 1.6, 4), "clllcl")
