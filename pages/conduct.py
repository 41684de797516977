"""Reminders and sanctions: who missed a duty how often, what is decided about it, the ledger of all decisions, mail."""

import streamlit as st

from quetma import conduct, plan
from quetma.web import page, widgets
from quetma.web.conduct import acts, ledger, letters, missed

here = page.begin("Reminders and sanctions", right="health")
t = here.t

if st.session_state.get(missed.OPENED) is None:
    acts.result(here)
if here.store.ask("compliance/people", day=here.store.today()).is_empty():
    widgets.empty(here, t("There is nobody on the staff list, or no scan yet."))
    st.stop()
st.caption(t("Nothing here is automatic: a leader decides each step. Who was absent or exempt is not listed."))

decided = conduct.ledger(here.store)
views = {
    "missed": (t("Who missed a duty"), lambda: missed.view(here, plan.current(here.store).plan)),
    "ledger": (t("Ledger ({n})", n=here.number(decided.height)), lambda: ledger.view(here, decided)),
    "letters": (t("E-mail"), lambda: letters.view(here)),
}
if not here.may("installation"):
    del views["letters"]
if st.session_state.get("conduct_view") not in views:
    st.session_state["conduct_view"] = "missed"
chosen = st.segmented_control(
    t("Show"),
    list(views),
    format_func=lambda view: views[view][0] if view in views else "",
    required=True,
    key="conduct_view",
    persist_state="session",
    wrap=True,
)
views[chosen or "missed"][1]()
