"""The screen of places and their codes: registered, changed, closed; codes made, pasted, printed, retired."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from quetma import places, posters, settings
from quetma.door import Passage, check
from quetma.store import Store, now
from quetma.web.places import register

App = Callable[..., AppTest]
ADDRESS = "https://checkin.example.vn"


def page(app: App, store: Store, language: str = "en", opened: int | None = None) -> AppTest:
    at = app(page="pages/locations.py", language=language, store=store)
    if opened is not None:
        at.session_state[register.OPEN] = opened
        again(at)
    return at


def again(at: AppTest) -> AppTest:
    """Runs it again, on the page it is on."""
    at.switch_page("../../pages/locations.py")
    at.run()
    assert not at.exception
    return at


def press(at: AppTest, label: str, n: int = 0) -> None:
    [button, *_] = [button for button in at.button if button.label == label][n:]
    button.click().run()
    assert not at.exception


def links(at: AppTest) -> list[str]:
    return [link.proto.label for link in at.get("link_button")]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_store_says_what_to_do(app: App, empty_store: Store, language: str):
    at = page(app, empty_store, language)
    assert not at.exception
    assert len(at.info) == 1 and len(at.warning) == 1


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_a_leader_may(app: App, demo_store: Store, role: str):
    at = app(page="pages/locations.py", role=role, language="en", store=demo_store)
    assert not at.dataframe and not at.text_input


def test_a_place_is_registered_with_a_code_that_is_printed_and_retired(app: App, empty_store: Store):
    at = page(app, empty_store)
    at.text_input(key="public_address").set_value("checkin")
    press(at, "Save")
    assert "https://" in at.error[0].value
    assert settings.get(empty_store, "public_address") == ""
    at.text_input(key="public_address").set_value(ADDRESS)
    press(at, "Save")
    assert settings.get(empty_store, "public_address") == ADDRESS

    press(at, "Register a place")
    at.text_input(key="place_0_name").set_value("")
    press(at, "Save", 1)
    assert len(at.error) == 1 and not places.every(empty_store)
    at.text_input(key="place_0_name").set_value("Trụ sở Mai Sơn")
    at.number_input(key="place_0_capacity").set_value(12)
    at.multiselect(key="place_0_names").set_value([])
    press(at, "Save", 1)
    [place] = places.every(empty_store)
    assert (place.name, place.capacity, at.session_state[register.OPEN]) == ("Trụ sở Mai Sơn", 12, place.location_id)

    press(at, "Make a new code")
    [code] = posters.every(empty_store, place.location_id or 0)
    assert links(at) == ["A4 for the door (PDF)", "Small, four on a sheet (PDF)", "SVG", "PNG"]
    at.text_input(key=f"retire_{code.poster_id}_why").set_value("mất").run()
    press(at, "Retire")
    [code] = posters.every(empty_store, place.location_id or 0)
    assert code.retired_why == "mất"
    assert links(at) == []

    check(empty_store, Passage(place.location_id or 0, "in", "poster", "phone", name="Cà Thị Khách",
                               poster=code.poster_id))  # fmt: skip
    again(at)
    assert [warning.value[:2] for warning in at.warning] == ["1 "], "somebody still has it"


def test_the_code_of_the_national_platform_is_printed_as_it_is(app: App, empty_store: Store):
    number = places.save(empty_store, places.Place("Cổng"), "Test").location_id or 0
    at = page(app, empty_store, opened=number)
    at.text_area(key=f"code_{number}_payload").set_value("http://qr.tokhaiyte.vn/?diemId=1").run()
    press(at, "Make this code")
    [code] = posters.every(empty_store, number)
    assert code.payload == "http://qr.tokhaiyte.vn/?diemId=1"
    assert "SVG" in links(at), "it needs no address of ours"


def test_a_place_is_closed_and_opened_again(app: App, demo_store: Store):
    number = places.every(demo_store)[0].location_id or 0
    at = page(app, demo_store, opened=number)
    at.date_input(key=f"place_{number}_closed").set_value(now().date() + timedelta(days=1))
    press(at, "Close this place")
    assert one(demo_store, number).closed_on == now().date() + timedelta(days=1)
    assert one(demo_store, number).scans > 0
    press(at, "Open this place again")
    assert one(demo_store, number).closed_on is None


def one(store: Store, number: int) -> Any:
    return next(place for place in places.every(store) if place.location_id == number)
