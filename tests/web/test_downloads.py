"""Exports: fetched by who asked for them, written to the audit, gone from the disk."""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest

from quetma.access import sessions
from quetma.store import now
from quetma.web import downloads, wall
from tests.conftest import sign_in
from tests.web.browser import Browser


@pytest.fixture
def enter(empty_store):
    """`enter("leader")`: a browser signed in to the empty store."""

    def browser(role: str = "leader") -> Browser:
        browser = Browser()
        browser.cookies.set(wall.COOKIE, sign_in(empty_store, role))
        return browser

    return browser


def offered(browser, make=lambda path: path.write_text("họ tên")):
    session = sessions.find(browser.cookies[wall.COOKIE])
    return downloads.offer(session, make, "lịch sử.csv", "text/csv", ("export", "bộ lọc", "1 dòng"))


def left_over(store):
    return list(store.folder.glob(f"{downloads.FOLDER}*"))


def test_a_file_is_made_when_fetched_audited_and_deleted(enter, empty_store):
    made = []
    browser = enter()
    url = offered(browser, lambda path: made.append(path.write_text("họ tên")))
    assert not made
    answer = browser.get(url)
    assert (answer.status_code, answer.text) == (200, "họ tên")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    assert left_over(empty_store) == []
    rows = empty_store.cursor().execute("SELECT account, action, subject, detail FROM audit WHERE action = 'export'")
    assert rows.fetchall() == [("Test leader", "export", "bộ lọc", "1 dòng")]
    assert browser.get(url).status_code == 200  # a second click is no error


def test_nobody_else_can_fetch_it(enter, empty_store):
    browser = enter()
    url = offered(browser)
    assert enter("leader").get(url).status_code == 404  # the same account in another browser
    assert enter("viewer").get(url).status_code == 403
    assert Browser().get(url).headers["location"].startswith("/sign-in")
    sessions.end(browser.cookies[wall.COOKIE])
    assert browser.get(url).status_code == 303


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_without_the_right_not_even_an_own_offer(enter, role):
    browser = enter(role)
    assert browser.get(offered(browser)).status_code == 403


def test_an_offer_is_over_after_its_time(enter, monkeypatch):
    browser = enter()
    url = offered(browser)
    late = now() + downloads.LASTS + timedelta(seconds=1)
    monkeypatch.setattr(downloads, "now", lambda: late)
    answer = browser.get(url)
    assert answer.status_code == 404
    assert "không còn hiệu lực" in answer.text


def test_a_file_that_cannot_be_made_says_so_and_leaves_nothing(enter, empty_store):
    def fail(path):
        path.write_text("half of it")
        raise OSError("No space left on device")

    browser = enter()
    answer = browser.get(offered(browser, fail))
    assert answer.status_code == 500
    assert "Không tạo được tệp" in answer.text and "No space left" not in answer.text
    assert left_over(empty_store) == []
    assert empty_store.cursor().execute("SELECT count(*) FROM audit WHERE action = 'export'").fetchone() == (0,)


def own(browser):
    session = sessions.find(browser.cookies[wall.COOKIE])
    return sum(offer.session.key == session.key for offer in downloads._offers.values())


def test_a_page_drawn_again_and_again_does_not_pile_up_offers(enter, monkeypatch):
    """And takes none from a tab beside it that shows the same."""
    browser = enter()
    monkeypatch.setattr(downloads, "get_script_run_ctx", lambda: SimpleNamespace(session_id="one tab"))
    beside = offered(browser)
    monkeypatch.setattr(downloads, "get_script_run_ctx", lambda: SimpleNamespace(session_id="another"))
    urls = [offered(browser) for _ in range(5)]
    assert [browser.get(url).status_code for url in urls] == [404, 404, 404, 200, 200]
    assert browser.get(beside).status_code == 200
    assert own(browser) == 1 + downloads.KEPT_ALIKE


def test_no_session_has_more_offers_than_it_may(enter, monkeypatch):
    browser = enter()
    urls = []
    for tab in range(downloads.KEPT + 3):
        monkeypatch.setattr(downloads, "get_script_run_ctx", lambda tab=tab: SimpleNamespace(session_id=str(tab)))
        urls.append(offered(browser))
    assert [browser.get(url).status_code for url in (*urls[:4], urls[-1])] == [404, 404, 404, 200, 200]
    assert own(browser) == downloads.KEPT


def test_what_a_killed_server_left_is_swept(empty_store):
    (empty_store.folder / f"{downloads.FOLDER}x").mkdir()
    (empty_store.folder / f"{downloads.FOLDER}x" / "file").write_text("họ tên")
    downloads.sweep(empty_store)
    assert left_over(empty_store) == []


# Files that take a while ----------------------------------------------------------------------------------------------


