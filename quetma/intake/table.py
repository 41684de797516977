"""A recognised table → facts: its pieces are read side by side, and what they say is put together.

A piece does not know the people and places of the others: it numbers its own, and gets their numbers in the whole table
at the end. What a kind of log says in its columns is told by quetma/intake/facts.py.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate, combinations, starmap

import numpy as np
import polars as pl

from quetma.intake import normalise, notes
from quetma.intake.choices import Choices
from quetma.intake.columns import DOSES, Recognised, own_columns
from quetma.intake.errors import REASON
from quetma.intake.normalise import HALVES, PERSON
from quetma.intake.persons import LONGEST
from quetma.intake.text import Piece, tidied
from quetma.people import are_unlike, fold, fold_all

# The fields that hold dates, and a date of which day and month could be exchanged: before, two numbers, after.
DATED = {
    "time",
    "date",
    "time_in",
    "time_out",
    "date_out",
    "given_on",
    *(f"given_on_{n}" for n in DOSES),
    "installed_on",
    "declared_at",
    "first_day",
    "last_day",
    "started",
    "since",
    "ended",
}
SLASHED = r"(^|\D)(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2}\b)"
SIDE_BY_SIDE = 2
FEW = 5_000  # people are told apart as quickly by one thread
LOOKED_AT = 50  # cells of a column, to see what it holds
NAMES = {"who": pl.Int64, "names": pl.List(pl.String)}
PLACES = {"place": pl.Int64, "name": pl.String, "name_key": pl.String}
WORDS = {"word": pl.String, "rows": pl.Int64, "seconds": pl.Int64}


@dataclass(frozen=True)
class Facts:
    """What a file says, before it is compared with the store.

    rows: one row per row of the file: line, raw (null for a scan that can be taken), reason (null when the row can be
    taken). facts: one row per fact (a visit gives two): row (index into rows), who (into people), place (into places),
    then the kind's own columns, named as in the fact's table. A rejected row has none. marks: which rejected rows of
    earlier uploads a row mends (quetma/intake/mend.py): line, of_batch, of_line. late: the columns that nothing is read
    from, of which only cells far below the header look as if they mattered. words: of the direction column those that
    nobody knows: word, rows, and seconds: those since midnight of all its rows together. undirected: no word is known,
    so all rows are taken without a direction. names: the people whom the rows call by names that are unlike each other:
    who, names. dayless: nothing tells the day of the rows. noted: of how many good rows a code of `errors.REMARKS`
    holds.
    """

    rows: pl.DataFrame
    facts: pl.DataFrame
    people: pl.DataFrame
    places: pl.DataFrame
    needs_location: bool
    marks: pl.DataFrame
    late: list[int] = field(default_factory=list)
    words: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=WORDS))
    names: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NAMES))
    undirected: bool = False
    noted: Mapping[str, int] = field(default_factory=dict)
    dayless: bool = False


@dataclass(frozen=True)
class Said:
    """What a piece says, but for who. rows: line, bad (it could not be read) and reason (of its columns); raw: those of
    some indexes as they stand. facts: as of `Facts`, of all rows, without who, and with place an index into the piece's
    own places. unless_all: a reason, where it would hold, and whether it is waived because the whole piece is so.
    words, dayless: as of `Facts`. noted: of which rows a remark holds.
    """

    rows: pl.DataFrame
    raw: Callable[[pl.Series | None], pl.Series]
    facts: pl.DataFrame
    places: pl.DataFrame
    unless_all: tuple[str, pl.Series, bool] | None
    needs_location: bool
    marks: pl.DataFrame
    words: pl.DataFrame
    noted: Mapping[str, pl.Series]
    dayless: bool

    @property
    def good(self) -> pl.Series:
        """Which rows have no reason against them yet."""
        good = self.rows["bad"].is_null() & self.rows["reason"].is_null()
        return good & ~self.unless_all[1].fill_null(False) if self.unless_all else good


class Table:
    """The columns of a piece by field, and the reasons found so far: the first reason of a row is the one it is
    rejected for.
    """

    def __init__(self, piece: Piece, found: Recognised, choices: Choices) -> None:
        self.piece, self.frame = piece, piece.frame
        self.columns = dict(found.columns)
        self.mends = own_columns(found.header.cells).get("mends")
        self.location = choices.location
        self.day = choices.day
        self.dayless = False
        self.parted: dict[str, pl.Series] = {}
        self.renamed = {fold(name): meant for name, meant in choices.places.items()}
        self.directions = {fold(word): meant for word, meant in choices.directions.items()}
        self.month_first = choices.month_first
        self.reasons: list[pl.Series] = []
        self.unless_all: tuple[str, pl.Series, bool] | None = None
        self.values: dict[str, pl.Series] = {}
        self.words = pl.DataFrame(schema=WORDS)
        self.noted: dict[str, pl.Series] = {}
        self.places = pl.DataFrame(schema=PLACES)
        self.needs_location = False

    def cells(self, field: str) -> pl.Series:
        """The cells of a column as they stand in the file; nulls where the table has no such column."""
        if field in self.parted:
            return self.parted[field]
        index = self.columns.get(field)
        if index is None:
            return pl.repeat(None, self.frame.height, dtype=pl.String, eager=True)
        cells = self.frame[f"c{index}"]
        if self.month_first and field in DATED:
            cells = tidied(cells).str.replace(SLASHED, "$1$4$3$2$5$6")
        return cells

    def persons(self) -> pl.DataFrame:
        """The columns that tell who, as they stand."""
        columns = [column for column in (*PERSON, *HALVES.values()) if column in self.columns] or PERSON[:1]
        return pl.DataFrame({column: self.cells(column) for column in columns})

    def text(self, field: str) -> pl.Series:
        """The cells of a field, tidied. A name, a phone or a birth year in two columns is one."""
        columns = [column for column in (field, HALVES.get(field)) if column in self.columns]
        if not columns:
            return self.cells(field)
        return normalise.one(pl.DataFrame({column: tidied(self.cells(column)) for column in columns}), field)

    def some(self, field: str) -> pl.Series:
        """The first few cells of a column that say something, tidied."""
        if field not in self.columns and field not in self.parted:
            return pl.Series(dtype=pl.String)
        cells, near = self.cells(field), 20 * LOOKED_AT
        told = tidied(cells.head(near)).drop_nulls()  # enough of nearly every column
        if told.len() < LOOKED_AT and cells.len() > near:
            told = tidied(cells.drop_nulls().head(near)).drop_nulls()
        return told.head(LOOKED_AT)

    def put(self, name: str, values: pl.Series, reason: pl.Series | None = None) -> None:
        """The value of a fact's column, and why there is none."""
        self.values[name] = values
        if reason is not None:
            self.reasons.append(reason)

    def refuse(self, reason: str, where: pl.Series) -> None:
        """Rejects the rows where `where` is true."""
        if where.any():
            self.reasons.append(pl.select(pl.when(where).then(pl.lit(reason)))["literal"])

    def note(self, remark: str, where: pl.Series) -> None:
        """Has it said of how many rows that can be taken `where` is true."""
        self.noted[remark] = where

    def refuse_unless_all(self, reason: str, where: pl.Series, waived: bool) -> None:
        """Rejects the rows where `where` is true, after all other reasons, unless every piece says `waived`."""
        self.unless_all = reason, where, waived

    def locate(self) -> None:
        """The place of each row: its own, else the one given for the whole file."""
        self.needs_location = "location" not in self.columns and not self.location
        if self.needs_location:  # as if there were one, which is asked for before anything is loaded
            self.put("place", pl.repeat(0, self.frame.height, dtype=pl.Int64, eager=True))
            self.places = pl.DataFrame({"place": [0], "name": [""], "name_key": [""]})
            return
        written, numbers = normalise.distinct(self.cells("location").to_frame("cell"))
        names = tidied(written["cell"]).fill_null(self.location or "")
        if self.renamed:
            names = normalise.each(names, lambda name: self.renamed.get(fold(name), name), pl.String)
        place, self.places = normalise.places(names)
        self.put("place", place.gather(numbers))
        if place.null_count():
            nowhere = place.is_null()
            self.refuse("too_long", (nowhere & (names.str.len_chars() > LONGEST)).gather(numbers))
            self.refuse("no_location", nowhere.gather(numbers))

    def one_a_row(self) -> pl.DataFrame:
        """A fact of each row, whether it has a reason against it or not: row and the columns put."""
        return pl.DataFrame({"row": pl.int_range(self.frame.height, dtype=pl.UInt32, eager=True), **self.values})

    def done(self, facts: pl.DataFrame | None = None) -> Said:
        """What the piece says; by default one fact a row, with the columns put."""
        told = [r.alias(f"r{i}") for i, r in enumerate(self.reasons) if r.null_count() < r.len()]
        reason = pl.coalesce(told) if told else pl.lit(None, pl.String)
        return Said(
            self.frame.select("line", "bad", reason=reason), self.piece.raw,
            self.one_a_row() if facts is None else facts,
            self.places, self.unless_all, self.needs_location, self._marks(), self.words,
            self.noted, self.dayless,
        )  # fmt: skip

    def _marks(self) -> pl.DataFrame:
        """One row per rejected row that a row says it mends; a cell can name several."""
        if self.mends is None:
            return pl.DataFrame(schema={"line": pl.Int64, "of_batch": pl.Int32, "of_line": pl.Int32})
        text = self.frame[f"c{self.mends}"]
        named = self.frame.select("line", mark=text.str.extract_all(r"\d+\D+\d+")).explode("mark").drop_nulls()
        numbers = pl.col("mark").str.extract_all(r"\d+").list
        batch, line = numbers.first().cast(pl.Int32, strict=False), numbers.last().cast(pl.Int32, strict=False)
        return named.select("line", of_batch=batch, of_line=line).drop_nulls()


