"""Every page can be used by everybody: axe finds nothing serious, in light and in dark."""

from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Demo, Window, go, settled, t
from tests.conftest import serve

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")


SHOWN = """() => {
    const app = document.querySelector(".stApp");
    const wanted = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    return !app || (getComputedStyle(app).colorScheme === wanted
        && !document.querySelector('[data-test-script-state="running"]'));
}"""


def faults(page: Page, **options: Any) -> list[str]:
    """What axe finds serious or critical: rule, and where."""
    axe = Axe("0" if page.evaluate("'axe' in window") else AXE_SCRIPT)  # read once by each page
    # without those options axe also writes down every place where a rule holds: as much time again
    violations = axe.run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    serious = [fault for fault in violations if fault["impact"] in SERIOUS]
    return [f"{fault['id']}: {node['html']}" for fault in serious for node in fault["nodes"]]


def faults_in_both(page: Page) -> list[str]:
    """The same of a page that is light, and what colours can change once it is dark; it is left light."""
    found = faults(page)
    coloured(page, "dark")
    found += [f"dark: {fault}" for fault in faults(page, runOnly=["color-contrast"])]
    coloured(page, "light")
    return found


def coloured(page: Page, scheme: Literal["light", "dark"]) -> None:
    """The running page in other colours, drawn. Asked from here: its policy forbids wait_for_function."""
    page.emulate_media(color_scheme=scheme)
    for _ in range(200):
        page.wait_for_timeout(200)
        if page.evaluate(SHOWN):
            return
    raise AssertionError(f"not {scheme}")


def test_axe_finds_nothing_serious_on_any_page(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader)
    page.goto(url)
    titles = (
        "Overview",
        "Compliance",
        "One person",
        "Reminders and sanctions",
        "Gate",
        "Visitor flow",
        "Locations and codes",
        "Tracing",
        "Cases and follow-up",
        "Plan and rota",
        "Tracing drill",
        "Scan history",
        "Documents",
        "Upload",
        "Who is who",
        "Audit",
        "Accounts",
    )
    for title in titles:
        go(page, t(title))
        settled(page)
        assert not faults(page), title
    coloured(page, "dark")
    for title in titles:  # again: a page says some colours itself as it is drawn, see quetma/web/main.py
        go(page, t(title))
        settled(page)
        assert not faults(page, runOnly=["color-contrast"]), title


def test_axe_finds_nothing_serious_on_a_trace(demo: Demo, window: Window):
    url, leader = demo
    page = window(storage_state=leader)
    page.goto(f"{url}/tracing")
    page.get_by_role("searchbox").fill("dinh khoi")
    page.get_by_role("button", name="Nguyễn Đình Khôi").click()
    views = page.locator(".st-key-trace_view button")
    views.first.wait_for()
    for view in views.all():
        view.click()
        page.mouse.move(0, 0)
        settled(page)
        assert not faults_in_both(page), view.inner_text()


def test_axe_finds_nothing_serious_before_sign_in(demo: Demo, window: Window, tmp_path: Path):
    url, _ = demo
    page = window()
    page.goto(url)
    assert "/sign-in" in page.url
    assert not faults_in_both(page)
    with serve(tmp_path / "fresh") as fresh:
        page.goto(fresh)
        assert page.locator("form").count() == 2
        assert not faults_in_both(page)
