"""The printed codes on the page of locations: make, look at, print, retire them; check-ins by retired ones."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import posters, settings
from quetma.documents import MEDIA_TYPES
from quetma.documents import poster as document
from quetma.places import Place
from quetma.posters import Poster, PosterError
from quetma.store import Store, now
from quetma.web import downloads, widgets
from quetma.web.places.register import SAID

if TYPE_CHECKING:
    from quetma.web.page import Page

LATE_DAYS = 28  # how far back check-ins by retired codes are shown


def public_address(here: "Page") -> None:
    """At which address phones reach this dashboard: without it no code can be printed."""
    t, address = here.t, settings.get(here.store, "public_address")
    if here.store.demo:
        st.info(t("In the demo unit codes are for looking at: whoever scans one is told that it is not known here."),
                icon=":material/science:")  # fmt: skip
    if not address:
        st.warning(t("Say first at which address phones reach this dashboard."), icon=":material/qr_code_2:")
    with st.expander(
        t("Address for phones: {address}", address=widgets.plain(address)) if address else t("Address for phones"),
        expanded=not address,
        icon=":material/public:",
    ):
        st.caption(
            t("The address under which visitors' phones find this dashboard, with https from your proxy. Codes printed "
              "before a change still say the old one.")
        )  # fmt: skip
        with st.form("public_address_form", border=False):
            text = st.text_input(
                t("Address"),
                address,
                placeholder=t("For example: https://checkin.example.vn"),
                key="public_address",
                max_chars=200,
            )
            if st.form_submit_button(t("Save"), icon=":material/save:"):
                _do(
                    here, lambda: posters.set_public_address(here.store, text, here.account), t("The address is saved.")
                )


def of_place(here: "Page", place: Place) -> None:
    """The codes of one place."""
    t, number = here.t, place.location_id
    assert number is not None
    made = posters.every(here.store, number)
    with st.container(border=True, key="place_codes"):
        st.header(t("Printed codes of {place}", place=widgets.plain(place.name)), anchor=False)
        if not made:
            st.caption(t("There is none yet."))
        for poster in made:
            _one(here, poster)
        if place.closed_on is None:
            _make(here, number)


def _one(here: "Page", poster: Poster) -> None:
    t = here.t
    told = [
        t("Version {n}, {day}", n=poster.version, day=here.day(poster.printed_on)),
        t("code of the national platform") if poster.payload else t("our own check-in page"),
        t("{n} check-ins", n=here.number(poster.scans)),
    ]
    if poster.retired_at:
        at, by = here.moment(poster.retired_at), widgets.plain(poster.retired_by or "")
        why = widgets.plain(poster.retired_why or "")
        st.markdown(f":material/block: {' · '.join(told)}")
        st.caption(t("Retired at {moment} by {by}: {why}. Check-ins by it since: {n}.",
                     moment=at, by=by, why=why, n=here.number(poster.late)))  # fmt: skip
        return
    st.markdown(f":material/qr_code_2: **{' · '.join(told)}**")
    if not poster.valid or not _can_print(here, poster):
        return
    picture, rest = st.columns([1, 2])
    with picture:
        unit = settings.get(here.store, "unit_name")
        st.image(
            _picture(here.store, poster, posters.says(here.store, poster), unit),
            caption=t("The A4 page, small"),
            alt=t("The A4 page, small"),
            width=220,
        )
    with rest:
        _links(here, [poster], f"ma-qr-{poster.location_id}-v{poster.version}", poster)
        with st.popover(t("Retire this code"), icon=":material/block:"):
            st.caption(t("For a lost or damaged code. Whoever still scans it is checked in, and shown here."))
            why = st.text_input(t("Why"), key=f"retire_{poster.poster_id}_why", max_chars=200)
            if st.button(t("Retire"), key=f"retire_{poster.poster_id}", type="primary"):
                said = t("Version {n} is retired.", n=poster.version)
                _do(here, lambda: posters.retire(here.store, poster.poster_id, here.account, why), said)


@st.cache_data(max_entries=50, show_spinner=False)
def _picture(_store: Store, poster: Poster, says: str, unit: str) -> bytes:
    """The page as a small picture. says, unit: what else is on it."""
    return document.page_png(_store, [poster], "a4", 50)


def _can_print(here: "Page", poster: Poster) -> bool:
    return bool(poster.payload or settings.get(here.store, "public_address"))


def _links(here: "Page", made: Sequence[Poster], name: str, bare: Poster | None = None) -> None:
    """Links to the files of some codes; `bare` alone too, as picture."""
    t, store = here.t, here.store
    files: list[tuple[str, str, Callable[[], bytes]]] = [
        (t("A4 for the door (PDF)"), "a4.pdf", lambda: document.pdf(store, made, "a4")),
        (t("Small, four on a sheet (PDF)"), "nho.pdf", lambda: document.pdf(store, made, "desk")),
    ]
    if bare:
        files += [("SVG", "svg", lambda: document.svg(store, bare)), ("PNG", "png", lambda: document.png(store, bare))]
    about = ", ".join(f"{poster.location} v{poster.version}" for poster in made)
    with st.container(horizontal=True):
        for label, ending, content in files:

            def make(path: Path, content: Callable[[], bytes] = content) -> None:
                path.write_bytes(content())

            kind = ending.rpartition(".")[2]
            joint = "-" if "." in ending else "."
            url = downloads.offer(
                here.session, make, f"{name}{joint}{ending}", MEDIA_TYPES[kind], ("print poster", about, ending)
            )
            st.link_button(label, url, icon=":material/print:" if kind == "pdf" else ":material/download:")


def _make(here: "Page", number: int) -> None:
    t = here.t
    st.caption(
        t("Visitors read that their check-in is kept for {n} days. Then who they are is deleted by itself, and only "
          "the figures stay.", n=here.number(settings.get(here.store, "visitor_days")))
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button(t("Make a new code"), icon=":material/qr_code_2_add:", key=f"code_{number}_new"):
            said = t("There is a new code. Print it, then retire the one that is gone.")
            _do(here, lambda: posters.make(here.store, number, here.account), said)
        with st.popover(t("Use the national platform's code"), icon=":material/content_paste:"):
            st.caption(t("Paste what the code of the national platform says; it is printed as it is. Check-ins by it "
                         "come here as the platform's scan log."))  # fmt: skip
            text = st.text_area(
                t("What the code says"), key=f"code_{number}_payload", max_chars=posters.LONGEST_PAYLOAD
            )
            if st.button(t("Make this code"), key=f"code_{number}_paste", disabled=not (text or "").strip()):
                said = t("There is a new code. Print it, then retire the one that is gone.")
                _do(here, lambda: posters.make(here.store, number, here.account, text), said)


def print_all(here: "Page", known: Sequence[Place]) -> None:
    """Every open place's newest code on one print."""
    t = here.t
    newest = posters.newest(here.store)
    valid = [newest[place.location_id] for place in known if place.location_id in newest]
    printable = [poster for poster in valid if _can_print(here, poster)]
    if len(printable) > 1:
        st.markdown(f"**{t('Print the codes of all {n} places', n=here.number(len(printable)))}**")
        _links(here, printable, f"ma-qr-{now():%Y-%m-%d}")


