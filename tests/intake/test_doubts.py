"""What a table says in columns that nobody recognised: read, or asked about, never passed over in silence."""

from datetime import date, datetime

import polars as pl
import pytest

from quetma import intake
from quetma.intake.columns import SPELLINGS, plain
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import xlsx

IN, OUT = datetime(2021, 8, 24, 7, 30), datetime(2021, 8, 24, 11)
PERSON = "Nguyễn Văn Hoà,0912345678"


def log(headers: str, *rows: str) -> bytes:
    return "\n".join([headers, *rows]).encode()


def scans(prepared: intake.Prepared) -> list[tuple[datetime, str]]:
    return prepared.became(100).select("scanned_at", "direction").rows()


def doubt(prepared: intake.Prepared) -> str:
    with pytest.raises(intake.IntakeError) as told:
        intake.unasked(prepared)
    return str(told.value)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Rời trụ sở lúc", ["24/08/2021 11:00", "24/08/2021 12:00"]),
        ("Rời trụ sở lúc", ["11:00", "12h00"]),
        ("Hôm rời đi", ["24/08/2021", "24/08/2021"]),
        ("Rời trụ sở lúc", ["", "24/08/2021 12:00"]),
        ("Chi tiết", ["Vào", "Ra"]),
    ],
)
def test_an_unused_column_that_looks_as_if_it_mattered_is_asked_about(
    empty_store: Store, header: str, cells: list[str]
):
    rows = [f"{PERSON},24/08/2021 07:3{n},{cell},Mai Sơn" for n, cell in enumerate(cells)]
    prepared = prepare(empty_store, "a.csv", log(f"Họ tên,SĐT,Thời gian,{header},Địa điểm", *rows))
    assert prepared.found.proposal.unread == [3]
    assert f"4 ({header})" in doubt(prepared)


def test_a_column_that_says_nothing_of_the_scan_is_not_asked_about(empty_store: Store):
    headers = "Họ tên,SĐT,Thời gian,Ngày cấp,Ngày sinh,Ghi chú,Cơ quan,Vào/Ra,Hình thức quét,Địa điểm"
    rows = [f"{PERSON},24/08/2021 07:30,01/02/2021,01/02/1980,24/08/2021,UBND xã,Vào,Ra,Mai Sơn"]
    prepared = prepare(empty_store, "a.csv", log(headers, *rows))
    assert prepared.found.proposal.unread == []
    assert intake.unasked(prepared) is prepared


def test_times_that_begin_far_below_are_asked_about_too(empty_store: Store):
    rows = [f"{PERSON},24/08/2021 07:30:{n:02},,Mai Sơn" for n in range(60)]
    rows.append(f"{PERSON},24/08/2021 08:30,24/08/2021 11:00,Mai Sơn")
    prepared = prepare(empty_store, "a.csv", log("Họ tên,SĐT,Thời gian,Rời lúc mấy giờ,Địa điểm", *rows))
    assert prepared.found.proposal.unread == [3]


@pytest.mark.parametrize("columns", [{"time_out": 3}, {"time_out": intake.LEFT_OUT}])
def test_what_somebody_said_of_a_table_is_not_asked_again(empty_store: Store, columns: dict[str, int]):
    content = log("Họ tên,SĐT,Thời gian,Rời lúc mấy giờ,Địa điểm", f"{PERSON},24/08/2021 07:30,24/08/2021 11:00,X")
    prepared = intake.unasked(prepare(empty_store, "a.csv", content, columns=columns))
    known = columns["time_out"] == 3
    assert scans(prepared) == ([(IN, "in"), (OUT, "out")] if known else [(IN, "unknown")])
    intake.load(empty_store, prepared, "test")
    other = content.replace(b"07:30", b"07:31")
    assert len(scans(intake.unasked(prepare(empty_store, "b.csv", other)))) == 1 + known


