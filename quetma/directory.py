"""Finding people of a store by what somebody types: words of a name, a piece of a phone, or both."""

import re
from typing import Any

import polars as pl

from quetma.people import MIGRATED_2018, fold, fold_all
from quetma.store import Store


def find(store: Store, text: str, rows: int = 10) -> pl.DataFrame:
    """At most `rows` people that the text fits: exact ones first, then staff, then by given name. No text finds nobody.

    Every word must begin a word of the name, in any order, tones or none; what has no letters is a piece of the phone
    in any form (`0912`, `+84 912`, an old 11-digit prefix). Columns: person_id, name, phone (as shown), birth_year,
    kind (staff | visitor, today), masked, exact (the whole name or phone was typed), last_seen.
    """
    words, digits = _typed(text)
    if not words and not digits:
        rows = 0
    return store.ask("people/search", words=words, digits=digits, day=store.today(), rows=rows)


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
