"""What was asked of a store, remembered until the next write: a rerun that changes nothing computes nothing again.

While the dashboard runs, what people looked at is asked again right after a write (`Refresh`), and the next of them
finds it there.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import polars as pl

from quetma.watch import Watch

if TYPE_CHECKING:
    from quetma.store import Store

MOST = 1024  # answers
MOST_BYTES = 64 * 1024**2  # of all of them; one that is an eighth of it is not remembered
MOST_STAYS = 8_000_000  # of the days of which something is kept
TRIES = 5  # to answer several questions with nothing written between them
LOOKED_AT = 300.0  # seconds for which an answer is asked again after each write, once nobody asks for it any more

T = TypeVar("T")


@dataclass
class _Answer:
    """An answer that is kept. make: computes it. seconds: how long that took. asked_at: when somebody last asked."""

    value: Any
    make: Callable[[], Any]
    seconds: float
    asked_at: float


class Answers:
    """The answers of one version of a store, for all threads. What is asked for most seldom makes room."""

    def __init__(self, version: int) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[Any, ...], _Answer] = OrderedDict()
        self._bytes = 0
        self._version = version
        self._making: dict[tuple[Any, ...], threading.Lock] = {}
        self.refreshed = False  # whether a `Refresh` asks again
        self._due: dict[tuple[Any, ...], _Answer] = {}  # of versions before, to be asked again
        self._again: tuple[int, float] | None = None  # the thread that does just now; when somebody last asked for it

    def of(self, key: tuple[Any, ...], version: Callable[[], int], make: Callable[[], T]) -> T:
        """What was kept by that key, or what `make` makes now, once for all who ask meanwhile. Nobody may change it.

        version: that of what `make` reads. An answer of None is made again each time.
        """
        if (found := self._recall(key)) is not None:
            return found
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            found = self._recall(key)
            if found is None:
                began, before = time.monotonic(), version()
                found = make()
                self._keep(before, key, _Answer(found, make, time.monotonic() - began, self._asked_at()))
        with self._lock:
            self._making.pop(key, None)
        return found

    def forget(self, version: int) -> None:
        """Forgets everything: the store is of that version now."""
        with self._lock:
            if self.refreshed:
                # how to make them, not what they were: that is of no use any more, and may be large
                self._due.update({key: replace(one, value=None) for key, one in self._answers.items()})
            self._answers.clear()
            self._bytes, self._version = 0, version

    def ask_again(self) -> bool:
        """Makes that answer again, of those that a write took away, which took longest; False when none is left.
        Only `Refresh` calls this.
        """
        with self._lock:
            late = time.monotonic() - LOOKED_AT
            self._due = {key: one for key, one in self._due.items() if one.asked_at > late and key not in self._answers}
            if not self._due:
                return False
            key = max(self._due, key=lambda key: self._due[key].seconds)
            one = self._due.pop(key)
        self._again = threading.get_ident(), one.asked_at
        try:
            self.of(key, lambda: self._version, one.make)
        finally:
            self._again = None
        return True

    def _asked_at(self) -> float:
        """When somebody asked for what this thread asks for: now, but for the thread that asks again."""
        again = self._again
        return again[1] if again and again[0] == threading.get_ident() else time.monotonic()

    def _recall(self, key: tuple[Any, ...]) -> Any:
        with self._lock:
            if (kept := self._answers.get(key)) is None:
                return None
            self._answers.move_to_end(key)
            kept.asked_at = max(kept.asked_at, self._asked_at())
            return kept.value

    def _keep(self, version: int, key: tuple[Any, ...], answer: _Answer) -> None:
        size = _size(answer.value)
        with self._lock:
            if answer.value is None or version != self._version or key in self._answers or size > MOST_BYTES / 8:
                return
            self._answers[key] = answer
            self._bytes += size
            while len(self._answers) > MOST or self._bytes > MOST_BYTES:
                self._bytes -= _size(self._answers.popitem(last=False)[1].value)


class Refresh(Watch):
    """Asks again what a write took away, between `start` and `stop`. Rests as long as it worked: a busy door is not to
    keep a core busy.
    """

    def __init__(self, answers: Answers) -> None:
        super().__init__("refresh", 0.05)
        self._answers = answers
        answers.refreshed = True

    def look(self) -> None:
        """Asks for everything that is due, or until two seconds have gone."""
        began = time.monotonic()
        while self._answers.ask_again() and not self._stop.is_set() and time.monotonic() - began < 2:
            pass
        self._stop.wait(time.monotonic() - began)


class OfDays:
    """What follows from the stays of one day, for all threads, kept until stays of that day change. It is counted in
    stays; what is asked for most seldom makes room.
    """

    def __init__(self, version: int) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, date], tuple[Any, int]] = OrderedDict()
        self._stays = 0
        self._opened = version
        self._changed: dict[date, int] = {}  # of each day that did: the version of which it is since
        self._asked: set[date] = set()

    def again(self, days: Collection[date]) -> bool:
        """Whether all of these days were asked about before. Now they were."""
        with self._lock:
            asked = self._asked.issuperset(days)
            self._asked.update(days)
            return asked

    def recall(self, name: str, day: date) -> Any:
        """What was kept of that name and day; None for nothing."""
        with self._lock:
            if (name, day) not in self._kept:
                return None
            self._kept.move_to_end((name, day))
            return self._kept[name, day][0]

    def keep(self, version: int, name: str, day: date, what: Any, stays: int) -> None:
        """Keeps what was true of the day at that version. Whoever is given it must not change it."""
        with self._lock:
            if version < self._changed.get(day, self._opened) or (name, day) in self._kept:
                return
            self._kept[name, day] = what, stays
            self._stays += stays
            while self._stays > MOST_STAYS:
                self._stays -= self._kept.popitem(last=False)[1][1]

    def forget(self, version: int, days: Collection[date]) -> None:
        """Forgets what was kept of these days, which are of that version now."""
        with self._lock:
            self._changed.update(dict.fromkeys(days, version))
            for key in [key for key in self._kept if key[1] in days]:
                self._stays -= self._kept.pop(key)[1]


def _size(answer: Any) -> int:
    """About how many bytes it holds; of what is no frame it is little."""
    return int(answer.estimated_size()) if isinstance(answer, pl.DataFrame) else 0


P = ParamSpec("P")
R = TypeVar("R")


def remembered(function: Callable[Concatenate["Store", P], R]) -> Callable[Concatenate["Store", P], R]:
    """Of a function of a store and of values that can be hashed: its answer is remembered as those of `Store.ask` are.
    Only for one that follows from nothing else (no clock, no file). An answer of None is asked for again. It may ask
    several questions, which are to be answered of one state: when something was written meanwhile it begins again.
    """

    @wraps(function)
    def asked(store: "Store", *args: P.args, **kwargs: P.kwargs) -> R:
        def make() -> R:
            for _ in range(TRIES):
                before = store.version
                try:
                    answer = function(store, *args, **kwargs)
                except Exception:
                    if store.version == before:
                        raise
                else:
                    if store.version == before:
                        return answer
            return function(store, *args, **kwargs)

        key = (store.unit, function, args, *sorted(kwargs.items()))
        return store.answers.of(key, lambda: store.version, make)

    return asked
