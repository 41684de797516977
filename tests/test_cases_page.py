"""The screen of cases: registered from a trace, worked by what is due, corrected, told in figures and files."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from quetma import cases, directory, follow_up, receipts, tracing
from quetma.cases import Said
from quetma.follow_up import Entry
from quetma.store import Store
from quetma.web.cases import acts, today
from tests.scenario import upload

ONSET = date(2021, 8, 25)
NOW = datetime(2021, 8, 27, 15, 41)  # the demo's last scan: its time stands still there
App = Callable[..., AppTest]


@pytest.fixture
def khoi(demo_store: Store) -> int:
    """The demo's F0."""
    return directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]


@pytest.fixture
def registered(demo_store: Store, khoi: int) -> int:
    """That F0 registered on the day of onset at noon, with the contacts of then and later listed."""
    number = cases.register(demo_store, "An", Said(khoi, ONSET))
    case = cases.one(demo_store, number)
    assert case
    listing = follow_up.compare(demo_store, case, tracing.Question((case.case,)))
    follow_up.follow(demo_store, "An", case, listing.new)
    return number


def page(app: App, store: Store, view: str = "today", opened: tuple[int, int] | None = None) -> AppTest:
    """The screen of cases with that view chosen."""
    at = app(page="pages/cases.py", language="en", store=store, state={acts.VIEW: view, acts.OPENED: opened})
    assert not at.exception
    return at


def rerun(at: AppTest) -> AppTest:
    """Runs it again, on the page it is on."""
    at.switch_page("../../pages/cases.py")
    at.run()
    assert not at.exception
    return at


def pressed(at: AppTest, label: str) -> AppTest:
    """Presses the button with that label."""
    [button] = [button for button in at.button if button.label == label]
    button.click()
    at.run()
    assert not at.exception
    return at


