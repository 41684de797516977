"""The scan history as a file."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import people
from quetma.documents import table
from quetma.history import Filter
from quetma.language import Translate, translator
from quetma.store import Store, query

FRAME_ROWS, ASKED_ROWS = 10_000, 100_000
CSV_ROWS, CSV_ASKED_ROWS = 100_000, 300_000  # a CSV is written by all cores: small pieces leave them idle
GIVEN = ("name", "phone", "kind", "location", "scanned_at", "direction")  # to who has no right to more


def write(
    store: Store,
    filter: Filter,
    fmt: str,
    path: Path,
    language: str,
    told: table.Told = table.nobody,
    whole: bool = True,
) -> str:
    """Writes the scans that the filter lets through to `path` as csv, xlsx or parquet. told: see `table.write`.

    whole: False masks names and phones and leaves out what may name people besides. Returns the sentence of the filter
    that stands in the file. Its count and the rows are of one moment, whatever is uploaded meanwhile.
    """
    t = translator(language)
    cursor = store.cursor()
    cursor.execute("BEGIN")
    try:
        where = filter.params(partial(_ask, cursor) if store.unit is None else None)
        days = cursor.execute(query("history/days")[0], where).fetchall()
        count = sum(scans for _, scans in days)
        title = filter.sentence(store, t, count, masked=not whole)
        rows, asked = (CSV_ROWS, CSV_ASKED_ROWS) if fmt == "csv" else (FRAME_ROWS, ASKED_ROWS)
        frames = _frames(cursor, where, _parts(days, asked), rows)
        shown = columns(t) if whole else [column for column in columns(t) if column.name in GIVEN]
        table.write(path, fmt, frames if whole else map(masked, frames), shown, title, count, told)
    finally:
        cursor.close()
    return title


def columns(t: Translate) -> list[table.Column]:
    """The columns of the file. A file in Vietnamese can be uploaded again: every row is then a duplicate."""
    return [
        table.Column("name", t("Full name"), 28),
        table.Column("phone", t("Phone number"), 14),
        table.Column("birth_year", t("Year of birth"), 10),
        table.Column("kind", t("Staff or visitor"), 12, {"staff": t("Staff"), "visitor": t("Visitor")}),
        table.Column("location", t("Location"), 28),
        table.Column("scanned_at", t("Scanned at"), 20),
        table.Column("direction", t("In/out"), 8, {"in": t("in"), "out": t("out"), "unknown": ""}),
        table.Column("purpose", t("Purpose"), 30),
        table.Column("batch_id", t("Upload no."), 8),
        table.Column("file_name", t("File"), 24),
        table.Column("line", t("Line"), 8),
    ]


def _frames(
    cursor: DuckDBPyConnection, where: dict[str, Any], parts: Sequence[tuple[date, date]], rows: int
) -> Iterator[pl.DataFrame]:
    """The scans, newest first, so many at a time; asked for a part after the other, so that memory does not grow with
    the period.
    """
    for first, last in parts or [(where["first"], where["first"])]:
        params = where | {"first": first, "last": last, "skip": 0, "rows": None}
        reader = cursor.sql(query("history/scans")[0], params=params).to_arrow_reader(rows)
        yield pl.DataFrame(reader.schema.empty_table())  # the columns, should there be no rows
        for batch in reader:
            yield nameless(pl.DataFrame(batch))


def _ask(cursor: DuckDBPyConnection, name: str, **params: list[int]) -> pl.DataFrame:
    return cursor.sql(query(name)[0], params=params).pl()


def nameless(rows: pl.DataFrame) -> pl.DataFrame:
    """Who gave no name is shown by their phone; a file that is uploaded again must not make that a name."""
    return rows.with_columns(name=pl.when(pl.col("name") != pl.col("phone")).then("name"))


def masked(rows: pl.DataFrame) -> pl.DataFrame:
    """Scans as somebody without a right to more may have them: names and phones masked."""
    return rows.with_columns(people.mask_names(pl.col("name")), people.mask_phones(pl.col("phone")))


def _parts(days: Sequence[tuple[date, int]], most: int) -> list[tuple[date, date]]:
    """Periods, newest first, that hold all of these days, each with no more than so many scans or of one day."""
    parts: list[tuple[date, date]] = []
    asked = 0
    for day, scans in days:
        asked += scans
        if parts and asked <= most:
            parts[-1] = (day, parts[-1][1])
        else:
            parts.append((day, day))
            asked = scans
    return parts
