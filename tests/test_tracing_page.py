"""The tracing screen: what is asked of it."""

from datetime import date, time

import pytest
from streamlit.testing.v1 import AppTest

from quetma import directory, tracing
from quetma.store import Store


@pytest.fixture
def person(demo_store: Store) -> int:
    """The demo's F0."""
    return directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]


@pytest.fixture
def at(app, demo_store: Store, person: int) -> AppTest:
    """The screen with that person picked."""
    test = app(page="pages/tracing.py", language="en", store=demo_store)
    test.session_state["trace_person"] = person
    return test.run()


def test_the_day_of_isolation_counts_until_somebody_says_the_hour(at: AppTest, person: int):
    at.date_input(key=f"trace_onset_{person}").set_value(date(2021, 8, 25)).run()
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 8, 27)).run()
    assert not at.exception
    assert any("until **00:00 28/08/2021**" in text.value for text in at.markdown)
    at.time_input(key="trace_hour").set_value(time(0, 0)).run()
    assert any("until **00:00 27/08/2021**" in text.value for text in at.markdown)


def test_a_case_without_scans_in_these_days_is_no_good_news(at: AppTest, person: int):
    at.date_input(key=f"trace_onset_{person}").set_value(date(2021, 6, 1)).run()
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 6, 2)).run()
    assert not at.exception
    assert not at.success
    assert any("no scan" in text.value for text in at.warning)


def test_the_onset_asked_first_is_the_day_they_were_last_here(at: AppTest, person: int):
    assert at.date_input(key=f"trace_onset_{person}").value == date(2021, 8, 25)


def test_an_f2_opens_the_contacts_they_come_through(at: AppTest, person: int, demo_store: Store):
    answer = tracing.trace(demo_store, tracing.Case(person, date(2021, 8, 25)))
    f2 = answer.f2["person_id"][0]
    at.selectbox(key=f"trace_f2_of_{person}").set_value(f2).run()
    assert not at.exception
    [shown] = [table.value for table in at.dataframe if "infector" in table.value]
    assert shown["infector"].to_list() == tracing.evidence_of_f2(demo_store, answer, f2)["infector"].to_list()
