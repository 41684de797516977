"""quetma and the engine's server, workers and all, may be killed at any moment, also while an upload is published: what
is published is whole, the next try completes, and both engines answer alike.

QUETMA_KILLS says how often it is killed here: a few times among the other tests, hundreds when somebody wants to know.
"""

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from quetma import engine
from quetma.engine import lake as lakes
from quetma.engine.lake import Lake
from quetma.engine.second import Second
from quetma.store import ROOT, Store
from tests import killed
from tests.engine.servers import Server

KILLS = int(os.environ.get("QUETMA_KILLS", "2"))
LONGEST = 2.0  # seconds that it works before it is killed, at most
SPAN = {"first": date(2020, 1, 1), "last": date(2031, 1, 1)}
ALL = {**SPAN, "locations": [], "people": [], "named": [], "batches": [], "kind": None, "direction": None}


def whole(lake: Lake) -> None:
    """Every part of every published table has the rows that were published, by the files themselves."""
    state = lake.state()
    if state is None:
        return
    with closing(duckdb.connect()) as reader:
        for name, parts in state.parts.items():
            files = DeltaTable(lake.path(name), version=state.versions[name]).file_uris()
            assert lakes._lying(reader.cursor(), files) == parts, name


def alike(store: Store, second: Second) -> None:
    """Some questions about everything, of both engines."""
    for name, params in (
        ("history/days", ALL),
        ("history/scans", {**ALL, "skip": 0, "rows": None}),
        ("flow/hourly", {**SPAN, "location": 0}),
        ("flow/peaks", {**SPAN, "location": 0}),
        ("compliance/trend", {**SPAN, "location": 0, "position": None}),
    ):
        assert store.ask(name, **params).equals(second.ask(name, params, {})), name


@pytest.mark.parametrize("mode", ["local", "local-cluster"])
def test_both_killed_again_and_again_while_uploads_are_published(tmp_path: Path, mode: str):
    folder, chance, server = tmp_path / "store", random.Random(KILLS), Server(mode).start()
    store = Store(folder)
    killed.begin(store)
    store.close()
    environment = {**os.environ, "QUETMA_ENGINE": server.address}
    amid = 0
    try:
        for n in range(KILLS):
            command = [sys.executable, "-m", "tests.engine.working", str(folder), str(n + 1)]
            with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=environment) as process:
                assert process.stdout and process.stdout.readline() == b"ready\n"
                if n % 3 != 2:  # the server is killed under it as well, and started again
                    after = threading.Timer(chance.uniform(0, LONGEST / 2), server.kill)
                    after.start()
                    time.sleep(chance.uniform(0, LONGEST))
                    after.join()
                else:
                    time.sleep(chance.uniform(0, LONGEST))
                assert process.poll() is None, "it works until it is killed"
                process.kill()
            server.kill()
            lake = Lake(folder / "lake")
            whole(lake)
            state = lake.state()
            amid += state is not None and any(
                DeltaTable(lake.path(name)).version() != version for name, version in state.versions.items()
            )
            server.start()
            store = Store(folder)
            try:
                second = Second(store, server.address, engine.lake_folder(store))
                assert second.settle(), second.standing()
                assert lake.check(store) == []
                alike(store, second)
                second.close()
            finally:
                store.close()
            print(f"{n + 1} killed, {amid} of them amid publishing", flush=True)
    finally:
        server.kill()
