"""The figures that public health asks for, and the people behind each."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import follow_up, terms
from quetma.web import widgets
from quetma.web.cases import table

if TYPE_CHECKING:
    from quetma.web.page import Page

SHARES = ("reached", "daily")  # told as a share of those of whom it can be said


def view(here: "Page", contacts: pl.DataFrame) -> None:
    """The figures of one case or all, of one class or all; one of them opened."""
    t, moment = here.t, here.store.clock()
    contacts = table.of_case(here, contacts, "cases_figures_case")
    degrees = sorted(contacts["degree"].unique())
    degree = st.segmented_control(
        t("Class"),
        [0, *degrees],
        default=0,
        required=True,
        format_func=lambda degree: f"F{degree}" if degree else t("All"),
        key="cases_figures_degree",
    )
    if degree in degrees:
        contacts = contacts.filter(pl.col("degree") == degree)
    names, behind = terms.measures(t), follow_up.behind(contacts, moment)
    explained = {
        "reached": t("Of those listed for 24 hours or reached; by phone, from when they were listed."),
        "daily": t("Of those who should have been asked on a day before today, since they were listed."),
    }

    def card(name: str) -> widgets.Card:
        of, among = (rows.height for rows in behind[name])
        if name in SHARES:
            share = f"{here.number(of)} / {here.number(among)}" if among else t("nobody yet")
            return widgets.Card(names[name], here.percent(of, among), share, help=explained[name])
        return widgets.Card(names[name], here.number(of))

    widgets.cards(here, [card(name) for name in names], across=4)
    if (people := contacts["person_id"].n_unique()) < contacts.height:
        st.caption(
            t("Who is a contact of several cases is counted for each; they are {n} people.", n=here.number(people))
        )
    chosen = st.selectbox(t("Who is behind the figure"), list(names), format_func=lambda name: names[name],
                          key="cases_figure")  # fmt: skip
    of, among = behind[chosen or "contacts"]
    here.audit("open rows", names[chosen or "contacts"])
    table.table(here, of, "cases_figure_rows")
    if chosen in SHARES and among.height > of.height:
        st.markdown(f"**{t('Not so:')}**")
        rest = among.join(of, on=["case_id", "person_id"], how="anti", maintain_order="left")
        table.table(here, rest, "cases_figure_rest")
    table.exports(here, contacts)
