"""The store as the people of a unit beneath the root see it: its rows and those of the units beneath it, and no others.

    store.within(7).ask("flow/daily", …)

Every query is asked as it is. Before the tables and views it names stand others of the same names (schema/within.sql),
in a database in memory, where the cursor of such a store looks first. They name the unit's places by their numbers, so
that DuckDB skips what is not of those places. What is written is written into the store as a whole.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path

import duckdb

from quetma.access.chain import Line
from quetma.store import SCHEMA, Store, StoreError

SHADES = "shade"  # the database in memory
OWN = (
    "unit_name",
    "agency_parent",
    "agency_name",
    "agency_symbol",
    "agency_place",
    "agency_recipients",
    "agency_authority",
    "agency_title",
    "agency_signer",
)
# What a write may be about: the view of those that are the unit's own, and their number. Of somebody (person) the unit
# knows: they were there, or are in a case of it. staff: on its staff list. named: known, and on no other unit's list.
THEIRS = {
    "person": ("known_person", "person_id"),
    "staff": ("own_staff", "person_id"),
    "named": ("own_named", "person_id"),
    "case": ("own_case", "case_id"),
    "entry": ("follow_up_entry", "entry_id"),
    "request": ("subject_request", "request_id"),
    "inquiry": ("inquiry", "inquiry_id"),
}
OF_ALL = ("setting", "plan_version", "shift_entry", "unit")  # small tables that only the root's people change


class Within(Store):
    """The store of a unit beneath the root: `Store.within` makes it, once for each."""

    def __init__(self, whole: Store, unit: int) -> None:
        self._whole = whole
        self.unit = unit
        self.folder: Path = whole.folder
        self._file, self._lock = whole._file, whole._lock
        self.answers = whole.answers
        # of which version, units, places, and where: a file that was opened again has none
        self._drawn: tuple[int, list[int], list[int], duckdb.DuckDBPyConnection] | None = None

    @property
    def whole(self) -> Store:
        """The store of everybody, for what has to know all of it; what it answers is not for the people of the unit."""
        return self._whole

    @property
    def version(self) -> int:  # of the whole, which alone changes it
        return self._whole.version

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor that reads the unit's rows alone."""
        self._draw()
        cursor = self._whole.cursor()
        cursor.execute(f"SET search_path = '{SHADES}.unit_{self.unit},quetma.main'")
        return cursor

    def _draw(self) -> None:
        """Puts the unit's views in memory, when they are not there as units and places are now."""
        # Asked first: a write in between makes it older, never younger, than what is drawn.
        version, where = self._whole.version, self._file.connection
        drawn = self._drawn
        if drawn and drawn[0] == version:
            return
        [(units, places)] = self._whole.ask("units/scope", unit=self.unit).iter_rows()
        if not drawn or drawn[1:] != (units, places, where):
            with self._whole.drawing:
                cursor = self._whole.cursor()
                cursor.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {SHADES}")
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SHADES}.unit_{self.unit}")
                cursor.execute(f"USE {SHADES}.unit_{self.unit}")
                cursor.execute(self.views(units, places))
                cursor.close()
        self._drawn = (version, units, places, where)

    def views(self, units: list[int], places: list[int]) -> str:
        """The statements that make the views; nothing belongs to a unit that is not there any more."""
        text = (SCHEMA / "within.sql").read_text(encoding="utf-8")
        text = text.replace("(UNITS)", f"({_listed(units)})").replace("(PLACES)", f"({_listed(places)})")
        return text.replace("= UNIT;", f"= {self.unit};")

    @contextmanager
    def write(self) -> Generator[duckdb.DuckDBPyConnection]:
        """One write transaction on the whole store: whoever writes has asked before what the unit may. What holds for
        every unit it leaves as it is, or nothing is written.
        """
        with self._whole.write() as cursor:
            before = [cursor.execute(f"FROM {table}").fetchall() for table in OF_ALL]
            yield cursor
            if before != [cursor.execute(f"FROM {table}").fetchall() for table in OF_ALL]:
                raise StoreError("A unit beneath the root cannot change what holds for all of them.")

    def require(self, kind: str, numbers: Iterable[int]) -> None:
        """As in `Store`: whoever writes asks it before."""
        view, column = THEIRS[kind]
        wanted = sorted(set(numbers))
        found = self.cursor().execute(
            f"SELECT COUNT(DISTINCT {column}) FROM {view} WHERE {column} IN ({_listed(wanted)})"
        )
        if found.fetchall() != [(len(wanted),)]:
            raise StoreError("This belongs to another unit, which alone changes it. Nothing was changed.")

    def setting(self, key: str) -> str | None:
        """As of the whole, but for who the unit is: it signs its own documents."""
        if key in OWN:
            named = self._whole.ask("units/named", unit=self.unit).to_dicts()
            return named[0].get(key, "") if named else ""
        return self._whole.setting(key)

    def copy_to(self, path: Path) -> dict[str, int]:
        return self._whole.copy_to(path)

    def log(self, line: Line) -> None:
        self._whole.log(line)

    def close(self) -> None:
        self._whole.close()


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(int(number)) for number in numbers) or "NULL"
