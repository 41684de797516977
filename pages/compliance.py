"""Compliance: the four duties of the staff on one day, who has not done them and since when, and how it went before."""

from datetime import timedelta
from typing import Any

import polars as pl
import streamlit as st

from quetma import compliance, plan, terms, workdays
from quetma.access import small
from quetma.web import charts, counting, doses, matrix, page, widgets

here = page.begin("Compliance", right="figures")
t, store = here.t, here.store

LABELS = terms.duties(t)
SHORT = {"apps": t("App"), "vaccinated": t("Dose"), "declared": t("Declaration"), "scanned": t("Scan")}
RULES = {
    "apps": t("An accepted app on the person's smartphone. Without a smartphone it is not due."),
    "vaccinated": counting.vaccinated(here),
    "declared": t("A health declaration that counts for the day. Due on working days, of those with a smartphone."),
    "scanned": t("At least one scan on the day. Due on working days."),
}
WEEKS = 8

# What is asked -------------------------------------------------------------------------------------------------------

today = store.today()
known = store.ask("compliance/calendar")
first, last = (min(known["day"][0], today), max(known["day"][-1], today)) if known.height else (today, today)
# A key of its own for each newest day: after an upload the screen speaks of the new day.
day = st.date_input(
    t("Figures of"),
    today,
    first,
    last,
    format="DD/MM/YYYY",
    key=f"compliance_{today}",
    persist_state="session",
    width=220,
)
day = day or today
staff = compliance.people(store, day)
if staff.is_empty():
    widgets.empty(here, t("Nobody is on the staff list on {day}.", day=here.day(day)))
    st.stop()

single = small.fewest(here.role) == 1  # may see figures about single people
if not single and small.few(staff.height):
    st.info(t("The staff are fewer than {n}: only leaders see figures about so few.", n=small.FEWEST))
    st.stop()

working = workdays.is_working(day)
if not working:
    st.info(
        t("{day} is not a working day: no declaration and no scan is due.", day=here.day(day)), icon=":material/event:"
    )

# At a glance ---------------------------------------------------------------------------------------------------------

before = compliance.previous(store, day)
staff_before = compliance.people(store, before) if before else None
rates = {duty: compliance.rate(staff, duty) for duty in compliance.DUTIES}
told = {duty: compliance.told(staff, duty, here.role) for duty in compliance.DUTIES}


def percent(rate: small.Rate | None) -> str:
    """`92,3%`, or `84,6%–92,3%`."""
    if rate is None or rate.low == rate.high:
        return here.percent(rate.low, rate.due) if rate else "–"
    return f"{here.percent(rate.low, rate.due)}–{here.percent(rate.high, rate.due)}"


cards = []
for duty, rate in told.items():
    due = rate.due if rate else 0
    change = rate.change(compliance.told(staff_before, duty, here.role)) if rate and staff_before is not None else None
    cards.append(
        widgets.Card(
            LABELS[duty],
            rate if rate and due else "–",
            t("vs {day}", day=f"{before:%d/%m}") if change is not None and before else "",
            change,
            good="more",
            help=RULES[duty],
            detail=percent(rate) if due else t("nobody owes it") if rate else t("too few people to say"),
        )
    )
widgets.cards(here, cards, across=4)

if not single:
    st.caption(
        t("Where one or two people have not done it, or have, a range is shown, the same for one and for two."),
        help=t("So that nobody can be recognised by a figure. Leaders see everything."),
    )
have, due = rates["scanned"]
if due and not have and told["scanned"]:
    st.warning(
        t("There is no staff scan at all on {day}. Perhaps its log has not been uploaded yet.", day=here.day(day)),
        icon=":material/upload_file:",
    )
phoneless, exempt = compliance.exempt(store, day)
if small.part(here.role, phoneless, staff.height):
    st.caption(t("{n} without a smartphone: the app and the declaration are not due.", n=here.number(phoneless)))
for duty, label in LABELS.items():
    if small.part(here.role, exempt[duty], staff.height):
        st.caption(t("{duty}: {n} exempt for a reason noted down.", duty=label, n=here.number(exempt[duty])))
