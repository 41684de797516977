"""What stands between the right password and the dashboard, as a browser sees it."""

import re
from datetime import timedelta

import pyotp
import pytest

from quetma.access import accounts, second, sessions
from quetma.access.attempts import FREE, Attempts
from quetma.web import routes, steps, wall
from tests.web.browser import Browser

NAME, PASSWORD, OTHER = "Hà Minh Tôn", "một mật khẩu dài", "ba con mèo ngồi ngắm trăng"


@pytest.fixture
def unit(empty_store, monkeypatch):
    """The unit's store, with one leader."""
    monkeypatch.setenv("QUETMA_STORE", str(empty_store.folder))
    monkeypatch.setattr(routes, "attempts", Attempts())
    monkeypatch.setattr(steps, "attempts", Attempts())
    accounts.add(empty_store, NAME, PASSWORD, "leader")
    return empty_store


@pytest.fixture
def clock(monkeypatch):
    """Seconds of the second factor, which a test moves on."""
    at = [1_800_000_000]
    monkeypatch.setattr(second, "_seconds", lambda: at[0])
    return at


def signed_in(browser):
    return sessions.find(browser.cookies.get(wall.COOKIE))


def come(name=NAME, password=PASSWORD, path="/flow"):
    """A browser after the first form, and where that leads."""
    browser = Browser()
    answer = browser.request("POST", "/sign-in", params={"next": path}, data={"name": name, "password": password})
    return browser, answer.headers.get("location")


def test_a_first_password_leads_nowhere_but_to_another(unit):
    name, first = accounts.add_first(unit, "Lường Văn Sơn", "viewer", NAME)
    browser, on = come(name, first)
    assert on == "/sign-in/password" and not signed_in(browser)
    assert browser.get("/flow").headers["location"].startswith("/sign-in")
    for chosen, again, said in (
        (first, first, "mật khẩu ban đầu"),
        ("ngắn 1", "ngắn 1", "quá ngắn"),
        (OTHER, "x", "không giống"),
    ):
        answer = browser.post("/sign-in/password", password=chosen, again=again)
        assert answer.status_code == 400 and said in answer.text and chosen not in answer.text
    answer = browser.post("/sign-in/password", password=OTHER, again=OTHER)
    assert answer.headers["location"] == "/flow"
    assert signed_in(browser).account == name
    assert steps.COOKIE not in browser.cookies
    assert come(name, first)[1] is None
    assert come(name, OTHER)[1] == "/flow"


def test_with_a_second_factor_the_password_alone_opens_nothing(unit, clock):
    secret = second.new_secret()
    [paper, *_] = second.confirm(unit, NAME, secret, pyotp.TOTP(secret).at(clock[0]))
    browser, on = come()
    assert on == "/sign-in/code" and not signed_in(browser)
    for path in ("/flow", "/sign-in/go-on", "/sign-in/password", "/sign-in/second-factor"):
        assert browser.get(path).headers["location"].startswith("/sign-in"), path
    assert browser.post("/sign-in/password", password=OTHER, again=OTHER).headers["location"] == "/sign-in/code"
    assert browser.post("/sign-in/code", code=pyotp.TOTP(secret).at(clock[0])).status_code == 401  # taken already
    clock[0] += 30
    assert browser.post("/sign-in/code", code=pyotp.TOTP(secret).at(clock[0])).headers["location"] == "/flow"
    assert signed_in(browser).account == NAME
    lost, _ = come()
    assert lost.post("/sign-in/code", code=paper).headers["location"] == "/flow"


def test_guessing_codes_is_slowed_down_wherever_from(unit, clock):
    secret = second.new_secret()
    second.confirm(unit, NAME, secret, pyotp.TOTP(secret).at(clock[0]))
    clock[0] += 30
    for _ in range(FREE):
        browser, _ = come()
        assert browser.post("/sign-in/code", code="000000").status_code == 401
    browser, _ = come()
    answer = browser.post("/sign-in/code", code=pyotp.TOTP(secret).at(clock[0]))
    assert answer.status_code == 429 and not signed_in(browser)


