"""Requests for information: the register, entering one, answering or refusing it."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import archive, inquiries
from quetma.documents import answer, history, table
from quetma.history import Filter
from quetma.inquiries import LONGEST, Asked, Inquiry, InquiryError
from quetma.web import widgets
from quetma.web.documents import GO, SAID, made
from quetma.web.people import people_picker

if TYPE_CHECKING:
    from quetma.web.page import Page

FILTER = "documents_request_filter"  # in the session: the history filter that a request is to be entered with
DAYS = "documents_request_days"  # in the session: the days of that filter
WHO = "documents_request_who"  # in the session: whose scans, and of which direction
OPENED = "documents_request"  # in the session: the number of the request that is shown
SIGNS = {"open": "○", "overdue": "▲", "answered": "✓", "refused": "✗"}
PREVIEW = 10  # rows of the answer shown before it is made


def begin(asked: Filter) -> None:
    """Opens the page to enter a request for the scans of that filter."""
    st.session_state[FILTER] = asked
    st.session_state[GO] = "requests"
    st.switch_page(widgets.PAGES / "documents.py")


def view(here: "Page") -> None:
    """The register, the form, and the request that is opened."""
    t, store = here.t, here.store
    known = inquiries.all_of(store)
    _take_filter()
    if st.session_state.get("request_begun") or not known:
        _form(here)
    else:
        st.button(t("Enter a request"), icon=":material/add:", on_click=_begin)
    if not known:
        st.info(t("No request was entered yet. Each one will stand here, with who asked, for what, and what went out."),
                icon=":material/info:")  # fmt: skip
        return
    here.audit("open requests", "")
    _register(here, known)
    by_number = {one.inquiry_id: one for one in known}
    if st.session_state.get(OPENED) not in by_number:
        st.session_state[OPENED] = known[0].inquiry_id
    chosen = st.selectbox(
        t("Open a request"), list(by_number), key=OPENED,
        format_func=lambda n: f"{n} · {by_number[n].requester}" if n in by_number else "",
    )  # fmt: skip
    if chosen in by_number:
        with st.container(border=True):
            _one(here, by_number[chosen])


def _take_filter() -> None:
    """What the history page asked to be entered."""
    if asked := st.session_state.pop(FILTER, None):
        st.session_state["request_begun"] = True
        st.session_state[DAYS] = (asked.first, asked.last)
        st.session_state["request_locations"] = list(asked.locations)
        st.session_state["request_people"] = list(asked.people)
        st.session_state[WHO] = (asked.kind or widgets.ANY, asked.direction or widgets.ANY)


def _begin() -> None:
    st.session_state["request_begun"] = True


def _end() -> None:
    st.session_state["request_begun"] = False


# Entering one ---------------------------------------------------------------------------------------------------------


def _form(here: "Page") -> None:
    t, store = here.t, here.store
    today = store.clock().date()
    with st.container(border=True):
        st.markdown(f"**{t('Enter a request')}**")
        with st.grid(2, min_column_width=280):
            requester = st.text_input(t("Who asks"), max_chars=LONGEST, key="request_requester",
                                      placeholder=t("For example: the district police"))  # fmt: skip
            purpose = st.text_input(t("For what purpose"), max_chars=LONGEST, key="request_purpose")
            document = st.text_input(t("Number of the document (empty: none)"), max_chars=LONGEST,
                                     key="request_document", placeholder=t("For example: 145/CV-CAH"))  # fmt: skip
            dated = st.date_input(t("Date of the document"), value=None, format="DD/MM/YYYY", key="request_dated")
            received = st.date_input(t("Received on"), value=today, format="DD/MM/YYYY", key="request_received")
            due = st.date_input(
                t("To be answered by"), value=inquiries.due(received or today), format="DD/MM/YYYY",
                key=f"request_due_{received}",
                help=t("Two working days, as the law gives for people's own data; change it where another rule holds."),
            )  # fmt: skip
        st.markdown(t("**Which scans**"))
        with st.grid(2, min_column_width=280):
            first, last = st.session_state.get(DAYS, (today - timedelta(days=13), today))
            days = st.date_input(t("From day – to day"), value=(first, last), format="DD/MM/YYYY",
                                 min_value=widgets.FIRST_DAY, key=f"request_range_{first}_{last}")  # fmt: skip
            locations = widgets.locations(here, "request_locations")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            who, way = st.session_state.get(WHO, (widgets.ANY, widgets.ANY))
            kinds = {"staff": t("Staff"), "visitor": t("Visitor")}
            kind = widgets.choice(here, t("Who"), kinds, f"request_kind_{who}", who)
            ways = {"in": t("in"), "out": t("out"), "unknown": t("not recorded")}
            direction = widgets.choice(here, t("In/out"), ways, f"request_direction_{way}", way)
        people = people_picker(here, "request_people")
        with st.container(horizontal=True):
            entered = st.button(t("Enter it in the register"), type="primary", icon=":material/save:")
            st.button(t("Cancel"), on_click=_end)
        if not entered:
            return
        if not isinstance(days, tuple) or len(days) != 2 or not received or not due:
            st.error(
                t("Give the days: of receipt, by when to answer, and of the scans from – to."), icon=":material/error:"
            )
            return
        asked = Asked(requester, purpose, received, due, days[0], days[1], document, dated, locations, people, kind,
                      direction)  # fmt: skip
        try:
            number = inquiries.enter(store, here.account, asked)
        except InquiryError as refused:
            st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
            return
    st.session_state[SAID] = t("Request {n} is in the register.", n=number)
    st.session_state[OPENED] = number
    for key in ("request_requester", "request_purpose", "request_document", "request_dated", "request_people"):
        st.session_state.pop(key, None)
    _end()
    st.rerun()


# The register ---------------------------------------------------------------------------------------------------------


def states(here: "Page") -> dict[str, str]:
    """The states of a request in words, with a sign that says it without colour."""
    t = here.t
    words = {"open": t("to be answered"), "overdue": t("overdue"), "answered": t("answered"), "refused": t("refused")}
    return {state: f"{SIGNS[state]} {word}" for state, word in words.items()}


def _register(here: "Page", known: list[Inquiry]) -> None:
    t, words, today = here.t, states(here), here.store.clock().date()
    over, _ = inquiries.pressing(known, today)
    waiting = sum(one.outcome is None for one in known)
    st.markdown(t("{n} open, {late} of them overdue; {all} in all.", n=waiting, late=len(over), all=len(known)))
    rows = pl.DataFrame(
        [
            {
                "number": one.inquiry_id, "state": words[one.state(today)], "due_on": one.due_on,
                "requester": one.requester,
                "document": ", ".join(filter(None, (one.document, here.day(one.dated)))),
                "purpose": one.purpose, "about": one.about, "received_on": one.received_on,
                "scans": one.scans, "ended_at": one.ended_at, "ended_by": one.ended_by,
            }
            for one in known
        ],
        schema_overrides={"scans": pl.Int64, "ended_at": pl.Datetime, "ended_by": pl.String},
    )  # fmt: skip
    day = st.column_config.DateColumn
    widgets.table(
        rows,
        {
            "number": st.column_config.NumberColumn(t("No."), width="small"),
            "state": st.column_config.TextColumn(t("State"), width=130),
            "due_on": day(t("Answer by"), format="DD/MM/YYYY"),
            "requester": t("Who asks"),
            "document": t("Under which document"),
            "purpose": t("For what purpose"),
            "about": st.column_config.TextColumn(t("Which scans"), width="large"),
            "received_on": day(t("Received on"), format="DD/MM/YYYY"),
            "scans": st.column_config.NumberColumn(t("Scans given")),
            "ended_at": st.column_config.DatetimeColumn(t("Ended at"), format="HH:mm DD/MM/YYYY"),
            "ended_by": t("Ended by"),
        },
        alt=t("Register of requests for information"),
    )


def _one(here: "Page", one: Inquiry) -> None:
    """One request: what was asked, and what is to be done or went out."""
    t = here.t
    under = ""
    if one.document:
        dated = f", {here.day(one.dated)}" if one.dated else ""
        under = " · " + t("document {number}", number=widgets.plain(one.document + dated))
    state = states(here)[one.state(here.store.clock().date())]
    st.markdown(f"**{one.inquiry_id} · {widgets.plain(one.requester)}** · {state}{under}")
    st.markdown(f"{t('For what purpose')}: {widgets.plain(one.purpose)}")
    st.markdown(f"{t('Which scans')}: {widgets.plain(one.about)}")
    received, due = here.day(one.received_on), here.day(one.due_on)
    st.caption(t("Received on {received}, to be answered by {due}; entered by {who}.", received=received, due=due,
                 who=widgets.plain(one.entered_by)))  # fmt: skip
    if one.outcome is None:
        _decide(here, one)
        return
    if one.outcome == "refused":
        st.markdown(t("Refused: {reason}", reason=widgets.plain(one.reason or "")))
    elif one.whole:
        st.markdown(t("{n} scans went out, names and phones whole, by: {basis}", n=here.number(one.scans or 0),
                      basis=widgets.plain(one.reason or "")))  # fmt: skip
    else:
        st.markdown(t("{n} scans went out, names and phones masked.", n=here.number(one.scans or 0)))
    for document in filter(None, (archive.one(here.store, number) for number in one.documents)):
        made.files(here, document)


def _decide(here: "Page", one: Inquiry) -> None:
    """What an answer would hold, and the two ways to end the request."""
    t = here.t
    given = {"masked": t("masked: no right to more was shown"), "whole": t("whole: the requester has a right to them")}
    whole = st.radio(t("Names and phones"), list(given), format_func=given.__getitem__, horizontal=True,
                     key=f"request_given_{one.inquiry_id}") == "whole"  # fmt: skip
    basis = ""
    if whole:
        basis = st.text_input(t("By what right"), max_chars=LONGEST, key=f"request_basis_{one.inquiry_id}",
                              placeholder=t("For example: article 88 of the Criminal Procedure Code"))  # fmt: skip
    found = answer.counted(here.store, one, whole, t)
    st.markdown(f"{t('The answer would hold')}: **{widgets.plain(found.sentence)}**")
    if found.rows.height:
        columns = [column for column in history.columns(t) if column.name in history.GIVEN]
        shown = table.in_words(found.rows.head(PREVIEW).select(column.name for column in columns), columns)
        moment = st.column_config.DatetimeColumn(t("Scanned at"), format="HH:mm:ss DD/MM/YYYY")
        widgets.table(
            shown,
            {column.name: moment if column.name == "scanned_at" else column.heading for column in columns},
            alt=t("The first rows of the answer"),
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if st.button(t("Answer: make the list and the letter"), type="primary", icon=":material/outgoing_mail:"):
            _end_with(here, one, lambda: answer.give(here.store, here.account, one, whole=whole, basis=basis))
        with st.popover(t("Refuse"), icon=":material/block:"):
            reason = st.text_area(t("Why"), max_chars=LONGEST, key=f"request_why_{one.inquiry_id}")
            if st.button(t("Refuse the request"), type="primary"):
                _end_with(here, one, lambda: answer.refuse(here.store, here.account, one, reason))


def _end_with(here: "Page", one: Inquiry, act: Callable[[], object]) -> None:
    t = here.t
    try:
        with st.spinner(t("Making the documents …")):
            act()
    except InquiryError as refused:
        st.error(t(str(refused)), icon=":material/error:")
        return
    st.session_state[SAID] = t("Request {n} has ended. What went out stands below and among the documents.",
                               n=one.inquiry_id)  # fmt: skip
    st.rerun()
