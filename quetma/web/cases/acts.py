"""What a press of a button does on the page of cases: one entry or several, and what is said of it afterwards."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from quetma import follow_up, tracing
from quetma.cases import CaseError
from quetma.follow_up import Entry, FollowUpError
from quetma.web import widgets
from quetma.web.tracing import question

if TYPE_CHECKING:
    from collections.abc import Callable

    from quetma.web.page import Page

OPENED = "cases_contact"  # (case_id, person_id) of the contact that is open
VIEW = "cases_view"
SAID, REFUSED = "cases_said", "cases_refused"


def do(what: "Callable[[], object]", said: str) -> bool:
    """Does it and says so on the next run; what cannot be is said instead, and nothing was changed then."""
    try:
        what()
    except (FollowUpError, CaseError) as refused:
        st.session_state[REFUSED] = str(refused)
        return False
    st.session_state[SAID] = said
    return True


def enter(here: "Page", said: str, *entries: Entry) -> None:
    """Adds entries; of a click or a form."""
    do(lambda: follow_up.enter(here.store, here.account, *entries), said)


def result(here: "Page") -> None:
    """What the last press did, or why it could not."""
    if refused := st.session_state.pop(REFUSED, None):
        st.error(f"{here.t(refused)} {here.t('Nothing was saved.')}", icon=":material/error:")
    if said := st.session_state.pop(SAID, None):
        st.success(widgets.plain(said), icon=":material/check_circle:")


def open_contact(case_id: int, person_id: int) -> None:
    """Opens a contact, above whatever list it was chosen from."""
    st.session_state[OPENED] = (case_id, person_id)


def close_contact() -> None:
    """No contact is open any more."""
    st.session_state[OPENED] = None


def trace_button(here: "Page", row: dict[str, Any], key: str) -> None:
    """The button that asks about a contact as a case of their own, ill since today until somebody says otherwise."""
    if st.button(here.t("They are ill: trace and register"), icon=":material/share:", key=key):
        question.pick([tracing.Case(row["person_id"], here.store.clock().date())])
        close_contact()
        st.switch_page(widgets.PAGES / "tracing.py")


def phone(here: "Page", row: dict[str, Any]) -> str:
    """The phone as a link that calls, where there is a whole one."""
    shown = row["phone_shown"]
    if not shown:
        return here.t("no phone known")
    return f"[{widgets.plain(shown)}](tel:{shown})" if shown.isdigit() else widgets.plain(shown)
