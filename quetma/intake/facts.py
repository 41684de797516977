"""A recognised table → the facts its rows stand for. Each kind of log has one function here, and nothing else knows
its columns.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import polars as pl

from quetma.intake import normalise
from quetma.intake.choices import Choices
from quetma.intake.columns import Recognised, own_columns
from quetma.intake.errors import IntakeError
from quetma.intake.text import is_total
from quetma.people import fold

# The fields that hold dates, and a date of which day and month could be exchanged: before, two numbers, after.
DATED = {
    "time",
    "date",
    "time_in",
    "time_out",
    "given_on",
    "installed_on",
    "declared_at",
    "first_day",
    "last_day",
    "started",
    "ended",
}
SLASHED = r"(^|\D)(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2}\b)"
DIRECTION = pl.Enum(["in", "out", "unknown"])
WORKER = ThreadPoolExecutor(2, "facts")
UNREAL = ["future_time", "old_time", "future_date", "old_date"]
WRONG = [*UNREAL, "bad_time", "bad_date"]
MONTH_FIRST = (
    "The dates of this file seem to have the month first (08/24/2021). Here the day comes first: choose to read the "
    "month first if that is right. Nothing was changed."
)


@dataclass(frozen=True)
class Facts:
    """What a file says, before it is compared with the store.

    rows: one row per row of the file: line, raw (null for a scan that can be taken), reason (null when the row can be
    taken). facts: one row per fact (a visit gives two): row (index into rows), who (into people), place (into places),
    then the kind's own columns, named as in the fact's table. A rejected row has none. marks: which rejected rows of
    earlier uploads a row mends (quetma/intake/mend.py): line, of_batch, of_line.
    """

    rows: pl.DataFrame
    facts: pl.DataFrame
    people: pl.DataFrame
    places: pl.DataFrame
    needs_location: bool
    marks: pl.DataFrame


class Table:
    """The columns of a table by field, and the reasons found so far: the first reason of a row is the one it is
    rejected for.
    """

    def __init__(self, found: Recognised, choices: Choices) -> None:
        self.kind = found.kind
        self.frame = found.source.table(found.header)
        self.columns = dict(found.columns)
        self.mends = own_columns(found.header.cells).get("mends")
        self.location = choices.location
        self.renamed = {fold(name): meant for name, meant in choices.places.items()}
        self.month_first = choices.month_first
        self.reasons = [self.frame["bad"]]
        # Who it is about takes as long as all else, and is found out meanwhile.
        columns = [self.text(field) for field in ("name", "phone", "birth")]
        self._who = WORKER.submit(normalise.who, *columns)
        self.values: dict[str, pl.Series] = {}
        self.places = normalise.places(pl.Series([], dtype=pl.String))[1]
        self.needs_location = False

    def text(self, field: str) -> pl.Series:
        """The cells of a field; nulls where the table has no such column."""
        index = self.columns.get(field)
        if index is None:
            return pl.repeat(None, self.frame.height, dtype=pl.String, eager=True)
        text = self.frame[f"c{index}"]
        if self.month_first and field in DATED:
            text = text.str.replace(SLASHED, "$1$4$3$2$5$6")
        return text

    def put(self, name: str, values: pl.Series, reason: pl.Series | None = None) -> None:
        """The value of a fact's column, and why there is none."""
        self.values[name] = values
        if reason is not None:
            self.reasons.append(reason)

    def refuse(self, reason: str, where: pl.Series) -> None:
        """Rejects the rows where `where` is true."""
        self.reasons.append(pl.select(pl.when(where).then(pl.lit(reason)))["literal"].alias("reason"))

    def locate(self) -> None:
        """The place of each row: its own, else the one given for the whole file."""
        names = self.text("location").fill_null(self.location or "")
        if self.renamed:
            names = normalise.each(names, lambda name: self.renamed.get(fold(name), name), pl.String)
        place, self.places = normalise.places(names)
        self.needs_location = "location" not in self.columns and not self.location
        self.put("place", place)
        self.refuse("no_location", place.is_null())

    def one_a_row(self) -> pl.DataFrame:
        """A fact of each row, whether it has a reason against it or not: row, who and the columns put."""
        return pl.DataFrame({"who": self._who.result()[0], **self.values}).with_row_index("row")

    def done(self, facts: pl.DataFrame | None = None) -> Facts:
        """The facts of the rows that have no reason against them; by default one a row, with the columns put."""
        _, nobody, people = self._who.result()
        self.reasons.insert(1, nobody)
        reasons = [
            reason.alias(f"r{i}")
            for i, reason in enumerate(self.reasons)
            if not i or reason.null_count() < reason.len()
        ]
        rows = self.frame.select("line", "raw", reason=pl.coalesce(reasons))
        refused = rows["reason"].is_not_null()
        if refused.any():
            total = rows.filter(refused)["raw"].map_elements(is_total, return_dtype=pl.Boolean)
            lines = rows.filter(refused).filter(total)["line"]
            rows = rows.with_columns(
                reason=pl.when(pl.col("line").is_in(lines.implode())).then(pl.lit("total_row")).otherwise("reason")
            )
        if self.kind == "scans":  # very many; rows of other kinds may still be refused beside one another (settle.py)
            few = pl.Series(rows["raw"].filter(refused).to_list(), dtype=pl.String)  # a view would keep the whole file
            none = pl.repeat(None, rows.height, dtype=pl.String, eager=True)
            rows = rows.with_columns(raw=none.scatter(refused.arg_true(), few))
        if facts is None:
            facts = self.one_a_row()
        kept = facts.filter(~refused.gather(facts["row"])) if refused.any() else facts
        kept = kept.with_columns(pl.col("row").cast(pl.UInt32))
        return Facts(rows, kept, people, self.places, self.needs_location, self.marks())

    def marks(self) -> pl.DataFrame:
        """One row per rejected row that a row says it mends; a cell can name several."""
        if self.mends is None:
            return pl.DataFrame(schema={"line": pl.Int64, "of_batch": pl.Int32, "of_line": pl.Int32})
        text = self.frame[f"c{self.mends}"]
        named = self.frame.select("line", mark=text.str.extract_all(r"\d+\D+\d+")).explode("mark").drop_nulls()
        numbers = pl.col("mark").str.extract_all(r"\d+").list
        batch, line = numbers.first().cast(pl.Int32, strict=False), numbers.last().cast(pl.Int32, strict=False)
        return named.select("line", of_batch=batch, of_line=line).drop_nulls()


