"""All contacts of all cases in one table: filtered, each opened by its button, exported."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import directory, language, terms
from quetma.documents import MEDIA_TYPES
from quetma.documents import follow_up as document
from quetma.web import downloads
from quetma.web.cases import acts

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", contacts: pl.DataFrame) -> None:
    """The filters, the table, the files."""
    t = here.t
    if contacts.is_empty():
        st.info(t("No contacts are listed. Under *Cases*, list those that the trace finds."), icon=":material/info:")
        return
    rows = _filtered(here, of_case(here, contacts, "cases_table_case"))
    table(here, rows, "cases_table")
    exports(here, rows)


def of_case(here: "Page", contacts: pl.DataFrame, key: str) -> pl.DataFrame:
    """The contacts of one case, or of all; the field shows only where there are several cases."""
    t = here.t
    known = dict(contacts.unique("case_id").sort("case_id").select("case_id", "case_name").iter_rows())
    if len(known) < 2:
        return contacts
    chosen = st.selectbox(
        t("Case"),
        [None, *known],
        format_func=lambda case: f"{case} · {known[case]}" if case in known else t("All cases"),
        key=key,
        persist_state="session",
    )
    return contacts.filter(pl.col("case_id") == chosen) if chosen in known else contacts


def _filtered(here: "Page", contacts: pl.DataFrame) -> pl.DataFrame:
    t = here.t
    names = terms.progress(t)
    text = st.text_input(
        t("Find a person by name or phone"),
        type="search",
        live="300ms",
        placeholder=t("For example: van an, or 0912 345"),
        key="cases_find",
    )
    with st.container(horizontal=True):
        degrees = st.pills(
            t("Class"),
            sorted(contacts["degree"].unique()),
            selection_mode="multi",
            format_func=lambda degree: f"F{degree}",
            key="cases_degrees",
        )
        progress = st.pills(
            t("Follow-up"),
            [name for name in names if name in set(contacts["progress"])],
            selection_mode="multi",
            format_func=lambda name: names[name],
            key="cases_progress",
        )
    if degrees:
        contacts = contacts.filter(pl.col("degree").is_in(degrees))
    if progress:
        contacts = contacts.filter(pl.col("progress").is_in(progress))
    return directory.among(contacts, text or "")


def table(here: "Page", rows: pl.DataFrame, key: str) -> None:
    """Contacts (rows of `follow_up.state`), each with a button that opens it."""
    t = here.t
    if rows.is_empty():
        st.caption(t("Nobody."))
        return
    chosen = list(rows.select("case_id", "person_id").iter_rows())
    progress, outcomes = terms.progress(t), terms.outcomes(t)
    # who is overdue, in the same words as everywhere
    shown = rows.with_columns(
        pl.col("progress").replace_strict(progress, return_dtype=pl.String),
        pl.col("minutes").round(),
        pl.concat_str(pl.lit("F"), "degree").alias("class"),
        open=pl.lit(t("Open")),
        due=pl.Series([terms.due(t, row) for row in rows.iter_rows(named=True)], dtype=pl.String),
        verdict=pl.col("verdict").replace(outcomes["verdict"]),
        quarantine=pl.col("quarantine").replace(outcomes["quarantine"]),
        health=pl.col("health").replace(outcomes["health"]),
        test=pl.col("test").replace(outcomes["test"]),
        asked=pl.concat_str("health_given", pl.lit("/"), "health_due"),
    )
    click = f"{key}_open"
    day = "DD/MM/YYYY"
    moment = "HH:mm DD/MM/YYYY"
    columns: dict[str, Any] = {
        "name": st.column_config.TextColumn(t("Name"), pinned=True),
        "open": st.column_config.ButtonColumn("", width="small", key=click, on_click=_clicked, args=(click, chosen)),
        "phone_shown": t("Phone"),
        "class": t("Class"),
        "case_name": t("Case"),
        "progress": t("Follow-up"),
        "due": st.column_config.TextColumn(t("Due"), width="large"),
        "reached_at": st.column_config.DatetimeColumn(t("Reached"), format=moment),
        "verdict": t("Decision"),
        "quarantine": t("Quarantine"),
        "ends_on": st.column_config.DateColumn(t("Quarantine until"), format=day),
        "watch_ends_on": st.column_config.DateColumn(t("Watched until"), format=day),
        "health": t("Health"),
        "asked": t("Days asked"),
        "test": t("Test"),
        "minutes": st.column_config.NumberColumn(t("Minutes shared"), format="%d"),
        "exposed_at": st.column_config.DatetimeColumn(t("First shared"), format=moment),
        "last_at": st.column_config.DatetimeColumn(t("Last shared"), format=moment),
        "location": t("Location"),
    }
    always = {"name", "open", "phone_shown", "class", "case_name", "progress", "due"}
    columns = {name: column for name, column in columns.items() if name in always or shown[name].count()}
    st.dataframe(
        shown.select(*columns),
        column_config=columns,
        hide_index=True,
        placeholder="",
        key=key,
        alt=t("Listed contacts"),
    )


def _clicked(click: str, chosen: list[tuple[int, int]]) -> None:
    acts.open_contact(*chosen[st.session_state[click]["row"]])


def exports(here: "Page", rows: pl.DataFrame) -> None:
    """The contacts as files, as they stand now, with the figures of public health."""
    t, moment = here.t, here.store.clock()
    said = document.sentence(rows, moment, language.translator("en"))
    with st.container(horizontal=True):
        for fmt, label in (("xlsx", t("Workbook with the figures (Excel)")), ("csv", "CSV")):

            def write(path: Path, fmt: str = fmt) -> None:
                document.write(rows, moment, fmt, path, here.language)

            url = downloads.offer(
                here.session, write, f"theo-doi-tiep-xuc-{moment:%Y-%m-%d}.{fmt}", MEDIA_TYPES[fmt],
                ("export contacts", fmt, said),
            )  # fmt: skip
            st.link_button(label, url, icon=":material/download:")
