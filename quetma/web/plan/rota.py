"""The week's rota as a table to fill, with what is missing and what cannot be."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import continuity, rota, terms
from quetma.plan import Plan
from quetma.web import widgets
from quetma.web.plan.edit import SAID
from quetma.web.plan.show import name_of

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", of: Plan) -> None:
    """The week that holds the chosen day."""
    t = here.t
    duties = [focal.duty for focal in of.focal if focal.daily]
    if not duties:
        st.info(
            t("No duty is on the daily rota. Under *Edit*, tick *On the daily rota* beside a focal point, such as the "
              "gate."),
            icon=":material/info:",
        )  # fmt: skip
        return
    chosen = st.date_input(
        t("Week of"), value=here.store.clock().date(), min_value=widgets.FIRST_DAY, format="DD/MM/YYYY",
        key="rota_day", persist_state="session", width=220,
    )  # fmt: skip
    days = rota.week(chosen or here.store.clock().date())
    duties += sorted({duty for _, duty in rota.shifts(here.store, days)} - set(duties))  # taken over for a while
    _table(here, of, duties, days)
    _problems(here, of, days)


def _table(here: "Page", of: Plan, duties: list[str], days: list[date]) -> None:
    t = here.t
    filled = rota.shifts(here.store, days)
    people = dict(continuity.staff(here.store).select("person_id", "name").iter_rows())
    people |= {person: name_of(here, person) for person in filled.values() if person not in people}
    names = [f"d{at}" for at in range(7)]
    weekdays = t("Mo,Tu,We,Th,Fr,Sa,Su").split(",")  # short: the week fits on the screen
    frame = pl.DataFrame(
        [
            {"duty": duty} | {name: filled.get((day, duty)) for name, day in zip(names, days, strict=True)}
            for duty in duties
        ],
        schema={"duty": pl.String} | dict.fromkeys(names, pl.Int64),
    )
    key = f"rota_{days[0]:%Y%m%d}_{hash(tuple(sorted(filled.items())))}"
    with st.form(f"{key}_form", border=False):
        edited = widgets.editor(
            frame,
            column_config={
                "duty": st.column_config.TextColumn(t("Task"), disabled=True, pinned=True),
                **{
                    name: st.column_config.SelectboxColumn(
                        f"{weekdays[at]} {day:%d/%m}", options=list(people),
                        format_func=lambda person: people.get(person, ""),
                    )
                    for at, (name, day) in enumerate(zip(names, days, strict=True))
                },
            },
            hide_index=True,
            placeholder="",
            key=key,
            alt=t("Who has which duty on which day of the week"),
        )  # fmt: skip
        pressed = st.form_submit_button(t("Save the week"), type="primary", icon=":material/save:")
    if pressed:
        after = {
            (day, row["duty"]): row[name]
            for row in edited.iter_rows(named=True)
            for name, day in zip(names, days, strict=True)
        }
        changes = {at: person for at, person in after.items() if filled.get(at) != person}
        if changes:
            rota.fill(here.store, here.account, changes)
            st.session_state[SAID] = t("Saved: {n} shifts.", n=len(changes))
            st.rerun()
        st.info(t("No cell was changed."), icon=":material/info:")
    before = rota.week(days[0] - timedelta(days=1))
    if rota.shifts(here.store, before) and st.button(
        t("Fill what is empty as in the week before"), icon=":material/content_copy:", key="rota_copy"
    ):
        n, left = rota.copy_week(here.store, here.account, of, before, days)
        said = t("Saved: {n} shifts.", n=n)
        if left:
            said += " " + t("Left empty: {n}, on a day off or because who had them is absent or in quarantine.", n=left)
        st.session_state[SAID] = said
        st.rerun()


def _problems(here: "Page", of: Plan, days: list[date]) -> None:
    """What is missing or cannot be, in words."""
    t, words = here.t, terms.problems(here.t)
    found = rota.problems(here.store, of, days)
    if not found:
        st.success(t("Every working day of this week is filled."), icon=":material/check_circle:")
        return
    st.markdown(f"**{t('To be mended ({n})', n=len(found))}**")
    for problem in found:
        who = f" – {widgets.plain(name_of(here, problem.person_id))}" if problem.person_id is not None else ""
        why = f" ({widgets.plain(problem.why)})" if problem.why else ""
        icon = ":orange[:material/person_off:]" if problem.kind == "gap" else ":red[:material/warning:]"
        st.markdown(f"{icon} {here.day(problem.day)}, {widgets.plain(problem.duty)}{who}: {words[problem.kind]}{why}")
