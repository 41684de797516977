"""The ledger as a file: what is in it, in which columns, and that no cell of it runs."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from quetma.documents import ledger
from quetma.documents.ledger import Filter
from quetma.language import translator

ROWS = pl.DataFrame(
    {
        "entry_id": [2, 1],
        "person_id": [4, 2],
        "name": ["Hoàng Thị Mai", "=HYPERLINK(0)"],
        "phone_shown": ["0900000004", "0900000002"],
        "position": ["Kiểm soát viên", None],
        "location": ["Mai Sơn", None],
        "duty": ["scanned", "declared"],
        "step": ["criticise", "remind"],
        "missed": [[date(2021, 8, 23), date(2021, 8, 24)], [date(2021, 8, 27)]],
        "reason": ["+2 lần", "quên"],
        "decided_on": [date(2021, 8, 27), date(2021, 8, 20)],
        "document": ["12/TB", ""],
        "entered_at": [datetime(2021, 8, 27, 16), datetime(2021, 8, 20, 16)],
        "entered_by": ["An", "An"],
        "refuted": [[date(2021, 8, 23)], []],
        "told": [["handed", "email"], []],
        "told_at": [datetime(2021, 8, 27, 17), None],
        "failed": ["", ""],
    },
    schema_overrides={"refuted": pl.List(pl.Date), "told": pl.List(pl.String)},
)
VI = (
    "﻿Các quyết định xử lý: 2.\r\n"
    "STT,Ngày quyết định,Họ và tên,Điện thoại,Chức vụ,Trụ sở,Về việc,Số ngày thiếu,Những ngày nào,Hình thức xử lý,"
    "Số văn bản,Lý do,Người quyết định,Cách thông báo,Thông báo lúc,Nay không còn là thiếu\r\n"
    '2,27/08/2021,Hoàng Thị Mai,0900000004,Kiểm soát viên,Mai Sơn,không quét mã QR,2,"23/08/2021, 24/08/2021",phê bình,'
    '12/TB,\'+2 lần,An,"giao văn bản, qua thư điện tử",27/08/2021 17:00:00,23/08/2021\r\n'
    "1,20/08/2021,'=HYPERLINK(0),0900000002,,,không khai báo y tế,1,27/08/2021,nhắc nhở,,quên,An,,,\r\n"
)


def test_the_csv_is_exactly_this(tmp_path: Path) -> None:
    said = ledger.write(ROWS, Filter(), "csv", tmp_path / "a.csv", "vi")
    assert (tmp_path / "a.csv").read_bytes().decode() == VI
    assert said == "Các quyết định xử lý: 2."


def test_the_workbook_has_the_same_cells_as_text(tmp_path: Path) -> None:
    ledger.write(ROWS, Filter(), "xlsx", tmp_path / "a.xlsx", "en")
    sheet = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "Decisions about missed duties: 2."
    assert sheet[2][:3] == ["No.", "Decided on", "Full name"]
    assert sheet[3][1:3] == [date(2021, 8, 27), "Hoàng Thị Mai"] and sheet[4][2] == "=HYPERLINK(0)"
    assert [row[9] for row in sheet[3:]] == ["criticism", "reminder"]


@pytest.mark.parametrize(
    ("asked", "kept", "sentence"),
    [
        (Filter(), [2, 1], "Decisions about missed duties: 2."),
        (Filter(text="mai hoang"), [2], "Decisions about missed duties: 1. Person: mai hoang."),
        (Filter(text="0900000002"), [1], "Decisions about missed duties: 1. Person: 0900000002."),
        (Filter(steps=("remind",)), [1], "Decisions about missed duties: 1. Decision: reminder."),
        (Filter(duties=("scanned",)), [2], "Decisions about missed duties: 1. About: no QR scan."),
        (Filter(first=date(2021, 8, 21)), [2], "Decisions about missed duties: 1. Decided from 21/08/2021 to …."),
        (Filter(last=date(2021, 8, 20)), [1], "Decisions about missed duties: 1. Decided from … to 20/08/2021."),
        (Filter(untold=True), [1], "Decisions about missed duties: 1. Only what has not reached the person yet."),
        (Filter(text="mai", untold=True), [],
         "Decisions about missed duties: 0. Person: mai. Only what has not reached the person yet."),
    ],
)  # fmt: skip
def test_one_object_picks_the_rows_and_says_so(asked: Filter, kept: list[int], sentence: str) -> None:
    rows = asked.of(ROWS)
    assert rows["entry_id"].to_list() == kept
    assert asked.sentence(translator("en"), rows.height) == sentence


def test_every_column_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text(encoding="utf-8")
    for column in ledger.columns(translator("vi")):
        assert f"| {column.heading} |" in text