@pytest.mark.parametrize(
    ("cells", "left"),
    [
        ("24/08/2021,07:30,26/08/2021,11:00", datetime(2021, 8, 26, 11)),
        ("24/08/2021,07:30,,11:00", OUT),
        ("24/08/2021,07:30,23/08/2021,11:00", None),
    ],
)
def test_the_day_of_leaving_belongs_to_the_time_of_leaving(empty_store: Store, cells: str, left: datetime | None):
    headers = "Họ tên,SĐT,Ngày vào,Giờ vào,Ngày ra,Giờ ra,Địa điểm"
    prepared = prepare(empty_store, "a.csv", log(headers, f"{PERSON},{cells},X", f"{PERSON},25/08/2021,07:30,,,X"))
    assert prepared.found.proposal.unread == []
    read = scans(prepared)[:-1]
    assert read == ([(IN, "in"), (left, "out")] if left else [])
    assert prepared.rejects["reason"].to_list() == ([] if left else ["out_before_in"])


def test_a_time_of_leaving_without_a_day_is_of_the_day_of_arrival(empty_store: Store):
    rows = [f"{PERSON},24/08/2021 07:30,11:00,X", f"{PERSON},24/08/2021 22:00,01:30,X"]
    assert scans(prepare(empty_store, "a.csv", log("Họ tên,SĐT,Thời gian vào,Giờ ra,Địa điểm", *rows))) == [
        (IN, "in"), (OUT, "out"), (datetime(2021, 8, 24, 22), "in"), (datetime(2021, 8, 25, 1, 30), "out"),
    ]  # fmt: skip


@pytest.mark.parametrize("headers", ["Thời gian,Thời gian", "Thời gian,Giờ", "Ngày giờ,Thời gian quét"])
@pytest.mark.parametrize("turned", [False, True])
def test_two_columns_of_one_meaning_are_the_date_and_the_time(empty_store: Store, headers: str, turned: bool):
    cells = ["24/08/2021", "07:30"]
    row = ",".join(cells[::-1] if turned else cells)
    prepared = prepare(empty_store, "a.csv", log(f"Họ tên,SĐT,{headers},Địa điểm", f"{PERSON},{row},X"))
    assert scans(prepared) == [(IN, "unknown")]
    assert prepared.found.proposal.unread == []


def test_two_columns_of_arrival_and_two_of_leaving(empty_store: Store):
    headers = "Họ tên,SĐT,Thời gian vào,Giờ vào,Thời gian ra,Giờ ra,Địa điểm"
    content = log(headers, f"{PERSON},24/08/2021,07:30,26/08/2021,11:00,X")
    assert scans(prepare(empty_store, "a.csv", content)) == [(IN, "in"), (datetime(2021, 8, 26, 11), "out")]


def directions(prepared: intake.Prepared) -> dict[str, int]:
    return dict(prepared.became(200).group_by("direction").len().iter_rows())


@pytest.mark.parametrize(("first", "word"), [(True, "Vào"), (False, ""), (True, "Vào - Ra")])
def test_one_time_range_takes_no_direction_from_other_rows(empty_store: Store, first: bool, word: str):
    rows = [f"Lò Văn A,24/08/2021 17:{n % 60:02}:{n // 60:02},Mai Sơn,Ra" for n in range(70)]
    rows.insert(0 if first else 70, f"Lò Văn B,24/08/2021 07:30 - 11:00,Mai Sơn,{word}")
    prepared = intake.unasked(prepare(empty_store, "a.csv", log("Họ tên,Thời gian,Địa điểm,Hình thức", *rows)))
    assert prepared.counts["rejected"] == 0
    assert directions(prepared) == {"out": 71, "in": 1}


def test_a_time_of_a_western_zone_is_no_range(empty_store: Store):
    times = ["2021-08-24T17:00:00-07:00", "2021-08-24T17:00-07:00", "2021-08-24 17:00:00.5-07:00"]
    content = log("Họ tên,Thời gian,Địa điểm,Vào/Ra", *(f"Lò Văn {n},{at},X,Ra" for n, at in enumerate(times, 1)))
    assert scans(prepare(empty_store, "a.csv", content)) == [(datetime(2021, 8, 25, 7), "out")] * 3


