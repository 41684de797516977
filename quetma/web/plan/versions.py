"""Every version of the plan: what changed from one to another, in words; one opened, and brought back as the newest."""

from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from quetma import plan, revision, terms
from quetma.plan import PEOPLE, PlanError, Saved
from quetma.revision import Change
from quetma.web import widgets
from quetma.web.plan import edit, show

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page") -> None:
    """The versions, one of them opened beside the one it is compared with."""
    t = here.t
    rows = plan.versions(here.store)
    if rows.is_empty():
        st.info(t("No version is saved yet. Under *Edit*, make the plan your own and save it."), icon=":material/info:")
        return
    widgets.table(
        rows,
        {
            "version": st.column_config.NumberColumn(t("Version"), format="%d", pinned=True),
            "saved_at": st.column_config.DatetimeColumn(t("Saved at"), format="HH:mm DD/MM/YYYY"),
            "saved_by": t("Saved by"),
            "note": st.column_config.TextColumn(t("What was new"), width="large"),
        },
        alt=t("Versions of the plan, newest first"),
    )
    numbers = rows["version"].to_list()
    with st.grid(2, min_column_width=220):
        chosen = st.selectbox(t("Open a version"), numbers, key="plan_version")
        others = [number for number in numbers if number != chosen]
        earlier = next((at for at, number in enumerate(others) if chosen and number < chosen), 0)
        with_which = None
        if others:
            with_which = st.selectbox(
                t("Compare it with version"), others, index=earlier, key=f"plan_compare_{chosen}"
            )  # fmt: skip
    saved = plan.opened(here.store, chosen) if chosen else None
    if saved is None:
        return
    if with_which and (other := plan.opened(here.store, with_which)):
        before, after = sorted((other, saved), key=lambda one: one.version)
        _compared(here, before, after)
    if chosen != numbers[0] and st.button(
        t("Bring version {n} back", n=chosen), icon=":material/restore:", key="plan_bring_back"
    ):
        try:
            version = plan.save(here.store, here.account, saved.plan, t("version {n} again", n=chosen))
        except PlanError as refused:
            st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
            return
        st.session_state[edit.SAID] = t("Saved as version {n}.", n=version)
        st.rerun()
    with st.container(border=True):
        show.view(here, saved)
        show.playbook(here, saved.plan)


def _compared(here: "Page", before: Saved, after: Saved) -> None:
    t = here.t
    found = revision.changes(before.plan, after.plan)
    said = t("From version {before} to version {after}: {n} changes", before=before.version, after=after.version,
             n=len(found))  # fmt: skip
    st.markdown(f"**{said}**")
    for change in found:
        st.markdown(f"- {sentence(here, change)}")


def sentence(here: "Page", change: Change) -> str:
    """A change in words, safe inside Markdown."""
    t = here.t
    row = widgets.plain(change.row)
    if not change.part:
        fields = {
            "title": t("Title"), "number": t("Number"), "issued_on": t("Date of the plan"),
            "general": t("General objective"), "ladder_days": t("A decision counts on the ladder for so many days"),
        }  # fmt: skip
        return t("{what}: **{after}** instead of {before}", what=fields[change.field],
                 **_values(here, change))  # fmt: skip
    part = edit.titles(here)[change.part]
    if change.kind == "added":
        return f":material/add: {part}: " + t("**{row}** is new", row=_step(here, change, row))
    if change.kind == "removed":
        return f":material/remove: {part}: " + t("**{row}** is gone", row=_step(here, change, row))
    return f":material/edit: {part}, {_step(here, change, row)}: " + t(
        "{what}: **{after}** instead of {before}", what=edit.fields_of(here)[change.part][change.field],
        **_values(here, change),
    )  # fmt: skip


def _step(here: "Page", change: Change, row: str) -> str:
    return terms.steps(here.t).get(change.row, row) if change.part == "ladder" else row


def _values(here: "Page", change: Change) -> dict[str, str]:
    return {name: _shown(here, change.field, getattr(change, name)) for name in ("before", "after")}


def _shown(here: "Page", field: str, value: Any) -> str:
    t = here.t
    words: dict[str, dict[Any, str]] = {
        "duty": terms.duties(t), "likelihood": terms.grades(t), "effect": terms.grades(t),
        "state": terms.progress_of_measure(t), "daily": {True: t("yes"), False: t("no")},
    }  # fmt: skip
    if value is None or value == "":
        return t("nothing")
    if field in PEOPLE:
        return widgets.plain(show.name_of(here, value))
    if isinstance(value, date):
        return here.day(value)
    return widgets.plain(str(words.get(field, {}).get(value, value)))
