"""Fifty people at once: signed-in websocket sessions that rerun pages for some minutes, with uploads going on.

    python bench/sessions.py [--minutes M] [--sessions N] [--think SECONDS]

Each session is what a browser is to the server: it opens a page, and every few seconds runs one again (Overview,
Compliance, Visitor flow, Scan history in turn), reading all that is sent. Meanwhile a log of a thousand scans is put
into the inbox every 20 s and loaded. Prints latencies of reruns, from the message sent until the run is finished, and
the server's memory; asserts that no run failed, that every log was loaded, and that `check` finds nothing.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from quetma import demo, rollups
from quetma.intake import recount
from quetma.store import Store, open_store
from quetma.web import wall
from tests.conftest import serve, sign_in

PAGES = ("", "compliance", "flow", "history")
ROWS, EVERY = 1000, 20  # scans of a log, and seconds between two
VISITORS = 5000
ARRIVE, FIRST_MINUTE = 30, 60  # seconds in which all come, and after which nothing may grow


def log_of(store: Store, number: int) -> str:
    """A scan log of the demo unit's last days: the visitors of a market town, most of whom have come before."""
    last, lines = store.today(), ["Họ tên;Số điện thoại;Địa điểm;Thời gian;Vào/Ra"]
    place = store.ask("flow/locations")["name"][0]
    for row in range(ROWS):
        day = last - timedelta(days=row % 3)
        visitor = (number * ROWS + row) * 7 % VISITORS
        time = f"{8 + row % 9:02}:{row % 60:02}:{number % 60:02}"
        lines.append(f"Khách Số {visitor};09{70_000_000 + visitor};{place};{day:%d/%m/%Y} {time};Vào")
    return "\n".join(lines)


def memory() -> float:
    """The resident memory of the server, this process's child, in MB."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "status").read_text()
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if f"\nPPid:\t{os.getpid()}\n" in told and b"streamlit" in command:
                return int(told.split("VmRSS:")[1].split()[0]) / 1024
    raise LookupError("the server is gone")


async def session(url: str, token: str, until: float, think: float, times: list[tuple[float, float]]) -> list[str]:
    """One browser's worth; what failed. times gets (when, seconds) of each rerun, pages opened at first left out."""
    failed: list[str] = []
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    headers = {"Cookie": f"{wall.COOKIE}={token}"}
    await asyncio.sleep(random.random() * ARRIVE)
    options: dict[str, Any] = {"subprotocols": ["streamlit"], "origin": url, "max_size": None, "open_timeout": 60}
    async with connect(address, additional_headers=headers, **options) as ws:
        turn = random.randrange(len(PAGES))
        first = len(PAGES)  # each opens every page once as it comes
        while time.monotonic() < until:
            began = time.monotonic()
            await ws.send(BackMsg(rerun_script=ClientState(page_name=PAGES[turn % len(PAGES)])).SerializeToString())
            while True:
                message = ForwardMsg.FromString(bytes(await asyncio.wait_for(ws.recv(decode=False), 60)))
                kind = message.WhichOneof("type")
                if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                    failed.append(message.delta.new_element.exception.message)
                if kind == "script_finished":
                    break
            if first:
                first -= 1
                turn += 1
                await asyncio.sleep(random.random() * 2)
                continue
            times.append((began, time.monotonic() - began))
            turn += random.random() < 0.25  # mostly the same page again, as people do who look at one
            await asyncio.sleep(think * (0.5 + random.random()))
    return failed


async def measure(given: argparse.Namespace, url: str, tokens: list[str], logs: list[str], inbox: Path) -> None:
    """All sessions, the uploads beside them, and what was measured."""
    times: list[tuple[float, float]] = []
    held: list[tuple[float, float]] = []
    start = time.monotonic()
    until = start + given.minutes * 60
    running = [asyncio.create_task(session(url, token, until, given.think, times)) for token in tokens]

    async def beside() -> None:
        for number, text in enumerate(logs):
            if time.monotonic() > until - EVERY:
                return
            part = inbox / f"log-{number}.part"
            part.write_text(text, encoding="utf-8")
            part.rename(inbox / f"log-{number}.csv")
            for _ in range(EVERY // 5):
                held.append((time.monotonic() - start, memory()))
                await asyncio.sleep(5)

    uploads = asyncio.create_task(beside())
    failed = [text for told in await asyncio.gather(*running) for text in told]
    await uploads
    took = np.array([seconds * 1000 for when, seconds in times if when - start > ARRIVE])
    late = np.array([seconds * 1000 for when, seconds in times if when - start > FIRST_MINUTE])
    print(f"{len(tokens)} sessions, {given.minutes:g} minutes, {len(took)} reruns")
    for name, some in (("once all were there", took), ("after the first minute", late)):
        if len(some):
            middle, most, worst = np.percentile(some, [50, 95, 100])
            print(f"{name}: median {middle:.0f} ms, p95 {most:.0f} ms, longest {worst:.0f} ms")
    minutes = [[mb for when, mb in held if when // 60 == minute] for minute in range(int(held[-1][0] // 60) + 1)]
    middles = ", ".join(f"{np.median(some):.0f}" for some in minutes)
    print(
        f"memory: {held[0][1]:.0f} MB at first, at most {max(mb for _, mb in held):.0f}; "
        f"medians of each minute: {middles}"
    )
    assert not failed, failed[:3]


def main() -> None:
    """Makes the unit, measures, and looks whether all is there."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--think", type=float, default=5, help="seconds between two reruns of a session, on average")
    given = parser.parse_args()
    random.seed(7)
    with tempfile.TemporaryDirectory() as parent:
        store = open_store(Path(parent) / "store")
        demo.write(store)
        store.set("demo", "no")
        tokens = [sign_in(store, ("leader", "leader", "gatekeeper", "viewer")[n % 4]) for n in range(given.sessions)]
        logs = [log_of(store, number) for number in range(int(given.minutes * 60 / EVERY) + 1)]
        store.close()
        inbox = store.folder / "inbox"
        inbox.mkdir(exist_ok=True)
        with serve(store.folder) as url:
            asyncio.run(measure(given, url, tokens, logs, inbox))
            time.sleep(EVERY)  # for the last log
        done, refused = len(list((inbox / "done").glob("log-*.csv"))), list((inbox / "failed").glob("*"))
        store = open_store(store.folder)
        differences = recount.check(store) + rollups.check(store)
        store.close()
        print(f"{done} logs loaded, {len(refused)} refused; check finds {len(differences)} differences")
        assert done and not refused and not differences


if __name__ == "__main__":
    main()
