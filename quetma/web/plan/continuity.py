"""If these people stay away: which duties are uncovered, who stands in, who is left at each premises; given away in the
rota by one press.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import continuity, rota
from quetma.continuity import Gap
from quetma.plan import Plan
from quetma.web import widgets
from quetma.web.plan.edit import SAID

if TYPE_CHECKING:
    from quetma.web.page import Page

AWAY = "continuity_away"  # person_ids; set by who opens the page about some people


def open_about(people: Sequence[int]) -> None:
    """Goes to this screen, about these people."""
    st.session_state[AWAY] = list(people)
    st.session_state["plan_view"] = "continuity"
    st.switch_page(widgets.PAGES / "plan.py")


def view(here: "Page", of: Plan) -> None:
    """Who is away, and what that leaves open."""
    t = here.t
    staff = continuity.staff(here.store)
    if staff.is_empty():
        widgets.empty(here, t("Nobody is on the staff list."))
        return
    known = dict(staff.select("person_id", "name").iter_rows())
    now = continuity.staff_among(here.store, continuity.away_until(here.store))
    if AWAY not in st.session_state:
        st.session_state[AWAY] = now
    st.session_state[AWAY] = [person for person in st.session_state[AWAY] if person in known]
    away = st.multiselect(
        t("Who stays away"), list(known), format_func=lambda person: known.get(person, ""), key=AWAY,
        persist_state="session", placeholder=t("Choose staff"),
    )  # fmt: skip
    if now and set(away) != set(now):
        st.button(
            t("Those in quarantine or ill now ({n})", n=len(now)), key="continuity_now", icon=":material/refresh:",
            on_click=lambda: st.session_state.update({AWAY: now}),
        )  # fmt: skip
    if not away:
        st.info(t("Choose who would stay away, or open this from a trace."), icon=":material/info:")
        return
    here.audit("continuity", ", ".join(known[person] for person in away))
    if not of.focal:
        st.warning(
            t("The plan names no focal points yet, so it cannot say what is uncovered: add them under *Edit*."),
            icon=":material/warning:",
        )
    found = continuity.gaps(here.store, of, away)
    _answer(here, of, found)
    for at, gap in enumerate(found):
        _gap(here, gap, known, at)
    st.markdown(f"#### {t('Who is left at each premises')}")
    widgets.table(
        continuity.premises(here.store, away).with_columns(
            left=pl.format("{} / {}", "left", "staff"),
            note=pl.when(pl.col("left") == 0).then(pl.lit(t("nobody left"))).otherwise(pl.lit("")),
        ),
        {"location": st.column_config.TextColumn(t("Premises"), pinned=True), "left": t("Left"), "note": ""},
        alt=t("Staff left at each premises"),
    )


def _answer(here: "Page", of: Plan, found: list[Gap]) -> None:
    """In one sentence; and the button that gives away at once whatever somebody stands in for."""
    t = here.t
    uncovered = {gap.duty for gap in found if gap.stand_in is None}
    if uncovered:
        st.error(t("**{n} duties are uncovered.**", n=len(uncovered)), icon=":material/person_off:")
    elif found:
        st.success(t("Everything is covered by who stands in."), icon=":material/check_circle:")
    elif of.focal:
        st.success(
            t("They leave no duty of the plan and no shift of the next two weeks open."), icon=":material/check_circle:"
        )
    able = [gap for gap in found if gap.stand_in is not None]
    if len(able) > 1:
        days = sum(len(gap.days) for gap in able)
        if st.button(t("Give all that to who stands in ({n} entries in the rota)", n=days), type="primary",
                     key="continuity_all", icon=":material/swap_horiz:"):  # fmt: skip
            _give(here, {(day, gap.duty): gap.stand_in for gap in able for day in gap.days})


def _gap(here: "Page", gap: Gap, known: dict[int, str], at: int) -> None:
    t = here.t
    duty = widgets.plain(gap.duty)
    who = widgets.plain(known.get(gap.person_id, ""))
    with st.container(border=True, gap="small"):
        icon = ":green[:material/check_circle:]" if gap.stand_in is not None else ":red[:material/person_off:]"
        says = (
            t("Stands in: **{name}**.", name=widgets.plain(known[gap.stand_in]))
            if gap.stand_in is not None
            else t("Nobody stands in.")
        )
        st.markdown(f"{icon} **{duty}** – {who}. {says}")
        when = _days(here, gap.days)
        st.caption(
            t("Their shifts: {days}", days=when)
            if gap.shifts
            else t("Theirs by the plan, working days: {days}", days=when)
        )
        choice = ([gap.stand_in] if gap.stand_in is not None else []) + list(gap.others)
        if not choice:
            st.caption(t("Nobody is free on all of these days."))
            return
        key = f"continuity_{at}_{gap.duty}_{gap.person_id}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                t("Give it to (those with the fewest duties first)"), choice,
                format_func=lambda person: known.get(person, ""), key=key, width=320,
            )  # fmt: skip
            if (
                st.button(t("Put into the rota"), key=f"{key}_give", icon=":material/swap_horiz:")
                and chosen is not None
            ):
                _give(here, {(day, gap.duty): chosen for day in gap.days})


def _give(here: "Page", changes: dict[tuple[date, str], int | None]) -> None:
    rota.fill(here.store, here.account, changes)
    st.session_state[SAID] = here.t("Saved: {n} entries in the rota.", n=len(changes))
    st.rerun()


def _days(here: "Page", days: Sequence[date]) -> str:
    """Three days by name, more as from – to."""
    if len(days) <= 3:
        return ", ".join(f"{day:%d/%m}" for day in days)
    return here.t("{n} from {first} to {last}", n=len(days), first=f"{days[0]:%d/%m}", last=f"{days[-1]:%d/%m}")
