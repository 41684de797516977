"""Who is who: people who may stand in the store twice, for a leader to say which are one; what was said before."""

import math
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import streamlit as st

from quetma import identity, likely
from quetma.access import audit
from quetma.history import described
from quetma.identity import IdentityError
from quetma.likely import Pair
from quetma.web import page, widgets
from quetma.web.people import person_picker

here = page.begin("Who is who", right="who")
t, store = here.t, here.store
plain = widgets.plain
CARDS, LINES = 8, 20  # on a page of proposals, and of decisions
CHOICES = 6  # people whom one may be: more cannot be told apart side by side

if store.ask("overview/last_upload", names=False).is_empty():
    widgets.empty(here, t("There is nobody here yet."))
    st.stop()

SURE: dict[str, tuple[str, Any, str]] = {
    "likely": (t("Probably the same person"), "green", ":material/done_all:"),
    "possible": (t("Perhaps the same person"), "orange", ":material/question_mark:"),
    "hardly": (t("Hardly the same person"), "gray", ":material/block:"),
}


def named(person: dict[str, Any]) -> str:
    """The name, and what tells it from a namesake."""
    born = t("born {year}", year=person["birth_year"]) if person["birth_year"] else t("no phone number")
    return f"{person['name']} ({person['phone'] or born})"


def decide(what: Callable[[], None], action: str, one: dict[str, Any], other: dict[str, Any], done: str) -> None:
    """Does it, keeps a line of it, and draws the page as it is then."""
    try:
        with st.spinner(t("Making the figures anew…")):
            what()
    except IdentityError as refused:
        st.error(t(str(refused)), icon=":material/error:")
        return
    audit.log(store, here.account, action, described(one), described(other))
    st.session_state["who_done"] = done
    st.session_state["who_first"] = st.session_state["who_second"] = None
    close()
    st.rerun()


def close() -> None:
    """No question is open any more."""
    st.session_state["who_asked"] = None


def same_person(one: dict[str, Any], kept: dict[str, Any]) -> None:
    """Asks once more, saying what will change."""

    def ask() -> None:
        st.markdown(t("**{one}** is **{kept}**.", one=plain(named(one)), kept=plain(named(kept))))
        changes = []
        if one["scans"]:
            changes.append(
                t("Scans from {first} to {last} then count for {kept}: {n}. The figures of these days are made anew.",
                  n=here.number(one["scans"]), first=here.day(one["first_seen"]), last=here.day(one["last_seen"]),
                  kept=plain(kept["name"]))
            )  # fmt: skip
        else:
            changes.append(
                t(
                    "What files say of {one} then counts for {kept}.",
                    one=plain(one["name"]),
                    kept=plain(kept["name"]),
                )
            )
        if one["position"] and kept["position"]:
            changes.append(t("Both are on a staff list: of the two lines the newer one holds."))
        changes.append(t("Nothing is lost: you can take it back at any time, and all is as before."))
        st.markdown("\n".join(f"- {change}" for change in changes))
        with st.container(horizontal=True):
            if st.button(t("Yes, the same person"), type="primary", key="who_yes"):
                decide(
                    lambda: identity.merge(store, one["person_id"], kept["person_id"], here.account),
                    "same person", one, kept, t("Joined: {one} is {kept}.", one=named(one), kept=named(kept)),
                )  # fmt: skip
            if st.button(t("Cancel"), key="who_no"):
                close()
                st.rerun()

    st.dialog(t("The same person?"), icon=":material/merge:", on_dismiss=close)(ask)()


def card(person: dict[str, Any]) -> None:
    """One person, so that a reader who knows them recognises them."""
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f"**{plain(person['name'])}**")
        phone = person["phone"] or f"*{t('no phone number')}*"
        born = t("born {year}", year=person["birth_year"]) if person["birth_year"] else t("birth year unknown")
        st.markdown(f":material/call: {plain(phone) if person['phone'] else phone} · {born}")
        st.markdown(f":material/badge: {plain(person['position']) if person['position'] else t('Visitor')}")
        if person["scans"]:
            first, last = here.day(person["first_seen"]), here.day(person["last_seen"])
            st.caption(
                t("Scans: {n}, {days}, at {places}", n=here.number(person["scans"]), places=plain(person["places"]),
                  days=first if first == last else f"{first} – {last}")
            )  # fmt: skip
        else:
            st.caption(t("never scanned"))


