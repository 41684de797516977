"""Reminders and sanctions: who missed a duty how often, what is decided about it, and the ledger of all decisions."""

import streamlit as st

from quetma import conduct, plan
from quetma.web import page, widgets
from quetma.web.conduct import ledger, missed

here = page.begin("Reminders and sanctions", right="health")
t = here.t

if said := st.session_state.pop(missed.SAID, None):
    st.success(widgets.plain(said), icon=":material/check_circle:")
if here.store.ask("compliance/people", day=here.store.today()).is_empty():
    widgets.empty(here, t("There is nobody on the staff list, or no scan yet."))
    st.stop()
st.caption(t("Nothing here is automatic: a leader decides each step. Who was absent or exempt is not listed."))

decided = conduct.ledger(here.store)
views = {
    "missed": (t("Who missed a duty"), lambda: missed.view(here, plan.current(here.store).plan)),
    "ledger": (t("Ledger ({n})", n=here.number(decided.height)), lambda: ledger.view(here, decided)),
}
chosen = st.segmented_control(
    t("Show"),
    list(views),
    default="missed",
    format_func=lambda view: views[view][0] if view in views else "",
    required=True,
    key="conduct_view",
    persist_state="session",
    wrap=True,
)
views[chosen or "missed"][1]()
