"""Workbooks → sheets of text: XLSX, XLSM, XLSB, XLS, ODS, and the HTML tables that web systems save as .xls.

Every cell becomes text as a person would write it (2021-08-24 08:10:00, 08:10:00, 912345678). A cell merged over
several rows says the same of each of them. Hidden rows, columns and sheets are read like others.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

import fastexcel
import polars as pl
import python_calamine

from quetma.intake import ole
from quetma.intake.errors import IntakeError
from quetma.intake.text import HEAD_ROWS, Head, Piece, piece, trimmed

OLE = b"\xd0\xcf\x11\xe0"
# What an XLS says of a sheet's size, before Excel 97 and since: first and last row, first and last column.
TALL = re.compile(rb'ref="\$?[A-Z]+\$?(\d+):\$?[A-Z]+\$?(\d+)"')
DAMAGED = "The workbook is damaged or not a workbook. Open it in Excel, save it again as XLSX and upload that."
PROTECTED = "The workbook is protected by a password. Save it without one and upload it again."


@dataclass
class SheetSource:
    """One sheet of a workbook, every cell as text."""

    cells: pl.DataFrame
    name: str

    @cached_property
    def head(self) -> list[Head]:
        """The first rows of the sheet."""
        rows = self.cells.head(HEAD_ROWS).iter_rows()
        return [Head([cell or "" for cell in row], below) for below, row in enumerate(rows, start=1)]

    def pieces(self, header: Head) -> list[Callable[[], Piece]]:
        """The rows below that row of the head: all in one."""
        return [lambda: self._table(header)]

    def _table(self, header: Head) -> Piece:
        width = len(trimmed(header.cells))
        below = self.cells.slice(header.below)
        first = header.below + 1
        raw = below.select(pl.concat_str(pl.all().fill_null(""), separator="\t").str.strip_chars_end("\t ")).to_series()
        lines = pl.int_range(first, first + below.height, eager=True)
        frame = below.select(
            pl.Series("line", lines), pl.lit(None, pl.String).alias("bad"),
            *(pl.col(name).alias(f"c{i}") for i, name in enumerate(below.columns[:width])),
        )  # fmt: skip
        return piece(frame, raw.gather)


def is_workbook(content: bytes) -> bool:
    """Whether these bytes begin like a workbook that is no ZIP archive: XLS, or a protected XLSX."""
    return content.startswith(OLE)


def sheets(content: bytes) -> list[SheetSource]:
    """Every sheet of a workbook. Raises `IntakeError`."""
    if content.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in content:
        raise IntakeError(PROTECTED)
    if content.startswith(OLE) and "WordDocument".encode("utf-16-le") in content:
        raise IntakeError("This is a Word document. Copy its table into Excel, save it as XLSX and upload that.")
    if content.startswith(OLE) and not (ole.chains_end(content) and ole.sizes_are_possible(content)):
        raise IntakeError(DAMAGED)
    try:
        if content.startswith(OLE) or _part(content, "content.xml"):
            if b"encryption-data" in _part(content, "META-INF/manifest.xml"):
                raise IntakeError(PROTECTED)
            return _typed(content, merged=_merged_in_ods(content))
        if _has_tall_cells(content):
            return _typed(content)
        book = fastexcel.read_excel(content)
        return [
            SheetSource(_days(book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()), name)
            for name in book.sheet_names
        ]
    except (IntakeError, KeyboardInterrupt, SystemExit):
        raise
    except python_calamine.PasswordError as error:
        raise IntakeError(PROTECTED) from error
    except BaseException as error:  # the readers' panics on damaged files are not `Exception`s
        if "password" in str(error).lower():
            raise IntakeError(PROTECTED) from error
        raise IntakeError(DAMAGED) from error


def _days(cells: pl.DataFrame) -> pl.DataFrame:
    """Dates with the time 00:00:00 are days: a workbook does not tell a day from its midnight, and a midnight that
    nobody wrote is no scan. A time of day alone is dated 1899, and is no day.
    """
    return cells.select(pl.all().str.replace(r"^([2-9]\d{3}-\d\d-\d\d|19[1-9]\d-\d\d-\d\d) 00:00:00$", "$1"))


def _part(content: bytes, name: str) -> bytes:
    """A part of a workbook that is a ZIP archive; empty when there is none of that name."""
    if not content.startswith(b"PK"):
        return b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name) if name in archive.namelist() else b""


def _has_tall_cells(content: bytes) -> bool:
    """Whether an XLSX has cells merged over several rows: they are listed at the end of a sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
                continue
            kept = b""
            with archive.open(name) as sheet:
                while chunk := sheet.read(1 << 20):
                    kept = kept[-20:] + chunk
                    at = kept.find(b"</sheetData>")
                    if at >= 0:
                        kept = kept[at:] + sheet.read()
                        break
            if any(int(bottom) > int(top) for top, bottom in TALL.findall(kept)):
                return True
    return False


Region = tuple[tuple[int, int], tuple[int, int]]  # the row and column of the first and of the last cell, from 0


