"""The trace: the table is the diagram in quetma/tracing.py; a double loop over the stays is the oracle for all else."""

import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import intake
from quetma.store import ROOT, Store
from quetma.tracing import Case, evidence, evidence_of_f2, rule_named, rule_on, rules, trace
from tests.intake import prepare
from tests.scenario import Scan, stays_of, unit

REAL = ROOT.parent / "shared" / "real"
ONSET = date(2021, 8, 23)
NOON = datetime(2021, 8, 23, 12)
F0, X, Y = 1, 2, 3
HERE, THERE = 1, 2


def visits(*stays: tuple[int, int, int, int]) -> list[Scan]:
    """(person, place, first minute, last minute), minutes from noon of the day of onset, as scans in and out."""
    minute = timedelta(minutes=1)
    return [
        scan
        for person, place, begin, end in stays
        for scan in ((person, place, NOON + begin * minute, "in"), (person, place, NOON + end * minute, "out"))
    ]


@pytest.mark.parametrize(
    ("stays", "question", "f1", "f2"),
    [
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 50, 90)], {}, {X: (10, 50)}, {}, id="overlap"),
        pytest.param([(F0, HERE, 0, 60), (X, THERE, 0, 60)], {}, {}, {}, id="other place"),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 60, 90)], {}, {}, {}, id="touching is no overlap"),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 60, 90)], {"linger": 15}, {X: (15, 60)}, {}, id="linger"),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 45, 90)], {"min_minutes": 15}, {X: (15, 45)}, {}, id="exactly the minimum"
        ),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 46, 90)], {"min_minutes": 15}, {}, {}, id="one minute short"),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 30, 30)], {}, {}, {}, id="zero-length stay"),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 0, 60)],
            {"until": NOON + timedelta(minutes=20)},
            {X: (20, 0)},
            {},
            id="isolated mid-stay",
        ),
        pytest.param(
            [(F0, HERE, -780, -660), (X, HERE, -780, -660)],
            {"days_before": 0},
            {X: (60, -720)},
            {},
            id="window opens mid-stay",
        ),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 160), (Y, THERE, 150, 200)],
            {},
            {X: (30, 30)},
            {Y: 150},
            id="F2",
        ),
        pytest.param(
            [(X, THERE, -60, -10), (Y, THERE, -60, -10), (F0, HERE, 0, 60), (X, HERE, 30, 90)],
            {},
            {X: (30, 30)},
            {},
            id="met before exposed",
        ),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 30, 90), (Y, HERE, 65, 120)],
            {},
            {X: (30, 30)},
            {Y: 65},
            id="same room after F0 left",
        ),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 30, 90), (Y, HERE, 40, 120)],
            {},
            {X: (30, 30), Y: (20, 40)},
            {},
            id="an F1 is no F2",
        ),
        pytest.param(
            [(F0, HERE, 0, 20), (F0, HERE, 40, 60), (X, HERE, 10, 50)], {}, {X: (20, 10)}, {}, id="two contacts add up"
        ),
    ],
)
def test_diagram(tmp_path: Path, stays: list, question: dict, f1: dict, f2: dict) -> None:
    answer = trace(unit(tmp_path, visits(*stays)), Case(F0, ONSET, **question))
    after_noon = lambda when: (when - NOON) / timedelta(minutes=1)  # noqa: E731
    assert {r["person_id"]: (r["minutes"], after_noon(r["exposed_at"])) for r in answer.f1.iter_rows(named=True)} == f1
    assert {r["person_id"]: after_noon(r["exposed_at"]) for r in answer.f2.iter_rows(named=True)} == f2


def brute_trace(stays: list[tuple], case: Case) -> tuple[dict, dict]:
    """F1 as {person: (minutes, exposed_at, certainty)}, F2 as {person: (exposed_at, via)}: a double loop."""

    def contacts(infectors: dict[int, datetime], known: set[int]) -> dict[int, list[tuple]]:
        found = defaultdict(list)
        for infector, place, t_in, t_out, in_seen, out_seen in stays:
            if infector not in infectors:
                continue
            start, end = max(t_in, infectors[infector]), min(t_out, case.until)
            if start > end or t_in >= case.until or t_out <= infectors[infector]:
                continue
            end += timedelta(minutes=case.linger)
            for other, other_place, o_in, o_out, o_in_seen, o_out_seen in stays:
                if other in known or other_place != place:
                    continue
                begin, stop = max(start, o_in), min(end, o_out)
                if begin < stop and stop - begin >= timedelta(minutes=case.min_minutes):
                    found[other].append((begin, stop, infector, in_seen and out_seen and o_in_seen and o_out_seen))
        return found

    first = contacts({case.person_id: case.since}, {case.person_id})
    f1 = {
        person: (
            round(sum((e - b).total_seconds() for b, e, *_ in met) / 60, 6),
            min(b for b, *_ in met),
            "seen" if any(seen for *_, seen in met) else "inferred",
        )
        for person, met in first.items()
    }
    second = contacts({person: exposed for person, (_, exposed, _) in f1.items()}, {case.person_id, *f1})
    return f1, {person: (min(b for b, *_ in met), len({i for _, _, i, _ in met})) for person, met in second.items()}