def read(found: Recognised, choices: Choices, reader: Callable[[Table], Said]) -> Facts:
    """What a table says: `reader` says it of a piece."""
    pieces = found.source.pieces(found.header)
    with ThreadPoolExecutor(SIDE_BY_SIDE, "pieces") as workers:
        tables = list(workers.map(lambda piece: Table(piece(), found, choices), pieces))
        saying = workers.map(reader, tables)
        # Meanwhile: people are told apart by one thread alone.
        persons = [table.persons() for table in tables]
        every = normalise.distinct(pl.concat(persons, rechunk=True))
        said = list(saying)
        written, spelled = _spelled(*every, pl.concat([one.good for one in said]))
        half = written.height // 2 if written.height > FEW else 0
        halves = [written.head(half), written.slice(half)] if half else [written]
        who, people = normalise.who(pl.concat(workers.map(normalise.identities, halves)))
        persons = _of_each(persons, spelled.to_frame("nth"))
        places = [one.places for one in said]
        names, place = _places(places)
        placed = _of_each(places, place.to_frame("place"))
        waived = all(one.unless_all is None or one.unless_all[2] for one in said)
        few = found.kind == "scans"  # rows of other kinds may still be refused beside one another (settle.py)
        taken = list(workers.map(lambda one: _taken(*one, who, waived, few), zip(said, persons, placed, strict=True)))
        every_row = workers.submit(lambda: notes.marked(pl.concat([rows for rows, _ in taken]), found))
        starts = accumulate((rows.height for rows, _ in taken), initial=0)
        facts = [some.with_columns(pl.col("row") + start) for (_, some), start in zip(taken, starts, strict=False)]
        facts = pl.concat(facts, rechunk=True)
    return Facts(
        every_row.result(), facts, people, names,
        any(one.needs_location for one in said), pl.concat([one.marks for one in said]),
        words=_words([one.words for one in said]), undirected=waived, names=_names(written, who, people),
        dayless=all(one.dayless for one in said),
        noted=_noted([one.noted for one in said], [rows["reason"].is_null() for rows, _ in taken]),
    )  # fmt: skip


