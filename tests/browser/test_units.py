"""A province in a browser: who leads it goes from the comparison into a team and back; one of a team reads of none."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from quetma import intake, units
from quetma.access import accounts, sessions
from quetma.store import Store, open_store
from quetma.web.page import COOKIE
from tests.browser.conftest import PATIENCE, Window, go, settled, t
from tests.conftest import PASSWORD, serve
from tests.intake import prepare
from tests.web.test_other_unit import PLACE, ROSTER

pytestmark = pytest.mark.browser

ROOT, TEAM, OTHER, EMPTY = "Chi cục QLTT tỉnh", "Đội số 2 Mai Sơn", "Đội số 7 Sông Mã", "Đội số 9 mới lập"


def grow(store: Store) -> dict[str, str]:
    """The demo unit as a team of a province, one beside it, and one that has nothing yet: a token for each leader."""
    root = units.add(store, ROOT, None, "demo")
    team, other, _ = (units.add(store, name, root, "demo") for name in (TEAM, OTHER, EMPTY))
    units.give(store, [1, 2], team, "demo")
    intake.load(store, prepare(store, "ds.csv", ROSTER.encode()), "demo")
    places = dict(store.ask("flow/locations").select("name", "location_id").iter_rows())
    units.give(store, [places[PLACE]], other, "demo")
    for name, unit in (("Lò Thị Lãnh Đạo", None), ("Cầm Văn Thủ Trưởng", team)):
        accounts.add(store, name, PASSWORD, "leader", unit=unit)
    return {"root": sessions.start(store, "Lò Thị Lãnh Đạo"), "team": sessions.start(store, "Cầm Văn Thủ Trưởng")}


@pytest.fixture(scope="module")
def province(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of its dashboard, and the `storage_state` of each leader's browser."""
    store = open_store(shutil.copytree(demo_folder, tmp_path_factory.mktemp("province") / "store"))
    tokens = grow(store)
    store.close()
    cookie = {"name": COOKIE, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}
    with serve(store.folder) as url:
        cookies = {who: cookie | {"value": token, "expires": -1, "secure": False} for who, token in tokens.items()}
        yield url, {who: {"cookies": [one], "origins": []} for who, one in cookies.items()}


def open_row(page: Page, row: int) -> None:
    """Chooses a row of the comparison at its left edge; the canvas takes no click before it is drawn."""
    table = page.get_by_test_id("stDataFrame")
    for _ in range(10):
        box = table.bounding_box()
        assert box
        page.mouse.click(box["x"] + 16, box["y"] + 36 + 35 * row + 17)
        try:
            page.get_by_role("heading", level=1, name=t("Overview")).wait_for(timeout=PATIENCE / 10)
        except TimeoutError:
            continue
        return
    raise AssertionError("no row is chosen by a click")


def test_from_the_comparison_into_a_team_and_back(province: tuple[str, dict[str, Any]], window: Window):
    url, leaders = province
    page = window(storage_state=leaders["root"])
    page.goto(f"{url}/units")
    expect(page.get_by_role("heading", name=t("Units beneath: {n}", n=3))).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text(OTHER)  # its log is missing, so it stands first
    open_row(page, 1)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text(TEAM).first).to_be_visible()
    for title, said in (("Overview", "13/13"), ("Compliance", "13/13"), ("Visitor flow", "Trụ sở Mai Sơn")):
        go(page, t(title))
        settled(page)
        expect(page.get_by_test_id("stMain").get_by_text(said).first).to_be_attached()
        expect(page.get_by_test_id("stMain").get_by_text(PLACE)).to_have_count(0)
    go(page, t("Tracing"))
    beside = "Giàng Thị Mỷ"  # of the team beside
    page.get_by_role("searchbox").fill(beside)
    nobody = t("Nobody fits “{text}”. Try fewer letters, or a piece of the phone.", text=beside)
    expect(page.get_by_text(nobody)).to_be_visible()
    go(page, t("Comparison"))
    expect(page.get_by_text("Đơn vị này không có đơn vị trực thuộc")).to_be_visible()
    choice = sidebar.get_by_test_id("stSelectbox").locator("input")
    choice.fill(ROOT)
    choice.press("Enter")
    expect(page.get_by_role("heading", name=t("Units beneath: {n}", n=3))).to_be_visible()


def test_who_leads_a_team_reads_of_no_other_and_of_no_units(province: tuple[str, dict[str, Any]], window: Window):
    url, leaders = province
    page = window(storage_state=leaders["team"])
    page.goto(url)
    for title in ("Overview", "Compliance", "Visitor flow", "Tracing", "Documents", "Upload", "Accounts"):
        if title != "Overview":
            go(page, t(title))
        settled(page)
        shown = page.locator("body").inner_text()
        assert not [name for name in (ROOT, OTHER, EMPTY, PLACE) if name in shown], title
        sidebar = page.get_by_test_id("stSidebar").inner_text()
        assert t("Comparison") not in sidebar and t("Team or unit") not in sidebar, title
    page.goto(f"{url}/units")
    expect(page.get_by_text(t("There is nothing to compare here."))).to_be_visible()
