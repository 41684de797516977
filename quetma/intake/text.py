"""Text files → tables of text: the encoding, the lines, the cells of each line.

Lines and cells stay text here, so nothing can be lost to a type. `quetma.intake.read` says what a table is.
"""

import contextlib
import csv
import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import polars as pl

from quetma import formulas
from quetma.intake.errors import IntakeError

SEPARATORS = ",;\t|"
HEAD_ROWS = 50  # how far down a header is looked for
RECORD_LINES = 20  # a quoted cell runs over at most so many lines; a longer one is a quote gone wrong
UNREADABLE = "[\x00-\x08\x0e-\x1f\ufffd]"
LINE_MARKS = (b"\x1e", b"\x1f", b"\x1d", b"\x1c")  # control bytes no log holds: used to read whole lines as one cell

Cells = list[str]


class Head(NamedTuple):
    """A record near the top of a table, perhaps its header: its cells, and the index of the line or row below it."""

    cells: Cells
    below: int


def utf8(content: bytes) -> bytes:
    """The file in UTF-8, line ends as `\\n`. Bytes that mean nothing become U+FFFD; their rows are rejected later."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    elif content[1:400:2].count(0) > 100 or (len(content) < 400 and content[1::2].count(0) * 3 > len(content)):
        content = content.decode("utf-16-le", "replace").encode("utf-8", "replace")
    else:
        content = content.removeprefix(b"\xef\xbb\xbf")
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("utf-8", "replace")
            broken = text.count("\ufffd")
            # A damaged UTF-8 file still has far more good Vietnamese letters than broken ones; windows-1258 has none.
            if sum(map(text.count, "ếệọộáàạườđĐấầảờớứíìòóúùăâêôơưãõũĩ")) <= broken:
                text = content.decode("cp1258", "replace")
            content = text.encode("utf-8")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def lines_of(content: bytes) -> pl.Series:
    """Every physical line, blank ones too."""
    mark = next((mark for mark in LINE_MARKS if mark not in content), None)
    if mark is None:
        raise IntakeError("This is not a table of text. Save the log as CSV or XLSX and upload it again.")
    frame = pl.read_csv(
        content, separator=mark.decode(), quote_char=None, has_header=False, infer_schema=False, new_columns=["raw"]
    )
    return frame["raw"].fill_null("")


@dataclass
class TextSource:
    """A text file taken to have this separator."""

    lines: pl.Series
    separator: str
    name: str = ""

    @cached_property
    def head(self) -> list[Head]:
        """The first records of the file."""
        records: list[Head] = []
        top = self.lines.head(HEAD_ROWS).to_list()
        line = 0
        while line < len(top):
            cells, count = _cells(top, line, self.separator)
            line += count
            records.append(Head(cells or [], line))
        return records

    def table(self, header: Head) -> pl.DataFrame:
        """The rows below that record of the head."""
        width = len(trimmed(header.cells))
        below = self.lines.slice(header.below)
        first = header.below + 1
        frame = pl.DataFrame({"line": pl.int_range(first, first + below.len(), eager=True), "raw": below})
        quoted = frame["raw"].str.contains('"', literal=True)
        if not quoted.any():
            return tidy(self._split(frame, width), width)
        quoted_rows, taken = self._quoted(below.to_list(), quoted.arg_true().to_list(), first, width)
        plain = frame.join(taken, on="line", how="anti", maintain_order="left")
        return tidy(pl.concat([self._split(plain, width), quoted_rows]).sort("line"), width)

    def _split(self, frame: pl.DataFrame, width: int) -> pl.DataFrame:
        """Lines without quotes: split at every separator. Empty cells beyond the header are no cells."""
        names = [f"c{i}" for i in range(width)]
        text = pl.col("raw")
        over = text.str.count_matches(self.separator, literal=True).cast(pl.Int64) - (width - 1)
        bare = pl.when(over > 0).then(text.str.strip_chars_end(f"{self.separator} ")).otherwise(text)
        fields = text.str.split_exact(self.separator, width - 1).struct.rename_fields(names)
        short = over < 0
        long = bare.str.count_matches(self.separator, literal=True) > width - 1
        return frame.select(
            "line", "raw", bad=pl.when(short | long).then(pl.lit("bad_row")), cells=fields
        ).unnest("cells")  # fmt: skip

    def _quoted(self, lines: list[str], starts: list[int], first: int, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The records that begin on the lines `starts`, and the numbers of all lines they take up."""
        rows: list[list[object]] = []
        taken: list[int] = []
        free = 0  # lines before this one belong to a record already read: a quoted cell may hold line breaks
        for start in starts:
            if start < free:
                continue
            cells, count = _record(lines, start, self.separator, width)
            free = start + count
            bad = "bad_quote" if cells is None else None if len(cells) == width else "bad_row"
            raw = lines[start] if count == 1 else "\n".join(lines[start:free])
            rows.append([first + start, raw, bad, *((cells or []) + [None] * width)[:width]])
            taken.extend(range(first + start, first + free))
        schema = {"line": pl.Int64} | dict.fromkeys(["raw", "bad", *(f"c{i}" for i in range(width))], pl.String)
        columns = dict(zip(schema, zip(*rows, strict=True), strict=True))
        return pl.DataFrame(columns, schema=schema), pl.DataFrame({"line": taken})


