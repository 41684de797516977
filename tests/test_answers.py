"""What is remembered of a store until the next write."""

import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from quetma import answers, compliance, flow, units
from quetma.answers import Answers, Refresh, remembered
from quetma.store import Store, open_store

VERSION = 7


def ask(answers: Answers, key: str, answer: object = None, version: int = VERSION) -> object:
    """What is remembered by that key, or the answer made by it: the key itself unless told otherwise."""
    return answers.of((key,), lambda: version, lambda: answer if answer is not None else key)


def kept(answers: Answers, *keys: str) -> list[str]:
    return [key for key in keys if answers.of((key,), lambda: VERSION - 1, lambda: None) is not None]


def test_it_is_computed_once_a_write_for_each_question(tmp_path: Path):
    store, asked = open_store(tmp_path), []

    @remembered
    def name(store: Store, key: str, *, upper: bool = False) -> str:
        asked.append((key, upper))
        value = store.setting(key) or "none"
        return value.upper() if upper else value

    store.set("unit_name", "đội 2")
    for _ in range(3):
        assert [name(store, "unit_name"), name(store, "unit_name", upper=True)] == ["đội 2", "ĐỘI 2"]
    assert asked == [("unit_name", False), ("unit_name", True)]
    store.set("unit_name", "đội 3")
    assert name(store, "unit_name") == "đội 3"
    assert len(asked) == 3
    store.close()


@pytest.mark.parametrize("fails", [False, True])
def test_several_questions_are_answered_of_one_state(tmp_path: Path, fails: bool):
    store, writes = open_store(tmp_path), ["2", "3"]

    def write(value: str) -> None:
        store.set("one", value)
        store.set("other", value)

    write("1")

    @remembered
    def both(store: Store) -> tuple[str | None, str | None]:
        one = store.setting("one")
        if writes:  # somebody uploads a file meanwhile
            write(writes.pop(0))
        other = store.setting("other")
        if fails and one != other:
            raise IndexError
        return one, other

    assert both(store) == ("3", "3")
    store.close()


def test_what_cannot_be_answered_is_tried_once(tmp_path: Path):
    store, asked = open_store(tmp_path), []

    @remembered
    def number(store: Store) -> int:
        asked.append(1)
        return int(store.setting("missing") or "none")

    with pytest.raises(ValueError, match="none"):
        number(store)
    assert len(asked) == 1
    store.close()


def test_nobody_is_given_what_was_true_before_a_change_that_was_acknowledged(tmp_path: Path):
    store, last, wrong = open_store(tmp_path), [0], []
    store.set("n", "0")

    @remembered
    def number(store: Store) -> int:
        return int(store.setting("n") or 0)

    def read() -> None:
        while last[0] < 150:
            known = last[0]
            if (found := number(store)) < known:
                wrong.append((found, known))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(1, 151):
        store.set("n", str(n))
        last[0] = n
    for reader in readers:
        reader.join()
    assert not wrong
    store.close()


def test_what_is_asked_for_most_seldom_makes_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "MOST", 2)
    some = Answers(VERSION)
    for key in "abac":
        assert ask(some, key) == key
    assert kept(some, *"abc") == ["a", "c"]


def test_large_frames_make_room_too_and_the_largest_are_not_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(answers, "MOST_BYTES", 8_000)
    some, kilobyte = Answers(VERSION), pl.DataFrame({"n": [0] * 125})
    for n in range(9):
        ask(some, str(n), kilobyte)
    assert kept(some, *map(str, range(9))) == [str(n) for n in range(1, 9)]
    ask(some, "large", pl.DataFrame({"n": [0] * 126}))
    assert not kept(some, "large")


def test_an_answer_of_another_version_is_not_kept():
    some = Answers(VERSION)
    ask(some, "a")
    some.forget(VERSION + 1)
    ask(some, "b")
    ask(some, "c", version=VERSION + 1)
    assert kept(some, *"abc") == ["c"]


def test_what_many_ask_at_once_is_made_once():
    some, made, at_once = Answers(VERSION), [], threading.Barrier(8)

    def make() -> str:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return "made"

    def look() -> str:
        at_once.wait()
        return some.of(("a",), lambda: VERSION, make)

    with ThreadPoolExecutor(8) as people:
        assert [one.result() for one in [people.submit(look) for _ in range(8)]] == ["made"] * 8
    assert len(made) == 1


