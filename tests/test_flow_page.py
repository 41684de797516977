"""The visitor flow screen, in both languages, for all roles, without data and with the demo unit's."""

from datetime import date

import pytest

from quetma import flow
from quetma.store import Store

ROLES = ["leader", "gatekeeper", "viewer"]
BOXES = {"leader": 4, "gatekeeper": 3, "viewer": 3}  # who came on past days is a leader's
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
    values = shown(at)
    labels = {
        "vi": ("Đang có mặt", "Lượt khách đến", "Lượt cán bộ đến"),
        "en": ("On site now", "Visitors' arrivals", "Staff arrivals"),
    }[language]
    assert [values[label] for label in labels] == [str(here), str(visitors), str(staff)]
    assert len(at.get("plotly_chart")) == 6
    assert [table for table in at.dataframe if "a_day" in table.value] and at.dataframe[-1].value.shape[0] == 2
    usual = {"vi": "Ngày kế tiếp, Thứ bảy, 28/08/2021", "en": "The day after, Saturday, 28/08/2021"}[language]
    assert [text.value for text in at.markdown if text.value.startswith(usual)]
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
    assert len(tables) == BOXES[role] - 1
    for table in tables:
        assert ("name" in table) == ("phone" in table) == ("day" not in table)
        assert ("_trace" in table) == ("name" in table and role == "leader")
        assert "person_id" not in table  # what is not shown is not sent
    people = flow.on_site(demo_store, names=role != "viewer").people
    assert at.dataframe[0].value["name"].tolist() == people["name"].to_list()
    opened = demo_store.cursor().execute("SELECT subject FROM audit WHERE action = 'open rows'").fetchall()
    assert len(opened) == len(tables)


def test_a_viewer_cannot_open_people_by_setting_the_state(app, demo_store: Store):
    at = app(page="pages/flow.py", role="viewer", store=demo_store)
    at.session_state["on_site"] = at.session_state["day_people"] = at.session_state["returning"] = True
    at.run()
    assert not at.exception
    assert [next(iter(table.value.columns)) for table in at.dataframe] == ["name", "name", "days"]
    assert all(name.endswith("***") for name in at.dataframe[0].value["name"])


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
