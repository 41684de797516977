"""The parts that screens share: cards, the period and location pickers, tables of people, the rows behind a number."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import polars as pl
import streamlit as st

from quetma.access import small
from quetma.flow import OnSite
from quetma.store import ROOT

if TYPE_CHECKING:
    from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

    from quetma.web.page import Page

PAGES = ROOT / "pages"
PERSON = "person"  # in the session: whose page is open
HISTORY = "history_people"  # in the session: whose scans the page of the history shows, all when nobody's
ANY = "any"
FIRST_DAY = date(2020, 1, 1)  # no check-in log is older; the calendar of a free range begins here

WIDEST = 8  # characters of a card's figure that stand beside one another in the narrowest card

_MARKUP = frozenset("\\`*_{}[]()<>#+-.!|~$:&")

# Web addresses and `:icon:` names are found in the text after the backslashes are gone; an invisible mark breaks them.
_AUTOMATIC = re.compile(r"(?<=:)(?=[^\s\d])|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
WORD_JOINER = "\u2060"

PRESETS = {
    "today": "Today",
    "week": "This week",
    "month": "This month",
    "4weeks": "Last 4 weeks",
    "all": "All",
    "range": "Choose days",
}


@dataclass(frozen=True)
class Card:
    """One figure: what it is, its value (or how many of those who owe it), how it changed (None: not compared), and the
    page that opens it.

    `note` stands beside the change, or alone; `detail` stands below. `good` says which way is good news.
    """

    label: str
    value: str | small.Rate
    note: str = ""
    change: int | None = None
    good: Literal["more", "less", "neither"] = "neither"
    help: str | None = None
    detail: str = ""
    page: str | None = None
    link: str | None = None


def cards(here: "Page", figures: Sequence[Card], across: int = 3) -> None:
    """The figures as cards of one size, `across` in a row where the screen allows it."""
    colour: dict[str, Literal["normal", "inverse", "off"]] = {"more": "normal", "less": "inverse", "neither": "off"}
    with st.grid(across, min_column_width=150):
        for card in figures:
            with st.container(border=True, height="stretch", gap="xsmall"):
                compared = card.change is not None
                value, below = _value(here, card.value)
                st.metric(
                    card.label,
                    value,
                    card.change,
                    delta_color=colour[card.good],
                    delta_description=card.note if compared else None,
                    help=card.help,
                )
                if below:
                    st.caption(below)
                if card.note and not compared:
                    st.caption(card.note)
                if card.detail:
                    st.caption(card.detail)
                if card.page:
                    st.page_link(PAGES / card.page, label=card.link, icon=":material/arrow_forward:")


def _value(here: "Page", value: str | small.Rate) -> tuple[str, str]:
    """What a card shows in large figures, and what there was no room for: `12/13`, or `8.445` and `trên 8.533`."""
    if isinstance(value, str):
        return value, ""
    low, high, due = map(here.number, (value.low, value.high, value.due))
    have = low if low == high else f"{low}–{high}"
    if len(have) + len(due) < WIDEST:
        return f"{have}/{due}", ""
    return have, here.t("of {n}", n=due)


def period(here: "Page", key: str = "period", default: str = "4weeks") -> tuple[date, date]:
    """The days a screen is about, both included, as the reader picked them. Valid for any store, also an empty one.

    The presets end with `here.store.today()`. The choice is kept across pages.
    """
    t, today = here.t, here.store.today()
    names = {preset: t(name) for preset, name in PRESETS.items()}
    chosen = st.segmented_control(
        t("Period"), list(PRESETS), default=default, required=True, format_func=lambda preset: names[preset],
        key=key, persist_state="session", wrap=True,
    )  # fmt: skip
    if chosen == "range":
        picked = st.date_input(
            t("From day – to day"),
            value=(max(FIRST_DAY, today - timedelta(days=27)), today),
            min_value=FIRST_DAY,
            max_value=date(today.year + 1, 12, 31),
            format="DD/MM/YYYY",
            key=f"{key}_range",
            persist_state="session",
        )
        if picked:  # after the first click of two there is only one day: that day alone
            return picked[0], picked[-1]
        chosen = default
    return preset_days(chosen or default, today, here.store.ask("flow/span")["first_day"][0])


def preset_days(preset: str, today: date, first_day: date | None) -> tuple[date, date]:
    """First and last day of a preset; `first_day` is the oldest day with data, None in an empty store."""
    first = {
        "today": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "4weeks": today - timedelta(days=27),
        "all": min(first_day or today, today),
    }[preset]
    return first, today


def choice(here: "Page", label: str, words: Mapping[str, str], key: str, default: str = ANY) -> str | None:
    """One of the codes in `words`, or None for any, which `default` is as well."""
    picked = st.segmented_control(
        label,
        [ANY, *words],
        default=default,
        required=True,
        format_func=lambda code: words.get(code, here.t("All")),
        key=key,
        persist_state="session",
    )
    return picked if picked in words else None


def location(here: "Page", key: str = "location") -> int:
    """The location a screen is about: its id, or 0 for the whole unit (also when the one picked is gone meanwhile)."""
    known = here.store.ask("flow/locations")
    names = {0: here.t("All locations")} | dict(zip(known["location_id"], known["name"], strict=True))
    chosen = st.selectbox(
        here.t("Location"),
        list(names),
        format_func=lambda place: names.get(place, ""),
        key=key,
        persist_state="session",
    )
    return chosen or 0


def locations(here: "Page", key: str) -> tuple[int, ...]:
    """The locations a list is about, by their ids; none picked is every one."""
    known = dict(here.store.ask("flow/locations").iter_rows())
    chosen = st.multiselect(
        here.t("Locations"),
        list(known),
        format_func=lambda place: known.get(place, ""),
        placeholder=here.t("All locations"),
        key=key,
        persist_state="session",
    )
    return tuple(place for place in chosen if place in known)


def open_rows(here: "Page", label: str, key: str) -> "ExpanderContainer":
    """An expander for the rows behind a number; opening it is written to the audit. Ask for the rows only when it is
    open:

    ```python
    rows = widgets.open_rows(here, t("Who is on site"), key="on_site")
    if rows.open:
        with rows:
            widgets.people_table(here, here.store.ask("flow/on_site", ...), "on_site_people", {...})
    ```
    """
    rows = st.expander(label, key=key, icon=":material/list:", on_change="rerun")
    if rows.open:
        here.audit("open rows", label)
    return rows


def turned(count: int, shown: int, key: str) -> int:
    """The page that the reader turned to, from 1, of so many rows of which so many are shown at once."""
    if count <= shown:
        return 1
    with st.container(horizontal=True, horizontal_alignment="center"):
        return st.pagination(math.ceil(count / shown), key=key)


def people_table(
    here: "Page",
    frame: pl.DataFrame,
    key: str,
    columns: Mapping[str, Any],
    alt: str | None = None,
    traced: bool = True,
) -> None:
    """A table of people, with a button at each that opens their trace for those who may trace, and one that opens
    all that is known of them for those who may see health data.

    `frame` has `person_id` and `name`; `columns` gives the shown columns, in order, each a label or column config.
    traced: with the button for the trace; where nobody asks for one, it only takes the place on a phone.
    """
    t = here.t
    if frame.is_empty():
        st.caption(t("Nobody."))
        return
    # Only what is shown is sent: a column hidden in the browser has still been sent there.
    shown = frame[list(columns)]
    config = dict(columns)
    if here.may("health"):
        people = frame["person_id"].to_list()
        shown = shown.insert_column(1, pl.Series("_person", [t("Open")] * shown.height))
        config["_person"] = st.column_config.ButtonColumn(
            "", width="small", on_click=_open, args=(f"{key}_person", people), key=f"{key}_person"
        )
    if traced and here.may("trace"):
        people = frame["person_id"].to_list()
        # Right beside the name, so that it is in sight on a phone.
        shown = shown.insert_column(1, pl.Series("_trace", [t("Trace")] * shown.height))
        config["_trace"] = st.column_config.ButtonColumn(
            "", width="small", on_click=_trace, args=(f"{key}_trace", people), key=f"{key}_trace"
        )
    st.dataframe(shown, column_config=config, hide_index=True, placeholder="", key=key, alt=alt or t("People"))


def _trace(click: str, people: list[int]) -> None:
    st.session_state["trace_person"] = people[st.session_state[click]["row"]]
    st.switch_page(PAGES / "tracing.py")


def _open(click: str, people: list[int]) -> None:
    open_person(people[st.session_state[click]["row"]])


def open_person(person_id: int) -> None:
    """Opens the page of a person."""
    st.session_state[PERSON] = person_id
    st.switch_page(PAGES / "person.py")


def open_history(person_id: int) -> None:
    """Opens the scan history of a person."""
    st.session_state[HISTORY] = [person_id]
    st.switch_page(PAGES / "history.py")


def presence_table(here: "Page", frame: pl.DataFrame, key: str, times: Mapping[str, Any], alt: str) -> None:
    """A table of who was where. `frame` has person_id, name, phone, kind, location and the columns of `times`."""
    t = here.t
    shown = frame.with_columns(
        pl.col("kind").replace_strict({"staff": t("Staff"), "visitor": t("Visitor")}, return_dtype=pl.String)
    )
    columns = {"name": t("Full name"), "phone": t("Phone"), "kind": t("Who"), "location": t("Location")}
    people_table(here, shown, key, columns | dict(times), alt=alt)


def on_site_table(here: "Page", on_site: OnSite, key: str) -> None:
    """Who is on site, and as of when. on_site: asked with names by those who may see people, else without."""
    t = here.t
    st.caption(t("As of {moment}, the newest scan.", moment=here.moment(on_site.as_of)))
    if not here.may("people"):
        columns = {"name": t("Full name"), "phone": t("Phone")}
        people_table(here, on_site.people, key, columns, alt=t("People on site now"))
        return
    since = st.column_config.DatetimeColumn(t("Since"), format="HH:mm DD/MM/YYYY")
    presence_table(here, on_site.people, key, {"since": since}, alt=t("People on site now"))


def some(here: "Page", n: int | None) -> str:
    """A count of people as `small.count` lets it be told: `1.204`, or `dưới 3`."""
    return here.t("fewer than {n}", n=small.FEWEST) if n is None else here.number(n)


def table(frame: pl.DataFrame, columns: Mapping[str, Any], alt: str) -> None:
    """A table of figures: `columns` gives the shown columns, in order, each a label or a `st.column_config` column."""
    st.dataframe(frame[list(columns)], column_config=dict(columns), hide_index=True, placeholder="", alt=alt)


def editor(frame: pl.DataFrame, **options: Any) -> pl.DataFrame:
    """`st.data_editor`, its answer in the types of `frame`: through pandas, days come back as moments, and whole
    numbers beside an empty cell as fractions.
    """
    return st.data_editor(frame, **options).cast(dict(frame.schema))


def empty(here: "Page", what: str) -> None:
    """Says in `what` which data is missing, and what to do next."""
    t = here.t
    if here.may("upload"):
        st.info(f"{what} {t('Upload a file and it appears here.')}", icon=":material/info:")
        st.page_link(PAGES / "upload.py", label=t("Go to Upload"), icon=":material/upload:")
    else:
        st.info(f"{what} {t('Ask a leader of the unit to upload the data.')}", icon=":material/info:")


def plain(text: str) -> str:
    """A name or other text from a file, safe inside Markdown: shown letter by letter, never a link or an image."""
    return "".join(f"\\{c}" if c in _MARKUP else c for c in _AUTOMATIC.sub(WORD_JOINER, text))
