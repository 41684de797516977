"""The plan as it is in force: objectives with their live figures, risks, measures, focal points, phones, playbook."""

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from quetma import directory, plan, terms
from quetma.plan import Plan, Saved, Standing
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page


def view(here: "Page", saved: Saved) -> None:
    """Everything of a version but the playbook."""
    of = saved.plan
    head(here, saved)
    _objectives(here, of)
    _risks(here, of)
    _measures(here, of)
    _focal(here, of)
    _phones(here, of)


def head(here: "Page", saved: Saved) -> None:
    """Title, number, date, the general objective; which version this is."""
    t, of = here.t, saved.plan
    st.subheader(of.title, anchor=False)
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
        st.markdown(widgets.plain(of.general))


def _objectives(here: "Page", of: Plan) -> None:
    t = here.t
    st.markdown(f"#### {t('Specific objectives')}")
    standing = {stand.objective: stand for stand in plan.standing(here.store, of, here.store.today())}
    if not of.objectives:
        st.caption(t("None."))
    for objective in of.objectives:
        with st.container(border=True, gap="xsmall"):
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
    t = here.t
    if not of.risks:
        return
    st.markdown(f"#### {t('Risks')}")
    grades = terms.grades(t)
    rows = pl.DataFrame(
        [
            (f"{risk.weight}/9", risk.text, grades[risk.likelihood], grades[risk.effect], risk.measure)
            for risk in sorted(of.risks, key=lambda risk: -risk.weight)
        ],
        schema=["weight", "text", "likelihood", "effect", "measure"],
        orient="row",
    )
    widgets.table(
        rows,
        {
            "text": st.column_config.TextColumn(t("Risk"), pinned=True, width="large"),
            "weight": t("Weight"),
            "likelihood": t("How likely"),
            "effect": t("How bad"),
            "measure": st.column_config.TextColumn(t("Against it"), width="large"),
        },
        alt=t("Risks, the heaviest first"),
    )


def _measures(here: "Page", of: Plan) -> None:
    t = here.t
    if not of.measures:
        return
    st.markdown(f"#### {t('Measures')}")
    states = terms.progress_of_measure(t)
    rows = pl.DataFrame(
        [(measure.text, name_of(here, measure.owner), states[measure.state]) for measure in of.measures],
        schema={"text": pl.String, "owner": pl.String, "state": pl.String},
        orient="row",
    )
    widgets.table(
        rows,
        {
            "text": st.column_config.TextColumn(t("Measure"), pinned=True, width="large"),
            "owner": t("Who"),
            "state": t("State"),
        },
        alt=t("Measures of the plan"),
    )


def _focal(here: "Page", of: Plan) -> None:
    t = here.t
    st.markdown(f"#### {t('Focal points')}")
    if not of.focal:
        st.caption(t("None. Under *Edit*, say who has which duty and who stands in: then continuity and rota work."))
        return
    rows = pl.DataFrame(
        [
            (focal.duty, *(name_of(here, who) for who in (focal.person, focal.backup, focal.second_backup)))
            for focal in of.focal
        ],
        schema=dict.fromkeys(("duty", "person", "backup", "second_backup"), pl.String),
        orient="row",
    )
    widgets.table(
        rows,
        {
            "duty": st.column_config.TextColumn(t("Task"), pinned=True),
            "person": t("Who"),
            "backup": t("Stands in"),
            "second_backup": t("Stands in second"),
        },
        alt=t("Who has which duty, and who stands in"),
    )


def _phones(here: "Page", of: Plan) -> None:
    t = here.t
    if not of.phones:
        return
    st.markdown(f"#### {t('Phones that matter')}")
    for phone in of.phones:
        number = "".join(phone.phone.split())
        shown = widgets.plain(phone.phone)
        link = f"[{shown}](tel:{number})" if number.lstrip("+").isdigit() else shown
        st.markdown(f"{widgets.plain(phone.who)}: {link}")


def playbook(here: "Page", of: Plan) -> None:
    """The steps for each class of case."""
    t, kinds = here.t, terms.kinds_of_case(here.t)
    st.caption(t("When a case is registered, these become its checklist, with the clock running (page Cases)."))
    for kind in plan.KINDS:
        steps = [step for step in of.steps if step.kind == kind]
        if steps:
            st.markdown(f"#### {kinds[kind][:1].upper() + kinds[kind][1:]}")
        for at, step in enumerate(steps, 1):
            limit = t("within {n} hours", n=step.hours) if step.hours is not None else t("no time limit")
            who = f" · {widgets.plain(step.who)}" if step.who else ""
            st.markdown(f"{at}\\. {widgets.plain(step.text)}  \n:gray[{limit}{who}]")


def name_of(here: "Page", person_id: int | None) -> str:
    """The name of somebody the plan names; '' for nobody."""
    return directory.called(here.store, person_id) if person_id is not None else ""
