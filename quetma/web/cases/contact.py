"""One contact of a case, opened: who they are, what is due by the rule, what was done, and the fields to enter more."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import follow_up, terms
from quetma.follow_up import Entry, Kind, Questionnaire
from quetma.web import widgets
from quetma.web.cases import acts

if TYPE_CHECKING:
    from quetma.web.page import Page

KINDS: tuple[Kind, ...] = ("called", "questionnaire", "quarantine", "test", "health", "lost")
FIELD_OF = {"call": "called", "verdict": "questionnaire", "release": "quarantine"}  # the others are called the same


def opened(here: "Page", contacts: pl.DataFrame) -> None:
    """The contact that was opened (`acts.open_contact`), if any, over the page; contacts: rows of `follow_up.state`."""
    chosen = st.session_state.get(acts.OPENED)
    if chosen is None:
        return
    case_id, person_id = chosen
    found = contacts.filter((pl.col("case_id") == case_id) & (pl.col("person_id") == person_id))
    if found.is_empty():  # taken off the list meanwhile, or somebody else by a decision
        acts.close_contact()
        return
    row = found.row(0, named=True)
    title = widgets.plain(row["name"])
    st.dialog(title, width="large", on_dismiss=acts.close_contact)(lambda: _contact(here, row))()


def _contact(here: "Page", row: dict[str, Any]) -> None:
    t = here.t
    here.audit("open contact", f"{row['name']} {row['phone_shown']}".strip(), f"case {row['case_id']}")
    done = follow_up.entries(here.store, row["person_id"])
    _facts(here, row)
    acts.result(here)
    _fields(here, row, done)
    _entries(here, row, done)
    with st.container(horizontal=True):
        if st.button(t("Scan history of this person"), icon=":material/history:", key="contact_history"):
            acts.close_contact()
            widgets.open_history(row["person_id"])
        if st.button(t("All about this person"), icon=":material/person:", key="contact_person"):
            acts.close_contact()
            widgets.open_person(row["person_id"])
        if not row["is_case"]:
            acts.trace_button(here, row, "contact_case")


def _facts(here: "Page", row: dict[str, Any]) -> None:
    """Who they met, how far the follow-up is, what the rule says."""
    t = here.t
    st.markdown(
        acts.phone(here, row)
        + " · "
        + t("F{n} of {case}", n=row["degree"], case=widgets.plain(row["case_name"]))
        + " · "
        + t("{n} minutes, first {first}, last {last}, at {place}", n=here.number(round(row["minutes"])),
            first=here.moment(row["exposed_at"]), last=here.moment(row["last_at"]),
            place=widgets.plain(row["location"]))
    )  # fmt: skip
    lines = [f"**{terms.progress(t)[row['progress']]}**"]
    if row["tasks"]:
        lines.append(t("Due: {tasks}", tasks=widgets.plain(terms.due(t, row))))
    if row["ends_on"]:
        decided = t("decided") if row["quarantine_until"] else t("by the rule, not arranged yet")
        lines.append(t("Quarantine until {day} ({how})", day=here.day(row["ends_on"]), how=decided))
    lines.append(t("Health watched until {day}", day=here.day(row["watch_ends_on"])))
    if row["health_due"]:
        lines.append(t("Asked on {given} of {due} days so far", given=row["health_given"], due=row["health_due"]))
    st.markdown(" · ".join(lines))
    _, _, plan = follow_up.proposed_quarantine(row, here.store.clock())
    names = {
        "quarantine_days": t("days of quarantine"), "watch_days": t("days of watching after"),
        "test_days": t("days of tests"), "f2_days": t("days of watching an F2"),
    }  # fmt: skip
    said = (
        t("Rule: {source}. With {n} doses by then: {quarantine} days of quarantine, {watch} more of watching; tests on "
          "day {tests} after the last contact.", source=plan.source, n=len(row["doses"]),
          quarantine=plan.quarantine_days, watch=plan.watch_days, tests=", ".join(map(str, plan.test_days)))
        if row["degree"] == 1
        else t("Rule: {source}. Watches their health for {n} days after the last contact.", source=plan.source,
               n=plan.f2_days)
    )  # fmt: skip
    assumed = [names[name] for name in plan.assumed if name in names and (name == "f2_days") == (row["degree"] > 1)]
    if assumed:
        said += " " + t("Assumed, not given by it: {assumed}.", assumed=", ".join(assumed))
    st.caption(widgets.plain(said))


def _fields(here: "Page", row: dict[str, Any], done: pl.DataFrame) -> None:
    """What to enter, one kind at a time; what is due first."""
    t = here.t
    # New fields after each entry: those of the last one are done with.
    key = f"contact_{row['case_id']}_{row['person_id']}_{done.height}_{done['entry_id'].max() or 0}"
    first = next((FIELD_OF.get(task, task) for task in row["tasks"] if task != "ill"), "called")
    names = terms.kinds(t) | {"questionnaire": t("Questions and decision")}
    kind = st.segmented_control(
        t("Enter"),
        KINDS,
        default=first,
        required=True,
        format_func=lambda kind: names[kind],
        key=f"{key}_kind",
        wrap=True,
    )
    if kind == "questionnaire":
        _questions(here, row, key)
    elif kind == "quarantine":
        _quarantine(here, row, key)
    else:
        _plain(here, row, kind or "called", key)


def _when(here: "Page", key: str) -> datetime:
    """Day and hour of what is entered; now, unless said otherwise."""
    t, now = here.t, here.store.clock()
    day = st.date_input(
        t("Day"), value=now.date(), min_value=widgets.FIRST_DAY, max_value=now.date(), format="DD/MM/YYYY",
        key=f"{key}_day",
    )  # fmt: skip
    hour = st.time_input(t("Hour"), value=now.time().replace(second=0), step=timedelta(minutes=5), key=f"{key}_hour")
    chosen = datetime.combine(day or now.date(), hour or time())
    return now if chosen == now.replace(second=0) else chosen


def _plain(here: "Page", row: dict[str, Any], kind: Kind, key: str) -> None:
    """A call, a test, how they are, or that they cannot be found: an outcome, a time, a note."""
    t = here.t
    known = {code: text for code, text in terms.outcomes(t)[kind].items() if code}
    with st.form(f"{key}_form", border=False):
        outcome = ""
        if known:
            outcome = st.segmented_control(
                t("Outcome"), list(known), format_func=lambda code: known[code], key=f"{key}_{kind}_outcome", wrap=True
            )
        with st.grid(2, min_column_width=150):
            happened_at = _when(here, f"{key}_{kind}")
        note = st.text_input(t("Signs") if kind == "health" else t("Note"), max_chars=500, key=f"{key}_{kind}_note")
        if st.form_submit_button(t("Save"), type="primary"):
            if outcome is None:
                st.info(t("Choose the outcome first."), icon=":material/info:")
                return
            entry = Entry(row["person_id"], kind, outcome, happened_at, detail=(note or "").strip())
            _save(here, row, entry)


def _save(here: "Page", row: dict[str, Any], *entries: Entry) -> None:
    acts.enter(here, here.t("Saved: {name}.", name=row["name"]), *entries)
    st.rerun()


def _questions(here: "Page", row: dict[str, Any], key: str) -> None:
    """What the contact says of the meeting; what the rule makes of it; what is decided."""
    t = here.t
    before = Questionnaire.from_json(row["questionnaire"]) if row["questionnaire"] else Questionnaire()
    yes = {True: t("yes"), False: t("no")}
    said: dict[str, Any] = {}
    with st.grid(2, min_column_width=220):
        for name, text in terms.questions(t).items():
            said[name] = st.segmented_control(
                text, [True, False], default=getattr(before, name), format_func=lambda told: yes[told],
                key=f"{key}_{name}",
            )  # fmt: skip
        said["minutes"] = st.number_input(
            t("How many minutes together?"), 0, 1440, value=before.minutes, placeholder=t("not known"),
            key=f"{key}_minutes",
        )  # fmt: skip
    answers = Questionnaire(**said)
    advice = follow_up.suggested(answers, follow_up.rule_of(row))
    st.markdown({
        True: ":material/gavel: " + t("By the rule: **close contact**. The decision is yours."),
        False: ":material/gavel: " + t("By the rule: **no close contact**. The decision is yours."),
        None: ":material/help: " + t("The rule cannot say yet: more answers are needed. The decision is yours."),
    }[advice])  # fmt: skip
    asked = Entry(row["person_id"], "questionnaire", detail=answers.json(), case_id=row["case_id"])
    verdicts = terms.outcomes(t)["verdict"]
    with st.container(horizontal=True):
        for verdict, kind in (("contact", advice is True), ("cleared", advice is False)):
            if st.button(
                t("Save: {verdict}", verdict=verdicts[verdict]),
                type="primary" if kind else "secondary",
                key=f"{key}_{verdict}",
            ):
                _save(here, row, asked, Entry(row["person_id"], "verdict", verdict, case_id=row["case_id"]))
        if answers != before and st.button(t("Save the answers only"), type="tertiary", key=f"{key}_answers"):
            _save(here, row, asked)


def _quarantine(here: "Page", row: dict[str, Any], key: str) -> None:
    """Where, from when, until which day; proposed by the rule."""
    t = here.t
    now, until, _ = follow_up.proposed_quarantine(row, here.store.clock())
    places = terms.outcomes(t)["quarantine"]
    if row["degree"] > 1:
        st.caption(t("The rule asks for no quarantine of an F2; it can be arranged all the same."))
    with st.form(f"{key}_quarantine", border=False):
        place = st.segmented_control(
            t("Where"), list(places), format_func=lambda code: places[code], default=row["quarantine"] or "home",
            required=True, key=f"{key}_place", wrap=True,
        )  # fmt: skip
        with st.grid(3, min_column_width=150):
            since = row["quarantine_since"] or now
            first = st.date_input(
                t("From day"), value=since.date(), min_value=widgets.FIRST_DAY, format="DD/MM/YYYY", key=f"{key}_since"
            )
            last = st.date_input(
                t("Until the end of"), value=row["quarantine_until"] or max(until, now.date()),
                min_value=widgets.FIRST_DAY, format="DD/MM/YYYY", key=f"{key}_until",
            )  # fmt: skip
        note = st.text_input(t("Address, or a note"), max_chars=500, key=f"{key}_address")
        if st.form_submit_button(t("Save"), type="primary"):
            begun = _moment(first or since.date(), since)
            _save(
                here, row,
                Entry(row["person_id"], "quarantine", place or "home", begun, last, (note or "").strip()),
            )  # fmt: skip


def _moment(day: date, proposed: datetime) -> datetime:
    """The hour that was proposed, if the day was left as it is; else the beginning of the day."""
    return proposed if day == proposed.date() else datetime.combine(day, time())


def _entries(here: "Page", row: dict[str, Any], done: pl.DataFrame) -> None:
    """Everything entered so far that holds, each with a way back."""
    t = here.t
    st.markdown(f"**{t('Done so far')}**")
    if done.is_empty():
        st.caption(t("Nothing yet."))
    for entry in done.iter_rows(named=True):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            by = t(
                "{moment}, by {who}", moment=here.moment(entry["happened_at"]), who=widgets.plain(entry["entered_by"])
            )
            st.markdown(f"{widgets.plain(terms.entry(t, entry))} · {by}", width="stretch")
            if st.button(
                t("Take back"),
                key=f"take_back_{entry['entry_id']}",
                type="tertiary",
                icon=":material/undo:",
            ):
                acts.do(
                    lambda entry=entry: follow_up.take_back(
                        here.store, here.account, row["person_id"], entry["entry_id"]
                    ),
                    t("Taken back: {name}.", name=row["name"]),
                )
                st.rerun()
