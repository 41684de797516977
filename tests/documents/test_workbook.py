"""The workbook of a trace: every sheet, read back cell by cell, and nothing in it that runs."""

import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from quetma import receipts
from quetma.documents import workbook
from quetma.store import Store
from quetma.tracing import Case, Question, Trace, evidence, trace
from tests.scenario import unit
from tests.test_receipts import F0, HERE, NOON, ONSET, THERE, X, Y, Z, visits

SENTENCE = (
    "Truy vết Người 1 0912341, có thể lây từ 00:00 20/08/2021 đến 00:00 07/09/2021 theo 3638/QĐ-BYT, tối thiểu 0 phút, "
    "không khí còn lưu 0 phút: 1 nghi F1, 1 nghi F2, 1 người chỉ có thể. "
    "Căn cứ cùng nơi, cùng lúc trong lịch sử quét mã; cần xác minh."
)


def at(minute: int) -> datetime:
    return datetime(2021, 8, 23, 12 + minute // 60, minute % 60)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    scans = visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (X, THERE, 100, 160), (Y, THERE, 120, 200), (Z, HERE, 50, 55))
    scans.remove((X, HERE, at(90), "out"))
    store = unit(tmp_path / "store", scans)
    with store.write() as cursor:
        cursor.execute("UPDATE person SET name = '=HYPERLINK(\"http://x\")' WHERE person_id = ?", [Y])
        cursor.execute(
            "UPDATE person SET masked = TRUE, name = 'Người ***', identity = 'masked:Người ***|091***' "
            "WHERE person_id = ?",
            [Z],
        )
    return store


def written(
    store: Store, path: Path, language: str = "vi", **question: int
) -> tuple[Trace, dict[str, list[list[Any]]]]:
    answer = trace(store, Question((Case(F0, ONSET),), **question))
    steps = [evidence(store, answer, degree) for degree in range(1, answer.question.steps + 1)]
    workbook.write(answer, steps, receipts.grounds(store, answer.question), path, language, "An, số 1")
    book = CalamineWorkbook.from_path(str(path))
    return answer, {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def test_the_workbook_is_exactly_this(store: Store, tmp_path: Path) -> None:
    _, sheets = written(store, tmp_path / "a.xlsx")
    assert list(sheets) == [
        "F0",
        "F1",
        "F2",
        "Có thể",
        "Trực, không quét",
        "Bằng chứng",
        "Tham số",
    ]
    assert {name: rows[0][0] for name, rows in sheets.items()} == dict.fromkeys(sheets, SENTENCE)
    table = {name: rows[2:] for name, rows in sheets.items()}
    assert table["F0"] == [
        ["Họ và tên", "Điện thoại", "Năm sinh", "Khởi phát hoặc lấy mẫu", "Người bệnh", "Có thể lây từ",
         "Có thể lây đến", "Quy định", "Lưu ý"],
        ["Người 1", "0912341", "", ONSET, "có triệu chứng", date(2021, 8, 20), date(2021, 9, 7),
         "3638/QĐ-BYT", ""],
    ]  # fmt: skip
    assert table["F1"] == [
        ["Họ và tên", "Điện thoại", "Địa điểm", "Lần đầu cùng nơi", "Lần cuối cùng nơi", "Số phút cùng nơi", "Số lần",
         "Mức chắc chắn"],
        ["Người 2", "0912342", "Nơi 1", at(13), at(60), 47.0, 1.0, "suy ra"],
    ]  # fmt: skip
    assert table["F2"][1:] == [['=HYPERLINK("http://x")', "0912343", "Nơi 2", at(120), at(160), "", 1.0, 1.0, "suy ra"]]
    assert [row[:2] for row in table["Có thể"][1:]] == [["có thể F1", "Người ***"]]
    assert table["Trực, không quét"] == [["Họ và tên", "Điện thoại", "Ngày", "Địa điểm"]]
    assert table["Bằng chứng"] == [
        ["Bước", "Gặp ai", "Họ và tên", "Điện thoại", "Địa điểm", "Cùng nơi từ", "Cùng nơi đến", "Phút",
         "Người lây đến lúc", "Người lây đi lúc", "Người này đến lúc", "Người này đi lúc",
         "Suy ra, không có lượt quét"],
        ["F0–F1", "Người 1", "Người 2", "0912342", "Nơi 1", at(13), at(60), 47.0, at(0), at(60), at(13), at(100),
         "giờ đi của người này"],
        ["F0–F1", "Người 1", "Người ***", "091***", "Nơi 1", at(50), at(55), 5.0, at(0), at(60), at(50), at(55), ""],
        ["F1–F2", "Người 2", '=HYPERLINK("http://x")', "0912343", "Nơi 2", at(120), at(160), 40.0, at(100), at(160),
         at(120), at(200), ""],
    ]  # fmt: skip
    told = dict(table["Tham số"][1:])
    assert told["Đây là gì"].startswith("Nghi vấn, cần xác minh")
    assert (told["Đã lưu"], told["F1 · F2 · có thể"]) == ("An, số 1", "1 · 1 · 1")
    assert told["F0 Người 1"].endswith(
        "có thể lây từ 00:00 20/08/2021 đến 00:00 07/09/2021, 3 ngày trước đó theo 3638/QĐ-BYT"
    )
    assert told["3638/QĐ-BYT"].startswith("Quy định: Quyết định 3638/QĐ-BYT ngày 30/7/2021. Văn bản không nêu")
    assert told["Căn cứ: lịch sử quét mã"].startswith("x, a tải lên lúc ") and told["Căn cứ: lịch sử quét mã"].endswith(
        ", SHA-256 1"
    )


def test_in_english_with_f3(store: Store, tmp_path: Path) -> None:
    answer, sheets = written(store, tmp_path / "a.xlsx", "en", steps=3)
    assert list(sheets) == ["F0", "F1", "F2", "F3", "Possible", "On duty, not scanned", "Evidence", "Parameters"]
    assert sheets["F3"][3:] == [] and answer.f3.is_empty()
    assert "to be verified" in sheets["F0"][0][0]


def test_nothing_in_it_runs(store: Store, tmp_path: Path) -> None:
    written(store, tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                sheet = archive.read(name).decode()
                assert "<f>" not in sheet and "<hyperlink" not in sheet
    assert [path.name for path in tmp_path.glob("a*")] == ["a.xlsx"]


def test_a_case_without_a_contact_gives_a_workbook_that_says_so(tmp_path: Path) -> None:
    store = unit(tmp_path / "store", visits((F0, HERE, -9000, -8990), (X, THERE, 0, 10)))
    _, sheets = written(store, tmp_path / "a.xlsx", "en")
    assert sheets["F0"][3][-1] == "no scan in these days"
    assert [len(sheets[name]) for name in ("F1", "F2", "Possible", "Evidence")] == [3, 3, 3, 3]
    assert NOON.date() == sheets["F0"][3][3]
