"""The week's rota: filled, copied, and what is wrong with it."""

from datetime import date, timedelta

import pytest

from quetma import attention, cases, continuity, directory, follow_up, identity, plan, rota, tracing
from quetma.language import translator
from quetma.plan import Focal, Plan
from quetma.rota import Problem
from quetma.store import Store

MONDAY = date(2021, 8, 30)
WEEK = [MONDAY + timedelta(n) for n in range(7)]  # Thursday and Friday are public holidays
BEFORE = [day - timedelta(7) for day in WEEK]


@pytest.fixture
def gate(demo_store: Store) -> tuple[Store, Plan, int, int, int]:
    """Two gates on the rota, no shift filled, and three of the staff."""
    names = ("Lường Văn Sơn", "Quàng Văn Lả", "Tòng Thị Hạnh")
    son, la, hanh = (directory.find(demo_store, name)["person_id"][0] for name in names)
    of = Plan(title="x", focal=(Focal("A", son, la, None, True), Focal("B", la, None, None, True), Focal("C", hanh)))
    plan.save(demo_store, "An", of)
    rota.fill(demo_store, "An", dict.fromkeys(rota.shifts(demo_store, [*BEFORE, *WEEK]), None))
    return demo_store, of, son, la, hanh


def test_a_week_is_monday_to_sunday() -> None:
    for n in range(7):
        assert rota.week(MONDAY + timedelta(n)) == WEEK


def test_the_newest_entry_of_a_day_and_a_duty_holds(gate: tuple) -> None:
    store, _, son, la, _ = gate
    assert rota.shifts(store, WEEK) == {}
    rota.fill(store, "An", {(MONDAY, "A"): son, (MONDAY, "B"): la})
    rota.fill(store, "Bình", {(MONDAY, "A"): la, (MONDAY, "B"): None})
    assert rota.shifts(store, WEEK) == {(MONDAY, "A"): la}
    lines = "SELECT account, detail, subject FROM audit WHERE action = 'change rota' ORDER BY logged_at DESC LIMIT 1"
    assert store.cursor().execute(lines).fetchall() == [("Bình", "", "30/08/2021 A; 30/08/2021 B")]


def test_gaps_on_working_days_only(gate: tuple) -> None:
    store, of, son, la, _ = gate
    assert rota.problems(store, of, WEEK) == [Problem(day, duty, "gap") for day in WEEK[:3] for duty in ("A", "B")]
    rota.fill(store, "An", {(day, duty): who for day in WEEK[:3] for duty, who in (("A", son), ("B", la))})
    assert rota.problems(store, of, WEEK) == []


def test_two_duties_at_once_and_an_absence(gate: tuple) -> None:
    store, of, son, la, hanh = gate
    rota.fill(store, "An", {(day, duty): who for day in WEEK[:3] for duty, who in (("A", son), ("B", la))})
    rota.fill(store, "An", {(MONDAY, "B"): son, (WEEK[2], "A"): hanh, (MONDAY, "C"): son})
    assert rota.problems(store, of, WEEK) == [
        Problem(MONDAY, "B", "twice", son, "A"),
        Problem(WEEK[2], "A", "absent", hanh, "Nghỉ phép"),  # the demo's absence of 1 September
    ]


def test_quarantine_until_its_last_day_and_who_left(gate: tuple, monkeypatch: pytest.MonkeyPatch) -> None:
    store, of, son, la, _ = gate
    rota.fill(store, "An", {(day, duty): who for day in WEEK[:3] for duty, who in (("A", son), ("B", la))})
    monkeypatch.setattr(continuity, "away_until", lambda _: {son: WEEK[1], la: None})
    assert rota.problems(store, of, WEEK) == [
        Problem(MONDAY, "A", "away", son), Problem(MONDAY, "B", "away", la), Problem(WEEK[1], "A", "away", son),
        Problem(WEEK[1], "B", "away", la), Problem(WEEK[2], "B", "away", la),
    ]  # fmt: skip
    monkeypatch.setattr(continuity, "away_until", lambda _: {})
    rota.fill(store, "An", {(MONDAY, "A"): directory.find(store, "Nguyễn Đình Khôi")["person_id"][0]})
    assert [problem.kind for problem in rota.problems(store, of, WEEK)] == ["left"]
    rota.fill(store, "An", {(BEFORE[0], "A"): directory.find(store, "Nguyễn Đình Khôi")["person_id"][0]})
    assert "left" not in [problem.kind for problem in rota.problems(store, of, BEFORE)], "what was, was"


