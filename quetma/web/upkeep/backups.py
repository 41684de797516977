"""Backups: the newest, one made now, when and where they are made, their passphrase, how one is brought back."""

from datetime import time
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import backup, restore, settings, upkeep
from quetma.backup import BackupError
from quetma.intake.errors import Refusal
from quetma.sealed import SealError
from quetma.store import StoreError
from quetma.web import widgets
from quetma.web.upkeep.condition import megabytes

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID = "upkeep_said"
DOUBTS = "upkeep_doubts"  # in the session: of the backup made ready
SHOWN = 20


def view(here: "Page") -> None:
    """All of it."""
    t, store = here.t, here.store
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("Back up now"), type="primary", icon=":material/save:", key="upkeep_backup"):
            _make(here)
    _runs(here)
    if not store.demo:
        _bring_back(here)
        _settings(here)
        _passphrase(here)


def _bring_back(here: "Page") -> None:
    """What to do on the server, or a backup made ready to take the store's place at the next start."""
    t, store = here.t, here.store
    if restore.waits(store):
        st.warning(t("A backup is ready to take the place of what is here, as soon as the dashboard is started "
                     "again. What is "
                     "entered until then goes aside with the rest."), icon=":material/restore:")  # fmt: skip
        for doubt in st.session_state.get(DOUBTS, ()):
            st.error(widgets.plain(t("This backup is not what was backed up: somebody may have changed the file. "
                                     "Found: {what}.", what=doubt)), icon=":material/error:")  # fmt: skip
        if st.button(t("Do not bring it back after all"), key="upkeep_forget"):
            restore.forget(store, here.account)
            st.rerun()
        return
    with st.expander(t("How to bring a backup back"), icon=":material/restore:"):
        st.markdown(
            t("On the server, with the dashboard stopped, in the folder of the program: `{command}`. Or here: choose "
              "one; it "
              "takes the place of what is here when the dashboard is started again. Either way what is here is not "
              "written "
              "over but kept in a folder `before-restore-…`, and everybody signs in again.",
              command=".venv/bin/python -m quetma restore FILE")
        )  # fmt: skip
        there = {path.name: path for path in backup.kept(store)}
        if not there:
            return
        with st.form("upkeep_restore", border=False, clear_on_submit=True):
            name = st.selectbox(t("Which backup"), list(there), key="upkeep_which")
            phrase = st.text_input(t("Its passphrase, if it has one"), type="password", max_chars=200,
                                   autocomplete="off")  # fmt: skip
            if not st.form_submit_button(t("Bring it back at the next start"), icon=":material/restore:"):
                return
        try:
            found = restore.at_next_start(store, there[name], phrase or None, here.account)
        except (Refusal, StoreError) as refused:
            st.error(widgets.plain(refused.words(t) if isinstance(refused, Refusal) else str(refused)),
                     icon=":material/error:")  # fmt: skip
            return
        st.session_state[SAID] = t("The backup of {moment} was looked through and is ready: {scans} scans, {people} "
                                   "people. "
                                   "Start the dashboard again.", moment=here.moment(found.made_at),
                                   scans=here.number(found.counts["scans"]),
                                   people=here.number(found.counts["people"]))  # fmt: skip
        st.session_state[DOUBTS] = found.doubts
        st.rerun()


def _make(here: "Page") -> None:
    t = here.t
    try:
        with st.spinner(t("The backup is made, read again and counted …")):
            made = backup.make_now(here.store, here.account)
    except BackupError as refused:
        st.error(widgets.plain(refused.words(t)), icon=":material/error:")
        return
    st.session_state[SAID] = t("The backup {file} is made and was read again: {rows} rows, "
                               "{size}.", file=made.path.name,
                               rows=here.number(made.rows), size=megabytes(here, made.size))  # fmt: skip
    st.rerun()


