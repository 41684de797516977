"""For the administrator: what is not as it should be, backups, how long what is kept, analysts, versions."""

import streamlit as st

from quetma import health, upkeep
from quetma.store import now
from quetma.web import page
from quetma.web.upkeep import backups, condition, keeping, snapshots

here = page.begin("Upkeep", right="server")
t, store = here.t, here.store
if said := st.session_state.pop(backups.SAID, None):
    st.success(said, icon=":material/check_circle:")

# What is not as it should be -----------------------------------------------------------------------------------------

found = health.warnings(store, now())
condition.warnings(here, found)
condition.cards(here, upkeep.last(store, "backup"), upkeep.last(store, "purge"))

# The rest ------------------------------------------------------------------------------------------------------------

views = {
    "backups": t("Backups"), "keeping": t("How long what is kept"), "snapshots": t("Snapshot for analysts"),
    "condition": t("Versions and sizes"),
}  # fmt: skip
view = st.segmented_control(t("Show"), list(views), default="backups", required=True, format_func=views.__getitem__,
                            key="upkeep_view", persist_state="session", wrap=True)  # fmt: skip
if view == "backups":
    backups.view(here)
elif view == "keeping":
    keeping.view(here)
elif view == "snapshots":
    snapshots.view(here)
else:
    condition.view(here)
