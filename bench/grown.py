"""Stores as units of any size have them after half a year: scans, people, staff, duties, figures, cases, refused rows.

    .venv/bin/python bench/grown.py --folder DIR [--scans 10000 1000000 10000000 100000000] [--days N]

The scans are those of the stays of `tracing.py`: at 100 million 1 million people, 2,000 places, 180 days; of a hundred
people one is staff. Each day is one upload, stored as an upload stores it and derived by the product's own code; what
is read out of a file is all that is left out (`load.py` measures that). A store that is there is gone on with, so it
may be made a few days (`--days`) at a time; prints the seconds that each day took. Other benchmarks ask `grown`.
"""

import argparse
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

sys.path.insert(0, str(Path(__file__).resolve().parent))

import tracing as traces

from quetma import cases, clustering, demo, follow_up, people, plan, rollups, touch, tracing
from quetma.access import accounts
from quetma.cases import Said
from quetma.intake import recount
from quetma.store import Store, open_store

SIZES = (10_000, 1_000_000, 10_000_000, 100_000_000)
ACCOUNT, PASSWORD = "bench", "một mật khẩu dài"
STAFF_EVERY, MASKED_EVERY, NAMELESS_EVERY = 100, 25, 50  # of so many people one
MIDDLE = (
    "Văn", "Thị", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Hữu", "Xuân", "Thu", "Hồng", "Kim", "Anh", "Bảo", "Đình",
    "Công", "Mạnh", "Tuấn", "Phương", "Quốc",
)  # fmt: skip
POSITIONS = ("Đội trưởng", "Kiểm soát viên thị trường", "Văn thư", "Lái xe", "Bảo vệ")
CASES = 3


def grown(folder: Path, scans: int, days: int = traces.DAYS) -> Store:
    """The store of so many scans in that folder, gone on with by at most so many days. Raises when it is not done."""
    store = open_store(folder)
    if not store.ask("intake/batch_count")["batches"][0]:
        _begin(store, scans)
    before = store.ask("intake/batch_count")["batches"][0] // 2 - 1  # two uploads a day, and three before the first
    for day in range(before, min(before + days, traces.DAYS)):
        began = time.perf_counter()
        _grow(store, scans, day)
        print(f"{scans:>11,} scans  day {day:>3}  {time.perf_counter() - began:6.2f} s", flush=True)
    if before + days >= traces.DAYS and not cases.registered(store):
        _end(store)
    if not cases.registered(store):
        raise SystemExit(f"{folder} is not done yet")
    clustering.tidy(store)  # as the running dashboard does at night
    return store


def _begin(store: Store, scans: int) -> None:
    """People, places, the staff list, doses and apps."""
    count, places = traces.people_of(scans), traces.places_of(scans)
    everybody = _people(count)
    accounts.add(store, ACCOUNT, PASSWORD, "leader")
    store.set("unit_name", f"{scans:,}")
    with store.write() as cursor:
        cursor.execute(
            """
            INSERT INTO location (location_id, name, name_key, opens, closes, capacity, by_hand)
            SELECT i, 'Nơi ' || i, 'noi ' || i, TIME '06:00', TIME '21:00', 40 + i % 200, TRUE
            FROM RANGE(1, $n + 1) t(i)
            """,
            {"n": places},
        )
        cursor.register("fresh", recount.with_keys(everybody))
        cursor.execute(
            "INSERT INTO person (person_id, identity, name, name_key, sort_key, phone, birth_year, masked) "
            "SELECT person_id, identity, name, name_key, sort_key, phone, birth_year, masked FROM fresh ORDER BY 1"
        )
        staff = everybody.filter(pl.col("person_id") % STAFF_EVERY == 1).with_row_index("line", 2)
        cursor.register("staff_list", staff)
        for batch, kind in ((1, "roster"), (2, "doses"), (3, "apps")):
            _batch(cursor, batch, kind, staff.height, 0, traces.FIRST - timedelta(days=2))
            cursor.execute(
                f"INSERT INTO person_claim SELECT {batch}, person_id, name, birth_year FROM staff_list ORDER BY 2"
            )
        cursor.execute(
            """
            INSERT INTO roster_row (batch_id, line, person_id, position, location_id, smartphone, counts)
            SELECT 1, line, person_id, $positions[1 + CAST(line % 5 AS INTEGER)],
                   1 + HASH((1 + CAST(person_id - 1 AS UBIGINT)) * 2 + CAST(0 AS UBIGINT)) % $places, line % 9 > 0, TRUE
            FROM staff_list ORDER BY line
            """,
            {"positions": list(POSITIONS), "places": places},
        )
        cursor.execute(
            """
            INSERT INTO dose_row (batch_id, line, person_id, number, vaccine, given_on, place, lot, confirmed_by,
                                  counts)
            SELECT 2, 2 * line + n, person_id, 1 + n, 'AstraZeneca', $first + CAST(line % 60 + 56 * n AS INTEGER),
                   'Trung tâm Y tế', 'AS' || line % 40, 'Giấy xác nhận tiêm chủng', TRUE
            FROM staff_list, RANGE(2) t(n) WHERE line % 12 > n ORDER BY 2
            """,
            {"first": traces.FIRST},
        )
        cursor.execute(
            """
            INSERT INTO app_install_row (batch_id, line, person_id, app, installed_on, counts)
            SELECT 3, line, person_id, CASE WHEN line % 3 = 0 THEN 'NCOVI' ELSE 'Bluezone' END,
                   $first + CAST(line % 30 AS INTEGER), TRUE
            FROM staff_list WHERE line % 15 > 0 ORDER BY line
            """,
            {"first": traces.FIRST},
        )
        for batch, table in ((2, "dose_row"), (3, "app_install_row")):
            cursor.execute(
                f"UPDATE batch SET accepted = n, row_count = n FROM (SELECT COUNT(*) AS n FROM {table}) "
                f"WHERE batch_id = {batch}"
            )
        cursor.execute("CREATE OR REPLACE TEMP TABLE touched_person AS SELECT person_id FROM person")
        rollups.derive(cursor, recount.anew(cursor, touch.of_upload(cursor, 1)))
    plan.save(store, ACCOUNT, plan.start())


