"""Which kind of log a table is, and what each of its columns means: told by the headers, never assumed.

No public specification of any export exists, so headers.toml lists those seen in the field and their likely variants.
Headers are compared without tones, marks, case, punctuation, and words in brackets.
"""

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from quetma.intake.choices import Choices
from quetma.intake.contents import FIELDS_OF_TYPE, column_type, is_data
from quetma.intake.errors import IntakeError
from quetma.intake.normalise import APPS, days_in
from quetma.intake.read import Source
from quetma.intake.text import Cells, Head, trimmed
from quetma.people import fold

HEADERS = tomllib.loads((Path(__file__).parent / "headers.toml").read_text(encoding="utf-8"))
PERSON = ("name", "phone")
DAY_OF = {"time": "date", "time_in": "date", "time_out": "date_out"}  # the field that a time of day has its day from
# What a column is that holds marks instead of times.
TICKED = {"time_in": "ticked_in", "time_out": "ticked_out"}
DOSES = (1, 2, 3, 4)  # that a list with one row a person may have columns for
DOSE_COLUMNS = tuple(f"{field}_{n}" for n in DOSES for field in ("given_on", "vaccine"))
OTHER_DAY = re.compile(r"\b(in|xuat|lap|ky|ban hanh|quyet dinh|cong van|print|printed|export|exported|issued)\b")
FIRST_ROWS = 20  # of a table, shown to whoever maps its columns by hand


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
    fields = HEADERS["person"] | HEADERS[name]
    for field, spellings in HEADERS.get(f"{name}_wide", {}).items():
        fields |= {f"{field}_{n}": [spelling.format(n=n) for spelling in spellings] for n in DOSES}
    return Kind(label, fields, needs, marks)


KINDS = {
    "doses": _kind(
        "doses",
        "Vaccine doses",
        (PERSON, ("number", *DOSE_COLUMNS), ("given_on", *DOSE_COLUMNS)),
        ("given_on", *DOSE_COLUMNS),
    ),
    "apps": _kind("apps", "App installs", (PERSON, ("app", *APPS)), ("app", *APPS)),
    "declarations": _kind(
        "declarations",
        "Health declarations",
        (PERSON, ("declared_at", "time", "date")),
        ("declared_at", "symptoms"),
    ),
    "absences": _kind("absences", "Absences", (PERSON, ("first_day",)), ("last_day", "reason")),
    "exemptions": _kind("exemptions", "Exemptions", (PERSON, ("duty",), ("first_day",)), ("duty",)),
    "roster": _kind("roster", "Staff roster", (("name",), ("position", "smartphone")), ("position", "smartphone")),
    "scans": _kind(
        "scans",
        "Scans and visits",
        (PERSON, ("time", "time_in", "time_out")),
        ("time", "time_in", "time_out"),
    ),
}

# What a field is called on screen. English texts are message identifiers.
FIELDS = {
    "name": "Name", "phone": "Phone", "birth": "Birth year", "location": "Location", "time": "Time", "date": "Date",
    "time_in": "Time in", "time_out": "Time out", "date_out": "Date out", "direction": "Direction",
    "purpose": "Purpose", "number": "Dose number", "vaccine": "Vaccine", "given_on": "Given on", "place": "Place",
    "lot": "Lot",
    "confirmed_by": "Confirmed by", "app": "App", "installed_on": "Installed on", "declared_at": "Declared at",
    "symptoms": "Symptoms", "position": "Position", "smartphone": "Smartphone", "started": "Started", "ended": "Ended",
    "first_day": "First day away", "last_day": "Last day away", "reason": "Reason", "destination": "Destination",
    "duty": "Duty exempted from", "since": "Holds from",
    "given_on_1": "Dose 1 given on", "given_on_2": "Dose 2 given on", "given_on_3": "Dose 3 given on",
    "given_on_4": "Dose 4 given on", "vaccine_1": "Vaccine of dose 1", "vaccine_2": "Vaccine of dose 2",
    "vaccine_3": "Vaccine of dose 3", "vaccine_4": "Vaccine of dose 4",
    "part": "Part of the day", "days": "Number of days",
    "family": "Family and middle name", "birth_women": "Birth year (women)", "status": "Working or not",
    "phone_other": "Second phone",
    "ticked_in": "Ticked when in", "ticked_out": "Ticked when out",
    "bluezone": "Bluezone", "ncovi": "NCOVI", "pccovid": "PC-COVID",
}  # fmt: skip


