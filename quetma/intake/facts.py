"""What each kind of log says in its columns. Each kind has one function here, and nothing else knows its columns."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import polars as pl

from quetma.intake import normalise, notes
from quetma.intake.choices import DIRECTIONS, Choices
from quetma.intake.columns import DOSES, Recognised, matters
from quetma.intake.contents import MOST, column_type
from quetma.intake.errors import IntakeError
from quetma.intake.persons import CARD
from quetma.intake.table import DATED, LOOKED_AT, Facts, Said, Table, numbers, read
from quetma.intake.text import tidied
from quetma.people import fold

TICKED = {"ticked_in", "ticked_out"}
DIRECTION = pl.Enum(DIRECTIONS)
UNREAL = ["future_time", "old_time", "future_date", "old_date"]
WRONG = [*UNREAL, "bad_time", "bad_date"]
MONTH_FIRST = (
    "The dates of this file seem to have the month first (08/24/2021), such as on line {line}. Here the day comes "
    "first: choose to read the month first if that is right, else correct that line. Nothing was changed."
)
OTHER_ORDER = (
    "On line {line} the column names stand again, in another order than above. Save what is below that line as a file "
    "or sheet of its own, or put its columns in the order of the first ones. Nothing was changed."
)
# A date that can only have the month first.
SURELY_MONTH_FIRST = r"(?:^|\D)(?:0?[1-9]|1[0-2])[-/.](?:1[3-9]|2\d|3[01])[-/.](?:\d{4}|\d\d(?:\D|$))"
NO_DAY = (
    "The rows of this file name no day, and nor does a line above them. Say which day it is of. Nothing was changed."
)
CLOCK = r"\d{1,2}\s?(?::|h|g|giờ)\s?\d{0,2}(?::\d\d)?\s?(?:SA|CH|AM|PM)?"
ZONED = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?-\d\d:?\d\d$"  # no range, though it looks like one
RANGE = rf"(?i)^(.*?{CLOCK})\s*(?:[-–—~→]|đến|to)\s*({CLOCK}.*)$"


def scans(table: Table) -> Said:
    """One row a scan, or one row a visit: a scan in, a scan out, or both."""
    if "time" in table.columns and "time_out" in table.columns:
        table.columns.setdefault("time_in", table.columns["time"])
    elif "time_in" in table.columns and "time_out" not in table.columns and _tells_directions(table):
        table.columns["time"] = table.columns.pop("time_in")
    if "time_in" not in table.columns and _is_range(table.some("time")).any():
        _part_ranges(table)
    day = _day(table, "time", "time_in", "time_out")
    visits = "time_in" in table.columns or "time_out" in table.columns
    if not visits:
        at, reason = normalise.moments(table.cells("time"), day)
        unread = (reason == "bad_time").arg_true()
        if _is_range(tidied(table.cells("time").gather(unread))).any():  # they begin only far below
            _part_ranges(table)
            return scans(table)
    table.locate()
    if "purpose" in table.columns:
        table.put("purpose", normalise.each_cell(table.cells("purpose"), normalise.clean, pl.String))
    else:  # nulls that take no memory
        table.put("purpose", pl.repeat(None, table.frame.height, dtype=pl.Null, eager=True))
    if visits:
        return _visits(table, day)
    table.put("scanned_at", at, reason)
    table.put("direction", _directions(table, at))
    return table.done()


def _day(table: Table, *times: str) -> pl.Series | None:
    """The days of times that stand without one: of a column; else of a line between the rows (`Ngày 24/08/2021`) for
    those below it; else of the whole table. None where times have their own day.
    """
    if "date" in table.columns:
        return table.text("date")
    told = pl.concat([table.some(field) for field in times])
    if 2 * normalise.usual(told).count() >= told.len():
        return None
    parts = normalise.parts(told)
    clocks = parts.select(pl.col("seconds").is_not_null() & pl.col("day").is_null() & ~pl.col("bad")).to_series()
    if 2 * clocks.sum() <= clocks.len():
        return None
    cells = pl.DataFrame([tidied(cells) for cells in table.frame.drop("line", "bad").iter_columns()])
    one = pl.concat_str(pl.all(), ignore_nulls=True)
    lone = pl.sum_horizontal(pl.all().is_not_null()) == 1
    heading = cells.select(pl.when(lone).then(one).alias("heading")).to_series()
    day = normalise.each(heading, lambda text: next(iter(normalise.days_in(text)), None), pl.Date)
    table.refuse("total_row", day.is_not_null())
    if day.is_null().all() and not table.day:
        table.dayless = True
        return None
    whole = pl.lit(table.day and date.fromisoformat(table.day), pl.Date)
    days = pl.DataFrame({"day": day}).select(pl.col("day").fill_null(strategy="forward").fill_null(whole))
    return days["day"].dt.strftime("%d/%m/%Y")


def _is_range(texts: pl.Series) -> pl.Series:
    return (texts.str.contains(RANGE) & ~texts.str.contains(ZONED)).fill_null(False)


def _part_ranges(table: Table) -> None:
    """`7h30 – 11h00` in the column of times: two columns. A row with one time has it in the first."""
    text = table.text("time")
    ends = text.set(~_is_range(text), None).str.extract_groups(RANGE).struct.unnest()
    table.parted = {"time_in": ends["1"].fill_null(text), "time_out": ends["2"]}
    table.columns |= dict.fromkeys(table.parted, table.columns["time"])


def _tells_directions(table: Table) -> bool:
    """Whether the column of directions holds them. It may tell something else: how a visitor was scanned, or whether
    they are still there.
    """
    words = table.some("direction").to_list()
    return bool(words) and sum(bool(_direction(table, word)) for word in words) >= MOST * len(words)


def _direction(table: Table, word: str) -> str | None:
    return table.directions.get(fold(word)) or normalise.a_direction(word)


def _directions(table: Table, at: pl.Series, visits: pl.Series | None = None) -> pl.Series:
    """The direction of each row. Words that nobody knows are told, for somebody to say what they mean. What stands
    beside a whole visit tells nothing.
    """
    if "direction" not in table.columns and TICKED & table.columns.keys():
        marks = {field: normalise.each(table.text(field), normalise.a_tick, pl.Boolean) for field in TICKED}
        goes_in, goes_out = marks["ticked_in"], marks["ticked_out"]
        if not table.columns.keys() >= TICKED:  # what one column denies is the other direction
            both = (goes_in, goes_out), (goes_out, goes_in)
            goes_in, goes_out = (mark if mark.count() else ~other for mark, other in both)
        told = pl.DataFrame({"in": goes_in.fill_null(False), "out": goes_out.fill_null(False)})
        return told.select(
            pl.when(pl.col("in") & ~pl.col("out")).then(pl.lit("in", DIRECTION))
            .when(pl.col("out") & ~pl.col("in")).then(pl.lit("out", DIRECTION))
            .otherwise(pl.lit("unknown", DIRECTION)).alias("direction")
        ).to_series()  # fmt: skip
    cells = table.cells("direction")
    cells = cells if visits is None else cells.set(visits, None)
    written, numbers = normalise.distinct(cells.to_frame("word"))
    words = tidied(written["word"])
    known = normalise.each(words, lambda word: _direction(table, word), DIRECTION)
    unclear = (words.is_not_null() & known.is_null()).gather(numbers)
    # Where no cell is a direction the column tells something else (how a visitor was scanned): all are unknown.
    table.refuse_unless_all("bad_direction", unclear, known.is_null().all())
    if unclear.any():
        some = pl.DataFrame({"word": words.gather(numbers), "at": at}).filter(unclear & at.is_not_null())
        clock = pl.col("at").dt.time().cast(pl.Int64) // 1_000_000_000
        table.words = some.group_by("word", maintain_order=True).agg(rows=pl.len().cast(pl.Int64), seconds=clock.sum())
    return known.fill_null("unknown").gather(numbers)


def _visits(table: Table, day: pl.Series | None) -> Said:
    """Two scans a row. One of the two times may be missing; a time out earlier than the time in is the next morning
    after night duty. A time out has its day from its own cell, else from the column of its own, the row's, the arrival.
    """
    arrived, left, of_out = table.text("time_in"), table.text("time_out"), table.text("date_out")
    t_in, in_reason = normalise.moments(arrived, day)
    t_out, out_reason = normalise.moments(left, _days_out(table, day))
    borrowed = of_out.is_null() if day is not None else pl.repeat(False, left.len(), eager=True)
    dayless = (left.is_not_null() & (out_reason == "no_time") & t_in.is_not_null()).fill_null(False).arg_true()
    if not dayless.is_empty():
        again = normalise.moments(left.gather(dayless), t_in.gather(dayless).dt.date())
        t_out, out_reason = t_out.scatter(dayless, again[0]), out_reason.scatter(dayless, again[1])
        borrowed = borrowed.scatter(dayless, True)
    table.reasons.append(in_reason.set(arrived.is_null() & left.is_not_null(), None))
    table.reasons.append(out_reason.set(left.is_null() & arrived.is_not_null(), None))
    t_in, t_out = t_in.set(arrived.is_null(), None), t_out.set(left.is_null(), None)
    times = pl.DataFrame({"t_in": t_in, "t_out": t_out}).with_columns(next_day=pl.col("t_out") + pl.duration(days=1))
    early = pl.col("t_out") < pl.col("t_in")
    overnight = early & borrowed & (pl.col("next_day") - pl.col("t_in") <= pl.duration(seconds=normalise.NIGHT_DUTY))
    times = times.with_columns(t_out=pl.when(overnight).then("next_day").otherwise("t_out"), early=early & ~overnight)
    table.refuse("out_before_in", times["early"].fill_null(False))
    goes_in: pl.Expr | pl.Series = pl.lit("in", DIRECTION)
    if table.parted and _tells_directions(table):  # of the rows with one time
        lone = _directions(table, t_in, left.is_not_null())
        goes_in = lone.set(left.is_not_null(), "in")
    rows = table.one_a_row()
    both = [
        rows.with_columns(scanned_at=times[column], direction=direction).filter(pl.col("scanned_at").is_not_null())
        for column, direction in (("t_in", goes_in), ("t_out", pl.lit("out", DIRECTION)))
    ]
    return table.done(pl.concat(both).sort("row", maintain_order=True))


def _days_out(table: Table, day: pl.Series | None) -> pl.Series | None:
    if "date_out" not in table.columns:
        return day
    own = table.text("date_out")
    return own if day is None else own.zip_with(own.is_not_null(), day)


def roster(table: Table) -> Said:
    """Who works where as what. Without a smartphone column, or an answer in it, the app duty applies."""
    table.locate()
    table.put("position", normalise.each(table.text("position"), normalise.clean, pl.String).fill_null(""))
    text = table.text("smartphone")
    answer = normalise.each(text, normalise.a_choice, pl.Boolean)
    table.refuse("bad_smartphone", text.is_not_null() & answer.is_null())
    table.put("smartphone", answer.fill_null(True))
    table.note("smartphone_unknown", text.is_null())
    for field in ("started", "ended", "since"):
        day, reason = normalise.days(table.text(field), date(1950, 1, 1), date(2100, 1, 1))
        table.put(field, day, reason.set((reason == "no_date").fill_null(False), None))
    status = table.text("status")
    left = normalise.each(status, normalise.has_left, pl.Boolean).fill_null(False)
    last = normalise.each(status, normalise.last_day, pl.Date)
    ended = table.values["ended"]
    table.put("ended", ended.zip_with(ended.is_not_null() | ~left, last))
    table.refuse("left_when", left & ended.is_null() & last.is_null())
    return table.done()


def doses(table: Table) -> Said:
    """One dose a row, or one person a row with columns for each dose."""
    if not {"number", "given_on"} <= table.columns.keys():
        return _doses_of_people(table)
    text = table.text("number")
    number = normalise.each(text, normalise.a_dose, pl.Int8)
    table.refuse("bad_dose", number.is_null())
    table.put("number", number)
    table.put("given_on", *normalise.days(table.text("given_on")))
    for field in ("vaccine", "place", "lot"):
        table.put(
            "given_at" if field == "place" else field, normalise.each(table.text(field), normalise.clean, pl.String)
        )
    table.put("confirmed_by", _confirmed(table))
    return table.done()


def _doses_of_people(table: Table) -> Said:
    """As many doses a row as its columns tell."""
    found, told = [], pl.repeat(False, table.frame.height, eager=True)
    for n in (n for n in DOSES if f"given_on_{n}" in table.columns or f"vaccine_{n}" in table.columns):
        date, vaccine = normalise.told(table.text(f"given_on_{n}")), normalise.told(table.text(f"vaccine_{n}"))
        date, vaccine = normalise.beside_a_day(date, vaccine)
        given = date.is_not_null() | vaccine.is_not_null()
        day, reason = normalise.days(date)
        table.reasons.append(reason.set(~given, None))
        told |= given
        dose = {"number": pl.lit(n, pl.Int8), "given_on": day, "vaccine": vaccine}
        found.append(table.one_a_row().with_columns(**dose).filter(given))
    table.refuse("no_dose", ~told)
    confirmed = _confirmed(table)
    empty = [pl.lit(None, pl.String).alias(name) for name in ("given_at", "lot")]
    given = pl.concat(found).sort("row", maintain_order=True)
    return table.done(given.with_columns(*empty, confirmed_by=confirmed.gather(given["row"])))


def _confirmed(table: Table) -> pl.Series:
    """Who has seen which paper."""
    confirmed = normalise.each(table.text("confirmed_by"), normalise.a_confirmation, pl.String)
    table.note("unconfirmed", confirmed.is_null())
    return confirmed


def apps(table: Table) -> Said:
    """One person's phone a row: the app on it, several in one cell, or a column for each."""
    if "app" in table.columns:
        named = normalise.each(table.text("app"), normalise.apps, pl.List(pl.String))
    else:
        columns = {name: table.text(field) for field, name in normalise.APPS.items() if field in table.columns}
        answers = {name: normalise.each(text, normalise.has_app, pl.Boolean) for name, text in columns.items()}
        unclear = [(text.is_not_null() & answers[name].is_null()).alias(name) for name, text in columns.items()]
        table.refuse("bad_answer", pl.select(pl.any_horizontal(unclear)).to_series())
        have = [pl.when(answer.fill_null(False)).then(pl.lit(name)).alias(name) for name, answer in answers.items()]
        named = pl.select(pl.concat_list(have).list.drop_nulls()).to_series()
        named = named.set(named.list.len() == 0, None)
    table.refuse("no_app", named.is_null())
    table.put("app", named)
    if "installed_on" in table.columns:
        table.put("installed_on", *normalise.days(table.text("installed_on")))
    else:
        table.dayless = not table.day
        day = date.fromisoformat(table.day) if table.day else None
        table.put("installed_on", pl.repeat(day, table.frame.height, dtype=pl.Date, eager=True))
    return table.done(table.one_a_row().explode("app"))


