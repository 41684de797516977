"""How much memory a large file takes on the server: handed in through the browser, read, previewed, loaded.

    .venv/bin/python bench/upload.py [--scans 3100000]     # about 200 MB

One real server and one real browser (Chromium). Of the server's process, and of those that it starts to read files, the
resident memory is looked at some 50 times a second: the part of its own (anonymous), and all of it, which counts pages
of files that the kernel may drop whenever it needs them.
"""

import argparse
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.load import write_log
from bench.overview import serving
from quetma.access import accounts, sessions
from quetma.language import translator
from quetma.store import open_store
from quetma.web.page import COOKIE

PATIENCE = 300_000  # milliseconds
Memory = tuple[float, float]  # MB: of its own, in all


def children(pid: int | str) -> list[int]:
    """The processes that a process has started and that still run."""
    told = (path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children"))
    return [int(child) for text in told for child in text.split()]


def memory(pid: int) -> Memory:
    """Resident memory of a process; none when it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0, 0.0
    kb = dict(re.findall(r"(Rss\w+|VmRSS):\s+(\d+) kB", status))
    return int(kb.get("RssAnon", 0)) / 1024, int(kb.get("VmRSS", 0)) / 1024


class Watch:
    """Looks at a server until told to stop, and keeps the highest of its process and of what it starts."""

    def __init__(self, server: int) -> None:
        self.server, self.on = server, True
        self.forget()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def forget(self) -> None:
        """Begins again with what there is now."""
        self.own = self.all = self.started = 0.0

    def _look(self) -> None:
        while self.on:
            own, whole = memory(self.server)
            self.own, self.all = max(self.own, own), max(self.all, whole)
            self.started = max([self.started, *(memory(child)[1] for child in children(self.server))])
            time.sleep(0.02)

    def told(self, step: str, before: Memory) -> None:
        """Prints the highest of a step, and begins again."""
        print(
            f"{step:<24} server +{self.own - before[0]:5.0f} MB of its own, +{self.all - before[1]:5.0f} MB in all; "
            f"reading process {self.started:5.0f} MB",
            flush=True,
        )
        self.forget()


@contextmanager
def dashboard(folder: Path) -> Generator[tuple[int, Page]]:
    """A server on a new store: its process, and a page of it on which a leader is signed in."""
    store = open_store(folder)
    accounts.add(store, "bench", "một mật khẩu dài", "leader")
    token = sessions.start(store, "bench")
    store.close()
    with serving("dashboard.py", QUETMA_STORE=str(folder)) as port, sync_playwright() as playwright:
        [server] = [pid for pid in children("self") if b"streamlit" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": COOKIE, "value": token, "domain": "127.0.0.1", "path": "/"}])
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{port}/upload")
        yield server, page
        browser.close()


def main() -> None:
    """Prints a line for the preview and one for the load."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--scans", type=int, default=3_100_000)
    scans = arguments.parse_args().scans
    t = translator("vi")
    load = re.compile(re.escape(t("Load {n} new rows")).replace(re.escape("{n}"), r"[\d.]+"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_log(folder / "log.csv", scans)
        size = (folder / "log.csv").stat().st_size / 2**20
        with dashboard(folder / "store") as (server, page):
            chooser = page.locator("input[type=file]")
            chooser.wait_for(state="attached")
            time.sleep(3)
            before = memory(server)
            print(f"{scans:,} scans, {size:.0f} MB; before: {before[0]:.0f} MB of its own, {before[1]:.0f} in all")
            watch = Watch(server)
            began = time.monotonic()
            chooser.set_input_files(folder / "log.csv")
            button = page.get_by_role("button", name=load)
            button.wait_for()
            time.sleep(2)
            watch.told("sent, read, previewed", before)
            print(f"{'':<24} {time.monotonic() - began - 2:.0f} s from choosing the file until its preview")
            time.sleep(1)
            watch.told("while previewed", before)
            button.click()
            button.wait_for(state="detached")
            page.get_by_role("status").first.wait_for()
            watch.told("loaded", before)
            watch.on = False


if __name__ == "__main__":
    main()
