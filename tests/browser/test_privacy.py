"""A leader's day through a proxy with HTTPS: what the browser complains of, which addresses it asks for, what the
server writes into its log, and where it thinks that somebody comes from.
"""

import asyncio
import shutil
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple
from urllib.parse import unquote

import httpx
import pytest
import trustme

from quetma.access import accounts
from quetma.store import open_store
from quetma.web import wall
from tests.browser.conftest import go, settled, t, type_in
from tests.conftest import PASSWORD, free_port, serve

pytestmark = pytest.mark.browser

NAME, PHONE = "Tòng Văn Kín", "0912345670"  # of somebody who is only typed, and a file called after them
FROM = "203.0.113.9"  # where the proxy says that the browser is
PAGES = ("Overview", "Compliance", "Visitor flow", "Tracing", "Scan history", "Upload", "Accounts")


class Day(NamedTuple):
    """What was seen: the browser's complaints and cookies, every address asked for, the log, sign-ins by address."""

    complaints: list[str]
    cookies: list[dict]
    addresses: list[str]
    log: str
    came_from: list[str]
    spoofed: httpx.Response


@contextmanager
def proxy(to: str) -> Iterator[str]:
    """A small reverse proxy with TLS: passes everything on, websockets too, and says who asks."""
    port, host_port = free_port(), to.removeprefix("http://").split(":")
    secured = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(secured)

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.close()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        except (asyncio.IncompleteReadError, OSError):
            return writer.close()
        upgrade = any(line.lower().startswith("upgrade:") for line in head)
        dropped = ("x-forwarded-",) if upgrade else ("x-forwarded-", "connection:")
        kept = [line for line in head[1:-2] if not line.lower().startswith(dropped)]
        kept += [f"X-Forwarded-For: {FROM}", "X-Forwarded-Proto: https", *([] if upgrade else ["Connection: close"])]
        back, forth = await asyncio.open_connection(*host_port)
        forth.write("\r\n".join([head[0], *kept, "", ""]).encode("latin-1"))
        await asyncio.gather(pipe(reader, forth), pipe(back, writer))

    async def run() -> None:
        server = await asyncio.start_server(one, "127.0.0.1", port, ssl=secured, limit=1 << 20)
        ready.set()
        async with server:
            await stop

    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = loop.create_future()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield f"https://127.0.0.1:{port}"
    loop.call_soon_threadsafe(stop.set_result, None)
    thread.join(10)


@pytest.fixture(scope="module")
def day(chromium, demo_folder, tmp_path_factory) -> Day:
    """A leader signs in, looks around, searches for people, uploads a file called after one, and meets errors."""
    folder = shutil.copytree(demo_folder, tmp_path_factory.mktemp("privacy") / "store")
    store = open_store(folder)
    accounts.add(store, "Hà Minh Tôn", PASSWORD, "leader")
    store.close()
    complaints: list[str] = []
    addresses: list[str] = []
    log: list[str] = []
    with serve(folder, log) as plain, proxy(plain) as url:
        context = chromium.new_context(ignore_https_errors=True, viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        page.on("request", lambda request: addresses.append(request.url))
        page.on("websocket", lambda socket: addresses.append(socket.url))
        page.on(
            "console",
            lambda told: complaints.append(told.text) if "Content Security Policy" in told.text else None,
        )
        page.goto(url)
        type_in(page, "Hà Minh Tôn", PASSWORD)
        page.get_by_role("heading", level=1, name=t("Overview")).wait_for()
        settled(page)
        for title in PAGES:
            go(page, t(title))
            settled(page)
            addresses.append(page.url)
        go(page, t("Tracing"))
        for typed in (NAME, PHONE, "dinh khoi"):
            page.get_by_role("searchbox").fill(typed)
            settled(page)
            page.wait_for_timeout(500)
        page.get_by_role("button", name="Nguyễn Đình Khôi").click()
        page.locator(".st-key-trace_view button").first.wait_for()
        settled(page)
        addresses.append(page.url)
        go(page, t("Upload"))
        with page.expect_response(lambda answer: "/incoming" in answer.url) as sent:
            page.locator("input[type=file]").first.set_input_files(
                {"name": f"{NAME} {PHONE}.csv", "mimeType": "text/csv", "buffer": f"Họ tên\n{NAME}\n".encode()}
            )
        assert sent.value.status == 201
        settled(page)
        client = httpx.Client(verify=False, cookies={c["name"]: c["value"] for c in context.cookies()}, timeout=60)
        broken = client.post(f"{url}/gate-screen/entries", content=f'{{"ops":[{{"name":"{NAME}"}}]}}')
        assert NAME not in broken.text
        assert client.get(f"{url}/export/{'x' * 30}").status_code == 404
        cookies = context.cookies()
        context.close()
        # Somebody else than the proxy says that they are it: from an address that is not trusted.
        elsewhere = httpx.HTTPTransport(local_address="127.0.0.2")
        with httpx.Client(transport=elsewhere, base_url=plain, timeout=60) as other:
            spoofed = other.post(
                "/sign-in",
                data={"name": "Hà Minh Tôn", "password": PASSWORD},
                headers={"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "https", "Origin": plain},
            )
    store = open_store(folder)
    rows = store.cursor().execute("SELECT detail FROM audit WHERE action = 'sign_in' ORDER BY logged_at").fetchall()
    store.close()
    return Day(complaints, cookies, addresses, log[0], [row[0] for row in rows], spoofed)


def test_pages_keep_to_their_policy_and_say_nothing_of_people_in_addresses_or_the_log(day):
    assert day.complaints == []
    assert len(day.addresses) > 50
    for told in (*map(unquote, day.addresses), day.log):
        for secret in (NAME, PHONE, "khoi", "Khôi", "Hà Minh", PASSWORD):
            assert secret not in told, told
    assert "Traceback" not in day.log, day.log


def test_a_browser_behind_a_proxy_with_https(day):
    assert day.came_from == [FROM, "127.0.0.2"]
    [cookie] = [cookie for cookie in day.cookies if wall.COOKIE in cookie["name"]]
    assert cookie["name"] == wall.HTTPS_COOKIE
    assert cookie["secure"] and cookie["httpOnly"] and cookie["path"] == "/"
    assert [address for address in day.addresses if address.startswith("wss://")]


def test_whoever_is_not_the_proxy_is_not_believed(day):
    assert day.spoofed.status_code == 303
    assert "Secure" not in day.spoofed.headers["set-cookie"]
    assert "strict-transport-security" not in day.spoofed.headers
