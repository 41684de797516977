"""Units beside each other: figures that roll up, who needs help first, small groups kept back; and the page of it."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from streamlit.testing.v1 import AppTest

from quetma import comparison, compliance, demo_province, flow_cells, rollups, units
from quetma.access import accounts, sessions
from quetma.store import Store, open_store
from tests.conftest import PASSWORD
from tests.test_units import DAY, SCANS, STAFF, load, scan_row, staff_row
from tests.web.test_other_unit import everything, opened


@pytest.fixture(scope="module")
def province(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A team with the demo unit's two places, each that of a post beneath it, and a team of two without a scan."""
    store = open_store(copytree(demo_folder, tmp_path_factory.mktemp("compared") / "store"))
    root = units.add(store, "Chi cục", None, "An")
    team, tiny = (units.add(store, name, root, "An") for name in ("Đội 2", "Đội 10"))
    posts = [units.add(store, name, team, "An") for name in ("Trạm Mai Sơn", "Trạm Yên Châu")]
    for place, post in enumerate(posts, 1):
        units.give(store, [place], post, "An")
    accounts.add(store, "Lò Thị Lãnh Đạo", PASSWORD, "leader")
    accounts.add(store, "Sùng A Tủa", PASSWORD, "leader", unit=tiny)
    load(store, "ds.csv", STAFF + staff_row(1, "Sông Mã") + staff_row(2, "Sông Mã"), "Sùng A Tủa")
    yield store
    store.close()


def by_name(found: list[comparison.Standing]) -> dict[str, comparison.Standing]:
    return {one.unit.name: one for one in found}


def test_figures_of_posts_roll_up_into_their_team_and_that_of_all(province: Store):
    day = province.today()
    team = by_name(comparison.of(province, day, "leader"))["Đội 2"]
    posts = by_name(comparison.of(province.within(team.unit.unit_id), day, "leader"))
    assert set(posts) == {"Trạm Mai Sơn", "Trạm Yên Châu"}
    assert team.staff == sum(post.staff or 0 for post in posts.values()) == 13
    assert team.scans == sum(post.scans or 0 for post in posts.values())
    for duty, told in team.duties.items():
        parts = [post.duties[duty] for post in posts.values()]
        assert told == tuple(map(sum, zip(*parts, strict=True)))
    # who was at both posts is one visitor of the team
    seen = province.ask("flow/daily", first=day, last=day, location=0)["visitor_people"][0]
    assert team.visitors == seen <= sum(post.visitors or 0 for post in posts.values())
    assert rollups.check(province) == []


def test_who_needs_help_stands_first(province: Store):
    found = comparison.of(province, province.today(), "leader")
    assert [one.unit.name for one in found] == ["Đội 10", "Đội 2"]
    tiny = found[0]
    assert (tiny.staff, tiny.silent, tiny.duties["scanned"]) == (2, True, (0, 2))


def read(at: AppTest) -> list[str]:
    """Every text, figure and table of a page."""
    return [f"{part.type} {getattr(part, 'label', '')} {getattr(part, 'value', '')}" for part in at.main]


@pytest.mark.parametrize("role", ["viewer", "gatekeeper"])
def test_who_sees_no_health_reads_of_no_unit_beneath_by_itself_so_none_is_found_by_subtraction(
    province: Store, role: str
):
    """Of fifteen staff, thirteen are of one team, so two are of the other. Whatever a browser says it looks at, each
    page is about all of them together.
    """
    name = accounts.add(province, f"Người {role}", PASSWORD, role)
    token, teams = sessions.start(province, name), [unit for unit in units.every(province) if unit.depth]
    for page in ("overview", "compliance", "flow", "accounts"):
        at = opened(token, page)
        together = read(at)
        assert len(together) > 5 and not [box for box in at.sidebar.selectbox if box.key == "unit"]
        assert not [unit.name for unit in teams if unit.name.encode() in everything(at)], page
        for unit in teams:
            at.session_state["unit"] = unit.unit_id
            assert read(at.run()) == together, (page, unit.name)
    compared = opened(token, "units")
    table = compared.dataframe[0].value
    assert set(table["unit"]) == {"Đội 2", "Đội 10"} and "cases" not in table
    figures = table[["staff", "scanned", "declared", "vaccinated", "apps"]]
    assert figures.isna().all(axis=None), "of fifteen, thirteen would tell the two"
    assert sorted(table["visitors"]) == [0, 21]
    assert any("suy ra được" in caption.value for caption in compared.caption)
    assert "selection" not in str(compared.dataframe[0].proto.selection_mode) and not compared.dataframe[0].proto.id


