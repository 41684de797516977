"""Who was where on a day, and how many went through in each quarter of an hour, made of passages. They are sorted as
packed numbers and told apart by the row above: of a million in a third of the time that grouping them takes in SQL.

passages: person_id, location_id, scanned_at, way and staff, as queries/rollup/passages.sql has them.
"""

import polars as pl

from quetma import order

QUARTER, QUARTERS = 900_000_000, 96  # microseconds of one, and how many a day has


def made(passages: pl.DataFrame) -> pl.DataFrame:
    """Passages → one row per (day, person, location): staff; scans, how many they are; and first, which is one row of
    each day and person.
    """
    person, day = pl.col("day", "person_id"), pl.col("scanned_at").dt.date()
    where = passages.select(day.alias("day"), "person_id", "location_id", "staff")
    return order.counted(where, "scans").with_columns(first=pl.any_horizontal(person != person.shift()).fill_null(True))


def counted(passages: pl.DataFrame) -> pl.DataFrame:
    """Passages → one row per (day, quarter, location, staff, way): scans, how many they are."""
    since = pl.col("scanned_at").cast(pl.Int64) // QUARTER
    found = order.counted(passages.select(since.alias("since"), "location_id", "staff", "way"), "scans")
    since = pl.col("since")
    day, quarter = (since // QUARTERS).cast(pl.Int32).cast(pl.Date), (since % QUARTERS).cast(pl.Int8)
    return found.select("location_id", "staff", "way", "scans", day=day, quarter=quarter)
