"""A recognised table → facts: its pieces are read side by side, and what they say is put together.

A piece does not know the people and places of the others: it numbers its own, and gets their numbers in the whole table
at the end. What a kind of log says in its columns is told by quetma/intake/facts.py.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations, starmap

import polars as pl

from quetma.intake import normalise, notes
from quetma.intake.choices import Choices
from quetma.intake.columns import DOSES, Recognised, own_columns
from quetma.intake.errors import REASON
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
PERSON = ("name", "phone", "birth")
# Which other column may hold a part of them, or them where their own is empty.
HALVES = {"name": "family", "phone": "phone_other", "birth": "birth_women"}
SLASHED = r"(^|\D)(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2}\b)"
SIDE_BY_SIDE = 2
LOOKED_AT = 50  # cells of a column, to see what it holds
NAMES = {"who": pl.Int64, "names": pl.List(pl.String)}
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
    """What a piece says. rows: line, bad (it could not be read) and reason (of its columns); raw: those of some indexes
    as they stand. texts: the distinct name, phone and birth, those of a row without a reason first; good: how many
    these are; spelled: of each row an index into them. facts: as of `Facts`, of all rows, without who, and with place
    an index into the piece's own places. unless_all: a reason, where it would hold, and whether it is waived because
    the whole piece is so. words, dayless: as of `Facts`. noted: of which rows a remark holds.
    """

    rows: pl.DataFrame
    raw: Callable[[pl.Series | None], pl.Series]
    texts: pl.DataFrame
    good: int
    spelled: pl.Series
    facts: pl.DataFrame
    places: pl.DataFrame
    unless_all: tuple[str, pl.Series, bool] | None
    needs_location: bool
    marks: pl.DataFrame
    words: pl.DataFrame
    noted: Mapping[str, pl.Series]
    dayless: bool


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
        self.places = normalise.places(pl.Series([], dtype=pl.String))[1]
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

    def text(self, field: str) -> pl.Series:
        """The cells of a field, tidied. A name, a phone or a birth year in two columns is one."""
        columns = [column for column in (field, HALVES.get(field)) if column in self.columns]
        if not columns:
            return self.cells(field)
        return _one(pl.DataFrame({column: tidied(self.cells(column)) for column in columns}), field)

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
        columns = [column for column in (*PERSON, *HALVES.values()) if column in self.columns] or PERSON[:1]
        written, spelled = normalise.distinct(pl.DataFrame({column: self.cells(column) for column in columns}))
        tidy = pl.DataFrame([tidied(column) for column in written.iter_columns()])
        texts = pl.DataFrame({field: _one(tidy, field).fill_null("") for field in PERSON})
        rows = self.frame.select("line", "bad", reason=reason)
        good = rows.select(pl.all_horizontal(pl.col("bad", "reason").is_null())).to_series()
        if self.unless_all:
            good &= ~self.unless_all[1].fill_null(False)
        held = spelled.filter(good).unique(maintain_order=True)
        others = pl.repeat(True, texts.height, eager=True).scatter(held, False).arg_true()
        order = pl.concat([held, others])
        nth = pl.repeat(0, texts.height, dtype=pl.UInt32, eager=True).scatter(
            order, pl.int_range(texts.height, dtype=pl.UInt32, eager=True)
        )
        return Said(
            rows, self.piece.raw, _own(texts.select(pl.all().gather(order))), held.len(), nth.gather(spelled),
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
        said = list(workers.map(lambda piece: reader(Table(piece(), found, choices)), pieces))
        # A person is called as the first good row does: what a rejected row says of them comes last.
        texts = [one.texts.head(one.good) for one in said] + [one.texts.slice(one.good) for one in said]
        spelled, numbers = normalise.distinct(pl.concat(texts))
        who, people = normalise.who(spelled, workers.map)
        meant = _of_each(texts, who.select(pl.all().gather(numbers)))
        persons = [pl.concat(both) for both in zip(meant[: len(said)], meant[len(said) :], strict=True)]
        places = [one.places for one in said]
        names, place = _places(places)
        placed = _of_each(places, place.to_frame("place"))
        waived = all(one.unless_all is None or one.unless_all[2] for one in said)
        few = found.kind == "scans"  # rows of other kinds may still be refused beside one another (settle.py)
        taken = list(workers.map(lambda one: _taken(*one, waived, few), zip(said, persons, placed, strict=True)))
        starts = [0]
        for rows, _, _ in taken:
            starts.append(starts[-1] + rows.height)
        facts, doubtful = (
            pl.concat([frame.with_columns(pl.col("row") + start) for frame, start in zip(frames, starts, strict=False)])
            for frames in zip(*(one[1:] for one in taken), strict=True)
        )
        every_row = workers.submit(lambda: notes.marked(pl.concat([one[0] for one in taken]), doubtful, found))
        facts = facts.rechunk()
    return Facts(
        every_row.result(), facts, people, names,
        any(one.needs_location for one in said), pl.concat([one.marks for one in said]),
        words=_words([one.words for one in said]), undirected=waived, names=_names(spelled, who, people),
        dayless=all(one.dayless for one in said),
        noted=_noted([one.noted for one in said], [one[0]["reason"].is_null() for one in taken]),
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


def _names(spelled: pl.DataFrame, who: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The people of a phone whose rows bear names that are not just two ways to write one."""
    told = spelled.select("name").hstack(who.select("who")).filter(pl.col("name") != "", pl.col("who").is_not_null())
    told = told.filter(pl.col("who").is_duplicated())
    told = told.with_columns(fold=fold_all(told["name"])).unique(["who", "fold"], keep="first", maintain_order=True)
    told = told.filter(pl.col("who").is_duplicated() & ~people["masked"].gather(told["who"]))
    several = told.group_by("who", maintain_order=True).agg(names="name", folds="fold")
    unlike = pl.Series(
        [any(starmap(are_unlike, combinations(folds, 2))) for folds in several["folds"]], dtype=pl.Boolean
    )
    return several.filter(unlike).select(pl.col("who").cast(pl.Int64), pl.col("names"))