def scans(table: Table) -> Facts:
    """One row a scan, or one row a visit: a scan in, a scan out, or both."""
    table.locate()
    table.put("purpose", normalise.each(table.text("purpose"), normalise.clean, pl.String))
    day = table.text("date") if "date" in table.columns else None
    if "time" in table.columns and "time_out" in table.columns:
        table.columns.setdefault("time_in", table.columns["time"])
    if "time_in" in table.columns or "time_out" in table.columns:
        return _visits(table, day)
    at, reason = normalise.moments(table.text("time"), day)
    table.put("scanned_at", at, reason)
    text = table.text("direction")
    direction = normalise.each(text, normalise.a_direction, pl.String)
    if direction.is_not_null().any():
        table.refuse("bad_direction", text.is_not_null() & direction.is_null())
    # else no cell is a direction: the column tells something else (how a visitor was scanned), and every direction
    # is unknown
    table.put("direction", direction.fill_null("unknown").cast(DIRECTION))
    return table.done()


def _visits(table: Table, day: pl.Series | None) -> Facts:
    """Two scans a row. One of the two times may be missing; a time out earlier than the time in is the next morning
    after night duty.
    """
    arrived, left = table.text("time_in"), table.text("time_out")
    t_in, in_reason = normalise.moments(arrived, day)
    t_out, out_reason = normalise.moments(left, day)
    table.reasons.append(in_reason.set(arrived.is_null() & left.is_not_null(), None))
    table.reasons.append(out_reason.set(left.is_null() & arrived.is_not_null(), None))
    t_in, t_out = t_in.set(arrived.is_null(), None), t_out.set(left.is_null(), None)
    times = pl.DataFrame({"t_in": t_in, "t_out": t_out}).with_columns(next_day=pl.col("t_out") + pl.duration(days=1))
    early = pl.col("t_out") < pl.col("t_in")
    overnight = early & (pl.col("next_day") - pl.col("t_in") <= pl.duration(seconds=normalise.NIGHT_DUTY))
    if day is None:
        overnight = pl.lit(False)
    times = times.with_columns(t_out=pl.when(overnight).then("next_day").otherwise("t_out"), early=early & ~overnight)
    table.refuse("out_before_in", times["early"].fill_null(False))
    rows = table.one_a_row()
    both = [
        rows.with_columns(scanned_at=times[column], direction=pl.lit(direction, DIRECTION)).filter(
            pl.col("scanned_at").is_not_null()
        )
        for column, direction in (("t_in", "in"), ("t_out", "out"))
    ]
    return table.done(pl.concat(both).sort("row", maintain_order=True))


