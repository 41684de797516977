"""The map of exposure: at which place, on which day and hour, people were together with a case."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma.web import charts, widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

ALL = ""  # all places: one row each; a place: one row a day


def view(here: "Page", contacts: pl.DataFrame) -> None:
    """A heat map of person-minutes, by hour: every place, or the days of one. `contacts`: with the F1s."""
    t = here.t
    spent = by_hour(contacts)
    names = (
        spent.group_by("location").agg(pl.col("minutes").sum()).sort("minutes", "location", descending=[True, False])
    )
    place = st.selectbox(
        t("Show"),
        [ALL, *names["location"]],
        format_func=lambda name: name or t("All places, by hour"),
        key="trace_exposure_place",
    )
    if place:
        rows = spent.filter(pl.col("location") == place).with_columns(row=pl.col("day").dt.strftime("%d/%m/%Y"))
        order = rows.sort("day")["row"].unique(maintain_order=True).to_list()
    else:
        rows = spent.with_columns(row="location")
        order = names["location"].to_list()
    rows = rows.group_by("row", "hour").agg(pl.col("minutes").sum().round().cast(pl.Int64))
    hours = list(range(rows["hour"].min(), rows["hour"].max() + 1))  # ty: ignore[invalid-argument-type, unsupported-operator]
    cells = {(row, hour): minutes for row, hour, minutes in rows.iter_rows()}
    grid = [[cells.get((row, hour), 0) for hour in hours] for row in order]
    charts.show(
        here,
        charts.heatmap(
            grid,
            [f"{hour}h" for hour in hours],
            order,
            t("person-minutes"),
            height=70 + 36 * len(order),
        ),
        alt=t("Exposure by hour at {place}: person-minutes shared with a case. The table below has the same figures.",
              place=place or t("all places")),
        key="trace_exposure",
    )  # fmt: skip
    st.caption(
        t("Person-minutes: the minutes of everybody who was there together with a case, added up. Two F1s for half an "
          "hour are 60.")
    )  # fmt: skip
    with st.expander(t("The same as a table"), icon=":material/table:"):
        widgets.table(
            spent.sort("location", "day", "hour").with_columns(pl.col("minutes").round()),
            {
                "location": st.column_config.TextColumn(t("Location"), pinned=True),
                "day": st.column_config.DateColumn(t("Day"), format="DD/MM/YYYY"),
                "hour": st.column_config.NumberColumn(t("Hour"), format="%d"),
                "people": t("People"),
                "minutes": st.column_config.NumberColumn(t("Person-minutes"), format="%d"),
            },
            alt=t("Exposure by place, day and hour"),
        )


def by_hour(contacts: pl.DataFrame) -> pl.DataFrame:
    """Contacts cut at full hours and added up: location, day, hour, minutes (person-minutes), people."""
    begin = pl.col("hour_begin")
    return (
        contacts.select("person_id", "location", "began", "ended")
        .filter(pl.col("began") < pl.col("ended"))
        .with_columns(
            hour_begin=pl.datetime_ranges(
                pl.col("began").dt.truncate("1h"), pl.col("ended"), interval="1h", closed="left"
            )
        )
        .explode("hour_begin")
        .with_columns(
            minutes=(
                pl.min_horizontal("ended", begin + pl.duration(hours=1)) - pl.max_horizontal("began", begin)
            ).dt.total_seconds()
            / 60
        )
        .group_by("location", day=begin.dt.date(), hour=begin.dt.hour().cast(pl.Int64))
        .agg(pl.col("minutes").sum(), people=pl.col("person_id").n_unique())
        .sort("location", "day", "hour")
    )
