"""A table as CSV, XLSX or Parquet, whatever its size, with a sentence that says what it holds.

csv: the sentence, the headings, the rows; UTF-8 with the mark that Excel needs; no cell is a formula.
xlsx: the sentence above the headings, real dates; what one sheet cannot hold goes on to further sheets.
parquet: for machines: the values as they are stored, and the sentence in the file's metadata under `title`.
"""

import codecs
import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from rustpy_xlsxwriter import Format, write_worksheets

from quetma import formulas
from quetma.documents import TABLES

TITLE_ROW, HEADING_ROW = 0, 2
A4 = 9
SHEET_ROWS = 1_048_576 - HEADING_ROW - 1
AHEAD = {"csv": 5}  # frames asked for while one is written: reading and writing take a core each; else 1
BATCH_ROWS = 1_000  # while the writer works on a batch no other thread gets a turn
CELL_CHARACTERS = 32_767  # more than this Excel cannot hold in one cell
MOMENT, DAY = "%d/%m/%Y %H:%M:%S", "%d/%m/%Y"

Told = Callable[[int], object]


def nobody(_rows: int) -> None:
    """Who is told nothing of how far a file is."""


@dataclass(frozen=True)
class Column:
    """A column of a file: its name in the rows, its heading, and the words for its codes (not used in Parquet)."""

    name: str
    heading: str
    width: int = 16
    words: Mapping[str, str] = field(default_factory=dict)


def write(
    path: Path,
    fmt: str,
    rows: Iterable[pl.DataFrame],
    columns: Sequence[Column],
    title: str,
    count: int,
    told: Told = nobody,
) -> None:
    """Writes `count` rows, in one or more frames of the same columns, to `path`. `fmt` is csv, xlsx or parquet.

    The file appears whole or not at all. No more than a few frames are ever in memory. told: called again and again
    with how many rows are written; what it raises breaks the file off.
    """
    part = path.with_name(path.name + ".part")
    broken: list[Exception] = []
    chosen = (frame.select(column.name for column in columns) for frame in rows)
    frames = _counted(_ahead(chosen, AHEAD.get(fmt, 1)), told, broken)
    try:
        if fmt == "csv":
            _csv(part, frames, columns, title)
        elif fmt == "xlsx":
            _xlsx(part, frames, columns, title, count)
        elif fmt == "parquet":
            _parquet(part, frames, title)
        else:
            raise ValueError(f"There is no format {fmt!r}: it is one of {', '.join(TABLES)}.")
        part.replace(path)
    except Exception as error:
        if not broken or broken[0] is error:
            raise
        raise broken[0] from None  # what the XLSX writer made of it says less
    finally:
        part.unlink(missing_ok=True)


def _csv(path: Path, frames: Iterator[pl.DataFrame], columns: Sequence[Column], title: str) -> None:
    with path.open("wb") as file:
        file.write(codecs.BOM_UTF8)
        for line in ([title], [column.heading for column in columns]):
            _lines(pl.DataFrame([line], orient="row"), file)
        for frame in frames:
            _lines(in_words(frame, columns), file)


def _ahead(frames: Iterator[pl.DataFrame], most: int) -> Iterator[pl.DataFrame]:
    """The same frames, so many asked for while the one before them is being written."""

    def following() -> pl.DataFrame | None:
        return next(frames, None)

    with ThreadPoolExecutor(1) as asking:
        coming = deque(asking.submit(following) for _ in range(most))
        while (frame := coming.popleft().result()) is not None:
            coming.append(asking.submit(following))
            yield frame


def _counted(frames: Iterator[pl.DataFrame], told: Told, broken: list[Exception]) -> Iterator[pl.DataFrame]:
    """The same frames; each is counted when it is done with. What breaks them off is noted."""
    done = 0
    try:
        for frame in frames:
            yield frame
            done += frame.height
            told(done)
    except Exception as error:
        broken.append(error)
        raise


def _lines(frame: pl.DataFrame, file: BinaryIO) -> None:
    formulas.marked(frame).write_csv(
        file, include_header=False, line_terminator="\r\n", datetime_format=MOMENT, date_format=DAY
    )


