"""One person of an answer, opened: why they are in it, with both stays behind each contact."""

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import tracing
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.language import Translate
    from quetma.web.page import Page

OPENED = "trace_opened"  # + the classes to choose from: who is open there


def certainty(t: "Translate") -> dict[str, str]:
    """How sure a contact is, in a sign and in words."""
    return {
        "seen": "● " + t("seen: every scan is there"),
        "inferred": "◐ " + t("inferred: a scan is missing"),
        "possible": "○ " + t("possible: rests on a masked name or phone"),
    }


def classes(answer: tracing.Trace) -> dict[int, pl.DataFrame]:
    """The F1s, F2s and, where asked for, F3s by their number."""
    return dict(enumerate(answer.steps, 1))


def names(answer: tracing.Trace) -> dict[int, str]:
    """The names of everybody in an answer."""
    frames = [answer.people, *classes(answer).values()]
    return {row[0]: row[1] for frame in frames for row in frame.select("person_id", "name").iter_rows()}


def button(people: list[int], degree: int, key: str) -> Any:
    """The column of a table whose button opens that person below it."""
    click = f"{key}_open"
    return st.column_config.ButtonColumn("", width="small", key=click, on_click=_clicked, args=(click, people, degree))


def _clicked(click: str, people: list[int], degree: int) -> None:
    show(people[st.session_state[click]["row"]], (degree,))


def show(person_id: int, among: tuple[int, ...]) -> None:
    """Opens a person where `choose_and_show` is asked for these classes; only before that, as in a callback."""
    st.session_state[_key(among)] = person_id


def opened(among: tuple[int, ...]) -> int | None:
    """Who is open there."""
    return st.session_state.get(_key(among))


def _key(among: tuple[int, ...]) -> str:
    return OPENED + "".join(map(str, among))


def choose_and_show(here: "Page", answer: tracing.Trace, among: tuple[int, ...]) -> None:
    """A field to choose somebody of these classes, and the evidence of who is chosen. Written to the audit."""
    t, key = here.t, _key(among)
    found = {row["person_id"]: (degree, row) for degree in among for row in answer.told(degree).iter_rows(named=True)}
    if st.session_state.get(key) not in found:  # the answer changes with the question
        st.session_state[key] = None
    chosen = st.selectbox(
        t("Evidence of"),
        list(found),
        format_func=lambda person_id: _label(found.get(person_id)),
        placeholder=t("Choose a person"),
        index=None,
        key=key,
    )
    if chosen in found:
        degree, row = found[chosen]
        _evidence(here, answer, degree, row)


def _label(found: tuple[int, dict] | None) -> str:
    return f"F{found[0]} · {found[1]['name']} {found[1]['phone_shown']}".strip() if found else ""


def _evidence(here: "Page", answer: tracing.Trace, degree: int, row: dict) -> None:
    t = here.t
    cases = ", ".join(f"{name} {phone}" for name, phone in answer.people.select("name", "phone").iter_rows())
    here.audit("open rows", f"{row['name']} {row['phone_shown']}".strip(), f"F{degree} of {cases}")
    contacts = tracing.evidence(here.store, answer, degree, row["person_id"])
    with st.container(border=True):
        st.markdown(
            t("**F{n} {name}**: {count} times in the same place as {infectors}, {minutes} minutes in all",
              n=degree, name=widgets.plain(row["name"]), count=here.number(contacts.height),
              infectors=_infectors(here, contacts, degree), minutes=here.number(round(row["minutes"])))
            + " · " + certainty(t)[row["certainty"]]
        )  # fmt: skip
        contacts_table(here, contacts, {"infector": f"F{degree - 1}"}, t("Each time they shared a place"))
        with st.container(horizontal=True):
            if st.button(
                t("Scan history of this person"), icon=":material/history:", key=f"history_{row['person_id']}"
            ):
                widgets.open_history(row["person_id"])
            if here.may("health") and st.button(
                t("All about this person"), icon=":material/person:", key=f"person_{row['person_id']}"
            ):
                widgets.open_person(row["person_id"])
            if st.button(t("Trace this person"), icon=":material/share:", key=f"retrace_{row['person_id']}"):
                st.session_state["trace_person"] = row["person_id"]
                st.rerun()


def _infectors(here: "Page", contacts: pl.DataFrame, degree: int) -> str:
    who = contacts["infector"].unique(maintain_order=True).to_list()
    if len(who) == 1:
        return widgets.plain(who[0])
    return here.t("{n} different F{degree}", n=here.number(len(who)), degree=degree - 1)


def stay(t_in: str, t_out: str, in_seen: str, out_seen: str) -> pl.Expr:
    """A stay as it is in the store; `?` marks an end that was inferred."""
    marks = [pl.when(pl.col(seen)).then(pl.lit("")).otherwise(pl.lit("?")) for seen in (in_seen, out_seen)]
    begin, end = (pl.col(name).dt.strftime("%H:%M") for name in (t_in, t_out))
    return pl.concat_str(begin, marks[0], pl.lit("–"), end, marks[1])


def contacts_table(here: "Page", rows: pl.DataFrame, who: dict[str, str], alt: str) -> None:
    """Contacts (queries/tracing/evidence.sql) with both stays behind each. `who`: column with names → its label."""
    t = here.t
    widgets.table(
        rows.with_columns(
            pl.col("minutes").round(1),
            infector_stay=stay("infector_in", "infector_out", "infector_in_seen", "infector_out_seen"),
            own_stay=stay("t_in", "t_out", "in_seen", "out_seen"),
        ),
        {
            **{name: st.column_config.TextColumn(label, pinned=True) for name, label in who.items()},
            "location": t("Location"),
            "began": st.column_config.DatetimeColumn(t("Shared from"), format="HH:mm DD/MM/YYYY"),
            "ended": st.column_config.DatetimeColumn(t("Shared until"), format="HH:mm DD/MM/YYYY"),
            "minutes": st.column_config.NumberColumn(t("Minutes"), format="%.0f"),
            "infector_stay": t("The one who may infect was there"),
            "own_stay": t("This person was there"),
        },
        alt=alt,
    )
    if not rows.select(pl.all_horizontal("infector_in_seen", "infector_out_seen", "in_seen", "out_seen").all()).item():
        st.caption(t("A question mark stands at a time that was not scanned but inferred."))
