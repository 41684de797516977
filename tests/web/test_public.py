"""The public page: who may send what to it, and that it says nothing about anybody."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import anyio.from_thread
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from quetma import door, intake, posters, rollups, subject
from quetma.intake import recount
from quetma.posters import Poster
from quetma.store import Store, now, open_store
from quetma.web import public, routes, wall
from quetma.web.public import guard
from quetma.web.public.guard import Limit
from tests.intake import prepare

LOG = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\nLò Văn A,0912000001,24/08/2021 08:00,Mai Sơn,Vào\n"
LOG += "Lò Văn A,0912000001,24/08/2021 10:00,Yên Châu,Vào\n"
VISITOR = {
    "direction": "in", "name": "Cà Thị Khách", "phone": "0987 654 321", "came_from": "Bản Nà Sản",
    "purpose": "Nộp hồ sơ", "host": "Lò Văn A", "health": "none",
}  # fmt: skip


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("public"))
    intake.load(store, prepare(store, "a.csv", LOG.encode()), "Test")
    store.set("unit_name", "Đội Quản lý thị trường số 2")
    posters.set_public_address(store, "http://testserver", "Test")
    yield store
    store.close()


@pytest.fixture(scope="module")
def code(unit: Store) -> Poster:
    return posters.make(unit, 1, "Test")


@pytest.fixture
def browser(unit: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A visitor's browser: no limit is near, and it need not wait before it sends."""
    monkeypatch.setattr(routes, "unit", lambda: unit)
    monkeypatch.setattr(guard, "SOONEST", 0)
    for limit in ("reading", "sending", "at_place"):
        monkeypatch.setattr(guard, limit, Limit(1000, 100))
    public._facts.clear()
    app = Starlette(routes=routes.ROUTES, middleware=[Middleware(wall.Wall)])
    with TestClient(app, follow_redirects=False) as client:
        yield client


def path(code: Poster) -> str:
    return posters.PATH + code.token


def key_of(html: str) -> str:
    return unescape(re.search(r'name="key" value="([^"]*)"', html)[1])  # ty: ignore


def send(browser: TestClient, code: Poster, headers: dict[str, str] | None = None, **changed: Any):
    key = key_of(browser.get(path(code)).text)
    return browser.post(path(code), data={**VISITOR, "key": key, **changed}, headers=headers or {})


def passages(store: Store) -> int:
    return store.cursor().execute("SELECT COUNT(*) FROM door_row").fetchall()[0][0]


def test_in_and_out_again(browser: TestClient, unit: Store, code: Poster):
    before = passages(unit)
    answer = send(browser, code)
    assert answer.status_code == 200
    assert "Đã ghi nhận vào" in answer.text
    assert "Mai Sơn" in answer.text
    assert send(browser, code, direction="out", health="").status_code == 200
    assert passages(unit) == before + 2
    rows = unit.cursor().execute(
        "SELECT s.direction, s.purpose, d.host, d.came_from, d.entered_by, d.poster_id FROM door_row d "
        "JOIN scan s ON s.batch_id = d.batch_id AND s.line = d.line ORDER BY s.line DESC LIMIT 2"
    ).fetchall()  # fmt: skip
    assert rows == [
        ("out", "Nộp hồ sơ", "Lò Văn A", "Bản Nà Sản", "phone", code.poster_id),
        ("in", "Nộp hồ sơ", "Lò Văn A", "Bản Nà Sản", "phone", code.poster_id),
    ]
    assert recount.check(unit) + rollups.check(unit) == []


def test_the_page_is_light_without_script_and_says_who_keeps_what_until_when(browser: TestClient, code: Poster):
    answer = browser.get(path(code))
    assert len(answer.content) < 30_000
    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    until = now().date() + timedelta(days=28)
    for words in ("Đội Quản lý thị trường số 2", "COVID-19", f"{until:%d/%m/%Y}", "28 ngày"):
        assert words in answer.text
    assert "set-cookie" not in answer.headers


def test_in_english_too(browser: TestClient, code: Poster):
    changed = browser.get(f"{path(code)}?lang=en")
    assert (changed.status_code, changed.headers["location"]) == (303, path(code))
    answer = browser.get(path(code))
    assert 'lang="en"' in answer.text
    assert "I am arriving" in answer.text


@pytest.mark.parametrize("direction", ["in", "out"])
def test_the_answer_is_the_same_whether_somebody_is_known_or_not(browser: TestClient, code: Poster, direction: str):
    def told(number: str) -> str:
        return re.sub(r"\d\d:\d\d \d\d/\d\d/\d{4}", "", send(browser, code, phone=number, direction=direction).text)

    known, stranger = told("0912 000 001"), told("0977 123 123")
    assert known == stranger
    assert "Lò Văn A" not in send(browser, code, phone="0912 000 001", host="").text


