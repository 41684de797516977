"""Upload: what each row of a file became, before it counts; then the list of all uploads with their rejected rows."""

from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import streamlit as st

from quetma import intake
from quetma.web import page, widgets

here = page.begin("Upload", right="upload")
t, store = here.t, here.store

FIRST_ROWS = 100  # of a file shown as read
SHOWN_REJECTS = 5_000  # more would make the page slow; the list of uploads pages through all of them
PER_PAGE = 20
LOAD_ORDER = ("roster", "absences", "doses", "apps", "declarations", "scans")  # who is staff before what they did

outcomes = {
    "accepted": t("✓ New"),
    "duplicate": t("= Already stored"),
    "rejected": t("✕ Rejected"),
}
directions = {"in": t("in"), "out": t("out"), "unknown": t("unknown")}
day = st.column_config.DateColumn
moment = st.column_config.DatetimeColumn
COLUMNS: dict[str, Any] = {
    "line": st.column_config.NumberColumn(t("Line"), format="plain"),
    "outcome": t("Outcome"),
    "scanned_at": moment(t("Time"), format="HH:mm:ss DD/MM/YYYY"),
    "declared_at": moment(t("Declared at"), format="HH:mm DD/MM/YYYY"),
    "given_on": day(t("Given on"), format="DD/MM/YYYY"),
    "installed_on": day(t("Installed on"), format="DD/MM/YYYY"),
    "started": day(t("Started"), format="DD/MM/YYYY"),
    "ended": day(t("Ended"), format="DD/MM/YYYY"),
    "first_day": day(t("First day away"), format="DD/MM/YYYY"),
    "last_day": day(t("Last day away"), format="DD/MM/YYYY"),
    "smartphone": st.column_config.CheckboxColumn(t("Smartphone")),
    "given_at": t("Place"),
    "reason": t("Why"),
    "raw": t("The row as it stands in the file"),
}


def table(frame: pl.DataFrame, alt: str) -> None:
    """Rows of a file, columns named in the reader's language."""
    filled = [name for name in frame.columns if frame[name].null_count() < frame.height]
    config = {name: COLUMNS.get(name) or t(intake.FIELDS[name]) for name in filled}
    st.dataframe(frame.select(filled), column_config=config, hide_index=True, placeholder="", alt=alt)


def rejects_table(rejects: pl.DataFrame) -> None:
    """Rejected rows with their reasons in words."""
    words = {code: t(text) for code, text in intake.REASONS.items()}
    table(rejects.with_columns(pl.col("reason").replace(words)), t("Rejected rows"))


# One file ------------------------------------------------------------------------------------------------------------

Table = intake.Prepared | intake.Refused


@dataclass(frozen=True)
class Read:
    """The tables of a file as they were read for these choices, when the store was at that version."""

    choices: dict[str, intake.Choices]
    version: int
    tables: list[Table]

    def answers(self, choices: dict[str, intake.Choices]) -> bool:
        """Whether reading again would give the same; the kind that was recognised is as good as none chosen."""

        def same(table: Table) -> bool:
            now, then = choices.get(table.part.key), self.choices.get(table.part.key)
            recognised = table.kind if isinstance(table, intake.Prepared) else None
            return now == then or (
                now is not None and then is not None and now.location == then.location and now.kind == recognised
            )

        return all(map(same, self.tables))


def chosen(file: Any, tables: list[Table]) -> dict[str, intake.Choices]:
    """What was picked on the page for each table of a file."""
    return {
        table.part.key: intake.Choices(
            kind=st.session_state.get(key("kind", file, table)),
            location=st.session_state.get(key("location", file, table)) or None,
        )
        for table in tables
    }


def key(widget: str, file: Any, table: Table) -> str:
    """Of a widget of one table."""
    return f"upload_{widget}_{file.file_id}" + (f"_{table.part.key}" if table.part.key else "")


def read(file: Any) -> list[Table]:
    """The preview of a file, kept for this tab until the file, what is chosen for it, or the store changes."""
    kept = st.session_state["upload_read"]
    last, version = kept.get(file.file_id), store.version
    choices = chosen(file, last.tables) if last else {}
    if last is None or not last.answers(choices):
        with st.spinner(t("Reading {file} …", file=widgets.plain(file.name))):
            found = intake.prepare(store, file.name, file.getvalue(), choices)
        choices = choices or chosen(file, found)
        kept[file.file_id] = Read(choices, version, found)
    elif last.version != version:
        tables = [intake.refresh(store, one) if isinstance(one, intake.Prepared) else one for one in last.tables]
        kept[file.file_id] = replace(last, version=version, tables=tables)
    return kept[file.file_id].tables


def show_file(file: Any) -> list[intake.Prepared]:
    """One file as it was understood; gives back the tables that can be loaded."""
    done = st.session_state["upload_done"].get(file.file_id, {})
    st.header(widgets.plain(file.name), anchor=False)
    shown = []
    for table in read(file) if file.file_id not in st.session_state["upload_done"] else []:
        if table.part.key:
            st.subheader(widgets.plain(table.part.key), anchor=False)
        if found := show_table(file, table):
            shown.append(found)
    for batch in done:
        show_done(batch)
    return shown


