"""How long a trace takes as the store grows, and how long other ways of asking the same take.

    .venv/bin/python bench/tracing.py [--scans 1000000 10000000 100000000] [--beside 10000000] [--folder DIR [--make]]

Stores of invented stays (52 stays for 100 scans; at 100 million scans 1 million people, 2,000 places, 180 days), in the
order in which uploads keep them. The case is the person with the median number of stays in the 14 days, or the one with
the most. Warm is the median of many questions, each about another person of that kind; cold is the first question to a
store just opened, second the one after it, which reads the days into memory when they have many stays; newest read is
what a dashboard does as it starts, out of a cold disk, and then F1+F2 the first question after that. Query is the same
asked of the store alone, as about a window with too many stays to be held; it finds the same people. `--beside` answers
the same question with SQLite (covering indexes), Polars and pandas too, and asserts that all answers are equal. A
folder given keeps the stores for the next run; with `--make` they are only made, so that the run that is timed can wait
until nothing else runs.
"""

import argparse
import contextlib
import gc
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest import mock

import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from quetma import tracing
from quetma.store import Store, open_store
from quetma.tracing import chain, held

FIRST, DAYS = date(2021, 3, 1), 180
ONSET = FIRST + timedelta(days=120)
ISOLATED = datetime(ONSET.year, ONSET.month, ONSET.day) + timedelta(days=11)  # with 3 days before: 14 days
WINDOW = 14
PEOPLE_PER, PLACES_PER, STAYS_PER = 100, 50_000, 0.52  # scans for one person, for one place; stays for one scan
REPEATS = 15


# The stays of a day in the order of the store. Most stays of a person are at two places of their own, one in five
# anywhere. One person in a hundred comes five times as often.
DRAWN = """
    WITH drawn AS (
        SELECT HASH(i * 180 + $day) AS h, HASH(i * 180 + $day + 0.5) AS g FROM RANGE($stays) t(i)
    ),
    who AS (
        SELECT h, g, 1 + CASE WHEN g % 20 = 0 THEN (h % $people) // 100 * 100 ELSE h % $people END AS person
        FROM drawn
    ),
    stayed AS (
        SELECT LEAST(person, $people) AS person_id,
               1 + (
                   CASE WHEN g // 20 % 5 = 0 THEN g // 100 ELSE HASH(person * 2 + g // 100 % 2) END
               ) % $places AS place,
               $date::TIMESTAMP + TO_SECONDS((25200 + h // 1000003 % 32400)::BIGINT) AS t_in,
               TO_SECONDS((300 + g // 1000003 % 14100)::BIGINT) AS spent, g
        FROM who
    )
    SELECT t_in::DATE, place, person_id, t_in, t_in + spent, TRUE, g % 10 > 0 FROM stayed ORDER BY 2, 4, 3
"""


def drawing(scans: int, day: int) -> dict[str, object]:
    """The binds of DRAWN for that day, counted from 0, of a store of so many scans."""
    stays = int(scans * STAYS_PER)
    return {
        "day": day, "date": FIRST + timedelta(days=day), "stays": stays * (day + 1) // DAYS - stays * day // DAYS,
        "people": people_of(scans), "places": places_of(scans),
    }  # fmt: skip


