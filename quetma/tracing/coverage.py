"""How much of what went on the scans show at all: of the staff known to be on duty, how many scanned; and of everybody,
by what a second list, the register kept at the door, saw beside the QR log.

Capture and recapture: of those in the register, the share that also scanned tells the share of all who scanned. What
is counted is a presence: one person at one place on one day, since a trace stands or falls with it; a register has
minutes and often one time only, so times are compared on demand alone, and then generously. Compared are the places
and days that both lists have rows of: where one was not kept, it says nothing.

                       in the register    not in it
    scanned            both               only qr
    not scanned        only register      missed by both ≈ only qr × only register / (both + 1)

Staff and visitors are estimated apart and added up, because a guard who knows the staff writes down visitors.
The estimate is Chapman's, its standard error Seber's (Seber, The estimation of animal abundance, 2nd ed. 1982, 3.2).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import exp, log, sqrt
from typing import Literal, NamedTuple

import polars as pl

from quetma.store import Store
from quetma.tracing import unscanned
from quetma.tracing.chain import known
from quetma.tracing.question import Question

KINDS = ("staff", "visitor")
Z = 1.959964  # 95 % of a normal distribution lie within so many standard errors
ROUGH = 7  # with fewer in both lists Chapman's estimate is known to be too low, and every estimate is rough

# Why there is no estimate. register, qr: nobody is on that list, or it has no rows in these days.
Refusal = Literal["nothing", "register", "qr", "apart", "overlap"]


def rostered(store: Store, question: Question) -> tuple[int, int]:
    """Duty days of staff at the places where a case was, on the days on which one was there while infectious: how many
    have a scan (anywhere that day), and how many there were; the cases' own left out. (0, 0) when nobody was known to
    be on duty. Raises `Unanswerable` as `trace` does.
    """
    question, _ = known(store, question)
    duties = unscanned.duties(store, question)["scanned"].drop_nulls()
    return int(duties.sum()), duties.len()


class Interval(NamedTuple):
    """95 % confidence limits."""

    low: float
    high: float


@dataclass(frozen=True)
class Lists:
    """Presences of one kind of people (or of several kinds together): in both lists, in one only."""

    both: int
    only_qr: int
    only_register: int

    @property
    def qr(self) -> int:
        """Presences in the QR log."""
        return self.both + self.only_qr

    @property
    def register(self) -> int:
        """Presences in the door register."""
        return self.both + self.only_register

    @property
    def known(self) -> int:
        """Presences in either list."""
        return self.both + self.only_qr + self.only_register

    @property
    def refused(self) -> Refusal | None:
        """Why nothing can be said of what both missed; None when it can be."""
        if not self.known:
            return "nothing"
        if not self.qr or not self.register:
            return "register" if self.qr else "qr"
        return None if self.both else "overlap"

    @property
    def missed(self) -> float:
        """How many presences both lists missed, as Chapman estimates: (qr + 1) (register + 1) / (both + 1) − 1, less
        those that are known.
        """
        return self.only_qr * self.only_register / (self.both + 1)

    @property
    def variance(self) -> float:
        """Of `missed`, as Seber estimates it."""
        spread = (self.qr + 1) * (self.register + 1) * self.only_qr * self.only_register
        return spread / ((self.both + 1) ** 2 * (self.both + 2))


@dataclass(frozen=True)
class Coverage:
    """What two lists tell of each other.

    rows: queries/tracing/lists.sql and `in_qr`, `in_register`; by a time that does not fit, one row of it is two.
    places: queries/tracing/list_days.sql. by_kind: staff and visitors. masked: presences of masked people, which are
    left out. unphoned: presences in one list only, of people without a phone: somebody of the other list may be meant.
    """

    rows: pl.DataFrame
    places: pl.DataFrame
    by_kind: dict[str, Lists]
    masked: int
    unphoned: int

    @property
    def compared(self) -> int:
        """How many places and days both lists have rows of."""
        return self.places.filter((pl.col("qr") > 0) & (pl.col("register") > 0)).height

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of people that can be estimated: both lists know some of them, and know some in common."""
        return tuple(kind for kind, lists in self.by_kind.items() if lists.refused is None)

    @cached_property
    def lists(self) -> Lists:
        """All that can be estimated together; when nothing can be, everybody."""
        chosen = (_cells(self.by_kind[kind]) for kind in self.kinds or self.by_kind)
        return Lists(*map(sum, zip(*chosen, strict=True)))

    @property
    def refused(self) -> Refusal | None:
        """Why there is no estimate; None when there is. apart: both lists have rows, but of other places or days."""
        if self.kinds:
            return None
        if self.places.is_empty():
            return "nothing"
        if not self.places["register"].sum():
            return "register"
        if not self.places["qr"].sum():
            return "qr"
        return "overlap" if self.compared else "apart"

    @property
    def missed(self) -> float:
        """How many presences both lists missed, of the kinds that can be estimated."""
        return sum(self.by_kind[kind].missed for kind in self.kinds)

    @property
    def error(self) -> float:
        """The standard error of `missed`."""
        return sqrt(sum(self.by_kind[kind].variance for kind in self.kinds))

    @cached_property
    def missed_between(self) -> Interval:
        """The limits of `missed`: log-normal, so never below nobody. As if each cell of the table held half a presence
        more: otherwise lists that miss next to nobody would seem to know it for certain (docs/tracing.md has figures).
        """
        centre = spread = 0.0
        for kind in self.kinds:
            both, qr, register = (cell + 0.5 for cell in _cells(self.by_kind[kind]))
            missed = qr * register / both
            centre += missed
            spread += missed**2 * (1 / both + 1 / qr + 1 / register + both / (qr * register))
        if not centre:
            return Interval(0, 0)
        times = exp(Z * sqrt(log(1 + spread / centre**2)))
        return Interval(min(max(0.0, centre / times - 0.5), self.missed), max(centre * times - 0.5, self.missed))

    @property
    def total(self) -> float:
        """How many presences there were in all: those known and those missed."""
        return self.lists.known + self.missed

    @property
    def total_between(self) -> Interval:
        """The limits of `total`."""
        low, high = self.missed_between
        return Interval(self.lists.known + low, self.lists.known + high)

    @property
    def scanned(self) -> float:
        """The share of all presences that was scanned, 0 to 1."""
        return self.lists.qr / self.total

    @property
    def scanned_between(self) -> Interval:
        """The limits of `scanned`."""
        low, high = self.total_between
        return Interval(self.lists.qr / high, self.lists.qr / low)

    @property
    def rough(self) -> bool:
        """Whether so few are in both lists that the figure only says how large it is."""
        return any(self.by_kind[kind].both < ROUGH for kind in self.kinds)


