"""The trace: the table is the diagram in quetma/tracing; a double loop over the stays is the oracle for all else."""

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import intake
from quetma.store import ROOT, Store, changed
from quetma.tracing import Case, Question, Stale, Trace, evidence, held, links, rule_named, rule_on, rules, trace
from quetma.tracing.chain import ask
from tests.conftest import examples
from tests.intake import prepare
from tests.scenario import Scan, stays_of, unit

REAL = ROOT.parent / "shared" / "real"
ONSET = date(2021, 8, 23)
NOON = datetime(2021, 8, 23, 12)
MINUTE = timedelta(minutes=1)
AROUND = [ONSET + number * timedelta(days=1) for number in range(-10, 10)]
F0, X, Y, Z = 1, 2, 3, 4
HERE, THERE = 1, 2


ASKED = ("min_minutes", "linger", "steps", "isolated")  # of all cases; the rest is of each


def about(*people: int, onset: date = ONSET, **given: object) -> Question:
    """A question about these cases, all with the same dates."""
    whole = {name: given.pop(name) for name in ASKED if name in given}
    return Question(tuple(Case(person, onset, **given) for person in people), **whole)


def visits(*stays: tuple[int, int, int, int]) -> list[Scan]:
    """(person, place, first minute, last minute), minutes from noon of the day of onset, as scans in and out."""
    return [
        scan
        for person, place, begin, end in stays
        for scan in ((person, place, NOON + begin * MINUTE, "in"), (person, place, NOON + end * MINUTE, "out"))
    ]


LATER = [(F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 160), (Y, THERE, 150, 200)]  # Y is an F2 from 150 on
THREE = {"steps": 3}


@pytest.mark.parametrize(
    ("stays", "question", "f1", "f2", "f3"),
    [
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 50, 90)], {}, {X: (10, 50)}, {}, {}, id="overlap"),
        pytest.param([(F0, HERE, 0, 60), (X, THERE, 0, 60)], {}, {}, {}, {}, id="other place"),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 60, 90)], {}, {}, {}, {}, id="touching is no overlap"),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 60, 90)], {"linger": 15}, {X: (15, 60)}, {}, {}, id="linger"),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 45, 90)], {"min_minutes": 15}, {X: (15, 45)}, {}, {}, id="exactly the minimum"
        ),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 46, 90)], {"min_minutes": 15}, {}, {}, {}, id="one minute short"),
        pytest.param([(F0, HERE, 0, 60), (X, HERE, 30, 30)], {}, {}, {}, {}, id="zero-length stay"),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 0, 60)],
            {"until": NOON + timedelta(minutes=20)},
            {X: (20, 0)},
            {},
            {},
            id="isolated mid-stay",
        ),
        pytest.param(
            [(F0, HERE, -780, -660), (X, HERE, -780, -660)],
            {"days_before": 0},
            {X: (60, -720)},
            {},
            {},
            id="window opens mid-stay",
        ),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 160), (Y, THERE, 150, 200)],
            {},
            {X: (30, 30)},
            {Y: 150},
            {},
            id="F2",
        ),
        pytest.param(
            [(X, THERE, -60, -10), (Y, THERE, -60, -10), (F0, HERE, 0, 60), (X, HERE, 30, 90)],
            {},
            {X: (30, 30)},
            {},
            {},
            id="met before exposed",
        ),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 30, 90), (Y, HERE, 65, 120)],
            {},
            {X: (30, 30)},
            {Y: 65},
            {},
            id="same room after F0 left",
        ),
        pytest.param(
            [(F0, HERE, 0, 60), (X, HERE, 30, 90), (Y, HERE, 40, 120)],
            {},
            {X: (30, 30), Y: (20, 40)},
            {},
            {},
            id="an F1 is no F2",
        ),
        pytest.param(
            [(F0, HERE, 0, 20), (F0, HERE, 40, 60), (X, HERE, 10, 50)],
            {},
            {X: (20, 10)},
            {},
            {},
            id="two contacts add up",
        ),
        pytest.param(
            [*LATER, (Y, HERE, 210, 300), (Z, HERE, 240, 300)], THREE, {X: (30, 30)}, {Y: 150}, {Z: 240}, id="F3"
        ),
        pytest.param(
            [*LATER, (Y, HERE, 210, 300), (Z, HERE, 240, 300)], {}, {X: (30, 30)}, {Y: 150}, {}, id="F3 not asked for"
        ),
        pytest.param(
            [*LATER, (Y, HERE, 100, 140), (Z, HERE, 100, 140)], THREE, {X: (30, 30)}, {Y: 150}, {},
            id="an F2 met before they were exposed",
        ),
        pytest.param(
            [*LATER, (Z, THERE, 155, 300)], THREE, {X: (30, 30)}, {Y: 150, Z: 155}, {}, id="an F2 is no F3"
        ),
        pytest.param(
            [*LATER, (Z, THERE, 165, 300)], THREE, {X: (30, 30)}, {Y: 150}, {Z: 165}, id="same room after the F1 left"
        ),
        pytest.param(
            [*LATER, (Y, HERE, 210, 300), (Z, HERE, 240, 300)],
            {**THREE, "until": NOON + timedelta(minutes=240)},
            {X: (30, 30)}, {Y: 150}, {},
            id="the window ends before an F2 infects",
        ),
        pytest.param(
            [*LATER, (Y, HERE, 210, 300), (Z, HERE, 240, 300)],
            {**THREE, "isolated": ((Y, NOON + timedelta(minutes=220)),)},
            {X: (30, 30)}, {Y: 150}, {},
            id="an F2 was isolated",
        ),
        pytest.param(
            [*LATER, (Z, THERE, 200, 300)],
            {**THREE, "linger": 5},
            {X: (35, 30)}, {Y: 150}, {Z: 200},
            id="the air after an F2 left",
        ),
    ],
)  # fmt: skip
def test_diagram(tmp_path: Path, stays: list, question: dict, f1: dict, f2: dict, f3: dict) -> None:
    answer = trace(unit(tmp_path, visits(*stays)), about(F0, **question))
    after_noon = lambda when: (when - NOON) / timedelta(minutes=1)  # noqa: E731
    assert {r["person_id"]: (r["minutes"], after_noon(r["exposed_at"])) for r in answer.f1.iter_rows(named=True)} == f1
    for people, expected in ((answer.f2, f2), (answer.f3, f3)):
        assert {r["person_id"]: after_noon(r["exposed_at"]) for r in people.iter_rows(named=True)} == expected