def _xlsx(path: Path, frames: Iterator[pl.DataFrame], columns: Sequence[Column], title: str, count: int) -> None:
    names = [f"Sheet{n}" for n in range(1, max(1, math.ceil(count / SHEET_ROWS)) + 1)]
    shown = ((sheet, _as_cells(frame, columns)) for sheet, frame in _cut(frames))
    first = next(shown)
    schema = first[1].schema
    sheets = groupby(chain([first], shown), key=itemgetter(0))

    def batches() -> Iterator[pa.RecordBatch]:
        """The rows of the next sheet: the writer asks for the sheets one after the other."""
        for _, table in next(sheets)[1]:
            yield from table.to_batches(BATCH_ROWS)

    _sheets(path, [(name, pa.RecordBatchReader.from_batches(schema, batches()), columns, title) for name in names])


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: its name, rows and columns, and the sentence above the headings."""

    name: str
    rows: pl.DataFrame
    columns: Sequence[Column]
    title: str


def book(path: Path, sheets: Sequence[Sheet]) -> None:
    """Writes a workbook (XLSX) of those sheets, which appears whole or not at all.

    What one sheet cannot hold goes on to the next, of the same name with a number.
    """
    part = path.with_name(path.name + ".part")
    cut = [
        (sheet.name + (f" ({at + 1})" if at else ""), _as_cells(rows, sheet.columns), sheet.columns, sheet.title)
        for sheet in sheets
        for at, rows in _cut(iter([sheet.rows.select(column.name for column in sheet.columns)]))
    ]
    try:
        _sheets(part, [(name, rows.to_reader(), columns, title) for name, rows, columns, title in cut])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _sheets(path: Path, sheets: list[tuple[str, pa.RecordBatchReader, Sequence[Column], str]]) -> None:
    """Writes the sheets: name, rows as they are shown, their columns, the sentence above."""
    names = [name for name, *_ in sheets]
    on_each = partial(dict.fromkeys, names)
    write_worksheets(
        [(name, rows) for name, rows, _, _ in sheets],
        path,
        datetime_format="dd/mm/yyyy hh:mm:ss",
        header_row=on_each(HEADING_ROW),
        header_format=on_each(Format().set_bold().set_border_bottom("thin")),
        merge_ranges={
            name: [(TITLE_ROW, 0, TITLE_ROW, max(len(columns), 2) - 1, title, Format().set_bold())]
            for name, _, columns, title in sheets
        },
        column_widths={name: [float(column.width) for column in columns] for name, _, columns, _ in sheets},
        freeze_panes={"general": {"row": HEADING_ROW + 1, "col": 0}},
        autofilter=on_each(True),
        column_formats={
            name: {f.name: Format().set_num_format("dd/mm/yyyy") for f in rows.schema if pa.types.is_date(f.type)}
            for name, rows, _, _ in sheets
        },
        ignore_errors={
            name: [f.name for f in rows.schema if pa.types.is_large_string(f.type)] for name, rows, _, _ in sheets
        },
        page_setup=on_each({"landscape": True, "paper_size": A4, "fit_to_pages": (1, 0), "repeat_rows": HEADING_ROW}),
    )


def _parquet(path: Path, frames: Iterator[pl.DataFrame], title: str) -> None:
    first = next(frames)
    schema = _arrow(first).schema.with_metadata({"title": title})
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for frame in chain([first], frames):
            writer.write_table(_arrow(frame).cast(schema))


def in_words(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """The codes in words, and no text where there is none."""
    worded = frame.with_columns(pl.col(column.name).replace(column.words) for column in columns if column.words)
    return worded.with_columns(pl.col(pl.String).replace("", None))


def _as_cells(frame: pl.DataFrame, columns: Sequence[Column]) -> pa.Table:
    """The frame as the sheet shows it, under its headings."""
    cells = in_words(frame, columns).with_columns(pl.col(pl.String).str.head(CELL_CHARACTERS))
    return _arrow(cells.rename({column.name: column.heading for column in columns}))


def _arrow(frame: pl.DataFrame) -> pa.Table:
    """With the types that every reader knows."""
    return frame.to_arrow(compat_level=pl.CompatLevel.oldest())


def _cut(frames: Iterator[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    """The same rows with the number of their sheet; no frame reaches over the end of a sheet."""
    done = 0
    for frame in frames:
        while frame.height > (room := SHEET_ROWS - done % SHEET_ROWS):
            yield done // SHEET_ROWS, frame.head(room)
            done, frame = done + room, frame.slice(room)
        yield done // SHEET_ROWS, frame
        done += frame.height
