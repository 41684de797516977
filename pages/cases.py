"""Cases and follow-up: who is ill, whom they may have infected, what is to be done about each today."""

import streamlit as st

from quetma import cases, follow_up
from quetma.web import page, widgets
from quetma.web.cases import acts, contact, figures, register, table, today

here = page.begin("Cases and follow-up", right="trace")
t = here.t

if st.session_state.get(acts.OPENED) is None:  # else it is said where it was done
    acts.result(here)
known = cases.registered(here.store)
if not known:
    st.info(
        t("No case is registered. Find the person who is ill on *Tracing*: below the answer they are registered, and "
          "everyone they may have infected is listed here."),
        icon=":material/info:",
    )  # fmt: skip
    st.page_link(widgets.PAGES / "tracing.py", label=t("Go to Tracing"), icon=":material/share:")
    st.stop()

contacts = follow_up.state(here.store)
here.audit("open follow-up", "contacts of all cases")
to_do = today.due(contacts)
still_open = sum(case.open for case in known)
widgets.cards(
    here,
    [
        widgets.Card(t("Open cases"), here.number(still_open), t("{n} in all", n=here.number(len(known)))),
        widgets.Card(
            t("Contacts followed"),
            here.number(contacts.filter(contacts["progress"] == "following")["person_id"].n_unique()),
            t("{n} listed", n=here.number(contacts["person_id"].n_unique())),
        ),
        widgets.Card(t("Due today"), here.number(to_do.height), t("people")),
        widgets.Card(
            t("Overdue"), here.number(to_do.filter(to_do["overdue"].list.len() > 0).height),
            t("people, of those due"),
        ),
    ],
    across=4,
)  # fmt: skip

views = {
    "today": (t("Today ({n})", n=here.number(to_do.height)), lambda: today.view(here, contacts)),
    "contacts": (t("All contacts ({n})", n=here.number(contacts.height)), lambda: table.view(here, contacts)),
    "cases": (t("Cases ({n})", n=here.number(len(known))), lambda: register.view(here, known)),
    "figures": (t("Figures"), lambda: figures.view(here, contacts)),
}
if st.session_state.get(acts.VIEW) not in views:
    st.session_state[acts.VIEW] = "today"
chosen = st.segmented_control(
    t("Show"),
    list(views),
    format_func=lambda view: views[view][0] if view in views else "",
    required=True,
    key=acts.VIEW,
    persist_state="session",
    wrap=True,
)
views[chosen or "today"][1]()
contact.opened(here, contacts)
