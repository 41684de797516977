"""The visitor flow screen, in both languages, for all roles, without data and with the demo unit's."""

from collections import defaultdict
from datetime import date, datetime

import pytest

from quetma import flow, flow_cells
from quetma.store import Store

ROLES = ["leader", "gatekeeper", "viewer"]
BOXES = {"leader": 4, "gatekeeper": 2, "viewer": 2}  # who came on past days, and who comes again, is a leader's
FIRST, LAST = date(2021, 7, 31), date(2021, 8, 27)  # what "Last 4 weeks" is in the demo unit


def shown(at) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def boxes(at) -> list[str]:
    return [box.label for box in at.expander]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_an_empty_store_says_what_to_do(app, empty_store: Store, role: str, language: str):
    at = app(page="pages/flow.py", role=role, language=language, store=empty_store)
    assert not at.exception
    first = {"vi": "Chưa có lượt quét mã nào.", "en": "There are no scans yet."}[language]
    assert [info.value.startswith(first) for info in at.info] == [True]
    assert (len(at.get("page_link")) == 1) == (role == "leader")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_the_demo_unit(app, demo_store: Store, role: str, language: str):
    at = app(page="pages/flow.py", role=role, language=language, store=demo_store)
    assert not at.exception
    visitors, staff, here = recount(demo_store)
    if role != "leader":
        visitors, staff = (sum(large_cells(demo_store, kind).values()) for kind in ("visitor", "staff"))
    values = shown(at)
    labels = {
        "vi": ("Đang có mặt", "Lượt khách đến", "Lượt cán bộ đến"),
        "en": ("On site now", "Visitors' arrivals", "Staff arrivals"),
    }[language]
    assert [values[label] for label in labels] == [str(here), str(visitors), str(staff)]
    assert len(at.get("plotly_chart")) == (6 if role == "leader" else 3)
    assert [table for table in at.dataframe if "a_day" in table.value] and at.dataframe[-1].value.shape[0] == 2
    usual = {"vi": "Ngày kế tiếp, Thứ bảy, 28/08/2021", "en": "The day after, Saturday, 28/08/2021"}[language]
    told = at.markdown if role == "leader" else at.caption  # nobody else is told of those few
    assert [text.value for text in told if text.value.startswith(usual)]
    assert len(boxes(at)) == BOXES[role]


def recount(store: Store) -> tuple[int, int, int]:
    """Arrivals of visitors and of staff in the last four weeks, and people on site, one passage at a time."""
    rows = store.cursor().execute("SELECT person_id, scanned_at, direction FROM passage ORDER BY scanned_at").fetchall()
    staff = {person for (person,) in store.cursor().execute("SELECT person_id FROM staff").fetchall()}
    arrivals = [p for p, when, direction in rows if direction != "out" and FIRST <= when.date() <= LAST]
    last = {p: direction for p, when, direction in rows if when.date() == LAST}
    here = sum(direction != "out" for direction in last.values())
    return sum(p not in staff for p in arrivals), sum(p in staff for p in arrivals), here


@pytest.mark.parametrize("role", ROLES)
def test_rows_behind_the_numbers(app, demo_store: Store, role: str):
    at = app(page="pages/flow.py", role=role, language="en", store=demo_store)
    for key in ("on_site", "days", "day_people"):
        at.session_state[key] = True
    at.run()
    assert not at.exception
    tables = [set(table.value.columns) for table in at.dataframe if "a_day" not in table.value]
    assert len(tables) == (3 if role == "leader" else 2)
    for table in tables:
        assert ("name" in table) == ("phone" in table) == ("day" not in table)
        assert role != "viewer" or not table & {"since", "location", "kind"}
        assert ("_trace" in table) == ("name" in table and role == "leader")
        assert "person_id" not in table  # what is not shown is not sent
    people = flow.on_site(demo_store, names=role != "viewer").people
    assert people.height > 2
    assert at.dataframe[0].value["name"].tolist() == people["name"].to_list()
    opened = demo_store.cursor().execute("SELECT subject FROM audit WHERE action = 'open rows'").fetchall()
    assert len(opened) == len(tables)


