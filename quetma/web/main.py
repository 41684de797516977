"""The script Streamlit runs: who is here, which screens they may open, and the frame around each."""

import streamlit as st

from quetma import settings, units
from quetma.language import LANGUAGES
from quetma.store import ROOT
from quetma.web import page, widgets
from quetma.web.forms import ICON
from quetma.web.units import picker

st.set_page_config(page_icon=str(ICON), layout="wide")
st.logo(str(ICON), size="large")
if st.context.theme.type == "dark":
    # Streamlit writes white on primary buttons and on what was chosen of many, unreadable on a colour light enough to
    # be text on the dark ground.
    primary = "[data-testid*='Button-primary'] :is(p, span), [data-tag] *"
    st.html(f"<style>{primary} {{ color: #06161c }}</style>")

here = page.guard()
t, store = here.t, here.store
name = settings.get(store, "unit_name")

# (file in pages/, title, icon, the right it asks for); the first opens first.
SCREENS = [
    ("overview", t("Overview"), "dashboard", "figures"),
    ("units", t("Comparison"), "account_tree", "figures"),
    ("compliance", t("Compliance"), "fact_check", "figures"),
    ("person", t("One person"), "person", "health"),
    ("conduct", t("Reminders and sanctions"), "gavel", "health"),
    ("gate", t("Gate"), "door_front", "gate"),
    ("flow", t("Visitor flow"), "groups", "figures"),
    ("tracing", t("Tracing"), "share", "trace"),
    ("cases", t("Cases and follow-up"), "assignment_ind", "trace"),
    ("plan", t("Plan and rota"), "assignment", "health"),
    ("drill", t("Tracing drill"), "timer", "trace"),
    ("history", t("Scan history"), "history", "history"),
    ("documents", t("Documents"), "description", "export"),
    ("locations", t("Locations and codes"), "location_on", "places"),
    ("upload", t("Upload"), "upload_file", "upload"),
    ("who", t("Who is who"), "person_search", "who"),
    ("audit", t("Audit"), "policy", "audit"),
    ("accounts", t("Accounts"), "manage_accounts", "figures"),
    ("upkeep", t("Upkeep"), "health_and_safety", "server"),
]


# A screen that the role may not open is not listed; its address still leads to it, and its guard says why not. Who sees
# one unit alone reads nothing of units.
several = units.several(here.session.store)
screen = st.navigation(
    [
        st.Page(
            ROOT / "pages" / f"{file}.py",
            title=title,
            icon=f":material/{icon}:",
            url_path=file,
            default=file == "overview",
            visibility="visible" if here.may(right) and (file != "units" or several) else "hidden",
        )
        for file, title, icon, right in SCREENS
    ],
    expanded=True,  # else the last ones hide behind an English "View 3 more"
)

with st.sidebar:
    if name:
        st.markdown(f"**{widgets.plain(name)}**")
    st.caption(f"{widgets.plain(here.account)} · {page.role_name(here.role, t)}")
    picker.choose(here)
    st.session_state.setdefault("language", here.language)
    st.segmented_control(
        "Ngôn ngữ · Language",
        list(LANGUAGES),
        format_func=lambda code: LANGUAGES[code],
        required=True,
        key="language",
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )
    page.end_of_menu(here, screen.url_path)

if store.demo:
    leave = t("Demo unit: everybody here is invented. Your own unit's data has a store of its own; to leave, sign out.")
    st.info(leave, icon=":material/science:")

screen.run()
