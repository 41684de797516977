"""The answer of a trace in words and tables: how many, by which window, and everybody with the reason in a sentence."""

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import continuity, identity, language, tracing, units
from quetma.documents import trace as document
from quetma.tracing import unscanned
from quetma.web import widgets
from quetma.web.plan import continuity as screen
from quetma.web.tracing import person

if TYPE_CHECKING:
    from quetma.language import Translate
    from quetma.web.page import Page

NAMED = 3  # infectors named in a cell; of more, how many


def about(answer: tracing.Trace) -> str:
    """The F0s as the audit names them."""
    return ", ".join(f"{row['name']} {row['phone']}".strip() for row in answer.people.iter_rows(named=True))


def head(here: "Page", answer: tracing.Trace) -> None:
    """How many, of whom, in which days, and that it is a suspicion. Written to the audit."""
    t, counts = here.t, answer.counts
    here.audit("trace", about(answer), document.sentence(answer, language.translator("en")))
    names = [widgets.plain(name) for name in answer.people["name"]]
    gaps = {"f1": here.number(counts["f1"]), "f2": here.number(counts["f2"])}
    said = (
        t("{name}: {f1} suspected F1, {f2} suspected F2", name=names[0], **gaps)
        if len(names) == 1
        else t("{n} F0s together: {f1} suspected F1, {f2} suspected F2", n=len(names), **gaps)
    )
    if "f3" in counts:
        said += ", " + t("{f3} suspected F3", f3=here.number(counts["f3"]))
    st.subheader(said, anchor=False)
    for name, case in zip(names, answer.question.cases, strict=True):
        _window(here, name if len(names) > 1 else "", case)
    _elsewhere(here, names, answer)
    if not answer.reached[0].is_empty():
        st.warning(
            t("Suspected, to be verified: scans show the same place at the same time. "
              "They do not show distance or masks."),
            icon=":material/help:",
        )  # fmt: skip
    silent = [
        name for name, case in zip(names, answer.question.cases, strict=True) if case.person_id not in answer.present
    ]
    if silent:  # nothing is known of the case, which must not look like good news
        st.warning(
            t("{name} has no scan in these days, so the scans cannot say whom they met. Ask them, or check the dates.",
              name=", ".join(silent)),
            icon=":material/warning:",
        )  # fmt: skip
    elif answer.reached[0].is_empty():
        st.success(
            t("Nobody shared a place with {name} in these days.", name=", ".join(names)), icon=":material/check_circle:"
        )
    if answer.reached[0].is_empty():
        st.caption(t("This holds for the scans uploaded so far, up to {moment}. People who did not scan are not seen.",
                     moment=here.moment(here.store.ask("history/last_scan")["scanned_at"][0])))  # fmt: skip


def _elsewhere(here: "Page", names: list[str], answer: tracing.Trace) -> None:
    """Which other units are to be told, whose people and places are not of this answer."""
    there = {
        name: units.elsewhere(here.store, case.person_id, case.since, case.until or units.LAST)
        for name, case in zip(names, answer.question.cases, strict=True)
    }
    if told := [name for name, others in there.items() if others]:
        others = dict.fromkeys(widgets.plain(other) for one in there.values() for other in one)
        st.warning(
            here.t("{name} was at places of other units too in these days: {units}. Whom they met there is not in this "
                   "answer. Tell these units, or a unit above that sees all of it.",
                   name=", ".join(told), units=", ".join(others)),
            icon=":material/campaign:",
        )  # fmt: skip


def _window(here: "Page", name: str, case: tracing.Case) -> None:
    t = here.t
    rule = tracing.rule_named(case.rule or "")
    said = t(
        "Infectious from **{since}** until **{until}** ({rule}).",
        since=here.moment(case.since), until=here.moment(case.until), rule=rule.name,
    )  # fmt: skip
    if not st.session_state.get(f"trace_isolated_{case.person_id}"):
        said += " " + t("The end is assumed, as no isolation is given.")
    st.markdown(f"{name}: {said}" if name else said)


def why(t: "Translate", number: Any, row: dict) -> str:
    """The evidence of an F1 (a row of `Trace.f1`) in one sentence."""
    gaps = {"place": row["location"], "minutes": number(round(row["minutes"])), "count": row["contacts"]}
    sure = row["certainty"] != "possible"
    begin, end = row["exposed_at"], row["last_at"]
    if row["contacts"] == 1 and begin.date() == end.date():
        gaps |= {"begin": f"{begin:%H:%M}", "end": f"{end:%H:%M}", "day": language.day(begin)}
        if sure:
            return t("suspected F1: both at {place} for {minutes} minutes, {begin}–{end} on {day}", **gaps)
        return t("possibly F1: both at {place} for {minutes} minutes, {begin}–{end} on {day}", **gaps)
    gaps |= {"begin": language.moment(begin), "end": language.moment(end)}
    if sure:
        return t("suspected F1: {count} times in the same place, {minutes} minutes in all, first {begin} at {place}, "
                 "last until {end}", **gaps)  # fmt: skip
    return t("possibly F1: {count} times in the same place, {minutes} minutes in all, first {begin} at {place}, "
             "last until {end}", **gaps)  # fmt: skip


def through(links: pl.DataFrame, names: dict[int, str]) -> pl.DataFrame:
    """Who is reached through whom: person_id, through (the first names by minutes, and how many more)."""
    rows = []
    for (person_id,), of in links.sort("minutes", descending=True).group_by("person_id", maintain_order=True):
        said = ", ".join(names.get(infector, "?") for infector in of["infector_id"].head(NAMED))
        rows.append((person_id, said + (f" +{of.height - NAMED}" if of.height > NAMED else "")))
    return pl.DataFrame(rows, schema={"person_id": pl.Int64, "through": pl.String}, orient="row")


