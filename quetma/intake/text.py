"""Text files → tables of text: the encoding, the lines, the cells of each line.

Lines and cells stay text here, so nothing can be lost to a type. `quetma.intake.read` says what a table is.
"""

import contextlib
import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import polars as pl

from quetma import formulas
from quetma.intake.errors import IntakeError

SEPARATORS = ",;\t|"
HEAD_ROWS = 50  # how far down a header is looked for
PIECE_BYTES = 16 << 20  # of a large file are read at a time
CHECK_BYTES = 1 << 20
CUT_LINES = 200  # among so many lines one is looked for before which a file can be cut
RECORD_LINES = 20  # a quoted cell runs over at most so many lines; a longer one is a quote gone wrong
READABLE = bytes(byte for byte in range(256) if byte >= 32 or 9 <= byte <= 13)
REPLACED = "\ufffd".encode()
UNREADABLE = "[\x00-\x08\x0e-\x1f\ufffd]"
LINE_MARKS = (b"\x1e", b"\x1f", b"\x1d", b"\x1c")  # control bytes no log holds: used to read whole lines as one cell

Cells = list[str]


class Head(NamedTuple):
    """A record near the top of a table, perhaps its header: its cells, and the index of the line or row below it."""

    cells: Cells
    below: int


def utf8(content: bytes) -> bytes:
    """The file in UTF-8, line ends as `\\n` or `\\r\\n`. Bytes that mean nothing become U+FFFD; their rows are
    rejected later.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    elif _every_other_is_nothing(content[1:400:2]):
        content = content.decode("utf-16-le", "replace").encode("utf-8", "replace")
    elif _every_other_is_nothing(content[:400:2]):
        content = content.decode("utf-16-be", "replace").encode("utf-8", "replace")
    else:
        content = content.removeprefix(b"\xef\xbb\xbf")
        if not _is_utf8(content):
            text = content.decode("utf-8", "replace")
            broken = text.count("\ufffd")
            # A damaged UTF-8 file still has far more good Vietnamese letters than broken ones; windows-1258 has none.
            if sum(map(text.count, "ếệọộáàạườđĐấầảờớứíìòóúùăâêôơưãõũĩ")) <= broken:
                text = content.decode("cp1258", "replace")
            content = text.encode("utf-8")
    if b"\r" in content and content.count(b"\r") > content.count(b"\r\n"):
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content


def _every_other_is_nothing(bytes_: bytes) -> bool:
    """Whether these, every other byte of a file's beginning, are as UTF-16 has them: most of them zero."""
    return bytes_.count(0) > min(100, len(bytes_) * 2 / 3)


