"""Mending rejected rows: the rows of an upload that were not taken, as cells, and the file that brings them in again.

A row of a later upload mends a rejected one by saying so: a column of our own names the upload and the line, whether
the file was made here or edited in Excel. When the row is taken, table mend keeps that. Undoing that upload makes the
row a rejected one again.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from quetma import formulas
from quetma.intake.choices import Choices
from quetma.intake.columns import mended, own_columns
from quetma.language import Translate
from quetma.store import Store

PAGE = 20_000  # rejected rows asked for at once


@dataclass(frozen=True)
class Shape:
    """What the table of an upload looked like: its headers, one a column, '' where it had none; how its rows are cut
    into cells; which field stood in which column; and what was chosen for it.
    """

    batch_id: int
    file_name: str
    sheet: str
    kind: str
    headers: tuple[str, ...]
    separator: str
    columns: Mapping[str, int]
    choices: Choices

    @cached_property
    def kept(self) -> list[int]:
        """The columns of the table but those of our own, which an upload of mended rows has."""
        own = own_columns(self.headers).values()
        return [index for index in range(len(self.headers)) if index not in own]

    @property
    def cells(self) -> list[str]:
        """The columns of `rows` that hold cells: `c` and the number of the column, from 0."""
        return [f"c{index}" for index in self.kept]


def shape(store: Store, batch_id: int) -> Shape | None:
    """The shape of an upload's table; None when there is no such upload (any more)."""
    found = store.ask("intake/batch", batch=batch_id)
    if found.is_empty():
        return None
    return _shape(found.row(0, named=True))


def _shape(batch: Mapping[str, Any]) -> Shape:
    origin = json.loads(batch["origin"])
    return Shape(
        batch["batch_id"],
        batch["file_name"],
        batch["sheet"],
        batch["kind"],
        tuple(origin.get("headers", ())),
        origin.get("separator") or "\t",
        origin.get("columns", {}),
        replace(Choices.from_json(json.dumps(origin.get("choices", {}))), source=batch["source"]),
    )


def rows(store: Store, of: Shape, t: Translate, first: int = 0, count: int = PAGE) -> pl.DataFrame:
    """Rejected rows of an upload that can be mended, by line, `count` of them after the first `first`; neither those
    that are mended already nor notes, which are no records.

    line, reason (a code), the cells, `beyond`: what the row holds after its last column, and `mends`: the mark by which
    a row is known as the mended one.
    """
    kept = store.ask("intake/rejects", batch=of.batch_id, open_only=True, page_size=count, page_start=first)
    width, marked = len(of.headers), own_columns(of.headers).get("mends")
    split = [cut(raw, of.separator, width) for raw in kept["raw"]]
    names = [f"c{index}" for index in range(width)]
    cells = pl.DataFrame(split, schema=dict.fromkeys([*names, "beyond"], pl.String), orient="row")
    marks = [mark(t, of.batch_id, line) for line in kept["line"]]
    if marked is not None:  # a row that was to mend another and was rejected itself: who mends it mends both
        marks = [f"{row[marked]}; {own}" if row[marked] else own for row, own in zip(split, marks, strict=True)]
    return pl.concat(
        [
            kept.select("line", "reason"),
            cells.select(*of.cells, "beyond"),
            pl.DataFrame({"mends": pl.Series(marks, dtype=pl.String)}),
        ],
        how="horizontal",
    )


def pages(store: Store, of: Shape, t: Translate) -> Iterator[pl.DataFrame]:
    """All of `rows`, at least one frame, so many at once that memory does not grow with them."""
    first, found = 0, None
    while found is None or found.height == PAGE:
        found = rows(store, of, t, first)
        yield found
        first += PAGE


def cut(raw: str, separator: str, width: int) -> list[str | None]:
    """The cells of a row as it stands in the file, and last what goes beyond `width` columns. Empty cells are None."""
    cells = raw.split(separator)
    if '"' in raw and separator != "\t":
        with suppress(csv.Error, ValueError):  # else a quote that is not closed
            [cells] = csv.reader(io.StringIO(raw, newline=""), delimiter=separator, strict=True)
    inside, beyond = cells[:width], separator.join(cells[width:])
    padded = [*inside, *[""] * (width - len(inside)), beyond.strip(separator + " ")]
    return [cell.strip() or None for cell in padded]


def mark(t: Translate, batch_id: int, line: int) -> str:
    """Which rejected row a row mends, as it stands in its cell. No spreadsheet takes it for a number or a day."""
    return t("upload {batch}, line {line}", batch=batch_id, line=line)


def headings(of: Shape, t: Translate) -> dict[str, str]:
    """Column of `rows` → its heading in a file: none is empty and each unlike the others."""
    wanted = {f"c{index}": of.headers[index] or t("Column {n}", n=index + 1) for index in of.kept}
    wanted |= {
        "beyond": t("Cells beyond the last column"),
        "reason": t("Why it was rejected"),
        "mends": t("Mends rejected row"),
    }
    taken: dict[str, int] = {}
    for column, heading in wanted.items():
        taken[heading] = taken.get(heading, 0) + 1
        if taken[heading] > 1:
            wanted[column] = f"{heading} ({taken[heading]})"
    return wanted


def file(of: Shape, mended: pl.DataFrame, t: Translate) -> bytes:
    """Mended rows (as `rows` gives them) as a file in the shape of the one they come from."""
    table = mended.select(*of.cells, "mends")
    named = headings(of, t)
    head = pl.DataFrame([[named[column] for column in table.columns]], schema=table.schema, orient="row")
    cells = pl.concat([head, table]).with_columns(formulas.mark(pl.all().str.replace_all(r"[\r\n]+", " ")))
    return cells.write_csv(include_header=False).encode()  # a row is one line


def choices(of: Shape) -> Choices:
    """How `file` is to be read: as the upload was, but that its headers stand in its first line."""
    place = {index: position for position, index in enumerate(of.kept)}
    columns = {field: place.get(index, index) for field, index in {**of.choices.columns, **of.columns}.items()}
    return replace(of.choices, kind=of.kind, header=1, columns=columns)


def remembered(store: Store) -> dict[str, Choices]:
    """How rows that mend rejected ones are read when they come back in a file: by `columns.mended` of their upload."""
    shapes = [_shape(batch) for batch in store.ask("intake/mendable").iter_rows(named=True)]
    return {mended(of.batch_id): replace(choices(of), header=None) for of in shapes if of.headers}


def name(of: Shape, t: Translate) -> str:
    """What the file of mended rows is called."""
    told = of.file_name.rpartition("/")[2].rpartition(".")[0] or of.file_name
    return t("{file} (mended).csv", file=f"{told} – {of.sheet}" if of.sheet else told)


def changed(before: pl.DataFrame, after: pl.DataFrame, of: Shape) -> pl.DataFrame:
    """The rows of `after` that somebody changed a cell of. Both are the same rows in the same order."""
    if not of.cells:
        return after.clear()
    told = [frame.select(pl.col(of.cells).fill_null("").str.strip_chars()) for frame in (before, after)]
    return after.filter(pl.select(pl.any_horizontal(told[0][cell] != told[1][cell] for cell in of.cells)).to_series())
