"""What tests share: stores in temporary folders, pages rendered without a browser, the real server."""

import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import hypothesis
import pytest
from argon2 import PasswordHasher
from hypothesis import Phase
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from quetma import durable
from quetma.access import accounts, sessions
from quetma.file import FILE
from quetma.intake import apart
from quetma.store import ROOT, Store, open_store
from tests.intake import ReadHere

PASSWORD = "một mật khẩu dài"

# How quick a machine is decides no test, nor does chance: the same examples every time. `--hypothesis-profile=search`
# tries others, and makes a failing one small, which can take minutes.
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.register_profile(
    "quetma", deadline=None, derandomize=True, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
hypothesis.settings.load_profile("quetma")


def searching() -> bool:
    """Whether more is tried than in the gate."""
    return hypothesis.settings.get_current_profile_name() == "search"


def examples(n: int) -> int:
    """How many examples a slow property is tried with: a third of n in the gate, n when others are searched for."""
    return n if searching() else max(2, n // 3)


def pytest_configure() -> None:
    """Stores of tests lie in memory where there is plenty: a tenth of the time of what writes is waiting for the disk.
    Folders of tests that passed go at once (pyproject.toml), so that they never are many.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free > 8 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))
        tempfile.tempdir = str(memory)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported is there to stay: looking for garbage among it takes a fifth of a second each time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser comes first: each worker starts one only once, and none is left with it at the end. Then the
    largest files, so that the workers end at about the same time.
    """
    items.sort(key=lambda item: ("browser" not in item.path.parts, -item.path.stat().st_size))


@pytest.fixture(scope="session", autouse=True)
def cheap() -> Iterator[None]:
    """What costs every test of a page most and is no part of it. Passwords are hashed with the least work, but for a
    server that is started. Installed packages are searched for Streamlit's components once, not for each test anew;
    a page is compiled once; and its run is waited for, not asked a thousand times a second whether it has ended.
    """
    look = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        assert runner._script_thread
        runner._script_thread.join(timeout)
        look(runner, 1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "keep_private", lambda: None)  # who imports the dashboard changes no other test's umask
        patch.setattr(accounts, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setattr(local_script_runner, "ScriptCache", cache(local_script_runner.ScriptCache))
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        yield


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files on the desk are read in this process; test_desk.py shows that one of their own reads the same."""
    monkeypatch.setattr(apart, "Reading", ReadHere)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a closed store with nothing in it: a copy takes a sixth of the time that making one takes."""
    store = open_store(tmp_path_factory.mktemp("empty"))
    store.close()
    return store.folder / FILE


@pytest.fixture
def empty_store(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)
    shutil.copy(empty_file, folder)
    store = open_store(folder)
    yield store
    store.close()


@pytest.fixture(scope="session")
def filled_folder(
    empty_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Callable[[Store], object]], Path]:
    """`filled_folder(fill)`: a closed store that `fill` wrote into, made once; copy it, never open it."""
    made: dict[Callable[[Store], object], Path] = {}

    def folder(fill: Callable[[Store], object]) -> Path:
        if fill not in made:
            made[fill] = tmp_path_factory.mktemp("filled")
            shutil.copy(empty_file, made[fill])
            store = open_store(made[fill])
            fill(store)
            store.close()
        return made[fill]

    return folder


@pytest.fixture
def filled(
    filled_folder: Callable[[Callable[[Store], object]], Path], tmp_path: Path
) -> Iterator[Callable[[Callable[[Store], object]], Store]]:
    """`filled(fill)`: a copy of the test's own of the store that `fill` wrote into."""
    with ExitStack() as opened:

        def copy(fill: Callable[[Store], object]) -> Store:
            store = open_store(shutil.copytree(filled_folder(fill), tmp_path / "filled"))
            opened.callback(store.close)
            return store

        yield copy


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the demo unit before its case, made once; copy it, never open it."""
    from quetma import demo

    store = open_store(tmp_path_factory.mktemp("demo"))
    demo.write_unit(store)
    store.close()
    return store.folder


@pytest.fixture
def demo_store(demo_folder: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of the demo unit of the test's own."""
    store = open_store(shutil.copytree(demo_folder, tmp_path / "demo"))
    yield store
    store.close()


def logged(store: Store) -> int:
    """Bytes of changes that are not in the store's file yet."""
    log = store.folder / f"{FILE}.wal"
    return log.stat().st_size if log.exists() else 0


def sign_in(store: Store, role: str = "leader") -> str:
    """The token of a new session in that store, with a real account of that role."""
    name = f"Test {role}"
    if not accounts.find(store, name):
        accounts.add(store, name, PASSWORD, role)
    return sessions.start(store, name)


@pytest.fixture
def app() -> Callable[..., AppTest]:
    """`app(page="pages/flow.py", role="leader", language="vi", store=demo_store, state={"flow_day": …})`: that page,
    run once, signed in, with that in its state.
    """

    def run(
        page: str = "pages/overview.py",
        role: str = "leader",
        language: str = "vi",
        *,
        store: Store,
        state: dict[str, Any] | None = None,
    ) -> AppTest:
        test = AppTest.from_file(ROOT / "quetma" / "web" / "main.py", default_timeout=60)
        test.session_state["session_token"] = sign_in(store, role)
        test.session_state["language"] = language
        for key, value in (state or {}).items():
            test.session_state[key] = value
        if page != "pages/overview.py":
            test.switch_page(f"../../{page}")
        return test.run()

    return run


def free_port() -> int:
    """A port nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


_ports: list[int] = []


@contextmanager
def serve(store_folder: Path, told: list[str] | None = None) -> Iterator[str]:
    """The dashboard, started as a user does, once it answers: its address. All it served so far is a refusal.

    It is where an earlier one was that has ended: a browser has the scripts of an address in its cache.
    told: gets what it wrote to its log when it has ended.
    """
    port = _ports.pop() if _ports else free_port()
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py"]
    command += ["--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, "QUETMA_STORE": str(store_folder)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 60
            while not _answers(url):
                if process.poll() is not None or time.monotonic() > until:
                    log.seek(0)
                    raise AssertionError(f"the dashboard did not start:\n{log.read().decode()}")
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=20)
            _ports.append(port)
            if told is not None:
                log.seek(0)
                told.append(log.read().decode())


def _answers(url: str) -> bool:
    try:
        # no certificate is asked for: reading those of the system takes longer than the answer
        assert httpx.get(f"{url}/_stcore/health", timeout=60, verify=False).status_code == 401
    except httpx.TransportError:
        return False
    return True


@pytest.fixture
def server() -> Iterator[Callable[[Path], str]]:
    """`server(store_folder)`: the address of the dashboard running on that (closed) store, stopped after the test."""
    with ExitStack() as running:
        yield lambda store_folder: running.enter_context(serve(store_folder))
