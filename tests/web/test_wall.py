"""The wall on the real server: what each role gets of everything it answers, and an anonymous visitor of nothing."""

import asyncio
from typing import NamedTuple

import httpx
import pytest
from google.protobuf import text_format
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from quetma.access import sessions
from quetma.store import ROOT, open_store
from quetma.web import wall
from tests.conftest import serve, sign_in
from tests.web.test_page import SCREENS

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
HTML = {"accept": "text/html,*/*"}

# Streamlit's own sign-in, and what drives pages from a script: answered to nobody.
SHUT = (
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/_stcore/agent/interact",
    "/_stcore/agent/mcp",
    "/_stcore/agent/openapi.json",
    "/_stcore/script-health-check",
)
# Everything the server answers, with what each may get: (method, path) → status for (leader, gatekeeper, viewer).
ALLOWED = {
    **{("GET", f"/{page}"): (200, 200, 200) for page in PAGES},  # the bare frame; the page's guard is below
    ("GET", "/overview"): (303, 303, 303),  # the first page, whose address is / alone
    ("GET", "/no-such-page"): (404, 404, 404),
    ("GET", "/"): (200, 200, 200),
    ("GET", "/index.html"): (200, 200, 200),
    ("GET", "/favicon.png"): (200, 200, 200),
    ("GET", "/_stcore/health"): (200, 200, 200),
    ("GET", "/_stcore/host-config"): (200, 200, 200),
    ("GET", "/_stcore/metrics"): (200, 403, 403),
    ("GET", "/media/0123456789abcdef.csv"): (404, 404, 404),
    ("PUT", "/_stcore/upload_file/session/file"): (400, 403, 403),  # 400: no such browser session
    ("DELETE", "/_stcore/upload_file/session/file"): (204, 403, 403),
    ("POST", "/incoming"): (201, 403, 403),
    ("GET", "/export/no-such-key"): (404, 403, 403),
    ("GET", "/export/history"): (404, 403, 403),
    ("POST", "/export/no-such-key"): (404, 403, 403),
    ("DELETE", "/export/no-such-key"): (204, 403, 403),
    ("GET", "/export/no-such-key/progress"): (404, 403, 403),
    ("GET", "/gate-screen"): (200, 200, 403),
    ("GET", "/gate-screen/muster"): (200, 200, 403),
    ("POST", "/gate-screen/entries"): (400, 400, 403),  # 400: no entry was sent
    ("POST", "/gate-screen/photo"): (422, 422, 403),  # 422: no code on it
    **{("GET", path): (404, 404, 404) for path in SHUT},
    ("POST", "/_stcore/agent/interact"): (404, 404, 404),
    ("GET", "/component/x/index.html"): (404, 404, 404),
    ("GET", "/_stcore/bidi-components/x/y.js"): (404, 404, 404),
}
# What anybody may ask: (method, path) → status for (anonymous, viewer, gatekeeper, leader, with an ended session).
CODE = "/c/" + "A" * 22  # of no place
OPEN = {
    ("GET", "/sign-in"): (200, 303, 303, 303, 200),
    ("POST", "/sign-in"): (400, 400, 400, 400, 400),  # nothing filled in
    **{("GET", f"/sign-in/{step}"): (303, 200, 200, 200, 303) for step in ("password", "second-factor")},
    ("POST", "/sign-in/password"): (303, 401, 401, 401, 303),  # without the present one
    ("POST", "/sign-in/second-factor"): (303, 401, 401, 401, 303),
    **{(method, "/sign-in/code"): (303, 303, 303, 303, 303) for method in ("GET", "POST")},  # of nobody in between
    **{("GET", f"/sign-in/oidc{more}"): (303, 303, 303, 303, 303) for more in ("", "/back")},  # to the sign-in page
    ("GET", "/sign-in/again"): (303, 200, 200, 200, 303),
    ("POST", "/sign-in/again"): (303, 401, 401, 401, 303),  # without the password
    ("GET", "/sign-in/go-on"): (303, 303, 303, 303, 303),
    ("POST", "/first-account"): (303, 303, 303, 303, 303),  # there is one: to the sign-in page
    ("POST", "/look-around"): (303, 303, 303, 303, 303),
    ("GET", "/healthz"): (200, 200, 200, 200, 200),
    ("GET", CODE): (404, 404, 404, 404, 404),
    ("POST", CODE): (404, 404, 404, 404, 404),
}
SIGNED_OUT_BY = {("POST", "/sign-out")}  # whoever is signed in; test_an_ended_session_gets_nothing asks it
WEBSOCKETS = ("/_stcore/stream",)  # for whoever is signed in; each page that is run through it has its guard
# What anonymous visitors may have tried besides: spellings that another layer might read as the above.
TRIED = [
    ("GET", "/static/js/index.js"),
    ("GET", "/manifest.json"),
    ("GET", "/sign-in/../tracing"),
    ("GET", "/sign-in/"),
    ("GET", "//sign-in"),
    ("GET", "/%2e%2e/sign-in"),
    ("GET", "/sign-in%2f..%2ftracing"),
    ("GET", "/Sign-In"),
    ("POST", "/sign-out"),
    ("OPTIONS", "/_stcore/upload_file/session/file"),
    ("HEAD", "/"),
    ("TRACE", "/"),
]
ROLES = ("leader", "gatekeeper", "viewer")


