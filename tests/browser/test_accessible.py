"""Every page can be used by everybody: axe finds nothing serious, in light and in dark."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Demo, Window, go, settled, t
from tests.conftest import serve

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")


def faults(page: Page, scheme: str = "light") -> list[str]:
    """What axe finds serious or critical: rule, and where; in dark only what colours can change."""
    options = {"runOnly": ["color-contrast"]} if scheme == "dark" else None
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{fault['id']}: {node['html']}" for fault in found if fault["impact"] in SERIOUS for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(demo: Demo, window: Window, scheme: str):
    url, leader = demo
    page = window(color_scheme=scheme, storage_state=leader)
    page.goto(url)
    for title in (
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
    ):
        go(page, t(title))
        settled(page)
        assert not faults(page, scheme), title


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_trace(demo: Demo, window: Window, scheme: str):
    url, leader = demo
    page = window(color_scheme=scheme, storage_state=leader)
    page.goto(f"{url}/tracing")
    page.get_by_role("searchbox").fill("dinh khoi")
    page.get_by_role("button", name="Nguyễn Đình Khôi").click()
    views = page.locator(".st-key-trace_view button")
    views.first.wait_for()
    for view in views.all():
        view.click()
        page.mouse.move(0, 0)
        settled(page)
        assert not faults(page, scheme), view.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_before_sign_in(demo: Demo, window: Window, tmp_path: Path, scheme: str):
    url, _ = demo
    page = window(color_scheme=scheme)
    page.goto(url)
    assert "/sign-in" in page.url
    assert not faults(page, scheme)
    with serve(tmp_path / "fresh") as fresh:
        page.goto(fresh)
        assert page.locator("form").count() == 2
        assert not faults(page, scheme)
