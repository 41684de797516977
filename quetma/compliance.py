"""The four duties of the staff: the app, the vaccination, the declaration, the scan; who does them and who does not.

What counts, and for whom a duty is due, stands in `queries/rollup/duty_day.sql`. Who does not owe a duty is neither in
"have" nor in "of": without a smartphone nobody owes the app or the declaration, and on a day off nobody owes a
declaration or a scan; who is absent (leave, a trip, duty elsewhere) owes neither for that day, unless it is half a day,
and who is exempt from a duty (a medical reason) does not owe that one.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from quetma import duties, rollups, settings, workdays
from quetma.access import audit, small
from quetma.answers import remembered
from quetma.people import fold_all
from quetma.store import Store

DUTIES = ("apps", "vaccinated", "declared", "scanned")
DAILY = ("declared", "scanned")  # due each working day
CODES = ("done", "missed", "half", "leave", "trip", "off", "exempt", "phone")  # of a person on a day
TRIP = ("cong tac", "biet phai", "tap huan", "trip", "mission", "duty elsewhere")  # in the reason of an absence, folded


@remembered
def people(store: Store, day: date) -> pl.DataFrame:
    """Who was staff on the day, without names: person_id, location_id, position, and each duty as True, False or None.

    Read from the roll-up; on a day outside the data, made from what was known by then.
    """
    found = store.ask("compliance/people", day=day)
    return rollups.duties_on(store, day) if found.is_empty() else found


def rate(found: pl.DataFrame, duty: str) -> tuple[int, int]:
    """How many of those for whom the duty is due have done it, and how many those are. `found` is of `people`."""
    done = found[duty]
    return int(done.sum()), done.len() - done.null_count()


def told(found: pl.DataFrame, duty: str, role: str) -> small.Rate | None:
    """`rate` as that role may be told it; None: those are too few."""
    return small.rate(role, *rate(found, duty), found.height)


def on(store: Store, day: date) -> dict[str, Any]:
    """The answer of `python -m quetma compliance --on DAY --json`; names are in Vietnamese order, by given name.

    On a day off, `of` is 0 for the declaration and the scan. "exempt" names those who do not owe the duty for a reason
    of their own (no smartphone, or as noted down), "absent" those who were away on a working day.
    """
    found = people(store, day)
    name = dict(store.ask("compliance/staff", day=day).select("person_id", "name").iter_rows())
    exempt = store.ask("compliance/exempt", day=day)
    rows = {row["person_id"]: row for row in found.iter_rows(named=True)}

    def names(duty: str, done: bool | None) -> list[str]:
        return [name[person] for person in name if person in rows and rows[person][duty] is done]

    answer: dict[str, Any] = {"on": day.isoformat(), "working_day": workdays.is_working(day), "staff": found.height}
    for duty in DUTIES:
        have, of = rate(found, duty)
        free = set(exempt.filter(pl.col("duty") == duty)["person_id"])
        answer[duty] = {"have": have, "of": of, "missing": names(duty, False)}
        answer[duty]["exempt"] = [name[person] for person in name if person in free]
    away = absent(store, day) if answer["working_day"] else []
    answer["absent"] = [name[person] for person in name if person in away]
    return answer


@remembered
def exempt(store: Store, day: date) -> tuple[int, dict[str, int]]:
    """How many of the staff have no smartphone, and how many are exempt from each duty for a reason noted down."""
    rows = list(store.ask("compliance/exempt", day=day).select("person_id", "reason", "duty").iter_rows())
    noted = {duty: {person for person, reason, of in rows if reason and of == duty} for duty in DUTIES}
    return sum(not reason and of == "apps" for _, reason, of in rows), {duty: len(who) for duty, who in noted.items()}


@remembered
def absent(store: Store, day: date) -> list[int]:
    """Who of the staff is away for the whole day, by person_id."""
    found = store.ask("rota/absent", first=day, last=day)
    half = (pl.col("half_first") & (pl.col("first_day") == day)) | (pl.col("half_last") & (pl.col("last_day") == day))
    away = set(found.filter(~half)["person_id"])
    return [person for person in people(store, day)["person_id"] if person in away]


@remembered
def owing(store: Store, day: date, duty: str) -> pl.DataFrame:
    """As `missing`, without reading anything of other days: person_id, name, position, location."""
    found = people(store, day).filter(pl.col(duty).not_()).select("person_id")
    return store.ask("compliance/staff", day=day).join(found, on="person_id", how="semi", maintain_order="left")


@remembered
def missing(store: Store, day: date, duty: str) -> pl.DataFrame:
    """Who owes the duty on the day and has not done it, by given name: person_id, name, position, location and

    last: the last day they did it, for the declaration and the scan; None when never.
    missed: for how many working days in a row, the day included, they did not. None for the app and the vaccination.
    started: their first day on the roster, None when the roster does not say.
    unconfirmed_on: the day of a dose that nobody has confirmed.
    """
    asked = people(store, day).filter(pl.col(duty).not_()).select("person_id")
    found = known(store, day, asked)
    if duty not in DAILY:
        return found.with_columns(last=pl.lit(None, pl.Date), missed=pl.lit(None, pl.Int32))
    return found.join(since(store, day, duty, asked), on="person_id", how="left", maintain_order="left")


def known(store: Store, day: date, asked: pl.DataFrame) -> pl.DataFrame:
    """Who those of the staff are who are asked about (person_id), with the columns of queries/compliance/known.sql, by
    given name.
    """
    return store.ask("compliance/known", tables={"asked": asked}, day=day)


def since(store: Store, day: date, duty: str, asked: pl.DataFrame) -> pl.DataFrame:
    """Since when these people (person_id) have not done a daily duty: person_id, last and missed as of `missing`.

    Most have within two weeks, so longer spans of days are asked about the others alone.
    """
    begin = store.ask("flow/span")["first_day"][0] or day
    told = asked.with_columns(last=pl.lit(None, pl.Date), kept=pl.lit(None, pl.Date), missed=pl.lit(0))
    days, until, done = 14, day, []
    while not told.is_empty() and until >= begin:
        first = until - timedelta(days=days - 1)
        tables = {"asked": told.select("person_id")}
        more = store.ask("compliance/since", tables=tables, duty=duty, first=first, last=until)
        told = told.join(more, on="person_id", suffix="_before").select(
            "person_id",
            last=pl.coalesce("last", "last_before"),
            kept=pl.coalesce("kept", "kept_before"),
            missed=pl.col("missed") + pl.when(pl.col("kept").is_null()).then("missed_before").otherwise(0),
        )
        settled = pl.col("last").is_not_null() & pl.col("kept").is_not_null()
        done.append(told.filter(settled))
        told, until, days = told.filter(~settled), first - timedelta(days=1), 4 * days
    return pl.concat([*done, told]).select("person_id", "last", pl.col("missed").cast(pl.Int32))


@remembered
def split(store: Store, day: date, by: str, smallest: int = 1) -> pl.DataFrame:
    """The rates of the day by "position" or "location": group, staff, <duty>_have and <duty>_due of each duty, the
    largest first.

    A figure about one person is that person's: groups of fewer than `smallest` people are put together as group None.
    """
    places = store.ask("flow/locations").select("location_id", location="name")
    groups = (
        people(store, day)
        .join(places, on="location_id")
        .group_by(pl.col(by).alias("group"))
        .agg(
            pl.len().alias("staff"),
            *(pl.col(duty).sum().alias(f"{duty}_have") for duty in DUTIES),
            *(pl.col(duty).count().alias(f"{duty}_due") for duty in DUTIES),
        )
        .sort("staff", "group", descending=[True, False])
    )
    kept, together = groups.height, 0
    while kept and (groups["staff"][kept - 1] < smallest or 0 < together < smallest):
        kept -= 1
        together += groups["staff"][kept]
    if kept == groups.height:
        return groups
    others = groups[kept:].select(pl.lit(None, pl.String).alias("group"), pl.exclude("group").sum())
    return pl.concat([groups[:kept], others])


@remembered
def trend(store: Store, first: date, last: date, location: int = 0, position: str | None = None) -> pl.DataFrame:
    """The shares of the working days from first to last: day, and each duty from 0 to 1, None when nobody owed it.

    Of one premises (0: all), of one position (None: all).
    """
    days = working_days(store, last).filter(pl.col("day") >= first).select("day")
    shares = store.ask("compliance/trend", first=first, last=last, location=location, position=position)
    shares = shares.select("day", "duty", share=pl.col("have") / pl.col("due"))
    for duty in DUTIES:
        one = shares.filter(pl.col("duty") == duty).select("day", pl.col("share").alias(duty))
        days = days.join(one, on="day", how="left", maintain_order="left")
    return days


@remembered
def trend_told(store: Store, first: date, last: date, role: str) -> pl.DataFrame:
    """As `trend`, of everybody, as that role may be told it: the least that a share may be."""
    if small.fewest(role) == 1:
        return trend(store, first, last)
    days = working_days(store, last).filter(pl.col("day") >= first).select("day")
    size = dict(store.ask("compliance/sizes", first=first, last=last).iter_rows())
    shares: dict[tuple[date, str], float] = {}
    for row in store.ask("compliance/trend", first=first, last=last, location=0, position=None).iter_rows(named=True):
        if found := small.rate(role, row["have"], row["due"], size[row["day"]]):
            shares[row["day"], row["duty"]] = found.low / found.due
    return days.with_columns(
        pl.Series(duty, [shares.get((day, duty)) for day in days["day"]], pl.Float64) for duty in DUTIES
    )


@remembered
def working_days(store: Store, last: date) -> pl.DataFrame:
    """The working days with data up to `last`, oldest first: day."""
    return store.ask("compliance/calendar").filter(pl.col("working") & (pl.col("day") <= last))


def previous(store: Store, day: date) -> date | None:
    """The working day before, or None when there is no data from before."""
    days = working_days(store, day - timedelta(days=1))["day"]
    return days[-1] if len(days) else None


@remembered
def matrix(store: Store, duty: str, first: date, last: date) -> pl.DataFrame:
    """One row per staff member, by given name: person_id, name, missed (days), and one column per day (`2021-08-27`):

    done | missed | half (scanned in or out alone) | leave | trip | off (no working day, nothing done) | exempt (for a
    reason of their own) | phone (no smartphone); None on days on which they were not staff. A scan on a day off is
    done, too.
    """
    span: dict[str, Any] = {"first": first, "last": last}
    cells, named = store.ask("compliance/cells", duty=duty, **span), store.ask("compliance/named")
    if cells.is_empty():
        return pl.DataFrame(schema={"person_id": pl.Int64, "name": pl.String, "missed": pl.UInt32})
    days, people = cells["day"].unique().sort(), named["person_id"].to_numpy()
    day_numbers, order = days.to_physical().to_numpy(), np.argsort(people)

    def at(frame: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of each person and day."""
        row = order[np.searchsorted(people, frame["person_id"].to_numpy(), sorter=order)]
        return row, np.searchsorted(day_numbers, frame["day"].to_physical().to_numpy())

    # First why a duty is not due where it is not, and of several reasons the one that is told last.
    grid = np.full((len(people), len(days)), CODES.index("phone"), np.uint8)
    rows = {person: row for row, person in enumerate(people.tolist())}
    spans = [(*one, "exempt") for one in store.ask("compliance/excused", duty=duty, **span).iter_rows()]
    if duty in DAILY:
        begin = pl.col("first_day") + pl.duration(days=pl.col("half_first").cast(pl.Int8))
        end = pl.col("last_day") - pl.duration(days=pl.col("half_last").cast(pl.Int8))
        away = store.ask("rota/absent", **span).sort("reason", descending=True)
        spans += away.select("person_id", begin, end, _away(pl.col("reason"))).iter_rows()
    for person, begin, end, code in spans:
        if person in rows:
            grid[rows[person], days.search_sorted(begin) : days.search_sorted(end, "right")] = CODES.index(code)
    if duty in DAILY:
        off = store.ask("compliance/calendar").filter(~pl.col("working"))["day"]
        grid[:, days.is_in(off.implode()).to_numpy()] = CODES.index("off")
    own = at(cells)
    done = cells["done"].to_physical().cast(pl.Int8).fill_null(-1).to_numpy()
    grid[own] = np.where(done < 0, grid[own], np.where(done, CODES.index("done"), CODES.index("missed")))
    if duty == "scanned":
        ways = store.ask("compliance/ways", **span)
        grid[at(ways)] = np.where(ways["paired"].to_numpy(), CODES.index("done"), CODES.index("half"))
    there = np.zeros(grid.shape, bool)
    there[own] = True
    staff = pl.Series(np.any(there, axis=1))
    missed = ((grid == CODES.index("missed")) & there).sum(axis=1)
    codes = [
        pl.Series(f"{day}", grid[:, n], nan_to_null=False).set(pl.Series(~there[:, n]), None).cat.to(pl.Enum(CODES))
        for n, day in enumerate(days)
    ]
    return named.with_columns(pl.Series("missed", missed, pl.UInt32), *codes).filter(staff)


