"""How long an upload takes against the floor: DuckDB's own COPY of the same CSV into a bare table.

    .venv/bin/python bench/load.py [--scans 1000000] [--repeats 3]
    .venv/bin/python bench/load.py --curve [--scans 10000000]     # 10,000, then ten times as many, up to --scans

Two rows in a hundred are bad, in six ways. The two sides take turns, each time in a process of its own, so that its
peak memory is its own; of each side the quickest time counts, so that what else the machine does counts least.
Each is as a running server is: its table or store stands, and a small file went another way before.
"""

import argparse
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import quetma  # noqa: F401 - before Polars, as in the server: quetma/__init__.py

# isort: split
import duckdb
import holidays.countries  # noqa: F401 - like pyarrow loaded once in the life of a server, not by each upload
import polars as pl
import pyarrow  # noqa: F401

from quetma import intake
from quetma.demo import Shape, scan_days
from quetma.store import open_store

SCANS_A_DAY = 12_000  # about what this shape makes on a working day
LARGE_UNIT = {"staff": 1_000, "places": 20, "visitors_a_day": 5_000, "visitors": 50_000}
WAYS = {"in": "Vào", "out": "Ra", "unknown": ""}
FIRST = 1_000  # scans of the file that each process loads beforehand
BAD_EVERY = 50  # the row in the middle of so many is bad
REASONS = ["bad_phone", "bad_time", "future_time", "no_person", "bad_row", "bad_quote"]  # in turn


@dataclass(frozen=True)
class Run:
    """One side, once: seconds by the clock, seconds of processor time, peak memory of its process in MB (Linux)."""

    seconds: float
    processor: float
    peak: float


