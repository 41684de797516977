"""What is to be done today about the contacts of all cases: the most pressing first, with a button for each outcome."""

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import follow_up, terms
from quetma.follow_up import Entry
from quetma.web import widgets
from quetma.web.cases import acts

if TYPE_CHECKING:
    from quetma.web.page import Page

NEXT = 10  # contacts at once: the next ones come when these are done
ROUND = 200  # people of one health round
OVERDUE = ":orange[:material/schedule:]"


def due(contacts: pl.DataFrame) -> pl.DataFrame:
    """The rows of `follow_up.state` about which something is due: who is ill, then overdue ones first, F1 first, whom
    nobody has called yet first, longest together first.

    Who is a contact of several cases stands there once, for the case in which most is due.
    """
    rows = contacts.filter(pl.col("tasks").list.len() > 0).with_columns(
        ill=pl.col("tasks").list.contains("ill"),
        late=pl.col("overdue").list.len() > 0,
        steps=pl.col("tasks").list.len(),
    )
    order = {"ill": True, "late": True, "degree": False, "calls": False, "steps": True, "minutes": True}
    rows = rows.sort(*order, descending=list(order.values()), maintain_order=True)
    return rows.unique("person_id", keep="first", maintain_order=True).drop("ill", "late", "steps")


def view(here: "Page", contacts: pl.DataFrame) -> None:
    """The list for today, filtered by what is to be done."""
    t = here.t
    rows = due(contacts)
    if rows.is_empty():
        if contacts.is_empty():
            st.info(
                t("No contacts are listed. Under *Cases*, list those that the trace finds."), icon=":material/info:"
            )
        else:
            st.success(t("Nothing is due today."), icon=":material/check_circle:")
        return
    names = terms.tasks(t)
    counts = dict(rows.explode("tasks").group_by("tasks").len().iter_rows())
    known = [task for task in follow_up.TASKS if task in counts]
    if st.session_state.get("cases_task") not in known:
        st.session_state["cases_task"] = None
    task = st.pills(
        t("What is to be done"),
        known,
        format_func=lambda task: f"{names[task]} ({here.number(counts.get(task, 0))})",
        key="cases_task",
        persist_state="session",
    )
    if task:
        rows = rows.filter(pl.col("tasks").list.contains(task))
    if task == "health":
        _round(here, rows)
    if rows.height > NEXT:
        st.caption(t("The next {n} of {all}, overdue ones first.", n=NEXT, all=here.number(rows.height)))
    for row in rows.head(NEXT).iter_rows(named=True):
        _card(here, row, task)


def _card(here: "Page", row: dict[str, Any], task: str | None) -> None:
    t = here.t
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{widgets.plain(row['name'])}** · {acts.phone(here, row)} · "
            + t("F{n} of {case}", n=row["degree"], case=widgets.plain(row["case_name"]))
            + " · "
            + t("{n} minutes, last {moment} at {place}", n=here.number(round(row["minutes"])),
                moment=here.moment(row["last_at"]), place=widgets.plain(row["location"]))
        )  # fmt: skip
        mark = f"{OVERDUE} " if row["overdue"] else ""
        tried = ""
        if row["calls"] and row["reached_at"] is None:
            tried = " · " + t("called {n} times, last {moment}", n=row["calls"], moment=here.moment(row["called_at"]))
        st.caption(mark + widgets.plain(terms.due(t, row)) + tried)
        first = next((due for due in row["tasks"] if due != "ill"), "")
        with st.container(horizontal=True):
            if "ill" in row["tasks"]:
                acts.trace_button(here, row, f"trace_{row['case_id']}_{row['person_id']}")
            for label, entry in quick(here, row, task or first):
                st.button(
                    label,
                    key=f"quick_{row['case_id']}_{row['person_id']}_{entry.kind}_{entry.outcome}",
                    on_click=acts.enter,
                    args=(here, f"{row['name']}: {label}", entry),
                )
            st.button(
                t("Open"),
                key=f"contact_{row['case_id']}_{row['person_id']}",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=acts.open_contact,
                args=(row["case_id"], row["person_id"]),
            )


def quick(here: "Page", row: dict[str, Any], task: str) -> list[tuple[str, Entry]]:
    """The outcomes that one press enters, now, for a task about a contact (a row of `follow_up.state`)."""
    t, person, case = here.t, row["person_id"], row["case_id"]
    said = terms.outcomes(t)
    match task:
        case "call":
            return [(terms.capital(text), Entry(person, "called", outcome)) for outcome, text in said["called"].items()]
        case "verdict":
            return [
                (terms.capital(text), Entry(person, "verdict", outcome, case_id=case))
                for outcome, text in said["verdict"].items()
            ]
        case "quarantine":
            _, until, _ = follow_up.proposed_quarantine(row, here.store.clock())
            label = t("At home until {day}", day=here.day(until))
            return [(label, Entry(person, "quarantine", "home", until=until))]
        case "test":
            return [(terms.capital(text), Entry(person, "test", outcome)) for outcome, text in said["test"].items()]
        case "health":
            return [(terms.capital(text), Entry(person, "health", outcome)) for outcome, text in said["health"].items()]
    return []


def _round(here: "Page", rows: pl.DataFrame) -> None:
    """Many people's health in one table, as a round of calls brings it."""
    t = here.t
    with st.expander(t("Health round: enter many at once"), icon=":material/checklist:", key="cases_round"):
        listed = rows.head(ROUND)
        if rows.height > ROUND:
            st.caption(t("The first {n}.", n=ROUND))
        said = terms.outcomes(t)["health"]
        with st.form("cases_round_form", border=False):
            edited = widgets.editor(
                listed.select("name", "phone_shown", how=pl.lit(None, pl.String), detail=pl.lit("")),
                column_config={
                    "name": st.column_config.TextColumn(t("Name"), disabled=True, pinned=True),
                    "phone_shown": st.column_config.TextColumn(t("Phone"), disabled=True),
                    "how": st.column_config.SelectboxColumn(t("How are they?"), options=list(said.values())),
                    "detail": st.column_config.TextColumn(t("Signs"), max_chars=200),
                },
                hide_index=True,
                placeholder="",
                # new fields when others are on the list: what was entered must not slip to somebody else
                key=f"cases_round_{hash(tuple(listed['person_id']))}",
            )
            if st.form_submit_button(t("Save the round"), type="primary"):
                codes = {text: outcome for outcome, text in said.items()}
                entries = [
                    Entry(person, "health", codes[how], detail=detail or "")
                    for person, how, detail in zip(listed["person_id"], edited["how"], edited["detail"], strict=True)
                    if how
                ]
                if entries:
                    acts.enter(here, t("Saved: how {n} people are.", n=len(entries)), *entries)
                    st.rerun()
                st.info(t("Choose in the table how somebody is."), icon=":material/info:")
