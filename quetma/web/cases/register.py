"""Registering who is traced as a case with its contacts; the cases: changed, traced anew, brought up to date."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import cases, continuity, follow_up, language, receipts, terms, tracing
from quetma.cases import RegisteredCase, Said, State
from quetma.web import widgets
from quetma.web.cases import acts
from quetma.web.documents import make as documents
from quetma.web.plan import checklist
from quetma.web.plan import continuity as uncovered
from quetma.web.tracing import question

if TYPE_CHECKING:
    from quetma.web.page import Page

PAGE = 8  # cases at once: each open one is traced to say who is new
COLOURS: dict[str, Any] = {"suspected": "orange", "confirmed": "red", "recovered": "green", "ruled_out": "gray"}
ICONS = {
    "suspected": ":material/help:",
    "confirmed": ":material/coronavirus:",
    "recovered": ":material/check_circle:",
    "ruled_out": ":material/block:",
}


# On the page of a trace -----------------------------------------------------------------------------------------------


def bar(here: "Page", asked: tracing.Question, answer: tracing.Trace) -> None:
    """For each F0 of a trace: the case it is registered as, or what it takes to register it and list its contacts.

    asked: the question as it stands in the fields, so that what is by the rule stays so.
    """
    t = here.t
    names = dict(answer.people.select("person_id", "name").iter_rows())
    masked = set(answer.people.filter("masked")["person_id"])
    for case in asked.cases:
        known = next((of for of in cases.of_person(here.store, case.person_id) if of.open), None)
        if known:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(
                    f"{ICONS[known.state]} "
                    + t("{name} is case {n} ({state}), {contacts} contacts listed.", name=widgets.plain(known.name),
                        n=known.case_id, state=terms.states(t)[known.state], contacts=here.number(known.contacts))
                )  # fmt: skip
                if st.button(t("Open the case"), key=f"case_of_{case.person_id}", icon=":material/arrow_forward:"):
                    _to(known.case_id)
                if _differs(here, known, case, asked, answer):
                    _take_over(here, known, case, answer)
        elif case.person_id in masked:
            st.info(t(cases.MASKED), icon=":material/help:")
        else:
            with st.expander(
                t("Register {name} as a case and follow the contacts up", name=widgets.plain(names[case.person_id])),
                icon=":material/assignment_add:",
            ):
                _register(here, asked, case, answer)


def _differs(
    here: "Page", known: RegisteredCase, case: tracing.Case, asked: tracing.Question, answer: tracing.Trace
) -> bool:
    """Whether the question is asked with other dates, another rule or other limits than the case."""
    before = receipts.limits(here.store, known)
    least = {asked.min_minutes, answer.question.min_minutes}  # as typed, and by the rule
    return case != known.case or before.min_minutes not in least or before.linger != asked.linger


def _take_over(here: "Page", known: RegisteredCase, case: tracing.Case, answer: tracing.Trace) -> None:
    """The button by which the question's dates, rule and limits become those of the case."""
    t = here.t
    if not st.button(
        t("Change the case to these dates, rule and limits"), key=f"case_take_{case.person_id}", icon=":material/edit:"
    ):
        return
    changes = {
        "onset": case.onset, "symptoms": case.symptoms, "isolated_at": case.until, "rule": case.rule,
        "days_before": case.days_before,
    }  # fmt: skip
    if acts.do(
        lambda: cases.change(here.store, here.account, known, **changes), t("Case {n} is changed.", n=known.case_id)
    ):
        note = t("When case {n} was changed", n=known.case_id)
        receipts.save(here.store, answer, here.account, note, known.case_id)
        _to(known.case_id)
    acts.result(here)


def _to(case_id: int) -> None:
    """Opens the page of cases at that case."""
    st.session_state[acts.VIEW] = "cases"
    st.session_state["case_opened"] = case_id
    st.switch_page(widgets.PAGES / "cases.py")


def _register(here: "Page", asked: tracing.Question, case: tracing.Case, answer: tracing.Trace) -> None:
    t, key = here.t, case.person_id
    with st.form(f"register_{key}", border=False):
        st.caption(
            t("Dates, isolation, rule and limits are taken from the question above. Everything can be changed later.")
        )
        state = _state(here, "confirmed", f"register_{key}_state", ("confirmed", "suspected"))
        signs = st.text_input(t("Signs"), max_chars=500, placeholder=t("For example: fever, cough"),
                              key=f"register_{key}_signs", disabled=not case.symptoms)  # fmt: skip
        note = st.text_input(t("How it became known"), max_chars=500, placeholder=t("Who reported it, which test"),
                             key=f"register_{key}_note")  # fmt: skip
        degrees = _degrees(here, f"register_{key}_degrees", asked.steps)
        if not st.form_submit_button(t("Register and list the contacts"), type="primary"):
            return
    said = Said(
        case.person_id, case.onset, case.symptoms, (signs or "").strip(), case.until, state, case.rule,
        case.days_before, (note or "").strip(),
    )  # fmt: skip
    try:
        number = cases.register(here.store, here.account, said)
    except cases.CaseError as refused:
        st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
        return
    registered = cases.one(here.store, number)
    assert registered
    listing = follow_up.compare(here.store, registered, asked, degrees)
    follow_up.follow(here.store, here.account, registered, listing.new)
    # what the list was made of; asked the same again, it says who is new
    receipts.save(here.store, answer, here.account, t("When case {n} was registered", n=number), number)
    st.session_state[acts.SAID] = t("Case {n} is registered. Contacts listed: {contacts}.", n=number,
                                    contacts=here.number(listing.new.height))  # fmt: skip
    st.session_state[acts.VIEW] = "today"
    st.switch_page(widgets.PAGES / "cases.py")


