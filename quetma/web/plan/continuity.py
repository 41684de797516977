"""If these people stay away: which duties are uncovered, who stands in, who is left at each premises."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import continuity
from quetma.continuity import Gap
from quetma.plan import Plan
from quetma.web import widgets
from quetma.web.plan.show import name_of

if TYPE_CHECKING:
    from quetma.web.page import Page

AWAY = "continuity_away"  # person_ids; set by who opens the page about some people
NAMED = 4  # others who could be asked


def view(here: "Page", of: Plan) -> None:
    """Who is away, and what that leaves open."""
    t = here.t
    staff = continuity.staff(here.store)
    if staff.is_empty():
        widgets.empty(here, t("Nobody is on the staff list."))
        return
    known = dict(staff.select("person_id", "name").iter_rows())
    now = [person for person in known if person in continuity.away_now(here.store)]
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
    uncovered = [gap for gap in found if gap.stand_in is None]
    if uncovered:
        st.error(t("**{n} duties are uncovered.**", n=len(uncovered)), icon=":material/person_off:")
    elif found:
        st.success(t("Everything is covered by who stands in."), icon=":material/check_circle:")
    elif of.focal:
        st.success(
            t("They have no duty in the plan and no shift in the next two weeks."), icon=":material/check_circle:"
        )
    for gap in [*uncovered, *(gap for gap in found if gap.stand_in is not None)]:
        _gap(here, gap)
    st.markdown(f"#### {t('Who is left at each premises')}")
    widgets.table(
        continuity.premises(here.store, away).with_columns(
            left=pl.format("{} / {}", "left", "staff"), note=pl.when(pl.col("left") == 0).then(pl.lit(t("nobody left")))
        ),
        {"location": st.column_config.TextColumn(t("Premises"), pinned=True), "left": t("Left"), "note": ""},
        alt=t("Staff left at each premises"),
    )


def _gap(here: "Page", gap: Gap) -> None:
    t = here.t
    duty = widgets.plain(gap.duty)
    when = t(" on {day}", day=here.day(gap.day)) if gap.day else ""
    who = widgets.plain(name_of(here, gap.person_id))
    with st.container(border=True, gap="xsmall"):
        if gap.stand_in is not None:
            st.markdown(
                f":green[:material/check_circle:] **{duty}**{when} – {who}. "
                + t("Stands in: **{name}**.", name=widgets.plain(name_of(here, gap.stand_in)))
            )
            return
        st.markdown(f":red[:material/person_off:] **{duty}**{when} – {who}. " + t("Nobody stands in."))
        if gap.others:
            others = ", ".join(widgets.plain(name_of(here, person)) for person in gap.others[:NAMED])
            st.caption(t("With the fewest duties: {names}", names=others))
