"""The exported list of contacts says what the follow-up says, with the figures beside it."""

from datetime import date, timedelta
from pathlib import Path

import fastexcel

from quetma import follow_up
from quetma.documents import follow_up as document
from quetma.follow_up import Entry
from quetma.store import Store
from tests.test_follow_up import LISTED, X, Y, clock, listed, store

__all__ = ["store"]  # the fixture

WORDS = (
    "Theo dõi người tiếp xúc tính đến 09:00 26/08/2021: 3 người tiếp xúc của 1 ca bệnh. "
    "Nghi theo nhật ký quét mã, cần xác minh."
)


def worked(store: Store) -> None:
    """A day after the listing: X reached and in quarantine, Y not found by phone, Z not yet called."""
    listed(store)
    follow_up.enter(
        store, "An", Entry(X, "called", "reached"), Entry(X, "verdict", "contact", case_id=1),
        Entry(X, "quarantine", "home", until=date(2021, 9, 7)), Entry(Y, "called", "no_answer"),
    )  # fmt: skip
    clock.now = LISTED + timedelta(days=1)


def test_csv_is_exactly_this(store: Store, tmp_path: Path) -> None:
    worked(store)
    path = tmp_path / "x.csv"
    assert document.write(follow_up.state(store), clock.now, "csv", path, "vi") == WORDS
    assert path.read_text(encoding="utf-8-sig").splitlines() == [
        f'"{WORDS}"',
        "Phân loại,Họ và tên,Điện thoại,Ca bệnh,Địa điểm,Lần đầu cùng nơi,Lần cuối cùng nơi,Số phút cùng nơi,"
        "Vào danh sách lúc,Theo dõi,Cần làm,Quá hạn,Số lần gọi,Đã liên lạc,Kết luận,Số mũi tiêm khi đó,Cách ly,"
        "Cách ly từ,Cách ly đến hết,Theo dõi đến hết,Sức khoẻ,Số ngày đã hỏi,Số ngày phải hỏi,Xét nghiệm",
        "F1,Người 2,0912342,Người 1,Nơi 1,24/08/2021 09:00:00,24/08/2021 10:00:00,60.0,25/08/2021 09:00:00,"
        "● đang theo dõi,Xét nghiệm; Hỏi thăm sức khoẻ,Xét nghiệm,1,25/08/2021 09:00:00,tiếp xúc gần,0,tại nhà,"
        "25/08/2021 09:00:00,07/09/2021,21/09/2021,,0,0,",
        "F1,Người 3,0912343,Người 1,Nơi 1,24/08/2021 09:30:00,24/08/2021 10:00:00,30.0,25/08/2021 09:00:00,"
        "● đang theo dõi,Gọi điện; Hỏi thăm sức khoẻ,Gọi điện,1,,,0,,,07/09/2021,21/09/2021,,0,0,",
        "F2,Người 4,0912344,Người 1,Nơi 1,24/08/2021 10:30:00,24/08/2021 11:00:00,30.0,25/08/2021 09:00:00,"
        "● đang theo dõi,Gọi điện; Hỏi thăm sức khoẻ,Gọi điện,0,,,0,,,,07/09/2021,,0,0,",
    ]


def test_workbook_holds_the_same_and_the_figures(store: Store, tmp_path: Path) -> None:
    worked(store)
    path = tmp_path / "x.xlsx"
    document.write(follow_up.state(store), clock.now, "xlsx", path, "en")
    book = fastexcel.read_excel(path)
    assert book.sheet_names == ["Listed contacts", "Figures"]
    people = book.load_sheet("Listed contacts", header_row=2).to_polars()
    assert people.select("Class", "Name", "Quarantine").rows() == [
        ("F1", "Người 2", "at home"), ("F1", "Người 3", None), ("F2", "Người 4", None)
    ]  # fmt: skip
    figures = book.load_sheet("Figures", header_row=2).to_polars()
    assert [tuple(map(str, row)) for row in figures.rows()] == [
        ("Contacts listed", "2", "1", "3"),
        ("Reached within 24 hours", "1/2 (50%)", "0/1 (0%)", "1/3 (33.3%)"),
        ("Asked every day how they are", "–", "–", "–"),
        ("In quarantine now", "1", "0", "1"),
        ("Cleared: no close contact", "0", "0", "0"),
        ("Fell ill: a case themselves", "0", "0", "0"),
        ("Lost", "0", "0", "0"),
        ("Follow-up done", "0", "0", "0"),
    ]


def test_nobody_is_a_file_too(store: Store, tmp_path: Path) -> None:
    nobody = follow_up.state(store)
    for fmt in ("csv", "xlsx"):
        document.write(nobody, LISTED, fmt, tmp_path / f"x.{fmt}", "vi")
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").count("\n") == 2
