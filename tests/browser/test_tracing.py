"""The tracing page in a browser: one click from a scan to a drawn trace, a click in the graph, a phone."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo, Window, go, settled, t

pytestmark = pytest.mark.browser


def view(page: Page, name: str) -> None:
    """Chooses how the answer is shown."""
    page.locator(".st-key-trace_view button").filter(has_text=name).click()
    settled(page)


def traced(page: Page, url: str, name: str, typed: str) -> None:
    """Opens the page about that person."""
    page.goto(f"{url}/tracing")
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("button", name=name).click()
    page.locator(".st-key-trace_view").wait_for()
    settled(page)


def click_in_table(page: Page) -> float:
    """Clicks the first row's first button in the first table of the page; when that was."""
    table = page.get_by_test_id("stDataFrame").first
    table.wait_for()
    settled(page)
    page.wait_for_timeout(500)  # the canvas draws its buttons a little later
    box = table.bounding_box()
    assert box
    for x in range(100, 420, 12):  # the pointer is a hand over a button of the table
        page.mouse.move(box["x"] + x, box["y"] + 52)
        page.wait_for_timeout(30)
        if table.locator("canvas").first.evaluate("c => getComputedStyle(c).cursor") == "pointer":
            began = time.perf_counter()
            page.mouse.click(box["x"] + x, box["y"] + 52)
            return began
    raise AssertionError("no button in the first row")


def one_click(page: Page, drawn: str) -> float:
    """Seconds from the click at the newest scan in the history until all of its trace is drawn."""
    go(page, t("Scan history"))
    began = click_in_table(page)
    page.locator(".st-key-trace_view").wait_for()
    settled(page)
    page.locator(drawn).first.wait_for()
    return time.perf_counter() - began


def test_one_click_from_a_scan_to_its_trace(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader)
    for chosen, drawn in (
        ("F1", "[data-testid=stDataFrame] canvas"),
        (t("Graph"), "[data-testid=stPlotlyChart] .scatterlayer path.point"),
    ):
        traced(page, url, "Nguyễn Đình Khôi", "dinh khoi")
        view(page, chosen)  # the view that was looked at last is the one that opens
        took = one_click(page, drawn)
        print(f"from a scan of the history to its trace, {chosen}: {took:.2f} s")  # shown with -s
        headline = page.get_by_role("heading", level=3)
        expect(headline).to_have_text(re.compile(r"^[^\d]+: \d+ nghi F1, \d+ nghi F2$"))
        expect(headline).not_to_contain_text("Nguyễn Đình Khôi")


def test_a_click_in_the_graph_opens_the_person(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader, viewport={"width": 1400, "height": 2000})
    traced(page, url, "Nguyễn Đình Khôi", "dinh khoi")
    view(page, t("Graph"))
    node = page.get_by_test_id("stPlotlyChart").locator(".scatterlayer .trace path.point").first
    node.wait_for()
    opened = page.get_by_text(t("Scan history of this person"))
    expect(opened).to_have_count(0)
    node.click(force=True)
    expect(opened).to_be_visible()
    expect(page.get_by_role("button", name=t("Trace this person"))).to_be_visible()
    opened.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(t("Scan history"))


def test_from_one_trace_to_the_next(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader, viewport={"width": 1400, "height": 2000})
    traced(page, url, "Nguyễn Đình Khôi", "dinh khoi")
    headline = page.get_by_role("heading", level=3)
    expect(headline).to_contain_text("Nguyễn Đình Khôi")
    click_in_table(page)  # "Trace" beside the first F1
    expect(headline).not_to_contain_text("Nguyễn Đình Khôi")
    settled(page)
    view(page, "F2")
    page.get_by_role("button", name=t("Follow on to F3")).click()
    expect(headline).to_contain_text("F3")
    expect(page.get_by_role("button", name=t("Follow on to F3"))).to_have_count(0)


def test_nothing_is_wider_than_a_phone(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader, viewport={"width": 390, "height": 844})
    traced(page, url, "Nguyễn Đình Khôi", "dinh khoi")
    for name in ("F1", "F2", t("Graph"), t("Places and times"), t("Caught from whom"), t("How sure")):
        view(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
