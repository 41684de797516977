# ruff: noqa: E501 - texts as they stand on the page
"""The report of a period: exactly these sentences for the demo unit's August, in both formats; what other data makes of it."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from quetma import agency, archive, cli, conduct, demo_case, directory, intake, plan, units
from quetma.agency import Agency
from quetma.conduct import Decision
from quetma.documents.official import docx, pdf
from quetma.documents.official.paper import Paper, Paragraph, Table, drawn, shown
from quetma.documents.official.report import ReportError, report
from quetma.documents.official.report.period import named
from quetma.store import Store, open_store
from tests.documents.test_official import pages, words
from tests.intake import prepare

FIRST, LAST = date(2021, 8, 1), date(2021, 8, 31)
EXACT = Path(__file__).with_name("report-2021-08.txt")


@pytest.fixture(scope="module")
def store(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The demo unit with its case. Tests that write take a store of their own."""
    made = open_store(shutil.copytree(demo_folder, tmp_path_factory.mktemp("report") / "demo"))
    demo_case.write(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def august(store: Store) -> Paper:
    return report(store, FIRST, LAST)


def structure(content: bytes) -> list[str]:
    """A DOCX line by line: what each paragraph is and says; the rows of a table as one line each."""
    document = Document(io.BytesIO(content))
    lines = []
    for part in document.element.body:
        if part.tag == qn("w:p"):
            text = "".join(one.text or "" for one in part.iter(qn("w:t"))).replace("\xa0", " ")
            style = part.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
            drawn = part.find(f".//{qn('wp:docPr')}")
            if drawn is not None:
                lines.append(f"[{drawn.get('descr')}]")
            elif text:
                lines.append(f"{style.get(qn('w:val')) if style is not None else 'Text'}: {text}")
        elif part.tag == qn("w:tbl"):
            for row in part.iter(qn("w:tr")):
                cells = (" / ".join(filter(None, ("".join(one.text or "" for one in place.iter(qn("w:t")))
                                                  for place in cell.iter(qn("w:p"))))) for cell in row.iter(qn("w:tc")))  # fmt: skip
                lines.append("| " + " | ".join(cells).replace("\xa0", " "))
    return lines


def test_the_august_of_the_demo_unit_word_for_word(august: Paper) -> None:
    """After a change that is meant: read the difference, then write the new text over the file."""
    assert structure(docx.docx(august)) == EXACT.read_text(encoding="utf-8").splitlines()


def test_the_pdf_says_the_same(august: Paper) -> None:
    read = pages(pdf.pdf(august))
    assert len(read) == 8
    found = re.sub(r"\s+", "", "".join(read))
    at = 0
    for line in words(docx.docx(august)):
        wanted = re.sub(r"\s+", "", line)
        assert wanted in found, line
        if len(wanted) > 60:  # sentences follow one another in both
            assert found.index(wanted) >= at, line
            at = found.index(wanted)
    assert read[1].startswith("2 ") and not read[0].startswith("1 "), "numbered from the second page on"


def test_it_names_staff_and_neither_the_sick_nor_visitors(store: Store, august: Paper) -> None:
    text = "\n".join(structure(docx.docx(august)))
    assert "Chưa thực hiện: Đinh Thị Thúy (Kiểm soát viên thị trường)" in text
    visitors = (
        store.cursor()
        .execute("SELECT name FROM person WHERE person_id NOT IN (SELECT person_id FROM staff)")
        .fetchall()
    )
    staff = {
        name for (name,) in store.cursor().execute("SELECT name FROM staff JOIN person USING (person_id)").fetchall()
    }
    told = [name for (name,) in visitors if name not in staff and len(name) > 8 and name in text]
    assert len(visitors) > 100 and not told and "0900" not in text


def test_no_sentence_is_left_in_english(august: Paper) -> None:
    assert not re.findall(r"\b(the|of|and|people|days|was|were)\b", "\n".join(structure(docx.docx(august))))


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        (date(2021, 8, 1), date(2021, 8, 31), "tháng 8 năm 2021"),
        (date(2021, 7, 1), date(2021, 9, 30), "quý III năm 2021"),
        (date(2021, 1, 1), date(2021, 12, 31), "năm 2021"),
        (date(2021, 8, 24), date(2021, 8, 24), "ngày 24/8/2021"),
        (date(2021, 8, 2), date(2021, 9, 5), "từ ngày 02/8/2021 đến ngày 05/9/2021"),
        (date(2021, 2, 1), date(2021, 4, 30), "từ ngày 01/02/2021 đến ngày 30/4/2021"),
    ],
)
def test_a_period_is_named_as_people_do(first: date, last: date, name: str) -> None:
    assert named(first, last) == name