def traced(store: Store, case: Case) -> tuple[dict, dict]:
    answer = trace(store, case)
    return (
        {
            r["person_id"]: (round(r["minutes"], 6), r["exposed_at"], r["certainty"])
            for r in answer.f1.iter_rows(named=True)
        },
        {r["person_id"]: (r["exposed_at"], r["via"]) for r in answer.f2.iter_rows(named=True)},
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scans=st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(1, 3),
            st.integers(-5 * 96, 2 * 96).map(lambda quarter: NOON + timedelta(minutes=15 * quarter)),
            st.sampled_from(["in", "in", "out", "out", "unknown"]),
        ),
        unique=True,
        min_size=5,
        max_size=40,
    ),
    question=st.fixed_dictionaries(
        {
            "min_minutes": st.sampled_from([0, 1, 15, 60]),
            "linger": st.sampled_from([0, 30]),
            "days_before": st.integers(0, 4),
            "until": st.sampled_from([None, NOON, NOON + timedelta(hours=7)]),
        }
    ),
)
def test_any_log_equals_the_double_loop(scans: list[Scan], question: dict) -> None:
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), scans)
        stays = stays_of(store)
        for person in {person for person, *_ in scans}:
            case = Case(person, ONSET, **question).resolved()
            assert traced(store, case) == brute_trace(stays, case)
        store.close()


@pytest.mark.parametrize("link", ["seen", "inferred", "possible"])
def test_an_f2_is_no_surer_than_the_f1_they_met(tmp_path: Path, link: str) -> None:
    scans = visits((F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 160), (Y, THERE, 100, 160))
    if link == "inferred":
        scans.remove((X, HERE, NOON + timedelta(minutes=90), "out"))
    store = unit(tmp_path, scans)
    if link == "possible":
        with store.write() as cursor:
            cursor.execute("UPDATE person SET masked = TRUE WHERE person_id = ?", [X])
    answer = trace(store, Case(F0, ONSET))
    assert answer.f1.select("person_id", "certainty").rows() == [(X, link)]
    assert answer.f2.select("person_id", "certainty").rows() == [(Y, link)]


def everyone_equals_the_double_loop(store: Store, onset: date, **question: int) -> None:
    stays = stays_of(store)
    masked = {person for (person,) in store.cursor().execute("SELECT person_id FROM person WHERE masked").fetchall()}
    for person in sorted({person for person, *_ in stays}):
        case = Case(person, onset, **question).resolved()
        near = [s for s in stays if s[3] > case.since and s[2] < case.until + timedelta(days=1)]
        f1, f2 = brute_trace(near, case)
        f1 = {p: (minutes, exposed, "possible" if p in masked else sure) for p, (minutes, exposed, sure) in f1.items()}
        assert traced(store, case) == (f1, f2), person


@pytest.mark.timeout(600)
def test_everyone_in_the_demo(demo_store: Store) -> None:
    everyone_equals_the_double_loop(demo_store, date(2021, 8, 20), min_minutes=5)


