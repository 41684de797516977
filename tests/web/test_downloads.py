"""Exports: fetched by who asked for them, written to the audit, gone from the disk."""

from datetime import timedelta

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


def test_a_page_drawn_again_and_again_does_not_pile_up_offers(enter):
    browser = enter()
    urls = [offered(browser) for _ in range(downloads.KEPT * 2)]
    assert browser.get(urls[0]).status_code == 404
    assert browser.get(urls[-1]).status_code == 200
    own = sessions.find(browser.cookies[wall.COOKIE]).key
    assert sum(offer.session.key == own for offer in downloads._offers.values()) == downloads.KEPT


def test_what_a_killed_server_left_is_swept(empty_store):
    (empty_store.folder / f"{downloads.FOLDER}x").mkdir()
    (empty_store.folder / f"{downloads.FOLDER}x" / "file").write_text("họ tên")
    downloads.sweep(empty_store)
    assert left_over(empty_store) == []
