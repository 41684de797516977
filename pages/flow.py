"""Visitor flow: who comes when, where, for how long, and who is on site now."""

from datetime import timedelta
from typing import Any

import polars as pl
import streamlit as st

from quetma import flow, flow_cells
from quetma.access import small
from quetma.web import charts, page, widgets

SHOWN = 100  # stays of one day at once

here = page.begin("Visitor flow", right="figures")
t, store = here.t, here.store

newest = store.ask("history/last_scan")["scanned_at"][0]
if newest is None:
    widgets.empty(here, t("There are no scans yet."))
    st.stop()

# What is asked -------------------------------------------------------------------------------------------------------

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    first, last = widgets.period(here)
    location = widgets.location(here)
    who = {"all": t("Everyone"), "visitor": t("Visitors"), "staff": t("Staff")}
    kind = (
        st.segmented_control(
            t("Who"),
            flow.KINDS,
            default="all",
            required=True,
            format_func=lambda kind: who[kind],
            key="flow_kind",
            persist_state="session",
        )
        or "all"
    )

names = here.may("people")
single = small.fewest(here.role) == 1  # may see figures about single people
kinds = [k for k in ("visitor", "staff") if kind in ("all", k)]
asked: dict[str, Any] = {"first": first, "last": last, "location": location}
if single:
    days = store.ask("flow/daily", **asked)
    week = flow.weekly(store, first, last, location, kind)
    spent = {k: flow.spent(store.ask("flow/durations", **asked, kind=k)) for k in kinds}
    minutes = {k: one.mean for k, one in spent.items()}
else:
    days = flow_cells.days(store, first, last, location)
    week = flow_cells.week(store, first, last, location, kind)
    spent = {}
    minutes = {k: flow_cells.minutes(store, first, last, location, k) for k in kinds}
# How many are somewhere else than at the chosen place would follow from how many are there.
on_site = flow.present(store, location=location, kind=kind) if names else flow.present(store)
present = widgets.some(here, on_site.height if names else small.count(here.role, on_site.height))

