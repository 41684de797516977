"""In a real browser: from a cell of the matrix to the person, a dose corrected in the table, and taken back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Window, pick, settled, t
from tests.browser.test_accessible import faults_in_both

pytestmark = pytest.mark.browser

HANH = "Tòng Thị Hạnh"


def vaccinated(page: Page) -> str:
    """The sign of the card."""
    return page.get_by_test_id("stMetric").nth(1).get_by_test_id("stMetricValue").inner_text()


def opened(window: Window, demo: Demo, **options) -> Page:
    """The compliance page with the matrix open."""
    url, leader = demo
    page = window(storage_state=leader, **options)
    page.goto(f"{url}/compliance")
    page.get_by_text(t("Each person, day by day")).click()
    page.locator(".st-key-matrix_table tbody tr").nth(12).wait_for()
    settled(page)
    return page


def test_from_the_matrix_to_a_person_by_keyboard_and_a_dose_corrected_and_taken_back(demo: Demo, window: Window):
    page = opened(window, demo)
    name = page.get_by_role("button", name=HANH)
    name.focus()
    name.press("Enter")
    page.wait_for_url("**/person")
    settled(page)
    expect(page.get_by_text(HANH)).to_be_visible()
    assert vaccinated(page) == "✓"
    pick(page, page.get_by_test_id("stDataFrame").nth(1))  # who confirmed the dose
    page.keyboard.press("Delete")
    page.wait_for_timeout(1000)  # the table tells the form of a change a little later than it shows it
    page.get_by_role("button", name=t("Save: {what}", what=t("Vaccine doses"))).click()
    expect(page.get_by_role("button", name=t("Take it back"))).to_be_visible()
    settled(page)
    assert vaccinated(page) == "✗"
    page.get_by_role("button", name=t("Take it back")).click()
    expect(page.get_by_text(t("Taken back: everything is as it was before."))).to_be_visible()
    settled(page)
    assert vaccinated(page) == "✓"


def test_axe_finds_nothing_serious_in_the_matrix_and_on_a_person(demo: Demo, window: Window):
    page = opened(window, demo)
    assert not faults_in_both(page)
    page.get_by_role("button", name=HANH).click()
    page.wait_for_url("**/person")
    for view in ("What holds", "Timeline", "Stays", "Cases and decisions", "Files"):
        page.locator(".st-key-person_view").get_by_text(t(view), exact=True).click()
        page.mouse.move(0, 0)
        settled(page)
        assert not faults_in_both(page), view


def test_the_matrix_fits_a_phone(demo: Demo, window: Window):
    page = opened(window, demo, viewport={"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    frame = page.locator(".st-key-matrix_table .frame")
    assert frame.evaluate("one => one.scrollWidth > one.clientWidth"), "it scrolls by itself"
    assert frame.evaluate("one => one.scrollLeft + one.clientWidth >= one.scrollWidth - 1"), "the newest days first"
    before = page.get_by_role("button", name=HANH).bounding_box()
    frame.evaluate("one => one.scrollTo(0, 0)")
    assert page.get_by_role("button", name=HANH).bounding_box() == before, "names stay in sight"