def _record(lines: list[str], start: int, separator: str, width: int) -> tuple[Cells | None, int]:
    """The cells of the record that begins on line `start`, and how many lines it takes; None when its quotes are wrong.

    A record of several lines must have the header's width, and no line inside it may look like a row of its own: else a
    quote was forgotten, and only the line that opened it is rejected, not the good rows below.
    """
    cells, count = _cells(lines, start, separator)
    if cells is not None and count > 1:
        inside = [line for line in lines[start + 1 : start + count - 1] if '"' not in line]
        rows = any(line.count(separator) >= max(width - 1, 1) for line in inside)
        if rows or len(cells) < width or any(cells[width:]):
            return None, 1
    if cells is not None and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    return cells, count


def _cells(lines: list[str], start: int, separator: str) -> tuple[Cells | None, int]:
    """The cells that begin on line `start` and how many lines they take; None when a quote is not closed in time."""
    for count in (1, RECORD_LINES):
        reader = csv.reader((line + "\n" for line in lines[start : start + count]), delimiter=separator, strict=True)
        with contextlib.suppress(csv.Error):
            return [cell.removesuffix("\n") for cell in next(reader)], reader.line_num
    return None, 1


def trimmed(cells: Cells) -> Cells:
    """Without the empty cells at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def tidy(table: pl.DataFrame, width: int) -> pl.DataFrame:
    """Cells without spaces around them, empty ones null; wholly empty rows gone; unreadable and total rows marked."""
    cells = [f"c{i}" for i in range(width)]
    text = pl.col(*cells).str.strip_chars()
    if table["raw"].str.contains("'", literal=True).any():
        text = formulas.unmark(text)
    table = table.with_columns(
        pl.when(text != "").then(text),
        bad=pl.when(pl.col("raw").str.contains(UNREADABLE)).then(pl.lit("bad_text")).otherwise("bad"),
    )
    told = pl.any_horizontal(pl.col(*cells).is_not_null())
    if table["bad"].null_count() < table.height:  # a row that could not be split may say something beyond its cells
        told |= pl.col("bad").is_not_null() & pl.col("raw").str.contains(r"[^\s,;|\"]")
    return table.filter(told)


def is_total(raw: str) -> bool:
    """Whether a row that could not be taken is the table's total: `Tổng cộng: 120`."""
    return (
        bool(re.match(r"[\W\d_]*(tổng|tong|cộng|cong|total)\b", raw, re.IGNORECASE))
        and len(re.findall(r"\w+", raw)) <= 6
    )