def test_a_period_without_data_is_refused(store: Store, empty_store: Store) -> None:
    for of, first, last in (
        (store, date(2020, 1, 1), date(2020, 1, 31)),
        (store, LAST, FIRST),
        (empty_store, FIRST, LAST),
    ):
        with pytest.raises(ReportError):
            report(of, first, last)


def test_a_day_off_and_a_unit_that_said_nothing_still_make_a_report(demo_store: Store) -> None:
    agency.change(demo_store, "An", Agency())
    made = report(demo_store, date(2021, 8, 7), date(2021, 8, 8))
    assert "Trong kỳ không có người thuộc diện phải thực hiện." in made.texts
    assert "Trong kỳ không ghi nhận khách đến." in made.texts and made.addressees == ()
    assert "Số: ……/BC" in pages(pdf.pdf(made))[0] and docx.docx(made)


def test_decisions_stand_in_it_with_day_and_number(demo_store: Store) -> None:
    mai = directory.find(demo_store, "Hoàng Thị Mai")["person_id"][0]
    days = (date(2021, 8, 23), date(2021, 8, 24))
    conduct.decide(
        demo_store, "An", Decision(mai, "scanned", "criticise", days, "quên", date(2021, 8, 26), "12/QĐ-ĐQLTT2")
    )
    made = report(demo_store, FIRST, LAST)
    assert "Trong kỳ đã xử lý 01 trường hợp không thực hiện quy định (phê bình: 01):" in made.texts
    [table] = [one for one in made.body if isinstance(one, Table) and "xử lý vi phạm" in one.title]
    assert table.rows == (
        ("1", "Hoàng Thị Mai", "Kiểm soát viên thị trường", "Không quét mã QR (23/8, 24/8)", "Phê bình", "26/8/2021", "12/QĐ-ĐQLTT2"),
    )  # fmt: skip
    assert not [text for text in report(demo_store, date(2021, 8, 2), date(2021, 8, 20)).texts if "đã xử lý" in text]


def test_without_a_plan_nothing_is_claimed_of_it(demo_store: Store) -> None:
    demo_store.cursor().execute("DELETE FROM plan_version")
    made = report(demo_store, FIRST, LAST)
    assert plan.current(demo_store).version == 0
    assert isinstance(made.body[0], Paragraph) and made.body[0].text == (
        "Đội Quản lý thị trường số 2 báo cáo kết quả thực hiện quét mã QR, phòng, chống dịch COVID-19 tháng 8 năm 2021 như sau:"
    )


