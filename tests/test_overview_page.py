"""The overview: the right numbers, names only for those who may read them, in both languages, with data and without."""

from datetime import date, datetime
from pathlib import Path

import pytest

from quetma import compliance, enrolled, rollups, touch
from quetma.store import Store

from .scenario import unit

ROLES = ["leader", "gatekeeper", "viewer"]
TODAY, BEFORE = date(2021, 8, 27), date(2021, 8, 26)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_an_empty_store_says_what_to_do(app, empty_store: Store, role: str, language: str):
    at = app(role=role, language=language, store=empty_store)
    assert not at.exception
    first = {"vi": "Đơn vị chưa có dữ liệu.", "en": "This unit has no data yet."}[language]
    assert [info.value.startswith(first) for info in at.info] == [True]
    assert (len(at.get("page_link")) == 1) == (role == "leader")


def recount(store: Store) -> tuple[int, int, int]:
    """Visitors of the day shown, of the working day before, and people on site, one scan at a time."""
    rows = store.cursor().execute("SELECT person_id, scanned_at, direction FROM scan ORDER BY scanned_at").fetchall()
    staff = {person for (person,) in store.cursor().execute("SELECT person_id FROM staff").fetchall()}
    visitors = [len({p for p, when, _ in rows if when.date() == day and p not in staff}) for day in (TODAY, BEFORE)]
    last = {p: direction for p, when, direction in rows if when.date() == TODAY}
    return *visitors, sum(direction != "out" for direction in last.values())


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_the_demo_unit_at_a_glance(app, demo_store: Store, role: str, language: str):
    at = app(role=role, language=language, store=demo_store)
    assert not at.exception
    today, before = (compliance.on(demo_store, day) for day in (TODAY, BEFORE))
    visitors, visitors_before, here = recount(demo_store)
    assert [(metric.value, metric.delta) for metric in at.metric] == [
        *(
            (f"{today[duty]['have']}/{today[duty]['of']}", str(today[duty]["have"] - before[duty]["have"]))
            if role == "leader" or duty == "apps"
            else ("11–12/13", "")
            for duty in ("apps", "vaccinated", "declared", "scanned")
        ),
        (str(visitors), str(visitors - visitors_before)),
        (str(here), ""),
    ]
    assert (at.metric[0].value, at.metric[1].value) == ("13/13", "12/13" if role == "leader" else "11–12/13")
    assert "27/08/2021" in at.markdown[0].value
    assert len(at.get("plotly_chart")) == 2


def everything(at) -> str:
    """All that is sent to the browser."""
    return str([element.proto for element in at if hasattr(element, "proto")])


@pytest.mark.parametrize("role", ROLES)
def test_the_thirteenth_person_is_named_to_those_who_may_know(app, demo_store: Store, role: str):
    at = app(role=role, language="en", store=demo_store)
    [missing] = compliance.on(demo_store, TODAY)["vaccinated"]["missing"]
    sentences = [markdown.value for markdown in at.markdown if "accinated" in markdown.value]
    assert len(sentences) == 1
    assert (missing in sentences[0]) == (role == "leader")
    assert ("fewer than 3 staff" in sentences[0]) == (role != "leader")
    assert role == "leader" or '"12/13' not in everything(at)


def test_a_viewer_gets_no_names_and_none_are_asked_for(app, demo_store: Store, monkeypatch: pytest.MonkeyPatch):
    names = {name for (name,) in demo_store.cursor().execute("SELECT name FROM person WHERE NOT masked").fetchall()}
    phones = {phone for (phone,) in demo_store.cursor().execute("SELECT phone_shown FROM person").fetchall()}
    phones = {phone for phone in phones if phone.isdecimal()}
    answers = []
    ask = Store.ask

    def noted(store: Store, name: str, *more, **params):
        answer = ask(store, name, *more, **params)
        if name != "settings/stored":  # all settings at once, with who signs documents: told to nobody
            answers.append(answer)
        return answer

    monkeypatch.setattr(Store, "ask", noted)
    at = app(role="viewer", store=demo_store, state={"overview_on_site": True})
    assert not at.exception
    assert len(answers) > 5
    told = {value for frame in answers for row in frame.iter_rows() for value in row if isinstance(value, str)}
    assert not told & (names | phones)
    assert "27/08/2021" in everything(at)
    assert not [name for name in names if name in everything(at)]
    [table] = [table.value for table in at.dataframe]
    assert len(table)
    assert all(name.endswith("***") for name in table["name"])
    assert all(phone.endswith("***") for phone in table["phone"] if phone)


@pytest.mark.parametrize("role", ["leader", "gatekeeper"])
def test_who_is_on_site(app, demo_store: Store, role: str):
    at = app(role=role, language="en", store=demo_store)
    assert not at.dataframe
    at.session_state["overview_on_site"] = True
    at.run()
    assert not at.exception
    _, _, here = recount(demo_store)
    [table] = at.dataframe
    assert len(table.value) == here
    assert ("_trace" in table.value.columns) == (role == "leader")
    logged = demo_store.cursor().execute("SELECT account, subject FROM audit WHERE action = 'open rows'").fetchall()
    assert logged == [(f"Test {role}", f"Who is on site now: {here}")]


def test_on_a_day_off_nothing_daily_is_due(app, tmp_path: Path):
    friday, saturday = datetime(2021, 8, 27, 8), datetime(2021, 8, 28, 8)
    store = unit(tmp_path, [(1, 1, friday, "in"), (2, 1, friday, "in"), (2, 1, saturday, "in")])
    with store.write() as cursor:
        cursor.execute("INSERT INTO roster_row VALUES (2, 1, 1, 'Đội trưởng', 1, TRUE, NULL, NULL, TRUE, NULL, NULL)")
        rollups.derive(cursor, touch.of_upload(cursor, 2))
    at = app(role="leader", language="en", store=store)
    assert not at.exception
    assert [(m.value, m.delta) for m in at.metric] == [
        *[("0/1", "0"), ("0/1", "0"), ("–", ""), ("–", "")],  # apps, vaccinated, declared, scanned
        *[("1", "0"), ("1", "")],  # visitors, on site
    ]


def test_a_store_with_a_roster_only(app, empty_store: Store):
    """No scans, so no day of data: the figures are of the real today, and nothing fails."""
    with empty_store.write() as cursor:
        cursor.execute(
            "INSERT INTO location (location_id, name, name_key, opens, closes, by_hand) "
            "VALUES (1, 'Trụ sở', 'tru so', NULL, NULL, TRUE)",
        )
        cursor.execute("INSERT INTO person VALUES (1, 'tel:1', 'Lò Văn A', 'lo van a', 'a', NULL, NULL, FALSE)")
        cursor.execute("INSERT INTO roster_row VALUES (1, 1, 1, 'Đội trưởng', 1, TRUE, NULL, NULL, TRUE, NULL, NULL)")
        cursor.execute(
            "INSERT INTO batch (batch_id, kind, file_name, sha256, uploaded_at, uploaded_by, row_count, "
            "accepted, duplicates, rejected, first_day, last_day, sheet, origin, source) "
            "VALUES (1, 'roster', 'd.csv', 'x', ?, 'Lê Hà', 1, 1, 0, 0, NULL, NULL, '', '', NULL)",
            [datetime(2021, 8, 27, 9)],
        )
        enrolled.list_staff(cursor)
    at = app(role="leader", language="en", store=empty_store)
    assert not at.exception
    assert [metric.value for metric in at.metric][:2] == ["0/1", "0/1"]
    assert "by Lê Hà" in at.caption[0].value
