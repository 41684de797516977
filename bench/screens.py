"""What each screen asks of the store, and how long that and its whole rerun take, as the store grows.

    .venv/bin/python bench/screens.py [--scans 10000 1000000 …] [--folder DIR] [--screen NAME …] [--repeats N] [--all]

The stores are those of `grown.py`, made when they are not there. Each screen is run as a leader sees it, in this
process, and what it asks is written down as it asks: so the list of queries cannot be other than the screens'. Cold is
the first run in a store just opened, its file out of the disk's cache. Warm is the median of many runs that ask
everything again: before each, what the store remembers of the last is forgotten, as any write makes it forget.
Remembered is the rerun of a screen when nothing was written since. A line a screen; below it the queries over the
limit, with `--all` all of them. Exit status 1 when one is.
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import logging

import grown
import tracing as traces
from streamlit.testing.v1 import AppTest

from quetma import likely
from quetma.access import sessions
from quetma.file import FILE
from quetma.store import QUERIES, ROOT, Store, open_store
from quetma.web import widgets

logging.getLogger("streamlit").setLevel(logging.ERROR)  # that there is no browser need not be said at each run
likely.RESTS = 0
LIMIT = 30.0  # ms, of one query
COLD = 500.0  # ms, of one query when a screen first opens: beyond that it is named
NAMES = {path.read_text(encoding="utf-8"): f"{path.parent.name}/{path.stem}" for path in QUERIES.rglob("*.sql")}


@dataclass(frozen=True)
class Screen:
    """A page as a reader has it before them: what is chosen there is in its state. people: who that is."""

    page: str
    state: dict[str, Any] = field(default_factory=dict)


def screens(store: Store) -> dict[str, Screen]:
    """Every page as it opens, and what is asked there most and costs most."""
    cursor = store.cursor()
    [(staff,)] = cursor.execute("SELECT MIN(person_id) FROM staff WHERE person_id > 300").fetchall()
    visitor = next(p for p in traces.cases(store)["median"] if p % grown.STAFF_EVERY != 1)
    pages = {path.stem: Screen(path.stem) for path in sorted((ROOT / "pages").glob("*.py"))}
    whole = {"period": "all"}
    return pages | {
        "overview, on site": Screen("overview", {"overview_on_site": True}),
        "compliance, day by day": Screen("compliance", {"matrix": True}),
        "compliance, who did not scan": Screen("compliance", {"missing_scanned": True}),
        "person, found by name": Screen("person", {f"{widgets.PERSON}_text": "van hung"}),
        "person, found by phone": Screen("person", {f"{widgets.PERSON}_text": "0912 34"}),
        "person, of the staff": Screen("person", {widgets.PERSON: staff}),
        "person, timeline": Screen("person", {widgets.PERSON: staff, "person_view": "timeline"}),
        "person, stays of a visitor": Screen("person", {widgets.PERSON: visitor, "person_view": "stays"}),
        "person, files": Screen("person", {widgets.PERSON: staff, "person_view": "files"}),
        "flow, all days": Screen("flow", whole),
        "flow, all days, one place": Screen("flow", {**whole, "location": 7}),
        "flow, who came": Screen("flow", {"day_people": True}),
        "flow, who comes again": Screen("flow", {"returning": True}),
        "tracing, somebody picked": Screen("tracing", {"trace_person": visitor}),
        "cases, the table": Screen("cases", {"cases_view": "table"}),
        "history, all days": Screen("history", whole),
        "history, one person": Screen("history", {**whole, widgets.HISTORY: [visitor]}),
        "history, two places": Screen("history", {**whole, "history_locations": [3, 7]}),
        "history, staff": Screen("history", {**whole, "history_kind": "staff"}),
        "history, found by name": Screen("history", {f"{widgets.HISTORY}_add_text": "van hung"}),
        "who, decided": Screen("who", {"who_decided": True}),
    }


# Writing down what is asked -------------------------------------------------------------------------------------------


class Asked:
    """What was asked of the store since `clear`: of each query how long it took, in ms."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.took: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, text: str, params: object, ms: float) -> None:
        """One query, whose text is known by its file's name, else by how it begins."""
        name = NAMES.get(text) or " ".join(text.split())[:70]
        with self._lock:
            self.took[f"{name} {params or ''}".strip()].append(ms)

    def clear(self) -> None:
        """Forgets them."""
        with self._lock:
            self.took.clear()