def test_a_case_and_a_quarantine_as_they_are_entered(gate: tuple) -> None:
    store, of, son, la, _ = gate
    rota.fill(store, "An", {(day, duty): who for day in WEEK[:3] for duty, who in (("A", son), ("B", la))})
    khoi = directory.find(store, "Nguyễn Đình Khôi")["person_id"][0]
    case = cases.one(store, cases.register(store, "An", cases.Said(khoi, date(2021, 8, 25))))
    follow_up.follow(
        store, "An", case, follow_up.compare(store, case, tracing.Question((case.case,))).new.filter(degree=1)
    )
    listed = follow_up.state(store)["person_id"].to_list()
    assert son in listed or la in listed
    one = son if son in listed else la
    follow_up.enter(store, "An", follow_up.Entry(one, "quarantine", "home", until=WEEK[1]))
    assert [(p.day, p.kind) for p in rota.problems(store, of, WEEK)] == [(MONDAY, "away"), (WEEK[1], "away")]


def test_copying_a_week_leaves_what_is_filled_and_who_cannot(gate: tuple) -> None:
    store, of, son, la, hanh = gate
    rota.fill(store, "An", {(day, duty): who for day in BEFORE[:5] for duty, who in (("A", hanh), ("B", la))})
    rota.fill(store, "An", {(BEFORE[5], "A"): son, (BEFORE[0], "C"): hanh, (MONDAY, "A"): son})
    assert rota.copy_week(store, "An", of, BEFORE, WEEK) == (5, 5)  # two duties on two holidays; her leave
    assert rota.shifts(store, WEEK) == {
        (MONDAY, "A"): son, (MONDAY, "B"): la, (WEEK[1], "A"): hanh, (WEEK[1], "B"): la, (WEEK[2], "B"): la,
        (WEEK[5], "A"): son,
    }  # fmt: skip
    assert rota.copy_week(store, "An", of, BEFORE, WEEK) == (0, 5)


def test_today_and_the_next_working_day_stand_on_overview(gate: tuple) -> None:
    store, _, son, la, _ = gate
    assert rota.upcoming(store) == [date(2021, 8, 27), MONDAY]

    def said() -> list[str]:
        found = attention.items(store, translator("en"), health=True, upload=False)
        return [item.text for item in found if item.page == "plan"]

    assert said() == [
        "Shifts of 27/08/2021 to be mended: A (nobody), B (nobody).",
        "Shifts of 30/08/2021 to be mended: A (nobody), B (nobody).",
    ]
    rota.fill(store, "An", {(day, duty): who for day in rota.upcoming(store) for duty, who in (("A", son), ("B", la))})
    assert said() == []
    rota.fill(store, "An", {(MONDAY, "B"): son})
    assert said() == ["Shifts of 30/08/2021 to be mended: B (has another duty on that day)."]
    assert not [
        item for item in attention.items(store, translator("en"), health=False, upload=False) if item.page == "plan"
    ]


def test_shifts_follow_a_merge(gate: tuple) -> None:
    store, _, son, _, _ = gate
    rota.fill(store, "An", {(MONDAY, "A"): son})
    khoi = directory.find(store, "Nguyễn Đình Khôi")["person_id"][0]
    identity.merge(store, son, khoi, "An")
    assert rota.shifts(store, WEEK) == {(MONDAY, "A"): khoi}
    identity.unmerge(store, son)
    assert rota.shifts(store, WEEK) == {(MONDAY, "A"): son}