absent = len(compliance.absent(store, day))
if small.part(here.role, absent, staff.height) and working:
    st.caption(
        t("{n} absent (leave, trip, duty elsewhere): the declaration and the scan are not due.", n=here.number(absent))
    )

# Who has not ---------------------------------------------------------------------------------------------------------

MISSING = {
    "apps": t("No accepted app: {n}"),
    "vaccinated": t("No confirmed dose: {n}"),
    "declared": t("No health declaration: {n}"),
    "scanned": t("No scan: {n}"),
}
date_of = st.column_config.DateColumn
behind = {duty: due - have for duty, (have, due) in rates.items() if have < due}
if not behind:
    st.success(t("Everybody has done what was due on {day}.", day=here.day(day)), icon=":material/check_circle:")
elif not here.may("health"):
    st.caption(t("Leaders see here who has not done what was due."))
else:
    st.subheader(t("Not done on {day}", day=here.day(day)), anchor=False)
    for duty, count in behind.items():
        rows = widgets.open_rows(here, MISSING[duty].format(n=here.number(count)), key=f"missing_{duty}")
        if rows.open:
            with rows:
                people = compliance.missing(store, day, duty)
                columns: dict[str, Any] = {"name": t("Full name"), "position": t("Position"), "location": t("Premises")}
                if duty in ("declared", "scanned"):
                    columns["last"] = date_of(t("Last done"), format="DD/MM/YYYY")
                    columns["missed"] = t("Working days in a row without")
                else:
                    columns["started"] = date_of(t("On the staff list since"), format="DD/MM/YYYY")
                if people["unconfirmed_on"].count() and duty == "vaccinated":
                    columns["unconfirmed_on"] = date_of(t("Unconfirmed dose of"), format="DD/MM/YYYY")
                widgets.people_table(
                    here, people, f"missing_{duty}_people", columns, alt=MISSING[duty].format(n=here.number(count))
                )

# Doses ---------------------------------------------------------------------------------------------------------------

doses.view(here, day)

# What changed --------------------------------------------------------------------------------------------------------

if before and here.may("health"):
    told = compliance.changed(store, day, before)
    if told.height:
        label = t("Different from {day}: {n}", day=here.day(before), n=here.number(told.height))
        rows = widgets.open_rows(here, label, key="changed")
        if rows.open:
            with rows:
                told = told.with_columns(
                    now=pl.when("now").then(pl.lit("✓ " + t("does it now"))).otherwise(pl.lit("✗ " + t("no longer"))),
                    duty=pl.col("duty").replace_strict(LABELS, return_dtype=pl.String),
                )
                columns = {"name": t("Full name"), "duty": t("Duty"), "now": t("Now"), "position": t("Position")}
                widgets.people_table(here, told, "changed_people", columns, alt=label)

# How it went ---------------------------------------------------------------------------------------------------------

st.subheader(t("The last {n} weeks", n=WEEKS), anchor=False)


def target(duty: str) -> tuple[float, str] | None:
    """What the plan wants of a duty, and the words at its line."""
    return (wanted[duty], t("wanted: {n}%", n=round(wanted[duty] * 100))) if duty in wanted else None


narrow, begin = staff, day - timedelta(weeks=WEEKS) + timedelta(days=1)
if single:  # by what differs from one choice to the next, others would learn of single people
    with st.container(horizontal=True):
        place = widgets.location(here, key="trend_location")
        narrow = staff.filter(pl.col("location_id") == place) if place else staff
        chosen = st.selectbox(
            t("Position"),
            ["", *sorted(set(narrow["position"]))],
            format_func=lambda position: position or t("All positions"),
            key="trend_position",
        )
    narrow = narrow.filter(pl.col("position") == chosen) if chosen else narrow
    trend = compliance.trend(store, begin, day, place, chosen or None)
else:
    trend = compliance.trend_told(store, begin, day, here.role)
    st.caption(t("Where a range would be shown, the lines show its lower end."))
if trend.height < 2:
    st.caption(t("The chart appears once there are two working days with data."))
