"""People by days: who did a duty on which day, and why not where it was not due. A click on a row opens the person.

A table of plain HTML: what a cell says is a sign, a colour and words; screen readers read it, and it works by keyboard.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import streamlit as st

from quetma import compliance, terms
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

HERE = Path(__file__).parent
DAYS = 62  # columns at once
# What a cell says: its sign, and its colour, of those that the theme has.
SIGNS = {
    "done": ("✓", "green"), "half": ("◐", "orange"), "missed": ("✗", "red"), "leave": ("⌂", "blue"),
    "trip": ("→", "blue"), "off": ("·", ""), "exempt": ("–", "gray"), "phone": ("–", "gray"),
}  # fmt: skip
LETTERS = np.frombuffer(b"abcdefgh ", "S1")  # how a cell is sent: of `compliance.CODES`, or of nobody's


def words(here: "Page") -> dict[str, str]:
    """What each sign means."""
    t = here.t
    return {
        "done": t("done"), "half": t("scanned in or out only"), "missed": t("not done"), "leave": t("on leave"),
        "trip": t("on a trip or on duty elsewhere"), "off": t("day off or holiday"),
        "exempt": t("exempt, for a reason noted down"), "phone": t("not due: no smartphone"),
    }  # fmt: skip


def view(here: "Page") -> None:
    """What is asked, the table, what its signs mean."""
    t, names = here.t, terms.duties(here.t)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        duty = st.segmented_control(
            t("Duty"), ["scanned", "declared", "vaccinated", "apps"], default="scanned", required=True,
            format_func=names.__getitem__, key="matrix_duty", persist_state="session", wrap=True,
        )  # fmt: skip
        first, last = _days(here)
    duty = duty or "scanned"
    rows = compliance.matrix(here.store, duty, first, last)
    if rows.is_empty():
        st.caption(t("No day with data lies in that time."))
        return
    codes = {code for day in rows.columns[3:] for code in rows[day].unique()}
    meaning = words(here)
    signs: dict[tuple[str, str], list[str]] = {}  # two reasons have one sign
    for code in (code for code in SIGNS if code in codes):
        signs.setdefault(SIGNS[code], []).append(meaning[code])
    st.markdown("\u2003".join(f"{_badge(*sign)} {' / '.join(several)}" for sign, several in signs.items()))
    draw(here, rows, names[duty])
    st.caption(t("A click on a name opens the person."))


def _badge(sign: str, colour: str) -> str:
    return f":{colour}-badge[{sign}]" if colour else f"**{sign}**"


def _days(here: "Page") -> tuple[date, date]:
    """Today, this week, the last four weeks, or any month with data."""
    t, today = here.t, here.store.today()
    spans = {"today": t("Today"), "week": t("This week"), "4weeks": t("Last 4 weeks"), "any": t("A month")}
    chosen = st.segmented_control(
        t("Period"), list(spans), default="4weeks", required=True, format_func=spans.__getitem__, key="matrix_period",
        persist_state="session", wrap=True,
    )  # fmt: skip
    if chosen != "any":
        return widgets.preset_days(chosen or "4weeks", today, None)
    months = here.store.ask("compliance/calendar")["day"].dt.month_start().unique().sort(descending=True).to_list()
    month = st.selectbox(
        t("Month"), months or [today.replace(day=1)], format_func=lambda month: f"{month:%m/%Y}", key="matrix_month",
        width=140,
    )  # fmt: skip
    return month, (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def draw(here: "Page", rows: pl.DataFrame, title: str) -> None:
    """The table of a `compliance.matrix`."""
    t = here.t
    days = [name for name in rows.columns if name[:2] == "20"][-DAYS:]
    people = rows["person_id"].to_list()
    weekdays = t("Mo,Tu,We,Th,Fr,Sa,Su").split(",")
    known = dict(here.store.ask("compliance/calendar").select("day", "holiday").iter_rows())
    dates = [date.fromisoformat(iso) for iso in days]
    cells = LETTERS[rows.select(pl.col(days).to_physical().fill_null(len(compliance.CODES))).to_numpy(order="c")]
    letters = cells.view(f"S{len(days)}").ravel().astype(str).tolist()
    meaning = words(here)
    _table(
        key="matrix_table",
        data={
            "title": t("{duty}: people by days", duty=title),
            "name": t("Full name"),
            "missed": t("Missed"),
            "days": [[f"{day:%d/%m}", weekdays[day.weekday()], known.get(day) or ""] for day in dates],
            "rows": [
                [name, missed, cells] for name, missed, cells in zip(rows["name"], rows["missed"], letters, strict=True)
            ],
            "signs": {
                letter: [*SIGNS[code], meaning[code]]
                for letter, code in zip(LETTERS.astype(str), compliance.CODES, strict=False)
            },
        },
        on_person_change=lambda: _open(people),
    )


def _open(people: list[int]) -> None:
    chosen = st.session_state["matrix_table"].person
    if isinstance(chosen, int) and 0 <= chosen < len(people):
        widgets.open_person(people[chosen])


_table = st.components.v2.component(
    "quetma_matrix",
    html="<div class='frame' tabindex='0' role='region'></div>",
    css=(HERE / "matrix.css").read_text(encoding="utf-8"),
    js=(HERE / "matrix.js").read_text(encoding="utf-8"),
)
