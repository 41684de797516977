"""The answer of a trace as a file: every suspected F1 and F2 on one line each."""

from pathlib import Path

import polars as pl

from quetma import identity, tracing
from quetma.documents import table
from quetma.language import Translate, moment, translator


def write(answer: tracing.Trace, fmt: str, path: Path, language: str) -> str:
    """Writes F1 and F2 to `path` as csv, xlsx or parquet, the possible ones last. Returns the sentence in it."""
    t = translator(language)
    f1 = answer.f1.with_columns(degree=pl.lit("F1"), via=pl.lit(None, pl.Int64))
    f2 = answer.f2.with_columns(degree=pl.lit("F2"))
    rows = pl.concat(
        [tracing.suspected(f1), tracing.suspected(f2), tracing.possible(f1), tracing.possible(f2)],
        how="vertical_relaxed",
    ).with_columns(
        degree=pl.when(pl.col("certainty") == "possible").then(pl.col("degree") + "?").otherwise("degree"),
        # minutes with several F1s at once are not one person's time
        minutes=pl.when(pl.col("degree").str.starts_with("F1")).then(pl.col("minutes").round(1)),
    )
    rows = rows.join(identity.may_be(answer.candidates, t), on="person_id", how="left", maintain_order="left")
    title = sentence(answer, t)
    table.write(path, fmt, [rows], columns(t), title, rows.height)
    return title


def sentence(answer: tracing.Trace, t: Translate) -> str:
    """What was asked, by which rule, and that it is a suspicion."""
    case = answer.case
    return t(
        "Trace of {name} {phone}, infectious {since} – {until} by {rule}, at least {minutes} minutes, "
        "air lingering {linger} minutes: {f1} suspected F1, {f2} suspected F2, {possible} possible. "
        "Same place and time in the scan log; to be verified.",
        name=answer.person["name"],
        phone=answer.person["phone"],
        since=moment(case.since),
        until=moment(case.until),
        rule=tracing.rule_named(case.rule or "").name,
        minutes=case.min_minutes,
        linger=case.linger,
        **answer.counts,
    )


def columns(t: Translate) -> list[table.Column]:
    """The columns of the file."""
    sure = {"seen": t("seen"), "inferred": t("inferred"), "possible": t("possible")}
    degree = {"F1": t("suspected F1"), "F2": t("suspected F2"), "F1?": t("possible F1"), "F2?": t("possible F2")}
    return [
        table.Column("degree", t("Class"), 8, degree),
        table.Column("name", t("Name"), 28),
        table.Column("phone_shown", t("Phone"), 14),
        table.Column("location", t("Location"), 28),
        table.Column("exposed_at", t("First shared"), 20),
        table.Column("last_at", t("Last shared"), 20),
        table.Column("minutes", t("Minutes shared"), 10),
        table.Column("contacts", t("Contacts"), 10),
        table.Column("via", t("Through how many F1"), 10),
        table.Column("certainty", t("How sure"), 12, sure),
        table.Column("may_be", t("May be"), 40),
    ]
