"""The main job as a leader does it in a browser, on a store that holds nothing yet."""

import csv
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from quetma import people, tracing
from quetma.demo import SAMPLE
from quetma.language import number
from quetma.store import ROOT, open_store
from tests.browser.conftest import PATIENCE, Window, first_leader, go, settled, t
from tests.conftest import serve

pytestmark = pytest.mark.browser

REAL = ROOT.parent / "shared" / "real" / "scans.csv"
# The real log where it lies beside, else the sample: the way through the pages is one.
LOG, SCANS = (REAL, 3344) if REAL.is_file() else (SAMPLE / "quet-ma.csv", 3068)


def last_person(log: Path) -> tuple[str, str]:
    """Name and phone of the last person in a log whose phone is not masked."""
    with log.open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if people.phone(row["Số điện thoại"])]
    return rows[-1]["Họ và tên"], rows[-1]["Số điện thoại"]


def fetched(page: Page, link: str) -> Path:
    """The file that a link of the page brings, whatever tab the browser opens for it."""
    found: list[Download] = []

    def keep(download: Download) -> None:
        found.append(download)

    page.on("download", keep)
    page.context.on("page", lambda tab: tab.on("download", keep))
    page.get_by_role("link", name=link).click()
    until = time.monotonic() + PATIENCE / 1000
    while not found and time.monotonic() < until:
        page.wait_for_timeout(100)
    assert found, "nothing was downloaded"
    return found[0].path()


def test_first_account_upload_trace_export(window: Window, tmp_path: Path):
    name, phone = last_person(LOG)
    with serve(tmp_path / "store") as url:
        page = window()
        first_leader(page, url)

        go(page, t("Upload"))
        page.locator("input[type=file]").set_input_files(LOG)
        page.get_by_role("button", name=t("Load {n} new rows", n=number(SCANS))).click()
        expect(page.get_by_role("status").filter(has_text=number(SCANS))).to_be_visible()

        go(page, t("Tracing"))
        page.get_by_role("searchbox").fill(phone)
        page.get_by_role("button", name=name).click()
        answer = page.get_by_role("heading", name=re.compile(rf"{name}: \d+ nghi F1, \d+ nghi F2"))
        answer.wait_for()
        settled(page)
        f1, f2 = map(int, re.findall(r"(\d+) nghi", answer.inner_text()))
        page.get_by_test_id("stButtonGroup").get_by_text(t("Save and hand over")).click()
        with fetched(page, "CSV").open(encoding="utf-8-sig") as file:
            sentence = file.readline()
            rows = list(csv.DictReader(file))
    assert name in sentence
    assert f1 > 0
    classes = [row[t("Class")] for row in rows]
    assert classes[: f1 + f2] == [t("suspected F1")] * f1 + [t("suspected F2")] * f2
    assert set(classes[f1 + f2 :]) <= {t("possible F1"), t("possible F2")}

    store = open_store(tmp_path / "store")
    person = store.ask("people/with_phone", phone=people.phone(phone))["person_id"][0]
    truth = tracing.trace(store, tracing.Question((tracing.Case(person, store.today()),)), whole=True)
    store.close()
    found = [*truth.f1.iter_rows(named=True), *truth.f2.iter_rows(named=True)]
    exported = [(row[t("Name")], row[t("Phone")]) for row in rows]
    assert sorted(exported) == sorted((row["name"], row["phone_shown"]) for row in found)
