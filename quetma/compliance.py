"""The four duties of the staff: the app, the vaccination, the declaration, the scan; who does them and who does not.

What counts, and for whom a duty is due, stands in `queries/rollup/duty_day.sql`. Who does not owe a duty is neither in
"have" nor in "of": without a smartphone nobody owes the app or the declaration, and on a day off nobody owes a
declaration or a scan; who is absent (leave, a trip, duty elsewhere) owes neither for that day.
"""

from datetime import date, timedelta
from typing import Any

import polars as pl

from quetma import rollups
from quetma.store import Store

DUTIES = ("apps", "vaccinated", "declared", "scanned")
NEED_SMARTPHONE = ("apps", "declared")


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


def on(store: Store, day: date) -> dict[str, Any]:
    """The answer of `python -m quetma compliance --on DAY --json`; names are in Vietnamese order, by given name.

    On a day off, `of` is 0 for the declaration and the scan. "exempt" names those without a smartphone, "absent" those
    who on a working day owed no scan.
    """
    found = people(store, day)
    name = dict(store.ask("compliance/known", day=day).select("person_id", "name").iter_rows())
    rows = {row["person_id"]: row for row in found.iter_rows(named=True)}

    def names(duty: str, done: bool | None) -> list[str]:
        return [name[person] for person in name if person in rows and rows[person][duty] is done]

    answer: dict[str, Any] = {"on": day.isoformat(), "working_day": rollups.is_working(day), "staff": found.height}
    for duty in DUTIES:
        have, of = rate(found, duty)
        answer[duty] = {"have": have, "of": of, "missing": names(duty, False)}
        if duty in NEED_SMARTPHONE:
            answer[duty]["exempt"] = names("apps", None)
    answer["absent"] = names("scanned", None) if answer["working_day"] else []
    return answer


def missing(store: Store, day: date, duty: str) -> pl.DataFrame:
    """Who owes the duty on the day and has not done it, by given name: person_id, name, position, location and

    last: the last day they did it, for the declaration and the scan; None when never.
    missed: for how many working days in a row, the day included, they did not. None for the app and the vaccination.
    started: their first day on the roster, None when the roster does not say.
    unconfirmed_on: the day of a dose that nobody has confirmed.
    """
    owing = people(store, day).filter(pl.col(duty).not_()).select("person_id")
    known = store.ask("compliance/known", day=day).join(owing, on="person_id", maintain_order="left")
    daily = duty in ("declared", "scanned")
    return known.select(
        "person_id",
        "name",
        "position",
        "location",
        "started",
        "unconfirmed_on",
        (pl.col(f"last_{duty}") if daily else pl.lit(None, pl.Date)).alias("last"),
        (pl.col(f"missed_{duty}") if daily else pl.lit(None, pl.Int32)).alias("missed"),
    )


def split(store: Store, found: pl.DataFrame, by: str, smallest: int = 1) -> pl.DataFrame:
    """The rates by "position" or "location": group, staff, <duty>_have and <duty>_due of each duty. Largest first.

    A figure about one person is that person's: groups of fewer than `smallest` people are put together as group None.
    """
    places = store.ask("flow/locations").select("location_id", location="name")
    groups = (
        found.join(places, on="location_id")
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


def trend(store: Store, first: date, last: date) -> pl.DataFrame:
    """The shares of the working days from first to last: day, and each duty from 0 to 1, None when nobody owed it."""
    days = working_days(store, last).filter(pl.col("day") >= first).select("day")
    shares = store.ask("compliance/trend", first=first, last=last).with_columns(share=pl.col("have") / pl.col("due"))
    for duty in DUTIES:
        one = shares.filter(pl.col("duty") == duty).select("day", pl.col("share").alias(duty))
        days = days.join(one, on="day", how="left", maintain_order="left")
    return days


def working_days(store: Store, last: date) -> pl.DataFrame:
    """The working days with data up to `last`, oldest first: day."""
    return store.ask("compliance/calendar").filter(pl.col("working") & (pl.col("day") <= last))


def previous(store: Store, day: date) -> date | None:
    """The working day before, or None when there is no data from before."""
    days = working_days(store, day - timedelta(days=1))["day"]
    return days[-1] if len(days) else None


def matrix(store: Store, duty: str, first: date, last: date) -> pl.DataFrame:
    """One row per staff member, by given name: person_id, name, missed (days), and one column per day (`2021-08-27`):

    done | missed | half (scanned in or out alone) | absent | off (no working day, nothing done) | exempt (no
    smartphone); None on days on which they were not staff. A scan on a day off is done, too.
    """
    cells = store.ask("compliance/cells", first=first, last=last)
    if cells.is_empty():
        return pl.DataFrame(schema={"person_id": pl.Int64, "name": pl.String, "missed": pl.UInt32})
    done, off = pl.col(duty), ~pl.col("working")
    if duty == "scanned":
        done = pl.when(pl.col("way").is_not_null()).then(True).otherwise(done)
    code = (
        pl.when(done & (pl.lit(duty == "scanned")) & (pl.col("way") != "both")).then(pl.lit("half"))
        .when(done).then(pl.lit("done"))
        .when(~done).then(pl.lit("missed"))
        .when(off & pl.lit(duty in ("scanned", "declared"))).then(pl.lit("off"))
        .when(pl.col("absent").is_not_null() & pl.lit(duty in ("scanned", "declared"))).then(pl.lit("absent"))
        .otherwise(pl.lit("exempt"))
    )  # fmt: skip
    coded = cells.select("person_id", "name", "day", code=code)
    wide = coded.pivot("day", index=["person_id", "name"], values="code", maintain_order=True)
    missed = coded.group_by("person_id").agg(missed=(pl.col("code") == "missed").sum())
    days = sorted(name for name in wide.columns if name not in ("person_id", "name"))
    return wide.join(missed, on="person_id", maintain_order="left").select("person_id", "name", "missed", *days)


def unpaired(store: Store, day: date) -> pl.DataFrame:
    """Scans of staff on the day that lack their other half: person_id, name, location, missing, scanned_at."""
    return store.ask("compliance/unpaired", day=day)
