"""The desk on the upload page: a card for every file that was handed in, and how each of its tables is read."""

import logging
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma.intake.columns import FIELDS, KINDS
from quetma.intake.desk import Desk, desk_of
from quetma.intake.normalise import days_in
from quetma.intake.preview import Item, Table
from quetma.intake.source import SOURCES
from quetma.store import now
from quetma.web import reading, rows, widgets
from quetma.web.reading import NAMED, choose, key_of

if TYPE_CHECKING:
    from quetma.web.page import Page

_log = logging.getLogger(__name__)
PER_PAGE = 8  # cards
SHOWN_BUSY = 3  # of the files that are being worked on or wait for it; the others are only counted
REFUSED = 2  # how urgent a file is that cannot be read: the least
LOOK_AGAIN = 1.0  # seconds, while something is under way
STATES = {
    "reading": ("Being read", ":material/hourglass_top:"),
    "refused": ("Cannot be read", ":material/block:"),
    "ready": ("Ready: look and confirm", ":material/task:"),
    "waiting": ("Waits its turn", ":material/schedule:"),
    "loading": ("Being loaded", ":material/hourglass_top:"),
    "loaded": ("Loaded", ":material/check_circle:"),
}


def show(here: "Page") -> None:
    """Every file on the desk: first what is under way, then what waits for the reader."""
    t, desk = here.t, desk_of(here.store)
    items = desk.items(here.session.store)
    if not items:
        return
    st.header(t("On the desk"), anchor=False)
    busy = [item for item in items if item.busy]
    if busy:
        st.caption(t("You may leave this page or close it: the work goes on, and the files wait here for you."))
        st.fragment(_under_way, run_every=LOOK_AGAIN)(here, desk, {item.id for item in busy})
    worth = [item for item in items if not item.busy and _worth(item) and not _asks_first(item)]
    if len(worth) > 1:
        new = sum(table.preview.counts["accepted"] for item in worth for table in _loadable(item) if table.preview)
        st.button(
            t("Load all that are ready: {n} new rows of {files} files", n=here.number(new), files=len(worth)),
            type="primary",
            icon=":material/save:",
            key="upload_load_all",
            on_click=_load_all,
            args=(here, desk, worth),
        )
    still = sorted((item for item in items if not item.busy), key=_urgency)
    pages = -(-len(still) // PER_PAGE)
    number = st.pagination(pages, key="upload_desk_page") if pages > 1 else 1
    alone = sum(item.state != "loaded" for item in still) == 1
    refused = sum(_urgency(item) == REFUSED for item in still)
    if refused and pages > 1:
        st.caption(t("Files that cannot be read: {n}. They are at the end of the list.", n=here.number(refused)))
    for item in still[(number - 1) * PER_PAGE : number * PER_PAGE]:
        try:
            _card(here, desk, item, alone)
        except Exception:  # of one file must not take the others with it, nor the list of uploads below
            _log.exception("a card on the desk could not be shown")
            _broken(here, desk, item)


def _broken(here: "Page", desk: Desk, item: Item) -> None:
    """Instead of a card that cannot be drawn."""
    t = here.t
    st.error(
        t(
            "This file cannot be shown, because of a mistake in the program. Nothing was changed. Take the file off "
            "the desk, and tell your administrator the time, {time}.",
            time=here.moment(now()),
        ),
        icon=":material/error:",
    )
    st.button(
        t("Take it off the desk") + f": {item.file_name}",
        icon=":material/close:",
        key=f"upload_broken_{item.id}",
        on_click=_discard,
        args=(here, desk, item),
    )


def _urgency(item: Item) -> int:
    """Files that can be loaded, or could be if something was chosen, come first, then loaded ones, so that those that
    cannot be read push nothing out of sight; of equals the newest.
    """
    if item.state == "loaded":
        return 1
    return 0 if _loadable(item) or any(_helped(table) for table in item.tables) else REFUSED


def _helped(table: Table) -> bool:
    """Whether a choice by hand may make a table readable that is not."""
    return bool(table.month_first or table.needs_day or (table.preview and table.preview.needs_location))


def _load_all(here: "Page", desk: Desk, items: list[Item]) -> None:
    for item in sorted(items, key=lambda item: item.received_at):
        desk.confirm(item.id, here.account)


def _under_way(here: "Page", desk: Desk, known: set[str]) -> None:
    """The files that something is happening to. The whole page is drawn again when there are others than `known`."""
    busy = [item for item in desk.items(here.session.store) if item.busy]
    if {item.id for item in busy} != known:
        st.rerun()
    busy.sort(key=lambda item: (not item.step, item.before))
    places = [st.empty() for _ in range(SHOWN_BUSY)]  # cleared at once when a file moves up, so that none stands twice
    for place in places[len(busy) :]:
        place.empty()
    for place, item in zip(places, busy, strict=False):
        with place.container(border=True, gap="xsmall"):
            _head(here, item)
            st.progress(min(max(item.share, 0.0), 1.0), _doing(here, item))
            if item.state == "waiting":
                _take_away(here, desk, item)
    if len(busy) > SHOWN_BUSY:
        st.caption(here.t("{n} more files wait their turn.", n=here.number(len(busy) - SHOWN_BUSY)))


def _doing(here: "Page", item: Item) -> str:
    t = here.t
    if item.step:
        return f"{t(item.step)} …"
    if not item.before:
        return t("Begins at once.")
    return t("Files before it: {n}.", n=here.number(item.before))


# One file -------------------------------------------------------------------------------------------------------------


def _loadable(item: Item) -> list[Table]:
    return [table for table in item.tables if table.loadable]


def _asks_first(item: Item) -> bool:
    """Whether somebody should first say what the words for in and out mean, or whether the month comes first."""
    return any(table.month_first or (table.preview and table.preview.asks_words) for table in _loadable(item))


def _worth(item: Item) -> bool:
    """Whether loading the file would change anything: a row that counts, or one to be mended that is not kept yet."""
    return item.state == "ready" and any(
        table.preview.counts["accepted"] + table.preview.counts["rejected"] > 0 and table.preview.earlier.is_empty()
        for table in _loadable(item)
        if table.preview
    )


def _card(here: "Page", desk: Desk, item: Item, alone: bool) -> None:
    t = here.t
    with st.container(border=True, gap="xsmall", key=f"upload_item_{item.id}"):
        _head(here, item)
        if item.error:
            st.error(item.error.words(t, widgets.plain), icon=":material/block:")
        for table in item.tables:
            if table.batch_id is not None:
                _done(here, table.batch_id)
        if item.state == "ready":
            _summary(here, item)
        empty = [table.key for table in item.tables if table.nothing_lost]
        if empty:
            names = ", ".join(widgets.plain(key) for key in empty[:NAMED])
            st.caption(t("Not read, as they hold no log: {names}", names=names))
        shown = [table for table in item.tables if table.batch_id is None and not table.nothing_lost]
        if shown and item.state != "loaded":
            asks = any(_asks(table) for table in shown)
            box = st.expander(
                t("See what each row becomes, and correct how it is read"),
                expanded=alone or (asks and len(shown) == 1),
                key=f"upload_look_{item.id}",
                icon=":material/table_rows:",
                on_change="rerun",
            )
            if box.open:
                with box:
                    here.audit("open file", item.file_name)
                    for table in shown:
                        _table(here, desk, item, table)
        with st.container(horizontal=True):
            if _worth(item):
                new = sum(table.preview.counts["accepted"] for table in _loadable(item) if table.preview)
                st.button(
                    t("Load {n} new rows", n=here.number(new)) if new else t("Keep the rejected rows to mend them"),
                    type="primary",
                    icon=":material/save:",
                    key=f"upload_load_{item.id}",
                    on_click=desk.confirm,
                    args=(item.id, here.account),
                )
            _take_away(here, desk, item)


def _take_away(here: "Page", desk: Desk, item: Item) -> None:
    done = item.state == "loaded"
    st.button(
        here.t("Done, put it away") if done else here.t("Take it off the desk"),
        icon=":material/check:" if done else ":material/close:",
        key=f"upload_away_{item.id}",
        on_click=_discard,
        args=(here, desk, item),
    )


def _discard(here: "Page", desk: Desk, item: Item) -> None:
    desk.discard(item.id)
    if item.state != "loaded":
        here.audit("take file away", f"{item.file_name} {item.id}")


def _head(here: "Page", item: Item) -> None:
    """Name, state, and where the file comes from."""
    t = here.t
    words, icon = STATES[item.state]
    if item.busy and not item.step:
        words, icon = STATES["waiting"]
    open_question = (any(table.proposal for table in item.tables) and not _loadable(item)) or _asks_first(item)
    if item.state in ("ready", "refused") and open_question:
        words, icon = "Needs your answer", ":material/help:"
    st.markdown(f"**{widgets.plain(item.file_name)}**  \n{icon} {t(words)}")
    st.caption(
        t(
            "{size} · put here by {by} at {moment}",
            size=_size(here, item.size),
            by=t("the inbox folder") if item.unattended else widgets.plain(item.account),
            moment=here.moment(item.received_at),
        )
    )


def _size(here: "Page", size: int) -> str:
    """`12 kB`, `1,5 MB`."""
    return f"{here.number(round(size / 1e6, 1))} MB" if size >= 1e6 else f"{here.number(max(1, round(size / 1e3)))} kB"


def _summary(here: "Page", item: Item) -> None:
    """rows = new + already stored + rejected, over all tables that can be loaded."""
    t = here.t
    counted = [table.preview.counts for table in _loadable(item) if table.preview]
    if not counted:
        return
    total = {key: sum(counts[key] for counts in counted) for key in counted[0]}
    st.markdown(rows.accounted(here, total))
    known = all(table.preview.earlier.height for table in _loadable(item) if table.preview)
    if known or not (total["accepted"] or total["rejected"]):
        told = [t("There is nothing new in this file. Loading it would change nothing.")]
        told += [_earlier(here, table.preview.earlier) for table in _loadable(item)[:1] if known and table.preview]
        st.info("  \n".join(told), icon=":material/info:")


def _earlier(here: "Page", uploads: pl.DataFrame) -> str:
    """Which upload a table is already."""
    last = uploads.row(-1, named=True)
    return here.t(
        "This very file is in the store already: upload {batch}, loaded at {moment} by {by}.",
        batch=last["batch_id"],
        moment=here.moment(last["uploaded_at"]),
        by=widgets.plain(last["uploaded_by"]),
    )


def _done(here: "Page", batch_id: int) -> None:
    """What was kept of a loaded table, and the way to it."""
    t = here.t
    kept = here.store.ask("intake/batch", batch=batch_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if kept.is_empty():
            st.info(t("Upload {batch} was taken back.", batch=batch_id), icon=":material/undo:")
            return
        batch = kept.row(0, named=True)
        counts = {"rows": batch["row_count"], **{key: batch[key] for key in ("accepted", "duplicates", "rejected")}}
        st.success(
            t("Loaded as upload {batch}.", batch=batch_id) + "  \n" + rows.accounted(here, counts),
            icon=":material/check_circle:",
        )
        st.button(
            t("Open upload {batch}: rejected rows, undo", batch=batch_id),
            key=f"upload_see_{batch_id}",
            icon=":material/arrow_downward:",
            on_click=lambda: st.session_state.update(upload_open=batch_id),
        )


# One table ------------------------------------------------------------------------------------------------------------


def _asks(table: Table) -> bool:
    """Whether somebody should look at how the table is read."""
    unclear = bool(table.proposal and (table.proposal.guessed or table.proposal.unread))
    asked = table.preview and (table.preview.needs_location or table.preview.asks_words)
    return unclear or table.error is not None or bool(asked) or table.month_first


def _table(here: "Page", desk: Desk, item: Item, table: Table) -> None:
    """One table as it was understood, and everything about that which can be changed."""
    t = here.t
    if table.key:
        st.subheader(widgets.plain(table.key), anchor=False)
    if table.error:
        st.error(table.error.words(t, widgets.plain), icon=":material/block:")
    _questions(here, desk, item, table)
    preview, proposal = table.preview, table.proposal
    if preview and proposal and proposal.guessed:
        st.warning(
            t(
                "Guessed from the contents, please check: {fields}.",
                fields=", ".join(t(FIELDS[field]) for field in proposal.guessed),
            ),
            icon=":material/help:",
        )
    if preview and proposal and proposal.unread:
        st.warning(
            t(
                "Nothing is read from these columns, though they look as if they mattered: {columns}. Say under "
                "Columns what they hold; if it is nothing of the kind, load the file as it is.",
                columns=", ".join(widgets.plain(proposal.column(index)) for index in proposal.unread),
            ),
            icon=":material/help:",
        )
    if table.as_last_time:
        st.info(t("Read as last time: as was chosen for a file with the same columns."), icon=":material/history:")
    if preview and not preview.needs_location:
        rows.count_cards(here, preview.counts)
        _notes(here, table)
        if preview.asks_words:
            st.warning(
                t(
                    "Nobody knows what the words in the direction column mean: {words}. Say it under Directions, else "
                    "the rows are taken without a direction.",
                    words=", ".join(widgets.plain(word.text) for word in preview.words),
                ),
                icon=":material/help:",
            )
    names = {"rows": t("First rows")}
    if preview and preview.counts["rejected"]:
        names["rejects"] = t("Rejected rows: {n}", n=here.number(preview.counts["rejected"]))
    elif table.rejects is not None:
        names["rejects"] = t("Rejected rows: {n}", n=here.number(table.rejects.height))
    if proposal:
        names["columns"] = t("Columns")
    if preview and (preview.new_locations or table.choices.places):
        names["places"] = t("New locations: {n}", n=here.number(len(preview.new_locations)))
    if preview and (preview.words or table.choices.directions):
        names["directions"] = t("Directions")
    if not preview:
        names.pop("rows")
    if not names:
        return
    for name, tab in zip(names, st.tabs(list(names.values()), key=key_of("tabs", item, table)), strict=True):
        with tab:
            if name == "rows" and preview:
                rows.became(here, preview.first_rows)
            elif name == "rejects" and preview:
                st.caption(
                    t("These rows will not count. They are kept with the upload as they are, so that they can be "
                      "mended.")
                )  # fmt: skip
                rows.rejects(here, preview.rejects)
                if preview.counts["rejected"] > preview.rejects.height:
                    st.caption(t("The first {n} are shown; all are in the list of uploads after loading.",
                                 n=here.number(preview.rejects.height)))  # fmt: skip
            elif name == "rejects" and table.rejects is not None:
                rows.rejects(here, table.rejects)
            elif name == "columns" and proposal:
                reading.columns(here, desk, item, table, proposal)
            elif name == "places" and preview:
                reading.places(here, desk, item, table, preview.new_locations)
            elif name == "directions" and preview:
                reading.directions(here, desk, item, table, preview.words)


def _questions(here: "Page", desk: Desk, item: Item, table: Table) -> None:
    """The kind, the location, the order of day and month."""
    t = here.t
    if not table.proposal:  # nothing in it could be read as a table: no choice would help
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = key_of("kind", item, table)
        kinds = list(KINDS)
        st.selectbox(
            t("This file is"),
            kinds,
            index=kinds.index(table.kind) if table.kind else None,
            format_func=lambda kind: t(KINDS[kind].label),
            placeholder=t("Choose what the file is"),
            key=key,
            help=t("Recognised by the column names. Change it if it is something else."),
            on_change=choose,
            args=(desk, item, table, key, "kind"),
        )
        if table.source:
            key = key_of("source", item, table)
            st.selectbox(
                t("Which list"),
                list(SOURCES),
                index=list(SOURCES).index(table.source),
                format_func=lambda source: t(SOURCES[source]),
                key=key,
                help=t("A list written at the door by hand and the QR log of the same days tell together how many "
                       "people both missed."),
                on_change=choose,
                args=(desk, item, table, key, "source"),
            )  # fmt: skip
        asked = bool(table.preview and table.preview.needs_location)
        if asked or table.choices.location:
            key = key_of("location", item, table)
            known = here.store.ask("intake/locations")["name"].to_list()
            if table.choices.location and table.choices.location not in known:
                known.append(table.choices.location)
            st.selectbox(
                t("Location of this file"),
                known,
                index=known.index(table.choices.location) if table.choices.location else None,
                placeholder=t("Choose a location, or type a new one"),
                accept_new_options=True,
                key=key,
                help=t("The file has no location column, so all its rows are taken to be from one location."),
                on_change=choose,
                args=(desk, item, table, key, "location"),
            )
    if table.preview and table.preview.needs_location:
        st.warning(
            t("Choose the location above, or say below which column names it. Then the rows can be loaded."),
            icon=":material/location_on:",
        )
    _day(here, desk, item, table)
    if table.choices.month_first:
        st.button(
            t("Dates are read with the month first. Read them with the day first"),
            key=key_of("day_first", item, table),
            icon=":material/event:",
            on_click=desk.choose,
            args=(item.id, table.key, replace(table.choices, month_first=False)),
        )
    elif table.month_first:
        st.button(
            t("Read the dates with the month first: 08/24/2021 is the 24th of August"),
            key=key_of("month_first", item, table),
            icon=":material/event:",
            on_click=desk.choose,
            args=(item.id, table.key, replace(table.choices, month_first=True)),
        )


def _day(here: "Page", desk: Desk, item: Item, table: Table) -> None:
    """Which day the rows are of, when they name none."""
    t = here.t
    if not (table.needs_day or table.choices.day):
        return
    chosen = date.fromisoformat(table.choices.day) if table.choices.day else None
    named = days_in(PurePath(table.part.file_name).stem.replace("_", " "))
    form = st.form(key_of("day_form", item, table), border=False)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            t("Day of this file"),
            value=chosen or (named[0] if len(named) == 1 else None),
            max_value=now().date(),
            format="DD/MM/YYYY",
            key=key_of(f"day_{table.choices.day}", item, table),
            help=t("The rows name no day, so all of them are taken to be of one day."),
        )
        if st.form_submit_button(t("Read the file as of this day"), icon=":material/event:") and day:
            desk.choose(item.id, table.key, replace(table.choices, day=day.isoformat()))
            st.rerun()


def _notes(here: "Page", table: Table) -> None:
    """What else the reader should know before loading."""
    t, preview = here.t, table.preview
    if not preview:
        return
    told = []
    first, last = preview.span
    if first:
        told.append(t("From {first} to {last}.", first=here.day(first), last=here.day(last)))
    if preview.new_people:
        told.append(t("People not known before: {n}.", n=here.number(preview.new_people)))
    if preview.new_locations:
        names = ", ".join(widgets.plain(place.name) for place in preview.new_locations[:NAMED])
        told.append(t("New locations, {n}: {names}", n=here.number(len(preview.new_locations)), names=names))
        if len(preview.new_locations) > NAMED:
            told[-1] += t(" and {n} more", n=here.number(len(preview.new_locations) - NAMED))
    if told:
        st.write("  \n".join(told))
    for remark in preview.remarks:
        st.info(remark.words(t, widgets.plain), icon=":material/info:")
    if not preview.earlier.is_empty():
        st.info(_earlier(here, preview.earlier), icon=":material/history:")
