"""Stays lie in the order of their days, places and moments, so that a question about some days reads those alone. Late
days stand at the end; when they are many, they are put where they belong, at night.
"""

from datetime import timedelta

import polars as pl

from quetma.store import Store, query

# Of all stays: at a hundred million scans a trace takes half as long again when one in twenty lies elsewhere.
MOST = 0.02
FEWEST = 1_000_000  # stays: fewer are read whole in no time


def tidy(store: Store, most: float = MOST, fewest: int = FEWEST) -> int:
    """Puts the stays in order from the first day on that has some at another place, when more than that share are, and
    there are so many at all. Returns how many were written anew.
    """
    groups = store.cursor().sql(query("upkeep/stay_groups")[0]).pl()
    # A stay that began before midnight may be known after those of the next morning.
    before = pl.col("last").cum_max().shift() - timedelta(days=1)
    late = groups.filter(pl.col("first") < before)
    if groups["stays"].sum() < fewest or late["stays"].sum() <= most * groups["stays"].sum():
        return 0
    with store.write() as cursor:
        cursor.execute(query("upkeep/stays_in_order")[0], {"first": late["first"].min()})
        cursor.execute(query("upkeep/remove_stays")[0], {"first": late["first"].min()})
        [(written,)] = cursor.execute(query("upkeep/insert_stays")[0]).fetchall()
    return written