def declarations(table: Table) -> Said:
    """One health declaration a row. A day without a time of day is enough: the duty is counted in days."""
    if "declared_at" in table.columns:
        clock, day = table.text("declared_at"), None
    elif "time" in table.columns:
        clock, day = table.text("time"), _day(table, "time")
    else:
        clock, day = table.text("date"), None
    table.put("declared_at", *normalise.moments(clock, day, need_clock=False))
    table.put("symptoms", normalise.each(table.text("symptoms"), normalise.symptoms, pl.String).fill_null(""))
    return table.done()


def absences(table: Table) -> Said:
    """One absence a row: leave, a trip, duty elsewhere. Without a last day it lasts as many working days as the row
    says, else one. Its first and its last day may be half a day.
    """
    first_text, begins = normalise.half_days(table.text("first_day"))
    last_text, ends = normalise.half_days(table.text("last_day"))
    first, reason = normalise.days(first_text, latest=date(2100, 1, 1))
    table.put("first_day", first, reason)
    last, reason = normalise.days(last_text, latest=date(2100, 1, 1))
    table.reasons.append(reason.set(last_text.is_null(), None))
    lasting = normalise.each(table.text("days"), normalise.a_number_of_days, pl.Float64)
    table.refuse("bad_days", table.text("days").is_not_null() & lasting.is_null() & last_text.is_null())
    days = pl.DataFrame({"first": first, "last": last, "days": lasting, "begins": begins, "ends": ends})
    days = days.with_columns(last=pl.coalesce("last", normalise.days_after(first, lasting), "first"))
    table.refuse("last_before_first", (days["last"] < days["first"]).fill_null(False))
    table.put("last_day", days["last"])
    part = normalise.each(table.text("part"), normalise.part_of_day, pl.String)
    in_words = normalise.each(table.text("reason"), normalise.part_in_words, pl.String)
    days = days.with_columns(part=pl.coalesce(part, in_words), alone=last_text.is_null())
    one = pl.col("first") == pl.col("last")
    half = one & (
        pl.col("part").is_not_null() | (pl.col("days") < 1) | (pl.col("alone") & pl.col("begins").is_not_null())
    )
    late = pl.col("begins").is_in(["afternoon", "noon", "half"])
    early = pl.col("ends").is_in(["morning", "noon", "half"]) | (pl.col("alone") & ~one & (pl.col("days") % 1 > 0))
    halves = days.select(first=(half | late).fill_null(False), last=(half | early).fill_null(False))
    table.put("half_first", halves["first"])
    table.put("half_last", halves["last"])
    table.note("half_day", halves["first"] | halves["last"])
    words = [
        normalise.each(table.text(field), normalise.clean, pl.String) for field in ("reason", "part", "destination")
    ]
    words.append(_hours(table.text("first_day"), table.text("last_day")))
    table.put("reason", pl.select(pl.concat_str(words, separator=", ", ignore_nulls=True)).to_series().fill_null(""))
    return table.done()


