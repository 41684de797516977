"""The tracing screen: what is asked of it, and what it shows for it."""

from datetime import date, datetime, time

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from quetma import directory, tracing, units
from quetma.language import translator
from quetma.store import Store
from quetma.tracing import clusters, coverage, origin, sensitivity, unscanned
from quetma.web.tracing import answer as words
from quetma.web.tracing import exposure, graph, question

ONSET = date(2021, 8, 25)


@pytest.fixture
def person(demo_store: Store) -> int:
    """The demo's F0."""
    return directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]


@pytest.fixture
def other(demo_store: Store) -> int:
    """Somebody else of the demo."""
    return directory.find(demo_store, "Cầm Văn Thành")["person_id"][0]


@pytest.fixture
def at(app, demo_store: Store, person: int) -> AppTest:
    """The screen with that person picked."""
    return app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": person})


def shown(at: AppTest, view: str) -> AppTest:
    """The screen with another view of the answer."""
    at.session_state["trace_view"] = view
    at.run()
    assert not at.exception
    return at


def ask(*people: int, **more) -> tracing.Question:
    """A question about people ill on that day."""
    return tracing.Question(tuple(tracing.Case(person, ONSET) for person in people), **more)


def audited(store: Store, action: str) -> list[tuple[str, str]]:
    rows = store.cursor().execute("SELECT subject, detail FROM audit WHERE action = ? ORDER BY logged_at", [action])
    return rows.fetchall()


def test_the_day_of_isolation_counts_until_somebody_says_the_hour(at: AppTest, person: int):
    at.date_input(key=f"trace_onset_{person}").set_value(ONSET).run()
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 8, 27)).run()
    assert not at.exception
    assert any("until **00:00 28/08/2021**" in text.value for text in at.markdown)
    at.time_input(key=f"trace_hour_{person}").set_value(time(0, 0)).run()
    assert any("until **00:00 27/08/2021**" in text.value for text in at.markdown)


def test_a_case_without_scans_in_these_days_is_no_good_news(at: AppTest, person: int):
    at.date_input(key=f"trace_onset_{person}").set_value(date(2021, 6, 1)).run()
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 6, 2)).run()
    assert not at.exception
    assert not at.success
    assert any("no scan" in text.value for text in at.warning)


def test_an_isolation_before_the_infectious_days_is_said_so(at: AppTest, person: int):
    at.date_input(key=f"trace_isolated_{person}").set_value(date(2021, 8, 1)).run()
    assert not at.exception
    assert any("isolation lies before" in text.value for text in at.warning)
    assert not at.dataframe


def test_the_onset_asked_first_is_the_day_they_were_last_here(at: AppTest, person: int):
    assert at.date_input(key=f"trace_onset_{person}").value == ONSET


def test_the_limits_are_those_of_the_question(at: AppTest, person: int, demo_store: Store):
    at.number_input(key="trace_min").set_value(50)
    at.number_input(key="trace_days").set_value(1)
    at.segmented_control(key="trace_steps").set_value(3).run()
    case = tracing.Case(person, ONSET, days_before=1)
    counts = tracing.trace(demo_store, tracing.Question((case,), min_minutes=50, steps=3)).counts
    said = f"{counts['f1']} suspected F1, {counts['f2']} suspected F2, {counts['f3']} suspected F3"
    assert at.subheader[0].value == f"Nguyễn Đình Khôi: {said}"
    assert counts["f1"] < tracing.trace(demo_store, ask(person)).counts["f1"]
    shown(at, "f3")


def test_each_f1_stands_there_with_the_reason_in_a_sentence(at: AppTest, person: int, demo_store: Store):
    answer = tracing.trace(demo_store, ask(person))
    rows = tracing.suspected(answer.f1).sort("minutes", descending=True, maintain_order=True)
    table = at.dataframe[0].value
    assert table["name"].to_list() == rows["name"].to_list()
    first = rows.row(0, named=True)
    assert table["why"][0] == (
        f"suspected F1: both at {first['location']} for {round(first['minutes'])} minutes, "
        f"{first['exposed_at']:%H:%M}–{first['last_at']:%H:%M} on {first['exposed_at']:%d/%m/%Y}"
    )


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "nghi F1 vì cùng ở Trụ sở Mai Sơn 47 phút, 08:10–08:57 ngày 23/08/2021"),
        ({"certainty": "possible"}, "có thể là F1 vì cùng ở Trụ sở Mai Sơn 47 phút, 08:10–08:57 ngày 23/08/2021"),
        (
            {"contacts": 2, "last_at": datetime(2021, 8, 24, 9, 0)},
            "nghi F1 vì 2 lần ở cùng nơi, tổng cộng 47 phút, lần đầu 08:10 23/08/2021 tại Trụ sở Mai Sơn, "
            "lần cuối đến 09:00 24/08/2021",
        ),
    ],
)
def test_the_reason_in_vietnamese(row: dict, said: str):
    begin, end = datetime(2021, 8, 23, 8, 10), datetime(2021, 8, 23, 8, 57)
    one = {"location": "Trụ sở Mai Sơn", "minutes": 47.2, "contacts": 1, "exposed_at": begin, "last_at": end}
    assert words.why(translator("vi"), str, one | {"certainty": "seen"} | row) == said


