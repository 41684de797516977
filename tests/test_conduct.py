"""Decisions about missed duties: who missed what, what the ladder proposes, what is kept and what is refused."""

from datetime import date, timedelta

import pytest

from quetma import conduct, directory, identity, intake, plan
from quetma.conduct import ConductError, Decision
from quetma.intake.undo import undo
from quetma.plan import Plan, Rung
from quetma.store import Store
from tests.intake import prepare

MONDAY, FRIDAY = date(2021, 8, 23), date(2021, 8, 27)  # the demo's last week
MAI, HUONG = "Hoàng Thị Mai", "Nguyễn Thị Thanh Hương"
LADDER = Plan(title="x", ladder=(Rung("remind", 1), Rung("criticise", 2), Rung("sanction", 3)), ladder_days=30)


def person(store: Store, name: str) -> int:
    """Who that staff member of the demo is."""
    return directory.find(store, name)["person_id"][0]


def missed(store: Store, first: date = MONDAY, last: date = FRIDAY, of: Plan = LADDER) -> dict[str, dict]:
    """Who missed scanning, by name."""
    return {row["name"]: row for row in conduct.missed(store, of, "scanned", first, last).to_dicts()}


def decision(who: int, *days: date, step: plan.LadderStep = "remind", **more: object) -> Decision:
    said = {"reason": "quên quét", "decided_on": FRIDAY} | more
    return Decision(who, "scanned", step, days, **said)


def audited(store: Store) -> list[tuple[str, str, str]]:
    wanted = ["decide", "take back decision", "notice given", "notice failed"]
    lines = "SELECT action, subject, detail FROM audit WHERE action = ANY(?) ORDER BY logged_at"
    return store.cursor().execute(lines, [wanted]).fetchall()


def test_who_missed_is_a_plain_recount_of_working_days_without_a_scan(demo_store: Store) -> None:
    scans = demo_store.cursor().execute("SELECT DISTINCT person_id, CAST(scanned_at AS DATE) FROM scan").fetchall()
    absent = demo_store.cursor().execute("SELECT person_id, first_day, last_day FROM absence").fetchall()
    staff = dict(
        demo_store.cursor().execute("SELECT person_id, name FROM staff JOIN person USING (person_id)").fetchall()
    )
    first = date(2021, 7, 5)
    days = [first + timedelta(n) for n in range((FRIDAY - first).days + 1)]
    expected = {}
    for who, name in staff.items():
        without = [
            day for day in days
            if day.weekday() < 5 and (who, day) not in scans
            and not any(one == who and begin <= day <= end for one, begin, end in absent)
        ]  # fmt: skip
        if without:
            expected[name] = without
    found = conduct.missed(demo_store, LADDER, "scanned", first, FRIDAY)
    assert dict(found.select("name", "missed").iter_rows()) == expected
    assert found["missed"].list.len().to_list() == sorted((len(days) for days in expected.values()), reverse=True)
    assert found.select("undecided").equals(found.select(undecided="missed"))


