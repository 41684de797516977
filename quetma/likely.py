"""People who may be one: which pairs of known people names, birth years and phones propose, and what speaks for each.

`proposals` answers at once. Where very many people are known that takes many seconds, so the running dashboard has
`Looking` do it beforehand and again after a change; then the answer is what it has found so far.
"""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, product, starmap
from typing import Any, Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from quetma.answers import remembered
from quetma.identity import IdentityError
from quetma.language import Translate, moment
from quetma.people import are_unlike, fold, spelling, spelling_all
from quetma.store import Store, query
from quetma.watch import Watch

MOST = 500  # pairs: more are not looked at one by one, and whoever decides those gets the next
RARE = 5  # people of one name, up to which the name alone says something
LONG = 16  # letters of a name from which two of them may be wrong, not one
AT_ONCE = 20_000  # people, up to whom they are compared when somebody asks
NAMES_AT_ONCE = 20_000_000  # pairs of names that are compared in one go
RESTS: float = 10  # times as long as it looked: at a busy door somebody new comes every minute

Likeness = Literal["same", "toneless", "tones", "order", "part", "near", "other"]
Phones = Literal["digit", "none", "differ"]
Year = Literal["same", "unknown", "differ"]


@dataclass(frozen=True)
class Pair:
    """Two people who may be one, and what speaks for it and against it. `person` would become `into`.

    likeness: of the names. phones: "digit" when they differ in one digit, "none" when one has none, else "differ".
    year: of the birth years, "unknown" when one is. alike: how many people here have one of the names. changed: all
    scans of the one lie before those of the other. clash: when they were first at two places at once, and at which.
    same_list: one staff list has both.
    """

    person: int
    into: int
    likeness: Likeness
    phones: Phones
    year: Year
    staff: bool
    alike: int
    changed: bool = False
    clash: tuple[datetime, str, str] | None = None
    same_list: bool = False

    @property
    def points(self) -> int:
        """How much speaks for it."""
        return (
            {"same": 3, "toneless": 3, "order": 2, "part": 2, "near": 2, "tones": 1, "other": 0}[self.likeness]
            + {"digit": 2, "none": 1, "differ": 0}[self.phones]
            + 2 * (self.year == "same")
            + (self.alike <= 2)
            + (self.changed and self.phones == "differ")
        )

    @property
    def sure(self) -> Literal["likely", "possible", "hardly"]:
        """How sure it is, in one word."""
        if self.clash or self.same_list or self.year == "differ" or self.likeness == "other":
            return "hardly"
        return "likely" if self.points >= 6 else "possible"

    @property
    def strength(self) -> tuple[int, bool, int]:
        """Strongest first; of equally strong ones those about staff."""
        return ("likely", "possible", "hardly").index(self.sure), not self.staff, -self.points

    @property
    def place(self) -> tuple[int, bool, int, int, int]:
        """The same, and then always in the same order."""
        return *self.strength, self.person, self.into


ALIKE = pl.Schema({"name_key": pl.String, "other_key": pl.String, "likeness": pl.String})
SHARED = pl.Schema({"person_id": pl.Int64, "phone": pl.String, "names": pl.List(pl.String)})
# How strong a pair is before its scans are known, of each that there can be; place: equal ones have the same.
_KINDS = [
    Pair(0, 0, *kind) for kind in product(get_args(Likeness), get_args(Phones), get_args(Year), (True, False), (2, 3))
]
_PLACES = sorted({pair.strength for pair in _KINDS})
STRENGTH = pl.DataFrame(
    [
        (pair.likeness, pair.phones, pair.year, pair.staff, pair.alike <= 2, _PLACES.index(pair.strength))
        for pair in _KINDS
    ],
    ["likeness", "phones", "year", "staff", "few", "place"],
    orient="row",
)


@dataclass(frozen=True)
class Proposals:
    """Pairs, the strongest `MOST`, strongest first. in_all: how many there are. looking: what part of the people has
    been looked through, from 0 to 1, while they are looked through.
    """

    pairs: list[Pair]
    in_all: int
    looking: float | None = None


def proposals(store: Store) -> Proposals:
    """People who may be one, of those nobody has decided about."""
    if (watch := _beforehand(store)) is None:
        return _proposals(store)
    found, looking = watch.found, watch.looking
    everybody = {who for pair in found.pairs for who in (pair.person, pair.into)}
    known = set(store.ask("people/known_among", people=sorted(everybody))["person_id"])
    apart = set(store.ask("people/apart").iter_rows())
    pairs = [
        pair
        for pair in found.pairs
        if {pair.person, pair.into} <= known and (*sorted((pair.person, pair.into)),) not in apart
    ]
    return Proposals(pairs, found.in_all - len(found.pairs) + len(pairs), looking)


