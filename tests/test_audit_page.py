"""The screen of the audit: searched by leaders, itself written down."""

from collections.abc import Callable
from datetime import datetime

import pytest
from streamlit.testing.v1 import AppTest

from quetma.access.chain import Line
from quetma.store import Store, now

PAGE = "pages/audit.py"
App = Callable[..., AppTest]


@pytest.fixture
def store(demo_store: Store) -> Store:
    for n in range(150):
        demo_store.log(Line(datetime(2020, 5, 1, 8, 0, 0), "Cũ", "trace", f"Người {n}", ""))
    demo_store.log(Line(now(), "An", "decide", "Hoàng Thị Mai 0900000004", "remind"))
    return demo_store


def test_searched_by_words_and_by_what_was_done(app: App, store: Store) -> None:
    at = app(PAGE, language="en", store=store)
    assert not at.exception
    at.text_input(key="audit_text").set_value("mai hoang").run()
    found = at.dataframe[0].value[["account", "action", "subject"]].values.tolist()
    assert ["An", "decided about missed duties", "Hoàng Thị Mai 0900000004"] in found
    assert {action for _, action, _ in found} == {"decided about missed duties", "looked at the audit"}, (
        "that is one too"
    )
    at.text_input(key="audit_text").set_value("")
    at.multiselect(key="audit_actions").set_value(["open audit"]).run()
    [*_, oldest] = at.dataframe[0].value["subject"].to_list()
    assert oldest.endswith(f"{now():%d/%m/%Y}"), "to look at it is written down too"
    assert [text for text in at.dataframe[0].value["subject"].to_list() if text.endswith("mai hoang")]
    at.multiselect(key="audit_accounts").set_value(["An"]).run()
    assert "No line fits" in at.info[-1].value


def test_more_than_one_page(app: App, store: Store) -> None:
    at = app(PAGE, language="en", store=store)
    day = datetime(2020, 5, 1).date()
    at.date_input(key="audit_days").set_value((day, day)).run()
    assert not at.exception
    assert at.subheader[0].value.replace("\\", "") == "Lines of the audit from 01/05/2020 to 01/05/2020: 150."
    assert len(at.dataframe[0].value) == 100


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_leaders_see_it(app: App, store: Store, role: str) -> None:
    at = app(PAGE, role=role, store=store)
    assert not at.dataframe and not at.text_input
