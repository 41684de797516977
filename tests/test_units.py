"""Units: the tree, whose each place is, and what the people of a unit see, against a store that holds nothing else."""

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quetma import directory, door, intake, rollups, tracing, units
from quetma import places as register
from quetma.access import accounts, sessions
from quetma.door import Passage
from quetma.places import Place
from quetma.store import Store, open_store
from tests.conftest import PASSWORD, examples
from tests.intake import prepare
from tests.web.test_other_unit import everything, opened

DAY = date(2021, 8, 24)
PLACES = ("Mai Sơn", "Yên Châu", "Mộc Châu", "Phù Yên", "Bắc Yên")
# Whose they are: a province with two teams, one of which has a post beneath it; the last place is the province's own.
TREE = {"Đội 1": None, "Đội 2": None, "Trạm": "Đội 2"}
OWN = {"Đội 1": ["Mai Sơn"], "Đội 2": ["Yên Châu"], "Trạm": ["Mộc Châu", "Phù Yên"]}
SEEN = {"Đội 1": ["Mai Sơn"], "Đội 2": ["Yên Châu", "Mộc Châu", "Phù Yên"], "Trạm": ["Mộc Châu", "Phù Yên"]}
STAFF = "Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh\n"
SAID = "Họ tên,SĐT,Thời gian khai báo,Triệu chứng\n"
SCANS = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"


def scan_row(person: int, place: str, minute: int, way: str) -> str:
    at = datetime(2021, 8, 24) + timedelta(minutes=minute)
    return f"Người {person},09120000{person:02},{at:%H:%M %d/%m/%Y},{place},{way}\n"


def staff_row(person: int, place: str) -> str:
    return f"Người {person},09120000{person:02},Công chức,{place},Có\n"


def said_row(person: int) -> str:
    return f"Người {person},09120000{person:02},07:00 24/08/2021,{'ho' if person % 8 else ''}\n"


def load(store: Store, name: str, text: str, account: str = "An") -> int:
    """Loads a file; one without rows is none."""
    if text in (STAFF, SAID, SCANS):
        return 0
    return intake.load(store, prepare(store, name, text.encode()), account).batch_id


def grow(store: Store) -> dict[str, int]:
    """Makes the tree over the places there are: name → number."""
    root = units.add(store, "Chi cục", None, "An")
    numbers: dict[str, int] = {}
    for name, above in TREE.items():
        numbers[name] = units.add(store, name, numbers[above] if above else root, "An")
    places = dict(store.cursor().execute("SELECT name, location_id FROM location").fetchall())
    for name, own in OWN.items():
        units.give(store, [places[place] for place in own if place in places], numbers[name], "An")
    return numbers


def two(people: int = 4) -> str:
    return SCANS + "".join(
        scan_row(n, place, 480 + 10 * n, "Vào") + scan_row(n, place, 600 + 10 * n, "Ra")
        for n in range(people)
        for place in PLACES[n % 2 :: 2]
    )


def test_a_store_without_units_says_nothing_of_them_and_writes_nothing_more(demo_store: Store):
    assert units.every(demo_store) == []
    assert not units.several(demo_store)
    assert demo_store.cursor().execute("SELECT COUNT(*) FROM unit_day").fetchall() == [(0,)]
    units.add(demo_store, "Chi cục", None, "An")
    assert not units.several(demo_store)  # the root alone is one unit
    assert units.seen_by(demo_store, 1) is demo_store


def test_the_tree_is_named_in_order_and_each_sees_what_is_beneath(empty_store: Store):
    load(empty_store, "a.csv", two())
    number = grow(empty_store)
    assert [(unit.name, unit.depth, unit.places) for unit in units.every(empty_store)] == [
        ("Chi cục", 0, 1), ("Đội 1", 1, 1), ("Đội 2", 1, 1), ("Trạm", 2, 2),
    ]  # fmt: skip
    inside = empty_store.within(number["Đội 2"])
    assert [(unit.name, unit.depth, unit.parent) for unit in units.every(inside)] == [
        ("Đội 2", 0, None),
        ("Trạm", 1, number["Đội 2"]),
    ]
    assert units.several(inside)
    assert not units.several(empty_store.within(number["Trạm"]))


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda store, n: units.add(store, " đội  1", 1, "An"), "name of another unit"),
        (lambda store, n: units.add(store, " ", 1, "An"), "Write the name"),
        (lambda store, n: units.add(store, "Đội 9", 99, "An"), "not known"),
        (lambda store, n: units.change(store, n["Đội 2"], "Đội 2", n["Trạm"], "An"), "beneath itself"),
        (lambda store, n: units.remove(store, n["Đội 2"], "An"), "units beneath"),
        (lambda store, n: units.remove(store, n["Trạm"], "An"), "places or accounts"),
        (lambda store, n: units.give(store, [1], 99, "An"), "not known"),
    ],
)
def test_what_cannot_be_is_refused(empty_store: Store, act: Callable[[Store, dict[str, int]], object], told: str):
    load(empty_store, "a.csv", two())
    number = grow(empty_store)
    before = units.every(empty_store)
    with pytest.raises(units.UnitError, match=told):
        act(empty_store, number)
    assert units.every(empty_store) == before


