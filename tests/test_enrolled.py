"""A change of the staff list moves what people count: always as if everything were counted anew."""

import random
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quetma import intake, parts, rollups, units
from quetma.intake import edit, recount, source
from quetma.store import Store, open_store
from tests.conftest import examples
from tests.intake import prepare

FIRST, DAYS, PEOPLE = datetime(2021, 8, 2), 6, 8
PLACES = ("Mai Sơn", "Yên Châu", "Mộc Châu")
BOUNDS = ("", *(f"{FIRST + timedelta(n):%d/%m/%Y}" for n in (-1, 0, 2, 3, 5)))


def named(person: int, phone: bool = True) -> str:
    return f"Người {person},{f'09120000{person:02}' if phone else ''}"


def scans(chance: random.Random) -> str:
    """Some of them without a phone, so that a staff list may say who they are."""
    rows = []
    for _ in range(60):
        at = FIRST + timedelta(chance.randrange(DAYS), minutes=15 * chance.randrange(96))
        who = named(chance.randrange(PEOPLE), chance.random() < 0.8)
        rows.append(f"{who},{at:%H:%M %d/%m/%Y},{chance.choice(PLACES)},{chance.choice(['Vào', 'Ra', ''])}\n")
    return "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n" + "".join(rows)


def roster(chance: random.Random) -> str:
    rows = []
    for person in chance.sample(range(PEOPLE), chance.randint(1, PEOPLE)):
        first, last = chance.choice(BOUNDS[:4]), chance.choice(("", *BOUNDS[4:]))
        job = chance.choice(("Công chức", "Lái xe"))
        rows.append(f"{named(person)},{job},{chance.choice(PLACES)},{chance.choice(('Có', 'Không'))},{first},{last}\n")
    return "Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh,Ngày vào làm,Ngày nghỉ việc\n" + "".join(rows)


def declared(chance: random.Random) -> str:
    rows = (
        f"{named(person)},07:00 {FIRST + timedelta(chance.randrange(DAYS)):%d/%m/%Y},\n"
        for person in chance.sample(range(PEOPLE), 4)
    )
    return "Họ tên,SĐT,Thời gian khai báo,Triệu chứng\n" + "".join(rows)


def load(store: Store, text: str) -> int:
    return intake.load(store, prepare(store, "a.csv", text.encode()), "An").batch_id


def step(store: Store, what: str, chance: random.Random) -> None:
    cursor = store.cursor()
    if what in {"scans", "register"}:
        batch = load(store, scans(chance))
        if what == "register":
            source.change(store, batch, "register", "An")
    elif what == "roster":
        load(store, roster(chance))
    elif what == "declared":
        load(store, declared(chance))
    elif what == "undo":
        if batches := cursor.execute("SELECT batch_id FROM batch ORDER BY ALL").fetchall():
            intake.undo(store, chance.choice(batches)[0], "An")
    elif what == "edit":
        known = cursor.execute("SELECT person_id FROM person WHERE phone IS NOT NULL ORDER BY ALL").fetchall()
        places = cursor.execute("SELECT name FROM location ORDER BY ALL").fetchall()
        if known and places:
            row = {
                "position": "Kế toán", "place": chance.choice(places)[0], "smartphone": True, "started": None,
                "ended": chance.choice([None, date(2021, 8, 4)]), "since": chance.choice([None, date(2021, 8, 5)]),
            }  # fmt: skip
            edit.save(store, "An", "roster", [edit.Row(chance.choice(known)[0], row)], "Sửa")
    elif what == "unit":
        tree = units.every(store)
        unit = units.add(store, f"Đội {len(tree)}", None if not tree else chance.choice(tree).unit_id, "An")
        units.give(store, [chance.randint(1, 3)], unit, "An")


WHAT = ["scans", "register", "roster", "roster", "roster", "declared", "undo", "undo", "edit", "unit"]


@settings(max_examples=examples(6))
@given(
    steps=st.lists(st.sampled_from(WHAT), min_size=5, max_size=9),
    seed=st.integers(0, 1 << 30),
    largest=st.sampled_from([1, 40, 10_000]),
)
def test_any_staff_lists_beside_any_scans(
    empty_file: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[str], seed: int, largest: int
):
    folder = tmp_path_factory.mktemp("enrolled")
    shutil.copy(empty_file, folder)
    store, chance = open_store(folder), random.Random(seed)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(parts, "LARGEST", largest)
            for number, what in enumerate(["scans", *steps]):
                step(store, what, chance)
                assert rollups.check(store) == [], (number, what)
            assert recount.check(store) == []
    finally:
        store.close()
