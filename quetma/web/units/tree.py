"""The tree of units: names, what is above, whose each place is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from quetma import units
from quetma.units import LONGEST, Unit, UnitError
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID = "units_said"


def view(here: "Page") -> None:
    """One unit changed, another one added."""
    t = here.t
    known = {unit.unit_id: unit for unit in units.every(here.store)}
    with st.expander(t("Change the units"), icon=":material/account_tree:", key="units_tree"):
        if said := st.session_state.pop(SAID, None):
            st.success(widgets.plain(said), icon=":material/check_circle:")
        left, right = st.columns(2, gap="large")
        with left:
            _change(here, known)
        with right:
            _add(here, known)


def _change(here: "Page", known: dict[int, Unit]) -> None:
    t, store = here.t, here.store
    number = st.selectbox(
        t("Unit to change"),
        list(known),
        index=None,
        format_func=units.named(known),
        placeholder=t("Choose one"),
        key="units_of",
    )
    if number is None or number not in known:
        return
    unit, mine = known[number], units.place_units(store)
    registered = dict(store.ask("flow/locations").iter_rows())
    own = [place for place in registered if mine.get(place) == (number if unit.parent else None)]
    with st.form(f"units_change_{number}_{store.version}"):
        name = st.text_input(t("Name of the unit"), unit.name, max_chars=LONGEST)
        above = unit.parent
        if unit.parent is not None:
            others = [other for other in known if other != number]
            above = st.selectbox(
                t("Unit above"), others, index=others.index(unit.parent), format_func=units.named(known)
            )
        taken = st.multiselect(
            t("Its places"), list(registered), default=own, format_func=lambda place: registered.get(place, ""),
            placeholder=t("none of its own"), help=t("A place is one unit's alone, with all that ever happened there."),
        )  # fmt: skip
        pressed = st.form_submit_button(t("Save"), type="primary")

    if pressed:
        _do(
            here,
            lambda: units.change(store, number, name, above, here.account, taken),
            t("{name} is saved.", name=name),
        )
    alone = not any(one.parent == number for one in known.values())
    if (
        alone
        and (unit.parent is None or not (unit.places or unit.accounts))
        and st.button(t("Remove this unit"), icon=":material/delete:", key="units_remove")
    ):
        _do(here, lambda: units.remove(store, number, here.account), t("{name} is removed.", name=unit.name))


def _add(here: "Page", known: dict[int, Unit]) -> None:
    t = here.t
    with st.form("units_add", clear_on_submit=True):
        st.markdown(f"**{t('Add a unit')}**")
        name = st.text_input(t("Name of the unit"), max_chars=LONGEST, key="units_new_name")
        above = st.selectbox(t("Unit above"), list(known), format_func=units.named(known), key="units_new_above")
        pressed = st.form_submit_button(t("Add"), icon=":material/add:")
    if pressed:
        _do(here, lambda: units.add(here.store, name, above, here.account), t("{name} is added.", name=name))


def _do(here: "Page", act: Callable[[], object], said: str) -> None:
    """Does it and says so, or says why not."""
    try:
        act()
    except UnitError as refused:
        st.error(refused.words(here.t), icon=":material/error:")
        return
    st.session_state[SAID] = said
    st.rerun()
