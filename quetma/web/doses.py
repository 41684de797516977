"""The doses of the staff: how far each person's go, every dose with the paper it was seen on, and who misses theirs."""

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import compliance, terms
from quetma.access import small
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", day: date) -> None:
    """How many reached which level by the day; behind it, for those who may see health data, the people."""
    t, may = here.t, here.may("health")
    courses = compliance.courses(here.store, day, names=may)
    if not may and courses.height < small.FEWEST:
        return
    levels = terms.levels(t)
    shares = Counter(courses["level"])
    several = small.merged([(level, shares[level]) for level in reversed(levels) if level in shares], here.role)
    told = ", ".join(f"{' / '.join(levels[level] for level in group)} {n}" for group, n in several)
    label = t("Doses: {level}", level=told)
    if not may:
        st.caption(label)
        return
    rows = widgets.open_rows(here, label, key="courses")
    if not rows.open:
        return
    with rows:
        doses = compliance.doses(here.store, day)
        missing = doses.filter("missing")
        views = {
            "courses": (t("How far"), lambda: _courses(here, courses, label)),
            "all": (t("Every dose ({n})", n=doses["number"].count()), lambda: _doses(here, doses, "doses_all")),
            "missing": (
                t("Missing ({n})", n=missing["person_id"].n_unique()),
                lambda: _doses(here, missing, "doses_missing"),
            ),
        }
        chosen = st.segmented_control(
            t("Show"), list(views), default="courses", required=True, format_func=lambda view: views[view][0],
            key="doses_view", persist_state="session", wrap=True,
        )  # fmt: skip
        views[chosen or "courses"][1]()


def _courses(here: "Page", courses: pl.DataFrame, label: str) -> None:
    t = here.t
    columns = {
        "name": t("Full name"), "level": t("Doses"), "since": _day(t("Reached on")),
        "first_day": _day(t("Protects from")), "last_day": _day(t("Protects until")), "position": t("Position"),
    }  # fmt: skip
    shown = courses.sort("level", "last_day", nulls_last=True, maintain_order=True).with_columns(
        pl.col("level").replace_strict(terms.levels(t), return_dtype=pl.String)
    )
    widgets.people_table(here, shown, "courses_people", columns, alt=label)


def _doses(here: "Page", doses: pl.DataFrame, key: str) -> None:
    t = here.t
    state = (
        pl.when(pl.col("number").is_null()).then(pl.lit(t("✗ no dose")))
        .when(pl.col("confirmed_by").is_null()).then(pl.lit(t("◐ not confirmed")))
        .otherwise(pl.lit(t("✓ seen on paper")))
    )  # fmt: skip
    columns: dict[str, Any] = {
        "name": st.column_config.TextColumn(t("Full name"), pinned=True),
        "number": st.column_config.NumberColumn(t("Dose number"), width="small"),
        "state": t("State"),
        "given_on": _day(t("Given on")),
        "vaccine": t("Vaccine"),
        "given_at": t("Place"),
        "lot": t("Lot"),
        "confirmed_by": t("Confirmed by"),
        "source": t("File, line"),
    }
    shown = doses.with_columns(state=state, source=pl.format("{}, {}", "file_name", "line"))
    widgets.people_table(here, shown, key, columns, alt=t("Vaccine doses"), traced=False)
    st.caption(t("*Open* leads to the person, where doses are corrected and confirmed."))


def _day(label: str) -> Any:
    return st.column_config.DateColumn(label, format="DD/MM/YYYY")
