"""Files as offices write them: words for in and out, marks, names, and what the preview says of all that."""

from datetime import date, datetime

import polars as pl
import pytest

from quetma import compliance, intake, rollups
from quetma.intake.remarks import remarks
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import xlsx

HEADERS = "Họ tên,SĐT,Địa điểm,Thời gian"
PERSON = "Lò Văn An,0912000001,Mai Sơn"


def log(extra: str, *cells: str) -> bytes:
    """A scan log with one column more, or several, and a row for each of the cells."""
    rows = [f"{PERSON},24/08/2021 {7 + n:02}:30,{cell}" for n, cell in enumerate(cells)]
    return "\n".join([f"{HEADERS},{extra}", *rows]).encode()


def directions(prepared: intake.Prepared) -> list[str]:
    return prepared.became(100)["direction"].cast(pl.String).to_list()


def said(store: Store, prepared: intake.Prepared) -> str:
    return " ".join(map(str, remarks(store, prepared)))


@pytest.mark.parametrize(
    ("header", "cells", "told"),
    [
        ("Trạng thái", ["Đã vào", "Đã ra"], ["in", "out"]),
        ("Hình thức", ["Vào cơ quan", "Rời cơ quan", "Quét mã vào", "Đi về"], ["in", "out", "in", "out"]),
        ("Vào hay ra?", ["Khách vào", "Khách ra"], ["in", "out"]),
        ("Direction", ["Checked in", "Checked out"], ["in", "out"]),
        ("Vào,Ra", ["x,", ",x", "✓,", ","], ["in", "out", "in", "unknown"]),
        ("Chiều vào,Chiều ra", ["1,0", "0,1"], ["in", "out"]),
        ("Vào cổng", ["Có", "Không"], ["in", "out"]),
        ("Vào,Ra", ["x,", "x,"], ["in", "in"]),
        ("Trạng thái", ["Hợp lệ", "Hợp lệ"], ["unknown", "unknown"]),
    ],
)
def test_directions_in_other_words(empty_store: Store, header: str, cells: list[str], told: list[str]):
    prepared = intake.unasked(prepare(empty_store, "a.csv", log(header, *cells)))
    assert directions(prepared) == told


def test_columns_named_in_and_out_that_hold_times_are_visits(empty_store: Store):
    content = f"{HEADERS.replace('Thời gian', 'Ngày')},Vào,Ra\n{PERSON},24/08/2021,7h30,11h\n".encode()
    prepared = intake.unasked(prepare(empty_store, "a.csv", content))
    assert directions(prepared) == ["in", "out"]


def test_words_of_directions_that_nobody_knows_are_asked_about_and_remembered(empty_store: Store):
    content = log("In/Out", "1", "1", "0")
    prepared = prepare(empty_store, "a.csv", content)
    assert prepared.facts.words.rows() == [("1", 2, 2 * 8 * 3600), ("0", 1, 9 * 3600 + 1800)]
    with pytest.raises(intake.IntakeError) as doubt:
        intake.unasked(prepared)
    assert "5 (In/Out)" in str(doubt.value)
    assert "1, 0" in str(doubt.value)
    chosen = intake.unasked(prepare(empty_store, "a.csv", content, directions={"1": "out", "0": "in"}))
    assert directions(chosen) == ["out", "out", "in"]
    intake.load(empty_store, chosen, "test")
    again = intake.unasked(prepare(empty_store, "b.csv", log("In/Out", "0", "1")))
    assert directions(again) == ["in", "out"]


def test_a_word_can_be_said_to_be_no_direction(empty_store: Store):
    content = log("Vào/Ra", "Vào", "Ra vào")
    assert prepare(empty_store, "a.csv", content).counts["rejected"] == 1
    assert directions(prepare(empty_store, "a.csv", content, directions={"Ra vào": "unknown"})) == ["in", "unknown"]


def test_two_names_on_one_phone_are_told(empty_store: Store):
    rows = ["Lò Văn An,0912000001", "LO VAN AN,0912000001", "Quàng Thị Hoa,0912 000 001", "Hà B,0912000002"]
    content = "\n".join([HEADERS, *(f"{row},Mai Sơn,24/08/2021 07:3{n}" for n, row in enumerate(rows))]).encode()
    prepared = prepare(empty_store, "a.csv", content)
    assert "several people, 1: 0912000001: Lò Văn An, Quàng Thị Hoa." in said(empty_store, prepared)
    intake.load(empty_store, prepared, "test")
    other = f"{HEADERS}\nCầm Bá Tước,0912000002,Mai Sơn,24/08/2021 09:30\nAn,0912000001,Mai Sơn,24/08/2021 09:31\n"
    told = said(empty_store, prepare(empty_store, "b.csv", other.encode()))
    assert "several people, 1: 0912000002: Cầm Bá Tước, Hà B." in told