class House(NamedTuple):
    """A running dashboard, and the tokens of its live sessions: one for each role, some to sign out."""

    url: str
    tokens: dict[str, str]

    def client(self, who: str) -> httpx.Client:
        cookies = {wall.COOKIE: self.tokens[who]}
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=60, headers=HTML, verify=False)

    def sign_out(self, who: str) -> None:
        answer = self.client(who).post("/sign-out", headers={"origin": self.url})
        assert answer.headers["location"] == "/sign-in?out"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """The dashboard of an empty unit with one account of each role."""
    store = open_store(tmp_path_factory.mktemp("wall"))
    tokens = {role: sign_in(store, role) for role in ROLES}
    tokens |= {name: sign_in(store, "leader") for name in ("leaves", "leaves with a tab open", "left before")}
    sessions.end(tokens["left before"])
    tokens["nobody"] = ""
    store.close()
    with serve(store.folder) as url:
        yield House(url, tokens)


def request(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """A request as a page of ours makes it: with Streamlit's own token against forged uploads."""
    token = client.cookies.get("_streamlit_xsrf", "")
    files = {"file": b"x"} if method == "PUT" else None
    return client.request(method, path, headers={"X-Xsrftoken": token}, files=files)


def websocket(url: str, token: str = "", origin: str = ""):
    """The channel a page speaks through; without a token, anonymous."""
    headers = {"Cookie": f"{wall.COOKIE}={token}"} if token else {}
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(address, additional_headers=headers, subprotocols=["streamlit"], origin=origin or url)


def run(channel, page: str = "") -> list[ForwardMsg]:
    """Runs that page through the channel: all that was sent to the browser."""
    channel.send(BackMsg(rerun_script=ClientState(page_name=page)).SerializeToString())
    sent = [ForwardMsg.FromString(channel.recv(timeout=60))]
    while sent[-1].WhichOneof("type") != "script_finished":
        sent.append(ForwardMsg.FromString(channel.recv(timeout=60)))
    return sent


def words(sent: list[ForwardMsg]) -> str:
    """Every text in the messages."""
    return "\n".join(text_format.MessageToString(message, as_utf8=True) for message in sent)


def test_an_anonymous_visitor_gets_nothing_of_a_server_that_served_nothing_yet(tmp_path, server):
    url = server(tmp_path)
    with pytest.raises(InvalidStatus) as refusal:
        websocket(url)
    assert refusal.value.response.status_code == 403
    for method, path in [*ALLOWED, *TRIED]:
        for headers in ({}, HTML):
            answer = httpx.request(method, url + path, headers=headers, timeout=60, verify=False)
            assert answer.status_code in (303, 401, 405), f"{method} {path}: {answer.status_code}"
            assert "set-cookie" not in answer.headers
            if answer.status_code == 303:
                assert answer.headers["location"].startswith("/sign-in") and not answer.content
            else:
                assert b"streamlit" not in answer.content.lower()
                assert answer.text in ("", "Hãy đăng nhập trước: mở trang /sign-in.", "Method Not Allowed")


@pytest.mark.parametrize("token", [b"guess", b"x" * 5000, b"%00", b"\xff\xfe", "đoán".encode()])
def test_a_made_up_cookie_is_as_good_as_none(house, token):
    headers = {b"Cookie": wall.COOKIE.encode() + b"=" + token}
    assert httpx.get(f"{house.url}/_stcore/health", headers=headers, verify=False).status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_what_each_role_gets(house, role):
    client = house.client(role)
    client.get("/_stcore/health")  # Streamlit's cookie for `request`
    got = {asked: request(client, *asked).status_code for asked in ALLOWED}
    assert got == {asked: statuses[ROLES.index(role)] for asked, statuses in ALLOWED.items()}


@pytest.mark.parametrize("who", ["nobody", "viewer", "gatekeeper", "leader", "left before"])
def test_what_anybody_gets(house, who):
    client = house.client(who)
    got = {asked: request(client, *asked).status_code for asked in OPEN}
    column = ("nobody", "viewer", "gatekeeper", "leader", "left before").index(who)
    assert got == {asked: statuses[column] for asked, statuses in OPEN.items()}


def test_every_answer_says_its_type_and_texts_their_encoding(house):
    client = house.client("leader")
    for method, path in [*ALLOWED, *OPEN]:
        answer = request(client, method, path)
        if not answer.content:
            continue
        kind = answer.headers["content-type"].replace(" ", "").lower()
        assert not kind.startswith("text/") or kind.endswith("charset=utf-8"), f"{method} {path}: {kind}"


@pytest.mark.parametrize("who", ["leaves", "left before"])
def test_an_ended_session_gets_nothing(house, who):
    if who == "leaves":
        assert house.client(who).get("/").status_code == 200
        house.sign_out(who)
    for method, path in ALLOWED:
        assert request(house.client(who), method, path).status_code in (303, 401), f"{method} {path}"
    with pytest.raises(InvalidStatus):
        websocket(house.url, house.tokens[who])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_opened_by_its_address_asks_for_its_right(house, page, role):
    with websocket(house.url, house.tokens[role]) as channel:
        sent = run(channel, page)
    refused = "Vai trò của bạn không được mở trang này" in words(sent)
    (menu,) = [message.navigation for message in sent if message.WhichOneof("type") == "navigation"]
    listed = {item.url_pathname or "overview" for item in menu.app_pages if not item.is_hidden}
    assert refused == (role not in SCREENS[page])
    # who sees one unit alone is not told that there may be several
    assert listed == {name for name, roles in SCREENS.items() if role in roles} - {"units"}


def test_an_open_tab_ends_with_its_session(house):
    with websocket(house.url, house.tokens["leaves with a tab open"]) as channel:
        assert "Test leader" in words(run(channel))
        house.sign_out("leaves with a tab open")
        after = words(run(channel, "tracing"))
        assert "Bạn đã đăng xuất" in after
        assert "Test leader" not in after


def test_another_sites_page_cannot_open_the_channel(house):
    with pytest.raises(InvalidStatus) as refusal:
        websocket(house.url, house.tokens["leader"], origin="https://evil.example")
    assert refusal.value.response.status_code == 403


def test_two_servers_do_not_share_a_store(tmp_path, server):
    store = open_store(tmp_path)
    with pytest.raises(AssertionError) as refusal:
        server(tmp_path)
    store.close()
    assert "in use by another process" in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_a_damaged_store_is_one_clear_message(tmp_path, server):
    folder = tmp_path / "unit"
    folder.mkdir()
    (folder / "quetma.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(AssertionError) as refusal:
        server(folder)
    assert "quetma: " in str(refusal.value) and str(folder) in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_a_signed_out_tab_can_only_ask_to_run_again(empty_store):
    """Its own message might call a widget's function, or rerun a fragment, before any guard."""
    heard = []

    async def streamlit(scope, receive, send):
        heard.append((await receive())["bytes"])
        sessions.end(token)
        heard.append((await receive())["bytes"])

    async def receive():
        return {"type": "websocket.receive", "bytes": b"click"}

    async def send(message):
        raise AssertionError(message)

    token = sign_in(empty_store)
    scope = {"type": "websocket", "headers": [(b"cookie", f"{wall.COOKIE}={token}".encode())]}
    asyncio.run(wall.Wall(streamlit)(scope, receive, send))
    assert heard[0] == b"click"
    assert BackMsg.FromString(heard[1]) == BackMsg(rerun_script=ClientState())


def test_what_fails_says_nothing_of_the_inside(empty_store, caplog):
    async def fails(scope, receive, send):
        raise RuntimeError("SELECT secret FROM person")

    async def ask():
        transport = httpx.ASGITransport(wall.Wall(fails))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookie) as client:
            return await client.get("/export/Nguyen-Van-An-0912345678/progress?name=An")

    cookie = {wall.COOKIE: sign_in(empty_store)}
    answer = asyncio.run(ask())
    assert answer.status_code == 500
    assert answer.text == "Có lỗi xảy ra. Không có gì dở dang được lưu. Hãy thử lại hoặc báo người quản trị."
    assert answer.headers["x-content-type-options"] == "nosniff"
    [line] = [record.getMessage() for record in caplog.records if record.name == "quetma.web.wall"]
    assert line == "GET /export/…/progress failed"


def test_the_screens_have_no_entrance_of_streamlits_own():
    """A `pages` folder beside the script that Streamlit runs would be served without it, to anybody."""
    script = ROOT / "quetma" / "web" / "main.py"
    assert script.name in (ROOT / "dashboard.py").read_text()
    assert not (script.parent / "pages").exists()
