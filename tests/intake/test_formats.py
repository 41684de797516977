"""One small file a format: what it says must come out whatever the file wears."""

import io
from datetime import date, datetime, time

import polars as pl
import pytest
import xlsxwriter

from quetma import intake
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import cp1258

ROWS = [
    ("Lò Văn Ánh", "0912345678", "Trụ sở Mai Sơn", "24/08/2021 08:10:00", "Vào"),
    ("Hà Thị Thuý", "0387654321", "Trụ sở Yên Châu", "24/08/2021 17:05:30", "Ra"),
]
SAID = [
    ("Lò Văn Ánh", "0912345678", "Trụ sở Mai Sơn", datetime(2021, 8, 24, 8, 10), "in"),
    ("Hà Thị Thuý", "0387654321", "Trụ sở Yên Châu", datetime(2021, 8, 24, 17, 5, 30), "out"),
]
HEADER = ("Họ và tên", "Số điện thoại", "Địa điểm", "Thời gian quét", "Vào/Ra")


def text(*rows: tuple[str, ...], separator: str = ",") -> str:
    return "".join(separator.join(row) + "\r\n" for row in rows)


def workbook(*rows: tuple[object, ...], skip: int = 0) -> bytes:
    """An XLSX whose table begins below `skip` empty rows, dates as real dates."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Tháng 8")
    forms = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        date: book.add_format({"num_format": "dd/mm/yyyy"}),
        time: book.add_format({"num_format": "hh:mm"}),
    }
    for y, row in enumerate(rows, start=skip):
        for x, value in enumerate(row):
            sheet.write(y, x, value, forms.get(type(value)))
    book.close()
    return file.getvalue()


def said(prepared: intake.Prepared) -> list[tuple[object, ...]]:
    return prepared.became(100).select("name", "phone", "location", "scanned_at", "direction").rows()


def outcomes(prepared: intake.Prepared) -> list[tuple[int, str, str | None]]:
    return prepared.rows.select("line", "outcome", "reason").rows()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1258"])
def test_separators_and_encodings(empty_store: Store, separator: str, encoding: str):
    content = text(HEADER, *ROWS, separator=separator)
    data = cp1258(content) if encoding == "cp1258" else content.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert said(prepare(empty_store, "a.csv", data)) == SAID


@pytest.mark.parametrize(
    "header",
    [
        ("Tên NV", "Đ/thoại", "Đ.điểm", "TG vào", "TG ra"),
        ("HVT", "ĐT liên hệ", "Khu vực", "T/gian vào", "T/gian ra"),
        ("Guest name", "Mobile No.", "Venue", "Checked in at", "Checked out at"),
        ("Họ tên CBCC", "Contact Number", "Scan location", "Giờ tới", "Giờ về"),
    ],
)
def test_headers_people_shorten_or_write_in_english(empty_store: Store, header: tuple[str, ...]):
    row = ("Lò Văn Ánh", "0912–345–678", "Trụ sở Mai Sơn", "24–08–2021 08:10", "24/08/2021 17:00")
    prepared = intake.unasked(prepare(empty_store, "a.csv", text(header, row).encode()))
    assert said(prepared) == [SAID[0], (*SAID[0][:3], datetime(2021, 8, 24, 17), "out")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends(empty_store: Store, ending: str):
    content = text(HEADER, *ROWS).replace("\r\n", ending).encode()
    assert said(prepare(empty_store, "a.csv", content)) == SAID


@pytest.mark.parametrize(
    "written",
    [
        "24/08/2021 08:10", "24/08/2021 08:10:00", "24/8/2021 8:10", "08:10 24/08/2021", "08:10:00 24/08/2021",
        "24-08-2021 08:10", "24.08.2021 08:10", "24/08/21 08:10", "2021-08-24 08:10:00", "2021-08-24T08:10:00",
        "2021-08-24T08:10:00.250", "2021-08-24T08:10:00+07:00", "2021-08-24T01:10:00Z", "2021/08/24 08:10",
        "24/08/2021 08:10 SA", "24/08/2021 8:10:00 AM", "08:10 SA 24/08/2021", "SA 08:10 24/08/2021", "24/08/2021 8h10",
        "24/08/2021 8 giờ 10 phút", "24/08/2021, 08:10", "24/08/2021 - 08:10", "08:10 - 24/08/2021",
        "08 giờ 10 phút ngày 24 tháng 08 năm 2021", "Ngày 24 tháng 8 năm 2021, 8h10", "8h10 24 tha\u0301ng 8 nam 2021",
        "lúc 08:10 ngày 24/08/2021", "44432.340277777781", "44432,340277777781",
    ],
)  # fmt: skip
def test_time_forms(empty_store: Store, written: str):
    content = text(("SĐT", "Thời gian", "Địa điểm"), ("0912345678", written, "A"), separator=";").encode()
    assert said(prepare(empty_store, "a.csv", content))[0][3] == datetime(2021, 8, 24, 8, 10)


@pytest.mark.parametrize(
    ("title", "headers", "cells", "said_at"),
    [
        ("", "Ngày;Giờ vào;Giờ ra", ["24/08/2021;8.05;16.45", "24/08/2021;7.30;"], ["8:05", "16:45", "7:30"]),
        ("", "Ngày;Giờ", ["24/08/2021;13.00", "24/08/2021;8,3", "24/08/2021;0.15"], ["13:00", "8:30", "0:15"]),
        ("SỔ KHÁCH NGÀY 24/08/2021", "Giờ", ["8.30", "13"], ["8:30", "13:00"]),
        ("", "Thời gian", ["24/08/2021 7.45", "2021-08-24 7.45", "7.45 24/08/2021"], ["7:45"] * 3),
        ("", "Ngày;Giờ", ["24/08/2021;0.3368055556", "24/08/2021;0.5"], ["8:05", "12:00"]),
    ],
)  # fmt: skip
def test_a_clock_with_a_dot(empty_store: Store, title: str, headers: str, cells: list[str], said_at: list[str]):
    rows = [f"A {letter};{cell};M" for letter, cell in zip("BCD", cells, strict=False)]
    content = "\n".join([*filter(None, [title]), f"Họ tên;{headers};Địa điểm", *rows])
    prepared = prepare(empty_store, "a.csv", content.encode())
    assert [f"{row[3]:%-H:%M}" for row in said(prepared)] == said_at


def test_a_clock_that_a_workbook_took_for_a_number(empty_store: Store):
    rows = [("A B", date(2021, 8, 24), 8.3, 16.45), ("A C", date(2021, 8, 24), 7.05, 13.0)]
    content = workbook(("Họ tên", "Ngày", "Giờ vào", "Giờ ra"), *rows)
    prepared = prepare(empty_store, "a.xlsx", content, location="M")
    assert [f"{row[3]:%-H:%M}" for row in said(prepared)] == ["8:30", "16:45", "7:05", "13:00"]


def test_hours_with_decimals_are_no_clock(empty_store: Store):
    cells = ["8.25", "8.50", "8.75", "9.80"]
    rows = [*(f"A B,24/08/2021,{cell},M" for cell in cells), "A B,24/08/2021,08:00,M"]
    prepared = prepare(empty_store, "a.csv", "\n".join(["Họ tên,Ngày,Giờ,Địa điểm", *rows]).encode())
    assert [reason for _, _, reason in outcomes(prepared)] == ["bad_time"] * 4 + [None]


@pytest.mark.parametrize(
    ("written", "hour"), [("12:30 SA", 0), ("12:30 CH", 12), ("1:30 CH", 13), ("11:30 PM", 23), ("14:30 CH", 14)]
)
def test_twelve_hour_clock(empty_store: Store, written: str, hour: int):
    content = text(("SĐT", "Thời gian", "Địa điểm"), ("0912345678", f"24/08/2021 {written}", "A")).encode()
    assert said(prepare(empty_store, "a.csv", content))[0][3] == datetime(2021, 8, 24, hour, 30)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("08/24/2021 08:10", "bad_time"), ("31/02/2021 08:10", "bad_time"), ("24/08/2021 25:10", "bad_time"),
        ("24/08/2021 08:60", "bad_time"), ("24/08/2021 13:00 SA", "bad_time"), ("hôm qua", "bad_time"),
        ("24/08/2021 08:10 x", "bad_time"), ("#########", "bad_time"), ("24/08/2021", "no_time"), ("", "no_time"),
        ("08:10", "no_time"), ("44432", "no_time"), ("24/08/2999 08:10", "future_time"),
        ("31/12/2019 08:10", "old_time"), ("24/08/1021 08:10", "old_time"),
        ("01/01/1900 08:00", "old_time"), ("0001-01-01 00:00:00", "old_time"), ("1899-12-31 08:00:00", "no_time"),
    ],
)  # fmt: skip
def test_impossible_times_are_rejected(empty_store: Store, written: str, reason: str):
    rows = [("0912345678", "24/08/2021 08:10", "A"), ("0912345679", written, "A")]
    prepared = prepare(empty_store, "a.csv", text(("SĐT", "Thời gian", "Địa điểm"), *rows, separator=";").encode())
    assert outcomes(prepared) == [(2, "accepted", None), (3, "rejected", reason)]


def test_date_and_time_in_two_columns(empty_store: Store):
    header = ("STT", "Ngày", "Giờ", "Họ tên", "Địa điểm")
    content = text(header, ("1", "24/08/2021", "08:10", "A B", "X"), ("2", "", "08:11 24/8/2021", "A C", "X")).encode()
    assert [row[3] for row in said(prepare(empty_store, "a.csv", content))] == [
        datetime(2021, 8, 24, 8, 10),
        datetime(2021, 8, 24, 8, 11),
    ]


def test_one_row_a_visit(empty_store: Store):
    header = ("Họ tên", "Điện thoại", "Ngày", "Giờ vào", "Giờ ra", "Địa điểm", "Mục đích")
    visits = [
        ("A B", "0912345678", "24/08/2021", "08:10", "09:00", "X", "Nộp hồ sơ"),
        ("A C", "0912345679", "24/08/2021", "08:20", "", "X", ""),
        ("A D", "0912345680", "24/08/2021", "", "10:00", "X", ""),
        ("A E", "0912345681", "24/08/2021", "18:00", "06:30", "X", ""),  # night duty
        ("A F", "0912345682", "24/08/2021", "14:00", "13:50", "X", ""),
        ("A G", "0912345683", "24/08/2021", "", "", "X", ""),
        ("A H", "0912345684", "24/08/2021", "8 giờ", "mười giờ", "X", ""),
    ]
    prepared = prepare(empty_store, "a.csv", text(header, *visits).encode())
    assert [(row[0], row[3].strftime("%d %H:%M"), row[4]) for row in said(prepared)] == [
        ("A B", "24 08:10", "in"), ("A B", "24 09:00", "out"), ("A C", "24 08:20", "in"), ("A D", "24 10:00", "out"),
        ("A E", "24 18:00", "in"), ("A E", "25 06:30", "out"),
    ]  # fmt: skip
    assert [reason for _, _, reason in outcomes(prepared)] == [None] * 4 + ["out_before_in", "no_time", "bad_time"]
    assert prepared.became(1)["purpose"].to_list() == ["Nộp hồ sơ"]


def test_a_visit_with_one_new_scan_is_accepted(empty_store: Store):
    header = ("Họ tên", "Điện thoại", "Thời gian vào", "Thời gian ra", "Địa điểm")
    first = text(header, ("A B", "0912345678", "24/08/2021 08:10", "", "X")).encode()
    then = text(header, ("A B", "0912345678", "24/08/2021 08:10", "24/08/2021 09:00", "X")).encode()
    intake.load(empty_store, prepare(empty_store, "a.csv", first), "test")
    assert outcomes(prepare(empty_store, "b.csv", then)) == [(2, "accepted", None)]
    intake.load(empty_store, prepare(empty_store, "b.csv", then), "test")
    assert outcomes(prepare(empty_store, "c.csv", then + b"\n")) == [(2, "duplicate", None)]
    assert empty_store.cursor().execute("SELECT direction FROM scan ORDER BY 1").fetchall() == [("in",), ("out",)]


@pytest.mark.parametrize(
    ("written", "direction"),
    [("Vào", "in"), ("VAO", "in"), ("V", "in"), ("Check-in", "in"), ("checkin", "in"), ("IN", "in"), ("Đến", "in"),
     ("Ra", "out"), ("R", "out"), ("check out", "out"), ("Về", "out"), ("Ra về", "out"), ("", "unknown")],
)  # fmt: skip
def test_directions(empty_store: Store, written: str, direction: str):
    rows = [ROWS[0], (*ROWS[1][:4], written)]
    assert said(prepare(empty_store, "a.csv", text(HEADER, *rows).encode()))[1][4] == direction


def test_a_word_that_is_no_direction_is_rejected_among_directions(empty_store: Store):
    rows = [ROWS[0], (*ROWS[1][:4], "Quá cảnh")]
    assert outcomes(prepare(empty_store, "a.csv", text(HEADER, *rows).encode()))[1] == (
        3,
        "rejected",
        "bad_direction",
    )


def test_a_column_without_any_direction_is_not_one(empty_store: Store):
    rows = [(*row[:4], "Quét mã QR") for row in ROWS]
    content = text((*HEADER[:4], "Hình thức"), *rows).encode()
    assert [row[4] for row in said(prepare(empty_store, "a.csv", content))] == ["unknown", "unknown"]


def test_quotes_line_breaks_and_separators_inside_cells(empty_store: Store):
    content = (
        '"Họ và tên","Số điện\nthoại",Địa điểm,Thời gian,Vào/Ra\n'
        '"Lò Văn ""Tý"" Ánh",0912345678,"Trụ sở, Mai Sơn",24/08/2021 08:10,Vào\n'
        '"Hà\nThị Thuý",0387654321,X,24/08/2021 08:11,Ra\n'
        'Lò 5" B,0912345679,X,24/08/2021 08:12,Ra\n'
    ).encode()
    prepared = prepare(empty_store, "a.csv", content)
    assert [row[:3] for row in said(prepared)] == [
        ('Lò Văn "Tý" Ánh', "0912345678", "Trụ sở, Mai Sơn"),
        ("Hà Thị Thuý", "0387654321", "X"),
        ('Lò 5" B', "0912345679", "X"),
    ]
    assert prepared.rows["line"].to_list() == [3, 4, 6]


def test_a_forgotten_quote_costs_one_row_not_the_rest(empty_store: Store):
    rows = "".join(
        f"{q}A {i},09123456{i:02},X,24/08/2021 08:{i:02},Vào\n" for i, q in enumerate(["", '"', "", "", '"', ""])
    )
    prepared = prepare(empty_store, "a.csv", f"Họ tên,SĐT,Địa điểm,Thời gian,Vào/Ra\n{rows}".encode())
    assert outcomes(prepared) == [
        (2, "accepted", None), (3, "rejected", "bad_quote"), (4, "accepted", None), (5, "accepted", None),
        (6, "rejected", "bad_quote"), (7, "accepted", None),
    ]  # fmt: skip


def test_ragged_blank_and_total_rows(empty_store: Store):
    rows = [
        "Lò Văn A,0912345678,X,24/08/2021 08:10,Vào",
        "",
        ",,,,",
        "Lò Văn B,0912345679,X,24/08/2021 08:10",
        "Lò Văn C,0912345670,X,24/08/2021 08:10,Vào,,,",
        "Lò Văn D,0912345671,X,Y,24/08/2021 08:10,Vào",
        "   ",
        "Tổng cộng: 3,,,,",
        "Tổng số 3 lượt",
        "Tống Văn E,0912345672,X,24/08/2021 08:10,Vào",
    ]
    prepared = prepare(empty_store, "a.csv", "\n".join(["Họ tên,SĐT,Địa điểm,Thời gian,Vào/Ra", *rows]).encode())
    assert outcomes(prepared) == [
        (2, "accepted", None), (5, "rejected", "bad_row"), (6, "accepted", None), (7, "rejected", "bad_row"),
        (9, "rejected", "total_row"), (10, "rejected", "total_row"), (11, "accepted", None),
    ]  # fmt: skip
    assert prepared.rows["raw"][1] == rows[3]


def test_damaged_characters_cost_their_rows_only(empty_store: Store):
    lines = text(HEADER, *ROWS).encode().split(b"\r\n")
    lines[1] = lines[1].replace("Á".encode(), b"\xc3")
    lines[2] += b"\x00"
    lines.insert(3, ",".join(ROWS[0]).encode())
    prepared = prepare(empty_store, "a.csv", b"\n".join(lines))
    assert [reason for _, _, reason in outcomes(prepared)] == ["bad_text", "bad_text", None]
    batch = intake.load(empty_store, prepared, "test")
    assert batch.rejects["raw"][1].endswith("Ra␀")


def test_a_workbook_with_real_dates_numbers_and_a_title(empty_store: Store):
    moment = datetime(2021, 8, 24, 8, 10)
    content = workbook(
        ("DANH SÁCH QUÉT MÃ",),
        (),
        ("STT", "Họ tên", "SĐT", "Địa điểm", "Thời gian", "Vào/Ra"),
        (1, "Lò Văn Ánh", 912345678, "X", moment, "Vào"),
        (),
        (2, "Hà Thị Thuý", 84387654321, "X", 44432.340277777781, "Ra"),
        (3, "Hà Thị Hoà", "0387 654 322", "X", "24/08/2021 08:10", None),
        ("Tổng cộng", 3),
        skip=2,
    )  # fmt: skip
    prepared = prepare(empty_store, "a.xlsx", content)
    assert said(prepared) == [
        ("Lò Văn Ánh", "0912345678", "X", moment, "in"),
        ("Hà Thị Thuý", "0387654321", "X", moment, "out"),
        ("Hà Thị Hoà", "0387654322", "X", moment, "unknown"),
    ]
    assert prepared.part.sheet == "Tháng 8"
    assert outcomes(prepared) == [
        (6, "accepted", None), (8, "accepted", None), (9, "accepted", None), (10, "rejected", "total_row")
    ]  # fmt: skip


def test_a_workbook_with_date_and_time_columns(empty_store: Store):
    content = workbook(
        ("Họ tên", "Ngày", "Giờ vào", "Giờ ra", "Địa điểm"), ("A B", date(2021, 8, 24), time(8, 10), time(9, 0), "X")
    )
    assert [row[3] for row in said(prepare(empty_store, "a.xlsx", content))] == [
        datetime(2021, 8, 24, 8, 10),
        datetime(2021, 8, 24, 9, 0),
    ]


@pytest.mark.parametrize(
    "written",
    ["0912345678", "+84912345678", "84912345678", "0084912345678", "912345678", "0912 345 678", "0912.345.678"],
)
def test_phone_forms_are_one_person(empty_store: Store, written: str):
    rows = [ROWS[0], ("Lò Văn Ánh", written, "X", "24/08/2021 09:00", "Ra"), ("Ánh", "", "X", "24/08/2021 09:00", "Ra")]
    prepared = prepare(empty_store, "a.csv", text(HEADER, *rows).encode())
    assert prepared.facts.people["phone"].to_list() == ["+84912345678", None]


def test_who_is_nobody(empty_store: Store):
    rows = [
        ("", "", "X", "24/08/2021 08:10", "Vào"),
        ("-", "không có", "X", "24/08/2021 08:10", "Vào"),
        ("Lò Văn A", "09123", "X", "24/08/2021 08:10", "Vào"),
        ("Lò Văn A", "không", "X", "24/08/2021 08:10", "Vào"),
        ("", "0912345678", "X", "24/08/2021 08:10", "Vào"),
        ("Nguyễn Văn ***", "0912345***", "X", "24/08/2021 08:10", "Vào"),
        ("Lò Văn A", "0912345678", "", "24/08/2021 08:10", "Vào"),
    ]
    prepared = prepare(empty_store, "a.csv", text(HEADER, *rows).encode())
    assert [reason for _, _, reason in outcomes(prepared)] == [
        "no_person", "no_person", "bad_phone", None, None, None, "no_location"
    ]  # fmt: skip
    assert prepared.facts.people.select("name", "phone", "masked").rows() == [
        ("Lò Văn A", None, False),
        ("0912345678", "+84912345678", False),
        ("Nguyễn Văn ***", None, True),
    ]


def test_a_location_can_be_given_for_the_whole_file(empty_store: Store):
    content = text(("Họ tên", "Thời gian"), ("A B", "24/08/2021 08:10")).encode()
    prepared = prepare(empty_store, "a.csv", content)
    assert prepared.needs_location
    with pytest.raises(intake.IntakeError):
        intake.load(empty_store, prepared, "test")
    assert empty_store.ask("intake/batch_count")["batches"][0] == 0
    prepared = prepare(empty_store, "a.csv", content, location="Trụ sở  Mai Sơn")
    assert not prepared.needs_location
    assert prepared.new_locations == ["Trụ sở Mai Sơn"]
    intake.load(empty_store, prepared, "test")
    assert prepare(empty_store, "b.csv", content, location="tru so mai son").counts["duplicates"] == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"), (b"\xef\xbb\xbf\r\n  \n", "empty"), (b"\x00" * 5000, "empty"),
        (b"\xff\xfe", "empty"), (b"hello\nworld\n", "header"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "not a table"), (bytes(range(256)) * 20, "not a table"),
        ("Họ tên,Cơ quan\nA,B\n".encode(), "fit no known kind"), ("Họ tên,Thời gian\n".encode(), "no row"),
        (b"PK\x03\x04" + b"\x00" * 100, "damaged"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 1000, "password"),
        (workbook(("Họ tên", "Thời gian"), ("A", "24/08/2021 08:10"))[:-100], "damaged"),
        (workbook(), "no table"), (b"<html><body>Xin</body></html>", "no table"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_plain_words(empty_store: Store, content: bytes, words: str):
    with pytest.raises(intake.IntakeError, match=words):
        prepare(empty_store, "a.csv", content)


def test_a_kind_given_by_hand_says_what_is_missing(empty_store: Store):
    content = text(HEADER, *ROWS).encode()
    with pytest.raises(intake.IntakeError, match="lacks a column: Mũi\\."):
        prepare(empty_store, "a.csv", content, kind="doses")
    assert prepare(empty_store, "a.csv", content, kind="scans").counts["accepted"] == 2


def test_the_result_is_typed(empty_store: Store):
    settled = prepare(empty_store, "a.csv", text(HEADER, *ROWS).encode()).settled
    assert settled.facts.schema["scanned_at"] == pl.Datetime("us")
    assert settled.rows.schema["line"] == pl.Int64


def test_cells_beyond_the_last_header_are_no_column(empty_store: Store):
    """Their direction is not guessed: the rows do not fit the header, and say so."""
    content = "Họ tên,Thời gian,Địa điểm,\nLò Văn A,24/08/2021 08:10,Mai Sơn,Vào\nLò Văn B,24/08/2021 08:11,Mai Sơn,\n"
    prepared = prepare(empty_store, "a.csv", content.encode())
    assert outcomes(prepared) == [(2, "rejected", "bad_row"), (3, "accepted", None)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(empty_store: Store, encoding: str):
    content = "Họ tên;SĐT;Địa điểm;Thời gian\nLò Thị Ánh;0912345678;Mai Sơn;24/08/2021 08:10\n"
    assert outcomes(prepare(empty_store, "a.txt", content.encode(encoding))) == [(2, "accepted", None)]


@pytest.mark.parametrize(
    ("arrived", "left"),
    [
        ("Check-in time", "Check-out time"), ("Thời gian check in", "Thời gian check out"), ("Giờ đến", "Giờ đi"),
        ("Thời gian đến", "Thời gian đi"), ("Ngày giờ vào", "Ngày giờ ra"), ("Lúc đến", "Lúc về"),
    ],
)  # fmt: skip
def test_a_visit_is_told_by_many_names(empty_store: Store, arrived: str, left: str):
    row = ("0912345678", "24/08/2021 08:10", "24/08/2021 09:20", "A")
    rows = said(prepare(empty_store, "a.csv", text(("SĐT", arrived, left, "Địa điểm"), row).encode()))
    assert [(at.hour, direction) for _, _, _, at, direction, *_ in rows] == [(8, "in"), (9, "out")]


@pytest.mark.parametrize("wrong", ["Lò Văn SAI,0912345678,32/08/2021 08:00,A", "Lò\x01,0912345678,24/08/2021 08:00,A"])
def test_a_rejected_row_gives_nobody_their_name(empty_store: Store, wrong: str):
    content = f"Họ tên,SĐT,Thời gian,Địa điểm\n{wrong}\nLò Văn Đúng,0912345678,24/08/2021 08:10,A\n"
    assert [row[0] for row in said(prepare(empty_store, "a.csv", content.encode()))] == ["Lò Văn Đúng"]


@pytest.mark.parametrize("nowhere", ["không", "Không có", "-", "n/a"])
def test_a_word_for_nowhere_is_no_location(empty_store: Store, nowhere: str):
    content = f"Họ tên,Thời gian,Địa điểm\nLò Văn A,24/08/2021 08:10,X\nLò Văn A,24/08/2021 08:11,{nowhere}\n"
    assert outcomes(prepare(empty_store, "a.csv", content.encode()))[1:] == [(3, "rejected", "no_location")]


@pytest.mark.parametrize("headers", ["Số điện thoại,Điện thoại liên hệ", "SĐT,SĐT", "SĐT,Số điện thoại khác"])
def test_a_second_phone_counts_where_the_first_is_empty(empty_store: Store, headers: str):
    rows = ["A B,,0987654321", "A C,không,0987654322", "A D,0912345678,0987654323", "A E,,"]
    content = "\n".join([f"Họ tên,{headers},Thời gian,Địa điểm", *(f"{row},24/08/2021 08:10,X" for row in rows)])
    prepared = intake.unasked(prepare(empty_store, "a.csv", content.encode()))
    assert [row[1] for row in said(prepared)] == ["0987654321", "0987654322", "0912345678", ""]


WIDE = [b"a," * 1_000_000, b"a\t" * 1000, b"x;y\n" + b";" * 20_000, b"a  b  " * 300_000, b",".join([b"a"] * 502)]


@pytest.mark.parametrize("content", WIDE, ids=range(len(WIDE)))
def test_a_file_with_more_columns_than_any_log_is_refused_at_once(empty_store: Store, content: bytes):
    for tail in (b"", b"\n\n"):
        with pytest.raises(intake.IntakeError, match="more than 500 columns"):
            prepare(empty_store, "a.csv", content + tail)


def test_a_sheet_with_more_columns_than_any_log_is_refused(empty_store: Store):
    with pytest.raises(intake.IntakeError, match="more than 500 columns"):
        prepare(empty_store, "a.xlsx", workbook(tuple(f"C{n}" for n in range(600)), ("1",) * 600))


def test_empty_columns_at_the_end_do_no_harm(empty_store: Store):
    content = text((*HEADER, *[""] * 2000), *((*row, *[""] * 2000) for row in ROWS))
    assert said(prepare(empty_store, "a.csv", content.encode())) == SAID
