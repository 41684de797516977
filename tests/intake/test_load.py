"""Loading is wholly there or not at all, whatever happens, and says truly what it did."""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from quetma import intake, rollups
from quetma.store import ROOT, Store, open_store
from tests.intake import prepare

REAL = ROOT.parent / "shared" / "real" / "scans.csv"
HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOG = HEADER + "".join(
    f"Lò Văn {i},09120{i:05},24/08/2021 {8 + i // 60:02}:{i % 60:02},Mai Sơn,{'Ra' if i % 2 else 'Vào'}\n"
    for i in range(100)
)
FLOW = ["flow_day", "flow_quarter", "stay_day", "flow_peak", "scan_day", "last_seen"]
TABLES = ["person", "location", "scan", "stay", "batch", "reject", *FLOW, "calendar"]


def sizes(store: Store) -> dict[str, int]:
    cursor = store.cursor()
    return {table: cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchall()[0][0] for table in TABLES}


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    cursor = store.cursor()
    facts = ["person", "location", "scan", "stay", *FLOW, "calendar"]
    return {table: sorted(cursor.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in facts}


def test_load_stores_what_was_shown(empty_store: Store):
    prepared = prepare(empty_store, "C:\\logs\\a.csv", (LOG + "Ai,0912,24/08/2021 08:00,X,Vào\n").encode())
    assert sizes(empty_store)["person"] == 0, "a preview writes nothing"
    assert (prepared.new_people, prepared.new_locations) == (100, ["Mai Sơn"])
    steps: list[str] = []
    batch = intake.load(empty_store, prepared, "Hà Minh Tôn", steps.append)
    assert steps == list(intake.STEPS)
    assert batch.json() == {
        "batch": 1, "file": "a.csv", "kind": "scans", "rows": 101, "accepted": 100, "duplicates": 0, "rejected": 1,
        "rejects": [{"line": 102, "reason": "bad_phone", "raw": "Ai,0912,24/08/2021 08:00,X,Vào"}],
    }  # fmt: skip
    listed = empty_store.ask("intake/batches", page_size=10, page_start=0).row(0, named=True)
    assert (listed["uploaded_by"], listed["accepted"], str(listed["first_day"])) == ("Hà Minh Tôn", 100, "2021-08-24")
    assert empty_store.ask("intake/rejects", batch=1, open_only=False, page_size=10, page_start=0).rows() == [
        (102, "bad_phone", "Ai,0912,24/08/2021 08:00,X,Vào", None)
    ]
    assert rollups.check(empty_store) == []


def test_the_same_file_again_changes_nothing(empty_store: Store):
    intake.load(empty_store, prepare(empty_store, "a.csv", LOG.encode()), "test")
    before = contents(empty_store)
    again = prepare(empty_store, "renamed.csv", LOG.encode())
    assert again.earlier["batch_id"].to_list() == [1]
    batch = intake.load(empty_store, again, "test")
    assert (batch.rows, batch.accepted, batch.duplicates) == (100, 0, 100)
    assert contents(empty_store) == before
    assert empty_store.ask("intake/batch_count")["batches"][0] == 1


def test_duplicates_within_a_file_and_across_files(empty_store: Store):
    row = LOG.splitlines()[1]
    twice = prepare(empty_store, "a.csv", f"{HEADER}{row}\n{row}\n{row.replace('Vào', 'Ra')}\n".encode())
    assert twice.rows["outcome"].to_list() == ["accepted", "duplicate", "accepted"]
    intake.load(empty_store, twice, "test")
    whole = intake.load(empty_store, prepare(empty_store, "b.csv", LOG.encode()), "test")
    assert (whole.accepted, whole.duplicates) == (99, 1)


def test_duplicates_are_decided_when_loading_not_when_previewing(empty_store: Store):
    first = prepare(empty_store, "a.csv", LOG.encode())
    second = prepare(empty_store, "b.csv", (LOG + "\n").encode())
    assert second.counts["accepted"] == 100
    intake.load(empty_store, first, "one")
    before = contents(empty_store)
    assert intake.load(empty_store, second, "two").duplicates == 100
    assert contents(empty_store) == before


def test_a_failure_on_the_way_leaves_nothing(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    prepared = prepare(empty_store, "a.csv", (LOG + "Ai,0912,24/08/2021 08:00,X,Vào\n").encode())
    before = sizes(empty_store)

    def broken(*given: object) -> None:
        raise RuntimeError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(rollups, "derive", broken)
        with pytest.raises(RuntimeError, match="disk full"):
            intake.load(empty_store, prepared, "test")
    assert sizes(empty_store) == before
    assert intake.load(empty_store, prepared, "test").accepted == 100


def test_a_killed_process_leaves_the_whole_upload_or_nothing(tmp_path: Path):
    """The power fails while a file is being stored: killed at moments spread over the whole load."""
    file = tmp_path / "log.csv"
    rows = (
        f"Lò Văn {i % 500},09120{i % 500:05},{1 + i // 1440:02}/08/2021 {i // 60 % 24:02}:{i % 60:02},Mai Sơn,Vào\n"
        for i in range(20_000)
    )
    file.write_text(HEADER + "".join(rows), encoding="utf-8")
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from quetma import intake
        from quetma.store import open_store

        store = open_store(sys.argv[1])
        [prepared] = intake.prepare(store, "log.csv", Path(sys.argv[2]))
        print("go", flush=True)
        intake.load(store, prepared, "test", lambda step: print(step, flush=True))
        print("done", flush=True)
        """
    )
    chance = random.Random(7)
    ends: set[bool] = set()
    for attempt in range(6):
        folder = tmp_path / f"store{attempt}"
        command = [sys.executable, "-c", script, str(folder), str(file)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        wait_for = ["go", *intake.STEPS][attempt] if attempt < 5 else "done"
        for line in process.stdout:
            if line.strip() == wait_for:
                break
        if attempt < 5:
            time.sleep(chance.uniform(0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        store = open_store(folder)
        counted = sizes(store)
        whole = counted["batch"] == 1
        ends.add(whole)
        assert counted["scan"] == (20_000 if whole else 0)
        if whole:
            assert counted["person"] == 500
            assert rollups.check(store) == []
        else:
            assert not any(counted.values())
        store.close()
    assert ends == {True, False}


@pytest.mark.skipif(not REAL.is_file(), reason="the real log lies beside the project only where it is developed")
def test_the_real_log_goes_in_whole(empty_store: Store):
    prepared = prepare(empty_store, REAL.name, REAL.read_bytes())
    assert prepared.counts == {"rows": 3344, "accepted": 3344, "duplicates": 0, "rejected": 0}
    assert intake.load(empty_store, prepared, "test").accepted == 3344
    assert empty_store.cursor().execute("SELECT COUNT(*) FROM scan").fetchall() == [(3344,)]
