"""The checklist of a case: which steps, until when, what is done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from quetma import attention, cases, directory, follow_up, plan, playbook, tracing
from quetma.cases import RegisteredCase, Said
from quetma.language import translator
from quetma.plan import Plan, Step
from quetma.store import Store

ONSET = date(2021, 8, 25)
STEPS = (
    Step("suspected", "cách ly tạm", "Y tế", 1), Step("f0", "báo cáo", "Đội trưởng", 2), Step("f0", "khử khuẩn"),
    Step("f1", "gọi F1", "", 24), Step("f2", "báo F2", "", 48),
)  # fmt: skip


@pytest.fixture
def store(demo_store: Store) -> Store:
    plan.save(demo_store, "An", Plan(title="x", steps=STEPS))
    return demo_store


@pytest.fixture
def clock(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """`clock(timedelta(hours=3))`: so much later it is from now on."""
    begin = store.clock()

    def later(by: timedelta) -> datetime:
        monkeypatch.setattr(Store, "clock", lambda _: begin + by)
        return begin + by

    return later


def register(store: Store, state: cases.State = "confirmed") -> RegisteredCase:
    khoi = directory.find(store, "Nguyễn Đình Khôi")["person_id"][0]
    case = cases.one(store, cases.register(store, "An", Said(khoi, ONSET, state=state)))
    assert case
    return case


def texts(store: Store, case: RegisteredCase) -> list[str]:
    return [item.step.text for item in playbook.checklist(store, case)]


def test_steps_come_with_what_is_registered(store: Store) -> None:
    case = register(store, "suspected")
    assert texts(store, case) == ["cách ly tạm"]
    cases.change(store, "An", case, state="confirmed")
    case = cases.one(store, case.case_id)
    assert texts(store, case) == ["báo cáo", "khử khuẩn"]
    listing = follow_up.compare(store, case, tracing.Question((case.case,)))
    follow_up.follow(store, "An", case, listing.new.filter(degree=1))
    assert texts(store, case) == ["báo cáo", "khử khuẩn", "gọi F1"]
    follow_up.follow(store, "An", case, listing.new.filter(degree=2))
    assert texts(store, case) == ["báo cáo", "khử khuẩn", "gọi F1", "báo F2"]


def test_the_clock_runs_from_the_registration(store: Store, clock: Callable) -> None:
    case = register(store)
    report, clean = playbook.checklist(store, case)
    begin = case.registered_at
    assert (report.due_at, clean.due_at) == (begin + timedelta(hours=2), None)
    assert not report.overdue(begin + timedelta(hours=2)) and report.overdue(begin + timedelta(hours=2, seconds=1))
    assert not clean.overdue(begin + timedelta(days=999))
    at = clock(timedelta(minutes=90))
    playbook.tick(store, "Bình", case, report, True)
    report, _ = playbook.checklist(store, case)
    assert (report.done, report.done_at, report.done_by, report.overdue(begin + timedelta(days=9))) == (
        True,
        at,
        "Bình",
        False,
    )
    playbook.tick(store, "Bình", case, report, False)
    assert not playbook.checklist(store, case)[0].done
    lines = "SELECT action, subject, detail FROM audit WHERE action LIKE 'step%' ORDER BY logged_at"
    assert store.cursor().execute(lines).fetchall() == [
        ("step done", f"case {case.case_id}", "báo cáo"), ("step not done", f"case {case.case_id}", "báo cáo"),
    ]  # fmt: skip


def test_what_was_done_stays_when_the_plan_or_the_case_changes(store: Store) -> None:
    case = register(store, "suspected")
    playbook.tick(store, "An", case, playbook.checklist(store, case)[0], True)
    cases.change(store, "An", case, state="confirmed")
    case = cases.one(store, case.case_id)
    assert [(item.step.text, item.done) for item in playbook.checklist(store, case)] == [
        ("cách ly tạm", True), ("báo cáo", False), ("khử khuẩn", False),
    ]  # fmt: skip
    plan.save(store, "An", replace(Plan(title="x"), steps=(Step("f0", "mới", "", 3),)))
    assert [(item.step.text, item.done) for item in playbook.checklist(store, case)] == [
        ("mới", False), ("cách ly tạm", True),
    ]  # fmt: skip


def test_what_is_overdue_stands_on_overview_until_it_is_done_or_the_case_is_over(store: Store, clock: Callable) -> None:
    case = register(store)

    def said() -> list[str]:
        found = attention.items(store, translator("en"), health=True, upload=False)
        return [item.text for item in found if "steps of the plan" in item.text]

    assert said() == []
    clock(timedelta(hours=3))
    assert said() == ["Case 1: 1 steps of the plan are overdue. The first: báo cáo."]
    assert not [
        item for item in attention.items(store, translator("en"), health=False, upload=False) if "báo cáo" in item.text
    ]
    playbook.tick(store, "An", case, playbook.checklist(store, case)[0], True)
    assert said() == []
    playbook.tick(store, "An", case, playbook.checklist(store, case)[0], False)
    cases.change(store, "An", case, state="recovered")
    assert said() == []