def _is_utf8(content: bytes) -> bool:
    """Whether these bytes are UTF-8, as decode would tell but ten times as quickly; in parts, to keep memory small."""
    start = 0
    while start < len(content):
        stop = _after_lines(content, start + CHECK_BYTES, 1)
        try:
            pl.Series([content[start:stop]], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.ComputeError:
            return False
        start = stop
    return True


def lines_of(content: bytes) -> pl.Series:
    """Every physical line, blank ones too, without its end."""
    mark = next((mark for mark in LINE_MARKS if mark not in content), None)
    if mark is None:
        raise IntakeError("This is not a table of text. Save the log as CSV or XLSX and upload it again.")
    return _split(content, mark.decode(), 1)["c0"].fill_null("")


def top_of(content: bytes, count: int) -> pl.Series:
    """The first `count` physical lines."""
    return lines_of(content[: _after_lines(content, 0, count)])


def _after_lines(content: bytes, start: int, count: int) -> int:
    """Where the line begins that comes so many line ends after byte `start`."""
    for _ in range(count):
        start = content.find(b"\n", start) + 1
        if not start:
            return len(content)
    return start


def _split(content: bytes, separator: str, width: int, quote: str | None = None) -> pl.DataFrame:
    """The first `width` cells of every line, c0, c1, …; null where there is none or nothing in it.

    Without `quote` a quotation mark is a letter like any other.
    """
    return pl.read_csv(
        content, separator=separator, quote_char=quote, has_header=False,
        schema=dict.fromkeys((f"c{i}" for i in range(width)), pl.String),
        extra_columns="ignore", missing_columns="insert", raise_if_empty=False,
    )  # fmt: skip


def joined(lines: pl.Series) -> bytes:
    """The lines as a file."""
    return lines.str.join("\n").cast(pl.Binary).item() + b"\n" if not lines.is_empty() else b""


@dataclass
class TextSource:
    """A text file taken to have this separator."""

    content: bytes
    separator: str
    name: str = ""

    @cached_property
    def head(self) -> list[Head]:
        """The first records of the file."""
        records: list[Head] = []
        top = top_of(self.content, HEAD_ROWS).to_list()
        line = 0
        while line < len(top):
            cells, count = _cells(top, line, self.separator)
            line += count
            records.append(Head(cells or [], line))
        return records

    def pieces(self, header: Head) -> list[Callable[[], pl.DataFrame]]:
        """The rows below that record of the head, in pieces that can be read side by side: no record runs over from one
        into the next.
        """
        width = len(trimmed(header.cells))
        start, skipped = _after_lines(self.content, 0, header.below), header.below
        found: list[Callable[[], pl.DataFrame]] = []
        while start < len(self.content) or not found:
            stop = self._cut(start + PIECE_BYTES, width)
            found.append(partial(self._piece, start, stop, skipped, width))
            skipped += self.content.count(b"\n", start, stop)
            start = stop
        return found

    def _cut(self, near: int, width: int) -> int:
        """Where a line begins, at that byte or later, over which no record can run: a record is no longer than
        `RECORD_LINES`, and so many lines before it are records of their own.
        """
        while near < len(self.content):
            begin = _after_lines(self.content, near, 1)
            near = _after_lines(self.content, begin, CUT_LINES)
            lines = lines_of(self.content[begin:near])
            alone = ~lines.str.contains('"', literal=True) | self._regular(lines, width)
            enough = alone.cast(pl.UInt8).rolling_sum(RECORD_LINES) == RECORD_LINES
            found = enough.fill_null(False).arg_true()
            if not found.is_empty():
                return _after_lines(self.content, begin, found[0] + 1)
        return len(self.content)

    def _piece(self, start: int, stop: int, skipped: int, width: int) -> pl.DataFrame:
        """The rows between these bytes; above them are `skipped` lines."""
        content = self.content[start:stop]
        if not content:
            return tidy(pl.DataFrame(schema=_schema(width)), width)
        lines = lines_of(content)
        frame = self._plain(content, lines, skipped, width)
        quoted = lines.str.contains('"', literal=True)
        if quoted.any():
            # Most lines with quotes are records of their own. The others, few, are read one by one: where a quoted cell
            # runs over several lines, those lines are no records, whatever they look like.
            some = frame.select("line", "raw").filter(quoted)
            regular = self._regular(some["raw"], width)
            odd, inside = self._odd(lines, some["line"].filter(~regular) - skipped - 1, skipped, width)
            frame = _put(frame, pl.concat([self._quoted(some.filter(regular), width), odd]), skipped)
            if inside:
                frame = frame.filter(~pl.col("line").is_in(inside))
        return tidy(frame, width, readable=not content.translate(None, READABLE) and REPLACED not in content)

    def _plain(self, content: bytes, lines: pl.Series, skipped: int, width: int) -> pl.DataFrame:
        """Every line as if it held no quotes: split at each separator. Empty cells beyond the header are no cells."""
        cells = _split(content, self.separator, width)
        bad = pl.repeat(None, lines.len(), dtype=pl.String, eager=True)
        # A line is as long as its cells and the separators between them, unless it has more or fewer than the header.
        told = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().fill_null(0).cast(pl.Int64))).to_series()
        unlike = (lines.str.len_bytes() != told + (width - 1)).arg_true()
        if not unlike.is_empty():
            some = lines.gather(unlike)
            separators = some.str.count_matches(self.separator, literal=True)
            bare = some.str.strip_chars_end(f"{self.separator} ").str.count_matches(self.separator, literal=True)
            bad = bad.scatter(unlike.filter((separators < width - 1) | (bare > width - 1)), "bad_row")
        numbers = pl.int_range(skipped + 1, skipped + 1 + lines.len(), eager=True)
        return pl.DataFrame({"line": numbers, "raw": lines, "bad": bad}).hstack(cells)

    def _regular(self, lines: pl.Series, width: int) -> pl.Series:
        """Whether a line is a record of its own, with every quote where it belongs and as many cells as the header."""
        field = f"""(?:[^"{self.separator}]*|"(?:[^"]|"")*")"""
        closed = lines.str.contains(f"^{field}(?:{re.escape(self.separator)}{field})*$")
        outside = lines.str.replace_all('"[^"]*"', "")
        return closed & (outside.str.count_matches(self.separator, literal=True) == width - 1)

    def _quoted(self, lines: pl.DataFrame, width: int) -> pl.DataFrame:
        """The cells of regular lines. lines: line, raw."""
        return lines.with_columns(bad=pl.lit(None, pl.String)).hstack(
            _split(joined(lines["raw"]), self.separator, width, '"')
        )

    def _odd(self, below: pl.Series, starts: pl.Series, skipped: int, width: int) -> tuple[pl.DataFrame, list[int]]:
        """The records that begin on the lines `starts`, and the numbers of the further lines that they take up."""
        rows: list[list[object]] = []
        inside: list[int] = []
        free = 0  # lines before this one belong to a record already read: a quoted cell may hold line breaks
        base, near = 0, list[str]()  # some lines as a list, and the index of the first of them
        for start in starts:
            if start < free:
                continue
            if start + RECORD_LINES > base + len(near):
                base, near = start, below.slice(start, 3 * RECORD_LINES).to_list()
            cells, count = _record(near, start - base, self.separator, width)
            free = start + count
            bad = "bad_quote" if cells is None else None if len(cells) == width else "bad_row"
            raw = "\n".join(near[start - base : free - base])
            line = skipped + 1 + start
            rows.append([line, raw, bad, *((cells or []) + [None] * width)[:width]])
            inside.extend(range(line + 1, line + count))
        return pl.DataFrame(rows, schema=_schema(width), orient="row"), inside


