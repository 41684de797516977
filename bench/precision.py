"""How far shared presence overstates contact: every person of a real office as F0, the trace beside who truly met them.

.venv/bin/python bench/precision.py ../shared/real
"""

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from quetma import intake
from quetma.store import open_store
from quetma.tracing import Case, Question, trace

FIRST, END = date(2021, 8, 16), datetime(2021, 8, 28)  # the ten days of the log


def true_contacts(path: Path, seconds: int) -> dict[str, set[str]]:
    """Phone → the phones of those who stood face to face with them for at least so long on one day."""
    found = defaultdict(set)
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if int(row["seconds"]) >= seconds:
                a, b = ("+84" + row[who][1:] for who in ("phone_a", "phone_b"))
                found[a].add(b)
                found[b].add(a)
    return found


def main() -> None:
    """Prints a table in Markdown."""
    cli = argparse.ArgumentParser(description=__doc__)
    cli.add_argument("folder", type=Path, help="with scans.csv and contacts.csv")
    folder = cli.parse_args().folder
    print("| truly met | traced | F1 a case | recall | precision |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as temporary:
        store = open_store(temporary)
        [table] = intake.prepare(store, "scans.csv", folder / "scans.csv")
        intake.load(store, intake.unasked(table), "bench")
        people = store.cursor().execute("SELECT person_id, phone FROM person").fetchall()
        for minutes in (0, 15):
            cases = {
                phone: set(trace(store, Question((Case(person, FIRST, until=END),), min_minutes=minutes)).f1["phone"])
                for person, phone in people
            }
            for seconds in (20, 60, 300, 900):
                truth = true_contacts(folder / "contacts.csv", seconds)
                hits = sum(len(f1 & truth[phone]) for phone, f1 in cases.items())
                named, met = sum(map(len, cases.values())), sum(map(len, truth.values()))
                recall, precision = hits / met, hits / named
                average = named / len(cases)
                print(f"| ≥ {seconds} s | ≥ {minutes} min | {average:.1f} | {recall:.3f} | {precision:.3f} |")
        store.close()


if __name__ == "__main__":
    main()
