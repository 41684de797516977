"""How long a trace takes on a second engine (Sail, on one machine and as a local cluster), beside the embedded one.

    .venv/bin/python bench/engine.py [--scans 1000000 10000000] [--folder DIR [--make]]

The stores and questions are those of `tracing.py`. Asserts that all engines find the same people. Prints besides how
long it takes to publish the whole store, and one more day, and how large the lake is beside the store's file. A folder
given keeps stores and lakes for the next run; with `--make` they are only made.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tracing as traces

from quetma.engine.lake import Lake
from quetma.engine.second import Second
from quetma.file import FILE
from quetma.store import Store, changed
from tests.engine.servers import Server

MODES = ("local", "local-cluster")
STEPS = ((1, "F1"), (2, "F1+F2"))


def published(store: Store, scans: int) -> Lake:
    """The store's lake, brought up to date; prints what that took, and what another day takes."""
    lake = Lake(store.folder / "lake")
    there = lake.own(store) is not None
    whole = traces.timed(lambda: lake.publish(store)) / 1000
    if there:
        return lake
    store.followed = True
    with store.write() as cursor:  # as many stays as any day has, the day after the last
        day = traces.FIRST + timedelta(days=traces.DAYS)
        binds = {**traces.drawing(scans, traces.DAYS - 1), "date": day}
        cursor.execute("DELETE FROM stay WHERE day >= $day", {"day": day})
        cursor.execute(f"INSERT INTO stay {traces.DRAWN}", binds)
        changed(cursor, [day])
    more = traces.timed(lambda: lake.publish(store)) / 1000
    with store.write() as cursor:  # one row, as the gate writes it
        cursor.execute("DELETE FROM stay WHERE day = $day AND person_id = 1", {"day": day})
        changed(cursor, [day])
    one = traces.timed(lambda: lake.publish(store)) / 1000
    size = sum(path.stat().st_size for path in lake.folder.rglob("*.parquet")) / 1e6
    file = (store.folder / FILE).stat().st_size / 1e6
    print(
        f"{scans:>11,} scans  published in {whole:.1f} s, one more day in {more:.2f} s, one row in {one:.2f} s; "
        f"lake {size:.0f} MB, store {file:.0f} MB",
        flush=True,
    )
    return lake


def measure(store: Store, scans: int) -> None:
    """A line for each engine."""
    lake, found = published(store, scans), traces.cases(store)
    floor: dict[tuple[str, str], float] = {}
    answers: dict[tuple[str, str], list[list[int]]] = {}
    for engine in ("embedded", *MODES):
        server = Server(engine).start() if engine in MODES else None
        store.engine = Second(store, server.address, lake.folder) if server else None
        told = []
        for kind, people in found.items():
            for count, name in STEPS:
                first = traces.steps(store, traces.question(people[0]), count)
                times = [traces.timed(lambda p=p, c=count: traces.steps(store, traces.question(p), c)) for p in people]
                ms, people_found = statistics.median(times), [sorted(one["person_id"].to_list()) for one in first]
                assert answers.setdefault((kind, name), people_found) == people_found
                ratio = ms / floor.setdefault((kind, name), ms)
                told.append(f"{kind} {name} {ms:6.0f} ms ({ratio:.1f} x)")
        print(f"{scans:>11,} scans  {engine:<14}{'  '.join(told)}", flush=True)
        if store.engine:
            store.engine.close()
            store.engine = None
        if server:
            server.kill()


def main(given: argparse.Namespace, folder: Path) -> None:
    """Each size."""
    for scans in given.scans:
        store = traces.generate(folder / str(scans), scans)
        began = time.perf_counter()
        if given.make:
            published(store, scans)
        else:
            measure(store, scans)
        store.close()
        print(f"{scans:>11,} scans  {time.perf_counter() - began:.0f} s in all", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scans", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--make", action="store_true")
    options = parser.parse_args()
    if options.folder:
        main(options, options.folder)
    else:
        with tempfile.TemporaryDirectory() as made:
            main(options, Path(made))