@pytest.mark.parametrize(
    ("headers", "rows"),
    [
        ("Check in,Hình thức", ["24/08/2021 08:00,Vào", "24/08/2021 17:00,Ra"]),
        ("Ngày giờ đến,Trạng thái", ["24/08/2021 08:00,Vào", "24/08/2021 17:00,Ra"]),
        ("Giờ vào,Vào/Ra,Ngày", ["08:00,Vào,24/08/2021", "17:00,Ra,24/08/2021"]),
    ],
)
def test_a_column_of_directions_says_more_than_the_header_of_the_times(
    empty_store: Store, headers: str, rows: list[str]
):
    content = log(f"Họ tên,SĐT,{headers},Địa điểm", *(f"{PERSON},{row},X" for row in rows))
    assert scans(intake.unasked(prepare(empty_store, "a.csv", content))) == [
        (datetime(2021, 8, 24, 8), "in"), (datetime(2021, 8, 24, 17), "out"),
    ]  # fmt: skip


@pytest.mark.parametrize("words", [("QR", "Thủ công"), ("Đã rời đi", "Đang làm việc")])
def test_a_column_that_holds_no_directions_leaves_arrivals_arrivals(empty_store: Store, words: tuple[str, str]):
    rows = [f"{PERSON},24/08/2021 0{n}:00,{word},X" for n, word in enumerate(words, 8)]
    prepared = prepare(empty_store, "a.csv", log("Họ tên,SĐT,Check in,Hình thức,Địa điểm", *rows))
    assert directions(intake.unasked(prepared)) == {"in": 2}


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_column_names_repeated_in_another_order(empty_store: Store, name: str):
    rows = [
        ["Họ tên", "SĐT", "Thời gian", "Địa điểm", "Cơ quan"],
        ["Lò Văn A", "0912345678", "24/08/2021 07:30", "X", "Y"],
        ["Họ tên", "SĐT", "Thời gian", "Cơ quan", "Địa điểm"],
        ["Lò Văn A", "0912345678", "24/08/2021 08:30", "Y", "X"],
    ]
    told = [
        prepare(empty_store, name, xlsx({"A": rows}) if name == "a.xlsx" else log(*map(",".join, rows)))
        for rows in [[*rows[:2], rows[0], rows[1]]]
    ]
    assert told[0].counts["accepted"] == 1
    with pytest.raises(intake.IntakeError, match="line 3 the column names stand again"):
        prepare(empty_store, name, xlsx({"A": rows}) if name == "a.xlsx" else log(*map(",".join, rows)))


# No row could be read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        log("Họ tên,SĐT,Thời gian,Địa điểm", f"{PERSON},24/08/2021,X", f"{PERSON},25/08/2021,X", "Tổng cộng: 2,,,"),
        xlsx({"A": [["Họ tên", "SĐT", "Thời gian", "Địa điểm"], ["Lò Văn A", "0912345678", date(2021, 8, 24), "X"]]}),
    ],
)
def test_a_table_of_which_no_row_can_be_read_is_refused(empty_store: Store, content: bytes):
    [table] = intake.prepare(empty_store, "a", content)
    assert isinstance(table, intake.Refused)
    assert str(table.error).startswith("No row could be read (rows: ")
    assert intake.REASONS["no_time"] in str(table.error)
    assert table.proposal is not None
    assert table.rejects is not None and table.rejects["reason"][0] == "no_time"