def test_who_may_have_no_smartphone_is_told(empty_store: Store):
    rows = ["An,0912000001,Lái xe,Mai Sơn,Có", "Ba,0912000002,Lái xe,Mai Sơn,", "Cò,091,Lái xe,Mai Sơn,"]
    content = "\n".join(["Họ tên,SĐT,Chức vụ,Trụ sở,Điện thoại thông minh", *rows]).encode()
    prepared = prepare(empty_store, "a.csv", content)
    assert "whether they use a smartphone: 1." in said(empty_store, prepared)


WIDE = "Họ tên,SĐT,Mũi 1,Mũi 2\nAn,0912000001,AstraZeneca (01/06/2021),Pfizer 24/08/2021\nBa,0912000002,01/07/2021,\n"


def test_the_vaccine_and_its_day_in_one_cell(empty_store: Store):
    prepared = prepare(empty_store, "a.csv", WIDE.encode())
    assert prepared.became(9).select("name", "number", "vaccine", "given_on").rows() == [
        ("An", 1, "AstraZeneca", date(2021, 6, 1)), ("An", 2, "Pfizer", date(2021, 8, 24)),
        ("Ba", 1, None, date(2021, 7, 1)),
    ]  # fmt: skip


def test_doses_that_nobody_confirmed_are_told(empty_store: Store):
    assert "nobody has confirmed: 2." in said(empty_store, prepare(empty_store, "a.csv", WIDE.encode()))
    head, an, ba = WIDE.splitlines()
    prepared = prepare(empty_store, "a.csv", f"{head},Người xác nhận\n{an},Lò Văn B\n{ba},\n".encode())
    assert prepared.became(9)["confirmed_by"].to_list() == ["Lò Văn B", "Lò Văn B", None]
    assert "nobody has confirmed: 1." in said(empty_store, prepared)


def test_half_days_away(empty_store: Store):
    rows = [
        "24/08/2021,24/08/2021,Khám bệnh (sáng),,",
        "24/08/2021,24/08/2021,Nghỉ 1/2 ngày,,",
        "24/08/2021 13:30,24/08/2021 17:00,Công tác,,",
        "24/08/2021 07:30,24/08/2021 17:00,Công tác,,",
        "sáng 24/08/2021,chiều 25/08/2021,Phép,,",
        "chiều 24/08/2021,25/08/2021 (sáng),Phép,,",
        "24/08/2021,,Việc riêng,Chiều,",
        "24/08/2021,,Việc riêng,Cả ngày,1",
        '24/08/2021,,Phép,,"0,5"',
        "27/08/2021,,Phép,,2.5",
        "24/08/2021,24/08/2021,Đi sang Lào,,",
        "24/08/2021,,Phép,,mấy hôm",
        "24/08/2021,26/08/2021,Phép,,mấy hôm",
    ]
    head = "Họ tên,SĐT,Từ ngày,Đến ngày,Lý do,Buổi,Số ngày"
    lines = [head, *(f"Lò Văn {n},09120000{n:02},{row}" for n, row in enumerate(rows))]
    prepared = prepare(empty_store, "a.csv", "\n".join(lines).encode())
    assert prepared.rejects.select("line", "reason").rows() == [(13, "bad_days")]
    day, next_day = date(2021, 8, 24), date(2021, 8, 25)
    assert prepared.became(99).select("first_day", "last_day", "half_first", "half_last").rows() == [
        (day, day, True, True), (day, day, True, True), (day, day, True, False), (day, day, False, False),
        (day, next_day, False, False), (day, next_day, True, True),
        (day, day, True, True), (day, day, False, False), (day, day, True, True),
        (date(2021, 8, 27), date(2021, 8, 31), False, True),
        (day, day, False, False), (day, date(2021, 8, 26), False, False),
    ]  # fmt: skip
    assert "half a day: 7." in said(empty_store, prepared)


