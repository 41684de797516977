"""Each kind of log: recognised by its headers, its columns understood, its duplicates known, its rows stored."""

from datetime import date, datetime
from typing import Any

import pytest

from quetma import compliance, intake, rollups
from quetma.intake import columns
from quetma.store import Store
from tests.intake import prepare

ROSTER = """\
Họ và tên;SĐT;Năm sinh;Chức vụ;Trụ sở;Điện thoại thông minh;Ngày vào;Ngày nghỉ
Hà Minh Tôn;0912000001;1970;Đội trưởng;Mai Sơn;Có;01/03/1998;
Lò Văn Ánh;0912000002;1985;Kiểm soát viên;Yên Châu;Không;;31/12/2030
Lò Thị Bé;;1990;Người lao động;Yên Châu;;;
"""
DOSES = """\
Họ và tên,Mũi số,Vắc xin,Ngày tiêm,Nơi tiêm,Số lô,Người xác nhận
Hà Minh Tôn,1,AstraZeneca,01/07/2021,TTYT Mai Sơn,ABC1,Lò Văn B xem giấy
Lò Văn Ánh,Mũi 2,,2021-08-01,,,
"""
APPS = """\
Họ tên,Số điện thoại,Ứng dụng,Ngày cài đặt
Hà Minh Tôn,0912000001,bluezone,01/08/2021
Hà Minh Tôn,0912000001,PC Covid,01/10/2021
Lò Văn Ánh,0912000002,Zalo,02/08/2021
"""
DECLARATIONS = """\
Họ tên,Số điện thoại,Thời gian khai báo,Triệu chứng
Hà Minh Tôn,0912000001,24/08/2021 07:30,Không
Lò Văn Ánh,0912000002,24/08/2021,"Ho, sốt"
"""
FILES = {"roster": ROSTER, "doses": DOSES, "apps": APPS, "declarations": DECLARATIONS}


def put(store: Store, text: str, **given: Any) -> intake.Batch:
    return intake.load(store, prepare(store, "a.csv", text.encode(), **given), "test")


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return store.cursor().execute(sql).fetchall()


def figures(batch: intake.Batch) -> tuple[int, int, int]:
    assert batch.rows == batch.accepted + batch.duplicates + batch.rejected
    return batch.accepted, batch.duplicates, batch.rejected


def reasons(batch: intake.Batch) -> list[tuple[int, str]]:
    return [(reject["line"], reject["reason"]) for reject in batch.json()["rejects"]]


@pytest.mark.parametrize("kind", FILES)
def test_the_kind_is_recognised(empty_store: Store, kind: str):
    assert prepare(empty_store, "a.csv", FILES[kind].encode()).kind == kind


@pytest.mark.parametrize("kind", columns.KINDS)
def test_no_spelling_of_a_header_means_two_fields(kind: str):
    spellings = [columns.plain(one) for several in columns.KINDS[kind].fields.values() for one in several]
    assert sorted(spellings) == sorted(set(spellings))


@pytest.mark.parametrize("kind", columns.KINDS)
def test_every_spelling_of_a_header_is_understood(kind: str):
    for field, spellings in columns.KINDS[kind].fields.items():
        for spelling in spellings:
            for written in (spelling.upper(), f" {spelling.title()} (*) ", spelling.replace(" ", "_")):
                assert columns.fields_of(["STT", written], kind) == {field: 1}, written


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("STT,Họ tên,SĐT,Thời gian quét,Địa điểm,Vào/Ra,Tình trạng KBYT,Số mũi tiêm", "scans"),
        ("Họ tên,SĐT,Thời gian", "scans"),
        ("Ngày,Giờ vào,Giờ ra,Họ tên,Cơ quan,Mục đích", "scans"),
        ("Họ tên,SĐT,Thời gian,Triệu chứng", "declarations"),
        ("Full name,Mobile,Dose number,Vaccine,Date given,Confirmed by", "doses"),
        ("Name,App,Install date", "apps"),
        ("Name,Phone,Position,Location,Smartphone,Start date,End date", "roster"),
        ("HO TEN,CHUC VU,TRU SO,NGAY VAO", "roster"),
        ("Họ tên,Chức vụ,Lý do,Từ ngày,Đến ngày", "absences"),
        ("Name,Leave type,From,To", "absences"),
    ],
)
def test_kinds_are_told_apart(empty_store: Store, header: str, kind: str):
    row = ",".join("24/08/2021 08:10" for _ in header.split(","))
    [table] = intake.prepare(empty_store, "a.csv", f"{header}\n{row}\n".encode())
    proposal = table.found.proposal if isinstance(table, intake.Prepared) else table.proposal
    assert proposal
    assert proposal.kind == kind


