"""Rows of an uploaded file as screens show them: how many became what, what each became, why one was rejected."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import intake
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page


def accounted(here: "Page", counts: Mapping[str, int]) -> str:
    """`12 dòng = 9 mới + 2 đã có + 1 không nhận`."""
    return here.t(
        "{rows} rows = {accepted} new + {duplicates} already stored + {rejected} rejected",
        **{key: here.number(counts[key]) for key in ("rows", "accepted", "duplicates", "rejected")},
    )


def count_cards(here: "Page", counts: Mapping[str, int]) -> None:
    """rows = new + already stored + rejected."""
    t = here.t
    widgets.cards(
        here,
        [
            widgets.Card(t("Rows in the file"), here.number(counts["rows"])),
            widgets.Card(f":material/check_circle: {t('New')}", here.number(counts["accepted"])),
            widgets.Card(f":material/content_copy: {t('Already stored')}", here.number(counts["duplicates"])),
            widgets.Card(f":material/cancel: {t('Rejected')}", here.number(counts["rejected"])),
        ],
        across=4,
    )


def became(here: "Page", frame: pl.DataFrame) -> None:
    """What the first rows became (`Prepared.became`)."""
    t = here.t
    if frame.is_empty():
        st.caption(t("No row of this file can be taken."))
        return
    outcomes = {
        "accepted": t("✓ New"),
        "duplicate": t("= Already stored"),
        "rejected": t("✕ Rejected"),
    }
    directions = {"in": t("in"), "out": t("out"), "unknown": t("unknown")}
    frame = frame.drop(name for name in frame.columns if name.startswith("half_") and not frame[name].any())
    code = pl.col("outcome").cast(pl.String), pl.col("^direction$").cast(pl.String)
    shown = frame.with_columns(code[0].replace(outcomes), code[1].replace(directions))
    _table(here, shown, t("The first rows, and what each became"))


def rejects(here: "Page", frame: pl.DataFrame) -> None:
    """Rejected rows, line, reason and raw, with the reasons in words."""
    shown = frame.with_columns(pl.col("reason").cast(pl.String).replace(reasons(here)))
    _table(here, shown, here.t("Rejected rows"), reason=here.t("Why"))


def reasons(here: "Page") -> dict[str, str]:
    """Code → why a row is rejected, in words."""
    return {code: here.t(text) for code, text in intake.REASONS.items()}


def _table(here: "Page", frame: pl.DataFrame, alt: str, **labels: str) -> None:
    """Rows of a file, columns named in the reader's language; empty columns left out."""
    t = here.t
    day, moment = st.column_config.DateColumn, st.column_config.DatetimeColumn
    columns: dict[str, Any] = {
        "line": st.column_config.NumberColumn(t("Line"), format="%d"),
        "outcome": t("Outcome"),
        "scanned_at": moment(t("Time"), format="HH:mm:ss DD/MM/YYYY"),
        "declared_at": moment(t("Declared at"), format="HH:mm DD/MM/YYYY"),
        "given_on": day(t("Given on"), format="DD/MM/YYYY"),
        "installed_on": day(t("Installed on"), format="DD/MM/YYYY"),
        "started": day(t("Started"), format="DD/MM/YYYY"),
        "ended": day(t("Ended"), format="DD/MM/YYYY"),
        "smartphone": st.column_config.CheckboxColumn(t("Smartphone")),
        "given_at": t("Place"),
        "first_day": day(t("First day away"), format="DD/MM/YYYY"),
        "last_day": day(t("Last day away"), format="DD/MM/YYYY"),
        "half_first": st.column_config.CheckboxColumn(t("Half of the first day")),
        "half_last": st.column_config.CheckboxColumn(t("Half of the last day")),
        "raw": t("The row as it stands in the file"),
    }
    filled = [name for name in frame.columns if frame[name].null_count() < frame.height]
    config = {name: columns.get(name) or t(intake.FIELDS[name]) for name in filled} | labels
    st.dataframe(frame.select(filled), column_config=config, hide_index=True, placeholder="", alt=alt)
