"""The timeline of a place and day: who of the answer was there when, and where that overlaps with a case."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import tracing
from quetma.web import charts, widgets
from quetma.web.tracing import person

if TYPE_CHECKING:
    from quetma.web.page import Page

DRAWN = 40  # people in the timeline: more cannot be read; the table has them all


def view(here: "Page", answer: tracing.Trace, contacts: pl.DataFrame) -> None:
    """One place and day at a time. `contacts`: of the cases with the F1s (queries/tracing/evidence.sql)."""
    t = here.t
    most = (
        contacts.group_by("location").agg(pl.col("minutes").sum()).sort("minutes", "location", descending=[True, False])
    )
    first, second = st.columns(2)
    place = first.selectbox(t("Location"), most["location"].to_list(), key="trace_timeline_place")
    here_then = contacts.filter(pl.col("location") == place)
    days = sorted({moment.date() for moment in here_then["began"]})
    fullest = here_then.group_by(day=pl.col("began").dt.date()).agg(pl.col("minutes").sum()).sort("minutes", "day")
    if st.session_state.get("trace_timeline_day") not in days:  # another place has other days
        st.session_state["trace_timeline_day"] = fullest["day"][-1]
    day = second.selectbox(t("Day"), days, format_func=here.day, key="trace_timeline_day")
    overlaps = here_then.filter(pl.col("began").dt.date() == day)
    stays = stays_of(here, answer, place or "", day)
    names = person.names(answer) | {
        row["person_id"]: f"{row['name']} {row['phone_shown']}"  # two of one name
        for row in answer.f1.filter(pl.col("name").is_duplicated()).iter_rows(named=True)
    }
    roots = answer.people["person_id"].to_list()
    minutes = (
        overlaps.group_by("person_id")
        .agg(pl.col("minutes").sum())
        .sort("minutes", "person_id", descending=[True, False])
    )
    order = [*roots, *minutes["person_id"].head(DRAWN)]
    if minutes.height > DRAWN:
        st.caption(t("The chart shows the {n} with the most minutes; the table below shows all.", n=DRAWN))
    kinds = {
        "case": t("F0 was there"),
        "stay": t("the other was there"),
        "shared": t("both at the same time"),
    }
    shared = overlaps.select("person_id", begin="began", end="ended", kind=pl.lit("shared"))
    of_stays = stays.select(
        "person_id",
        begin="t_in",
        end="t_out",
        kind=pl.when(pl.col("person_id").is_in(roots)).then(pl.lit("case")).otherwise(pl.lit("stay")),
    )
    at = {person_id: n for n, person_id in enumerate(order)}
    drawn = (
        pl.concat([of_stays, shared])
        .filter(pl.col("person_id").is_in(order))
        .with_columns(who=pl.col("person_id").replace_strict({one: _row(names[one], one in roots) for one in order}))
        .sort(pl.col("person_id").replace_strict(at), maintain_order=True)
    )
    charts.show(
        here,
        charts.spans(drawn, "begin", "end", "who", "kind", kinds),
        alt=t("Timeline of {place} on {day}: when the case and the suspected F1s were there, and when together",
              place=place, day=here.day(day)),
        key="trace_timeline",
    )  # fmt: skip
    person.contacts_table(
        here,
        overlaps.join(answer.f1.select("person_id", "name"), on="person_id", maintain_order="left"),
        named(here, answer),
        alt=t("Each time an F1 shared this place with a case on this day"),
    )


def named(here: "Page", answer: tracing.Trace) -> dict[str, str]:
    """The columns that say who met: the F1, and the F0 where there are several."""
    return {"name": here.t("Name")} | ({"infector": "F0"} if answer.people.height > 1 else {})


def _row(name: str, is_case: bool) -> str:
    return f"F0 {name}" if is_case else name


def stays_of(here: "Page", answer: tracing.Trace, place: str, day: date) -> pl.DataFrame:
    """The stays of the cases and the F1s at that place that touch that day (queries/tracing/place_stays.sql)."""
    people = pl.concat([frame.select("person_id") for frame in (answer.people, answer.f1)])
    return here.store.ask(
        "tracing/place_stays",
        tables={"people": people},
        location=place,
        first_day=day - timedelta(days=1),  # no stay is longer than a day
        day=day,
    )


def table_of_all(here: "Page", answer: tracing.Trace, contacts: pl.DataFrame) -> None:
    """Every contact of a case with an F1, behind an expander."""
    t = here.t
    rows = widgets.open_rows(here, t("All {n} contacts", n=here.number(contacts.height)), key="trace_all_contacts")
    if rows.open:
        with rows:
            person.contacts_table(
                here,
                contacts.join(answer.f1.select("person_id", "name"), on="person_id", maintain_order="left"),
                named(here, answer),
                alt=t("Each time an F1 shared a place with the case"),
            )