def places_of(scans: int) -> int:
    """At how many places."""
    return max(20, scans // PLACES_PER)


def people_of(scans: int) -> int:
    """How many people make so many scans."""
    return max(1_000, scans // PEOPLE_PER)


def generate(folder: Path, scans: int) -> Store:
    """A store of that many scans: stays, people and places. Made day by day, as uploads come in."""
    store = open_store(folder)
    made = store.cursor().execute("SELECT COUNT(*) FROM stay").fetchall()[0][0]
    if made:
        return store
    people, places = people_of(scans), places_of(scans)
    with store.write() as cursor:
        cursor.execute("SELECT SETSEED(0.5)")
        cursor.execute(
            "INSERT INTO location (location_id, name, name_key) "
            "SELECT i, 'Nơi ' || i, 'noi ' || i FROM RANGE(1, $n + 1) t(i)",
            {"n": places},
        )
        cursor.execute(
            """
            INSERT INTO person (person_id, identity, name, name_key, sort_key, phone, birth_year, masked)
            SELECT i, 'tel:+849' || i, 'Người ' || i, 'nguoi ' || i, i || ' nguoi', '+849' || LPAD(i::VARCHAR, 8, '0'),
                   NULL, FALSE
            FROM RANGE(1, $n + 1) t(i)
            """,
            {"n": people},
        )
    for day in range(DAYS):
        with store.write() as cursor:
            cursor.execute(f"INSERT INTO stay {DRAWN}", drawing(scans, day))
    store.cursor().execute("CHECKPOINT")
    return store


def question(person: int) -> tracing.Question:
    """Who that person may have infected in the 14 days."""
    return tracing.Question((tracing.Case(person, ONSET, until=ISOLATED, days_before=3),)).resolved()


def cases(store: Store) -> dict[str, list[int]]:
    """People of the median number of stays in the window, and those with the most."""
    rows = store.cursor().execute(
        """
        SELECT person_id, COUNT(*) AS stays FROM stay
        WHERE day BETWEEN $first AND $last GROUP BY person_id ORDER BY stays, person_id
        """,
        {"first": ONSET - timedelta(days=3), "last": ISOLATED.date() - timedelta(days=1)},
    ).fetchall()  # fmt: skip
    middle = rows[len(rows) // 2][1]
    return {
        "median": [person for person, stays in rows if stays == middle][:: max(1, len(rows) // 400)][:REPEATS],
        "busiest": [person for person, _ in rows[-REPEATS:]],
    }


def steps(store: Store, asked: tracing.Question, count: int) -> list[pl.DataFrame]:
    """F1, or F1 and F2, as the product finds them: who, since when, and how sure."""
    masked, found = chain.everybody_masked(store), []
    for _ in range(count):
        found.append(chain.reach(chain.ask(store, asked, found, "step"), masked))
    return found


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measure(folder: Path, scans: int) -> dict[str, float]:
    """The line of one size; the figures by name."""
    store = generate(folder, scans)
    found = cases(store)
    store.close()
    del store
    gc.collect()
    with contextlib.suppress(OSError, subprocess.CalledProcessError):  # as root on Linux: out of the disk's cache too
        Path("/proc/sys/vm/drop_caches").write_text("1\n")
    store = open_store(folder)
    cold = timed(lambda: steps(store, question(found["median"][-1]), 2))
    second = timed(lambda: steps(store, question(found["busiest"][-1]), 2))
    store.close()
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        Path("/proc/sys/vm/drop_caches").write_text("1\n")
    store = open_store(folder)
    asked = question(found["median"][-1])
    ready = timed(lambda: held.beforehand(store, **chain.days(asked.since, asked.until, asked.linger)))
    first = timed(lambda: steps(store, asked, 2))
    figures: dict[str, float] = {"cold F1+F2": cold, "second": second, "newest read": ready, "then F1+F2": first}
    sizes = []
    for kind, people in found.items():
        for count, name in ((1, "F1"), (2, "F1+F2")):
            steps(store, question(people[0]), count)
            times = [timed(lambda p=p, c=count: steps(store, question(p), c)) for p in people]
            figures[f"{kind} {name}"] = statistics.median(times)
        answers = steps(store, question(people[0]), 2)
        sizes.append([frame.height for frame in answers])
        with mock.patch.object(held, "days", return_value=None):  # nothing is held: the query answers
            again = steps(store, question(people[0]), 2)
            assert all(a.sort("person_id").equals(b.sort("person_id")) for a, b in zip(answers, again, strict=True))
            for count, name in ((1, "query F1"), (2, "query F1+F2")):
                times = [timed(lambda p=p, c=count: steps(store, question(p), c)) for p in people]
                figures[f"{kind} {name}"] = statistics.median(times)
    stays = store.cursor().execute("SELECT COUNT(*) FROM stay").fetchall()[0][0]
    store.close()
    told = "  ".join(f"{name} {value:6.1f} ms" for name, value in figures.items())
    print(f"{scans:>11,} scans {stays:>11,} stays  {told}   answers F1, F2: {sizes}", flush=True)
    return figures


# The same question, asked of other engines. Each gets the stays as whole seconds and gives F1 and F2 as person → when
# first exposed. A stay is no longer than a day, so one that began a day earlier cannot matter.

Answer = tuple[dict[int, int], dict[int, int]]
DAY = 86_400


def seconds(moment: datetime) -> int:
    """Since 1970."""
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def in_sqlite(stays: pl.DataFrame) -> Callable[[int, int, int], Answer]:
    """Two covering indexes, by person and by place."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE stay (person INTEGER, place INTEGER, t_in INTEGER, t_out INTEGER)")
    base.executemany("INSERT INTO stay VALUES (?, ?, ?, ?)", stays.iter_rows())
    base.execute("CREATE INDEX by_person ON stay (person, t_in, t_out, place)")
    base.execute("CREATE INDEX by_place ON stay (place, t_in, t_out, person)")
    step = f"""
        SELECT s.person, MIN(MAX(s.t_in, p.t_in, i.since))
        FROM infector i
        CROSS JOIN stay p ON p.person = i.person AND p.t_in > i.since - {DAY} AND p.t_in < :until AND p.t_out > i.since
        CROSS JOIN stay s ON s.place = p.place AND s.t_in > MAX(p.t_in, i.since) - {DAY}
            AND s.t_in < MIN(p.t_out, :until) AND s.t_out > MAX(p.t_in, i.since)
        WHERE s.person NOT IN (SELECT person FROM known)
        GROUP BY s.person
    """

    def ask(person: int, since: int, until: int) -> Answer:
        base.executescript(
            "DROP TABLE IF EXISTS temp.infector; DROP TABLE IF EXISTS temp.known;"
            "CREATE TEMP TABLE infector (person INTEGER PRIMARY KEY, since INTEGER);"
            "CREATE TEMP TABLE known (person INTEGER PRIMARY KEY)"
        )
        base.execute("INSERT INTO infector VALUES (?, ?)", (person, since))
        base.execute("INSERT INTO known VALUES (?)", (person,))
        f1 = dict(base.execute(step, {"until": until}))
        base.execute("DELETE FROM infector")
        base.executemany("INSERT INTO infector VALUES (?, ?)", f1.items())
        base.executemany("INSERT INTO known VALUES (?)", [(one,) for one in f1])
        return f1, dict(base.execute(step, {"until": until}))

    return ask


def in_polars(stays: pl.DataFrame) -> Callable[[int, int, int], Answer]:
    """Frames in memory, in the order of the store."""

    def ask(person: int, since: int, until: int) -> Answer:
        near = stays.lazy().filter(pl.col("t_in") > since - DAY, pl.col("t_in") < until, pl.col("t_out") > since)
        answers, known = [], [person]
        infector = pl.LazyFrame({"person": [person], "since": [since]}, schema={"person": pl.Int64, "since": pl.Int64})
        for _ in range(2):
            present = near.join(infector, on="person").select(
                "place", begin=pl.max_horizontal("t_in", "since"), end=pl.min_horizontal("t_out", pl.lit(until))
            )
            met = near.filter(~pl.col("person").is_in(known)).join(
                present.filter(pl.col("begin") < pl.col("end")), on="place"
            )
            met = met.filter(
                pl.col("t_in") < pl.col("end"), pl.col("t_out") > pl.col("begin"), pl.col("t_in") < pl.col("t_out")
            )
            found = met.group_by("person").agg(since=pl.max_horizontal("t_in", "begin").min()).collect()
            answers.append(dict(found.iter_rows()))
            known += found["person"].to_list()
            infector = found.lazy()
        return answers[0], answers[1]

    return ask


def in_pandas(stays: pl.DataFrame) -> Callable[[int, int, int], Answer]:
    """Frames in memory, in the order of the store."""
    import pandas as pd

    frame = pd.DataFrame({name: stays[name].to_numpy() for name in stays.columns})

    def ask(person: int, since: int, until: int) -> Answer:
        near = frame[(frame.t_in > since - DAY) & (frame.t_in < until) & (frame.t_out > since)]
        answers: list[dict[int, int]] = []
        infector, known = {person: since}, {person}
        for _ in range(2):
            own = near[near.person.isin(infector)]
            begin = own.person.map(infector).clip(lower=own.t_in)
            present = pd.DataFrame({"place": own.place, "begin": begin, "end": own.t_out.clip(upper=until)})
            present = present[present.begin < present.end]
            others = near[~near.person.isin(known) & near.place.isin(present.place)]
            met = others.merge(present, on="place")
            met = met[(met.t_in < met.end) & (met.t_out > met.begin)]
            exposed = met.begin.clip(lower=met.t_in).groupby(met.person).min()
            infector = {int(one): int(moment) for one, moment in exposed.items()}
            answers.append(infector)
            known |= infector.keys()
        return answers[0], answers[1]

    return ask


def beside(folder: Path, scans: int) -> None:
    """One line an engine: the median of F1 and F2 of the same people, all answers equal."""
    store = generate(folder, scans)
    people = cases(store)["median"]
    stays = store.cursor().sql(
        """
        SELECT person_id AS person, location_id::BIGINT AS place,
               EPOCH(t_in)::BIGINT AS t_in, EPOCH(t_out)::BIGINT AS t_out
        FROM stay ORDER BY rowid
        """
    ).pl()  # fmt: skip

    def product(person: int, since: int, until: int) -> Answer:
        f1, f2 = (
            {one: seconds(moment) for one, moment in frame.select("person_id", "exposed_at").iter_rows()}
            for frame in steps(store, question(person), 2)
        )
        return f1, f2

    engines = {"quetma": lambda stays: product, "SQLite": in_sqlite, "Polars": in_polars, "pandas": in_pandas}
    right: list[Answer] = []
    floor = 0.0
    for name, make in engines.items():
        ask = make(stays)
        window = seconds(question(people[0]).since), seconds(ISOLATED)
        answers = [ask(person, *window) for person in people]
        right = right or answers
        assert answers == right, f"{name} answers otherwise"
        took = statistics.median(timed(partial(ask, person, *window)) for person in people)
        floor = floor or took
        print(f"{scans:>11,} scans  {name:<7} F1+F2 {took:8.1f} ms  {took / floor:6.1f} ×", flush=True)
        del ask
        gc.collect()
    store.close()


def main() -> None:
    """One line a size."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--scans", type=int, nargs="*", default=[1_000_000, 10_000_000])
    given.add_argument("--beside", type=int, nargs="*", default=[10_000_000])
    given.add_argument("--folder", type=Path)
    given.add_argument("--make", action="store_true")
    asked = given.parse_args()
    if asked.make:
        if not asked.folder:
            given.error("--make needs --folder")
        for scans in {*asked.scans, *asked.beside}:
            generate(asked.folder / str(scans), scans).close()
        return
    with tempfile.TemporaryDirectory() as temporary:
        for scans in asked.scans:
            measure((asked.folder or Path(temporary)) / str(scans), scans)
        for scans in asked.beside:
            beside((asked.folder or Path(temporary)) / str(scans), scans)


if __name__ == "__main__":
    main()
