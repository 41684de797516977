"""How long a day's upload takes into a store that is full already, beside DuckDB's own COPY of the same CSV.

    .venv/bin/python bench/day.py [--scans 1000000 100000000] [--folder DIR] [--repeats 5]

The stores are those of `grown.py`; each is copied first, and the copy is what is written to. The file is another day of
the same people at the same places: at 100 million scans some 555,000 rows. It is loaded as of the day after the last
one, as of a day in the middle that has its scans already (late), and each is undone again. COPY takes turns with the
uploads, into a table that stands; the best of each counts, as the first turns read what is not in memory yet. Peak and
resident memory are the process's, the memory limit that of the store.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import quetma  # noqa: F401 - before Polars, as in the server: quetma/__init__.py

# isort: split
import duckdb
import grown
import tracing as traces

from quetma import intake
from quetma.file import FILE, MEMORY
from quetma.intake.undo import undo
from quetma.store import Store, open_store

NEXT, LATE = traces.DAYS, 60  # days, counted from 0: the one after the last, and one long ago


def write_day(store: Store, path: Path, scans: int, number: int) -> int:
    """A CSV of the scans of that day as a location manager exports them; how many. A late one is of other minutes than
    what is stored of its day.
    """
    cursor = store.cursor()
    drawn = "CREATE OR REPLACE TEMP TABLE drawn_stay (day, place, person_id, t_in, t_out, seen, out_seen) AS "
    cursor.execute(drawn + traces.DRAWN, traces.drawing(scans, number))
    cursor.execute(
        f"""
        COPY (
            WITH way AS (
                SELECT place, person_id, t_in AS moment, 'Vào' AS way FROM drawn_stay
                UNION SELECT place, person_id, t_out, 'Ra' FROM drawn_stay WHERE out_seen
            )
            SELECT p.name AS "Họ và tên",
                   CASE WHEN p.masked THEN SPLIT_PART(p.identity, '|', 2) ELSE p.phone_shown END AS "Số điện thoại",
                   CASE WHEN p.phone IS NULL AND NOT p.masked THEN p.birth_year END AS "Năm sinh",
                   'Nơi ' || w.place AS "Địa điểm",
                   STRFTIME(w.moment + TO_SECONDS({17 if number < traces.DAYS else 0}), '%d/%m/%Y %H:%M:%S')
                       AS "Thời gian quét", w.way AS "Vào/Ra"
            FROM way w JOIN person p ON p.person_id = w.person_id ORDER BY w.moment
        ) TO '{path}' (HEADER)
        """
    )
    return len(path.read_bytes().splitlines()) - 1


def memory() -> tuple[float, float]:
    """MB that this process holds now, and that it held at most."""
    status = Path("/proc/self/status").read_text()
    now, most = (re.search(rf"{key}:\s+(\d+) kB", status) for key in ("VmRSS", "VmHWM"))
    assert now and most
    return int(now[1]) / 1024, int(most[1]) / 1024


def once(store: Store, floor: duckdb.DuckDBPyConnection, path: Path, rows: int) -> dict[str, float]:
    """Seconds of each side and step; the store is as it was when it ends."""
    at = [time.perf_counter()]
    floor.execute(f"COPY log FROM '{path}' (HEADER)")
    at.append(time.perf_counter())
    [table] = intake.prepare(store, path.name, path)
    at.append(time.perf_counter())
    batch = intake.load(store, intake.unasked(table), "bench")
    at.append(time.perf_counter())
    assert batch.accepted > 0.95 * rows, batch
    undo(store, batch.batch_id, "bench")
    at.append(time.perf_counter())
    return {key: at[n + 1] - at[n] for n, key in enumerate(("COPY", "read", "load", "undo"))}


def measure(folder: Path, scans: int, repeats: int) -> None:
    """The lines of one size."""
    grown.grown(folder, scans).close()
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        copy = Path(name) / "store"
        copy.mkdir()
        shutil.copy(folder / FILE, copy / FILE)
        store = open_store(copy)
        store.set("upload_limit_mb", "1000")
        print(f"{scans:,} scans; the store's memory limit is {MEMORY}; resident {memory()[0]:,.0f} MB", flush=True)
        for said, number in (("the next day", NEXT), ("a late day", LATE)):
            path = Path(name) / f"{number}.csv"
            rows = write_day(store, path, scans, number)
            floor = duckdb.connect(str(Path(name) / f"floor{number}.duckdb"))
            floor.execute("SET enable_progress_bar = false")
            floor.execute("CREATE TABLE log (a VARCHAR, b VARCHAR, c VARCHAR, d VARCHAR, e VARCHAR, f VARCHAR)")
            turns = [once(store, floor, path, rows) for _ in range(repeats)]
            took = {key: [turn[key] for turn in turns] for key in turns[0]}
            best = {key: min(times) for key, times in took.items()}
            now, most = memory()
            ratio = (best["read"] + best["load"]) / best["COPY"]
            told = "  ".join(f"{key} {seconds:6.2f} s" for key, seconds in best.items())
            print(f"{said:<13} {rows:>9,} rows  {told}  upload / COPY {ratio:5.1f} ×  "
                  f"resident {now:,.0f} MB, at most {most:,.0f} MB", flush=True)  # fmt: skip
            floor.close()
        store.close()


def main() -> None:
    """Three lines a size."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--scans", type=int, nargs="*", default=[1_000_000])
    given.add_argument("--folder", type=Path)
    given.add_argument("--repeats", type=int, default=5)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        for scans in asked.scans:
            measure((asked.folder or Path(temporary)) / str(scans), scans, asked.repeats)


if __name__ == "__main__":
    main()
