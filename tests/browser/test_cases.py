"""A case from a trace to the worked list: registered, called, decided, a health round, the workbook opened, by keyboard
and on a phone."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from quetma import cases, directory, follow_up, tracing
from quetma.store import open_store
from tests.browser.conftest import Window, go, settled, t
from tests.browser.test_accessible import faults
from tests.browser.test_main_job import fetched
from tests.browser.test_mend import signed_in
from tests.conftest import serve

pytestmark = pytest.mark.browser

CASE = "Nguyễn Đình Khôi"


def registered(page: Page, url: str) -> None:
    """That person traced and registered; the list for today is shown."""
    page.goto(f"{url}/tracing")
    page.get_by_role("searchbox").first.fill("dinh khoi")
    page.get_by_role("button", name=CASE).click()
    page.get_by_text(t("Register {name} as a case and follow the contacts up", name=CASE)).click()
    page.get_by_role("textbox", name=t("Signs")).fill("sốt, ho")
    page.get_by_role("button", name=t("Register and list the contacts")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(t("Cases and follow-up"))
    settled(page)


@pytest.mark.timeout(300)
def test_from_the_trace_to_the_worked_list(window: Window, demo_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "store"))
    state = signed_in(folder)
    with serve(folder) as url:
        page = window(storage_state=state)
        registered(page, url)
        expect(page.get_by_text(re.compile("Đã ghi nhận ca số 1"))).to_be_visible()
        assert not faults(page)

        reached, opened = t("reached").capitalize(), t("Open")
        page.get_by_role("button", name=reached, exact=True).first.click()
        said = page.get_by_text(re.compile(rf": {reached}$"))
        expect(said).to_be_visible()
        called = said.inner_text().split(":")[0]

        page.get_by_text(re.compile(t("Decide: close contact or not") + r" \(1\)")).click()
        card = page.get_by_role("button", name=opened, exact=True)
        expect(card).to_have_count(1)
        card.click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_text(called)).to_be_visible()
        dialog.get_by_role("radio", name=t("yes"), exact=True).nth(1).click()  # within 2 metres
        expect(dialog.get_by_text(re.compile("Theo quy định: tiếp xúc gần"))).to_be_visible()
        assert not faults(page)
        dialog.get_by_role("button", name=t("Save: {verdict}", verdict=t("close contact")), exact=True).click()
        expect(dialog.get_by_text(t("Saved: {name}.", name=called))).to_be_visible()
        dialog.get_by_role("radio", name=t("Quarantine"), exact=True).click()
        dialog.get_by_role("button", name=t("Save"), exact=True).click()
        expect(dialog.get_by_text(re.compile(f"^{t('Quarantine')}: {t('at home')}"))).to_be_visible()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

        views = page.locator(".st-key-cases_view button")
        for at in (1, 2, 3):
            views.nth(at).click()
            page.mouse.move(0, 0)
            settled(page)
            assert not faults(page), views.nth(at).inner_text()
        book = CalamineWorkbook.from_path(str(fetched(page, t("Workbook with the figures (Excel)"))))
        rows = book.get_sheet_by_name(t("Listed contacts")).to_python()

        go(page, t("Overview"))
        expect(page.get_by_text(re.compile("Người tiếp xúc cần theo dõi hôm nay"))).to_be_visible()

    store = open_store(folder)
    contacts = follow_up.state(store)
    [case] = cases.registered(store)
    store.close()
    [worked] = contacts.filter(contacts["verdict"] == "contact").iter_rows(named=True)
    assert (worked["name"], worked["quarantine"], case.signs) == (called, "home", "sốt, ho")
    assert sorted(row[1] for row in rows[3:]) == sorted(contacts["name"].to_list())


def followed(demo_folder: Path, folder: Path) -> Path:
    """A copy of the demo unit with that person registered and the contacts listed, a day ago."""
    store = open_store(shutil.copytree(demo_folder, folder))
    number = cases.register(store, "An", cases.Said(directory.find(store, CASE)["person_id"][0], date(2021, 8, 25)))
    case = cases.one(store, number)
    assert case
    follow_up.follow(store, "An", case, follow_up.compare(store, case, tracing.Question((case.case,))).new)
    with store.write() as cursor:
        cursor.execute("UPDATE contact_entry SET entered_at = entered_at - INTERVAL 1 DAY")
    store.close()
    return folder


@pytest.mark.timeout(300)
def test_a_health_round_on_the_next_day(window: Window, demo_folder: Path, tmp_path: Path) -> None:
    folder = followed(demo_folder, tmp_path / "store")
    state = signed_in(folder)
    with serve(folder) as url:
        page = window(storage_state=state)
        page.goto(f"{url}/cases")
        page.get_by_text(re.compile(t("Ask how they are") + r" \(\d+\)")).click()
        page.get_by_text(t("Health round: enter many at once")).click()
        table = page.get_by_test_id("stDataFrame").first
        table.wait_for()
        settled(page)
        page.wait_for_timeout(500)  # the canvas draws its cells a little later
        box = table.bounding_box()
        assert box
        page.mouse.dblclick(box["x"] + 0.5 * box["width"], box["y"] + 52)
        page.get_by_text(t("well"), exact=True).wait_for()
        page.keyboard.type(t("well"))
        page.wait_for_timeout(500)  # until only what was typed is offered
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        page.get_by_role("button", name=t("Save the round")).click()
        expect(page.get_by_text(t("Saved: how {n} people are.", n=1))).to_be_visible()
    store = open_store(folder)
    entered = store.cursor().execute("SELECT kind, outcome, entered_by FROM follow_up_entry").fetchall()
    store.close()
    assert entered == [("health", "well", "Test leader")]


@pytest.mark.timeout(300)
def test_on_a_phone(window: Window, demo_folder: Path, tmp_path: Path) -> None:
    folder = followed(demo_folder, tmp_path / "store")
    state = signed_in(folder)
    with serve(folder) as url:
        small = window(storage_state=state, viewport={"width": 390, "height": 844})
        small.goto(f"{url}/cases")
        card = small.get_by_role("button", name=t("Open"), exact=True).first
        card.click()
        dialog = small.get_by_role("dialog")
        dialog.get_by_role("button", name=t("Save"), exact=True).wait_for()
        settled(small)
        assert not faults(small)
        assert small.evaluate("document.documentElement.scrollWidth") <= 390