Step = dict[int, tuple[float, datetime, int, str]]  # person → minutes, exposed_at, via, certainty
SURE = ["possible", "inferred", "seen"]


def brute_trace(stays: list[tuple], question: Question, masked: frozenset[int] = frozenset()) -> list[Step]:
    """F1, F2, … of a resolved question: a double loop over the stays of each place."""
    isolated, steps, at_place = dict(question.isolated), [], defaultdict(list)
    for other, place, *stay in stays:
        at_place[place].append((other, *stay))
    infectors = {case.person_id: (case.since, case.until, 2) for case in question.cases}
    known = set(infectors)
    for _ in range(question.steps):
        found = defaultdict(list)
        for infector, place, t_in, t_out, in_seen, out_seen in stays:
            if infector not in infectors:
                continue
            since, until, sure = infectors[infector]
            start, end = max(t_in, since), min(t_out, until)
            if start > end or t_in >= until or t_out <= since:
                continue
            end += timedelta(minutes=question.linger)
            for other, o_in, o_out, o_in_seen, o_out_seen in at_place[place]:
                if other in known or o_in >= end or o_out <= start:
                    continue
                begin, stop = max(start, o_in), min(end, o_out)
                if begin < stop and stop - begin >= timedelta(minutes=question.min_minutes):
                    seen = in_seen and out_seen and o_in_seen and o_out_seen
                    found[other].append((begin, stop, infector, min(sure, 2 if seen else 1)))
        step = {
            person: (
                round(sum((stop - begin).total_seconds() for begin, stop, *_ in met) / 60, 6),
                min(begin for begin, *_ in met),
                len({infector for _, _, infector, _ in met}),
                SURE[0 if person in masked else max(sure for *_, sure in met)],
            )
            for person, met in found.items()
        }
        steps.append(step)
        known |= step.keys()
        infectors = {
            person: (exposed, min(question.until, isolated.get(person, question.until)), SURE.index(sure))
            for person, (_, exposed, _, sure) in step.items()
        }
    return steps


