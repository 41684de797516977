"""Taking an answer along: the list, the workbook, the files for Go.Data and SORMAS, and message texts to copy."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from quetma import language, receipts, settings, tracing
from quetma.documents import MEDIA_TYPES, handover, workbook
from quetma.documents import messages as texts
from quetma.documents import trace as document
from quetma.web import downloads, widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

LISTED = 100  # messages in the one list: more would be slow to show


def exports(here: "Page", answer: tracing.Trace) -> None:
    """Links to every file that can be made of the answer."""
    t, store = here.t, here.store
    cases = list(zip(answer.question.cases, answer.people.iter_rows(named=True), strict=True))
    about = ", ".join(f"{person['name']} {person['phone']}".strip() for _, person in cases)
    sentence = document.sentence(answer, language.translator("en"))
    day = min(case.onset for case, _ in cases)

    def link(label: str, name: str, fmt: str, make: Callable[[Path], object]) -> None:
        line = ("export trace", about, f"{name}.{fmt}: {sentence}")
        url = downloads.offer(here.session, make, f"{name}-{day:%Y-%m-%d}.{fmt}", MEDIA_TYPES[fmt], line)
        st.link_button(label, url, icon=":material/download:")

    def book(path: Path) -> None:
        steps = [tracing.evidence(store, answer, degree) for degree in range(1, answer.question.steps + 1)]
        workbook.write(answer, steps, receipts.grounds(store, answer.question), path, here.language)

    st.markdown(f"**{t('Export the list')}**")
    with st.container(horizontal=True):
        link("Excel", "truy-vet", "xlsx", lambda path: document.write(answer, "xlsx", path, here.language))
        link("CSV", "truy-vet", "csv", lambda path: document.write(answer, "csv", path, here.language))
        link(t("Workbook with all evidence"), "so-truy-vet", "xlsx", book)
    with st.expander(t("For public health's own systems (Go.Data, SORMAS)"), icon=":material/local_hospital:"):
        st.caption(
            t("Contacts in the columns these systems import. Write the number the case has there; whoever is only "
              "possible is left out. In SORMAS, use a language that writes dates as day/month/year.")
        )  # fmt: skip
        numbers = {
            case.person_id: st.text_input(
                t("Number of {name} in that system", name=widgets.plain(person["name"])),
                placeholder=f"F0-{at}",
                key=f"handover_number_{case.person_id}",
            )
            for at, (case, person) in enumerate(cases, 1)
        }
        if any(text.startswith(("=", "+", "-", "@")) for text in map(str.strip, numbers.values())):
            st.warning(t("A number cannot begin with = + - or @."), icon=":material/warning:")
            return
        reported = store.today()
        with st.container(horizontal=True):
            for degree, label in ((1, "Go.Data: F1"), (2, "Go.Data: F2")):
                link(
                    label,
                    f"godata-f{degree}",
                    "csv",
                    lambda path, degree=degree: handover.godata(
                        answer, tracing.links(store, answer), path, numbers, reported, degree
                    ),
                )
            link(
                "SORMAS: F1",
                "sormas-f1",
                "csv",
                lambda path: handover.sormas(answer, tracing.links(store, answer), path, numbers, reported),
            )


def messages(here: "Page", answer: tracing.Trace) -> None:
    """Message texts for F1 and F2, one by one and as a list, each with a button that copies it."""
    t = here.t
    call = st.text_input(
        t("Whom to call back (name or number)"),
        key="messages_call",
        persist_state="session",
        max_chars=80,
        placeholder=t("For example: the health station, 0212 3…"),
    )
    found = texts.messages(answer, here.language, settings.get(here.store, "unit_name"), (call or "").strip())
    if not found:
        st.info(t("Nobody to write to: no suspected F1 or F2 has a phone."), icon=":material/sms:")
        return
    st.caption(t("The texts never say who the case is. The button at the right of each text copies it."))
    by_person = {message.person_id: message for message in found}
    chosen = st.selectbox(
        t("Message for"),
        list(by_person),
        format_func=lambda person: _label(by_person.get(person)),
        key="messages_person",
    )
    if chosen in by_person:
        st.code(by_person[chosen].text, language=None, wrap_lines=True)
    with widgets.open_rows(
        here, t("All {n} messages as one list", n=here.number(len(found))), key="messages_all"
    ) as rows:
        if rows.open:
            if len(found) > LISTED:
                st.caption(t("The first {n}.", n=LISTED))
            st.code(texts.as_list(found[:LISTED]), language=None, wrap_lines=True, height=400)


def _label(message: texts.Message | None) -> str:
    return f"{message.degree} · {message.name} · {message.phone}" if message else ""