def class_view(here: "Page", answer: tracing.Trace, degree: int) -> None:
    """The F1s, F2s or F3s: the suspected ones, apart from them the possible ones, and one of them opened."""
    t = here.t
    people = answer.told(degree)
    if degree > 1:
        met = t("Who met an F{n} after that F{n} was exposed. *Through* names whom they met.", n=degree - 1)
        st.caption(met)
    key = f"trace_f{degree}"
    links = pl.DataFrame()
    if degree > 1 or answer.people.height > 1:
        links = tracing.links(here.store, answer).filter(pl.col("degree") == degree)
    _table(here, answer, tracing.suspected(people), links, degree, key)
    apart = tracing.possible(people)
    if apart.height:
        n = here.number(apart.height)
        st.markdown(t("**Possible, apart:** {n} more, because a name or phone is masked. Find out who they are.", n=n))
        _table(here, answer, apart, links, degree, f"{key}_possible")
    if degree == 1:
        _unscanned(here, answer)
        _unknown_duties(here, answer)
        _uncovered(here, answer, people)
    if people.height:
        person.choose_and_show(here, answer, (degree,))
    if degree == 2 == answer.question.steps and people.height:
        st.button(
            t("Follow on to F3"),
            icon=":material/account_tree:",
            key="trace_on_to_f3",
            on_click=lambda: st.session_state.update(trace_steps=3, trace_view="f3", trace_whole=True),
        )


def _table(here: "Page", answer: tracing.Trace, rows: pl.DataFrame, links: pl.DataFrame, degree: int, key: str) -> None:
    t = here.t
    rows = rows.join(identity.may_be(answer.candidates, t), on="person_id", how="left", maintain_order="left")
    if degree == 1:
        rows = rows.sort("minutes", descending=True, maintain_order=True)
        rows = rows.with_columns(
            pl.col("minutes").round(),
            why=pl.Series([why(t, here.number, row) for row in rows.iter_rows(named=True)], dtype=pl.String),
        )
    if not links.is_empty():
        rows = rows.join(through(links, person.names(answer)), on="person_id", how="left", maintain_order="left")
    columns: dict[str, Any] = {
        "name": st.column_config.TextColumn(t("Name"), pinned=True),
        "open": person.button(rows["person_id"].to_list(), degree, key),
        "phone_shown": t("Phone"),
        "may_be": st.column_config.TextColumn(t("May be"), width="large"),
        "why": st.column_config.TextColumn(t("Why"), width="large"),
        "through": st.column_config.TextColumn(t("Through") if degree > 1 else t("Shared with")),
        "certainty": t("How sure"),
        "minutes": st.column_config.NumberColumn(t("Minutes shared"), format="%d"),
        "via": st.column_config.NumberColumn(t("Through how many"), format="%d"),
        "exposed_at": st.column_config.DatetimeColumn(t("First shared"), format="HH:mm DD/MM/YYYY"),
        "location": t("Location"),
    }
    # the sentence of an F1 says where; minutes with several F1s at once are not one person's time
    unsaid = {"via", "location"} if degree == 1 else {"minutes"}
    told = {name for name in columns if name == "open" or (name in rows.columns and rows[name].count())} - unsaid
    columns = {name: column for name, column in columns.items() if name in told}
    widgets.people_table(
        here,
        rows.with_columns(
            pl.col("certainty").replace_strict(person.certainty(t), return_dtype=pl.String),
            open=pl.lit(t("Evidence")),
        ),
        key,
        columns,
        alt=t("Suspected F{n}", n=degree) if not key.endswith("possible") else t("Possible F{n}", n=degree),
    )


def _unscanned(here: "Page", answer: tracing.Trace) -> None:
    """Staff who were on duty where a case was, without a scan: one row a person, with days and places."""
    t, rows = here.t, answer.unscanned
    if rows.is_empty():
        return
    people = rows.group_by("person_id", "name", "phone_shown", maintain_order=True).agg(
        when=pl.concat_str(pl.col("day").dt.strftime("%d/%m"), pl.col("location"), separator=" ").str.join("; ")
    )
    st.markdown(
        t("**Possible, apart:** {n} staff were on duty where the case was, without a scan that day. Ask whether they "
          "were there.", n=here.number(people.height))
    )  # fmt: skip
    widgets.people_table(
        here,
        people,
        "trace_unscanned",
        {
            "name": st.column_config.TextColumn(t("Name"), pinned=True),
            "phone_shown": t("Phone"),
            "when": st.column_config.TextColumn(t("On duty, without a scan"), width="large"),
        },
        alt=t("Staff on duty without a scan"),
    )


def _uncovered(here: "Page", answer: tracing.Trace, people: pl.DataFrame) -> None:
    """The way to what is left open when the cases and the suspected F1s among the staff stay away."""
    away = {case.person_id for case in answer.question.cases} | set(tracing.suspected(people)["person_id"])
    staff = continuity.staff_among(here.store, away)
    if staff and st.button(
        here.t("{n} of the staff among them: which duties would be uncovered?", n=len(staff)),
        icon=":material/person_off:",
        key="trace_uncovered",
    ):
        screen.open_about(staff)


def _unknown_duties(here: "Page", answer: tracing.Trace) -> None:
    """Where and when nobody is known to have been on duty, so that the list of those without a scan says nothing."""
    t, unknown = here.t, unscanned.unknown(here.store, answer.question)
    if unknown.height:
        told = unknown.group_by("location", maintain_order=True).agg(pl.col("day").dt.strftime("%d/%m").str.join(", "))
        st.caption(
            t("Who was on duty is not known of these days off and days without a roster, ask there: {places}.",
              places="; ".join(f"{widgets.plain(place)} {days}" for place, days in told.iter_rows()))
        )  # fmt: skip
