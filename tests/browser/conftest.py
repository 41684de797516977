"""What browser tests share: Chromium, windows, and somebody signed in without typing a password."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from quetma.store import open_store
from quetma.web.page import COOKIE
from tests.conftest import sign_in

FLAGS = [
    "--no-sandbox",  # Chromium does not start as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 45_000  # milliseconds: two cores, and other tests on one of them

Window = Callable[..., Page]


@pytest.fixture(scope="session")
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


@pytest.fixture
def window(chromium: Browser) -> Iterator[Window]:
    """`window(color_scheme="dark", storage_state=…)`: a page in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def open_window(**options: object) -> Page:
        contexts.append(chromium.new_context(**{"viewport": {"width": 1400, "height": 1000}, **options}))
        contexts[-1].set_default_timeout(PATIENCE)
        return contexts[-1].new_page()

    yield open_window
    for context in contexts:
        context.close()


def signed_in(folder: Path, role: str = "leader") -> dict[str, object]:
    """The `storage_state` of somebody signed in to the store in that folder. To be made before a server opens it."""
    store = open_store(folder)
    token = sign_in(store, role)
    store.close()
    cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}
    return {"cookies": [{**cookie, "expires": -1, "secure": False}], "origins": []}


def settled(page: Page) -> None:
    """Waits until Streamlit has drawn what it was asked for: connected, and no script running."""
    page.wait_for_selector('[data-test-connection-state="CONNECTED"]', state="attached")
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")


def menu(page: Page) -> list[tuple[str, str]]:
    """Title and address of every page in the navigation."""
    links = page.get_by_test_id("stSidebarNavLink")
    links.first.wait_for()
    return [(link.inner_text().split("\n")[-1], link.get_attribute("href") or "") for link in links.all()]
