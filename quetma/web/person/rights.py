"""What people may ask about their own data: what was done with it, all of it as a file, the register, deleting."""

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import subject
from quetma.access import trail
from quetma.documents import MEDIA_TYPES, personal
from quetma.subject import LONGEST, WISHES, Request, SubjectError
from quetma.web import downloads, widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID = "person_rights_said"
SHOWN = 1_000
SIGNS = {"open": "○", "overdue": "▲", "done": "✓", "refused": "✗"}


def looked_at(here: "Page", person: int) -> None:
    """The lines of the audit that name them."""
    t = here.t
    found = subject.looked_at(here.store, person, SHOWN)
    st.caption(t("Lines of the audit that name this person, or somebody called the same. A list of many people that "
                 "was "
                 "looked at or exported names nobody one by one."))  # fmt: skip
    if found.is_empty():
        st.info(t("No line names them."), icon=":material/info:")
        return
    widgets.table(
        found.with_columns(pl.col("action").replace(trail.words(t))),
        {
            "logged_at": st.column_config.DatetimeColumn(t("Done at"), format="HH:mm:ss DD/MM/YYYY", pinned=True),
            "account": t("Account"),
            "action": t("What they did"),
            "subject": st.column_config.TextColumn(t("About what or whom"), width="large"),
            "detail": st.column_config.TextColumn(t("In detail"), width="large"),
        },
        alt=t("What was done with their data"),
    )


def view(here: "Page", person: int, name: str) -> None:
    """The file, the requests, and deleting."""
    t, store = here.t, here.store
    if said := st.session_state.pop(SAID, None):
        st.success(said, icon=":material/check_circle:")
    st.caption(t("Law 91/2025/QH15 and Decree 356/2025: people may ask for all that is held about them, have it "
                 "corrected, and have it deleted where no other law keeps it; they are answered within two working "
                 "days."))  # fmt: skip
    url = downloads.offer(
        here.session, lambda path: personal.write(store, person, path, here.language), f"du-lieu-ca-nhan-{person}.xlsx",
        MEDIA_TYPES["xlsx"], ("export person", name, "xlsx"),
    )  # fmt: skip
    st.link_button(t("Everything held about them (Excel)"), url, icon=":material/download:", type="primary")
    _requests(here, person)
    _delete(here, person)


def register(here: "Page") -> None:
    """Everybody's requests, when there are any."""
    if found := subject.register(here.store):
        here.audit("open own-data requests", "")
        st.subheader(here.t("Requests of people about their own data"), anchor=False)
        table(here, found, named=True)


def wishes(here: "Page") -> dict[str, str]:
    """What may be asked, in words."""
    t = here.t
    return {"copy": t("a copy"), "correct": t("a correction"), "delete": t("deletion")}


def states(here: "Page") -> dict[str, str]:
    """The states of a request in words, with a sign that says it without colour."""
    t = here.t
    words = {"open": t("to be answered"), "overdue": t("overdue"), "done": t("done"), "refused": t("refused")}
    return {state: f"{SIGNS[state]} {word}" for state, word in words.items()}


def table(here: "Page", found: list[Request], named: bool) -> None:
    """Requests as a table; named: of several people."""
    t, words, told = here.t, wishes(here), states(here)
    today = here.store.clock().date()
    rows = pl.DataFrame(
        [
            {
                "number": one.request_id, "state": told[one.state(today)], "due_on": one.due_on,
                "name": one.name or t("no longer known"), "wish": words[one.wish], "told": one.told,
                "received_on": one.received_on, "reason": one.reason or "", "ended_by": one.ended_by or "",
            }
            for one in found
        ]
    )  # fmt: skip
    day = st.column_config.DateColumn
    columns: dict[str, Any] = {
        "number": st.column_config.NumberColumn(t("No."), width="small"),
        "state": st.column_config.TextColumn(t("State"), width=130),
        "due_on": day(t("Answer by"), format="DD/MM/YYYY"),
        "name": t("Name"),
        "wish": t("What they ask for"),
        "told": st.column_config.TextColumn(t("In their words"), width="medium"),
        "received_on": day(t("Received on"), format="DD/MM/YYYY"),
        "reason": st.column_config.TextColumn(t("What came of it"), width="medium"),
        "ended_by": t("Ended by"),
    }
    if not named:
        rows, columns = rows.drop("name"), {key: value for key, value in columns.items() if key != "name"}
    widgets.table(rows, columns, alt=t("Requests of people about their own data"))


