"""The ledger: the decisions that hold, filtered; the notice to the person concerned, taking one back, the file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import conduct, language, mail, notices, settings, terms
from quetma.conduct import ConductError
from quetma.documents import MEDIA_TYPES, reminders
from quetma.documents import ledger as document
from quetma.web import downloads, widgets
from quetma.web.conduct import acts

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", everything: pl.DataFrame) -> None:
    """What is asked, the decisions as a table, one of them opened, the files."""
    t = here.t
    if everything.is_empty():
        st.info(t("Nothing is decided yet. Decisions about missed duties will stand here."), icon=":material/info:")
        return
    asked = _asked(here)
    rows = asked.of(everything)
    here.audit("open ledger", asked.sentence(language.translator("en"), rows.height))
    if rows.is_empty():
        st.info(t("No decision fits. Change what is asked above."), icon=":material/search_off:")
        return
    _table(here, rows)
    with st.container(horizontal=True):
        for fmt, name in (("xlsx", "Excel"), ("csv", "CSV")):

            def write(path: Path, fmt: str = fmt) -> None:
                document.write(rows, asked, fmt, path, here.language)

            said = asked.sentence(language.translator("en"), rows.height)
            url = downloads.offer(
                here.session, write, f"so-xu-ly.{fmt}", MEDIA_TYPES[fmt], ("export ledger", fmt, said)
            )
            st.link_button(name, url, icon=":material/download:")
    steps = terms.steps(t)
    by_number = {row["entry_id"]: row for row in rows.iter_rows(named=True)}

    def label(number: int) -> str:
        row = by_number.get(number)
        return f"{number} · {row['name']} · {here.day(row['decided_on'])} · {steps[row['step']]}" if row else ""

    if st.session_state.get("ledger_opened") not in by_number:
        st.session_state["ledger_opened"] = None
    chosen = st.selectbox(t("Open a decision"), list(by_number), format_func=label, index=None, key="ledger_opened",
                          placeholder=t("Choose one"))  # fmt: skip
    if chosen in by_number:
        _decision(here, by_number[chosen])


def _asked(here: "Page") -> document.Filter:
    t = here.t
    steps, about = terms.steps(t), terms.missed(t)
    with st.grid(3, min_column_width=200):
        text = st.text_input(
            t("Name or phone"), key="ledger_text", max_chars=60, placeholder=t("a piece is enough"),
            icon=":material/search:",
        )  # fmt: skip
        first, last = (
            st.date_input(label, value=None, min_value=widgets.FIRST_DAY, format="DD/MM/YYYY", key=f"ledger_{key}")
            for key, label in (("first", t("Decided from")), ("last", t("Decided until")))
        )
        chosen = st.pills(
            t("Step decided"), list(steps), selection_mode="multi", format_func=lambda step: steps[step],
            key="ledger_steps",
        )  # fmt: skip
        duties = st.pills(
            t("About"), list(about), selection_mode="multi", format_func=lambda duty: about[duty], key="ledger_duties"
        )
    untold = st.checkbox(t("Only what has not reached the person yet"), key="ledger_untold")
    return document.Filter(text or "", tuple(chosen or ()), tuple(duties or ()), first, last, bool(untold))


def _table(here: "Page", rows: pl.DataFrame) -> None:
    t = here.t
    told = terms.channels(t)
    widgets.table(
        rows.with_columns(
            pl.col("step").replace(terms.steps(t)), pl.col("duty").replace(terms.missed(t)),
            days=pl.col("missed").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", "),
            told=pl.when(pl.col("told").list.len() > 0)
            .then(pl.lit("✓ ") + pl.col("told").list.eval(pl.element().replace(told)).list.join(", "))
            .when(pl.col("failed") != "").then(pl.lit("✗ " + t("e-mail failed")))
            .otherwise(pl.lit("– " + t("not yet"))),
            refuted=pl.when(pl.col("refuted").list.len() > 0).then(
                pl.lit("⚠ ") + pl.col("refuted").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", ")
            ).otherwise(pl.lit("")),
        ),
        {
            "name": st.column_config.TextColumn(t("Full name"), pinned=True),
            "decided_on": st.column_config.DateColumn(t("Decided on"), format="DD/MM/YYYY"),
            "step": t("Step decided"),
            "duty": t("About"),
            "days": t("Which days"),
            "told": t("Reached them"),
            **({"refuted": t("Not missed by now")} if rows["refuted"].list.len().sum() else {}),
            "document": t("Document"),
            "reason": st.column_config.TextColumn(t("Reason"), width="large"),
            "entered_by": t("Decided by"),
        },
        alt=t("Decisions about missed duties, newest first"),
    )  # fmt: skip


def _decision(here: "Page", row: dict[str, Any]) -> None:
    """The notice to the person concerned, how it reached them, and the way back."""
    t, number = here.t, row["entry_id"]
    unit = settings.get(here.store, "unit_name")
    with st.container(border=True):
        if row["refuted"]:
            st.warning(
                t("By now the data says that {days} was not missed: perhaps the decision is to be taken back.",
                  days=", ".join(map(here.day, row["refuted"]))),
                icon=":material/history:",
            )  # fmt: skip
        st.caption(t("The notice to the person concerned; the button at its right copies it."))
        st.code(reminders.notice(notices.WRITTEN, row, unit), language=None, wrap_lines=True)
        st.caption(t("{moment}, by {who}", moment=here.moment(row["entered_at"]), who=widgets.plain(row["entered_by"])))
        _told(here, row)
        with st.expander(t("Everything decided about {name}", name=widgets.plain(row["name"])), key=f"extract_{number}",
                         icon=":material/contact_page:", on_change="rerun") as of:  # fmt: skip
            if of.open:
                here.audit("open extract", f"{row['name']} {row['phone_shown']}".strip())
                told = conduct.everything(here.store, row["person_id"]).rows(named=True)
                st.code(reminders.extract(notices.WRITTEN, told, unit), language=None, wrap_lines=True)
        with st.form(f"take_back_{number}", border=False):
            why = st.text_input(t("Why it is taken back"), max_chars=500, key=f"take_back_why_{number}")
            if st.form_submit_button(t("Take back"), icon=":material/undo:"):
                _do(here, lambda: conduct.take_back(here.store, here.account, number, why or ""),
                    t("Taken back: {name}.", name=row["name"]))  # fmt: skip


def _told(here: "Page", row: dict[str, Any]) -> None:
    """How it reached the person, and what else can be done so that it does."""
    t, number, words = here.t, row["entry_id"], terms.channels(here.t)
    if row["told"]:
        way = ", ".join(words[channel] for channel in row["told"])
        st.markdown(
            ":green[:material/check_circle:] "
            + t("It reached the person: {way}; first at {moment}.", way=way, moment=here.moment(row["told_at"]))
        )
    else:
        st.markdown(":orange[:material/info:] " + t("It is not noted that it reached the person."))
    if row["failed"]:
        st.markdown(":red[:material/mail_off:] " + t("The last e-mail failed: {why}", why=t(row["failed"])))
    with st.container(horizontal=True):
        for channel, label in (("handed", t("Handed over in writing")), ("told", t("Told in person"))):
            if channel not in row["told"] and st.button(label, key=f"told_{channel}_{number}", icon=":material/check:"):
                _do(here, lambda way=channel: conduct.told(here.store, here.account, number, way),
                    t("Noted: {name}, {way}.", name=row["name"], way=words[channel]))  # fmt: skip
        if mail.server(here.store) and row["person_id"] in mail.addresses(here.store):
            label = t("Send by e-mail again") if "email" in row["told"] else t("Send by e-mail")
            if st.button(label, key=f"told_email_{number}", icon=":material/mail:"):
                acts.send(here, "", [number])
                st.rerun()


def _do(here: "Page", act: Any, said: str) -> None:
    try:
        act()
    except ConductError as refused:
        st.error(f"{here.t(str(refused))} {here.t('Nothing was saved.')}", icon=":material/error:")
        return
    st.session_state[acts.SAID] = said
    st.rerun()