@pytest.mark.skipif(not REAL.exists(), reason="the real movements are not beside this checkout")
@pytest.mark.timeout(600)
def test_everyone_in_the_real_office(tmp_path: Path) -> None:
    store = Store(tmp_path)
    batch = intake.load(store, prepare(store, "scans.csv", (REAL / "scans.csv").read_bytes()), "test")
    assert batch.json()["accepted"] == 3344
    everyone_equals_the_double_loop(store, date(2021, 8, 23))
    everyone_equals_the_double_loop(store, date(2021, 8, 23), min_minutes=15)

    # Face to face for 15 minutes at the door's precision means at least as long in the same building.
    phones = dict(store.cursor().execute("SELECT person_id, phone FROM person").fetchall())
    met = defaultdict(set)
    with (REAL / "contacts.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if int(row["seconds"]) >= 15 * 60:
                a, b = ("+84" + row[p][1:] for p in ("phone_a", "phone_b"))
                met[a].add(b)
                met[b].add(a)
    assert sum(map(len, met.values())) >= 36
    for person, phone in phones.items():
        # the ten days 16–27/08/2021 in one window
        f1 = trace(store, Case(person, date(2021, 8, 16), min_minutes=15)).f1
        assert met[phone] <= set(f1["phone"]), phone
    store.close()


def test_evidence_adds_up_to_the_answer(demo_store: Store) -> None:
    person = (
        demo_store.cursor().execute("SELECT person_id FROM stay GROUP BY 1 ORDER BY COUNT(*) DESC, 1").fetchall()[0][0]
    )
    answer = trace(demo_store, Case(person, date(2021, 8, 25)))
    assert answer.f1.height and answer.f2.height
    rows = evidence(demo_store, answer)
    assert set(rows["person_id"]) == set(answer.f1["person_id"])
    for f1 in answer.f1.iter_rows(named=True):
        own = evidence(demo_store, answer, f1["person_id"])
        assert (own["minutes"].sum(), own["began"].min(), own.height) == (
            pytest.approx(f1["minutes"]),
            f1["exposed_at"],
            f1["contacts"],
        )
    f2 = answer.f2.row(0, named=True)
    through = evidence_of_f2(demo_store, answer, f2["person_id"])
    assert (through["infector_id"].n_unique(), through["began"].min()) == (f2["via"], f2["exposed_at"])
    assert set(through["infector_id"]) <= set(answer.f1["person_id"])


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("2020-01-01", "5053"),
        ("2021-07-29", "5053"),
        ("2021-07-30", "3638"),
        ("2021-12-29", "11042"),
        ("2022-02-21", "762"),
        ("2026-01-01", "762"),
    ],
)
def test_the_rule_in_force(day: str, rule: str) -> None:
    assert rule_on(date.fromisoformat(day)).id == rule


def test_rules_follow_each_other_without_a_gap() -> None:
    for earlier, later in zip(rules(), rules()[1:], strict=False):
        assert earlier.last == later.first - timedelta(days=1)


def test_the_window_follows_from_the_rule() -> None:
    assert (Case(F0, ONSET).resolved().since, Case(F0, ONSET).resolved().until) == (
        datetime(2021, 8, 20),
        datetime(2021, 9, 7),
    )
    assert Case(F0, ONSET, symptoms=False).resolved().since == datetime(2021, 8, 9)
    assert Case(F0, ONSET, rule="11042").resolved().since == datetime(2021, 8, 21)
    assert Case(F0, ONSET, days_before=0).resolved().since == datetime(2021, 8, 23)


@pytest.mark.parametrize(
    "question",
    [{"min_minutes": -1}, {"days_before": -2}, {"linger": 9999}, {"rule": "nonsense"}, {"until": datetime(2021, 8, 1)}],
)
def test_questions_that_make_no_sense(question: dict) -> None:
    with pytest.raises(ValueError, match=r"must be|There is no rule|lies before"):
        Case(F0, ONSET, **question).resolved()


def test_a_case_nobody_saw_in_these_days_is_not_present(tmp_path: Path) -> None:
    store = unit(tmp_path, visits((F0, HERE, 0, 60)))
    assert trace(store, Case(F0, ONSET)).present
    assert not trace(store, Case(F0, date(2021, 6, 1), until=datetime(2021, 6, 3))).present


def test_unknown_person(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no person"):
        trace(Store(tmp_path), Case(7, ONSET))


def test_rules_are_found_by_number_or_name() -> None:
    assert rule_named("3638") == rule_named("3638/QĐ-BYT")


def test_json_shape(tmp_path: Path) -> None:
    answer = trace(
        unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (Y, HERE, 70, 80))), Case(F0, ONSET, min_minutes=5)
    )
    assert answer.json() == {
        "case": {
            "person_id": 1, "phone": "+84912341", "name": "Người 1", "onset": "2021-08-23", "symptoms": True,
            "days_before": 3, "min_minutes": 5, "linger": 0, "present": True,
        },
        "rule": "3638",
        "window": ["2021-08-20T00:00", "2021-09-07T00:00"],
        "f1": [
            {"phone": "+84912342", "name": "Người 2", "minutes": 47.0, "exposed_at": "2021-08-23T12:13",
             "location": "Nơi 1", "certainty": "seen"}
        ],
        "f2": [{"phone": "+84912343", "name": "Người 3", "via": 1, "exposed_at": "2021-08-23T13:10"}],
    }  # fmt: skip
