"""People by days: who did a duty on which day, and why not where it was not due."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import compliance, terms
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

DAYS = 62  # columns at once
SIGNS = {"done": "✓", "half": "◐", "missed": "✗", "absent": "P", "off": "·", "exempt": "–"}


def view(here: "Page") -> None:
    """What is asked, the table, what its signs mean."""
    t, names = here.t, terms.duties(here.t)
    duty = st.segmented_control(
        t("Duty"),
        ["scanned", "declared", "vaccinated", "apps"],
        default="scanned",
        required=True,
        format_func=names.__getitem__,
        key="matrix_duty",
        wrap=True,
    )
    first, last = widgets.period(here, key="matrix_period", default="4weeks")
    rows = compliance.matrix(here.store, duty or "scanned", first, last)
    days = [name for name in rows.columns if name[:2] == "20"]
    if len(days) > DAYS:
        st.caption(t("The last {n} days.", n=DAYS))
        days = days[-DAYS:]
    if rows.is_empty():
        st.caption(t("No day with data lies in that time."))
        return
    shown = rows.with_columns(pl.col(days).replace_strict(SIGNS, default="", return_dtype=pl.String))
    weekdays = t("Mo,Tu,We,Th,Fr,Sa,Su").split(",")
    columns: dict[str, Any] = {
        "name": st.column_config.TextColumn(t("Full name"), pinned=True),
        "missed": st.column_config.NumberColumn(t("Missed"), format="%d"),
    }
    columns |= {iso: f"{weekdays[date.fromisoformat(iso).weekday()]} {iso[8:]}/{iso[5:7]}" for iso in days}
    widgets.people_table(here, shown, "matrix_people", columns, alt=names[duty or "scanned"])
    words = {
        "done": t("done"), "half": t("scanned in or out only"), "missed": t("not done"), "absent": t("absent"),
        "off": t("day off or holiday"), "exempt": t("not due: no smartphone"),
    }  # fmt: skip
    found = {value for iso in days for value in rows[iso].drop_nulls().unique()}
    st.caption(" · ".join(f"{SIGNS[code]} {words[code]}" for code in SIGNS if code in found))
