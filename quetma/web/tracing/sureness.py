"""How sure an answer is: what rests on scans alone, and how many there would be with other limits."""

from typing import TYPE_CHECKING

import streamlit as st

from quetma import tracing
from quetma.tracing import coverage, sensitivity
from quetma.web import charts, widgets
from quetma.web.tracing import lists

if TYPE_CHECKING:
    from quetma.web.page import Page

MINUTES = (0, 5, 15, 30, 60)
DAYS = (1, 2, 3, 7, 14)


def view(here: "Page", answer: tracing.Trace) -> None:
    """In sentences first, then the grid."""
    t = here.t
    for degree, people in enumerate(answer.reached, 1):
        sure = dict(people["certainty"].value_counts().iter_rows())
        st.markdown(
            t("**F{n}:** {seen} rest on scans alone, {inferred} on a time that was not scanned but inferred, "
              "{possible} on a masked name or phone.", n=degree, seen=here.number(sure.get("seen", 0)),
              inferred=here.number(sure.get("inferred", 0)), possible=here.number(sure.get("possible", 0)))
        )  # fmt: skip
    have, due = coverage.rostered(here.store, answer.question)
    if due:
        st.markdown(
            t("**Staff who did not scan:** of {due} duty days at the places and on the days of the case, {have} have a "
              "scan ({share}). Who did not scan is in no trace.",
              due=here.number(due), have=here.number(have), share=here.percent(have, due))
        )  # fmt: skip
    ends = {name: (f1, f2) for name, f1, f2 in sensitivity.ends(here.store, answer.question).iter_rows()}
    st.markdown(
        t("If everybody whose scan is missing had left at once (or come just then): **{f1} F1, {f2} F2**. If they had "
          "stayed as long as their other scans allow: **{more_f1} F1, {more_f2} F2**. As it is counted here: "
          "{now_f1} F1, {now_f2} F2.", f1=here.number(ends["shortest"][0]), f2=here.number(ends["shortest"][1]),
          more_f1=here.number(ends["longest"][0]), more_f2=here.number(ends["longest"][1]),
          now_f1=here.number(ends["stored"][0]), now_f2=here.number(ends["stored"][1]))
    )  # fmt: skip
    lists.view(here, answer)
    st.markdown(f"**{t('With other limits')}**")
    question = answer.question
    minutes = sorted({*MINUTES, question.min_minutes or 0})
    days = sorted({*DAYS, *(case.days_before or 0 for case in question.cases)})
    with st.spinner(t("Asking the same question {n} times…", n=len(minutes) * len(days))):
        found = sensitivity.grid(here.store, question, minutes, days)
    cells = {(row[0], row[1]): row[2:] for row in found.iter_rows()}
    for at, place in enumerate(st.columns(2)):
        with place:
            st.markdown(f"**{t('Suspected F{n}', n=at + 1)}**")
            charts.show(
                here,
                charts.heatmap(
                    [[cells[shortest, before][at] for shortest in minutes] for before in days],
                    [t("≥ {n} min", n=shortest) if shortest else t("any") for shortest in minutes],
                    [t("days before: {n}", n=before) for before in days],
                    t("Suspected F{n}", n=at + 1),
                    zeros=True,  # an empty cell is a window that makes no sense
                ),
                alt=t("How many would be suspected F{n}, by shortest contact and by infectious days before. The table "
                      "below has the same figures.", n=at + 1),
                key=f"trace_grid_{at}",
            )  # fmt: skip
    st.caption(
        t("Where neighbouring figures differ little, the choice of limits matters little. This answer counts contacts "
          "of at least {n} minutes.", n=question.min_minutes or 0)
    )  # fmt: skip
    with st.expander(t("The same as a table"), icon=":material/table:"):
        widgets.table(
            found,
            {
                "days_before": t("Infectious days before"),
                "min_minutes": t("Shortest contact, minutes"),
                "f1": t("Suspected F{n}", n=1),
                "f2": t("Suspected F{n}", n=2),
            },
            alt=t("F1 and F2 with other limits"),
        )
