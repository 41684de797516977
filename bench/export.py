"""How long the scan history takes as a file against the floor: DuckDB's own COPY of the same rows, from the same store.

    .venv/bin/python bench/export.py [--scans 1000000] [--repeats 3] [--formats csv xlsx parquet]

Each side runs in a process of its own, taking turns; of each side the quickest time counts. What a side takes of memory
is the growth of its process: the most that was resident while it ran, less what was resident before (Linux). The
longest time for which another thread of the same process got no turn says how long an export would hold up others.
"""

import argparse
import multiprocessing
import re
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import fastexcel
import pyarrow  # noqa: F401 - loaded once in the life of a server, not by each export

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.load import write_log
from quetma import intake
from quetma.documents import history, table
from quetma.history import Filter
from quetma.store import Store, open_store, query

EVERYTHING = Filter(date(2000, 1, 1), date(2099, 12, 31))
COLUMNS = "name, phone, birth_year, kind, location, scanned_at, direction, purpose, batch_id, file_name, line"


@dataclass(frozen=True)
class Run:
    """One side, once: seconds, growth of memory in MB, the longest wait of another thread in seconds, MB written."""

    seconds: float
    growth: float
    waited: float
    size: float


def floor(store: Store, path: Path) -> None:
    """The same rows in the same columns, as DuckDB writes them: no words, nothing marked as text, no sentence."""
    params = EVERYTHING.params() | {"skip": 0, "rows": None}
    store.cursor().execute(f"COPY (SELECT {COLUMNS} FROM ({query('history/scans')[0]})) TO '{path}' (HEADER)", params)


def product(fmt: str, store: Store, path: Path) -> None:
    """The export as a leader gets it."""
    history.write(store, EVERYTHING, fmt, path, "vi")


def make(folder: Path, scans: int) -> int:
    """A store with about that many scans. Returns how many."""
    path = folder / "log.csv"
    write_log(path, scans)
    store = open_store(folder / "store")
    store.set("upload_limit_mb", "1000")
    [found] = intake.prepare(store, path.name, path)
    accepted = intake.load(store, intake.unasked(found), "bench").accepted
    store.close()
    path.unlink()
    return accepted


def measured(work: Callable[[Store, Path], None], folder: Path) -> Run:
    """What that work costs this process, once everything is loaded that a server has loaded."""
    store = open_store(folder / "store")
    path = folder / "out"
    history.write(store, Filter(date(2000, 1, 1), date(2000, 1, 2)), "xlsx", path, "vi")
    EVERYTHING.page(store, 1, 50)
    ended, waited = threading.Event(), [0.0]

    def turns() -> None:
        last = time.perf_counter()
        while not ended.wait(0.005):
            now = time.perf_counter()
            waited[0], last = max(waited[0], now - last), now

    other = threading.Thread(target=turns)
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _kilobytes("VmRSS")
    other.start()
    began = time.perf_counter()
    work(store, path)
    seconds = time.perf_counter() - began
    ended.set()
    other.join()
    growth = (_kilobytes("VmHWM") - before) / 1024
    store.close()
    return Run(seconds, growth, waited[0], path.stat().st_size / 2**20)


def _kilobytes(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1])


def rows_in(path: Path, fmt: str) -> tuple[int, int]:
    """How many rows the file holds, on how many sheets."""
    if fmt == "csv":
        with path.open("rb") as file:
            return sum(1 for _ in file) - 2, 1
    book = fastexcel.read_excel(path)
    heights = [book.load_sheet(name, header_row=table.HEADING_ROW, use_columns=[5]).height for name in book.sheet_names]
    return sum(heights), len(heights)


def compare(scans: int, repeats: int, formats: list[str]) -> None:
    """Prints one line a side, with its ratio to the floor."""
    spawn = multiprocessing.get_context("spawn")
    sides: dict[str, Callable[[Store, Path], None]] = {"COPY": floor} | {fmt: partial(product, fmt) for fmt in formats}
    runs: dict[str, list[Run]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        accepted = make(folder, scans)
        for side, work in list(sides.items()) * repeats:
            with spawn.Pool(1) as pool:
                runs[side].append(pool.apply(measured, (work, folder)))
            if side in ("csv", "xlsx") and len(runs[side]) == 1:
                rows, sheets = rows_in(folder / "out", side)
                assert rows == accepted, f"{rows} rows in the file, {accepted} in the store"
                print(f"{side}: {rows:,} rows, {sheets} sheet(s)", flush=True)
    best = {side: min(run.seconds for run in runs[side]) for side in sides}
    for side, of in runs.items():
        print(
            f"{side:<8} {best[side]:6.2f} s  {best[side] / best['COPY']:5.2f} ×  {of[0].size:7.1f} MB written  "
            f"memory +{max(run.growth for run in of):4.0f} MB  "
            f"another thread waits at most {1000 * min(run.waited for run in of):5.0f} ms",
            flush=True,
        )


def main() -> None:
    """One size."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--scans", type=int, default=1_000_000)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--formats", nargs="+", default=["csv", "xlsx", "parquet"])
    given = arguments.parse_args()
    compare(given.scans, given.repeats, given.formats)


if __name__ == "__main__":
    main()
