"""Which kind of log a table is, and what each of its columns means: told by the headers, never assumed.

No public specification of any export exists, so headers.toml lists those seen in the field and their likely variants.
Headers are compared without tones, marks, case, punctuation, and words in brackets.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quetma.intake.errors import IntakeError
from quetma.intake.read import SheetSource
from quetma.intake.text import Cells, Head, TextSource
from quetma.people import fold

HEADERS = tomllib.loads((Path(__file__).parent / "headers.toml").read_text(encoding="utf-8"))
PERSON = ("name", "phone")


@dataclass(frozen=True)
class Kind:
    """One kind of log. `fields`: field → header spellings.

    A table can be of this kind when it has one field of each group of `needs`, and is taken for it unasked when it
    also has one of `marks`.
    """

    label: str
    fields: dict[str, list[str]]
    needs: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]


def _kind(name: str, label: str, needs: tuple[tuple[str, ...], ...], marks: tuple[str, ...]) -> Kind:
    return Kind(label, HEADERS["person"] | HEADERS[name], needs, marks)


KINDS = {
    "doses": _kind("doses", "Vaccine doses", (PERSON, ("number",), ("given_on",)), ("given_on",)),
    "apps": _kind("apps", "App installs", (PERSON, ("app",), ("installed_on",)), ("app",)),
    "declarations": _kind(
        "declarations",
        "Health declarations",
        (PERSON, ("declared_at", "time", "date")),
        ("declared_at", "symptoms"),
    ),
    "roster": _kind("roster", "Staff roster", (("name",), ("position", "smartphone")), ("position", "smartphone")),
    "scans": _kind(
        "scans",
        "QR scans",
        (PERSON, ("time", "time_in", "time_out")),
        ("time", "time_in", "time_out"),
    ),
}

# What a field is called on screen. English texts are message identifiers.
FIELDS = {
    "name": "Name", "phone": "Phone", "birth": "Birth year", "location": "Location", "time": "Time", "date": "Date",
    "time_in": "Time in", "time_out": "Time out", "direction": "Direction", "purpose": "Purpose",
    "number": "Dose number", "vaccine": "Vaccine", "given_on": "Given on", "place": "Place", "lot": "Lot",
    "confirmed_by": "Confirmed by", "app": "App", "installed_on": "Installed on", "declared_at": "Declared at",
    "symptoms": "Symptoms", "position": "Position", "smartphone": "Smartphone", "started": "Started", "ended": "Ended",
}  # fmt: skip


def plain(header: str) -> str:
    """A header for comparing: `Họ và tên (*)` → `ho va ten`."""
    text = fold(header)
    bare = re.sub(r"[(\[].*?[)\]]", " ", text)
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")) or re.findall(r"\w+", text))


SPELLINGS = {
    kind: {plain(spelling): field for field, spellings in spec.fields.items() for spelling in spellings}
    for kind, spec in KINDS.items()
}


@dataclass(frozen=True)
class Proposal:
    """How a table is understood, or how far.

    kind: None when nothing tells it. header: the line of its header row, 0 when it has none. headers: one a column, ''
    where the column has none. columns: field → column index. how: field → header | contents | choice | last time: what
    told it; `contents` is a guess that a person should confirm. first_rows: the first rows of the table's part of the
    file, as cells, from its top, titles and header included. signature: equal for tables that look the same.
    """

    kind: str | None
    header: int
    headers: tuple[str, ...]
    columns: dict[str, int]
    how: dict[str, str]
    first_rows: tuple[tuple[str, ...], ...]
    signature: str

    @property
    def guessed(self) -> list[str]:
        """The fields that only the contents tell, in the order of the columns."""
        return sorted((field for field in self.how if self.how[field] == "contents"), key=self.columns.__getitem__)

    @property
    def ignored(self) -> list[str]:
        """The headers of the columns that no field takes."""
        taken = set(self.columns.values())
        return [header for index, header in enumerate(self.headers) if index not in taken and header]

    def named(self) -> dict[str, str]:
        """Field → the header of its column as the file writes it."""
        return {field: self.headers[index] for field, index in self.columns.items()}


@dataclass(frozen=True)
class Recognised:
    """A table found in a file: where it is, its kind, and which column holds which field."""

    kind: str
    source: TextSource | SheetSource
    header: Head
    columns: dict[str, int]


def fields_of(cells: Cells, kind: str) -> dict[str, int]:
    """Field → column index, for the headers that this kind knows; of two columns with one meaning the first counts."""
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        field = SPELLINGS[kind].get(plain(cell)) if len(cell) < 100 else None
        if field:
            found.setdefault(field, index)
    return found


def recognise(sources: Sequence[TextSource | SheetSource], kind: str | None = None) -> list[Recognised]:
    """The tables of a file, at most one a source, those with most known headers first; [] when there is none.

    Without `kind` each is of the kind that knows most of its headers; of kinds that know equally many, the first in
    `KINDS`.
    """
    found: list[Recognised] = []
    for source in sources:
        best: Recognised | None = None
        for header in source.head:
            for name, spec in KINDS.items():
                columns = fields_of(header.cells, name) if name == (kind or name) else {}
                complete = all(any(field in columns for field in group) for group in spec.needs)
                marked = kind or any(field in columns for field in spec.marks)
                if complete and marked and len(columns) > (len(best.columns) if best else 0):
                    best = Recognised(name, source, header, columns)
        if best:
            found.append(best)
    return sorted(found, key=lambda table: -len(table.columns))


def propose(sources: Sequence[TextSource | SheetSource], kind: str | None) -> tuple[Proposal, Recognised] | None:
    """The table that these readings of one text or sheet hold, or None."""
    tables = recognise(sources, kind)
    if not tables:
        return None
    best = tables[0]
    headers = tuple(" ".join(cell.split()) for cell in best.header.cells)
    how = dict.fromkeys(best.columns, "header")
    first_rows = tuple(tuple(head.cells) for head in best.source.head)
    signature = "|".join(plain(header) for header in headers)
    return Proposal(best.kind, best.header.below, headers, best.columns, how, first_rows, signature), best


def refuse(sources: Sequence[TextSource | SheetSource], kind: str | None) -> IntakeError:
    """Why no table was found: the row that looks most like a header, and what it lacks."""
    rows = [head.cells for source in sources for head in source.head]
    wanted = [kind] if kind else list(KINDS)
    cells = max(rows, key=lambda cells: max(len(fields_of(cells, name)) for name in wanted), default=[])
    known = {name: fields_of(cells, name) for name in wanted}
    if not any(known.values()):
        return IntakeError(
            "No header row was found. The first rows must hold column names such as Họ và tên, Số điện thoại, "
            "Địa điểm, Thời gian. Nothing was changed."
        )
    headers = ", ".join(" ".join(cell.split()) for cell in cells if cell.strip())[:300]
    if kind is None:
        return IntakeError(
            "The columns ({headers}) fit no known kind of log. A scan log needs a name or phone and a time. "
            "Nothing was changed.",
            headers=headers,
        )
    lacking = [group[0] for group in KINDS[kind].needs if not any(field in known[kind] for field in group)]
    return IntakeError(
        "Read as this kind, the file lacks a column: {lacking}. Its columns are: {headers}. Nothing was changed.",
        lacking=", ".join(KINDS[kind].fields[field][0].capitalize() for field in lacking),
        headers=headers,
    )
