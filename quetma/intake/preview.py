"""What is seen of a file on the desk (quetma/intake/desk.py): values that never change, made for pages and reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal, NamedTuple

import polars as pl

from quetma.intake.choices import Choices
from quetma.intake.columns import Proposal
from quetma.intake.errors import IntakeError, Message
from quetma.intake.prepare import MOST_WORDS, Prepared, UnknownPlace, asked_words, compare, unasked
from quetma.intake.remarks import reads_months_for_days, remarks
from quetma.intake.understand import Found, Part, Refused, source_of
from quetma.store import Store

FIRST_ROWS = 100  # of a table kept for its preview
FIRST_REJECTS = 5_000

State = Literal["reading", "refused", "ready", "waiting", "loading", "loaded"]


class Word(NamedTuple):
    """A word of the direction column: on how many rows, and around which time of day."""

    text: str
    rows: int
    around: time


@dataclass(frozen=True)
class Preview:
    """What loading a table would do: `Prepared`, without its rows.

    counts: rows = accepted + duplicates + rejected. first_rows: as `Prepared.became`. rejects: the first ones: line,
    reason, raw. span: first and last day. earlier: uploads of the same table: batch_id, uploaded_at, uploaded_by.
    words: of the direction column that nobody knows; asks_words: because of them all rows go without a direction.
    """

    counts: Mapping[str, int]
    first_rows: pl.DataFrame
    rejects: pl.DataFrame
    new_people: int
    new_locations: tuple[UnknownPlace, ...]
    needs_location: bool
    span: tuple[date | None, date | None]
    earlier: pl.DataFrame
    remarks: tuple[Message, ...] = ()
    words: tuple[Word, ...] = ()
    asks_words: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a file on the desk.

    kind: None when it was not recognised. choices: what was chosen for it here, or remembered (as_last_time). Either
    `error` says why it cannot be read as it is (nothing_lost: it holds no log at all), or `preview` what it would do,
    unless it was loaded already: as upload `batch_id`.
    """

    part: Part
    kind: str | None = None
    proposal: Proposal | None = None
    choices: Choices = field(default_factory=Choices)
    as_last_time: bool = False
    error: IntakeError | None = None
    nothing_lost: bool = False
    preview: Preview | None = None
    batch_id: int | None = None
    doubt: IntakeError | None = None  # why it should not be loaded with nobody there to ask
    month_first: bool = False  # reading its dates with the month first would help, or is likely to be meant
    needs_day: bool = False  # when refused: saying which day it is of would help
    rejects: pl.DataFrame | None = None  # when refused because no row can be read: the first ones, as in `Preview`

    @property
    def key(self) -> str:
        """Unlike that of every other table of the same file."""
        return self.part.key

    @property
    def source(self) -> str | None:
        """Which list it is, if it is one of scans: as chosen, else as its names say."""
        return source_of(self.part, self.kind, self.proposal, self.choices)

    @property
    def loadable(self) -> bool:
        """Whether confirming would load it."""
        return self.batch_id is None and self.preview is not None and not self.preview.needs_location


@dataclass(frozen=True)
class Item:
    """One file on the desk as it was when asked for. Nothing in it changes; ask again.

    account: who handed it in. before: how many files are before it, while it waits to be read or loaded. step: what is
    being done (a message identifier), '' when nothing is. share: how much of that is done, 0 to 1. error: why nothing
    can be done with the file, or why loading it broke off.
    """

    id: str
    file_name: str
    size: int
    account: str
    unattended: bool
    received_at: datetime
    state: State
    before: int
    step: str
    share: float
    tables: tuple[Table, ...]
    error: IntakeError | None

    @property
    def batches(self) -> list[int]:
        """The uploads that were made of it."""
        return [table.batch_id for table in self.tables if table.batch_id is not None]

    @property
    def asks(self) -> bool:
        """Whether it waits for somebody to confirm or choose something, perhaps while its preview is being renewed."""
        return self.state == "ready" or (self.state == "reading" and any(table.preview for table in self.tables))

    @property
    def busy(self) -> bool:
        """Whether something is happening to it, so that looking again is worth while."""
        return self.state in ("reading", "waiting", "loading")


def seen(store: Store, table: Found | Refused, chosen: Mapping[str, Choices], batch_id: int | None) -> Table:
    """A table that was read, compared with the store as it is now. chosen: by `Part.key`. batch_id: the upload that it
    is already, if it was loaded.
    """
    if isinstance(table, Refused):
        kind = table.proposal.kind if table.proposal else None
        own = chosen.get(table.part.key, Choices())
        return Table(
            table.part,
            kind,
            table.proposal,
            own,
            error=table.error,
            nothing_lost=table.nothing_lost,
            month_first=table.month_first,
            needs_day=table.needs_day,
            rejects=None if table.rejects is None else _own(table.rejects.select("line", "reason", "raw")),
        )
    compared = compare(store, table)
    assert isinstance(compared, Prepared)
    return Table(
        table.part, table.proposal.kind, table.proposal, table.choices, table.as_last_time,
        preview=_preview(store, compared), batch_id=batch_id, doubt=_doubt(compared),
        month_first=reads_months_for_days(compared),
    )  # fmt: skip


def _preview(store: Store, prepared: Prepared) -> Preview:
    new_locations = prepared.unknown_places(store.ask("intake/locations")["name"].to_list())
    return Preview(
        dict(prepared.counts), _own(prepared.became(FIRST_ROWS)), _own(prepared.first_rejects(FIRST_REJECTS)),
        prepared.new_people, tuple(new_locations), prepared.needs_location, prepared.span, prepared.earlier,
        remarks(store, prepared), _words(prepared), asked_words(prepared.facts),
    )  # fmt: skip


def _words(prepared: Prepared) -> tuple[Word, ...]:
    words = prepared.facts.words.head(MOST_WORDS).iter_rows()
    return tuple(
        Word(text, rows, (datetime.min + timedelta(seconds=seconds // rows)).time()) for text, rows, seconds in words
    )


def _own(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows with nothing shared: a slice would keep all of the file's rows mapped."""
    return pl.DataFrame(frame.rows(), schema=frame.schema, orient="row")


def _doubt(prepared: Prepared) -> IntakeError | None:
    try:
        unasked(prepared)
    except IntakeError as doubt:
        return doubt
    return None
