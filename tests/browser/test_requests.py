"""A request for information, from the history to the file in the hand."""

import shutil
from datetime import date
from pathlib import Path

import fastexcel
import pytest
from playwright.sync_api import expect

from quetma import archive, inquiries
from quetma.store import open_store
from tests.browser.conftest import Window, go, settled, t
from tests.browser.test_main_job import fetched
from tests.conftest import serve, sign_in

pytestmark = pytest.mark.browser


def test_a_request_from_the_history_is_answered_and_kept(window: Window, demo_folder: Path, tmp_path: Path):
    store = open_store(shutil.copytree(demo_folder, tmp_path / "store"))
    token = sign_in(store)
    store.close()
    with serve(store.folder) as url:
        page = window()
        page.context.add_cookies([{"name": "quetma_session", "value": token, "url": url}])
        page.goto(f"{url}/history")
        settled(page)
        link = page.get_by_role("link", name="Excel")
        of_all = link.get_attribute("href") or ""
        page.get_by_test_id("stButtonGroup").get_by_text(t("Visitor"), exact=True).click()
        expect(link).not_to_have_attribute("href", of_all)
        settled(page)
        with fetched(page, "Excel").open("rb") as file:  # a large export comes by the same way
            whole = fastexcel.read_excel(file.read()).load_sheet(0, header_row=2).to_polars()
        assert set(whole[t("Staff or visitor")]) == {t("Visitor")}

        page.get_by_role("button", name=t("Answer a request with these scans")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(t("Documents"))
        page.get_by_label(t("Who asks")).fill("Trạm Y tế xã Hát Lót")
        page.get_by_label(t("For what purpose")).fill("điều tra dịch tễ")
        page.get_by_label(t("Number of the document (empty: none)")).fill("12/TYT")
        page.get_by_role("button", name=t("Enter it in the register")).click()
        page.get_by_role("button", name=t("Answer: make the list and the letter")).click()
        link = page.get_by_role("link", name="lich-su-quet-ma-yeu-cau-1.xlsx")
        link.wait_for()
        answer = fetched(page, link.inner_text().split("\n")[-1]).read_bytes()
        given = fastexcel.read_excel(answer).load_sheet(0, header_row=2).to_polars()
        assert given.height == whole.height
        assert all(name.endswith("***") for name in given[t("Full name")].drop_nulls())

        page.get_by_test_id("stButtonGroup").get_by_text(t("Made so far ({n})", n=3)).click()
        expect(page.get_by_role("link", name="cong-van-yeu-cau-1.docx")).to_be_visible()
        go(page, t("Audit"))

    store = open_store(tmp_path / "store")
    [known] = inquiries.all_of(store)
    kept = [archive.one(store, number) for number in known.documents]
    actions = store.cursor().execute("SELECT action FROM audit WHERE account = 'Test leader'").fetchall()
    store.close()
    assert (known.requester, known.document, known.outcome) == ("Trạm Y tế xã Hát Lót", "12/TYT", "answered")
    assert known.filter.kind == "visitor" and known.filter.last == date(2021, 8, 27)
    assert [document.format for document in kept] == ["xlsx", "pdf", "docx"]
    assert {"export scans", "enter request", "answer request", "make document", "export document"} <= {
        action for (action,) in actions
    }
