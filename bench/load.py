"""How long an upload takes against the floor: DuckDB's own COPY of the same CSV into a bare table.

    .venv/bin/python bench/load.py [--scans 200000]

Each side runs in a process of its own, so that its peak memory is its own.
"""

import argparse
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from quetma import intake
from quetma.demo import Shape, scan_days
from quetma.store import open_store

SCANS_A_DAY = 12_000  # about what this shape makes on a working day
LARGE_UNIT = {"staff": 1_000, "places": 20, "visitors_a_day": 5_000, "visitors": 50_000}
WAYS = {"in": "Vào", "out": "Ra", "unknown": ""}


def write_log(path: Path, scans: int) -> None:
    """A CSV of exactly that many scans of a large unit, as a location manager would upload it."""
    first = date(2021, 7, 5)
    shape = Shape(first, first + timedelta(days=2 + 2 * scans // SCANS_A_DAY), **LARGE_UNIT)
    days, made = [], 0
    for frame in scan_days(shape):
        days.append(frame)
        made += frame.height
        if made >= scans:
            break
    log = pl.concat(days).head(scans)
    assert log.height == scans, f"the generator made only {log.height} scans"
    log.select(
        pl.format("Nguyễn Văn {}", "person").alias("Họ và tên"),
        pl.format("09{}", pl.col("person").cast(pl.String).str.zfill(8)).alias("Số điện thoại"),
        pl.format("Trụ sở {}", "place").alias("Địa điểm"),
        pl.col("scanned_at").dt.strftime("%d/%m/%Y %H:%M:%S").alias("Thời gian quét"),
        pl.col("direction").cast(pl.String).replace_strict(WAYS).alias("Vào/Ra"),
    ).write_csv(path)


def floor(path: Path, folder: Path) -> None:
    """The CSV into a table of texts, nothing understood, nothing derived."""
    connection = duckdb.connect(str(folder / "floor.duckdb"))
    connection.execute("CREATE TABLE log (name VARCHAR, phone VARCHAR, place VARCHAR, scanned_at VARCHAR, way VARCHAR)")
    connection.execute("COPY log FROM $path (HEADER)", {"path": str(path)})
    connection.close()


def upload(path: Path, folder: Path) -> None:
    """The CSV as an upload into an empty store: read, understood, people, stays, figures, committed."""
    store = open_store(folder / "store")
    [table] = intake.prepare(store, path.name, path)
    intake.load(store, intake.unasked(table), "bench")
    store.close()


def measured(work: Callable[[Path, Path], None], path: Path, folder: Path) -> tuple[float, float]:
    """Seconds, and the peak memory of this process in MB (Linux)."""
    began = time.perf_counter()
    work(path, folder)
    seconds = time.perf_counter() - began
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return seconds, int(peak[1]) / 1024 if peak else float("nan")


def main() -> None:
    """Prints one line a side, and the ratio."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--scans", type=int, default=200_000)
    scans = arguments.parse_args().scans
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "log.csv"
        write_log(path, scans)
        print(f"{scans:,} scans, {path.stat().st_size / 2**20:.1f} MB of CSV")
        seconds = {}
        for label, work in (("COPY", floor), ("upload", upload)):
            with spawn.Pool(1) as pool:
                seconds[label], peak = pool.apply(measured, (work, path, folder))
            print(f"{label:<7} {seconds[label]:7.2f} s  {scans / seconds[label]:>11,.0f} scans/s  peak {peak:6.0f} MB")
        print(f"ratio   {seconds['upload'] / seconds['COPY']:7.1f} ×")


if __name__ == "__main__":
    main()