def retired_scans(here: "Page") -> None:
    """Check-ins by codes that were retired before."""
    t, last = here.t, now().date()
    first: date = last - timedelta(days=LATE_DAYS - 1)
    count = posters.late(here.store, first, last, names=False).height
    if not count:
        return
    st.warning(t("{n} check-ins in 4 weeks by a code that was retired before: somebody still has it.",
                 n=here.number(count)), icon=":material/report:")  # fmt: skip
    rows = widgets.open_rows(here, t("Check-ins by retired codes"), key="places_late")
    if rows.open:
        with rows:
            found = posters.late(here.store, first, last, names=True)
            moment = st.column_config.DatetimeColumn(t("When"), format="HH:mm DD/MM/YYYY")
            shown = found.with_columns(
                direction=pl.col("direction").replace_strict({"in": t("In"), "out": t("Out")}, default="")
            )
            widgets.people_table(
                here, shown, "places_late_people",
                {"name": t("Full name"), "phone": t("Phone"), "scanned_at": moment, "direction": t("Direction"),
                 "location": t("Location"), "version": t("Version"), "retired_why": t("Why")},
            )  # fmt: skip


def _do(here: "Page", what: Callable[[], object], said: str) -> None:
    """Does it and draws the page as it is then, or says why not."""
    try:
        what()
    except PosterError as refused:
        st.error(refused.words(here.t), icon=":material/error:")
        return
    st.session_state[SAID] = said
    st.rerun()
