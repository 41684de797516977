"""An official document as DOCX, to be worked on in Word; the same content and layout as the PDF, charts as pictures."""

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Emu, Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Words
from PIL import ImageFont

from quetma.documents.official import pdf
from quetma.documents.official.fonts import FONTS
from quetma.documents.official.paper import (
    KEPT_TOGETHER,
    Chart,
    Frame,
    Heading,
    Paper,
    Paragraph,
    Table,
    frame,
    keywords,
    shown,
)

FONT = "Times New Roman"
LEFT, RIGHT, EDGE = Mm(30), Mm(15), Mm(20)
ALIGN = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}
LONGEST = 255  # characters of a core property


def docx(paper: Paper) -> bytes:
    """The file, with its metadata; the same bytes for the same paper."""
    document, words = Document(), frame(paper)
    _set_up(document)
    _head(document, words)
    last = len(paper.body) - 1
    for at, block in enumerate(paper.body):
        _block(document, block, Mm(165), last=at == last)
    _foot(document, words)
    for head, appendix in zip(words.appendix_heads, paper.appendices, strict=True):
        section = document.add_section(WD_SECTION.NEW_PAGE)
        _lay_out(section, appendix.landscape)
        _restart_numbers(section)
        centred(document.add_paragraph(head, style="Heading 1"), indent=False)
        centred(document.add_paragraph(), shown(appendix.title.upper()), bold=True)
        centred(document.add_paragraph(), words.with_document, size=13, italic=True).paragraph_format.space_after = Pt(
            9
        )
        for block in appendix.blocks:
            _block(document, block, Mm(252 if appendix.landscape else 165))
    _describe(document, paper)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


# The page -------------------------------------------------------------------------------------------------------------


def _set_up(document: DocumentObject) -> None:
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _font(normal, 14)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    layout = normal.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for level in (1, 2):
        heading = document.styles[f"Heading {level}"]
        assert isinstance(heading, ParagraphStyle)
        _font(heading, 14, bold=True)
        layout = heading.paragraph_format
        layout.space_before, layout.space_after = Pt(10), Pt(6)
        layout.first_line_indent, layout.keep_with_next = Mm(12.7), True
    _lay_out(document.sections[0], landscape=False)


def _font(style: ParagraphStyle, size: int, bold: bool = False) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, False
    font.color.rgb = None
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), FONT)
    for colour in style.element.rPr.findall(qn("w:color")):
        style.element.rPr.remove(colour)


def _lay_out(section: Section, landscape: bool) -> None:
    """A4, the margins of the decree, the page's number in the middle of the top margin but on the first."""
    width, height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = LEFT, RIGHT, EDGE, EDGE
    section.header_distance = Mm(9)
    section.different_first_page_header_footer = True
    header = section.header
    header.is_linked_to_previous = False
    place = header.paragraphs[0]
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = place.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            part.text = text
        else:
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _restart_numbers(section: Section) -> None:
    number = OxmlElement("w:pgNumType")
    number.set(qn("w:start"), "1")
    section._sectPr.append(number)


def _describe(document: DocumentObject, paper: Paper) -> None:
    core = document.core_properties
    title = f"{paper.type}: {paper.subject}" if paper.type else paper.subject
    core.title, core.subject = shown(title)[:LONGEST], shown(paper.subject)[:LONGEST]
    core.author = core.last_modified_by = shown(paper.agency.name)[:LONGEST]
    core.keywords = shown("; ".join(keywords(paper)))[:LONGEST]
    core.category, core.language = shown(paper.type)[:LONGEST], "vi-VN"
    core.created = core.modified = paper.made_at
    core.comments = ""


# Head and foot --------------------------------------------------------------------------------------------------------


def _head(document: DocumentObject, words: Frame) -> None:
    left, right = Mm(73), Mm(92)
    table = _bare(document, (left, right), 2)
    agency, nation, number, place = (table.cell(row, column) for row in (0, 1) for column in (0, 1))
    if words.parent:
        centred(agency.paragraphs[0], words.parent, size=12)
        centred(agency.add_paragraph(), words.agency, size=12, bold=True)
    else:
        centred(agency.paragraphs[0], words.agency, size=12, bold=True)
    _rule(agency.paragraphs[-1], words.agency, left, 0.4, bold=True, size=12)
    centred(nation.paragraphs[0], words.nation, size=12, bold=True)
    motto = centred(nation.add_paragraph(), words.motto, size=13, bold=True)
    _rule(motto, words.motto, right, 1, bold=True, size=13)
    centred(number.paragraphs[0], words.symbol, size=13, above=6)
    if not words.type:
        centred(number.add_paragraph(), words.subject, size=12, above=6)
    centred(place.paragraphs[0], words.place_and_date, size=13, italic=True, above=6)
    if words.type:
        centred(document.add_paragraph(), words.type, bold=True, above=12)
        subject = centred(document.add_paragraph(), words.subject, bold=True)
        _rule(subject, words.subject, Mm(165), 0.4, bold=True)
    if words.to and not words.addressees:
        centred(document.add_paragraph(), words.to, above=12)
    elif words.to:
        _written(document.add_paragraph(), words.to, above=12).paragraph_format.left_indent = Mm(30)
        for line in words.addressees:
            _written(document.add_paragraph(), line, above=3).paragraph_format.left_indent = Mm(52)
    gap = document.add_paragraph()
    gap.paragraph_format.line_spacing = Pt(6)


