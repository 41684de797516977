"""The same question with other limits: each cell is what the trace itself says."""

from datetime import date, datetime
from pathlib import Path

from quetma import directory, tracing
from quetma.store import Store
from quetma.tracing import sensitivity
from tests.scenario import unit

ONSET = date(2021, 8, 25)


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


def test_a_window_that_would_be_empty_has_no_count(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    isolated = datetime(2021, 8, 24, 12, 0)
    question = tracing.Question((tracing.Case(person, ONSET, until=isolated),))
    counts = sensitivity.grid(demo_store, question, [0], [0, 3]).select("days_before", "f1").rows()
    assert counts[0] == (0, None)
    assert counts[1][1] is not None


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2021, 8, 24, hour, minute)


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
