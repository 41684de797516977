"""The gate screen: a queue of people through the scanner field, a network that fails, the camera, a phone."""

import io
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import Error, Page, Route, expect

from quetma import badges, rollups
from quetma.store import open_store
from quetma.web.page import COOKIE
from tests.browser.conftest import PATIENCE, Window, t
from tests.browser.test_accessible import faults
from tests.conftest import serve, sign_in

pytestmark = pytest.mark.browser

GIVEN = (
    "An", "Bình", "Cường", "Dũng", "Đức", "Giang", "Hà", "Hùng", "Khánh", "Long", "Minh", "Nam", "Phúc", "Quân", "Sơn",
    "Tâm", "Út",
)  # fmt: skip
VISITORS = [f"Lò Văn {name}" for name in GIVEN]
CARDS = [f"0140900001{n:02}||{name}|0203{1960 + n}|Nam|Bản Hát Lót|31122021" for n, name in enumerate(VISITORS)]
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


class Gate:
    """A dashboard of its own on the demo unit, whose 13 staff have badges, and the ways into it."""

    def __init__(self, folder: Path) -> None:
        store = open_store(folder)
        people = badges.staff(store, store.today())["person_id"].to_list()
        badges.issue(store, people, "Test")
        self.badges = dict(badges.staff(store, store.today()).select("name", "token").iter_rows())
        self.tokens = {role: sign_in(store, role) for role in ("leader", "gatekeeper", "viewer")}
        store.close()
        self.folder = folder
        self.url = ""

    def state(self, role: str) -> dict[str, Any]:
        cookie = {"name": COOKIE, "value": self.tokens[role], "domain": "127.0.0.1", "path": "/", "httpOnly": True}
        return {"cookies": [{**cookie, "sameSite": "Lax", "expires": -1, "secure": False}], "origins": []}


