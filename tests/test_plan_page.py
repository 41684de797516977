"""The screen of the plan: shown, edited, versions compared, continuity, rota; and a case's checklist."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from quetma import cases, continuity, directory, follow_up, plan, playbook, rota, tracing
from quetma.plan import Objective, Plan
from quetma.store import Store
from quetma.web.plan import continuity as uncovered

PAGE = "pages/plan.py"
FRIDAY, MONDAY = date(2021, 8, 27), date(2021, 8, 30)
LEADERS = ("Cầm Văn Thành", "Trần Quốc Đạt")
App = Callable[..., AppTest]


def who(store: Store, *names: str) -> list[int]:
    return [directory.find(store, name)["person_id"][0] for name in names]


def page(app: App, store: Store, view: str = "plan", **state: object) -> AppTest:
    """The screen with that view chosen, in English."""
    return rerun(app(PAGE, language="en", store=store), plan_view=view, **state)


def rerun(at: AppTest, **state: object) -> AppTest:
    for key, value in state.items():
        at.session_state[key] = value
    at.switch_page(f"../../{PAGE}")
    at.run()
    assert not at.exception
    return at


def pressed(at: AppTest, label: str) -> AppTest:
    [button] = [button for button in at.button if button.label == label]
    button.click()
    at.run()
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    kinds = ("subheader", "markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(part.value) for kind in kinds for part in at.get(kind)).replace("\\", "")


def test_the_plan_at_a_glance(app: App, demo_store: Store) -> None:
    at = page(app, demo_store)
    text = said(at)
    assert "226/KH-ĐQLTT · of 24/08/2021 · version 1" in text
    assert "1 of 4 with a figure are met." in text
    assert "**Not met** since 27/08/2021: Scanned 92.3% (12/13), wanted 100%." in text
    assert "**Met** since 21/07/2021: App installed 100% (13/13), wanted 100%." in text
    assert "| **high** | · | :red-badge[1] | · |" in text and "| **low** | · | · | :orange-badge[3] |" in text
    assert "Lường Văn Sơn [0900000007](tel:0900000007)" in text and "[0900 888 001](tel:0900888001)" in text


def test_a_unit_without_anything_sees_where_to_begin(app: App, empty_store: Store) -> None:
    assert "not saved yet: this is what every unit starts from" in said(page(app, empty_store))
    assert "Nobody is on the staff list." in said(page(app, empty_store, "continuity"))
    assert "No duty is on the daily rota." in said(page(app, empty_store, "rota"))
    assert "No version is saved yet." in said(page(app, empty_store, "versions"))


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_leaders_see_it(app: App, demo_store: Store, role: str) -> None:
    at = app(PAGE, role=role, store=demo_store)
    assert "226" not in said(at) and not at.dataframe


def test_saving_a_new_version_and_what_is_refused(app: App, demo_store: Store) -> None:
    at = page(app, demo_store, "edit")
    pressed(at, "Save as a new version")
    assert at.error[0].value == "Nothing is different from the version in force. Nothing was saved."
    at.text_input(key="plan_1_title").set_value(" ")
    pressed(at, "Save as a new version")
    assert at.error[0].value == "A plan needs a title. Nothing was saved."
    at.text_input(key="plan_1_title").set_value("Kế hoạch mới")
    at.text_input(key="plan_1_number").set_value("300/KH-ĐQLTT")
    at.text_input(key="plan_1_note").set_value("số mới")
    before = plan.current(demo_store).plan
    pressed(at, "Save as a new version")
    saved = plan.current(demo_store)
    assert (saved.version, saved.note, saved.saved_by) == (2, "số mới", "Test leader")
    assert saved.plan == replace(before, title="Kế hoạch mới", number="300/KH-ĐQLTT"), "the tables as they were"


def test_changing_the_objective_moves_the_target_line_on_compliance(app: App, demo_store: Store) -> None:
    def lines() -> list[str]:
        at = app("pages/compliance.py", language="en", store=demo_store)
        assert not at.exception
        charts = [chart.proto.spec or chart.proto.figure.spec for chart in at.get("plotly_chart")]
        return [part for chart in charts for part in ("wanted: 100%", "wanted: 85%") if part in chart]

    assert lines() == ["wanted: 100%"] * 4
    of = plan.current(demo_store).plan
    lower = tuple(replace(one, target=85) if one.duty == "scanned" else one for one in of.objectives)
    plan.save(demo_store, "An", replace(of, objectives=lower))
    assert sorted(lines()) == ["wanted: 100%"] * 3 + ["wanted: 85%"]
    assert "2 of 4 with a figure are met." in said(page(app, demo_store))


def test_versions_say_what_changed_and_are_brought_back(app: App, demo_store: Store) -> None:
    of = plan.current(demo_store).plan
    thanh, dat = who(demo_store, *LEADERS)
    focal = tuple(replace(one, person=dat, backup=thanh) if one.person == thanh else one for one in of.focal)
    objectives = (*of.objectives[1:], Objective("mới"))
    plan.save(
        demo_store, "An", replace(of, number="227", focal=focal, objectives=objectives, steps=of.steps[1:]), "đổi"
    )
    at = page(app, demo_store, "versions")
    text = said(at)
    assert "From version 1 to version 2: 6 changes" in text
    assert "Number: **227** instead of 226/KH-ĐQLTT" in text
    assert f"Specific objectives: **{of.objectives[0].text}** is gone" in text
    assert "Specific objectives: **mới** is new" in text
    assert "In charge: **Trần Quốc Đạt** instead of Cầm Văn Thành" in text
    assert f"Playbook: **{of.steps[0].text}** is gone" in text
    at.selectbox(key="plan_version").set_value(1).run()
    pressed(at, "Bring version 1 back")
    assert plan.current(demo_store).version == 3 and plan.current(demo_store).plan == of
    assert "From version 2 to version 3: 6 changes" in said(page(app, demo_store, "versions"))


def test_isolating_the_two_leaders_shows_the_uncovered_duties_and_gives_them_away(app: App, demo_store: Store) -> None:
    leaders = who(demo_store, *LEADERS)
    at = page(app, demo_store, "continuity", **{uncovered.AWAY: leaders})
    assert "**2 duties are uncovered.**" in said(at)
    assert "**Chỉ đạo chung công tác phòng, chống dịch** – Cầm Văn Thành. Nobody stands in." in said(at)
    mai = who(demo_store, "Hoàng Thị Mai")[0]
    [choice, *_] = [box for box in at.selectbox if "Chỉ đạo chung" in str(box.key)]
    choice.set_value(mai).run()
    [give, *_] = [button for button in at.button if "Chỉ đạo chung" in str(button.key)]
    give.click()
    at.run()
    assert not at.exception
    filled = rota.shifts(demo_store, [FRIDAY, MONDAY])
    assert filled[MONDAY, "Chỉ đạo chung công tác phòng, chống dịch"] == mai
    at = page(app, demo_store, "continuity", **{uncovered.AWAY: leaders})
    assert "**1 duties are uncovered.**" in said(at)
    lines = "SELECT subject FROM audit WHERE action = 'continuity'"
    assert demo_store.cursor().execute(lines).fetchall()[0] == ("Cầm Văn Thành, Trần Quốc Đạt",)


def test_whatever_somebody_stands_in_for_is_given_away_at_once(app: App, demo_store: Store) -> None:
    son, binh, la, quyet = who(demo_store, "Lường Văn Sơn", "Cà Văn Bình", "Quàng Văn Lả", "Phạm Đức Quyết")
    at = page(app, demo_store, "continuity", **{uncovered.AWAY: [son, binh]})
    assert "Everything is covered by who stands in." in said(at)
    days = continuity.gaps(demo_store, plan.current(demo_store).plan, [son, binh])
    pressed(at, f"Give all that to who stands in ({sum(len(gap.days) for gap in days)} entries in the rota)")
    assert set(rota.shifts(demo_store, rota.week(MONDAY)).values()) == {la, quyet}
    assert continuity.gaps(demo_store, plan.current(demo_store).plan, [son, binh]) == []
    assert "They leave no duty of the plan" in said(
        page(app, demo_store, "continuity", **{uncovered.AWAY: [son, binh]})
    )


def registered(store: Store) -> cases.RegisteredCase:
    """The demo's F0 as a case with its contacts."""
    khoi = who(store, "Nguyễn Đình Khôi")[0]
    case = cases.one(store, cases.register(store, "An", cases.Said(khoi, date(2021, 8, 25))))
    assert case
    follow_up.follow(store, "An", case, follow_up.compare(store, case, tracing.Question((case.case,))).new)
    return case


