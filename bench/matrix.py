"""How long the matrix of 300 people × 31 days takes from a click until it is drawn, against a bare table of that size.

    .venv/bin/python bench/matrix.py [--repeats 15]

One real server and one real browser (Chromium) for both sides, which take turns: the click, the server's work (for the
matrix with its questions to the store), what is sent, and drawing it, until the browser has painted.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.overview import serving
from quetma import compliance, intake
from quetma.access import accounts, sessions
from quetma.store import Store, open_store
from quetma.web.page import COOKIE

PEOPLE, FIRST, DAYS = 300, date(2021, 8, 2), 31
# What there is when a side is drawn: the canvas of a dataframe, which holds the rows that are seen; those rows of the
# matrix in its shadow root; and all of them, which come right after.
ROWS = "[...document.querySelectorAll('*')].some(one => one.shadowRoot?.querySelectorAll('tbody tr').length >= {})"
THERE = {
    "bare table": "document.querySelector('[data-testid=stDataFrame] canvas')",
    "matrix": ROWS.format(40),
    "matrix, all rows": ROWS.format(PEOPLE),
}
TIMED = """
    () => new Promise((done) => {
        const began = performance.now();
        [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === 'draw').click();
        // A timer set while a frame is made fires once it is painted.
        const look = () => (THERE) ? setTimeout(() => done(performance.now() - began)) : requestAnimationFrame(look);
        requestAnimationFrame(look);
    })
"""


def fill(store: Store) -> None:
    """A unit of 300 whose staff scan in and out on most working days of a month."""
    people = [(f"Nguyễn Văn Người {n}", f"09{n:08}", "Kiểm soát viên", f"Trụ sở {n % 3 + 1}") for n in range(PEOPLE)]
    roster = ["Họ và tên,Số điện thoại,Chức vụ,Nơi làm việc", *(",".join(person) for person in people)]
    scans = ["Họ và tên,Số điện thoại,Địa điểm,Thời gian quét,Vào/Ra"]
    for day in (FIRST + timedelta(n) for n in range(DAYS)):
        for n, (name, phone, _, place) in enumerate(people):
            if day.weekday() < 5 and (n * 7 + day.day) % 11:
                for clock, way in ((time(7, n % 60), "Vào"), (time(17, n % 60), "Ra"))[: 2 if (n + day.day) % 9 else 1]:
                    scans.append(f"{name},{phone},{place},{datetime.combine(day, clock):%d/%m/%Y %H:%M:%S},{way}")
    for file, lines in (("a.csv", roster), ("b.csv", scans)):
        [table] = intake.prepare(store, file, "\n".join(lines).encode())
        intake.load(store, intake.unasked(table), "bench")
    found = compliance.matrix(store, "scanned", FIRST, FIRST + timedelta(DAYS - 1))
    assert (found.height, found.width) == (PEOPLE, DAYS + 3)


def timed(page: Page, url: str, side: str) -> float:
    """Milliseconds from the click until the side is painted."""
    page.goto(f"{url}/?side={'table' if side == 'bare table' else 'matrix'}")
    page.get_by_role("button", name="draw").wait_for()
    page.wait_for_selector('[data-test-script-state="notRunning"]', state="attached")
    return page.evaluate(TIMED.replace("THERE", THERE[side]))


def main() -> None:
    """Prints one line a side, and the ratio."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--repeats", type=int, default=15)
    repeats = arguments.parse_args().repeats
    found = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(folder)
        fill(store)
        accounts.add(store, "bench", "một mật khẩu dài", "leader")
        token = sessions.start(store, "bench")
        store.close()
        with serving("bench/bare/matrix.py", QUETMA_STORE=folder) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(viewport={"width": 1400, "height": 1000})
            context.add_cookies([{"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}])
            page = context.new_page()
            url = f"http://127.0.0.1:{port}"
            for side in THERE:  # the browser's cache and the server's memory are warm
                timed(page, url, side)
                timed(page, url, side)
            took = {side: [] for side in THERE}
            for _ in range(repeats):
                for side, times in took.items():
                    times.append(timed(page, url, side))
            browser.close()
    median = {side: statistics.median(times) for side, times in took.items()}
    for side, times in took.items():
        print(f"{side:<17} median {median[side]:6.0f} ms   quickest {min(times):6.0f} ms")
    print(f"{'ratio':<17} {median['matrix'] / median['bare table']:13.2f} ×")


if __name__ == "__main__":
    main()
