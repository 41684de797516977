"""What was asked of a store, remembered until the next write: a rerun that changes nothing computes nothing again."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import polars as pl

if TYPE_CHECKING:
    from quetma.store import Store

MOST = 1024  # answers
MOST_BYTES = 64 * 1024**2  # of all of them; one that is an eighth of it is not remembered


class Answers:
    """The answers of one version of a store, for all threads. What is asked for most seldom makes room."""

    def __init__(self, version: int) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
        self._bytes = 0
        self._version = version

    def recall(self, key: tuple[Any, ...]) -> Any:
        """What was kept by that key; None for nothing."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, version: int, key: tuple[Any, ...], answer: Any) -> None:
        """Keeps an answer that is true of that version. Whoever is given it must not change it."""
        size = _size(answer)
        with self._lock:
            if version != self._version or key in self._answers or size > MOST_BYTES / 8:
                return
            self._answers[key] = answer
            self._bytes += size
            while len(self._answers) > MOST or self._bytes > MOST_BYTES:
                self._bytes -= _size(self._answers.popitem(last=False)[1])

    def forget(self, version: int) -> None:
        """Forgets everything: the store is of that version now."""
        with self._lock:
            self._answers.clear()
            self._bytes, self._version = 0, version


def _size(answer: Any) -> int:
    """About how many bytes it holds; of what is no frame it is little."""
    return int(answer.estimated_size()) if isinstance(answer, pl.DataFrame) else 0


P = ParamSpec("P")
R = TypeVar("R")


def remembered(function: Callable[Concatenate["Store", P], R]) -> Callable[Concatenate["Store", P], R]:
    """Of a function of a store and of values that can be hashed: its answer is remembered as those of `Store.ask` are.
    Only for one that follows from nothing else (no clock, no file). An answer of None is asked for again.
    """

    @wraps(function)
    def asked(store: "Store", *args: P.args, **kwargs: P.kwargs) -> R:
        version, key = store.version, (store.unit, function, args, *sorted(kwargs.items()))
        found = store.answers.recall(key)
        if found is None:
            found = function(store, *args, **kwargs)
            store.answers.keep(version, key, found)
        return found

    return asked
