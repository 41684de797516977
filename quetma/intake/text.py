"""Text files → tables of text: the encoding, the lines, the cells of each line.

Lines and cells stay text here, so nothing can be lost to a type. `quetma.intake.read` says what a table is.
"""

import contextlib
import csv
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from quetma import formulas
from quetma.intake.errors import IntakeError

SEPARATORS = ",;\t|"
HEAD_ROWS = 50  # how far down a header is looked for
PIECE_BYTES = 20 << 20  # of a large file are read at a time, at most
CHECK_BYTES = 1 << 20
CUT_LINES = 200  # among so many lines one is looked for before which a file can be cut
RECORD_LINES = 20  # a quoted cell runs over at most so many lines; a longer one is a quote gone wrong
NEWLINE = ord("\n")
REPLACED = "\ufffd".encode()  # its first byte begins no letter of Vietnamese, and is found much faster
UNREADABLE = "[\x00-\x08\x0e-\x1f\ufffd]"
LINE_MARKS = (b"\x1e", b"\x1f", b"\x1d", b"\x1c")  # control bytes no log holds: used to read whole lines as one cell

Cells = list[str]


Texts = Callable[[pl.Series], pl.Series]  # the rows of these indexes as they stand in the file


@dataclass(frozen=True)
class Piece:
    """Some rows of a table. frame: line (1-based, in the file), bad (why the row cannot be split into cells, else null)
    and the cells c0, c1, … as they stand; `tidied` makes values of them. Few rows are ever asked for as they stand.
    """

    frame: pl.DataFrame
    texts: Texts

    def raw(self, rows: pl.Series | None = None) -> pl.Series:
        """The rows of these indexes, or all, as they stand in the file."""
        every = pl.int_range(self.frame.height, eager=True)
        return self.texts(every if rows is None else rows).alias("raw")


class Head(NamedTuple):
    """A record near the top of a table, perhaps its header: its cells, and the index of the line or row below it."""

    cells: Cells
    below: int


