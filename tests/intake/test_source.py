"""Which list an upload of scans is: proposed by its names, chosen, said otherwise later, and kept with its upload."""

from typing import Any

import pytest

from quetma import intake, rollups
from quetma.intake import mend, recount, source
from quetma.intake.choices import Choices
from quetma.language import translator
from quetma.store import Store, StoreError
from tests.intake import prepare
from tests.intake.files import xlsx

HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOG = HEADER + "Lò Văn A,0912000001,24/08/2021 07:00,Mai Sơn,Vào\n"
BOOK = "Họ tên,SĐT,Ngày,Giờ vào,Giờ ra,Địa điểm\nLò Văn A,0912000001,24/08/2021,07:00,07:40,Mai Sơn\n"


def put(store: Store, name: str, text: str, **chosen: Any) -> int:
    return intake.load(store, prepare(store, name, text.encode(), **chosen), "An").batch_id


def sources(store: Store) -> list[tuple[int, str | None]]:
    return store.cursor().execute("SELECT batch_id, source FROM batch ORDER BY 1").fetchall()


def listed(store: Store) -> list[tuple[str, str]]:
    """(list, time) of every row of either list."""
    return store.cursor().execute("SELECT source, scanned_at::TIME::VARCHAR FROM listed ORDER BY ALL").fetchall()


@pytest.mark.parametrize(
    ("name", "text", "is_list"),
    [
        ("a.csv", LOG, "qr"),
        ("quet-ma.csv", LOG, "qr"),
        ("so-truc-cua-08-2021.csv", LOG, "register"),
        ("Sổ ghi khách tháng 8.csv", LOG, "register"),
        ("SoTrucCua.csv", LOG, "register"),
        ("visitor_register.csv", LOG, "register"),
        ("Sổ theo dõi khách - quét mã QR.csv", LOG, "qr"),
        ("ho so truc tuyen.csv", LOG, "qr"),
        ("a.csv", "SỔ ĐĂNG KÝ KHÁCH RA VÀO CƠ QUAN,,,,\n" + LOG, "register"),
        ("quet-ma.csv", "SỔ ĐĂNG KÝ KHÁCH RA VÀO CƠ QUAN,,,,\n" + LOG, "qr"),
        ("a.csv", BOOK.replace("\n", ",Chữ ký\n", 1).replace("Sơn\n", "Sơn,\n"), "register"),
        ("a.csv", LOG.replace("Thời gian", "Thời gian quét"), "qr"),
        ("so-truc.csv", "Họ tên,SĐT,Trụ sở,Chức vụ\nLò Văn A,0912000001,Mai Sơn,Lái xe\n", None),
    ],
)
def test_the_names_of_a_file_propose_its_list(empty_store: Store, name: str, text: str, is_list: str | None):
    assert prepare(empty_store, name, text.encode()).found.source == is_list
    put(empty_store, name, text)
    assert sources(empty_store) == [(1, is_list)]


def test_a_sheet_says_more_than_its_file(empty_store: Store):
    rows = [line.split(",") for line in LOG.splitlines()]
    book = xlsx({"Quét mã": rows, "Sổ trực": rows})
    tables = intake.prepare(empty_store, "Sổ ghi khách.xlsx", book)
    found = {table.part.sheet: table.found.source for table in tables if isinstance(table, intake.Prepared)}
    assert found == {"Quét mã": "qr", "Sổ trực": "register"}


def test_what_is_chosen_holds_and_is_not_taken_for_the_next_file(empty_store: Store):
    put(empty_store, "a.csv", LOG, source="register")
    put(empty_store, "b.csv", LOG + "Cà Thị B,0912000002,24/08/2021 07:05,Mai Sơn,Vào\n")
    put(empty_store, "so truc.csv", BOOK, source="qr")
    assert sources(empty_store) == [(1, "register"), (2, "qr"), (3, "qr")]


def test_it_can_be_said_otherwise_and_that_is_written_down(empty_store: Store):
    put(empty_store, "so truc.csv", LOG)
    put(empty_store, "r.csv", "Họ tên,SĐT,Trụ sở,Chức vụ\nLò Văn A,0912000001,Mai Sơn,Lái xe\n")
    source.change(empty_store, 1, "qr", "Hà Minh Tôn")
    source.change(empty_store, 1, "register", "Hà Minh Tôn")
    assert sources(empty_store) == [(1, "register"), (2, None)]
    for batch, one in ((2, "qr"), (3, "qr")):
        with pytest.raises(StoreError, match=f"There is no upload {batch} of scans"):
            source.change(empty_store, batch, one, "Hà Minh Tôn")
    with pytest.raises(ValueError, match="'phone' is none of qr, register"):
        source.change(empty_store, 1, "phone", "Hà Minh Tôn")
    told = "SELECT account, action, subject, detail FROM audit ORDER BY logged_at"
    assert empty_store.cursor().execute(told).fetchall() == [
        ("Hà Minh Tôn", "change source", "1 so truc.csv", one) for one in ("qr", "register")
    ]


def test_a_row_that_both_lists_hold_is_seen_by_both_whichever_is_undone(empty_store: Store):
    register = HEADER + "Lò Văn Á,0912000001,24/08/2021 07:00,mai sơn,Vào\n"
    put(empty_store, "a.csv", LOG)
    put(empty_store, "so truc.csv", register)
    assert empty_store.cursor().execute("SELECT accepted, duplicates FROM batch").fetchall() == [(1, 0), (0, 1)]
    assert listed(empty_store) == [("qr", "07:00:00"), ("register", "07:00:00")]
    intake.undo(empty_store, 1, "An")
    assert listed(empty_store) == [("register", "07:00:00")]
    put(empty_store, "a.csv", LOG)
    intake.undo(empty_store, 2, "An")
    assert listed(empty_store) == [("qr", "07:00:00")]
    undone = "SELECT batch_id, source FROM batch_undone ORDER BY 1"
    assert empty_store.cursor().execute(undone).fetchall() == [(1, "qr"), (2, "register")]