def write_log(path: Path, scans: int) -> None:
    """A CSV of exactly that many scans of a large unit, as a location manager would upload it, some rows spoilt."""
    first = date(2021, 7, 5)
    shape = Shape(first, first + timedelta(days=2 + 2 * scans // SCANS_A_DAY), **LARGE_UNIT)
    written = 0
    with path.open("wb") as file:
        file.write("Họ và tên,Số điện thoại,Địa điểm,Thời gian quét,Vào/Ra\n".encode())
        for day in scan_days(shape):
            some = day.head(scans - written)
            _lines(some, written).to_frame().write_csv(file, include_header=False, quote_style="never")
            written += some.height
            if written == scans:
                break
    assert written == scans, f"the generator made only {written} scans"


def _lines(scans: pl.DataFrame, before: int) -> pl.Series:
    """The lines of a day's scans; `before` scans stand above them in the file."""
    number = pl.int_range(before, before + scans.height)
    bad = pl.when(number % BAD_EVERY == BAD_EVERY // 2).then(number // BAD_EVERY % len(REASONS))
    name = pl.format("Nguyễn Văn {}", "person")
    phone = pl.format("09{}", pl.col("person").cast(pl.String).str.zfill(8))
    time = pl.col("scanned_at").dt.strftime("%d/%m/%Y %H:%M:%S")
    no_person, no_phone = bad.eq_missing(REASONS.index("no_person")), bad.eq_missing(REASONS.index("bad_phone"))
    cells = [
        pl.when(no_person).then(pl.lit("")).otherwise(name),
        pl.when(no_person).then(pl.lit("")).when(no_phone).then(pl.lit("không nhớ")).otherwise(phone),
        pl.format("Trụ sở {}", "place"),
        pl.when(bad == REASONS.index("bad_time")).then(time.str.replace(":", "h99", literal=True))
        .when(bad == REASONS.index("future_time")).then(time.str.replace("/20", "/21", literal=True)).otherwise(time),
        pl.col("direction").cast(pl.String).replace_strict(WAYS).replace("", '""'),
    ]  # fmt: skip
    line = pl.concat_str(cells, separator=",")
    return scans.select(
        pl.when(bad == REASONS.index("bad_row")).then(pl.concat_str(cells[:3], separator=","))
        .when(bad == REASONS.index("bad_quote")).then(pl.concat_str(pl.lit('"'), line))
        .otherwise(line).alias("line")
    )["line"]  # fmt: skip


def floor(folder: Path) -> Callable[[Path, int], None]:
    """The CSV into a table of texts, nothing understood, nothing derived, rows that do not fit the table left out."""
    connection = duckdb.connect(str(folder / "floor.duckdb"))
    connection.execute("SET enable_progress_bar = false")
    connection.execute("CREATE TABLE log (name VARCHAR, phone VARCHAR, place VARCHAR, scanned_at VARCHAR, way VARCHAR)")

    def copy(path: Path, scans: int) -> None:
        connection.execute("COPY log FROM $path (HEADER, IGNORE_ERRORS)", {"path": str(path)})

    return copy


def upload(folder: Path) -> Callable[[Path, int], None]:
    """The CSV as an upload into an empty store: read, understood, people, stays, figures, committed."""
    store = open_store(folder)
    store.set("upload_limit_mb", "1000")  # ten million scans are more than a unit should upload at once

    def load(path: Path, scans: int) -> None:
        [table] = intake.prepare(store, path.name, path)
        batch = intake.load(store, intake.unasked(table), "bench")
        reasons = batch.rejects["reason"].value_counts(sort=True).rows()
        [(stays, figures)] = store.cursor().execute(
            "SELECT (SELECT COUNT(*) FROM stay), (SELECT SUM(scans) FROM flow_day WHERE location_id = 0)"
        ).fetchall()  # fmt: skip
        bad = len(range(BAD_EVERY // 2, scans, BAD_EVERY))
        assert (batch.rows, batch.rejected) == (scans, bad), f"{batch.rows} rows, {batch.rejected} rejected"
        assert batch.accepted + batch.duplicates + batch.rejected == scans
        assert {reason for reason, _ in reasons} == set(REASONS[: len(reasons)]), reasons
        assert figures == batch.accepted and stays > scans // 3, (figures, stays)

    return load


def measured(side: Callable[[Path], Callable[[Path, int], None]], path: Path, scans: int, first: Path) -> Run:
    """What that side costs this process, which has done `first` before, elsewhere: a server loads more than one file
    in its life.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        for name in ("first", "measured"):
            (Path(folder) / name).mkdir()
        side(Path(folder) / "first")(first, FIRST)
        work = side(Path(folder) / "measured")
        began, processor = time.perf_counter(), time.process_time()
        work(path, scans)
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return Run(seconds, processor, int(peak[1]) / 1024 if peak else float("nan"))


def compare(scans: int, repeats: int) -> None:
    """Prints one line a side, and the ratio."""
    spawn = multiprocessing.get_context("spawn")
    sides = {"COPY": floor, "upload": upload}
    runs: dict[str, list[Run]] = {side: [] for side in sides}
    with tempfile.TemporaryDirectory() as name:
        path, first = Path(name) / "log.csv", Path(name) / "first.csv"
        write_log(path, scans)
        write_log(first, FIRST)
        print(f"{scans:,} scans, {path.stat().st_size / 2**20:.1f} MB of CSV")
        for side, work in list(sides.items()) * repeats:
            with spawn.Pool(1) as pool:
                runs[side].append(pool.apply(measured, (work, path, scans, first)))
    best = {side: min(run.seconds for run in runs[side]) for side in sides}
    for side in sides:
        processor = min(run.processor for run in runs[side])
        peak = max(run.peak for run in runs[side])
        print(
            f"{side:<7} {best[side]:7.2f} s  {scans / best[side]:>11,.0f} scans/s  "
            f"processor {processor:7.2f} s  peak {peak:6.0f} MB"
        )
    print(f"ratio   {best['upload'] / best['COPY']:7.1f} ×", flush=True)


def main() -> None:
    """One size, or the curve."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--scans", type=int, default=1_000_000)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--curve", action="store_true")
    given = arguments.parse_args()
    sizes = [given.scans]
    while given.curve and sizes[0] > 10_000:
        sizes.insert(0, sizes[0] // 10)
    for scans in sizes:
        compare(scans, given.repeats)


if __name__ == "__main__":
    main()
