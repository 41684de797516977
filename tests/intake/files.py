"""Files as people really save them, made for tests: workbooks of every format, archives, text in old encodings."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from quetma.intake import oldfonts

Rows = Sequence[Sequence[Any]]
Merged = Iterable[tuple[int, int, int, int]]  # first row, first column, last row, last column, from 0
FORMS = {datetime: "dd/mm/yyyy hh:mm:ss", date: "dd/mm/yyyy", time: "hh:mm:ss"}


def xlsx(sheets: Mapping[str, Rows], merged: Merged = (), hidden: Iterable[str] = ()) -> bytes:
    """An XLSX of these sheets, dates and times real; `merged` cells on each."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    forms = {kind: book.add_format({"num_format": form}) for kind, form in FORMS.items()}
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                sheet.write(y, x, value, forms.get(type(value)))
        for top, left, bottom, right in merged:
            value = rows[top][left]
            sheet.merge_range(top, left, bottom, right, value, forms.get(type(value)))
        if name in hidden:
            sheet.hide()
    book.close()
    return file.getvalue()


def xls(sheets: Mapping[str, Rows], merged: Merged = ()) -> bytes:
    """The same as a real XLS (BIFF8)."""
    book = xlwt.Workbook()
    forms = {kind: xlwt.easyxf(num_format_str=form) for kind, form in FORMS.items()}
    for name, rows in sheets.items():
        sheet = book.add_sheet(name, cell_overwrite_ok=True)
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                if value is not None:
                    sheet.write(y, x, value, forms.get(type(value), xlwt.Style.default_style))
        for top, left, bottom, right in merged:
            sheet.merge(top, bottom, left, right)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(sheets: Mapping[str, Rows], merged: Merged = ()) -> bytes:
    """The same as an ODS."""
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for y, row in enumerate(rows):
            line = TableRow()
            for x, value in enumerate(row):
                line.addElement(_ods_cell(value, y, x, list(merged)))
            table.addElement(line)
        document.spreadsheet.addElement(table)
    file = io.BytesIO()
    document.write(file)
    return file.getvalue()


def _ods_cell(value: Any, y: int, x: int, merged: list[tuple[int, int, int, int]]) -> Any:
    given: dict[str, Any] = {}
    for top, left, bottom, right in merged:
        if (y, x) == (top, left):
            given = {"numberrowsspanned": bottom - top + 1, "numbercolumnsspanned": right - left + 1}
        elif top <= y <= bottom and left <= x <= right:
            return CoveredTableCell()
    match value:
        case None:
            return TableCell(**given)
        case datetime() | date():
            cell = TableCell(valuetype="date", datevalue=value.isoformat(), **given)
        case time():
            cell = TableCell(valuetype="time", timevalue=value.strftime("PT%HH%MM%SS"), **given)
        case int() | float():
            cell = TableCell(valuetype="float", value=value, **given)
        case _:
            cell = TableCell(valuetype="string", **given)
    cell.addElement(P(text=str(value)))
    return cell


BOOKS = {"xlsx": xlsx, "xls": xls, "ods": ods}


def archive(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as zipped:
        for name, content in members.items():
            zipped.writestr(name, content)
    return file.getvalue()


def cp1258(content: str) -> bytes:
    """Vietnamese as that code page writes it: a letter with its hat or horn, then its tone as another character."""
    out = bytearray()
    for char in content:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            bare = unicodedata.normalize("NFD", char)
            tone = next(c for c in bare if c in oldfonts.TONES)
            out += unicodedata.normalize("NFC", bare.replace(tone, "")).encode("cp1258") + tone.encode("cp1258")
    return bytes(out)


def tcvn3(content: str) -> str:
    """As typed for a font such as .VnTime: one letter of latin-1 for each; capitals with a tone are small ones."""
    letters = {letter: chr(code) for code, letter in oldfonts.TCVN3.items() if letter != "~"}
    text = unicodedata.normalize("NFC", content)
    return "".join(letters.get(letter) or letters.get(letter.lower(), letter) for letter in text)


def vni(content: str) -> str:
    """As typed for a font such as VNI-Times: a vowel, then its marks as another letter."""
    marks = {mark: letter for letter, mark in oldfonts.VNI_MARKS.items()}
    letters = {letter: old for old, letter in oldfonts.VNI_LETTERS.items()}
    out = ""
    for char in unicodedata.normalize("NFC", content):
        low = char.lower()
        bare, *found = unicodedata.normalize("NFD", low)
        tone = "".join(mark for mark in found if mark in oldfonts.TONES)
        hat = "".join(mark for mark in found if mark not in oldfonts.TONES)
        if low in letters or low in "íì":
            old = letters.get(low, low)
        elif hat == "\u031b":  # the horn is a letter of its own
            old = letters[unicodedata.normalize("NFC", bare + hat)] + (marks[tone] if tone else "")
        else:
            old = bare + marks[hat + tone] if found else low
        out += old.upper() if char.isupper() else old
    return out
