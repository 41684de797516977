"""Comparison: the units beneath one's own beside each other, who needs help first; the tree, for who may change it."""

import streamlit as st

from quetma import units
from quetma.web import page
from quetma.web.units import compare, tree

here = page.begin("Comparison", right="figures")
if not units.several(here.session.store):
    st.info(here.t("There is nothing to compare here."), icon=":material/info:")
    st.stop()
compare.view(here)
if here.may("installation"):
    tree.view(here)
