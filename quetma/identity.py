"""Who is who: what a leader decides about people who may be one, and who may be behind a masked name or phone.

Two rows are one person by their phone, else by name and birth year (people.identity). Everything beyond that is
proposed with its evidence (likely.py), and decided by somebody: `merge` says that one person is another, `keep_apart`
that two are two. Both can be taken back. The facts keep the person they came with; the table alias says who that
really is.
"""

import re
from collections.abc import Iterable
from datetime import date

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from quetma import rollups
from quetma.answers import remembered
from quetma.intake import recount
from quetma.language import Translate
from quetma.people import MIGRATED_2018, domestic_all, fold
from quetma.store import Store, now, query

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


@remembered
def twins(store: Store, day: date) -> pl.DataFrame:
    """Staff who have not scanned on the day while somebody of their name has (columns of queries/people/twins.sql)."""
    absent = store.ask("people/absent", day=day)
    people = store.whole.everybody.now()
    at = people.places(absent["person_id"])
    absent = absent.with_columns(name=pl.Series(people.name[at]), born=pl.Series(people.born[at]))
    absent = absent.filter(pl.Series(at >= 0))
    called = np.zeros(people.names.height, bool)
    called[absent["name"]] = True
    known = called[people.name] & ~people.masked
    if store.unit is not None:
        known &= people.marked(store.ask("people/numbers")["person_id"])
    others = np.flatnonzero(known)
    columns = {"name": people.name, "born": people.born, "other_id": people.numbers}
    namesake = absent.join(pl.DataFrame({name: column[others] for name, column in columns.items()}), on="name")
    year, other = pl.col("born"), pl.col("born_right")
    namesake = namesake.filter((year == other) | (year == 0) | (other == 0), pl.col("person_id") != pl.col("other_id"))
    return store.ask("people/twins", tables={"namesake": namesake.select("person_id", "other_id")}, day=day)


# Behind a mask --------------------------------------------------------------------------------------------------------


CANDIDATES = {
    "masked_id": pl.Int64, "person_id": pl.Int64, "name": pl.String, "phone": pl.String, "phone_shown": pl.String,
    "kind": pl.String, "fits": pl.String, "n": pl.Int64,
}  # fmt: skip


FEW_LETTERS = {"name": 1, "phone": 5}  # that say little of whom to compare: one letter, +84 and two digits


def candidates(store: Store, people: Iterable[int]) -> pl.DataFrame:
    """Who may be behind each masked one of these people: a row each, columns of queries/people/candidates.sql, and
    phone_shown.

    Of each at most five: who fits what is shown of name and phone, then who fits one of them; staff first.
    """
    rows = [
        (person_id, *patterns(identity))
        for person_id, identity in store.ask("people/masked", people=list(people)).iter_rows()
    ]
    schema = {"masked_id": pl.Int64, "name_like": pl.String, "phone_like": pl.String}
    if not rows:  # as nearly always; the query would go through everybody's name
        return pl.DataFrame(schema=CANDIDATES)
    return behind(store, pl.DataFrame(rows, schema=schema, orient="row"))


def behind(store: Store, masked: pl.DataFrame) -> pl.DataFrame:
    """The same of people of whom this is shown (masked_id, name_like, phone_like: see `patterns`)."""
    masked, letters = _beginnings(masked)
    found = store.ask("people/candidates", tables={"masked": masked, "near": _near(store, masked, letters)}, **letters)
    return found.with_columns(phone_shown=domestic_all(pl.col("phone")).fill_null("")).select(*CANDIDATES)


def _near(store: Store, masked: pl.DataFrame, letters: dict[str, int]) -> pl.DataFrame:
    """The known people whom some of what is shown fits, and perhaps others, found by how name and phone begin."""
    people = store.whole.everybody.now()
    near = np.zeros(len(people.numbers), bool)
    begins = masked["phone_begins"].drop_nulls().unique()
    if not begins.is_empty():
        near |= people.beginning(begins)
    others = masked.filter(pl.col("phone_begins").is_null())["phone_like"].drop_nulls()
    pieces = {max(re.split("[%_]+", like), key=len) for like in others}
    if pieces:
        near |= people.has_phone() if "" in pieces else people.with_piece(pieces)
    shown = masked.filter(pl.col("name_like").is_not_null())["name_begins"]
    if not shown.is_empty():
        begins = people.names["name_key"].str.head(letters["name_letters"]).is_in(shown.implode())
        by_hand = ~people.has_phone() | people.marked(store.ask("people/staff_on", day=None)["person_id"])
        near |= by_hand & (shown.has_nulls() | begins.to_numpy()[people.name])
    near &= ~people.masked
    if store.unit is not None:
        near &= people.marked(store.ask("people/numbers")["person_id"])
    return people.rows(np.flatnonzero(near))


def _beginnings(masked: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """These patterns with how name and phone begin, as queries/people/candidates.sql has it: with as many letters as
    all of them show but those that show very few.
    """
    letters = {}
    for name, few in FEW_LETTERS.items():
        begins = pl.col(f"{name}_like").str.extract(r"^([^%_\\]*)")
        shown = begins.str.len_chars()
        letters[f"{name}_letters"] = most = masked.select(shown.filter(shown > few).min()).item() or few + 1
        masked = masked.with_columns(pl.when(shown >= most).then(begins.str.head(most)).alias(f"{name}_begins"))
    return masked, letters


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