def test_symptoms_are_declared_and_answered_alike(browser: TestClient, unit: Store, code: Poster):
    answer = send(browser, code, health=["fever", "contact"], phone="0977 123 124")
    assert 'role="status"' in answer.text
    today = now().date()
    told = unit.ask("overview/symptoms", first=today, last=today, names=True)
    assert told["symptoms"][0].startswith("Sốt")


def encoded(**changed: Any) -> bytes:
    return urlencode({**VISITOR, **changed}, doseq=True).encode()


FORM = {"content-type": "application/x-www-form-urlencoded"}
# what → how the request differs from that of the form: (body of a key, headers, status)
REFUSED: dict[str, tuple[Callable[[str], bytes], dict[str, str], int]] = {
    "no key": (lambda key: encoded(), FORM, 403),
    "a made up key": (lambda key: encoded(key="WyJ4IiwieSJd.aaaa.bbbb"), FORM, 403),
    "a key changed in one letter": (lambda key: encoded(key=("A" if key[0] != "A" else "B") + key[1:]), FORM, 403),
    "another site": (lambda key: encoded(key=key), FORM | {"sec-fetch-site": "cross-site"}, 403),
    "another origin": (lambda key: encoded(key=key), FORM | {"origin": "https://evil.example"}, 403),
    "JSON": (lambda key: b'{"name": "x"}', {"content-type": "application/json"}, 415),
    "multipart": (lambda key: b"--x\r\n\r\n--x--", {"content-type": "multipart/form-data; boundary=x"}, 415),
    "no type": (lambda key: encoded(key=key), {}, 415),
    "too large": (lambda key: encoded(key=key, purpose="a" * 9000), FORM, 413),
    "not UTF-8": (lambda key: encoded(key=key) + b"&name2=%ff%fe", FORM, 400),
    "bytes": (lambda key: bytes(range(128, 256)), FORM, 400),
    "a field twice": (lambda key: encoded(key=key) + b"&name=Other", FORM, 400),
    "hundred fields": (lambda key: encoded(key=key, **{f"f{n}": n for n in range(100)}), FORM, 400),
    "the hidden field filled in": (lambda key: encoded(key=key, website="http://spam.example"), FORM, 400),
    "nothing at all": (lambda key: b"", FORM, 403),
    "no name": (lambda key: encoded(key=key, name=""), FORM, 422),
    "a number for a name": (lambda key: encoded(key=key, name="0912345678"), FORM, 422),
    "a masked name": (lambda key: encoded(key=key, name="Nguyễn ***"), FORM, 422),
    "markup for a name": (lambda key: encoded(key=key, name="<script>alert(1)</script>"), FORM, 422),
    "no letter in a name": (lambda key: encoded(key=key, name="\0\0 ·– 。"), FORM, 422),
    "a symptom of its own": (lambda key: encoded(key=key, health="<b>"), FORM, 422),
    "a name too long": (lambda key: encoded(key=key, name="Nguyễn " * 20), FORM, 422),
    "no phone": (lambda key: encoded(key=key, phone=""), FORM, 422),
    "no phone number": (lambda key: encoded(key=key, phone="12345"), FORM, 422),
    "a masked phone": (lambda key: encoded(key=key, phone="0912345***"), FORM, 422),
    "no health": (lambda key: encoded(key=key, health=""), FORM, 422),
    "well and ill": (lambda key: encoded(key=key, health=["none", "fever"]), FORM, 422),
    "a purpose too long": (lambda key: encoded(key=key, purpose="a" * 200), FORM, 422),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_words_and_nothing_is_stored(browser: TestClient, unit: Store, code: Poster, case: str):
    body, headers, status = REFUSED[case]
    before = passages(unit)
    key = key_of(browser.get(path(code)).text)
    answer = browser.post(path(code), content=body(key), headers=headers)
    assert answer.status_code == status
    assert passages(unit) == before
    assert "<script" not in answer.text
    assert len(answer.text) > 20


def test_a_body_without_a_length_is_read_no_further_than_it_may_be(browser: TestClient, unit: Store, code: Poster):
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"a" * 1024

    before = passages(unit)
    assert browser.post(path(code), content=endless(), headers=FORM).status_code == 413
    assert passages(unit) == before


def test_a_form_is_good_for_one_passage(browser: TestClient, unit: Store, code: Poster):
    key = key_of(browser.get(path(code)).text)
    before = passages(unit)
    first, again = (browser.post(path(code), data={**VISITOR, "key": key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 409)
    assert passages(unit) == before + 1


def test_a_form_sent_many_times_at_once_is_one_passage(browser: TestClient, unit: Store, code: Poster):
    key = key_of(browser.get(path(code)).text)
    before = passages(unit)
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: browser.post(path(code), data={**VISITOR, "key": key}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert passages(unit) == before + 1


def test_a_form_is_good_for_its_own_code_and_half_an_hour(
    browser: TestClient, unit: Store, code: Poster, monkeypatch: pytest.MonkeyPatch
):
    other = posters.make(unit, 2, "Test")
    key = key_of(browser.get(path(other)).text)
    before = passages(unit)
    assert browser.post(path(code), data={**VISITOR, "key": key}).status_code == 403
    monkeypatch.setattr(guard, "LASTS", -1)
    late = browser.post(path(other), data={**VISITOR, "key": key})
    assert late.status_code == 403
    assert "Cà Thị Khách" in late.text, "what was typed is still there"
    assert passages(unit) == before
    monkeypatch.setattr(guard, "LASTS", 60)
    assert browser.post(path(other), data={**VISITOR, "key": key_of(late.text)}).status_code == 200


def test_who_sends_at_once_is_a_script(browser: TestClient, unit: Store, code: Poster, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "SOONEST", 30)
    before = passages(unit)
    answer = send(browser, code)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")
    assert passages(unit) == before


@pytest.mark.parametrize("limit", ["sending", "at_place"])
def test_too_many_are_told_to_wait_and_lose_nothing(
    browser: TestClient, unit: Store, code: Poster, monkeypatch: pytest.MonkeyPatch, limit: str
):
    monkeypatch.setattr(guard, limit, Limit(2, 0.1))
    before = passages(unit)
    answers = [send(browser, code) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert passages(unit) == before + 2
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 10
    assert "Cà Thị Khách" in answers[2].text
    assert "chờ" in answers[2].text


def test_opening_the_page_again_and_again_is_slowed_down(
    browser: TestClient, code: Poster, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guard, "reading", Limit(3, 0.1))
    assert [browser.get(path(code)).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_junk_from_one_address_does_not_close_the_door_for_others(
    browser: TestClient, code: Poster, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guard, "at_place", Limit(1, 0.01))
    for _ in range(5):
        browser.post(path(code), data=VISITOR)
    assert send(browser, code).status_code == 200


def test_very_many_are_told_to_wait(browser: TestClient, unit: Store, code: Poster, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(public, "MOST_WAITING", -1)
    before = passages(unit)
    answer = send(browser, code)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(public.WAIT))
    assert passages(unit) == before


def test_what_could_not_be_stored_can_be_sent_again(browser: TestClient, code: Poster, monkeypatch: pytest.MonkeyPatch):
    key = key_of(browser.get(path(code)).text)

    def broken(*_: Any) -> None:
        raise OSError("disk")

    with monkeypatch.context() as patch:
        patch.setattr(door, "check", broken)
        assert browser.post(path(code), data={**VISITOR, "key": key}).status_code == 503
    assert browser.post(path(code), data={**VISITOR, "key": key}).status_code == 200


def test_remembered_only_on_the_phone_and_only_when_ticked(browser: TestClient, unit: Store, code: Poster):
    assert "set-cookie" not in send(browser, code).headers
    answer = send(browser, code, remember="yes")
    cookie = answer.headers["set-cookie"]
    assert all(word in cookie for word in ("visitor=", "HttpOnly", "SameSite=lax", "Path=/c", "Max-Age=2419200"))
    again = browser.get(path(code)).text
    assert 'value="Cà Thị Khách"' in again and 'value="0987 654 321"' in again
    assert re.search(r'value="out" id="leaving" checked', again), "a second scan offers leaving"
    other = posters.make(unit, 2, "Test")
    assert 'value="in" checked' in browser.get(path(other)).text, "but not at another place"
    left = send(browser, code, direction="out", remember="yes")
    assert left.status_code == 200
    assert 'value="in" checked' in browser.get(path(code)).text
    assert 'visitor=""' in send(browser, code).headers["set-cookie"], "unticked: forgotten"


def test_a_cookie_that_is_not_ours_says_nothing(browser: TestClient, code: Poster):
    cookie = send(browser, code, remember="yes").cookies["visitor"]
    for forged in (cookie[:-2] + "xx", "e30.x", "a" * 3000, ""):
        browser.cookies.clear()
        browser.cookies.set("visitor", forged, path="/c")
        assert "Cà Thị Khách" not in browser.get(path(code)).text


def test_a_retired_code_is_taken_in_and_flagged(browser: TestClient, unit: Store):
    lost = posters.make(unit, 2, "Test")
    posters.retire(unit, lost.poster_id, "Test", "mất")
    today = now().date()
    before = posters.late(unit, today, today, names=True).height
    answer = send(browser, lost, phone="0977 000 111")
    assert answer.status_code == 200
    assert "không còn dùng" in answer.text
    found = posters.late(unit, today, today, names=True)
    assert found.height == before + 1
    assert posters.every(unit, 2)[0].late == 1


def test_a_closed_place_and_an_unknown_code(browser: TestClient, unit: Store):
    log = LOG.replace("Mai Sơn", "Chốt cũ")
    intake.load(unit, prepare(unit, "c.csv", log.encode()), "Test")
    [number] = [n for n, name in unit.ask("flow/locations").iter_rows() if name == "Chốt cũ"]
    gone = posters.make(unit, number, "Test")
    unit.cursor().execute("UPDATE location SET closed_on = ? WHERE location_id = ?", [now().date(), number])
    assert browser.get(path(gone)).status_code == 410
    assert browser.get("/c/" + "A" * 22).status_code == 404


@pytest.mark.parametrize(
    "where",
    [
        "/c",
        "/c/",
        "/c/x",
        "/c/{token}/x",
        "/c/{token}x",
        "/c/{token}%0A",
        "/C/{token}",
        "//c/{token}",
        "/c/../",
        "/%63/{token}",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_beside_it_is_open(browser: TestClient, code: Poster, where: str, method: str):
    answer = browser.request(method, where.format(token=code.token), headers={"accept": "*/*"})
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_no_other_method_is_open(browser: TestClient, code: Poster, method: str):
    assert browser.request(method, path(code)).status_code == 401


def test_the_limit_counts_each_key_on_its_own_and_forgets():
    clock = [0.0]
    limit = Limit(2, 0.5, lambda: clock[0])
    assert [limit.take("a"), limit.take("a"), limit.take("a"), limit.take("b")] == [0, 0, 2, 0]
    clock[0] = 2.0
    assert [limit.take("a"), limit.take("a")] == [0, 2]
    limit.KEYS = 3
    for n in range(10):
        limit.take(str(n))
    assert len(limit._left) == 3


def test_a_crowd_at_once_is_kept_or_told_to_wait(
    browser: TestClient, unit: Store, code: Poster, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(guard, "at_place", Limit(40, 1))
    before = passages(unit)
    keys = [key_of(browser.get(path(code)).text) for _ in range(60)]

    def go(n: int) -> tuple[int, str]:
        answer = browser.post(path(code), data={**VISITOR, "key": keys[n], "phone": f"09870000{n:02}"})
        return answer.status_code, answer.headers.get("Retry-After", "")

    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(go, range(60)))
    assert {status for status, _ in answers} == {200, 429}
    assert all(int(wait) >= 1 for status, wait in answers if status == 429)
    kept = sum(status == 200 for status, _ in answers)
    assert kept >= 40
    assert passages(unit) == before + kept
    assert recount.check(unit) + rollups.check(unit) == []


def test_a_body_that_never_ends_is_not_waited_for(browser: TestClient, code: Poster, monkeypatch: pytest.MonkeyPatch):
    """A form of which a piece is sent, and then nothing."""
    monkeypatch.setattr(public, "SLOWEST_BODY", 0.05)
    headers = {"host": "testserver", "content-type": "application/x-www-form-urlencoded", "content-length": "100"}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": f"/c/{code.token}", "raw_path": f"/c/{code.token}".encode(),
        "query_string": b"", "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("testserver", 80), "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }  # fmt: skip
    sent: list[Any] = []
    pieces = [{"type": "http.request", "body": b"name=", "more_body": True}]

    async def receive() -> Any:
        return pieces.pop() if pieces else await anyio.sleep_forever()

    async def send(message: Any) -> None:
        sent.append(message)

    with anyio.from_thread.start_blocking_portal() as portal:
        portal.call(browser.app, scope, receive, send)
    assert sent[0]["status"] == 408


def test_what_visitors_are_told_can_be_written_otherwise(browser: TestClient, unit: Store, code: Poster):
    own = "không chuyển cho ai khác"
    before = browser.get(path(code)).text
    subject.set_notice(unit, "An", {"vi": "Đội lưu <b>để</b> báo kịp.", "en": ""})
    try:
        told = browser.get(path(code)).text
        assert "Đội lưu &lt;b&gt;để&lt;/b&gt; báo kịp." in told and "28" in told
        assert own in before and own not in told
        other = browser.get(path(code), headers={"cookie": "lang=en"}).text
        assert "nobody else gets it" in other, "the language for which nothing was written keeps our own words"
    finally:
        subject.set_notice(unit, "An", {"vi": "", "en": ""})
    with pytest.raises(subject.SubjectError):
        subject.set_notice(unit, "An", {"vi": "x" * 501})
