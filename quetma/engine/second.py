"""A second engine beside the embedded one: what is stored is published, and questions are answered from there.

`ask` first sees to it that what was stored before is published, so nobody who uploaded misses their upload. It answers
from one published state, whatever is published meanwhile.
"""

import logging
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from deltalake.exceptions import DeltaError

from quetma.answers import Answers
from quetma.engine import EngineAway, Standing, spark
from quetma.engine.lake import Lake, State
from quetma.store import Store, StoreError, now
from quetma.watch import Watch

PATIENCE = 8.0  # seconds that a question waits for what was stored to be published
AGAIN = 15.0  # seconds after a failure until publishing is tried again
LOOK = 2.0  # seconds between two looks for something to publish

_log = logging.getLogger(__name__)


class Second:
    """The second engine of one store."""

    def __init__(self, store: Store, address: str, folder: Path) -> None:
        self._store, self.address, self.lake = store, address, Lake(folder)
        store.followed = True
        self._publisher, self._opening = ThreadPoolExecutor(1, "publisher"), threading.Lock()
        self._state: State | None = self.lake.own(store)
        self._session: tuple[str, spark.Session] | None = None
        self._failed, self._failed_at, self._away = "", -AGAIN, ""
        self._answers = Answers(0)  # each by the mark of its state, so none is ever of another

    def ask(self, name: str, params: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """The answer to the named query. Raises `EngineAway`."""
        self.settle()
        state = self._state
        if state is None:
            raise EngineAway(self.address, self._failed or "what is stored is still being published for it.")
        if tables:
            return self._asked(state, name, params, tables)
        key = (state.mark, name, *sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in params.items()))
        return self._answers.of(key, lambda: 0, lambda: self._asked(state, name, params, {}))

    def _asked(
        self, state: State, name: str, params: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]
    ) -> pl.DataFrame:
        try:
            try:
                answer = self._opened(state).ask(name, params, tables)
            except spark.Away:  # it may have been started again, and knows nothing of what it knew
                self._forget()
                answer = self._opened(state).ask(name, params, tables)
        except spark.Away as error:
            self._forget()  # so that the next question does not wait for what did not answer
            self._away = str(error)
            _log.warning("the engine at %s does not answer: %s", self.address, error)
            raise EngineAway(self.address, str(error)) from error
        self._away = ""
        return answer.cast(dict(self._store.schema(name, params, tables)))

    def _opened(self, state: State) -> spark.Session:
        """The server's view of that state, made once."""
        with self._opening:
            if self._session is None or self._session[0] != state.mark:
                tables = {name: (self.lake.path(name), version) for name, version in state.versions.items()}
                opened = spark.Session(self.address, tables)
                if self._session:
                    self._session[1].close()
                self._session = state.mark, opened
            return self._session[1]

    def _forget(self) -> None:
        with self._opening:
            if self._session:
                self._session[1].close()
            self._session = None

    def settle(self) -> bool:
        """Publishes what is stored; whether all of it is published. Waits for it a while, no longer: it goes on."""
        wanted = self._store.version
        if self.lake.done < wanted and not self._just_failed():
            with suppress(TimeoutError):
                self._publisher.submit(self._publish, wanted).result(PATIENCE)
        return self.lake.done >= wanted

    def _just_failed(self) -> bool:
        return time.monotonic() - self._failed_at < AGAIN

    def _publish(self, wanted: int) -> None:
        """Publishes, unless whoever was before has, or could not."""
        if self.lake.done >= wanted or self._just_failed():
            return
        try:
            self._state = self.lake.publish(self._store)
            self._failed = ""
        except (OSError, duckdb.Error, DeltaError, StoreError) as error:
            self._failed, self._failed_at = str(error).strip().splitlines()[0], time.monotonic()
            _log.warning("publishing failed: %s", error)

    def publishing(self) -> Watch:
        """Publishes while nobody asks."""
        return Publishing(self)

    def standing(self) -> Standing:
        """How it stands just now, without asking it."""
        return Standing(self.address, self._state.made_at if self._state else None, self._failed, self._away)

    def answers(self) -> bool:
        """Whether the server answers a question; for probes."""
        with suppress(EngineAway):
            state = self._state
            if state is not None:
                self._asked(state, "flow/span", {}, {})
                return True
        return False

    def close(self) -> None:
        """Lets the server forget this store, once what is being published is. The rest is, when it is opened again."""
        self._publisher.shutdown(cancel_futures=True)
        self._forget()


class Publishing(Watch):
    """Publishes for the second engine while nobody asks, and removes what was replaced."""

    def __init__(self, second: Second) -> None:
        super().__init__("publishing", LOOK)
        self._second = second

    def look(self) -> None:
        """One look."""
        if self._second.settle():
            self._second.lake.sweep(now())
