"""Bytes of a file → tables of text. Nothing is typed here, so nothing can be lost to a type.

A file gives one or more `Source`s: a text file one for each separator it could have, a workbook one for each sheet.
`quetma.intake.columns` says which of them is the table. A table has the columns `line` (1-based, in the file), `raw`
(the row as it stands), `bad` (why the row cannot be split into cells, else null) and the cells `c0`, `c1`, …
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import fastexcel
import polars as pl

from quetma.intake.errors import IntakeError
from quetma.intake.text import HEAD_ROWS, SEPARATORS, Head, TextSource, lines_of, tidy, trimmed, utf8

UNPACKED_BYTES = 1 << 31  # a workbook that unpacks to more is refused unopened


def sources(content: bytes) -> Sequence["TextSource | SheetSource"]:
    """The tables a file may hold. Raises `IntakeError` when it cannot be read at all."""
    if content.startswith(b"\xd0\xcf\x11\xe0") and "EncryptedPackage".encode("utf-16-le") in content:
        raise IntakeError("The workbook is protected by a password. Save it without one and upload it again.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _sheets(content)
    text = utf8(content)
    if not text.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise IntakeError("The file is empty. Nothing was changed.")
    lines = lines_of(text)
    return [TextSource(lines, separator) for separator in SEPARATORS]


# Workbooks -----------------------------------------------------------------------------------------------------------


def _sheets(content: bytes) -> list["SheetSource"]:
    """Every sheet of a workbook (XLSX, and whatever else the reader knows)."""
    damaged = IntakeError(
        "The workbook is damaged or not a workbook. Open it in Excel, save it again as XLSX and upload that."
    )
    try:
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(part.file_size for part in archive.infolist()) > UNPACKED_BYTES:
                    raise IntakeError("The workbook unpacks to more than 2 GB. Split it into smaller files.")
        book = fastexcel.read_excel(content)
        return [
            SheetSource(book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars(), name)
            for name in book.sheet_names
        ]
    except (IntakeError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the reader's panics on damaged files are not `Exception`s
        raise damaged from error


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

    def table(self, header: Head) -> pl.DataFrame:
        """The rows below that row of the head."""
        width = len(trimmed(header.cells))
        below = self.cells.slice(header.below)
        first = header.below + 1
        raw = pl.concat_str(pl.all().fill_null(""), separator="\t").str.strip_chars_end("\t ")
        lines = pl.int_range(first, first + below.height, eager=True)
        frame = below.select(
            pl.Series("line", lines), raw.alias("raw"), pl.lit(None, pl.String).alias("bad"),
            *(pl.col(name).alias(f"c{i}") for i, name in enumerate(below.columns[:width])),
        )  # fmt: skip
        return tidy(frame, width)