def test_from_a_case_to_what_its_contacts_leave_open(app: App, demo_store: Store) -> None:
    case = registered(demo_store)
    away = continuity.of_case(demo_store, case.case_id)
    at = app("pages/cases.py", language="en", store=demo_store)
    at.session_state["cases_view"] = "cases"
    at.switch_page("../../pages/cases.py")
    at.run()
    pressed(at, f"Which duties are uncovered? ({len(away)} of the staff)")
    assert at.title[0].value == "Plan and rota"
    assert at.multiselect(key=uncovered.AWAY).value == away


def test_from_a_trace_to_what_it_leaves_open(app: App, demo_store: Store) -> None:
    at = app(
        "pages/tracing.py",
        language="en",
        store=demo_store,
        state={"trace_person": who(demo_store, "Nguyễn Đình Khôi")[0]},
    )
    [button] = [button for button in at.button if str(button.key) == "trace_uncovered"]
    n = int(button.label.split()[0])
    button.click()
    at.run()
    assert not at.exception and at.title[0].value == "Plan and rota"
    assert len(at.multiselect(key=uncovered.AWAY).value) == n > 0


def test_the_checklist_of_a_case_is_ticked(app: App, demo_store: Store) -> None:
    case = registered(demo_store)
    at = app("pages/cases.py", language="en", store=demo_store)
    at.session_state["cases_view"] = "cases"
    at.session_state["case_opened"] = case.case_id
    at.switch_page("../../pages/cases.py")
    at.run()
    assert not at.exception and "Checklist: 0 of 7 done" in said(at)
    assert "2 h 0 min left (until 17:41 27/08/2021)" in said(at)
    at.checkbox[0].check()
    at.run()
    assert "Checklist: 1 of 7 done" in said(at)
    assert playbook.checklist(demo_store, case)[0].done_by == "Test leader"


