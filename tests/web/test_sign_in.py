"""First run, sign-in, sign-out, as a browser sees them."""

import re

import pytest
from itsdangerous import URLSafeTimedSerializer

from quetma.access import accounts, sessions
from quetma.access.attempts import FREE, Attempts
from quetma.web import known, routes, wall
from tests.web.browser import Browser

NAME, PASSWORD = "Hà Minh Tôn", "một mật khẩu dài"


@pytest.fixture
def store(empty_store, monkeypatch):
    """The unit's store, with nobody in it."""
    monkeypatch.setenv("QUETMA_STORE", str(empty_store.folder))
    monkeypatch.setattr(routes, "attempts", Attempts())
    return empty_store


@pytest.fixture
def unit(store):
    """The unit's store, with one leader."""
    accounts.add(store, NAME, PASSWORD, "leader")
    return store


def audited(store):
    return store.cursor().execute("SELECT action, account FROM audit ORDER BY logged_at").fetchall()


def signed_in(browser):
    return sessions.find(browser.cookies.get(wall.COOKIE))


# First run


def test_the_first_screen_offers_an_account_and_the_demo_in_both_languages(store):
    browser = Browser()
    assert browser.get("/").headers["location"] == "/sign-in"
    vietnamese = browser.get("/sign-in").text
    assert "Tạo tài khoản lãnh đạo đầu tiên" in vietnamese and "Xem thử đơn vị mẫu" in vietnamese
    assert '<html lang="vi">' in vietnamese
    assert browser.get("/sign-in?lang=en").status_code == 303
    english = browser.get("/sign-in").text
    assert "Create the first leader account" in english and '<html lang="en">' in english


def test_the_first_account_signs_in_as_leader(store):
    browser = Browser()
    answer = browser.post("/first-account", name=NAME, password=PASSWORD, again=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    session = signed_in(browser)
    assert (session.account, session.role, session.store) == (NAME, "leader", store)
    assert audited(store) == [("account_created", NAME), ("sign_in", NAME)]


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        (("ngắn thôi", "ngắn thôi", "quá ngắn")),
        (PASSWORD, "khác", "không giống nhau"),
        ("haminhton2026", "haminhton2026", "dễ đoán"),
    ],
)
def test_a_refused_first_account_keeps_the_name_typed_and_no_password(store, password, again, said):
    browser = Browser()
    answer = browser.post("/first-account", name=NAME, password=password, again=again)
    assert answer.status_code == 400
    assert said in answer.text and f'value="{NAME}"' in answer.text and f'value="{password}"' not in answer.text
    assert not accounts.exist(store)
    assert signed_in(browser) is None


@pytest.mark.parametrize(
    ("address", "url"),
    [("192.168.1.7", "http://192.168.1.5:8501"), ("127.0.0.1", "http://evil.example:8501"), ("", "http://localhost")],
)
def test_only_the_servers_own_machine_can_set_it_up(store, address, url):
    browser = Browser(address, url)
    assert "python -m quetma user add" in browser.get("/sign-in").text
    for path in ("/first-account", "/look-around"):
        answer = browser.post(path, name=NAME, password=PASSWORD, again=PASSWORD)
        assert answer.status_code == 403
        assert "python -m quetma user add" in answer.text
    assert not accounts.exist(store)
    assert not (store.folder / "demo").exists()


def test_with_an_account_the_first_run_is_over(unit):
    browser = Browser()
    for path in ("/first-account", "/look-around"):
        answer = browser.post(path, name="Kẻ lạ", password=PASSWORD, again=PASSWORD)
        assert answer.headers["location"] == "/sign-in"
    assert accounts.find(unit, "Kẻ lạ") is None
    assert "Tạo tài khoản" not in browser.get("/sign-in").text


