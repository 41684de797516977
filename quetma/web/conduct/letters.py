"""Setting mail up: the server, its password, the addresses of the staff, and a letter to try it."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import continuity, mail
from quetma.mail import SECURITIES, Letter, MailError, Server
from quetma.web import widgets
from quetma.web.conduct import acts

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page") -> None:
    """Whether mail is set up, and everything that sets it up."""
    t = here.t
    server = mail.server(here.store)
    if server:
        st.success(
            t("Reminders can be sent by e-mail, through {host}.", host=widgets.plain(server.host)),
            icon=":material/mail:",
        )
    else:
        st.info(
            t("Mail is not set up: texts are copied, or handed over. Your unit's mail administrator knows the server."),
            icon=":material/info:",
        )
    st.subheader(t("Mail server"), anchor=False)
    _server(here, server)
    if server:
        _try(here)
    st.subheader(t("Addresses of the staff"), anchor=False)
    _addresses(here)


def _server(here: "Page", server: Server | None) -> None:
    t = here.t
    words = {
        "starttls": t("STARTTLS (usually port 587)"),
        "tls": t("TLS (usually port 465)"),
        "none": t("none: a server on this machine only"),
    }
    known = mail.has_password(here.store)
    with st.form("mail_server", border=True):
        with st.grid(2, min_column_width=220):
            host = st.text_input(t("Server"), value=server.host if server else "", max_chars=200, key="mail_host")
            port = st.number_input(t("Port"), 1, 65535, value=server.port if server else 587, key="mail_port")
            security = st.selectbox(
                t("Encryption"), SECURITIES, index=SECURITIES.index(server.security) if server else 0,
                format_func=lambda one: words[one], key="mail_security",
            )  # fmt: skip
            sender = st.text_input(
                t("Sender's address"), value=server.sender if server else "", max_chars=254, key="mail_sender"
            )
            user = st.text_input(t("User (empty: none)"), value=server.user if server else "", max_chars=254,
                                 key="mail_user", autocomplete="off")  # fmt: skip
            password = st.text_input(
                t("Password"), type="password", max_chars=500, key="mail_password", autocomplete="new-password",
                placeholder=t("empty: the one that is kept") if known else "",
            )  # fmt: skip
        st.caption(
            t("The password is kept apart from all other data, readable by this dashboard alone; it is never shown "
              "again.")
        )  # fmt: skip
        pressed = st.form_submit_button(t("Save the mail server"), type="primary", icon=":material/save:")
    if pressed:
        wanted = Server((host or "").strip(), int(port or 587), security, (user or "").strip(), (sender or "").strip())
        try:
            mail.set_up(here.store, here.account, wanted, password or None)
        except MailError as refused:
            st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
            return
        st.session_state[acts.SAID] = t("Saved. Send a letter to try it.")
        st.session_state.pop("mail_password", None)
        st.rerun()
    if server and st.button(t("Send no mail any more"), key="mail_off", icon=":material/mail_off:"):
        mail.switch_off(here.store, here.account)
        st.session_state[acts.SAID] = t("Mail is not set up any more; the password is forgotten.")
        st.rerun()


def _try(here: "Page") -> None:
    t = here.t
    with st.form("mail_try", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        to = st.text_input(t("Send a letter to try it, to"), max_chars=254, key="mail_try_to")
        pressed = st.form_submit_button(t("Send"), icon=":material/send:")
    if not pressed:
        return
    if not mail.is_address((to or "").strip()):
        st.error(t("This is no e-mail address."), icon=":material/error:")
        return
    here.audit("try mail", (to or "").strip())
    letter = Letter((to or "").strip(), t("A letter to try the mail server"), t("If you read this, mail is set up."))
    with st.spinner(t("Sending…")):
        [why] = mail.send(here.store, [letter])
    if why:
        st.error(t(why), icon=":material/mail_off:")
    else:
        st.success(t("The mail server took the letter. Look whether it has arrived."), icon=":material/check_circle:")


def _addresses(here: "Page") -> None:
    t = here.t
    known = mail.addresses(here.store)
    staff = continuity.staff(here.store).with_columns(
        address=pl.col("person_id").replace_strict(known, default=None, return_dtype=pl.String)
    )
    here.audit("open rows", t("Addresses of the staff"))
    with st.form("mail_addresses", border=False):
        edited = widgets.editor(
            staff.select("name", "address", "position"),
            column_config={
                "name": st.column_config.TextColumn(t("Full name"), disabled=True, pinned=True),
                "address": st.column_config.TextColumn(t("E-mail address"), max_chars=254, width="large"),
                "position": st.column_config.TextColumn(t("Position"), disabled=True),
            },
            hide_index=True,
            placeholder="",
            key=f"mail_addresses_{hash(tuple(sorted(known.items())))}",
            alt=t("Addresses of the staff"),
        )
        pressed = st.form_submit_button(t("Save the addresses"), type="primary", icon=":material/save:")
    if not pressed:
        return
    after = zip(staff["person_id"], edited["address"], strict=True)
    changes = {
        person: (address or "").strip() for person, address in after if (address or "").strip() != known.get(person, "")
    }
    if not changes:
        st.info(t("No cell was changed."), icon=":material/info:")
        return
    try:
        mail.set_addresses(here.store, here.account, changes)
    except MailError as refused:
        wrong = ", ".join(address for address in changes.values() if address and not mail.is_address(address))
        st.error(f"{t(str(refused))} ({widgets.plain(wrong)}) {t('Nothing was saved.')}", icon=":material/error:")
        return
    st.session_state[acts.SAID] = t("Saved: {n} addresses.", n=here.number(len(changes)))
    st.rerun()
