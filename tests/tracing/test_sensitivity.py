"""The same question with other limits: each cell is what the trace itself says."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import directory, tracing
from quetma.store import Store
from quetma.tracing import sensitivity
from tests.conftest import examples
from tests.scenario import unit

ONSET = date(2021, 8, 25)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2021, 8, day, hour, minute)


def test_each_cell_is_the_trace_with_these_limits(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    question = tracing.Question((tracing.Case(person, ONSET),))
    minutes, days = (0, 30, 50), (0, 1, 3)
    rows = sensitivity.grid(demo_store, question, minutes, days).rows()
    expected = []
    for before in days:
        for shortest in minutes:
            asked = tracing.Question((tracing.Case(person, ONSET, days_before=before),), min_minutes=shortest)
            counts = tracing.trace(demo_store, asked).counts
            expected.append((shortest, before, counts["f1"], counts["f2"]))
    assert rows == expected
    assert len({row[2] for row in rows}) > 1  # the limits do matter here


@settings(max_examples=examples(4), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(1, 2),
            st.integers(-4 * 96, 2 * 96).map(lambda quarter: at(12, day=25) + timedelta(minutes=15 * quarter)),
            st.sampled_from(["in", "in", "out", "out", "unknown"]),
        ),
        unique=True, min_size=6, max_size=40,
    ),
    st.sampled_from([None, at(12), at(12, 8, day=25), at(9, day=26)]),
    st.sampled_from([0, 30]),
    st.dictionaries(st.integers(1, 6), st.sampled_from([at(20), at(15, day=25)]), max_size=3),
    st.integers(1, 3),
    st.frozensets(st.integers(1, 6), max_size=2),
)  # fmt: skip
def test_any_grid_is_a_trace_for_each_cell(
    scans: list, until: datetime | None, linger: int, isolated: dict, cases: int, masked: frozenset[int]
) -> None:
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), scans)
        with store.write() as cursor:
            for person in masked:
                cursor.execute("UPDATE person SET masked = TRUE WHERE person_id = ?", [person])
        people = sorted({person for person, *_ in scans})[:cases]
        asked = tuple(tracing.Case(person, ONSET, until=None if nth else until) for nth, person in enumerate(people))
        question = tracing.Question(asked, linger=linger, isolated=tuple(isolated.items()))
        minutes, days = (0, 1, 15, 30, 45, 60, 120, 240), (0, 1, 2, 3, 5, 6, 8, 9)  # more cells than are asked at once
        expected = []
        for before in days:
            limited = replace(question, cases=tuple(replace(case, days_before=before) for case in question.cases))
            for shortest in minutes:
                try:
                    counts = tracing.trace(store, replace(limited, min_minutes=shortest)).counts
                except tracing.Unanswerable:
                    counts = {"f1": None, "f2": None}
                expected.append((shortest, before, counts["f1"], counts["f2"]))
        assert sensitivity.grid(store, question, minutes, days).rows() == expected
        store.close()


def test_a_window_that_would_be_empty_has_no_count(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    isolated = datetime(2021, 8, 24, 12, 0)
    question = tracing.Question((tracing.Case(person, ONSET, until=isolated),))
    counts = sensitivity.grid(demo_store, question, [0], [0, 3]).select("days_before", "f1").rows()
    assert counts[0] == (0, None)
    assert counts[1][1] is not None


def test_ends_that_were_not_scanned_as_short_and_as_long_as_can_be(tmp_path: Path):
    both = [(who, 1, at(begin), "in") for who, begin in ((2, 9), (3, 13), (4, 7), (5, 21))]
    both += [(who, 1, at(end), "out") for who, end in ((2, 10), (3, 14), (4, 9), (5, 22))]
    # the case forgot to scan out (an end after four hours is assumed), and was elsewhere at eight in the evening
    store = unit(tmp_path, [(1, 1, at(8), "in"), (1, 2, at(20), "in"), (1, 2, at(20, 30), "out"), *both])
    found = sensitivity.ends(store, tracing.Question((tracing.Case(1, date(2021, 8, 24)),)))
    assert found.rows() == [("shortest", 0, 0), ("stored", 2, 0), ("longest", 3, 0)]


def test_a_forgotten_scan_in_reaches_back_and_no_stay_is_longer_than_a_day(tmp_path: Path):
    early = [(2, 1, at(7), "in"), (2, 1, at(7, 30), "out")]
    day_before = [(3, 1, datetime(2021, 8, 23, 9), "in"), (3, 1, datetime(2021, 8, 23, 10), "out")]
    store = unit(tmp_path, [*early, *day_before, (1, 1, at(17), "out")])
    found = sensitivity.ends(store, tracing.Question((tracing.Case(1, date(2021, 8, 24)),)))
    assert found.select("ends", "f1").rows() == [("shortest", 0), ("stored", 0), ("longest", 1)]


def test_ends_of_the_demo_are_between_each_other(demo_store: Store):
    person = directory.find(demo_store, "Cầm Văn Thành")["person_id"][0]
    question = tracing.Question((tracing.Case(person, ONSET),))
    shortest, stored, longest = sensitivity.ends(demo_store, question)["f1"]
    assert stored == tracing.trace(demo_store, question).counts["f1"]
    assert shortest < stored <= longest