def test_staff_on_duty_without_a_scan_stand_apart(at: AppTest, person: int, demo_store: Store):
    unscanned = tracing.trace(demo_store, ask(person)).unscanned
    assert unscanned.height
    [table] = [table.value for table in at.dataframe if "when" in table.value]
    assert sorted(table["name"]) == sorted(set(unscanned["name"]))


def test_several_cases_are_one_answer_and_one_of_them_can_be_taken_out(
    at: AppTest, person: int, other: int, demo_store: Store
):
    alone = at.subheader[0].value
    at.session_state["trace_add"] = other
    at.run()
    assert not at.exception
    onset = at.date_input(key=f"trace_onset_{other}").value
    both = tracing.Question((tracing.Case(person, ONSET), tracing.Case(other, onset)))
    counts = tracing.trace(demo_store, both).counts
    assert at.subheader[0].value == f"2 F0s together: {counts['f1']} suspected F1, {counts['f2']} suspected F2"
    for view in ("f1", "f2", "graph", "places"):
        shown(at, view)
    at.button(key=f"trace_drop_{other}").click().run()
    assert at.subheader[0].value == alone


def test_registered_cases_come_with_their_days(
    app, person: int, other: int, demo_store: Store, monkeypatch: pytest.MonkeyPatch
):
    test = app(page="pages/tracing.py", language="en", store=demo_store)
    state: dict = {}
    with monkeypatch.context() as patch:
        patch.setattr(question.st, "session_state", state)
        question.pick(
            [
                tracing.Case(person, date(2021, 8, 24), datetime(2021, 8, 25, 9, 30)),
                tracing.Case(other, date(2021, 8, 23), symptoms=False),
            ]
        )
    for key, value in state.items():
        test.session_state[key] = value
    test.run()
    assert not test.exception
    said = [text.value for text in test.markdown if "Infectious from" in text.value]
    assert said[0].startswith("Nguyễn Đình Khôi: Infectious from **00:00 21/08/2021** until **09:30 25/08/2021**")
    assert said[1].startswith("Cầm Văn Thành: Infectious from **00:00 09/08/2021** until **00:00 07/09/2021**")


def test_who_another_screen_asks_about_is_traced_alone(at: AppTest, person: int, other: int):
    at.session_state["trace_add"] = other
    at.run()
    at.session_state["trace_person"] = other
    at.run()
    assert at.session_state[question.PEOPLE] == [other]


def test_an_f2_opens_the_contacts_they_come_through(at: AppTest, person: int, demo_store: Store):
    answer = tracing.trace(demo_store, ask(person))
    f2 = answer.f2["person_id"][0]
    shown(at, "f2").selectbox(key="trace_opened2").set_value(f2).run()
    assert not at.exception
    [table] = [table.value for table in at.dataframe if "infector" in table.value]
    assert table["infector"].to_list() == tracing.evidence(demo_store, answer, 2, f2)["infector"].to_list()
    row = answer.f2.row(0, named=True)
    who = f"{row['name']} {row['phone_shown']}".strip()
    assert audited(demo_store, "open rows") == [(who, "F2 of Nguyễn Đình Khôi 0900999001")]


def test_an_f2_names_the_f1s_they_come_through(at: AppTest, person: int, demo_store: Store):
    answer = tracing.trace(demo_store, ask(person))
    links = tracing.links(demo_store, answer).filter(pl.col("degree") == 2)
    table = shown(at, "f2").dataframe[0].value
    rows = tracing.suspected(answer.f2)
    names = dict(answer.f1.select("person_id", "name").iter_rows())
    for at_row, person_id in enumerate(rows["person_id"]):
        through = links.filter(pl.col("person_id") == person_id).sort("minutes", descending=True)["infector_id"]
        more = f" +{len(through) - 3}" if len(through) > 3 else ""
        assert set(table["through"][at_row].removesuffix(more).split(", ")) == {names[one] for one in through.head(3)}


def test_f3_is_found_when_asked_for(at: AppTest, person: int, demo_store: Store):
    shown(at, "f2").button(key="trace_on_to_f3").click().run()
    at.run()
    counts = tracing.trace(demo_store, ask(person, steps=3)).counts
    assert at.subheader[0].value.endswith(f"{counts['f3']} suspected F3")


