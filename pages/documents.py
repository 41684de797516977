"""Official documents: one is made from the figures; every one made, to be had again; what stands at head and foot."""

import streamlit as st

from quetma import archive
from quetma.web import page, widgets
from quetma.web.documents import GO, SAID, VIEW, agency, made, make, regular, requests, workbook

here = page.begin("Documents", right="export")
t = here.t

if said := st.session_state.pop(SAID, None):
    st.success(widgets.plain(said), icon=":material/check_circle:")
count = sum(archive.kinds(here.store).values())
views = {
    "make": (t("Make a document"), lambda: make.view(here)),
    "made": (t("Made so far ({n})", n=here.number(count)), lambda: made.view(here)),
    "requests": (t("Requests for information"), lambda: requests.view(here)),
    "workbook": (t("Workbook"), lambda: workbook.view(here)),
    "regular": (t("Made by itself"), lambda: regular.view(here)),
    "agency": (t("Head and foot"), lambda: agency.view(here)),
}
if not here.may("installation"):
    del views["regular"], views["agency"]
if wanted := st.session_state.pop(GO, None):
    st.session_state[VIEW] = wanted
if st.session_state.get(VIEW) not in views:
    st.session_state[VIEW] = "make"
chosen = st.segmented_control(
    t("Show"),
    list(views),
    format_func=lambda view: views[view][0] if view in views else "",
    required=True,
    key=VIEW,
    persist_state="session",
    wrap=True,
)
views[chosen or "make"][1]()