def test_roster(empty_store: Store):
    assert figures(put(empty_store, ROSTER)) == (3, 0, 0)
    assert rows(
        empty_store,
        "SELECT p.name, p.sort_key, p.birth_year, l.name, position, smartphone, started, ended FROM staff "
        "JOIN person p USING (person_id) JOIN location l USING (location_id) ORDER BY person_id",
    ) == [
        ("Hà Minh Tôn", "ton ha minh", 1970, "Mai Sơn", "Đội trưởng", True, date(1998, 3, 1), None),
        ("Lò Văn Ánh", "anh lo van", 1985, "Yên Châu", "Kiểm soát viên", False, None, date(2030, 12, 31)),
        ("Lò Thị Bé", "be lo thi", 1990, "Yên Châu", "Người lao động", True, None, None),
    ]


def test_a_changed_roster_row_is_accepted_and_counts(empty_store: Store):
    put(empty_store, ROSTER)
    changed = ROSTER.replace("Kiểm soát viên", "Phó đội trưởng").replace("Hà Minh Tôn", "Hà Minh Tốn")
    assert figures(put(empty_store, changed)) == (2, 1, 0)
    assert rows(empty_store, "SELECT name, position FROM staff JOIN person USING (person_id) ORDER BY person_id") == [
        ("Hà Minh Tốn", "Đội trưởng"),
        ("Lò Văn Ánh", "Phó đội trưởng"),
        ("Lò Thị Bé", "Người lao động"),
    ]
    assert figures(put(empty_store, changed + "\n")) == (0, 3, 0)
    assert figures(put(empty_store, ROSTER)) == (0, 3, 0), "the very file loaded before changes nothing"


def test_a_person_twice_in_a_roster(empty_store: Store):
    twice = ROSTER + "Hà Minh Tôn;0912000001;1970;Đội trưởng;Mai Sơn;Có;1/3/1998;\nAi;0912000002;;Lái xe;Mai Sơn;;;\n"
    batch = put(empty_store, twice)
    assert figures(batch) == (3, 1, 1)
    assert reasons(batch) == [(6, "repeated_person")]


def test_roster_rows_that_cannot_be_read(empty_store: Store):
    bad = ROSTER + (
        "A B;0912000003;;Lái xe;;Có;;\nA C;0912000004;;Lái xe;X;có lẽ;;\nA D;0912000005;;Lái xe;X;Có;31/02/2020;\n"
        ";0912;;Lái xe;X;Có;;\n"
    )
    assert reasons(put(empty_store, bad)) == [
        (5, "no_location"), (6, "bad_smartphone"), (7, "bad_date"), (8, "bad_phone")
    ]  # fmt: skip


def test_doses_find_staff_by_name(empty_store: Store):
    put(empty_store, ROSTER)
    assert figures(put(empty_store, DOSES)) == (2, 0, 0)
    assert rows(
        empty_store,
        "SELECT phone, number, vaccine, given_on, place, lot, confirmed_by FROM dose JOIN person USING (person_id) "
        "ORDER BY dose.line",
    ) == [
        ("+84912000001", 1, "AstraZeneca", date(2021, 7, 1), "TTYT Mai Sơn", "ABC1", "Lò Văn B xem giấy"),
        ("+84912000002", 2, None, date(2021, 8, 1), None, None, None),
    ]


def test_a_name_that_two_staff_share_is_somebody_on_their_own(empty_store: Store):
    put(empty_store, ROSTER + "Lò Văn Ánh;0912000009;1999;Lái xe;Mai Sơn;Có;;\n")
    assert figures(put(empty_store, DOSES)) == (2, 0, 0)
    assert rows(empty_store, "SELECT phone, masked FROM dose JOIN person USING (person_id) WHERE dose.line = 3") == [
        (None, False)
    ]
    with_year = "Họ tên,Năm sinh,Mũi số,Ngày tiêm\nLò Văn Ánh,1999,1,01/08/2021\n"
    assert figures(put(empty_store, with_year)) == (1, 0, 0)
    assert rows(empty_store, "SELECT phone FROM dose JOIN person USING (person_id) WHERE birth_year = 1999") == [
        ("+84912000009",)
    ]