def show_table(file: Any, found: Table) -> intake.Prepared | None:
    """One table as it was understood; gives it back when it can be loaded."""
    kinds = {kind: t(spec.label) for kind, spec in intake.KINDS.items()}
    if isinstance(found, intake.Refused):
        st.error(found.error.words(t, widgets.plain), icon=":material/block:")
        choose_kind(key("kind", file, found), kinds, None)
        return None
    location = st.session_state.get(key("location", file, found))
    choose_kind(key("kind", file, found), kinds, found.kind)
    if found.needs_location or location:
        st.selectbox(
            t("Location of this file"),
            store.ask("intake/locations")["name"].to_list(),
            index=None,
            placeholder=t("Choose a location, or type a new one"),
            accept_new_options=True,
            key=key("location", file, found),
            help=t("The file has no location column, so all its rows are taken to be from one location."),
        )
    if found.needs_location:
        st.warning(t("Choose the location above. Then the rows can be loaded."), icon=":material/location_on:")
        return None
    show_counts(found)
    show_notes(found)
    shown = found.became(FIRST_ROWS)
    if not shown.is_empty():
        with st.expander(
            t("The first rows, and what each became"), expanded=len(files) == 1, icon=":material/table_rows:"
        ):
            table(
                shown.with_columns(pl.col("outcome").replace(outcomes), pl.col("^direction$").replace(directions)),
                t("The first rows, and what each became"),
            )
    show_rejects(found)
    with st.expander(t("How the columns were understood"), icon=":material/view_column:"):
        st.table(
            {t(intake.FIELDS[field]): widgets.plain(header) for field, header in found.found.proposal.named().items()}
        )
    if not found.counts["accepted"]:
        st.info(t("There is nothing new in this file. Loading it would change nothing."), icon=":material/info:")
        return None
    return found


def choose_kind(key: str, kinds: dict[str, str], recognised: str | None) -> None:
    """The picker of the kind, standing on what was recognised."""
    names = list(kinds)
    st.selectbox(
        t("This file is"),
        names,
        index=names.index(recognised) if recognised else None,
        format_func=lambda kind: kinds[kind],
        placeholder=t("Choose what the file is"),
        key=key,
        help=t("Recognised by the column names. Change it if it is something else."),
    )


def show_counts(found: intake.Prepared) -> None:
    """rows = new + already stored + rejected."""
    counts = found.counts
    widgets.cards(
        [
            widgets.Card(t("Rows in the file"), here.number(counts["rows"])),
            widgets.Card(f":material/check_circle: {t('New')}", here.number(counts["accepted"])),
            widgets.Card(f":material/content_copy: {t('Already stored')}", here.number(counts["duplicates"])),
            widgets.Card(f":material/cancel: {t('Rejected')}", here.number(counts["rejected"])),
        ],
        across=4,
    )


def show_notes(found: intake.Prepared) -> None:
    """What else the reader should know before loading."""
    told = []
    first, last = found.span
    if first:
        told.append(t("From {first} to {last}.", first=here.day(first), last=here.day(last)))
    if found.new_people:
        told.append(t("People not known before: {n}.", n=here.number(found.new_people)))
    if found.new_locations:
        names = ", ".join(widgets.plain(name) for name in found.new_locations[:20])
        more = len(found.new_locations) - 20
        told.append(t("New locations, {n}: {names}", n=here.number(len(found.new_locations)), names=names))
        if more > 0:
            told[-1] += t(" and {n} more", n=here.number(more))
    if told:
        st.write("  \n".join(told))
    if not found.earlier.is_empty():
        last_time = found.earlier.row(-1, named=True)
        st.info(
            t(
                "This very file was loaded before, at {moment} by {by}.",
                moment=here.moment(last_time["uploaded_at"]),
                by=widgets.plain(last_time["uploaded_by"]),
            ),
            icon=":material/history:",
        )


def show_rejects(found: intake.Prepared) -> None:
    """Every row that cannot be taken, and why."""
    rejected = found.counts["rejected"]
    if not rejected:
        return
    with st.expander(
        t("Rejected rows: {n}", n=here.number(rejected)), expanded=rejected <= 20, icon=":material/cancel:"
    ):
        st.write(t("These rows will not count. They are kept with the upload as they are, so that they can be mended."))
        rejects_table(found.rejects.head(SHOWN_REJECTS))
        if rejected > SHOWN_REJECTS:
            st.caption(t("The first {n} are shown; all are in the list of uploads after loading.",
                         n=here.number(SHOWN_REJECTS)))  # fmt: skip


def show_done(batch: intake.Batch) -> None:
    """What was kept of a loaded file."""
    st.success(
        t(
            "Loaded as upload {batch}: {accepted} new rows stored, {duplicates} already stored before.",
            batch=batch.batch_id,
            accepted=here.number(batch.accepted),
            duplicates=here.number(batch.duplicates),
        ),
        icon=":material/check_circle:",
    )
    if batch.rejected:
        st.warning(
            t(
                "{n} rows were rejected. They are kept as they are: open them in the list of uploads below.",
                n=here.number(batch.rejected),
            ),
            icon=":material/cancel:",
        )