@remembered
def _proposals(store: Store) -> Proposals:
    *_, found = _looked_through(store, partly=False)
    return found


def _looked_through(store: Store, partly: bool) -> Iterator[Proposals]:
    """What is found so far, again and again, and at last everything. partly: those of one name are told beforehand."""
    cursor = store.cursor()
    known, apart = store.ask("people/known"), store.ask("people/apart")
    known = known.with_columns(spelled=spelling_all(known["name"]))
    found = Proposals([], 0)
    if partly:
        found = _told(store, *likely_pairs(cursor, known, apart, pl.DataFrame(schema=ALIKE)))
    names = []
    for part, some in alike_names(cursor, known):
        names.append(some)
        yield replace(found, looking=part)
    yield _told(store, *likely_pairs(cursor, known, apart, pl.concat(names).unique()))


def _told(store: Store, pairs: list[Pair], in_all: int) -> Proposals:
    return Proposals(sorted(with_facts(store, pairs), key=lambda pair: pair.place), in_all)


def likely_pairs(
    cursor: DuckDBPyConnection, known: pl.DataFrame, apart: pl.DataFrame, names: pl.DataFrame, most: int = MOST
) -> tuple[list[Pair], int]:
    """The strongest pairs that names, birth years and phones propose, without what their scans say; and how many there
    are in all. known: columns of queries/people/known.sql, and spelled. names: what `alike_names` found.
    """
    tables = {"known": known.drop("name"), "apart": apart, "alike_name": names, "strength": STRENGTH}
    found = _ask(cursor, "people/likely", tables, rare=RARE, most=most)
    pairs = [Pair(*row) for row in found.drop("pairs").iter_rows()]
    return pairs, found["pairs"][0] if pairs else 0


