"""How much the scans show at all."""

from datetime import date, datetime

from quetma import directory, tracing
from quetma.store import Store
from quetma.tracing import coverage


def test_duty_days_with_a_scan(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    until = datetime(2021, 8, 26)
    question = tracing.Question((tracing.Case(person, date(2021, 8, 25), until=until, days_before=2),))
    [expected] = demo_store.cursor().execute(
        "SELECT count(*) FILTER (scanned), count(scanned) FROM duty_day JOIN calendar USING (day) "
        "WHERE working AND day BETWEEN DATE '2021-08-23' AND DATE '2021-08-26'"
    ).fetchall()  # fmt: skip
    assert coverage.rostered(demo_store, question) == expected
    assert 0 < expected[0] < expected[1]


def test_without_a_roster_there_is_no_share(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    question = tracing.Question((tracing.Case(person, date(2020, 8, 25)),))
    assert coverage.rostered(demo_store, question) == (0, 0)