def _away(reason: pl.Expr) -> pl.Expr:
    """trip or leave, by what is written."""
    folded = pl.lit(" ") + reason.map_batches(fold_all, return_dtype=pl.String)
    return (
        pl.when(folded.str.contains_any([f" {word}" for word in TRIP])).then(pl.lit("trip")).otherwise(pl.lit("leave"))
    )


@remembered
def courses(store: Store, day: date, names: bool = True) -> pl.DataFrame:
    """How far the doses of those go who were staff on the day: level (of `duties.LEVELS`), doses (confirmed), since,
    first_day and last_day on which the full course protects. With names also person_id, name and position, by given
    name; without, no name is read.
    """
    if names:
        known = store.ask("compliance/staff", day=day).select("person_id", "name", "position")
    else:
        known = people(store, day).select("person_id")
    found = duties.courses(store.ask("compliance/doses"), day)
    found = known.join(found, on="person_id", how="left", maintain_order="left")
    found = found.with_columns(pl.col("level").fill_null("none"), pl.col("doses").fill_null(0))
    return found if names else found.drop("person_id")


@remembered
def doses(store: Store, day: date) -> pl.DataFrame:
    """One row per dose of the staff given by the day, and one for who has none, by given name and number: person_id,
    name, position, number (None: no dose), vaccine, given_on, given_at, lot, confirmed_by, file_name and line it stands
    in, missing (who owes the vaccination and has not done it).
    """
    known = store.ask("compliance/staff", day=day).select("person_id", "name", "position")
    owing = people(store, day).select("person_id", missing=pl.col("vaccinated").eq(False).fill_null(False))
    rows = store.ask("compliance/dose_list", day=day).join(owing, on="person_id", how="left")
    return known.join(rows.sort("number", nulls_last=True), on="person_id", maintain_order="left_right")


