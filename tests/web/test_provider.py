"""Sign-in through the agency's own provider, against one that runs."""

import time
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from quetma import secret
from quetma.access import accounts, oidc, sessions
from quetma.web import wall
from tests.web import provider as real
from tests.web.browser import Browser


@pytest.fixture(scope="module")
def listening():
    with real.running() as provider:
        yield provider


@pytest.fixture
def agency(empty_store, listening, monkeypatch):
    """The provider, and a unit that uses it."""
    monkeypatch.setenv("QUETMA_STORE", str(empty_store.folder))
    accounts.add(empty_store, "An", "một mật khẩu dài", "leader")
    for key, value in {
        "oidc_issuer": listening.issuer, "oidc_client": real.CLIENT, "oidc_leaders": "qltt-leaders",
        "oidc_gatekeepers": "qltt-gate qltt-gate-2",
    }.items():  # fmt: skip
        empty_store.set(key, value)
    secret.keep(empty_store.folder / oidc.SECRET, real.SECRET)
    monkeypatch.setattr(listening, "changed", {})
    monkeypatch.setattr(listening, "claims", {"sub": "77", "name": "Hà Minh Tôn", "roles": ["qltt-leaders", "x"]})
    return listening


def there(browser):
    """The browser goes to the provider; where that sends it."""
    going = browser.get("/sign-in/oidc", params={"next": "/flow"})
    return httpx.get(going.headers["location"]).headers["location"]


def come(browser, back):
    """The browser comes back to that address."""
    parts = urlsplit(back)
    return browser.get(f"{parts.path}?{parts.query}")


def signed_in(browser):
    return sessions.find(browser.cookies.get(wall.COOKIE))


def test_whoever_the_provider_knows_is_signed_in_in_the_role_of_their_group(empty_store, agency):
    browser = Browser()
    assert "/sign-in/oidc?next=" in browser.get("/sign-in").text
    answer = come(browser, there(browser))
    assert answer.headers["location"] == "/flow"
    session = signed_in(browser)
    assert (session.account, session.role) == ("Hà Minh Tôn", "leader")
    asked = agency.asked[-1]
    assert asked["scope"] == "openid profile" and len(asked["code_challenge"]) == 43 and len(asked["nonce"]) > 40
    agency.claims = {"sub": "77", "name": "Another Name", "roles": "qltt-gate"}
    again = Browser()
    come(again, there(again))
    assert (signed_in(again).account, signed_in(again).role) == ("Hà Minh Tôn", "gatekeeper")


def test_nobody_becomes_somebody_else_by_a_name(empty_store, agency):
    agency.claims = {"sub": "78", "name": "An", "roles": ["qltt-gate-2"]}
    browser = Browser()
    come(browser, there(browser))
    assert (signed_in(browser).account, signed_in(browser).role) == ("An 2", "gatekeeper")
    assert accounts.verify(empty_store, "An 2", accounts.PROVIDER) is None


@pytest.mark.parametrize(
    "changed",
    [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": int(time.time()) - 600},
     {"aud": ["quetma", "another"]}, {"nonce": None}, {"sub": None}],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_for_us_now_is_refused(empty_store, agency, changed):
    agency.changed = changed
    browser = Browser()
    answer = come(browser, there(browser))
    assert answer.status_code == 502 and signed_in(browser) is None
    assert "Hà Minh Tôn" not in answer.text
    assert [account.name for account in accounts.every(empty_store)] == ["An"]


def test_a_token_that_somebody_else_signed_is_refused(agency, monkeypatch):
    monkeypatch.setattr(agency, "signs_with", RSAKey.generate_key(2048, {"kid": "1"}))
    browser = Browser()
    assert come(browser, there(browser)).status_code == 502 and signed_in(browser) is None


def test_a_way_back_is_good_once_and_for_the_browser_that_went(agency):
    browser, other = Browser(), Browser()
    back = there(browser)
    assert come(other, back).headers["location"] == "/sign-in"  # it never went
    there(other)
    assert come(other, back).status_code == 502 and signed_in(other) is None  # with another state
    assert come(browser, back.replace("state=", "state=x")).status_code == 502
    assert come(browser, back).headers["location"] == "/sign-in"  # it has been back
    assert signed_in(browser) is None


def test_who_is_in_no_group_or_switched_off_is_told(empty_store, agency):
    agency.claims = {"sub": "79", "name": "Lạ", "roles": ["others"]}
    browser = Browser()
    answer = come(browser, there(browser))
    assert answer.status_code == 403 and "không thuộc nhóm nào" in answer.text and signed_in(browser) is None
    agency.claims = {"sub": "80", "name": "Nghỉ", "roles": ["qltt-gate"]}
    come(browser, there(browser))
    accounts.switch(empty_store, "Nghỉ", False, "An")
    late = Browser()
    answer = come(late, there(late))
    assert answer.status_code == 403 and "đã ngừng" in answer.text and signed_in(late) is None


@pytest.mark.parametrize(("groups", "answered"), [(["qltt-gate"], 303), (["others"], 403), ([{"id": 1}], 403)])
def test_what_somebody_may_no_longer_ends_everywhere(empty_store, agency, groups, answered):
    browser, other = Browser(), Browser()
    come(browser, there(browser))
    assert signed_in(browser).role == "leader"
    agency.claims = {"sub": "77", "name": "Hà Minh Tôn", "roles": groups}
    assert come(other, there(other)).status_code == answered
    assert signed_in(browser) is None
    assert (signed_in(other) is not None) is (answered == 303)
    agency.claims = {"sub": "77", "name": "Hà Minh Tôn", "roles": ["qltt-gate"]}
    third = Browser()
    come(third, there(third))
    assert signed_in(third).role == "gatekeeper"
    assert (signed_in(other) is not None) is (answered == 303)  # the same role as before: two browsers are two


def test_a_provider_that_is_not_there_leaves_the_password(empty_store, agency):
    empty_store.set("oidc_issuer", "http://127.0.0.1:9")
    answer = Browser().get("/sign-in/oidc")
    assert answer.status_code == 502 and "đăng nhập bằng mật khẩu" in answer.text
    empty_store.set("oidc_issuer", "")
    assert Browser().get("/sign-in/oidc").headers["location"] == "/sign-in"


def test_the_secret_is_in_no_address(agency):
    browser = Browser()
    going = browser.get("/sign-in/oidc").headers["location"]
    assert real.SECRET not in going and "client_secret" not in parse_qs(urlsplit(going).query)