def test_a_table_of_nothing_but_duplicates_is_loaded(empty_store: Store):
    content = log("Họ tên,SĐT,Thời gian,Địa điểm", f"{PERSON},24/08/2021 07:30,X")
    intake.load(empty_store, prepare(empty_store, "a.csv", content), "test")
    batch = intake.load(empty_store, prepare(empty_store, "b.csv", content + b"\n"), "test")
    assert (batch.batch_id, batch.accepted, batch.duplicates, batch.rejected, batch.again) == (2, 0, 1, 0, False)


def test_rows_are_shown_while_the_location_is_not_known(empty_store: Store):
    rows = [f"{PERSON},24/08/2021 07:30", "Lò Văn A,,25:00 24/08/2021"]
    prepared = prepare(empty_store, "a.csv", log("Họ tên,SĐT,Thời gian", *rows))
    assert prepared.needs_location
    assert prepared.became(9).select("line", "name", "location", "scanned_at").rows() == [
        (2, "Nguyễn Văn Hoà", None, IN)
    ]
    assert prepared.rejects["reason"].to_list() == ["bad_time"]
    assert prepared.new_locations == []
    assert prepared.unknown_places([]) == []
    with pytest.raises(intake.IntakeError, match="location"):
        intake.load(empty_store, prepared, "test")


def test_the_location_above_the_table(empty_store: Store):
    content = log(
        "NHẬT KÝ QUÉT MÃ,,", "Địa điểm: Trụ sở Mai Sơn,,", "Họ tên,SĐT,Thời gian", f"{PERSON},24/08/2021 07:30"
    )
    prepared = intake.unasked(prepare(empty_store, "a.csv", content))
    assert prepared.became(9)["location"].to_list() == ["Trụ sở Mai Sơn"]
    assert prepare(empty_store, "a.csv", content, location="Khác").became(9)["location"].to_list() == ["Khác"]


# Again ---------------------------------------------------------------------------------------------------------------


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    with store.write() as cursor:
        names = cursor.sql(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND table_name <> 'audit'"
        ).fetchall()
        return {name: sorted(cursor.sql(f'FROM "{name}"').fetchall(), key=repr) for (name,) in names}


def test_the_very_same_table_again_changes_nothing_rejected_rows_included(empty_store: Store):
    content = log("Họ tên,SĐT,Thời gian,Địa điểm", f"{PERSON},24/08/2021 07:30,X", f"{PERSON},25:00,X")
    first = intake.load(empty_store, prepare(empty_store, "a.csv", content), "test")
    before = everything(empty_store)
    again = intake.load(empty_store, prepare(empty_store, "b.csv", content), "test")
    assert everything(empty_store) == before
    assert not first.again and again.again
    assert again.batch_id == first.batch_id
    assert (again.rows, again.accepted, again.duplicates, again.rejected) == (2, 0, 1, 1)
    assert again.rejects.equals(first.rejects)
    intake.undo(empty_store, 1, "test")
    assert intake.load(empty_store, prepare(empty_store, "b.csv", content), "test").accepted == 1


# Headers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "header", "field"),
    [
        ("scans", "soDienThoai", "phone"), ("scans", "hoTen", "name"), ("scans", "thoiGianQuet", "time"),
        ("scans", "Điểm đến", "location"), ("scans", "Họ và tên (SĐT)", "name"), ("scans", "Họ tên - SĐT", "name"),
        ("scans", "Giờ vào cổng", "time_in"), ("scans", "Giờ ra cổng", "time_out"),
        ("scans", "Scan out time", "time_out"),
        ("scans", "Ngày về", "date_out"), ("scans", "Checkout date", "date_out"),
        ("doses", "Ngày tiêm mũi 2", "given_on_2"), ("doses", "Vắc xin mũi 1", "vaccine_1"),
        ("apps", "Bluezone", "bluezone"),
    ],
)  # fmt: skip
def test_headers_that_leave_no_doubt(kind: str, header: str, field: str):
    assert SPELLINGS[kind].get(plain(header)) == field


