"""The assessment of a period against the plan, and the tasks of the next one, from what is not yet as it should be."""

from collections.abc import Iterable

import polars as pl

from quetma import directory, follow_up, plan, terms
from quetma.compliance import DAILY
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import Block, Heading, Paragraph, official_day
from quetma.documents.official.report.duties import figures, missed, missing
from quetma.documents.official.report.period import Period, counted, items, listed, share
from quetma.plan import Standing


def assessment(period: Period) -> Iterable[Block]:
    """What was reached, and what was not."""
    standing = plan.standing(period.store, period.plan, period.until)
    reached = [one for one in standing if one.met]
    missing_ones = [one for one in standing if one.met is False]
    yield Heading(f"1. {t('What was reached')}", 2)
    if reached:
        yield Paragraph(
            t("Of {n} objectives of the plan that are measured, {met} are met as of {day}:", n=counted(len(standing)),
              met=counted(len(reached)), day=official_day(period.until))
        )  # fmt: skip
        yield from map(Paragraph, items([_objective(one) for one in reached]))
    else:
        yield Paragraph(t("As of {day} none of the measured objectives of the plan is met.",
                          day=official_day(period.until)))  # fmt: skip
    yield Heading(f"2. {t('What remains')}", 2)
    if not missing_ones:
        yield Paragraph(t("Every measured objective of the plan is met."))
    lacking = [_objective(one) for one in missing_ones]
    for duty in DAILY:
        often = missed(period, duty).filter(pl.col("days").list.len() > 1)
        if often.height:
            names = [f"{row['name']} ({counted(len(row['days']))})" for row in often.iter_rows(named=True)]
            about = terms.capital(terms.missed(t)[duty])
            lacking.append(t("{about} on several days: {names}", about=about, names=listed(names)))
    yield from map(Paragraph, items(lacking))


def _objective(one: Standing) -> str:
    """`100% … quét mã QR khi ra, vào trụ sở: đạt 12/13 người (92,3%)`."""
    return f"{one.objective.text}: {t('reached {share}', share=share(one.have, one.due, t('people')))}"


def tasks(period: Period) -> Iterable[Block]:
    """The measures of the plan that are not done, and what is open about people."""
    found = list(_tasks(period))
    if not found:
        yield Paragraph(t("To go on carrying out the plan; no measure of it is open."))
        return
    for at, text in enumerate(found, 1):
        yield Paragraph(f"{at}. {text}")


def _tasks(period: Period) -> Iterable[str]:
    for measure in period.plan.measures:
        if measure.state == "done":
            continue
        name, _ = directory.name_and_phone(period.store, measure.owner) if measure.owner else ("", "")
        yield f"{measure.text}{t(' (in charge: {name})', name=name) if name else ''}."
    for duty, text in (("vaccinated", "To have vaccinated and confirmed: {names}."),
                       ("apps", "To have the app installed by: {names}.")):  # fmt: skip
        names = missing(period, duty)
        if names:
            yield t(text, names=listed(names))
    figured = figures(period)
    if any(figured[duty][0] < figured[duty][1] for duty in DAILY):
        yield t("To remind those who missed declarations or scans, and to handle repeated cases by the plan.")
    followed = follow_up.state(period.store).filter(pl.col("progress") == "following")
    if followed.height:
        yield t("To go on following up {n} contacts until their time is over.", n=counted(followed.height))
