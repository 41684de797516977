"""How a table on the desk is read, changed by hand: its columns, its locations, the words of its directions."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from quetma.intake.choices import DIRECTIONS, LEFT_OUT, Choices
from quetma.intake.columns import FIELDS, KINDS, Proposal
from quetma.intake.desk import Desk
from quetma.intake.prepare import UnknownPlace
from quetma.intake.preview import Item, Table, Word
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

NAMED = 20  # locations asked about at once


def key_of(widget: str, item: Item, table: Table) -> str:
    """Of a widget of one table."""
    return f"upload_{widget}_{item.id}" + (f"_{table.key}" if table.key else "")


def choose(desk: Desk, item: Item, table: Table, key: str, what: str) -> None:
    """Reads the file again with the new value of one widget."""
    value = st.session_state[key]
    if what == "kind":  # the columns mean something else then
        chosen = Choices(kind=value, location=table.choices.location)
    else:
        chosen = replace(table.choices, **{what: value})
    desk.choose(item.id, table.key, chosen)


# Its columns ----------------------------------------------------------------------------------------------------------


def samples(proposal: Proposal) -> dict[int, str]:
    """Column index → how a selection box names it: the header, and the first value below it."""
    below = proposal.first_rows[proposal.header :]
    found = {}
    for index, header in enumerate(proposal.headers):
        value = next((row[index].strip() for row in below if index < len(row) and row[index].strip()), "")
        found[index] = " · ".join(part[:40] for part in (header or f"{index + 1}", value) if part)
    return found


def columns(here: "Page", desk: Desk, item: Item, table: Table, proposal: Proposal) -> None:
    """Which column holds what, changed all at once."""
    t = here.t
    key = key_of("header", item, table)
    lines = range(min(len(proposal.first_rows), 20) + 1)
    st.selectbox(
        t("Row with the column names"),
        lines,
        index=proposal.header if proposal.header in lines else None,
        format_func=lambda line: _header_row(here, proposal, line),
        key=key,
        on_change=choose,
        args=(desk, item, table, key, "header"),
    )
    if not table.kind:
        st.caption(t("Choose above what the file is; then its columns can be named."))
        return
    kind = KINDS[table.kind]
    names = samples(proposal)
    needed = {field for group in kind.needs for field in group}
    with st.form(key_of("form", item, table)):
        picked = {}
        with st.grid(3, min_column_width=220):
            for field in kind.fields:
                label = t(FIELDS[field]) + (" *" if field in needed else "")
                if proposal.how.get(field) == "contents":
                    label += f" – {t('guessed')}"
                column = st.selectbox(
                    label,
                    [LEFT_OUT, *names],
                    index=proposal.columns[field] + 1 if field in proposal.columns else 0,
                    format_func=lambda column: names.get(column, t("Not in the file")),
                    key=key_of(f"column_{field}_{proposal.columns.get(field)}", item, table),
                )
                picked[field] = None if column == LEFT_OUT else column
        st.caption(_needs(here, table.kind))
        if proposal.ignored:
            ignored = ", ".join(widgets.plain(header) for header in proposal.ignored)
            st.caption(t("Columns that are not used: {names}.", names=ignored))
        if st.form_submit_button(t("Read the file like this"), icon=":material/refresh:"):
            desk.choose(item.id, table.key, replace(table.choices, kind=table.kind, columns=columns_of(table, picked)))
            st.rerun()
        st.caption(t("What you set here is remembered for files with the same columns, once this one is loaded."))


def columns_of(table: Table, picked: Mapping[str, int | None]) -> dict[str, int]:
    """The columns as they were picked; a field that was taken away is said to be nowhere."""
    before = {**table.choices.columns, **(table.proposal.columns if table.proposal else {})}
    left = {field: LEFT_OUT for field, column in picked.items() if column is None and field in before}
    return {field: column for field, column in picked.items() if column is not None} | left


def _header_row(here: "Page", proposal: Proposal, line: int) -> str:
    if line == 0:
        return here.t("The file has no row of column names")
    cells = [cell.strip() for cell in proposal.first_rows[line - 1] if cell.strip()]
    return f"{line}: " + " | ".join(cells)[:100]


def _needs(here: "Page", kind: str) -> str:
    """Which columns a kind cannot do without: `Họ tên hoặc Số điện thoại; Thời gian`."""
    t = here.t
    either = f" {t('or')} "
    groups = [either.join(t(FIELDS[field]) for field in group) for group in KINDS[kind].needs]
    return t("Needed, marked with an asterisk: {columns}.", columns="; ".join(groups))


# Its locations --------------------------------------------------------------------------------------------------------


def places(here: "Page", desk: Desk, item: Item, table: Table, new: tuple[UnknownPlace, ...]) -> None:
    """New locations, or other names of known ones."""
    t = here.t
    known = here.store.ask("intake/locations")["name"].to_list()
    chosen = dict(table.choices.places)
    asked = [*chosen, *(place.name for place in new[:NAMED] if place.name not in chosen)]
    st.caption(
        t("Each of these names becomes a new location, unless you say that it is another name of a known one. "
          "That is then remembered.")
    )  # fmt: skip
    meant = [place for place in new[:NAMED] if place.suggestion]
    if meant:
        told = "  \n".join(
            t("“{name}” ({n} rows) looks like “{place}”.", name=widgets.plain(place.name), n=here.number(place.rows),
              place=widgets.plain(place.suggestion or ""))
            for place in meant
        )  # fmt: skip
        st.warning(told, icon=":material/location_on:")
    suggested = {place.name: place.suggestion for place in meant}
    with st.form(key_of("places", item, table)):
        picked: dict[str, Any] = {}
        with st.grid(3, min_column_width=220):
            for n, name in enumerate(asked):
                now, like = chosen.get(name), suggested.get(name)
                others = sorted((place for place in known if place != name), key=lambda place: place != like)
                picked[name] = st.selectbox(
                    widgets.plain(name),
                    ["", *others],
                    index=others.index(now) + 1 if now in others else 0,
                    format_func=lambda place: t("= {place}", place=place) if place else t("A new location"),
                    key=key_of(f"place_{n}_{now}", item, table),
                )
        if len(new) > NAMED:
            st.caption(t("The first {n} are asked about; the others become new locations.", n=here.number(NAMED)))
        if st.form_submit_button(t("Use these names"), icon=":material/refresh:"):
            places = {name: place for name, place in picked.items() if place}
            desk.choose(item.id, table.key, replace(table.choices, places=places))
            st.rerun()


# Its directions -------------------------------------------------------------------------------------------------------


def directions(here: "Page", desk: Desk, item: Item, table: Table, words: tuple[Word, ...]) -> None:
    """What the words of the direction column mean that nobody knows."""
    t, chosen = here.t, dict(table.choices.directions)
    st.caption(
        t("These words stand in the direction column. Say what they mean; the time of day at which they usually stand "
          "may tell. It is remembered for files with the same columns.")
    )  # fmt: skip
    known = {word.text: word for word in words}
    shown = {"in": t("in"), "out": t("out"), "unknown": t("neither")}
    with st.form(key_of("directions", item, table)):
        picked: dict[str, Any] = {}
        with st.grid(3, min_column_width=220):
            for n, text in enumerate([*chosen, *(text for text in known if text not in chosen)]):
                label = f"“{widgets.plain(text)}”"
                if word := known.get(text):
                    label += " – " + t("{n} rows, around {time}", n=here.number(word.rows), time=f"{word.around:%H:%M}")
                picked[text] = st.selectbox(
                    label,
                    DIRECTIONS,
                    index=DIRECTIONS.index(chosen[text]) if text in chosen else None,
                    format_func=lambda direction: shown[direction],
                    placeholder=t("Choose a direction"),
                    key=key_of(f"direction_{n}_{chosen.get(text)}", item, table),
                )
        if st.form_submit_button(t("Read the words like this"), icon=":material/refresh:"):
            meant = {text: direction for text, direction in picked.items() if direction}
            desk.choose(item.id, table.key, replace(table.choices, directions=meant))
            st.rerun()