def _requests(here: "Page", person: int) -> None:
    t, store = here.t, here.store
    found = subject.register(store, person)
    st.subheader(t("Their requests"), anchor=False)
    if found:
        table(here, found, named=False)
    for one in [one for one in found if one.outcome is None]:
        _one(here, one)
    with st.expander(t("Enter a request of theirs"), icon=":material/add:"), st.form("person_request", border=False):
        words = wishes(here)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            wish = st.segmented_control(t("What they ask for"), list(WISHES), default="copy", required=True,
                                        format_func=words.__getitem__)  # fmt: skip
            received = st.date_input(t("Received on"), value=store.clock().date(), format="DD/MM/YYYY")
        told = st.text_input(t("In their words, and how it came"), max_chars=LONGEST)
        if st.form_submit_button(t("Enter it in the register"), icon=":material/save:"):
            try:
                number = subject.enter(store, here.account, person, wish, told or "", received)
            except SubjectError as refused:
                st.error(refused.words(t), icon=":material/error:")
                return
            st.session_state[SAID] = t("Request {n} is in the register.", n=number)
            st.rerun()


def _one(here: "Page", one: Request) -> None:
    """An open request: what to do, and the two ways to end it."""
    t = here.t
    hint = {
        "copy": t("Hand the Excel file above over, then press Done."),
        "correct": t("Correct it under What holds, on Who is who, or by a new upload; then press Done."),
        "delete": t("Delete below what may be deleted, then press Done, or refuse with the reason given there."),
    }[one.wish]
    with st.form(f"person_request_{one.request_id}", border=True):
        st.markdown(
            f"**{one.request_id} · {wishes(here)[one.wish]}** · {states(here)[one.state(here.store.clock().date())]}"
        )
        st.caption(hint)
        reason = st.text_input(t("What came of it (a refusal needs the reason)"), max_chars=LONGEST)
        with st.container(horizontal=True):
            done = st.form_submit_button(t("Done"), icon=":material/check:", key=f"person_done_{one.request_id}")
            refused = st.form_submit_button(t("Refuse"), icon=":material/close:", key=f"person_refuse_{one.request_id}")
    if done or refused:
        try:
            subject.finish(here.store, here.account, one.request_id, "done" if done else "refused", reason or "")
        except SubjectError as error:
            st.error(error.words(t), icon=":material/error:")
            return
        st.session_state[SAID] = t("Request {n} has ended.", n=one.request_id)
        st.rerun()


def _delete(here: "Page", person: int) -> None:
    t, store = here.t, here.store
    st.subheader(t("Delete what is held about them"), anchor=False)
    kept = subject.reasons(store, person)
    if kept:
        st.markdown("\n".join(f"- {widgets.plain(reason.words(t))}" for reason in kept))
        st.caption(t("While this holds, nothing is deleted. Give these reasons in the answer."))
        return
    st.caption(t("Their scans become nobody's and their declarations are deleted; arrivals, stays and figures stay "
                 "what they "
                 "were. This cannot be taken back. Backups of before still have it, until they are rotated "
                 "out."))  # fmt: skip
    strike = False
    if lines := subject.looked_at(store, person).height:
        st.caption(t("Lines of the audit that name them: {n}. What the gate noted says their name no more; the others "
                     "stay, as they prove what was done with these data, and go when the audit's time is over.",
                     n=here.number(lines)))  # fmt: skip
        strike = st.checkbox(
            t("Strike their name out of these lines, too"),
            key=f"person_strike_{person}",
            help=t("Who did what and when stays. About whom can then never be shown again, not even to them: leave it "
                   "while they may complain. A line that may be about somebody else of that name stays as it is."),
        )  # fmt: skip
    sure = st.checkbox(t("I have seen who they are, and that they ask for it"), key=f"person_sure_{person}")
    if st.button(t("Delete"), icon=":material/delete:", disabled=not sure, key="person_erase"):
        try:
            purged = subject.erase(store, here.account, person, strike)
        except SubjectError as refused:
            st.error(refused.words(t), icon=":material/error:")
            return
        st.session_state[SAID] = t("Deleted: {scans} scans and {declarations} declarations are nobody's now.",
                                   scans=purged.scans, declarations=purged.declarations)  # fmt: skip
        st.session_state[widgets.PERSON] = None
        st.rerun()