def test_who_is_away_half_a_day_owes_a_scan(empty_store: Store):
    roster = "Họ tên,SĐT,Chức vụ,Trụ sở,Điện thoại thông minh\nAn,0912000001,Lái xe,Mai Sơn,Có\n"
    days = "".join(f"Khách,0987654321,Mai Sơn,{day}/08/2021 08:10\n" for day in (24, 25, 26))
    away = "Họ tên,SĐT,Từ ngày,Đến ngày,Lý do\nAn,0912000001,chiều 24/08/2021,sáng 26/08/2021,Phép\n"
    for text in (roster, f"{HEADERS}\n{days}", away):
        intake.load(empty_store, prepare(empty_store, "a.csv", text.encode()), "test")
    owed = {day: compliance.on(empty_store, date(2021, 8, day)) for day in (24, 25, 26)}
    assert [owed[day]["scanned"]["of"] for day in owed] == [1, 0, 1]
    assert [owed[day]["declared"]["of"] for day in owed] == [1, 0, 1]
    assert [owed[day]["absent"] for day in owed] == [[], ["An"], []]
    assert rollups.check(empty_store) == []


BOOK = "STT,Họ tên,SĐT,Địa điểm,Giờ vào,Giờ ra"
VISIT = "1,Lò Văn An,0912000001,Mai Sơn,7h30,11h"
DAY = date(2021, 8, 24)


def days(prepared: intake.Prepared) -> list[date]:
    return [at.date() for at in prepared.became(99)["scanned_at"]]


@pytest.mark.parametrize(
    "above",
    [
        "ĐỘI SỐ 2\nSỔ THEO DÕI KHÁCH RA VÀO NGÀY 24/08/2021\n\n",
        "SỔ KHÁCH\nNgày 24 tháng 8 năm 2021\nNgười in: An, ngày in 30/08/2021\n",
    ],
)
def test_a_day_above_the_table_is_the_day_of_its_rows(empty_store: Store, above: str):
    prepared = intake.unasked(prepare(empty_store, "a.csv", f"{above}{BOOK}\n{VISIT}\n".encode()))
    assert days(prepared) == [DAY, DAY]
    assert "one day, 24/08/2021" in said(empty_store, prepared)


@pytest.mark.parametrize("above", ["", "Từ ngày 24/08/2021 đến ngày 25/08/2021\n", "Ngày in: 24/08/2021\n"])
def test_rows_that_name_no_day_are_asked_about(empty_store: Store, above: str):
    content = f"{above}{BOOK}\n{VISIT}\n".encode()
    [table] = intake.prepare(empty_store, "a.csv", content)
    assert isinstance(table, intake.Refused)
    assert table.needs_day
    assert days(prepare(empty_store, "a.csv", content, day="2021-08-24")) == [DAY, DAY]


def test_a_sheet_for_each_day(empty_store: Store):
    table = [line.split(",") for line in (BOOK, VISIT)]
    book = xlsx({"24.08.2021": table, "25-8": table})
    first, second = intake.prepare(empty_store, "a.xlsx", book, {"25-8": intake.Choices(day="2021-08-25")})
    assert isinstance(first, intake.Prepared)
    assert isinstance(second, intake.Prepared)
    assert days(first) + days(second) == [DAY, DAY, date(2021, 8, 25), date(2021, 8, 25)]


def test_days_as_lines_between_the_rows(empty_store: Store):
    content = f"{BOOK}\n,Ngày 24/08/2021,,,,\n{VISIT}\n,Ngày 25/08/2021,,,,\n{VISIT}\n".encode()
    prepared = intake.unasked(prepare(empty_store, "a.csv", content))
    assert days(prepared) == [DAY, DAY, date(2021, 8, 25), date(2021, 8, 25)]
    assert prepared.rejects.select("line", "reason").rows() == [(2, "total_row"), (4, "total_row")]


def test_a_list_of_apps_without_days_is_of_one_day(empty_store: Store):
    content = b"Ho ten,SDT,Da cai Bluezone,Da cai NCOVI\nAn,0912000001,Co,Khong\nBa,0912000002,Co,Co\n"
    [table] = intake.prepare(empty_store, "a.csv", content)
    assert isinstance(table, intake.Refused)
    assert table.needs_day
    prepared = prepare(empty_store, "a.csv", content, day="2021-08-24")
    assert prepared.became(9).select("name", "app", "installed_on").rows() == [
        ("An", "Bluezone", DAY), ("Ba", "Bluezone", DAY), ("Ba", "NCOVI", DAY)
    ]  # fmt: skip


