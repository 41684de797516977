"""Stays held in memory: what they answer is tested beside the chain; here, when they are held, and until when."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from quetma import stays
from quetma.answers import OfDays
from quetma.intake import undo
from quetma.store import ROOT, Store
from quetma.tracing import Case, Question, held, trace
from quetma.tracing.chain import days
from tests.scenario import unit, upload
from tests.tracing.test_chain import F0, HERE, MINUTE, NOON, ONSET, THERE, X, Y, Z, visits

ONE_DAY = timedelta(days=1)
BEFORE = ONSET - ONE_DAY
ASKED = Question((Case(F0, ONSET, days_before=2),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """The case meets X on the day of onset, and X meets Y; on the day before, the case is alone."""
    store = unit(
        tmp_path,
        visits((F0, HERE, 0, 60), (X, HERE, 30, 90), (X, THERE, 100, 160), (Y, THERE, 150, 200), (Z, THERE, 500, 510))
        + visits((F0, HERE, -1440, -1400)),
    )
    yield store
    store.close()


def found(store: Store) -> list[list[int]]:
    """Who F1 and F2 are."""
    return [sorted(step["person_id"]) for step in trace(store, ASKED).reached]


def day_held(store: Store, day: date = ONSET) -> held.Day | None:
    """What is held of that day."""
    return store.of_days.recall("held", day)


def test_an_upload_is_in_the_next_answer_and_other_days_stay_held(store: Store) -> None:
    assert found(store) == [[X], [Y]]
    first, before = day_held(store), day_held(store, BEFORE)
    assert first and before
    upload(store, 2, visits((Z, HERE, 10, 20)))
    assert found(store) == [[X, Z], [Y]]
    assert day_held(store) is not first
    assert day_held(store, BEFORE) is before
    undo(store, 2, "admin")
    assert found(store) == [[X], [Y]]


def test_a_stay_that_grows_at_the_gate_is_in_the_next_answer(store: Store) -> None:
    """quetma/growth.py changes single stays and announces no day of its own that they began on."""
    assert found(store) == [[X], [Y]]
    met = store.cursor().sql("FROM stay WHERE person_id = 4").pl()
    earlier = met.with_columns(t_in=pl.lit(NOON + 110 * MINUTE))
    with store.write() as cursor:
        stays.change(cursor, met, earlier)
    assert found(store) == [[X], [Y, Z]]


def test_what_is_undone_leaves_the_days_held(store: Store) -> None:
    found(store)
    first = day_held(store)
    with pytest.raises(KeyError), store.write() as cursor:
        stays.change(cursor, cursor.sql("FROM stay").pl(), cursor.sql("FROM stay LIMIT 0").pl())
        raise KeyError
    assert found(store) == [[X], [Y]]
    assert day_held(store) is first


def test_many_stays_are_held_from_the_second_question_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is answered by the store, sooner than so many are read."""
    monkeypatch.setattr(held, "FEW_STAYS", 3)
    assert found(store) == [[X], [Y]]
    assert not day_held(store)
    assert found(store) == [[X], [Y]]
    assert day_held(store)


def test_too_many_stays_are_never_held(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "MOST_STAYS", 3)
    assert [found(store) for _ in range(3)] == [[[X], [Y]]] * 3
    assert not day_held(store)


def test_pairs_are_compared_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "AT_ONCE", 1)
    assert found(store) == [[X], [Y]]


def test_a_day_that_changed_while_it_was_read_is_not_kept() -> None:
    kept = OfDays(1)
    kept.forget(3, {ONSET})
    kept.keep(2, "held", ONSET, "read before the change", 5)
    kept.keep(2, "held", BEFORE, "has not changed", 5)
    assert kept.recall("held", ONSET) is None
    assert kept.recall("held", BEFORE) == "has not changed"


def test_what_is_asked_for_most_seldom_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quetma.answers.MOST_STAYS", 10)
    kept = OfDays(1)
    for number in range(3):
        kept.keep(1, "held", ONSET + number * ONE_DAY, number, 4)
        assert kept.recall("held", ONSET) == 0
    assert [kept.recall("held", ONSET + number * ONE_DAY) for number in range(3)] == [0, None, 2]


def test_only_one_module_writes_stays() -> None:
    """It announces the days it changed. What puts the same stays in another order need not."""
    writes = re.compile(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE)\s+stay\b", re.IGNORECASE)
    files = [*ROOT.glob("quetma/**/*.py"), *ROOT.glob("queries/**/*.sql")]
    writing = {path.relative_to(ROOT).as_posix() for path in files if writes.search(path.read_text("utf-8"))}
    assert writing == {"quetma/stays.py", "queries/upkeep/insert_stays.sql", "queries/upkeep/remove_stays.sql"}


def test_the_dashboard_holds_the_newest_days_before_anybody_asks_and_after_an_upload(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "FEW_STAYS", 0)  # as if they were many: nothing is read by the first question
    newest = held.Newest(store)
    assert day_held(store) is None
    newest.look()
    first, before = day_held(store), day_held(store, BEFORE)
    assert first and len(first.person) == 5
    newest.look()
    assert day_held(store) is first
    upload(store, 2, visits((Z, HERE, 10, 20)))
    assert day_held(store) is None
    newest.look()
    again = day_held(store)
    assert again and len(again.person) == 6
    assert day_held(store, BEFORE) is before
    assert found(store) == [[X, Z], [Y]]


def test_the_newest_days_are_as_many_as_a_window_of_fourteen_asks_for(store: Store) -> None:
    until = datetime.combine(store.today() + ONE_DAY, time())
    asked = days(until - timedelta(days=14), until, linger=0)
    held.Newest(store).look()
    span = (asked["last_day"] - asked["first_day"]).days + 1
    assert all(day_held(store, asked["first_day"] + number * ONE_DAY) is not None for number in range(span))
