"""quetma and the engine's server, workers and all, may be killed at any moment, also while an upload is published: what
is published is whole, the next try completes, and both engines answer alike.

A worker killed alone, as in a cluster of several machines, is of no concern: the question is asked anew.

QUETMA_KILLS says how often it is killed here: a few times among the other tests, hundreds when somebody wants to know.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import duckdb
import pytest
from deltalake import DeltaTable

from quetma import engine, intake
from quetma.engine import EngineAway, spark
from quetma.engine import lake as lakes
from quetma.engine.lake import Lake
from quetma.engine.second import Second
from quetma.store import ROOT, Store
from tests import killed
from tests.engine.pods import Cluster
from tests.engine.servers import Server
from tests.intake import prepare

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
        ("flow/peaks", {**SPAN, "locations": []}),
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


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    made.start()
    yield made
    made.kill()


@pytest.fixture
def asked(empty_store: Store, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Second]:
    """A store that the cluster answers for, with workers that run."""
    monkeypatch.setattr(spark, "LONG", 5.0)  # until a question that a dead worker had is taken for lost
    killed.begin(empty_store)
    second = Second(empty_store, cluster.address, engine.lake_folder(empty_store))
    alike(empty_store, second)
    assert len(cluster.workers) > 1
    yield second
    second.close()


def test_a_worker_killed_alone_while_an_upload_is_published_and_asked_about(
    empty_store: Store, cluster: Cluster, asked: Second
):
    chance, again = random.Random(KILLS), 0
    for n in range(KILLS):
        rows = (
            f"Khách Số {k},0913{n:02}{k:04},08:{k % 60:02} {k % 28 + 1:02}/08/2021,Mai Sơn,Vào\n" for k in range(500)
        )
        intake.load(empty_store, prepare(empty_store, f"{n}.csv", (killed.LOG + "".join(rows)).encode()), "t")
        worker = chance.choice(cluster.workers)
        after = threading.Timer(chance.uniform(0, 0.4), worker.kill)
        after.start()
        try:
            alike(empty_store, asked)
        except EngineAway:  # it may have been the one that the question was asked of anew
            again += 1
            after.join()
            alike(empty_store, asked)
        after.join()
        assert worker.wait() and asked.lake.check(empty_store) == []
        print(f"{n + 1} workers killed, after {again} of them somebody had to ask again", flush=True)
    alike(empty_store, asked)


def test_after_a_question_that_no_worker_answered_the_next_is_asked_of_others(
    empty_store: Store, cluster: Cluster, asked: Second, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spark, "LONG", 2.0)
    tries, ask = [], spark.Session.ask

    def hang(*given):
        tries.append(given)
        for worker in cluster.workers:
            worker.send_signal(signal.SIGSTOP)
        return ask(*given)

    with monkeypatch.context() as hung, pytest.raises(EngineAway):
        hung.setattr(spark.Session, "ask", hang)
        asked.ask("flow/hourly", {**SPAN, "location": 1}, {})
    assert len(tries) == 2, "once more, of new workers"
    monkeypatch.setattr(spark.Session, "ask", lambda *given: (tries.append(given), ask(*given))[1])
    question = {**SPAN, "location": 2}
    assert asked.ask("flow/hourly", question, {}).equals(empty_store.ask("flow/hourly", **question))
    assert len(tries) == len({session for session, *_ in tries}) == 3, "of none that did not answer"