def test_a_visit_in_one_cell(empty_store: Store):
    content = f"{HEADERS.replace('Thời', 'Ngày,Thời')}\n{PERSON},24/08/2021,7h30 - 11h00\n{PERSON},25/08/2021,08:00\n"
    prepared = intake.unasked(prepare(empty_store, "a.csv", content.encode()))
    assert prepared.became(9).select("scanned_at", "direction").rows() == [
        (datetime(2021, 8, 24, 7, 30), "in"), (datetime(2021, 8, 24, 11), "out"), (datetime(2021, 8, 25, 8), "in")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "row", "name"),
    [
        ("Họ và tên đệm,Tên,SĐT", "Lò Văn,An,0912000001", "Lò Văn An"),
        ("Last name,First name,Phone", "Lò Văn,An,0912000001", "Lò Văn An"),
        ("Full Name / Họ tên,Phone / SĐT", "Lò Văn An,0912000001", "Lò Văn An"),
    ],
)
def test_names_in_two_columns_and_headers_in_two_languages(empty_store: Store, headers: str, row: str, name: str):
    content = f"{headers},Location (Địa điểm),Dấu thời gian\n{row},Mai Sơn,24/08/2021 7:30:11\n".encode()
    prepared = intake.unasked(prepare(empty_store, "a.csv", content))
    assert prepared.became(9).select("name", "phone").rows() == [(name, "0912000001")]


def test_the_answers_of_a_form_are_declarations(empty_store: Store):
    content = "Dấu thời gian,Họ tên,SĐT,Anh/chị có triệu chứng gì không?\n24/08/2021 7:30:11,An,0912000001,Sốt\n"
    prepared = intake.unasked(prepare(empty_store, "a.csv", content.encode()))
    assert prepared.became(9).select("declared_at", "symptoms").rows() == [(datetime(2021, 8, 24, 7, 30, 11), "Sốt")]


def test_men_and_women_have_a_column_each_for_their_birth(empty_store: Store):
    rows = [
        ["Họ tên", "Ngày sinh", "", "Chức vụ", "Trụ sở"], ["", "Nam", "Nữ", "", ""],
        ["An", "12/05/1980", "", "Lái xe", "Mai Sơn"], ["Bé", "", "03/07/1985", "Lái xe", "Mai Sơn"],
    ]  # fmt: skip
    prepared = prepare(empty_store, "a.xlsx", xlsx({"A": rows}, [(0, 1, 0, 2)]))
    assert prepared.facts.people.select("name", "birth_year").rows() == [("An", 1980), ("Bé", 1985)]


def test_a_roster_that_says_who_has_left(empty_store: Store):
    rows = ["An,1,", "Ba,2,đã nghỉ việc", "Cò,3,nghỉ hưu từ 01/06/2021", "Dế,4,chuyển công tác ngày 01/06/2021"]
    content = "Họ tên,Năm sinh,Chức vụ,Trụ sở,Ghi chú\n" + "".join(
        f"{name},198{n},Lái xe,Mai Sơn,{note}\n" for name, n, note in (row.split(",") for row in rows)
    )
    prepared = prepare(empty_store, "a.csv", content.encode())
    assert prepared.rejects.select("line", "reason").rows() == [(3, "left_when")]
    assert prepared.became(9)["ended"].to_list() == [None, date(2021, 5, 31), date(2021, 6, 1)]


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("1629765000", datetime(2021, 8, 24, 7, 30)),
        ("1629765000000", datetime(2021, 8, 24, 7, 30)),
        ("2021/08/24 7.30", datetime(2021, 8, 24, 7, 30)),
    ],
)
def test_rare_times(empty_store: Store, cell: str, at: datetime):
    prepared = prepare(empty_store, "a.csv", f"{HEADERS}\n{PERSON},{cell}\n".encode())
    assert prepared.became(1)["scanned_at"].to_list() == [at]


LETTERS = (
    f"Họ tên,SĐT,Trụ sở,Thời gian\n{PERSON},24/08/2021 07:30\nĐặng Thị Hường,0912000002,Mường Ảng,24/08/2021 7:31\n"
)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (LETTERS.encode().decode("latin-1").encode(), "wrong encoding"),
        (LETTERS.encode("latin-1", "replace"), "question marks"),
    ],
)
def test_letters_that_were_lost_on_the_way_are_told(empty_store: Store, content: bytes, told: str):
    with pytest.raises(intake.IntakeError, match=told):
        prepare(empty_store, "a.csv", content)


def test_a_workbook_without_a_cell_is_empty(empty_store: Store):
    with pytest.raises(intake.IntakeError, match="no table"):
        prepare(empty_store, "a.xlsx", xlsx({"Sheet1": []}))