def utf8(content: bytes) -> bytes:
    """The file in UTF-8, line ends as `\\n` or `\\r\\n`. Bytes that mean nothing become U+FFFD; their rows are
    rejected later.
    """
    if content.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        content = content.decode("utf-32", "replace").encode("utf-8", "replace")
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
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
    """Whether these bytes are UTF-8, as decode would tell but thirty times as quickly, and without a copy."""
    one = pa.array([0, len(content)], pa.int64()).buffers()[1]
    whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, one, pa.py_buffer(content)])
    try:
        pl.Series(whole).cast(pl.String)
    except pl.exceptions.ComputeError:
        return False
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

    def pieces(self, header: Head) -> Iterator[Callable[[], Piece]]:
        """The rows below that record of the head, in pieces that can be read side by side: no record runs over from one
        into the next. At least one.
        """
        width = len(trimmed(header.cells))
        start, skipped = _after_lines(self.content, 0, header.below), header.below
        # As many for the one reader as for the other, all alike; of a small file there is little to share.
        size = len(self.content) - start
        pieces = 2 * math.ceil(size / (2 * PIECE_BYTES)) if size > PIECE_BYTES // 8 else 1
        while True:
            stop = self._cut(start + math.ceil(size / pieces), width)
            yield partial(self._piece, start, stop, skipped, width)
            if stop == len(self.content):
                return
            skipped += int(np.count_nonzero(_letters(self.content, start, stop) == NEWLINE))
            start = stop

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

    def _piece(self, start: int, stop: int, skipped: int, width: int) -> Piece:
        """The rows between these bytes; above them are `skipped` lines."""
        if start == stop:
            return Piece(pl.DataFrame(schema=_schema(width)), lambda rows: pl.Series(dtype=pl.String))
        lines = _Lines(self.content, start, stop)
        quoted = lines.holding(ord('"'))
        odd, inside = pl.DataFrame(schema={"raw": pl.String} | _schema(width)), list[int]()
        if not quoted.is_empty():
            # Most lines with quotes are records of their own. The others, few, are read one by one: where a quoted cell
            # runs over several lines, those lines are no records, whatever they look like.
            regular = self._regular(lines.texts(quoted), width)
            odd, inside = self._odd(lines, quoted.filter(~regular), width)
        content = lines.without(sorted([*odd["line"], *inside]))
        cells = _split(content, self.separator, width, None if quoted.is_empty() else '"')
        bad = self._unlike(cells, lines, quoted, width)
        if not odd.is_empty():
            bad = bad.scatter(odd["line"], odd["bad"])
            told = [name for name in cells.columns if name == "c0" or odd[name].null_count() < odd.height]
            cells = cells.with_columns(cells[name].scatter(odd["line"], odd[name]) for name in told)
        frame = pl.DataFrame({"line": pl.int_range(lines.count, eager=True), "bad": bad}).hstack(cells)
        if inside:
            frame = frame.filter(~pl.col("line").is_in(inside))
        index, longer = frame["line"], odd.select("line", "raw").drop_nulls("raw")
        frame = frame.with_columns(pl.col("line") + (skipped + 1))
        return piece(frame, lambda rows: lines.texts(index.gather(rows), longer), lines.readable)

    def _unlike(self, cells: pl.DataFrame, lines: "_Lines", quoted: pl.Series, width: int) -> pl.Series:
        """bad_row for the lines that have more or fewer cells than the header. Empty ones beyond it are no cells."""
        # A line is as long as its cells and the separators between them; with quotes it is known to be regular, or odd.
        told = cells.select(pl.sum_horizontal(pl.all().str.len_bytes().fill_null(0))).to_series()
        unlike = lines.lengths != told.to_numpy() + (width - 1)
        unlike[quoted.to_numpy()] = False
        bad = pl.repeat(None, cells.height, dtype=pl.String, eager=True)
        at = pl.Series(unlike).arg_true()
        if at.is_empty():
            return bad
        some = lines.texts(at)
        separators = some.str.count_matches(self.separator, literal=True)
        bare = some.str.strip_chars_end(f"{self.separator} ").str.count_matches(self.separator, literal=True)
        return bad.scatter(at.filter((separators < width - 1) | (bare > width - 1)), "bad_row")

    def _regular(self, lines: pl.Series, width: int) -> pl.Series:
        """Whether a line is a record of its own, with every quote where it belongs and as many cells as the header."""
        field = f"""(?:[^"{self.separator}]*|"(?:[^"]|"")*")"""
        closed = lines.str.contains(f"^{field}(?:{re.escape(self.separator)}{field})*$")
        outside = lines.str.replace_all('"[^"]*"', "")
        return closed & (outside.str.count_matches(self.separator, literal=True) == width - 1)

    def _odd(self, lines: "_Lines", starts: pl.Series, width: int) -> tuple[pl.DataFrame, list[int]]:
        """The records that begin on the lines `starts`: line (an index), raw (null when it is that line alone), bad and
        the cells. And the further lines that they take up.
        """
        rows: list[list[object]] = []
        inside: list[int] = []
        free = 0  # lines before this one belong to a record already read: a quoted cell may hold line breaks
        for start in starts:
            if start < free:
                continue
            near = lines.between(start, start + 2)  # nearly always enough to see that a quote was forgotten
            cells, count = _record(near[:1], 0, self.separator, width)
            if cells is None and not (near[1:] and _is_row(near[1], self.separator, width)):
                near = lines.between(start, start + RECORD_LINES)
                cells, count = _record(near, 0, self.separator, width)
            free = start + count
            bad = "bad_quote" if cells is None else None if len(cells) == width else "bad_row"
            raw = "\n".join(near[:count]) if count > 1 else None
            rows.append([raw, start, bad, *((cells or []) + [None] * width)[:width]])
            inside.extend(range(start + 1, free))
        return pl.DataFrame(rows, schema={"raw": pl.String} | _schema(width), orient="row"), inside


def _letters(content: bytes, start: int, stop: int) -> np.ndarray:
    """These bytes as numbers: looked through like this they keep no other thread from its work."""
    return np.frombuffer(content, np.uint8, stop - start, start)


