"""How the store and what it runs on are: warnings, figures, versions, sizes; the audit looked through."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import health, upkeep
from quetma.health import Concern
from quetma.upkeep import Run
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page


def warnings(here: "Page", found: Sequence[Concern]) -> None:
    """Each in a box of its own; or that there is none."""
    if here.store.demo:
        st.info(here.t("The demo unit's time stands still: nothing is backed up or deleted by itself there."),
                icon=":material/science:")  # fmt: skip
        return
    for one in found:
        told = widgets.plain(one.words(here.t))
        if one.level == "urgent":
            st.error(told, icon=":material/error:")
        else:
            st.warning(told, icon=":material/warning:")
    if not found:
        st.success(here.t("Nothing is amiss."), icon=":material/check_circle:")


def cards(here: "Page", backed_up: Run | None, purged: Run | None) -> None:
    """Size, last backup, last deletion, who is signed in."""
    t, store = here.t, here.store
    signed_in = health.signed_in(store)
    widgets.cards(
        here,
        [
            widgets.Card(t("Size of the store"), megabytes(here, health.size(store))),
            _when(here, t("Last good backup"), backed_up),
            _when(here, t("Last deletion run"), purged),
            widgets.Card(t("Signed in"), here.number(sum(signed_in.values())),
                         t("Accounts: {n}", n=len(signed_in))),
        ],
        across=4,
    )  # fmt: skip


def _when(here: "Page", label: str, run: Run | None) -> widgets.Card:
    return widgets.Card(label, f"{run.ran_at:%H:%M}", here.day(run.ran_at.date())) if run else widgets.Card(label, "–")


def megabytes(here: "Page", size: int) -> str:
    """`12,3 MB`."""
    return f"{here.number(round(size / 1e6, 1))} MB"


def view(here: "Page") -> None:
    """Sizes, versions, and the audit's chain."""
    t, store = here.t, here.store
    names = {
        "store": t("Store"), "documents": t("Documents made"), "incoming": t("Files not loaded yet"),
        "inbox": t("Inbox"), "backups": t("Backups"),
    }  # fmt: skip
    rows = [(names[name], megabytes(here, size)) for name, size in health.sizes(store).items()]
    if million := health.per_million(store):
        rows.append((t("Disk for a million scans"), megabytes(here, million)))
    if memory := health.process_memory():
        rows.append((t("Memory of the server"), megabytes(here, memory)))
    rows.append((t("Running since"), here.moment(health.STARTED)))
    told = [*rows, *health.versions(store).items()]
    widgets.table(
        pl.DataFrame(told, schema={"what": pl.String, "value": pl.String}, orient="row"),
        {"what": t("What"), "value": st.column_config.TextColumn(t("Value"), width="large")},
        alt=t("Versions and sizes"),
    )
    st.subheader(t("The audit's chain"), anchor=False)
    st.caption(t("Each line is sealed with the one before it. Looking it through names the first that was changed, "
                 "added "
                 "or taken out since. Write the last seal down from time to time: later it must be the "
                 "same."))  # fmt: skip
    if st.button(t("Look the audit through"), icon=":material/policy:", key="upkeep_audit"):
        here.audit("look at audit chain", "")
        st.session_state["upkeep_chain"] = upkeep.look_at_audit(store, here.account)
    if (wrong := st.session_state.get("upkeep_chain")) is not None:
        number, seal = health.audit_head(store)
        if wrong:
            st.error(widgets.plain(wrong[0]), icon=":material/error:")
        else:
            st.success(t("{n} lines hang together. The last seal: {seal}", n=here.number(number), seal=seal[:16]),
                       icon=":material/check_circle:")  # fmt: skip
