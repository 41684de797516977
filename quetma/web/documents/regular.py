"""Documents that the dashboard makes by itself: which, when, to whom; how far each is on its way."""

from datetime import time
from typing import TYPE_CHECKING

import streamlit as st

from quetma import mail, regular
from quetma.regular import KINDS, Delivery, Period, Plan, RegularError
from quetma.web import widgets
from quetma.web.documents import SAID, made

if TYPE_CHECKING:
    from quetma.archive import Document
    from quetma.web.page import Page

SHOWN = 20  # documents


def view(here: "Page") -> None:
    """The form, what is due, and the newest documents."""
    t, store = here.t, here.store
    if store.demo:
        st.info(t("The demo unit's time stands still: nothing is made by itself there."), icon=":material/science:")
    _form(here)
    waiting = [] if store.demo else regular.due(store, regular.now())
    for one in waiting:
        state = regular.delivery(store, one, regular.MAKING)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            if state.failures:
                st.markdown(f":material/error: {_called(here, one)}: {t(state.failed)} {_next(here, state)}")
                _again(here, one, regular.MAKING)
            else:
                st.markdown(f":material/hourglass_empty: {_called(here, one)}: "
                            + t("to be made as soon as there are scans of these days."))  # fmt: skip
    found = regular.made(store, SHOWN)
    if not found:
        st.caption(t("Nothing was made by itself yet."))
    for one, document, deliveries in found:
        _document(here, one, document, deliveries)


def _form(here: "Page") -> None:
    t, store = here.t, here.store
    plan, names = regular.wanted(store), kinds(here)
    locked = regular.has_password(store)
    with st.form("regular", border=True):
        st.markdown(t("**Made while the dashboard runs, and kept among the documents**"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            chosen = st.pills(t("Which"), list(KINDS), selection_mode="multi", default=list(plan.kinds),
                              format_func=names.__getitem__, key="regular_kinds", wrap=True)  # fmt: skip
            at = st.time_input(t("From this hour on"), value=plan.at, step=900, key="regular_at", width=180)
        to = st.text_area(t("Sent to these addresses, one a line (empty: to nobody)"), value="\n".join(plan.to),
                          max_chars=3000, height=96, key="regular_to")  # fmt: skip
        password = st.text_input(
            t("Password of the files that are sent"), type="password", max_chars=100, key="regular_password",
            autocomplete="new-password", placeholder=t("empty: the one that is kept") if locked else "",
            help=t("Files are encrypted with it (AES-256). Tell it to who gets them, not by mail."),
        )  # fmt: skip
        forget = locked and st.checkbox(t("Send the files without a password from now on"), key="regular_forget")
        if plan.to and not mail.server(store):
            st.warning(t("Mail is not set up. Do that on the page Reminders and sanctions, under E-mail."),
                       icon=":material/mail_off:")  # fmt: skip
        if plan.to and not locked:
            st.caption(
                t("Without a password, who reads the mail reads the weekly and monthly reports, which name staff.")
            )
        pressed = st.form_submit_button(t("Save"), type="primary", icon=":material/save:")
    if not pressed:
        return
    lines = tuple(line.strip() for line in (to or "").splitlines() if line.strip())
    wanted = Plan(tuple(kind for kind in KINDS if kind in (chosen or ())), at or time(6, 30), lines)
    try:
        regular.set_up(store, here.account, wanted, "" if forget else password or None)
    except RegularError as refused:
        st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
        return
    st.session_state.pop("regular_password", None)
    st.session_state[SAID] = t("Saved. What ends from now on is made by itself.")
    st.rerun()


def kinds(here: "Page") -> dict[str, str]:
    """The kinds of documents in words."""
    t = here.t
    return {
        "daily": t("Summary of each day"), "weekly": t("Report of each week"), "monthly": t("Report of each month"),
    }  # fmt: skip


def _called(here: "Page", one: Period) -> str:
    days = here.day(one.first) if one.first == one.last else f"{here.day(one.first)} – {here.day(one.last)}"
    return f"**{kinds(here)[one.kind]}, {days}**"


def _document(here: "Page", one: Period, document: "Document", deliveries: list[Delivery]) -> None:
    t = here.t
    arrived = sum(each.done for each in deliveries)
    ended = any(each.ended for each in deliveries)
    stuck = [each for each in deliveries if not each.done and each.failures]
    told = t("sent to {n} of {all}", n=arrived, all=len(deliveries)) if deliveries else t("sent to nobody")
    if ended:
        told += " · " + t("its file was removed before it was sent")
    sign = "✗" if ended else "▲" if stuck else "✓" if arrived == len(deliveries) else "○"
    with st.expander(f"{sign} {_called(here, one)} · {told}", key=f"regular_{document.document_id}"):
        for each in deliveries:
            with st.container(horizontal=True, vertical_alignment="center"):
                address = widgets.plain(each.address)
                if each.done:
                    st.markdown(f"✓ {address}: {t('sent at {moment}', moment=here.moment(each.tried_at))}")
                elif each.ended:
                    st.markdown(f"✗ {address}: {t('not sent, as the file was removed')}")
                elif each.failures:
                    st.markdown(f"▲ {address}: {t(each.failed)} {_next(here, each)}")
                    _again(here, one, each.address)
                else:
                    st.markdown(f"○ {address}: {t('about to be sent')}")
        made.files(here, document)


def _next(here: "Page", each: Delivery) -> str:
    t = here.t
    if each.again_at is None:
        return t("Tried {n} times; not tried any more.", n=each.failures)
    return t("Tried {n} times; next at {moment}.", n=each.failures, moment=here.moment(each.again_at))


def _again(here: "Page", one: Period, address: str) -> None:
    t = here.t
    if st.button(t("Try again now"), key=f"regular_again_{one.kind}_{one.first}_{address}", icon=":material/refresh:"):
        regular.again(here.store, here.account, one, address)
        st.session_state[SAID] = t("It is tried again within a minute.")
        st.rerun()
