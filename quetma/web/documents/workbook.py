"""The whole dashboard as one workbook, for a period: made here, kept among the documents."""

from typing import TYPE_CHECKING

import streamlit as st

from quetma import archive
from quetma.documents import screens
from quetma.web import widgets
from quetma.web.documents import made

if TYPE_CHECKING:
    from quetma.web.page import Page

MADE = "documents_workbook"  # in the session: the document that was made last


def view(here: "Page") -> None:
    """The period, the button, and the file once it is made."""
    t, store = here.t, here.store
    st.markdown(
        t("One workbook (Excel) with a sheet for each screen of the dashboard: figures, tables and charts of the days "
          "chosen.")
    )  # fmt: skip
    if store.ask("history/last_scan")["scanned_at"][0] is None:
        widgets.empty(here, t("There are no scans yet."))
        return
    first, last = widgets.period(here)
    reason = st.text_input(t("For what"), max_chars=200, key="documents_workbook_reason")
    if st.button(t("Make the workbook"), type="primary", icon=":material/table_view:"):
        subject = t("The whole dashboard from {first} to {last}", first=here.day(first), last=here.day(last))
        with st.spinner(t("Making the workbook …")):
            document = archive.keep(
                store, here.account, "workbook", subject, f"so-tong-hop-{first:%Y-%m-%d}-{last:%Y-%m-%d}.xlsx",
                lambda path: screens.write(store, here.role, here.account, first, last, path, here.language),
                days=(first, last), reason=reason.strip(),
            )  # fmt: skip
        st.session_state[MADE] = document.document_id
    document = archive.one(store, st.session_state[MADE]) if MADE in st.session_state else None
    if document:
        st.success(t("The workbook is made and kept among the documents."), icon=":material/check_circle:")
        st.markdown(f"**{widgets.plain(document.subject)}**")
        made.files(here, document)