def test_leaders_who_must_have_a_second_factor_set_it_up_and_get_codes_on_paper_once(unit, clock):
    unit.set("leaders_second_factor", "yes")
    accounts.add(unit, "Xem", PASSWORD, "viewer")
    assert come("Xem")[1] == "/flow"
    browser, on = come()
    assert on == "/sign-in/second-factor" and not signed_in(browser)
    page = browser.get(on).text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert "data:image/svg+xml" in page and "otpauth" not in page
    assert browser.post(on, code="12").status_code == 401
    answer = browser.post(on, code=pyotp.TOTP(secret).at(clock[0]))
    assert len(re.findall(r"<li><code>", answer.text)) == second.RECOVERY and not signed_in(browser)
    assert browser.get("/sign-in/go-on").headers["location"] == "/flow"
    assert signed_in(browser).account == NAME


def test_the_language_can_be_changed_on_the_way(unit):
    browser, on = come(*accounts.add_first(unit, "Sơn", "viewer", NAME))
    answer = browser.get("/sign-in?lang=en&next=/")
    assert browser.get(answer.headers["location"]).headers["location"] == on
    assert "Choose a new password" in browser.get(on).text


def test_a_step_ends_after_a_while_and_with_the_account(unit, monkeypatch):
    name, first = accounts.add_first(unit, "Sơn", "viewer", NAME)
    browser, _ = come(name, first)
    late = steps.now() + steps.LASTS * 2
    with monkeypatch.context() as later:
        later.setattr(steps, "now", lambda: late)
        assert browser.get("/sign-in/password").headers["location"] == "/sign-in"
    accounts.switch(unit, name, False, NAME)
    assert browser.get("/sign-in/go-on").headers["location"] == "/sign-in"


def test_ones_own_password_is_changed_by_who_knows_it_and_ends_the_other_sessions(unit):
    (browser, _), (elsewhere, _) = come(), come()
    wrong = browser.post("/sign-in/password", present="sai", password=OTHER, again=OTHER)
    assert wrong.status_code == 401 and signed_in(elsewhere)
    right = browser.post("/sign-in/password", present=PASSWORD, password=OTHER, again=OTHER)
    assert right.status_code == 200
    assert signed_in(browser) and not signed_in(elsewhere)
    assert accounts.verify(unit, NAME, OTHER) == "leader"


def test_the_password_once_more_is_good_for_some_minutes_and_for_this_browser(unit, monkeypatch):
    (browser, _), (elsewhere, _) = come(), come()
    started = signed_in(browser).started
    assert sessions.proved(signed_in(browser)), "they have just signed in"
    later = started + sessions.PROOF + timedelta(seconds=1)
    monkeypatch.setattr(sessions, "now", lambda: later)
    assert not sessions.proved(signed_in(browser))
    assert browser.post("/sign-in/again", present="sai").status_code == 401
    assert not sessions.proved(signed_in(browser))
    answer = browser.post("/sign-in/again", present=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts")
    assert sessions.proved(signed_in(browser)) and not sessions.proved(signed_in(elsewhere))
    assert [browser.post("/sign-in/again", present="sai").status_code for _ in range(FREE + 1)] == [401] * FREE + [429]


def test_ones_own_second_factor_needs_the_password_too(unit, clock):
    browser, _ = come()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", browser.get("/sign-in/second-factor").text)[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock[0])
    assert browser.post("/sign-in/second-factor", code=code, present="sai").status_code == 401
    assert not accounts.find(unit, NAME).second
    assert browser.post("/sign-in/second-factor", code=code, present=PASSWORD).status_code == 200
    assert accounts.find(unit, NAME).second


def test_over_https_the_session_is_of_this_very_host(unit):
    browser = Browser(url="https://quetma.example")
    answer = browser.post("/sign-in", name=NAME, password=PASSWORD)
    [cookie] = [line for line in answer.headers.get_list("set-cookie") if wall.HTTPS_COOKIE in line]
    assert {"httponly", "secure", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()
    assert browser.get("/sign-in").headers["location"] == "/"
    away = browser.post("/sign-out").headers["set-cookie"]
    assert away.startswith(wall.HTTPS_COOKIE) and "secure" in away.lower()
    assert sessions.live(unit) == []
