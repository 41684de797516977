"""Accounts: one's own password, second factor and sessions; for leaders everybody's, and who may sign in at all."""

import streamlit as st

from quetma.access import accounts, sessions
from quetma.web import accounts as parts
from quetma.web import page, widgets

here = page.begin("Accounts", right="figures")
t, store = here.t, here.store
own = accounts.find(here.session.store, here.account)

# One's own -----------------------------------------------------------------------------------------------------------

st.subheader(widgets.plain(f"{here.account} · {page.role_name(here.role, t)}"), anchor=False)
if own is None or not own.has_password:
    st.caption(t("This account has no password of its own."))
else:
    if own.second:
        st.markdown(":material/verified_user: " + t("The second factor is on: a code from your phone is asked for."))
    else:
        st.markdown(":material/gpp_maybe: " + t("The second factor is off: the password alone opens everything."))
    with st.container(horizontal=True):
        st.link_button(t("Change my password"), "/sign-in/password", icon=":material/password:")
        label = t("Set up a new phone") if own.second else t("Set up the second factor")
        st.link_button(label, "/sign-in/second-factor", icon=":material/smartphone:")

# Everybody's ---------------------------------------------------------------------------------------------------------

if here.may("accounts"):
    parts.everybody(here)

# Who is signed in ----------------------------------------------------------------------------------------------------

mine = sessions.live(store) if here.may("accounts") else sessions.live(here.session.store, here.account)
title = t("Signed in now: {n} browsers", n=len(mine))
st.subheader(title, anchor=False)
parts.signed_in(here, mine, title)
lasts, idle = (int(limit.total_seconds()) for limit in sessions.limits(store))
st.caption(
    t("One is signed out after {hours} hours, and after {minutes} minutes in which nothing is done.",
      hours=here.number(lasts // 3600), minutes=here.number(idle // 60))
)  # fmt: skip
if here.may("accounts") and here.may("installation"):
    parts.limits(here)
    parts.provider(here)
