"""The preview: everything an upload would do, without doing it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
from duckdb import DuckDBPyConnection
from rapidfuzz import fuzz, process

from quetma import people, settings
from quetma.intake import apart, mend
from quetma.intake.choices import Choices
from quetma.intake.columns import FIELDS, KINDS, Proposal
from quetma.intake.errors import IntakeError, Message
from quetma.intake.facts import Facts
from quetma.intake.scanner import scan
from quetma.intake.settle import Settled, settle
from quetma.intake.understand import Found, Part, Refused, understand
from quetma.store import Store

DAY_OF = {
    "scans": "scanned_at",
    "roster": None,
    "doses": "given_on",
    "apps": "installed_on",
    "declarations": "declared_at",
    "absences": "first_day",
    "exemptions": "first_day",
}
SHOWN = {
    "scans": ["scanned_at", "direction", "purpose"],
    "roster": ["position", "smartphone", "started", "ended", "since"],
    "doses": ["number", "vaccine", "given_on", "given_at", "lot", "confirmed_by"],
    "apps": ["app", "installed_on"],
    "declarations": ["declared_at", "symptoms"],
    "absences": ["first_day", "last_day", "half_first", "half_last", "reason"],
    "exemptions": ["duty", "reason", "first_day", "last_day"],
}


NO_LOCATION = "The file names no location. Say which location it is from. Nothing was changed."
MOST_WORDS = 6  # in a column of directions that are worth asking about
NEAR = 85  # of 100: how like a known location's name a new one is to be proposed as another name of it


class UnknownPlace(NamedTuple):
    """A location's name that the store does not know: on how many rows, and which known location may be meant."""

    name: str
    rows: int
    suggestion: str | None


@dataclass(frozen=True)
class Prepared:
    """One table of a file, understood and compared with the store. Nothing is written yet."""

    found: Found
    settled: Settled
    earlier: pl.DataFrame  # earlier uploads of the same file and sheet: batch_id, uploaded_at, uploaded_by
    version: int  # of the store it was compared with

    @property
    def part(self) -> Part:
        """Where the table stands."""
        return self.found.part

    @property
    def facts(self) -> Facts:
        """What the table says."""
        return self.found.facts

    @property
    def kind(self) -> str:
        """Which kind of log it is."""
        return self.found.kind

    @property
    def rows(self) -> pl.DataFrame:
        """One row per row of the file: line, raw, reason, outcome (accepted | duplicate | rejected)."""
        return self.settled.rows

    @cached_property
    def rejects(self) -> pl.DataFrame:
        """One row per rejected row: line, reason, raw."""
        return self.first_rejects(self.rows.height)

    def first_rejects(self, limit: int) -> pl.DataFrame:
        """The first of them. Of a large file that lies on the disk only their rows are read."""
        at = (self.rows["outcome"] == "rejected").arg_true().head(limit)
        return self.rows.select(pl.col("line", "reason", "raw").gather(at)).with_columns(
            pl.col("reason").cast(pl.String)
        )

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
        return [] if self.needs_location else self.settled.fresh(self.settled.places, "location_id")["name"].to_list()

    def unknown_places(self, known: Sequence[str]) -> list[UnknownPlace]:
        """The locations that would be new, most rows first. `known` are the names of those registered."""
        facts, places = self.facts.facts, self.settled.places
        if "place" not in facts.columns or self.needs_location:
            return []
        rows = dict(facts.group_by("place").agg(pl.col("row").n_unique()).iter_rows())
        new = [row for row in places.iter_rows(named=True) if row["location_id"] < 0 and row["place"] in rows]
        folded = {name: people.fold(name) for name in known}
        found = []
        for row in new:
            near = process.extractOne(row["name_key"], folded, scorer=fuzz.token_set_ratio, score_cutoff=NEAR)
            found.append(UnknownPlace(row["name"], rows[row["place"]], near[2] if near else None))
        return sorted(found, key=lambda place: -place.rows)

    @property
    def needs_location(self) -> bool:
        """Whether the file says nothing about the location, and none was given: ask for it and prepare again."""
        return self.facts.needs_location

    @cached_property
    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day that the file's readable rows speak of; (None, None) for a kind without days."""
        column = DAY_OF.get(self.kind)
        if column is None or self.facts.facts.is_empty():
            return None, None
        span = self.facts.facts.select(
            first=pl.col(column).min().cast(pl.Date), last=pl.col(column).max().cast(pl.Date)
        )
        return span.row(0)

    def became(self, limit: int) -> pl.DataFrame:
        """What the first `limit` readable rows became: line, outcome, name, phone, location, and the kind's own
        columns.

        A visit is two lines here, one a scan.
        """
        facts = self.facts.facts.head(limit)
        rows = self.rows[facts["row"].to_list()].select("line", "outcome")
        known = self.facts.people[facts["who"].to_list()]
        phones = [
            identity.rpartition("|")[2] if masked else people.domestic(phone)
            for identity, phone, masked in known.select("identity", "phone", "masked").iter_rows()
        ]
        phone = pl.Series("phone", phones, pl.String)
        shown = [rows, known.select("name"), phone.to_frame()]
        if "place" in facts.columns:
            places = self.facts.places[facts["place"].to_list()]
            shown.append(places.select(location=pl.col("name").replace("", None)))
        return pl.concat([*shown, facts.select(SHOWN[self.kind])], how="horizontal")