def test_what_a_workbook_of_the_usual_wide_vaccination_list_says(empty_store: Store):
    rows = [
        ["Họ tên", "Số điện thoại", "Mũi 1", "Ngày tiêm mũi 1", "Mũi 2", "Ngày tiêm mũi 2"],
        ["Nguyễn Văn Hoà", "0912345678", "AstraZeneca", date(2021, 6, 10), "Pfizer", date(2021, 8, 10)],
        ["Trần Thị Thuý", "0987654321", "Pfizer", "11/06/2021", None, None],
        ["Lò Văn Ơn", "0383123456", None, None, "Pfizer", "31/06/2021"],
        ["Vì A Sử", "0905111222", None, None, None, None],
        ["Vì A Sứ", "0905111223", "Pfizer", None, None, None],
    ]
    prepared = intake.unasked(prepare(empty_store, "a.xlsx", xlsx({"A": rows})))
    assert prepared.kind == "doses"
    assert prepared.became(9).select("line", "name", "number", "vaccine", "given_on").rows() == [
        (2, "Nguyễn Văn Hoà", 1, "AstraZeneca", date(2021, 6, 10)),
        (2, "Nguyễn Văn Hoà", 2, "Pfizer", date(2021, 8, 10)),
        (3, "Trần Thị Thuý", 1, "Pfizer", date(2021, 6, 11)),
    ]
    assert prepared.rejects.select("line", "reason").rows() == [(4, "bad_date"), (5, "no_dose"), (6, "no_date")]
    intake.load(empty_store, prepared, "test")
    assert empty_store.ask("intake/counts", batch=1).rows() == [(2, 0)]
    intake.undo(empty_store, 1, "test")


@pytest.mark.parametrize(
    "headers",
    ["Họ tên,SĐT,Ngày mũi 1,Mũi 2", "Họ tên,SĐT,Mũi 1,Mũi 2", "Họ tên,SĐT,Mũi 1 (ngày tiêm),Ngày tiêm mũi thứ 2"],
)
def test_a_wide_list_of_days_alone(empty_store: Store, headers: str):
    prepared = prepare(empty_store, "a.csv", log(headers, f"{PERSON},10/06/2021,10/08/2021"))
    assert prepared.became(9).select("number", "given_on").rows() == [(1, date(2021, 6, 10)), (2, date(2021, 8, 10))]


def test_a_list_of_apps_with_a_column_for_each(empty_store: Store):
    rows = [
        f"{PERSON},x,,10/05/2021",
        "Trần Thị Thuý,0987654321,Có,x,11/05/2021",
        "Lò Văn Ơn,0383123456,,Không,12/05/2021",
    ]
    prepared = prepare(empty_store, "a.csv", log("Họ tên,SĐT,Bluezone,NCOVI,Ngày cài", *rows))
    assert prepared.became(9).select("line", "app", "installed_on").rows() == [
        (2, "Bluezone", date(2021, 5, 10)), (3, "Bluezone", date(2021, 5, 11)), (3, "NCOVI", date(2021, 5, 11)),
    ]  # fmt: skip
    assert prepared.rejects.select("line", "reason").rows() == [(4, "no_app")]


def test_several_apps_in_one_cell_are_several_apps(empty_store: Store):
    rows = [f'{PERSON},"Bluezone, NCOVI",10/05/2021', "Lò Văn A,0383123456,Bluezone và Zalo,10/05/2021"]
    prepared = prepare(empty_store, "a.csv", log("Họ tên,SĐT,Ứng dụng,Ngày cài đặt", *rows))
    assert prepared.became(9).select("line", "app").rows() == [
        (2, "Bluezone"),
        (2, "NCOVI"),
        (3, "Bluezone"),
        (3, "Zalo"),
    ]
    batch = intake.load(empty_store, prepared, "test")
    assert (batch.rows, batch.accepted, batch.duplicates, batch.rejected) == (2, 2, 0, 0)
    assert pl.Series(empty_store.ask("intake/counts", batch=1).row(0)).to_list() == [2, 0]