def test_looking_around_opens_a_demo_of_its_own_beside_the_unit(store):
    browser = Browser()
    assert browser.post("/look-around").headers["location"] == "/"
    session = signed_in(browser)
    assert session.role == "leader" and session.store.demo
    assert session.store.folder == store.folder / "demo"
    assert not store.demo and not accounts.exist(store)
    again = Browser()
    again.post("/look-around")
    assert signed_in(again).store is session.store
    session.store.close()


def test_a_demo_that_failed_half_way_is_made_anew(store, monkeypatch):
    def half(demo_store):
        demo_store.set("unit_name", "half")
        raise OSError("the disk is full")

    browser = Browser()
    with monkeypatch.context() as broken:
        broken.setattr(routes.demo, "write", half)
        answer = browser.post("/look-around")
    assert answer.status_code == 500
    assert "Không tạo được đơn vị mẫu" in answer.text and "disk" not in answer.text
    monkeypatch.setattr(routes.demo, "write", lambda demo_store: demo_store.set("demo", "yes"))
    assert browser.post("/look-around").status_code == 303
    assert signed_in(browser).store.setting("unit_name") is None
    signed_in(browser).store.close()


def test_a_store_that_is_a_demo_is_looked_around_in_directly(store):
    store.set("demo", "yes")
    browser = Browser()
    browser.post("/look-around")
    assert signed_in(browser).store is store
    Browser().get("/sign-in")
    assert "Xem thử đơn vị mẫu" in Browser().get("/sign-in").text  # the next visitor may, too


# Signing in and out


