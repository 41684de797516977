"""What is uncovered when people stay away, and who can stand in."""

from datetime import date, datetime, timedelta

import pytest

from quetma import cases, continuity, directory, follow_up, intake, plan, rota, tracing
from quetma.plan import Focal, Plan
from quetma.store import Store
from tests.intake import prepare

FRIDAY, MONDAY, TUESDAY, WEDNESDAY = date(2021, 8, 27), date(2021, 8, 30), date(2021, 8, 31), date(2021, 9, 1)
# 2 and 3 September are public holidays
WORKING = [FRIDAY, MONDAY, TUESDAY, WEDNESDAY, *(date(2021, 9, n) for n in (6, 7, 8, 9))]


def who(store: Store, *names: str) -> list[int]:
    return [directory.find(store, name)["person_id"][0] for name in names]


@pytest.fixture
def gate(demo_store: Store) -> tuple[Store, Plan, list[int]]:
    """A plan of one gate on the rota and one duty beside it, an empty rota, and four of the staff."""
    people = who(demo_store, "Lường Văn Sơn", "Quàng Văn Lả", "Cầm Văn Thành", "Trần Quốc Đạt")
    son, la, thanh, dat = people
    of = Plan(title="x", focal=(Focal("Cổng", son, la, thanh, True), Focal("Chung", thanh, dat)))
    days = [date(2021, 8, 20) + timedelta(n) for n in range(30)]
    plan.save(demo_store, "An", of)
    rota.fill(demo_store, "An", dict.fromkeys(rota.shifts(demo_store, days), None))
    return demo_store, of, people


def test_the_two_leaders_of_the_demo_leave_two_duties_uncovered(demo_store: Store) -> None:
    of = plan.current(demo_store).plan
    leaders = who(demo_store, "Cầm Văn Thành", "Trần Quốc Đạt")
    found = continuity.gaps(demo_store, of, leaders)
    assert [(gap.duty, gap.stand_in) for gap in found] == [
        ("Chỉ đạo chung công tác phòng, chống dịch", None),
        ("Quản lý địa điểm, kết xuất báo cáo lịch sử quét mã", None),
    ]  # fmt: skip
    assert all(gap.days == tuple(WORKING) and not gap.shifts for gap in found)
    on_leave = who(demo_store, "Lò Văn Tuấn", "Tòng Thị Hạnh")  # on some of these days, by the demo's absences
    assert set(found[0].others) == set(continuity.staff(demo_store)["person_id"]) - {*leaders, *on_leave}
    one = continuity.gaps(demo_store, of, leaders[:1])
    assert [(gap.duty, gap.stand_in) for gap in one] == [("Chỉ đạo chung công tác phòng, chống dịch", leaders[1])]
    assert continuity.gaps(demo_store, of, who(demo_store, "Mùa A Dế")) == []


def test_a_shift_goes_to_who_stands_in_and_is_free_that_day(gate: tuple) -> None:
    store, of, (son, la, thanh, dat) = gate
    rota.fill(store, "An", {(MONDAY, "Cổng"): son, (TUESDAY, "Cổng"): son, (TUESDAY, "Khác"): la})
    found = continuity.gaps(store, of, [son])
    shifts = [gap for gap in found if gap.shifts]
    assert [(gap.duty, gap.person_id, gap.days, gap.stand_in) for gap in shifts] == [
        ("Cổng", son, (MONDAY,), la), ("Cổng", son, (TUESDAY,), thanh),
    ]  # fmt: skip
    assert la not in shifts[1].others and dat in shifts[1].others
    [focal] = [gap for gap in found if not gap.shifts]
    assert focal.days == tuple(day for day in WORKING if day not in (MONDAY, TUESDAY)) and focal.stand_in == la
    nobody = continuity.gaps(store, of, [son, la, thanh])
    assert [gap.days for gap in nobody if gap.shifts and gap.stand_in is None and gap.duty == "Cổng"] == [
        (MONDAY, TUESDAY)
    ]
    assert not [gap for gap in continuity.gaps(store, of, [son], days=1) if gap.shifts]