def test_a_unit_that_moves_takes_its_figures_along(empty_store: Store):
    load(empty_store, "a.csv", two())
    number = grow(empty_store)
    assert rollups.check(empty_store) == []
    units.change(empty_store, number["Trạm"], "Trạm kiểm soát", number["Đội 1"], "An")
    assert rollups.check(empty_store) == []
    moved = empty_store.within(number["Đội 1"])
    assert [unit.name for unit in units.every(moved)] == ["Đội 1", "Trạm kiểm soát"]
    assert moved.ask("flow/daily", first=DAY, last=DAY, location=0)["visitor_people"].to_list() == [4]
    units.give(empty_store, [1], None, "An")
    assert rollups.check(empty_store) == []


def test_a_name_and_places_are_saved_together_or_not_at_all(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    load(empty_store, "nk.csv", two())
    number = grow(empty_store)
    team = number["Đội 1"]
    before = units.every(empty_store), units.place_units(empty_store)
    other = [place for place, of in before[1].items() if of != team]
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(rollups, "derive_units", lambda cursor: (_ for _ in ()).throw(RuntimeError))
        units.change(empty_store, team, "Đội Một", units.of(empty_store, None), "An", other)
    assert (units.every(empty_store), units.place_units(empty_store)) == before
    units.change(empty_store, team, "Đội Một", units.of(empty_store, None), "An", other)
    assert {place for place, of in units.place_units(empty_store).items() if of == team} == set(other)
    assert "Đội Một" in [unit.name for unit in units.every(empty_store)]
    assert rollups.check(empty_store) == []


# Each answer of a unit is that of a store with its rows alone. A stay whose end nobody saw ends with the next scan
# anywhere, and staff of another unit are staff: where ends and kinds are asked, nobody leaves their unit here.
FLOW: list[tuple[str, dict[str, Any]]] = [
    ("flow/daily", {"first": DAY, "last": DAY, "location": 0}),
    ("flow/hourly", {"first": DAY, "last": DAY, "location": 0}),
    ("flow/quarters", {"first": DAY, "last": DAY, "location": 0, "kind": "all"}),
    ("history/summary", {"first": DAY, "last": DAY}),
    ("history/last_scan", {}),
]
ALL: list[tuple[str, dict[str, Any]]] = [
    *FLOW,
    ("flow/durations", {"first": DAY, "last": DAY, "location": 0, "kind": "staff"}),
    ("flow/peaks", {"first": DAY, "last": DAY, "locations": []}),
    ("flow/fullest", {"first": DAY, "last": DAY, "location": 0}),
    ("flow/returning", {"first": DAY, "last": DAY, "location": 0}),
    ("flow/places", {"first": DAY, "last": DAY, "kind": "all"}),
    ("flow/on_site", {"at": datetime(2021, 8, 24, 23, 0), "location": 0, "kind": "all"}),
    ("compliance/trend", {"first": DAY, "last": DAY, "location": 0, "position": None}),
    ("compliance/cells", {"first": DAY, "last": DAY, "duty": "scanned"}),
    ("compliance/ways", {"first": DAY, "last": DAY}),
    ("compliance/excused", {"first": DAY, "last": DAY, "duty": "declared"}),
    ("compliance/named", {}),
    ("compliance/staff", {"day": DAY}),
    ("compliance/unpaired", {"day": DAY, "newest": datetime(2021, 8, 24, 21, 0)}),
    ("overview/unclosed", {"day": DAY, "newest": datetime(2021, 8, 24, 21, 0)}),
    ("overview/symptoms", {"first": DAY, "last": DAY, "names": True}),
]
MOVES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(300, 1300), st.sampled_from(["Vào", "Ra"])),
    min_size=5, max_size=40,
)  # fmt: skip


def answer(store: Store, name: str, params: dict[str, Any]) -> list[str]:
    """What a query answers, but for numbers that every store gives itself."""
    rows = store.ask(name, **params)
    if name == "flow/daily":  # a day without scans may be in one calendar and not in the other
        rows = rows.filter(pl.sum_horizontal(pl.col(pl.Int32)) > 0)
    own = [column for column in rows.columns if column.endswith("_id") or column == "line"]
    return sorted(map(str, rows.drop(own).rows()))


def found(store: Store, text: str) -> list[tuple[Any, ...]]:
    """Who fits the text, in no order: that of people of one name is by the numbers that every store gives itself."""
    return sorted(directory.find(store, text, 100).drop("person_id").rows(), key=str)