def test_one_that_fails_is_made_again_for_the_next():
    some = Answers(VERSION)
    with pytest.raises(ZeroDivisionError):
        some.of(("a",), lambda: VERSION, lambda: 1 // 0)
    assert ask(some, "a") == "a"


def test_after_a_write_what_was_looked_at_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What took longest comes first, what it is made of is not made twice, and what nobody looks at any more ends."""
    store, asked = open_store(tmp_path), []
    store.set("n", "0")

    @remembered
    def number(store: Store) -> int:
        asked.append("number")
        return int(store.setting("n") or 0) + 1

    @remembered
    def slow(store: Store) -> int:
        asked.append("slow")
        time.sleep(0.02)
        return number(store) * 10

    refresh = Refresh(store.answers)
    refresh.look()  # nobody has asked for anything
    assert (slow(store), number(store), asked) == (10, 1, ["slow", "number"])

    store.set("n", "1")
    refresh.look()
    assert asked[2:] == ["slow", "number"]
    assert [slow(store), number(store)] == [20, 2]
    assert len(asked) == 4

    store.set("n", "2")
    monkeypatch.setattr(answers, "LOOKED_AT", -1)
    refresh.look()
    assert len(asked) == 4
    assert number(store) == 3
    store.close()


def test_without_a_dashboard_nothing_is_asked_again(tmp_path: Path):
    """A command line that writes, writes, and ends."""
    store = open_store(tmp_path)
    store.setting("n")
    store.set("n", "1")
    assert not store.answers.ask_again()
    store.close()


def test_a_question_that_fails_after_a_write_hinders_no_other():
    some, broken = Answers(VERSION), [False]

    def make() -> int:
        time.sleep(0.01)
        return 1 // (not broken[0])

    some.refreshed = True
    some.of(("a",), lambda: VERSION, make)
    ask(some, "b")
    some.forget(VERSION + 1)
    broken[0] = True
    with pytest.raises(ZeroDivisionError):  # which the watch logs
        some.ask_again()
    assert some.ask_again()
    assert some.of(("b",), lambda: VERSION + 1, lambda: "made now") == "b"
    assert not some.ask_again()


def test_two_units_never_share_what_is_remembered(demo_store: Store):
    """Nor do they with who sees everything, whoever asks first; what each is told is what their own rows say."""
    root = units.add(demo_store, "Chi cục", None, "An")
    one, other = (units.add(demo_store, name, root, "An") for name in ("Đội 1", "Đội 2"))
    units.give(demo_store, [1], one, "An")
    units.give(demo_store, [2], other, "An")
    asked = []

    @remembered
    def staff(store: Store, day: date) -> int:
        asked.append(store.unit)
        return store.ask("compliance/people", day=day).height

    day = demo_store.today()
    for _ in range(2):
        for order in ((None, one, other), (other, None, one)):
            assert {unit: staff(demo_store.within(unit), day) for unit in order} == {None: 13, one: 7, other: 6}
    assert asked == [None, one, other]
    # and so with every function of the program that is remembered, and every query
    for unit, people, place in ((None, 13, {1, 2}), (one, 7, {1}), (other, 6, {2}), (one, 7, {1})):
        inside = demo_store.within(unit)
        known = compliance.people(inside, day)
        assert known.height == people and set(known["location_id"]) == place
        assert set(flow.places_compared(inside, day, day, "all", 1)["location_id"]) == place
    units.give(demo_store, [2], one, "An")
    assert staff(demo_store.within(one), day) == 13 and staff(demo_store.within(other), day) == 0


def test_what_waits_to_be_asked_again_holds_nothing_of_before():
    """Answers are frames of megabytes; those that are gone must not lie beside those that are made."""
    some = Answers(VERSION)
    some.refreshed = True
    frame = pl.DataFrame({"n": [1]})
    gone = weakref.ref(frame)
    some.of(("a",), lambda: VERSION, lambda made=[frame]: made.pop() if made else "made again")
    del frame
    assert gone() is not None
    some.forget(VERSION + 1)
    assert gone() is None
    assert some.ask_again()
    assert some.of(("a",), lambda: VERSION + 1, lambda: "made now") == "made again"
