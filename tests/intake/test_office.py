"""Files as offices write them: words for in and out, marks, names, and what the preview says of all that."""

from datetime import date

import polars as pl
import pytest

from quetma import intake
from quetma.intake.remarks import remarks
from quetma.store import Store
from tests.intake import prepare

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
