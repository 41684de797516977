"""Snapshots for analysts: the last, one made now or fetched as a ZIP, and where one is published each day."""

from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import documents, settings, snapshot, upkeep
from quetma.snapshot import SnapshotError
from quetma.store import now
from quetma.web import downloads, exporter, widgets
from quetma.web.upkeep.backups import SAID
from quetma.web.upkeep.condition import megabytes

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 20


def view(here: "Page") -> None:
    """All of it."""
    t, store = here.t, here.store
    st.markdown(
        t("For analysts, under pseudonyms: who was where when, and figures, as Parquet files that any tool "
          "reads; no names, phones, free texts or health data. Beside it lies what each column holds, and what risk "
          "remains.")
    )  # fmt: skip
    _fetch(here)
    _runs(here)
    if not store.demo:
        _settings(here)


def _fetch(here: "Page") -> None:
    t, store = here.t, here.store
    scans = int(store.ask("snapshot/days")["scans"].sum())
    name = f"{snapshot.NAME.format(now())}.zip"
    st.markdown(f"**{t('Fetch one')}**")
    exporter.links(
        here,
        [
            exporter.Link(
                "ZIP",
                downloads.offer(
                    here.session, lambda path, told: snapshot.pack(store, path, told), name,
                    documents.MEDIA_TYPES["zip"], ("snapshot", name, "zip"), rows=scans,
                ),
                name,
            )
        ],
        key="upkeep_snapshot_zip",
    )  # fmt: skip
    st.caption(t("It is personal data still: keep it where only those may read who need it. Each is recorded."))


def _runs(here: "Page") -> None:
    t, store = here.t, here.store
    found = upkeep.runs(store, "snapshot", SHOWN)
    folder = settings.get(store, "snapshot_folder")
    if folder and st.button(t("Publish one now"), icon=":material/publish:", key="upkeep_snapshot"):
        try:
            with st.spinner(t("The snapshot is made …")):
                made = snapshot.publish(store, here.account, Path(folder))
        except SnapshotError as refused:
            st.error(widgets.plain(refused.words(t)), icon=":material/error:")
        else:
            scans, size = here.number(made.rows["scan"]), megabytes(here, made.size)
            st.session_state[SAID] = t(
                "The snapshot {name} is published: {scans} scans, {size}.", name=made.path.name, scans=scans, size=size
            )
            st.rerun()
    if not found:
        st.caption(t("None was published yet."))
        return
    rows = pl.DataFrame(
        [
            {
                "ran_at": run.ran_at,
                "outcome": f"✗ {run.failed}" if run.failed else f"✓ {run.detail['folder']}",
                "scans": run.detail.get("rows", {}).get("scan"),
                "size": round(run.detail.get("size", 0) / 1e6, 1) or None,
                "seconds": run.detail.get("seconds"),
                "ran_by": run.ran_by,
            }
            for run in found
        ],
        schema_overrides={"scans": pl.Int64, "size": pl.Float64, "seconds": pl.Float64},
    )
    number = st.column_config.NumberColumn
    widgets.table(
        rows,
        {
            "ran_at": st.column_config.DatetimeColumn(t("Done at"), format="HH:mm DD/MM/YYYY"),
            "outcome": st.column_config.TextColumn(t("Outcome"), width="large"),
            "scans": number(t("Scans")),
            "size": number("MB"),
            "seconds": number(t("Seconds")),
            "ran_by": t("Done by"),
        },
        alt=t("Snapshots"),
    )


def _settings(here: "Page") -> None:
    t, store = here.t, here.store
    with st.form("upkeep_snapshots", border=True):
        st.markdown(t("**Published by itself, once a day**"))
        at = st.time_input(t("From this hour on"), value=settings.get(store, "snapshot_at"), step=900, width=180)
        folder = st.text_input(
            t("Into this folder of the server (empty: none is published)"),
            value=settings.get(store, "snapshot_folder"), max_chars=500,
            help=t("A folder outside the store's that exists. Who may read it may read the snapshot; each takes the "
                   "place of the one before."),
        )  # fmt: skip
        if not st.form_submit_button(t("Save"), icon=":material/save:"):
            return
    try:
        snapshot.set_up(store, here.account, (folder or "").strip(), f"{at or time(2, 30):%H:%M}")
    except SnapshotError as refused:
        st.error(widgets.plain(refused.words(t)), icon=":material/error:")
        return
    st.session_state[SAID] = t("Saved.")
    st.rerun()
