"""Every page can be used by everybody: axe finds nothing serious, in light and in dark."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Window, menu, settled, signed_in
from tests.conftest import serve

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Server = tuple[str, dict[str, object]]
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def demo_server(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The address of a dashboard on the demo unit, and the state of a browser signed in to it."""
    folder = shutil.copytree(demo_folder, tmp_path_factory.mktemp("accessible") / "store")
    leader = signed_in(folder)
    with serve(folder) as url:
        yield url, leader


def faults(page: Page) -> list[str]:
    """What axe finds serious or critical: rule, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['html']}" for fault in found if fault["impact"] in SERIOUS for node in fault["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(demo_server: Server, window: Window, scheme: str):
    url, leader = demo_server
    page = window(color_scheme=scheme, storage_state=leader)
    page.goto(url)
    pages = menu(page)
    assert len(pages) == 6
    for title, address in pages:
        page.goto(address)
        page.get_by_role("heading", level=1, name=title).wait_for()
        settled(page)
        assert not faults(page), title


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_trace(demo_server: Server, window: Window, scheme: str):
    url, leader = demo_server
    page = window(color_scheme=scheme, storage_state=leader)
    page.goto(f"{url}/tracing")
    page.get_by_role("searchbox").fill("dinh khoi")
    page.get_by_role("button", name="Nguyễn Đình Khôi").click()
    page.get_by_test_id("stTab").first.wait_for()
    for tab in page.get_by_test_id("stTab").all():
        tab.click()
        settled(page)
        assert not faults(page), tab.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_before_sign_in(demo_server: Server, window: Window, tmp_path: Path, scheme: str):
    url, _ = demo_server
    page = window(color_scheme=scheme)
    page.goto(url)
    assert "/sign-in" in page.url
    assert not faults(page)
    with serve(tmp_path / "fresh") as fresh:
        page.goto(fresh)
        assert page.locator("form").count() == 2
        assert not faults(page)
