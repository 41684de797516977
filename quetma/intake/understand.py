"""A file → the tables in it, each understood as far as that is possible without the store.

Nothing here opens the store and everything returned can be pickled, so that a large or hostile file can be read in a
process of its own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import polars as pl

from quetma.intake.archives import members
from quetma.intake.choices import Choices
from quetma.intake.columns import PERSON, Proposal, propose, refuse
from quetma.intake.contents import is_data
from quetma.intake.errors import REASONS, IntakeError, Message
from quetma.intake.facts import DATED, MONTH_FIRST, NO_DAY, Facts, gather
from quetma.intake.read import Source, is_archive, sources
from quetma.intake.source import proposed

SHOWN_REJECTS = 1_000  # of a table of which no row can be read
# What a log in an archive may be called; other files are only named.
LOGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html", ".zip"}


@dataclass(frozen=True)
class Part:
    """Where in an uploaded file a table stands.

    file_name: of the file, or `archive.zip/folder/member.csv`. sheet: of a workbook, else ''. sha256: of the file, or
    of the member of an archive. key: unlike that of every other table of the same upload; '' for a file that is one
    table.
    """

    file_name: str
    sheet: str
    sha256: str
    key: str


@dataclass(frozen=True)
class Found:
    """One table, understood. choices: what was chosen or remembered for it. as_last_time: they were remembered."""

    part: Part
    kind: str
    proposal: Proposal
    choices: Choices
    as_last_time: bool
    facts: Facts

    @property
    def source(self) -> str | None:
        """Which list scans are: as chosen, else as its names say; None for other kinds."""
        return source_of(self.part, self.kind, self.proposal, self.choices)


def source_of(part: Part, kind: str | None, proposal: Proposal | None, choices: Choices) -> str | None:
    """Which list a table is, if it is one of scans: as chosen, else as its names say."""
    if kind != "scans" or proposal is None:
        return None
    return choices.source or proposed(part.file_name, part.sheet, proposal)


@dataclass(frozen=True)
class Refused:
    """A table, or a whole file, that cannot be read as it is.

    proposal: how far it was understood, when a choice by hand could help. nothing_lost: it holds no log at all (an
    empty sheet, notes, a picture in an archive): to be named, but nothing is wrong. rejects: why none of its rows can
    be read, the first ones: line, reason, raw. month_first: reading its dates with
    the month first (`Choices.month_first`) would help; needs_day: saying which day it is of (`Choices.day`).
    """

    part: Part
    error: IntakeError
    proposal: Proposal | None = None
    nothing_lost: bool = False
    month_first: bool = False
    needs_day: bool = False
    rejects: pl.DataFrame | None = None


def understand(
    file_name: str,
    content: bytes | Path,
    choices: Choices | Mapping[str, Choices] | None = None,
    remembered: Mapping[str, Choices] | None = None,
    limit_mb: int | None = None,
) -> list[Found | Refused]:
    """The tables of a file in the order in which they stand in it; at least one.

    `choices` are for every table, or by `Part.key`. `remembered` holds, by `Proposal.signature`, what was chosen for
    tables that look the same; it is used for a table for which nothing is chosen. A file larger than `limit_mb` is not
    read. Never raises for what is in the file.
    """
    name = PurePath(file_name.replace("\\", "/")).name
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    if limit_mb is not None and size > limit_mb << 20:
        error = IntakeError(
            "The file is larger than {limit} MB. Split it into smaller files, or zip it.", limit=limit_mb
        )
        return [Refused(Part(name, "", "", ""), error)]
    content = content.read_bytes() if isinstance(content, Path) else content
    chosen, remembered = choices or Choices(), remembered or {}
    try:
        if not is_archive(content):
            return _tables(name, "", content, chosen, remembered)
        tables = [
            table
            for member, unpacked in members(content)
            for table in _member(name, member, unpacked, chosen, remembered)
        ]
    except IntakeError as error:
        return [Refused(_part(name, "", content), error)]
    if not any(isinstance(table, Found) or not table.nothing_lost for table in tables):
        error = IntakeError("The ZIP archive holds no log. Nothing was changed.")
        return [*tables, Refused(_part(name, "", content), error)]
    return tables


def _member(
    archive: str,
    member: str,
    content: bytes | IntakeError,
    chosen: Choices | Mapping[str, Choices],
    remembered: Mapping[str, Choices],
) -> list[Found | Refused]:
    """The tables of a file in an archive; one that is no log by its name is only named."""
    name = f"{archive}/{member}"
    if isinstance(content, IntakeError):
        return [Refused(Part(name, "", "", member), content)]
    part = _part(name, member, content)
    if PurePath(member).suffix.lower() not in LOGS:
        return [Refused(part, IntakeError("This is no table and was not read."), nothing_lost=True)]
    try:
        if is_archive(content):
            raise IntakeError("This is a ZIP archive within a ZIP archive. Unpack it and upload what is in it.")
        return _tables(name, member, content, chosen, remembered)
    except IntakeError as error:
        return [Refused(part, error, nothing_lost=not content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"))]


def _part(name: str, key: str, content: bytes) -> Part:
    return Part(name, "", hashlib.sha256(content).hexdigest(), key)


def _tables(
    name: str,
    key: str,
    content: bytes,
    chosen: Choices | Mapping[str, Choices],
    remembered: Mapping[str, Choices],
) -> list[Found | Refused]:
    """The tables of one file that is no archive. Raises `IntakeError` when it cannot be read at all."""
    with ThreadPoolExecutor(1) as worker:
        digest = worker.submit(lambda: hashlib.sha256(content).hexdigest())
        sheets = sources(content)
        tables = []
        for sheet, readings in sheets.items():
            own = "/".join(filter(None, [key, sheet])) if len(sheets) > 1 else key
            choices = chosen if isinstance(chosen, Choices) else chosen.get(own, Choices())
            tables.append(_table(Part(name, sheet, "", own), readings, choices, remembered, len(sheets) == 1))
    tables = [replace(table, part=replace(table.part, sha256=digest.result())) for table in tables]
    lost = any(isinstance(table, Found) or not table.nothing_lost for table in tables)
    if not lost and not (key and len(sheets) == 1):
        tables[0] = replace(tables[0], nothing_lost=False)
    return tables


def _table(
    part: Part, readings: Sequence[Source], choices: Choices, remembered: Mapping[str, Choices], alone: bool
) -> Found | Refused:
    """One sheet or text. alone: there is no other in its file, so that it is expected to be a log."""
    proposal, recognised, applied = propose(readings, choices, remembered)
    if not applied.location and proposal.location:
        choices, applied = (replace(which, location=proposal.location) for which in (choices, applied))
    if recognised is None:
        text = bool(part.key) and not any(map(is_data, proposal.first_rows))  # a member that is only words
        nothing_lost = (text or not alone) and _is_no_log(proposal)
        return Refused(part, refuse(proposal, applied.kind), proposal, nothing_lost)
    try:
        facts = gather(recognised, applied)
    except IntakeError as error:
        day = proposal.day_of(part.sheet) if error.message == NO_DAY and not applied.day else None
        if day:
            return _table(part, readings, replace(choices, day=day.isoformat()), remembered, alone)
        return Refused(
            part, error, proposal, month_first=error.message == MONTH_FIRST, needs_day=error.message == NO_DAY
        )
    if facts.rows.is_empty():
        return Refused(part, IntakeError("Below the header there is no row. Nothing was changed."), proposal)
    if facts.rows["reason"].null_count() == 0:
        return Refused(
            part, _unreadable(facts.rows), proposal, rejects=facts.rows.head(SHOWN_REJECTS).cast({"reason": pl.String})
        )
    proposal = replace(proposal, unread=sorted({*proposal.unread, *facts.late}))
    return Found(part, recognised.kind, proposal, applied, applied.reading != choices.reading, facts)


def _unreadable(rows: pl.DataFrame) -> IntakeError:
    """No row could be read: how many there are, and why most of them."""
    reason, count, line = rows.group_by("reason").agg(pl.len(), pl.col("line").min()).sort("len", "line").row(-1)
    return IntakeError(
        "No row could be read (rows: {rows}). Most often, as on line {line} (rows: {count}): {reason}. "
        "Nothing was changed.",
        "--columns, if a column was taken for another",
        rows=rows.height,
        count=count,
        line=line,
        reason=Message(REASONS[reason]),
    )


def _is_no_log(proposal: Proposal) -> bool:
    """Whether a sheet beside others is empty, notes or a summary: no header in it is of a person, and no two columns
    look like people and times.
    """
    people = [field for field in PERSON if field in proposal.columns]
    return not people or (
        all(proposal.how[field] == "contents" for field in people) and not DATED & proposal.columns.keys()
    )
