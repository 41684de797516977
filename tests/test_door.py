"""Passages at the door are facts like those of a file: figures follow, undo takes them back, `check` agrees."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from quetma import identity, intake, rollups
from quetma.door import DoorError, Passage, check, check_all
from quetma.intake import recount, undo
from quetma.intake.undo import would_undo
from quetma.store import Store
from tests.everybody import held
from tests.intake import prepare

DAY = date(2021, 8, 24)
HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOG = (
    HEADER
    + "Lò Văn A,0912000001,24/08/2021 08:00:00,Mai Sơn,Vào\nLò Văn B,0912000002,24/08/2021 08:10:00,Yên Châu,Vào\n"
)


def sound(store: Store) -> bool:
    """Nothing stored differs from what the facts say."""
    return recount.check(store) + rollups.check(store) == [] and held(store)


def at(hour: int, minute: int = 0, second: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second)


def passage(when: datetime, direction: Any = "in", **more: Any) -> Passage:
    given: dict[str, Any] = {"location": 1, "source": "gate", "account": "Test", "phone": "0912 000 001"}
    if "person" in more:
        del given["phone"]
    return Passage(direction=direction, at=when, **{**given, **more})


def put(store: Store, text: str, name: str = "a.csv", **more: Any) -> intake.Batch:
    return intake.load(store, prepare(store, name, text.encode(), **more), "test")


def two_people(store: Store) -> None:
    put(store, LOG)


@pytest.fixture
def unit(filled) -> Store:
    """Two people at two places (1 Mai Sơn, 2 Yên Châu)."""
    return filled(two_people)


FIGURES = ("stay", "flow_quarter", "flow_day", "stay_day", "scan_day", "last_seen", "staff_day",
           "duty_day", "compliance_day", "calendar")  # fmt: skip


def figures(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything derived, with people told by who they are."""
    who = dict(store.cursor().execute("SELECT person_id, identity FROM person").fetchall())
    found = {}
    for table in FIGURES:
        answer = store.cursor().execute(f"SELECT * FROM {table}")
        columns = [column[0] for column in answer.description or []]
        rows = [
            tuple(who[value] if name == "person_id" else value for name, value in zip(columns, row, strict=True))
            for row in answer.fetchall()
        ]
        found[table] = sorted(rows, key=repr)
    return found


STAFF = "Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh\n"
STAFF += "Lò Văn A,0912000001,Đội trưởng,Mai Sơn,Có\nVì Thị C,,Nhân viên,Mai Sơn,Không\n"
ROWS = [
    ("Lò Văn A", "0912000001", at(7, 30), 1, "in"), ("Khách Một", "0912000009", at(8, 1), 1, "in"),
    ("Khách Một", "0912000009", at(8, 40, 5), 1, "out"), ("Vì Thị C", "", at(9), 1, "in"),
    ("Khách Hai", "", at(9, 5), 2, "in"), ("Lò Văn A", "0912000001", at(11, 30), 1, "out"),
    ("Khách Một", "0912000009", at(8, 2, day=DAY + timedelta(days=1)), 2, "in"),
    ("Lò Văn A", "0912000001", at(11, 30), 1, "out"),
]  # fmt: skip


def test_one_by_one_gives_the_figures_that_a_file_of_the_same_rows_gives(empty_store: Store, tmp_path):
    from quetma.store import open_store

    filed = open_store(tmp_path / "filed")
    for store in (empty_store, filed):
        put(store, LOG)
        put(store, STAFF, "staff.csv")
    for name, phone, when, place, direction in ROWS:
        check(empty_store, passage(when, direction, name=name, phone=phone, location=place))
    rows = "".join(
        f"{name},{phone},{when:%d/%m/%Y %H:%M:%S},{'Mai Sơn' if place == 1 else 'Yên Châu'},"
        f"{'Vào' if direction == 'in' else 'Ra'}\n" for name, phone, when, place, direction in ROWS
    )  # fmt: skip
    put(filed, HEADER + rows, "live.csv")
    assert figures(empty_store) == figures(filed)
    assert sound(empty_store)
    filed.close()