def test_a_look_up_is_written_down(at: AppTest, demo_store: Store):
    [(subject, detail)] = audited(demo_store, "trace")
    assert subject == "Nguyễn Đình Khôi 0900999001"
    assert "suspected F1" in detail


def test_the_timeline_shows_the_stays_of_one_place_and_day(at: AppTest, person: int, demo_store: Store):
    answer = tracing.trace(demo_store, ask(person))
    contacts = tracing.evidence(demo_store, answer)
    shown(at, "places")
    place, day = at.selectbox(key="trace_timeline_place").value, at.selectbox(key="trace_timeline_day").value
    met = contacts.filter((pl.col("location") == place) & (pl.col("began").dt.date() == day))
    names = dict(answer.f1.select("person_id", "name").iter_rows())
    assert at.dataframe[0].value["name"].to_list() == [names[one] for one in met["person_id"]]
    options = at.selectbox(key="trace_timeline_place").options
    for name in options:
        at.selectbox(key="trace_timeline_place").set_value(name).run()
        assert not at.exception


def test_exposure_is_every_shared_minute_once_in_its_hour(person: int, demo_store: Store):
    contacts = tracing.evidence(demo_store, tracing.trace(demo_store, ask(person)))
    spent = exposure.by_hour(contacts)
    counted: dict[tuple, int] = {}
    for row in contacts.iter_rows(named=True):  # second by second
        second = row["began"]
        while second < row["ended"]:
            key = (row["location"], second.date(), second.hour)
            counted[key] = counted.get(key, 0) + 1
            second = datetime.fromtimestamp(second.timestamp() + 1)
    assert {row[:3]: round(row[3] * 60) for row in spent.iter_rows()} == counted
    assert spent["minutes"].sum() == pytest.approx(contacts["minutes"].sum())


def test_the_graph_shows_the_strongest_and_nobody_in_the_air(person: int, demo_store: Store):
    answer = tracing.trace(demo_store, ask(person, steps=3))
    links = tracing.links(demo_store, answer)
    everybody, _ = graph.strongest(answer, links)
    assert sorted(everybody["person_id"]) == sorted(links["person_id"].unique())
    for drawn in (1, 10, answer.f1.height + 5):
        people, lines = graph.strongest(answer, links, drawn)
        assert people.height <= drawn
        strongest = answer.f1.sort("minutes", "person_id", descending=[True, False])["person_id"].head(drawn)
        assert people.filter(pl.col("degree") == 1)["person_id"].to_list() == strongest.to_list()
        there = {person, *people["person_id"]}
        assert there >= set(people["parent_id"])
        assert there >= {*lines["infector_id"], *lines["person_id"]}
        assert set(graph.places([person], people)) == there
    # nobody stands on somebody else
    spots = graph.places([person], everybody).values()
    assert len({(round(x, 3), round(y, 3)) for x, y in spots}) == everybody.height + 1


def test_no_two_names_in_the_graph_lie_over_each_other():
    at = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (1.1, 0.05), 4: (1.1, 0.3), 5: (-1.0, 0.0), 6: (0.05, 0.02)}
    names = {one: f"Người thứ {one}" for one in at}
    assert graph.legible(at, [1, 2, 3, 4, 5, 6], names) == [1, 2, 4, 5]
    assert graph.legible(at, [3, 2, 6], names) == [3, 6], "who comes first is named"


def test_backwards_lists_who_they_may_have_it_from_and_is_written_down(at: AppTest, person: int, demo_store: Store):
    table = shown(at, "origin").dataframe[0].value
    found = origin.backwards(demo_store, ask(person))
    assert table["name"].to_list() == found["name"].to_list()
    assert audited(demo_store, "trace backwards") == [("Nguyễn Đình Khôi 0900999001", "")]


def test_how_sure_says_the_ends_and_the_grid(at: AppTest, person: int, demo_store: Store):
    ends = sensitivity.ends(demo_store, ask(person)).rows()
    said = [text.value for text in shown(at, "sure").markdown]
    assert any(f"**{ends[0][1]} F1, {ends[0][2]} F2**" in text for text in said)
    assert any(f"**{ends[2][1]} F1, {ends[2][2]} F2**" in text for text in said)
    [grid] = [table.value for table in at.dataframe if "days_before" in table.value]
    own = grid[(grid["days_before"] == 3) & (grid["min_minutes"] == 0)]
    counts = tracing.trace(demo_store, ask(person)).counts
    assert own[["f1", "f2"]].to_numpy().tolist() == [[counts["f1"], counts["f2"]]]


