"""The answer of a trace as a list: every suspected F1, F2 and F3 on one line each, the possible ones last."""

from pathlib import Path

import polars as pl

from quetma import identity, tracing
from quetma.documents import table
from quetma.language import Translate, moment, translator

DEGREES = ("F1", "F2", "F3")


def write(answer: tracing.Trace, fmt: str, path: Path, language: str) -> str:
    """Writes F1, F2 and F3 to `path` as csv, xlsx or parquet. Returns the sentence in it."""
    t = translator(language)
    rows = listed(answer, t)
    title = sentence(answer, t)
    table.write(path, fmt, [rows], columns(t), title, rows.height)
    return title


def listed(answer: tracing.Trace, t: Translate) -> pl.DataFrame:
    """F1, F2, F3 with their class in `degree` ("F1", or "F1?" when only possible), the possible ones last."""
    frames = [
        frame.with_columns(degree=pl.lit(degree))
        for degree, frame in zip(DEGREES, (answer.f1, answer.f2, answer.f3), strict=True)
    ]
    apart = [tracing.possible(frame).with_columns(pl.col("degree") + "?") for frame in frames]
    rows = pl.concat([*map(tracing.suspected, frames), *apart], how="vertical_relaxed")
    if len(answer.question.cases) == 1:  # all come through the one F0
        rows = rows.with_columns(via=pl.when(~pl.col("degree").str.starts_with("F1")).then("via"))
    # minutes with several F1s at once are not one person's time
    rows = rows.with_columns(minutes=pl.when(pl.col("degree").str.starts_with("F1")).then(pl.col("minutes").round(1)))
    return rows.join(identity.may_be(answer.candidates, t), on="person_id", how="left", maintain_order="left")


def sentence(answer: tracing.Trace, t: Translate) -> str:
    """What was asked, by which rule, and that it is a suspicion."""
    question, counts = answer.question, answer.counts
    cases = "; ".join(
        t(
            "{name} {phone}, infectious {since} – {until} by {rule}",
            name=row["name"],
            phone=row["phone"],
            since=moment(case.since),
            until=moment(case.until),
            rule=tracing.rule_named(case.rule or "").name,
        )
        for case, row in zip(question.cases, answer.people.iter_rows(named=True), strict=True)
    )
    found = [f"{counts['f1']} {t('suspected F1')}", f"{counts['f2']} {t('suspected F2')}"]
    if question.steps > 2:
        found.append(f"{counts['f3']} {t('suspected F3')}")
    found.append(t("{n} possible", n=counts["possible"]))
    return t(
        "Trace of {cases}, at least {minutes} minutes, air lingering {linger} minutes: {found}. "
        "Same place and time in the scan log; to be verified.",
        cases=cases,
        minutes=question.min_minutes,
        linger=question.linger,
        found=", ".join(found),
    )


def columns(t: Translate) -> list[table.Column]:
    """The columns of the file."""
    return [
        table.Column("degree", t("Class"), 12, classes(t)),
        table.Column("name", t("Name"), 28),
        table.Column("phone_shown", t("Phone"), 14),
        table.Column("location", t("Location"), 28),
        table.Column("exposed_at", t("First shared"), 20),
        table.Column("last_at", t("Last shared"), 20),
        table.Column("minutes", t("Minutes shared"), 10),
        table.Column("contacts", t("Contacts"), 10),
        table.Column("via", t("Through how many"), 10),
        table.Column("certainty", t("How sure"), 12, sure(t)),
        table.Column("may_be", t("May be"), 40),
    ]


def sure(t: Translate) -> dict[str, str]:
    """The words for how sure a contact is."""
    return {"seen": t("seen"), "inferred": t("inferred"), "possible": t("possible")}


def classes(t: Translate) -> dict[str, str]:
    """The words for the classes."""
    return {
        "F1": t("suspected F1"), "F2": t("suspected F2"), "F3": t("suspected F3"),
        "F1?": t("possible F1"), "F2?": t("possible F2"), "F3?": t("possible F3"),
    }  # fmt: skip
