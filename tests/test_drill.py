"""Tracing drills: anybody of last week, each as likely; what is measured; and that nothing else knows of them."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from quetma import attention, drill, tracing
from quetma.documents import drill as document
from quetma.language import translator
from quetma.store import ROOT, Store
from tests.scenario import unit
from tests.test_receipts import F0, HERE, NOON, THERE, X, Y, visits

DAY = 24 * 60


class Always(random.Random):
    """Picks the one at that place."""

    def __init__(self, at: int) -> None:
        super().__init__(0)
        self.at = at

    def randrange(self, start: int, *_args: int) -> int:
        assert 0 <= self.at < start
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """F0 on the 23rd with both scans and on the 22nd without the one out; X with a phone, Y without; 4 long ago."""
    scans = visits(
        (F0, HERE, 0, 60), (F0, THERE, -DAY, -DAY + 60), (X, HERE, 13, 90), (Y, THERE, -DAY, -DAY + 30),
        (4, HERE, -20 * DAY, -20 * DAY + 9),
    )  # fmt: skip
    scans.remove((F0, THERE, NOON + timedelta(minutes=-DAY + 60), "out"))
    store = unit(tmp_path / "store", scans)
    with store.write() as cursor:
        cursor.execute("UPDATE person SET phone = NULL WHERE person_id = ?", [Y])
    return store


def test_a_drill_measures_the_answer(store: Store) -> None:
    begun = drill.start(store, "An", Always(0))
    assert (begun.drill_id, begun.person_id, begun.staff, begun.onset) == (1, F0, False, NOON.date())
    assert drill.running(store) == begun
    people = drill.contacts(store, begun)
    assert people.select("person_id", "name", "phone_shown", "phone", "minutes", "reached_at").rows() == [
        (X, "Người 2", "0912342", True, 47.0, None),
        (Y, "Người 3", "", False, 30.0, None),
    ]
    drill.reach(store, begun, X)
    drill.reach(store, begun, Y)
    drill.reach(store, begun, Y, reached=False)
    with store.write() as cursor:
        cursor.execute("UPDATE drill SET started_at = TIMESTAMP '2021-08-24 08:00'")
        cursor.execute("UPDATE drill_contact SET reached_at = TIMESTAMP '2021-08-24 08:12:30' WHERE person_id = ?", [X])
    drill.finish(store, begun)
    [row] = drill.results(store).to_dicts()
    assert 0 < row.pop("seconds") < 30 and row.pop("finished_at")
    assert row == {
        "drill_id": 1, "started_at": datetime(2021, 8, 24, 8), "started_by": "An", "staff": False,
        "onset": NOON.date(), "contacts": 2, "contacts_seen": 1, "own_days": 2, "own_days_seen": 1, "unscanned": 0,
        "given_up": False, "f1": 2, "phones": 1, "reached": 1, "last_reached_at": datetime(2021, 8, 24, 8, 12, 30),
        "with_phone": 0.5, "seen": 0.5, "own": 0.5, "reached_share": 0.5, "minutes": 12.5,
    }  # fmt: skip
    assert drill.running(store) is None


def test_the_contacts_are_the_suspected_f1s_of_the_trace(demo_store: Store) -> None:
    for seed in range(5):
        begun = drill.start(demo_store, "An", random.Random(seed))
        answer = tracing.trace(demo_store, begun.question)
        called = drill.contacts(demo_store, begun)
        assert set(called["person_id"]) == set(tracing.suspected(answer.f1)["person_id"])
        drill.finish(demo_store, begun, given_up=True)
        row = drill.results(demo_store).row(-1, named=True)
        assert (row["f1"], row["given_up"]) == (called.height, True)
        assert row["unscanned"] == answer.unscanned["person_id"].n_unique()


def test_anybody_of_the_week_may_be_picked_and_nobody_else(store: Store) -> None:
    picked = set()
    for seed in range(15):
        begun = drill.start(store, "An", random.Random(seed))
        picked.add(begun.person_id)
        drill.finish(store, begun)
    assert picked == {F0, X, Y}


def test_a_masked_person_is_not_picked(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("UPDATE person SET masked = TRUE WHERE person_id = ?", [F0])
    for seed in range(10):
        begun = drill.start(store, "An", random.Random(seed))
        assert begun.person_id != F0
        drill.finish(store, begun)


def test_the_same_seed_picks_the_same_person(store: Store) -> None:
    picked = []
    for _ in range(2):
        begun = drill.start(store, "An", random.Random(7))
        picked.append(begun.person_id)
        drill.finish(store, begun)
    assert picked[0] == picked[1]


def test_one_drill_at_a_time(store: Store) -> None:
    begun = drill.start(store, "An", Always(0))
    with pytest.raises(drill.DrillError, match="running already"):
        drill.start(store, "Bình")
    drill.finish(store, begun)
    assert drill.start(store, "Bình").drill_id == 2


def test_nobody_to_pick(empty_store: Store) -> None:
    with pytest.raises(drill.DrillError, match="Nobody has scanned"):
        drill.start(empty_store, "An")


def test_after_the_end_nothing_changes(store: Store) -> None:
    begun = drill.start(store, "An", Always(0))
    drill.finish(store, begun, given_up=True)
    before = drill.results(store)
    drill.reach(store, begun, X)
    drill.finish(store, begun)
    assert drill.results(store).equals(before)


def test_somebody_nobody_met(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("DELETE FROM stay WHERE person_id IN (2, 3)")
    begun = drill.start(store, "An", Always(0))
    drill.finish(store, begun)
    row = drill.results(store).row(0, named=True)
    assert (row["f1"], row["with_phone"], row["seen"], row["reached_share"], row["minutes"]) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_nothing_but_the_drill_reads_its_tables(store: Store) -> None:
    """Neither the registered cases, nor follow-up, nor Overview."""
    found = {
        path.relative_to(ROOT).parts[:2]
        for path in [*(ROOT / "queries").rglob("*.sql"), *(ROOT / "quetma").rglob("*.py")]
        if any(f"{verb} drill" in path.read_text("utf-8") for verb in ("FROM", "JOIN", "INTO", "UPDATE"))
    }
    assert found == {("queries", "drill")}
    vi = translator("vi")
    before = attention.items(store, vi, health=True, upload=True)
    begun = drill.start(store, "An", Always(0))
    assert attention.items(store, vi, health=True, upload=True) == before
    assert "save trace" not in [row[0] for row in store.cursor().execute("SELECT action FROM audit").fetchall()]
    drill.finish(store, begun)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_file_says_first_that_it_is_a_drill(store: Store, tmp_path: Path, language: str) -> None:
    drill.finish(store, drill.start(store, "An", Always(0)), given_up=True)
    results = drill.results(store)
    said = document.write(results, "csv", tmp_path / "a.csv", language)
    lines = list(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert lines[0] == [said] and said.startswith("DIỄN TẬP: ")
    row = dict(zip(lines[1], lines[2], strict=True))
    if language == "vi":
        shown = [row[name] for name in ("F0 giả định", "Kết quả", "F1", "Lần tiếp xúc đủ lượt quét")]
        assert shown == ["Khách", "bỏ dở", "2", "1"]
    document.write(results, "xlsx", tmp_path / "a.xlsx", language)
    sheet = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0, header_row=2).to_polars()
    assert sheet.height == 1 and sheet.columns == lines[1]
    document.write(results, "parquet", tmp_path / "a.parquet", language)
    assert pl.read_parquet(tmp_path / "a.parquet")["f1"].to_list() == [2]
