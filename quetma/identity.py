"""Who is who: people who may be one, what a leader decides about them, and who may be behind a masked name or phone.

Two rows are one person by their phone, else by name and birth year (people.identity). Everything beyond that is
proposed here with its evidence, and decided by somebody: `merge` says that one person is another, `keep_apart` that two
are two. Both can be taken back. The facts keep the person they came with; the table alias says who that really is.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations, starmap
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from rapidfuzz import process
from rapidfuzz.distance import OSA

from quetma import rollups
from quetma.intake import recount
from quetma.language import Translate, moment
from quetma.people import MIGRATED_2018, are_unlike, fold, spelling
from quetma.store import Store, now, query

MOST = 500  # pairs: more are not looked at one by one, and whoever decides those gets the next
RARE = 5  # people of one name, up to which the name alone says something
LONG = 16  # letters of a name from which two of them may be wrong, not one

Likeness = Literal["same", "toneless", "tones", "order", "part", "near", "other"]


@dataclass(frozen=True)
class Known:
    """A known person as they are compared. roster: the upload of their row on the staff list, 0 for a visitor."""

    person_id: int
    name: str
    name_key: str
    phone: str | None
    birth_year: int | None
    roster: int


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
    phones: Literal["digit", "none", "differ"]
    year: Literal["same", "unknown", "differ"]
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


@dataclass(frozen=True)
class Proposals:
    """Pairs, strongest first. `more`: there are others beyond `MOST`."""

    pairs: list[Pair]
    more: bool


# Proposals ------------------------------------------------------------------------------------------------------------

_remembered: WeakKeyDictionary[Store, tuple[int, Proposals]] = WeakKeyDictionary()


def proposals(store: Store) -> Proposals:
    """People who may be one, of those nobody has decided about. Remembered until the next write."""
    version = store.version
    if store in _remembered and _remembered[store][0] == version:
        return _remembered[store][1]
    people = _known(store)
    apart = set(store.ask("people/apart").iter_rows())
    pairs = [pair for pair in likely_pairs(people.values()) if _ordered(pair.person, pair.into) not in apart]
    pairs.sort(key=_strength)
    pairs, more = pairs[:MOST], len(pairs) > MOST
    pairs = sorted(_with_facts(store, people, pairs), key=_strength)
    _remembered[store] = version, Proposals(pairs, more)
    return _remembered[store][1]


def about(store: Store, one: int, other: int) -> Pair:
    """What speaks for and against it that these two are one, proposed or not. Raises `IdentityError` when they cannot
    be: masked, unknown, joined already."""
    people = _known(store)
    if one == other or not {one, other} <= people.keys():
        raise IdentityError("Choose two different people, neither of them with a masked name or phone.")
    a, b = people[one], people[other]
    alike = sum(known.name_key in (a.name_key, b.name_key) for known in people.values())
    [pair] = _with_facts(store, people, [_pair(a, b, compare(a.name, b.name) or "other", alike)])
    return pair


def _known(store: Store) -> dict[int, Known]:
    return {row["person_id"]: Known(**row) for row in store.ask("people/known").iter_rows(named=True)}


def likely_pairs(people: Iterable[Known]) -> Iterator[Pair]:
    """Pairs that their names, birth years and phones propose; each pair once, without what their scans say.

    Looked for among people of one name, and near the names of staff: visitors are too many to compare with each other
    by nearness.
    """
    everybody = sorted(people, key=lambda known: known.person_id)
    same: dict[str, list[Known]] = defaultdict(list)
    for known in everybody:
        same[known.name_key].append(known)
    alike = Counter({name: len(group) for name, group in same.items()})
    for a, b in _once(_of_one_name(same), _near_staff(everybody, same)):
        if _differ(a.birth_year, b.birth_year):
            continue
        same_year = a.birth_year is not None and b.birth_year is not None
        staff = bool(a.roster or b.roster)
        by_hand = a.phone is None or b.phone is None  # typed at the gate or in a list, where slips happen
        # A new SIM of staff, or the only two of a name.
        rare = a.name_key == b.name_key and alike[a.name_key] <= (RARE if staff else 2) and (staff or by_hand)
        if not (same_year or rare or (by_hand and staff) or _slip(a.phone, b.phone)):
            continue
        likeness = compare(a.name, b.name)
        if likeness is None or (likeness != "same" and not same_year and not (by_hand and staff)):
            continue
        yield _pair(a, b, likeness, sum(alike[name] for name in {a.name_key, b.name_key}))


def _pair(a: Known, b: Known, likeness: Likeness, alike: int) -> Pair:
    person, into = (a, b) if _standing(a) < _standing(b) else (b, a)
    return Pair(
        person.person_id,
        into.person_id,
        likeness,
        "none" if None in (a.phone, b.phone) else "digit" if _slip(a.phone, b.phone) else "differ",
        "differ"
        if _differ(a.birth_year, b.birth_year)
        else "unknown"
        if None in (a.birth_year, b.birth_year)
        else "same",
        bool(a.roster or b.roster),
        alike,
    )


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _slip(one: str | None, other: str | None) -> bool:
    """Whether two phones differ in one digit, or in two that changed places."""
    return one is not None and other is not None and OSA.distance(one, other, score_cutoff=1) == 1


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


def _of_one_name(same: dict[str, list[Known]]) -> Iterator[tuple[Known, Known]]:
    """Pairs of one name, tones apart. Of a name that many have, only with staff or of one birth year."""
    for group in same.values():
        if len(group) <= RARE:
            yield from combinations(group, 2)
            continue
        years: dict[int | None, list[Known]] = defaultdict(list)
        for known in group:
            years[known.birth_year].append(known)
        for year, born in years.items():
            if year is not None:
                yield from combinations(born, 2)
        staff = [known for known in group if known.roster]
        yield from ((a, b) for a in staff for b in group if a.person_id != b.person_id)


def _near_staff(everybody: list[Known], same: dict[str, list[Known]]) -> Iterator[tuple[Known, Known]]:
    """Pairs of a staff member and somebody with another name that `compare` can find alike; of names a letter apart
    only those who share the birth year, or of whom one has no phone and one no birth year."""
    ends: dict[tuple[str, str], list[str]] = defaultdict(list)  # first letter and given name
    words: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name in same:
        split = name.split()
        ends[name[0], split[-1]].append(name)
        words[tuple(sorted(split))].append(name)
    years: dict[int | None, list[Known]] = defaultdict(list)
    for known in everybody:
        years[known.birth_year].append(known)
    by_hand = [known for known in everybody if known.phone is None]
    unknown = [known for known in by_hand if known.birth_year is None]
    groups: dict[tuple[int | None, bool], list[Known]] = defaultdict(list)
    for known in everybody:
        if known.roster:
            groups[known.birth_year, known.phone is None].append(known)
    for (year, phoneless), staff in groups.items():
        if year is None:
            others = everybody if phoneless else by_hand
        else:
            others = years[year] + (years[None] if phoneless else unknown)
        keys, choices = list({known.name_key for known in staff}), list({known.name_key for known in others})
        distances = process.cdist(keys, choices, scorer=OSA.distance, score_cutoff=2, dtype=np.uint8, workers=1)
        near: dict[str, list[str]] = defaultdict(list)
        for row, column in zip(*(distances <= 2).nonzero(), strict=True):
            near[keys[row]].append(choices[column])
        for known in staff:
            split = known.name_key.split()
            found = {*near[known.name_key], *ends[known.name_key[0], split[-1]], *words[tuple(sorted(split))]}
            for name in found - {known.name_key}:
                yield from ((known, other) for other in same[name])


def _once(*sources: Iterator[tuple[Known, Known]]) -> Iterator[tuple[Known, Known]]:
    """Each pair once, whichever way round it comes."""
    met: set[tuple[int, int]] = set()
    for source in sources:
        for a, b in source:
            pair = _ordered(a.person_id, b.person_id)
            if pair not in met:
                met.add(pair)
                yield a, b


def _ordered(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _standing(known: Known) -> tuple[int, bool, bool, int]:
    """Who of two is kept: who is on the newer staff list, has a phone, a birth year, came first."""
    return known.roster, known.phone is not None, known.birth_year is not None, -known.person_id


def _with_facts(store: Store, people: dict[int, Known], pairs: list[Pair]) -> list[Pair]:
    """The pairs with what queries/people/pairs.sql says of each. Of two visitors with phones the later one stays."""
    if not pairs:
        return []
    ids = pl.DataFrame([(pair.person, pair.into) for pair in pairs], ["person_id", "other_id"], orient="row")
    rows = store.ask("people/pairs", tables={"pair": ids}).iter_rows(named=True)
    told = {(row["person_id"], row["other_id"]): row for row in rows}
    found = []
    for pair in pairs:
        row, person, into = told[pair.person, pair.into], people[pair.person], people[pair.into]
        seen = row["first_seen"] is not None and row["other_first_seen"] is not None
        before, after = (
            seen and row["last_seen"] < row["other_first_seen"],
            seen and row["other_last_seen"] < row["first_seen"],
        )
        swap = after and not pair.staff and None not in (person.phone, into.phone)
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


def _strength(pair: Pair) -> tuple:
    """Strongest first; of equally strong ones those about staff, then always in the same order."""
    return ("likely", "possible", "hardly").index(pair.sure), not pair.staff, -pair.points, pair.person, pair.into


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


# Decisions ------------------------------------------------------------------------------------------------------------


class IdentityError(ValueError):
    """What was decided cannot be; the English text is a message identifier that says why."""


def merge(store: Store, person: int, into: int, account: str) -> None:
    """Decides that `person` is `into`: everything about the one is then about the other, as if it had come in so.

    Everybody who was merged into `person` goes with them. Of two staff members the newest staff list's line holds.
    Raises `IdentityError`; nothing is changed then.
    """
    store.require("named", [person, into])
    with store.write() as cursor:
        known = dict(cursor.execute(query("people/mergeable")[0], {"people": [person, into]}).fetchall())
        if person == into or len(known) < 2:
            raise IdentityError("Choose two different people, neither of them with a masked name or phone.")
        if any(known.values()):
            raise IdentityError("A masked name or phone may be several people: it cannot be joined with anybody.")
        merges = dict(cursor.execute(query("people/merges")[0]).fetchall())
        if person in merges:
            raise IdentityError("This person has been joined with somebody already. Take that back first.")
        after: int | None = into
        while after is not None:
            if after == person:
                raise IdentityError("These two have been joined already, the other way round. Take that back first.")
            after = merges.get(after)
        decided = {"person_id": person, "into_id": into, "decided_at": now(), "decided_by": account}
        cursor.execute(query("people/merge")[0], decided)
        _follow(cursor)


def unmerge(store: Store, person: int) -> None:
    """Takes back that `person` is somebody else: everything is as if it had never been decided."""
    store.require("named", [person])
    with store.write() as cursor:
        cursor.execute(query("people/unmerge")[0], {"person_id": person})
        _follow(cursor)


def keep_apart(store: Store, person: int, other: int, account: str) -> None:
    """Decides that these are two people: they are not proposed again, nor taken for one by the rule for names."""
    if person == other:
        raise IdentityError("Choose two different people, neither of them with a masked name or phone.")
    store.require("named", [person, other])
    with store.write() as cursor:
        pair = {"person_id": min(person, other), "other_id": max(person, other)}
        cursor.execute(query("people/forget_apart")[0], pair)
        cursor.execute(query("people/keep_apart")[0], {**pair, "decided_at": now(), "decided_by": account})
        _follow(cursor)


def forget_apart(store: Store, person: int, other: int) -> None:
    """Takes back that these are two people."""
    store.require("named", [person, other])
    with store.write() as cursor:
        cursor.execute(query("people/forget_apart")[0], {"person_id": person, "other_id": other})
        _follow(cursor)


def _follow(cursor: DuckDBPyConnection) -> None:
    """Everything that follows from the decisions as they now are."""
    cursor.execute(query("people/forget_former")[0])
    rollups.derive(cursor, recount.anew(cursor))


def decided(store: Store) -> pl.DataFrame:
    """What was decided and what the rule decided, newest first (columns of queries/people/decided.sql)."""
    return store.ask("people/decided")


def shared_phones(store: Store) -> pl.DataFrame:
    """The people of a phone beside which uploads name people who can hardly be one: person_id, phone, names."""
    found = store.ask("people/several_names")
    unlike = [any(starmap(are_unlike, combinations(map(fold, names), 2))) for names in found["names"]]
    return found.filter(pl.Series(unlike, dtype=pl.Boolean))


def described(store: Store, people: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Person → what is known of them and their scans (columns of queries/people/described.sql)."""
    found = store.ask("people/described", people=sorted(set(people)))
    return {row["person_id"]: row for row in found.iter_rows(named=True)}