def test_beside_many_teams_only_small_ones_and_one_more_are_kept_back(empty_store: Store):
    """Whoever adds and subtracts what is told, and the whole, finds nobody or at least three people left out."""
    demo_province.write(empty_store, 24)
    day = empty_store.today()
    leader, viewer = (by_name(comparison.of(empty_store, day, role)) for role in ("leader", "viewer"))
    told = 0
    for duty in compliance.DUTIES:
        out = [leader[name].duties[duty] for name in leader if viewer[name].duties[duty] is None]
        have, due = (sum(rate[n] for rate in out if rate) for n in (0, 1))
        assert not {have, due - have, due} & {1, 2} or len(out) == len(leader)
        for name, one in viewer.items():
            if rate := one.duties[duty]:
                told += 1
                assert rate == leader[name].duties[duty] and not {rate[0], rate[1] - rate[0], rate[1]} & {1, 2}
    staff = [leader[name].staff or 0 for name in leader if viewer[name].staff is None]
    assert any(n < 3 for n in staff) and sum(staff) > 2 and len(staff) < 8
    assert told > 20 and {one.cases for one in viewer.values()} == {None}


def beside_each_other(store: Store, own: dict[str, list[str]]) -> int:
    """Puts units beneath a new one over their places: the number of that one."""
    root = units.add(store, "Cục", None, "An")
    numbers = dict(store.cursor().execute("SELECT name, location_id FROM location").fetchall())
    for name, places in own.items():
        units.give(store, [numbers[place] for place in places], units.add(store, name, root, "An"), "An")
    return root


def staff_at(*places: tuple[str, int]) -> str:
    """A staff list with so many at each place."""
    at = [place for place, n in places for _ in range(n)]
    return STAFF + "".join(staff_row(n, place) for n, place in enumerate(at, 1))


def test_the_staff_of_a_small_place_do_not_follow_from_its_unit_and_its_other_place(empty_store: Store):
    """Compliance tells of 8 at a place, and of 9; two places of two are put together. Nor do those follow who are of no
    unit beneath.
    """
    load(empty_store, "ds.csv", staff_at(("A1", 8), ("A2", 2), ("B1", 9), ("B2", 2), ("C1", 7), ("Cục", 5)))
    load(empty_store, "quet.csv", SCANS + scan_row(1, "A1", 480, "Vào"))
    beside_each_other(empty_store, {"A": ["A1", "A2"], "B": ["B1", "B2"], "C": ["C1"]})
    assert compliance.split(empty_store, DAY, "location", 3)["staff"].to_list() == [9, 8, 7, 5, 4]
    found = by_name(comparison.of(empty_store, DAY, "viewer"))
    assert {name: one.staff for name, one in found.items()} == {"A": None, "B": None, "C": 7}
    assert {name: one.duties["declared"] for name, one in found.items()} == {"A": None, "B": None, "C": (0, 7)}


def test_who_is_of_no_unit_beneath_does_not_follow_from_those(empty_store: Store):
    load(empty_store, "ds.csv", staff_at(("A1", 8), ("B1", 9), ("Cục", 2)))
    load(empty_store, "quet.csv", SCANS + scan_row(1, "A1", 480, "Vào"))
    beside_each_other(empty_store, {"A": ["A1"], "B": ["B1"]})
    found = by_name(comparison.of(empty_store, DAY, "viewer"))
    assert {name: one.staff for name, one in found.items()} == {"A": None, "B": 9}  # of 19
    assert found["A"].duties["declared"] is None and found["B"].duties["declared"] == (0, 9)