def _put(frame: pl.DataFrame, rows: pl.DataFrame, skipped: int) -> pl.DataFrame:
    """`frame`, one row a line, with these rows in the place of those of the same `line`."""
    at = rows["line"] - skipped - 1
    return frame.with_columns(column.scatter(at, rows[column.name]) for column in frame.iter_columns())


def _schema(width: int) -> dict[str, type[pl.DataType]]:
    """The columns of a table of that many cells."""
    return {"line": pl.Int64} | dict.fromkeys(["raw", "bad", *(f"c{i}" for i in range(width))], pl.String)


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
        if count > 1 and not any('"' in line for line in lines[start + 1 : start + count]):
            break  # nothing closes the quote
        reader = csv.reader((line + "\n" for line in lines[start : start + count]), delimiter=separator, strict=True)
        with contextlib.suppress(csv.Error):
            return [cell.removesuffix("\n") for cell in next(reader)], reader.line_num
    return None, 1


def trimmed(cells: Cells) -> Cells:
    """Without the empty cells at the end."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def tidy(table: pl.DataFrame, width: int, readable: bool = False) -> pl.DataFrame:
    """Cells without spaces around them, empty ones null; wholly empty rows gone; unreadable rows marked, unless it is
    known that all are `readable`.
    """
    cells = [f"c{i}" for i in range(width)]
    text = pl.col(*cells)
    bare = text.str.strip_chars()
    if table["raw"].str.contains(formulas.MARKED).any():
        bare = formulas.unmark(bare)
    table = table.with_columns(bare).with_columns(pl.when(text != "").then(text))
    if not readable:
        unreadable = pl.col("raw").str.contains(UNREADABLE)
        table = table.with_columns(bad=pl.when(unreadable).then(pl.lit("bad_text")).otherwise("bad"))
    told = pl.any_horizontal(pl.col(*cells).is_not_null())
    if table["bad"].null_count() < table.height:  # a row that could not be split may say something beyond its cells
        told |= pl.col("bad").is_not_null() & pl.col("raw").str.contains(r"[^\s,;|\"]")
    kept = table.select(told).to_series()
    return table if kept.all() else table.filter(kept)
