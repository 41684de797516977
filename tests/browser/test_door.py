"""From a place that is registered to a visitor who is traced: printed, scanned, checked in by phone, checked out."""

import csv
import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Window, first_leader, go, settled, t
from tests.browser.test_accessible import faults
from tests.browser.test_main_job import fetched
from tests.conftest import serve

pytestmark = pytest.mark.browser

PLACE = "Trụ sở Mai Sơn"
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


def printed_code(page: Page, url: str) -> str:
    """Registers a place, makes its code, prints it; what a camera reads off the printed page."""
    go(page, t("Locations and codes"))
    page.get_by_role("textbox", name=t("Address")).fill(url)
    page.get_by_role("button", name=t("Save")).click()
    expect(page.get_by_text(t("The address is saved."))).to_be_visible()
    page.get_by_role("button", name=t("Register a place")).click()
    page.get_by_role("textbox", name=t("Name of the place")).fill(PLACE)
    page.get_by_role("button", name=t("Save")).last.click()
    expect(page.get_by_role("heading", name=t("Printed codes of {place}", place=PLACE))).to_be_visible()
    page.get_by_role("button", name=t("Make a new code")).click()
    expect(page.get_by_text(t("our own check-in page"))).to_be_visible()
    settled(page)
    assert not faults(page)
    document = pypdfium2.PdfDocument(fetched(page, t("A4 for the door (PDF)")))
    assert len(document) == 1
    assert PLACE in document[0].get_textpage().get_text_range()
    [code] = zxingcpp.read_barcodes(document[0].render(scale=100 / 72).to_pil())
    return code.text


def send(phone: Page, name: str, number: str) -> None:
    """A visitor fills the form in and sends it."""
    phone.get_by_role("textbox", name=t("Your full name")).fill(name)
    phone.get_by_role("textbox", name=t("Your phone number")).fill(number)
    phone.get_by_role("checkbox", name=t("None of these")).check()
    phone.wait_for_timeout(1100)  # as long as nobody reads faster
    phone.get_by_role("button", name=t("Send")).click()


@pytest.mark.timeout(300)
def test_a_printed_code_leads_to_a_check_in_that_every_page_knows(window: Window, tmp_path: Path):
    with serve(tmp_path / "store") as url:
        page = window()
        first_leader(page, url)
        address = printed_code(page, url)
        assert re.fullmatch(re.escape(url) + r"/c/[\w-]{22}", address)

        khach, ban = window(**PHONE), window(**PHONE, color_scheme="dark")
        for phone, name, number in ((khach, "Cà Thị Khách", "0987 654 321"), (ban, "Lò Văn Bạn", "0987 654 322")):
            phone.goto(address)
            assert not faults(phone)
            if phone is khach:
                words = t("Remember my name, phone and address on this phone for next time")
                phone.get_by_role("checkbox", name=words).check()
            send(phone, name, number)
            expect(phone.get_by_role("heading", name=t("You are checked in"))).to_be_visible()
            expect(phone.get_by_text(PLACE)).to_be_visible()
            assert not faults(phone)

        go(page, t("Gate"))
        on_site(page, 2)
        expect(cell(page, "Cà Thị Khách")).to_be_attached()
        go(page, t("Visitor flow"))
        on_site(page, 2)
        expect(cell(page, "Cà Thị Khách")).to_be_attached()

        khach.goto(address)  # the second scan: it remembers, and offers leaving
        expect(khach.get_by_role("textbox", name=t("Your full name"))).to_have_value("Cà Thị Khách")
        expect(khach.get_by_role("radio", name=t("I am leaving"))).to_be_checked()
        expect(khach.get_by_text(t("Your health today"))).to_be_hidden()
        khach.wait_for_timeout(1100)
        khach.get_by_role("button", name=t("Send")).click()
        expect(khach.get_by_role("heading", name=t("You are checked out"))).to_be_visible()

        page.reload()
        on_site(page, 1)
        expect(cell(page, "Lò Văn Bạn")).to_be_attached()
        expect(cell(page, "Cà Thị Khách")).not_to_be_attached()

        go(page, t("Scan history"))
        expect(page.get_by_text(t("Export all {n}", n=3))).to_be_visible()
        scans = [(row[t("Full name")], row[t("In/out")], row[t("Location")]) for row in table(page, "CSV")]
        assert scans == [
            ("Cà Thị Khách", t("out"), PLACE), ("Lò Văn Bạn", t("in"), PLACE), ("Cà Thị Khách", t("in"), PLACE)
        ]  # fmt: skip

        go(page, t("Tracing"))
        page.get_by_role("searchbox").fill("0987654322")
        page.get_by_role("button", name="Lò Văn Bạn").click()
        page.get_by_role("heading", name=re.compile(r"Lò Văn Bạn: 1 nghi F1, 0 nghi F2")).wait_for()
        settled(page)
        page.get_by_test_id("stButtonGroup").get_by_text(t("Save and hand over")).click()
        [met] = table(page, "CSV")
        assert (met[t("Class")], met[t("Name")]) == (t("suspected F1"), "Cà Thị Khách")


def on_site(page: Page, count: int) -> None:
    """Opens the list of who is there now, of so many."""
    page.get_by_text(t("Who is on site now: {n}", n=count)).click()
    settled(page)


def cell(page: Page, text: str) -> Locator:
    """A cell of a table; it is drawn on a canvas, and stands beside it for those who cannot see."""
    return page.locator("[role=gridcell]", has_text=text)


def table(page: Page, link: str) -> list[dict[str, str]]:
    """The rows of a CSV that a link brings, below the sentence that says what was filtered."""
    with fetched(page, link).open(encoding="utf-8-sig") as file:
        file.readline()
        return list(csv.DictReader(file))