def _runs(here: "Page") -> None:
    t, store = here.t, here.store
    found = [*upkeep.runs(store, "backup", SHOWN), *upkeep.runs(store, "restore", SHOWN)]
    if not found:
        st.info(t("No backup was made yet. One a day is made by itself while the dashboard runs."),
                icon=":material/info:")  # fmt: skip
        return
    there = {path.name for path in backup.kept(store)}
    locks = {True: t("with passphrase"), False: t("without passphrase")}
    words = {"backup": t("Backed up"), "restore": t("Restored")}

    def outcome(run: upkeep.Run) -> str:
        name = run.detail.get("file", "").rpartition("/")[2]
        if run.failed:
            return f"✗ {run.failed}"
        if run.task == "restore":
            return f"↩ {name}"
        return f"✓ {name}" + ("" if name in there else f" ({t('no longer in the folder')})")

    rows = pl.DataFrame(
        [
            {
                "ran_at": run.ran_at, "task": words[run.task], "outcome": outcome(run),
                "rows": run.detail.get("rows"), "size": round(run.detail.get("size", 0) / 1e6, 1) or None,
                "locked": locks.get(run.detail.get("locked"), ""),
                "seconds": run.detail.get("seconds"), "ran_by": run.ran_by,
            }
            for run in sorted(found, key=lambda run: run.ran_at, reverse=True)[:SHOWN]
        ],
        schema_overrides={"rows": pl.Int64, "size": pl.Float64, "seconds": pl.Float64},
    )  # fmt: skip
    number = st.column_config.NumberColumn
    widgets.table(
        rows,
        {
            "ran_at": st.column_config.DatetimeColumn(t("Done at"), format="HH:mm DD/MM/YYYY"),
            "task": t("What"),
            "outcome": st.column_config.TextColumn(t("Outcome"), width="large"),
            "rows": number(t("Rows")),
            "size": number("MB"),
            "locked": t("Lock"),
            "seconds": number(t("Seconds")),
            "ran_by": t("Done by"),
        },
        alt=t("Backups"),
    )


def _settings(here: "Page") -> None:
    t, store = here.t, here.store
    with st.form("upkeep_backups", border=True):
        st.markdown(t("**Made by itself, once a day**"))
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            at = st.time_input(t("From this hour on"), value=settings.get(store, "backup_at"), step=900, width=180)
            keep = st.number_input(t("So many are kept"), 1, 400, settings.get(store, "backup_kept"), width=180)
        folder = st.text_input(
            t("Into this folder of the server (empty: backups/ in the store's folder)"),
            value=settings.get(store, "backup_folder"), max_chars=500,
            help=t("Best a disk of its own or a network share, so that the fire that takes the one leaves the other."),
        )  # fmt: skip
        if not st.form_submit_button(t("Save"), icon=":material/save:"):
            return
    try:
        backup.set_up(store, here.account, f"{at or time(1):%H:%M}", int(keep), (folder or "").strip())
    except BackupError as refused:
        st.error(widgets.plain(refused.words(t)), icon=":material/error:")
        return
    st.session_state[SAID] = t("Saved.")
    st.rerun()


def _passphrase(here: "Page") -> None:
    t, store = here.t, here.store
    locked = backup.key(store) is not None
    with st.form("upkeep_passphrase", border=True, clear_on_submit=True):
        st.markdown(t("**Passphrase of the backups**"))
        st.caption(
            t("Backups are locked with a passphrase that is kept nowhere here: write it down and lock it away. "
              "Without it "
              "nobody can open them.") if locked else
            t("Backups are not locked: whoever has the file can read all of it. With a passphrase nobody can without "
              "it; it "
              "is kept nowhere here: write it down and lock it away.")
        )  # fmt: skip
        first = st.text_input(t("New passphrase"), type="password", max_chars=200, autocomplete="new-password")
        again = st.text_input(t("The same again"), type="password", max_chars=200, autocomplete="new-password")
        forget = locked and st.checkbox(t("Leave backups open from now on"))
        if not st.form_submit_button(t("Save"), icon=":material/lock:"):
            return
    if not forget and (not first or first != again):
        st.error(t("The two passphrases differ, or are empty. Nothing was changed."), icon=":material/error:")
        return
    try:
        backup.set_passphrase(store, here.account, "" if forget else first)
    except SealError as refused:
        st.error(widgets.plain(refused.words(t)), icon=":material/error:")
        return
    st.session_state[SAID] = t("Saved. It holds for backups from now on; earlier ones open as they did.")
    st.rerun()
