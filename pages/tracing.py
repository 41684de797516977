"""Tracing: pick anybody, and see everyone they may have infected, with the evidence."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import polars as pl
import streamlit as st

from quetma import directory, identity, language, tracing
from quetma.documents import MEDIA_TYPES
from quetma.documents import trace as document
from quetma.web import charts, downloads, page, widgets
from quetma.web.people import person_picker

DRAWN = 40  # people in the timeline: more cannot be read; the table has them all

here = page.begin("Tracing", right="trace")
t = here.t
CERTAINTY = {
    "seen": "● " + t("seen: every scan is there"),
    "inferred": "◐ " + t("inferred: a scan is missing"),
    "possible": "○ " + t("possible: rests on a masked name or phone"),
}

person_id = person_picker(here, key="trace_person")
if person_id is None:
    if here.store.ask("flow/span")["first_day"][0] is None:
        widgets.empty(here, t("There are no scans to trace yet."))
    else:
        st.info(
            t("Find the person who is ill. You then see at once who was in the same place at the same time."),
            icon=":material/search:",
        )
    st.stop()

# The question ---------------------------------------------------------------------------------------------------------

found = directory.person(here.store, person_id)
last_seen = found["last_seen"].date() if found and found["last_seen"] else here.store.today()
with st.container(border=True):
    first, second, third = st.columns(3)
    symptoms = first.segmented_control(
        t("The case has"),
        [True, False],
        format_func=lambda ill: t("symptoms") if ill else t("no symptoms"),
        default=True,
        required=True,
        key="trace_symptoms",
        persist_state="session",
    )
    onset = second.date_input(
        t("First day of symptoms") if symptoms else t("Day of the positive sample"),
        value=max(last_seen, widgets.FIRST_DAY),  # a later day would leave out the days they were here
        min_value=widgets.FIRST_DAY,
        format="DD/MM/YYYY",
        key=f"trace_onset_{person_id}",
        persist_state="session",
    )
    isolated = third.date_input(
        t("Isolated on (empty: not yet)"),
        value=None,
        min_value=widgets.FIRST_DAY,
        format="DD/MM/YYYY",
        key=f"trace_isolated_{person_id}",
        persist_state="session",
    )
    with st.expander(t("Rule and limits"), icon=":material/tune:"):
        in_force = tracing.rule_on(onset)
        rule_id = st.selectbox(
            t("Rule"),
            [rule.id for rule in tracing.rules()],
            index=tracing.rules().index(in_force),
            format_func=lambda chosen: (
                tracing.rule_named(chosen).name + (f" · {t('in force on that day')}" if chosen == in_force.id else "")
            ),
            key=f"trace_rule_{in_force.id}",
            persist_state="session",
        )
        rule = tracing.rule_named(rule_id)
        a, b, c, d = st.columns(4)
        rule_days = rule.days_before if symptoms else rule.days_before_no_onset
        days_before = a.number_input(
            t("Infectious days before"),
            0,
            60,
            value=None,
            placeholder=t("{n} by the rule", n=rule_days),
            key="trace_days",
        )
        min_minutes = b.number_input(
            t("Shortest contact, minutes"),
            0,
            1440,
            value=None,
            placeholder=t("{n} by the rule", n=rule.min_minutes),
            key="trace_min",
        )
        linger = c.number_input(t("Air lingers, minutes"), 0, 240, value=0, key="trace_linger")
        hour = d.time_input(
            t("Hour of isolation (empty: end of the day)"),
            value=None,
            step=timedelta(minutes=15),
            disabled=isolated is None,
            key="trace_hour",
        )
        until = None
        if isolated:  # as long as nobody says the hour, no contact of that day is left out
            until = (
                datetime.combine(isolated, hour)
                if hour is not None
                else datetime.combine(isolated + timedelta(days=1), time())
            )
        parameters = {
            "days_before": t("infectious days before onset"),
            "days_before_no_onset": t("infectious days without symptoms"),
            "days_after": t("end of the window when not isolated"),
            "min_minutes": t("shortest contact"),
        }
        assumed = ", ".join(parameters[parameter] for parameter in rule.assumed)
        st.caption(t("Rule: {source}. Not given by it, assumed: {assumed}.", source=rule.source, assumed=assumed))

try:
    answer = tracing.trace(
        here.store,
        tracing.Case(
            person_id,
            onset,
            until=until,
            symptoms=symptoms,
            rule=rule_id,
            days_before=days_before,
            min_minutes=min_minutes,
            linger=linger,
        ),
    )
except tracing.Unanswerable:
    st.warning(
        t("The isolation lies before the infectious days, so nobody can have been infected. Check both dates."),
        icon=":material/warning:",
    )
    st.stop()

person, case, f1, f2 = answer.person, answer.case, answer.f1, answer.f2
phone = person["phone"]
name = widgets.plain(person["name"])
about = f"{person['name']} {phone}".strip()
here.audit("trace", about, document.sentence(answer, language.translator("en")))

# The answer -----------------------------------------------------------------------------------------------------------

counts = answer.counts
st.subheader(
    t(
        "{name}: {f1} suspected F1, {f2} suspected F2",
        name=name,
        f1=here.number(counts["f1"]),
        f2=here.number(counts["f2"]),
    ),
    anchor=False,
)
st.markdown(
    t(
        "Infectious from **{since}** until **{until}** ({rule}).",
        since=here.moment(case.since), until=here.moment(case.until), rule=tracing.rule_named(case.rule or "").name,
    )
    + ("" if isolated else " " + t("The end is assumed, as no isolation is given."))
)  # fmt: skip
st.warning(
    t("Suspected, to be verified: scans show the same place at the same time. They do not show distance or masks."),
    icon=":material/help:",
)

if f1.is_empty():
    if answer.present:
        st.success(t("Nobody shared a place with {name} in these days.", name=name), icon=":material/check_circle:")
    else:  # nothing is known of the case, which must not look like good news
        st.warning(
            t("{name} has no scan in these days, so the scans cannot say whom they met. Ask them, or check the dates.",
              name=name),
            icon=":material/warning:",
        )  # fmt: skip
    st.caption(t("This holds for the scans uploaded so far, up to {moment}. People who did not scan are not seen.",
                 moment=here.moment(here.store.ask("history/last_scan")["scanned_at"][0])))  # fmt: skip
    st.stop()


may_be = identity.may_be(answer.candidates, t)


def why(row: dict) -> str:
    """The evidence of an F1 in one sentence."""
    gaps = {"place": row["location"], "minutes": here.number(round(row["minutes"])), "count": row["contacts"]}
    begin, end = row["exposed_at"], row["last_at"]
    if row["contacts"] == 1 and begin.date() == end.date():
        return t("same time at {place} for {minutes} minutes, {begin}–{end} on {day}",
                 begin=f"{begin:%H:%M}", end=f"{end:%H:%M}", day=here.day(begin), **gaps)  # fmt: skip
    return t("{count} times in the same place, {minutes} minutes in all, first at {place} at {begin}, last until {end}",
             begin=here.moment(begin), end=here.moment(end), **gaps)  # fmt: skip


def who_possible(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Rows with who may be behind a mask, and that column where there is one."""
    rows = rows.join(may_be, on="person_id", how="left", maintain_order="left")
    return rows, {"may_be": st.column_config.TextColumn(t("May be"), width="large")} if rows["may_be"].count() else {}


