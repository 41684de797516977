# ruff: noqa: E501 - texts as they stand on the page
"""Official documents: laid out by the decree, PDF/A and tagged, the same in Word, nothing lost of hostile texts."""

import io
import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date, datetime

import pikepdf
import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from quetma.agency import Agency
from quetma.documents.official import docx, making, pdf
from quetma.documents.official.letter import letter
from quetma.documents.official.paper import (
    Appendix,
    Chart,
    Heading,
    Paper,
    Paragraph,
    Series,
    Table,
    drawn,
    filing,
    official_date,
    official_day,
    shown,
)
from quetma.store import Store

AGENCY = Agency(
    "Cục Quản lý thị trường tỉnh Sơn La", "Đội Quản lý thị trường số 2", "ĐQLTT2", "Mai Sơn", "KT. Đội trưởng",
    "Phó Đội trưởng", "Trần Quốc Đạt", ("Lãnh đạo Đội",),
)  # fmt: skip
HOSTILE = (
    "=HYPERLINK(\"x\")", "+84", "-1+1", "@SUM(A1)", "‘ngoặc’ \"kép\"", "đảo \u202eabc\u202c", "\u200fmarhaba\u200e", "😀👨‍👩‍👧",
    "\x07chuông", "x" * 300, "#let x = 1", "$a_b$ *đậm* _nghiêng_ <nhãn> @ref `mã` \\ ~", "Ho\u0300a", "a\u00adb", "\ufeffbom",
)  # fmt: skip


def paper(**changes: object) -> Paper:
    body = (
        Paragraph("Căn cứ Kế hoạch số 226/KH-ĐQLTT;", basis=True),
        Heading("I. TÌNH HÌNH CHUNG"),
        Paragraph("Đơn vị có 13 người."),
        Heading("1. Quét mã", 2),
        Table("Bảng 1. Kết quả", ("STT", "Nội dung"), (("1", "Quét mã"), ("2", "Khai báo")), (1, 5), "cl"),
        Chart("bars", "Biểu đồ 1. Khách", ("01/8", "02/8"), (Series("Khách", (3.0, 5.0)),), "Khách: 3; 5."),
        Paragraph("Trên đây là báo cáo./."),
    )
    made = Paper(
        "report", AGENCY, "Báo cáo", "BC", "Kết quả quét mã tháng 8", datetime(2021, 8, 27, 16), body,
        ("Cục Quản lý thị trường tỉnh Sơn La",),
        (Appendix("Danh sách", (Table("", ("Tên",), (("An",),), (1,), "l"),)),
         Appendix("Số liệu", (Table("", ("Tên",), (("Bình",),), (1,), "l"),), landscape=True)),
    )  # fmt: skip
    return replace(made, **changes)


def pages(content: bytes) -> list[str]:
    """The text of each page of a PDF, spaces and breaks made one."""
    with pypdfium2.PdfDocument(content) as file:
        found = [page.get_textpage().get_text_range() for page in file]
    return [" ".join(text.replace("\u200b", "").replace("\ufffe", "").split()) for text in found]


def words(content: bytes) -> list[str]:
    """Every paragraph of a DOCX, in order, also those in tables; none that is empty."""
    document = Document(io.BytesIO(content))
    found = (
        "".join(text.text or "" for text in place.iter(qn("w:t"))) for place in document.element.body.iter(qn("w:p"))
    )
    return [" ".join(text.split()) for text in found if text.strip()]


