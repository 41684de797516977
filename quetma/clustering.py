"""What lies in order is found without reading the rest. Stays lie in the order of their days, places and moments, so
that a question about some days reads those alone; what uploads call people lies by person, for a question about one.

Late days, and what new uploads call people, stand at the end; when that is much, it is put where it belongs, at night.
"""

from datetime import timedelta

import polars as pl

from quetma.store import Store, query

# Of all stays: at a hundred million scans a trace takes half as long again when one in twenty lies elsewhere.
LATE_STAYS = 0.02
# Of all claims: each day adds to them, so they are put in order after days of a tenth of all.
NEW_CLAIMS = 0.1
FEWEST = 1_000_000  # rows: fewer are read whole in no time

# The queries that find where they lie, put them in order, remove and add them.
STAYS = ("upkeep/stay_groups", "upkeep/stays_in_order", "upkeep/remove_stays", "upkeep/insert_stays")
CLAIMS = ("upkeep/claim_groups", "upkeep/claims_in_order", "upkeep/remove_claims", "upkeep/insert_claims")


def tidy(store: Store) -> None:
    """Puts in order what does not lie so."""
    stays(store)
    claims(store)


def stays(store: Store, most: float = LATE_STAYS, fewest: int = FEWEST) -> int:
    """Puts the stays in order from the first day on that has some at another place, when more than that share are, and
    there are so many at all. Returns how many were written anew.
    """
    # A stay that began before midnight may be known after those of the next morning.
    return _put_in_order(store, STAYS, pl.col("last").cum_max().shift() - timedelta(days=1), most, fewest)


def claims(store: Store, most: float = NEW_CLAIMS, fewest: int = FEWEST) -> int:
    """The same of what uploads call people (table person_claim), from the first person on."""
    return _put_in_order(store, CLAIMS, pl.col("last").cum_max().shift(), most, fewest)


def _put_in_order(store: Store, queries: tuple[str, str, str, str], before: pl.Expr, most: float, fewest: int) -> int:
    """Writes anew from the first on that lies after what comes later. before: the greatest that may lie before each."""
    where, in_order, remove, insert = (query(name)[0] for name in queries)
    groups = store.cursor().sql(where).pl()
    late = groups.filter(pl.col("first") < before)
    if groups["rows"].sum() < fewest or late["rows"].sum() <= most * groups["rows"].sum():
        return 0
    first = {"first": late["first"].min()}
    with store.write() as cursor:
        cursor.execute(in_order, first)
        cursor.execute(remove, first)
        [(written,)] = cursor.execute(insert).fetchall()
    return written