@remembered
def changed(store: Store, day: date, before: date) -> pl.DataFrame:
    """Who does a duty on the day and did not before, or the other way round, of those who owed it on one of them: duty,
    person_id, name, position, now (does it). By duty, those who miss it first, by given name.
    """
    one, other = (people(store, when).select("person_id", *DUTIES) for when in (day, before))
    both = one.join(other, on="person_id", how="left", suffix="_before", maintain_order="left")
    told = pl.concat(
        both.select("person_id", duty=pl.lit(duty), now=pl.col(duty), before=pl.col(f"{duty}_before"))
        for duty in DUTIES
    ).filter(pl.col("now").is_not_null() & pl.col("before").ne_missing(pl.col("now")))
    told = told.filter(pl.col("before").is_not_null() | ~pl.col("now"))  # who came today and has it is no change
    known = store.ask("compliance/staff", day=day).select("person_id", "name", "position").with_row_index("place")
    order = pl.col("duty").cast(pl.Enum(DUTIES))
    return (
        told.join(known, on="person_id")
        .sort(order, "now", "place")
        .select("duty", "person_id", "name", "position", "now")
    )


def decide(store: Store, account: str, rules: Mapping[str, str]) -> None:
    """Changes settings that decide what counts (by their names in quetma/settings.py), with all figures that follow."""
    with store.write() as cursor:
        for key, value in rules.items():
            before = settings.get(cursor, key)
            settings.put(cursor, key, value)
            if settings.get(cursor, key) != before:
                audit.log_within(cursor, account, "setting", key, value)
        rollups.derive_duties(cursor)


def unpaired(store: Store, day: date) -> pl.DataFrame:
    """Scans of staff on the day that lack their other half: person_id, name, location, missing, scanned_at."""
    newest = store.ask("history/last_scan")["scanned_at"][0]
    return store.ask("compliance/unpaired", day=day, newest=newest)
