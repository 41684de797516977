"""Scan history: the scans that a filter lets through, newest first, and all of them as a file."""

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from quetma import directory, documents
from quetma.documents import history as history_file
from quetma.history import Filter, described
from quetma.web import downloads, exporter, page, widgets
from quetma.web.documents import requests
from quetma.web.people import people_picker

SHOWN = 50  # scans on a page: more is never sent to the browser
REACHED = 100_000  # scans that can be paged to: further back, the period is the quicker way

here = page.begin("Scan history", right="history")
t, store = here.t, here.store
if store.ask("history/last_scan")["scanned_at"][0] is None:
    widgets.empty(here, t("There are no scans yet."))
    st.stop()

# What is asked -------------------------------------------------------------------------------------------------------

kinds = {"staff": t("Staff"), "visitor": t("Visitor")}
directions = {"in": t("in"), "out": t("out"), "unknown": t("not recorded")}


with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    first, last = widgets.period(here)
    locations = widgets.locations(here, "history_locations")
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    kind = widgets.choice(here, t("Who"), kinds, "history_kind")
    direction = widgets.choice(here, t("In/out"), directions, "history_direction")
people = people_picker(here, widgets.HISTORY)

chosen = Filter(first, last, locations, people, kind, direction)
for person in filter(None, (directory.person(store, one) for one in people)):
    here.audit("history", described(person), f"{here.day(first)} – {here.day(last)}")

# The answer ----------------------------------------------------------------------------------------------------------

count = chosen.count(store)
sentence = chosen.sentence(store, t, count)
st.subheader(widgets.plain(sentence), anchor=False)
if not count:
    st.info(t("No scan fits. Choose a longer period, or take a filter away."), icon=":material/search_off:")
    st.stop()


def own_history(click: str, shown: list[int]) -> None:
    """Shows only the scans of the person whose button was clicked."""
    st.session_state[widgets.HISTORY] = [shown[st.session_state[click]["row"]]]


rows_place = st.container()
number = widgets.turned(min(count, REACHED), SHOWN, key=f"history_page_{hash(chosen)}")
if count > REACHED:
    st.caption(
        t("The newest {n} can be paged through. For older ones choose a shorter period.", n=here.number(REACHED))
    )
rows = chosen.page(store, number, SHOWN)
small = partial(st.column_config.TextColumn, width="small")
columns: dict[str, Any] = {}
if len(people) != 1:  # else the picker above says who it is
    each = rows["person_id"].to_list()
    columns |= {
        "name": st.column_config.TextColumn(t("Full name"), pinned=True),
        "own": st.column_config.ButtonColumn(
            t("History"), width="small", key="history_own", on_click=own_history, args=("history_own", each)
        ),
        "phone": t("Phone number"),
    }
columns |= {
    "scanned_at": st.column_config.DatetimeColumn(t("Scanned at"), format="HH:mm:ss DD/MM/YYYY"),
    "direction": t("In/out"),
    "location": t("Location"),
    "kind": t("Who"),
    "purpose": small(t("Purpose")),
    "source": small(t("File, line"), help=t("Where the scan stands in what was uploaded.")),
}
with rows_place:
    widgets.people_table(
        here,
        rows.with_columns(
            kind=pl.Series([kinds[kind] for kind in rows["kind"]]),
            direction=pl.Series([directions[way] for way in rows["direction"]]),
            source=pl.Series([f"{name}, {line}" for name, line in zip(rows["file_name"], rows["line"], strict=True)]),
            own=pl.Series([t("History")] * rows.height),
        ),
        "history_rows",
        columns,
        alt=sentence,
    )

# Take it along -------------------------------------------------------------------------------------------------------

if here.may("export"):
    st.markdown(f"**{t('Export all {n}', n=here.number(count))}**")
    files = [
        (label, f"lich-su-quet-ma-{first:%Y-%m-%d}-{last:%Y-%m-%d}.{fmt}", fmt)
        for fmt, label in (("xlsx", "Excel"), ("csv", "CSV"), ("parquet", "Parquet"))
    ]
    exporter.links(
        here,
        [
            exporter.Link(
                label,
                downloads.offer(
                    here.session,
                    lambda path, told, fmt=fmt: history_file.write(store, chosen, fmt, path, here.language, told),
                    file_name,
                    documents.MEDIA_TYPES[fmt],
                    ("export scans", sentence, fmt),
                    rows=count,
                ),
                file_name,
            )
            for label, file_name, fmt in files
        ],
        key="history_exports",
    )
    st.caption(t("Each file says what was filtered. Every export is recorded."))
    if st.button(t("Answer a request with these scans"), icon=":material/contract_edit:", key="history_request"):
        requests.begin(chosen)