def metrics(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def audited(store: Store, *actions: str) -> list[tuple[str, str, str]]:
    wanted = "SELECT action, subject, detail FROM audit WHERE action = ANY(?) ORDER BY logged_at"
    return store.cursor().execute(wanted, [list(actions)]).fetchall()


def test_without_a_case_it_says_where_one_is_registered(app: App, demo_store: Store) -> None:
    at = page(app, demo_store)
    assert "No case is registered" in at.info[1].value
    assert not at.metric


def test_registered_from_the_trace_with_its_contacts_and_what_they_rest_on(
    app: App, demo_store: Store, khoi: int
) -> None:
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": khoi})
    at.date_input(key=f"trace_onset_{khoi}").set_value(ONSET)
    at.number_input(key="trace_min").set_value(45).run()
    at.text_input(key=f"register_{khoi}_signs").set_value("sốt")
    pressed(at, "Register and list the contacts")
    [case] = cases.registered(demo_store)
    question = tracing.Question((case.case,), min_minutes=45)
    answer = tracing.trace(demo_store, question, whole=True)
    listed = follow_up.state(demo_store)
    assert (case.signs, case.state, case.onset, case.contacts) == ("sốt", "confirmed", ONSET, listed.height)
    for degree, people in ((1, answer.f1), (2, answer.f2)):
        expected = set(tracing.suspected(people)["person_id"])
        assert set(listed.filter(pl.col("degree") == degree)["person_id"]) == expected
        assert expected
    assert at.title[0].value == "Cases and follow-up"
    assert metrics(at)["Open cases"] == "1"
    [receipt], _ = receipts.saved(demo_store, case.case_id)
    assert receipt.answer.question.min_minutes == 45
    at = page(app, demo_store, "cases")
    assert "The list is what the scans show by now." in " ".join(text.value for text in at.markdown), (
        "asked with the same 45 minutes"
    )
    assert audited(demo_store, "register case", "list contacts") == [
        ("register case", "1 Nguyễn Đình Khôi 0900999001", "confirmed, 25/08/2021, -"),
        ("list contacts", "case 1", f"F1: {listed.filter(pl.col('degree') == 1).height}, "
                                    f"F2: {listed.filter(pl.col('degree') == 2).height}"),
    ]  # fmt: skip


def test_a_masked_person_is_no_case_and_the_trace_says_so(app: App, demo_store: Store) -> None:
    [[masked]] = demo_store.cursor().execute("SELECT MIN(person_id) FROM person WHERE masked").fetchall()
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": masked})
    assert not at.exception
    assert cases.MASKED in [text.value for text in at.info]
    assert not [button for button in at.button if button.label == "Register and list the contacts"]


def test_the_trace_says_that_it_is_a_case_already(app: App, demo_store: Store, khoi: int, registered: int) -> None:
    cases.change(
        demo_store, "An", cases.registered(demo_store)[0], isolated_at=datetime(2021, 8, 26, 9), symptoms=False
    )
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": khoi})
    assert not at.exception
    assert at.date_input(key=f"trace_onset_{khoi}").value == ONSET, "asked as it is registered"
    assert at.date_input(key=f"trace_isolated_{khoi}").value == date(2021, 8, 26)
    assert at.session_state[f"trace_symptoms_{khoi}"] is False
    said = " ".join(text.value for text in at.markdown)
    assert "is case 1 (confirmed)" in said
    pressed(at, "Open the case")
    assert at.title[0].value == "Cases and follow-up"
    assert at.session_state["case_opened"] == registered


def test_a_case_takes_over_what_it_is_traced_with(app: App, demo_store: Store, khoi: int) -> None:
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": khoi})
    at.date_input(key=f"trace_onset_{khoi}").set_value(ONSET).run()
    pressed(at, "Register and list the contacts")
    take = "Change the case to these dates, rule and limits"
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": khoi})
    assert not [button for button in at.button if button.label == take], "asked as it is registered"
    at.selectbox(key="trace_rule").set_value("5053")
    at.number_input(key="trace_min").set_value(45).run()
    pressed(at, take)
    [case] = cases.registered(demo_store)
    assert (case.rule, case.onset, case.state) == ("5053", ONSET, "confirmed")
    assert at.title[0].value == "Cases and follow-up"
    newest = receipts.saved(demo_store, case.case_id, rows=1)[0][0].answer
    assert (newest.question.min_minutes, newest.question.cases[0].rule) == (45, "5053")
    at = page(app, demo_store, "cases")
    assert any("no longer: " in text.value for text in at.markdown), "the list follows when somebody says so"


def test_what_is_due_comes_in_order_each_person_once(demo_store: Store, registered: int) -> None:
    contacts = follow_up.state(demo_store)
    moment = contacts["listed_at"][0] + timedelta(days=2)
    first, second = contacts["person_id"][:2]
    follow_up.enter(demo_store, "An", Entry(first, "called", "no_answer"), Entry(second, "called", "reached"))
    rows = today.due(follow_up.state(demo_store, moment))
    assert rows.height == rows["person_id"].n_unique() == contacts.height
    order = [("ill" not in row["tasks"], not row["overdue"], row["degree"], row["calls"]) for row in rows.to_dicts()]
    assert order == sorted(order)
    assert not order[0][0], "who declared symptoms that morning"
    doubled = pl.concat([contacts, contacts.with_columns(case_id=pl.lit(9, contacts.schema["case_id"]))])
    assert today.due(doubled).height == contacts.height, "a contact of two cases"


def test_one_press_says_what_came_of_it(app: App, demo_store: Store, registered: int) -> None:
    at = page(app, demo_store)
    [first, *_] = today.due(follow_up.state(demo_store)).iter_rows(named=True)
    key = f"quick_1_{first['person_id']}_called"
    at.button(key=f"{key}_reached").click()
    rerun(at)
    assert f"{first['name']}: Reached" in at.success[0].value.replace("\\", "")
    assert follow_up.entries(demo_store, first["person_id"]).select("kind", "outcome", "entered_by").rows() == [
        ("called", "reached", "Test leader")
    ]
    row = follow_up.state(demo_store).row(by_predicate=pl.col("person_id") == first["person_id"], named=True)
    assert row["tasks"][:3] == ["ill", "verdict", "quarantine"]
    assert audited(demo_store, "follow up") == [
        ("follow up", f"{first['name']} {first['phone_shown']}", "called reached, 15:41 27/08/2021")
    ]
    at.session_state["cases_task"] = "quarantine"
    rerun(at)
    at.button(key=f"quick_1_{first['person_id']}_quarantine_home").click()
    rerun(at)
    row = follow_up.state(demo_store).row(by_predicate=pl.col("person_id") == first["person_id"], named=True)
    assert (row["quarantine"], row["quarantine_until"]) == ("home", first["last_at"].date() + timedelta(days=14))


def test_who_is_ill_comes_first_and_is_traced_from_there(app: App, demo_store: Store, registered: int) -> None:
    rows = today.due(follow_up.state(demo_store))
    follow_up.enter(demo_store, "An", Entry(rows["person_id"][0], "health", "well"))
    last = rows["person_id"][-1]
    follow_up.enter(demo_store, "An", Entry(last, "health", "ill"))
    rows = today.due(follow_up.state(demo_store))
    assert rows["person_id"][0] == last
    at = page(app, demo_store)
    assert any("Ill or tested positive" in text.value for text in at.caption)
    assert [button for button in at.button if str(button.key) == f"quick_1_{last}_called_reached"], "and still called"
    pressed(at, "They are ill: trace and register")
    assert at.title[0].value == "Tracing"
    assert at.date_input(key=f"trace_onset_{last}").value == NOW.date()


def test_a_contact_opened_asked_decided_and_taken_back(app: App, demo_store: Store, registered: int) -> None:
    person = follow_up.state(demo_store)["person_id"][0]
    follow_up.enter(demo_store, "An", Entry(person, "called", "reached"))
    at = page(app, demo_store, opened=(registered, person))
    kind = next(group for group in at.get("button_group") if str(group.key).endswith("_kind"))
    assert kind.value == "questionnaire", "what is due is what the fields are about"
    said = {str(group.key).rpartition("_")[2]: group for group in at.get("button_group") if group.key}
    said["near"].set_value(False)
    said["closed"].set_value(False)
    at.run()
    assert any("**no close contact**" in text.value for text in at.markdown)
    pressed(at, "Save: no close contact")
    row = follow_up.state(demo_store).row(by_predicate=pl.col("person_id") == person, named=True)
    assert (row["verdict"], row["progress"], row["tasks"]) == ("cleared", "cleared", [])
    assert follow_up.Questionnaire.from_json(row["questionnaire"]) == follow_up.Questionnaire(near=False, closed=False)
    at = page(app, demo_store, opened=(registered, person))
    [entry, *_] = follow_up.entries(demo_store, person).iter_rows(named=True)
    assert entry["kind"] == "verdict"
    at.button(key=f"take_back_{entry['entry_id']}").click()
    at.run()
    row = follow_up.state(demo_store).row(by_predicate=pl.col("person_id") == person, named=True)
    assert (row["verdict"], row["progress"]) == (None, "following")
    assert [action for action, *_ in audited(demo_store, "open contact", "take back follow up")] == [
        "open contact", "open contact", "take back follow up",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["called", "questionnaire", "quarantine", "test", "health", "lost"])
@pytest.mark.parametrize("degree", [1, 2])
def test_every_kind_has_its_fields(app: App, demo_store: Store, registered: int, kind: str, degree: int) -> None:
    person = follow_up.state(demo_store).filter(pl.col("degree") == degree)["person_id"][0]
    at = page(app, demo_store, opened=(registered, person))
    next(group for group in at.get("button_group") if str(group.key).endswith("_kind")).set_value(kind)
    at.run()
    assert not at.exception
    if kind == "questionnaire":
        return
    for group in at.get("button_group"):
        if str(group.key).endswith("_outcome"):
            group.set_value(follow_up.OUTCOMES[kind][0])
    pressed(at, "Save")
    [entry] = follow_up.entries(demo_store, person).iter_rows(named=True)
    assert (entry["kind"], entry["outcome"]) == (kind, follow_up.OUTCOMES[kind][0])
    assert entry["happened_at"] == demo_store.clock()


def test_a_time_in_the_future_is_refused_and_said(app: App, demo_store: Store, registered: int) -> None:
    person = follow_up.state(demo_store)["person_id"][0]
    at = page(app, demo_store, opened=(registered, person))
    next(group for group in at.get("button_group") if str(group.key).endswith("_outcome")).set_value("reached")
    hour = next(field for field in at.time_input if str(field.key).endswith("_hour"))
    hour.set_value((NOW + timedelta(hours=2)).time())
    pressed(at, "Save")
    assert at.error[0].value == "A time in the future cannot be known yet. Nothing was saved."
    assert follow_up.entries(demo_store, person).is_empty()


def test_a_late_log_makes_the_list_grow_when_asked_to(app: App, demo_store: Store, khoi: int, registered: int) -> None:
    before = follow_up.state(demo_store).height
    other = directory.find(demo_store, "Nguyễn Đình Khôi", 1)["person_id"][0]
    assert other == khoi
    here = demo_store.cursor().execute(
        "SELECT location_id FROM stay WHERE person_id = ? AND CAST(t_in AS DATE) = DATE '2021-08-24'", [khoi]
    )
    [[place]] = here.fetchall()
    with demo_store.write() as cursor:
        cursor.execute("INSERT INTO person VALUES (9999, 'tel:x', 'Lò Muộn', 'lo muon', 'a', '+84977', NULL, FALSE)")
    day = datetime(2021, 8, 24)
    upload(demo_store, 900, [
        (9999, place, day.replace(hour=9), "in"), (9999, place, day.replace(hour=9, minute=20), "out"),
    ])  # fmt: skip
    at = page(app, demo_store, "cases")
    assert any("+1 F1" in text.value for text in at.markdown)
    at.button(key=f"case_follow_{registered}").click()
    rerun(at)
    assert follow_up.state(demo_store).height == before + 1
    with demo_store.write() as cursor:
        cursor.execute("DELETE FROM stay WHERE person_id = 9999")
    at = page(app, demo_store, "cases")
    assert any("no longer: 1" in text.value for text in at.markdown)
    at.button(key=f"case_drop_{registered}").click()
    rerun(at)
    assert follow_up.state(demo_store).height == before


def test_a_case_and_a_contact_lead_to_all_about_that_person(
    app: App, demo_store: Store, registered: int, khoi: int
) -> None:
    met, name = follow_up.state(demo_store).select("person_id", "name").row(0)
    for at, person in ((page(app, demo_store, "cases"), khoi), (page(app, demo_store, opened=(registered, met)), met)):
        pressed(at, "All about this person")
        assert (at.title[0].value, at.session_state["person"]) == ("One person", person)
    assert [subject for _, subject, _ in audited(demo_store, "open person")] == ["Nguyễn Đình Khôi", name]


def test_a_case_is_changed_and_its_history_shown(app: App, demo_store: Store, registered: int) -> None:
    at = page(app, demo_store, "cases")
    at.session_state["case_opened"] = registered
    rerun(at)
    form = next(str(field.key).removesuffix("_onset") for field in at.date_input if str(field.key).endswith("_onset"))
    at.date_input(key=f"{form}_isolated").set_value(date(2021, 8, 27))
    at.time_input(key=f"{form}_hour").set_value(datetime(2021, 8, 27, 8).time())
    at.text_input(key=f"{form}_signs").set_value("ho")
    pressed(at, "Save")
    [case] = cases.registered(demo_store)
    assert (case.isolated_at, case.signs, case.changed_by) == (datetime(2021, 8, 27, 8), "ho", "Test leader")
    at = page(app, demo_store, "cases")
    at.session_state["case_opened"] = registered
    rerun(at)
    [history] = at.dataframe
    assert history.value["entered_by"].to_list() == ["Test leader", "An"]
    assert audited(demo_store, "change case")[0][2] == "confirmed, 25/08/2021, 2021-08-27 08:00:00"


def test_isolated_on_a_day_without_an_hour_stays_that_day(
    app: App, demo_store: Store, khoi: int, registered: int
) -> None:
    at = page(app, demo_store, "cases")
    at.session_state["case_opened"] = registered
    rerun(at)
    form = next(str(field.key).removesuffix("_onset") for field in at.date_input if str(field.key).endswith("_onset"))
    at.date_input(key=f"{form}_isolated").set_value(date(2021, 8, 26))
    pressed(at, "Save")
    assert cases.registered(demo_store)[0].isolated_at == datetime(2021, 8, 27), "to the end of that day"
    assert "isolated 26/08/2021" in " ".join(text.value for text in at.markdown)
    form = next(str(field.key).removesuffix("_onset") for field in at.date_input if str(field.key).endswith("_onset"))
    assert (at.date_input(key=f"{form}_isolated").value, at.time_input(key=f"{form}_hour").value) == (
        date(2021, 8, 26), None,
    )  # fmt: skip
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": khoi})
    assert at.date_input(key=f"trace_isolated_{khoi}").value == date(2021, 8, 26)


def test_isolation_before_the_infectious_days_is_refused(app: App, demo_store: Store, registered: int) -> None:
    at = page(app, demo_store, "cases")
    at.session_state["case_opened"] = registered
    rerun(at)
    form = next(str(field.key).removesuffix("_onset") for field in at.date_input if str(field.key).endswith("_onset"))
    at.date_input(key=f"{form}_isolated").set_value(date(2021, 8, 1))
    pressed(at, "Save")
    assert at.error[0].value.startswith("The isolation lies before the infectious days.")
    assert cases.registered(demo_store)[0].isolated_at is None


def test_a_contact_is_found_by_a_piece_of_name_or_phone(app: App, demo_store: Store, registered: int) -> None:
    contacts = follow_up.state(demo_store)
    at = page(app, demo_store, "contacts")
    for text, name in (
        ("quoc dat", "Trần Quốc Đạt"),
        ("+84 900 000 008", "Trần Quốc Đạt"),
        ("THUÝ dinh", "Đinh Thị Thúy"),
    ):
        at.text_input(key="cases_find").set_value(text)
        rerun(at)
        assert list(at.dataframe[0].value["name"]) == [name], text
    at.text_input(key="cases_find").set_value("nobody")
    rerun(at)
    assert not len(at.dataframe)
    at.text_input(key="cases_find").set_value("")
    rerun(at)
    assert len(at.dataframe[0].value) == contacts.height


def test_every_figure_has_its_people(app: App, demo_store: Store, registered: int) -> None:
    people = follow_up.state(demo_store)["person_id"]
    follow_up.enter(
        demo_store, "An", Entry(people[0], "called", "reached"), Entry(people[1], "lost"),
        Entry(people[0], "quarantine", "centre", until=date(2021, 9, 8)),
    )  # fmt: skip
    contacts = follow_up.state(demo_store)
    behind = follow_up.behind(contacts, demo_store.clock())
    at = page(app, demo_store, "figures")
    assert metrics(at)["Reached within 24 hours"] == "100%"
    assert (metrics(at)["Lost"], metrics(at)["In quarantine now"]) == ("1", "1")
    for figure, (of, _) in behind.items():
        at.session_state["cases_figure"] = figure
        rerun(at)
        shown = at.dataframe[0].value if len(at.dataframe) else pl.DataFrame({"name": []})
        assert list(shown["name"]) == of["name"].to_list(), figure


def test_who_is_a_contact_of_two_cases_is_one_of_the_people_followed(
    app: App, demo_store: Store, registered: int
) -> None:
    person = follow_up.state(demo_store)["person_id"][0]
    number = cases.register(demo_store, "An", Said(person, ONSET))
    case = cases.one(demo_store, number)
    assert case
    follow_up.follow(demo_store, "An", case, follow_up.compare(demo_store, case, tracing.Question((case.case,))).new)
    contacts = follow_up.state(demo_store)
    people = contacts["person_id"].n_unique()
    assert people < contacts.height
    at = page(app, demo_store, "figures")
    followed = set(contacts.filter(pl.col("progress") == "following")["person_id"])
    assert metrics(at)["Contacts followed"] == str(len(followed))
    assert f"they are {people} people" in " ".join(text.value for text in at.caption)


def test_a_health_round_enters_many_at_once(app: App, demo_store: Store, registered: int) -> None:
    """The table itself is tried in the browser; here that its rows are those due, and nothing chosen saves nothing."""
    case = demo_store.clock() - timedelta(days=1)
    with demo_store.write() as cursor:
        cursor.execute("UPDATE contact_entry SET entered_at = ?", [case])
    at = page(app, demo_store)
    at.session_state["cases_task"] = "health"
    rerun(at)
    [table] = at.dataframe
    due = today.due(follow_up.state(demo_store)).filter(pl.col("tasks").list.contains("health"))
    assert list(table.value["name"]) == due["name"].to_list()
    pressed(at, "Save the round")
    assert any("Choose in the table" in text.value for text in at.info)


def test_who_is_in_quarantine_infects_nobody_and_the_trace_says_so(
    app: App, demo_store: Store, khoi: int, registered: int
) -> None:
    whole = tracing.trace(demo_store, tracing.Question((tracing.Case(khoi, ONSET),)))
    everybody = [
        Entry(person, "quarantine", "home", datetime(2021, 8, 24, 8), date(2021, 9, 8))
        for person in whole.reached[0]["person_id"]
    ]
    known = [khoi, *pl.concat([step["person_id"] for step in whole.reached])]
    others = "SELECT MIN(person_id) FROM person WHERE NOT list_contains(?, person_id)"
    [[stranger]] = demo_store.cursor().execute(others, [known]).fetchall()
    follow_up.enter(demo_store, "An", Entry(stranger, "quarantine", "home", NOW, date(2021, 9, 8)))
    at = app(page="pages/tracing.py", language="en", store=demo_store)
    at.session_state["trace_person"] = khoi
    assert not at.run().toggle, "nobody of this answer is in quarantine"
    follow_up.enter(demo_store, "An", *everybody)
    at = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": khoi})
    assert not at.exception
    heeded = at.subheader[0].value
    n = len(everybody)
    [toggle] = at.toggle
    assert toggle.label.endswith(f"{n} people")
    toggle.set_value(False).run()
    assert at.subheader[0].value != heeded
    assert f"{whole.counts['f2']} suspected F2" in at.subheader[0].value


def test_backwards_names_who_was_a_case_before(app: App, demo_store: Store, khoi: int, registered: int) -> None:
    other = follow_up.state(demo_store)["person_id"][0]
    at = app(
        page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": other, "trace_view": "origin"}
    )
    assert not at.exception
    frame = pl.from_pandas(at.dataframe[0].value)
    [told] = frame.filter(pl.col("name") == "Nguyễn Đình Khôi")["registered"].to_list()
    assert told == "ill since 25/08/2021 (confirmed)"
    assert frame["registered"].count() == 1
