"""Gate: the screen for whoever stands there, who is on site, who never left, badges of the staff."""

from typing import Any
from uuid import uuid4

import polars as pl
import streamlit as st

from quetma import badges, flow, gate, settings
from quetma.access import small
from quetma.documents import MEDIA_TYPES
from quetma.documents import badge as badge_file
from quetma.gate import GateError
from quetma.web import downloads, page, widgets
from quetma.web.gate.routes import ADDRESS

MOST_CARDS = 30  # places with a card each; more are a table
MOST_MISSED = 100  # who never left, at once

here = page.begin("Gate", right="gate")
t, store = here.t, here.store
clock = store.clock()
today = clock.date()

st.link_button(t("Open the gate screen"), ADDRESS, icon=":material/qr_code_scanner:", type="primary")
st.caption(t("Enter people by scanner, camera, phone or name. It works on while the network is down."))

# Who is on site ------------------------------------------------------------------------------------------------------

newest = store.ask("history/last_scan")["scanned_at"][0]
places = store.ask("gate/places", day=today)
people = flow.present(store, at=clock)
there = dict(people.group_by("location_id").len().iter_rows())

st.subheader(t("On site now"), anchor=False)
cards = []
crowded = []
if places.height > MOST_CARDS:
    counts = places["location_id"].replace_strict(there, default=0, return_dtype=pl.Int64)
    counted = places.with_columns(people=counts).sort("people", descending=True, maintain_order=True)
    columns = {"name": t("Location"), "people": t("On site now"), "capacity": t("Capacity")}
    widgets.table(counted, columns, alt=t("On site now"))
for place, name, capacity in places.iter_rows():
    count = there.get(place, 0)
    said = {"full": t("full"), "nearly": t("almost full"), "": ""}[flow.fullness(count, capacity)]
    if said:
        crowded.append(t("{place}: {n} of {most} – {said}.", place=name, n=count, most=capacity, said=said))
    if places.height <= MOST_CARDS:
        value = small.Rate(count, count, capacity) if capacity else here.number(count)
        cards.append(widgets.Card(name, value, said or (t("capacity not known") if not capacity else t("room left"))))
widgets.cards(here, cards, across=3)
if crowded:
    st.warning("  \n".join(map(widgets.plain, crowded)), icon=":material/groups:")
st.caption(
    t("Who came in and has not left, at {moment}. Newest scan: {newest}.",
      moment=here.moment(clock), newest=here.moment(newest) or "–")
)  # fmt: skip
rows = widgets.open_rows(here, t("Who is on site now: {n}", n=here.number(people.height)), key="gate_on_site")
if rows.open:
    with rows:
        since = st.column_config.DatetimeColumn(t("Since"), format="HH:mm")
        people = flow.on_site(store, names=True, at=clock).people
        widgets.presence_table(here, people, "gate_people", {"since": since, "host": t("Comes to see")},
                               alt=t("People on site now"))  # fmt: skip
if people.height:
    st.link_button(t("Muster list to print (PDF)"), f"{ADDRESS}/muster", icon=":material/print:")

# Never out -----------------------------------------------------------------------------------------------------------


def close(stays: list[dict[str, Any]]) -> None:
    """Says that these have left."""
    try:
        gate.close(store, stays, uuid4().hex, here.account)
    except GateError as error:
        st.session_state["gate_refused"] = error.words(t)


def close_one(click: str, stays: list[dict[str, Any]]) -> None:
    """Says that the one whose button was clicked has left."""
    close([stays[st.session_state[click]["row"]]])


def reopen(entry: str) -> None:
    """Takes back that somebody has left."""
    try:
        gate.take_back(store, entry, here.account)
    except GateError as error:
        st.session_state["gate_refused"] = error.words(t)


st.subheader(t("Came in and never out"), anchor=False)
if refused := st.session_state.pop("gate_refused", ""):
    st.error(refused, icon=":material/error:")
found = gate.never_out(store, today, MOST_MISSED + 1)
missed = found.head(MOST_MISSED)
if missed.is_empty():
    st.caption(t("Nobody: everybody of the last {n} days has a scan out, or was closed here.", n=gate.UNCLOSED_DAYS))
