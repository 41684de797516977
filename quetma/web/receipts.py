"""Saved answers on a screen: saving one, the list of them with what differs by now, and one opened."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import changes, language, receipts, tracing
from quetma.documents import MEDIA_TYPES, workbook
from quetma.documents import trace as document
from quetma.receipts import Receipt
from quetma.web import downloads, widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

PAGE = 8  # saved answers at once: each is asked again to say what differs


def save_bar(here: "Page", answer: tracing.Trace, case_id: int | None = None) -> None:
    """A note and the button that saves the answer; afterwards, under which number. case_id: the registered case."""
    t = here.t
    with (
        st.form("receipt_save", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        note = st.text_input(
            t("Note"),
            max_chars=500,
            placeholder=t("Why it is saved, for example: first report to the district"),
            key="receipt_note",
        )
        pressed = st.form_submit_button(t("Save this answer"), icon=":material/bookmark_add:")
    if pressed:
        saved = receipts.save(here.store, answer, here.account, note or "", case_id)
        st.session_state["receipt_saved"] = saved.receipt_id
        st.rerun()  # the list may be on the page too
    if number := st.session_state.pop("receipt_saved", None):
        st.success(
            t("Saved as number {n}. It opens under “Saved answers”, the same however the data changes.", n=number),
            icon=":material/bookmark_added:",
        )


def saved_list(here: "Page", case_id: int | None = None) -> None:
    """The saved answers, newest first, each with what differs by now and a button that opens it in its place."""
    t = here.t
    shown = st.session_state.get("receipts_shown", PAGE)
    found, total = receipts.saved(here.store, case_id, rows=shown)
    if not found:
        st.info(
            t("No answer is saved yet. Save one, and later see here what new scans have changed about it."),
            icon=":material/bookmark:",
        )
        return
    for receipt in found:
        _listed(here, receipt)
    if total > len(found):
        st.button(
            t("Show older ones ({n} more)", n=here.number(total - len(found))),
            key="receipts_more",
            on_click=lambda: st.session_state.update(receipts_shown=shown + PAGE),
        )


def _listed(here: "Page", receipt: Receipt) -> None:
    t = here.t
    is_open = st.session_state.get("receipt_open") == receipt.receipt_id
    with st.container(border=True):
        if not receipt.intact:
            _broken(here, receipt)
            return
        counts = receipt.answer.counts
        st.markdown(
            t("**No. {n}: {who}** – {f1} suspected F1, {f2} suspected F2, {possible} possible",
              n=receipt.receipt_id, who=widgets.plain(_who(receipt)), f1=here.number(counts["f1"]),
              f2=here.number(counts["f2"]), possible=here.number(counts["possible"]))
        )  # fmt: skip
        st.caption(_saved(here, receipt) + (f" · {widgets.plain(receipt.note)}" if receipt.note else ""))
        found = changes.difference(here.store, receipt)
        _badge(here, found)
        st.button(
            t("Close") if is_open else t("Open"),
            key=f"receipt_{receipt.receipt_id}",
            icon=":material/expand_less:" if is_open else ":material/expand_more:",
            on_click=lambda: st.session_state.update(receipt_open=None if is_open else receipt.receipt_id),
        )
        if is_open:
            show(here, receipt)


def _badge(here: "Page", found: changes.Difference) -> None:
    """What differs by now and the first reasons, in a line."""
    t = here.t
    said = changes.badge(found, t)
    if found.same:
        st.markdown(f":material/check_circle: {widgets.plain(said)}")
        if found.grounds:
            st.caption(t("The data changed since, but not this answer: {why}.", why=_why(here, found)))
    else:
        why = f", {_why(here, found)}" if found.grounds else ""
        st.markdown(f":material/difference: **{widgets.plain(said)}**{why}.")


def _why(here: "Page", found: changes.Difference, named: int = 3) -> str:
    reasons = [widgets.plain(reason) for reason in changes.reasons(found, here.t)]
    more = [here.t("{n} more changes", n=len(reasons) - named)] if len(reasons) > named else []
    return "; ".join(reasons[:named] + more)


def _broken(here: "Page", receipt: Receipt) -> None:
    st.error(
        here.t("Saved answer no. {n} was changed after it was saved, its fingerprint does not fit: do not rely on it.",
               n=receipt.receipt_id),
        icon=":material/gpp_bad:",
    )  # fmt: skip


def _who(receipt: Receipt) -> str:
    return ", ".join(receipt.answer.people["name"])


def _saved(here: "Page", receipt: Receipt) -> str:
    who = widgets.plain(receipt.saved_by)
    return here.t("Saved at {moment} by {who}", moment=here.moment(receipt.saved_at), who=who)


def show(here: "Page", receipt: Receipt) -> None:
    """One saved answer: exactly as it was saved, what it rests on, and how the store answers by now."""
    t = here.t
    if not receipt.intact:
        return _broken(here, receipt)
    about = f"{receipt.receipt_id} {_who(receipt)}"
    here.audit("open saved trace", about)
    answer = receipt.answer
    st.markdown(widgets.plain(document.sentence(answer, t)))
    st.caption(t("Fingerprint (SHA-256), the same as in the audit: {sha256}", sha256=receipt.sha256))
    found = changes.difference(here.store, receipt)
    rows = document.listed(answer, t)
    degrees = document.DEGREES[: max(2, answer.question.steps)]
    titles = [f"{degree} ({here.number(rows.filter(pl.col('degree') == degree).height)})" for degree in degrees]
    apart = rows.filter(pl.col("degree").str.ends_with("?"))
    titles += [
        t("Possible ({n})", n=here.number(answer.counts["possible"])),
        t("Differs by now ({n})", n=here.number(len(found.people))),
        t("Rests on"),
    ]
    *of_degree, possible, differs, rests = st.tabs(titles, key=f"receipt_tabs_{receipt.receipt_id}")
    for tab, degree in zip(of_degree, degrees, strict=True):
        with tab:
            _people(here, rows.filter(pl.col("degree") == degree), degree)
    with possible:
        _people(here, apart, t("Possible"))
        if answer.unscanned.height:
            st.caption(t("On duty where the case was, without a scan:"))
            day = st.column_config.DateColumn(t("Day"), format="DD/MM/YYYY")
            columns = {"name": t("Name"), "phone_shown": t("Phone"), "location": t("Location"), "day": day}
            widgets.table(answer.unscanned, columns, alt=t("Staff on duty without a scan"))
    with differs:
        _differences(here, found)
    with rests:
        _grounds(here, receipt)
    st.link_button(
        t("Workbook (Excel)"),
        downloads.offer(
            here.session,
            lambda path: workbook.write(
                answer,
                [receipt.contacts],
                receipt.grounds,
                path,
                here.language,
                f"{_saved(here, receipt)}, no. {receipt.receipt_id}, {receipt.sha256}",
            ),
            f"truy-vet-da-luu-{receipt.receipt_id}.xlsx",
            MEDIA_TYPES["xlsx"],
            ("export trace", about, document.sentence(answer, language.translator("en"))),
        ),
        icon=":material/download:",
    )


def _people(here: "Page", rows: pl.DataFrame, alt: str) -> None:
    """People as they were saved, without buttons: their numbers may be others' by now."""
    t = here.t
    if rows.is_empty():
        st.caption(t("Nobody."))
        return
    shown = rows.with_columns(pl.col("certainty").replace(document.sure(t)))
    columns = {
        "name": st.column_config.TextColumn(t("Name"), pinned=True),
        "phone_shown": t("Phone"),
        "minutes": st.column_config.NumberColumn(t("Minutes shared"), format="%.0f"),
        "exposed_at": st.column_config.DatetimeColumn(t("First shared"), format="HH:mm DD/MM/YYYY"),
        "last_at": st.column_config.DatetimeColumn(t("Last shared"), format="HH:mm DD/MM/YYYY"),
        "location": t("Location"),
        "via": st.column_config.NumberColumn(t("Through how many"), format="%d"),
        "certainty": t("How sure"),
        "may_be": t("May be"),
    }
    columns = {name: column for name, column in columns.items() if shown[name].count()}
    widgets.table(shown, columns, alt=alt)


