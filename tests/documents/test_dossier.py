# ruff: noqa: E501 - texts as they stand on the page
"""The trace dossier of a case: who is ill, whom they met with evidence, by which rule, and what was done since."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from quetma import cases, demo_case, follow_up, tracing
from quetma.cases import RegisteredCase
from quetma.documents.official import docx, pdf
from quetma.documents.official.dossier import dossier
from quetma.documents.official.paper import Paper, Table
from quetma.follow_up import Entry
from quetma.store import Store, open_store
from tests.documents.test_official import pages, words


@pytest.fixture(scope="module")
def store(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = open_store(shutil.copytree(demo_folder, tmp_path_factory.mktemp("dossier") / "demo"))
    demo_case.write(made)
    yield made
    made.close()


def case_of(store: Store) -> RegisteredCase:
    [case] = cases.registered(store)
    return case


@pytest.fixture(scope="module")
def paper(store: Store) -> Paper:
    return dossier(store, case_of(store))


def tables(paper: Paper) -> dict[str, Table]:
    """Title of the appendix → its table."""
    return {one.title: block for one in paper.appendices for block in one.blocks if isinstance(block, Table)}


def test_what_is_said_of_the_case_and_the_trace(paper: Paper) -> None:
    for line in (
        "- Họ và tên: Lê Văn Nam;",
        "- Số điện thoại: 0900177931; năm sinh: chưa biết;",
        "- Tình trạng: xác định; khởi phát ngày 24/8/2021;",
        "- Cách ly từ 8 giờ 00 phút ngày 25/8/2021;",
        "- Quy định áp dụng: 3638/QĐ-BYT (Quyết định 3638/QĐ-BYT ngày 30/7/2021);",
        "- Thời kỳ có thể lây: từ 0 giờ 00 phút ngày 21/8/2021 đến 8 giờ 00 phút ngày 25/8/2021;",
        "- Tính là tiếp xúc: cùng địa điểm, cùng lúc, không kể thời gian dài ngắn.",
        "Còn 06 người tiếp xúc có việc quá hạn.",
    ):
        assert line in paper.texts
    assert paper.texts[-1].endswith("./.") and paper.subject.endswith("số 1 tại đơn vị")
    assert "Lê Văn Nam" not in paper.subject, "a name is in no subject, file name or metadata"


def test_every_suspect_is_listed_with_evidence_and_what_was_done(store: Store, paper: Paper) -> None:
    answer = tracing.trace(store, follow_up.heeding(store, tracing.Question((case_of(store).case,))), whole=True)
    found = tables(paper)
    assert list(found) == [
        "Danh sách người nghi F1", "Danh sách người nghi F2", "Danh sách người có thể tiếp xúc (họ tên hoặc số điện thoại bị che)",
        "Căn cứ: từng lần F0 và người nghi F1 có mặt cùng địa điểm",
    ]  # fmt: skip
    f1, f2, possible, evidence = found.values()
    sure = tracing.suspected(answer.f1)
    assert [row[1] for row in f1.rows] == sure["name"].to_list() and len(f1.rows) == answer.counts["f1"]
    assert (
        len(f2.rows) == answer.counts["f2"]
        and len(possible.rows) == answer.counts["possible"] - answer.unscanned.height
    )
    assert len(evidence.rows) == tracing.evidence(store, answer).height
    [cuong] = [row for row in f1.rows if row[1] == "Lê Văn Cường"]
    assert cuong == (
        "7", "Lê Văn Cường", "", "0900122266", "Trụ sở Yên Châu", "09:41 23/08/2021", "10:35 23/08/2021", "54", "suy ra",
        "tiếp xúc gần; cách ly (tại nhà) đến ngày 06/9/2021; xét nghiệm: âm tính; sức khỏe: bình thường",
    )  # fmt: skip
    [again] = [row for row in evidence.rows if row[1] == "Lê Văn Cường"]
    assert again[6:] == ("09:20 – 12:06 (*)", "09:41 – 10:35") or again[6].endswith("(*)")


def test_both_formats_hold_all_of_it(paper: Paper) -> None:
    text, word = " ".join(pages(pdf.pdf(paper))), " ".join(words(docx.docx(paper)))
    for table in tables(paper).values():
        for row in table.rows:
            assert row[1] in text and row[1] in word
    assert "Nguyễn" in text and "Phụ lục IV" in text and "Phụ lục IV" in word


def test_a_case_whom_nobody_met_and_that_no_scan_places(demo_store: Store) -> None:
    """Somebody who came weeks before they fell ill."""
    demo_case.write(demo_store)
    case = case_of(demo_store)
    cases.change(demo_store, "An", case, onset=datetime(2021, 7, 1).date(), isolated_at=datetime(2021, 7, 2))
    paper = dossier(demo_store, case_of(demo_store))
    assert (
        "Không có lượt quét nào cho biết người này ở đâu trong thời kỳ có thể lây: chưa xác định được người đã tiếp xúc."
        in paper.texts
    )
    assert paper.appendices == () and pdf.pdf(paper) and docx.docx(paper)


def test_what_is_entered_later_stands_in_the_next_one(demo_store: Store) -> None:
    demo_case.write(demo_store)
    trung = follow_up.state(demo_store).filter(name="Mùa Văn Trung")["person_id"][0]

    def line() -> str:
        rows = tables(dossier(demo_store, case_of(demo_store)))["Danh sách người nghi F1"].rows
        return next(row[-1] for row in rows if row[1] == "Mùa Văn Trung")

    assert line() == "chưa liên lạc được"
    follow_up.enter(demo_store, "An", Entry(trung, "called", "reached"))
    assert line() == "liên lạc được"
    assert replace(case_of(demo_store)).contacts == 17
