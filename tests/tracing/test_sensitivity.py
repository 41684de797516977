"""The same question with other limits: each cell is what the trace itself says."""

from datetime import date, datetime

from quetma import directory, tracing
from quetma.store import Store
from quetma.tracing import sensitivity

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
