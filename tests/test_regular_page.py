"""The view of documents made by themselves: set up, seen on their way, tried again."""

from collections.abc import Callable
from datetime import date, datetime, time

from streamlit.testing.v1 import AppTest

from quetma import archive, regular
from quetma.regular import Period, Plan
from quetma.store import Store
from tests.test_documents_page import said
from tests.test_requests_page import press

App = Callable[..., AppTest]
WEEK = Period("weekly", date(2021, 8, 16), date(2021, 8, 22))
AT = datetime(2021, 8, 23, 7)


def opened(app: App, store: Store) -> AppTest:
    at = app("pages/documents.py", language="en", store=store)
    at.session_state["documents_view"] = "regular"
    return at.run()


def test_it_is_set_up_and_refused_with_a_reason(app: App, demo_store: Store) -> None:
    at = opened(app, demo_store)
    assert not at.exception and "nothing is made by itself there" in said(at)
    at.button_group(key="regular_kinds").set_value(["weekly", "daily"])
    at.text_area(key="regular_to").set_value("lanhdao@example.vn\nnobody")
    press(at, "Save")
    assert "One of the lines is no e-mail address. Nothing was saved." in said(at)
    assert regular.wanted(demo_store) == Plan()
    at.text_area(key="regular_to").set_value(" lanhdao@example.vn \n\n")
    at.text_input(key="regular_password").set_value("mat khau tep")
    press(at, "Save")
    assert not at.exception and "Saved." in said(at) and "Mail is not set up." in said(at)
    assert regular.wanted(demo_store) == Plan(("daily", "weekly"), time(6, 30), ("lanhdao@example.vn",))
    assert regular.has_password(demo_store)
    at.checkbox(key="regular_forget").set_value(True)
    press(at, "Save")
    assert not regular.has_password(demo_store) and regular.wanted(demo_store).to == ("lanhdao@example.vn",)
    told = demo_store.cursor().execute("SELECT subject, detail FROM audit WHERE action = 'set up schedule'").fetchall()
    assert told == [("daily, weekly, 06:30, 1", "password")] * 2


def test_what_did_not_arrive_is_said(app: App, demo_store: Store) -> None:
    regular.set_up(demo_store, "An", Plan(("weekly",), to=("a@example.vn", "b@example.vn")))
    document = regular.make(demo_store, WEEK, AT)
    regular.run(demo_store, AT)  # there is no mail server
    at = opened(app, demo_store)
    assert not at.exception
    [shown] = [one.label for one in at.expander if "16/08/2021" in one.label]
    assert shown.startswith("▲") and "sent to 0 of 2" in shown
    assert said(at).count("Mail is not set up. Tried 1 times; next at 07:05 23/08/2021.") == 2
    assert document.sha256 in said(at)
    archive.remove(demo_store, "An", document.document_id, "sai số liệu")
    ended = opened(app, demo_store)
    [shown] = [one.label for one in ended.expander if "16/08/2021" in one.label]
    assert shown.startswith("✗") and shown.endswith("· its file was removed before it was sent")
    assert said(ended).count("not sent, as the file was removed") == 2 and "Tried" not in said(ended)
    assert not [button for button in ended.button if button.label == "Try again now"]


def test_what_did_not_arrive_can_be_tried_again(app: App, demo_store: Store) -> None:
    regular.set_up(demo_store, "An", Plan(("weekly",), to=("a@example.vn", "b@example.vn")))
    regular.make(demo_store, WEEK, AT)
    regular.run(demo_store, AT)
    at = opened(app, demo_store)
    press(at, "Try again now")
    assert not at.exception and "It is tried again within a minute." in said(at)
    [(_, _, [first, second])] = regular.made(demo_store)
    assert (first.failures, second.failures) == (0, 1)
