"""A leader makes the report of a month: changes a paragraph, sees it on the page, makes the PDF, takes it along."""

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Demo, Window, settled, t

pytestmark = pytest.mark.browser

WRITTEN = "Đơn vị có 13 công chức, người lao động, trong đó có 02 lãnh đạo."


def test_a_report_is_changed_looked_at_made_and_taken_along(demo: Demo, window: Window, tmp_path: Path) -> None:
    url, state = demo
    page = window(storage_state=state, viewport={"width": 1400, "height": 1200})
    page.goto(f"{url}/documents")
    drawn = page.get_by_role("img", name=t("Page {n} of {all} of the draft", n=1, all=7))
    expect(drawn).to_be_visible()
    assert drawn.evaluate("async (one) => (await one.decode(), one.naturalWidth)") > 500, "the browser can draw it"
    before = drawn.get_attribute("src")
    page.get_by_text(re.compile(t("Write paragraphs otherwise ({changed} of {n} changed)").partition(" (")[0])).click()
    settled(page)
    field = page.get_by_label(t("Paragraph {n}", n=2), exact=True)
    field.fill(WRITTEN)
    field.press("Control+Enter")
    expect(drawn).not_to_have_attribute("src", before or "")
    settled(page)
    page.get_by_role("button", name=t("Make the PDF")).click()
    link = page.get_by_role("link", name=re.compile(r"bao-cao-2021-08-01-2021-08-31\.pdf"))
    expect(link).to_be_visible()
    with page.expect_download() as taken:
        link.click()
    taken.value.save_as(tmp_path / "report.pdf")
    assert taken.value.suggested_filename == "bao-cao-2021-08-01-2021-08-31.pdf"
    with pypdfium2.PdfDocument(tmp_path / "report.pdf") as file:
        text = " ".join(file[0].get_textpage().get_text_range().split())
    assert WRITTEN in text and "Cục Quản lý thị trường" in text
