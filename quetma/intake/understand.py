"""A file → the tables in it, each understood as far as that is possible without the store.

Nothing here opens the store and everything returned can be pickled, so that a large or hostile file can be read in a
process of its own.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from quetma.intake.choices import Choices
from quetma.intake.columns import Proposal, propose, refuse
from quetma.intake.errors import IntakeError
from quetma.intake.facts import Facts, gather
from quetma.intake.read import sources


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


@dataclass(frozen=True)
class Refused:
    """A table, or a whole file, that cannot be read as it is.

    proposal: how far it was understood, when a choice by hand could help. nothing_lost: it holds no log at all (an
    empty sheet, notes, a picture in an archive): to be named, but nothing is wrong.
    """

    part: Part
    error: IntakeError
    proposal: Proposal | None = None
    nothing_lost: bool = False


def understand(
    file_name: str,
    content: bytes | Path,
    choices: Choices | Mapping[str, Choices] | None = None,
    remembered: Mapping[str, Choices] | None = None,
) -> list[Found | Refused]:
    """The tables of a file in the order in which they stand in it; at least one.

    `choices` are for every table, or by `Part.key`. `remembered` holds, by `Proposal.signature`, what was chosen for
    tables that look the same; it is used for a table for which nothing is chosen. Never raises for what is in the file.
    """
    content = content.read_bytes() if isinstance(content, Path) else content
    name = PurePath(file_name.replace("\\", "/")).name
    sha256 = hashlib.sha256(content).hexdigest()
    whole = Part(name, "", sha256, "")
    chosen = choices or Choices()
    try:
        candidates = sources(content)
    except IntakeError as error:
        return [Refused(whole, error)]
    tables: list[Found | Refused] = []
    by_sheet: dict[str, list] = {}
    for source in candidates:
        by_sheet.setdefault(source.name, []).append(source)
    for sheet, several in by_sheet.items():
        part = Part(name, sheet, sha256, sheet if len(by_sheet) > 1 else "")
        own = chosen if isinstance(chosen, Choices) else chosen.get(part.key, Choices())
        found = propose(several, own.kind)
        if found is None:
            blank = len(by_sheet) > 1 and not any(source.head for source in several)
            tables.append(Refused(part, refuse(several, own.kind), None, blank))
            continue
        proposal, recognised = found
        facts = gather(recognised, own.location)
        if facts.rows.is_empty():
            tables.append(
                Refused(part, IntakeError("Below the header there is no row. Nothing was changed."), proposal)
            )
        else:
            tables.append(Found(part, recognised.kind, proposal, own, False, facts))
    return tables
