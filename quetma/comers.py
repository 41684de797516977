"""Which visitors came on which day, in memory, a bit each: how many came on how many days of a period is then added up
in a fraction of the time of queries/flow/returning.sql, for different people of many days cannot be added up from days.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from quetma.store import Store

BYTES_OF_A_STAY = 25  # as quetma/tracing/held.py holds it: what is kept is counted in stays
AT_ONCE = 255  # days that can be counted in a byte
ANSWER = {"days": pl.Int32, "visitors": pl.Int32, "stays": pl.Int32}


@dataclass(frozen=True)
class Came:
    """The visitors of a day. seen: bits, by the number of the person. often: who stayed more than once, and how many
    stays more.
    """

    seen: np.ndarray
    often: np.ndarray
    more: np.ndarray

    @classmethod
    def of(cls, people: np.ndarray) -> "Came":
        """Of the stays of a day: whose each was, in any order."""
        stays = np.bincount(people)
        often = np.flatnonzero(stays > 1)
        return cls(np.packbits(stays > 0), often.astype(np.int32), (stays[often] - 1).astype(np.int32))


def by_days(store: Store, first: date, last: date, location: int) -> pl.DataFrame:
    """The answer of flow/returning, which is asked of one place, of a unit's store, and of a second engine that answers
    what is asked about many scans.
    """
    if location or store.whole is not store or store.engine is not None:
        return store.ask("flow/returning", first=first, last=last, location=location)
    held = [_of(store, first + timedelta(days=number)) for number in range((last - first).days + 1)]
    top = 8 * max((len(day.seen) for day in held), default=0)
    days, more = np.zeros(top, np.uint16), np.zeros(top, np.int32)
    for start in range(0, len(held), AT_ONCE):
        some = np.zeros(top, np.uint8)
        for day in held[start : start + AT_ONCE]:
            some[: 8 * len(day.seen)] += np.unpackbits(day.seen)
            more[day.often] += day.more
        days += some
    visitors = np.bincount(days)
    again = np.flatnonzero(more)
    stays = np.bincount(days[again], weights=more[again], minlength=len(visitors)) + visitors * np.arange(len(visitors))
    came = np.flatnonzero(visitors[1:]) + 1  # who came on no day is nobody
    return pl.DataFrame({"days": came, "visitors": visitors[came], "stays": stays[came].astype(int)}, ANSWER)


def _of(store: Store, day: date) -> Came:
    """The visitors of the day, kept until stays of it change."""
    if (kept := store.of_days.recall("came", day)) is not None:
        return kept
    version = store.version
    found = Came.of(store.numbers("stays/visits", {}, day=day)["person_id"].to_numpy())
    size = found.seen.nbytes + found.often.nbytes + found.more.nbytes
    store.of_days.keep(version, "came", day, found, size // BYTES_OF_A_STAY)
    return found