def test_both_formats_say_the_same_in_the_layout_of_the_decree() -> None:
    first, *rest = pages(pdf.pdf(paper()))
    assert first == (
        "CỤC QUẢN LÝ THỊ TRƯỜNG TỈNH SƠN LA ĐỘI QUẢN LÝ THỊ TRƯỜNG SỐ 2 CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - "
        "Hạnh phúc Số: ……/BC-ĐQLTT2 Mai Sơn, ngày … tháng … năm 2021 BÁO CÁO Kết quả quét mã tháng 8 Kính gửi: Cục Quản lý thị "
        "trường tỉnh Sơn La Căn cứ Kế hoạch số 226/KH-ĐQLTT; I. TÌNH HÌNH CHUNG Đơn vị có 13 người. 1. Quét mã Bảng 1. Kết quả "
        "STT Nội dung 1 Quét mã 2 Khai báo 0 1 2 3 4 5 01/8 02/8 Biểu đồ 1. Khách Trên đây là báo cáo./. Nơi nhận: - Như trên; "
        "- Lãnh đạo Đội; - Lưu: VT. KT. ĐỘI TRƯỞNG PHÓ ĐỘI TRƯỞNG Trần Quốc Đạt"
    )
    told = "(Kèm theo Văn bản số ……/BC-ĐQLTT2 ngày … tháng … năm 2021 của Đội Quản lý thị trường số 2)"
    assert rest == [f"Phụ lục I DANH SÁCH {told} Tên An", f"Phụ lục II SỐ LIỆU {told} Tên Bình"]
    assert words(docx.docx(paper())) == [
        "CỤC QUẢN LÝ THỊ TRƯỜNG TỈNH SƠN LA", "ĐỘI QUẢN LÝ THỊ TRƯỜNG SỐ 2", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc", "Số: ……/BC-ĐQLTT2", "Mai Sơn, ngày … tháng … năm 2021", "BÁO CÁO",
        "Kết quả quét mã tháng 8", "Kính gửi: Cục Quản lý thị trường tỉnh Sơn La", "Căn cứ Kế hoạch số 226/KH-ĐQLTT;",
        "I. TÌNH HÌNH CHUNG", "Đơn vị có 13 người.", "1. Quét mã", "Bảng 1. Kết quả", "STT", "Nội dung", "1", "Quét mã", "2",
        "Khai báo", "Biểu đồ 1. Khách", "Trên đây là báo cáo./.", "Nơi nhận:", "- Như trên;", "- Lãnh đạo Đội;", "- Lưu: VT.",
        "KT. ĐỘI TRƯỞNG", "PHÓ ĐỘI TRƯỞNG", "Trần Quốc Đạt", "Phụ lục I", "DANH SÁCH", told, "Tên", "An", "Phụ lục II", "SỐ LIỆU",
        told, "Tên", "Bình",
    ]  # fmt: skip


def test_number_and_date_stand_where_they_were_left_open() -> None:
    numbered = paper(number="12", dated=date(2021, 9, 1))
    first, second, _ = pages(pdf.pdf(numbered))
    assert "Số: 12/BC-ĐQLTT2 Mai Sơn, ngày 01 tháng 9 năm 2021" in first
    assert "(Kèm theo Văn bản số 12/BC-ĐQLTT2 ngày 01 tháng 9 năm 2021 của" in second
    assert making.file_name(numbered, "pdf", (date(2021, 8, 1), date(2021, 8, 31))) == (
        "12-BC-DQLTT2-bao-cao-2021-08-01-2021-08-31.pdf"
    )
    assert (official_day(date(2021, 2, 5)), official_day(date(2021, 8, 24))) == ("05/02/2021", "24/8/2021")
    assert official_date(date(2021, 12, 10)) == "ngày 10 tháng 12 năm 2021"


