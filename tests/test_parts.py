"""Very many days are derived part after part: the same as at once, and never more than a part in memory."""

import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from quetma import daily, intake, parts, peaks, places, present, rollups, stays, units
from quetma.intake import recount
from quetma.store import Store, open_store
from tests.intake import prepare

PLACES = ("Mai Sơn", "Yên Châu", "Mộc Châu")
FIRST, DAYS, A_DAY = datetime(2021, 8, 2), 9, 24
SCANS = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
TABLES = (*daily.BY_DAY, *daily.LISTED, "calendar", "last_seen")


def scans(seed: int, days: int = DAYS) -> str:
    """So many passages on each day, also at night, of people who come again: every tenth of the times has both ways."""
    chance = random.Random(seed)
    rows = []
    for day in range(days):
        for _ in range(A_DAY):
            person, at = chance.randrange(9), FIRST + timedelta(day, minutes=10 * chance.randrange(144))
            place, way = chance.choice(PLACES), chance.choice(["Vào", "Ra", "Ra", ""])
            rows.append(f"Người {person},09120000{person:02},{at:%H:%M %d/%m/%Y},{place},{way}\n")
    return SCANS + "".join(rows)


def staff(*people: int) -> str:
    rows = (f"Người {person},09120000{person:02},Công chức,{PLACES[person % 3]},Có\n" for person in people)
    return "Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh\n" + "".join(rows)


def load(store: Store, name: str, text: str) -> int:
    return intake.load(store, prepare(store, name, text.encode()), "An").batch_id


def tree(store: Store) -> None:
    root = units.add(store, "Chi cục", None, "An")
    team = units.add(store, "Đội 1", root, "An")
    units.give(store, [1, 2], units.add(store, "Trạm", team, "An"), "An")
    units.give(store, [3], team, "An")


def hours(store: Store) -> None:
    place = next(place for place in places.every(store) if place.location_id == 1)
    places.save(store, replace(place, opens=time(7), closes=time(17)), "An")


def everything(store: Store) -> None:
    with store.write() as cursor:
        recount.everything(cursor)


STEPS: list[Callable[[Store], object]] = [
    lambda store: load(store, "nk.csv", scans(1)),
    lambda store: load(store, "ds.csv", staff(0, 3, 6)),
    tree,
    lambda store: load(store, "nk2.csv", scans(2)),
    hours,
    lambda store: load(store, "ds2.csv", staff(0, 1, 2)),
    everything,
    lambda store: intake.undo(store, 1, "An"),
    lambda store: units.give(store, [3], None, "An"),
    lambda store: intake.undo(store, 2, "An"),
]


@pytest.fixture
def made(empty_file: Path, tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    """`made(name)`: an empty store of that name."""
    opened: list[Store] = []

    def make(name: str) -> Store:
        (tmp_path / name).mkdir(mode=0o700)
        shutil.copy(empty_file, tmp_path / name)
        opened.append(open_store(tmp_path / name))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def contents(store: Store) -> dict[str, list[Any]]:
    return {table: sorted(store.cursor().execute(f"FROM {table}").fetchall(), key=str) for table in TABLES}


def damage(store: Store) -> None:
    for table in daily.BY_DAY:
        first = f"FROM (FROM {table} ORDER BY ALL LIMIT 1)"
        store.cursor().execute(f"DELETE FROM {table} WHERE day = '2021-08-09'")
        store.cursor().execute(f"INSERT INTO {table} {first}")
        store.cursor().execute(f"INSERT INTO {table} SELECT * REPLACE (day + 900 AS day) {first}")


def test_parts_give_what_all_days_at_once_give(made: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch):
    whole, parted = made("whole"), made("parted")

    def both(act: Callable[[Store], object]) -> tuple[object, object]:
        at_once = act(whole)
        with monkeypatch.context() as patch:
            patch.setattr(parts, "FEW", 0)
            patch.setattr(parts, "LARGEST", 3 * A_DAY)
            return at_once, act(parted)

    for number, step in enumerate(STEPS):
        both(step)
        assert contents(whole) == contents(parted), number
    assert both(rollups.check) == ([], [])
    both(damage)
    at_once, in_parts = both(rollups.check)
    assert isinstance(at_once, list)
    assert at_once == in_parts
    assert {line.partition(":")[0] for line in at_once} >= set(daily.BY_DAY)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many rows were made something of at once, at most, by module."""
    most: dict[str, int] = {}
    for module in (present, peaks, stays):
        make = module.made

        def told(rows: pl.DataFrame, *rest: Any, make: Callable[..., pl.DataFrame] = make, name: str = module.__name__):
            most[name] = max(most.get(name, 0), rows.height)
            return make(rows, *rest)

        monkeypatch.setattr(module, "made", told)
    monkeypatch.setattr(parts, "LARGEST", 3 * A_DAY)
    return most


def test_no_more_than_a_part_is_held_in_memory(made: Callable[[str], Store], held: dict[str, int]):
    store = made("unit")
    batch = load(store, "nk.csv", scans(1))
    rest = [*STEPS[1:3], hours, everything, rollups.check, lambda store: intake.undo(store, batch, "An")]
    for step in rest:
        held.clear()
        step(store)
        # beside a part: the day before of stays, three days before and after of what stays are made of
        most = {"quetma.present": 3 * A_DAY, "quetma.peaks": 4 * A_DAY, "quetma.stays": 9 * A_DAY}
        assert all(rows <= most[name] for name, rows in held.items()), held


def test_a_log_of_days_that_hold_much_is_no_part_of_more(made: Callable[[str], Store], held: dict[str, int]):
    store = made("unit")
    load(store, "nk.csv", scans(1))
    held.clear()
    load(store, "nk2.csv", scans(2))  # as many again
    assert 0 < held["quetma.stays"] <= 2 * 9 * A_DAY
    assert rollups.check(store) == []