def _state(here: "Page", state: State, key: str, states: tuple[State, ...] = cases.STATES) -> State:
    words = terms.states(here.t)
    chosen = st.segmented_control(
        here.t("The case is"), states, default=state, required=True, format_func=lambda state: words[state], key=key,
        wrap=True,
    )  # fmt: skip
    return chosen or state


def _degrees(here: "Page", key: str, steps: int) -> list[int]:
    chosen = st.pills(
        here.t("List as contacts"), range(1, steps + 1), selection_mode="multi", default=[1, 2],
        format_func=lambda degree: f"F{degree}", key=key,
    )  # fmt: skip
    return chosen or []


# On the page of cases -------------------------------------------------------------------------------------------------


def view(here: "Page", known: list[RegisteredCase]) -> None:
    """Every case, newest first."""
    t = here.t
    shown = st.session_state.get("cases_shown", PAGE)
    opened = st.session_state.get("case_opened")
    known = sorted(known, key=lambda case: case.case_id != opened)  # the opened one on top
    for case in known[:shown]:
        _card(here, case)
    if len(known) > shown:
        st.button(
            t("Show older ones ({n} more)", n=here.number(len(known) - shown)),
            key="cases_more",
            on_click=lambda: st.session_state.update(cases_shown=shown + PAGE),
        )


def _card(here: "Page", case: RegisteredCase) -> None:
    t = here.t
    words = terms.states(t)
    is_open = st.session_state.get("case_opened") == case.case_id
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{t('Case {n}', n=case.case_id)}: {widgets.plain(case.name)}**", width="stretch")
            st.badge(words[case.state], icon=ICONS[case.state], color=COLOURS[case.state])
        st.markdown(_facts(here, case))
        if case.open:
            _news(here, case)
        with st.container(horizontal=True):
            st.button(
                t("Close") if is_open else t("Checklist, change, history"),
                key=f"case_{case.case_id}",
                icon=":material/expand_less:" if is_open else ":material/edit:",
                on_click=lambda: st.session_state.update(case_opened=None if is_open else case.case_id),
            )
            if st.button(t("Trace now"), key=f"case_trace_{case.case_id}", icon=":material/share:"):
                question.pick([case.case])
                st.switch_page(widgets.PAGES / "tracing.py")
            if st.button(t("All about this person"), key=f"case_person_{case.case_id}", icon=":material/person:"):
                widgets.open_person(case.person_id)
            if here.may("export") and st.button(
                t("Dossier for the health station"), key=f"case_dossier_{case.case_id}", icon=":material/description:"
            ):
                documents.open_dossier(case.case_id)
            if case.open and (away := continuity.of_case(here.store, case.case_id)):
                label = t("Which duties are uncovered? ({n} of the staff)", n=len(away))
                if st.button(label, key=f"case_uncovered_{case.case_id}", icon=":material/person_off:"):
                    uncovered.open_about(away)
        if is_open:
            here.audit("open case", f"{case.case_id} {case.name} {case.phone_shown}".strip())
            checklist.view(here, case)
            _change(here, case)
            _history(here, case)


def _facts(here: "Page", case: RegisteredCase) -> str:
    t = here.t
    onset = here.day(case.onset)
    parts = [
        widgets.plain(case.phone_shown),
        t("ill since {day}", day=onset) if case.symptoms else t("no symptoms, sample of {day}", day=onset),
        t("isolated {moment}", moment=_isolated(case.isolated_at)) if case.isolated_at else t("not isolated yet"),
        t("{n} contacts listed", n=here.number(case.contacts)),
        widgets.plain(case.signs),
        widgets.plain(case.note),
    ]
    return " · ".join(part for part in parts if part)


def _isolated(moment: datetime) -> str:
    """When, as it was said: without an hour where only the day was."""
    day, hour = question.isolation(moment)
    return language.day(day) if hour is None else language.moment(moment)