def test_who_comes_again_and_gives_the_same_name_only_adds(unit: Store, monkeypatch: pytest.MonkeyPatch):
    """As everybody does who leaves by the page of the printed code: nothing is decided anew for that."""
    name = {"name": "Khách Một", "phone": "0912 000 009", "source": "poster"}
    check(unit, passage(at(8), **name))
    with monkeypatch.context() as patched:
        patched.setattr(recount, "anew", None)
        left = check(unit, passage(at(8, 40), "out", **name))
    assert (left.name, left.staff, left.counted) == ("Khách Một", False, True)
    other = check(unit, passage(at(9), **name | {"name": "Khách Hai"}))
    assert (other.person_id, other.name) == (left.person_id, "Khách Một")  # as the first upload calls them
    assert sound(unit)


REGISTER = HEADER + "Lò Văn A,0912000001,24/08/2021 09:00:00,Mai Sơn,Vào\n"


@pytest.mark.parametrize("minutes", [0, 10, 50])
def test_a_passage_beside_a_row_of_a_door_register(unit: Store, minutes: int):
    batch = put(unit, REGISTER, "register.csv", source="register")
    assert batch.accepted == 1
    check(unit, passage(at(9, minutes)))
    check(unit, passage(at(9, 59), "out"))
    assert sound(unit)


def test_a_day_at_a_place_is_one_upload_that_grows_and_can_be_taken_back(unit: Store):
    before = figures(unit)
    first = check(unit, passage(at(9), symptoms="sốt", purpose="nộp hồ sơ", host="Lò Văn B"))
    grown = unit.ask("intake/batch", batch=first.batch_id).row(0, named=True)
    second = check(unit, passage(at(10), "out"))
    assert (second.batch_id, first.line, second.line) == (first.batch_id, 1, 2)
    other = check(unit, passage(at(10, 5), location=2))
    assert other.batch_id != first.batch_id
    batch = unit.ask("intake/batch", batch=first.batch_id).row(0, named=True)
    assert (batch["row_count"], batch["accepted"], batch["duplicates"], batch["kind"]) == (2, 2, 0, "scans")
    assert (batch["first_day"], batch["last_day"]) == (DAY, DAY)
    assert batch["file_name"] == "Ghi nhận tại cổng ngày 24/08/2021, Mai Sơn"
    assert grown["row_count"] == 1
    assert unit.ask("overview/symptoms", first=DAY, last=DAY, names=True)["symptoms"].to_list() == ["sốt"]
    assert sound(unit)
    batches = unit.ask("intake/batches", page_size=9, page_start=0)["batch_id"].to_list()
    for number in batches[:-1]:
        assert would_undo(unit, number).rows_removed
        undo(unit, number, "Test")
        assert sound(unit)
    assert figures(unit) == before
    assert unit.cursor().execute("SELECT COUNT(*) FROM door_row").fetchone() == (0,)
    assert check(unit, passage(at(9))).batch_id > max(batches), "a number is never given again"


def test_the_fingerprint_of_the_day_follows_every_passage(unit: Store):
    def told() -> set[tuple[str, str]]:
        found = unit.ask("receipts/grounds", first_day=DAY, last_day=DAY)
        return set(found.filter(found["what"] == "scans").select("thing", "value").iter_rows())

    first = check(unit, passage(at(9)))
    before = told()
    check(unit, passage(at(9), person=2))
    assert {thing for thing, _ in told() ^ before} == {str(first.batch_id)}


def test_the_same_second_twice_is_one_duplicate(unit: Store):
    one = check(unit, passage(at(9)))
    again = check(unit, passage(at(9)))
    assert (one.counted, again.counted) == (True, False)
    batch = unit.ask("intake/batch", batch=one.batch_id).row(0, named=True)
    assert (batch["row_count"], batch["accepted"], batch["duplicates"]) == (2, 1, 1)
    assert not check(unit, passage(at(8))).counted, "the file has that one"
    put(unit, HEADER + "Lò Văn A,0912000001,24/08/2021 09:00:00,Mai Sơn,Vào\n", "b.csv")
    assert sound(unit)
    undo(unit, one.batch_id, "Test")
    assert sound(unit)


