"""A workbook (XLSX) of several sheets, each of several tables below one another, with native charts beside them.

For figures that fit in memory; a table of any size is written by table.py.
"""

import math
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter

from quetma.documents.table import A4, CELL_CHARACTERS, Column

WIDEST, NARROWEST = 60, 9  # characters
LINE, MOST_LINES = 15, 27  # points of a line; Excel makes no row higher
CHART_ROWS, CHART_SIZE = 16, (620, 300)  # rows that a chart of so many pixels covers
COLOURS = ("#0b5c73", "#c46f12", "#3c9d8f", "#8a5aa8")
NAME_CHARACTERS = 31  # more than this Excel refuses as the name of a sheet
NOT_IN_NAMES = re.compile(r"[][:*?/\\]")


@dataclass(frozen=True)
class Chart:
    """A chart of a block: the column of its categories, the columns of its series, in the order they are drawn."""

    kind: Literal["column", "line", "bar"]
    title: str
    by: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A table under a title. shares: columns that hold shares of 1, shown as percent. note: a line below the title."""

    title: str
    rows: pl.DataFrame
    columns: Sequence[Column]
    shares: tuple[str, ...] = ()
    chart: Chart | None = None
    note: str = ""


@dataclass(frozen=True)
class Screen:
    """A sheet: its name, and what stands on it, from above."""

    name: str
    blocks: tuple[Block, ...]


def write(path: Path, screens: Sequence[Screen], lines: Sequence[str], nothing: str) -> None:
    """Writes the workbook, which appears whole or not at all.

    lines: stand above the first sheet and, the first of them, in the file's properties. nothing: what is said of a
    block without rows.
    """
    part = path.with_name(path.name + ".part")
    try:
        with xlsxwriter.Workbook(str(part)) as book:
            book.set_properties({"title": lines[0], "comments": "\n".join(lines[1:])})
            writer = _Writer(book, nothing)
            for at, screen in enumerate(screens):
                writer.sheet(screen, lines if at == 0 else lines[:1])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _Writer:
    """Writes sheets into one workbook."""

    def __init__(self, book: Any, nothing: str) -> None:
        base = {"valign": "top", "text_wrap": True}
        left = base | {"indent": 1}  # away from the number beside it
        self._book, self._nothing = book, nothing
        self._title = book.add_format({"bold": True, "font_size": 15, "font_color": COLOURS[0]})
        self._heading = book.add_format({"bold": True, "font_size": 12})
        self._note = book.add_format({"italic": True, "font_color": "#555555"})
        head = {"bold": True, "bottom": 1, "bg_color": "#eaf4f7", "valign": "bottom", "text_wrap": True}
        self._head = book.add_format(head | {"indent": 1})
        self._number_head = book.add_format(head | {"align": "right"})
        self._text = book.add_format(left)
        self._line = book.add_format(
            {"valign": "top", "indent": 1}
        )  # the last of a row: it may reach over what is right of it
        self._day = book.add_format(left | {"num_format": "dd/mm/yyyy", "align": "left"})
        self._moment = book.add_format(left | {"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
        self._share = book.add_format(base | {"num_format": "0.0%"})
        self._number = book.add_format(base | {"num_format": "#,##0"})
        self._fraction = book.add_format(base | {"num_format": "#,##0.0"})

    def sheet(self, screen: Screen, lines: Sequence[str]) -> None:
        """Writes one sheet."""
        name = NOT_IN_NAMES.sub("-", screen.name)[:NAME_CHARACTERS]
        sheet = self._book.add_worksheet(name)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P/&N")
        sheet.write_string(0, 0, screen.name, self._title)
        for at, line in enumerate(lines, 1):
            sheet.write_string(at, 0, line[:CELL_CHARACTERS], self._note)
        widths = _widths(screen)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        row = len(lines) + 2
        for block in screen.blocks:
            row = self._block(sheet, name, block, row, widths) + 2

    def _block(self, sheet: Any, name: str, block: Block, row: int, widths: Sequence[int]) -> int:
        """Writes a block from `row` on; the row below it."""
        sheet.write_string(row, 0, block.title, self._heading)
        row += 1
        if note := block.note or ("" if block.rows.height else self._nothing):
            sheet.write_string(row, 0, note, self._note)
            row += 1
        if block.rows.is_empty():
            return row
        head = row
        for at, column in enumerate(block.columns):
            numbers = block.rows.schema[column.name].is_numeric()
            sheet.write_string(head, at, column.heading, self._number_head if numbers else self._head)
        sheet.set_row(head, LINE * max(map(_lines, (column.heading for column in block.columns), widths)))
        for at, cells in enumerate(block.rows.select(column.name for column in block.columns).iter_rows(), head + 1):
            high = 1
            for n, (column, cell) in enumerate(zip(block.columns, cells, strict=True)):
                text = _shown(column, cell)
                last = n == len(block.columns) - 1 and not block.chart
                self._cell(sheet, at, n, text, column.name in block.shares, last)
                if isinstance(text, str) and not last:
                    high = max(high, _lines(text, widths[n]))
            if high > 1:
                sheet.set_row(at, LINE * min(high, MOST_LINES))
        below = head + 1 + block.rows.height
        if block.chart:
            sheet.insert_chart(head, len(block.columns) + 1, self._chart(name, block, block.chart, head + 1, below - 1))
            below = max(below, head + CHART_ROWS)
        return below

    def _cell(self, sheet: Any, row: int, at: int, cell: Any, share: bool, last: bool) -> None:
        """Writes a cell as what it is."""
        match cell:
            case None | "":
                return
            case datetime():
                sheet.write_datetime(row, at, cell, self._moment)
            case date():
                sheet.write_datetime(row, at, cell, self._day)
            case int():
                sheet.write_number(row, at, cell, self._share if share else self._number)
            case float():
                if math.isfinite(cell):
                    sheet.write_number(row, at, cell, self._share if share else self._fraction)
            case _:  # never a formula, a link or a number
                sheet.write_string(row, at, cell, self._line if last else self._text)

    def _chart(self, name: str, block: Block, chart: Chart, first: int, last: int) -> Any:
        at = {column.name: n for n, column in enumerate(block.columns)}
        options = {"type": chart.kind} | ({"subtype": "stacked"} if len(chart.of) > 1 and chart.kind != "line" else {})
        drawn = self._book.add_chart(options)
        for colour, series in zip(COLOURS, chart.of, strict=False):
            drawn.add_series(
                {
                    "name": [name, first - 1, at[series]],
                    "categories": [name, first, at[chart.by], last, at[chart.by]],
                    "values": [name, first, at[series], last, at[series]],
                    "fill": {"color": colour},
                    "line": {"color": colour, "width": 2} if chart.kind == "line" else {"none": True},
                    "gap": 60,
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 12, "bold": True}, "overlay": False})
        days = isinstance(block.rows[chart.by].drop_nulls().to_list()[0], date) if block.rows.height else False
        categories: dict[str, Any] = {"date_axis": True, "num_format": "dd/mm"} if days else {}
        values: dict[str, Any] = {"major_gridlines": {"visible": True, "line": {"color": "#d3e0e5"}}, "min": 0}
        if set(chart.of) <= set(block.shares):
            values |= {"num_format": "0%", "max": 1}
        if chart.kind == "bar":
            drawn.set_y_axis(categories | {"reverse": True})
            drawn.set_x_axis(values)
        else:
            drawn.set_x_axis(categories)
            drawn.set_y_axis(values)
        drawn.set_legend({"position": "bottom"} if len(chart.of) > 1 else {"none": True})
        drawn.set_size({"width": CHART_SIZE[0], "height": CHART_SIZE[1]})
        return drawn


def _shown(column: Column, cell: Any) -> Any:
    """A cell as it is shown: codes in words, texts no longer than Excel holds."""
    if isinstance(cell, bool):
        return column.words.get(str(cell), str(cell))
    return column.words.get(cell, cell)[:CELL_CHARACTERS] if isinstance(cell, str) else cell


def _widths(screen: Screen) -> list[int]:
    """How wide each column of the sheet is, so that what stands in it fits, in whichever block. The last column of a
    block has room to the right where no chart is, and then asks for none but its heading's.
    """
    widths: list[int] = []
    for block in screen.blocks:
        for at, column in enumerate(block.columns if block.rows.height else ()):
            fits = max(map(len, column.heading.split()), default=0) + 3
            if at < len(block.columns) - 1 or block.chart:
                fits = max(fits, *(_width(_shown(column, cell)) + 3 for cell in block.rows[column.name].to_list()))
            if at == len(widths):
                widths.append(NARROWEST)
            widths[at] = max(widths[at], min(fits, WIDEST))
    return widths


def _width(cell: Any) -> int:
    match cell:
        case str():
            return max(map(len, cell.splitlines()), default=0)
        case datetime():
            return len("dd/mm/yyyy hh:mm")
        case date():
            return len("dd/mm/yyyy")
        case int() | float():
            return len(f"{cell:,.1f}")
    return 0


def _lines(text: str, width: int) -> int:
    """On how many lines a text stands in a column of that width."""
    return sum(max(1, len(textwrap.wrap(line, max(width - 1, 1)))) for line in text.splitlines() or [""])
