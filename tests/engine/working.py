"""A process that works on a store and asks the second engine about it, until it is killed.

QUETMA_ENGINE=sc://… python -m tests.engine.working STORE SEED
"""

import random
import sys
from itertools import count
from pathlib import Path

from quetma.engine import EngineAway
from quetma.store import open_store
from tests import killed
from tests.intake import prepare

KINDS = [kind for kind in killed.KINDS if kind not in ("backup", "document")]


def main(folder: Path, seed: int) -> None:
    """Works until it is killed. A line for each piece of work, and for each time the engine was away."""
    store, chance = open_store(folder), random.Random(seed)
    prepare(store, "dau.csv", killed.FIRST)  # what is slow only the first time is not what the killing is to hit
    print("ready", flush=True)
    for number in count(seed * 10_000):
        killed.work(store, chance, number, chance.choice(KINDS), lambda *_, **__: None)
        assert store.engine and store.engine.settle()
        try:
            store.ask("tracing/present", person=number, since=killed.now(), until=killed.now(),
                      first_day=killed.now().date(), last_day=killed.now().date())  # fmt: skip
            print("asked", flush=True)
        except EngineAway:
            print("away", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