def evidence(pair: Pair) -> None:
    """Why, and why perhaps not."""
    lines = [f":green[:material/check:] {plain(text)}" for text in likely.reasons(pair, t)]
    lines += [f":orange[:material/warning:] {plain(text)}" for text in likely.doubts(pair, t)]
    st.markdown("  \n".join(lines))


def proposal(pairs: list[Pair], people: dict[int, dict[str, Any]], key: str = "") -> None:
    """One person, and beside them the one or the several whom they may be."""
    one = people[pairs[0].person]
    with st.container(border=True):
        text, colour, icon = SURE[pairs[0].sure]
        if len(pairs) > 1:
            st.markdown(t("**{name}** may be one of several people. Which one?", name=plain(one["name"])))
        else:
            st.badge(text, color=colour, icon=icon)
        with st.grid(1 + len(pairs) if len(pairs) < 3 else 3, min_column_width=230):
            with st.container() if len(pairs) > 1 else nullcontext():  # beside several, no longer than itself
                card(one)
            for pair in pairs:
                with st.container(gap="small"):
                    if len(pairs) > 1:
                        text, colour, icon = SURE[pair.sure]
                        st.badge(text, color=colour, icon=icon)
                    card(people[pair.into])
                    if len(pairs) > 1:
                        answer(pair, people, key)
        if len(pairs) == 1:
            answer(pairs[0], people, key)


def answer(pair: Pair, people: dict[int, dict[str, Any]], key: str) -> None:
    """The evidence of one pair and the two buttons."""
    one, kept = people[pair.person], people[pair.into]
    evidence(pair)
    with st.container(horizontal=True):
        if st.button(t("Same person"), icon=":material/check:", key=f"{key}same_{pair.person}_{pair.into}"):
            st.session_state["who_asked"] = pair.person, pair.into
        if st.button(t("Not the same"), icon=":material/close:", key=f"{key}apart_{pair.person}_{pair.into}"):
            decide(
                lambda: identity.keep_apart(store, pair.person, pair.into, here.account),
                "two people", one, kept, t("Kept apart: {one} and {kept}.", one=named(one), kept=named(kept)),
            )  # fmt: skip


@st.fragment(run_every=2.0)
def looking() -> None:
    """How far everybody has been looked through; the page is drawn anew when that is done."""
    part = likely.proposals(store).looking
    if part is None:
        st.rerun()
    st.progress(part, t("Looking for people who stand here twice: what is shown is what was found so far."))


# Proposals -----------------------------------------------------------------------------------------------------------

if done := st.session_state.pop("who_done", None):
    st.success(plain(done), icon=":material/check_circle:")
st.markdown(
    t("A phone number is one person. Who came without one, or with a new one, may stand here twice, and what they did "
      "is then split in two. You know your people: say who is the same. Everything here can be taken back.")
)  # fmt: skip

with st.spinner(t("Looking for people who stand here twice…")):
    proposed = likely.proposals(store)
by_person: dict[int, list[Pair]] = {}
for pair in proposed.pairs:
    by_person.setdefault(pair.person, []).append(pair)
groups = list(by_person.values())
if proposed.looking is not None:
    looking()
if not groups and proposed.looking is None:
    st.success(t("Nobody seems to stand here twice."), icon=":material/check_circle:")
elif groups:
    st.subheader(t("To decide: {n}", n=here.number(len(groups))), anchor=False)
    here.audit("who is who", "likely duplicates")
    place, number = st.container(), 1
    if len(groups) > CARDS:
        with st.container(horizontal=True, horizontal_alignment="center"):
            number = st.pagination(math.ceil(len(groups) / CARDS), key=f"who_page_{len(groups)}")
    shown = groups[(number - 1) * CARDS : number * CARDS]
    people = likely.described(store, {who for group in shown for pair in group for who in (pair.person, pair.into)})
    with place:
        for group in shown:
            proposal(group[:CHOICES], people)
    if proposed.in_all > len(proposed.pairs):
        st.caption(t("Of {all} pairs only the {n} most likely are compared closely. Decide some, and the next ones "
                     "appear.", all=here.number(proposed.in_all), n=here.number(len(proposed.pairs))))  # fmt: skip

