"""A workbook (XLSX) of several sheets, each of several tables below one another, with native charts beside them.

For figures that fit in memory; a table of any size is written by table.py.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import polars as pl
import xlsxwriter

from quetma.documents.table import A4, CELL_CHARACTERS, Column

WIDEST, NARROWEST = 60, 9  # characters
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
        self._book, self._nothing = book, nothing
        self._title = book.add_format({"bold": True, "font_size": 15, "font_color": COLOURS[0]})
        self._heading = book.add_format({"bold": True, "font_size": 12})
        self._note = book.add_format({"italic": True, "font_color": "#555555"})
        self._head = book.add_format(base | {"bold": True, "bottom": 1, "bg_color": "#eaf4f7", "valign": "bottom"})
        self._text = book.add_format(base)
        self._day = book.add_format(base | {"num_format": "dd/mm/yyyy", "align": "left"})
        self._moment = book.add_format(base | {"num_format": "dd/mm/yyyy hh:mm", "align": "left"})
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
        widths: dict[int, int] = {}
        row = len(lines) + 2
        for block in screen.blocks:
            row = self._block(sheet, name, block, row, widths) + 2
        for column, width in widths.items():
            sheet.set_column(column, column, width)

    def _block(self, sheet: Any, name: str, block: Block, row: int, widths: dict[int, int]) -> int:
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
            sheet.write_string(head, at, column.heading, self._head)
            cells = block.rows[column.name].to_list()
            texts = [self._cell(sheet, head + 1 + n, at, column, cell, block) for n, cell in enumerate(cells)]
            fits = max([*map(len, texts), *map(len, column.heading.split())], default=0) + 2
            widths[at] = max(widths.get(at, NARROWEST), min(fits, WIDEST))
        below = head + 1 + block.rows.height
        if block.chart:
            sheet.insert_chart(head, len(block.columns) + 1, self._chart(name, block, block.chart, head + 1, below - 1))
            below = max(below, head + CHART_ROWS)
        return below

    def _cell(self, sheet: Any, row: int, at: int, column: Column, cell: Any, block: Block) -> str:
        """Writes a cell as what it is; the text that its width must fit."""
        match cell:
            case None | "":
                return ""
            case bool():
                text = column.words.get(str(cell), str(cell))
                sheet.write_string(row, at, text, self._text)
                return text
            case datetime():
                sheet.write_datetime(row, at, cell, self._moment)
                return "dd/mm/yyyy hh:mm"
            case date():
                sheet.write_datetime(row, at, cell, self._day)
                return "dd/mm/yyyy"
            case int() | float() if not math.isfinite(cell):
                return ""
            case int() | float():
                share = column.name in block.shares
                shown = self._share if share else self._number if isinstance(cell, int) else self._fraction
                sheet.write_number(row, at, cell, shown)
                return f"{cell:,.1f}"
        text = column.words.get(cell, cell)[:CELL_CHARACTERS]
        sheet.write_string(row, at, text, self._text)  # never a formula, a link or a number
        return max(text.splitlines() or [""], key=len)

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
