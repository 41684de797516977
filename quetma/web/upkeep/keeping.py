"""For how long what is kept: the settings, what would go today, and what went."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import expiry, retention, settings, subject, upkeep
from quetma.expiry import ExpiryError
from quetma.store import now
from quetma.web import widgets
from quetma.web.upkeep.backups import SAID

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 20
TRIED = "upkeep_tried"  # in the session: what would go


def kinds(here: "Page") -> dict[str, tuple[str, str]]:
    """Each kind in words: what it is, and what goes when its time is over."""
    t = here.t
    return {
        "visitors": (t("Check-ins of visitors at the door"), t("who they were, and their declarations; arrivals stay")),
        "scans": (t("Visitors in uploaded scans"), t("who they were, and rejected rows; arrivals stay")),
        "symptoms": (t("Symptoms declared"), t("which they were; that somebody declared stays")),
        "doses": (t("Vaccine doses"), t("place and lot; that and when a dose was given stays")),
        "absences": (t("Absences"), t("the reason; the days stay")),
        "cases": (t("Closed cases and their contacts"), t("symptoms and notes; days and outcomes stay")),
        "documents": (
            t("Documents made"),
            t("the file, and drafts that nobody went on with; that it was made, when and for whom, stays"),
        ),
        "audit": (t("The audit"), t("the lines; that so many were deleted stays")),
    }


def view(here: "Page") -> None:
    """The settings, a try, and the reports."""
    t, store = here.t, here.store
    words, days = kinds(here), expiry.kept_for(store)
    st.caption(t("Law 91/2025/QH15 has personal data deleted when its purpose is done, and gives no days: they are "
                 "yours to "
                 "set. The running dashboard deletes once a day what is over. Figures of past days never "
                 "change."))  # fmt: skip
    with st.form("upkeep_keeping", border=True):
        st.markdown(t("**Days kept (0: without end)**"))
        with st.grid(2, min_column_width=260):
            set_to = {
                kind: st.number_input(
                    words[kind][0], int(kind == "visitors"), expiry.LONGEST, days[kind], key=f"upkeep_days_{kind}",
                    help=t("What goes then: {what}.", what=words[kind][1]),
                )
                for kind in expiry.KINDS
            }  # fmt: skip
        saved = st.form_submit_button(t("Save"), type="primary", icon=":material/save:", key="upkeep_keeping_save")
    if saved:
        try:
            expiry.set_days(store, here.account, set_to)
        except ExpiryError as refused:
            st.error(refused.words(t), icon=":material/error:")
        else:
            st.session_state.pop(TRIED, None)
            st.session_state[SAID] = t("Saved. What is over by it goes at the next time, within a day.")
            st.rerun()
    _try(here, words)
    _reports(here, words)
    _notice(here)


def _try(here: "Page", words: dict[str, tuple[str, str]]) -> None:
    """What would go today, and a button that does it."""
    t, store = here.t, here.store
    if st.button(t("What would go today?"), icon=":material/preview:", key="upkeep_try"):
        today = now().date()
        st.session_state[TRIED] = {**retention.would_purge(store, today).kinds, **expiry.would_run(store, today)}
    found = st.session_state.get(TRIED)
    if found is None:
        return
    if not found:
        st.info(t("Nothing is over today."), icon=":material/info:")
        return
    st.markdown(
        "\n".join(f"- {words[kind][0]}: **{here.number(rows)}** ({words[kind][1]})" for kind, rows in found.items())
    )
    if store.demo:
        return
    if st.button(t("Delete it now"), icon=":material/delete:", key="upkeep_delete"):
        today = now().date()
        purged = retention.purge(store, today, here.account)
        gone = expiry.run(store, today, here.account)
        upkeep.note(store, "purge", here.account, {**purged.json(), "kinds": gone})
        del st.session_state[TRIED]
        st.session_state[SAID] = t("Deleted. What went stands in the list below.")
        st.rerun()


def _reports(here: "Page", words: dict[str, tuple[str, str]]) -> None:
    t, store = here.t, here.store
    told = []
    for run in upkeep.runs(store, "purge", SHOWN):
        gone = {**({"visitors": run.detail["scans"]} if run.detail.get("scans") else {}), **run.detail.get("kinds", {})}
        what = "; ".join(f"{words[kind][0]}: {here.number(rows)}" for kind, rows in gone.items() if kind in words)
        what = f"✗ {t(run.failed)}" if run.failed else what or t("nothing was over")
        told.append({"ran_at": run.ran_at, "what": what, "ran_by": run.ran_by})
    st.subheader(t("What went"), anchor=False)
    if not told:
        st.caption(t("Nobody has looked for what is over yet."))
        return
    widgets.table(
        pl.DataFrame(told),
        {
            "ran_at": st.column_config.DatetimeColumn(t("Done at"), format="HH:mm DD/MM/YYYY"),
            "what": st.column_config.TextColumn(t("What went"), width="large"),
            "ran_by": t("Done by"),
        },
        alt=t("What went"),
    )


def _notice(here: "Page") -> None:
    """What visitors are told, to be written otherwise."""
    t, store = here.t, here.store
    with st.form("upkeep_notice", border=True):
        st.markdown(t("**What visitors are told at the door**"))
        st.caption(t("Who keeps what they write, and for what. Empty: the program's own words. For how many days it "
                     "is kept, "
                     "and that they may ask for it, is told in any case."))  # fmt: skip
        vi = st.text_area(t("In Vietnamese"), settings.get(store, "notice_vi"), max_chars=subject.LONGEST, height=90)
        en = st.text_area(t("In English"), settings.get(store, "notice_en"), max_chars=subject.LONGEST, height=90)
        if not st.form_submit_button(t("Save"), icon=":material/save:", key="upkeep_notice_save"):
            return
    try:
        subject.set_notice(store, here.account, {"vi": vi or "", "en": en or ""})
    except subject.SubjectError as refused:
        st.error(refused.words(t), icon=":material/error:")
        return
    st.session_state[SAID] = t("Saved. Visitors read it from now on.")
    st.rerun()
