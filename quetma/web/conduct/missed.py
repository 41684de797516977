"""Who missed a duty, what the ladder proposes, the text to send, and the form in which a leader decides."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import conduct, settings, terms
from quetma.conduct import ConductError, Decision
from quetma.documents import reminders
from quetma.plan import LADDER, Plan
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 20  # people at once
OPENED = "conduct_opened"  # (person_id, duty): about whom a decision is being made
SAID = "conduct_said"


def view(here: "Page", plan: Plan) -> None:
    """What is asked, and everybody it finds, each with what can be done."""
    t = here.t
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = terms.missed(t)
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
    waiting = found.filter(pl.col("undecided").list.len() > 0).height
    st.markdown(
        t("**{n} people**, {waiting} of them with days that nothing is decided about.", n=here.number(found.height),
          waiting=here.number(waiting))
    )  # fmt: skip
    shown = st.session_state.get("conduct_shown", SHOWN)
    for row in found.head(shown).iter_rows(named=True):
        _card(here, row, duty)
    if found.height > shown:
        st.button(
            t("Show more ({n})", n=here.number(found.height - shown)),
            key="conduct_more",
            on_click=lambda: st.session_state.update(conduct_shown=shown + SHOWN),
        )
    _texts(here, found, duty)
    if opened := st.session_state.get(OPENED):
        chosen = found.filter(pl.col("person_id") == opened[0])
        if opened[1] != duty or chosen.is_empty():
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


def _form(here: "Page", row: dict[str, Any], duty: str) -> None:
    """The text to send, then the decision. Nothing is sent or decided without a leader."""
    t, steps = here.t, terms.steps(here.t)
    days = row["undecided"]
    st.markdown(t("Days that nothing is decided about: {days}", days=_days(days)))
    st.caption(t("A text for them; the button at its right copies it."))
    text = reminders.reminder(t, row["name"], duty, days, settings.get(here.store, "unit_name"))
    st.code(text, language=None, wrap_lines=True)
    key = f"conduct_{duty}_{row['person_id']}"
    with st.form(f"{key}_form", border=False):
        step = st.segmented_control(
            t("Decision"), LADDER, default=row["proposed"] or LADDER[0], required=True,
            format_func=lambda step: steps[step], key=f"{key}_step", wrap=True,
        )  # fmt: skip
        reason = st.text_input(
            t("Reason"), value=terms.missed(t)[duty].capitalize() + ": " + _days(days), max_chars=500,
            key=f"{key}_reason",
        )  # fmt: skip
        today = here.store.clock().date()
        with st.grid(2, min_column_width=180):
            decided_on = st.date_input(
                t("Decided on"), value=today, min_value=widgets.FIRST_DAY, format="DD/MM/YYYY", key=f"{key}_day"
            )
            document = st.text_input(
                t("Number of the document"), max_chars=100, placeholder=t("empty: none"), key=f"{key}_document"
            )
        if st.form_submit_button(t("Save the decision"), type="primary"):
            decision = Decision(
                row["person_id"], duty, step or LADDER[0], tuple(days), (reason or "").strip(), decided_on or today,
                (document or "").strip(),
            )  # fmt: skip
            try:
                conduct.decide(here.store, here.account, decision)
            except ConductError as refused:
                st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
                return
            st.session_state[SAID] = t("Decided about {name}: {step}.", name=row["name"], step=steps[decision.step])
            _close()
            st.rerun()


def _texts(here: "Page", found: pl.DataFrame, duty: str) -> None:
    """A text for everybody with undecided days, as one list to copy."""
    t = here.t
    rows = found.filter(pl.col("undecided").list.len() > 0)
    if rows.is_empty():
        return
    with widgets.open_rows(here, t("Reminder texts for all {n}", n=here.number(rows.height)), key="texts") as opened:
        if opened.open:
            unit = settings.get(here.store, "unit_name")
            texts = [
                (row["name"], "", reminders.reminder(t, row["name"], duty, row["undecided"], unit))
                for row in rows.head(100).iter_rows(named=True)
            ]
            st.code(reminders.as_list(texts), language=None, wrap_lines=True, height=300)