class Slow:
    """A file of ten rows whose writer goes on only when told to."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.told: list[int] = []
        self.path = None

    def __call__(self, path, told):
        self.path = path
        path.write_text("họ tên")
        for row in range(1, 11):
            self.go.acquire()
            self.told.append(row)
            told(row)


def slow_offer(browser, make, rows=10):
    session = sessions.find(browser.cookies[wall.COOKIE])
    return downloads.offer(session, make, f"{id(make)}.csv", "text/csv", ("export", "bộ lọc", ""), rows=rows)


def until(true):
    """Waits for what another thread does."""
    for _ in range(1000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


def share(browser, url):
    return browser.get(f"{url}/progress").json()


def test_a_large_file_says_how_far_it_is_and_is_then_fetched(enter, empty_store):
    browser, slow = enter(), Slow()
    url = slow_offer(browser, slow)
    assert browser.request("POST", url).json() == {"state": "making", "share": 0}
    slow.go.release(4)
    until(lambda: share(browser, url) == {"state": "making", "share": 0.4})
    slow.go.release(6)
    until(lambda: share(browser, url) == {"state": "ready", "share": 1})
    assert empty_store.cursor().execute("SELECT count(*) FROM audit WHERE action = 'export'").fetchone() == (0,)
    assert browser.get(url).text == "họ tên"
    assert len(slow.told) == 10, "it was made once"
    assert left_over(empty_store) == []
    assert empty_store.cursor().execute("SELECT count(*) FROM audit WHERE action = 'export'").fetchone() == (1,)


def test_a_small_file_is_ready_with_the_first_answer(enter):
    browser = enter()
    url = offered(browser)
    assert browser.request("POST", url).json() == {"state": "ready", "share": 1}
    assert browser.get(url).text == "họ tên"


def test_a_file_that_is_stopped_is_made_no_further_and_leaves_nothing(enter, empty_store):
    browser, slow = enter(), Slow()
    url = slow_offer(browser, slow)
    browser.request("POST", url)
    assert browser.request("DELETE", url).status_code == 204
    slow.go.release(10)
    until(lambda: left_over(empty_store) == [])
    assert len(slow.told) <= 1
    assert browser.get(f"{url}/progress").status_code == 404


def test_a_file_nobody_asks_for_any_more_is_given_up(enter, empty_store, monkeypatch):
    browser, slow = enter(), Slow()
    url = slow_offer(browser, slow)
    browser.request("POST", url)
    monkeypatch.setattr(downloads, "GIVEN_UP", -1)
    slow.go.release(10)
    until(lambda: left_over(empty_store) == [])
    until(lambda: share(browser, url)["state"] == "stopped")  # said a moment after the file went
    monkeypatch.setattr(downloads, "GIVEN_UP", 60)
    assert browser.request("POST", url).json()["state"] == "making", "asked for again, it is begun again"
    slow.go.release(10)
    until(lambda: share(browser, url)["state"] == "ready")


def test_only_so_many_are_made_at_a_time(enter):
    browser = enter()
    slow = [Slow() for _ in range(downloads.AT_ONCE + 1)]
    urls = [slow_offer(browser, make) for make in slow]
    states = [browser.request("POST", url).json()["state"] for url in urls]
    assert states == ["making"] * downloads.AT_ONCE + ["waiting"]
    slow[0].go.release(10)
    until(lambda: share(browser, urls[-1])["state"] == "making")
    for make in slow[1:]:
        make.go.release(10)
    for url in urls:
        until(lambda url=url: share(browser, url)["state"] == "ready")
        assert browser.get(url).status_code == 200


def test_of_large_files_one_is_made_at_a_time_and_small_ones_go_past(enter):
    browser = enter()
    slow = [Slow() for _ in range(3)]
    rows = [downloads.LARGE + 1, downloads.LARGE + 1, 10]
    urls = [slow_offer(browser, make, n) for make, n in zip(slow, rows, strict=True)]
    states = [browser.request("POST", url).json()["state"] for url in urls]
    assert states == ["making", "waiting", "making"]
    for make in slow:
        make.go.release(10)
    for url in urls:
        until(lambda url=url: share(browser, url)["state"] == "ready")
        assert browser.get(url).status_code == 200


def test_nobody_else_can_begin_watch_or_stop_it(enter):
    browser, slow = enter(), Slow()
    url = slow_offer(browser, slow)
    other = enter()
    assert other.request("POST", url).status_code == 404
    browser.request("POST", url)
    assert other.get(f"{url}/progress").status_code == 404
    other.request("DELETE", url)
    assert share(browser, url)["state"] == "making"
    assert enter("viewer").request("DELETE", url).status_code == 403
    browser.request("DELETE", url)
    slow.go.release(10)


def test_a_large_file_that_cannot_be_made_says_so(enter, empty_store):
    def fail(path, told):
        told(3)
        raise OSError("No space left on device")

    browser = enter()
    answer = browser.request("POST", slow_offer(browser, fail))
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/plain; charset=utf-8")
    assert "thử lại" in answer.text.lower() and "No space left" not in answer.text
    assert left_over(empty_store) == []
