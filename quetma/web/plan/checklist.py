"""The checklist of a case, with the time left for each step."""

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from quetma import playbook, terms
from quetma.cases import RegisteredCase
from quetma.playbook import Item
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page


@st.fragment(run_every="60s")
def view(here: "Page", case: RegisteredCase) -> None:
    """Every step, to be ticked; the clock goes on while it is looked at."""
    t = here.t
    items = playbook.checklist(here.store, case)
    if not items:
        st.caption(t("The plan has no steps for such a case."))
        return
    done = sum(item.done for item in items)
    st.markdown(f"**{t('Checklist: {done} of {n} done', done=done, n=len(items))}**")
    moment = here.store.clock()
    for at, item in enumerate(items):
        _item(here, case, item, at, moment)


def _item(here: "Page", case: RegisteredCase, item: Item, at: int, moment: datetime) -> None:
    t = here.t

    def tick(key: str) -> None:
        playbook.tick(here.store, here.account, case, item, bool(st.session_state[key]))

    key = f"step_{case.case_id}_{at}_{item.done}"
    kind = terms.kinds_of_case(t)[item.step.kind]
    who = f" ({widgets.plain(item.step.who)})" if item.step.who else ""
    label = f"{kind}: {widgets.plain(item.step.text)}{who}"
    st.checkbox(label, value=item.done, key=key, on_change=tick, args=(key,))
    st.caption(_when(here, item, moment))


def _when(here: "Page", item: Item, moment: datetime) -> str:
    """When it was done, or how long is left."""
    t = here.t
    if item.done:
        return t("done at {moment}, by {who}", moment=here.moment(item.done_at), who=widgets.plain(item.done_by))
    if item.due_at is None:
        return t("no time limit")
    minutes = abs(round((item.due_at - moment).total_seconds() / 60))
    long = t("{h} h {m} min", h=minutes // 60, m=minutes % 60)
    if item.overdue(moment):
        return ":red[:material/schedule:] " + t("overdue by {time} (until {moment})", time=long,
                                                moment=here.moment(item.due_at))  # fmt: skip
    return ":material/schedule: " + t("{time} left (until {moment})", time=long, moment=here.moment(item.due_at))
