"""The unit's plan: read, kept in versions, compared; its objectives against the figures."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from quetma import compliance, directory, identity, plan, revision
from quetma.plan import Focal, Measure, Objective, Phone, Plan, PlanError, Risk, Rung, Step
from quetma.revision import Change
from quetma.store import Store

FRIDAY = date(2021, 8, 27)
WHOLE = Plan(
    title="Kế hoạch", number="1/KH", issued_on=FRIDAY, general="An toàn",
    objectives=(Objective("quét", "scanned", 90), Objective("khác")), risks=(Risk("chợ", 3, 2, "khẩu trang"),),
    measures=(Measure("dán mã", 7, "doing"),), focal=(Focal("Cổng", 7, 6, 5, True), Focal("Chung", 1)),
    phones=(Phone("Y tế", "115"),), steps=(Step("f0", "báo", "Văn thư", 2), Step("f1", "gọi")),
    ladder=(Rung("remind", 1), Rung("sanction", 4)), ladder_days=30,
)  # fmt: skip


def test_a_unit_without_a_plan_starts_from_one_that_names_nobody(empty_store: Store) -> None:
    saved = plan.current(empty_store)
    assert (saved.version, saved.plan.people, saved.plan.focal) == (0, [], ())
    assert {step.kind for step in saved.plan.steps} == set(plan.KINDS)
    assert plan.targets(saved.plan) == dict.fromkeys(compliance.DUTIES, 1.0)
    assert [rung.step for rung in saved.plan.ladder] == list(plan.LADDER)
    assert plan.standing(empty_store, saved.plan, FRIDAY) == []


def test_plan_226_ships_with_the_demo(demo_store: Store) -> None:
    saved = plan.current(demo_store)
    assert (saved.version, saved.plan.number, saved.plan.issued_on) == (1, "226/KH-ĐQLTT", date(2021, 8, 24))
    assert saved.plan.risks and saved.plan.measures and saved.plan.phones and saved.plan.steps
    assert {step.kind for step in saved.plan.steps} == set(plan.KINDS)
    assert all(step.hours for step in saved.plan.steps)
    names = [directory.called(demo_store, person) for person in saved.plan.people]
    staff = set(compliance.people(demo_store, FRIDAY)["person_id"])
    assert set(saved.plan.people) <= staff and len(names) == len(set(names))
    leaders = {directory.find(demo_store, name)["person_id"][0] for name in ("Cầm Văn Thành", "Trần Quốc Đạt")}
    both = [focal for focal in saved.plan.focal if {focal.person, *focal.backups} == leaders]
    assert len(both) == 2, "the two leaders stand in for each other"


def test_a_version_is_kept_whole_and_every_earlier_one(demo_store: Store) -> None:
    first = plan.current(demo_store).plan
    assert Plan.from_dict(json.loads(WHOLE.json())) == WHOLE
    assert plan.save(demo_store, "An", WHOLE, "mới") == 2
    saved = plan.current(demo_store)
    assert (saved.version, saved.plan, saved.saved_by, saved.note) == (2, WHOLE, "An", "mới")
    assert plan.opened(demo_store, 1).plan == first
    assert plan.opened(demo_store, 3) is None
    assert plan.versions(demo_store).select("version", "saved_by").rows() == [(2, "An"), (1, "demo")]
    audited = "SELECT account, subject, detail FROM audit WHERE action = 'save plan' ORDER BY logged_at DESC LIMIT 1"
    assert demo_store.cursor().execute(audited).fetchall() == [("An", "2 1/KH Kế hoạch", "mới")]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"title": " "}, "needs a title"),
        ({"focal": (Focal("Cổng", 1), Focal("Cổng", 2))}, "same duty"),
        ({"focal": (Focal("Cổng", 1, 1),)}, "for themselves"),
        ({"focal": (Focal("Cổng", 1, 2, 2),)}, "for themselves"),
        ({"focal": (Focal("Cổng", 1, None, 1),)}, "for themselves"),
        ({"ladder": (Rung("sanction", 1), Rung("remind", 2))}, "upwards"),
        ({"ladder": (Rung("remind", 1), Rung("remind", 2))}, "upwards"),
    ],
)
def test_what_makes_no_plan_is_refused(demo_store: Store, change: dict, why: str) -> None:
    with pytest.raises(PlanError, match=why):
        plan.save(demo_store, "An", replace(WHOLE, **change))
    assert plan.current(demo_store).version == 1


def test_the_same_again_is_no_new_version(demo_store: Store) -> None:
    plan.save(demo_store, "An", WHOLE)
    with pytest.raises(PlanError, match="Nothing is different"):
        plan.save(demo_store, "An", WHOLE)
    assert plan.current(demo_store).version == 2


def test_objectives_stand_as_a_recount_says(demo_store: Store) -> None:
    days = compliance.working_days(demo_store, FRIDAY)["day"].to_list()
    rates = {
        (duty, day): compliance.rate(compliance.people(demo_store, day), duty)
        for duty in compliance.DUTIES
        for day in days
    }
    for target in (100, 92, 93, 50, 0):
        of = Plan(title="x", objectives=tuple(Objective(duty, duty, target) for duty in compliance.DUTIES))
        for stand in plan.standing(demo_store, of, FRIDAY):
            duty = stand.objective.duty
            have, due = rates[duty, FRIDAY]
            met = [100 * rates[duty, day][0] >= target * rates[duty, day][1] for day in days]
            since = days[-1]
            for day, same in zip(reversed(days), reversed(met), strict=True):
                if same != met[-1]:
                    break
                since = day
            assert (stand.have, stand.due, stand.met, stand.since) == (have, due, met[-1], since), (duty, target)


def test_an_objective_of_no_duty_has_no_figure(demo_store: Store) -> None:
    of = Plan(title="x", objectives=(Objective("an toàn"), Objective("quét", "scanned"), Objective("x", "scanned", 40)))
    assert [stand.objective.text for stand in plan.standing(demo_store, of, FRIDAY)] == ["x"]
    assert plan.targets(of) == {"scanned": 0.4}
    two = Plan(title="x", objectives=(Objective("a", "apps", 60), Objective("b", "apps", 80)))
    assert plan.targets(two) == {"apps": 0.8}, "the higher of two"


def test_what_differs_between_two_versions() -> None:
    assert revision.changes(WHOLE, WHOLE) == []
    after = replace(
        WHOLE, number="2/KH", objectives=(Objective("quét", "scanned", 95), Objective("mới")),
        focal=(Focal("Cổng", 9, 6, 5, True), Focal("Chung", 1)), phones=(), steps=(*WHOLE.steps, Step("f0", "gọi")),
    )  # fmt: skip
    assert revision.changes(WHOLE, after) == [
        Change("", "changed", "", "number", "1/KH", "2/KH"),
        Change("objectives", "removed", "khác"),
        Change("objectives", "changed", "quét", "target", 90, 95),
        Change("objectives", "added", "mới"),
        Change("focal", "changed", "Cổng", "person", 7, 9),
        Change("phones", "removed", "Y tế"),
        Change("steps", "added", "gọi"),
    ]
    back = revision.changes(after, WHOLE)
    assert [(one.part, one.row) for one in back if one.kind == "added"] == [("objectives", "khác"), ("phones", "Y tế")]
    doubled = replace(WHOLE, phones=(Phone("Y tế", "115"), Phone("Y tế", "116")))
    assert revision.changes(WHOLE, doubled) == [Change("phones", "added", "Y tế")]


def test_a_plan_follows_a_merge(demo_store: Store) -> None:
    hong, khoi = (directory.find(demo_store, name)["person_id"][0] for name in ("Vì Thị Hồng", "Nguyễn Đình Khôi"))
    [focal] = [focal for focal in plan.current(demo_store).plan.focal if hong in focal.backups]
    identity.merge(demo_store, hong, khoi, "An")
    [after] = [now for now in plan.current(demo_store).plan.focal if now.duty == focal.duty]
    assert (after.person, after.backup, after.second_backup) == (focal.person, focal.backup, khoi)
    identity.unmerge(demo_store, hong)
    assert [now for now in plan.current(demo_store).plan.focal if now.duty == focal.duty] == [focal]


def test_the_target_of_a_version_counts_from_when_it_is_saved(demo_store: Store) -> None:
    of = plan.current(demo_store).plan
    lower = tuple(replace(one, target=90) if one.duty == "scanned" else one for one in of.objectives)
    plan.save(demo_store, "An", replace(of, objectives=lower))
    now = plan.current(demo_store).plan
    assert plan.targets(now)["scanned"] == 0.9
    [stand] = [one for one in plan.standing(demo_store, now, FRIDAY) if one.objective.duty == "scanned"]
    assert stand.met and stand.since <= FRIDAY - timedelta(1), "12 of 13 is enough now"