else:
    wanted = plan.targets(plan.current(store).plan)
    with st.grid(2, min_column_width=300):
        for duty, label in LABELS.items():
            with st.container(gap="xsmall"):
                st.markdown(f"**{label}**")
                shown = percent(compliance.told(narrow, duty, here.role))
                charts.show(
                    here,
                    charts.lines_by_day(trend, {duty: label}, percent=True, height=170, target=target(duty)),
                    t("{duty}: share of the staff by working day, {percent} on {day}.",
                      duty=label, percent=shown, day=here.day(day)),
                    key=f"trend_{duty}",
                )  # fmt: skip

# By premises and position --------------------------------------------------------------------------------------------


def groups(by: str) -> list[dict[str, Any]]:
    """The rows of `compliance.split` with a name on every group, none smaller than the reader may see."""
    found = compliance.split(store, day, by, small.fewest(here.role)).to_dicts()
    return [row | {"group": row["group"] or t("Others, together")} for row in found]


def shown_of(rows: list[dict[str, Any]]) -> list[str]:
    """The duties that may be told of these groups; says which may not."""
    duties = [
        duty for duty in SHORT
        if single or small.all_told((row[f"{duty}_have"], row[f"{duty}_due"], row["staff"]) for row in rows)
    ]  # fmt: skip
    hidden = [LABELS[duty] for duty in SHORT if duty not in duties]
    if hidden:
        st.caption(t("Not shown, as one or two people of a group have done it, have not, or do not owe it: {duties}.",
                     duties=", ".join(hidden)))  # fmt: skip
    return duties


left, right = st.columns([2, 3], gap="large")
with left:
    st.subheader(t("By premises"), anchor=False)
    rows = groups("location")
    owed = {duty: SHORT[duty] for duty in shown_of(rows) if rates[duty][1]}
    shares = [
        {"group": f"{row['group']} ({row['staff']})"}
        | {duty: row[f"{duty}_have"] / row[f"{duty}_due"] if row[f"{duty}_due"] else None for duty in owed}
        for row in rows
    ]
    if owed:
        charts.show(
            here,
            charts.bars(pl.DataFrame(shares, infer_schema_length=None), "group", owed, percent=True),
            t("Share of the staff who did each duty, by premises."),
            key="compliance_places",
        )
with right:
    st.subheader(t("By position"), anchor=False)
    rows = groups("position")
    shown_duties = {duty: SHORT[duty] for duty in shown_of(rows)}
    widgets.table(
        pl.DataFrame(
            [
                {"group": row["group"], "staff": row["staff"]}
                | {
                    duty: f"{row[f'{duty}_have']}/{due}" if (due := row[f"{duty}_due"]) else "–"
                    for duty in shown_duties
                }
                for row in rows
            ]
        ),
        {"group": t("Position"), "staff": t("Staff")} | shown_duties,
        alt=t("Staff who did each duty, of those who owe it, by position"),
    )
    st.caption(t("How many have done it, of how many owe it."))

# Each person, day by day ---------------------------------------------------------------------------------------------

if here.may("health") and known.height:
    st.subheader(t("Person by person"), anchor=False)
    rows = widgets.open_rows(here, t("Each person, day by day"), key="matrix")
    if rows.open:
        with rows:
            matrix.view(here)

    halves = compliance.unpaired(store, day)
    if halves.height:
        label = t("Scanned in but not out, or out but not in: {n}", n=here.number(halves.height))
        rows = widgets.open_rows(here, label, key="unpaired")
        if rows.open:
            with rows:
                halves = halves.with_columns(
                    pl.col("missing").replace_strict({"in": t("scan in"), "out": t("scan out")}, return_dtype=pl.String)
                )
                columns: dict[str, Any] = {
                    "name": t("Full name"),
                    "location": t("Premises"),
                    "scanned_at": st.column_config.DatetimeColumn(t("Scanned at"), format="HH:mm"),
                    "missing": t("What is missing"),
                }
                widgets.people_table(here, halves, "unpaired_people", columns, alt=t("Scans without their other half"))

# What counts ---------------------------------------------------------------------------------------------------------

if here.may("health") and here.may("installation"):
    counting.view(here, day)
