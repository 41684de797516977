"""The question of a trace: who is ill, since when, until when, by which rule; every change is answered at once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import cases, directory, tracing
from quetma.web import widgets
from quetma.web.people import described, search

if TYPE_CHECKING:
    from quetma.web.page import Page

ASKED = "trace_person"  # set by whoever opens this page about one person: that person alone is traced
PEOPLE = "trace_people"  # the F0s of the page
ADDED = "trace_add"
LIMITS = ("trace_rule", "trace_days", "trace_min", "trace_linger", "trace_steps")


def ask(here: "Page") -> tracing.Question | None:
    """The question as it stands in the fields, or None while nobody is picked."""
    people = _picked(here)
    if not people:
        search(here, ASKED, here.t("Find a person by name or phone"))
        return None
    with st.container(border=True):
        asked = [_case(here, person, among=len(people)) for person in people]
        _more(here)
        return _limits(here, asked)


def pick(asked: Sequence[tracing.Case]) -> None:
    """Puts these cases into the fields, as before a switch to the page. What is None stays by the rule."""
    st.session_state[PEOPLE] = [case.person_id for case in asked]
    st.session_state.pop(ASKED, None)
    for name in LIMITS:
        st.session_state.pop(name, None)
    rules, days = {case.rule for case in asked}, {case.days_before for case in asked}
    st.session_state["trace_rule"] = rules.pop() if len(rules) == 1 else None
    st.session_state["trace_days"] = days.pop() if len(days) == 1 else None
    for case in asked:
        st.session_state.update(_fields(case))


def isolated_at(day: date | None, hour: time | None) -> datetime | None:
    """When somebody was isolated, as two fields say; as long as nobody says the hour, no contact of that day is left
    out.
    """
    if day is None:
        return None
    return datetime.combine(day, hour) if hour is not None else datetime.combine(day + timedelta(days=1), time())


def isolation(moment: datetime | None) -> tuple[date | None, time | None]:
    """The two fields of which `isolated_at` makes that moment: midnight is the end of a day without an hour."""
    if moment is None:
        return None, None
    if moment.time() == time():
        return moment.date() - timedelta(days=1), None
    return moment.date(), moment.time()


def _fields(case: tracing.Case) -> dict[str, Any]:
    """What the fields of one F0 hold, by their keys."""
    key = case.person_id
    day, hour = isolation(case.until)
    return {
        f"trace_symptoms_{key}": case.symptoms,
        f"trace_onset_{key}": case.onset,
        f"trace_isolated_{key}": day,
        f"trace_hour_{key}": hour,
    }


def _as_registered(here: "Page", person_id: int) -> None:
    """An open case is asked about as it is registered, until the reader says something else."""
    if f"trace_onset_{person_id}" not in st.session_state:
        for case in cases.of_person(here.store, person_id)[:1]:
            if case.open:
                st.session_state.update(_fields(case.case))


def heeds(here: "Page", answer: tracing.Trace) -> bool:
    """Whether to count that who is in quarantine infects nobody; answer: to the question that says who that is
    (`follow_up.heeding`). Nothing is asked when none of them is in it.
    """
    t = here.t
    people = [person for person, _ in answer.question.isolated]
    if not people:
        return True
    apart = pl.concat([frame["person_id"] for frame in answer.reached])
    apart = apart.filter(apart.is_in(people)).len()
    if not apart:
        return True
    return st.toggle(
        t("In quarantine or isolation by what was entered, they infect nobody from then on: {n} people",
          n=here.number(apart)),
        value=True,
        key="trace_heeds",
        persist_state="session",
    )  # fmt: skip


def _picked(here: "Page") -> list[dict]:
    """Whom the page is about, each once, and who they are by now."""
    state = st.session_state
    asked, added = state.pop(ASKED, None), state.pop(ADDED, None)
    if asked is not None:
        state[PEOPLE] = [asked]
    elif added is not None:
        state[PEOPLE] = [*state.get(PEOPLE, []), added]
        state["trace_more"] = False
    found = [directory.person(here.store, person_id) for person_id in state.get(PEOPLE, [])]
    people = {person["person_id"]: person for person in found if person}
    state[PEOPLE] = list(people)
    return list(people.values())


def _drop(person_id: int) -> None:
    st.session_state[PEOPLE] = [other for other in st.session_state[PEOPLE] if other != person_id]


def _case(here: "Page", person: dict, among: int) -> tracing.Case:
    """One F0 with their own days. What is asked first: ill on the last day they were seen, not isolated yet."""
    t, key = here.t, person["person_id"]
    _as_registered(here, key)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(described(here, person), width="stretch")
        st.button(
            t("Change or clear") if among == 1 else t("Take out"),
            icon=":material/close:",
            type="tertiary",
            key=f"trace_drop_{key}",
            on_click=_drop,
            args=(key,),
        )
    first, second, third, fourth = st.columns([5, 3, 3, 3])
    symptoms = first.segmented_control(
        t("The case has"),
        [True, False],
        format_func=lambda ill: t("symptoms") if ill else t("no symptoms"),
        required=True,
        key=_kept(f"trace_symptoms_{key}", True),
        persist_state="session",
    )
    last_seen = person["last_seen"].date() if person["last_seen"] else here.store.today()
    onset = second.date_input(
        t("First day of symptoms") if symptoms else t("Day of the positive sample"),
        min_value=widgets.FIRST_DAY,
        format="DD/MM/YYYY",
        # a later day would leave out the days they were here
        key=_kept(f"trace_onset_{key}", max(last_seen, widgets.FIRST_DAY)),
        persist_state="session",
    )
    isolated = third.date_input(
        t("Isolated on (empty: not yet)"),
        min_value=widgets.FIRST_DAY,
        format="DD/MM/YYYY",
        key=_kept(f"trace_isolated_{key}", None),
        persist_state="session",
    )
    hour = None
    if isolated:
        hour = fourth.time_input(
            t("Hour of isolation (empty: end of the day)"),
            value=None,
            step=timedelta(minutes=15),
            key=f"trace_hour_{key}",
            persist_state="session",
        )
    return tracing.Case(key, onset, until=isolated_at(isolated, hour), symptoms=bool(symptoms))


def _kept(key: str, first: object) -> str:
    """The key, once its widget's first value is set: a value given to the widget itself would undo what `pick` says."""
    st.session_state.setdefault(key, first)
    return key


