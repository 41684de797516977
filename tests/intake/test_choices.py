"""What a person decides about a table: columns, kind, header, place, month first; proposed, applied, remembered."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from quetma import intake
from quetma.intake import LEFT_OUT, Choices, apart
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import xlsx
from tests.intake.test_formats import HEADER, ROWS, SAID, outcomes, said, text

UNKNOWN = ("STT", "Người", "Liên lạc", "Nơi", "Lúc nào", "Dạng gì")
STRANGE = text(UNKNOWN, *((str(n), *row) for n, row in enumerate(ROWS, 1))).encode()


def proposed(store: Store, content: bytes, **chosen: Any) -> intake.Proposal:
    [table] = intake.prepare(store, "a.csv", content, Choices(**chosen))
    proposal = table.proposal if isinstance(table, intake.Refused) else table.found.proposal
    assert proposal
    return proposal


def test_choices_survive_being_written_down():
    made = Choices("scans", {"name": 1, "phone": LEFT_OUT}, 3, "Mai Sơn", {"Cổng": "Mai Sơn"}, True)
    assert Choices.from_json(made.json()) == made
    assert Choices.from_json(Choices().json()) == Choices()
    assert Choices().json() == "{}"
    assert Choices.from_json('{"kind": "scans", "unknown": 1}') == Choices(kind="scans")


def test_unknown_headers_are_understood_by_the_contents(empty_store: Store):
    [table] = intake.prepare(empty_store, "a.csv", STRANGE)
    assert isinstance(table, intake.Prepared)
    assert said(table) == SAID
    proposal = table.found.proposal
    assert proposal.columns == {"name": 1, "phone": 2, "location": 3, "time": 4, "direction": 5}
    assert proposal.guessed == ["name", "phone", "location", "time", "direction"]
    assert proposal.ignored == ["STT"]
    assert proposal.first_rows[0] == UNKNOWN
    with pytest.raises(intake.IntakeError, match=r"guessed.*Time = column 5 \(Lúc nào\)"):
        intake.unasked(table)


@pytest.mark.parametrize("workbook", [False, True])
def test_a_table_without_a_header(empty_store: Store, workbook: bool):
    rows = [(*row[:3], *row[3].split(), row[4]) for row in ROWS]
    content = xlsx({"A": [("SỔ",), *rows]}) if workbook else text(("SỔ",), *rows).encode()
    [table] = intake.prepare(empty_store, "a", content)
    assert isinstance(table, intake.Prepared)
    assert said(table) == SAID
    assert table.found.proposal.header == 0
    assert set(table.found.proposal.how.values()) == {"contents"}


def test_a_masked_log_without_known_headers(empty_store: Store):
    rows = [("Nguyễn Văn ***", "0912345***", "Cổng chính", "24/08/2021 08:10"),
            ("Lò Thị ***", "0987654***", "Cổng sau", "24/08/2021 08:11")]  # fmt: skip
    assert proposed(empty_store, text(("a", "b", "c", "d"), *rows).encode()).columns == {
        "name": 0, "phone": 1, "location": 2, "time": 3
    }  # fmt: skip


def test_two_unknown_times_are_a_visit(empty_store: Store):
    rows = [("Lò Văn A", "X 1", "24/08/2021 08:10", "24/08/2021 09:10")] * 3
    assert proposed(empty_store, text(("a", "b", "c", "d"), *rows).encode()).columns == {
        "name": 0, "time_in": 2, "time_out": 3
    }  # fmt: skip


def test_known_headers_are_not_doubted(empty_store: Store):
    proposal = proposed(empty_store, text((*HEADER[:4], "Ghi chú"), *ROWS).encode())
    assert set(proposal.how.values()) == {"header"}
    assert "direction" not in proposal.columns, "the headers say enough: nothing else is guessed"


def test_what_is_no_log_still_shows_what_it_is(empty_store: Store):
    [table] = intake.prepare(empty_store, "a.csv", b"a,b\n1,x\n2,y\n")
    assert isinstance(table, intake.Refused)
    assert table.proposal
    assert (table.proposal.kind, table.proposal.first_rows) == (None, (("a", "b"), ("1", "x"), ("2", "y")))


def test_columns_chosen_by_hand(empty_store: Store):
    chosen = {"name": 1, "phone": 2, "location": 3, "time": 4, "direction": LEFT_OUT}
    prepared = prepare(empty_store, "a.csv", STRANGE, kind="scans", columns=chosen)
    assert [row[4] for row in said(prepared)] == ["unknown", "unknown"]
    assert set(prepared.found.proposal.how.values()) == {"choice"}
    assert intake.unasked(prepared) is prepared
    swapped = prepare(empty_store, "b.csv", text(HEADER, *ROWS).encode(), columns={"location": 0, "name": 2})
    assert swapped.found.proposal.columns == {"phone": 1, "time": 3, "direction": 4, "location": 0, "name": 2}
    beyond = intake.prepare(empty_store, "a.csv", STRANGE, Choices(kind="scans", columns={"name": 99, "time": 4}))
    assert isinstance(beyond[0], intake.Refused)


def test_a_header_row_chosen_by_hand(empty_store: Store):
    content = text(HEADER, HEADER, *ROWS).encode()
    assert prepare(empty_store, "a.csv", content, header=2).rows.height == 2
    chosen = {"name": 0, "time": 3, "location": 2}
    bare = prepare(empty_store, "a.csv", text(*ROWS).encode(), header=0, kind="scans", columns=chosen)
    assert outcomes(bare) == [(1, "accepted", None), (2, "accepted", None)]


def test_a_choice_is_remembered_for_what_looks_the_same(empty_store: Store):
    chosen = {"name": 1, "phone": 2, "location": 3, "time": 4, "direction": 5}
    intake.load(empty_store, prepare(empty_store, "a.csv", STRANGE, columns=chosen), "leader")
    later = STRANGE.replace(b"24/08", b"25/08")
    [table] = intake.prepare(empty_store, "b.csv", later)
    assert isinstance(table, intake.Prepared)
    assert table.found.as_last_time
    assert set(table.found.proposal.how.values()) == {"last time"}
    assert table.found.choices == Choices(columns=chosen)
    assert intake.load(empty_store, intake.unasked(table), "inbox").accepted == 2
    other = text(("Ai", *UNKNOWN[1:]), *(("1", *row) for row in ROWS)).encode()
    assert not intake.prepare(empty_store, "c.csv", other)[0].found.as_last_time
    kept = (proposed(empty_store, later).signature, Choices(columns=chosen).json())
    assert empty_store.ask("intake/remembered").rows() == [kept]


def test_choices_are_for_one_table_or_for_all(empty_store: Store):
    rows = [("Họ tên", "Thời gian"), ("Lò Văn A", "24/08/2021 08:10")]
    content = xlsx({"A": rows, "B": rows})
    tables = intake.prepare(empty_store, "a.xlsx", content, {"B": Choices(location="Mai Sơn")})
    assert [(table.part.key, table.needs_location) for table in tables] == [("A", True), ("B", False)]
    tables = intake.prepare(empty_store, "a.xlsx", content, Choices(location="Mai Sơn"))
    assert [table.needs_location for table in tables] == [False, False]


def test_where_a_file_is_from_is_not_remembered(empty_store: Store):
    content = text(("Họ tên", "Thời gian"), ("A B", "24/08/2021 08:10")).encode()
    intake.load(empty_store, prepare(empty_store, "a.csv", content, location="Mai Sơn"), "leader")
    assert prepare(empty_store, "b.csv", content).needs_location, "the next may be from another gate"


def test_another_name_of_a_known_location(empty_store: Store):
    intake.load(empty_store, prepare(empty_store, "a.csv", text(HEADER, *ROWS).encode()), "leader")
    rows = [(*row[:2], "Mai Sơn", row[3].replace("24/", "25/"), row[4]) for row in ROWS]
    content = text(HEADER, *rows, (*rows[0][:2], "Chợ Cò Nòi", *rows[0][3:])).encode()
    known = empty_store.ask("intake/locations")["name"].to_list()
    prepared = prepare(empty_store, "b.csv", content)
    assert prepared.unknown_places(known) == [("Mai Sơn", 2, "Trụ sở Mai Sơn"), ("Chợ Cò Nòi", 1, None)]
    prepared = prepare(empty_store, "b.csv", content, places={"Mai  sơn": "Trụ sở Mai Sơn"})
    assert prepared.new_locations == ["Chợ Cò Nòi"]
    intake.load(empty_store, prepared, "leader")
    assert prepare(empty_store, "c.csv", content.replace(b"25/", b"26/")).new_locations == []
    assert empty_store.ask("intake/locations")["name"].to_list() == ["Chợ Cò Nòi", *known]


def test_dates_with_the_month_first_are_offered(empty_store: Store):
    rows = [("A B", f"08/{day:02}/2021 08:10", "X") for day in range(5, 28)]
    content = text(("Name", "Time", "Location"), *rows).encode()
    [table] = intake.prepare(empty_store, "a.csv", content)
    assert isinstance(table, intake.Refused)
    assert table.month_first
    assert "month first" in str(table.error)
    prepared = prepare(empty_store, "a.csv", content, month_first=True)
    assert [row[3] for row in said(prepared)] == [datetime(2021, 8, day, 8, 10) for day in range(5, 28)]


def test_one_date_with_the_month_first_is_enough_to_ask(empty_store: Store):
    """Of a log of the first days of a month, most of which could be read as days of other months."""
    rows = [("A B", f"08/{day:02}/2021 08:10", "X") for day in range(1, 14)]
    [table] = intake.prepare(empty_store, "a.csv", text(("Name", "Time", "Location"), *rows).encode())
    assert isinstance(table, intake.Refused) and table.month_first
    assert "line 14" in str(table.error)


@pytest.mark.parametrize("bad", ["08/24/2021 08:10", "31/02/2021 08:10", "hôm qua"])
def test_a_few_bad_dates_are_rows_to_reject(empty_store: Store, bad: str):
    rows = [("A B", f"{day}/08/2021 08:10", "X") for day in range(5, 28)]
    content = text(("Name", "Time", "Location"), *rows, ("A B", bad, "X")).encode()
    prepared = prepare(empty_store, "a.csv", content)
    assert prepared.counts["rejected"] == 1


@pytest.mark.parametrize("year", [2019, 2099])
def test_dates_of_no_time_that_had_logs(empty_store: Store, year: int):
    rows = [("A B", f"{day}/08/{year} 08:10", "X") for day in range(13, 28)]
    with pytest.raises(intake.IntakeError, match=r"15 of 16 rows"):
        prepare(empty_store, "a.csv", text(("Name", "Time", "Location"), *rows, ("A", "1/8/2021 8:00", "X")).encode())


def test_a_file_over_the_limit_is_not_read(empty_store: Store, tmp_path: Any):
    empty_store.set("upload_limit_mb", "1")
    large = tmp_path / "a.csv"
    large.write_bytes(b"x" * (1 << 20) + b"y")
    with pytest.raises(intake.IntakeError, match=r"larger than 1 MB"):
        prepare(empty_store, "a.csv", large)


def test_what_is_understood_comes_whole_from_another_process(tmp_path: Path):
    for name, content in (("a.csv", STRANGE), ("b.csv", b"a,b\n1,2\n")):
        (tmp_path / name).write_bytes(content)
        here = intake.understand(name, content)
        there = apart.Reading(name, tmp_path / name, tmp_path / f"{name}.tables", {}, {}, 200).tables()
        assert [table.part for table in there] == [table.part for table in here]
        for one, other in zip(there, here, strict=True):
            if isinstance(one, intake.Refused) and isinstance(other, intake.Refused):
                assert (str(one.error), one.error.words(str.upper)) == (str(other.error), other.error.words(str.upper))
            else:
                assert isinstance(one, intake.Found) and isinstance(other, intake.Found)
                assert one.proposal == other.proposal