def found_in(answer: Trace) -> list[Step]:
    """The same of an answer."""
    return [
        {
            r["person_id"]: (round(r["minutes"], 6), r["exposed_at"], r["via"], r["certainty"])
            for r in step.iter_rows(named=True)
        }
        for step in answer.steps
    ]


PEOPLE = st.integers(1, 6)
CASES = st.lists(
    st.builds(
        Case,
        PEOPLE,
        st.just(ONSET),
        until=st.sampled_from([None, NOON, NOON + timedelta(minutes=8), NOON + timedelta(hours=7)]),
        days_before=st.integers(0, 4),
    ),
    unique_by=lambda case: case.person_id,
    min_size=1,
    max_size=3,
)
LIMITS = st.fixed_dictionaries(
    {
        "min_minutes": st.sampled_from([0, 1, 15, 60]),
        "linger": st.sampled_from([0, 30]),
        "steps": st.sampled_from([2, 3]),
        "isolated": st.lists(
            st.tuples(PEOPLE, st.sampled_from([NOON - timedelta(hours=20), NOON + timedelta(hours=3)])),
            unique_by=lambda one: one[0],
            max_size=3,
        ).map(tuple),
    }
)
MASKED = st.frozensets(PEOPLE, max_size=2)


def asked_of_the_store_too(store: Store, answer: Trace) -> None:
    """Each step finds the same in the stays that are held in memory and by the query of the store."""
    assert store.of_days.recall("held", answer.question.since.date())
    for degree in range(answer.question.steps):
        steps = answer.reached[:degree]
        with pytest.MonkeyPatch.context() as patched:
            here = ask(store, answer.question, steps, "step")
            patched.setattr(held, "days", lambda *_, **__: None)
            there = ask(store, answer.question, steps, "step")
        assert here.sort("person_id").equals(there.sort("person_id"))
        assert here.schema == there.schema


def equals_the_double_loop(store: Store, cases: list[Case], limits: dict, masked: frozenset[int]) -> None:
    """Every answer, and the links behind it, about the stays that are in the store; these people are masked."""
    with store.write() as cursor:
        cursor.execute("UPDATE person SET masked = list_contains(?, person_id)", [sorted(masked)])
    answer = trace(store, Question(tuple(cases), **limits))
    asked_of_the_store_too(store, answer)
    assert answer.question == Question(tuple(cases), **limits).resolved()
    assert found_in(answer) == brute_trace(stays_of(store), answer.question, masked)
    linked_as_found(answer, links(store, answer))


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scans=st.lists(
        st.tuples(
            PEOPLE,
            st.integers(1, 3),
            st.integers(-5 * 96, 2 * 96).map(lambda quarter: NOON + timedelta(minutes=15 * quarter)),
            st.sampled_from(["in", "in", "out", "out", "unknown"]),
        ),
        unique=True,
        min_size=5,
        max_size=40,
    ),
    cases=CASES,
    limits=LIMITS,
    masked=MASKED,
)
def test_any_log_equals_the_double_loop(
    scans: list[Scan], cases: list[Case], limits: dict, masked: frozenset[int]
) -> None:
    """Scans in and out, forgotten and without a direction."""
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), scans)
        present = {person for person, *_ in scans}
        cases = [case for case in cases if case.person_id in present]
        if cases:
            equals_the_double_loop(store, cases, limits, masked)
        store.close()