# One phone, several names --------------------------------------------------------------------------------------------

shared = likely.shared_phones(store)
if not shared.is_empty():
    box = widgets.open_rows(
        here, t("One phone, several people’s names: {n}", n=here.number(shared.height)), key="who_shared"
    )
    if box.open:
        with box:
            here.audit("who is who", "phones with several names")
            st.caption(
                t("A phone is one person, so all these scans count for one. If they are several people, take the "
                  "upload back, correct the phone in the file, and upload it again.")
            )  # fmt: skip
            columns = {"phone": t("Phone"), "names": t("Names")}
            widgets.table(shared.select("phone", "names"), columns, alt=t("Phones with several names"))

# By hand -------------------------------------------------------------------------------------------------------------

with st.expander(t("Join two people who are not listed above"), icon=":material/person_search:"):
    first = person_picker(here, "who_first", t("The first one: name or phone"))
    second = person_picker(here, "who_second", t("The second one: name or phone"))
    if first is not None and second is not None:
        try:
            by_hand = likely.about(store, first, second)
        except IdentityError as refused:
            st.warning(t(str(refused)), icon=":material/warning:")
        else:
            people = likely.described(store, {first, second})
            here.audit("who is who", described(people[by_hand.person]), described(people[by_hand.into]))
            proposal([by_hand], people, "by_hand_")

# What was decided ----------------------------------------------------------------------------------------------------

decided = identity.decided(store)
rows_place = widgets.open_rows(here, t("Decided so far: {n}", n=here.number(decided.height)), key="who_decided")
if rows_place.open:
    with rows_place:
        if decided.is_empty():
            st.caption(t("Nothing yet."))
        number = 1
        if decided.height > LINES:
            number = st.pagination(math.ceil(decided.height / LINES), key="who_decided_page")
        for row in decided.slice((number - 1) * LINES, LINES).iter_rows(named=True):
            one = {name: row[name] for name in ("name", "phone", "birth_year")}
            other = {name: row[f"other_{name}"] for name in ("name", "phone", "birth_year")}
            gaps = {"one": plain(named(one)), "other": plain(named(other))}
            pair_key = f"{row['what']}_{row['person_id']}_{row['other_id']}"
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                with st.container(gap=None):
                    if row["what"] == "apart":
                        st.markdown(t("**{one}** and **{other}** are two people.", **gaps))
                    else:
                        st.markdown(t("**{one}** is **{other}**.", **gaps))
                    if row["what"] == "rule":
                        st.caption(t("By itself: no other staff member has this name."))
                    else:
                        st.caption(t("Said by {who} at {moment}.", who=plain(row["decided_by"]),
                                     moment=here.moment(row["decided_at"])))  # fmt: skip
                if row["what"] == "rule":
                    if st.button(t("Not the same"), icon=":material/close:", key=pair_key):
                        decide(
                            lambda row=row: identity.keep_apart(
                                store, row["person_id"], row["other_id"], here.account
                            ),
                            "two people", one, other,
                            t("Kept apart: {one} and {kept}.", one=named(one), kept=named(other)),
                        )  # fmt: skip
                elif st.button(t("Take back"), icon=":material/undo:", key=pair_key):
                    decide(
                        lambda row=row: (
                            identity.unmerge(store, row["person_id"])
                            if row["what"] == "merge"
                            else identity.forget_apart(store, row["person_id"], row["other_id"])
                        ),
                        "taken back", one, other, t("Taken back: {one} and {kept}.", one=named(one), kept=named(other)),
                    )  # fmt: skip

if asked := st.session_state.get("who_asked"):
    people = likely.described(store, asked)
    if len(people) == 2:
        same_person(people[asked[0]], people[asked[1]])
