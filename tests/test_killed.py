"""The process may be killed at any moment: the store opens, nothing acknowledged is lost, nothing is half done.

QUETMA_KILLS says how often it is killed here: a few times among the other tests, hundreds when somebody wants to know.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from quetma import archive, backup, receipts, rollups, sealed
from quetma.access import chain
from quetma.file import FILE, rows_of
from quetma.intake import recount
from quetma.store import ROOT, Store
from tests import killed

KILLS = int(os.environ.get("QUETMA_KILLS", "2"))
LONGEST = 2.5  # seconds that it works before it is killed, at most


def test_killed_at_a_random_moment_again_and_again(tmp_path: Path):
    folder, log, chance = tmp_path / "store", tmp_path / "log", random.Random(KILLS)
    store = Store(folder)
    killed.begin(store)
    store.close()
    for n in range(KILLS):
        command = [sys.executable, "-m", "tests.killed", str(folder), str(log), str(n + 1)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.02, LONGEST))
            assert process.poll() is None, "it works until it is killed"
            process.kill()
        told = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        store = Store(folder)
        try:
            looked_through(store, told)
        except AssertionError as error:
            raise AssertionError(f"killed for the {n + 1}th time: {error}; last: {told[-2:]}") from error
        finally:
            store.close()
        print(f"{n + 1} killed, {sum(one['done'] for one in told)} acknowledged, in the middle of "
              f"{'nothing' if told[-1]['done'] else told[-1]['kind']}", flush=True)  # fmt: skip
    assert any(one["done"] for one in told)


def looked_through(store: Store, told: list[dict[str, Any]]) -> None:
    """Everything that was acknowledged is there, what was going on is whole or not at all, and the store is sound."""
    archive.sweep(store)  # as the server does when it starts
    backup.sweep(store)
    found = recount.check(store) + rollups.check(store) + receipts.check(store) + archive.check(store)
    assert found + chain.check(store.cursor()) == []
    cursor = store.cursor()

    def all_of(sql: str) -> list:
        return cursor.execute(sql).fetchall()

    done = [one for one in told if one["done"]]
    ended = {one["number"] for one in done}
    going_on = [one for one in told if one["number"] not in ended]  # killed in the middle of each, or refused
    live = {name: (rows, number) for name, rows, number in all_of("SELECT file_name, row_count, batch_id FROM batch")}
    rows = dict(all_of("SELECT batch_id, COUNT(*) FROM scan_row GROUP BY batch_id"))
    undone = {name for (name,) in all_of("SELECT file_name FROM batch_undone")}
    taken = {one["file"] for one in done if one["kind"] == "undo"}
    perhaps = {one["file"] for one in going_on if one["kind"] == "undo"}
    for one in done:
        if one["kind"] == "upload":
            there = one["file"] in live
            assert there != (one["file"] in undone), one
            assert there != (one["file"] in taken) or one["file"] in perhaps, one
            assert not there or live[one["file"]][0] == one["rows"], one
    assert all(rows.get(number, 0) == count for count, number in live.values()), "every row of an upload, or none"

    merged = {tuple(row) for row in all_of("SELECT person_id, into_id FROM merge")}
    wanted: set[tuple[int, int]] = set()
    for one in done:
        if one["kind"] in ("merge", "unmerge"):
            (wanted.add if one["kind"] == "merge" else wanted.discard)(tuple(one["pair"]))
    unsure = {tuple(one["pair"]) for one in going_on if one["kind"] in ("merge", "unmerge")}
    assert merged - unsure == wanted - unsure

    entries = dict(all_of("SELECT entry_id, COUNT(*) FROM door_row JOIN scan_row USING (batch_id, line) "
                          "WHERE entry_id LIKE 'gate%' GROUP BY entry_id"))  # fmt: skip
    back = {one["entry"] for one in done if one["kind"] == "take back"}
    unsure_back = {one["entry"] for one in going_on if one["kind"] == "take back"}
    for one in done:
        if one["kind"] == "gate" and one["entry"] not in unsure_back:
            assert entries.get(one["entry"], 0) == (0 if one["entry"] in back else one["people"]), one
    [(loose,)] = all_of(
        "SELECT COUNT(*) FROM door_row WHERE (batch_id, line) NOT IN (SELECT (batch_id, line) FROM scan_row)"
    )
    assert loose == 0

    named = {name for (name,) in all_of("SELECT name FROM person WHERE name LIKE 'Bí Mật%'")}
    hosts = {host for (host,) in all_of("SELECT host FROM door_row WHERE host LIKE 'Gặp%'")}
    assert {name.split()[-1] for name in named} == {host.split()[-1] for host in hosts}, (
        "forgotten wholly, or not at all"
    )
    purges = [place for place, one in enumerate(told) if one["kind"] == "purge" and one["done"]]
    since = told[purges[-1] :] if purges else told
    kept = {one["name"] for one in since if one["kind"] == "door" and one["done"]}
    if not any(one["kind"] == "purge" and one in going_on for one in since):
        assert kept <= named, "kept until it is forgotten"
    if purges:
        before = {one["name"] for one in told[: purges[-1]] if one["kind"] == "door" and one["done"]}
        assert not before & named, "what was forgotten stays so"

    for one in done:
        if one["kind"] == "document":
            assert all_of(f"SELECT 1 FROM document WHERE file_name = '{one['file']}'"), one
    seen = store.folder.parent / "looked-at"
    seen.mkdir(exist_ok=True)
    for one in done:
        if one["kind"] == "backup":
            assert (store.folder.parent / one["file"]).is_file() or (seen / one["file"]).exists()
    for file in store.folder.parent.glob("*.backup"):
        into = Path(tempfile.mkdtemp(dir=store.folder.parent))
        about = sealed.read(file, into)
        assert rows_of(into / FILE) == about["rows"]
        shutil.rmtree(into)
        file.unlink()
        (seen / file.name).touch()
    assert not list(store.folder.glob("*making*"))
