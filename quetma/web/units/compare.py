"""The table that compares units: a row each, those that need help first; choosing one opens it."""

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import comparison, terms
from quetma.access import small
from quetma.comparison import Standing
from quetma.web import widgets
from quetma.web.units import picker

if TYPE_CHECKING:
    from quetma.web.page import Page

KEY = "units_compared"
SHOWN = ("scanned", "declared", "vaccinated", "apps")  # duties: of today first
WIDE = 115  # pixels of a share: wide enough for its heading
HIGHEST = 740  # pixels of the table: twenty units, the others by scrolling
CHOSEN = "units_chosen"  # in the session: a row was chosen just now, Overview is to open


def view(here: "Page") -> None:
    """The table of a day, with what is looked at first in words above it."""
    t, store = here.t, here.store
    if st.session_state.pop(CHOSEN, False):
        st.switch_page(widgets.PAGES / "overview.py")
    if not comparison.beside(store):
        st.info(t("This unit has no units beneath it. Choose another one at the left."), icon=":material/account_tree:")
        return
    today = store.today()
    day = st.date_input(
        t("Figures of"), today, max_value=today, format="DD/MM/YYYY", key=f"units_day_{today}", width=220
    )
    found = comparison.of(store, day or today, here.role)
    _first(here, found)
    title = t("Units beneath: {n}", n=len(found))
    st.subheader(title, anchor=False)
    if here.may("units"):
        st.caption(t("Those that need help stand first: without a log of the day, then by open cases, then by the "
                     "share of duties not done. Choose a row at its left edge to open that unit."))  # fmt: skip
    _table(here, found, title)
    if small.fewest(here.role) > 1:
        st.caption(t("Empty, or –: not shown, as it is about one or two people, or their figure would follow from it."))


def _first(here: "Page", found: list[Standing]) -> None:
    """What to look at, in a sentence each."""
    t = here.t
    silent = [one.unit.name for one in found if one.silent]
    if silent:
        more = f" … (+{len(silent) - 5})" if len(silent) > 5 else ""
        text = t("No scan at all on the day, though staff owe one: {who}.", who=", ".join(silent[:5]) + more)
        st.warning(widgets.plain(text), icon=":material/upload_file:")
    cases = sum(one.cases or 0 for one in found)
    if cases:
        st.warning(t("Open cases in these units: {n}.", n=cases), icon=":material/emergency_home:")


def _table(here: "Page", found: list[Standing], title: str) -> None:
    t, labels = here.t, terms.duties(here.t)

    def share(one: Standing, duty: str) -> float | None:
        if not (told := one.duties[duty]):
            return None
        have, due = told
        return 1.0 if have == due else min(round(have / due, 2), 0.99)  # what is not all is never said to be all

    frame = pl.DataFrame(
        [
            {
                "unit": one.unit.name,
                **{duty: share(one, duty) for duty in SHOWN},
                "staff": one.staff,
                "visitors": one.visitors,
                "scans": one.scans,
                "cases": one.cases,
                "last_day": one.last_day,
                "uploaded_at": one.uploaded_at,
            }
            for one in found
        ],
        schema_overrides=dict.fromkeys(SHOWN, pl.Float64)
        | {
            "staff": pl.Int64,
            "visitors": pl.Int64,
            "scans": pl.Int64,
            "cases": pl.Int64,
            "last_day": pl.Date,
            "uploaded_at": pl.Datetime,
        },
        infer_schema_length=None,
    )
    columns: dict[str, Any] = {
        "unit": st.column_config.TextColumn(t("Team or unit"), pinned=True),
        **{
            duty: st.column_config.ProgressColumn(labels[duty], format="percent", max_value=1, width=WIDE)
            for duty in SHOWN
        },
        "cases": t("Open cases"),
        "staff": t("Staff"),
        "visitors": t("Visitors"),
        "scans": t("Scans"),
        "last_day": st.column_config.DateColumn(t("Newest day"), format="DD/MM/YYYY"),
        "uploaded_at": st.column_config.DatetimeColumn(t("Last upload"), format="HH:mm DD/MM/YYYY"),
    }
    if not here.may("trace"):
        del columns["cases"]
    numbers = [one.unit.unit_id for one in found]
    opens: dict[str, Any] = {"selection_mode": "single-row", "on_select": lambda: _opened(numbers)}
    st.dataframe(
        frame.select(*columns), column_config=columns, hide_index=True, alt=title, key=KEY, placeholder="–",
        height=min(36 + 35 * len(found), HIGHEST), **opens if here.may("units") else {},
    )  # fmt: skip


def _opened(numbers: list[int]) -> None:
    rows = st.session_state[KEY]["selection"]["rows"]
    if rows:
        picker.open_unit(numbers[rows[0]])
        st.session_state[CHOSEN] = True
