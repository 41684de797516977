"""The script Streamlit runs: who is here, which screens they may open, and the frame around each."""

from pathlib import Path

import streamlit as st

from quetma import settings
from quetma.access import rights
from quetma.language import LANGUAGES
from quetma.store import ROOT
from quetma.web import page

st.set_page_config(page_title="quetma", page_icon=str(Path(__file__).parent / "icon.svg"), layout="wide")

here = page.guard()
t = here.t

# (file in pages/, title, icon, the right it asks for). The first is what opens first.
SCREENS = [
    ("overview", t("Overview"), "dashboard", "figures"),
    ("compliance", t("Compliance"), "fact_check", "figures"),
    ("flow", t("Visitor flow"), "groups", "figures"),
    ("tracing", t("Tracing"), "share", "trace"),
    ("history", t("Scan history"), "history", "history"),
    ("upload", t("Upload"), "upload_file", "upload"),
]


def source(name):  # while the pages are being built
    path = ROOT / "pages" / f"{name}.py"
    return path if path.exists() else lambda: st.write("…")


screen = st.navigation(
    [
        st.Page(source(name), title=title, icon=f":material/{icon}:", url_path=name, default=name == "overview")
        for name, title, icon, right in SCREENS
        if rights.may(here.role, right)
    ]
)

with st.sidebar:
    unit = settings.get(here.store, "unit_name")
    if unit:
        st.markdown(f"**{unit}**")
    st.caption(f"{here.account} · {page.role_name(here.role, t)}")
    st.session_state.setdefault("language", here.language)
    st.segmented_control(
        "Ngôn ngữ · Language",
        list(LANGUAGES),
        format_func=LANGUAGES.get,
        required=True,
        key="language",
        persist_state="session",
        label_visibility="collapsed",
        width="stretch",
    )

if here.store.demo:
    st.info(t("Demo unit: every person here is invented."), icon=":material/science:")

screen.run()
