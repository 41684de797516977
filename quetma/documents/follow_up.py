"""Contacts of registered cases as a file: who they are, what was done, what is due; beside it the figures."""

from datetime import datetime
from pathlib import Path

import polars as pl

from quetma import follow_up, terms
from quetma.documents import table
from quetma.language import Translate, moment, percent, translator

CLASSES = {1: "F1", 2: "F2", 3: "F3"}


def write(contacts: pl.DataFrame, at: datetime, fmt: str, path: Path, language: str) -> str:
    """Writes rows of `follow_up.state` as they are at that time, as csv or as xlsx with a sheet of the figures.

    Returns the sentence in it.
    """
    t = translator(language)
    said = sentence(contacts, at, t)
    shown = rows(contacts, t)
    if fmt == "csv":
        table.write(path, fmt, [shown], columns(t), said, shown.height)
    else:
        told = figures(contacts, at, language)
        headings = [table.Column(name, heading, 28 if name == "what" else 14) for name, heading in _heads(t, told)]
        table.book(
            path,
            [
                table.Sheet(t("Listed contacts"), shown, columns(t), said),
                table.Sheet(t("Figures"), told, headings, said),
            ],
        )
    return said


def rows(contacts: pl.DataFrame, t: Translate) -> pl.DataFrame:
    """Rows of `follow_up.state` as a file shows them, with what `columns` names."""
    return contacts.with_columns(
        pl.col("degree").replace_strict(CLASSES, return_dtype=pl.String),
        pl.col("minutes").round(1),
        pl.col("tasks", "overdue").list.eval(pl.element().replace(terms.tasks(t))).list.join("; "),
        doses=pl.col("doses").list.len(),
    )


def sentence(contacts: pl.DataFrame, at: datetime, t: Translate) -> str:
    """What the file is."""
    cases = contacts["case_id"].n_unique()
    return t(
        "Follow-up of contacts as of {moment}: {n} contacts of {cases} cases. "
        "Suspected by the scan log, to be verified.",
        moment=moment(at), n=contacts.height, cases=cases,
    )  # fmt: skip


def figures(contacts: pl.DataFrame, at: datetime, language: str) -> pl.DataFrame:
    """One row a figure: what, and a column of text for each class (F1, F2, F3) and for all."""
    t = translator(language)
    behind = _behind(contacts, at)

    def told(figure: str, part: pl.DataFrame, of: pl.DataFrame) -> str:
        if figure not in ("reached", "daily"):
            return str(part.height)
        return f"{part.height}/{of.height} ({percent(part.height, of.height, language)})" if of.height else "–"

    return pl.DataFrame(
        [
            {"what": text} | {name: told(figure, *rows[figure]) for name, rows in behind.items()}
            for figure, text in terms.measures(t).items()
        ]
    )


def counts(contacts: pl.DataFrame, at: datetime, t: Translate) -> pl.DataFrame:
    """The same as numbers alone, for a chart."""
    behind = _behind(contacts, at)
    return pl.DataFrame(
        [
            {"what": text} | {name: told[figure][0].height for name, told in behind.items()}
            for figure, text in terms.measures(t).items()
        ]
    )


def _behind(contacts: pl.DataFrame, at: datetime) -> dict[str, dict[str, tuple[pl.DataFrame, pl.DataFrame]]]:
    """The class, or `all` → what `follow_up.behind` says of its contacts."""
    classes = {
        f"F{degree}": contacts.filter(pl.col("degree") == degree) for degree in sorted(contacts["degree"].unique())
    } | {"all": contacts}
    return {name: follow_up.behind(rows, at) for name, rows in classes.items()}


def _heads(t: Translate, told: pl.DataFrame) -> list[tuple[str, str]]:
    words = {"what": t("Figure"), "all": t("All")}
    return [(name, words.get(name, name)) for name in told.columns]


def columns(t: Translate) -> list[table.Column]:
    """The columns of the list."""
    outcomes = terms.outcomes(t)
    return [
        table.Column("degree", t("Class"), 8),
        table.Column("name", t("Name"), 28),
        table.Column("phone_shown", t("Phone"), 14),
        table.Column("case_name", t("Case"), 28),
        table.Column("location", t("Location"), 28),
        table.Column("exposed_at", t("First shared"), 20),
        table.Column("last_at", t("Last shared"), 20),
        table.Column("minutes", t("Minutes shared"), 10),
        table.Column("listed_at", t("Listed at"), 20),
        table.Column("progress", t("Follow-up"), 16, terms.progress(t)),
        table.Column("tasks", t("Due"), 30),
        table.Column("overdue", t("Overdue"), 30),
        table.Column("calls", t("Calls"), 8),
        table.Column("reached_at", t("Reached"), 20),
        table.Column("verdict", t("Decision"), 16, outcomes["verdict"]),
        table.Column("doses", t("Doses by then"), 8),
        table.Column("quarantine", t("Quarantine"), 20, outcomes["quarantine"]),
        table.Column("quarantine_since", t("Quarantine since"), 20),
        table.Column("ends_on", t("Quarantine until"), 14),
        table.Column("watch_ends_on", t("Watched until"), 14),
        table.Column("health", t("Health"), 12, outcomes["health"]),
        table.Column("health_given", t("Days asked"), 8),
        table.Column("health_due", t("Days due"), 8),
        table.Column("test", t("Test"), 16, outcomes["test"]),
    ]
