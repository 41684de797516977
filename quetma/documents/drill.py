"""Results of the tracing drills as a file; the first word of it says that they are no real cases."""

from pathlib import Path

import polars as pl

from quetma.documents import table
from quetma.drill import MARK
from quetma.language import Translate, translator


def write(results: pl.DataFrame, fmt: str, path: Path, language: str) -> str:
    """Writes `drill.results` to `path` as csv, xlsx or parquet. Returns the sentence in it."""
    t = translator(language)
    said = title(results, t)
    words = results.with_columns(
        staff=pl.when("staff").then(pl.lit(t("Staff"))).otherwise(pl.lit(t("Visitor"))),
        given_up=pl.when("given_up").then(pl.lit(t("given up"))).otherwise(pl.lit(t("finished"))),
        minutes=pl.col("minutes").round(1),
        seconds=pl.col("seconds").round(2),
    )
    table.write(path, fmt, [words], columns(t), said, results.height)
    return said


def title(results: pl.DataFrame, t: Translate) -> str:
    """What the file is."""
    return f"{MARK}: " + t("results of {n} tracing drills; no real cases", n=results.height)


def columns(t: Translate) -> list[table.Column]:
    """The columns of the file."""
    return [
        table.Column("started_at", t("Began"), 20),
        table.Column("started_by", t("Started by"), 20),
        table.Column("staff", t("Mock F0"), 12),
        table.Column("onset", t("Onset or sample"), 14),
        table.Column("given_up", t("Outcome"), 12),
        table.Column("finished_at", t("Ended at"), 20),
        table.Column("f1", "F1", 8),
        table.Column("phones", t("F1 with a phone"), 10),
        table.Column("reached", t("Reached"), 10),
        table.Column("minutes", t("Minutes to the last reached"), 12),
        table.Column("contacts", t("Contacts"), 10),
        table.Column("contacts_seen", t("Contacts scanned whole"), 12),
        table.Column("own_days", t("Days of the case"), 12),
        table.Column("own_days_seen", t("Days of the case scanned whole"), 12),
        table.Column("unscanned", t("Staff on duty, not scanned"), 12),
        table.Column("seconds", t("Seconds to the answer"), 12),
    ]
