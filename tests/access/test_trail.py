"""Reading the audit: exactly the lines that fit, newest first, and as a file."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from quetma.access import trail
from quetma.access.trail import Filter
from quetma.documents import audit as document
from quetma.language import translator
from quetma.store import Store

FIRST, LAST = date(2021, 8, 26), date(2021, 8, 27)
LINES = [
    (datetime(2021, 8, 25, 23, 59, 59), "An", "trace", "Hoàng Thị Mai 0900000004", "before"),
    (datetime(2021, 8, 26), "An", "trace", "Hoàng Thị Mai 0900000004", "=1+1"),
    (datetime(2021, 8, 26, 9), "Đạt", "decide", "Hoàng Thị Mai 0900000004", "remind, scanned 24/08/2021"),
    (datetime(2021, 8, 27, 23, 59, 59), "An", "decide", "Lò Văn Tuấn", "criticise"),
    (datetime(2021, 8, 28), "An", "sign_in", "An", "127.0.0.1"),
]


@pytest.fixture
def store(empty_store: Store) -> Store:
    for line in LINES:
        empty_store.append("audit", *line)
    return empty_store


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (Filter(FIRST, LAST), [3, 2, 1]),
        (Filter(FIRST, FIRST), [2, 1]),
        (Filter(FIRST, LAST, ("An",)), [3, 1]),
        (Filter(FIRST, LAST, ("An", "Đạt"), ("decide",)), [3, 2]),
        (Filter(FIRST, LAST, text="mai hoang"), [2, 1]),
        (Filter(FIRST, LAST, text="DAT"), [2]),
        (Filter(FIRST, LAST, text="đạt 24/08"), [2]),
        (Filter(FIRST, LAST, text="%"), []),  # a sign like any other
        (Filter(date(2021, 1, 1), date(2022, 1, 1), text="sign_in"), []),
        (Filter(date(2021, 1, 1), date(2022, 1, 1)), [4, 3, 2, 1, 0]),
        (Filter(LAST + timedelta(5), LAST + timedelta(6)), []),
    ],
)
def test_the_lines_that_fit_newest_first(store: Store, asked: Filter, kept: list[int]) -> None:
    assert asked.lines(store, 100).rows() == [LINES[at] for at in kept]
    assert asked.count(store) == len(kept)
    assert asked.lines(store, 1, 1).rows() == [LINES[at] for at in kept[1:2]]


def test_a_line_just_added_is_there(store: Store) -> None:
    asked = Filter(FIRST, LAST)
    assert asked.count(store) == 3
    store.append("audit", datetime(2021, 8, 26, 10), "An", "trace", "x", "")
    assert asked.count(store) == 4


def test_who_and_what_is_known(store: Store) -> None:
    assert trail.known(store) == (["An", "Đạt"], ["decide", "sign_in", "trace"])


def test_the_sentence() -> None:
    asked = Filter(FIRST, LAST, ("An",), ("decide", "own word"), "mai")
    assert asked.sentence(translator("en"), 3) == (
        "Lines of the audit from 26/08/2021 to 27/08/2021: 3. Who: An. What: decided about missed duties, own word. "
        "Text: mai."
    )
    assert asked.sought() == "26/08/2021 – 27/08/2021, An, decide, own word, mai"


def test_the_file_is_exactly_this(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "FRAME_ROWS", 2)
    document.write(store, Filter(FIRST, LAST), "csv", tmp_path / "a.csv", "vi")
    assert (tmp_path / "a.csv").read_bytes().decode("utf-8-sig") == (
        "Nhật ký từ 26/08/2021 đến 27/08/2021: 3 dòng.\r\n"
        'Thời điểm,Tài khoản,Việc đã làm,"Về ai, về việc gì",Chi tiết\r\n'
        "27/08/2021 23:59:59,An,quyết định xử lý,Lò Văn Tuấn,criticise\r\n"
        '26/08/2021 09:00:00,Đạt,quyết định xử lý,Hoàng Thị Mai 0900000004,"remind, scanned 24/08/2021"\r\n'
        "26/08/2021 00:00:00,An,truy vết,Hoàng Thị Mai 0900000004,'=1+1\r\n"
    )
