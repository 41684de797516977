"""Bytes of a file → tables of text. Nothing is typed here, so nothing can be lost to a type.

A file gives one or more `Source`s: a text file one for each separator it could have (quetma.intake.text), a workbook
or a web page one for each sheet (quetma.intake.books). `quetma.intake.columns` says which of them is the table. A table
has the columns `line` (1-based, in the file), `raw` (the row as it stands), `bad` (why the row cannot be split into
cells, else null) and the cells `c0`, `c1`, …
"""

import re
from collections.abc import Sequence

import polars as pl

from quetma.intake import books
from quetma.intake.archives import what_is_zipped
from quetma.intake.books import SheetSource
from quetma.intake.errors import IntakeError
from quetma.intake.oldfonts import damaged, old_font
from quetma.intake.text import SEPARATORS, TextSource, joined, lines_of, top_of, utf8

Source = TextSource | SheetSource

SAMPLE_ROWS = 500  # of a table, searched for text in an old font
SAMPLE_BYTES = 1 << 16
MOST_COLUMNS = 500  # with anything in them, in the first rows
MOST_CELLS = 1 << 14  # of a row, empty ones at its end included: as many as Excel has
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# How files that are no tables begin.
NO_TABLES = (
    b"%PDF", b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM\x00", b"RIFF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf",
    b"MZ", b"\x7fELF", b"SQLite format 3", b"PAR1",
)  # fmt: skip


def is_archive(content: bytes) -> bool:
    """Whether these bytes are a ZIP archive of files, not a workbook. Raises `IntakeError` when it is damaged."""
    return content.startswith(ZIP) and what_is_zipped(content) == "archive"


def sources(content: bytes) -> dict[str, Sequence[Source]]:
    """The tables a file may hold: by sheet, the ways in which it can be read; '' is the one table of a text.

    Raises `IntakeError` when it cannot be read at all.
    """
    if not re.search(rb"[^\x00 \t\r\n\xef\xbb\xbf\xff\xfe]", content):
        raise IntakeError("The file is empty. Nothing was changed.")
    if content.startswith(ZIP) and what_is_zipped(content) == "document":
        raise IntakeError("This is a Word document. Copy its table into Excel, save it as XLSX and upload that.")
    if content.startswith((*ZIP, books.OLE)):
        return _by_sheet(books.sheets(content))
    if content.startswith(NO_TABLES):
        raise IntakeError("This is a picture, a PDF or a program, not a table. Upload the log as CSV or XLSX.")
    text = utf8(content)
    as_stored = None
    if b"\x00" not in content[:400] and not _is_utf8(content[:SAMPLE_BYTES]):
        as_stored = content[:SAMPLE_BYTES].decode("latin-1")
    _refuse_letters(text[:SAMPLE_BYTES].decode("utf-8", "replace"), as_stored)
    if books.is_html(text):
        return _by_sheet(books.html_tables(text.decode("utf-8", "replace")))
    if text[:200].lstrip().startswith(b"<?xml"):
        raise IntakeError("This is an XML file. Open it in Excel, save it as XLSX and upload that.")
    top = top_of(text, SAMPLE_ROWS)
    for separator in SEPARATORS:
        bare = top.str.strip_chars_end(f"{separator} ")
        _refuse_width(*(_most(some.str.count_matches(separator, literal=True)) for some in (bare, top)))
    told = re.fullmatch(r'"?sep=([^\w\s"])"?', (top[0] or "").strip())  # Excel's own word for the separator
    separators = dict.fromkeys([*(told[1] if told else ""), *SEPARATORS])
    if not top.str.contains_any(list(separators)).any() and top.str.contains(r"\S {2,}\S").any():
        # Columns aligned with spaces. A row with an empty cell is one cell short, and rejected as such.
        _refuse_width(_most(top.str.count_matches(" {2,}")))
        aligned = lines_of(text).str.strip_chars(" ").str.replace_all(" {2,}", "\t")
        return {"": [TextSource(joined(aligned), "\t")]}
    return {"": [TextSource(text, separator) for separator in separators]}


def _is_utf8(content: bytes) -> bool:
    """Whether the bytes are UTF-8; the last character may be cut off."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(content) - 3
    return True


def _by_sheet(sheets: Sequence[SheetSource]) -> dict[str, Sequence[Source]]:
    if not any(sheet.cells.height for sheet in sheets):
        raise IntakeError("There is no table in the file. Nothing was changed.")
    for sheet in sheets:
        rows = sheet.cells.head(SAMPLE_ROWS)
        _refuse_width(rows.width - rows.null_count().row(0).count(rows.height), rows.width)
        _refuse_letters(" ".join(cell for row in rows.iter_rows() for cell in row if cell))
    return {sheet.name: [sheet] for sheet in sheets}


def _most(counts: pl.Series) -> int:
    return max(counts.to_list(), default=0)


def _refuse_width(columns: int, cells: int = 0) -> None:
    """columns: with anything in them; cells: of a row. Raises `IntakeError` when no log has so many."""
    if columns > MOST_COLUMNS or cells > MOST_CELLS:
        raise IntakeError(
            "The file has more than {most} columns, which no log has. Is it the wrong file, or all of it in one line? "
            "Nothing was changed.",
            most=MOST_COLUMNS,
        )


def _refuse_letters(text: str, as_stored: str | None = None) -> None:
    """`as_stored` as in `old_font`. Raises `IntakeError` when the letters of the text are not what they should be."""
    if damage := damaged(text):
        raise IntakeError(damage)
    table = old_font(text, as_stored)
    if table:
        raise IntakeError(
            "The text is in the old {table} font encoding, which looks right only in fonts such as {font}. Convert it "
            "to Unicode with UniKey (Ctrl+Shift+F6, from {table} to Unicode), save the file, and upload it again.",
            table=table,
            font=".VnTime" if table == "TCVN3" else "VNI-Times",
        )