def exemptions(table: Table) -> Said:
    """One exemption a row: from which duty, why, from when until when. Without a last day until further notice."""
    duty = normalise.each(table.text("duty"), normalise.a_duty, pl.String)
    table.refuse("bad_duty", duty.is_null())
    table.put("duty", duty)
    table.put("reason", normalise.each(table.text("reason"), normalise.clean, pl.String).fill_null(""))
    first, reason = normalise.days(table.text("first_day"), latest=date(2100, 1, 1))
    table.put("first_day", first, reason)
    text = table.text("last_day")
    last, reason = normalise.days(text, latest=date(2100, 1, 1))
    table.reasons.append(reason.set(text.is_null(), None))
    table.refuse("last_before_first", pl.select(pl.lit(last) < pl.lit(first)).to_series().fill_null(False))
    table.put("last_day", last)
    return table.done()


def _hours(first: pl.Series, last: pl.Series) -> pl.Series:
    """`13:30–17:00`, where an absence is not of whole days: days are counted, so the hours are kept in words."""
    start, end = (pl.from_epoch(normalise.parts(text)["seconds"], "s").dt.strftime("%H:%M") for text in (first, last))
    start, end = (told.set((told == "00:00").fill_null(False), None) for told in (start, end))
    return pl.select(pl.concat_str([start, end], separator="–", ignore_nulls=False).fill_null(start)).to_series()