def _differences(here: "Page", found: changes.Difference) -> None:
    t = here.t
    if found.grounds:
        st.markdown("\n".join(f"- {widgets.plain(reason)}" for reason in changes.reasons(found, t)))
    if found.same or found.unknown:
        st.markdown(widgets.plain(changes.badge(found, t)))
        return
    words = {"added": t("+ came"), "gone": t("− went"), "moved": t("↔ other class"), "changed": t("≠ other figures")}
    rows = [(words[p.change], p.name, p.phone, changes.what_changed(p, t)) for p in found.people]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("change", "name", "phone", "what"), pl.String), orient="row")
    columns = {
        "change": t("Change"),
        "name": st.column_config.TextColumn(t("Name"), pinned=True),
        "phone": t("Phone"),
        "what": st.column_config.TextColumn(t("What changed"), width="large"),
    }
    widgets.table(frame, columns, alt=t("Who came, who went, whose figures changed since it was saved"))


def _grounds(here: "Page", receipt: Receipt) -> None:
    t = here.t
    words = {
        "scans": t("scan log"), "roster": t("staff list"), "absences": t("absences"), "merge": t("joined with"),
        "apart": t("two people"), "hours": t("opening hours"), "setting": t("setting"), "rule": t("rule"),
    }  # fmt: skip
    columns = {
        "what": t("What"),
        "label": st.column_config.TextColumn(t("Name"), pinned=True),
        "since": st.column_config.DatetimeColumn(t("Since"), format="HH:mm DD/MM/YYYY"),
        "done_by": t("Done by"),
        "value": st.column_config.TextColumn(t("Value or fingerprint"), width="large"),
    }
    rows = receipt.grounds.with_columns(pl.col("what").replace(words))
    widgets.table(rows, columns, alt=t("What the saved answer rests on"))
