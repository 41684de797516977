"""Where it happened: the timeline of stays, the map of exposure, and the places that several F0s share."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from quetma import tracing
from quetma.tracing import clusters
from quetma.web import widgets
from quetma.web.tracing import exposure, person, timeline

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", answer: tracing.Trace) -> None:
    """All of it, for the contacts of the cases with their F1s."""
    t = here.t
    if answer.people.height > 1:
        _clusters(here, answer)
    contacts = tracing.evidence(here.store, answer)
    if contacts.is_empty():
        st.caption(t("Nobody."))
        return
    st.markdown(f"**{t('Who was there when')}**")
    timeline.view(here, answer, contacts)
    timeline.table_of_all(here, answer, contacts)
    st.markdown(f"**{t('Where and at which hour people were exposed')}**")
    exposure.view(here, contacts)


def _clusters(here: "Page", answer: tracing.Trace) -> None:
    """Which of the F0s belong together, and where they met."""
    t = here.t
    names = person.names(answer)
    found = clusters.clusters(here.store, answer.question)
    st.markdown(f"**{t('Which F0s met')}**")
    for group in found.groups:
        who = ", ".join(widgets.plain(names[one]) for one in group)
        st.markdown(
            "- "
            + (t("{names}: one cluster", names=who) if len(group) > 1 else t("{names}: met no other F0", names=who))
        )
    if found.met.height:
        person.contacts_table(
            here, found.met, {"infector": t("F0 who may infect"), "name": "F0"}, alt=t("Each time two F0s met")
        )
    st.markdown(f"**{t('At the same place, one after the other')}**")
    hours = st.number_input(t("At most so many hours apart"), 1, 48, value=4, key="trace_apart", width=200)
    apart = clusters.clusters(here.store, answer.question, hours).apart
    if apart.is_empty():
        st.caption(t("No two F0s were at one place so soon after each other in these days."))
        return
    where = apart["location"].value_counts(sort=True)
    st.caption(
        t("They did not meet there, but the place may be what they share: {places}.",
          places=", ".join(f"{widgets.plain(place)} ({here.number(n)})" for place, n in where.iter_rows()))
    )  # fmt: skip
    clock = partial(st.column_config.DatetimeColumn, format="HH:mm DD/MM/YYYY")
    widgets.table(
        apart,
        {
            "location": t("Location"),
            "first": t("First there"),
            "went": clock(t("Went")),
            "second": t("There afterwards"),
            "came": clock(t("Came")),
            "minutes": st.column_config.NumberColumn(t("Minutes between"), format="%.0f"),
        },
        alt=t("Times two F0s were at one place one after the other"),
    )
