"""What only a browser shows: the language switch, addresses opened directly, tabs that outlive a sign-out."""

import re

import pytest
from playwright.sync_api import expect

from quetma.language import translator
from tests.browser.conftest import Demo, Window, go, settled, type_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser

vi, en = translator("vi"), translator("en")


def test_the_switch_changes_every_page_and_is_kept(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader)
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Overview"))
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(en("Overview"))
    for title in ("Compliance", "Visitor flow", "Tracing"):
        go(page, en(title))
    page.get_by_text("Tiếng Việt", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Tracing"))


def test_on_a_phone_the_menu_gives_way_to_the_page_that_was_chosen(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(url)
    menu = page.get_by_test_id("stSidebar")
    for title in ("Compliance", "Tracing", "Overview"):  # the first has no path of its own, and is left and entered
        expect(menu).to_have_attribute("data-collapsed", "true")
        settled(page)
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(menu).to_have_attribute("data-collapsed", "false")
        go(page, vi(title))
    settled(page)
    expect(menu).to_have_attribute("data-collapsed", "true")


def test_an_address_opened_directly_leads_to_sign_in_and_there_and_signing_out_ends_the_other_tab(
    demo: Demo, window: Window
):
    url, _ = demo
    page = window()
    page.goto(f"{url}/flow")
    assert re.search(r"/sign-in\?next=/flow$", page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Sign in"))
    type_in(page, "test leader", PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text(vi("Visitor flow"))
    assert page.url == f"{url}/flow"
    other = page.context.new_page()
    other.goto(f"{url}/flow")
    for tab in (page, other):
        expect(tab.get_by_role("heading", level=1)).to_have_text(vi("Visitor flow"))
        settled(tab)
    page.get_by_role("button", name=vi("Sign out")).click()
    page.wait_for_url("**/sign-in?out*")
    other.get_by_text("English", exact=True).click()  # whatever is clicked there
    expect(other.get_by_role("heading", level=1)).to_have_text(vi("You are signed out"))
    expect(other.get_by_test_id("stMetric")).to_have_count(0)
    other.reload()
    assert "/sign-in" in other.url