def f1_table(rows: pl.DataFrame, key: str) -> None:
    """F1s with their evidence in words."""
    rows, behind = who_possible(rows)
    shown = rows.sort("minutes", descending=True).with_columns(
        pl.Series(
            "why", [why(row) for row in rows.sort("minutes", descending=True).iter_rows(named=True)], dtype=pl.String
        ),
        pl.col("certainty").replace_strict(CERTAINTY, return_dtype=pl.String),
        pl.col("minutes").round(),
    )
    widgets.people_table(
        here,
        shown,
        key,
        {
            "name": st.column_config.TextColumn(t("Name"), pinned=True),
            "phone_shown": t("Phone"),
            **behind,
            "minutes": st.column_config.NumberColumn(t("Minutes shared"), format="%d"),
            "exposed_at": st.column_config.DatetimeColumn(t("First shared"), format="HH:mm DD/MM/YYYY"),
            "certainty": t("How sure"),
            "why": st.column_config.TextColumn(t("Why"), width="large"),
        },
        alt=t("Suspected F1"),
    )


def f2_table(rows: pl.DataFrame, key: str) -> None:
    """F2s with the number of F1s they come through."""
    rows, behind = who_possible(rows)
    widgets.people_table(
        here,
        rows.with_columns(pl.col("certainty").replace_strict(CERTAINTY, return_dtype=pl.String)),
        key,
        {
            "name": st.column_config.TextColumn(t("Name"), pinned=True),
            "phone_shown": t("Phone"),
            **behind,
            "via": st.column_config.NumberColumn(t("Via"), format="%d"),
            "exposed_at": st.column_config.DatetimeColumn(t("First shared"), format="HH:mm DD/MM/YYYY"),
            "location": t("Location"),
            "certainty": t("How sure"),
        },
        alt=t("Suspected F2"),
    )


def stay(t_in: str, t_out: str, in_seen: str, out_seen: str) -> pl.Expr:
    """A stay as it is in the store; `?` marks an end that was inferred."""
    marks = [pl.when(pl.col(seen)).then(pl.lit("")).otherwise(pl.lit("?")) for seen in (in_seen, out_seen)]
    begin, end = (pl.col(name).dt.strftime("%H:%M") for name in (t_in, t_out))
    return pl.concat_str(begin, marks[0], pl.lit("–"), end, marks[1])


