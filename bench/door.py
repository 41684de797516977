"""The public page under a flood: 200 posts a second for 20 s, and whether the dashboard can be used meanwhile.

    python bench/door.py [SECONDS] [POSTS_A_SECOND]

Each post is a form that was really fetched before, from one of 400 addresses (as a proxy on this machine tells them),
at one of 8 places. Every answer must be "recorded" or "wait", every recorded passage must be in the store, and nothing
else may have become reachable. Prints the counts and latencies of the posts, and how long Overview takes to draw in a
browser before and during the flood.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlencode

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import sync_playwright

from quetma import demo, places, posters, rollups
from quetma.intake import recount
from quetma.places import Place
from quetma.store import open_store
from quetma.web.page import COOKIE
from tests.browser.conftest import FLAGS
from tests.conftest import serve, sign_in

PLACES, ADDRESSES = 8, 400
IDLE = 3  # seconds; the server closes a connection that was idle for 5
KEY = re.compile(r'name="key" value="([^"]*)"')


def make(folder: Path) -> tuple[list[str], str]:
    """A unit with the demo's weeks of scans and 8 places: the paths of their codes, and a leader's session."""
    store = open_store(folder)
    demo.write(store)
    store.set("demo", "no")
    numbers = [places.save(store, Place(f"Điểm {n}"), "bench").location_id for n in range(PLACES)]
    paths = [posters.PATH + posters.make(store, number or 0, "bench").token for number in numbers]
    token = sign_in(store)
    store.close()
    return paths, token


class Line:
    """A connection of its own that is kept open. As little work as possible for each request: whoever sends must not be
    slower than who answers.
    """

    def __init__(self, url: str) -> None:
        self._host, self._port = url.removeprefix("http://").split(":")
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def ask(self, method: str, path: str, address: str, body: bytes = b"") -> tuple[int, bytes, bytes]:
        """Status, head and body of the answer."""
        if self._streams is None or time.monotonic() > self._used + IDLE:
            self._streams = await asyncio.open_connection(self._host, int(self._port))
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\nX-Forwarded-For: {address}\r\n"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        told = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", told, re.IGNORECASE)
        content = await reader.readexactly(int(length[1]) if length else 0)
        self._used = time.monotonic()
        return int(told[9:12]), told, content


async def flood(url: str, paths: list[str], seconds: int, rate: int) -> None:
    """Fetches the forms, says that it is ready, waits for a line, and posts them at that rate."""
    count = seconds * rate
    where = [(paths[n % len(paths)], f"10.1.{n % ADDRESSES // 200}.{n % 200 + 1}") for n in range(count)]
    keys: list[str] = [""] * count
    idle = [Line(url) for _ in range(10)]

    async def fetch(line: Line, numbers: range) -> None:
        for n in numbers:
            while not keys[n]:
                _, _, content = await line.ask("GET", *where[n])
                found = KEY.search(content.decode())
                keys[n] = unescape(found[1]) if found else ""
                if not found:
                    await asyncio.sleep(1)

    await asyncio.gather(*(fetch(line, range(n, count, len(idle))) for n, line in enumerate(idle)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    answers: list[tuple[int, float, str]] = []

    async def post(n: int) -> None:
        fields = {"direction": "in", "name": "Khách Đông Người", "phone": f"09{n:08}", "health": "none", "key": keys[n]}
        line = idle.pop() if idle else Line(url)
        begun = time.perf_counter()
        try:
            status, head, _ = await line.ask("POST", *where[n], urlencode(fields).encode())
            retry = re.search(rb"retry-after: (\d+)", head, re.IGNORECASE)
            answers.append((status, time.perf_counter() - begun, retry[1].decode() if retry else ""))
            idle.append(line)
        except (OSError, asyncio.IncompleteReadError) as error:
            answers.append((0, time.perf_counter() - begun, type(error).__name__))

    begun = time.perf_counter()
    running = []
    for n in range(count):
        await asyncio.sleep(max(0, begun + n / rate - time.perf_counter()))
        running.append(asyncio.create_task(post(n)))
    sent = time.perf_counter() - begun
    await asyncio.gather(*running)
    answered = time.perf_counter() - begun
    for status in sorted({status for status, _, _ in answers}):
        took = sorted(seconds for found, seconds, _ in answers if found == status)
        told = Counter(retry for found, _, retry in answers if found == status)
        p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
        times = f"p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"
        print(f"status {status}: {len(took)}, {times}, Retry-After {dict(told.most_common(6))}")
    print(f"posted {count} in {sent:.1f} s, all answered after {answered:.1f} s", flush=True)


def draw(page, url: str) -> float:
    """Seconds until Overview is drawn."""
    begun = time.perf_counter()
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    return time.perf_counter() - begun


def main(seconds: int, rate: int) -> None:
    folder = Path(tempfile.mkdtemp())
    paths, token = make(folder)
    print("made", flush=True)
    with serve(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        context = browser.new_context()
        context.add_cookies([{"name": COOKIE, "value": token, "url": url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        before = [draw(page, url) for _ in range(3)]
        print("drawn before", flush=True)
        with subprocess.Popen(
            [sys.executable, __file__, "flood", url, ",".join(paths), str(seconds), str(rate)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as load:  # fmt: skip
            assert load.stdin and load.stdout
            assert load.stdout.readline().strip() == "ready"
            print("forms fetched, the flood begins", flush=True)
            load.stdin.write("\n")
            load.stdin.flush()
            begun, during, open_ = time.monotonic(), [], []
            while time.monotonic() < begun + seconds - 2:
                during.append(draw(page, url))
                for path in ("/", "/overview", "/_stcore/health", "/_stcore/metrics", "/export/x", "/c/x", "/media/x"):
                    open_.append(httpx.get(url + path, timeout=60, headers={"accept": "*/*"}).status_code)
            told = load.stdout.read()
        browser.close()
    print(told.strip())
    first, then = ([round(one, 2) for one in times] for times in (before, during))
    print(f"Overview drawn in a browser, s: before {first}, during {then}")
    print(f"anonymous requests beside the page: {dict(Counter(open_))}")
    store = open_store(folder)
    [(kept,)] = store.cursor().execute("SELECT COUNT(*) FROM door_row").fetchall()
    recorded = int(re.search(r"status 200: (\d+)", told)[1])  # ty: ignore
    wrong = recount.check(store) + rollups.check(store)
    print(f"kept {kept} of {recorded} answered as recorded; differences found by check: {len(wrong)}")
    store.close()
    assert kept == recorded
    assert not wrong
    assert set(open_) == {401}
    assert set(re.findall(r"status (\d+)", told)) <= {"200", "429"}


if __name__ == "__main__":
    if sys.argv[1:2] == ["flood"]:
        asyncio.run(
            flood(sys.argv[2], [unquote(path) for path in sys.argv[3].split(",")], int(sys.argv[4]), int(sys.argv[5]))
        )
    else:
        main(*(int(text) for text in (sys.argv[1:] + ["20", "200"][len(sys.argv) - 1 :])))
