"""One person: what is due of them, what holds of them, what they did, what was decided, and where each of it stands."""

import streamlit as st

from quetma import compliance, dossier, terms
from quetma.web import matrix, page, widgets
from quetma.web.people import person_picker
from quetma.web.person import facts, rights, told

here = page.begin("One person", right="health")
t, store = here.t, here.store

person = person_picker(here, widgets.PERSON)
if person is None:
    st.caption(t("Type a name or a phone, or click on a name on the page Compliance."))
    rights.register(here)
    st.stop()
found = dossier.of(store, person)
[who] = store.ask("people/identities", people=[person]).iter_rows(named=True)
here.audit("open person", who["name"])
facts.said(here)

# What is due today ---------------------------------------------------------------------------------------------------

today = store.today()
course = found.course(today)
cells = {duty: compliance.matrix(store, duty, today, today) for duty in compliance.DUTIES}
meaning = matrix.words(here)
cards = []
for duty, label in terms.duties(t).items():
    own = cells[duty].filter(person_id=person).to_dicts()
    code = own[0].get(today.isoformat()) if own else None
    if code:
        cards.append(widgets.Card(f"{label}, {today:%d/%m}", matrix.SIGNS[code][0], meaning[code]))
if cards:
    widgets.cards(here, cards, across=4)
line = t("Doses: {level}", level=terms.levels(t)[course.level])
if course.protected:
    first, last = course.protected
    line += " · " + t("protects from {first} to {last}", first=here.day(first), last=here.day(last))
st.markdown(line)
if here.may("trace"):

    def trace() -> None:
        st.session_state["trace_person"] = person
        st.switch_page(widgets.PAGES / "tracing.py")

    st.button(t("Trace"), icon=":material/share:", key="person_trace", on_click=trace)

# What holds ----------------------------------------------------------------------------------------------------------

views = {
    "facts": t("What holds"), "timeline": t("Timeline"), "stays": t("Stays"), "decided": t("Cases and decisions"),
    "files": t("Files"), "looked": t("What was done with their data"), "rights": t("Their rights"),
}  # fmt: skip
if who["masked"]:  # nobody can say of a mask what holds
    del views["facts"]
view = st.segmented_control(
    t("Show"), list(views), default=next(iter(views)), required=True, format_func=views.__getitem__,
    key="person_view" if "facts" in views else "person_view_masked", persist_state="session", wrap=True,
)  # fmt: skip
if view in ("facts", "timeline", "stays", "files"):
    span = widgets.period(here, key="person_period", default="4weeks")
if view == "timeline":
    told.timeline(here, person, span)
elif view == "stays":
    told.stays(here, person, span)
elif view == "decided":
    told.decided(here, found)
elif view == "files":
    told.files(here, person, span)
elif view == "looked":
    rights.looked_at(here, person)
elif view == "rights":
    rights.view(here, person, who["name"])
else:
    st.caption(
        t("Change cells, add rows below, delete rows; then save. Each saving can be taken back, also later in the list "
          "of uploads.")
    )  # fmt: skip
    st.subheader(facts.titles(here)["roster"], anchor=False)
    facts.smartphone(here, person, found)
    for kind in dossier.EDITABLE:
        st.subheader(facts.titles(here)[kind], anchor=False)
        facts.table(here, person, kind, span)
    if found.absences.height:
        st.subheader(t("Absences"), anchor=False)
        day = st.column_config.DateColumn
        widgets.table(
            found.absences,
            {
                "reason": t("Reason"),
                "first_day": day(t("From"), format="DD/MM/YYYY"),
                "last_day": day(t("Until"), format="DD/MM/YYYY"),
            },
            alt=t("Absences"),
        )
