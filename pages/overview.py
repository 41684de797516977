"""Overview: the unit today at a glance, and what needs attention."""

from datetime import timedelta

import polars as pl
import streamlit as st

from quetma import attention, compliance, flow, flow_cells, terms
from quetma.access import small
from quetma.store import now
from quetma.web import charts, page, widgets

here = page.begin("Overview", right="figures")
t, store = here.t, here.store

names = here.may("people")
upload = store.ask("overview/last_upload", names=names).to_dicts()
if not upload:
    widgets.empty(here, t("This unit has no data yet."))
    st.stop()

today = store.today()
before = compliance.previous(store, today)

# How fresh -----------------------------------------------------------------------------------------------------------

newest, on_site = store.ask("history/last_scan")["scanned_at"][0], flow.present(store).height
present = widgets.some(here, on_site if names else small.count(here.role, on_site))
if today == now().date():
    st.markdown(t("**Today, {day}**", day=here.day(today)))
else:
    st.markdown(t("**Figures up to {day}**, the day of the newest scans. It is not today.", day=here.day(today)))
last = upload[0] | {"moment": here.moment(upload[0]["uploaded_at"]), "by": upload[0]["uploaded_by"]}
st.caption(
    t("Newest scan: {moment}.", moment=here.moment(newest) or "–")
    + " "
    + (
        t("Last upload: {moment}, by {by}.", moment=last["moment"], by=widgets.plain(last["by"]))
        if names
        else t("Last upload: {moment}.", moment=last["moment"])
    )
)

# Today at a glance ---------------------------------------------------------------------------------------------------

LABELS = terms.duties(t)
staff = compliance.people(store, today)
staff_before = compliance.people(store, before) if before else None
since = t("vs {day}", day=f"{before:%d/%m}") if before else ""

cards = []
for duty, label in LABELS.items():
    rate = compliance.told(staff, duty, here.role)
    change = rate.change(compliance.told(staff_before, duty, here.role)) if rate and staff_before is not None else None
    due_today = t("not due today") if rate else t("too few people to say")
    cards.append(
        widgets.Card(
            label,
            rate if rate and rate.due else "–",
            since if change is not None else ("" if rate and rate.due else due_today),
            change,
            good="more",
            page="compliance.py",
            link=t("See who"),
        )
    )

first = today - timedelta(days=13)
begin = min(first, before or first)
if small.fewest(here.role) == 1:
    days = store.ask("flow/daily", first=begin, last=today, location=0)
else:
    days = flow_cells.whole_days(store, begin, today)
visitors = dict(zip(days["day"], days["visitor_people"], strict=True))
came, came_before = visitors.get(today, 0), visitors.get(before) if before else None
compared = came is not None and came_before is not None
cards += [
    widgets.Card(
        t("Visitors of the day"),
        "–" if came is None else here.number(came),
        t("too few people to say") if came is None else since if compared else "",
        came - came_before if compared else None,
        page="flow.py",
        link=t("See flow"),
    ),
    widgets.Card(
        t("On site now"),
        present,
        t("at {moment}", moment=here.moment(newest)) if newest else "",
        page="flow.py",
        link=t("See flow"),
    ),
]
figures, warnings = st.columns([3, 2], gap="medium")
with figures:
    widgets.cards(here, cards, across=3)
    if small.fewest(here.role) > 1:
        told = t("Where one or two people have not done it, or have, a range is shown, the same for one and for two.")
        told += " " + t("Where a range would be shown, the lines show its lower end.")
        st.caption(told, help=t("So that nobody can be recognised by a figure. Leaders see everything."))

# What needs attention ------------------------------------------------------------------------------------------------

ICONS = {"urgent": ":red[:material/emergency_home:]", "duty": ":orange[:material/warning:]", "note": ":material/info:"}
with warnings, st.container(border=True):
    st.subheader(t("What needs attention"), anchor=False)
    found = attention.items(
        store, t, health=here.may("health"), upload=here.may("upload"), at_gate=here.may("gate"),
        export=here.may("export"),
    )  # fmt: skip
    if not found:
        st.success(t("Nothing: everyone did what is due."), icon=":material/check_circle:")
    for item in found:
        with st.container(horizontal=True, wrap=False, gap="small"):
            st.markdown(f"{ICONS[item.level]} {widgets.plain(item.text)}")
            st.page_link(widgets.PAGES / f"{item.page}.py", label=t("Open"), icon=":material/arrow_forward:")

rows = widgets.open_rows(here, t("Who is on site now: {n}", n=present), key="overview_on_site")
if rows.open:
    with rows:
        widgets.on_site_table(here, flow.on_site(store, names=names), "overview_on_site_people")

# The last two weeks --------------------------------------------------------------------------------------------------

left, right = st.columns(2, gap="large")
with left:
    st.subheader(t("Visitors in the last two weeks"), anchor=False)
    recent = days.filter(pl.col("day") >= first)
    if recent["visitor_people"].count():
        charts.show(
            here,
            charts.columns_by_day(recent, {"visitor_people": t("Visitors")}, height=240),
            t("Visitors a day in the last two weeks, {n} on the last.", n=came or 0),
            key="visitors_by_day",
        )
    else:
        st.caption(t("too few people to say"))
with right:
    st.subheader(t("Duties in the last two weeks"), anchor=False)
    charts.show(
        here,
        charts.lines_by_day(compliance.trend_told(store, first, today, here.role), LABELS, percent=True, height=240),
        t("Share of the staff who did each duty on the working days of the last two weeks."),
        key="duties_by_day",
    )
