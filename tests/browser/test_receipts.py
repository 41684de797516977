"""An answer is saved, a late log uploaded, the difference seen; the workbook is downloaded and opened; a drill."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from quetma import directory, drill, receipts, tracing
from quetma.language import number
from quetma.store import open_store
from tests.browser.conftest import Window, go, settled, t
from tests.browser.test_accessible import faults
from tests.browser.test_main_job import fetched
from tests.browser.test_mend import signed_in
from tests.conftest import serve

pytestmark = pytest.mark.browser

CASE, PHONE = "Nguyễn Đình Khôi", "0900999001"
LATE = (
    "Họ và tên,Số điện thoại,Thời gian quét,Địa điểm,Vào/Ra\n"
    "Lò Văn Muộn,0912777001,24/08/2021 09:00:00,Trụ sở Mai Sơn,Vào\n"
    "Lò Văn Muộn,0912777001,24/08/2021 09:20:00,Trụ sở Mai Sơn,Ra\n"
)


def picked(page: Page, url: str) -> None:
    """The case's trace, on the view for keeping it and taking it along."""
    page.goto(f"{url}/tracing")
    page.get_by_role("searchbox").first.fill(PHONE)
    page.get_by_role("button", name=CASE).click()
    page.get_by_role("heading", name=re.compile(rf"{CASE}: \d+ nghi F1")).wait_for()
    settled(page)
    page.get_by_role("radio", name=t("Save and hand over")).click()
    page.get_by_role("button", name=t("Save this answer")).wait_for()
    settled(page)


@pytest.mark.timeout(300)
def test_save_upload_a_late_log_see_the_difference_open_the_workbook(
    window: Window, demo_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "store"))
    state = signed_in(folder)
    (tmp_path / "muon.csv").write_text(LATE, encoding="utf-8")
    with serve(folder) as url:
        page = window(storage_state=state)
        picked(page, url)
        page.get_by_label(t("Note")).fill("báo cáo lần 1")
        page.get_by_role("button", name=t("Save this answer")).click()
        expect(page.get_by_text(re.compile("Đã lưu, số 1"))).to_be_visible()
        book = CalamineWorkbook.from_path(str(fetched(page, t("Workbook with all evidence"))))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}

        page.get_by_text(t("Saved answers"), exact=True).click()
        expect(page.get_by_text(t("Unchanged: asked now, the answer is the same."))).to_be_visible()

        go(page, t("Upload"))
        page.locator("input[type=file]").set_input_files(tmp_path / "muon.csv")
        page.get_by_role("button", name=t("Load {n} new rows", n=number(2))).click()
        expect(page.get_by_role("status").filter(has_text="2")).to_be_visible()

        go(page, t("Tracing"))
        page.get_by_text(t("Saved answers"), exact=True).click()
        badge = page.get_by_text(re.compile(r"\+1 F1.*vì tệp muon\.csv được tải lên"))
        expect(badge).to_be_visible()
        page.get_by_role("button", name=t("Open"), exact=True).click()
        page.get_by_role("tab", name=re.compile("Nay khác")).click()
        expect(page.get_by_role("tabpanel").get_by_text(re.compile("vì tệp muon"))).to_be_visible()
        saved = CalamineWorkbook.from_path(str(fetched(page, t("Workbook (Excel)"))))
        again = saved.get_sheet_by_name("F1").to_python()
        settled(page)
        assert not faults(page)

    store = open_store(folder)
    person = directory.find(store, CASE)["person_id"][0]
    case = tracing.Case(person, store.today().replace(day=25))
    now = tracing.trace(store, tracing.Question((case,)), whole=True)
    [receipt], _ = receipts.saved(store)
    store.close()
    before = receipt.answer.f1.filter(certainty="seen").height + receipt.answer.f1.filter(certainty="inferred").height
    assert now.counts["f1"] == before + 1 and "Lò Văn Muộn" in now.f1["name"].to_list()
    for rows in (sheets["F1"], again):
        assert [row[0] for row in rows[3:]] == tracing.suspected(receipt.answer.f1)["name"].to_list()
    assert sheets["F0"][3][:2] == [CASE, PHONE]
    assert {row[0] for row in sheets[t("Evidence")][3:]} == {"F0–F1", "F1–F2"}


@pytest.mark.timeout(300)
def test_a_drill_on_a_phone(window: Window, demo_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(demo_folder, tmp_path / "store"))
    state = signed_in(folder)
    with serve(folder) as url:
        page = window(storage_state=state, viewport={"width": 390, "height": 844})
        page.goto(f"{url}/drill")
        expect(page.get_by_role("heading", name=drill.MARK, exact=True)).to_be_visible()
        page.get_by_role("button", name=t("Start a drill")).click()
        page.get_by_role("button", name=t("Finish the drill")).wait_for()
        settled(page)
        assert not faults(page)
        reach = page.get_by_role("button", name=t("Reached"), exact=True)
        if reach.count():
            reach.first.click()
            expect(page.get_by_text(re.compile(r"^1 / \d+$"))).to_be_visible()
        page.get_by_role("button", name=t("Finish the drill")).click()
        expect(page.get_by_role("heading", name=t("Results so far"))).to_be_visible()
        expect(page.get_by_role("heading", name=drill.MARK, exact=True)).to_be_visible()
        settled(page)
        assert not faults(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