def _more(here: "Page") -> None:
    t = here.t
    more = st.expander(t("Several F0s: add another"), key="trace_more", icon=":material/group_add:", on_change="rerun")
    if more.open:
        with more:
            search(here, ADDED, t("Find another F0 by name or phone"))


def _limits(here: "Page", asked: list[tracing.Case]) -> tracing.Question:
    """The rule and the limits, the same for all cases; empty fields are by the rule."""
    t = here.t
    in_force = list(dict.fromkeys(tracing.rule_on(case.onset).id for case in asked))
    with st.expander(t("Rule and limits"), icon=":material/tune:"):
        rule_id = st.selectbox(
            t("Rule"),
            [None, *(rule.id for rule in tracing.rules())],
            format_func=lambda chosen: (
                tracing.rule_named(chosen).name
                if chosen
                else t("In force on that day: {rule}", rule=", ".join(tracing.rule_named(id).name for id in in_force))
            ),
            key="trace_rule",
            persist_state="session",
        )
        rules = [tracing.rule_named(name) for name in ([rule_id] if rule_id else in_force)]
        days = sorted({_days(case, rule_id) for case in asked})
        a, b, c, d = st.columns(4)
        days_before = a.number_input(
            t("Infectious days before"),
            0,
            60,
            value=None,
            placeholder=t("{n} by the rule", n=" / ".join(map(str, days))),
            key="trace_days",
            persist_state="session",
        )
        min_minutes = b.number_input(
            t("Shortest contact, minutes"),
            0,
            1440,
            value=None,
            placeholder=t("{n} by the rule", n=min(rule.min_minutes for rule in rules)),
            key="trace_min",
            persist_state="session",
        )
        linger = c.number_input(t("Air lingers, minutes"), 0, 240, value=0, key="trace_linger", persist_state="session")
        steps = d.segmented_control(
            t("Follow up to"),
            [2, 3],
            format_func=lambda step: f"F{step}",
            required=True,
            key=_kept("trace_steps", 2),
            persist_state="session",
        )
        parameters = {
            "days_before": t("infectious days before onset"),
            "days_before_no_onset": t("infectious days without symptoms"),
            "days_after": t("end of the window when not isolated"),
            "min_minutes": t("shortest contact"),
        }
        for rule in rules:
            assumed = ", ".join(parameters.get(parameter, parameter) for parameter in rule.assumed)
            st.caption(t("Rule: {source}. Not given by it, assumed: {assumed}.", source=rule.source, assumed=assumed))
    return tracing.Question(
        tuple(replace(case, rule=rule_id, days_before=days_before) for case in asked),
        min_minutes=min_minutes,
        linger=linger or 0,
        steps=steps or 2,
    )


def _days(case: tracing.Case, rule_id: str | None) -> int:
    """The infectious days before that the rule gives."""
    rule = tracing.rule_named(rule_id) if rule_id else tracing.rule_on(case.onset)
    return rule.days_before if case.symptoms else rule.days_before_no_onset
