"""The pickers that screens share stay valid whatever the store holds."""

import re
from datetime import date, datetime

import pytest

from quetma.access import sessions, small
from quetma.store import Store
from quetma.web import page, widgets

THURSDAY = date(2021, 8, 26)


@pytest.mark.parametrize(
    ("preset", "first"),
    [
        ("today", THURSDAY),
        ("week", date(2021, 8, 23)),
        ("month", date(2021, 8, 1)),
        ("4weeks", date(2021, 7, 30)),
        ("all", date(2021, 5, 3)),
    ],
)
def test_presets_end_today(preset: str, first: date):
    assert widgets.preset_days(preset, THURSDAY, date(2021, 5, 3)) == (first, THURSDAY)


@pytest.mark.parametrize("first_day", [None, date(2022, 1, 1)])  # an empty store, and one whose clock ran ahead
def test_all_is_never_an_empty_range(first_day: date | None):
    assert widgets.preset_days("all", THURSDAY, first_day) == (THURSDAY, THURSDAY)


@pytest.mark.parametrize(
    "text",
    ["https://x.example/a", "www.x.example", "an@x.example", "![a](https://x.example)", ":material/check:", ":red[a]"],
)
def test_text_from_a_file_is_never_a_link_an_image_or_an_icon(text: str):
    shown = widgets.plain(text)
    assert "".join(shown.replace("\\", "").split(widgets.WORD_JOINER)) == text
    # What the browser's Markdown looks for once the backslashes are gone.
    left = shown.replace("\\", "")
    assert not re.search(r"(https?://|www(?=\.))[-.\w]+|[-.\w+]+@[-\w]+\.|:\w+", left)
    assert not re.search(r"(?<!\\)[!\[\](){}<>*_`]", shown)


def test_a_location_that_is_gone_falls_back_to_all(app, demo_store: Store):
    at = app(page="pages/flow.py", store=demo_store)
    at.selectbox(key="location").set_value(1).run()
    with demo_store.write() as cursor:  # the upload that named it is undone meanwhile
        cursor.execute("UPDATE location SET location_id = location_id + 100")
    at.switch_page("../../pages/overview.py").run()
    at.switch_page("../../pages/flow.py").run()
    assert not at.exception
    assert at.selectbox(key="location").value == 0


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (small.Rate(12, 12, 13), ("12/13", "")),
        (small.Rate(11, 12, 13), ("11–12/13", "")),
        (small.Rate(1203, 1203, 1310), ("1.203", "trên 1.310")),
        (small.Rate(8445, 8445, 10_000), ("8.445", "trên 10.000")),
    ],
)
def test_a_card_says_how_many_of_how_many_also_where_both_have_no_room_beside_each_other(
    demo_store: Store, rate: small.Rate, shown: tuple[str, str]
):
    session = sessions.Session("", demo_store, "Hà Minh Tôn", "leader", datetime(2021, 8, 24))
    assert widgets._value(page.Page("", session, "vi"), rate) == shown
