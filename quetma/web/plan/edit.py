"""Editing the plan: every part a table, saved together as a new version."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import compliance, continuity, plan, terms
from quetma.plan import PARTS, Plan, PlanError, Saved
from quetma.web import widgets
from quetma.web.plan import show

if TYPE_CHECKING:
    from quetma.web.page import Page

SAID = "plan_said"
NUMBERS = ("likelihood", "effect", "target", "hours", "misses", *plan.PEOPLE)
TYPES = dict.fromkeys(NUMBERS, pl.Int64) | {"daily": pl.Boolean}  # the others are texts


def view(here: "Page", saved: Saved) -> None:
    """The fields of the plan in force, and the button that saves them as the next version."""
    t, of = here.t, saved.plan
    st.caption(t("Nothing changes before you save; each saving is a new version, and every earlier one is kept."))
    key = f"plan_{saved.version}"
    with st.form(f"{key}_form", border=False):
        title = st.text_input(t("Title"), value=of.title, max_chars=300, key=f"{key}_title")
        with st.grid(2, min_column_width=200):
            number = st.text_input(t("Number"), value=of.number, max_chars=100, key=f"{key}_number")
            issued_on = st.date_input(
                t("Date of the plan"), value=of.issued_on, min_value=widgets.FIRST_DAY, format="DD/MM/YYYY",
                key=f"{key}_issued",
            )  # fmt: skip
        general = st.text_area(t("General objective"), value=of.general, max_chars=2000, key=f"{key}_general")
        parts = {name: _table(here, of, name, key) for name in PARTS}
        days = st.number_input(
            t("A decision counts on the ladder for so many days"), 1, 3650, value=of.ladder_days, key=f"{key}_days"
        )
        note = st.text_input(t("What is new, in a few words"), max_chars=300, key=f"{key}_note")
        pressed = st.form_submit_button(t("Save as a new version"), type="primary", icon=":material/save:")
    if pressed:
        try:
            changed = Plan(
                title=(title or "").strip(), number=(number or "").strip(), issued_on=issued_on,
                general=(general or "").strip(), ladder_days=int(days or of.ladder_days), **parts,
            )  # fmt: skip
            version = plan.save(here.store, here.account, changed, (note or "").strip())
        except PlanError as refused:
            st.error(f"{t(str(refused))} {t('Nothing was saved.')}", icon=":material/error:")
            return
        st.session_state[SAID] = t("Saved as version {n}.", n=version)
        st.rerun()


def _table(here: "Page", of: Plan, name: str, key: str) -> tuple[Any, ...]:
    """One part of the plan as an editable table; its rows as they stand in it, without those that say nothing."""
    part = PARTS[name]
    names = [field.name for field in fields(part)]
    frame = pl.DataFrame(
        [{column: getattr(row, column) for column in names} for row in getattr(of, name)],
        schema={column: TYPES.get(column, pl.String) for column in names},
    )
    st.markdown(f"**{titles(here)[name]}**")
    edited = widgets.editor(
        frame,
        column_config=_columns(here, of, name),
        num_rows="dynamic",
        hide_index=True,
        placeholder="",
        key=f"{key}_{name}",
        alt=titles(here)[name],
    )
    first = names[1] if name == "steps" else names[0]
    told = []
    for row in edited.iter_rows(named=True):
        values = {
            column: (value.strip() if isinstance(value, str) else value)
            for column, value in row.items()
            if value is not None
        }
        if values.get(first):
            told.append(part(**_defaults(part) | values))
    return tuple(told)


def _defaults(part: type) -> dict[str, Any]:
    """What a row has whose cell was left empty, where the plan itself gives no default."""
    return {"Step": {"kind": "f0"}, "Phone": {"phone": ""}, "Rung": {"misses": 1}}.get(part.__name__, {})


def titles(here: "Page") -> dict[str, str]:
    """The parts of the plan in words."""
    t = here.t
    return {
        "objectives": t("Specific objectives"), "risks": t("Risks"), "measures": t("Measures"),
        "focal": t("Focal points"), "phones": t("Phones that matter"), "steps": t("Playbook"), "ladder": t("Ladder"),
    }  # fmt: skip


def _columns(here: "Page", of: Plan, name: str) -> dict[str, Any]:
    t = here.t
    staff = continuity.staff(here.store)
    people = dict(staff.select("person_id", pl.format("{} · {}", "name", "position")).iter_rows())
    people |= {person: show.name_of(here, person) for person in of.people if person not in people}  # who left since

    def choice(label: str, words: dict[Any, str], **more: Any) -> Any:
        return st.column_config.SelectboxColumn(
            label, options=list(words), format_func=lambda value: words.get(value, ""), **more
        )

    def text(label: str, **more: Any) -> Any:
        return st.column_config.TextColumn(label, max_chars=500, **more)

    def count(label: str, least: int, most: int) -> Any:
        return st.column_config.NumberColumn(label, min_value=least, max_value=most, step=1)

    duties = terms.duties(t)
    return {
        "objectives": {
            "text": text(t("Objective"), width="large"),
            "duty": choice(t("Figure"), {duty: duties[duty] for duty in compliance.DUTIES}),
            "target": count(t("Wanted, %"), 0, 100),
        },
        "risks": {
            "text": text(t("Risk"), width="large"),
            "likelihood": choice(t("How likely"), terms.grades(t)),
            "effect": choice(t("How bad"), terms.grades(t)),
            "measure": text(t("Against it"), width="large"),
        },
        "measures": {
            "text": text(t("Measure"), width="large"),
            "owner": choice(t("In charge"), people, width="medium"),
            "state": choice(t("State"), terms.progress_of_measure(t)),
        },
        "focal": {
            "duty": text(t("Task"), width="large"),
            "person": choice(t("In charge"), people, width="medium"),
            "backup": choice(t("Stands in"), people, width="medium"),
            "second_backup": choice(t("Stands in second"), people, width="medium"),
            "daily": st.column_config.CheckboxColumn(t("On the daily rota")),
        },
        "phones": {"who": text(t("Whose")), "phone": text(t("Phone"))},
        "steps": {
            "kind": choice(t("For"), terms.kinds_of_case(t)),
            "text": text(t("Step"), width="large"),
            "who": text(t("In charge")),
            "hours": count(t("Within hours"), 0, 1000),
        },
        "ladder": {
            "step": choice(t("Step decided"), terms.steps(t)),
            "misses": count(t("From so many missed days"), 1, 60),
        },
    }[name]


def fields_of(here: "Page") -> dict[str, dict[str, str]]:
    """The fields of each part in words, as the tables head them."""
    t = here.t
    who = {"person": t("In charge"), "backup": t("Stands in"), "second_backup": t("Stands in second")}
    return {
        "objectives": {"duty": t("Figure"), "target": t("Wanted, %")},
        "risks": {"likelihood": t("How likely"), "effect": t("How bad"), "measure": t("Against it")},
        "measures": {"owner": t("In charge"), "state": t("State")},
        "focal": who | {"daily": t("On the daily rota")},
        "phones": {"phone": t("Phone")},
        "steps": {"who": t("In charge"), "hours": t("Within hours")},
        "ladder": {"misses": t("From so many missed days")},
    }