def test_the_pdf_is_an_archive_file_tagged_with_its_fonts_and_metadata() -> None:
    content = pdf.pdf(paper(number="12", dated=date(2021, 9, 1)))
    assert content == pdf.pdf(paper(number="12", dated=date(2021, 9, 1))), "the same bytes every time"
    with pikepdf.open(io.BytesIO(content)) as file, file.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"], about["pdfuaid:part"]) == ("2", "B", "1")
        assert about["dc:title"] == "Báo cáo: Kết quả quét mã tháng 8"
        assert (
            about["dc:creator"] == ["Đội Quản lý thị trường số 2"]
            and about["dc:description"] == "Kết quả quét mã tháng 8"
        )
        kept = about["pdf:Keywords"]
        for word in (
            "Số: 12",
            "Ký hiệu: BC-ĐQLTT2",
            "Ngày: 2021-09-01",
            "Nơi nhận: Lãnh đạo Đội",
            "Người ký: Trần Quốc Đạt",
        ):
            assert word in kept
        root = file.Root
        assert bool(root.MarkInfo.Marked) and str(root.Lang) == "vi-VN" and "/OutputIntents" in root
        fonts = [one for page in file.pages for one in page.Resources.Font.values()]
        assert {str(one.BaseFont).partition("+")[2] for one in fonts} == {
            "LiberationSerif", "LiberationSerif-Bold", "LiberationSerif-Italic", "LiberationSerif-BoldItalic",
        }  # fmt: skip
        for one in fonts:
            described = one.DescendantFonts[0].FontDescriptor
            assert "/FontFile2" in described or "/FontFile3" in described
        assert not {"/JavaScript", "/EmbeddedFiles"} & set(root.get("/Names", {}))
        tags = tags_of(root.StructTreeRoot)
    assert tags.count("/Table") == 3 and tags.count("/TH") == 4 and tags.count("/H1") == 3 and tags.count("/H2") == 1
    assert "/Figure" in tags and tags.count("/P") > 10


def tags_of(node: pikepdf.Object) -> list[str]:
    """The names of the structure elements below a node, in order."""
    found = [str(node.S)] if isinstance(node, pikepdf.Dictionary) and "/S" in node else []
    kids = node.get("/K", []) if isinstance(node, pikepdf.Dictionary) else []
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        found += tags_of(kid) if isinstance(kid, pikepdf.Dictionary) else []
    return found


def test_the_page_of_the_word_file_is_as_the_decree_asks() -> None:
    content = docx.docx(paper())
    document = Document(io.BytesIO(content))
    first, *_, last = document.sections
    assert [round(edge.mm) for edge in (first.page_width, first.page_height, first.left_margin, first.right_margin)] == [
        210, 297, 30, 15,
    ]  # fmt: skip
    assert (round(first.top_margin.mm), round(first.bottom_margin.mm)) == (20, 20)
    assert first.different_first_page_header_footer and "PAGE" in first.header._element.xml
    assert (round(last.page_width.mm), round(last.page_height.mm)) == (297, 210)
    assert document.styles["Normal"].font.name == "Times New Roman"
    body = next(place for place in document.paragraphs if place.text == "Đơn vị có 13 người.")
    assert (round(body.paragraph_format.first_line_indent.mm, 1), body.runs[0].font.size.pt) == (12.7, 14)
    assert body.paragraph_format.space_before.pt == 6 and body.alignment == 3, "justified"
    titled = next(place for place in document.paragraphs if place.text == "BÁO CÁO")
    assert titled.runs[0].font.bold and titled.alignment == 1, "centred"
    to = next(run for table in document.tables for cell in table._cells for p in cell.paragraphs for run in p.runs
              if run.text == "Nơi nhận:")  # fmt: skip
    assert (to.font.size.pt, to.font.bold, to.font.italic) == (12, True, True)
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "Khách: 3; 5."
    core = document.core_properties
    assert (core.title, core.author, core.category) == ("Báo cáo: Kết quả quét mã tháng 8", AGENCY.name, "Báo cáo")
    assert "Ký hiệu: BC-ĐQLTT2" in core.keywords and core.created.replace(tzinfo=None) == datetime(2021, 8, 27, 16)