def test_a_viewer_cannot_open_people_by_setting_the_state(app, demo_store: Store):
    at = app(page="pages/flow.py", role="viewer", store=demo_store)
    at.session_state["on_site"] = at.session_state["day_people"] = at.session_state["returning"] = True
    at.run()
    assert not at.exception
    assert [list(table.value.columns) for table in at.dataframe[:-1]] == [["name", "phone"]]
    assert all(name.endswith("***") for name in at.dataframe[0].value["name"])


def cells(store: Store) -> dict[tuple[date, int, str], list[tuple[int, datetime, str]]]:
    """Every passage, by its day, place and kind of person."""
    staff = {person for (person,) in store.cursor().execute("SELECT person_id FROM staff").fetchall()}
    found = defaultdict(list)
    rows = store.cursor().execute("SELECT person_id, location_id, scanned_at, direction FROM passage ORDER BY ALL")
    for person, place, when, direction in rows.fetchall():
        found[when.date(), place, "staff" if person in staff else "visitor"].append((person, when, direction))
    return found


def large_cells(store: Store, kind: str, first: date = FIRST, last: date = LAST) -> dict[tuple[date, int], int]:
    """Arrivals on a day at a place, where three people or more of that kind passed and there were three or more."""
    found = {
        (day, place): sum(direction != "out" for _, _, direction in passages)
        for (day, place, one), passages in cells(store).items()
        if one == kind and first <= day <= last and len({person for person, _, _ in passages}) >= 3
    }
    return {key: n for key, n in found.items() if n >= 3}


def test_one_persons_day_is_told_to_leaders_only(app, demo_store: Store):
    """On a Saturday one of the staff came to the second place: neither how often, when, nor for how long."""
    [(day, place, kind), alone] = next(
        (key, found) for key, found in sorted(cells(demo_store).items())
        if key[2] == "staff" and key[0].weekday() == 5 and len({person for person, _, _ in found}) == 1
    )  # fmt: skip
    told = {}
    for role in ROLES:
        at = app(page="pages/flow.py", role=role, language="en", store=demo_store)
        at.segmented_control(key="period").set_value("range").run()
        at.date_input(key="period_range").set_value((day, day)).run()
        at.selectbox(key="location").set_value(place)
        at.segmented_control(key="flow_kind").set_value(kind)
        at.session_state["days"] = at.session_state["returning"] = True
        at.run()
        assert not at.exception
        told[role] = [metric.label for metric in at.metric], len(at.get("plotly_chart"))
        if role != "leader":
            assert [info.value for info in at.info if "too few to say" in info.value]
            words = str([element.proto for element in at if hasattr(element, "proto")])
            assert not [when for _, when, _ in alone if f"{when:%H:%M} {day:%d/%m}" in words]
    assert "Staff stay" in told["leader"][0]
    assert "Staff stay" not in told["viewer"][0]
    assert told["viewer"][1] == told["gatekeeper"][1] == 0 < told["leader"][1]


def test_what_a_viewer_can_choose_never_differs_by_one_or_two_people(demo_store: Store):
    """Each day is the sum of cells of three people or more, so whatever is chosen, two answers differ by such cells."""
    first, last = demo_store.ask("flow/span").row(0)
    every = cells(demo_store)
    assert [key for key, found in every.items() if len({person for person, _, _ in found}) < 3], "else nothing is shown"
    large = {kind: large_cells(demo_store, kind, first, last) for kind in ("staff", "visitor")}
    for place in (0, 1, 2):
        days = flow_cells.days(demo_store, first, last, place)
        for kind in ("staff", "visitor"):
            of_day = defaultdict(int)
            for (day, at), n in large[kind].items():
                of_day[day] += n if place in (0, at) else 0
            told = dict(days.select("day", f"{kind}_arrivals").iter_rows())
            assert {day: n or 0 for day, n in told.items()} == {day: of_day[day] for day in told}
            assert {day for day, n in told.items() if n is None} == {
                day for day, at, one in every if one == kind and place in (0, at) and not of_day[day]
            }
    # Nor do the hours that are told, taken from those of the day, leave one or two people.
    for (day, place, kind), found in every.items():
        week = flow_cells.week(demo_store, day, day, place, kind)
        hours = {week.hours[i] for i, n in enumerate(week.counts[day.weekday()]) if n}
        came = [(person, when.hour) for person, when, direction in found if direction != "out"]
        rest = {person for person, hour in came if hour not in hours}
        assert len(rest) not in (1, 2) or not (hours or (day, place) in large[kind])
        assert all(len({person for person, at in came if at == hour}) >= 3 for hour in hours)


