"""Tracing: pick anybody, or several, and see everyone they may have infected, with the evidence."""

import streamlit as st

from quetma import follow_up, tracing
from quetma.web import handover, page, receipts, widgets
from quetma.web.cases import register
from quetma.web.tracing import answer as words
from quetma.web.tracing import graph, origin, places, question, sureness

here = page.begin("Tracing", right="trace")
t = here.t


def saved() -> None:
    """The saved answers, behind an expander."""
    rows = widgets.open_rows(here, t("Saved answers"), key="trace_saved")
    if rows.open:
        with rows:
            receipts.saved_list(here)


asked = question.ask(here)
if asked is None:
    if here.store.ask("flow/span")["first_day"][0] is None:
        widgets.empty(here, t("There are no scans to trace yet."))
    else:
        st.info(
            t("Find the person who is ill. You then see at once who was in the same place at the same time."),
            icon=":material/search:",
        )
    saved()
    st.stop()
assert asked is not None

version = here.store.version
try:
    answer = tracing.trace(here.store, follow_up.heeding(here.store, asked))
    if not question.heeds(here, answer):
        answer = tracing.trace(here.store, asked)
except tracing.Unanswerable:
    st.warning(
        t("The isolation lies before the infectious days, so nobody can have been infected. Check both dates."),
        icon=":material/warning:",
    )
    st.stop()

words.head(here, answer)
register.bar(here, asked, answer)

# One view at a time: only what is looked at is worked out, and a change of view reruns nothing else.

counts = answer.counts
views = {
    "f1": (f"F1 ({here.number(counts['f1'])})", lambda: words.class_view(here, answer, 1)),
    "f2": (f"F2 ({here.number(counts['f2'])})", lambda: words.class_view(here, answer, 2)),
}
if "f3" in counts:
    views["f3"] = (f"F3 ({here.number(counts['f3'])})", lambda: words.class_view(here, answer, 3))
views |= {
    "graph": (t("Graph"), lambda: graph.view(here, answer)),
    "places": (t("Places and times"), lambda: places.view(here, answer)),
    "origin": (t("Caught from whom"), lambda: origin.view(here, answer)),
    "sure": (t("How sure"), lambda: sureness.view(here, answer)),
    "hand": (t("Save and hand over"), lambda: hand_over()),
}


def hand_over() -> None:
    """Keep the answer, and take it along."""
    receipts.save_bar(here, answer)
    handover.exports(here, answer.finish())  # a file that is fetched later holds what the page says now
    with st.expander(t("Messages"), icon=":material/sms:"):
        handover.messages(here, answer)


@st.fragment
def shown() -> None:
    """The chosen view."""
    # The question was changed from in here, or the data while this was looked at: what is shown above is not of now.
    if st.session_state.pop("trace_whole", False) or here.store.version != version:
        st.rerun()
    if st.session_state.get("trace_view") not in views:
        st.session_state["trace_view"] = "f1"
    chosen = st.segmented_control(
        t("Show"),
        list(views),
        format_func=lambda view: views[view][0] if view in views else "",
        required=True,
        key="trace_view",
        persist_state="session",
        wrap=True,
    )
    try:
        views[chosen or "f1"][1]()
    except tracing.Stale:  # an upload was stored in this very moment
        st.rerun()


shown()
saved()