def _news(here: "Page", case: RegisteredCase) -> None:
    """Whom the scans show by now beyond those listed, and the buttons that list them."""
    t = here.t
    try:
        listing = follow_up.compare(here.store, case, follow_up.heeding(here.store, receipts.limits(here.store, case)))
    except tracing.Unanswerable:
        return
    if not any(frame.height for frame in (listing.new, listing.changed, listing.gone)):
        st.markdown(":material/check: " + t("The list is what the scans show by now."))
        return
    new = ", ".join(f"+{n} F{degree}" for degree, n in listing.new["degree"].value_counts().sort("degree").iter_rows())
    said = [t("new: {who}", who=new)] if new else []
    said += [t("other times: {n}", n=here.number(listing.changed.height))] if listing.changed.height else []
    said += [t("no longer: {n}", n=here.number(listing.gone.height))] if listing.gone.height else []
    st.markdown(
        ":material/difference: " + t("**Since it was listed**, the scans show more: {what}.", what="; ".join(said))
    )
    with st.container(horizontal=True):
        more = pl.concat([listing.new, listing.changed])
        if more.height and st.button(t("Bring the list up to date"), key=f"case_follow_{case.case_id}", type="primary"):
            follow_up.follow(here.store, here.account, case, more)
            st.session_state[acts.SAID] = t("Listed or mended: {n} contacts.", n=here.number(more.height))
            st.rerun()
        if listing.gone.height and st.button(
            t("Take {n} off the list", n=here.number(listing.gone.height)), key=f"case_drop_{case.case_id}",
            help=t("They are no longer in the answer. What was entered about them stays."),
        ):  # fmt: skip
            follow_up.drop(here.store, here.account, case, listing.gone["person_id"].to_list())
            st.session_state[acts.SAID] = t("Taken off the list: {n} contacts.", n=here.number(listing.gone.height))
            st.rerun()


def _change(here: "Page", case: RegisteredCase) -> None:
    """Every field of what is said of a case."""
    t, key = here.t, f"case_change_{case.case_id}_{case.changed_at:%H%M%S}"
    isolated_day, isolated_hour = question.isolation(case.isolated_at)
    with st.form(key, border=False):
        state = _state(here, case.state, f"{key}_state")
        with st.grid(4, min_column_width=150):
            symptoms = st.segmented_control(
                t("The case has"), [True, False], default=case.symptoms, required=True,
                format_func=lambda ill: t("symptoms") if ill else t("no symptoms"), key=f"{key}_symptoms", wrap=True,
            )  # fmt: skip
            onset = st.date_input(
                t("First day of symptoms, or day of the sample"), value=case.onset, min_value=widgets.FIRST_DAY,
                format="DD/MM/YYYY", key=f"{key}_onset",
            )  # fmt: skip
            isolated = st.date_input(
                t("Isolated on (empty: not yet)"), value=isolated_day,
                min_value=widgets.FIRST_DAY, format="DD/MM/YYYY", key=f"{key}_isolated",
            )  # fmt: skip
            hour = st.time_input(
                t("Hour of isolation (empty: end of the day)"), value=isolated_hour,
                step=timedelta(minutes=15), key=f"{key}_hour",
            )  # fmt: skip
        signs = st.text_input(t("Signs"), value=case.signs, max_chars=500, key=f"{key}_signs")
        note = st.text_input(t("How it became known"), value=case.note, max_chars=500, key=f"{key}_note")
        if st.form_submit_button(t("Save"), type="primary"):
            changes = {
                "state": state, "symptoms": bool(symptoms), "onset": onset or case.onset,
                "isolated_at": question.isolated_at(isolated, hour), "signs": (signs or "").strip(),
                "note": (note or "").strip(),
            }  # fmt: skip
            acts.do(
                lambda: cases.change(here.store, here.account, case, **changes),
                t("Case {n} is changed.", n=case.case_id),
            )
            st.rerun()


def _history(here: "Page", case: RegisteredCase) -> None:
    """Everything that was ever said of it."""
    t = here.t
    rows = cases.entries(here.store, case.case_id).with_columns(
        pl.col("state").replace(terms.states(t)),
        pl.col("isolated_at").map_elements(_isolated, return_dtype=pl.String),
        symptoms=pl.when("symptoms").then(pl.lit(t("symptoms"))).otherwise(pl.lit(t("no symptoms"))),
    )
    moment = "HH:mm DD/MM/YYYY"
    columns = {
        "entered_at": st.column_config.DatetimeColumn(t("Said at"), format=moment),
        "entered_by": t("Said by"),
        "state": t("The case is"),
        "symptoms": t("The case has"),
        "onset": st.column_config.DateColumn(t("Onset or sample"), format="DD/MM/YYYY"),
        "isolated_at": t("Isolated"),
        "signs": t("Signs"),
        "note": t("How it became known"),
    }
    told = {name: column for name, column in columns.items() if rows[name].cast(pl.String).str.len_chars().sum()}
    widgets.table(rows, told, alt=t("Everything said of this case, newest first"))