READERS: dict[str, Callable[[Table], Said]] = {
    "scans": scans, "roster": roster, "doses": doses, "apps": apps, "declarations": declarations,
    "absences": absences, "exemptions": exemptions,
}  # fmt: skip


def gather(found: Recognised, choices: Choices) -> Facts:
    """The facts of a recognised table. Raises `IntakeError` when its dates cannot be meant as they were read."""
    late: set[int] = set()

    def reader(table: Table) -> Said:
        for index in found.blank:  # what stands only far below has not been looked at yet
            cells = tidied(table.frame[f"c{index}"].drop_nulls()).drop_nulls().head(LOOKED_AT).to_list()
            if cells and matters(column_type(cells), found.kind, found.columns):
                late.add(index)
        return READERS[found.kind](table)

    facts = read(found, choices, reader)
    if facts.dayless:
        raise IntakeError(NO_DAY, "--day YYYY-MM-DD")
    rows = facts.rows
    if line := notes.other_order(rows, found):
        raise IntakeError(OTHER_ORDER, line=line)
    if getattr(found.source, "separator", "") != "|":
        refused = rows["reason"].is_not_null().arg_true()
        raw = rows["raw"].gather(refused)
        if raw.str.contains(r"\d{9}\|").any():
            rows = rows.with_columns(raw=rows["raw"].scatter(refused, raw.str.replace_all(CARD, "$1")))
    facts = replace(facts, rows=rows, late=sorted(late))
    dated = facts.rows.filter(pl.col("reason").is_null() | pl.col("reason").is_in(WRONG))
    wrong = dated.filter(pl.col("reason").is_not_null())
    sure = wrong["line"].filter(wrong["raw"].str.contains(SURELY_MONTH_FIRST).fill_null(False))
    if not choices.month_first and not sure.is_empty() and (line := _month_first(found, choices, sure)):
        raise IntakeError(MONTH_FIRST, "--month-first", line=line)
    unreal = wrong["reason"].is_in(UNREAL).sum()
    if 2 * unreal > dated.height:
        raise IntakeError(
            "Most dates are in the future or before 2020 ({wrong} of {rows} rows). Correct the dates in the file. "
            "Nothing was changed.",
            wrong=unreal,
            rows=dated.height,
        )
    return facts


def _month_first(found: Recognised, choices: Choices, sure: pl.Series) -> int | None:
    """The first line of which a date can only be meant with the month first, when no date of the table has the day
    first for certain. Reads the table a second time, as far as needed. sure: the lines where such a date may stand.
    """
    lines: list[int] = []
    for piece in found.source.pieces(found.header):
        table = Table(piece(), found, choices)
        on = table.frame["line"].is_in(sure.implode())
        for field in sorted(DATED & table.columns.keys()):
            text = table.text(field)
            first, second = numbers(text)
            if ((first > 12) & (second <= 12)).any():
                return None
            told = (on & text.str.contains(SURELY_MONTH_FIRST)).fill_null(False)
            lines.extend(table.frame["line"].filter(told))
    return min(lines, default=None)
