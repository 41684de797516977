"""The tracing screen: what is asked of it."""

from datetime import date, time

from quetma import directory
from quetma.store import Store


def test_the_day_of_isolation_counts_until_somebody_says_the_hour(app, demo_store: Store):
    at = app(page="pages/tracing.py", language="en", store=demo_store)
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    at.session_state["trace_person"] = person
    at.run()
    at.date_input(key=f"trace_onset_{person}").set_value(date(2021, 8, 25)).run()
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 8, 27)).run()
    assert not at.exception
    assert any("until **00:00 28/08/2021**" in text.value for text in at.markdown)
    at.time_input(key="trace_hour").set_value(time(0, 0)).run()
    assert any("until **00:00 27/08/2021**" in text.value for text in at.markdown)


def test_a_case_without_scans_in_these_days_is_no_good_news(app, demo_store: Store):
    at = app(page="pages/tracing.py", language="en", store=demo_store)
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    at.session_state["trace_person"] = person
    at.run()
    at.date_input(key=f"trace_onset_{person}").set_value(date(2021, 6, 1)).run()
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 6, 2)).run()
    assert not at.exception
    assert not at.success
    assert any("no scan" in text.value for text in at.warning)


def test_the_onset_asked_first_is_the_day_they_were_last_here(app, demo_store: Store):
    at = app(page="pages/tracing.py", language="en", store=demo_store)
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    at.session_state["trace_person"] = person
    at.run()
    assert at.date_input(key=f"trace_onset_{person}").value == date(2021, 8, 25)
