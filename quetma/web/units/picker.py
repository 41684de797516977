"""Which unit every page is about: one's own with all beneath it, or one of those."""

import streamlit as st

from quetma import units
from quetma.web import page
from quetma.web.page import Page


def choose(here: Page) -> None:
    """The picker of the sidebar; nothing where there is only one unit, or for who may not see one by itself."""
    if not here.may("units"):
        return
    known = {unit.unit_id: unit for unit in units.every(here.session.store)}
    if len(known) < 2:
        return
    if st.session_state.get(page.UNIT) not in known:  # none yet, or it is gone meanwhile
        st.session_state[page.UNIT] = next(iter(known))
    st.selectbox(
        here.t("Team or unit"),
        list(known),
        format_func=units.named(known),
        key=page.UNIT,
        persist_state="session",
        help=here.t("Every page is then about this unit and those beneath it."),
    )


def open_unit(number: int) -> None:
    """Every page is about that unit from the next run on."""
    st.session_state[page.UNIT] = number