def load(ready: list[tuple[Any, intake.Prepared]]) -> None:
    """Stores the tables, staff first, each in its own transaction, and shows how far it is."""
    bar = st.progress(0.0)
    done = st.session_state["upload_done"]
    steps = len(ready) * len(intake.STEPS)
    begun = 0

    for file, prepared in sorted(ready, key=lambda pair: LOAD_ORDER.index(pair[1].kind)):

        def tell(step: str, name: str = file.name) -> None:
            nonlocal begun
            bar.progress(begun / steps, f"{widgets.plain(name)}: {t(step)} …")
            begun += 1

        batch = intake.load(store, prepared, here.account, tell)
        here.audit(
            "upload",
            f"{batch.batch_id} {batch.file_name}",
            f"{batch.kind}: {batch.rows} = {batch.accepted} + {batch.duplicates} + {batch.rejected}",
        )
        done.setdefault(file.file_id, []).append(batch)
    for file, _ in ready:  # a large file is not kept in memory once it is stored
        st.session_state["upload_read"].pop(file.file_id, None)
    bar.progress(1.0)


# The page ------------------------------------------------------------------------------------------------------------

if store.demo:
    st.info(
        t("This is the demo unit. What you load here stays in the demo and never mixes with the data of a real unit."),
        icon=":material/science:",
    )
st.write(
    t(
        "Drag files into the frame below, or press the button in it to choose them. CSV, TXT and Excel files will do: "
        "scan logs, the staff roster, vaccine doses, app installs, health declarations. Nothing counts until you "
        "confirm."
    )
)
files = st.file_uploader(t("Files to load"), accept_multiple_files=True, key="upload_files")

present = {file.file_id for file in files}
for kept in ("upload_read", "upload_done"):  # of files taken away nothing is kept in memory
    st.session_state[kept] = {key: value for key, value in st.session_state.get(kept, {}).items() if key in present}

ready: list[tuple[Any, intake.Prepared]] = []
for file in files:
    with st.container(border=True):
        ready += [(file, prepared) for prepared in show_file(file)]

if ready:
    rows = sum(prepared.counts["accepted"] for _, prepared in ready)
    label = (
        t("Load {n} new rows", n=here.number(rows))
        if len(ready) == 1
        else t("Load {n} new rows of {files} files", n=here.number(rows), files=here.number(len(ready)))
    )
    if st.button(label, type="primary", icon=":material/save:", key="upload_load"):
        load(ready)
        st.rerun()

# All uploads ---------------------------------------------------------------------------------------------------------

st.header(t("All uploads"), anchor=False)
total = store.ask("intake/batch_count")["batches"][0]
if not total:
    st.caption(t("Nothing has been uploaded yet."))
    st.stop()
pages = -(-total // PER_PAGE)
number = st.pagination(pages, key="upload_page") if pages > 1 else 1
batches = store.ask("intake/batches", page_size=PER_PAGE, page_start=(number - 1) * PER_PAGE)
labels = {kind: t(spec.label) for kind, spec in intake.KINDS.items()}
columns = {
    "batch_id": st.column_config.NumberColumn(t("Upload no."), format="plain"),
    "uploaded_at": moment(t("When"), format="HH:mm DD/MM/YYYY"),
    "file_name": t("File"),
    "kind": t("Kind"),
    "accepted": t("✓ New"),
    "duplicates": t("= Already stored"),
    "rejected": t("✕ Rejected"),
    "row_count": t("Rows"),
    "first_day": day(t("First day"), format="DD/MM/YYYY"),
    "last_day": day(t("Last day"), format="DD/MM/YYYY"),
    "uploaded_by": t("By"),
}
st.dataframe(
    batches.select(*columns).with_columns(pl.col("kind").replace(labels)),
    column_config=columns,
    hide_index=True,
    placeholder="",
    alt=t("All uploads"),
)
names = {
    row["batch_id"]: f"{row['batch_id']} · {row['file_name']} · {here.number(row['rejected'])}"
    for row in batches.filter(pl.col("rejected") > 0).iter_rows(named=True)
}
if names:
    opened = st.selectbox(
        t("Open the rejected rows of an upload"),
        list(names),
        index=None,
        format_func=lambda batch: names.get(batch, ""),
        placeholder=t("Choose an upload"),
        key="upload_open",
    )
    if opened:
        here.audit("open rejected rows", names[opened])
        rejected = batches.filter(pl.col("batch_id") == opened)["rejected"][0]
        reject_pages = -(-rejected // SHOWN_REJECTS)
        at = st.pagination(reject_pages, key=f"upload_rejects_{opened}") if reject_pages > 1 else 1
        rejects_table(
            store.ask("intake/rejects", batch=opened, page_size=SHOWN_REJECTS, page_start=(at - 1) * SHOWN_REJECTS)
        )