series = {f"{k}_arrivals": who[k] for k in kinds}
arrivals = {k: int(days[f"{k}_arrivals"].sum()) for k in ("visitor", "staff")}
weekdays = [t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun")]
lengths = [t("under 5 min"), t("5–15 min"), t("15–30 min"), t("30–60 min")]
lengths += [t("1–2 hours"), t("2–4 hours"), t("4–8 hours"), t("8 hours or more")]
length_of = dict(zip(flow.BUCKETS, lengths, strict=True))


def hours(hour: int) -> str:
    """The hour that begins at `hour`."""
    return f"{hour}h–{hour + 1}h"


# The answer at a glance ----------------------------------------------------------------------------------------------

st.caption(t("From {first} to {last}. An arrival is one scan on entering.", first=here.day(first), last=here.day(last)))
if not single:
    told = t("Left out of all figures: days on which fewer than {n} staff, or visitors, came to a place; and hours in "
             "which fewer than {n} came.", n=small.FEWEST)  # fmt: skip
    st.caption(told, help=t("So that nobody can be recognised by a figure. Leaders see everything."))
peak, busiest = week.peak(), week.busiest()
cards = [
    widgets.Card(
        t("On site now"),
        present,
        help=t("People whose last scan of the newest day is an arrival.")
        + ("" if names else " " + t("At all places together.")),
        note=t("as of {moment} (newest scan)", moment=here.moment(newest)),
    )
]
names_of = {"visitor": t("Visitors' arrivals"), "staff": t("Staff arrivals")}
cards += [widgets.Card(names_of[k], here.number(arrivals[k])) for k in kinds]
cards.append(
    widgets.Card(
        t("Busiest hour"),
        hours(peak[0]) if peak else "–",
        t("{n} arrivals in that hour", n=here.number(peak[1])) if peak else "",
    )
)
time_of = {"visitor": t("Visitors stay"), "staff": t("Staff stay")}
for k, mean in minutes.items():
    if mean is not None:
        bucket = spent[k].median_bucket if single else None
        note = t("on average") if bucket is None else t("on average; median {bucket}", bucket=length_of[bucket])
        cards.append(widgets.Card(time_of[k], t("{n} min", n=here.number(round(mean))), note))
widgets.cards(here, cards, across=3 if kind == "all" else 4)

# What tomorrow usually looks like ------------------------------------------------------------------------------------

usual = (flow if single else flow_cells).usual(store, store.today() + timedelta(days=1), location)
long_weekdays = [t("Monday"), t("Tuesday"), t("Wednesday"), t("Thursday"), t("Friday"), t("Saturday"), t("Sunday")]
about = t("{weekday}, {day}", weekday=long_weekdays[usual.day.weekday()], day=here.day(usual.day))
if not single and (usual.visitors is None or usual.staff is None):
    st.caption(t("The day after, {about}: too few came on such days to tell what is usual.", about=about))
elif usual.visitors is None or usual.staff is None:
    st.caption(t("The day after, {about}: no such day is known yet to tell what is usual.", about=about))
else:
    parts = []
    for k, spread in (("visitor", usual.visitors), ("staff", usual.staff)):
        if k in kinds:
            low, middle, high = spread
            numbers = {"low": here.number(low), "middle": here.number(middle), "high": here.number(high)}
            parts.append(f"**{names_of[k]}**: " + t("usually {middle} (from {low} to {high})", **numbers))
    on = t("by the same weekday of {n} weeks before", n=len(usual.days))
    st.markdown(t("The day after, {about}", about=about) + " – " + "; ".join(parts) + f" ({on}).")

# Who is on site ------------------------------------------------------------------------------------------------------

rows = widgets.open_rows(here, t("Who is on site now: {n}", n=present), key="on_site")
if rows.open:
    with rows:
        people = flow.on_site(store, names=names, location=location, kind=kind)
        if not names:
            st.caption(t("At all places together."))
        widgets.on_site_table(here, people, "on_site_people")

# Day by day ----------------------------------------------------------------------------------------------------------

st.subheader(t("Arrivals by day"), anchor=False)
if days.is_empty() or not sum(days[column].sum() for column in series):
    if single:
        st.info(t("Nobody arrived in this period. Choose a longer one, or All."), icon=":material/event_busy:")
    else:
        st.info(t("Nobody arrived in this period, or too few to say. Choose a longer one, or All."),
                icon=":material/event_busy:")  # fmt: skip
    st.stop()
busy_day = flow.most(days.fill_null(0), *series)
charts.show(
    here,
    charts.columns_by_day(days, series),
    t(
        "Arrivals a day from {first} to {last}: most on {day}, {n}.",
        first=here.day(first),
        last=here.day(last),
        day=here.day(busy_day["day"]),
        n=sum(busy_day[column] for column in series),
    ),
    key="by_day",
)
rows = widgets.open_rows(here, t("Figures of each day"), key="days")
if rows.open:
    with rows:
        columns: dict[str, Any] = {"day": st.column_config.DateColumn(t("Day"), format="DD/MM/YYYY")}
        for k in kinds:
            columns |= {f"{k}_people": t("{who}: people", who=who[k])} if single else {}
            columns |= {f"{k}_arrivals": t("{who}: arrivals", who=who[k])}
            columns |= {f"{k}_departures": t("{who}: departures", who=who[k])} if single else {}
        widgets.table(days, columns | {"holiday": t("Public holiday")}, alt=t("Figures of each day"))

if here.may("history"):  # who came on any day gone by is more than who is on site
    rows = widgets.open_rows(here, t("Who came on one day"), key="day_people")
    if rows.open:
        with rows:
            with_people = days.filter(flow.arrivals(kind) > 0)["day"].sort(descending=True).to_list()
            day = st.selectbox(t("Day"), with_people, format_func=here.day)
            clock = st.column_config.DatetimeColumn
            of_day: dict[str, Any] = {"day": day, "location": location, "kind": kind}
            stays = store.ask("flow/day_stays", **of_day)["stays"][0]
            number = widgets.turned(stays, SHOWN, key=f"day_people_{hash((day, location, kind))}")
            widgets.presence_table(
                here,
                store.ask("flow/day_people", **of_day, skip=(number - 1) * SHOWN, rows=SHOWN),
                "day_people_table",
                {"in_at": clock(t("In"), format="HH:mm"), "out_at": clock(t("Out"), format="HH:mm DD/MM")},
                alt=t("Who came on {day}", day=here.day(day)),
            )
            st.caption(t("An empty time means that the person did not scan there."))

# Hour by weekday -----------------------------------------------------------------------------------------------------

st.subheader(t("Arrivals by hour and weekday"), anchor=False)
if busiest:
    weekday, hour, count = busiest
    sentence = t(
        "Most arrivals: {weekday}, {hour}, {n} in the period.",
        weekday=weekdays[weekday],
        hour=hours(hour),
        n=here.number(count),
    )
    st.caption(sentence)
    charts.show(
        here,
        charts.heatmap(week.counts, [f"{hour}h" for hour in week.hours], weekdays, t("Arrivals")),
        sentence,
        key="by_hour",
    )

# By quarter of an hour -----------------------------------------------------------------------------------------------

quarters = flow.quarters(store, first, last, location, kind) if single else pl.DataFrame()
if not quarters.is_empty():
    st.subheader(t("Arrivals and departures by quarter of an hour"), anchor=False)
    top = flow.most(quarters, "arrivals")
    sentence = t(
        "Most arrivals from {time} on: {n} in the period.",
        time=f"{top['quarter'] // 4:02}:{top['quarter'] % 4 * 15:02}",
        n=here.number(top["arrivals"]),
    )
    st.caption(sentence)
    charts.show(
        here,
        charts.columns_by_quarter(quarters, {"arrivals": t("Arrivals"), "departures": t("Departures")}),
        sentence,
        key="by_quarter",
    )

# By location ---------------------------------------------------------------------------------------------------------

places = (flow.places_compared if single else flow_cells.places)(store, first, last, kind, days.height)
left, right = st.columns(2, gap="large") if single else (st.container(), None)
with left:
    st.subheader(t("Arrivals by location"), anchor=False)
    charts.show(
        here,
        charts.bars(places, "name", series),
        t("Arrivals by location: {list}", list="; ".join(
            f"{row['name']} {sum(row[column] for column in series)}" for row in places.iter_rows(named=True)
        )),
        key="by_place",
    )  # fmt: skip

# Time spent ----------------------------------------------------------------------------------------------------------

if right:
    with right:
        st.subheader(t("Time spent"), anchor=False)
        total = sum(one.total for one in spent.values())
        if total:
            medians = [
                (who[k], length_of[one.median_bucket]) for k, one in spent.items() if one.median_bucket is not None
            ]
            charts.show(
                here,
                charts.columns(lengths, {who[k]: one.stays for k, one in spent.items()}),
                t("Time spent, median: {list}.", list="; ".join(f"{name} {length}" for name, length in medians)),
                key="time_spent",
            )
            st.caption(t("From {n} stays with both scans, in and out.", n=here.number(total)))
        else:
            st.caption(t("No stay in this period has both scans, in and out."))

# How full ------------------------------------------------------------------------------------------------------------

st.subheader(t("Places compared"), anchor=False)
widgets.table(
    places,
    {
        "name": t("Location"),
        "arrivals": t("Arrivals"),
        "a_day": t("A day"),
        **({"mean": t("Minutes, on average")} if single else {}),
        "peak": st.column_config.NumberColumn(
            t("Most at once"), help=t("Everybody, staff and visitors, by their stays.")
        ),
        **({"peak_on": st.column_config.DateColumn(t("First on"), format="DD/MM/YYYY")} if single else {}),
        "capacity": t("Capacity"),
        "share": st.column_config.NumberColumn(t("Of the capacity"), format="percent"),
    },
    alt=t("Places compared"),
)
for row in places.iter_rows(named=True):
    if single and row["capacity"] and row["peak"] and row["peak"] > row["capacity"]:
        crowded = t("{place}: {n} people at once on {day}, {most} may be inside.", place=row["name"], n=row["peak"],
                    day=here.day(row["peak_on"]), most=row["capacity"])  # fmt: skip
        st.warning(widgets.plain(crowded), icon=":material/groups:")
fullest = store.ask("flow/fullest", **asked).to_dicts() if single else []
shown = [row for row in places.iter_rows(named=True) if location in (0, row["location_id"])][: charts.MOST_SERIES]
if fullest:
    named = {row["location_id"]: row["name"] for row in shown}
    capacity = shown[0]["capacity"] if len(shown) == 1 else None
    most = fullest[0]
    sentence = t("Most people at once: {n}, {place}, {moment}.", n=most["people"], place=most["location"],
                 moment=here.moment(most["reached_at"]))  # fmt: skip
    st.caption(widgets.plain(sentence))
    charts.show(
        here,
        charts.lines_by_day(
            flow.peaks_by_day(store, first, last, location, tuple(named)),
            {str(place): name for place, name in named.items()},
            target=(capacity, t("Capacity")) if capacity else None,
        ),
        sentence,
        key="peaks",
    )

# Who comes again -----------------------------------------------------------------------------------------------------

if single and kind != "staff":
    rows = widgets.open_rows(here, t("Visitors who come again"), key="returning")
    if rows.open:
        with rows:
            again = flow.returning(store, first, last, location)
            if again.visitors:
                st.markdown(
                    t("{again} of {visitors} visitors came on two days or more; theirs are {share} of the stays.",
                      again=here.number(again.again), visitors=here.number(again.visitors),
                      share=here.percent(again.stays_again, again.stays))
                )  # fmt: skip
            groups = [
                t("{n} days", n=low) if low == high else t("{n} days or more", n=low) if high is None
                else t("{low} to {high} days", low=low, high=high)
                for low, high, _ in again.groups
            ]  # fmt: skip
            counts = pl.DataFrame({"days": groups, "visitors": [n for _, _, n in again.groups]})
            widgets.table(counts, {"days": t("Came on"), "visitors": t("Visitors")}, alt=t("Visitors who come again"))
            st.caption(t("Without people whose name or phone is masked: they may be anybody."))
