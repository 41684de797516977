"""A side of bench/matrix.py, told by the address: the matrix of the compliance page, or a bare table of that size."""

from datetime import date, timedelta

import polars as pl
import streamlit as st

from quetma import compliance
from quetma.access import sessions
from quetma.store import configured_folder, open_store
from quetma.web import matrix, page

FIRST, DAYS = date(2021, 8, 2), 31


@st.cache_resource
def opened() -> None:
    """The store and who is signed in, as dashboard.py brings them back."""
    sessions.load(open_store(configured_folder()))


opened()
here = page.guard()
drawn = st.button("draw")
if drawn and st.query_params["side"] == "matrix":
    found = compliance.matrix(here.store, "scanned", FIRST, FIRST + timedelta(DAYS - 1))
    matrix.draw(here, found, "Scanned")
elif drawn:
    # From constants: nothing is asked.
    names = {"name": [f"Người thứ {n}" for n in range(300)], "missed": [n % 5 for n in range(300)]}
    cells = {f"{FIRST + timedelta(n)}": ["✓✗◐·"[(row + n) % 4] for row in range(300)] for n in range(DAYS)}
    st.dataframe(pl.DataFrame(names | cells), hide_index=True, height=700)