def _words(pieces: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The words of all pieces, those of most rows first."""
    words = pl.concat(pieces).group_by("word", maintain_order=True).sum()
    return words.sort("rows", descending=True, maintain_order=True)


def _noted(pieces: Sequence[Mapping[str, pl.Series]], good: Sequence[pl.Series]) -> dict[str, int]:
    """Of how many good rows each remark holds."""
    return {
        code: sum(int((noted[code] & rows).sum()) for noted, rows in zip(pieces, good, strict=True))
        for code in pieces[0]
    }


def _spelled(written: pl.DataFrame, numbers: pl.Series, good: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct cells that tell who, and of each row which of them are its own, in the order in which the `good`
    rows hold them: a person is called as the first of those does. What other rows alone say of them comes last.
    """
    if good.all():
        return written, numbers
    held = numbers.filter(good).unique(maintain_order=True)
    others = pl.repeat(True, written.height, eager=True).scatter(held, False).arg_true()
    order = pl.concat([held, others])
    every = pl.int_range(written.height, dtype=pl.UInt32, eager=True)
    return written.select(pl.all().gather(order)), every.scatter(order, every).gather(numbers)


def _names(written: pl.DataFrame, who: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The people of a phone whose rows bear names that are not just two ways to write one."""
    often = pl.Series(np.bincount(who["who"].drop_nulls(), minlength=1) > 1)
    at = often.gather(who["who"]).fill_null(False).arg_true()
    texts = normalise.texts(written.select(pl.all().gather(at)))
    told = texts.select("name", who=who["who"].gather(at)).filter(pl.col("name") != "")
    told = told.with_columns(fold=fold_all(told["name"])).unique(["who", "fold"], keep="first", maintain_order=True)
    told = told.filter(pl.col("who").is_duplicated() & ~people["masked"].gather(told["who"]))
    several = told.group_by("who", maintain_order=True).agg(names="name", folds="fold")
    unlike = pl.Series(
        [any(starmap(are_unlike, combinations(folds, 2))) for folds in several["folds"]], dtype=pl.Boolean
    )
    return several.filter(unlike).select(pl.col("who").cast(pl.Int64), pl.col("names"))


def numbers(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The two first numbers of each date of which the year comes last."""
    groups = texts.drop_nulls().str.extract_groups(SLASHED).struct.unnest().drop_nulls()
    return groups["2"].cast(pl.Int64), groups["4"].cast(pl.Int64)


def _taken(
    said: Said, persons: pl.DataFrame, placed: pl.DataFrame, who: pl.DataFrame, waived: bool, few: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows and facts of a piece, with the people and places of the whole table. few: only refused rows keep their
    text.
    """
    nobody = who["reason"].gather(persons["nth"]) if who["reason"].count() else None
    reasons = [said.rows["bad"], nobody, said.rows["reason"]]
    if said.unless_all and not waived:
        reason, where, _ = said.unless_all
        reasons.append(pl.select(pl.when(where).then(pl.lit(reason)))["literal"])
    told = [r.alias(f"r{i}") for i, r in enumerate(reasons) if r is not None and r.null_count() < r.len()]
    first = said.rows.select(pl.coalesce(told) if told else pl.lit(None, pl.String)).to_series()
    refused = first.is_not_null()
    at = refused.arg_true()
    reason = pl.repeat(None, said.rows.height, dtype=REASON, eager=True).scatter(at, first.gather(at).cast(REASON))
    rows = said.rows.select("line", reason=reason)
    facts = said.facts.with_columns(who=who["who"].gather(persons["nth"].gather(said.facts["row"])))
    if "place" in facts.columns:
        facts = facts.with_columns(placed["place"].cast(pl.UInt32).gather(facts["place"]))
    if not at.is_empty():
        facts = facts.filter(~refused.gather(facts["row"]))
    raw = pl.repeat(None, rows.height, dtype=pl.String, eager=True).scatter(at, said.raw(at)) if few else said.raw(None)
    rows = rows.select("line", raw.alias("raw"), "reason")
    return rows, facts.select("row", "who", pl.exclude("row", "who"))


def _places(pieces: Sequence[pl.DataFrame]) -> tuple[pl.DataFrame, pl.Series]:
    """The places of all pieces, and of each place of each piece its number among them."""
    named = pl.concat(pieces)
    places = named.unique("name_key", keep="first", maintain_order=True)
    places = places.with_columns(place=pl.int_range(places.height))
    known = places.select("name_key", "place")
    return places, named.select("name_key").join(known, on="name_key", how="left", maintain_order="left")["place"]


def _of_each(pieces: Sequence[pl.DataFrame], whole: pl.DataFrame) -> list[pl.DataFrame]:
    """`whole`, which holds a row for each row of the pieces, cut up as they are."""
    found, start = [], 0
    for piece in pieces:
        found.append(whole.slice(start, piece.height))
        start += piece.height
    return found