def test_how_many_came_in_all_tells_nothing_of_a_place_that_is_left_out(demo_store: Store):
    """Neither that it was one person nor that it was two."""
    first, last = demo_store.ask("flow/span").row(0)
    found = {
        (day, place): {who for who, *_ in rows} for (day, place, k), rows in cells(demo_store).items() if k == "visitor"
    }
    large, states = large_cells(demo_store, "visitor", first, last), set()
    for day, told in flow_cells.whole_days(demo_store, first, last).iter_rows():
        here = {place: who for (at, place), who in found.items() if at == day}
        left = [place for place in here if (day, place) not in large]
        together = len(set().union(*here.values())) - sum(len(who) for place, who in here.items() if place not in left)
        states.add((bool(left), told is None))
        assert told in (None, len(set().union(*here.values())))
        assert told is None or not left or (together >= 3 and together > len(left) and together != 2 * len(left))
    assert states >= {(False, False), (True, True)}


def test_the_peak_of_one_person_is_no_figure(demo_store: Store):
    for row in flow_cells.places(demo_store, FIRST, LAST, "all", 28).iter_rows(named=True):
        assert row["peak"] >= 3
    saturday = date(2021, 8, 21)
    alone = demo_store.ask("flow/peaks", first=saturday, last=saturday, locations=[]).filter(people=1)["location_id"]
    peaks = dict(flow_cells.places(demo_store, saturday, saturday, "all", 1).select("location_id", "peak").iter_rows())
    assert {peaks[place] for place in alone} == {None}


def test_a_place_with_a_capacity_is_compared_with_it(app, demo_store: Store):
    with demo_store.write() as cursor:
        cursor.execute("UPDATE location SET capacity = 9 WHERE location_id = 1")
    at = app(page="pages/flow.py", language="en", store=demo_store)
    table = at.dataframe[-1].value
    assert (table["capacity"][0], table["share"][0]) == (9, table["peak"][0] / 9)
    assert [w.value for w in at.warning if f"{table['peak'][0]} people at once" in w.value]
    at.selectbox(key="location").set_value(1).run()
    assert not at.exception


@pytest.mark.parametrize("period", ["today", "week", "month", "4weeks", "all", "range"])
def test_every_period_and_kind_at_a_place(app, demo_store: Store, period: str):
    at = app(page="pages/flow.py", language="en", store=demo_store)
    place = demo_store.ask("flow/locations")["location_id"][0]
    at.segmented_control(key="period").set_value(period)
    at.selectbox(key="location").set_value(place).run()
    for kind in flow.KINDS:
        at.segmented_control(key="flow_kind").set_value(kind).run()
        assert not at.exception
        assert len(at.metric) == (6 if kind == "all" else 4)


def test_days_without_scans_are_said_so(app, demo_store: Store):
    at = app(page="pages/flow.py", language="en", store=demo_store)
    at.segmented_control(key="period").set_value("range").run()
    at.date_input(key="period_range").set_value((date(2021, 1, 4), date(2021, 1, 8))).run()
    assert not at.exception
    assert [info.value for info in at.info if "Nobody arrived" in info.value]
    at.date_input(key="period_range").set_value((date(2021, 8, 27),)).run()  # one click of two: that day alone
    assert not at.exception
    assert "From 27/08/2021 to 27/08/2021." in at.caption[0].value