def test_the_week_is_shown_with_what_is_wrong_and_copied(app: App, demo_store: Store) -> None:
    at = page(app, demo_store, "rota")
    assert "Every working day of this week is filled." in said(at)
    at.date_input(key="rota_day").set_value(date(2021, 9, 8)).run()
    assert "To be mended (10)" in said(at) and "06/09/2021, Trực cổng Mai Sơn: nobody" in said(at)
    pressed(at, "Fill what is empty as in the week before")
    text = said(rerun(at))
    assert "To be mended (6)" in text, "the week before has two holidays and a day left empty"
    assert len(rota.shifts(demo_store, rota.week(date(2021, 9, 8)))) == 4


def test_a_plan_of_hostile_texts_is_shown_letter_by_letter(app: App, demo_store: Store) -> None:
    evil = "[x](https://evil.vn) <b>"
    of = plan.current(demo_store).plan
    focal = tuple(replace(one, duty=f"{one.duty} {evil}") for one in of.focal)
    hostile = Plan(title=evil, number=evil, general=evil, objectives=(Objective(evil),), focal=focal, steps=of.steps)
    plan.save(demo_store, evil, hostile, evil)
    for view in ("plan", "continuity", "rota", "versions", "playbook"):
        at = page(app, demo_store, view, **{uncovered.AWAY: who(demo_store, *LEADERS)})
        texts = "\n".join(str(part.value) for kind in ("subheader", "markdown", "caption") for part in at.get(kind))
        assert "](https://evil.vn)" not in texts, view