def hostile() -> Paper:
    rows = tuple((str(n), text) for n, text in enumerate(HOSTILE))
    return paper(
        subject="Báo cáo " + HOSTILE[5],
        body=(
            *map(Paragraph, HOSTILE),
            Table("Bảng =1+1", ("STT", HOSTILE[7]), rows, (1, 3), "cl"),
            Chart("lines", HOSTILE[11], ("a", "b"), (Series(HOSTILE[0], (1.0, 0.5)), Series("@", (None, 1.0))), "@", percent=True),
        ),
        appendices=(),
    )  # fmt: skip


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text))


def test_nothing_of_hostile_texts_is_lost_or_run() -> None:
    content = pdf.pdf(hostile())
    found = squeezed("".join(pages(content)))
    for text in HOSTILE:
        assert found.count(squeezed(drawn(text))) >= 2, text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", found), "no mark turns a line around"
    with pypdfium2.PdfDocument(content) as file:
        for page in file:
            right = page.get_width() - 14.5 / 25.4 * 72
            text = page.get_textpage()
            edges = [text.get_charbox(n)[2] for n in range(text.count_chars())]
            assert max(edges) <= right, "nothing stands in the right margin"
    made = docx.docx(hostile())
    told = squeezed("".join(words(made)))
    for text in HOSTILE:
        assert told.count(squeezed(shown(text))) >= 2, text
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        fields = set(re.findall(r"<w:instrText[^>]*>([^<]*)<", parts.read("word/document.xml").decode()))
    assert not fields, "no field of Word's is in the text"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("\x07", "[U+0007]"),
        ("dòng\nmới", "dòng mới"),
        ("Ho\u0300a", "Hòa"),
        ("Z" + "\u0351" * 5, "Z" + "\u0351" * 3 + "[U+0351][U+0351]"),
        ("😀", "😀"),
        ("=1", "=1"),
    ],
)
def test_what_has_no_shape_is_shown_as_its_number(text: str, plain: str) -> None:
    assert shown(text) == plain


def test_a_letter_by_the_same_layout_is_kept_with_what_edms_asks_for(demo_store: Store) -> None:
    subject = "cung cấp lịch sử quét mã QR"
    written = letter(
        demo_store, subject, ["Công an huyện Mai Sơn", "Trung tâm Y tế huyện"], ["Phúc đáp Công văn số 5.", "Hết./."]
    )
    document = making.make(demo_store, "An", written, "pdf", about="yeu-cau-3", reason="Công văn 5")
    [text] = pages((demo_store.folder / "documents" / document.sha256).read_bytes())
    assert "Số: ……/ĐQLTT2 V/v cung cấp lịch sử quét mã QR Mai Sơn, ngày" in text
    assert "Kính gửi: - Công an huyện Mai Sơn; - Trung tâm Y tế huyện. Phúc đáp" in text
    assert (document.file_name, document.kind, document.reason) == ("cong-van-yeu-cau-3.pdf", "letter", "Công văn 5")
    assert document.filing == filing(written)
    assert document.filing["type"] == "Công văn" and document.filing["recipients"] == [
        "Như trên",
        "Lãnh đạo Đội",
        "Lưu: VT",
    ]
    assert making.make(demo_store, "An", written, "docx").file_name == "cong-van.docx"


def test_paragraphs_are_written_otherwise() -> None:
    given = paper()
    assert given.texts == ["Căn cứ Kế hoạch số 226/KH-ĐQLTT;", "Đơn vị có 13 người.", "Trên đây là báo cáo./."]
    changed = given.rewritten(["", "Một.\n\n Hai.", given.texts[2]])
    assert changed.texts == ["Một.", "Hai.", "Trên đây là báo cáo./."]
    assert given.rewritten(given.texts) == given


def test_long_tables_are_cut_for_the_eye_alone() -> None:
    whole = paper()
    short = whole.shortened(1)
    tables = [block for block in short.body if isinstance(block, Table)]
    assert [table.rows for table in tables] == [(("1", "Quét mã"),)]
    assert short.appendices == whole.appendices  # of one row each
    assert short.texts == whole.texts
    assert whole.shortened(2) is whole
