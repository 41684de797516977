"""The list of places, and the form of one of them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import places
from quetma.places import Place, PlaceError
from quetma.store import now
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID = "places_said"  # in the session: what was done just now
OPEN = "places_open"  # which place is open: its location_id, 0 for a new one, None for none
NEW = 0


def pick(here: "Page", known: Sequence[Place]) -> Place | None:
    """The list, and which of it is open."""
    t = here.t
    if known:
        st.caption(t("Choose a row at its left edge to change a place, print its code or close it."))
        _list(here, known)
    else:
        st.info(t("No place is known yet. Register one, or upload a log that names it."), icon=":material/info:")
    st.button(
        t("Register a place"),
        icon=":material/add_location:",
        on_click=lambda: st.session_state.update({OPEN: NEW}),
        key="places_new",
    )
    opened = st.session_state.get(OPEN)
    if opened == NEW:
        return Place("")
    return next((place for place in known if place.location_id == opened), None)


def _list(here: "Page", known: Sequence[Place]) -> None:
    t = here.t
    sides = {True: t("indoors"), False: t("in the open"), None: ""}
    frame = pl.DataFrame(
        [
            {
                "name": place.name,
                "state": t("closed from {day}", day=here.day(place.closed_on)) if place.closed_on else t("open"),
                "district": place.district,
                "address": place.address,
                "hours": hours(place),
                "capacity": here.number(place.capacity) if place.capacity else "",
                "enclosed": sides[place.enclosed],
                "managers": ", ".join(place.managers),
                "names": ", ".join(place.names),
                "scans": place.scans,
            }
            for place in known
        ]
    )
    columns: dict[str, Any] = {
        "name": t("Location"), "state": t("State"), "district": t("District"), "address": t("Address"),
        "hours": t("Open"), "capacity": t("Capacity"), "enclosed": t("Indoors"), "managers": t("Managers"),
        "names": t("Other names in logs"), "scans": t("Scans"),
    }  # fmt: skip
    numbers = [place.location_id for place in known]
    opened = st.session_state.get(OPEN)
    key = f"places_list_{here.store.version}"
    st.dataframe(
        frame.select(*columns),
        column_config=columns,
        hide_index=True,
        alt=t("The unit's places"),
        key=key,
        on_select=partial(_picked, key, numbers),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [numbers.index(opened)] if opened in numbers else []}},
    )


def _picked(key: str, numbers: list[int | None]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[OPEN] = numbers[rows[0]] if rows else None


def hours(place: Place) -> str:
    """`07:00–17:00`; '' when nobody said."""
    ends = [f"{moment:%H:%M}" if moment else "…" for moment in (place.opens, place.closes)]
    return "–".join(ends) if place.opens or place.closes else ""


def form(here: "Page", place: Place) -> None:
    """Everything that is known of a place, to be changed."""
    t, key = here.t, f"place_{place.location_id or NEW}"
    with st.container(border=True, key="place_open"):
        st.header(widgets.plain(place.name) if place.name else t("A new place"), anchor=False)
        with st.form(f"{key}_form", border=False):
            name = st.text_input(t("Name of the place"), place.name, max_chars=places.LONGEST, key=f"{key}_name")
            with st.grid(2, min_column_width=220):
                address = st.text_input(t("Address"), place.address, max_chars=places.LONGEST, key=f"{key}_address")
                district = st.text_input(t("District"), place.district, max_chars=places.LONGEST, key=f"{key}_district")
                opens = st.time_input(t("Opens at"), place.opens, step=900, key=f"{key}_opens")
                closes = st.time_input(t("Closes at"), place.closes, step=900, key=f"{key}_closes")
                capacity = st.number_input(
                    t("Capacity (people at once)"), 1, places.LARGEST, place.capacity, key=f"{key}_capacity"
                )
                enclosed = st.selectbox(
                    t("Indoors or in the open"), [None, True, False], [None, True, False].index(place.enclosed),
                    format_func=lambda one: {True: t("indoors"), False: t("in the open"), None: t("not said")}[one],
                    key=f"{key}_enclosed",
                )  # fmt: skip
                latitude = st.number_input(
                    t("Latitude"), -90.0, 90.0, place.latitude, step=0.0001, format="%.5f", key=f"{key}_latitude"
                )
                longitude = st.number_input(
                    t("Longitude"), -180.0, 180.0, place.longitude, step=0.0001, format="%.5f", key=f"{key}_longitude"
                )
            managers = st.multiselect(
                t("Managers"), _names(here, place), place.managers, accept_new_options=True, key=f"{key}_managers"
            )
            names = st.multiselect(
                t("Other names in logs"), place.names, place.names, accept_new_options=True, key=f"{key}_names",
                help=t("What logs call this place besides its name; tones and capitals do not matter."),
            )  # fmt: skip
            send = st.form_submit_button(t("Save"), type="primary", icon=":material/save:")
        if send:
            said = Place(
                name, place.location_id, address, district, capacity, opens, closes, enclosed, tuple(managers),
                latitude, longitude, place.closed_on, tuple(names),
            )  # fmt: skip
            _do(
                here,
                lambda: places.save(here.store, said, here.account).location_id,
                t("{place} is saved.", place=name),
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if place.location_id is not None:
                _closing(here, place, key)
            st.button(
                t("Close the form"),
                icon=":material/close:",
                key=f"{key}_away",
                on_click=lambda: st.session_state.update({OPEN: None}),
            )


def _closing(here: "Page", place: Place, key: str) -> None:
    """Closes a place from a day on, or opens it again."""
    t, number = here.t, place.location_id
    assert number is not None
    if place.closed_on:
        if st.button(t("Open this place again"), icon=":material/lock_open:", key=f"{key}_reopen"):
            said = t("{place} is open again.", place=place.name)
            _do(here, lambda: places.reopen(here.store, number, here.account), said)
        return
    today = now().date()
    day: date | None = st.date_input(
        t("First day on which it is closed"), today, min_value=today - timedelta(days=3650),
        max_value=today + timedelta(days=3650), format="DD/MM/YYYY", key=f"{key}_closed", width=220,
    )  # fmt: skip
    help_ = t("Nobody can check in there from that day on. Scans, traces and figures of before stay.")
    if st.button(t("Close this place"), icon=":material/lock:", help=help_, key=f"{key}_close") and day:
        said = t("{place} is closed from {day} on. Its history stays.", place=place.name, day=here.day(day))
        _do(here, lambda: places.close(here.store, number, day, here.account), said)


def _names(here: "Page", place: Place) -> list[str]:
    """The staff, to choose managers from."""
    staff = here.store.ask("places/staff")["name"].to_list()
    return list(dict.fromkeys([*place.managers, *staff]))


def _do(here: "Page", what: Callable[[], int | None], said: str) -> None:
    """Does it and draws the page as it is then, or says why not."""
    try:
        with st.spinner(here.t("Making the figures anew…")):
            number = what()
    except PlaceError as refused:
        st.error(refused.words(here.t), icon=":material/error:")
        return
    if number is not None:
        st.session_state[OPEN] = number
    st.session_state[SAID] = said
    st.rerun()
