"""What tests of whatever writes ask of everybody in memory (quetma/everybody.py)."""

import polars as pl

from quetma.everybody import Everybody, People
from quetma.store import Store


def told(people: People) -> pl.DataFrame:
    """A row a person, by number: all that is held of them."""
    rows = people.rows(pl.Series(range(len(people.numbers)), dtype=pl.Int64).to_numpy())
    rows = rows.with_columns(
        told=people.names["told"].gather(people.name), lead=pl.Series(people.lead),
        born=pl.Series(people.born), masked=pl.Series(people.masked),
    )  # fmt: skip
    return rows.join(people.shown, on="person_id", how="left", maintain_order="left")


def held(store: Store) -> bool:
    """Whether everybody is held as the store has them, however they came to be."""
    now = store.everybody.now()
    keys = now.names["sort_key"]
    assert keys.is_sorted()
    assert keys.is_unique().all()
    return told(now).equals(told(Everybody(store._fresh).now()))
