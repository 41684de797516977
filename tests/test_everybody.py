"""Everybody in memory: as the store has them after whatever was written, and found there as by reading all texts."""

import shutil
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quetma import directory, door, identity, intake
from quetma.door import Passage
from quetma.everybody import LEAD, ROWS, Everybody
from quetma.intake.undo import undo
from quetma.store import Store, open_store
from tests.conftest import examples
from tests.everybody import held, told
from tests.intake import prepare

LOG = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOGS = [
    "Lò Văn A,0912000001,24/08/2021 08:00:00,Mai Sơn,Vào\n,0912000002,24/08/2021 08:10:00,Mai Sơn,Vào\n",
    "Vì Thị Bé,0912000002,25/08/2021 08:00:00,Mai Sơn,Vào\nNguyễn Văn ***,0912345***,25/08/2021 08:00:00,Mai Sơn,Vào\n",
    "Lò Văn A,,26/08/2021 08:00:00,Mai Sơn,Vào\nAn,+12025550123,26/08/2021 09:00:00,Mai Sơn,Vào\n",
]
STAFF = "Họ tên,SĐT,Năm sinh,Chức vụ,Địa điểm\nLò Văn An,0912000001,1980,Cán bộ,Mai Sơn\n"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("log"), st.integers(0, 2)),
        st.tuples(st.just("staff"), st.just(0)),
        st.tuples(st.just("undo"), st.integers(0, 3)),
        st.tuples(st.just("door"), st.integers(0, 3)),
        st.tuples(st.just("merge"), st.integers(0, 3)),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


def do(store: Store, step: str, which: int) -> None:
    """One thing of many that change whom the store knows, or what they are called."""
    batches = [batch for (batch,) in store.cursor().execute("SELECT batch_id FROM batch ORDER BY 1").fetchall()]
    people = store.ask("people/known")["person_id"]
    if step in ("log", "staff"):
        text = STAFF if step == "staff" else LOG + LOGS[which]
        intake.load(store, prepare(store, "a.csv", text.encode()), "test")
    elif step == "undo" and which < len(batches):
        undo(store, batches[which], "test")
    elif step == "door" and not store.ask("places/all").is_empty():
        at = datetime(2021, 8, 27, 8, which)
        place = store.ask("places/all")["location_id"][0]
        door.check(
            store, Passage(place, "in", "gate", "test", name=f"Quàng Văn {which}", phone=f"097700000{which}", at=at)
        )
    elif step == "merge" and which + 1 < len(people):
        identity.merge(store, people[which + 1], people[which], "test")


@settings(max_examples=examples(14), deadline=None)
@given(steps=STEPS)
@example(steps=[("log", 0), ("staff", 0)])
@example(steps=[("log", 1), ("undo", 0)])
@example(steps=[("log", 0), ("merge", 0), ("undo", 0), ("log", 0)])
def test_everybody_is_held_as_stored_after_whatever_is_written(
    empty_file: Path, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
):
    folder = tmp_path_factory.mktemp("held")
    shutil.copy(empty_file, folder)
    store = open_store(folder)
    try:
        assert held(store)  # nobody
        for step in steps:
            do(store, *step)
            assert held(store), step
    finally:
        store.close()


def test_what_was_not_written_after_all_is_not_held(empty_store: Store):
    do(empty_store, "log", 0)
    assert held(empty_store)
    with pytest.raises(ZeroDivisionError), empty_store.write() as cursor:
        cursor.execute("DELETE FROM person")
        raise ZeroDivisionError
    assert held(empty_store)
    assert directory.find(empty_store, "lò")["name"].to_list() == ["Lò Văn A"]


def test_when_reading_fails_everybody_is_read_again(empty_store: Store):
    do(empty_store, "log", 0)
    fail = False

    def ask(name: str, **params: object) -> pl.DataFrame:
        if fail:
            raise MemoryError
        return empty_store._fresh(name, **params)

    everybody = Everybody(ask)
    before = told(everybody.now())
    everybody.note([1])
    fail = True
    with pytest.raises(MemoryError):
        everybody.now()
    fail = False
    assert told(everybody.now()).equals(before)


NUMBERS = st.integers(900_000_000, 999_999_999)


@settings(max_examples=examples(100), deadline=None)
@given(
    phones=st.lists(st.one_of(st.none(), NUMBERS.map("+84{}".format), st.just("+12025550123456")), max_size=20),
    piece=st.text("+0123456789", min_size=1, max_size=6),
    change=st.lists(st.tuples(st.integers(1, 25), st.one_of(st.none(), NUMBERS.map("+84{}".format))), max_size=5),
)
def test_phones_are_found_as_texts_are(phones: list[str | None], piece: str, change: list[tuple[int, str | None]]):
    stored = dict(enumerate(phones, 1))

    def ask(name: str, people: list[int] | None = None) -> pl.DataFrame:
        asked = sorted(stored) if people is None else [n for n in people if n in stored]
        return pl.DataFrame([(n, f"x {n % 3}", stored[n], None, False, None) for n in asked], ROWS, orient="row")

    everybody = Everybody(ask)
    everybody.now()
    stored.update(change)
    everybody.note([number for number, _ in change])
    now = everybody.now()
    texts = [stored[n] or "" for n in sorted(stored)]
    assert now.numbers.tolist() == sorted(stored)
    assert now.with_piece([piece]).tolist() == [piece in text for text in texts]
    assert now.with_phone(piece).tolist() == [piece == text for text in texts]
    begin = f"+849{piece.replace('+', '')}"
    exactly = [text.startswith(begin[:LEAD]) for text in texts]
    assert now.beginning([begin]).tolist() == exactly
    assert told(now).equals(told(Everybody(ask).now()))
