"""Backwards on the screen: whom the cases may have caught it from."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import cases, terms, tracing
from quetma.tracing import origin
from quetma.web import widgets
from quetma.web.tracing import answer as words
from quetma.web.tracing import person

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", answer: tracing.Trace) -> None:
    """Everybody who shared a place with a case in the days before they fell ill, most minutes first."""
    t = here.t
    st.caption(
        t("Who shared a place with the case in the days before the first symptoms or the positive sample. The scans do "
          "not say who of them was ill: ask those at the top first.")
    )  # fmt: skip
    usual = {tracing.incubation(case.rule or "") for case in answer.question.cases}
    days = st.number_input(
        t("Days before"),
        1,
        60,
        value=None,
        placeholder=t("{n} by the rule", n=" · ".join(map(str, sorted(usual)))),
        help=t("The longest usual incubation. The rules do not give it; it is assumed to be as long as they have "
               "contacts in quarantine or watched."),
        key="trace_origin_days",
        persist_state="session",
        width=200,
    )  # fmt: skip
    here.audit("trace backwards", words.about(answer))
    found = origin.backwards(here.store, answer.question, days)
    several = answer.people.height > 1
    ill = {case.person_id: case for case in reversed(cases.registered(here.store)) if case.state != "ruled_out"}
    found = found.with_columns(
        registered=pl.Series([_registered(here, ill.get(person)) for person in found["person_id"]], dtype=pl.String)
    )
    columns = {
        "name": st.column_config.TextColumn(t("Name"), pinned=True),
        **({"registered": t("Registered as a case")} if found["registered"].count() else {}),
        "phone_shown": t("Phone"),
        **({"case": "F0"} if several else {}),
        "minutes": st.column_config.NumberColumn(t("Minutes shared"), format="%d"),
        "exposed_at": st.column_config.DatetimeColumn(t("First shared"), format="HH:mm DD/MM/YYYY"),
        "last_at": st.column_config.DatetimeColumn(t("Last shared"), format="HH:mm DD/MM/YYYY"),
        "location": t("Location"),
        "contacts": t("Contacts"),
        "certainty": t("How sure"),
    }
    widgets.people_table(
        here,
        found.with_columns(
            pl.col("minutes").round(),
            pl.col("certainty").replace_strict(person.certainty(t), return_dtype=pl.String),
        ),
        "trace_origin",
        columns,
        alt=t("Whom the case may have caught it from"),
    )


def _registered(here: "Page", case: cases.RegisteredCase | None) -> str | None:
    """The case somebody is registered as: who was ill before is asked first."""
    if case is None:
        return None
    said = here.t("ill since {day}", day=here.day(case.onset))
    if not case.symptoms:
        said = here.t("no symptoms, sample of {day}", day=here.day(case.onset))
    return f"{said} ({terms.states(here.t)[case.state]})"