def estimate(store: Store, first: date, last: date, location: int = 0, within: int | None = None) -> Coverage:
    """What the QR log and the door register of these days, both included, tell of each other. location: 0 is the whole
    unit. within: somebody is in both lists only if the spans of time that both have for them that day come within so
    many minutes of each other; None: on the same day is enough.
    """
    places = store.ask("tracing/list_days", first=first, last=last, location=location)
    rows = store.ask("tracing/lists", first=first, last=last, location=location)
    rows = rows.with_columns(in_qr=pl.col("qr_first").is_not_null(), in_register=pl.col("register_first").is_not_null())
    if within is not None:
        rows = _apart(rows, within)
    masked = rows.filter("masked").height
    rows = rows.filter(~pl.col("masked"))
    by_kind = {kind: _lists(rows.filter(pl.col("kind") == kind)) for kind in KINDS}
    single = rows.filter(pl.col("in_qr") != pl.col("in_register"))
    return Coverage(rows, places, by_kind, masked, single.filter(~pl.col("phoned")).height)


def _apart(rows: pl.DataFrame, within: int) -> pl.DataFrame:
    """Rows of both lists whose times do not fit, as two: somebody came twice, each time seen by one list."""
    slack = timedelta(minutes=within)
    near = (pl.col("register_first") <= pl.col("qr_last") + slack) & (
        pl.col("qr_first") <= pl.col("register_last") + slack
    )
    split = pl.col("in_qr") & pl.col("in_register") & ~near
    twice = rows.filter(split)
    none = pl.lit(None, pl.Datetime("us"))
    halves = [
        twice.with_columns(
            pl.lit(False).alias(f"in_{source}"), none.alias(f"{source}_first"), none.alias(f"{source}_last")
        )
        for source in ("qr", "register")
    ]
    return pl.concat([rows.filter(~split.fill_null(False)), *halves]).sort("day", "location_id", maintain_order=True)


def _lists(rows: pl.DataFrame) -> Lists:
    both = rows.select((pl.col("in_qr") & pl.col("in_register")).sum()).item()
    return Lists(both, int(rows["in_qr"].sum()) - both, int(rows["in_register"].sum()) - both)


def _cells(lists: Lists) -> tuple[int, int, int]:
    return lists.both, lists.only_qr, lists.only_register
