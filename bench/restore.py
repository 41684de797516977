"""How long the day's backup takes, and how long until the store is back from it.

    .venv/bin/python bench/restore.py STORE [--passphrase WORDS] [--check]

STORE is copied first and never changed (make one with bench/tracing.py --folder). The floor is a plain copy of the same
file, written through to the disk. The drill is what somebody does after a disaster: unpack, compare every fingerprint,
count every table, bring up, exchange, open, ask the first question. Asserts that every table has the rows it had.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from quetma import backup, sealed
from quetma.file import FILE, rows_of
from quetma.intake import recount
from quetma.restore import restore
from quetma.store import open_store

QUESTION = "SELECT COUNT(*) FROM stay WHERE day = '2021-06-01'"
LOGS = {"audit", "upkeep", "session", "migration"}  # what backup and restore themselves write


def timed(work) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def floor(source: Path, target: Path) -> None:
    """The least that a backup can be: the bytes, on the disk."""
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def main() -> None:
    """One line a step."""
    given = argparse.ArgumentParser()
    given.add_argument("store", type=Path)
    given.add_argument("--passphrase", default="một câu mật khẩu dài")
    given.add_argument("--check", action="store_true", help="derive everything again afterwards, and compare")
    given = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "store").mkdir()
        shutil.copyfile(given.store / FILE, work / "store" / FILE)
        bare = min(timed(lambda: floor(work / "store" / FILE, work / "bare")) for _ in range(3))
        store = open_store(work / "store")
        answers: list[float] = []
        stop = threading.Event()

        def visit() -> None:
            while not stop.is_set():
                answers.append(
                    timed(lambda: store.cursor().execute("SELECT COUNT(*) FROM stay WHERE day = '2021-06-01'"))
                )
                time.sleep(0.05)

        visitor = threading.Thread(target=visit)
        visitor.start()
        key, took = sealed.new_key(given.passphrase), {}
        for name, lock in (("open", None), ("locked", key)):
            made = backup.make(store, "bench", work / name, lock)
            took[name] = made.seconds
        stop.set()
        visitor.join()
        store.close()
        size = (work / "store" / FILE).stat().st_size / 1e6
        print(f"store: {size:.0f} MB, {made.rows:,} rows; plain copy {bare:.2f} s")
        print(f"backup: open {took['open']:.1f} s ({took['open'] / bare:.0f} ×), locked {took['locked']:.1f} s "
              f"({took['locked'] / bare:.0f} ×), {(work / 'locked').stat().st_size / 1e6:.0f} MB")  # fmt: skip
        answers.sort()
        print(f"a small question meanwhile: median {answers[len(answers) // 2] * 1000:.0f} ms, longest "
              f"{answers[-1] * 1000:.0f} ms, {len(answers)} asked")  # fmt: skip
        before = rows_of(work / "store" / FILE)

        def drill(name: str, into: Path) -> float:
            began = time.perf_counter()
            restore(into, work / name, given.passphrase, "bench")
            back = open_store(into)
            back.ask("flow/span")
            seconds = time.perf_counter() - began
            back.close()
            after = rows_of(into / FILE)
            assert {t: n for t, n in after.items() if t not in LOGS} == {
                t: n for t, n in before.items() if t not in LOGS
            }
            return seconds

        for name in ("open", "locked"):
            seconds = drill(name, work / f"new-{name}")
            print(f"restore drill, {name}, empty folder: {seconds:.1f} s ({seconds / bare:.0f} ×)")
        seconds = drill("locked", work / "store")
        print(f"restore drill, locked, over a store: {seconds:.1f} s ({seconds / bare:.0f} ×)")
        if given.check:
            back = open_store(work / "store")
            seconds = timed(lambda: print("check:", recount.check(back) or "nothing differs"))
            print(f"check afterwards: {seconds:.1f} s")
            back.close()


if __name__ == "__main__":
    main()
