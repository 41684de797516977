"""From figure to action by keyboard alone: who missed, reminded, in the ledger, in the audit; the plan on a phone."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window, go, pick, settled, t
from tests.browser.test_accessible import faults
from tests.browser.test_mend import signed_in
from tests.conftest import serve

pytestmark = pytest.mark.browser

MAI = "Hoàng Thị Mai"
Unit = tuple[str, dict[str, Any], Path]
FOCUSED = """() => {
    let at = document.activeElement;
    while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
    if (!at || at === document.body) return "";
    const label = at.labels && at.labels[0] && at.labels[0].innerText;
    return (at.getAttribute("aria-label") || label || at.innerText || "").trim();
}"""


def tab_to(page: Page, name: str | re.Pattern[str]) -> None:
    """Presses Tab until what has that name is in focus."""
    wanted = re.compile(re.escape(name) + "$") if isinstance(name, str) else name
    settled(page)
    met = []
    for _ in range(150):
        page.keyboard.press("Tab")
        met.append(page.evaluate(FOCUSED))
        if wanted.search(met[-1]):
            return
    raise AssertionError(f"{name} is not reached by Tab; reached: {met}")


def cell(page: Page, text: str) -> None:
    """Waits for a cell of a table with that text; tables are drawn, and told to screen readers beside it."""
    expect(page.locator("[role=gridcell]", has_text=text).first).to_be_attached()


@pytest.fixture(scope="module")
def unit(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unit]:
    """A dashboard on a demo unit of these tests' own: its address, a leader signed in, its folder."""
    folder = Path(shutil.copytree(demo_folder, tmp_path_factory.mktemp("action") / "store"))
    state = signed_in(folder)
    with serve(folder) as url:
        yield url, state, folder


@pytest.mark.timeout(300)
def test_from_who_missed_to_the_audit_by_keyboard_alone(window: Window, unit: Unit) -> None:
    url, state, _ = unit
    page = window(storage_state=state)
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    from_figure_to_audit(page)
    assert not faults(page)


def from_figure_to_audit(page: Page) -> None:
    """Every step by the keyboard."""
    keys = page.keyboard
    tab_to(page, t("Reminders and sanctions"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(t("Reminders and sanctions"))
    tab_to(page, t("At least so many days"))
    keys.press("Control+A")
    keys.type("2")
    keys.press("Enter")
    expect(page.get_by_text(re.compile("thiếu 2 ngày: 23/08, 24/08"))).to_be_visible()
    expect(page.get_by_text(re.compile("thiếu 1 ngày"))).to_have_count(0)
    tab_to(page, t("Decide: {step}", step=t("reminder")))
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(re.compile("đồng chí chưa quét mã QR"))).to_be_visible()
    tab_to(page, t("Reason"))
    keys.press("Control+A")
    keys.type("quên hai lần")
    tab_to(page, t("Number of the document"))
    keys.type("12/TB")
    tab_to(page, t("Save the decision"))
    keys.press("Enter")
    expect(page.get_by_text(t("Decided about {name}: {step}.", name=MAI, step=t("reminder")))).to_be_visible()
    expect(dialog).to_have_count(0)

    tab_to(page, t("Who missed a duty"))
    keys.press("ArrowRight")
    page.wait_for_timeout(300)
    if page.evaluate(FOCUSED) == t("Ledger ({n})", n=1):
        keys.press("Enter")
    for said in (MAI, "12/TB", "quên hai lần"):
        cell(page, said)
    tab_to(page, re.compile(t("Open a decision")))
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.get_by_text(re.compile("đã quyết định: nhắc nhở"))).to_be_visible()
    tab_to(page, t("Told in person"))
    keys.press("Enter")
    expect(page.get_by_text(re.compile("Đã ghi: Hoàng Thị Mai"))).to_be_visible()

    tab_to(page, t("Audit"))
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(t("Audit"))
    tab_to(page, t("Name, number, or any words"))
    keys.type("hoang thi mai")
    keys.press("Enter")
    for said in (t("decided about missed duties"), t("told the person concerned")):
        cell(page, said)
    settled(page)


LINES = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .filter(chart => (chart.layout.shapes || []).length)
    .map(chart => [chart.layout.shapes[0].y0, chart.layout.annotations[0].text])"""


def lines(page: Page, n: int = 4) -> list[list[Any]]:
    """The line at what is wanted and its words, of the chart of each duty on the page Compliance."""
    settled(page)
    for _ in range(200):  # asked from here: the page's policy forbids wait_for_function
        found = page.evaluate(LINES)
        if len(found) == n:
            return found
        page.wait_for_timeout(200)
    raise AssertionError(found)


@pytest.mark.timeout(300)
def test_an_objective_changed_moves_its_line_and_two_leaders_away_leave_duties_open(window: Window, unit: Unit) -> None:
    url, state, _ = unit
    page = window(storage_state=state, color_scheme="dark")
    page.goto(f"{url}/compliance")
    before = lines(page)
    assert [value for value, _ in before] == [1, 1, 1, 1]
    go(page, t("Plan and rota"))
    view(page, t("Edit"))
    pick(page, page.get_by_test_id("stDataFrame").first)  # wanted, of the first objective: everybody scans
    page.keyboard.press("Enter")
    field = page.locator("input.gdg-input")
    field.fill("85")
    field.press("Enter")
    expect(field).to_have_count(0)
    page.wait_for_timeout(1000)  # the table tells the form of a change a little later than it shows it
    page.get_by_role("button", name=t("Save as a new version")).click()
    expect(page.get_by_text(t("Saved as version {n}.", n=2))).to_be_visible()
    assert not faults(page)
    go(page, t("Compliance"))
    assert lines(page) == [*before[:3], [0.85, t("wanted: {n}%", n=85)]]

    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{url}/plan")
    for name in ("The plan", "Playbook", "Rota", "Versions", "Continuity"):
        view(page, t(name))
        assert not faults(page), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    away = page.get_by_test_id("stMultiSelect")
    for leader in ("Cầm Văn Thành", "Trần Quốc Đạt"):
        away.locator("input").first.click()
        page.keyboard.type(leader)
        expect(page.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        expect(away.get_by_text(leader)).to_be_visible()
        settled(page)
    expect(page.get_by_text("2 nhiệm vụ chưa có người làm thay.")).to_be_visible()
    for duty in ("Chỉ đạo chung công tác phòng, chống dịch", "Quản lý địa điểm, kết xuất báo cáo lịch sử quét mã"):
        expect(page.get_by_text(duty)).to_be_visible()
    assert not faults(page)
    page.get_by_role("button", name=t("Put into the rota")).first.click()
    expect(page.get_by_text("1 nhiệm vụ chưa có người làm thay.")).to_be_visible()


def view(page: Page, name: str) -> None:
    """Opens a view of the plan."""
    page.locator(".st-key-plan_view button").filter(has_text=name).click()
    page.mouse.move(0, 0)
    settled(page)
