"""The exported trace says what the trace says."""

from pathlib import Path

import fastexcel
import polars as pl
import pytest

from quetma.documents import trace as document
from quetma.language import translator
from quetma.tracing import Case, Question, Trace, trace
from tests.scenario import unit
from tests.test_receipts import F0, HERE, ONSET, THERE, X, Y, Z, visits

WORDS = (
    "Truy vết Người 1 0912341, có thể lây từ 00:00 20/08/2021 đến 00:00 07/09/2021 theo 3638/QĐ-BYT, tối thiểu 5 phút, "
    "không khí còn lưu 0 phút: 1 nghi F1, 1 nghi F2, 0 người chỉ có thể. "
    "Căn cứ cùng nơi, cùng lúc trong lịch sử quét mã; cần xác minh."
)


@pytest.fixture
def answer(tmp_path: Path) -> Trace:
    store = unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (Y, HERE, 70, 80)))
    return trace(store, Question((Case(F0, ONSET),), min_minutes=5))


def test_csv_is_exactly_this(answer: Trace, tmp_path: Path) -> None:
    assert document.write(answer, "csv", tmp_path / "x.csv", "vi") == WORDS
    assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines() == [
        f'"{WORDS}"',
        "Phân loại,Họ và tên,Điện thoại,Địa điểm,Lần đầu cùng nơi,Lần cuối cùng nơi,"
        "Số phút cùng nơi,Số lần,Qua bao nhiêu người,Mức chắc chắn,Có thể là",
        "nghi F1,Người 2,0912342,Nơi 1,23/08/2021 12:13:00,23/08/2021 13:00:00,47.0,1,,rõ,",
        "nghi F2,Người 3,0912343,Nơi 1,23/08/2021 13:10:00,23/08/2021 13:20:00,,1,1,rõ,",
    ]


def test_xlsx_holds_the_same(answer: Trace, tmp_path: Path) -> None:
    title = document.write(answer, "xlsx", tmp_path / "x.xlsx", "en")
    sheet = fastexcel.read_excel(tmp_path / "x.xlsx").load_sheet(0, header_row=2).to_polars()
    assert sheet.select("Class", "Name").rows() == [("suspected F1", "Người 2"), ("suspected F2", "Người 3")]
    assert title == document.sentence(answer, translator("en"))


def test_parquet_holds_values(answer: Trace, tmp_path: Path) -> None:
    document.write(answer, "parquet", tmp_path / "x.parquet", "vi")
    assert pl.read_parquet(tmp_path / "x.parquet")["certainty"].to_list() == ["seen", "seen"]


def test_the_possible_come_last_and_are_counted_apart(tmp_path: Path) -> None:
    store = unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (Y, HERE, 20, 80)))
    with store.write() as cursor:
        cursor.execute("UPDATE person SET masked = TRUE, name = 'Người ***' WHERE person_id = ?", [X])
    found = trace(store, Question((Case(F0, ONSET),)))
    assert found.counts == {"f1": 1, "f2": 0, "possible": 1}
    document.write(found, "csv", tmp_path / "x.csv", "vi")
    lines = (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in lines[2:]] == [["nghi F1", "Người 3"], ["có thể F1", "Người ***"]]


def test_the_possible_say_who_they_may_be(tmp_path: Path) -> None:
    store = unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (Y, HERE, 20, 80)))
    with store.write() as cursor:
        cursor.execute(
            "UPDATE person SET masked = TRUE, name = 'Người ***', phone = NULL, "
            "identity = 'masked:Người ***|091234***' WHERE person_id = ?",
            [X],
        )
    found = trace(store, Question((Case(F0, ONSET),)))
    document.write(found, "csv", tmp_path / "x.csv", "vi")
    last = (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()[-1]
    assert last.endswith(',"Người 1 0912341, Người 3 0912343 (khớp họ tên và số điện thoại)"')
    assert [row.get("candidates") for row in found.json()["f1"]] == [
        [{"phone": "+84912341", "name": "Người 1"}, {"phone": "+84912343", "name": "Người 3"}],
        None,
    ]


def test_f3_and_several_cases_are_listed_too(tmp_path: Path) -> None:
    stays = (F0, HERE, 0, 60), (X, HERE, 13, 90), (X, THERE, 100, 160), (Y, THERE, 120, 200), (Z, THERE, 190, 220)
    store = unit(tmp_path, visits(*stays))
    answer = trace(store, Question((Case(F0, ONSET),), steps=3))
    document.write(answer, "csv", tmp_path / "x.csv", "vi")
    lines = (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()
    assert "1 nghi F1, 1 nghi F2, 1 nghi F3, 0 người chỉ có thể" in lines[0]
    assert [line.split(",")[0] for line in lines[2:]] == ["nghi F1", "nghi F2", "nghi F3"]
    two = trace(store, Question((Case(F0, ONSET), Case(Y, ONSET))))
    said = document.sentence(two, translator("en"))
    window = "infectious 00:00 20/08/2021 – 00:00 07/09/2021 by 3638/QĐ-BYT"
    assert said.startswith(f"Trace of Người 1 0912341, {window}; Người 3 0912343, {window}, at least 0 minutes")
    document.write(two, "csv", tmp_path / "x.csv", "en")
    rows = [line.split(",") for line in (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()[2:]]
    assert [(row[0], row[1], row[8]) for row in rows] == [
        ("suspected F1", "Người 2", "2"),
        ("suspected F1", "Người 4", "1"),
    ]