def test_a_roster_full_of_formulas_and_marks_is_told_as_it_is(empty_store: Store) -> None:
    """Through the real intake: what a list says is text in every format."""
    names = ["=HYPERLINK(1)", "+84 An", "@SUM Bình", "đảo \u202eabc Cúc", "😀 Dung", "Ê" + "m" * 120]
    roster = ["STT,Họ và tên,Số điện thoại,Chức vụ,Nơi làm việc,Điện thoại thông minh"]
    roster += [f'{n},"{name}",09123450{n:02},"=1+1 ""trưởng""","#đội $x$ *1*",Có' for n, name in enumerate(names, 1)]
    scans = ["Họ và tên,Số điện thoại,Thời gian,Địa điểm,Vào/Ra"]
    scans += [f'"{names[0]}",0912345001,{day:02}/08/2021 08:00,"#đội $x$ *1*",Vào' for day in (2, 3, 4)]
    for name, lines in (("can-bo.csv", roster), ("quet.csv", scans)):
        intake.load(empty_store, prepare(empty_store, name, "\n".join(lines).encode()), "An")
    made = report(empty_store, FIRST, LAST)
    assert made.texts[0].startswith("Đơn vị báo cáo kết quả"), "nobody has said its name"
    stored = [
        name
        for (name,) in empty_store.cursor().execute("SELECT name FROM staff JOIN person USING (person_id)").fetchall()
    ]
    assert len(stored) == len(names)
    text, word = ("".join("".join(parts).split()) for parts in (pages(pdf.pdf(made)), words(docx.docx(made))))
    for name in stored:
        assert "".join(drawn(name).split()) in text and "".join(shown(name).split()) in word, name
    assert "\u202e" not in text + word and "#đội$x$*1*" in text


def test_from_a_shell_it_writes_the_file_with_its_metadata_and_keeps_it(demo_store: Store, tmp_path: Path) -> None:
    folder, out = str(demo_store.folder), tmp_path / "thang 8.pdf"
    arguments = ["--store", folder, "report", "--from", "2021-08-01", "--to", "2021-08-31", "--format"]
    assert cli.main([*arguments, "pdf", "-o", str(out)]) == 0
    told = json.loads((tmp_path / "thang 8.pdf.json").read_text("utf-8"))
    assert (told["type"], told["symbol"], told["number"], told["date"]) == ("Báo cáo", "BC-ĐQLTT2", "", "")
    assert told["file"] == "thang 8.pdf" and told["addressees"] == ["Cục Quản lý thị trường tỉnh Sơn La"]
    assert cli.main([*arguments, "docx", "-o", str(tmp_path / "r.docx")]) == 0
    kept, _ = archive.made(demo_store)
    assert [one.file_name for one in kept] == [f"bao-cao-2021-08-01-2021-08-31.{fmt}" for fmt in ("docx", "pdf")]
    assert out.read_bytes() == archive.path(demo_store, kept[1]).read_bytes() and told["sha256"] == kept[1].sha256
    assert (
        cli.main(
            ["--store", folder, "report", "--from", "2019-08-01", "--to", "2019-08-31", "--format", "pdf", "-o", "x"]
        )
        == 1
    )
    assert not Path("x").exists()


def test_the_report_of_a_unit_rests_on_the_plan_of_the_root_and_says_nothing_of_another_head_or_foot(demo_store: Store):
    root = units.add(demo_store, "Chi cục", None, "An")
    team = units.add(demo_store, "Đội 9", root, "An")
    units.give(demo_store, [2], team, "An")
    paper, whole = (report(store, FIRST, LAST) for store in (demo_store.within(team), demo_store))
    [opening, whole_opening] = (next(b.text for b in one.body if isinstance(b, Paragraph)) for one in (paper, whole))
    assert opening == whole_opening.replace(f"{whole.agency.name} báo cáo", "Đội 9 báo cáo") != whole_opening
    assert paper.agency.missing == ["symbol", "place", "title", "signer"] and not whole.agency.missing
    assert (paper.agency.parent, paper.agency.recipients) == ("Chi cục", ()) and whole.agency.recipients


def test_a_log_without_a_staff_list_still_makes_one_and_a_unit_with_nothing_is_told_so(empty_store: Store):
    rows = "".join(f"Khách {n},098700000{n},08:00 0{n}/08/2021,Mai Sơn,Vào\n" for n in range(2, 5))
    intake.load(
        empty_store, prepare(empty_store, "nk.csv", ("Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n" + rows).encode()), "An"
    )
    paper = report(empty_store, FIRST, LAST)
    assert len(pages(pdf.pdf(paper))) > 1
    root = units.add(empty_store, "Chi cục", None, "An")
    nothing = units.add(empty_store, "Đội mới lập", root, "An")
    with pytest.raises(ReportError, match="no data of these days"):
        report(empty_store.within(nothing), FIRST, LAST)
