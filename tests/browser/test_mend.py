"""Must show: a file with an unknown header is uploaded, its columns named, three rejected rows mended, all undone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from quetma.store import Store, open_store
from tests.browser.conftest import Window, settled, t
from tests.browser.test_accessible import faults
from tests.conftest import serve, sign_in

pytestmark = pytest.mark.browser

LOG = (
    "Người tới,Liên lạc,Lúc,Chỗ\n"
    + "".join(f"Lò Văn {name},091200000{n},24/08/2021 08:1{n},Mai Sơn\n" for n, name in enumerate("ABCDE"))
    + "Hà Văn G,09120,24/08/2021 09:00,Mai Sơn\n"
    + "Hà Văn H,0912000007,hôm qua,Mai Sơn\n"
    + "Hà Văn I,0912000008,24/08/2021 09:02,\n"
)


def signed_in(folder: Path) -> dict[str, Any]:
    """The `storage_state` of a browser with a leader signed in to the store in that folder."""
    from quetma.web.page import COOKIE

    store = open_store(folder)
    token = sign_in(store)
    store.close()
    cookie = {"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}
    return {"cookies": [{**cookie, "expires": -1, "secure": False}], "origins": []}


def type_into(page: Page, editor: Locator, row: int, column: int, text: str) -> None:
    """Corrects a cell of an editable table with the keyboard, from its first cell on; row and column from 0."""
    editor.scroll_into_view_if_needed()
    editor.click(position={"x": 30, "y": 52})
    for key in ["ArrowDown"] * row + ["ArrowRight"] * column:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    cell = page.locator("textarea.gdg-input")
    cell.fill(text)
    cell.press("Enter")
    expect(cell).to_have_count(0)
    expect(page.get_by_role("button", name=t("Load mended rows: {n}", n=row + 1))).to_be_visible()
    settled(page)


def take_back(page: Page, number: int) -> None:
    """Undoes the open upload."""
    page.get_by_role("button", name=t("Take this upload back")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(t("Take back upload {batch}?", batch=number))
    dialog.get_by_role("button", name=t("Take it back")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def scans(store: Store) -> list[tuple[str, str]]:
    return store.cursor().execute("SELECT name, phone FROM scan JOIN person USING (person_id) ORDER BY name").fetchall()


def test_map_mend_undo(window: Window, tmp_path: Path):
    (tmp_path / "cổng.csv").write_text(LOG, "utf-8")
    folder = tmp_path / "store"
    leader = signed_in(folder)
    with serve(folder) as url:
        page = window(storage_state=leader, viewport={"width": 1400, "height": 2400})
        page.goto(f"{url}/upload")
        page.locator("input[type=file]").set_input_files(tmp_path / "cổng.csv")

        # map it: the phone was guessed, the location has to be named
        expect(page.get_by_text(t("Needs your answer"))).to_be_visible()
        page.get_by_role("tab", name=t("Columns"), exact=True).click()
        page.get_by_role("combobox", name=t("Location"), exact=True).click()
        page.get_by_role("option", name="Chỗ · Mai Sơn").click()
        settled(page)
        assert not faults(page)
        page.get_by_role("button", name=t("Read the file like this")).click()

        # load it
        page.get_by_role("button", name=t("Load {n} new rows", n=5)).click()
        counted = "{rows} rows = {accepted} new + {duplicates} already stored + {rejected} rejected"
        done = page.get_by_role("status").filter(has_text=t("Loaded as upload {batch}.", batch=1))
        expect(done).to_contain_text(t(counted, rows=8, accepted=5, duplicates=0, rejected=3))

        # see three rejected rows, mend them
        page.get_by_role("button", name=t("Open upload {batch}: rejected rows, undo", batch=1)).click()
        expect(page.get_by_text(t("{n} rejected", n=3) + ".", exact=True)).to_be_visible()
        editor = page.get_by_test_id("stDataFrame").last
        settled(page)
        type_into(page, editor, 0, 2, "0912000006")
        type_into(page, editor, 1, 3, "24/08/2021 09:01")
        type_into(page, editor, 2, 4, "Mai Sơn")
        assert not faults(page)
        page.get_by_role("button", name=t("Load mended rows: {n}", n=3)).click()
        expect(page.get_by_text(t("{n} of them mended by now", n=3))).to_be_visible()

        # undo the batch; the mended rows are an upload of their own and stay
        take_back(page, 1)
        expect(page.get_by_text(t("Uploads taken back: {n}", n=1))).to_be_visible()
        settled(page)
        assert not faults(page)
    store = open_store(folder)
    assert scans(store) == [(f"Hà Văn {name}", f"+8491200000{n}") for name, n in (("G", 6), ("H", 7), ("I", 8))]
    batches = store.ask("intake/batches", page_size=9, page_start=0).select("batch_id", "row_count", "accepted").rows()
    assert batches == [(2, 3, 3)]
    store.close()