def test_a_confirmation_that_comes_later_counts(empty_store: Store):
    put(empty_store, ROSTER)
    put(empty_store, DOSES)
    confirmed = DOSES.replace("Lò Văn Ánh,Mũi 2,,2021-08-01,,,", "Lò Văn Ánh,2,,01/08/2021,,,Giấy số 5")
    assert figures(put(empty_store, confirmed)) == (1, 1, 0)
    assert rows(empty_store, "SELECT confirmed_by FROM current_dose WHERE number = 2") == [("Giấy số 5",)]
    assert figures(put(empty_store, DOSES + "\n")) == (0, 2, 0), "a list without the confirmation takes nothing back"
    moved = DOSES.replace("2021-08-01", "2021-08-02")
    assert figures(put(empty_store, moved)) == (1, 1, 0)
    assert rows(empty_store, "SELECT given_on FROM current_dose WHERE number = 2") == [(date(2021, 8, 2),)]


def test_one_dose_twice_in_a_file(empty_store: Store):
    text = DOSES + (
        "Lò Văn Ánh,2,,01/08/2021,,,Giấy số 5\nLò Văn Ánh,2,,01/08/2021,,,Giấy số 6\n"
        "Hà Minh Tôn,1,,02/07/2021,,,\nHà Minh Tôn,1,,01/07/2021,,,\n"
    )
    batch = put(empty_store, text)
    assert figures(batch) == (2, 3, 1)
    assert reasons(batch) == [(6, "repeated_dose")]
    assert rows(empty_store, "SELECT number, confirmed_by FROM current_dose ORDER BY 1") == [
        (1, "Lò Văn B xem giấy"),
        (2, "Giấy số 5"),
    ]


def test_doses_that_cannot_be_read(empty_store: Store):
    text = DOSES + "A,nhắc lại,,01/07/2021,,,\nB,1,,,,,\nC,1,,13/13/2021,,,\nD,1,,01/07/2999,,,\nE,1,,01/07/2019,,,\n"
    text += "F,1,,01/07/2021,,,Chưa\n"
    batch = put(empty_store, text)
    assert reasons(batch) == [
        (4, "bad_dose"), (5, "no_date"), (6, "bad_date"), (7, "future_date"), (8, "old_date")
    ]  # fmt: skip
    assert rows(empty_store, "SELECT confirmed_by FROM dose WHERE line = 9") == [(None,)]


def test_apps(empty_store: Store):
    put(empty_store, ROSTER)
    batch = put(empty_store, APPS + "Hà Minh Tôn,0912000001,BlueZone,05/08/2021\nLò Văn Ánh,,Chưa cài,02/08/2021\n")
    assert figures(batch) == (3, 1, 1)
    assert reasons(batch) == [(6, "no_app")]
    assert rows(empty_store, "SELECT app, installed_on FROM app_install ORDER BY line") == [
        ("Bluezone", date(2021, 8, 1)),
        ("PC-COVID", date(2021, 10, 1)),
        ("Zalo", date(2021, 8, 2)),
    ]
    assert figures(put(empty_store, APPS)) == (0, 3, 0)


def test_declarations(empty_store: Store):
    assert figures(put(empty_store, DECLARATIONS)) == (2, 0, 0)
    assert rows(empty_store, "SELECT declared_at, symptoms FROM declaration ORDER BY line") == [
        (datetime(2021, 8, 24, 7, 30), ""),
        (datetime(2021, 8, 24), "Ho, sốt"),
    ]
    assert figures(put(empty_store, DECLARATIONS + "A,,25/08/2021 7h,\n")) == (1, 2, 0)


