"""The preview: everything an upload would do, without doing it."""

import hashlib
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import PurePath

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import people
from quetma.intake.columns import KINDS, recognise, refuse
from quetma.intake.errors import IntakeError
from quetma.intake.facts import Facts, gather
from quetma.intake.read import sources
from quetma.intake.settle import Settled, settle
from quetma.store import Store

DAY_OF = {
    "scans": "scanned_at",
    "roster": None,
    "doses": "given_on",
    "apps": "installed_on",
    "declarations": "declared_at",
}
SHOWN = {
    "scans": ["scanned_at", "direction", "purpose"],
    "roster": ["position", "smartphone", "started", "ended"],
    "doses": ["number", "vaccine", "given_on", "given_at", "lot", "confirmed_by"],
    "apps": ["app", "installed_on"],
    "declarations": ["declared_at", "symptoms"],
}


@dataclass(frozen=True)
class Prepared:
    """A file read, understood and compared with the store. Nothing is written yet."""

    file_name: str
    sha256: str
    kind: str
    columns: dict[str, str]  # field → header of its column
    sheet: str  # of a workbook, else ''
    other_sheets: tuple[str, ...]  # further tables in the workbook, not read
    found: Facts
    settled: Settled
    earlier: pl.DataFrame  # earlier uploads of the same file: batch_id, uploaded_at, uploaded_by

    @property
    def rows(self) -> pl.DataFrame:
        """One row per row of the file: line, raw, reason, outcome (accepted | duplicate | rejected)."""
        return self.settled.rows

    @cached_property
    def rejects(self) -> pl.DataFrame:
        """One row per rejected row: line, reason, raw."""
        return self.rows.filter(pl.col("outcome") == "rejected").select("line", "reason", "raw")

    @cached_property
    def counts(self) -> dict[str, int]:
        """rows, accepted, duplicates, rejected: the first is the sum of the others."""
        by = dict(self.rows.group_by("outcome").len().iter_rows())
        accepted, duplicates = by.get("accepted", 0), by.get("duplicate", 0)
        return {
            "rows": self.rows.height,
            "accepted": accepted,
            "duplicates": duplicates,
            "rejected": self.rows.height - accepted - duplicates,
        }

    @cached_property
    def new_people(self) -> int:
        """How many people the store would learn of."""
        return self.settled.fresh(self.settled.people, "person_id").n_unique("person_id")

    @cached_property
    def new_locations(self) -> list[str]:
        """The names of the locations that would be new."""
        return self.settled.fresh(self.settled.places, "location_id")["name"].to_list()

    @property
    def needs_location(self) -> bool:
        """Whether the file says nothing about the location, and none was given: ask for it and prepare again."""
        return self.found.needs_location

    @cached_property
    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day that the file's readable rows speak of; (None, None) for a kind without days."""
        column = DAY_OF.get(self.kind)
        if column is None or self.found.facts.is_empty():
            return None, None
        days = self.found.facts[column].cast(pl.Date)
        return days.bottom_k(1)[0], days.top_k(1)[0]

    def became(self, limit: int) -> pl.DataFrame:
        """What the first `limit` readable rows became: line, outcome, name, phone, location, and the kind's own
        columns.

        A visit is two lines here, one a scan.
        """
        facts = self.found.facts.head(limit)
        rows = self.rows[facts["row"].to_list()].select("line", "outcome")
        known = self.found.people[facts["who"].to_list()]
        phones = [
            identity.rpartition("|")[2] if masked else people.domestic(phone)
            for identity, phone, masked in known.select("identity", "phone", "masked").iter_rows()
        ]
        phone = pl.Series("phone", phones, pl.String)
        shown = [rows, known.select("name"), phone.to_frame()]
        if "place" in facts.columns:
            shown.append(self.found.places[facts["place"].to_list()].select(location="name"))
        return pl.concat([*shown, facts.select(SHOWN[self.kind])], how="horizontal")


def prepare(
    store: Store, file_name: str, content: bytes, kind: str | None = None, location: str | None = None
) -> Prepared:
    """Reads a file and says what loading it would do. Nothing is written.

    `kind` is one of `KINDS`, or None to recognise it. `location` is for rows that name none. Raises `IntakeError`.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind}")
    candidates = sources(content)
    tables = recognise(candidates, kind)
    if not tables:
        raise refuse(candidates, kind)
    found = tables[0]
    facts = gather(found, location)
    if facts.rows.is_empty():
        raise IntakeError("Below the header there is no row. Nothing was changed.")
    sha256 = hashlib.sha256(content).hexdigest()
    with closing(store.cursor()) as cursor:
        settled = settle(cursor, found.kind, facts, sha256)
    others = tuple(table.source.name for table in tables[1:] if table.source.name)
    return Prepared(
        file_name=PurePath(file_name.replace("\\", "/")).name,
        sha256=sha256,
        kind=found.kind,
        columns=found.headers(),
        sheet=found.source.name,
        other_sheets=others,
        found=facts,
        settled=settled,
        earlier=store.ask("intake/same_file", sha256=sha256),
    )


def refresh(store: Store, prepared: Prepared) -> Prepared:
    """The same file compared with the store as it is now, after other uploads."""
    earlier = store.ask("intake/same_file", sha256=prepared.sha256)
    with closing(store.cursor()) as cursor:
        return replace(resettle(cursor, prepared), earlier=earlier)


def resettle(cursor: DuckDBPyConnection, prepared: Prepared) -> Prepared:
    """The same file compared with what this cursor sees."""
    return replace(prepared, settled=settle(cursor, prepared.kind, prepared.found, prepared.sha256))