def test_two_lists_say_how_much_was_scanned_and_open_who_is_in_one_only(at: AppTest, demo_store: Store):
    found = coverage.estimate(demo_store, date(2021, 8, 22), date(2021, 9, 8))
    said = [text.value for text in shown(at, "sure").markdown]
    [sentence] = [text for text in said if "of those who came were scanned" in text]
    low, high = (f"{share:.0%}" for share in found.scanned_between)
    assert sentence.startswith(f"**Visitors:** about **{found.scanned:.0%}** ")
    assert f"(between {low} and {high})" in sentence and f"know of {found.lists.known} presences" in sentence
    [table] = [frame.value for frame in at.dataframe if "only_register" in frame.value]
    staff, visitors = found.by_kind["staff"], found.by_kind["visitor"]
    assert table[["who", "both", "only_qr", "only_register"]].to_numpy().tolist() == [
        ["Staff", staff.both, staff.only_qr, staff.only_register],
        ["Visitors", visitors.both, visitors.only_qr, visitors.only_register],
    ]
    assert audited(demo_store, "open rows") == []
    at.session_state["trace_lists_register"] = True
    at.run()
    [people] = [frame.value for frame in at.dataframe if "register_first" in frame.value]
    assert people["name"].to_list() == found.rows.filter(~pl.col("in_qr"))["name"].to_list()
    assert audited(demo_store, "open rows") == [(f"Only in the door register: {len(people)}", "")]


@pytest.mark.parametrize(
    ("kept", "told"),
    [("qr", "the QR log alone"), ("register", "Only a door register is known"), (None, "Neither the QR log nor")],
)
def test_with_one_list_it_is_said_what_to_upload(at: AppTest, demo_store: Store, kept: str | None, told: str):
    """kept: the list that there is."""
    with demo_store.write() as cursor:
        cursor.execute("UPDATE batch SET source = ? WHERE source IS NOT NULL", [kept])
    assert [info for info in shown(at, "sure").info if told in info.value]
    assert not [frame for frame in at.dataframe if "only_register" in frame.value]


def test_days_of_which_nobody_knows_who_was_on_duty_are_named(app, demo_store: Store, other: int):
    case = tracing.Case(other, ONSET)
    with demo_store.write() as cursor:
        cursor.execute("UPDATE duty_day SET scanned = NULL WHERE day = DATE '2021-08-24'")
    unknown = unscanned.unknown(demo_store, tracing.Question((case,)).resolved())
    assert date(2021, 8, 24) in unknown["day"].to_list()
    test = app(page="pages/tracing.py", language="en", store=demo_store, state={"trace_person": other})
    [said] = [text.value for text in test.caption if "Who was on duty is not known" in text.value]
    assert "24/08" in said


def test_places_that_two_f0s_shared_at_other_times_are_named(at: AppTest, demo_store: Store, person: int, other: int):
    at.session_state["trace_add"] = other
    at.run()
    onset = at.date_input(key=f"trace_onset_{other}").value
    assert isinstance(onset, date)
    both = tracing.Question((tracing.Case(person, ONSET), tracing.Case(other, onset)))
    few, many = (clusters.clusters(demo_store, both, hours).apart.height for hours in (4, 48))
    shown(at, "places").number_input(key="trace_apart").set_value(48).run()
    [table] = [frame.value for frame in at.dataframe if "went" in frame.value]
    assert len(table) == many > few
    at.number_input(key="trace_apart").set_value(4).run()
    assert [len(frame.value) for frame in at.dataframe if "went" in frame.value] == [few] * (few > 0)


def test_who_was_also_at_other_units_is_said_with_whom_to_tell(app, demo_store: Store, person: int):
    """Of a unit's leader: which units, and nothing of their people or places."""
    root = units.add(demo_store, "Chi cục", None, "An")
    one, other = (units.add(demo_store, name, root, "An") for name in ("Đội Mai Sơn", "Đội Yên Châu"))
    units.give(demo_store, [1], one, "An")
    units.give(demo_store, [2], other, "An")
    demo_store.set("unit_name", "Chi cục")

    def warned(store: Store) -> list[str]:
        at = app(page="pages/tracing.py", language="en", store=store, state={"trace_person": person})
        assert not at.exception
        return [text.value for text in at.warning if "other units" in text.value]

    [said] = warned(demo_store.within(one))
    assert "Nguyễn Đình Khôi was at places of other units too in these days: Đội Yên Châu." in said
    assert "Trụ sở" not in said and "Đội Mai Sơn" not in said
    assert units.elsewhere(demo_store.within(one), person, datetime(2021, 8, 19), datetime(2021, 8, 20)) == []
    assert units.elsewhere(demo_store, person) == []  # who sees both has it in the answer