def test_who_is_on_leave_does_not_stand_in(gate: tuple) -> None:
    store, of, (son, _, thanh, _) = gate
    leave = f"Họ và tên,Số điện thoại,Lý do,Từ ngày,Đến ngày\nQuàng Văn Lả,0900000006,Nghỉ phép,{MONDAY},{MONDAY}\n"
    intake.load(store, prepare(store, "nghi.csv", leave.encode()), "An")
    rota.fill(store, "An", {(MONDAY, "Cổng"): son})
    [gap] = [gap for gap in continuity.gaps(store, of, [son]) if gap.shifts]
    assert gap.stand_in == thanh


def test_a_duty_given_away_for_the_time_is_covered(gate: tuple) -> None:
    store, of, (_, la, thanh, dat) = gate
    [gap] = continuity.gaps(store, of, [thanh, dat])
    assert (gap.duty, gap.stand_in) == ("Chung", None)
    rota.fill(store, "An", {(day, gap.duty): la for day in gap.days[:3]})
    [gap] = continuity.gaps(store, of, [thanh, dat])
    assert gap.days == tuple(WORKING[3:])
    rota.fill(store, "An", {(day, gap.duty): la for day in gap.days})
    assert continuity.gaps(store, of, [thanh, dat]) == []
    found = continuity.gaps(store, of, [thanh, dat, la])
    assert [(gap.person_id, gap.days, gap.shifts) for gap in found] == [(la, tuple(WORKING), True)]


def test_the_fewest_duties_are_asked_first(gate: tuple) -> None:
    store, of, (son, la, thanh, dat) = gate
    rota.fill(store, "An", {(MONDAY, "Cổng"): son, (TUESDAY, "Cổng"): la})
    [gap] = [gap for gap in continuity.gaps(store, of, [thanh, dat]) if gap.duty == "Chung"]
    assert set(gap.others[-2:]) == {son, la}


def test_away_is_who_is_ill_or_in_quarantine_today(demo_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert continuity.away_until(demo_store) == {}
    thanh, khoi = who(demo_store, "Cầm Văn Thành", "Nguyễn Đình Khôi")
    number = cases.register(demo_store, "An", cases.Said(khoi, date(2021, 8, 25)))
    case = cases.one(demo_store, number)
    listing = follow_up.compare(demo_store, case, tracing.Question((case.case,)))
    follow_up.follow(demo_store, "An", case, listing.new)
    f1 = set(listing.new.filter(degree=1)["person_id"]) & set(continuity.staff(demo_store)["person_id"])
    assert continuity.of_case(demo_store, number) == continuity.staff_among(demo_store, f1), "the F0 is a visitor"
    assert continuity.away_until(demo_store) == {}, "a visitor who is ill is no gap in the staff"
    first = continuity.of_case(demo_store, number)[0]
    follow_up.enter(demo_store, "An", follow_up.Entry(first, "quarantine", "home", until=date(2021, 9, 10)))
    cases.register(demo_store, "An", cases.Said(thanh, FRIDAY, state="suspected"))
    assert continuity.away_until(demo_store) == {first: date(2021, 9, 10)} | {thanh: None}
    follow_up.enter(demo_store, "An", follow_up.Entry(first, "verdict", "cleared", case_id=number))
    assert first not in continuity.of_case(demo_store, number)
    monkeypatch.setattr(Store, "clock", lambda _: datetime(2021, 9, 11))
    assert set(continuity.away_until(demo_store)) == {thanh}


def test_who_is_left_at_each_premises(demo_store: Store) -> None:
    staff = continuity.staff(demo_store)
    mai_son = staff.filter(location="Trụ sở Mai Sơn")["person_id"].to_list()
    assert continuity.premises(demo_store, mai_son[:2]).rows() == [("Trụ sở Mai Sơn", 7, 5), ("Trụ sở Yên Châu", 6, 6)]
    assert continuity.premises(demo_store, mai_son).row(0) == ("Trụ sở Mai Sơn", 7, 0)
