"""What each kind of log says in its columns. Each kind has one function here, and nothing else knows its columns."""

from collections.abc import Callable
from datetime import date

import polars as pl

from quetma.intake import normalise
from quetma.intake.choices import Choices
from quetma.intake.columns import Recognised
from quetma.intake.errors import IntakeError
from quetma.intake.table import DATED, Facts, Said, Table, numbers, read

DIRECTION = pl.Enum(["in", "out", "unknown"])
UNREAL = ["future_time", "old_time", "future_date", "old_date"]
WRONG = [*UNREAL, "bad_time", "bad_date"]
MONTH_FIRST = (
    "The dates of this file seem to have the month first (08/24/2021). Here the day comes first: choose to read the "
    "month first if that is right. Nothing was changed."
)


def scans(table: Table) -> Said:
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
    # Where no cell is a direction the column tells something else (how a visitor was scanned): all are unknown.
    table.refuse_unless_all("bad_direction", text.is_not_null() & direction.is_null(), direction.is_null().all())
    table.put("direction", direction.fill_null("unknown").cast(DIRECTION))
    return table.done()


def _visits(table: Table, day: pl.Series | None) -> Said:
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


def roster(table: Table) -> Said:
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


def doses(table: Table) -> Said:
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


def apps(table: Table) -> Said:
    """One app on one person's phone a row."""
    app = normalise.each(table.text("app"), normalise.an_app, pl.String)
    table.refuse("no_app", app.is_null())
    table.put("app", app)
    table.put("installed_on", *normalise.days(table.text("installed_on")))
    return table.done()


def declarations(table: Table) -> Said:
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


def absences(table: Table) -> Said:
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


READERS: dict[str, Callable[[Table], Said]] = {
    "scans": scans, "roster": roster, "doses": doses, "apps": apps, "declarations": declarations,
    "absences": absences,
}  # fmt: skip


def gather(found: Recognised, choices: Choices) -> Facts:
    """The facts of a recognised table. Raises `IntakeError` when its dates cannot be meant as they were read."""
    facts = read(found, choices, READERS[found.kind])
    dated = facts.rows.filter(pl.col("reason").is_null() | pl.col("reason").is_in(WRONG))
    wrong = dated.filter(pl.col("reason").is_not_null())
    if not choices.month_first and _month_first(found, choices, wrong["line"], dated.height):
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


def _month_first(found: Recognised, choices: Choices, wrong: pl.Series, height: int) -> bool:
    """Whether many dates, on the `wrong` lines, can only be meant with the month first, and none has the day first for
    certain. Reads the table a second time, which only a file with very many wrong dates comes to.
    """
    if wrong.len() < max(1, 0.2 * height):
        return False
    certain = 0
    for piece in found.source.pieces(found.header):
        table = Table(piece(), found, choices)
        on = table.frame["line"].is_in(wrong.implode())
        for field in sorted(DATED & table.columns.keys()):
            text = table.text(field)
            first, second = numbers(text.filter(on))
            certain += int(((second > 12) & (first <= 12)).sum())
            if (numbers(text)[0] > 12).any():
                return False
    return certain >= max(1, 0.2 * height)
