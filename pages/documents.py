"""Official documents: every one made, to be had again; what stands at their head and foot."""

import streamlit as st

from quetma import archive
from quetma.web import page, widgets
from quetma.web.documents import SAID, agency, made, workbook

here = page.begin("Documents", right="export")
t = here.t

if said := st.session_state.pop(SAID, None):
    st.success(widgets.plain(said), icon=":material/check_circle:")
count = sum(archive.kinds(here.store).values())
views = {
    "made": (t("Made so far ({n})", n=here.number(count)), lambda: made.view(here)),
    "workbook": (t("Workbook"), lambda: workbook.view(here)),
    "agency": (t("Head and foot"), lambda: agency.view(here)),
}
if st.session_state.get("documents_view") not in views:
    st.session_state["documents_view"] = "made"
chosen = st.segmented_control(
    t("Show"),
    list(views),
    format_func=lambda view: views[view][0] if view in views else "",
    required=True,
    key="documents_view",
    persist_state="session",
    wrap=True,
)
views[chosen or "made"][1]()
