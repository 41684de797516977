"""Finding people of a store by what somebody types: words of a name, a piece of a phone, or both."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from quetma.answers import remembered
from quetma.people import MIGRATED_2018, fold, fold_all
from quetma.store import Store


def find(store: Store, text: str, rows: int = 10) -> pl.DataFrame:
    """At most `rows` people that the text fits: exact ones first, then staff, then by given name. No text finds nobody.

    Every word must begin a word of the name, in any order, tones or none; what has no letters is a piece of the phone
    in any form (`0912`, `+84 912`, an old 11-digit prefix). Columns: person_id, name, phone (as shown), birth_year,
    kind (staff | visitor, today), masked, exact (the whole name or phone was typed), last_seen.
    """
    words, digits = _typed(text)
    best = _best(store, tuple(words), tuple(digits), store.today(), rows if words or digits else 0)
    shown = store.ask("people/found", people=best["person_id"].to_list())
    return best.join(shown, on="person_id", maintain_order="left").select(
        "person_id", "name", "phone", "birth_year", "kind", "masked", "exact", "last_seen"
    )


@remembered
def _best(store: Store, words: tuple[str, ...], digits: tuple[str, ...], day: date, rows: int) -> pl.DataFrame:
    """At most so many of those whom all the words and one of the digits fit, in the order of `find`: person_id, exact,
    kind, as it is on the day. Who is by decision somebody else is found as that other one.
    """
    people = store.whole.everybody.now()
    names = people.names.with_row_index("name")
    for word in words:
        names = names.filter(pl.col("told").str.contains(f" {word}", literal=True))
    names = names.select(
        "name",
        exact=pl.col("name_key") == " ".join(words),
        whole=_count(pl.col("told").str.contains(f" {word} ", literal=True) for word in words),
        given=_count(pl.col("sort_key").str.starts_with(word) for word in words) > 0,
    )
    row = np.full(people.names.height, -1, np.int32)
    row[names["name"]] = np.arange(names.height)
    row = row[people.name]  # of each person
    fits = row >= 0
    if digits:
        fits &= people.with_piece(digits)
    if store.unit is not None:
        fits &= people.marked(store.ask("people/numbers")["person_id"])
    at = np.flatnonzero(fits)
    found = names[row[at]].select("exact", "whole", "given").with_columns(at=pl.Series(at))
    if digits:
        phone = np.logical_or.reduce([people.with_phone(piece)[at] for piece in digits])
        found = found.with_columns(pl.col("exact") | pl.Series(phone))
    staff = people.marked(store.ask("people/staff_on", day=day)["person_id"])

    def first(found: pl.DataFrame) -> pl.DataFrame:
        who = found["at"].to_numpy()
        found = found.with_columns(
            staff=pl.Series(staff[who]), masked=pl.Series(people.masked[who]), name=pl.Series(people.name[who])
        )
        by = [~pl.col("exact"), ~pl.col("staff"), "masked", -pl.col("whole"), ~pl.col("given"), "name", "at"]
        return found.bottom_k(rows, by=by).sort(by)

    aliases = store.ask("people/aliases")
    aliases = aliases.select(at=people.places(aliases["alias_id"]), who=people.places(aliases["person_id"]))
    joined = np.zeros(len(fits), bool)
    joined[aliases.filter(pl.col("at") >= 0)["at"]] = joined[aliases.filter(pl.col("who") >= 0)["who"]] = True
    joined = pl.Series(joined[at], dtype=pl.Boolean)
    others = found.filter(joined).join(aliases, on="at", how="left").with_columns(at=pl.coalesce("who", "at"))
    others = others.filter(pl.col("at") >= 0).group_by("at").agg(pl.col("exact", "whole", "given").max())
    best = first(pl.concat([first(found.filter(~joined)).select(others.columns), others]))
    return best.select(
        "exact", person_id=pl.Series(people.numbers[best["at"]], dtype=pl.Int64),
        kind=pl.when("staff").then(pl.lit("staff")).otherwise(pl.lit("visitor")),
    )  # fmt: skip


def _count(said: Iterable[pl.Expr]) -> pl.Expr:
    """How many of these are true."""
    return pl.sum_horizontal(pl.lit(0, pl.Int32), *(one.cast(pl.Int32) for one in said))


def among(people: pl.DataFrame, text: str) -> pl.DataFrame:
    """Those of a frame with name and phone_shown that the text fits, as in `find`; no text fits everybody."""
    words, digits = _typed(text)
    names = pl.lit(" ") + fold_all(people["name"])
    fits = [names.str.contains(f" {word}", literal=True) for word in words]
    if digits:
        fits.append(pl.col("phone_shown").str.contains_any(digits))
    return people.filter(fits) if fits else people


def _typed(text: str) -> tuple[list[str], list[str]]:
    """The words of a name and the ways to write the piece of a phone in what somebody typed."""
    typed = text.split()
    words = fold(" ".join(token for token in typed if any(c.isalpha() for c in token))).split()
    return words, phone_pieces("".join(token for token in typed if not any(c.isalpha() for c in token)))


def person(store: Store, person_id: int) -> dict[str, Any] | None:
    """One person with the columns of `find` and e164, or None when the store knows nobody by that id."""
    return next(store.ask("people/person", person_id=person_id, day=store.today()).iter_rows(named=True), None)


def called(store: Store, person_id: int) -> str:
    """Name and phone of somebody that something of ours rests on, also when no upload names them any more."""
    return " ".join(name_and_phone(store, person_id)).strip()


def name_and_phone(store: Store, person_id: int) -> tuple[str, str]:
    """The same apart; '' for no phone, and for both when nobody is known any more."""
    return next(iter(store.ask("people/called", person_id=person_id).rows()), ("", ""))


def phone_pieces(text: str) -> list[str]:
    """A piece of a phone as people write it, in the ways it may be stored: E.164, or as the log wrote a masked one."""
    bare = re.sub(r"[^\d+]", "", text)
    digits = bare.replace("+", "")
    if not digits:
        return []
    pieces = {digits}
    country = re.match(r"(?:\+|00)?84", bare)
    national = digits if digits.startswith("0") else ""
    if country:
        national = "0" + bare[country.end() :].lstrip("0")
    elif digits.startswith("00"):
        pieces.add("+" + digits[2:])
    if national:
        national = MIGRATED_2018.get(national[:4], national[:4]) + national[4:]
        pieces |= {national, "+84" + national[1:]}
    return sorted(pieces)
