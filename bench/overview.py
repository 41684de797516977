"""How long the server works on a rerun of the overview against the floor: its widgets drawn from constants.

    .venv/bin/python bench/overview.py [--reruns 100] [--store DIR]

The demo unit's, or that of a store of `grown.py` (a copy: a session is written into it).

Both are real servers, warmed up and frozen alike, spoken to as a browser does, over a websocket. Reruns are asked for
back to back, so that what the server still does after one run (collecting garbage) delays the next and counts.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from quetma import demo
from quetma.access import accounts, sessions
from quetma.store import ROOT, open_store
from quetma.web.page import COOKIE

BLOCK = 10  # reruns of one side before the other has its turn


@contextmanager
def serving(script: str, **environment: str) -> Generator[int]:
    """The server of that script, answering; gives its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            try:
                httpx.get(f"http://127.0.0.1:{port}/", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def connected(port: int, headers: dict[str, str]) -> ClientConnection:
    """A browser's websocket to the server."""
    return connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        origin=Origin(f"http://127.0.0.1:{port}"),
        subprotocols=[Subprotocol("streamlit")],
        additional_headers=headers,
        max_size=None,
    )


def rerun(browser: ClientConnection) -> tuple[float, Counter[str], int]:
    """Asks for a run of the page and waits for its end: seconds, what was drawn by kind, and bytes."""
    began = time.perf_counter()
    message = BackMsg()
    message.rerun_script.SetInParent()
    browser.send(message.SerializeToString())
    drawn: Counter[str] = Counter()
    size = 0
    while True:
        data = browser.recv(timeout=60)
        assert isinstance(data, bytes)
        size += len(data)
        answer = ForwardMsg.FromString(data)
        if answer.WhichOneof("type") == "delta" and answer.delta.WhichOneof("type") == "new_element":
            drawn[answer.delta.new_element.WhichOneof("type") or ""] += 1
        elif answer.WhichOneof("type") == "ref_message":  # too large to be sent again; the browser has it
            drawn["again"] += 1
        elif answer.WhichOneof("type") == "script_finished":
            assert answer.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            return time.perf_counter() - began, drawn, size


def main() -> None:
    """Prints one line a side, and the ratio."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--reruns", type=int, default=100)
    arguments.add_argument("--store", type=Path)
    given = arguments.parse_args()
    reruns = given.reruns
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.store or Path(temporary)
        store = open_store(folder)
        if not given.store:
            demo.write(store)
            accounts.add(store, "bench", "một mật khẩu dài", "leader")
        token = sessions.start(store, "bench")
        store.close()
        with ExitStack() as stack:
            bare = stack.enter_context(serving("bench/bare/server.py"))
            dashboard = stack.enter_context(serving("dashboard.py", QUETMA_STORE=str(folder)))
            sides = {"bare page": (bare, {}), "overview": (dashboard, {"Cookie": f"{COOKIE}={token}"})}
            browsers = {name: stack.enter_context(connected(*side)) for name, side in sides.items()}
            drawn = {}
            for name, browser in browsers.items():
                _, drawn[name], _ = rerun(browser)
                for _ in range(BLOCK):
                    rerun(browser)
            drawn["overview"]["button"] += drawn["overview"].pop("bidi_component")  # signing out, a button of our own
            # of a large unit there are other things to say
            assert given.store or drawn["overview"] == drawn["bare page"], (drawn["overview"], drawn["bare page"])
            seconds: dict[str, list[float]] = {name: [] for name in sides}
            size = dict.fromkeys(sides, 0)
            for _ in range(reruns // BLOCK):
                for name, browser in browsers.items():
                    for _ in range(BLOCK):
                        took, _, size[name] = rerun(browser)
                        seconds[name].append(took)
    median = {name: statistics.median(times) * 1000 for name, times in seconds.items()}
    for name, times in seconds.items():
        p95 = statistics.quantiles(times, n=20)[-1] * 1000
        print(f"{name:<10} median {median[name]:6.1f} ms   p95 {p95:6.1f} ms   {size[name] / 1024:5.1f} KB a rerun")
    print(f"{'ratio':<10} {median['overview'] / median['bare page']:13.2f} ×")


if __name__ == "__main__":
    main()