@pytest.fixture(scope="module")
def six_people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Six people and two places, and no stays."""
    store = unit(
        tmp_path_factory.mktemp("six"), [(person, place, NOON, "in") for person in range(1, 7) for place in (1, 2)]
    )
    yield store
    store.close()


@st.composite
def stays(draw: st.DrawFn) -> tuple:
    """A stay as the table holds it, in the days around the onset, its ends on few different moments: no time at all,
    touching others and the windows, over midnight, up to a whole day, at two places at once.
    """
    day = NOON + draw(st.sampled_from([0, 0, 0, 0, -1, -3])) * timedelta(days=1)  # few days: else nobody meets anybody
    t_in = day + draw(st.integers(-4, 4)) * timedelta(hours=1) + draw(st.sampled_from([0, 8, 45])) * MINUTE
    t_out = t_in + draw(st.sampled_from([180, 60, 15, 0, 1, 60, 600, 1440])) * MINUTE
    return (
        t_in.date(), draw(st.integers(1, 2)), draw(PEOPLE), t_in, t_out, draw(st.booleans()), draw(st.booleans()),
    )  # fmt: skip


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(stays(), min_size=20, max_size=40), cases=CASES, limits=LIMITS, masked=MASKED)
def test_any_stays_equal_the_double_loop(
    six_people: Store, rows: list[tuple], cases: list[Case], limits: dict, masked: frozenset[int]
) -> None:
    """Stays that no log would give, too."""
    with six_people.write() as cursor:
        changed(cursor, AROUND)
        cursor.execute("DELETE FROM stay")
        cursor.executemany("INSERT INTO stay VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    equals_the_double_loop(six_people, cases, limits, masked)


def chance(random: Random) -> tuple[list[tuple], list[Case], dict]:
    """A day on which chains are long: stays of 24 people at 6 places, the cases and the limits of a question.

    Moments are quarters of an hour: stays touch each other, the windows, the isolations, and last just the minimum.
    """

    def quarter(first: int, last: int) -> datetime:
        return NOON + random.randint(first, last) * timedelta(minutes=15)

    rows = []
    for _ in range(90):
        t_in = quarter(-8, 32)
        t_out = t_in + random.choice([0, 1, 1, 2, 2, 3, 6]) * timedelta(minutes=15)
        who, seen = random.randint(1, 24), (random.random() < 0.8, random.random() < 0.8)
        rows.append((t_in.date(), random.randint(1, 6), who, t_in, t_out, *seen))
    cases = []
    for person in random.sample(range(1, 25), random.choice([1, 1, 2])):
        own = [t_in for _, _, who, t_in, *_ in rows if who == person and t_in > NOON]
        amid = random.choice(own or [NOON]) + random.choice([0, 5, 15]) * MINUTE
        cases.append(Case(person, ONSET, until=random.choice([amid, quarter(30, 40), None]), days_before=0))
    limits = {
        "min_minutes": random.choice([0, 0, 15, 30]),
        "linger": random.choice([0, 0, 15]),
        "steps": 3,
        "isolated": tuple((person, quarter(0, 24)) for person in random.sample(range(1, 25), random.choice([0, 6]))),
    }
    return rows, cases, limits


def met_by_chance(stays: list[tuple], question: Question) -> set[str]:
    """What this unit tells an engine that is right from one that is not by."""
    steps = brute_trace(stays, question)
    met = {f"F{degree}" for degree, step in enumerate(steps, 1) if step}
    met |= {"several cases"} if len(question.cases) > 1 else set()
    for name, easier in {"isolation": {"isolated": ()}, "linger": {"linger": 0}, "minimum": {"min_minutes": 0}}.items():
        met |= {name} if brute_trace(stays, replace(question, **easier)) != steps else set()
    if question.min_minutes:  # a second more, and somebody is no contact any longer
        longer = replace(question, min_minutes=question.min_minutes + 1)
        met |= {"just the minimum"} if brute_trace(stays, longer) != steps else set()
    own = [stay for stay in stays if stay[0] == question.cases[0].person_id]
    until = question.cases[0].until
    met |= {"window cut"} if any(t_in < until < t_out for _, _, t_in, t_out, *_ in own) else set()
    met |= {"window touched"} if any(until in (t_in, t_out) for _, _, t_in, t_out, *_ in own) else set()
    met |= {"no time at all"} if any(t_in == t_out for _, _, t_in, t_out, *_ in own) else set()
    met |= (
        {"two places"} if any(a[1] != b[1] and max(a[2], b[2]) < min(a[3], b[3]) for a in own for b in own) else set()
    )
    met |= {"inferred"} if any(row[3] == "inferred" for step in steps for row in step.values()) else set()
    return met


def test_long_chains_equal_the_double_loop(tmp_path: Path) -> None:
    """F3s, isolations that change the answer, overlaps of just the minimum: each of these really occurs, and often.

    QUETMA_CHAINS: how many units are tried.
    """
    tried, random, often = int(os.environ.get("QUETMA_CHAINS", "30")), Random(1), Counter()
    store = unit(tmp_path, [(person, place, NOON, "in") for person in range(1, 25) for place in range(1, 7)])
    for _ in range(tried):
        rows, cases, limits = chance(random)
        with store.write() as cursor:
            changed(cursor, AROUND)
            cursor.execute("DELETE FROM stay")
            cursor.register("given", pl.DataFrame(rows, orient="row"))
            cursor.execute("INSERT INTO stay FROM given")
        equals_the_double_loop(store, cases, limits, frozenset(random.sample(range(1, 25), random.choice([0, 2]))))
        often.update(met_by_chance(stays_of(store), Question(tuple(cases), **limits).resolved()))
    store.close()
    assert {name: times for name, times in often.items() if times < tried / 30} == {}, often
    assert {"F1", "F2", "F3", "isolation", "linger", "minimum", "just the minimum", "several cases", "window cut",
            "window touched", "no time at all", "two places", "inferred"} <= often.keys(), often  # fmt: skip


def linked_as_found(answer: Trace, pairs: pl.DataFrame) -> None:
    """The links of an answer add up to it."""
    for degree, people in enumerate(answer.steps, 1):
        own = pairs.filter(pl.col("degree") == degree).group_by("person_id")
        added = own.agg(
            pl.col("minutes").sum().round(6), pl.col("exposed_at").min(), pl.len().cast(pl.Int64).alias("via"),
            pl.col("contacts").sum(), pl.col("certainty").replace_strict(SURE, [0, 1, 2]).max().alias("sure"),
        )  # fmt: skip
        people = people.with_columns(
            pl.col("minutes").round(6), sure=pl.col("certainty").replace_strict(SURE, [0, 1, 2])
        ).select(added.columns)
        assert sorted(added.rows()) == sorted(people.rows())


@pytest.mark.parametrize("link", ["seen", "inferred", "possible"])
def test_an_f2_is_no_surer_than_the_f1_they_met(tmp_path: Path, link: str) -> None:
    scans = visits((F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 160), (Y, THERE, 100, 160))
    if link == "inferred":
        scans.remove((X, HERE, NOON + timedelta(minutes=90), "out"))
    store = unit(tmp_path, scans)
    if link == "possible":
        with store.write() as cursor:
            cursor.execute("UPDATE person SET masked = TRUE WHERE person_id = ?", [X])
    answer = trace(store, about(F0))
    assert answer.f1.select("person_id", "certainty").rows() == [(X, link)]
    assert answer.f2.select("person_id", "certainty").rows() == [(Y, link)]


def everyone_equals_the_double_loop(store: Store, onset: date, **limits: int) -> None:
    """One in ten, as different by chance as all of them; QUETMA_EVERYONE=1: each."""
    stays = stays_of(store)
    masked = store.cursor().execute("SELECT person_id FROM person WHERE masked").fetchall()
    people = sorted({person for person, *_ in stays})
    for person in people[:: 1 if "QUETMA_EVERYONE" in os.environ else 10]:
        question = about(person, onset=onset, **limits).resolved()
        near = [s for s in stays if s[3] > question.since and s[2] < question.until + timedelta(days=1)]
        expected = brute_trace(near, question, frozenset(person for (person,) in masked))
        assert found_in(trace(store, question)) == expected, person


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
        if not met[phone]:
            continue
        # the ten days 16–27/08/2021 in one window
        f1 = trace(store, about(person, onset=date(2021, 8, 16), min_minutes=15)).f1
        assert met[phone] <= set(f1["phone"]), phone
    store.close()


def test_evidence_adds_up_to_the_answer(demo_store: Store) -> None:
    person = (
        demo_store.cursor().execute("SELECT person_id FROM stay GROUP BY 1 ORDER BY COUNT(*) DESC, 1").fetchall()[0][0]
    )
    answer = trace(demo_store, about(person, onset=date(2021, 8, 25)))
    assert answer.f1.height and answer.f2.height
    rows = evidence(demo_store, answer)
    assert set(rows["person_id"]) == set(answer.f1["person_id"])
    for f1 in answer.f1.iter_rows(named=True):
        own = evidence(demo_store, answer, 1, f1["person_id"])
        assert (own["minutes"].sum(), own["began"].min(), own.height) == (
            pytest.approx(f1["minutes"]),
            f1["exposed_at"],
            f1["contacts"],
        )
    f2 = answer.f2.row(0, named=True)
    through = evidence(demo_store, answer, 2, f2["person_id"])
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
    [{"min_minutes": -1}, {"days_before": -2}, {"linger": 9999}, {"rule": "nonsense"}, {"until": datetime(2021, 8, 1)},
     {"steps": 4}],
)  # fmt: skip
def test_questions_that_make_no_sense(question: dict) -> None:
    with pytest.raises(ValueError, match=r"must be|There is no rule|lies before"):
        about(F0, **question).resolved()


def test_a_question_is_about_somebody_and_about_nobody_twice() -> None:
    with pytest.raises(ValueError, match="No case"):
        about().resolved()
    with pytest.raises(ValueError, match="twice"):
        about(F0, X, F0).resolved()


def test_a_question_can_be_kept_as_json() -> None:
    for question in (about(F0), about(F0, X, until=NOON, symptoms=False, steps=3, isolated=((Y, NOON),)).resolved()):
        assert Question.from_json(question.json()) == question


def test_several_cases_each_have_their_own_window(tmp_path: Path) -> None:
    """X is met after F0 was isolated, but before Y was; the least of the minimum minutes counts for all."""
    store = unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 30, 90), (Y, THERE, 100, 200), (X, THERE, 150, 160)))
    cases = (Case(F0, ONSET, until=NOON + timedelta(minutes=20)), Case(Y, ONSET, until=NOON + timedelta(hours=5)))
    answer = trace(store, Question(cases))
    assert found_in(answer)[0] == {X: (10.0, NOON + timedelta(minutes=150), 1, "seen")}
    assert [case["person_id"] for case in answer.json()["cases"]] == [F0, Y]
    assert answer.people["person_id"].to_list() == [F0, Y]


def test_an_isolated_f1_infects_nobody_from_then_on(tmp_path: Path) -> None:
    stays = [(F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 200), (Y, THERE, 110, 130), (Z, THERE, 150, 180)]
    store = unit(tmp_path, visits(*stays))
    assert set(found_in(trace(store, about(F0)))[1]) == {Y, Z}
    isolated = ((X, NOON + timedelta(minutes=140)),)
    assert set(found_in(trace(store, about(F0, isolated=isolated)))[1]) == {Y}


def test_an_f1_isolated_before_they_were_exposed_infects_nobody(tmp_path: Path) -> None:
    """Not even by the air of a second place, where the log has them at the same time."""
    stays = [(F0, HERE, 30, 60), (X, HERE, 0, 100), (X, THERE, 0, 100), (Y, THERE, 40, 45)]
    store = unit(tmp_path, visits(*stays))
    for isolated, reached in ((25, set()), (35, {Y})):
        question = about(F0, linger=31, isolated=((X, NOON + timedelta(minutes=isolated)),))
        answer = trace(store, question)
        assert found_in(answer) == brute_trace(stays_of(store), answer.question)
        assert set(found_in(answer)[1]) == reached
        assert set(evidence(store, answer, 2)["person_id"]) == reached


def test_an_answer_is_of_one_moment(tmp_path: Path) -> None:
    """What was told stays; what was not cannot be told of other data: the rows would not be those that were counted."""
    store = unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 20, 50), (Y, HERE, 61, 70)))
    part, whole = trace(store, about(F0)), trace(store, about(F0), whole=True)
    f1 = part.f1
    with store.write() as cursor:
        cursor.execute("DELETE FROM stay")
        cursor.execute("DELETE FROM person WHERE person_id = ?", [X])
    assert part.counts == whole.counts == {"f1": 1, "f2": 0, "possible": 0}
    assert part.f1.equals(f1) and whole.f1.equals(f1) and whole.f2.is_empty()
    with pytest.raises(Stale):
        part.told(2)


def test_a_case_nobody_saw_in_these_days_is_not_present(tmp_path: Path) -> None:
    store = unit(tmp_path, visits((F0, HERE, 0, 60)))
    assert trace(store, about(F0)).present == {F0}
    assert not trace(store, about(F0, onset=date(2021, 6, 1), until=datetime(2021, 6, 3))).present


def test_unknown_person(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no person"):
        trace(Store(tmp_path), about(7))


def test_rules_are_found_by_number_or_name() -> None:
    assert rule_named("3638") == rule_named("3638/QĐ-BYT")


def test_json_shape(tmp_path: Path) -> None:
    answer = trace(
        unit(tmp_path, visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (Y, HERE, 70, 80))), about(F0, min_minutes=5)
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
        "unscanned": [],
    }  # fmt: skip