def _people(count: int) -> pl.DataFrame:
    """So many people as a log names them; a few are masked, or known by name only."""
    number = pl.int_range(1, count + 1, eager=True).alias("person_id")
    drawn = [number.hash(seed=n) for n in range(5)]

    def of(words: tuple[str, ...], n: int) -> pl.Series:
        part = (drawn[n] % 10_000).cast(pl.Float64) / 10_000
        return pl.Series(words).gather((part**1.7 * len(words)).cast(pl.UInt32))  # the first are the most frequent

    family, middle = of(demo.FAMILY, 0), of(MIDDLE, 1)
    given = of(demo.GIVEN["Văn"] + demo.GIVEN["Thị"], 2)
    second = of((*([""] * 8), *demo.GIVEN["Văn"]), 3)
    name = (family + " " + middle + " " + second + " " + given).str.replace("  ", " ", literal=True)
    digits = (number * 1_237_003 % 100_000_000).cast(pl.String).str.zfill(8)
    # nobody on the staff list is masked; of two who would look the same one is not
    frame = pl.DataFrame({
        "person_id": number, "name": name, "shown": family + " " + middle + " ***", "digits": digits,
        "birth_year": (1950 + drawn[4] % 55).cast(pl.Int16), "spelled": people.spelling_all(name),
    }).with_columns(
        masked=pl.col("person_id") % MASKED_EVERY == 3, nameless=pl.col("person_id") % NAMELESS_EVERY == 7
    )  # fmt: skip
    frame = frame.with_columns(
        identity=pl.when("masked").then(pl.format("masked:{}|09{}***", "shown", pl.col("digits").str.head(5)))
        .when("nameless").then(pl.format("name:{}|{}", "spelled", "birth_year"))
    )  # fmt: skip
    special = pl.col("identity").is_not_null() & pl.col("identity").is_first_distinct()
    frame = frame.with_columns(masked=pl.col("masked") & special, nameless=pl.col("nameless") & special)
    known = ~pl.col("masked") & ~pl.col("nameless")
    return frame.select(
        "person_id",
        identity=pl.when(known).then(pl.format("tel:+849{}", "digits")).otherwise("identity"),
        name=pl.when("masked").then("shown").otherwise("name"),
        phone=pl.when(known).then(pl.format("+849{}", "digits")),
        birth_year=pl.when(~pl.col("masked")).then("birth_year"),
        masked="masked",
    )


def _batch(cursor: DuckDBPyConnection, number: int, kind: str, accepted: int, rejected: int, day: date) -> None:
    """The record of one upload."""
    cursor.execute(
        """
        INSERT INTO batch (batch_id, kind, file_name, sha256, uploaded_at, uploaded_by, row_count, accepted, duplicates,
                           rejected, first_day, last_day, source)
        VALUES ($batch, $kind, $file, $sha256, $at, $by, $accepted + $rejected, $accepted, 0, $rejected, $day, $day,
                CASE WHEN $kind = 'scans' THEN 'qr' END)
        """,
        {
            "batch": number, "kind": kind, "file": f"{kind}-{day}.csv", "sha256": f"{kind} {day}",
            "at": datetime(day.year, day.month, day.day, 23), "by": ACCOUNT, "accepted": accepted,
            "rejected": rejected, "day": day,
        },
    )  # fmt: skip


