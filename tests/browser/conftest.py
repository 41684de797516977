"""What browser tests share: Chromium, and signed-in browser windows."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from quetma.access import sessions
from quetma.store import open_store
from quetma.web.page import COOKIE
from tests.conftest import sign_in

FLAGS = [
    "--no-sandbox",  # Chromium refuses to start as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds: two cores, and another test on one of them


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium or Chrome. Without one: skipped, or failed when QUETMA_REQUIRE_BROWSER=1."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        if os.environ.get("QUETMA_REQUIRE_BROWSER") == "1":
            pytest.fail("There is neither chromium nor google-chrome on the PATH.")
        pytest.skip("There is neither chromium nor google-chrome on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`window(color_scheme="dark", …)`: a page in a browser of its own, without any cookie. Fails on a script error."""
    contexts: list[BrowserContext] = []

    def open_window(**options: object) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1400, "height": 1000}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


def signed_in_state(folder: Path, url_host: str = "127.0.0.1", role: str = "leader") -> dict[str, object]:
    """A `storage_state` of somebody signed in to the store of that folder. Before the server opens it."""
    store = open_store(folder)
    token = sign_in(store, role)
    store.close()
    cookie = {"name": COOKIE, "value": token, "domain": url_host, "path": "/", "httpOnly": True, "sameSite": "Lax"}
    return {"cookies": [{**cookie, "expires": -1, "secure": False}], "origins": []}


def settled(page: Page) -> None:
    """Waits until Streamlit has drawn the page: connected, and no script running."""
    page.wait_for_selector('[data-test-connection-state="CONNECTED"]', state="attached")
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