@pytest.fixture(scope="module")
def gate(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    made = Gate(shutil.copytree(demo_folder, tmp_path_factory.mktemp("gate") / "store"))
    with serve(made.folder) as url:
        made.url = url
        yield made
    store = open_store(made.folder)  # after all of it: nothing half done, nothing but what was scanned
    assert rollups.check(store) == []
    store.close()


def scan(page: Page, text: str, end: str = "Enter") -> None:
    """As a scanner does: at once, wherever the focus is. Each key costs a test some milliseconds, so only the first few
    of a long code are keys.
    """
    page.keyboard.type(text[:12])
    page.keyboard.insert_text(text[12:])
    page.keyboard.press(end)


def until(page: Page, holds: str, seconds: float) -> None:
    """Waits until that is so; the policy of the page forbids Playwright's own way of asking."""
    end = time.monotonic() + seconds
    while not page.evaluate(holds):
        assert time.monotonic() < end, holds
        page.wait_for_timeout(50)


def all_sent(page: Page, seconds: float = PATIENCE / 1000) -> None:
    until(page, "toSend().length === 0 && !sending", seconds)


def entered(page: Page) -> list[str]:
    """The names acknowledged, newest first."""
    return page.evaluate("shown.filter((line) => line.status === 'done').map((line) => line.name)")


def kept(page: Page) -> str:
    return page.evaluate("localStorage.getItem(KEPT)")


def test_thirty_people_in_a_row_and_none_is_lost(gate: Gate, window: Window, record_property):
    page = window(storage_state=gate.state("gatekeeper"))
    page.goto(f"{gate.url}/gate-screen")
    all_sent(page)
    page.evaluate("() => { globalThis.all = []; const before = settle;"
                  " settle = (result) => { all.push(result); before(result); };"
                  " const counted = count;"
                  " count = (here) => { globalThis.inside = here; counted(here); }; }")  # fmt: skip
    took: list[float] = []
    page.on("response", lambda answer: took.append(float(answer.headers["server-timing"].split("dur=")[1]))
            if answer.url.endswith("/entries") else None)  # fmt: skip
    people = [*zip(gate.badges, gate.badges.values(), strict=True), *zip(VISITORS, CARDS, strict=True)]
    assert len(people) == 30
    for n, (_, text) in enumerate(people):
        scan(page, text, "Tab" if n % 3 == 1 else "Enter")
    all_sent(page, seconds=150)
    results = page.evaluate("all")
    assert [result["status"] for result in results] == ["done"] * 30
    assert [result["name"] for result in results] == [name for name, _ in people]
    assert {result["kind"] for result in results[:13]} == {"staff"}
    assert len({result["entry"] for result in results}) == 30
    expect(page.locator(".ack .name")).to_have_text(VISITORS[-1])
    expect(page.locator("#here")).to_contain_text(str(page.evaluate("inside.people")))
    record_property("server milliseconds a request, in order", [round(ms) for ms in took])


def test_a_network_that_fails_loses_nothing_and_doubles_nothing(gate: Gate, window: Window):
    page = window(**PHONE, storage_state=gate.state("gatekeeper"))
    page.goto(f"{gate.url}/gate-screen")
    all_sent(page)
    page.locator("#field").focus()
    before = page.locator("#here").inner_text()
    page.context.set_offline(True)
    names = [f"Quàng Thị {name}" for name in ("Mây", "Ban", "Hoa", "Lả")]
    for n, name in enumerate(names):
        scan(page, f"01419000030{n}|05000030{n}|{name}|02031990|Nữ|Bản Hát Lót, Mai Sơn|31122021")
    expect(page.locator("#net")).to_contain_text(t("The network is down. Go on scanning: everything is kept here and "
                                                   "sent when it is back."))  # fmt: skip
    expect(page.locator("#net")).to_contain_text(t("To be sent: {n}", n=4))
    expect(page.locator(".ack")).to_contain_text("Quàng Thị Lả")
    expect(page.locator(".ack")).to_contain_text(t("Kept on this device, not sent yet"))
    assert "Quàng Thị Mây" in kept(page)
    assert not re.search("1419|5000030|Hát Lót", kept(page))  # no number, no address, not even for a minute
    assert not faults(page)

    # Back, but every answer is lost on its way: the entries arrive more than once.
    lost = [0]

    def lose(route: Route) -> None:
        with suppress(Error):  # the page is loaded anew meanwhile
            if lost[0] < 2:
                route.fetch()
            route.abort()
        lost[0] += 1

    page.route("**/entries", lose)
    page.context.set_offline(False)
    while lost[0] < 3:
        page.wait_for_timeout(50)
    assert page.evaluate("queue.length") == 4
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()  # the page is new, what it kept is not
    assert page.evaluate("queue.length") == 4
    page.unroute("**/entries")
    all_sent(page)
    assert kept(page) == "[]"
    expect(page.locator("#net")).to_have_text(t("Connected"))
    there, were = (int(re.findall(r"\d+", text)[0]) for text in (page.locator("#here").inner_text(), before))
    assert there == were + 4


def test_a_badge_by_camera(gate: Gate, window: Window):
    page = window(**PHONE, storage_state=gate.state("gatekeeper"))
    page.goto(f"{gate.url}/gate-screen")
    name, token = next(iter(gate.badges.items()))
    picture = io.BytesIO()
    segno.make_qr(token).save(picture, kind="png", scale=12, border=6)
    nothing = t("No code was found on the picture. Come closer, hold still, avoid glare; or type the name.")
    for content, said in ((picture.getvalue(), name), (b"no picture", nothing)):
        page.locator("#camera").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": content})
        expect(page.locator(".ack")).to_contain_text(said)


def test_who_may(gate: Gate, window: Window):
    page = window(storage_state=gate.state("viewer"))
    assert page.goto(f"{gate.url}/gate-screen").status == 403
    assert page.request.post(f"{gate.url}/gate-screen/entries", data='{"ops": []}').status == 403
    page = window()
    page.goto(f"{gate.url}/gate-screen")
    assert "/sign-in" in page.url
    assert page.request.post(f"{gate.url}/gate-screen/entries", data='{"ops": []}').status == 401


def test_axe_finds_nothing_serious_on_the_gate_screen(gate: Gate, window: Window):
    page = window(color_scheme="light", storage_state=gate.state("leader"))
    page.goto(f"{gate.url}/gate-screen")
    for text in (*CARDS[:2], "a|b|c|d", "mai"):
        scan(page, text)
    page.locator(".ask").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert not faults(page)