def _grow(store: Store, scans: int, number: int) -> None:
    """One day: an upload of scans and one of health declarations."""
    day, batch = traces.FIRST + timedelta(days=number), 2 * number + 4
    with store.write() as cursor:
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE drawn_stay (day, place, person_id, t_in, t_out, seen, out_seen) AS "
            + traces.DRAWN,
            traces.drawing(scans, number),
        )
        cursor.execute(
            """
            CREATE OR REPLACE TEMP TABLE drawn_scan AS
            WITH scans AS (
                SELECT place, person_id, t_in AS moment, 'in' AS way FROM drawn_stay
                UNION SELECT place, person_id, t_out, 'out' FROM drawn_stay WHERE out_seen
            )
            SELECT CAST(ROW_NUMBER() OVER (ORDER BY moment, place, person_id) + 1 AS INTEGER) AS line, * FROM scans
            """
        )
        [(count,)] = cursor.execute("SELECT COUNT(*) FROM drawn_scan").fetchall()
        rejected = count // 200
        _batch(cursor, batch, "scans", count, rejected, day)
        cursor.execute(
            """
            INSERT INTO scan_row (batch_id, line, person_id, location_id, scanned_at, direction, purpose, counts)
            SELECT $batch, line, person_id, place, moment, way,
                   CASE WHEN HASH(person_id) % 3 = 0 THEN $purposes[1 + CAST(HASH(person_id) % 7 AS INTEGER)] END, TRUE
            FROM drawn_scan ORDER BY place, moment
            """,
            {"batch": batch, "purposes": [purpose for _, purpose in demo.BUSINESS[:7]]},
        )
        cursor.execute(
            """
            INSERT INTO reject (batch_id, line, reason, raw)
            SELECT $batch, i + $count + 2, 'bad_time', '30/02/2021 08:15:00,Nguyễn Văn ' || i || ',0912345678,Nơi 1,Vào'
            FROM RANGE($rejected) t(i)
            """,
            {"batch": batch, "count": count, "rejected": rejected},
        )
        cursor.execute(
            "INSERT INTO person_claim SELECT $batch, p.person_id, p.name, p.birth_year FROM person p "
            "WHERE p.person_id IN (SELECT person_id FROM drawn_scan) ORDER BY p.person_id",
            {"batch": batch},
        )
        cursor.execute(
            "INSERT INTO location_claim SELECT $batch, place, 'Nơi ' || place "
            "FROM (SELECT DISTINCT place FROM drawn_scan) ORDER BY place",
            {"batch": batch},
        )
        cursor.execute(
            """
            INSERT INTO declaration_row (batch_id, line, person_id, declared_at, symptoms, counts)
            SELECT $batch, line, person_id, $day + TO_SECONDS(21000 + CAST(HASH(person_id, $day) % 5000 AS BIGINT)),
                   CASE WHEN HASH(person_id, $day) % 997 = 0 THEN 'Ho, đau họng' ELSE '' END, TRUE
            FROM roster_row WHERE HASH($day, person_id) % 12 > 0 ORDER BY 4
            """,
            {"batch": batch + 1, "day": day},
        )
        [(declared,)] = cursor.execute(
            "SELECT COUNT(*) FROM declaration_row WHERE batch_id = ?", [batch + 1]
        ).fetchall()
        _batch(cursor, batch + 1, "declarations", declared, 0, day)
        cursor.execute(
            "INSERT INTO person_claim SELECT $batch, person_id, name, birth_year FROM person WHERE person_id IN "
            "(SELECT person_id FROM declaration_row WHERE batch_id = $batch) ORDER BY person_id",
            {"batch": batch + 1},
        )
        rollups.derive(cursor, touch.of_upload(cursor, batch) | touch.of_upload(cursor, batch + 1))
        cursor.execute("DELETE FROM touched_person")


def _end(store: Store) -> None:
    """Whom nobody ever scanned goes; the busiest visitors of the last days are registered as cases."""
    with store.write() as cursor:
        cursor.execute("DELETE FROM person WHERE person_id NOT IN (SELECT person_id FROM person_claim)")
    last = traces.FIRST + timedelta(days=traces.DAYS - 1)
    found = store.cursor().execute(
        "SELECT person_id, COUNT(*) FROM stay WHERE day BETWEEN $last - 6 AND $last AND person_id NOT IN "
        "(SELECT person_id FROM staff) AND person_id IN (SELECT person_id FROM person WHERE NOT masked) "
        "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $cases",
        {"last": last, "cases": CASES},
    ).fetchall()  # fmt: skip
    for n, (person, _) in enumerate(found):
        at = datetime(last.year, last.month, last.day, 9) - timedelta(days=1)
        number = cases.register(store, ACCOUNT, Said(person, last - timedelta(days=2 + n), isolated_at=at), at=at)
        case = cases.one(store, number)
        assert case
        found_f1 = follow_up.compare(store, case, tracing.Question((case.case,)), degrees=(1,)).new
        follow_up.follow(store, ACCOUNT, case, found_f1, at=at)
    store.cursor().execute("CHECKPOINT")


def main() -> None:
    """One line a day."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--scans", type=int, nargs="*", default=SIZES)
    given.add_argument("--folder", type=Path, required=True)
    given.add_argument("--days", type=int, default=traces.DAYS, help="how many days to go on by")
    asked = given.parse_args()
    for scans in asked.scans:
        grown(asked.folder / str(scans), scans, asked.days).close()


if __name__ == "__main__":
    main()
