"""The compliance page: its figures, the people behind them, and who gets to see names."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from quetma import compliance, demo, intake, rollups
from quetma.store import Store
from tests.intake import prepare

PAGE = "pages/compliance.py"
Open = Callable[..., AppTest]


COLUMNS = {"apps": "App", "vaccinated": "Dose", "declared": "Declaration", "scanned": "Scan"}


def words(test: AppTest) -> str:
    """Everything that is written on the page and in its tables."""
    parts = [
        element.value
        for kind in ("title", "subheader", "markdown", "caption", "info", "warning", "success")
        for element in test.get(kind)
    ]
    parts += [f"{metric.label} {metric.value} {metric.delta}" for metric in test.metric]
    parts += [expander.label for expander in test.expander]
    parts += [frame.value.to_csv() for frame in test.dataframe]
    return "\n".join(map(str, parts))


def opened(test: AppTest, key: str) -> AppTest:
    """The page after a click on the expander with that key."""
    test.session_state[key] = True
    return test.run()


def names_on(test: AppTest) -> set[str]:
    return {name for name, _, _ in demo.STAFF if name in words(test)}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_four_rates(app: Open, demo_store: Store, language: str) -> None:
    test = app(PAGE, language=language, store=demo_store)
    assert not test.exception
    assert [metric.value for metric in test.metric] == ["13/13", "12/13", "12/13", "12/13"]
    assert [metric.delta for metric in test.metric] == ["0", "0", "-1", "-1"]
    assert ("92,3%" if language == "vi" else "92.3%") in words(test)
    assert len(test.get("plotly_chart")) == 5
    assert not names_on(test)  # nothing is opened yet


@pytest.mark.parametrize(
    ("duty", "name"),
    [("vaccinated", "Đinh Thị Thúy"), ("declared", "Tòng Thị Hạnh"), ("scanned", "Nguyễn Thị Thanh Hương")],
)
def test_a_rate_opens_the_person_who_is_missing(app: Open, demo_store: Store, duty: str, name: str) -> None:
    test = opened(app(PAGE, store=demo_store), f"missing_{duty}")
    assert not test.exception
    assert names_on(test) == {name}
    looked_up = demo_store.cursor().execute("SELECT subject FROM audit WHERE action = 'open rows'").fetchall()
    assert len(looked_up) == 1


def test_the_person_opens_a_trace(app: Open, demo_store: Store) -> None:
    test = opened(app(PAGE, store=demo_store), "missing_vaccinated")
    frame = next(frame.value for frame in test.dataframe if "name" in frame.value)
    assert frame["_trace"].to_list() == ["Truy vết"]


@pytest.mark.parametrize("role", ["viewer", "gatekeeper"])
def test_without_the_right_no_name_is_shown_nor_asked_for(
    app: Open, demo_store: Store, role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    ask = Store.ask
    monkeypatch.setattr(
        Store, "ask", lambda self, name, *args, **params: asked.append(name) or ask(self, name, *args, **params)
    )
    test = app(PAGE, role=role, store=demo_store)
    for key in ("missing_vaccinated", "missing_declared", "missing_scanned", "matrix", "unpaired"):
        test = opened(test, key)
    assert not test.exception
    assert [metric.value for metric in test.metric] == ["13/13", *3 * ["11–12/13"]], "one who has not is as two"
    assert not names_on(test)
    assert "compliance/people" in asked
    assert not {f"compliance/{one}" for one in ("known", "staff", "days", "cells", "unpaired")} & set(asked)
    # Nor can the one person of a position be told by it.
    assert min(row for frame in test.dataframe for row in frame.value["staff"]) >= 3
    assert not test.selectbox, "by two choices one would see what they differ by"


@pytest.mark.parametrize("role", ["viewer", "gatekeeper"])
def test_what_one_or_two_did_does_not_follow_from_what_else_is_told(app: Open, demo_store: Store, role: str) -> None:
    """Of no duty the exact number, nor one from which it follows by subtraction: on any day, in cards and tables."""
    for day in (demo_store.today() - timedelta(days=n) for n in range(0, 28, 3)):
        test = pick(app(PAGE, role=role, language="en", store=demo_store), day)
        assert not test.exception
        staff = compliance.people(demo_store, day)
        [table] = [frame.value for frame in test.dataframe]
        for metric, (duty, label) in zip(test.metric, COLUMNS.items(), strict=True):
            have, due = compliance.rate(staff, duty)
            free = 0 < staff.height - due < 3  # one is exempt, or away: told as if they had not done it
            whole = staff.height if free else due
            assert ("–" in metric.value) == (not due or 0 < whole - have < 3), metric
            if 0 < due - have < 3 or free:
                assert duty not in table, label
                assert "–" not in metric.value or not metric.delta
                assert not re.search(rf"(?<!–)\b{have}/{due}", words(test))
        for duty in set(COLUMNS) & set(table):
            told = [tuple(map(int, cell.split("/"))) for cell in table[duty] if cell != "–"]
            assert all(n == 0 or n >= 3 for have, due in told for n in (have, due - have, due))
        doses = [
            int(n) for n in re.findall(r" (\d+)", next(c.value for c in test.caption if c.value.startswith("Doses")))
        ]
        assert min(doses) >= 3 and sum(doses) == staff.height


def test_lines_show_the_least_that_may_be(demo_store: Store) -> None:
    day = demo_store.today()
    exact, told = (compliance.trend_told(demo_store, day - timedelta(27), day, role) for role in ("leader", "viewer"))
    assert exact.equals(compliance.trend(demo_store, day - timedelta(27), day))
    assert round(12 / 13, 9) in exact["vaccinated"].round(9)
    assert not set(told["vaccinated"].round(9)) & {round(12 / 13, 9), round(11 / 12, 9)}
    assert ((exact["vaccinated"] - told["vaccinated"]) >= 0).all()


def test_person_by_person(app: Open, demo_store: Store) -> None:
    test = opened(app(PAGE, store=demo_store), "matrix")
    shown = matrix(test)
    assert [day for day, _, _ in shown["days"]] == [f"{date(2021, 7, 31) + timedelta(n):%d/%m}" for n in range(28)]
    assert len(shown["rows"]) == 13
    signs = {name: shown["signs"][cells[-1]][0] for name, _, cells in shown["rows"]}
    assert signs.pop("Nguyễn Thị Thanh Hương") == "✗"
    assert set(signs.values()) == {"✓", "◐"}, "some are still on site"
    test.segmented_control(key="matrix_duty").set_value("vaccinated").run()
    shown = matrix(test)
    [cells] = [cells for name, _, cells in shown["rows"] if name == "Đinh Thị Thúy"]
    assert "".join(shown["signs"][letter][0] for letter in cells) == 2 * "✗" + 12 * "–" + 14 * "✗", "until 13/08"
    for period, days in (("today", 1), ("week", 5), ("any", 27)):
        test.segmented_control(key="matrix_period").set_value(period).run()
        assert not test.exception
        assert len(matrix(test)["days"]) == days


def test_every_dose_with_its_paper_and_who_misses_theirs(app: Open, demo_store: Store) -> None:
    test = opened(app(PAGE, store=demo_store), "courses")
    test.segmented_control(key="doses_view").set_value("all").run()
    assert not test.exception
    shown = test.dataframe[0].value
    columns = ["Họ và tên", "Mũi số", "Loại vắc xin", "Nơi tiêm", "Số lô", "Xác nhận"]
    file = pl.read_csv(demo.SAMPLE / "mui-tiem.csv", skip_lines=3)
    given = shown[shown["number"].notna()][["name", "number", "vaccine", "given_at", "lot", "confirmed_by"]]
    assert sorted(map(tuple, given.to_numpy().tolist())) == sorted(file.select(columns).iter_rows())
    assert set(shown["name"]) == {name for name, _, _ in demo.STAFF}
    test.segmented_control(key="doses_view").set_value("missing").run()
    shown = test.dataframe[0].value
    assert (shown["name"].to_list(), shown["state"].to_list()) == (["Đinh Thị Thúy"], ["✗ chưa có mũi nào"])


def test_what_changed_since_the_day_before_by_name(app: Open, demo_store: Store) -> None:
    test = opened(app(PAGE, store=demo_store), "changed")
    assert names_on(test) == {"Tòng Thị Hạnh", "Nguyễn Thị Thanh Hương"}
    assert "Khác so với 26/08/2021: 2" in words(test)


def test_what_counts_is_changed_by_a_leader_and_the_figures_follow(app: Open, demo_store: Store) -> None:
    test = app(PAGE, store=demo_store)
    test.segmented_control(key="counting_needs").set_value("full")
    test.number_input(key="counting_days").set_value(2)
    [save] = [button for button in test.button if button.label == "Lưu cách tính"]
    save.click().run()
    assert not test.exception
    assert [metric.value for metric in test.metric] == ["13/13", "4/13", "13/13", "12/13"]
    assert rollups.check(demo_store) == []
    told = (
        demo_store.cursor().execute("SELECT subject, detail FROM audit WHERE action = 'setting' ORDER BY 1").fetchall()
    )
    assert told == [("declaration_days", "2"), ("vaccinated_needs", "full")]


def matrix(test: AppTest) -> dict:
    """What the table of people by days is made of."""
    [sent] = [element.proto for element in test.get("bidi_component") if "matrix" in element.proto.component_name]
    return json.loads(sent.json)


def pick(test: AppTest, day: date) -> AppTest:
    return test.date_input[0].set_value(day).run()


def test_an_earlier_day(app: Open, demo_store: Store) -> None:
    day = date(2021, 8, 25)
    test = pick(app(PAGE, store=demo_store), day)
    assert not test.exception
    expected = compliance.on(demo_store, day)
    assert [metric.value for metric in test.metric] == [
        f"{expected[duty]['have']}/{expected[duty]['of']}" for duty in compliance.DUTIES
    ]
    halves = compliance.unpaired(demo_store, day)
    assert halves.height
    test = opened(test, "unpaired")
    assert names_on(test) == set(halves["name"])


def test_a_day_off(app: Open, demo_store: Store) -> None:
    test = pick(app(PAGE, store=demo_store), date(2021, 8, 22))
    assert not test.exception
    assert [metric.value for metric in test.metric] == ["13/13", "12/13", "–", "–"]
    assert "22/08/2021 không phải ngày làm việc" in test.info[1].value


def test_after_an_upload_the_page_speaks_of_the_new_day(app: Open, demo_store: Store) -> None:
    test = app(PAGE, store=demo_store)
    content = (demo.SAMPLE / demo.UPLOAD_TO_TRY).read_bytes()
    intake.load(demo_store, prepare(demo_store, demo.UPLOAD_TO_TRY, content), "test")
    test.run()
    assert not test.exception
    assert test.date_input[0].value == demo.NEXT_DAY
    assert test.metric[2].value == "0/13"  # nobody's declaration has been uploaded yet


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", ["leader", "viewer"])
def test_an_empty_store_says_what_to_do(app: Open, empty_store: Store, language: str, role: str) -> None:
    test = app(PAGE, role=role, language=language, store=empty_store)
    assert not test.exception
    assert not test.metric
    assert len(test.info) == 1
    assert len(test.page_link) == (1 if role == "leader" else 0)


def test_a_staff_list_alone_is_enough_for_the_first_figures(app: Open, empty_store: Store) -> None:
    for name in ("danh-sach-can-bo.csv", "mui-tiem.csv"):
        intake.load(empty_store, prepare(empty_store, name, (demo.SAMPLE / name).read_bytes()), "test")
    test = app(PAGE, store=empty_store)
    assert not test.exception
    assert [metric.value for metric in test.metric][:2] == ["0/13", "12/13"]
    test = opened(test, "missing_vaccinated")
    assert names_on(test) == {"Đinh Thị Thúy"}


def test_everybody_has_done_what_was_due(app: Open, demo_store: Store) -> None:
    roster = (demo.SAMPLE / "danh-sach-can-bo.csv").read_text("utf-8-sig").splitlines()
    leaving = ("Đinh Thị Thúy", "Tòng Thị Hạnh", "Nguyễn Thị Thanh Hương")
    lines = [
        f"{roster[0]},Đến ngày",
        *(f"{line},26/08/2021" for line in roster if any(name in line for name in leaving)),
    ]
    content = "\n".join(lines).encode()
    intake.load(demo_store, prepare(demo_store, "nghi.csv", content), "test")
    test = app(PAGE, store=demo_store)
    assert not test.exception
    assert [metric.value for metric in test.metric] == ["10/10"] * 4
    assert len(test.success) == 1
    before = compliance.on(demo_store, demo_store.today() - timedelta(days=1))
    assert before["staff"] == 13
