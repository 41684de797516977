"""The drill's screen: marked as a drill, worked person by person, its results kept."""

import random
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from quetma import drill
from quetma.language import percent
from quetma.store import Store


@pytest.fixture(autouse=True)
def always_the_same_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who met a few people."""
    monkeypatch.setattr(drill.random, "SystemRandom", lambda: random.Random(1))


@pytest.fixture
def at(app: Callable[..., AppTest], demo_store: Store) -> AppTest:
    """The screen, nothing running."""
    return app(page="pages/drill.py", language="en", store=demo_store)


def audited(store: Store) -> list[tuple[str, str]]:
    wanted = "SELECT action, detail FROM audit WHERE action LIKE '%drill%' ORDER BY logged_at"
    return [(action, detail) for action, detail in store.cursor().execute(wanted).fetchall()]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_it_says_large_that_it_is_a_drill(app: Callable[..., AppTest], demo_store: Store, language: str) -> None:
    test = app(page="pages/drill.py", language=language, store=demo_store)
    assert not test.exception
    assert test.main.markdown[0].value == "## :orange-background[**DIỄN TẬP**]"
    test.button(key="drill_start").click().run()
    assert not test.exception
    assert test.main.markdown[0].value == "## :orange-background[**DIỄN TẬP**]"


def test_a_drill_from_start_to_result(at: AppTest, demo_store: Store) -> None:
    at.button(key="drill_start").click().run()
    assert not at.exception
    running = drill.running(demo_store)
    assert running
    people = drill.contacts(demo_store, running)
    assert people.height > 2
    assert [metric.value for metric in at.metric][1] == f"0 / {people.height}"
    keys = [button.key for button in at.button if (button.key or "").startswith("reach_")]
    assert keys == [f"reach_{running.drill_id}_{person}" for person in people["person_id"][:10]]

    at.button(key=keys[0]).click().run()
    at.button(key=keys[1]).click().run()
    assert [metric.value for metric in at.metric][1] == f"2 / {people.height}"
    at.button(key=keys[0].replace("reach_", "unreach_")).click().run()
    assert [metric.value for metric in at.metric][1] == f"1 / {people.height}"
    assert drill.contacts(demo_store, running)["reached_at"].null_count() == people.height - 1

    at.button(key="drill_finish").click().run()
    assert not at.exception
    row = drill.results(demo_store).row(0, named=True)
    assert (row["reached"], row["f1"], row["given_up"]) == (1, people.height, False)
    shown = {metric.label: metric.value for metric in at.metric}
    assert shown["F1 reached"] == percent(1, people.height, "en")
    assert f"1 / {people.height}" in [caption.value for caption in at.caption]
    actions = audited(demo_store)
    assert actions[0] == ("start drill", f"person {running.person_id}")
    assert [action for action, _ in actions] == ["start drill", "open drill", "finish drill"]
    assert actions[-1] == ("finish drill", "done")


def test_results_over_time(at: AppTest, demo_store: Store) -> None:
    for _ in range(2):
        at.button(key="drill_start").click().run()
        at.button(key="drill_give_up").click().run()
    assert not at.exception
    assert at.dataframe[0].value["how"].to_list() == ["given up", "given up"]
    assert len(at.get("plotly_chart")) == 1


def test_a_second_leader_finds_the_drill_that_runs(app: Callable[..., AppTest], demo_store: Store) -> None:
    running = drill.start(demo_store, "Bình")
    test = app(page="pages/drill.py", language="en", store=demo_store)
    assert not test.exception
    assert "drill_finish" in [button.key for button in test.button]
    assert "drill_start" not in [button.key for button in test.button]
    assert drill.running(demo_store) == running


def test_an_empty_store_says_what_is_missing(app: Callable[..., AppTest], empty_store: Store) -> None:
    test = app(page="pages/drill.py", language="en", store=empty_store)
    assert not test.exception
    assert "no scans to practise with" in test.info[0].value