def _one(cells: pl.DataFrame, field: str) -> pl.Series:
    """What the columns of a field say together, where any of them does. cells: tidied, by column."""
    other = HALVES.get(field)
    none = pl.repeat(None, cells.height, dtype=pl.String, eager=True)
    own = cells[field] if field in cells.columns else none
    if other not in cells.columns or (field == "name" and field not in cells.columns):  # a family's name alone is none
        return own.alias(field)
    if field == "name":
        both = pl.concat_str(pl.lit(cells[other]), pl.lit(own), separator=" ", ignore_nulls=True)
        return cells.select(both.replace("", None).alias(field)).to_series()
    if field == "phone":  # `-` and `không` say that there is none
        own = own.set(fold_all(own.fill_null("")).is_in(list(normalise.NOTHING)), None)
    return own.zip_with(own.is_not_null(), cells[other]).alias(field)


def numbers(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The two first numbers of each date of which the year comes last."""
    groups = texts.drop_nulls().str.extract_groups(SLASHED).struct.unnest().drop_nulls()
    return groups["2"].cast(pl.Int64), groups["4"].cast(pl.Int64)


def _taken(
    said: Said, persons: pl.DataFrame, placed: pl.DataFrame, waived: bool, few: bool
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows and facts of a piece, with the people and places of the whole table, and its refused rows that may be no
    records (`notes.doubtful`). few: only refused rows keep their text.
    """
    nobody = persons["reason"].gather(said.spelled) if persons["reason"].count() else None
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
    facts = said.facts.with_columns(who=persons["who"].gather(said.spelled).gather(said.facts["row"]))
    if "place" in facts.columns:
        facts = facts.with_columns(placed["place"].cast(pl.UInt32).gather(facts["place"]))
    if not at.is_empty():
        facts = facts.filter(~refused.gather(facts["row"]))
    raw = pl.repeat(None, rows.height, dtype=pl.String, eager=True).scatter(at, said.raw(at)) if few else said.raw(None)
    rows = rows.select("line", raw.alias("raw"), "reason")
    return rows, facts.select("row", "who", pl.exclude("row", "who")), notes.doubtful(rows)


def _own(texts: pl.DataFrame) -> pl.DataFrame:
    """The same texts, which do not keep all the others of the piece in memory."""
    own = pl.from_arrow(texts.to_arrow(compat_level=pl.CompatLevel.oldest()))
    assert isinstance(own, pl.DataFrame)
    return own


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