class _Lines:
    """The physical lines of a piece of a file, by their index: where each begins and ends, without its line end."""

    def __init__(self, whole: bytes, start: int, stop: int) -> None:
        self.whole, self.start, self.stop = whole, start, stop
        self.letters = letters = _letters(whole, start, stop)
        ends = np.flatnonzero(letters == NEWLINE).astype(np.uint32)
        if letters[-1] != NEWLINE:
            ends = np.append(ends, np.uint32(len(letters)))
        self.count = len(ends)
        self.begins = np.append(np.zeros(1, np.uint32), ends[:-1] + np.uint32(1))
        ends -= (letters[np.maximum(ends, 1) - 1] == ord("\r")) & (ends > self.begins)
        self.ends = ends

    @property
    def readable(self) -> bool:
        """Whether no byte is a control one, and no letter one that could not be read."""
        for at in range(0, len(self.letters), CHECK_BYTES):
            some = self.letters[at : at + CHECK_BYTES]
            if some.min() < 9 or (some - 14 < 18).any():  # below 14 it wraps around
                return False
        return self._lacks(REPLACED[:1]) or self._lacks(REPLACED)

    def _lacks(self, letters: bytes) -> bool:
        return self.whole.find(letters, self.start, self.stop) < 0

    @property
    def lengths(self) -> np.ndarray:
        """How many bytes each line has."""
        return self.ends - self.begins

    def holding(self, letter: int) -> pl.Series:
        """The lines with this letter."""
        if self._lacks(bytes([letter])):
            return pl.Series(dtype=pl.UInt32)
        found = np.flatnonzero(self.letters == letter)
        return pl.Series(np.unique(np.searchsorted(self.begins, found, side="right") - 1), dtype=pl.UInt32)

    def texts(self, lines: pl.Series, instead: pl.DataFrame | None = None) -> pl.Series:
        """These lines as texts, or what is the `raw` of a line in the frame `instead`."""
        # All lines as they lie in the file, none copied; of these, then, the texts.
        offsets = np.append(self.begins, len(self.letters)).astype(np.int64)
        whole = pa.py_buffer(self.whole)[self.start : self.stop]
        every = pa.Array.from_buffers(pa.large_string(), self.count, [None, pa.py_buffer(offsets), whole])
        texts = pl.Series(every.take(lines.to_arrow()), dtype=pl.String).str.strip_suffix("\n").str.strip_suffix("\r")
        if instead is None or instead.is_empty():
            return texts
        other = lines.to_frame("line").join(instead, on="line", how="left", maintain_order="left")["raw"]
        return other.zip_with(other.is_not_null(), texts)

    def between(self, first: int, stop: int) -> list[str]:
        """The lines from the first to before the last as texts."""
        spans = zip(self.begins[first:stop].tolist(), self.ends[first:stop].tolist(), strict=True)
        return [self.whole[self.start + begin : self.start + end].decode() for begin, end in spans]

    def without(self, lines: list[int]) -> bytes:
        """The piece with nothing but spaces on these lines, ascending."""
        parts, at, view = list[bytes | memoryview](), self.start, memoryview(self.whole)
        for begin, end in zip(self.begins[lines].tolist(), self.ends[lines].tolist(), strict=True):
            parts += [view[at : self.start + begin], b" " * (end - begin)]
            at = self.start + end
        return b"".join([*parts, view[at : self.stop]])


def _schema(width: int) -> dict[str, type[pl.DataType]]:
    """The columns of a piece of that many cells."""
    return {"line": pl.Int64} | dict.fromkeys(["bad", *(f"c{i}" for i in range(width))], pl.String)


def _record(lines: list[str], start: int, separator: str, width: int) -> tuple[Cells | None, int]:
    """The cells of the record that begins on line `start`, and how many lines it takes; None when its quotes are wrong.

    A record of several lines must have the header's width, and no line inside it may look like a row of its own: else a
    quote was forgotten, and only the line that opened it is rejected, not the good rows below.
    """
    cells, count = _cells(lines, start, separator)
    if cells is not None and count > 1:
        inside = lines[start + 1 : start + count - 1]
        if any(_is_row(line, separator, width) for line in inside) or len(cells) < width or any(cells[width:]):
            return None, 1
    if cells is not None and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    return cells, count


def _is_row(line: str, separator: str, width: int) -> bool:
    """Whether a line looks like a row of its own, and cannot be the last one of a quoted cell."""
    return '"' not in line and line.count(separator) >= max(width - 1, 1)


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
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def tidied(cells: pl.Series) -> pl.Series:
    """Cells without spaces around them, empty ones null; `'=1` is `=1` again."""
    bare = cells.str.strip_chars().to_frame()
    if bare.to_series().str.contains("'", literal=True).any():
        bare = bare.select(formulas.unmark(pl.all()))
    return bare.select(pl.when(pl.all() != "").then(pl.all())).to_series()


def piece(frame: pl.DataFrame, texts: Texts, readable: bool = False) -> Piece:
    """These rows (line, bad, cells) without the wholly empty ones; unreadable ones marked, unless it is known that all
    are `readable`.
    """
    if not readable:
        raw = Piece(frame, texts).raw()
        frame = frame.with_columns(bad=pl.when(raw.str.contains(UNREADABLE)).then(pl.lit("bad_text")).otherwise("bad"))
    empty = _empty(frame, texts)
    if empty.is_empty():
        return Piece(frame, texts)
    kept = pl.repeat(True, frame.height, eager=True).scatter(empty, False).arg_true()
    return Piece(frame.select(pl.all().gather(kept)), lambda rows: texts(kept.gather(rows)))


def _empty(frame: pl.DataFrame, texts: Texts) -> pl.Series:
    """The indexes of the rows that say nothing."""
    rest = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    cells = [name for name in frame.columns if name not in ("line", "bad")]
    for name in cells:  # in nearly every row one of the first cells begins with a letter or digit
        column = frame[name] if rest.len() == frame.height else frame[name].gather(rest)
        rest = rest.filter(~column.is_between(pl.lit("!"), pl.lit("~")).fill_null(False))
        if rest.is_empty():
            return rest
    told = pl.repeat(False, rest.len(), eager=True)
    for name in cells:
        told |= tidied(frame[name].gather(rest)).is_not_null()
    bad = frame["bad"].gather(rest).is_not_null()
    if bad.any():  # a row that could not be split may say something beyond its cells
        told |= bad & texts(rest).str.contains(r"[^\s,;|\"]")
    return rest.filter(~told)
