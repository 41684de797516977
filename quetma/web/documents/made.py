"""Every document made: who, when, for what; each can be had again with the metadata for document management."""

import math
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import archive, terms
from quetma.archive import ArchiveError, Document
from quetma.documents import MEDIA_TYPES
from quetma.web import downloads, widgets
from quetma.web.documents import SAID

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 20  # rows of one page
OPENED = "documents_opened"  # in the session: the document whose files are shown


def view(here: "Page") -> None:
    """The list, one of them opened."""
    t, store = here.t, here.store
    known = archive.kinds(store)
    if not known:
        st.info(t("No document was made yet. Each one will stand here, with who made it, when and for what."),
                icon=":material/info:")  # fmt: skip
        return
    words = terms.documents(t)
    kind = None
    if len(known) > 1:
        kind = st.selectbox(t("Kind of document"), list(known), index=None, placeholder=t("All"), key="documents_kind",
                            format_func=lambda one: f"{words.get(one, one)} ({known.get(one, 0)})")  # fmt: skip
    count = known.get(kind, 0) if kind else sum(known.values())
    place = st.container()
    pages = math.ceil(count / SHOWN)
    number = 1
    if pages > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            number = st.pagination(pages, key=f"documents_page_{kind}")
    found, _ = archive.made(store, kind, (number - 1) * SHOWN, SHOWN)
    here.audit("open documents", words.get(kind or "", kind or ""), f"{number}")
    with place:
        _table(here, found)
    by_number = {document.document_id: document for document in found}
    if st.session_state.get(OPENED) not in by_number:
        st.session_state[OPENED] = next(iter(by_number), None)
    chosen = st.selectbox(
        t("Open a document"), list(by_number), key=OPENED,
        format_func=lambda one: f"{one} · {by_number[one].file_name}" if one in by_number else "",
    )  # fmt: skip
    if chosen in by_number:
        files(here, by_number[chosen])


def _table(here: "Page", found: list[Document]) -> None:
    t, words = here.t, terms.documents(here.t)
    rows = [
        {
            "number": document.document_id,
            "kind": words.get(document.kind, document.kind),
            "subject": document.subject,
            "days": f"{here.day(document.first_day)} – {here.day(document.last_day)}" if document.first_day else "",
            "reason": document.reason,
            "made_at": document.made_at,
            "made_by": document.made_by,
            "format": document.format.upper() if document.removed_at is None else "✗ " + t("removed"),
        }
        for document in found
    ]
    widgets.table(
        pl.DataFrame(rows),
        {
            "number": st.column_config.NumberColumn(t("No."), width="small"),
            "kind": t("Kind of document"),
            "format": st.column_config.TextColumn(t("Format"), width="small"),
            "days": t("Days"),
            "made_at": st.column_config.DatetimeColumn(t("Made at"), format="HH:mm DD/MM/YYYY"),
            "made_by": t("Made by"),
            "reason": t("For what"),
            "subject": st.column_config.TextColumn(t("Subject"), width="large"),
        },
        alt=t("Documents made, newest first"),
    )


def files(here: "Page", document: Document) -> None:
    """The buttons that fetch a document and its metadata; also right after it was made."""
    t = here.t
    try:
        archive.path(here.store, document)
    except ArchiveError as gone:
        st.warning(t(str(gone)), icon=":material/warning:")
        if document.removed_at:
            st.caption(
                t("Removed by {who} at {moment}: {why}", who=widgets.plain(document.removed_by),
                  moment=here.moment(document.removed_at), why=widgets.plain(document.removed_why))
            )  # fmt: skip
        return
    line = ("export document", f"{document.document_id} {document.file_name}", document.reason)
    url = downloads.offer(
        here.session, lambda path: archive.copy(here.store, document, path), document.file_name,
        MEDIA_TYPES.get(document.format, "application/octet-stream"), line,
    )  # fmt: skip
    beside = document.file_name.rpartition(".")[0] + ".json"
    told = downloads.offer(
        here.session, lambda path: path.write_text(archive.filing_json(document), encoding="utf-8"), beside,
        MEDIA_TYPES["json"], line,
    )  # fmt: skip
    with st.container(horizontal=True):
        st.link_button(t("Download {file}", file=widgets.plain(document.file_name)), url, icon=":material/download:",
                       type="primary")  # fmt: skip
        st.link_button(t("Metadata for eDMS (JSON)"), told, icon=":material/data_object:")
    st.caption(t("Fingerprint (SHA-256): {sha256}", sha256=document.sha256))
    _removal(here, document)


def _removal(here: "Page", document: Document) -> None:
    """The way to delete the file of a document that is wrong, or whose purpose is done."""
    t, number = here.t, document.document_id
    with st.popover(t("Remove the file"), icon=":material/delete:"):
        st.caption(t("The file is deleted for good. That it was made, and who removed it and why, stays in the list."))
        why = st.text_input(t("Why it is removed"), max_chars=200, key=f"remove_why_{number}")
        if st.button(t("Remove the file for good"), key=f"remove_{number}", icon=":material/delete_forever:"):
            try:
                archive.remove(here.store, here.account, number, why or "")
            except ArchiveError as refused:
                st.error(t(str(refused)), icon=":material/error:")
                return
            st.session_state[SAID] = t("Removed: {file}", file=document.file_name)
            st.rerun()