def contacts_table(rows: pl.DataFrame, who: dict[str, str], infector: str, alt: str) -> None:
    """Contacts with both stays behind each. `who` is the column that names somebody → its label."""
    widgets.table(
        rows.with_columns(
            pl.col("minutes").round(1),
            case_stay=stay("infector_in", "infector_out", "infector_in_seen", "infector_out_seen"),
            own_stay=stay("t_in", "t_out", "in_seen", "out_seen"),
        ),
        {
            **{name: st.column_config.TextColumn(label, pinned=True) for name, label in who.items()},
            "location": t("Location"),
            "began": st.column_config.DatetimeColumn(t("Shared from"), format="HH:mm DD/MM/YYYY"),
            "ended": st.column_config.DatetimeColumn(t("Shared until"), format="HH:mm DD/MM/YYYY"),
            "minutes": st.column_config.NumberColumn(t("Minutes"), format="%.0f"),
            "case_stay": infector,
            "own_stay": t("This person was there"),
        },
        alt=alt,
    )


def suspected_then_possible(table: Callable[[pl.DataFrame, str], None], rows: pl.DataFrame, key: str) -> None:
    """The suspected ones, and apart from them those who are only possible."""
    table(tracing.suspected(rows), key)
    apart = tracing.possible(rows)
    if apart.height:
        n = here.number(apart.height)
        st.markdown(t("**Possible, apart:** {n} more, because a name or phone is masked. Find out who they are.", n=n))
        table(apart, f"{key}_possible")


tab_f1, tab_f2, tab_evidence = st.tabs(
    [f"F1 ({here.number(counts['f1'])})", f"F2 ({here.number(counts['f2'])})", t("Evidence")]
)
with tab_f1:
    suspected_then_possible(f1_table, f1, "trace_f1")
with tab_f2:
    st.caption(t("Who met an F1 after that F1 was exposed. *Via* is the number of F1s they met."))
    suspected_then_possible(f2_table, f2, "trace_f2")
    if f2.height:
        names = {row["person_id"]: f"{row['name']} {row['phone_shown']}" for row in f2.iter_rows(named=True)}
        chosen = st.selectbox(
            t("Show through whom one of them is reached"),
            list(names),
            index=None,
            format_func=lambda f2_id: names.get(f2_id, ""),
            placeholder=t("Choose an F2"),
            key=f"trace_f2_of_{person_id}",
        )
        if chosen is not None and chosen in names:  # the F2s change with the question
            here.audit("open rows", names[chosen], f"F2 of {about}")
            contacts_table(
                tracing.evidence_of_f2(here.store, answer, chosen),
                {"infector": "F1"},
                t("The F1 was there"),
                alt=t("Each time this person shared a place with an exposed F1"),
            )
            st.caption(t("A question mark stands at a time that was not scanned but inferred."))
with tab_evidence:
    evidence = tracing.evidence(here.store, answer)
    strongest = f1.sort("minutes", descending=True).head(DRAWN)
    if f1.height > DRAWN:
        st.caption(t("The chart shows the {n} with the most minutes; the table below shows all.", n=DRAWN))
    alike = pl.col("name").is_duplicated()
    drawn = strongest.select(
        "person_id", "certainty", who=pl.when(alike).then(pl.format("{} {}", "name", "phone_shown")).otherwise("name")
    ).join(evidence, on="person_id", maintain_order="left_right")
    charts.show(
        here,
        charts.spans(drawn, "began", "ended", "who", "certainty", CERTAINTY),
        alt=t("Timeline: when each suspected F1 shared a place with {name}", name=person["name"]),
        key="trace_timeline",
    )

    contacts_table(
        evidence.join(f1.select("person_id", "name"), on="person_id", maintain_order="left"),
        {"name": t("Name")},
        t("The case was there"),
        alt=t("Each time an F1 shared a place with the case"),
    )
    st.caption(t("A question mark stands at a time that was not scanned but inferred."))

# Take it along --------------------------------------------------------------------------------------------------------

st.markdown(f"**{t('Export the list')}**")
with st.container(horizontal=True):
    for fmt, label in (("xlsx", "Excel"), ("csv", "CSV")):
        st.link_button(
            label,
            downloads.offer(
                here.session,
                lambda path, fmt=fmt: document.write(answer, fmt, path, here.language),
                f"truy-vet-{onset:%Y-%m-%d}.{fmt}",
                MEDIA_TYPES[fmt],
                ("export trace", about, f"{fmt}: {document.sentence(answer, language.translator('en'))}"),
            ),
            icon=":material/download:",
        )