def prepare(
    store: Store, file_name: str, content: bytes | Path, choices: Choices | Mapping[str, Choices] | None = None
) -> list[Prepared | Refused]:
    """Reads a file and says what loading each of its tables would do; at least one. Nothing is written.

    `choices` are for every table, or by `Part.key`. Where none are given, those hold that were made for a table that
    looked the same. One table that is refused does not concern the others: never raises for what is in the file.
    """
    known, limit = remembered(store), settings.get(store, "upload_limit_mb")
    return [compare(store, table) for table in understand(file_name, content, choices, known, limit)]


BOOKS = (b"PK", b"\xd0\xcf\x11\xe0")  # how a ZIP (XLSX, ODS) and an old Office file begin


def prepare_file(store: Store, path: Path, choices: Choices) -> list[Prepared | Refused]:
    """As `prepare`, of a file on the disk, with a damaged workbook in mind: a few bytes of one can ask for more memory
    than any machine has, so that workbooks are read in a process that may have only so much. Raises `IntakeError` when
    that breaks off or a virus was found, `OSError` when the file cannot be opened.
    """
    scan(path)
    with path.open("rb") as file:
        book = file.read(4).startswith(BOOKS)
    if not book:
        return prepare(store, path.name, path, choices)
    with TemporaryDirectory() as folder:
        limit = settings.get(store, "upload_limit_mb")
        reading = apart.Reading(path.name, path, Path(folder) / "tables", choices, remembered(store), limit)
        return [compare(store, table) for table in reading.tables()]


def remembered(store: Store) -> dict[str, Choices]:
    """What was chosen by hand for tables loaded before, by their signature; and how rows that mend rejected ones are
    read.
    """
    rows = store.ask("intake/remembered").iter_rows()
    return mend.remembered(store) | {signature: Choices.from_json(choices) for signature, choices in rows}


def compare(store: Store, table: Found | Refused) -> Prepared | Refused:
    """A table that was understood, compared with the store as it is now, as far as its unit may load it."""
    if isinstance(table, Refused):
        return table
    with closing(store.whole.cursor()) as cursor:
        return _settled(store, cursor, table)


def refresh(store: Store, prepared: Prepared) -> Prepared:
    """The same table compared with the store as it is now, after other uploads."""
    with closing(store.whole.cursor()) as cursor:
        return _settled(store, cursor, prepared.found)


def unasked(table: Prepared | Refused) -> Prepared:
    """The table, when it can be loaded with nobody there to ask. Raises `IntakeError` saying why not."""
    if isinstance(table, Refused):
        raise table.error
    proposal = table.found.proposal
    if proposal.guessed:
        number = {field: proposal.columns[field] for field in proposal.guessed}
        raise IntakeError(
            "What some columns hold is only guessed from their contents: {columns}. Upload the file by hand and "
            "confirm it, or write known column names. Nothing was changed.",
            "--columns " + ",".join(f"{field}={index + 1}" for field, index in number.items()),
            columns=[
                Message("{field} = column {column}", field=Message(FIELDS[field]), column=proposal.column(index))
                for field, index in number.items()
            ],
        )
    if proposal.unread:
        raise IntakeError(
            "Nothing is read from some columns that look as if they mattered: {columns}. Upload the file by hand and "
            "say what they hold, or write known column names. Nothing was changed.",
            unread_option(proposal, table.kind),
            columns=[proposal.column(index) for index in proposal.unread],
        )
    if asked_words(table.facts):
        raise IntakeError(
            "The column {column} holds the direction in words that nobody knows: {words}. Upload the file by hand and "
            "say which of them is in and which is out. Nothing was changed.",
            "--directions 1=in,0=out",
            column=proposal.column(proposal.columns["direction"]),
            words=table.facts.words["word"].to_list(),
        )
    if table.needs_location:
        raise IntakeError(NO_LOCATION, "--location NAME")
    return table


def asked_words(facts: Facts) -> bool:
    """Whether somebody should say what the words of the direction column mean: all rows would go without a direction,
    though few different words stand there. One word alone in all rows tells no direction.
    """
    return facts.undirected and 1 < facts.words.height <= MOST_WORDS


def unread_option(proposal: Proposal, kind: str) -> str:
    """The option that says what the first unread column holds, as far as one can tell; 0: nothing of the kind."""
    free = [field for field in KINDS[kind].fields if field not in proposal.columns]
    wanted = [field for field in ("time_out", "date_out", "direction", "last_day") if field in free] or free
    return f"--columns {wanted[0]}={proposal.unread[0] + 1}, or --columns {wanted[0]}=0 if it is nothing of the kind"


def unsettled(found: Found) -> Prepared:
    """A table that is to be loaded without a preview: `load` compares it."""
    none = pl.DataFrame()
    return Prepared(found, Settled(none, none, none, none), none, -1)


def resettle(cursor: DuckDBPyConnection, prepared: Prepared, unit: int | None = None) -> Prepared:
    """The same table compared with what this cursor sees. unit: as in `settle`."""
    return replace(prepared, settled=settle(cursor, prepared.found, unit))


def _settled(store: Store, cursor: DuckDBPyConnection, found: Found) -> Prepared:
    sha256 = found.part.sha256
    version = store.version  # asked first: a write in between makes it older, never younger, than what is compared
    return Prepared(
        found,
        settle(cursor, found, store.unit),
        store.ask("intake/same_file", sha256=sha256, sheet=found.part.sheet),
        version,
    )