def test_the_ladder_rises_by_days_that_nothing_is_decided_about(demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    monday, tuesday = missed(demo_store)[MAI]["missed"]
    first = date(2021, 7, 5)
    rows = missed(demo_store, first)
    earlier = [day for day in rows[MAI]["missed"] if day < MONDAY]
    assert len(earlier) >= 2, "enough for every step"
    assert rows[MAI]["proposed"] == "remind" and rows[MAI]["step"] is None
    conduct.decide(demo_store, "An", decision(mai, earlier[0], decided_on=MONDAY))
    row = missed(demo_store, MONDAY)[MAI]
    assert (row["step"], row["decided_on"], row["proposed"]) == ("remind", MONDAY, "criticise"), "two days since"
    assert missed(demo_store, tuesday)[MAI]["proposed"] is None, "one day is not yet the next rung"
    conduct.decide(demo_store, "An", decision(mai, monday, tuesday, step="criticise"))
    row = missed(demo_store, first)[MAI]
    assert (row["step"], row["undecided"]) == ("criticise", earlier[1:])
    assert row["proposed"] == ("sanction" if len(earlier) > 3 else None)
    assert HUONG in missed(demo_store) and missed(demo_store)[HUONG]["step"] is None, "each on their own"
    old = Plan(title="x", ladder=LADDER.ladder, ladder_days=3)
    assert missed(demo_store, first, of=old)[MAI]["step"] == "criticise"
    assert missed(demo_store, first, FRIDAY + timedelta(3), old)[MAI]["step"] is None, "it no longer counts"
    assert missed(demo_store, of=Plan(title="no ladder"))[HUONG]["proposed"] is None


def test_a_decision_stands_in_the_ledger_and_the_audit_and_is_taken_back_with_its_reason(demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    days = missed(demo_store)[MAI]["missed"]
    [number] = conduct.decide(demo_store, "An", decision(mai, *days, reason="hai lần", document="12/TB-ĐQLTT"))
    [row] = conduct.ledger(demo_store).rows(named=True)
    kept = (
        "entry_id",
        "name",
        "duty",
        "step",
        "missed",
        "reason",
        "decided_on",
        "document",
        "entered_by",
        "refuted",
        "told",
    )
    assert tuple(row[name] for name in kept) == (
        number, MAI, "scanned", "remind", days, "hai lần", FRIDAY, "12/TB-ĐQLTT", "An", [], []
    )  # fmt: skip
    with pytest.raises(ConductError, match="Say why"):
        conduct.take_back(demo_store, "An", number, " ")
    conduct.take_back(demo_store, "Bình", number, "có đơn xin phép")
    assert conduct.ledger(demo_store).is_empty()
    assert missed(demo_store)[MAI]["undecided"] == days
    [row] = conduct.everything(demo_store, mai).rows(named=True)
    assert (row["taken_back_by"], row["taken_back_why"]) == ("Bình", "có đơn xin phép")
    assert conduct.everything(demo_store, person(demo_store, HUONG)).is_empty()
    with pytest.raises(ConductError, match="taken back already"):
        conduct.take_back(demo_store, "An", number, "again")
    with pytest.raises(ConductError, match="taken back already"):
        conduct.told(demo_store, "An", number, "handed")
    said = ", ".join(f"{day:%d/%m/%Y}" for day in days)
    assert audited(demo_store) == [
        ("decide", f"{MAI} 0900000004", f"remind, scanned {said}: hai lần"),
        ("take back decision", f"{MAI} 0900000004", f"remind, scanned {said}: có đơn xin phép"),
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"decided_on": FRIDAY + timedelta(1)}, "future"),
        ({"missed": ()}, "at least one missed day"),
        ({"missed": (date(2021, 8, 25),)}, "was not missed"),
        ({"missed": (MONDAY, date(2021, 8, 28))}, "was not missed"),
    ],
)
def test_what_is_refused_changes_nothing(demo_store: Store, change: dict, why: str) -> None:
    said = {"person_id": person(demo_store, MAI), "duty": "scanned", "step": "remind", "missed": (MONDAY,),
            "reason": "x", "decided_on": FRIDAY}  # fmt: skip
    good = decision(person(demo_store, HUONG), FRIDAY)
    with pytest.raises(ConductError, match=why):
        conduct.decide(demo_store, "An", good, Decision(**said | change))
    assert conduct.ledger(demo_store).is_empty() and not audited(demo_store)


def test_two_leaders_cannot_decide_about_the_same_day(demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    monday, tuesday = missed(demo_store)[MAI]["missed"]
    conduct.decide(demo_store, "An", decision(mai, monday))
    with pytest.raises(ConductError, match="meanwhile"):
        conduct.decide(demo_store, "Bình", decision(mai, monday, tuesday, step="sanction"))
    assert conduct.ledger(demo_store)["step"].to_list() == ["remind"]


def test_how_it_reached_the_person_is_kept(demo_store: Store) -> None:
    [number] = conduct.decide(demo_store, "An", decision(person(demo_store, MAI), MONDAY))
    conduct.told(demo_store, "An", number, "email", "The mail server did not answer.")
    [row] = conduct.ledger(demo_store).rows(named=True)
    assert (row["told"], row["told_at"], row["failed"]) == ([], None, "The mail server did not answer.")
    conduct.told(demo_store, "An", number, "handed")
    conduct.told(demo_store, "An", number, "email")
    [row] = conduct.ledger(demo_store).rows(named=True)
    assert (row["told"], row["told_at"], row["failed"]) == (["handed", "email"], demo_store.clock(), "")
    assert [line[::2] for line in audited(demo_store)[1:]] == [
        ("notice failed", f"email, decision {number}"), ("notice given", f"handed, decision {number}"),
        ("notice given", f"email, decision {number}"),
    ]  # fmt: skip


def test_a_late_log_that_shows_the_scan_is_said_beside_the_decision(demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    days = missed(demo_store)[MAI]["missed"]
    conduct.decide(demo_store, "An", decision(mai, *days))
    late = "Họ và tên,Số điện thoại,Thời gian quét,Địa điểm,Vào/Ra\n"
    late += f"{MAI},0900000004,{MONDAY:%d/%m/%Y} 07:30:00,Trụ sở Mai Sơn,Vào\n"
    batch = intake.load(demo_store, prepare(demo_store, "muon.csv", late.encode()), "An")
    assert conduct.ledger(demo_store)["refuted"].to_list() == [[MONDAY]]
    undo(demo_store, batch.batch_id, "An")
    assert conduct.ledger(demo_store)["refuted"].to_list() == [[]]


def test_decisions_follow_a_merge(demo_store: Store) -> None:
    mai, huong, khoi = (person(demo_store, name) for name in (MAI, HUONG, "Nguyễn Đình Khôi"))
    conduct.decide(demo_store, "An", decision(mai, MONDAY), decision(huong, FRIDAY))
    identity.merge(demo_store, mai, khoi, "An")
    assert conduct.ledger(demo_store).filter(person_id=khoi)["missed"].to_list() == [[MONDAY]]
    assert conduct.everything(demo_store, khoi).height == 1 and conduct.everything(demo_store, mai).is_empty()
    identity.unmerge(demo_store, mai)
    assert conduct.ledger(demo_store).filter(person_id=mai)["missed"].to_list() == [[MONDAY]]