def alike_names(cursor: DuckDBPyConnection, known: pl.DataFrame) -> Iterator[tuple[float, pl.DataFrame]]:
    """What part of the names has been compared, and names of staff with others that `compare` finds alike, as far as it
    matters; in the end a name may have come more than once. Of names a letter apart only those of people who share the
    birth year, or of whom one has no phone and one no birth year.
    """
    staff = known.filter(pl.col("roster") > 0)
    names = {"staff_name": staff.select("name_key").unique(), "name": known.select("name_key").unique()}
    rows = [
        (one, other, likeness)
        for one, other in _ask(cursor, "people/alike_names", names).iter_rows()
        if (likeness := compare(one, other))
    ]
    others = pl.DataFrame(rows, schema=ALIKE, orient="row")
    yield 0.0, others
    done, by_hand, no_year = 0, pl.col("phone").is_null(), pl.col("birth_year").is_null()
    for (year, phoneless), group in staff.group_by("birth_year", by_hand, maintain_order=True):
        if year is None:
            near = known if phoneless else known.filter(by_hand)
        else:
            near = known.filter((pl.col("birth_year") == year) | (no_year & (True if phoneless else by_hand)))
        keys, choices = group["name_key"].unique().sort(), near["name_key"].unique().sort()
        step = max(1, NAMES_AT_ONCE // max(1, choices.len()))
        for first in range(0, keys.len(), step):
            some = keys.slice(first, step)
            yield done / staff.height, _near(some, choices).join(others, on=["name_key", "other_key"], how="anti")
        done += group.height


def _near(keys: pl.Series, others: pl.Series) -> pl.DataFrame:
    """Names of the one and of the other list that differ in a letter or two, as `compare` says it."""
    distances = process.cdist(keys, others, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
    row, column = ((distances > 0) & (distances <= 2)).nonzero()
    found = pl.DataFrame(
        {"name_key": keys.gather(row), "other_key": others.gather(column), "apart": distances[row, column]}
    )
    length = pl.min_horizontal(pl.col("name_key", "other_key").str.len_chars())
    limit = pl.when(length < LONG).then(1).otherwise(2)
    return found.filter(pl.col("apart") <= limit).select("name_key", "other_key", likeness=pl.lit("near"))


def _ask(cursor: DuckDBPyConnection, name: str, tables: dict[str, pl.DataFrame], **params: Any) -> pl.DataFrame:
    for table, frame in tables.items():
        cursor.register(table, frame.to_arrow())
    answer = cursor.sql(query(name)[0], params=params or None).pl()
    for table in tables:
        cursor.unregister(table)
    return answer


def about(store: Store, one: int, other: int) -> Pair:
    """What speaks for and against it that these two are one, proposed or not. Raises `IdentityError` when they cannot
    be: masked, unknown, joined already."""
    known = store.ask("people/known_among", people=sorted({one, other}))
    if known.height < 2:
        raise IdentityError("Choose two different people, neither of them with a masked name or phone.")
    a, b = known.iter_rows(named=True)
    person, into = (a, b) if _standing(a) < _standing(b) else (b, a)
    phones, years = [(a[name], b[name]) for name in ("phone", "birth_year")]
    digit = None not in phones and OSA.distance(*phones) == 1
    pair = Pair(
        person["person_id"],
        into["person_id"],
        compare(a["name"], b["name"]) or "other",
        "none" if None in phones else "digit" if digit else "differ",
        "unknown" if None in years else "same" if years[0] == years[1] else "differ",
        bool(a["roster"] or b["roster"]),
        store.ask("people/namesakes", names=sorted({a["name_key"], b["name_key"]}))["people"][0],
    )
    return with_facts(store, [pair])[0]


def _standing(known: dict[str, Any]) -> tuple[int, bool, bool, int]:
    """Who of two is kept, as queries/people/likely.sql has it."""
    return known["roster"], known["phone"] is not None, known["birth_year"] is not None, -known["person_id"]


def with_facts(store: Store, pairs: list[Pair]) -> list[Pair]:
    """The pairs with what queries/people/pairs.sql says of each. Of two visitors with phones the later one stays."""
    if not pairs:
        return []
    ids = pl.DataFrame([(pair.person, pair.into) for pair in pairs], ["person_id", "other_id"], orient="row")
    rows = store.ask("people/pairs", tables={"pair": ids}).iter_rows(named=True)
    told = {(row["person_id"], row["other_id"]): row for row in rows}
    found = []
    for pair in pairs:
        row = told[pair.person, pair.into]
        seen = row["first_seen"] is not None and row["other_first_seen"] is not None
        before, after = (
            seen and row["last_seen"] < row["other_first_seen"],
            seen and row["other_last_seen"] < row["first_seen"],
        )
        swap = after and not pair.staff and pair.phones != "none"
        found.append(
            replace(
                pair,
                person=pair.into if swap else pair.person,
                into=pair.person if swap else pair.into,
                changed=before or after,
                clash=(row["clash_at"], row["place"], row["other_place"]) if row["clash_at"] else None,
                same_list=row["same_list"],
            )
        )
    return found


def compare(one: str, other: str) -> Likeness | None:
    """How alike two names are: the same (Hoà, Hòa), one written without tones, other tones, other order of the words,
    a part of the words or their beginnings, a letter or two apart; None when they are different names."""
    a, b = fold(one), fold(other)
    if a == b:
        if spelling(one) == spelling(other):
            return "same"
        return "toneless" if a in (spelling(one), spelling(other)) else "tones"
    few, many = sorted((a.split(), b.split()), key=len)
    if sorted(few) == sorted(many):
        return "order"
    if _shortened(few, many) or _shortened(many, few):
        return "part"
    limit = 1 if min(len(a), len(b)) < LONG else 2
    return "near" if OSA.distance(a, b, score_cutoff=limit) <= limit else None


def _shortened(few: list[str], many: list[str]) -> bool:
    """Whether `few` is `many` with words between left out (Lò Tuấn) or cut to their beginnings (N. V. Tuấn)."""
    if len(few) < 2 or len(few) > len(many) or few[-1] != many[-1]:
        return False
    words = [word.rstrip(".") for word in few]
    if len(words) == len(many):
        return all(word and whole.startswith(word) for word, whole in zip(words, many, strict=True))
    rest = iter(many)
    return words[0] == many[0] and all(word in rest for word in words)


def reasons(pair: Pair, t: Translate) -> list[str]:
    """What speaks for it, a sentence each."""
    said = []
    if pair.likeness != "other":
        said.append(
            {
                "same": t("The same name."),
                "toneless": t("The same name, once written without tones."),
                "tones": t("The same name but for the tones."),
                "order": t("The same words in another order."),
                "part": t("One name is the other, shortened."),
                "near": t("The names differ in a letter or two."),
            }[pair.likeness]
        )
    if pair.year == "same":
        said.append(t("Born in the same year."))
    if pair.likeness == "same" and pair.alike == 2:
        said.append(t("Nobody else here has this name."))
    if pair.phones == "none":
        said.append(t("One of them has no phone number: perhaps noted down by hand."))
    elif pair.phones == "digit":
        said.append(t("The phone numbers differ in one digit."))
    elif pair.changed:
        said.append(t("One number was last used before the other was first used: perhaps a new SIM card."))
    return said


def doubts(pair: Pair, t: Translate) -> list[str]:
    """What speaks against it, a sentence each."""
    said = []
    if pair.clash:
        at, place, other = pair.clash
        said.append(t("At {moment} one was at {place}, the other at {other}.",
                      moment=moment(at), place=place, other=other))  # fmt: skip
    if pair.same_list:
        said.append(t("One staff list has both of them."))
    if pair.phones == "differ" and not pair.changed:
        said.append(t("They have different phone numbers."))
    if pair.likeness == "other":
        said.append(t("Their names are different."))
    if pair.year == "differ":
        said.append(t("Their birth years differ."))
    elif pair.year == "unknown":
        said.append(t("A birth year is missing."))
    if pair.alike > RARE:
        said.append(t("{n} people here have this name or one so near.", n=pair.alike))
    return said


# One phone, several names ---------------------------------------------------------------------------------------------


def shared_phones(store: Store) -> pl.DataFrame:
    """The people of a phone beside which uploads name people who can hardly be one: person_id, phone, names."""
    watch = _beforehand(store)
    return _shared_phones(store) if watch is None else watch.shared


def _shared_phones(store: Store) -> pl.DataFrame:
    found = store.ask("people/several_names")
    unlike = [any(starmap(are_unlike, combinations(map(fold, names), 2))) for names in found["names"]]
    return found.filter(pl.Series(unlike, dtype=pl.Boolean))


# Side by side ---------------------------------------------------------------------------------------------------------


def described(store: Store, people: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Person → what is known of them and their scans (columns of queries/people/described.sql). The scans of who is
    proposed are those of when everybody was last looked through.
    """
    watch = _beforehand(store)
    found = _described(store, tuple(sorted(set(people))), watch.looked if watch else 0)
    return {row["person_id"]: row for row in found.iter_rows(named=True)}


@remembered
def _described(store: Store, people: tuple[int, ...], looked: int) -> pl.DataFrame:
    """The same as a frame. looked: how often scans were counted beforehand, for these counts are in the answer."""
    numbers = _numbers(store, people)
    watch = _beforehand(store)
    counted, scanned = watch.scanned if watch else (frozenset(), pl.DataFrame())
    if looked and counted.issuperset(numbers):
        scanned = scanned.filter(pl.col("named_id").is_in(list(numbers)))
    else:
        scanned = store.ask("people/scanned", numbers=sorted(numbers))
    return store.ask("people/described", tables={"scanned": scanned}, people=list(people))


def _numbers(store: Store, people: Collection[int]) -> set[int]:
    """Under which numbers uploads name these people."""
    return {*people, *store.ask("people/aliases").filter(pl.col("person_id").is_in(list(people)))["alias_id"]}


# Beforehand -----------------------------------------------------------------------------------------------------------

_watches: WeakKeyDictionary[Store, "Looking"] = WeakKeyDictionary()


class Looking(Watch):
    """Between `start` and `stop`, looks through everybody in a store of very many people, again after each change."""

    def __init__(self, store: Store) -> None:
        super().__init__("who is who", 1.0)
        self._store = store
        self._version: int | None = None
        self.found, self.shared = Proposals([], 0), pl.DataFrame(schema=SHARED)
        self.looking: float | None = 0.0
        self.looked = 0
        self.scanned = frozenset[int](), pl.DataFrame()  # of which numbers the scans are known: people/scanned of them
        _watches[store] = self

    def look(self) -> None:
        """Looks through everybody, when anything was written since; then rests."""
        version = self._store.version
        if version == self._version or _few(self._store):
            return
        began, self.looking = time.monotonic(), 0.0
        first = self._version is None
        for found in _looked_through(self._store, partly=first):
            if self._stop.is_set():
                return
            self.looking = found.looking
            if first or found.looking is None:
                self._count(found)
                self.found = found
        self.shared = _shared_phones(self._store)
        self._version = version
        self._stop.wait(RESTS * (time.monotonic() - began))

    def _count(self, found: Proposals) -> None:
        """Counts the scans of all who are proposed, which reads every scan there is."""
        numbers = _numbers(self._store, {who for pair in found.pairs for who in (pair.person, pair.into)})
        if found.looking is not None and self.scanned[0] == numbers:
            return
        with closing(self._store.cursor()) as cursor:
            self.scanned = frozenset(numbers), _ask(cursor, "people/scanned", {}, numbers=sorted(numbers))
        self.looked += 1


def _beforehand(store: Store) -> Looking | None:
    """Who looks through this store beforehand, if that takes long."""
    watch = _watches.get(store)
    return None if watch is None or _few(store) else watch


def _few(store: Store) -> bool:
    """Whether so few people are known that they are compared when somebody asks."""
    return store.ask("people/how_many")["people"][0] <= AT_ONCE