else:
    st.caption(
        t("They scanned in and not out. “Has left” ends the stay when they are taken to have left; "
          "that end stays marked as inferred.")
    )  # fmt: skip
    stays = missed.to_dicts()
    shown = missed.with_columns(
        pl.col("kind").replace_strict({"staff": t("Staff"), "visitor": t("Visitor")}, return_dtype=pl.String),
        _left=pl.lit(t("Has left")),
    )
    moment = st.column_config.DatetimeColumn
    st.dataframe(
        shown.select("name", "_left", "kind", "location", "t_in", "left_at"),
        column_config={
            "name": st.column_config.TextColumn(t("Full name"), pinned=True),
            "_left": st.column_config.ButtonColumn(
                "", width="small", on_click=close_one, args=("gate_left", stays), key="gate_left"
            ),
            "kind": t("Who"),
            "location": t("Location"),
            "t_in": moment(t("In"), format="HH:mm DD/MM"),
            "left_at": moment(t("Taken to have left"), format="HH:mm DD/MM"),
        },
        hide_index=True,
        key="gate_missed",
        alt=t("Came in and never out"),
    )
    st.button(
        t("All of them have left: {n}", n=here.number(missed.height)),
        on_click=close,
        args=(stays,),
        icon=":material/done_all:",
    )
    if found.height > MOST_MISSED:
        st.caption(t("These are the newest {n}. Those before them come as these are closed.", n=MOST_MISSED))
    here.audit("open rows", t("Came in and never out"))
closed = gate.said_gone(store, today)
if closed.height:
    with st.expander(t("Closed at the gate: {n}", n=here.number(closed.height)), icon=":material/history:"):
        for (entry,), group in closed.group_by("entry", maintain_order=True):
            names = ", ".join(group["name"])
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    t("{names} – left {moment} (inferred), said by {by}.", names=widgets.plain(names),
                      moment=here.moment(group["left_at"][0]), by=widgets.plain(group["by"][0]))
                )  # fmt: skip
                st.button(t("Take back"), key=f"reopen_{entry}", on_click=reopen, args=(entry,))

# Badges --------------------------------------------------------------------------------------------------------------

if here.may("badges"):
    st.subheader(t("Staff badges"), anchor=False)
    st.caption(
        t("A card with a code of random digits for each member of the staff. "
          "A new badge ends the one before, so a lost one is worth nothing.")
    )  # fmt: skip
    staff = badges.staff(store, today)
    names = dict(staff.select("person_id", "name").iter_rows())
    without = staff.filter(pl.col("token").is_null())["person_id"].to_list()
    if staff.is_empty():
        widgets.empty(here, t("There is no staff list yet."))
        st.stop()
    moment = st.column_config.DatetimeColumn
    widgets.table(
        staff,
        {
            "name": t("Full name"),
            "position": t("Position"),
            "location": t("Location"),
            "issued_at": moment(t("Badge since"), format="HH:mm DD/MM/YYYY"),
        },
        alt=t("Staff badges"),
    )
    if without:
        st.button(
            t("Make badges for those without: {n}", n=len(without)), icon=":material/badge:",
            on_click=badges.issue, args=(store, without, here.account),
        )  # fmt: skip
    holders = staff.filter(pl.col("token").is_not_null())
    if holders.height:
        chosen = st.multiselect(
            t("Whose badge"), holders["person_id"].to_list(), format_func=lambda person: names[person],
            key="gate_badges", placeholder=t("Everybody"),
        )  # fmt: skip
        with st.container(horizontal=True):
            sheet = holders.filter(pl.col("person_id").is_in(chosen)) if chosen else holders
            url = downloads.offer(
                here.session, lambda path: path.write_bytes(badge_file.pdf(store, sheet)), "the-nhan-vien.pdf",
                MEDIA_TYPES["pdf"], ("badges printed", settings.get(store, "unit_name"), f"{sheet.height}"),
            )  # fmt: skip
            st.link_button(t("Print {n} badges (PDF)", n=sheet.height), url, icon=":material/print:")
            st.button(
                t("New badge, ends the old one"), disabled=not chosen, icon=":material/autorenew:",
                on_click=badges.issue, args=(store, chosen, here.account),
            )  # fmt: skip
            st.button(
                t("Revoke"), disabled=not chosen, icon=":material/block:",
                on_click=badges.revoke_all, args=(store, chosen, here.account),
            )  # fmt: skip
