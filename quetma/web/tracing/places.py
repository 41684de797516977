"""Where it happened: the timeline of stays, the map of exposure, and the places that several F0s share."""

from typing import TYPE_CHECKING

import streamlit as st

from quetma import tracing
from quetma.web.tracing import exposure, timeline

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", answer: tracing.Trace) -> None:
    """All of it, for the contacts of the cases with their F1s."""
    t = here.t
    contacts = tracing.evidence(here.store, answer)
    if contacts.is_empty():
        st.caption(t("Nobody."))
        return
    st.markdown(f"**{t('Who was there when')}**")
    timeline.view(here, answer, contacts)
    timeline.table_of_all(here, answer, contacts)
    st.markdown(f"**{t('Where and at which hour people were exposed')}**")
    exposure.view(here, contacts)
