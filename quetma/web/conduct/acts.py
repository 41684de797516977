"""Deciding, noting that somebody was told, sending: what is said about it on the page that is drawn next."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from quetma import notices
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID, FAILED = "conduct_said", "conduct_failed"


def result(here: "Page") -> None:
    """What came of the last press, once."""
    if said := st.session_state.pop(SAID, None):
        st.success(widgets.plain(said), icon=":material/check_circle:")
    for name, why in st.session_state.pop(FAILED, ()):
        st.warning(
            here.t("No e-mail to {name}: {why} The decision is kept; it can be sent again from the ledger.",
                   name=widgets.plain(name), why=here.t(why)),
            icon=":material/mail_off:",
        )  # fmt: skip


def send(here: "Page", said: str, entries: Sequence[int]) -> None:
    """Sends the letters of these decisions; what came of it is said after `said`."""
    with st.spinner(here.t("Sending…")):
        told = notices.send(here.store, here.account, entries)
    sent = sum(not why for _, why in told)
    if sent:
        said = f"{said} {here.t('Sent by e-mail: {n}.', n=sent)}".strip()
    st.session_state[SAID] = said or None
    st.session_state[FAILED] = [(name, why) for name, why in told if why]