def test_a_passage_that_comes_into_an_older_upload_counts_before_a_later_file(unit: Store):
    live = check(unit, passage(at(9)))
    put(unit, HEADER + "Lò Văn B,0912000002,24/08/2021 10:00:00,Mai Sơn,Vào\n", "b.csv")
    assert check(unit, passage(at(10), phone="0912000002")).batch_id == live.batch_id
    assert sound(unit)


def test_without_a_phone_the_name_of_one_staff_member_is_that_member(unit: Store):
    put(unit, STAFF, "staff.csv")
    who = check(unit, passage(at(9), phone="", name="lò văn a"))
    assert who.person_id == check(unit, passage(at(10), "out")).person_id
    stranger = check(unit, passage(at(9), phone="", name="Nguyễn Người Lạ"))
    assert stranger.person_id != who.person_id
    assert sound(unit)


def test_somebody_merged_is_the_person_they_are(unit: Store):
    new = check(unit, passage(at(9), phone="0912 000 007", name="Lò Văn A"))
    identity.merge(unit, new.person_id, 1, "Test")
    assert check(unit, passage(at(11), phone="0912000007")).person_id == 1
    assert check(unit, passage(at(12), "out", person=new.person_id)).person_id == 1
    assert sound(unit)


def test_a_decision_finds_its_person_again(unit: Store):
    new = check(unit, passage(at(9), phone="0912 000 007", name="Lò Văn A"))
    identity.merge(unit, new.person_id, 1, "Test")
    undo(unit, new.batch_id, "Test")
    assert check(unit, passage(at(11), phone="0912000007")).person_id == 1
    assert sound(unit)


def test_many_at_once_are_all_there_once(unit: Store):
    def go(n: int) -> None:
        check(unit, passage(at(9, n % 60, n // 60), phone=f"09120001{n % 50:02}", name="Khách"))

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(go, range(60)))
    assert unit.cursor().execute("SELECT COUNT(*), COUNT(DISTINCT line) FROM door_row").fetchone() == (60, 60)
    assert sound(unit)


def test_one_that_is_refused_stops_nobody_who_waits_beside_it(unit: Store):
    def go(n: int) -> str:
        try:
            check(unit, passage(at(9, n), location=1 if n % 3 else 99))
        except DoorError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(12) as crowd:
        said = list(crowd.map(go, range(30)))
    assert [bool(text) for text in said] == [n % 3 == 0 for n in range(30)]
    assert set(said) == {"", "This place is not known here."}
    assert unit.cursor().execute("SELECT COUNT(*) FROM door_row").fetchone() == (20,)
    assert sound(unit)


def test_a_group_is_stored_whole_or_not_at_all(unit: Store):
    before = figures(unit)
    with pytest.raises(DoorError):
        check_all(unit, [passage(at(9)), passage(at(9), phone="", person=4711)])
    assert figures(unit) == before
    assert len(check_all(unit, [passage(at(9)), passage(at(9), phone="0912000002")])) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"phone": ""}, {"phone": "12"}, {"phone": "0912***001"}, {"name": "Nguyễn ***"}, {"name": "a" * 200},
        {"purpose": "a" * 501}, {"at": datetime.max}, {"at": datetime(2019, 12, 31)},
        {"location": 77}, {"person": 4711, "phone": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(unit: Store, given: dict[str, Any]):
    before = figures(unit)
    with pytest.raises(DoorError) as refused:
        check(unit, Passage(**{**vars(passage(at(9))), **given}))
    assert refused.value.words(lambda text, **gaps: text)
    assert figures(unit) == before
    assert unit.cursor().execute("SELECT COUNT(*) FROM batch").fetchone() == (1,)


def test_a_closed_place_lets_nobody_in_from_its_day_on(unit: Store):
    unit.cursor().execute("UPDATE location SET closed_on = DATE '2021-08-24' WHERE location_id = 1")
    with pytest.raises(DoorError, match="closed on 24/08/2021"):
        check(unit, passage(at(9)))
    assert check(unit, passage(at(9, day=DAY - timedelta(days=1)))).counted
