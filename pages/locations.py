"""The unit's places: register, change, close them; their printed codes; where they are."""

import streamlit as st

from quetma import places
from quetma.web import page, widgets
from quetma.web.places import codes, register, sketch

here = page.begin("Locations and codes", right="places")
t, store = here.t, here.store

if said := st.session_state.pop(register.SAID, None):
    st.success(widgets.plain(said), icon=":material/check_circle:")
if here.may("installation"):
    codes.public_address(here)
known = places.every(store)
chosen = register.pick(here, known)
if chosen is not None:
    register.form(here, chosen)
    if chosen.location_id is not None:
        codes.of_place(here, chosen)
codes.print_all(here, known)
codes.retired_scans(here)
sketch.draw(here, known)
