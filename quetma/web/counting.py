"""What counts for a duty: the rules in force, shown to everybody who sees figures, and changed by a leader."""

from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from quetma import compliance, duties, settings, terms
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page


def vaccinated(here: "Page") -> str:
    """What counts as vaccinated, in a sentence."""
    t = here.t
    return {
        "one": t("At least one dose that has been confirmed."),
        "full": t("All doses of the full course, confirmed."),
        "booster": t("The full course and a booster, confirmed."),
    }[settings.get(here.store, "vaccinated_needs")]


def view(here: "Page", day: date) -> None:
    """The rules in a form."""
    t, store = here.t, here.store
    with st.expander(t("What counts"), icon=":material/rule:"):
        own = list(settings.get(store, "accepted_apps"))
        listed = duties.accepted(day)
        if not own:
            told = t("Apps that count on {day}, by the dated list: {apps}.", day=here.day(day), apps=", ".join(listed))
            st.caption(told)
        levels = {level: name for level, name in terms.levels(t).items() if level != "none"}
        # Of the values: when somebody else changes them, the form shows the new ones.
        with st.form(f"counting_{store.version}", border=False):
            days = st.number_input(
                t("For how many days a health declaration counts"), 1, 31,
                value=settings.get(store, "declaration_days"), help=t("The day it is given included."),
                key="counting_days",
            )  # fmt: skip
            needs = st.segmented_control(
                t("Vaccinated is who has"), list(levels), default=settings.get(store, "vaccinated_needs"),
                required=True, format_func=levels.__getitem__, key="counting_needs", wrap=True,
            )  # fmt: skip
            apps = st.multiselect(
                t("Apps that count on any day"), sorted({*own, *(app.name for app in duties.apps())}), default=own,
                accept_new_options=True, placeholder=t("none: those of the dated list"), key="counting_apps",
            )  # fmt: skip
            pressed = st.form_submit_button(t("Save what counts"), icon=":material/save:")
        if pressed:
            rules = {"declaration_days": str(int(days or 1)), "vaccinated_needs": needs or "one"}
            rules["accepted_apps"] = "|".join(app.replace("|", " ").strip() for app in apps)
            compliance.decide(store, here.account, rules)
            st.session_state["counting_said"] = True
            st.rerun()
        if st.session_state.pop("counting_said", False):
            st.success(t("Saved; the figures of all days are made again."), icon=":material/check_circle:")
        with st.popover(t("Where this comes from"), icon=":material/menu_book:"):
            for app in duties.apps():
                span = f"{here.day(app.first)} – {here.day(app.last)}"
                st.caption(" · ".join((widgets.plain(app.name), span, widgets.plain(app.source))))
