"""The plan as it is in force: objectives with their live figures, risks, measures, focal points, phones, playbook."""

from typing import TYPE_CHECKING

import streamlit as st

from quetma import directory, plan, terms
from quetma.plan import Plan, Saved, Standing
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

HEAVY, LIGHT = 6, 2  # a risk of so much weight or more is red, of so little or less green


def view(here: "Page", saved: Saved) -> None:
    """Everything of a version but the playbook."""
    of = saved.plan
    head(here, saved)
    _objectives(here, of)
    left, right = st.columns(2, gap="large")
    with left:
        _risks(here, of)
    with right:
        _measures(here, of)
        _phones(here, of)
    _focal(here, of)


def head(here: "Page", saved: Saved) -> None:
    """Title, number, date, the general objective; which version this is."""
    t, of = here.t, saved.plan
    st.subheader(widgets.plain(of.title), anchor=False)
    told = [widgets.plain(of.number)] if of.number else []
    told += [t("of {day}", day=here.day(of.issued_on))] if of.issued_on else []
    if saved.version and saved.saved_at:
        told.append(
            t("version {n}, saved at {moment} by {who}", n=saved.version, moment=here.moment(saved.saved_at),
              who=widgets.plain(saved.saved_by))
        )  # fmt: skip
    else:
        told.append(t("not saved yet: this is what every unit starts from"))
    st.caption(" · ".join(told))
    if of.general:
        st.markdown(f"**{t('General objective')}:** {widgets.plain(of.general)}")


def _objectives(here: "Page", of: Plan) -> None:
    t = here.t
    standing = {stand.objective: stand for stand in plan.standing(here.store, of, here.store.today())}
    judged = [stand for stand in standing.values() if stand.met is not None]
    st.markdown(f"#### {t('Specific objectives')}")
    if judged:
        met = sum(bool(stand.met) for stand in judged)
        st.caption(t("{met} of {n} with a figure are met.", met=met, n=len(judged)))
    if not of.objectives:
        st.caption(t("None."))
    with st.grid(2, min_column_width=320):
        for objective in of.objectives:
            with st.container(border=True, gap="xsmall", height="stretch"):
                st.markdown(widgets.plain(objective.text))
                if stand := standing.get(objective):
                    st.markdown(_stand(here, stand))
                elif objective.duty is None:
                    st.caption(t("Not tied to a figure."))


def _stand(here: "Page", stand: Standing) -> str:
    t, objective = here.t, stand.objective
    name = terms.duties(t)[objective.duty or ""]
    if stand.met is None:
        return ":material/remove: " + t("{duty}: nobody owed it yet.", duty=name)
    gaps = {
        "duty": name, "percent": here.percent(stand.have, stand.due), "have": stand.have, "due": stand.due,
        "target": objective.target, "since": here.day(stand.since),
    }  # fmt: skip
    if stand.met:
        return ":green[:material/check_circle:] " + t(
            "**Met** since {since}: {duty} {percent} ({have}/{due}), wanted {target}%.", **gaps
        )
    return ":orange[:material/cancel:] " + t(
        "**Not met** since {since}: {duty} {percent} ({have}/{due}), wanted {target}%.", **gaps
    )


def _risks(here: "Page", of: Plan) -> None:
    """How likely by how bad as a small matrix of their numbers, then each in words."""
    t = here.t
    if not of.risks:
        return
    st.markdown(f"#### {t('Risks')}")
    grades = terms.grades(t)
    risks = list(enumerate(sorted(of.risks, key=lambda risk: -risk.weight), 1))

    def cell(likelihood: int, effect: int) -> str:
        found = [str(at) for at, risk in risks if (risk.likelihood, risk.effect) == (likelihood, effect)]
        return _badge(likelihood * effect, ", ".join(found)) if found else "·"

    lines = [
        f"| {t('How likely')} \\ {t('How bad')} | " + " | ".join(grades[effect] for effect in grades) + " |",
        "|---|" + ":-:|" * len(grades),
    ]
    for likelihood in sorted(grades, reverse=True):
        lines.append(
            f"| **{grades[likelihood]}** | " + " | ".join(cell(likelihood, effect) for effect in grades) + " |"
        )
    st.markdown("\n".join(lines))
    for at, risk in risks:
        measure = f"  \n:gray[{t('Against it')}: {widgets.plain(risk.measure)}]" if risk.measure else ""
        how = t("likely: {likely}, effect: {bad} ({weight}/9)", likely=grades[risk.likelihood],
                bad=grades[risk.effect], weight=risk.weight)  # fmt: skip
        st.markdown(f"{_badge(risk.weight, str(at))} {widgets.plain(risk.text)} – {how}{measure}")