# How people shorten what stands in headers (`TG vào`, `T/gian ra`, `Đ/thoại`), folded.
SHORT_FOR = {
    **dict.fromkeys(["tg", "t gian", "tgian"], "thoi gian"),
    **dict.fromkeys(["d thoai", "dthoai"], "dien thoai"),
    **dict.fromkeys(["d diem", "ddiem"], "dia diem"),
    **dict.fromkeys(["h va ten", "hvt", "h v t"], "ho va ten"),
    **dict.fromkeys(["n sinh", "nsinh"], "nam sinh"),
}
SHORT = re.compile(rf"\b(?:{'|'.join(SHORT_FOR)})\b")


@lru_cache(4096)  # the same few cells are looked at for each kind of log and each separator
def plain(header: str) -> str:
    """A header for comparing: `Họ và tên (*)` → `ho va ten`, `soDienThoai` → `so dien thoai`."""
    text = fold(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header))
    bare = re.sub(r"[(\[].*?[)\]]", " ", text)
    words = " ".join(re.findall(r"\w+", bare.replace("_", " ")) or re.findall(r"\w+", text))
    return SHORT.sub(lambda found: SHORT_FOR[found[0]], words)


SPELLINGS = {
    kind: {plain(spelling): field for field, spellings in spec.fields.items() for spelling in spellings}
    for kind, spec in KINDS.items()
}


WITHIN = {
    kind: {field: [plain(word) for word in words] for field, words in fields.items()}
    for kind, fields in HEADERS["within"].items()
}
TITLES = {field: {plain(spelling) for spelling in spellings} for field, spellings in HEADERS["title"].items()}
# What quetma writes beside the columns of a file that it gives back to be mended: no column of the log itself.
OWN = {plain(spelling): column for column, spellings in HEADERS["own"].items() for spelling in spellings}
NOT_ASKED = {plain(spelling) for spelling in HEADERS["not_asked"]["any"]} | OWN.keys()


def own_columns(headers: Sequence[str]) -> dict[str, int]:
    """The columns of our own among these headers: mends | reason | beyond → column index."""
    return {OWN[plain(header)]: index for index, header in enumerate(headers) if plain(header) in OWN}


@dataclass(frozen=True)
class Proposal:
    """How a table is understood, or how far.

    kind: None when nothing tells it. header: the line of its header row, 0 when it has none. headers: one a column, ''
    where the column has none. columns: field → column index. how: field → header | contents | choice | last time: what
    told it; `contents` is a guess that a person should confirm. unread: the columns that nothing is read from
    though they look as if they mattered, unless a person decided about the columns. first_rows: the first rows
    of the table's part of the file, as cells, from its top, titles and header included. signature: equal for tables
    that look the same.
    """

    kind: str | None
    header: int
    headers: tuple[str, ...]
    columns: dict[str, int]
    how: dict[str, str]
    first_rows: tuple[tuple[str, ...], ...]
    signature: str
    separator: str = ""  # of its cells; '' in a workbook
    unread: list[int] = dataclasses.field(default_factory=list)

    @property
    def guessed(self) -> list[str]:
        """The fields that only the contents tell, in the order of the columns."""
        return sorted((field for field in self.how if self.how[field] == "contents"), key=self.columns.__getitem__)

    @property
    def ignored(self) -> list[str]:
        """The headers of the columns that no field takes."""
        taken = set(self.columns.values())
        return [header for index, header in enumerate(self.headers) if index not in taken and header]

    @property
    def location(self) -> str | None:
        """The location that a line above the table names: `Địa điểm: Trụ sở Mai Sơn`."""
        if "location" in self.columns:
            return None
        above = [cell.partition(":") for row in self.first_rows[: max(0, self.header - 1)] for cell in row]
        named = {name.strip() for label, _, name in above if name.strip() and plain(label) in TITLES["location"]}
        return named.pop() if len(named) == 1 else None

    def day_of(self, sheet: str) -> date | None:
        """The one day that the lines above the table tell, or else the name of the sheet: `Sổ khách ngày 24/08/2021`.
        Not a day on which something was printed, issued or signed.
        """
        above = [cell for row in self.first_rows[: max(0, self.header - 1)] for cell in row]
        for texts in (above, [sheet]):
            told = {day for text in texts if not OTHER_DAY.search(fold(text)) for day in days_in(text)}
            if told:
                return told.pop() if len(told) == 1 else None
        return None

    def column(self, index: int) -> str:
        """How a column is called in a sentence: `4 (Giờ ra)`."""
        return f"{index + 1} ({self.headers[index]})" if self.headers[index] else f"{index + 1}"

    def named(self) -> dict[str, str]:
        """Field → the header of its column as the file writes it."""
        return {field: self.headers[index] for field, index in self.columns.items()}


