"""What holds of a person, in tables that can be edited. An edit is an upload of its own: it can be taken back."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import compliance, dossier, terms
from quetma.dossier import Dossier
from quetma.intake import IntakeError, edit
from quetma.intake.undo import undo
from quetma.store import StoreError
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID = "person_said"  # in the session: what was saved, as a batch; or that it was taken back
SHOWN = {
    "doses": ["number", "vaccine", "given_on", "given_at", "lot", "confirmed_by"],
    "apps": ["app", "installed_on"],
    "declarations": ["declared_at", "symptoms"],
    "exemptions": ["duty", "reason", "first_day", "last_day"],
}


def titles(here: "Page") -> dict[str, str]:
    """What each table is called."""
    t = here.t
    return {
        "doses": t("Vaccine doses"), "apps": t("App installs"), "declarations": t("Health declarations"),
        "exemptions": t("Exemptions"), "roster": t("Staff roster"),
    }  # fmt: skip


def said(here: "Page") -> None:
    """What was just saved, with a button that takes it back."""
    t, told = here.t, st.session_state.get(SAID)
    if told is None:
        return
    if not told:
        st.success(t("Taken back: everything is as it was before."), icon=":material/undo:")
        st.session_state[SAID] = None
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.success(
            t("Saved as upload {batch}; the figures are made again.", batch=told), icon=":material/check_circle:"
        )
        st.button(t("Take it back"), icon=":material/undo:", key="person_undo", on_click=lambda: _take_back(here, told))


def _take_back(here: "Page", batch: int) -> None:
    try:
        undo(here.store, batch, here.account)
    except StoreError:  # somebody else was quicker
        st.session_state[SAID] = None
        return
    here.audit("undo upload", f"{batch}")
    st.session_state[SAID] = 0


def table(here: "Page", person: int, kind: str, span: tuple[date, date]) -> None:
    """One kind as a table to edit: cells, new rows below, rows to delete at their left edge. span: of declarations."""
    t = here.t
    before = dossier.before(here.store, person, kind, span)
    frame = pl.DataFrame(before, {name: edit.COLUMNS[kind][name] for name in SHOWN[kind]})
    key = f"person_{kind}_{person}_{here.store.version}"
    with st.form(f"{key}_form", border=False):
        edited = widgets.editor(
            frame, column_config=_columns(here, kind), num_rows="dynamic", hide_index=True, placeholder="", key=key,
            alt=titles(here)[kind],
        )  # fmt: skip
        pressed = st.form_submit_button(
            t("Save: {what}", what=titles(here)[kind]), icon=":material/save:", key=f"{key}_save"
        )
    if pressed:
        _save(here, person, kind, before, edited.to_dicts())


def _save(here: "Page", person: int, kind: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    t = here.t
    try:
        rows = edit.changes(kind, person, before, after)
        if not rows:
            st.info(t("No cell was changed."), icon=":material/info:")
            return
        store(here, kind, rows)
    except IntakeError as refused:
        st.error(refused.words(t, widgets.plain), icon=":material/error:")


def store(here: "Page", kind: str, rows: list[edit.Row]) -> None:
    """Saves an edit and draws the page anew, with what was saved above it."""
    title = here.t("Edited on screen: {what}", what=titles(here)[kind])
    st.session_state[SAID] = edit.save(here.store, here.account, kind, rows, title).batch_id
    st.rerun()


def _columns(here: "Page", kind: str) -> dict[str, Any]:
    t, column = here.t, st.column_config
    duties = terms.duties(t)

    def day(label: str, needed: bool = False) -> Any:
        return column.DateColumn(label, format="DD/MM/YYYY", min_value=edit.FIRST, required=needed)

    return {
        "doses": {
            "number": column.NumberColumn(
                t("Dose number"), min_value=1, max_value=9, step=1, required=True, width="small"
            ),
            "vaccine": column.TextColumn(t("Vaccine"), max_chars=100),
            "given_on": day(t("Given on"), True),
            "given_at": column.TextColumn(t("Place"), max_chars=200),
            "lot": column.TextColumn(t("Lot"), max_chars=50),
            "confirmed_by": column.TextColumn(
                t("Confirmed by"), max_chars=200,
                help=t("Who saw which paper. Without it the dose is not confirmed and does not count."),
            ),
        },
        "apps": {
            "app": column.TextColumn(t("App"), max_chars=50, required=True),
            "installed_on": day(t("Installed on"), True),
        },
        "declarations": {
            "declared_at": column.DatetimeColumn(t("Declared at"), format="DD/MM/YYYY HH:mm", required=True),
            "symptoms": column.TextColumn(t("Symptoms"), max_chars=200, help=t("Empty: none.")),
        },
        "exemptions": {
            "duty": column.SelectboxColumn(
                t("Duty exempted from"), options=list(compliance.DUTIES), format_func=lambda duty: duties.get(duty, ""),
                required=True,
            ),
            "reason": column.TextColumn(t("Reason"), max_chars=200),
            "first_day": day(t("From"), True),
            "last_day": day(t("Until, empty: open")),
        },
    }[kind]  # fmt: skip


def smartphone(here: "Page", person: int, found: Dossier) -> None:
    """The staff row in force, and whether they have a smartphone, from a day on."""
    t = here.t
    if found.employment.is_empty():
        st.caption(t("Not on the staff list."))
        return
    shown = found.employment.with_columns(
        smartphone=pl.when("smartphone").then(pl.lit(t("yes"))).otherwise(pl.lit(t("no")))
    )
    day = st.column_config.DateColumn
    widgets.table(
        shown,
        {
            "position": t("Position"), "location": t("Premises"), "smartphone": t("Smartphone"),
            "first_day": day(t("From"), format="DD/MM/YYYY"), "last_day": day(t("Until"), format="DD/MM/YYYY"),
        },
        alt=titles(here)["roster"],
    )  # fmt: skip
    newest = found.employment.row(0, named=True)
    form = st.form(f"person_phone_{person}_{here.store.version}", border=False)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        has = st.segmented_control(
            t("Smartphone"), [True, False], default=newest["smartphone"], required=True,
            format_func=lambda has: t("yes") if has else t("no"), key=f"person_has_{person}",
        )  # fmt: skip
        since = st.date_input(
            t("From"), value=here.store.today(), min_value=edit.FIRST, format="DD/MM/YYYY", width=160,
            key=f"person_since_{person}",
        )  # fmt: skip
        pressed = st.form_submit_button(t("Save"), icon=":material/save:", key=f"person_phone_save_{person}")
    if pressed:
        if has == newest["smartphone"]:
            st.info(t("No cell was changed."), icon=":material/info:")
            return
        row = {name: newest[name] for name in ("position", "started", "ended")}
        row |= {"place": newest["location"], "smartphone": bool(has), "since": since}
        store(here, "roster", [edit.Row(person, row)])