def test_signing_in_leads_to_the_page_asked_for(unit):
    browser = Browser()
    asked = browser.get("/flow?first=2021-08-01")
    assert asked.status_code == 303
    form = browser.get(asked.headers["location"])
    action = re.search(r'action="([^"]+)"', form.text)[1].replace("&amp;", "&")
    answer = browser.post(action, name="ha minh ton", password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/flow?first=2021-08-01")
    assert signed_in(browser).account == NAME
    assert audited(unit)[-1] == ("sign_in", NAME)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert browser.get("/sign-in").headers["location"] == "/"


def test_over_https_the_cookie_never_goes_over_http(unit):
    answer = Browser(url="https://quetma.example").post("/sign-in", name=NAME, password=PASSWORD)
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/sign-in", "javascript:alert(1)", "/\n/x"],
)
def test_signing_in_never_leads_elsewhere(unit, elsewhere):
    answer = Browser().request(
        "POST", "/sign-in", params={"next": elsewhere}, data={"name": NAME, "password": PASSWORD}
    )
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("name", [NAME, "Không Có"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(unit, name):
    browser = Browser()
    answer = browser.post("/sign-in", name=name, password="sai hoàn toàn")
    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in answer.text
    assert f'value="{name}"' in answer.text and "sai hoàn toàn" not in answer.text
    assert signed_in(browser) is None
    assert audited(unit)[-1] == ("sign_in_failed", name)


def test_what_is_typed_is_never_taken_for_markup(unit):
    answer = Browser().post("/sign-in", name='"><script>alert(1)</script>', password="x")
    assert "<script" not in answer.text


def test_guessing_is_slowed_down_and_the_right_password_waits_too(unit):
    browser = Browser()
    for _ in range(FREE):
        assert browser.post("/sign-in", name=NAME, password="sai").status_code == 401
    answer = browser.post("/sign-in", name="HA MINH TON", password=PASSWORD)
    assert answer.status_code == 429
    assert "Hãy đợi 1 phút" in answer.text
    assert Browser("127.0.0.2").post("/sign-in", name=NAME, password=PASSWORD).status_code == 303


def test_a_browser_that_is_known_does_not_wait_for_others_at_its_address(unit):
    own, other = Browser(), Browser()
    own.post("/sign-in", name=NAME, password=PASSWORD)
    assert own.post("/sign-out").status_code == 303
    for _ in range(FREE + 1):
        refused = other.post("/sign-in", name=NAME, password="sai")
    assert refused.status_code == 429
    assert own.post("/sign-in", name=NAME, password=PASSWORD).status_code == 303
    assert [own.post("/sign-in", name=NAME, password="sai").status_code for _ in range(FREE + 1)] == [401] * FREE + [
        429
    ]


def test_a_browser_is_known_for_the_names_that_signed_in_from_it_alone(unit):
    accounts.add(unit, "Lò Văn Tám", PASSWORD, "gatekeeper")
    browser, other = Browser(), Browser()
    browser.post("/sign-in", name=NAME, password=PASSWORD)
    for _ in range(FREE):
        other.post("/sign-in", name="Lò Văn Tám", password="sai")
    assert browser.post("/sign-in", name="Lò Văn Tám", password=PASSWORD).status_code == 429
    assert browser.post("/sign-in", name=NAME, password=PASSWORD).status_code == 303


@pytest.mark.parametrize("made_up", ["", "x", "WyJhIixbXV0.aaaaaa.bbbb"])
def test_a_made_up_word_for_a_known_browser_is_none(unit, made_up):
    browser = Browser()
    for _ in range(FREE):
        browser.post("/sign-in", name=NAME, password="sai")
    browser.cookies.set(known.COOKIE, made_up)
    assert browser.post("/sign-in", name=NAME, password=PASSWORD).status_code == 429


def test_what_makes_a_browser_known_names_nobody(unit):
    browser = Browser()
    browser.post("/sign-in", name=NAME, password=PASSWORD)
    [_, names] = URLSafeTimedSerializer("").loads_unsafe(browser.cookies[known.COOKIE])[1]
    assert len(names) == 1 and re.fullmatch("[0-9a-f]{24}", names[0])


def test_signing_in_again_ends_the_earlier_session(unit):
    browser = Browser()
    browser.post("/sign-in", name=NAME, password=PASSWORD)
    first = browser.cookies[wall.COOKIE]
    browser.post("/sign-in", name=NAME, password=PASSWORD)
    assert browser.cookies[wall.COOKIE] != first
    assert sessions.find(first) is None


def test_signing_out_ends_the_session_on_the_server(unit):
    browser = Browser()
    browser.post("/sign-in", name=NAME, password=PASSWORD)
    token = browser.cookies[wall.COOKIE]
    answer = browser.post("/sign-out")
    assert "Bạn đã đăng xuất" in browser.get(answer.headers["location"]).text
    assert wall.COOKIE not in browser.cookies
    assert sessions.find(token) is None
    assert audited(unit)[-1] == ("sign_out", NAME)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ],
)
def test_another_site_can_neither_sign_in_nor_out(unit, header, value):
    browser = Browser()
    browser.post("/sign-in", name=NAME, password=PASSWORD)
    for path in ("/sign-out", "/sign-in"):
        form = {"name": NAME, "password": PASSWORD}
        assert browser.request("POST", path, headers={header: value}, data=form).status_code == 403
    assert signed_in(browser)


def test_a_huge_form_is_not_read(unit):
    assert Browser().post("/sign-in", name=NAME, password="x" * 1_000_000).status_code == 400


# The pages themselves


def test_every_answer_carries_its_protection(unit):
    for path in ("/sign-in", "/"):
        headers = Browser().get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["permissions-policy"].startswith("camera=(self), microphone=()")
        assert "frame-ancestors" in headers["content-security-policy"]
        assert "object-src 'none'" in headers["content-security-policy"] or "default-src 'none'" in str(headers)
        assert "strict-transport-security" not in headers
    over_https = Browser(url="https://quetma.example").get("/sign-in").headers
    assert over_https["strict-transport-security"] == "max-age=31536000"
    headers = Browser().get("/sign-in").headers
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_the_page_needs_nothing_from_anywhere(unit):
    page = Browser().get("/sign-in").text
    assert not re.search(r'(src|href)="(?!data:|/sign-in)', page)
    assert "<script" not in page and "url(" not in page and "@import" not in page
