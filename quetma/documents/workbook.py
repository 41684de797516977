"""The whole answer of a trace as one workbook (XLSX): F0, F1, F2, F3, possible, evidence, parameters; no cell runs."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from quetma import tracing
from quetma.documents import table, trace
from quetma.documents.table import Column, Sheet
from quetma.language import Translate, day, moment, translator

CASES = {
    "name": pl.String, "phone": pl.String, "birth_year": pl.Int64, "onset": pl.Date, "ill": pl.String,
    "since": pl.Datetime("us"), "until": pl.Datetime("us"), "rule": pl.String, "present": pl.String,
}  # fmt: skip


def write(
    answer: tracing.Trace, evidence: Sequence[pl.DataFrame], grounds: pl.DataFrame, path: Path, language: str,
    saved: str = "",
) -> str:  # fmt: skip
    """Writes the workbook. Returns the sentence above each sheet.

    evidence: contacts of the first step, the second and so on, as far as they are wanted (tracing.evidence). grounds:
    what the answer rests on (receipts.grounds). saved: of a saved answer, by whom and when, with its fingerprint.
    """
    t = translator(language)
    title = trace.sentence(answer, t)
    rows = trace.listed(answer, t)
    possible = pl.col("degree").str.ends_with("?")
    columns = trace.columns(t)
    own = [column for column in columns if column.name not in ("degree", "may_be")]
    sheets = [Sheet("F0", _cases(answer, t), _case_columns(t), title)]
    for degree in trace.DEGREES[: max(2, answer.question.steps)]:
        shown = [column for column in own if degree != "F1" or column.name != "via"]
        sheets.append(Sheet(degree, rows.filter(pl.col("degree") == degree), shown, title))
    sheets += [
        Sheet(t("Possible"), rows.filter(possible), columns, title),
        Sheet(t("On duty, not scanned"), answer.unscanned, _unscanned_columns(t), title),
        Sheet(t("Evidence"), _contacts(answer, evidence, t), _contact_columns(t), title),
        Sheet(t("Parameters"), _parameters(answer, grounds, saved, t), _parameter_columns(t), title),
    ]
    table.book(path, sheets)
    return title


def _cases(answer: tracing.Trace, t: Translate) -> pl.DataFrame:
    rows = [
        (
            person["name"], person["phone"], person["birth_year"], case.onset,
            t("symptoms") if case.symptoms else t("no symptoms"), case.since, case.until,
            tracing.rule_named(case.rule or "").name,
            "" if case.person_id in answer.present else t("no scan in these days"),
        )
        for case, person in zip(answer.question.cases, answer.people.iter_rows(named=True), strict=True)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=CASES, orient="row")


def _case_columns(t: Translate) -> list[Column]:
    return [
        Column("name", t("Name"), 28),
        Column("phone", t("Phone"), 14),
        Column("birth_year", t("Birth year"), 10),
        Column("onset", t("Onset or sample"), 14),
        Column("ill", t("The case has"), 18),
        Column("since", t("Infectious from"), 20),
        Column("until", t("Infectious until"), 20),
        Column("rule", t("Rule"), 16),
        Column("present", t("Remark"), 28),
    ]


def _unscanned_columns(t: Translate) -> list[Column]:
    return [
        Column("name", t("Name"), 28),
        Column("phone_shown", t("Phone"), 14),
        Column("day", t("Day"), 14),
        Column("location", t("Location"), 28),
    ]


def _contacts(answer: tracing.Trace, evidence: Sequence[pl.DataFrame], t: Translate) -> pl.DataFrame:
    """Each contact with both stays; what was not scanned is said in words."""
    people = [frame.select("person_id", "name", "phone_shown") for frame in (answer.f1, answer.f2, answer.f3)]
    parts = [
        rows.join(who, on="person_id", how="left", maintain_order="left").with_columns(
            degree=pl.lit(f"F{step - 1}–F{step}"),
            minutes=pl.col("minutes").round(1),
            inferred=pl.concat_str(
                [
                    pl.when(~pl.col(seen)).then(pl.lit(words))
                    for seen, words in (
                        ("infector_in_seen", t("infector's arrival")),
                        ("infector_out_seen", t("infector's departure")),
                        ("in_seen", t("own arrival")),
                        ("out_seen", t("own departure")),
                    )
                ],
                separator=", ",
                ignore_nulls=True,
            ),
        )
        for step, (rows, who) in enumerate(zip(evidence, people, strict=False), 1)
    ]
    return pl.concat(parts, how="vertical_relaxed")


def _contact_columns(t: Translate) -> list[Column]:
    return [
        Column("degree", t("Step"), 8),
        Column("infector", t("Met whom"), 28),
        Column("name", t("Name"), 28),
        Column("phone_shown", t("Phone"), 14),
        Column("location", t("Location"), 28),
        Column("began", t("Shared from"), 20),
        Column("ended", t("Shared until"), 20),
        Column("minutes", t("Minutes"), 10),
        Column("infector_in", t("Infector came"), 20),
        Column("infector_out", t("Infector left"), 20),
        Column("t_in", t("This person came"), 20),
        Column("t_out", t("This person left"), 20),
        Column("inferred", t("Inferred, not scanned"), 36),
    ]


def _parameters(answer: tracing.Trace, grounds: pl.DataFrame, saved: str, t: Translate) -> pl.DataFrame:
    """What was asked, by which rules, and what the answer rests on: one line each."""
    question, counts = answer.question, answer.counts
    lines: list[tuple[str, Any]] = [
        (t("What this is"), t("Suspected, to be verified: scans show the same place at the same time. "
                              "They do not show distance or masks.")),
        *([(t("Saved"), saved)] if saved else []),
        (t("Shortest contact, minutes"), question.min_minutes),
        (t("Air lingers, minutes"), question.linger),
        ("F1 · F2" + (" · F3" if question.steps > 2 else "") + f" · {t('possible')}",
         " · ".join(str(counts[name]) for name in ("f1", "f2", "f3", "possible") if name in counts)),
    ]  # fmt: skip
    parameters = {
        "days_before": t("infectious days before onset"),
        "days_before_no_onset": t("infectious days without symptoms"),
        "days_after": t("end of the window when not isolated"),
        "min_minutes": t("shortest contact"),
    }
    for case, person in zip(question.cases, answer.people.iter_rows(named=True), strict=True):
        rule = tracing.rule_named(case.rule or "")
        assumed = ", ".join(parameters.get(name, name) for name in rule.assumed)
        lines += [
            (f"F0 {person['name']}", t("onset {day}, infectious {since} – {until}, {n} days before by {rule}",
                                       day=day(case.onset), since=moment(case.since), until=moment(case.until),
                                       n=case.days_before, rule=rule.name)),
            (rule.name, t("Rule: {source}. Not given by it, assumed: {assumed}.", source=rule.source, assumed=assumed)),
        ]  # fmt: skip
    kinds = {"scans": t("scan log"), "roster": t("staff list"), "absences": t("absences")}
    for row in grounds.iter_rows(named=True):
        if row["what"] in kinds:
            lines.append((t("Rests on: {kind}", kind=kinds[row["what"]]), _upload(row, t)))
        elif row["what"] == "merge":
            lines.append((t("Rests on: {kind}", kind=t("decision")), f"{row['label']} = {row['value']}"))
    return pl.DataFrame(
        [(name, str(value)) for name, value in lines], schema={"what": pl.String, "value": pl.String}, orient="row"
    )


def _upload(row: dict[str, Any], t: Translate) -> str:
    at: datetime | None = row["since"]
    return t("{file}, uploaded at {moment} by {who}, SHA-256 {sha256}",
             file=row["label"], moment=moment(at), who=row["done_by"], sha256=row["value"])  # fmt: skip


def _parameter_columns(t: Translate) -> list[Column]:
    return [Column("what", t("Parameter"), 32), Column("value", t("Value"), 100)]