def _badge(weight: int, text: str) -> str:
    colour = "red" if weight >= HEAVY else "green" if weight <= LIGHT else "orange"
    return f":{colour}-badge[{text}]"


def _measures(here: "Page", of: Plan) -> None:
    t = here.t
    if not of.measures:
        return
    st.markdown(f"#### {t('Measures')}")
    states = terms.progress_of_measure(t)
    for measure in of.measures:
        owner = f" · {t('In charge')}: {named(here, measure.owner)}" if measure.owner is not None else ""
        st.markdown(f"{widgets.plain(measure.text)}  \n:gray[{states[measure.state]}{owner}]")


def _focal(here: "Page", of: Plan) -> None:
    t = here.t
    st.markdown(f"#### {t('Focal points')}")
    if not of.focal:
        st.caption(t("None. Under *Edit*, say who has which duty and who stands in: then continuity and rota work."))
        return
    with st.grid(3, min_column_width=260):
        for focal in of.focal:
            with st.container(border=True, gap="xsmall", height="stretch"):
                st.markdown(f"**{widgets.plain(focal.duty)}**")
                if focal.daily:
                    st.caption(t("On the daily rota"))
                who = named(here, focal.person) if focal.person is not None else t("nobody")
                st.markdown(f"{t('In charge')}: {who}")
                stand_in = "; ".join(named(here, person) for person in focal.backups)
                st.markdown(f"{t('Stand-in')}: {stand_in or t('nobody')}")


def _phones(here: "Page", of: Plan) -> None:
    t = here.t
    if not of.phones:
        return
    st.markdown(f"#### {t('Phones that matter')}")
    for phone in of.phones:
        st.markdown(f":material/call: {widgets.plain(phone.who)}: {_link(phone.phone)}")


def _link(phone: str) -> str:
    """The number, to be tapped on a phone."""
    number = "".join(character for character in phone if character not in " .-()")
    shown = widgets.plain(phone)
    return f"[{shown}](tel:{number})" if number.lstrip("+").isdigit() else shown


def named(here: "Page", person_id: int) -> str:
    """Name and phone of somebody the plan names, the phone to be tapped."""
    name, phone = directory.name_and_phone(here.store, person_id)
    return f"{widgets.plain(name)} {_link(phone)}" if phone else widgets.plain(name)


def playbook(here: "Page", of: Plan) -> None:
    """The steps for each class of case."""
    t, kinds = here.t, terms.kinds_of_case(here.t)
    st.caption(t("When a case is registered, these become its checklist, with the clock running (page Cases)."))
    for kind in plan.KINDS:
        steps = [step for step in of.steps if step.kind == kind]
        if steps:
            st.markdown(f"#### {terms.capital(kinds[kind])}")
        for at, step in enumerate(steps, 1):
            limit = t("within {n} hours", n=step.hours) if step.hours is not None else t("no time limit")
            who = f" · {widgets.plain(step.who)}" if step.who else ""
            st.markdown(f"{at}\\. {widgets.plain(step.text)}  \n:gray[:material/schedule: {limit}{who}]")


def name_of(here: "Page", person_id: int | None) -> str:
    """The name of somebody the plan names; '' for nobody."""
    return directory.name_and_phone(here.store, person_id)[0] if person_id is not None else ""
