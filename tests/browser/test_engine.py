"""The main job as a leader does it in a browser, while a Spark Connect server (Sail) answers instead of the store."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from quetma import compliance, engine, terms
from quetma.demo import SAMPLE
from quetma.engine.lake import Lake
from quetma.language import number
from quetma.store import open_store
from tests.browser.conftest import Window, first_leader, go, settled, t
from tests.browser.test_main_job import LOG, SCANS, fetched
from tests.browser.test_mend import take_back
from tests.browser.test_tracing import click_in_table
from tests.conftest import serve
from tests.engine.servers import Server

pytestmark = pytest.mark.browser

LOAD = re.compile(t("Load {n} new rows", n=0).replace("0", r"\d+"))


def test_sign_in_upload_compliance_trace_export_undo(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sail = Server("local").start()
    monkeypatch.setenv("QUETMA_ENGINE", sail.address)
    folder = tmp_path / "store"
    try:
        with serve(folder) as url:
            page = window()
            first_leader(page, url)
            go(page, t("Upload"))
            page.locator("input[type=file]").set_input_files(LOG)
            page.get_by_role("button", name=t("Load {n} new rows", n=number(SCANS))).click()
            expect(page.get_by_role("status").filter(has_text=number(SCANS))).to_be_visible()
            opener = page.get_by_role("button", name=t("Open upload {batch}: rejected rows, undo", batch=1))
            opener.wait_for()
            for name in ("danh-sach-can-bo.csv", "ung-dung.csv"):
                page.locator("input[type=file]").set_input_files(SAMPLE / name)
                page.get_by_role("button", name=LOAD).click()
                expect(page.get_by_role("button", name=LOAD)).to_have_count(0)
            go(page, t("Compliance"))
            shown = page.get_by_test_id("stMetric").filter(has_text=terms.duties(t)["apps"]).inner_text()

            go(page, t("Scan history"))
            expect(page.get_by_role("heading", level=3)).to_contain_text(
                re.compile(rf"{re.escape(number(SCANS))} lượt")
            )
            with fetched(page, "CSV").open(encoding="utf-8-sig") as file:
                file.readline()
                assert len(list(csv.DictReader(file))) == SCANS
            go(page, t("Scan history"))
            click_in_table(page)
            page.get_by_role("heading", name=re.compile(r"\d+ nghi F1, \d+ nghi F2")).wait_for()
            settled(page)
            page.get_by_test_id("stButtonGroup").get_by_text(t("Save and hand over")).click()
            with fetched(page, "CSV").open(encoding="utf-8-sig") as file:
                file.readline()
                assert t("suspected F1") in {row[t("Class")] for row in csv.DictReader(file)}
            go(page, t("Overview"))
            settled(page)

            go(page, t("Upload"))
            opener.click()
            take_back(page, 1)
            expect(page.get_by_text(t("Uploads taken back: {n}", n=1))).to_be_visible()
            go(page, t("Visitor flow"))
            settled(page)
            assert not page.get_by_text(number(SCANS)).count()

            # It was Sail that answered: without it a page says so, and a file is taken all the same.
            sail.kill()
            go(page, t("Upload"))
            page.locator("input[type=file]").set_input_files(LOG)
            page.get_by_role("button", name=t("Load {n} new rows", n=number(SCANS))).click()
            expect(page.get_by_text(t("Loaded as upload {batch}.", batch=4))).to_be_visible()
            go(page, t("Visitor flow"))
            expect(page.get_by_role("alert")).to_contain_text("Không mất dữ liệu nào")
            sail.start()
            page.reload()
            expect(page.get_by_role("alert")).to_have_count(0)
            settled(page)
    finally:
        sail.kill()
    monkeypatch.delenv("QUETMA_ENGINE")
    store = open_store(folder)
    lake = Lake(engine.lake_folder(store))
    assert lake.check(store) == []
    state = lake.state()
    have, due = compliance.rate(compliance.people(store, store.today()), "apps")
    assert f"{have}/{due}" in shown and have
    assert state and sum(rows for rows, _ in state.parts["scan"].values()) == SCANS
    store.close()
