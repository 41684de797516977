"""How much the scans show at all: duty days with a scan, and what two lists tell of what both missed."""

import random
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from math import isclose
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from quetma import directory, enrolled, intake, tracing
from quetma.store import Store, open_store
from quetma.tracing import coverage
from quetma.tracing.coverage import Coverage, Lists
from tests.conftest import examples
from tests.intake import prepare
from tests.scenario import unit

# Of those on duty, how many scanned -----------------------------------------------------------------------------------


def test_duty_days_with_a_scan_where_the_case_was(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    until = datetime(2021, 8, 26)
    question = tracing.Question((tracing.Case(person, date(2021, 8, 25), until=until, days_before=2),))
    [expected] = demo_store.cursor().execute(
        "SELECT count(*) FILTER (scanned), count(scanned) FROM duty_day "
        "WHERE (day, location_id) IN ((DATE '2021-08-24', 1), (DATE '2021-08-25', 2))"
    ).fetchall()  # fmt: skip
    assert coverage.rostered(demo_store, question) == expected
    assert 0 < expected[0] < expected[1]


def test_the_cases_own_duty_days_say_nothing(tmp_path: Path):
    noon = datetime(2021, 8, 24, 12)
    store = unit(tmp_path, [(1, 1, noon, "in"), (2, 1, noon, "in"), (3, 2, noon, "in")])
    with store.write() as cursor:
        for person, scanned in ((1, True), (2, True), (3, False)):
            row = [noon.date(), person, 1, "x", None, False, None, scanned]
            cursor.execute("INSERT INTO duty_day VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    assert coverage.rostered(store, tracing.Question((tracing.Case(1, noon.date()),))) == (1, 2)


def test_without_a_roster_there_is_no_share(demo_store: Store):
    person = directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]
    question = tracing.Question((tracing.Case(person, date(2020, 8, 25)),))
    assert coverage.rostered(demo_store, question) == (0, 0)


# Two lists ------------------------------------------------------------------------------------------------------------

DAY = date(2021, 8, 24)
HEADER = "Họ tên,SĐT,Thời gian,Địa điểm\n"


def put(store: Store, source: str, *rows: str) -> None:
    """Uploads rows `name,phone,time,place` as one list."""
    content = HEADER + "".join(f"{row}\n" for row in rows)
    intake.load(store, prepare(store, "a.csv", content.encode(), source=source), "test")


def visit(n: int, hour: int = 8, place: str = "Mai Sơn", day: str = "24/08/2021") -> str:
    return f"Lò Văn {chr(65 + n)},09120000{n:02},{day} {hour:02}:10,{place}"


def test_a_sum_done_by_hand(empty_store: Store):
    """9 scanned, 7 in the register, 5 in both: (10 × 8 / 6) − 1 = 12.33 presences."""
    put(empty_store, "qr", *(visit(n) for n in range(9)))
    put(empty_store, "register", *(visit(n, 9) for n in (0, 1, 2, 3, 4, 20, 21)))
    found = coverage.estimate(empty_store, DAY, DAY)
    assert found.by_kind == {"staff": Lists(0, 0, 0), "visitor": Lists(5, 4, 2)}
    assert (found.refused, found.rough, found.compared, found.masked) == (None, True, 1, 0)
    assert isclose(found.total, 10 * 8 / 6 - 1)
    assert isclose(found.missed, 4 * 2 / 6)
    assert isclose(found.error, (10 * 8 * 4 * 2 / (36 * 7)) ** 0.5)
    assert isclose(found.scanned, 9 / (10 * 8 / 6 - 1))
    low, high = found.total_between
    assert 11 <= low < found.total < high < 25
    assert found.scanned_between == (9 / high, 9 / low)


def test_a_row_in_both_lists_to_the_second_is_seen_by_both(empty_store: Store):
    put(empty_store, "qr", *(visit(n) for n in range(8)))
    put(empty_store, "register", *(visit(n) for n in range(8)), visit(9))
    assert coverage.estimate(empty_store, DAY, DAY).lists == Lists(8, 0, 1)


def test_only_places_and_days_of_both_lists_are_compared(empty_store: Store):
    put(empty_store, "qr", visit(0), visit(1), visit(0, day="23/08/2021"), visit(0, place="Yên Châu"))
    put(empty_store, "register", visit(0), visit(2), visit(2, day="25/08/2021"))
    found = coverage.estimate(empty_store, date(2021, 8, 20), date(2021, 8, 30))
    assert found.lists == Lists(1, 1, 1)
    assert found.places.select("location", "day", "qr", "register").rows() == [
        ("Mai Sơn", date(2021, 8, 23), 1, 0), ("Mai Sơn", DAY, 2, 2), ("Yên Châu", DAY, 1, 0),
        ("Mai Sơn", date(2021, 8, 25), 0, 1),
    ]  # fmt: skip
    there = empty_store.ask("flow/locations").filter(pl.col("name") == "Yên Châu")["location_id"][0]
    assert coverage.estimate(empty_store, DAY, DAY, there).refused == "register"


@pytest.mark.parametrize(
    ("qr", "register", "refused"),
    [
        ([], [], "nothing"),
        ([visit(0)], [], "register"),
        ([], [visit(0)], "qr"),
        ([visit(0)], [visit(0, place="Yên Châu")], "apart"),
        ([visit(0)], [visit(1)], "overlap"),
        ([visit(0)], [visit(0, 9)], None),
    ],
)
def test_what_cannot_be_estimated_is_not(empty_store: Store, qr: list[str], register: list[str], refused: str | None):
    for source, rows in (("qr", qr), ("register", register)):
        if rows:
            put(empty_store, source, *rows)
    found = coverage.estimate(empty_store, DAY, DAY)
    assert found.refused == refused
    assert (found.kinds == ()) == (refused is not None)


def test_times_are_compared_on_demand(empty_store: Store):
    put(empty_store, "qr", visit(0, 8), visit(0, 10), visit(1, 8))
    put(empty_store, "register", visit(0, 9), visit(1, 15))
    assert coverage.estimate(empty_store, DAY, DAY).lists == Lists(2, 0, 0)
    assert coverage.estimate(empty_store, DAY, DAY, within=60).lists == Lists(1, 1, 1), "the first spans the register"
    assert coverage.estimate(empty_store, DAY, DAY, within=7 * 60).lists == Lists(2, 0, 0)


def test_masked_people_are_left_out_and_those_without_a_phone_counted(empty_store: Store):
    put(empty_store, "qr", visit(0), visit(1), "Nguyễn Văn ***,0912345***,24/08/2021 08:00,Mai Sơn")
    put(empty_store, "register", visit(0), "Lò Văn B,,24/08/2021 08:10,Mai Sơn")
    found = coverage.estimate(empty_store, DAY, DAY)
    assert (found.lists, found.masked, found.unphoned) == (Lists(1, 1, 1), 1, 1)


def test_kinds_that_one_list_does_not_know_are_left_out(empty_store: Store):
    """A guard who knows the staff writes down visitors only."""
    roster = "Họ tên,SĐT,Trụ sở,Chức vụ\nLò Văn A,0912000000,Mai Sơn,Lái xe\n"
    intake.load(empty_store, prepare(empty_store, "r.csv", roster.encode()), "test")
    put(empty_store, "qr", visit(0), visit(1), visit(2))
    put(empty_store, "register", visit(1), visit(3))
    found = coverage.estimate(empty_store, DAY, DAY)
    assert found.by_kind == {"staff": Lists(0, 1, 0), "visitor": Lists(1, 1, 1)}
    assert (found.kinds, found.lists, found.by_kind["staff"].refused) == (("visitor",), Lists(1, 1, 1), "register")
    assert isclose(found.total, 3 * 3 / 2 - 1)


# Against a plain recount ----------------------------------------------------------------------------------------------

PEOPLE = {1: "staff", 2: "visitor", 3: "visitor", 4: "masked", 5: "alias of 2", 6: "staff from the 24th"}
BATCH = (
    "INSERT INTO batch (batch_id, kind, file_name, sha256, uploaded_at, uploaded_by, row_count, "
    "accepted, duplicates, rejected, first_day, last_day, sheet, origin, source) "
    "VALUES (?, ?, 'x', ?, now(), 'a', 0, 0, 0, 0, NULL, NULL, '', '', ?)"
)
rows = st.tuples(
    st.integers(1, 4),  # upload
    st.sampled_from(sorted(PEOPLE)),
    st.integers(1, 2),  # place
    st.integers(23, 25),  # day
    st.sampled_from([7, 8, 12, 17]),
)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        made = open_store(Path(folder))
        with made.write() as cursor:
            for place in (1, 2):
                row = [place, f"N{place}", f"n{place}", None, None, True]
                cursor.execute(
                    "INSERT INTO location (location_id, name, name_key, opens, closes, by_hand) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
            for n, what in PEOPLE.items():
                masked = what == "masked"
                row = [n, f"{n}", f"P{n}", "p", "p", None if masked else f"+84{n}", None, masked]
                cursor.execute("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            cursor.execute("INSERT INTO alias VALUES (5, 2)")
            cursor.execute(BATCH, [9, "roster", "r", None])
            cursor.execute("INSERT INTO roster_row VALUES (9, 1, 1, 'x', 1, TRUE, NULL, NULL, TRUE, NULL, NULL)")
            cursor.execute(
                "INSERT INTO roster_row VALUES (9, 2, 6, 'x', 1, TRUE, '2021-08-24', NULL, TRUE, NULL, NULL)"
            )
            enrolled.list_staff(cursor)
        yield made
        made.close()


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(
    st.lists(rows, max_size=40), st.lists(st.sampled_from(["qr", "register"]), min_size=4, max_size=4), st.booleans(),
    st.sampled_from([0, 0, 1]), st.sampled_from([None, 60, 300]), st.randoms(use_true_random=False),
)  # fmt: skip
def test_equals_a_plain_recount(
    store: Store,
    scans: list[tuple[int, int, int, int, int]],
    lists: list[str],
    repeated: bool,
    location: int,
    within: int | None,
    rng: random.Random,
):
    """repeated: the fourth upload is the same file as the first."""
    with store.write() as cursor:
        cursor.execute("DELETE FROM batch WHERE kind = 'scans'")
        cursor.execute("DELETE FROM scan_row")
        for n, source in enumerate(lists, 1):
            sha = "1" if n == 4 and repeated else f"{n}"
            cursor.execute(BATCH, [n, "scans", sha, source])
        for line, (batch, person, place, day, hour) in enumerate(scans):
            row = [batch, line, person, place, datetime(2021, 8, day, hour), rng.random() < 0.5]
            cursor.execute("INSERT INTO scan_row VALUES (?, ?, ?, ?, ?, 'in', NULL, ?)", row)
    first, last = date(2021, 8, 23), date(2021, 8, 24)
    found = coverage.estimate(store, first, last, location, within)

    told: dict[tuple[int, int, int], dict[str, list[int]]] = {}
    for batch, person, place, day, hour in scans:
        if day <= 24 and location in (0, place) and not (repeated and batch == 4):
            real = 2 if person == 5 else person
            told.setdefault((real, place, day), {}).setdefault(lists[batch - 1], []).append(hour)
    kept: dict[tuple[int, int], set[str]] = {}
    for (_, place, day), times in told.items():
        kept.setdefault((place, day), set()).update(times)
    cells = {"staff": [0, 0, 0], "visitor": [0, 0, 0]}
    masked = 0
    for (person, place, day), times in told.items():
        if len(kept[place, day]) < 2:
            continue
        if person == 4:
            masked += 1 if within is None or len(times) < 2 or _near(times, within) else 2
            continue
        cell = cells["staff" if person == 1 or (person == 6 and day >= 24) else "visitor"]
        if len(times) == 1:
            cell[1 if "qr" in times else 2] += 1
        elif within is None or _near(times, within):
            cell[0] += 1
        else:
            cell[1] += 1
            cell[2] += 1
    assert found.by_kind == {kind: Lists(*cell) for kind, cell in cells.items()}
    assert found.masked == masked
    assert found.compared == sum(len(both) == 2 for both in kept.values())
    low, high = found.missed_between
    assert 0 <= low <= found.missed <= high


def _near(times: dict[str, list[int]], within: int) -> bool:
    """Whether the two spans of hours come within so many minutes of each other."""
    qr, register = times["qr"], times["register"]
    return max(min(qr), min(register)) - min(max(qr), max(register)) <= within / 60


# Against a known truth ------------------------------------------------------------------------------------------------


def drawn(rng: np.random.Generator, groups: dict[str, tuple[int, float, float]]) -> Coverage:
    """What two lists show of people of whom each is on the QR log and in the register with these chances."""
    cells = {"staff": Lists(0, 0, 0), "visitor": Lists(0, 0, 0)}
    for kind, (people, scans, writes) in groups.items():
        qr, register = rng.random(people) < scans, rng.random(people) < writes
        cells[kind] = Lists(int((qr & register).sum()), int((qr & ~register).sum()), int((~qr & register).sum()))
    return Coverage(pl.DataFrame(), pl.DataFrame(), cells, 0, 0)


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param({"visitor": (30, 0.8, 0.6)}, id="few"),
        pytest.param({"visitor": (30, 0.95, 0.9)}, id="hardly anybody missed"),
        pytest.param({"visitor": (500, 0.9, 0.7)}, id="many"),
        pytest.param({"visitor": (100, 0.5, 0.3)}, id="half missed"),
        pytest.param({"staff": (40, 0.9, 0.5), "visitor": (60, 0.7, 0.6)}, id="two kinds"),
    ],
)
def test_the_interval_holds_the_truth_about_as_often_as_it_says(groups: dict[str, tuple[int, float, float]]):
    rng = np.random.default_rng(4)
    truth = sum(people for people, _, _ in groups.values())
    found = [one for one in (drawn(rng, groups) for _ in range(1500)) if len(one.kinds) == len(groups)]
    assert len(found) > 1400
    inside = np.mean([one.total_between.low <= truth <= one.total_between.high for one in found])
    assert 0.89 <= inside <= 1
    assert abs(np.mean([one.total for one in found]) / truth - 1) < 0.02, "without a bias to speak of"


def test_kinds_added_up_tell_the_truth_where_all_together_would_not():
    """Staff scan and are hardly written down, visitors the other way round: taken together the lists seem to shun
    each other, and everybody seems to be missed.
    """
    rng = np.random.default_rng(5)
    groups = {"staff": (400, 0.95, 0.2), "visitor": (400, 0.4, 0.9)}
    apart = [drawn(rng, groups) for _ in range(200)]
    together = [one.lists for one in apart]
    assert abs(np.mean([one.total for one in apart]) - 800) < 10
    assert np.mean([one.known + one.missed for one in together]) > 1000


def test_a_store_of_a_known_truth(empty_store: Store):
    """Through uploads: of 120 visitors on each of two days four fifths scan, and the guard writes down half."""
    rng = random.Random(6)
    lists: dict[str, list[str]] = {"qr": [], "register": []}
    for day in (23, 24):
        for n in range(120):
            at = datetime.combine(date(2021, 8, day), time(7)) + timedelta(minutes=rng.randrange(600))
            for source, chance in (("qr", 0.8), ("register", 0.5)):
                if rng.random() < chance:
                    lists[source].append(f"Khách {n},0912{n:06},{at:%d/%m/%Y %H:%M},Mai Sơn")
    for source, several in lists.items():
        put(empty_store, source, *several)
    found = coverage.estimate(empty_store, date(2021, 8, 1), date(2021, 8, 31))
    assert (found.compared, found.kinds) == (2, ("visitor",))
    assert found.total_between.low < 240 < found.total_between.high
    assert found.scanned_between.low < 0.8 < found.scanned_between.high
    assert found.lists.known < 230 < found.total < 250