def traced(store: Store, person: str) -> list[tuple[str, str]]:
    """Who is a contact of that person, and in which degree."""
    found = directory.find(store, person, 1)
    if found.is_empty():
        return []
    case = tracing.Case(found["person_id"][0], DAY)
    chain = tracing.trace(store, tracing.Question((case,), min_minutes=0), whole=True)
    return sorted((row["name"], str(row["exposed_at"])) for row in chain.f1.iter_rows(named=True))


@pytest.mark.parametrize("leaving", [False, True], ids=["everybody stays at home", "people go anywhere"])
@given(moves=MOVES, late=MOVES)
@settings(max_examples=examples(4))
def test_what_a_unit_sees_is_what_a_store_of_its_rows_alone_says(
    empty_file: Path, tmp_path_factory: pytest.TempPathFactory, leaving: bool, moves: list, late: list
):
    home = {n: PLACES[n % 5] for n in range(10)}

    def rows(moves: list, places: list[str]) -> str:
        where = [(n, PLACES[place] if leaving else home[n], minute, way) for n, place, minute, way in moves]
        return SCANS + "".join(scan_row(n, place, at, way) for n, place, at, way in where if place in places)

    def staff(places: list[str]) -> str:
        return STAFF + "".join(staff_row(n, home[n]) for n in range(0, 10, 2) if home[n] in places)

    def said(places: list[str]) -> str:
        return SAID + "".join(said_row(n) for n in range(0, 10, 4) if home[n] in places)

    def fill(places: list[str], tree: bool) -> tuple[Store, dict[str, int]]:
        folder = tmp_path_factory.mktemp("of")
        shutil.copy(empty_file, folder)
        store = open_store(folder)
        for place in places:
            register.save(store, Place(place), "An")
        load(store, "nk.csv", rows(moves, places))
        numbers = grow(store) if tree else {}
        if not leaving:
            load(store, "ds.csv", staff(places))
            load(store, "kb.csv", said(places))
        load(store, "nk2.csv", rows(late, places))
        return store, numbers

    whole, numbers = fill(list(PLACES), tree=True)
    try:
        assert rollups.check(whole) == []
        for name, number in numbers.items():
            alone, _ = fill(SEEN[name], tree=False)
            try:
                inside = whole.within(number)
                for query, params in FLOW if leaving else ALL:
                    assert answer(inside, query, params) == answer(alone, query, params), (name, query)
                assert found(inside, "người") == found(alone, "người"), name
                for n in () if leaving else (0, 3):  # of the staff and not
                    phone = f"+849120000{n:02}"
                    assert traced(inside, phone) == traced(alone, phone)
            finally:
                alone.close()
    finally:
        whole.close()


@given(passages=MOVES)
@settings(max_examples=examples(4))
def test_passages_through_the_door_grow_the_figures_of_units_as_deriving_them_does(
    empty_file: Path, tmp_path_factory: pytest.TempPathFactory, passages: list
):
    folder = tmp_path_factory.mktemp("door")
    shutil.copy(empty_file, folder)
    store = open_store(folder)
    try:
        load(store, "nk.csv", two(people=10))
        grow(store)
        for person, place, minute, way in passages:
            at = datetime(2021, 8, 24) + timedelta(minutes=minute)
            direction: Literal["in", "out"] = "in" if way == "Vào" else "out"
            told = Passage(
                place + 1, direction, "gate", "An", name=f"Người {person}", phone=f"09120000{person:02}", at=at
            )
            door.check(store, told)
        assert rollups.check(store) == []
        intake.undo(store, 1, "An")
        assert rollups.check(store) == []
    finally:
        store.close()


def test_of_an_upload_that_another_unit_loaded_only_what_is_ones_own_is_counted(empty_store: Store):
    """The province loads a file about the places of both teams: how many rows it has is the province's to know."""
    both = load(empty_store, "a.csv", two())
    number = grow(empty_store)
    accounts.add(empty_store, "Lan", PASSWORD, "leader", unit=number["Đội 1"])
    own = load(empty_store, "b.csv", SCANS + scan_row(1, "Mai Sơn", 1600, "Vào"), "Lan")
    inside = empty_store.within(number["Đội 1"])
    listed = inside.ask("intake/batches", page_size=9, page_start=0).select("batch_id", "row_count", "accepted")
    assert listed.rows() == [(own, 1, 1), (both, None, None)]
    [of_all] = empty_store.ask("overview/uploads_since", since=datetime(2000, 1, 1)).rows()
    assert of_all[0] == 2 and of_all[2] > 10
    assert inside.ask("overview/uploads_since", since=datetime(2000, 1, 1)).rows() == [(1, 0, 1, 0, 0)]
    grounds = inside.ask("receipts/grounds", first_day=DAY, last_day=DAY)
    assert {str(both), str(own)} <= set(grounds["thing"])
    at = opened(sessions.start(empty_store, "Lan"), "upload")
    at.session_state["upload_open"] = both
    at.run()
    assert any("chỉ hiển thị phần của đơn vị bạn" in one.value for one in at.caption)
    assert "Số dòng trong tệp".encode() not in everything(at)
