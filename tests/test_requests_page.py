"""The view of requests for information: entered from the history, answered, refused, seen in the register."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from quetma import archive, attention, inquiries
from quetma.history import Filter
from quetma.inquiries import Asked
from quetma.language import translator
from quetma.store import Store
from quetma.web.documents import requests
from tests.test_documents_page import said

PAGE = "pages/documents.py"
App = Callable[..., AppTest]
AUGUST = date(2021, 8, 1), date(2021, 8, 27)
ASKED = Asked("Công an huyện Mai Sơn", "xác minh", date(2021, 8, 24), date(2021, 8, 26), *AUGUST)


def opened(app: App, store: Store, **state) -> AppTest:
    at = app(PAGE, language="en", store=store)
    at.session_state["documents_view"] = "requests"
    for key, value in state.items():
        at.session_state[key] = value
    return at.run()


def press(at: AppTest, label: str) -> AppTest:
    return next(button for button in at.button if button.label == label).click().run()


def test_a_request_is_entered_with_the_filter_of_the_history_and_answered(app: App, demo_store: Store) -> None:
    place = demo_store.ask("flow/locations")["location_id"][0]
    visitors = demo_store.ask("history/scans", **Filter(*AUGUST, (place,), (), "visitor").params(), skip=0, rows=9)
    people = tuple(visitors["person_id"].unique().sort()[:2])
    asked = Filter(*AUGUST, (place,), people, "visitor", "in")
    at = opened(app, demo_store, **{requests.FILTER: asked})
    assert not at.exception
    at.text_input(key="request_requester").set_value("Trạm Y tế")
    at.text_input(key="request_purpose").set_value("điều tra dịch tễ")
    press(at, "Enter it in the register")
    assert not at.exception
    [known] = inquiries.all_of(demo_store)
    assert known.filter == asked and known.received_on == AUGUST[1]
    assert "Request 1 is in the register." in said(at)
    assert f"{asked.count(demo_store)} scans" in said(at)
    assert list(at.dataframe[0].value["state"]) == ["○ to be answered"]

    press(at, "Answer: make the list and the letter")
    assert not at.exception
    [known] = inquiries.all_of(demo_store)
    assert (known.outcome, known.whole, known.scans) == ("answered", False, asked.count(demo_store))
    kept = [archive.one(demo_store, number) for number in known.documents]
    assert all(document.sha256 in said(at) for document in kept)
    assert list(at.dataframe[0].value["state"]) == ["✓ answered"]


def test_what_cannot_be_is_said_and_nothing_is_kept(app: App, demo_store: Store) -> None:
    at = opened(app, demo_store)
    press(at, "Enter it in the register")
    assert "Say who asks, and for what purpose. Nothing was saved." in said(at)
    assert inquiries.all_of(demo_store) == []
    number = inquiries.enter(demo_store, "An", ASKED)
    at.run()
    at.radio(key=f"request_given_{number}").set_value("whole").run()
    press(at, "Answer: make the list and the letter")
    assert "Say by what right" in said(at)
    press(at, "Refuse the request")
    assert "Say why the request is refused." in said(at)
    at.text_area(key=f"request_why_{number}").set_value("không có căn cứ").run()
    press(at, "Refuse the request")
    assert inquiries.all_of(demo_store)[0].outcome == "refused" and "Refused: không có căn cứ" in said(at)


def test_what_is_overdue_needs_attention(demo_store: Store) -> None:
    t = translator("en")
    for requester, due in (("A", date(2021, 8, 26)), ("B", date(2021, 8, 28)), ("C", date(2021, 9, 30))):
        inquiries.enter(demo_store, "An", replace(ASKED, requester=requester, due_on=due))
    found = [item for item in attention.items(demo_store, t, health=True, upload=True, export=True)
             if item.page == "documents"]  # fmt: skip
    assert found == [
        attention.Item("urgent", "The request of A was to be answered by 26/08/2021.", "documents"),
        attention.Item("duty", "The request of B is to be answered by 28/08/2021.", "documents"),
    ]
    levels = [item.level for item in attention.items(demo_store, t, health=True, upload=True, export=True)]
    assert levels == sorted(levels, key=["urgent", "duty", "note"].index)
    without = attention.items(demo_store, t, health=False, upload=False)
    assert not [item for item in without if item.page == "documents"]


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_who_may_export_sees_requests(app: App, demo_store: Store, role: str) -> None:
    inquiries.enter(demo_store, "An", ASKED)
    at = app(PAGE, language="en", role=role, store=demo_store)
    assert "Công an" not in said(at) and not at.dataframe
