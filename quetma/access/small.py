"""Small groups: a figure about one or two people is about them, and so not for those who may not see health data.

What they are told follows from four rules, all applied before anything is sent:

1. No figure of a group of one or two. What can be chosen and added up (days, places, staff or visitors) is added up
   from the smallest cells that can be chosen, and cells of one or two people are left out of every sum (`cells`): so
   two sums never differ by one or two people.
2. Nothing is found by subtraction. Where a part is left out of a whole that is told, a second part goes with it until
   what is left out is of three people or more (`apart`), or the whole is not told where the size of a part would
   follow (`pins`); of a table of groups beside the whole, a column is told entirely or not at all (`all_told`).
3. How many of a group did a duty is told exactly when nobody, everybody, or at least three on each side did; else as a
   range that is the same for one and for two (`bounds`): "11–12 of 13". So are those who do not owe it: one or two
   count into the group as not having done it.
4. Of units, every page is about their own, with all beneath it as one (the right `units`): on every page a unit has
   dozens of figures, by day, place, position, dose, and of all of them together it would have to be shown that nothing
   follows of the parts from the whole. The few that are compared between units are told beside each other, without
   those that are too small and without as many more as rule 2 asks for (`beside_the_whole`); nor may a figure of one
   or two follow from them and what other pages tell by place.

So 9 of 13 is told as it is: neither the nine nor the four can be named by it, and "nobody" and "everybody" are what the
unit is to reach. What changes from one day to the next is not hidden: 9 of 13 yesterday and 10 of 13 today say that one
more did it, not who.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from quetma.access import rights

FEWEST = 3  # people in a group whose figure tells nothing about any one of them


def fewest(role: str) -> int:
    """How many people a group must have for that role to see a figure about it: 1 is any."""
    return 1 if rights.may(role, "health") else FEWEST


def count(role: str, n: int) -> int | None:
    """A count of people as that role may see it; None: there are some, too few to say how many."""
    return n if n == 0 or n >= fewest(role) else None


def few(n: int) -> bool:
    """Whether so many people are some, and too few."""
    return 0 < n < FEWEST


def part(role: str, n: int, whole: int) -> int | None:
    """As `count`, of a part of a group whose size is told: neither the part nor the rest may be too few."""
    return n if fewest(role) == 1 or not (few(n) or few(whole - n)) else None


def cells(frame: pl.DataFrame, *sizes: str) -> pl.DataFrame:
    """The rows in which each of these columns counts at least `FEWEST` people."""
    return frame.filter(pl.col(size) >= FEWEST for size in sizes)


def apart(frame: pl.DataFrame, whole: list[str], size: str) -> pl.DataFrame:
    """The rows whose `size` is large enough, without the smallest of them in each `whole` (columns) where the others
    together are some and too few. The sizes of a whole add up to different people; a row of size 0 says something, too.
    """
    small = pl.col(size) < FEWEST
    rest = pl.col(size).filter(small).sum().over(whole)
    place = pl.col(size).rank("ordinal").over(whole) - small.sum().over(whole)  # 1: the smallest that is large enough
    return frame.filter(~small & ((place > 1) | ~small.any().over(whole) | (rest >= FEWEST)))


def pins(parts: int, together: int) -> bool:
    """Whether it would tell the size of one of so many parts, each too few, that together they are so many people."""
    return parts > 0 and (together < FEWEST or together <= parts or together == (FEWEST - 1) * parts)


def merged(groups: Sequence[tuple[str, int]], role: str) -> list[tuple[tuple[str, ...], int]]:
    """Groups that together are everybody, in their order: neighbours are put together until each is large enough."""
    found: list[tuple[tuple[str, ...], int]] = []
    for name, n in groups:
        if found and (found[-1][1] < fewest(role) or n < fewest(role)):
            names, before = found.pop()
            found.append(((*names, name), before + n))
        else:
            found.append(((name,), n))
    return found


def bounds(have: int, due: int) -> tuple[int, int]:
    """Between which numbers lies how many of so many have done it, as it may be told: both the same where it is told
    exactly.
    """
    if not few(have) and not few(due - have):
        return have, have
    if due < 2 * FEWEST - 1:  # one and two from either end meet
        return 1, due - 1
    return (1, FEWEST - 1) if few(have) else (due - FEWEST + 1, due - 1)


def all_told(groups: Iterable[tuple[int, int, int]]) -> bool:
    """Whether the groups of a table may be told exactly. Of each: how many have done it, owe it, and are in it."""
    return not any(few(have) or few(due - have) or few(due) or few(size - due) for have, due, size in groups)


def beside_the_whole(groups: Sequence[Sequence[int]], besides: Sequence[int] = ()) -> list[bool]:
    """Which groups of a whole may be told exactly beside it. Of each: counts of people, none of which may be too few,
    nor may a sum of one of them over all that are left out. The smallest by its first count that changes such a sum
    goes with those. besides: the same counts of those in no group, who are always left out.
    """
    told = [not any(map(few, counts)) for counts in groups]

    def following() -> list[int]:
        left_out = [counts for counts, kept in zip(groups, told, strict=True) if not kept]
        left_out += [besides] if besides else []
        return [number for number, counts in enumerate(zip(*left_out, strict=True)) if few(sum(counts))]

    while any(told) and (sums := following()):
        others = [(counts, number) for number, counts in enumerate(groups) if told[number]]
        helpful = [(counts, number) for counts, number in others if any(counts[one] for one in sums)]
        [_, smallest] = min((tuple(counts), number) for counts, number in helpful or others)
        told[smallest] = False
    return told


@dataclass(frozen=True)
class Rate:
    """How many of `due` people did a duty, as it may be told: at least `low`, at most `high`."""

    low: int
    high: int
    due: int

    def __str__(self) -> str:
        """`12/13`, or `11–12/13`."""
        return f"{between(self.low, self.high)}/{self.due}"

    def missing(self) -> str:
        """How many did not: `5`, or `1–2`."""
        return between(self.due - self.high, self.due - self.low)

    def change(self, before: "Rate | None") -> int | None:
        """How many more did it than before; None where that cannot be told."""
        told = before is not None and self.due and before.due and self.low == self.high and before.low == before.high
        return self.low - before.low if before and told else None


def between(low: int, high: int) -> str:
    """`5`, or `1–2`."""
    return str(low) if low == high else f"{low}–{high}"


def rate(role: str, have: int, due: int, size: int) -> Rate | None:
    """How many of those who owe a duty have done it, in a group of that size, as that role may be told it; None: they
    are too few.
    """
    if fewest(role) == 1 or not due:
        return Rate(have, have, due)
    if few(due) or few(size):
        return None
    whole = size if few(size - due) else due
    return Rate(*bounds(have, whole), whole)
