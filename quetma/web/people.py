"""Picking people of the store on a screen: one, or several."""

from typing import TYPE_CHECKING, Any

import streamlit as st

from quetma import directory
from quetma.web.widgets import plain

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 8
HIGH = 5  # people picked, of whom more are scrolled through


def person_picker(here: "Page", key: str, label: str | None = None) -> int | None:
    """A search field with the people that fit below it, or the person picked, with a button to change or clear.

    Returns the person_id, or None when nobody is picked. The choice is `st.session_state[key]`: set it to pick somebody
    from elsewhere. It is kept across pages; no name and no phone goes into the address bar.
    """
    t = here.t
    picked = st.session_state.get(key)
    known = None if picked is None else directory.person(here.store, picked)
    if known is None:
        st.session_state[key] = None
        search(here, key, label or t("Find a person by name or phone"))
        return None
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(described(here, known), width="stretch")
        st.button(
            t("Change or clear"),
            icon=":material/close:",
            type="tertiary",
            key=f"{key}_clear",
            on_click=_pick,
            args=(key, None),
        )
    return known["person_id"]  # whom the one picked is by now


def people_picker(here: "Page", key: str) -> tuple[int, ...]:
    """The people picked, each a button that takes them out, and a search field to add one; () when nobody is picked.

    Returns their person_id. The choice is the list `st.session_state[key]`; else as `person_picker`.
    """
    t, state = here.t, st.session_state
    added = state.pop(f"{key}_add", None)
    picked = [*state.get(key, []), *([] if added is None else [added])]
    known = {person["person_id"]: person for one in picked if (person := directory.person(here.store, one))}
    state[key] = list(known)
    if known:
        with st.container(border=True, gap="xsmall", height=260 if len(known) > HIGH else "content"):
            st.caption(t("Only these people; press one to take them out:"))
            for person_id, person in known.items():
                st.button(
                    described(here, person), icon=":material/close:", key=f"{key}_out_{person_id}", width="stretch",
                    on_click=_take_out, args=(key, person_id),
                )  # fmt: skip
    search(here, f"{key}_add", t("Add another person") if known else t("Find people by name or phone"))
    return tuple(known)


def _take_out(key: str, person_id: int) -> None:
    st.session_state[key] = [other for other in st.session_state[key] if other != person_id]


def search(here: "Page", key: str, label: str) -> None:
    """A search field with the people that fit below it; who is clicked stands in `st.session_state[key]` then."""
    t = here.t
    text = st.text_input(
        label,
        type="search",
        live="300ms",
        placeholder=t("For example: van an, or 0912 345"),
        help=t("Tones and order do not matter. A few letters of each word, or a piece of the phone, are enough."),
        key=f"{key}_text",
    )
    if not text or not text.strip():
        return
    found = directory.find(here.store, text, SHOWN + 1)
    if found.is_empty():
        st.caption(t("Nobody fits “{text}”. Try fewer letters, or a piece of the phone.", text=plain(text.strip())))
    with st.container(gap="xsmall"):
        for person in found.head(SHOWN).iter_rows(named=True):
            st.button(
                described(here, person),
                key=f"{key}_{person['person_id']}",
                on_click=_pick,
                args=(key, person["person_id"]),
                width="stretch",
            )
    if found.height > SHOWN:
        st.caption(t("Only the best {n} are shown. Type more to narrow down.", n=SHOWN))


def _pick(key: str, person_id: int | None) -> None:
    st.session_state[key] = person_id
    st.session_state[f"{key}_text"] = ""


def described(here: "Page", person: dict[str, Any]) -> str:
    """One line that tells people of the same name apart: phone, year of birth, when last seen."""
    t = here.t
    parts = [f"**{plain(person['name'])}**", plain(person["phone"])]
    if person["birth_year"]:
        parts.append(t("born {year}", year=person["birth_year"]))
    parts.append({"staff": t("staff"), "visitor": t("visitor")}[person["kind"]])
    parts.append(t("last seen {day}", day=here.day(person["last_seen"])) if person["last_seen"] else t("never scanned"))
    return " · ".join(part for part in parts if part)
