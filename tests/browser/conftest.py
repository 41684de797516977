"""What browser tests share: Chromium, windows, and somebody signed in without typing a password."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError, expect, sync_playwright

from quetma.language import translator
from quetma.store import open_store
from quetma.web.page import COOKIE
from tests.conftest import PASSWORD, serve, sign_in

FLAGS = [
    "--no-sandbox",  # Chromium does not start as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # what one page has compiled, the next has too
]
SIZE = {"width": 1400, "height": 1000}
PATIENCE = 45_000  # milliseconds: two cores, and other tests on one of them

Window = Callable[..., Page]
Demo = tuple[str, dict[str, Any]]

t = translator("vi")


@pytest.fixture(scope="package")  # not longer: while Playwright is there, no other test may run an event loop
def chromium() -> Iterator[Browser]:
    """The system's Chromium or Chrome. Without one: skipped, or failed when QUETMA_REQUIRE_BROWSER=1."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        missing = "There is neither chromium nor google-chrome on the PATH."
        if os.environ.get("QUETMA_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def profiles(chromium: Browser) -> list[BrowserContext]:
    """Browser profiles that tests have used and left empty. Streamlit's scripts are read and compiled by the first page
    of a profile only, which is most of what opening a page costs: see `window`.
    """
    return []


@pytest.fixture
def window(chromium: Browser, profiles: list[BrowserContext]) -> Iterator[Window]:
    """`window(color_scheme="dark", storage_state=…)`: a page in a browser profile of its own, with no cookie and
    nothing kept but what is said here. One that another test has left is used again, emptied but for its cache,
    unless more is asked of it than these and `viewport`.
    """
    used: list[BrowserContext] = []
    own: list[BrowserContext] = []

    def open_window(storage_state: Any = None, viewport: Any = SIZE, color_scheme: Any = None, **options: Any) -> Page:
        if options:
            own.append(chromium.new_context(storage_state=storage_state, **options))
            context = own[-1]
        else:
            used.append(profiles.pop() if profiles else _profile(chromium))
            context = used[-1]
            context.add_cookies(storage_state["cookies"] if storage_state else [])
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        return page

    yield open_window
    for context in own:
        context.close()
    for context in used:
        _emptied(context)
    profiles.extend(reversed(used))


def _profile(chromium: Browser) -> BrowserContext:
    """A new profile, with a page that stays: the process in which all its pages are drawn ends with the last one."""
    context = chromium.new_context(viewport=SIZE)
    blank = "http://127.0.0.1:1/blank"
    context.route(blank, lambda route: route.fulfill(body="", content_type="text/html"))
    context.new_page().goto(blank)
    return context


def _emptied(context: BrowserContext) -> None:
    """The profile as if nobody had used it, but for its cache."""
    stays, *pages = context.pages
    origins = {"/".join(page.url.split("/")[:3]) for page in pages}
    for page in pages:
        page.close()
    session = context.new_cdp_session(stays)
    for origin in origins:
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    session.detach()
    context.clear_cookies()
    context.set_offline(False)


@pytest.fixture(scope="package")  # not longer: while Playwright is there, no other test may run an event loop
def demo(chromium: Browser, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The address of a dashboard on the demo unit, and the `storage_state` of a browser with a leader signed in."""
    store = open_store(shutil.copytree(demo_folder, tmp_path_factory.mktemp("browser") / "store"))
    token = sign_in(store)
    store.close()
    cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}
    with serve(store.folder) as url:
        yield url, {"cookies": [{**cookie, "expires": -1, "secure": False}], "origins": []}


def type_in(page: Page, name: str, password: str) -> None:
    """Fills the sign-in page and sends it."""
    page.get_by_label(t("Your name")).fill(name)
    page.get_by_label(t("Password")).fill(password)
    page.get_by_role("button", name=t("Sign in")).click()


def first_leader(page: Page, url: str) -> None:
    """Makes the first account of a new store, a leader's; Overview is shown."""
    page.goto(url)
    page.get_by_label(t("Your name")).fill("Hà Minh Tôn")
    page.get_by_label(t("Password"), exact=True).fill(PASSWORD)
    page.get_by_label(t("The password once more")).fill(PASSWORD)
    page.get_by_role("button", name=t("Create the account")).click()
    page.get_by_role("heading", level=1, name=t("Overview")).wait_for()


def go(page: Page, title: str) -> None:
    """Opens a page from the navigation, by its title as it stands there."""
    page.get_by_test_id("stSidebarNavLink").filter(has=page.get_by_text(title, exact=True)).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def pick(page: Page, table: Locator) -> None:
    """Selects the last cell of the first row of an editable table. The canvas takes no click before it is drawn, and a
    second click on a selected cell opens it: so it is clicked again only after a while without effect.
    """
    table.scroll_into_view_if_needed()
    chosen = table.locator("[role=gridcell][aria-selected=true]")
    for _ in range(10):
        box = table.bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] - 60, box["y"] + 52)
        try:
            chosen.first.wait_for(state="attached", timeout=PATIENCE / 10)
        except TimeoutError:
            continue
        if page.locator(".gdg-input").count():
            page.keyboard.press("Escape")
        return
    raise AssertionError("no cell of the table is selected by a click")


def settled(page: Page) -> None:
    """Waits until Streamlit has drawn what it was asked for: connected, and no script running."""
    page.wait_for_selector('[data-test-connection-state="CONNECTED"]', state="attached")
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
