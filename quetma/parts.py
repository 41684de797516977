"""Very many days are derived part after part: what is held in memory at once does not grow with how many there are."""

from collections.abc import Collection, Mapping
from datetime import date

from duckdb import DuckDBPyConnection

from quetma.store import query

LARGEST = 4_000_000  # scans of a part, if it has more than FEW days
FEW = 3  # days that a day's upload touches, with the evening before and the morning after


def of(cursor: DuckDBPyConnection, days: Collection[date], held: Mapping[date, int] | None = None) -> list[list[date]]:
    """These days in parts, all in order: of no more than so many scans each, or of a single day. held: how many there
    are on each, when not all scans of these days are meant.
    """
    ordered = sorted(days)
    if len(ordered) <= FEW:
        return [ordered] if ordered else []
    if held is None:
        held = dict(cursor.execute(query("rollup/sizes")[0], {"first": ordered[0], "last": ordered[-1]}).fetchall())
    parts, room = [[ordered[0]]], LARGEST - held.get(ordered[0], 0)
    for day in ordered[1:]:
        scans = held.get(day, 0)
        if scans > room:
            parts.append([])
            room = LARGEST
        parts[-1].append(day)
        room -= scans
    return parts
