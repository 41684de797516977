"""The ledger: every decision that holds, the notice to the person concerned, taking one back, the file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import conduct, language, settings, terms
from quetma.conduct import ConductError
from quetma.documents import MEDIA_TYPES, reminders
from quetma.documents import ledger as document
from quetma.web import downloads, widgets
from quetma.web.conduct.missed import SAID

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", rows: pl.DataFrame) -> None:
    """The decisions as a table, one of them opened, the files."""
    t = here.t
    if rows.is_empty():
        st.info(t("Nothing is decided yet. Decisions about missed duties will stand here."), icon=":material/info:")
        return
    here.audit("open ledger", "decisions about missed duties")
    steps, about = terms.steps(t), terms.missed(t)
    widgets.table(
        rows.with_columns(
            pl.col("step").replace(steps), pl.col("duty").replace(about), pl.col("document").replace("", None),
            days=pl.col("missed").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", "),
        ),
        {
            "name": st.column_config.TextColumn(t("Full name"), pinned=True),
            "decided_on": st.column_config.DateColumn(t("Decided on"), format="DD/MM/YYYY"),
            "step": t("Decision"),
            "duty": t("About"),
            "days": t("Which days"),
            "document": t("Document"),
            "reason": st.column_config.TextColumn(t("Reason"), width="large"),
            "entered_by": t("Decided by"),
        },
        alt=t("Decisions about missed duties, newest first"),
    )  # fmt: skip
    by_number = {row["entry_id"]: row for row in rows.iter_rows(named=True)}

    def label(number: int) -> str:
        row = by_number.get(number)
        return f"{number} · {row['name']} · {here.day(row['decided_on'])} · {steps[row['step']]}" if row else ""

    chosen = st.selectbox(t("Open a decision"), list(by_number), format_func=label, index=None, key="ledger_opened",
                          placeholder=t("Choose one"))  # fmt: skip
    if chosen in by_number:
        _decision(here, by_number[chosen])
    with st.container(horizontal=True):
        for fmt, name in (("xlsx", "Excel"), ("csv", "CSV")):

            def write(path: Path, fmt: str = fmt) -> None:
                document.write(rows, fmt, path, here.language)

            said = document.sentence(rows, language.translator("en"))
            url = downloads.offer(
                here.session, write, f"so-xu-ly.{fmt}", MEDIA_TYPES[fmt], ("export ledger", fmt, said)
            )
            st.link_button(name, url, icon=":material/download:")


def _decision(here: "Page", row: dict[str, Any]) -> None:
    """The notice to the person concerned, and the way back."""
    t = here.t
    with st.container(border=True):
        st.caption(t("The notice to the person concerned; the button at its right copies it."))
        st.code(reminders.notice(t, row, settings.get(here.store, "unit_name")), language=None, wrap_lines=True)
        by = t("{moment}, by {who}", moment=here.moment(row["entered_at"]), who=widgets.plain(row["entered_by"]))
        st.caption(by)
        with st.form(f"take_back_{row['entry_id']}", border=False):
            why = st.text_input(t("Why it is taken back"), max_chars=500, key=f"take_back_why_{row['entry_id']}")
            if st.form_submit_button(t("Take back"), icon=":material/undo:"):
                try:
                    conduct.take_back(here.store, here.account, row["entry_id"], why or "")
                except ConductError as refused:
                    st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
                    return
                st.session_state[SAID] = t("Taken back: {name}.", name=row["name"])
                st.rerun()
