"""A document before it is made: its paragraphs to be written otherwise, its pages as pictures, number and day, making.

Used for every kind: `view(here, paper, key)` draws all of it. What was written otherwise holds for the very text it was
written for: when the figures change, so does the paragraph. All that was written is kept as a draft (quetma/drafts.py)
each time it changes, and is there again in another tab, on another day.
"""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from quetma import drafts
from quetma.documents.official import FORMATS, making, pdf
from quetma.documents.official.paper import Heading, Paper, Paragraph
from quetma.drafts import Draft
from quetma.web import widgets
from quetma.web.documents import GO, SAID
from quetma.web.documents.made import OPENED

if TYPE_CHECKING:
    from quetma.web.page import Page

DATED = "dated"  # the field that holds a day
LONGEST = 4000  # characters of a paragraph
DRAWN = 200  # rows of a table shown: the pages of a list of ten thousand people take long to draw
REMEMBERED = 6  # papers whose pages are kept as pictures


def view(
    here: "Page", paper: Paper, key: str, days: tuple[date, date] | None = None, about: str = "", reason: str = ""
) -> None:
    """Everything about one draft. key: tells drafts apart. days, about, reason: as in `making.make`."""
    standard = _standard(paper, reason)
    kept = drafts.one(here.store, here.account, key)
    _fill(key, standard, kept)
    kept = _keep(here, paper, key, standard, kept)
    work, shown = st.columns([1, 1], gap="medium")
    with work:
        _say(here, kept, key, standard)
        paper = _numbered(here, paper, key)
        paper = paper.rewritten(_written(here, paper, key))
        _make(here, paper, key, days, about)
    with shown:
        _preview(here, paper, key)


# What is kept of it ---------------------------------------------------------------------------------------------------


def _standard(paper: Paper, reason: str) -> dict[str, str]:
    """What stands in each field when nobody has written anything: the end of its key → the text."""
    texts = {f"{at}_{sha256(text.encode()).hexdigest()[:12]}": text for at, text in enumerate(paper.texts)}
    return {"to": "; ".join(paper.addressees), "number": "", DATED: "", "why": reason} | texts


def _fill(key: str, standard: dict[str, str], kept: Draft | None) -> None:
    """Puts into each field that nobody has touched what is kept of it, else what stands there by itself by now."""
    state, before = st.session_state, st.session_state.get(f"{key}_standard", {})
    for name, text in standard.items():
        field = f"{key}_{name}"
        moved = before.get(name, text) != text and state.get(field) == _value(name, before[name])
        if field not in state or moved:
            state[field] = _value(name, kept.words.get(name, text) if kept else text)
    state[f"{key}_standard"] = standard


def _value(name: str, text: str) -> str | date | None:
    """What a field holds, of the text that is kept of it."""
    return (date.fromisoformat(text) if text else None) if name == DATED else text


def _keep(here: "Page", paper: Paper, key: str, standard: dict[str, str], kept: Draft | None) -> Draft | None:
    """Keeps what is written by now, if it is something else than what is kept; the draft as it is then."""
    before = kept.words if kept else {}
    words = _orphans(kept, standard)
    for name, text in standard.items():
        now = str(st.session_state[f"{key}_{name}"] or "").strip()
        if now != text.strip():
            words[name] = now
    if words == before:
        return kept
    if words:
        drafts.keep(here.store, here.account, key, f"{paper.type}: {paper.subject}", words)
    else:
        drafts.discard(here.store, here.account, key)
    return drafts.one(here.store, here.account, key)


def _orphans(kept: Draft | None, standard: dict[str, str]) -> dict[str, str]:
    """What was written for paragraphs that read otherwise by now."""
    return {name: text for name, text in kept.words.items() if name not in standard} if kept else {}


def _say(here: "Page", kept: Draft | None, key: str, standard: dict[str, str]) -> None:
    """That a draft is kept, how to be rid of it, and what of it fits no more."""
    t = here.t
    if kept is None:
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            told = t("Your draft, kept at {moment}; only you see it.", moment=here.moment(kept.saved_at))
            st.markdown(f":material/edit_document: {told}", width="stretch")
            with st.popover(t("Discard"), icon=":material/delete:"):
                st.markdown(t("Everything you wrote into this draft is forgotten. Documents made stay."))
                st.button(t("Discard the draft"), type="primary", key=f"{key}_discard", on_click=_discard,
                          args=(here, key, standard))  # fmt: skip
        if old := _orphans(kept, standard):
            with st.expander(t("Paragraphs whose figures have changed since you wrote them: {n}. Your words of before",
                               n=len(old)), icon=":material/history:", key=f"{key}_old"):  # fmt: skip
                for text in old.values():
                    st.markdown(widgets.plain(text))


def _discard(here: "Page", key: str, standard: dict[str, str]) -> None:
    drafts.discard(here.store, here.account, key)
    for name, text in standard.items():
        st.session_state[f"{key}_{name}"] = _value(name, text)


# Its fields -----------------------------------------------------------------------------------------------------------