def _foot(document: DocumentObject, words: Frame) -> None:
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    table = _bare(document, (Mm(82), Mm(83)), 1)
    to, signed = table.cell(0, 0), table.cell(0, 1)
    _written(to.paragraphs[0], words.recipients_head, size=12, bold=True, italic=True)
    for line in words.recipients:
        _written(to.add_paragraph(), line, size=11)
    first = signed.paragraphs[0]
    if words.authority:
        centred(first, words.authority, bold=True)
        first = signed.add_paragraph()
    centred(first, words.title, bold=True)
    for _ in range(4):
        signed.add_paragraph()
    centred(signed.add_paragraph(), words.signer, bold=True)


def _bare(document: DocumentObject, widths: tuple[Length, ...], rows: int) -> Any:
    """A table without lines, which only lays out; no row of it is broken over two pages."""
    table = document.add_table(rows, len(widths))
    table.autofit = False
    _margins(table, Mm(0), Mm(0))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    return table


# Blocks ---------------------------------------------------------------------------------------------------------------


def _block(document: DocumentObject, block: Any, width: Length, last: bool = False) -> None:
    match block:
        case Heading():
            document.add_paragraph(shown(block.text), style=f"Heading {block.level}")
        case Paragraph():
            place = _written(document.add_paragraph(), shown(block.text), italic=block.basis, above=6)
            place.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
            place.paragraph_format.first_line_indent = Mm(12.7)
            place.paragraph_format.keep_with_next = last
        case Table():
            if block.title:
                place = centred(document.add_paragraph(), shown(block.title), size=13, bold=True, above=9)
                place.paragraph_format.space_after, place.paragraph_format.keep_with_next = Pt(3), True
            _table(document, block, width)
            document.add_paragraph().paragraph_format.line_spacing = Pt(6)
        case Chart():
            place = document.add_paragraph()
            place.alignment = WD_ALIGN_PARAGRAPH.CENTER
            place.paragraph_format.space_before, place.paragraph_format.keep_with_next = Pt(9), True
            drawing = place.add_run().add_picture(io.BytesIO(pdf.picture(block)), width=Mm(160))
            properties = drawing._inline.docPr
            properties.set("descr", shown(block.said))
            properties.set("title", shown(block.title))
            centred(document.add_paragraph(), shown(block.title), size=13, bold=True).paragraph_format.space_after = Pt(
                6
            )


def _table(document: DocumentObject, block: Table, width: Length) -> None:
    table = document.add_table(0, len(block.heads), style="Table Grid")
    table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
    _margins(table, Mm(0.8), Mm(1.2))
    widths = [Emu(int(width * part / sum(block.widths))) for part in block.widths]
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    together = len(block.rows) <= KEPT_TOGETHER
    head = _row(table, block.heads, widths, "c" * len(widths), bold=True, stays=True)
    head.append(OxmlElement("w:tblHeader"))
    for texts in block.rows:
        _row(table, texts, widths, block.align, stays=together and texts is not block.rows[-1])


def _row(
    table: Any, texts: Sequence[str], widths: Sequence[Length], align: str, *, stays: bool, bold: bool = False
) -> Any:
    """A row with these texts, never broken; stays: on the page of the next one. Its properties. (python-docx looks
    through the whole table for the cells of a row: with thousands of rows that takes minutes.)
    """
    row = table._tbl.add_tr()
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    for wide, text, way in zip(widths, texts, align, strict=True):
        cell = _Cell(row.add_tc(), table)
        cell.width, cell.vertical_alignment = wide, WD_CELL_VERTICAL_ALIGNMENT.CENTER
        place = _written(cell.paragraphs[0], shown(text), size=12, bold=bold)
        place.alignment = ALIGN[way]
        if stays:
            place.paragraph_format.keep_with_next = True
    return properties


def _margins(table: Any, above: Length, beside: Length) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, wide in (("top", above), ("left", beside), ("bottom", above), ("right", beside)):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(round(wide / 635)))
        part.set(qn("w:type"), "dxa")
        margins.append(part)
    table._tbl.tblPr.append(margins)


# Words ----------------------------------------------------------------------------------------------------------------


def _written(
    place: Words, text: str = "", size: int = 14, bold: bool = False, italic: bool = False, above: float = 0
) -> Words:
    if text:
        run = place.add_run(text)
        run.font.size, run.font.bold, run.font.italic = Pt(size), bold, italic
    if above:
        place.paragraph_format.space_before = Pt(above)
    return place


def centred(place: Words, text: str = "", *, indent: bool = True, **options: Any) -> Words:
    """The text in the middle; without `indent` also in a style that has one."""
    place.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not indent:
        place.paragraph_format.first_line_indent = Mm(0)
    return _written(place, text, **options)


def _rule(place: Words, text: str, width: Length, part: float, bold: bool = True, size: int = 14) -> None:
    """A line under the middle of a paragraph, as long as that part of the text: an empty paragraph with a border."""
    longest = min(_wide(text, size, bold), width * 0.8)
    blank = Words(OxmlElement("w:p"), place._parent)
    place._p.addnext(blank._p)
    side = Emu(max(0, int((width - longest * part) / 2)))
    layout = blank.paragraph_format
    layout.left_indent = layout.right_indent = side
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(3)
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    blank._p.get_or_add_pPr().append(border)


@cache
def _letters(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"LiberationSerif-{'Bold' if bold else 'Regular'}.ttf"), 1000)


def _wide(text: str, size: int, bold: bool) -> float:
    """How long a text is on one line."""
    return _letters(bold).getlength(text) / 1000 * Pt(size)