# Behind a mask --------------------------------------------------------------------------------------------------------


CANDIDATES = {
    "masked_id": pl.Int64, "person_id": pl.Int64, "name": pl.String, "phone": pl.String, "phone_shown": pl.String,
    "kind": pl.String, "fits": pl.String, "n": pl.Int64,
}  # fmt: skip


def candidates(store: Store, people: Iterable[int]) -> pl.DataFrame:
    """Who may be behind each masked one of these people: a row each, columns of queries/people/candidates.sql.

    Of each at most five: who fits what is shown of name and phone, then who fits one of them; staff first.
    """
    rows = [
        (person_id, *patterns(identity))
        for person_id, identity in store.ask("people/masked", people=list(people)).iter_rows()
    ]
    schema = {"masked_id": pl.Int64, "name_like": pl.String, "phone_like": pl.String}
    if not rows:  # as nearly always; the query would go through everybody's name
        return pl.DataFrame(schema=CANDIDATES)
    masked = pl.DataFrame(rows, schema=schema, orient="row")
    return store.ask("people/candidates", tables={"masked": masked})


def may_be(found: pl.DataFrame, t: Translate) -> pl.DataFrame:
    """Candidates in words, a row per masked person: person_id, may_be."""
    words = {"both": t("name and phone fit"), "phone": t("phone fits"), "name": t("name fits")}
    rows = []
    for (person_id,), group in found.group_by("masked_id", maintain_order=True):
        said = []
        for (fits,), alike in group.group_by("fits", maintain_order=True):
            who = [f"{row['name']} {row['phone_shown']}".strip() for row in alike.iter_rows(named=True)]
            said.append(f"{', '.join(who)} ({words[str(fits)]})")
        if group["n"][0] > group.height:
            said.append(t("{n} more", n=group["n"][0] - group.height))
        rows.append((person_id, "; ".join(said)))
    return pl.DataFrame(rows, schema={"person_id": pl.Int64, "may_be": pl.String}, orient="row")


def patterns(identity: str) -> tuple[str | None, str | None]:
    """What a masked identity shows of the name (folded) and the phone (E.164), as patterns of LIKE; None: nothing."""
    name, _, phone = identity.removeprefix("masked:").rpartition("|")
    return _name_like(fold(name)), _phone_like(phone)


def _name_like(name: str) -> str | None:
    if not any(c.isalpha() for c in name):
        return None
    return re.sub(r"\*+", "%", re.sub(r"([\\%_])", r"\\\1", name))


def _phone_like(phone: str) -> str | None:
    shown = re.sub(r"[^\d*]", "", phone)
    if phone.strip().startswith("+84") or (shown.startswith("84") and len(shown) in (11, 12)):
        shown = "0" + shown[2:]
    if shown[:4] in MIGRATED_2018 and len(shown) in (4, 11):
        shown = MIGRATED_2018[shown[:4]] + shown[4:]
    if sum(c.isdigit() for c in shown) < 3:
        return None
    exact = len(shown) == 10  # a star for each digit that is left out
    like = re.sub(r"\*+", lambda stars: "_" * len(stars[0]) if exact else "%", shown)
    return "+84" + like[1:] if like.startswith("0") else like