def _numbered(here: "Page", paper: Paper, key: str) -> Paper:
    """Number, day and addressee; left open, they are for the clerk's office."""
    t = here.t
    if paper.agency.missing:
        st.warning(
            t("Who issues and signs documents is not fully said yet. Open *Head and foot* above; until then it is left "
              "open.") if here.may("installation") else
            t("Symbol, place and who signs are left open. Make a Word file and write them there."),
            icon=":material/edit_note:",
        )  # fmt: skip
    to = st.text_input(t("Addressed to (several: a semicolon between)"), max_chars=600, key=f"{key}_to",
                       persist_state="session")  # fmt: skip
    with st.grid(2, min_column_width=160):
        number = st.text_input(t("Number (empty: left open)"), max_chars=20, key=f"{key}_number",
                               persist_state="session")  # fmt: skip
        dated = st.date_input(t("Day of issue (empty: left open)"), value=None, min_value=widgets.FIRST_DAY,
                              format="DD/MM/YYYY", key=f"{key}_{DATED}", persist_state="session")  # fmt: skip
    addressees = tuple(filter(None, (one.strip() for one in (to or "").split(";"))))
    return replace(paper, addressees=addressees, number=(number or "").strip(), dated=dated)


def _written(here: "Page", paper: Paper, key: str) -> Sequence[str]:
    """A field for each paragraph, under the headings they stand under."""
    t = here.t
    fields = [f"{key}_{name}" for name in _standard(paper, "") if name[0].isdecimal()]
    written = [st.session_state[field] or "" for field in fields]
    changed = sum(now.strip() != text.strip() for now, text in zip(written, paper.texts, strict=True))
    label = t("Write paragraphs otherwise ({changed} of {n} changed)", changed=changed, n=len(fields))
    if not st.toggle(label, key=f"{key}_open", persist_state="session"):
        return written
    st.caption(t("An empty paragraph is left out; a new line begins a new one. Tables and charts follow the figures."))
    if st.button(t("Back to the text from the figures"), icon=":material/undo:", disabled=not changed,
                 key=f"{key}_back"):  # fmt: skip
        st.session_state.update(zip(fields, paper.texts, strict=True))
        st.rerun()
    given = []
    with st.container(border=True):
        for block in paper.body:
            if isinstance(block, Heading):
                st.markdown(f"**{widgets.plain(block.text)}**")
            elif isinstance(block, Paragraph):
                at = len(given)
                text = st.text_area(
                    t("Paragraph {n}", n=at + 1), max_chars=LONGEST, key=fields[at], height="content",
                    label_visibility="collapsed", persist_state="session",
                )  # fmt: skip
                given.append(text or "")
            else:
                st.caption(f":material/table_chart: {widgets.plain(block.title)}")
    return given


def _make(
    here: "Page", paper: Paper, key: str, days: tuple[date, date] | None, about: str
) -> None:  # fmt: skip
    t = here.t
    with st.container(border=True):
        why = st.text_input(t("For whom or what it is made"), max_chars=200, key=f"{key}_why",
                            placeholder=t("for example: monthly report to the department"),
                            persist_state="session")  # fmt: skip
        with st.container(horizontal=True):
            names = {"pdf": t("Make the PDF"), "docx": t("Make the Word file")}
            for fmt in FORMATS:
                if st.button(names[fmt], key=f"{key}_{fmt}", icon=":material/draft:",
                             type="primary" if fmt == "pdf" else "secondary"):  # fmt: skip
                    now = replace(paper, made_at=here.store.clock())
                    with st.spinner(t("Making the document…")):
                        kept = making.make(
                            here.store, here.account, now, fmt, days=days, about=about, reason=(why or "").strip()
                        )
                    drafts.made(here.store, here.account, key)
                    st.session_state[SAID] = t("Made and kept: {file}", file=kept.file_name)
                    st.session_state[GO], st.session_state[OPENED] = "made", kept.document_id
                    st.rerun()
        st.caption(t("It is kept under *Made so far*, with who made it, when and for what."))


def _preview(here: "Page", paper: Paper, key: str) -> None:
    t = here.t
    here.audit("open draft", paper.subject)
    short = paper.shortened(DRAWN)
    with st.spinner(t("Drawing the pages…")):
        pages = _pages(short)
    number = 1
    if len(pages) > 1:
        number = min(st.pagination(len(pages), key=f"{key}_page"), len(pages))
    # In the page itself: a picture of its own address could be fetched by anybody signed in.
    picture = base64.b64encode(pages[number - 1]).decode()
    with st.container(border=True, gap=None):
        st.image(f"data:image/svg+xml;base64,{picture}", width="stretch",
                 alt=t("Page {n} of {all} of the draft", n=number, all=len(pages)))  # fmt: skip
    st.caption(t("Page {n} of {all} of the draft", n=number, all=len(pages)))
    if short is not paper:
        st.caption(t("Here long tables end after {n} rows; the file that is made has all of them.", n=DRAWN))


@lru_cache(maxsize=REMEMBERED)
def _pages(paper: Paper) -> list[bytes]:
    return pdf.pages(paper)