@dataclass(frozen=True)
class Recognised:
    """A table found in a file: where it is, its kind, and which column holds which field. blank: the columns that
    nothing is read from and of which the first cells are empty.
    """

    kind: str
    source: Source
    header: Head
    columns: dict[str, int]
    blank: list[int] = dataclasses.field(default_factory=list)


class Layout(NamedTuple):
    """One way to read a sheet or text: how it is split, and which row or pair of rows is its header."""

    source: Source
    header: Head
    spellings: Sequence[Cells]  # of each column, what may be its name, the likeliest first


def fields_of(cells: Cells, kind: str) -> dict[str, int]:
    """Field → column index, for the headers that this kind knows; of two columns with one meaning the first counts, and
    of phones the second where the first is empty.
    """
    return _fields([[cell] for cell in cells], kind)


def _fields(spellings: Sequence[Cells], kind: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, field in enumerate(_meanings(spellings, kind)):
        if field:
            found.setdefault("phone_other" if field == "phone" and "phone" in found else field, index)
    return found


def _meanings(spellings: Sequence[Cells], kind: str) -> list[str | None]:
    """Of each column the field that its header means."""
    told = ([_meaning(name, kind) for name in names if len(name) < 100] for names in spellings)
    return [next(filter(None, fields), None) for fields in told]


@lru_cache(4096)
def _meaning(name: str, kind: str) -> str | None:
    """The field that a header means: as it stands, else as all its parts say (`Full name / Họ tên`), else by words that
    mean nothing else wherever they stand.
    """
    known = SPELLINGS[kind]
    if field := known.get(plain(name)):
        return field
    parts = [plain(part) for part in re.split(r"[/|\n()\[\]–]| - ", name) if plain(part)]
    told = {known.get(part) for part in parts}
    if len(parts) > 1 and len(told) == 1 and None not in told:
        return told.pop()
    words = f" {plain(name)} "
    return next(
        (field for field, within in WITHIN.get(kind, {}).items() if any(f" {word} " in words for word in within)), None
    )


def propose(
    readings: Sequence[Source], choices: Choices, remembered: Mapping[str, Choices]
) -> tuple[Proposal, Recognised | None, Choices]:
    """How the table in a sheet or text is to be read, the table itself when it has all that its kind needs, and the
    choices that apply: those given, else those remembered for tables that look like this one.
    """
    alone = _understand(readings, Choices())
    signature = alone[0].signature
    if choices.reading != Choices():
        return *_understand(readings, choices, signature), choices
    known = remembered.get(signature) or remembered.get(_mended(alone[0]))
    if known is None:
        return *alone, choices
    applied = replace(known, location=choices.location, day=choices.day, places=choices.places, source=choices.source)
    return *_understand(readings, known, signature, "last time"), applied


def _mended(proposal: Proposal) -> str:
    """The key among what is remembered of the upload whose rejected rows the table brings back; '' for other tables."""
    index = own_columns(proposal.headers).get("mends")
    rows = proposal.first_rows[proposal.header :] if index is not None else ()
    marks = (re.search(r"\d+(?=\D+\d)", row[index]) for row in rows if index is not None and index < len(row))
    return next((mended(int(mark[0])) for mark in marks if mark), "")


def mended(batch_id: int) -> str:
    """The key under which it is remembered how rows that mend those of an upload are read."""
    return f"mends {batch_id}"


def _understand(
    readings: Sequence[Source], choices: Choices, signature: str = "", how: str = "choice"
) -> tuple[Proposal, Recognised | None]:
    layouts = [layout for source in readings for layout in _layouts(source, choices.header)]
    told = _told(layouts, choices.kind)
    layout = told[0] if told else _likeliest(layouts, readings, choices)
    kind = told[1] if told else choices.kind or _kind_like(layout)
    columns = _fields(layout.spellings, kind or "scans")
    by = dict.fromkeys(columns, "header")
    if choices.columns:
        kind = kind or "scans"
        chosen = {field: index for field, index in choices.columns.items() if field in KINDS[kind].fields}
        taken = set(chosen.values())
        columns = {field: i for field, i in columns.items() if field not in chosen and i not in taken}
        columns |= {field: i for field, i in chosen.items() if 0 <= i < len(layout.header.cells)}
        by = dict.fromkeys(columns, "header") | {field: how for field in chosen if field in columns}
    types = _types(layout)
    if not choices.columns:
        moved = _moved(_meanings(layout.spellings, kind or "scans"), types, columns)
        columns = {field: index for field, index in (columns | moved).items() if index >= 0}
        by = dict.fromkeys(columns, "header")
    if not choices.columns and not (kind and _complete(columns, kind)):
        guessed = _guess(layout, types, kind or "scans", columns)
        columns |= guessed
        by |= dict.fromkeys(guessed, "contents")
        kind = kind or ("scans" if _complete(columns, "scans") else None)
    asked = [] if choices.columns else _silent(layout, columns)
    headers = tuple(" ".join(cell.split()) for cell in layout.header.cells)
    nameless = layout.spellings == []
    if nameless:
        looks_like = ["", *(types(index) for index in range(len(headers)))]
    else:
        looks_like = [name for name in map(plain, headers) if name not in OWN]
    proposal = Proposal(
        kind=kind,
        header=0 if nameless else layout.header.below,
        headers=("",) * len(headers) if nameless else headers,
        columns=columns,
        how=by,
        first_rows=tuple(tuple(head.cells) for head in layout.source.head[:FIRST_ROWS]),
        signature=signature or "|".join(looks_like),
        separator=getattr(layout.source, "separator", ""),
        unread=[index for index in asked if matters(types(index), kind or "scans", columns)],
    )
    if kind is None or not _complete(columns, kind):
        return proposal, None
    width = len(trimmed(layout.header.cells))
    blank = [index for index in asked if index < width and _is_blank(layout, index)]
    return proposal, Recognised(kind, layout.source, layout.header, columns, blank)


def _complete(columns: Mapping[str, int], kind: str) -> bool:
    return all(any(field in columns for field in group) for group in KINDS[kind].needs)


def _layouts(source: Source, header: int | None) -> list[Layout]:
    """Every row of the head as a header, then every two rows that may be one: `Thời gian` over `Vào | Ra`.

    `header` is the line of the header row, or 0 for none, when a person said so.
    """
    heads = source.head
    if ours := next((head for head in heads if "mends" in own_columns(head.cells)), None):
        return [Layout(source, ours, [[cell] for cell in ours.cells])]  # our own file: its header is where we put it
    if header == 0:
        return []
    single = [Layout(source, head, [[cell] for cell in head.cells]) for head in heads]
    double = [pair for top, bottom in pairwise(heads) if (pair := _two_rows(source, top, bottom))]
    return [layout for layout in single + double if header in (None, layout.header.below)]


def _two_rows(source: Source, top: Head, bottom: Head) -> Layout | None:
    """Two rows as one header, when they look like it: some cell is merged over both, or over several columns."""
    if is_data(bottom.cells) or any(re.search(r"\d{3}", cell) for cell in bottom.cells):
        return None
    above, names = "", []
    merged = False
    for index in range(max(len(top.cells), len(bottom.cells))):
        upper, lower = (cells[index].strip() if index < len(cells) else "" for cells in (top.cells, bottom.cells))
        merged |= bool(upper) != bool(lower) or bool(upper and upper == lower)
        above = upper or (above if lower else "")
        names.append([above] if not lower or lower == above else [f"{above} {lower}".strip(), lower, above])
    if not merged or sum(bool(cell.strip()) for cell in bottom.cells) < 2:
        return None
    return Layout(source, Head([several[0] for several in names], bottom.below), names)


def _told(layouts: Sequence[Layout], kind: str | None) -> tuple[Layout, str] | None:
    """The layout and the kind that know most headers, of those that have all the kind needs.

    Without `kind` each is of the kind that knows most of its headers; of kinds that know equally many, the first in
    `KINDS`.
    """
    best: tuple[Layout, str] | None = None
    most = 0
    for layout in layouts:
        for name, spec in KINDS.items():
            columns = _fields(layout.spellings, name) if name == (kind or name) else {}
            marked = kind or any(field in columns for field in spec.marks)
            if marked and len(columns) > most and _complete(columns, name):
                best, most = (layout, name), len(columns)
    return best


def _likeliest(layouts: Sequence[Layout], readings: Sequence[Source], choices: Choices) -> Layout:
    """The layout to start from when the headers do not tell all: the one that knows most of them; else the reading
    with the most regular rows, its header the row above the first row of data, if there is one.
    """
    wanted = [choices.kind] if choices.kind else list(KINDS)

    def known(layout: Layout) -> tuple[int, int]:
        cells = [cell for cell in layout.header.cells if cell.strip()]
        fields = max(len(_fields(layout.spellings, name)) for name in wanted)
        return (fields, len(cells)) if len(cells) > 1 and not is_data(layout.header.cells) else (0, 0)

    best = max(layouts, key=known, default=None)
    if best and (known(best)[0] or choices.header):
        return best

    def regular(source: Source) -> float:
        widths = [sum(bool(cell.strip()) for cell in head.cells) for head in source.head]
        wide = [width for width in widths if width > 1]
        return max((wide.count(width) * width for width in set(wide)), default=0)

    source = max(readings, key=regular)
    heads = source.head
    first = next((i for i, head in enumerate(heads) if is_data(head.cells) and _width(head) > 1), None)
    if first is None:
        first = next((i + 1 for i, head in enumerate(heads) if _width(head) > 1), 0)
    if first and _width(heads[first - 1]) > 1 and choices.header != 0:
        return Layout(source, heads[first - 1], [[cell] for cell in heads[first - 1].cells])
    width = max((len(head.cells) for head in heads[first:]), default=0)
    above = heads[first - 1].below if first else 0
    return Layout(source, Head([str(n) for n in range(1, width + 1)], above), [])


def _width(head: Head) -> int:
    return sum(bool(cell.strip()) for cell in head.cells)


def _kind_like(layout: Layout) -> str | None:
    """The kind whose marks the headers hold, though they lack something it needs."""
    found = {name: _fields(layout.spellings, name) for name in KINDS}
    marked = [name for name, spec in KINDS.items() if any(field in found[name] for field in spec.marks)]
    return max(marked, key=lambda name: len(found[name]), default=None)


def _types(layout: Layout) -> Callable[[int], str]:
    """What the first cells of a column look like, looked at when it is asked for: of most columns the header says
    enough. A column beyond the last header is none of the table's.
    """
    rows = [head.cells for head in layout.source.head if head.below > layout.header.below]
    width = len(trimmed(layout.header.cells))

    @cache
    def of(index: int) -> str:
        return column_type([cells[index] for cells in rows if index < len(cells)]) if index < width else ""

    return of


def _guess(layout: Layout, types: Callable[[int], str], kind: str, told: Mapping[str, int]) -> dict[str, int]:
    """The fields that the headers do not tell, by the contents of columns whose headers say nothing."""
    silent = _silent(layout, told)
    found: dict[str, int] = {}
    if kind == "scans" and not {"time", "time_in", "time_out"} & told.keys():
        for type in ("moment", "clock"):  # two of them: a visit a row, the time in first
            times = [index for index in silent if types(index) == type]
            if len(times) == 2:
                found |= {"time_in": times[0], "time_out": times[1]}
    for index in silent:
        fields = FIELDS_OF_TYPE[kind].get(types(index), [])
        field = next((field for field in fields if field not in told and field not in found), None)
        if field and index not in found.values() and not (field == "time" and "time_in" in found):
            found[field] = index
    if "time" in found and types(found["time"]) == "moment":
        found.pop("date", None)
    return found


def _silent(layout: Layout, told: Mapping[str, int]) -> list[int]:
    """The columns that hold no field, but for those of which that is known."""
    return [
        index
        for index, names in enumerate(layout.spellings or [[]] * len(layout.header.cells))
        if index not in told.values() and not any(plain(name) in NOT_ASKED for name in names)
    ]


def _is_blank(layout: Layout, index: int) -> bool:
    rows = (head.cells for head in layout.source.head if head.below > layout.header.below)
    return not any(cells[index].strip() for cells in rows if index < len(cells))


def _moved(meanings: Sequence[str | None], types: Callable[[int], str], columns: Mapping[str, int]) -> dict[str, int]:
    """What the contents correct of what the headers say; -1: the field is nowhere.

    Two columns of one meaning, of which one holds days and the other times of day, are the date and the time. `Mũi 1`
    may be the vaccine or the day. A day of leaving without a time of leaving tells nothing. `Vào` and `Ra` with marks
    instead of times tell the direction.
    """
    found: dict[str, int] = {}
    marks = [time for time in TICKED if time in columns and types(columns[time]) in ("tick", "small", "")]
    if any(types(columns[time]) for time in marks):
        for time in marks:
            found |= {time: -1, TICKED[time]: columns[time]}
    for time, day in DAY_OF.items():
        same = [index for index, field in enumerate(meanings) if field == time]
        both = {types(index): index for index in reversed(same)} if len(same) > 1 else {}
        if time in columns and {"day", "clock"} <= both.keys() and types(columns[time]) in ("day", "clock"):
            found[time] = both["clock"]
            if day not in columns:
                found[day] = both["day"]
    for n in DOSES:
        vaccine = columns.get(f"vaccine_{n}", -1)
        if f"given_on_{n}" not in columns and vaccine >= 0 and types(vaccine) in ("day", "moment"):
            found |= {f"given_on_{n}": vaccine, f"vaccine_{n}": -1}
    if "date_out" in columns and "time_out" not in columns:
        found["date_out"] = -1
    return found


def matters(type: str, kind: str, columns: Mapping[str, int]) -> bool:
    """Whether a column with such contents, of which nothing is read, looks as if something should be: it holds times,
    or what the table does not tell otherwise.
    """
    if type in ("moment", "clock", "day"):
        return kind != "roster"  # which has days of many kinds
    fields = FIELDS_OF_TYPE[kind].get(type, []) if type in ("name", "phone", "place", "direction") else []
    return any(field not in columns for field in fields)


def refuse(proposal: Proposal, kind: str | None) -> IntakeError:
    """Why a table cannot be read as it is: what its headers lack."""
    headers = ", ".join(header for header in proposal.headers if header)[:300]
    if kind is not None:
        lacking = [group[0] for group in KINDS[kind].needs if not any(field in proposal.columns for field in group)]
        return IntakeError(
            "Read as this kind, the file lacks a column: {lacking}. Its columns are: {headers}. Nothing was changed.",
            "--columns name=1,phone=2,… (and --kind)",
            lacking=[KINDS[kind].fields[field][0].capitalize() for field in lacking],
            headers=headers,
        )
    if not proposal.columns or not headers:
        return IntakeError(
            "No header row was found. The first rows must hold column names such as Họ và tên, Số điện thoại, "
            "Địa điểm, Thời gian. Nothing was changed."
        )
    return IntakeError(
        "The columns ({headers}) fit no known kind of log. Each needs a name or phone; besides, a scan log needs a "
        "time, doses their dates, app installs the app and its date. Nothing was changed.",
        "--kind scans --columns name=1,phone=2,time=3",
        headers=headers,
    )
