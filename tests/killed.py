"""A process that works on a store until it is killed, and says beforehand what it will do and afterwards that it did.

    python -m tests.killed STORE LOG SEED

Each line of LOG is JSON: the number of the work, its kind, what is told of it, and whether it is done (acknowledged).
"""

import json
import random
import sys
from datetime import date, timedelta
from itertools import count
from pathlib import Path

from quetma import archive, backup, door, gate, identity, intake, retention
from quetma.door import Passage
from quetma.gate import Entry
from quetma.store import Store, now, open_store
from tests.intake import prepare

LOG = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
FORGOTTEN = 40  # days ago: a check-in of then is forgotten
FIRST = (LOG + "Lò Văn Cán,0912000001,07:00 02/08/2021,Mai Sơn,Vào\n").encode()
# The kinds of work, each as often as it stands here.
KINDS = (
    "upload", "upload", "undo", "merge", "unmerge", "gate", "gate", "take back", "door", "door", "purge", "backup",
    "document", "tidy",
)  # fmt: skip


def begin(store: Store) -> None:
    """What the unit has from the start: a place."""
    intake.load(store, prepare(store, "dau.csv", FIRST), "t")


def main(folder: Path, log: Path, seed: int) -> None:
    """Works until it is killed."""
    store, chance = open_store(folder), random.Random(seed)
    with log.open("a", encoding="utf-8", buffering=1) as file:

        def say(number: int, kind: str, done: bool, **told: object) -> None:
            file.write(json.dumps({"number": number, "kind": kind, "done": done, **told}, ensure_ascii=False) + "\n")

        prepare(store, "dau.csv", FIRST)  # what is slow only the first time is not what the killing is to hit
        print("ready", flush=True)
        for number in count(seed * 10_000):
            work(store, chance, number, chance.choice(KINDS), say)


def work(store: Store, chance: random.Random, number: int, kind: str, say) -> None:
    """One piece of work."""
    cursor = store.cursor()

    def drawn(sql: str) -> list:
        rows = cursor.execute(sql).fetchall()
        return list(chance.choice(sorted(rows))) if rows else []

    if kind == "upload":
        rows = chance.randint(5, 300)
        day = date(2021, 8, 1) + timedelta(days=chance.randrange(40))
        own = number // 10_000 * 100 + number % 100  # nobody else's, so that no row is a duplicate
        text = LOG + "".join(
            f"Khách Số {k},09{own:05}{k:03},{7 + k % 10:02}:{k % 60:02} {day:%d/%m/%Y},Mai Sơn,Vào\n"
            for k in range(rows)
        )
        say(number, kind, False, rows=rows, file=f"{number}.csv")
        batch = intake.load(store, prepare(store, f"{number}.csv", text.encode()), "t")
        say(number, kind, True, rows=batch.accepted, file=f"{number}.csv")
    elif kind == "undo":
        if batch := drawn("SELECT batch_id, file_name FROM batch WHERE batch_id > 1 AND door IS NULL"):
            say(number, kind, False, file=batch[1])
            intake.undo(store, batch[0], "t")
            say(number, kind, True, file=batch[1])
    elif kind == "merge":
        # not those who are forgotten: what was decided about who they are goes with them
        people = "SELECT person_id FROM person ANTI JOIN merge USING (person_id) WHERE name LIKE 'Khách Số%'"
        pair = [*drawn(people), *drawn(people)]
        if len(set(pair)) == 2:
            say(number, kind, False, pair=pair)
            try:
                identity.merge(store, pair[0], pair[1], "t")
            except identity.IdentityError:
                return
            say(number, kind, True, pair=pair)
    elif kind == "unmerge":
        if pair := drawn("SELECT person_id, into_id FROM merge"):
            say(number, kind, False, pair=pair)
            identity.unmerge(store, pair[0])
            say(number, kind, True, pair=pair)
    elif kind == "gate":
        say(number, kind, False, entry=f"gate{number:012}")
        people = chance.randint(1, 4)
        entry = Entry(f"gate{number:012}", 1, name=f"Người {number}", people=people)
        if isinstance(gate.enter(store, entry, "t"), gate.Done):
            say(number, kind, True, entry=entry.id, people=people)
    elif kind == "take back":
        if entry := drawn("SELECT DISTINCT entry_id FROM door_row WHERE entry_id LIKE 'gate%'"):
            say(number, kind, False, entry=entry[0])
            gate.take_back(store, entry[0], "t")
            say(number, kind, True, entry=entry[0])
    elif kind == "door":
        say(number, kind, False)
        at = now().replace(microsecond=0) - timedelta(days=FORGOTTEN)
        name = f"Bí Mật {number}"
        door.check(store, Passage(direction="in", name=name, phone=f"08{number % 100_000_000:08}", at=at, location=1,
                                  source="poster", account="phone", host=f"Gặp {number}", came_from="Xa"))  # fmt: skip
        say(number, kind, True, name=name)
    elif kind == "purge":
        say(number, kind, False)
        retention.purge(store)
        say(number, kind, True)
    elif kind == "backup":
        file = store.folder.parent / f"{number}.backup"
        say(number, kind, False, file=file.name)
        backup.make(store, "t", file, None)
        say(number, kind, True, file=file.name)
    elif kind == "tidy":
        say(number, kind, False)
        store.tidy()
        say(number, kind, True)
    elif kind == "document":
        say(number, kind, False, file=f"{number}.txt")
        archive.keep(store, "t", "letter", "Thư", f"{number}.txt", lambda path: path.write_text(f"Thư {number}"))
        say(number, kind, True, file=f"{number}.txt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