def test_masked_people_are_rows_but_nobody_known(empty_store: Store):
    put(empty_store, ROSTER)
    text = (
        "Họ tên,SĐT,Thời gian,Địa điểm\nHà Minh ***,0912000***,24/08/2021 08:10,Mai Sơn\n"
        "Hà Minh Tôn,0912000001,24/08/2021 08:10,Mai Sơn\n"
    )
    assert figures(put(empty_store, text)) == (2, 0, 0)
    assert rows(
        empty_store, "SELECT masked, COUNT(*) FROM scan JOIN person USING (person_id) GROUP BY 1 ORDER BY 1"
    ) == [
        (False, 1),
        (True, 1),
    ]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_reason_kind_and_field_has_words(language: str):
    from quetma.language import catalogue, translator

    t = translator(language)
    texts = [*intake.REASONS.values(), *intake.FIELDS.values(), *intake.STEPS]
    texts += [kind.label for kind in intake.KINDS.values()]
    assert all(t(text) for text in texts)
    if language == "vi":
        assert not [text for text in texts if text not in catalogue("vi")]


def test_several_apps_in_one_cell_are_all_kept(empty_store: Store):
    put(empty_store, ROSTER)
    put(
        empty_store,
        "Họ tên,Ứng dụng,Ngày cài đặt\nHà Minh Tôn,Bluezone và NCOVI,02/08/2021\nLò Văn Ánh,Zalo; ncovi,03/08/2021\n",
    )
    assert rows(empty_store, "SELECT line, app FROM app_install ORDER BY ALL") == [
        (2, "Bluezone"), (2, "NCOVI"), (3, "NCOVI"), (3, "Zalo")
    ]  # fmt: skip


def test_an_earlier_install_day_corrects_a_later_one(empty_store: Store):
    put(empty_store, ROSTER)
    log = "Họ tên,Ứng dụng,Ngày cài đặt\nHà Minh Tôn,NCOVI,{}/08/2021\n"
    assert [figures(put(empty_store, log.format(day))) for day in ("10", "04", "07")] == [
        (1, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
    ]
    assert rollups.check(empty_store) == []


ABSENCES = """\
STT,Họ tên,SĐT,Lý do nghỉ,Từ ngày,Đến ngày,Nơi đến
1,Hà Minh Tôn,0912000001,Nghỉ phép,24/08/2021,26/08/2021,
2,Lò Thị Bé,,Công tác,25/08/2021,,Hà Nội
3,Lò Thị Bé,,Công tác,27/08/2021,25/08/2021,
4,Hà Minh Tôn,0912000001,Nghỉ phép,24/08/2021,26/08/2021,
"""


def test_absences(empty_store: Store):
    put(empty_store, ROSTER)
    batch = put(empty_store, ABSENCES)
    assert (batch.kind, *figures(batch)) == ("absences", 2, 1, 1)
    assert reasons(batch) == [(4, "last_before_first")]
    assert rows(
        empty_store, "SELECT name, reason, first_day, last_day FROM absence JOIN person USING (person_id) ORDER BY line"
    ) == [
        ("Hà Minh Tôn", "Nghỉ phép", date(2021, 8, 24), date(2021, 8, 26)),
        ("Lò Thị Bé", "Công tác, Hà Nội", date(2021, 8, 25), date(2021, 8, 25)),
    ]


def test_who_is_absent_owes_neither_scan_nor_declaration(empty_store: Store):
    put(empty_store, ROSTER.replace("Không;;31/12/2030", "Có;;"))
    log = "Họ tên,SĐT,Thời gian,Địa điểm\n"
    put(empty_store, log + "".join(f"Khách,0987654321,{day}/08/2021 08:10,Mai Sơn\n" for day in (23, 24, 25, 26, 27)))
    put(empty_store, ABSENCES)
    owed = "SELECT day, COUNT(declared), COUNT(scanned), COUNT(vaccinated) FROM duty_day GROUP BY day ORDER BY day"
    assert rows(empty_store, owed) == [
        (date(2021, 8, 23), 3, 3, 3), (date(2021, 8, 24), 2, 2, 3), (date(2021, 8, 25), 1, 1, 3),
        (date(2021, 8, 26), 2, 2, 3), (date(2021, 8, 27), 3, 3, 3),
    ]  # fmt: skip
    answer = compliance.on(empty_store, date(2021, 8, 25))
    assert answer["absent"] == ["Lò Thị Bé", "Hà Minh Tôn"]
    assert answer["scanned"] == {"have": 0, "of": 1, "missing": ["Lò Văn Ánh"], "exempt": []}
    assert rollups.check(empty_store) == []
