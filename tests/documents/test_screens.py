"""The whole dashboard as a workbook: a sheet a screen, values as such, native charts, nothing beyond one's rights."""

import re
import shutil
import zipfile
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from quetma import compliance, demo_case
from quetma.documents import blocks, screens
from quetma.documents.blocks import Block, Chart, Screen
from quetma.documents.table import Column
from quetma.store import Store, open_store

AUGUST = date(2021, 8, 1), date(2021, 8, 27)


def cells(path: Path) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def charts(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return [
            package.read(name).decode() for name in sorted(package.namelist()) if re.match(r"xl/charts/chart\d+", name)
        ]


@pytest.fixture(scope="module")
def unit(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory):

    store = open_store(shutil.copytree(demo_folder, tmp_path_factory.mktemp("screens") / "store"))
    demo_case.write(store)
    yield store
    store.close()


@pytest.fixture(scope="module")
def book(unit: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    screens.write(unit, "leader", "Hà Minh Tôn", *AUGUST, path, "vi")
    return path


def test_a_leader_gets_a_sheet_for_each_screen_with_the_figures_of_the_screen(unit: Store, book: Path):
    sheets = cells(book)
    assert list(sheets) == [
        "Tổng quan", "Tuân thủ", "Lượng người ra vào", "Lịch sử quét mã", "Ca bệnh và theo dõi", "Nhắc nhở và xử lý",
        "Kế hoạch và lịch trực", "Nạp dữ liệu",
    ]  # fmt: skip
    overview = sheets["Tổng quan"]
    assert "từ 01/08/2021 đến 27/08/2021" in overview[1][0]
    have, due = compliance.rate(compliance.people(unit, AUGUST[1]), "vaccinated")
    assert ["Đã tiêm vắc xin", have, due, have / due] in [row[:4] for row in overview]
    assert sum(row.count("Lê Văn Nam") for row in sheets["Ca bệnh và theo dõi"]) >= 1
    days = unit.ask("flow/daily", first=AUGUST[0], last=AUGUST[1], location=0)
    flow = sheets["Lượng người ra vào"]
    at = next(n for n, row in enumerate(flow) if row[0] == "Ngày")
    for row, shown in zip(days.iter_rows(named=True), flow[at + 1 :], strict=False):
        assert shown[:3] == [row["day"], row["visitor_arrivals"], row["staff_arrivals"]]
    scans = [row for row in sheets["Lịch sử quét mã"] if isinstance(row[0], date)]
    assert scans[0][0] == AUGUST[0] or scans[0][0] > AUGUST[0]
    total = unit.ask("history/days", first=AUGUST[0], last=AUGUST[1], locations=[], people=[], kind=None,
                     direction=None, named=[], batches=[])["scans"].sum()  # fmt: skip
    assert sum(row[1] for row in scans if isinstance(row[1], float)) == total


def test_the_charts_are_excels_own_and_read_their_cells(book: Path):
    drawn = charts(book)
    assert len(drawn) >= 8
    assert all("<c:f>" in chart and "'!$" in chart for chart in drawn)
    assert {kind for chart in drawn for kind in re.findall(r"<c:(barChart|lineChart)>", chart)} == {
        "barChart",
        "lineChart",
    }
    assert any("<c:f>&#39;Tuân thủ&#39;!" in chart or "<c:f>'Tuân thủ'!" in chart for chart in drawn)


def test_who_may_not_see_health_data_gets_none(unit: Store, tmp_path: Path):
    path = tmp_path / "viewer.xlsx"
    screens.write(unit, "viewer", "Khách", *AUGUST, path, "vi")
    sheets = cells(path)
    assert list(sheets) == ["Tổng quan", "Tuân thủ", "Lượng người ra vào"]
    assert sheets["Tổng quan"][3][0].startswith("Không có trong sổ vì vai trò của bạn không được xem: Lịch sử quét mã")
    known = set(unit.ask("compliance/staff", day=AUGUST[1])["name"]) | {"Lê Văn Nam"}
    with zipfile.ZipFile(path) as package:
        text = "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))
    assert not [name for name in known if name in text]


def test_an_empty_store_gives_a_workbook_that_says_so(empty_store: Store, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    screens.write(empty_store, "leader", "An", *AUGUST, path, "en")
    assert "Nothing in this period." in {str(cell) for rows in cells(path).values() for row in rows for cell in row}


def test_cells_are_what_they_are_and_nothing_runs(tmp_path: Path):
    at = datetime(2021, 8, 24, 7, 31)
    nasty = ['=HYPERLINK("http://x")', "+1", "-1", "@x", "a\u202eb", "😀" * 300, "1/2", "", None, "http://x.vn"]
    rows = pl.DataFrame(
        {
            "text": nasty, "at": [at] * 10, "day": [at.date()] * 10, "n": [1234567] * 10, "share": [0.5] * 10,
            "done": [True, False, None] + [True] * 7, "nan": [float("nan")] * 10,
        },
        strict=False,
    )  # fmt: skip
    columns = [Column(name, name.upper(), words={"True": "✓"}) for name in rows.columns]
    block = Block("=1+1", rows, columns, shares=("share",), chart=Chart("column", "=2", "day", ("n", "share")))
    path = tmp_path / "a.xlsx"
    blocks.write(path, [Screen("a/b:c?" * 9, (block,))], ["=câu"], "-")
    [(name, shown)] = cells(path).items()
    assert len(name) == blocks.NAME_CHARACTERS and not blocks.NOT_IN_NAMES.search(name)
    head = shown.index([column.heading for column in columns])
    assert [row[0] for row in shown[head + 1 : head + 11]] == [text or "" for text in nasty]
    assert shown[head + 1][1:] == [at, at.date(), 1234567, 0.5, "✓", ""]
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    widths = [float(width) for width in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert widths[0] > 50 and all(width < 62 for width in widths), widths
    assert "dd/mm" not in shown[head + 1]
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]