def roster(table: Table) -> Facts:
    """Who works where as what. Without a smartphone column, or an answer in it, the app duty applies."""
    table.locate()
    table.put("position", normalise.each(table.text("position"), normalise.clean, pl.String).fill_null(""))
    text = table.text("smartphone")
    answer = normalise.each(text, normalise.a_choice, pl.Boolean)
    table.refuse("bad_smartphone", text.is_not_null() & answer.is_null())
    table.put("smartphone", answer.fill_null(True))
    for field in ("started", "ended"):
        day, reason = normalise.days(table.text(field), date(1950, 1, 1), date(2100, 1, 1))
        table.put(field, day, reason.set((reason == "no_date").fill_null(False), None))
    return table.done()


def doses(table: Table) -> Facts:
    """One dose a row."""
    text = table.text("number")
    number = normalise.each(text, normalise.a_dose, pl.Int8)
    table.refuse("bad_dose", number.is_null())
    table.put("number", number)
    table.put("given_on", *normalise.days(table.text("given_on")))
    for field in ("vaccine", "place", "lot"):
        table.put(
            "given_at" if field == "place" else field, normalise.each(table.text(field), normalise.clean, pl.String)
        )
    table.put("confirmed_by", normalise.each(table.text("confirmed_by"), normalise.a_confirmation, pl.String))
    return table.done()


def apps(table: Table) -> Facts:
    """One app on one person's phone a row."""
    app = normalise.each(table.text("app"), normalise.an_app, pl.String)
    table.refuse("no_app", app.is_null())
    table.put("app", app)
    table.put("installed_on", *normalise.days(table.text("installed_on")))
    return table.done()


def declarations(table: Table) -> Facts:
    """One health declaration a row. A day without a time of day is enough: the duty is counted in days."""
    if "declared_at" in table.columns:
        clock, day = table.text("declared_at"), None
    elif "time" in table.columns:
        clock, day = table.text("time"), table.text("date") if "date" in table.columns else None
    else:
        clock, day = table.text("date"), None
    table.put("declared_at", *normalise.moments(clock, day, need_clock=False))
    table.put("symptoms", normalise.each(table.text("symptoms"), normalise.symptoms, pl.String).fill_null(""))
    return table.done()


def absences(table: Table) -> Facts:
    """One absence a row: leave, a trip, duty elsewhere. Without a last day it is one day."""
    first, reason = normalise.days(table.text("first_day"), latest=date(2100, 1, 1))
    table.put("first_day", first, reason)
    text = table.text("last_day")
    last, reason = normalise.days(text, latest=date(2100, 1, 1))
    table.reasons.append(reason.set(text.is_null(), None))
    days = pl.DataFrame({"first": first, "last": last}).with_columns(last=pl.coalesce("last", "first"))
    table.refuse("last_before_first", (days["last"] < days["first"]).fill_null(False))
    table.put("last_day", days["last"])
    words = [normalise.each(table.text(field), normalise.clean, pl.String) for field in ("reason", "destination")]
    table.put("reason", pl.select(pl.concat_str(words, separator=", ", ignore_nulls=True)).to_series().fill_null(""))
    return table.done()


READERS: dict[str, Callable[[Table], Facts]] = {
    "scans": scans, "roster": roster, "doses": doses, "apps": apps, "declarations": declarations,
    "absences": absences,
}  # fmt: skip


def gather(found: Recognised, choices: Choices) -> Facts:
    """The facts of a recognised table. Raises `IntakeError` when its dates cannot be meant as they were read."""
    table = Table(found, choices)
    facts = READERS[found.kind](table)
    dated = facts.rows.with_row_index("row").filter(pl.col("reason").is_null() | pl.col("reason").is_in(WRONG))
    wrong = dated.filter(pl.col("reason").is_not_null())
    if not choices.month_first and _month_first(table, wrong["row"], dated.height):
        raise IntakeError(MONTH_FIRST)
    unreal = wrong["reason"].is_in(UNREAL).sum()
    if 2 * unreal > dated.height:
        raise IntakeError(
            "Most dates are in the future or before 2020 ({wrong} of {rows} rows). Correct the dates in the file. "
            "Nothing was changed.",
            wrong=unreal,
            rows=dated.height,
        )
    return facts


def _month_first(table: Table, wrong: pl.Series, height: int) -> bool:
    """Whether many dates can only be meant with the month first, and none has the day first for certain."""
    texts = [table.text(field) for field in sorted(DATED & table.columns.keys())]
    several = [_numbers(text.gather(wrong)) for text in texts]
    certain = sum(int(((second > 12) & (first <= 12)).sum()) for first, second in several)
    return certain >= max(1, 0.2 * height) and not any((_numbers(text)[0] > 12).any() for text in texts)


def _numbers(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The two first numbers of each date of which the year comes last."""
    groups = texts.drop_nulls().str.extract_groups(SLASHED).struct.unnest().drop_nulls()
    return groups["2"].cast(pl.Int64), groups["4"].cast(pl.Int64)
