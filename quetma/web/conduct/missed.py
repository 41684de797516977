"""Who missed a duty, what the ladder proposes, the text to send, and the form in which a leader decides."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import conduct, mail, notices, settings, terms
from quetma.conduct import ConductError, Decision
from quetma.documents import reminders
from quetma.plan import LADDER, LadderStep, Plan
from quetma.web import widgets
from quetma.web.conduct import acts

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 20  # people at once
OPENED = "conduct_opened"  # (person_id, duty): about whom a decision is being made


def view(here: "Page", plan: Plan) -> None:
    """What is asked, and everybody it finds, each with what can be done."""
    t = here.t
    names = terms.missed(t)
    with st.container(horizontal=True, vertical_alignment="top"):
        duty = st.segmented_control(
            t("Missed"), list(conduct.DUTIES), default="scanned", required=True,
            format_func=lambda duty: names[duty], key="conduct_duty", persist_state="session",
        )  # fmt: skip
        least = st.number_input(
            t("At least so many days"), 1, 60, value=1, key="conduct_least", persist_state="session", width=180
        )
    first, last = widgets.period(here, key="conduct_period", default="week")
    duty = duty or "scanned"
    here.audit("open rows", f"{names[duty]}, {here.day(first)} – {here.day(last)}")
    found = conduct.missed(here.store, plan, duty, first, last)
    found = found.filter(pl.col("missed").list.len() >= (least or 1))
    if found.is_empty():
        st.success(
            t("Nobody missed it so often from {first} to {last}.", first=here.day(first), last=here.day(last)),
            icon=":material/check_circle:",
        )
        return
    waiting = found.filter(pl.col("undecided").list.len() > 0)
    st.markdown(
        t("**{n} people**, {waiting} of them with days that nothing is decided about.", n=here.number(found.height),
          waiting=here.number(waiting.height))
    )  # fmt: skip
    if waiting.height:
        _all(here, waiting, duty)
    shown = st.session_state.get("conduct_shown", SHOWN)
    for row in found.head(shown).iter_rows(named=True):
        _card(here, row, duty)
    if found.height > shown:
        st.button(
            t("Show more ({n})", n=here.number(found.height - shown)),
            key="conduct_more",
            on_click=lambda: st.session_state.update(conduct_shown=shown + SHOWN),
        )
    if opened := st.session_state.get(OPENED):
        chosen = found.filter(pl.col("person_id") == opened[0])
        if opened[1] != duty or chosen.is_empty() or not chosen["undecided"].list.len()[0]:
            st.session_state[OPENED] = None
        else:
            row = chosen.row(0, named=True)
            st.dialog(widgets.plain(row["name"]), width="large", on_dismiss=_close)(lambda: _form(here, row, duty))()


def _close() -> None:
    st.session_state[OPENED] = None


def _open(person_id: int, duty: str) -> None:
    st.session_state[OPENED] = (person_id, duty)


def _card(here: "Page", row: dict[str, Any], duty: str) -> None:
    t, steps = here.t, terms.steps(here.t)
    with st.container(border=True, gap="small"):
        st.markdown(
            f"**{widgets.plain(row['name'])}** · {widgets.plain(row['position'] or '–')} · "
            + t("missed {n}: {days}", n=len(row["missed"]), days=_days(row["missed"]))
        )
        told = []
        if row["step"]:
            told.append(t("Decided: {step} on {day}", step=steps[row["step"]], day=here.day(row["decided_on"])))
        if row["proposed"]:
            told.append(t("The ladder proposes: **{step}**", step=steps[row["proposed"]]))
        elif row["undecided"]:
            told.append(t("Not decided yet: {days}; the ladder proposes nothing yet.", days=_days(row["undecided"])))
        st.caption(" · ".join(told))
        if row["undecided"]:
            st.button(
                t("Decide: {step}", step=steps[row["proposed"] or LADDER[0]]),
                key=f"decide_{duty}_{row['person_id']}",
                icon=":material/gavel:",
                on_click=_open,
                args=(row["person_id"], duty),
            )


def _days(days: list[date]) -> str:
    return ", ".join(f"{day:%d/%m}" for day in days)


def _reason(here: "Page", duty: str, days: list[date]) -> str:
    return terms.capital(terms.missed(here.t)[duty]) + ": " + _days(days)


def _form(here: "Page", row: dict[str, Any], duty: str) -> None:
    """The text to send, then the decision. Nothing is sent or decided without a leader."""
    t, steps = here.t, terms.steps(here.t)
    days = row["undecided"]
    st.markdown(t("Days that nothing is decided about: {days}", days=_days(days)))
    key = f"conduct_{duty}_{row['person_id']}"
    step: LadderStep = st.segmented_control(
        t("Step decided"), LADDER, default=row["proposed"] or LADDER[0], required=True,
        format_func=lambda step: steps[step], key=f"{key}_step", wrap=True,
    ) or LADDER[0]  # fmt: skip
    if step == "remind":
        st.caption(t("A text for them; the button at its right copies it."))
        text = reminders.reminder(
            notices.WRITTEN, row["name"], duty, days, settings.get(here.store, "unit_name")
        )  # fmt: skip
        st.code(text, language=None, wrap_lines=True)
    else:
        st.caption(t("Once it is saved, the notice to hand over stands in the ledger."))
    address = mail.addresses(here.store).get(row["person_id"]) if mail.server(here.store) else None
    with st.form(f"{key}_form", border=False):
        reason = st.text_input(t("Reason"), value=_reason(here, duty, days), max_chars=500, key=f"{key}_reason")
        decided_on, document = _when(here, key)
        post = address is not None and st.checkbox(
            t("Send it by e-mail to {address}", address=widgets.plain(address)), key=f"{key}_post"
        )
        if st.form_submit_button(t("Save the decision"), type="primary"):
            decision = Decision(row["person_id"], duty, step, tuple(days), (reason or "").strip(), decided_on, document)
            said = t("Decided about {name}: {step}.", name=row["name"], step=steps[step])
            if _decide(here, [decision], said, post):
                _close()
                st.rerun()


def _when(here: "Page", key: str) -> tuple[date, str]:
    """The day of the decision and the number of its paper."""
    t, today = here.t, max(here.store.today(), here.store.clock().date())
    with st.grid(2, min_column_width=180):
        decided_on = st.date_input(
            t("Decided on"), value=today, min_value=widgets.FIRST_DAY, format="DD/MM/YYYY", key=f"{key}_day"
        )
        document = st.text_input(
            t("Number of the document"), max_chars=100, placeholder=t("empty: none"), key=f"{key}_document"
        )
    return decided_on or today, (document or "").strip()


def _decide(here: "Page", decisions: list[Decision], said: str, post: bool) -> bool:
    """Keeps the decisions, and sends the letters if asked to; False and an error when they are refused."""
    try:
        entries = conduct.decide(here.store, here.account, *decisions)
    except ConductError as refused:
        st.error(f"{here.t(str(refused))} {here.t('Nothing was saved.')}", icon=":material/error:")
        return False
    if post:
        acts.send(here, said, entries)
    else:
        st.session_state[acts.SAID] = said
    return True


def _all(here: "Page", waiting: pl.DataFrame, duty: str) -> None:
    """A text for everybody with undecided days, as one list to copy; and the decision to remind several at once."""
    t = here.t
    with widgets.open_rows(
        here, t("Remind several of {n} at once", n=here.number(waiting.height)), key="texts"
    ) as rows:
        if not rows.open:
            return
        unit = settings.get(here.store, "unit_name")
        names = dict(waiting.select("person_id", "name").iter_rows())
        proposed = waiting.filter(pl.col("proposed") == "remind")["person_id"].to_list()
        chosen = st.multiselect(
            t("Whom to remind"), list(names), default=proposed, format_func=lambda one: names.get(one, ""),
            key=f"remind_{duty}", placeholder=t("Choose staff"),
        )  # fmt: skip
        people = waiting.filter(pl.col("person_id").is_in(chosen)).rows(named=True)
        if not people:
            return
        texts = [
            (row["name"], "", reminders.reminder(notices.WRITTEN, row["name"], duty, row["undecided"], unit))
            for row in people
        ]  # fmt: skip
        st.caption(t("The texts for them; the button at the right copies all."))
        st.code(reminders.as_list(texts), language=None, wrap_lines=True, height=min(300, 90 * len(texts) + 40))
        known = mail.addresses(here.store) if mail.server(here.store) else {}
        able = sum(row["person_id"] in known for row in people)
        with st.form(f"remind_{duty}_form", border=False):
            decided_on, document = _when(here, f"remind_{duty}")
            post = able > 0 and st.checkbox(
                t("Send it by e-mail ({n} of {all} have an address)", n=able, all=len(people)),
                key=f"remind_{duty}_post",
            )
            label = t("Record the reminder for {n} people", n=here.number(len(people)))
            if st.form_submit_button(label, type="primary"):
                decisions = [
                    Decision(row["person_id"], duty, "remind", tuple(row["undecided"]),
                             _reason(here, duty, row["undecided"]), decided_on, document)
                    for row in people
                ]  # fmt: skip
                if _decide(here, decisions, t("Reminded: {n} people.", n=here.number(len(people))), post):
                    st.rerun()