def test_visitors_of_a_small_place_and_those_who_left_do_not_follow_from_the_visitor_flow(empty_store: Store):
    came = {"A1": 5, "A2": 2, "B1": 6, "C1": 4}
    at = [place for place, n in came.items() for _ in range(n)]
    rows = [scan_row(n, place, 480 + n, "Vào") for n, place in enumerate(at, 1)]
    left = [scan_row(n, place, 600 + n, "Ra") for n, place in enumerate(at, 1) if place != "C1" or n == len(at)]
    load(empty_store, "quet.csv", SCANS + "".join(rows + left))
    beside_each_other(empty_store, {"A": ["A1", "A2"], "B": ["B1"], "C": ["C1"]})
    told = flow_cells.places(empty_store, DAY, DAY, "all", 1)
    assert dict(told.select("name", "visitor_arrivals").iter_rows()) == {"A1": 5, "A2": 0, "B1": 6, "C1": 4}
    found = by_name(comparison.of(empty_store, DAY, "viewer"))
    scans = {name: (one.visitors, one.scans) for name, one in found.items()}
    assert scans == {"A": (None, None), "B": (6, 12), "C": (None, None)}


def test_the_page_compares_opens_a_unit_and_every_page_is_then_about_it(province: Store):
    token = sessions.start(province, "Lò Thị Lãnh Đạo")
    at = opened(token, "units")
    assert not at.exception
    assert at.dataframe[0].value["unit"].tolist() == ["Đội 10", "Đội 2"]
    assert "Đội 10" in at.warning[0].value
    picker = at.sidebar.selectbox(key="unit")
    assert picker.options == [
        "Chi cục",
        "\u2003Đội 2",
        "\u2003\u2003Trạm Mai Sơn",
        "\u2003\u2003Trạm Yên Châu",
        "\u2003Đội 10",
    ]
    yen_chau = next(unit.unit_id for unit in units.every(province) if unit.name == "Trạm Yên Châu")
    picker.set_value(yen_chau).run()
    at.switch_page("../../pages/overview.py").run()
    assert not at.exception
    assert {one.label: one.value for one in at.metric}["Đã cài ứng dụng"] == "6/6"


def test_the_tree_is_changed_on_the_page(province: Store):
    token = sessions.start(province, "Lò Thị Lãnh Đạo")
    at = opened(token, "units")
    at.text_input(key="units_new_name").set_value("Đội 12")
    next(button for button in at.button if button.label == "Thêm").click().run()
    assert not at.exception
    [made] = [unit for unit in units.every(province) if unit.name == "Đội 12"]
    at.selectbox(key="units_of").set_value(made.unit_id).run()
    next(box for box in at.multiselect if box.label == "Địa điểm của đơn vị").set_value([2])
    next(box for box in at.text_input if box.label == "Tên đơn vị" and box.value == "Đội 12").set_value("Đội 2")
    next(button for button in at.button if button.label == "Lưu").click().run()
    assert "đã là tên của một đơn vị khác" in at.error[0].value
    assert units.place_units(province)[2] != made.unit_id
    assert [unit.name for unit in units.every(province) if unit.unit_id == made.unit_id] == ["Đội 12"]
    at.button(key="units_remove").click().run()
    assert not at.exception and "Đội 12" not in [unit.name for unit in units.every(province)]


def test_a_province_of_as_many_teams_as_wanted_is_made_the_same_each_time(empty_store: Store):
    demo_province.write(empty_store, 3)
    assert [(unit.depth, unit.places > 0) for unit in units.every(empty_store)] == [(0, False)] + [(1, True)] * 3
    found = comparison.of(empty_store, empty_store.today(), "leader")
    assert [one.silent for one in found] == [True, False, False]  # the log of one lacks the last day
    assert by_name(found)["Đội Quản lý thị trường số 2"].staff == 13
    assert all(one.staff and one.duties["vaccinated"] for one in found)
    assert demo_province.teams(39)[:2] == demo_province.teams(2)
    assert any(team.shape.staff < 3 for team in demo_province.teams(39))
    assert rollups.check(empty_store) == []
    numbers = {team.person(n)[1] for team in demo_province.teams(39) for n in range(team.shape.staff)}
    assert len(numbers) == sum(team.shape.staff for team in demo_province.teams(39))