def _typed(content: bytes, merged: dict[str, list[Region]] | None = None) -> list[SheetSource]:
    """Every sheet, slower: cell by cell, with the merged ones filled."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    found = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        rows = [[_written(value) for value in row] for row in sheet.iter_rows()]
        left = sheet.start[1] if sheet.start else 0
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or (merged or {}).get(name, []):
            if top == bottom or top >= len(rows) or not 0 <= first - left < len(rows[top]):
                continue
            value = rows[top][first - left]
            for row in rows[top : bottom + 1]:
                row[first - left : last + 1 - left] = [value] * len(row[first - left : last + 1 - left])
        found.append(SheetSource(_days(_frame(rows)), name))
    return found


def _frame(rows: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    width = max(map(len, rows), default=0)
    columns = ([row[i] if i < len(row) else None for row in rows] for i in range(width))
    return pl.DataFrame([pl.Series(f"c{i}", column, pl.String) for i, column in enumerate(columns)])


def _written(value: Any) -> str | None:
    """A cell as a person would write it."""
    match value:
        case "" | None:
            return None
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case date():  # a whole number of days: perhaps a midnight, which the column as a whole tells
            return f"{value.isoformat()} 00:00:00"
        case time():
            return value.isoformat()
        case timedelta() if timedelta(0) <= value < timedelta(days=1):
            return str(value)
    return str(value)


def _merged_in_ods(content: bytes) -> dict[str, list[Region]]:
    """The cells merged over several rows, by sheet; the reader tells them of other workbooks only."""
    text = _part(content, "content.xml").decode("utf-8", "replace")
    if not re.search(r'table:number-rows-spanned="(?!1")', text):
        return {}
    found: dict[str, list[Region]] = {}
    regions: list[Region] = []
    row = column = 0
    for tag, attributes in re.findall(r"<table:(table|table-row|table-cell|covered-table-cell)(\s[^>]*)?/?>", text):

        def number(name: str, attributes: str = attributes) -> int:
            told = re.search(rf'table:number-{name}="(\d+)"', attributes)
            return int(told[1]) if told else 1

        if tag == "table":
            name = re.search(r'table:name="([^"]*)"', attributes)
            regions = found.setdefault(name[1] if name else "", [])
            row = column = 0
        elif tag == "table-row":
            column, start = 0, row
            row += number("rows-repeated")
        else:
            if number("rows-spanned") > 1:
                end = (start + number("rows-spanned") - 1, column + number("columns-spanned") - 1)
                regions.append(((start, column), end))
            column += number("columns-repeated")
    return found


# HTML ----------------------------------------------------------------------------------------------------------------


def is_html(content: bytes) -> bool:
    """Whether a text is a web page with a table in it."""
    return bool(re.match(rb"\s*(<!doctype html|<html|<meta|<table|<head|<body|<style|<div|<!--)", content[:400], re.I))


def html_tables(content: str) -> list[SheetSource]:
    """Every table of a web page; a table within a table stands by itself."""
    page = _Page()
    page.feed(content)
    page.close()
    tables = [rows for rows in page.tables if rows]
    return [SheetSource(_frame(rows), f"{n}" if len(tables) > 1 else "") for n, rows in enumerate(tables, 1)]


class _Page(HTMLParser):
    """Gathers the tables of a page: rows of cells, those that span several rows or columns filled."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open: list[_Table] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open.append(_Table())
            self.tables.append(self.open[-1].rows)
        elif self.open and tag == "tr":
            self.open[-1].row()
        elif self.open and tag in ("td", "th"):
            told = dict(attrs)
            self.open[-1].cell(*(_span(told.get(name)) for name in ("rowspan", "colspan")))
        elif self.open and tag in ("br", "p", "div"):
            self.open[-1].add(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self.open:
            self.open.pop().fill()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1].add(data)

    def close(self) -> None:
        super().close()
        while self.open:
            self.open.pop().fill()


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdecimal() and int(text) else 1


class _Table:
    """One table being gathered."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.spans: list[list[tuple[int, int]]] = []

    def row(self) -> None:
        self.rows.append([])
        self.spans.append([])

    def cell(self, tall: int, wide: int) -> None:
        if not self.rows:
            self.row()
        self.rows[-1].append("")
        self.spans[-1].append((tall, wide))

    def add(self, text: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += text

    def fill(self) -> None:
        """Puts every cell at its column: under one that spans rows there is the same text again."""
        falling: dict[tuple[int, int], str] = {}  # row and column → what a cell above or before says there
        for y, (cells, spans) in enumerate(zip(self.rows, self.spans, strict=True)):
            given: Iterator[tuple[str, tuple[int, int]]] = iter(list(zip(cells, spans, strict=True)))
            cells.clear()
            while True:
                x = len(cells)
                if (y, x) in falling:
                    cells.append(falling.pop((y, x)))
                    continue
                told = next(given, None)
                if told is None:
                    break
                text, (tall, wide) = " ".join(told[0].split()), told[1]
                cells.append(text)
                for down in range(tall):
                    for across in range(wide):
                        if down or across:
                            falling[y + down, x + across] = text if down else ""
