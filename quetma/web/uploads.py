"""The uploads on the upload page: their list, what one of them brought, taking it back, mending its rejected rows."""

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import documents, intake
from quetma.documents import rejects as rejects_file
from quetma.intake import mend, source
from quetma.intake.columns import FIELDS
from quetma.intake.desk import desk_of
from quetma.intake.errors import NOTES
from quetma.intake.undo import is_own, undo, would_undo
from quetma.store import StoreError
from quetma.web import downloads, rows, widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

PER_PAGE = 20
SHOWN_REJECTS = 1_000  # on a page
EDITED = 500  # rows in the editor: of more than these a spreadsheet is the better tool
READ_WITHIN = 60.0  # seconds: else the mended rows wait on the desk to be confirmed
# In the session: which upload is open, which is about to be undone, what that would do, what was done.
OPEN, UNDOING, GOES, TOLD = "upload_open", "upload_undoing", "upload_goes", "upload_told"

day = partial(st.column_config.DateColumn, format="DD/MM/YYYY")
moment = partial(st.column_config.DatetimeColumn, format="HH:mm DD/MM/YYYY")


def show(here: "Page") -> None:
    """The list, the upload that is open, and those that were taken back."""
    t = here.t
    st.header(t("All uploads"), anchor=False)
    if told := st.session_state.pop(TOLD, None):
        st.success(told, icon=":material/undo:")
    _list(here)
    if opened := st.session_state.get(OPEN):
        _upload(here, opened)
    _undone(here)


