"""The engines that answer the store's questions: the embedded one, DuckDB in this process, and beside it a second one.

`QUETMA_ENGINE=sc://host:port` sets a Spark Connect server (Apache Spark, or Sail) to answer what is asked about many
scans; without it nothing here is imported but this file. Everything is still written into the embedded store, in one
transaction; what queries of the second engine read is published from there (lake.py), before anybody is answered. The
lake lies in the store's folder, or where QUETMA_LAKE says, which the server must see under the same path.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from quetma.watch import Watch

if TYPE_CHECKING:
    from quetma.store import Store

PUBLISHED = "published.json"  # in the lake: what is published
TOPICS = ("compliance", "flow", "history", "overview", "tracing")
# Of these topics, what the embedded store answers all the same, and why: what uploading, the gate and every page need
# goes on while the second engine is away. They read a short list, one value, or one day.
EMBEDDED = {
    "compliance/calendar": "the filters of pages, before anything is asked",
    "compliance/staff": "the rota, which the gate shows",
    "flow/hosts": "who is on site, which the gate shows",
    "flow/locations": "the places to choose from, at the gate and when uploading too",
    "flow/on_site": "who is on site, which the gate shows",
    "flow/present": "who is on site, which the gate shows",
    "flow/present_masked": "who is on site, which the gate shows",
    "flow/span": "the filters of pages; whether the engine answers is tried with it",
    "history/last_scan": "today, for every page",
    "overview/last_upload": "the head of pages, and who-is-who",
    "overview/uploads_since": "what uploading has to say",
}


def takes(name: str) -> bool:
    """Whether a second engine, when there is one, answers that query."""
    return name.partition("/")[0] in TOPICS and name not in EMBEDDED


class EngineAway(Exception):
    """The second engine does not answer. Nothing is lost: the store has everything."""

    def __init__(self, address: str, told: str) -> None:
        super().__init__(
            f"The engine at {address} does not answer: {told} Nothing is lost: everything is in the store, uploads are "
            "taken, and what comes meanwhile is published later. Start it, or start quetma without QUETMA_ENGINE."
        )


@dataclass(frozen=True)
class Standing:
    """How a second engine stands. address: where it is. since: of when is what it answers from, None while nothing is
    published. failed: why publishing failed last. away: why it did not answer last.
    """

    address: str
    since: datetime | None
    failed: str
    away: str


class Engine(Protocol):
    """Who answers a named query; quetma.engine.second.Second is one."""

    def ask(self, name: str, params: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """The answer, with the columns, types and values that the embedded store gives."""
        ...

    def settle(self) -> bool:
        """Publishes what is not published yet; whether everything is."""
        ...

    def publishing(self) -> Watch:
        """Publishes while nobody asks."""
        ...

    def standing(self) -> Standing:
        """How it stands just now, without asking it."""
        ...

    def answers(self) -> bool:
        """Whether it answers a question; for probes."""
        ...

    def close(self) -> None:
        """Lets go of it."""
        ...


def address() -> str:
    """Where the second engine is; '' when none is set."""
    return os.environ.get("QUETMA_ENGINE", "")


def lake_folder(store: "Store") -> Path:
    """Where the store's lake is."""
    named = os.environ.get("QUETMA_LAKE")
    # The demo unit lies beside the unit's store, and so does its lake.
    return (Path(named) / store.folder.name if named else store.folder / "lake").resolve()


def attach(store: "Store") -> None:
    """Lets the second engine, when one is set, answer what it can. Raises ImportError without its packages."""
    if address() and store.engine is None:
        from quetma.engine.second import Second

        store.engine = Second(store, address(), lake_folder(store))