def test_the_same_file_as_the_other_list_is_no_second_list_until_the_first_is_undone(empty_store: Store):
    put(empty_store, "a.csv", LOG)
    put(empty_store, "a.csv", LOG, source="register")
    assert listed(empty_store) == [("qr", "07:00:00")]
    intake.undo(empty_store, 1, "An")
    put(empty_store, "a.csv", LOG, source="register")
    assert listed(empty_store) == [("register", "07:00:00")]


def test_mended_rows_belong_to_the_list_of_their_upload(empty_store: Store):
    put(empty_store, "a.csv", HEADER + "Lò Văn A,0912000001,30/02/2021 07:00,Mai Sơn,Vào\n" + LOG.removeprefix(HEADER))
    source.change(empty_store, 1, "register", "An")
    of = mend.shape(empty_store, 1)
    assert of is not None
    t = translator("vi")
    rows = mend.rows(empty_store, of, t)
    mended = mend.file(of, rows, t).decode().replace("30/02/2021", "28/02/2021")
    put(empty_store, "mended.csv", mended, **vars(mend.choices(of)))
    assert sources(empty_store) == [(1, "register"), (2, "register")]


def test_what_was_chosen_survives_being_kept(empty_store: Store):
    assert Choices.from_json(Choices(source="register").json()) == Choices(source="register")


# A register that repeats scans ----------------------------------------------------------------------------------------

SCANS = HEADER + "".join(
    f"Lò Văn A,0912000001,24/08/2021 {at},Mai Sơn,{way}\n" for at, way in (("07:00:20", "Vào"), ("07:40:10", "Ra"))
)


def stays(store: Store) -> list[tuple[str, str, str]]:
    """(phone, in, out); ~ marks an end that was not seen."""
    told = """
        SELECT phone_shown, IF(in_seen, '', '~') || t_in::TIME, IF(out_seen, '', '~') || t_out::TIME
        FROM stay JOIN person USING (person_id) ORDER BY ALL
    """
    return store.cursor().execute(told).fetchall()


def arrivals(store: Store) -> int:
    told = "SELECT CAST(SUM(arrivals) AS INTEGER) FROM flow_quarter WHERE location_id = 0"
    return store.cursor().execute(told).fetchall()[0][0]


@pytest.mark.parametrize("first", ["scans", "register"])
def test_a_register_that_repeats_scans_doubles_nothing_in_whatever_order(empty_store: Store, first: str):
    """Written late, without a time out; and one who did not scan."""
    register = (
        "Họ tên,SĐT,Ngày,Giờ vào,Giờ ra,Địa điểm\nLò Văn A,0912000001,24/08/2021,07:25,,Mai Sơn\n"
        "Cà Thị B,0912000002,24/08/2021,07:30,07:50,Mai Sơn\n"
    )
    for name in (first, *({"scans", "register"} - {first})):
        put(empty_store, f"{name}.csv", SCANS if name == "scans" else register)
    both = [("0912000001", "07:00:20", "07:40:10"), ("0912000002", "07:30:00", "07:50:00")]
    assert (stays(empty_store), arrivals(empty_store)) == (both, 2)
    accounts = empty_store.cursor().execute("SELECT DISTINCT accepted, duplicates FROM batch").fetchall()
    assert accounts == [(2, 0)], "the accounts of an upload are of its rows"

    batch = {"scans": 1, "register": 2}[first]
    source.change(empty_store, 3 - batch, "qr", "An")
    assert arrivals(empty_store) == 3
    assert len(stays(empty_store)) == 3
    source.change(empty_store, 3 - batch, "register", "An")
    assert (stays(empty_store), arrivals(empty_store)) == (both, 2)
    intake.undo(empty_store, batch, "An")
    assert stays(empty_store) == [("0912000001", "07:25:00", "~11:25:00"), both[1]]
    assert recount.check(empty_store) + rollups.check(empty_store) == []


@pytest.mark.parametrize(
    ("time", "way", "place", "repeats"),
    [
        ("07:30:20", "Vào", "Mai Sơn", True),
        ("06:30:20", "Vào", "Mai Sơn", True),
        ("07:30:21", "Vào", "Mai Sơn", False),
        ("06:30:19", "Vào", "Mai Sơn", False),
        ("07:10", "Ra", "Mai Sơn", False),
        ("07:10", "", "Mai Sơn", True),
        ("07:00", "Vào", "Yên Châu", False),
    ],
)
def test_what_repeats_a_scan(empty_store: Store, time: str, way: str, place: str, repeats: bool):
    put(empty_store, "scans.csv", LOG.replace("07:00", "07:00:20"))
    put(empty_store, "so truc.csv", HEADER + f"Lò Văn A,0912000001,24/08/2021 {time},{place},{way}\n")
    [(passages,)] = empty_store.cursor().execute("SELECT COUNT(*) FROM passage").fetchall()
    assert passages == 1 + (not repeats)
    assert empty_store.cursor().execute("SELECT COUNT(*) FROM scan").fetchall() == [(2,)]


def test_midnight_parts_days_and_other_people_repeat_nobody(empty_store: Store):
    late, early = LOG.replace("24/08/2021 07:00", "23/08/2021 23:59"), LOG.replace("07:00", "00:01")
    put(empty_store, "scans.csv", late)
    put(empty_store, "so truc.csv", early)
    put(empty_store, "so truc 2.csv", late.replace("0912000001", "0912000002"))
    assert empty_store.cursor().execute("SELECT COUNT(*) FROM passage").fetchall() == [(3,)]
