"""The unit's plan: objectives against live figures, risks, duties, playbook, continuity, the week's rota, versions."""

import streamlit as st

from quetma import plan
from quetma.web import page, widgets
from quetma.web.plan import continuity, edit, rota, show, versions

here = page.begin("Plan and rota", right="health")
t = here.t

if said := st.session_state.pop(edit.SAID, None):
    st.success(widgets.plain(said), icon=":material/check_circle:")
saved = plan.current(here.store)
views = {
    "plan": (t("The plan"), lambda: show.view(here, saved)),
    "playbook": (t("Playbook"), lambda: show.playbook(here, saved.plan)),
    "continuity": (t("Continuity"), lambda: continuity.view(here, saved.plan)),
    "rota": (t("Rota"), lambda: rota.view(here, saved.plan)),
    "edit": (t("Edit"), lambda: edit.view(here, saved)),
    "versions": (t("Versions"), lambda: versions.view(here)),
}
if not here.may("installation"):  # the plan is the root's, and so are its rota and versions
    views = {view: views[view] for view in ("plan", "playbook")}
if st.session_state.get("plan_view") not in views:
    st.session_state["plan_view"] = "plan"
chosen = st.segmented_control(
    t("Show"),
    list(views),
    format_func=lambda view: views[view][0] if view in views else "",
    required=True,
    key="plan_view",
    persist_state="session",
    wrap=True,
)
views[chosen or "plan"][1]()