def _list(here: "Page") -> None:
    t, store = here.t, here.store
    total = store.ask("intake/batch_count")["batches"][0]
    if not total:
        st.caption(t("Nothing has been uploaded yet."))
        return
    pages = -(-total // PER_PAGE)
    number = st.pagination(pages, key="upload_page") if pages > 1 else 1
    batches = store.ask("intake/batches", page_size=PER_PAGE, page_start=(number - 1) * PER_PAGE)
    columns: dict[str, Any] = {
        "batch_id": st.column_config.NumberColumn(t("Upload no."), format="%d", width="small"),
        "uploaded_at": moment(t("When")),
        "file_name": t("File"),
        "kind": t("Kind"),
        "row_count": t("Rows"),
        "accepted": t("✓ New"),
        "duplicates": t("= Already stored"),
        "rejected": t("✕ Rejected"),
        "first_day": day(t("First day")),
        "last_day": day(t("Last day")),
        "uploaded_by": t("By"),
    }
    shown = batches["batch_id"].to_list()
    opened = st.session_state.get(OPEN)
    st.caption(t("Choose a row at its left edge to see its rejected rows, mend them, or take the upload back."))
    key = f"upload_list_{number}_{store.version}"
    st.dataframe(
        batches.with_columns(kind=_labels(here, batches)).select(*columns),
        column_config=columns,
        hide_index=True,
        placeholder="",
        alt=t("All uploads"),
        key=key,
        on_select=partial(_picked, key, shown),
        selection_mode="single-row",
        selection_default={"selection": {"rows": [shown.index(opened)] if opened in shown else []}},
    )


def _labels(here: "Page", batches: pl.DataFrame) -> pl.Series:
    """What each upload is, in words."""
    told = [here.t(source.label(*row)) for row in batches.select("kind", "source").iter_rows()]
    return pl.Series(told, dtype=pl.String)


def _picked(key: str, shown: list[int]) -> None:
    chosen = st.session_state[key]["selection"]["rows"]
    st.session_state[OPEN] = shown[chosen[0]] if chosen else None


# One upload -----------------------------------------------------------------------------------------------------------


def _upload(here: "Page", batch_id: int) -> None:
    t = here.t
    of = mend.shape(here.store, batch_id)
    if of is None:
        st.info(t("Upload {batch} was taken back.", batch=batch_id), icon=":material/undo:")
        return
    batch = here.store.ask("intake/batch", batch=batch_id).row(0, named=True)
    here.audit("open upload", f"{batch_id} {of.file_name}")
    own = is_own(here.store, batch_id)
    with st.container(border=True, key="upload_details"):
        st.header(t("Upload {batch}: {file}", batch=batch_id, file=widgets.plain(of.file_name)), anchor=False)
        by, at = widgets.plain(batch["uploaded_by"]), here.moment(batch["uploaded_at"])
        first, last = here.day(batch["first_day"]), here.day(batch["last_day"])
        told = [
            t(source.label(of.kind, batch["source"])),
            t("sheet {name}", name=widgets.plain(of.sheet)) if of.sheet else "",
            t("uploaded at {moment} by {by}", moment=at, by=by),
            t("days {first} – {last}", first=first, last=last) if first else "",
        ]
        st.caption(" · ".join(filter(None, told)))
        if own:
            counts = {name: batch[name] for name in ("accepted", "duplicates", "rejected")}
            rows.count_cards(here, {"rows": batch["row_count"], **counts})
        with st.container(horizontal=True):
            if own:
                st.button(
                    t("Take this upload back"),
                    icon=":material/undo:",
                    key=f"upload_undo_{batch_id}",
                    on_click=lambda: st.session_state.update({UNDOING: batch_id}),
                )
            st.button(
                t("Close"),
                icon=":material/close:",
                key=f"upload_close_{batch_id}",
                on_click=lambda: st.session_state.update({OPEN: None}),
            )
        if not own:
            st.caption(
                t("Another unit loaded this upload: only what is yours of it is shown, and it cannot be changed.")
            )
        if batch["source"] and own:
            _which_list(here, batch)
        if batch["rejected"] and own:
            _rejected(here, of)
        _read_how(here, of)
    if st.session_state.get(UNDOING) == batch_id:
        _ask_undo(here, of, batch)


def _which_list(here: "Page", batch: dict[str, Any]) -> None:
    """The QR log, or the door register: can be said otherwise at any time."""
    t, store, batch_id = here.t, here.store, batch["batch_id"]
    key = f"upload_source_{batch_id}_{batch['source']}"

    def changed() -> None:
        with suppress(StoreError):  # somebody else took it back meanwhile
            source.change(store, batch_id, st.session_state[key], here.account)

    st.segmented_control(
        t("Which list"),
        list(source.SOURCES),
        default=batch["source"],
        required=True,
        format_func=lambda one: t(source.SOURCES[one]),
        help=t("A list written at the door by hand and the QR log of the same days tell together how many "
               "people both missed."),
        key=key,
        on_change=changed,
    )  # fmt: skip


def _read_how(here: "Page", of: mend.Shape) -> None:
    """Which column was taken for what."""
    t = here.t
    if not of.columns:
        return
    named = mend.headings(of, t)
    with st.expander(t("How the columns were understood"), icon=":material/view_column:"):
        st.table({t(FIELDS[field]): widgets.plain(named.get(f"c{index}", "")) for field, index in of.columns.items()})


# Taking it back -------------------------------------------------------------------------------------------------------


def _ask_undo(here: "Page", of: mend.Shape, batch: dict[str, Any]) -> None:
    """A dialog that says what goes and what stays."""
    t, store = here.t, here.store

    def away() -> None:
        st.session_state[UNDOING] = st.session_state[GOES] = None

    @st.dialog(t("Take back upload {batch}?", batch=of.batch_id), icon=":material/undo:", on_dismiss=away)
    def ask() -> None:
        if not st.session_state.get(GOES):
            try:
                with st.spinner(t("Looking what would change …")):
                    st.session_state[GOES] = would_undo(store, of.batch_id)
            except StoreError:  # somebody else was quicker
                away()
                st.rerun()
        goes = st.session_state[GOES]
        people = here.number(store.ask("intake/batch_people", batch=of.batch_id)["people"][0])
        accepted, rejected = here.number(batch["accepted"]), here.number(batch["rejected"])
        st.markdown(f"**{widgets.plain(of.file_name)}**")
        lines = [t("{n} rows stop counting, of {people} people.", n=accepted, people=people)]
        if batch["first_day"]:
            first, last = here.day(batch["first_day"]), here.day(batch["last_day"])
            lines.append(t("Days concerned: {first} – {last}.", first=first, last=last))
        if goes.rows_restored:
            restored = here.number(goes.rows_restored)
            lines.append(t("{n} rows of other uploads, until now already stored, count instead.", n=restored))
        if batch["rejected"]:
            lines.append(t("Its {n} rejected rows go too.", n=rejected))
        for upload, mended in store.ask("intake/mended_elsewhere", batch=of.batch_id).iter_rows():
            lines.append(
                t("Rows of it that were mended, {n}, are upload {batch}: they stay. Take that back too if they should "
                  "go.",
                  n=here.number(mended), batch=upload)
            )  # fmt: skip
        lines.append(
            t("All else stays: other uploads, people joined by hand, remembered columns and names of locations. "
              "You can upload the file again at any time.")
        )  # fmt: skip
        st.markdown("\n".join(f"- {line}" for line in lines))
        if st.button(t("Take it back"), type="primary", icon=":material/undo:", key="upload_undo_yes"):
            with st.spinner(t("Taking upload {batch} back …", batch=of.batch_id)):
                _take_back(here, of)
            away()
            st.rerun()
        if st.button(t("Keep it"), key="upload_undo_no"):
            away()
            st.rerun()

    ask()


def _take_back(here: "Page", of: mend.Shape) -> None:
    """Undoes the upload, and has it told on the next run."""
    t = here.t
    try:
        undone = undo(here.store, of.batch_id, here.account)
    except StoreError:  # somebody else was quicker
        told = t("Upload {batch} was taken back.", batch=of.batch_id)
    else:
        became = f"{undone.kind}: {undone.rows_removed} rows removed, {undone.rows_restored} of other batches count now"
        here.audit("undo upload", f"{of.batch_id} {of.file_name}", became)
        told = t(
            "Upload {batch}, {file}, was taken back: everything is as if it had never been loaded.",
            batch=of.batch_id,
            file=widgets.plain(of.file_name),
        )
        if undone.rows_restored:
            restored = here.number(undone.rows_restored)
            told += " " + t("{n} rows of other uploads count now instead.", n=restored)
    st.session_state.update({OPEN: None, TOLD: told})


def _undone(here: "Page") -> None:
    """Uploads that were taken back, apart from those that count."""
    t = here.t
    undone = here.store.ask("intake/undone", page_size=PER_PAGE, page_start=0)
    if undone.is_empty():
        return
    total = undone["total"][0]
    box = st.expander(
        t("Uploads taken back: {n}", n=here.number(total)),
        key="upload_undone",
        icon=":material/undo:",
        on_change="rerun",
    )
    if not box.open:
        return
    with box:
        pages = -(-total // PER_PAGE)
        number = st.pagination(pages, key="upload_undone_page") if pages > 1 else 1
        undone = here.store.ask("intake/undone", page_size=PER_PAGE, page_start=(number - 1) * PER_PAGE)
        columns: dict[str, Any] = {
            "batch_id": st.column_config.NumberColumn(t("Upload no."), format="%d", width="small"),
            "file_name": t("File"),
            "kind": t("Kind"),
            "row_count": t("Rows"),
            "uploaded_at": moment(t("When")),
            "uploaded_by": t("By"),
            "undone_at": moment(t("Taken back at")),
            "undone_by": t("Taken back by"),
        }
        widgets.table(undone.with_columns(kind=_labels(here, undone)), columns, alt=t("Uploads that were taken back"))


# Rejected rows --------------------------------------------------------------------------------------------------------


def _rejected(here: "Page", of: mend.Shape) -> None:
    """The rejected rows of an upload: to look at, to take along, to mend."""
    t, store = here.t, here.store
    counts = store.ask("intake/reject_counts", batch=of.batch_id).row(0, named=True)
    st.subheader(t("Rejected rows"), anchor=False)
    here.audit("open rejected rows", f"{of.batch_id} {of.file_name}")
    told = [t("{n} rejected", n=here.number(counts["rejected"]))]
    if counts["mended"]:
        told.append(t("{n} of them mended by now", n=here.number(counts["mended"])))
    notes = counts["rejected"] - counts["mended"] - counts["open"]
    if notes:
        told.append(t("{n} are notes or totals and need no mending", n=here.number(notes)))
    st.caption(", ".join(told) + ".")
    pages = -(-counts["rejected"] // SHOWN_REJECTS)
    number = st.pagination(pages, key=f"upload_rejects_{of.batch_id}") if pages > 1 else 1
    found = store.ask(
        "intake/rejects",
        batch=of.batch_id,
        open_only=False,
        page_size=SHOWN_REJECTS,
        page_start=(number - 1) * SHOWN_REJECTS,
    )
    mended = pl.format(t("✓ Mended in upload {batch}", batch="{}"), "mended_by")
    state = pl.when(pl.col("mended_by").is_not_null()).then(mended).otherwise(
        pl.when(pl.col("reason").is_in(NOTES)).then(pl.lit(t("A note"))).otherwise(pl.lit(t("✕ Rejected")))
    )  # fmt: skip
    box = st.expander(t("All rejected rows, as they stand in the file"), expanded=not (counts["open"] and of.headers))
    with box:
        rows.rejects(here, found.select("line", "reason", "raw", outcome=state))
    if counts["open"]:
        _take_along(here, of, counts["open"])
        st.fragment(_mend)(here, of, counts["open"])


def _take_along(here: "Page", of: mend.Shape, count: int) -> None:
    t = here.t
    st.caption(
        t("To mend them in Excel: download them, correct the cells, upload the file here. It has the columns of the "
          "original file, and one more that says why.")
    )  # fmt: skip
    if not here.may("export"):
        return
    with st.container(horizontal=True):
        for fmt, label in (("xlsx", t("Rejected rows as Excel")), ("csv", t("Rejected rows as CSV"))):
            st.link_button(
                label,
                downloads.offer(
                    here.session,
                    partial(_write, here, of, fmt),
                    f"{t('rejected-rows')}-{of.batch_id}.{fmt}",
                    documents.MEDIA_TYPES[fmt],
                    ("export rejected rows", f"{of.batch_id} {of.file_name}", f"{fmt} {count}"),
                ),
                icon=":material/download:",
            )


def _write(here: "Page", of: mend.Shape, fmt: str, path: Any) -> str:
    return rejects_file.write(here.store, of, fmt, path, here.language)


def _mend(here: "Page", of: mend.Shape, count: int) -> None:
    """Rejected rows in a table whose cells can be corrected, what they would become, and the button to load them."""
    t, store = here.t, here.store
    if not of.headers:
        st.caption(t("This upload is older than mending on screen. Correct its file and upload it again."))
        return
    st.subheader(t("Mend them here"), anchor=False)
    st.caption(t("The cells to correct are to the right of the line number; on a phone, swipe."))
    if count > EDITED:
        st.caption(
            t("The first {n} of {all} are here; the next come when these are mended. For many rows Excel is quicker.",
              n=here.number(EDITED), all=here.number(count))
        )  # fmt: skip
    before = mend.rows(store, of, t, 0, EDITED)
    named = mend.headings(of, t)
    config: dict[str, Any] = {
        "line": st.column_config.NumberColumn(t("Line"), format="%d", width="small", pinned=True),
        **{column: st.column_config.TextColumn(named[column]) for column in [*of.cells, "beyond"]},
        "reason": st.column_config.TextColumn(t("Why")),
    }
    beyond = ["beyond"] if before["beyond"].is_not_null().any() else []
    shown = before.select("line", *of.cells, *beyond, "reason")
    edited = st.data_editor(
        shown.with_columns(pl.col("reason").replace(rows.reasons(here))),
        column_config=config,
        disabled=["line", "reason", "beyond"],
        hide_index=True,
        placeholder="",
        key=f"upload_mend_{of.batch_id}_{store.version}",
        alt=t("Rejected rows, to be corrected"),
    )
    after = before.with_columns(edited.get_column(cell).cast(pl.String) for cell in of.cells)
    mended = mend.changed(before, after, of)
    if mended.is_empty():
        st.caption(t("Click into a cell, or press Enter on it, and correct it. Only rows that you change are loaded."))
        return
    content = mend.file(of, mended, t)
    good = _checked(here, of, mended, content)
    if st.button(
        t("Load mended rows: {n}", n=here.number(good)),
        type="primary",
        icon=":material/save:",
        disabled=not good,
        key=f"upload_mended_{of.batch_id}",
    ):
        with st.spinner(t("Reading the mended rows …")):
            desk = desk_of(store)
            item = desk.receive(mend.name(of, t), content, here.account, mend.choices(of))
            if desk.wait(READ_WITHIN, item.id):
                desk.confirm(item.id, here.account)
        here.audit("mend", f"{of.batch_id} {of.file_name}", f"{mended.height} {item.id}")
        st.rerun()


def _checked(here: "Page", of: mend.Shape, mended: pl.DataFrame, content: bytes) -> int:
    """Says what each corrected row would become now; gives back how many would be taken."""
    t = here.t
    [table] = intake.prepare(here.store, mend.name(of, t), content, mend.choices(of))
    if isinstance(table, intake.Refused):
        st.error(table.error.words(t, widgets.plain), icon=":material/block:")
        return 0
    counts = table.counts
    good = counts["rows"] - counts["rejected"]
    if counts["rejected"]:
        still = table.rejects.with_columns(pl.col("line") - 2)
        lines = dict(enumerate(mended["line"].to_list()))
        words = rows.reasons(here)
        told = "\n".join(
            f"- {t('Line {n}', n=lines.get(row['line'], '?'))}: {words[row['reason']]}"
            for row in still.head(10).iter_rows(named=True)
        )
        st.warning(f"{t('Still not right:')}\n{told}", icon=":material/cancel:")
    if good:
        st.info(t("Corrected rows that can be taken now: {n}.", n=here.number(good)), icon=":material/check_circle:")
    return good