class Heard:
    """A connection, cursor or relation of DuckDB that does as it does and has `Asked` know how long it took."""

    def __init__(self, real: Any, asked: Asked, text: str = "", params: object = None) -> None:
        self.__dict__.update(_real=real, _asked=asked, _text=text, _params=params)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._real, name)
        if not callable(value):
            return value

        def call(*args: Any, **more: Any) -> Any:
            text, params = self._text, self._params
            if name in ("sql", "execute"):
                text, params = args[0], more.get("params") or (args[1] if len(args) > 1 else None)
            began = time.perf_counter()
            answer = value(*args, **more)
            if text and name != "close":
                self._asked.add(text, params, (time.perf_counter() - began) * 1000)
            if name in ("sql", "execute", "cursor"):
                return Heard(answer, self._asked, text, params)
            return answer

        return call

    def __iter__(self) -> Any:
        return iter(self._real)


# Running a screen -----------------------------------------------------------------------------------------------------


def opened(folder: Path, asked: Asked, cold: bool = False) -> Store:
    """The store, its queries heard; cold: its file is not in the disk's cache."""
    if cold:
        with (folder / FILE).open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    store = open_store(folder)
    vars(store._file)["connection"] = Heard(store._file.connection, asked)
    return store


def page_of(screen: Screen, store: Store) -> AppTest:
    """That screen, not yet run, signed in as a leader."""
    test = AppTest.from_file(ROOT / "quetma" / "web" / "main.py", default_timeout=300)
    test.session_state["session_token"] = sessions.start(store, grown.ACCOUNT)
    test.session_state["language"] = "vi"
    for key, value in screen.state.items():
        test.session_state[key] = value
    if screen.page != "overview":
        test.switch_page(f"../../pages/{screen.page}.py")
    return test


def run(test: AppTest) -> float:
    """One run of the page: ms."""
    began = time.perf_counter()
    test.run()
    took = (time.perf_counter() - began) * 1000
    assert not test.exception, test.exception
    return took


def forgotten(store: Store) -> None:
    """What any write does to the answers that the store remembers."""
    store.answers.forget(store.version)


def measure(folder: Path, scans: int, chosen: list[str], repeats: int, everything: bool) -> bool:
    """The lines of one size; whether all queries stay below the limit."""
    asked = Asked()
    grown.grown(folder, scans).close()
    store = opened(folder, asked)
    shown = {name: screen for name, screen in screens(store).items() if not chosen or name in chosen}
    run(page_of(next(iter(shown.values())), store))  # what Python loads once in the life of a server
    good = True
    size = (folder / FILE).stat().st_size
    print(f"{scans:,} scans, {size / 2**20:,.0f} MB, {size / 2**20 / scans * 1e6:,.1f} MB a million scans")
    print(
        f"{'':<30} {'queries':>7} {'all':>8} {'slowest':>8}   {'rerun':>8} {'remembered':>10}   {'cold':>8}", flush=True
    )
    for name, screen in shown.items():
        store.close()
        gc.collect()
        store = opened(folder, asked, cold=True)
        asked.clear()
        test = page_of(screen, store)
        store.everybody.now()  # as a running dashboard has it
        watch = likely.Looking(store)  # the same: cold it has not looked yet
        cold = run(test)
        if screen.page == "who":
            watch.look()
        worst = max(((max(times), query) for query, times in asked.took.items()), default=(0.0, ""))
        again, kept = [], []
        asked.clear()
        for _ in range(repeats):
            forgotten(store)
            again.append(run(test))
        took = {query: statistics.median(_sums(times, repeats)) for query, times in asked.took.items()}
        kept = [run(test) for _ in range(repeats)]
        slow = {query: ms for query, ms in took.items() if ms > LIMIT or everything}
        good &= all(ms <= LIMIT for ms in took.values())
        print(
            f"{name:<30} {len(took):>7} {sum(took.values()):>8.1f} {max(took.values(), default=0):>8.1f}   "
            f"{statistics.median(again):>8.1f} {statistics.median(kept):>10.1f}   {cold:>8.1f}"
        )
        if worst[0] > COLD:
            print(f"    {worst[0]:8.1f} ms cold  {worst[1][:150]}")
        for query, ms in sorted(slow.items(), key=lambda pair: -pair[1]):
            print(f"    {ms:8.1f} ms  {query[:150]}")
        sys.stdout.flush()
    store.close()
    return good


def _sums(times: list[float], runs: int) -> list[float]:
    """What one query took in each run: it is asked, and its answer fetched, perhaps more than once."""
    each = max(1, len(times) // runs)
    return [sum(times[n : n + each]) for n in range(0, len(times), each)]


def main() -> None:
    """A table a size."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--scans", type=int, nargs="*", default=[10_000, 1_000_000])
    given.add_argument("--folder", type=Path)
    given.add_argument("--screen", nargs="*", default=[], help="only these, by their names in the table")
    given.add_argument("--repeats", type=int, default=7)
    given.add_argument("--all", action="store_true", help="all queries, not those over the limit alone")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        good = [
            measure((asked.folder or Path(temporary)) / str(scans), scans, asked.screen, asked.repeats, asked.all)
            for scans in asked.scans
        ]
    sys.exit(not all(good))


if __name__ == "__main__":
    main()
