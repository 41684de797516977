"""Making a document: which one, about which days or which case; then its draft."""

import calendar
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from quetma import cases, drafts, terms
from quetma.cases import RegisteredCase
from quetma.documents.official.dossier import dossier
from quetma.documents.official.paper import Paper
from quetma.documents.official.report import ReportError, report
from quetma.store import Store
from quetma.tracing import Unanswerable
from quetma.web import widgets
from quetma.web.documents import GO, draft

if TYPE_CHECKING:
    from quetma.web.page import Page

KIND, CASE = "documents_make", "documents_case"  # in the session: which document is drafted, of which case
OF, RANGE = "report_of", "report_range"  # in the session: the month of the report, the days to begin with
FREE = "range"
OFFERED = 5  # drafts
MONTHS = 24  # the newest that are offered


def view(here: "Page") -> None:
    """Which document, then its draft."""
    t, store = here.t, here.store
    known = cases.registered(store) if here.may("trace") else []
    others = st.container()
    kind = "report"
    if known:
        words = terms.documents(t)
        kind = st.segmented_control(
            t("Kind of document"), ["report", "dossier"], default="report", required=True, key=KIND,
            format_func=lambda one: words[one], persist_state="session",
        ) or "report"  # fmt: skip
    shown = _of_days(here) if kind == "report" else _of_case(here, known)
    with others:
        _unfinished(here, {case.case_id for case in known}, shown)


def _unfinished(here: "Page", known: set[int], shown: str) -> None:
    """The drafts that nothing was made of yet, but the one that is shown."""
    t = here.t
    waiting = [kept for kept in drafts.of(here.store, here.account) if not kept.made and kept.key != shown]
    for kept in waiting[:OFFERED]:
        kind, *about = kept.key.split("_")
        if kind == "dossier" and int(about[0]) not in known:
            continue
        st.button(
            t("Continue your draft of {subject} ({moment})", subject=widgets.plain(kept.subject),
              moment=here.moment(kept.saved_at)),
            icon=":material/edit_document:", key=f"continue_{kept.key}", on_click=_take_up, args=(here, kind, about),
        )  # fmt: skip


def _take_up(here: "Page", kind: str, about: list[str]) -> None:
    """Puts into the fields which document that is."""
    state = st.session_state
    state[KIND] = kind
    if kind == "dossier":
        state[CASE] = int(about[0])
        return
    first, last = (date(int(day[:4]), int(day[4:6]), int(day[6:])) for day in about)
    month = f"{first:%Y-%m}"
    whole = (first, last) == _whole(month) and month in _months(*here.store.ask("flow/span").row(0))
    state[OF] = month if whole else FREE
    if not whole:
        state[RANGE] = (first, last)


def _of_case(here: "Page", known: list[RegisteredCase]) -> str:
    """The trace dossier of a registered case; the key of its draft."""
    t = here.t
    by_number = {case.case_id: case for case in known}
    if st.session_state.get(CASE) not in by_number:
        st.session_state[CASE] = known[0].case_id

    def label(number: int) -> str:
        case = by_number.get(number)
        return f"{number} · {case.name} · {here.day(case.onset)}" if case else ""

    with st.grid(2, min_column_width=220):
        number = st.selectbox(t("Case"), list(by_number), format_func=label, key=CASE, persist_state="session")
    case = by_number[number]
    key = f"dossier_{case.case_id}"
    here.audit("open case", f"{case.case_id} {case.name} {case.phone_shown}".strip())
    try:
        paper = _dossier(here.store, here.store.version, here.store.clock().strftime("%Y%m%d%H"), case)
    except Unanswerable as refused:
        st.info(t(str(refused)), icon=":material/info:")
        return key
    draft.view(here, paper, key, about=f"ca-{case.case_id}")
    return key


def _of_days(here: "Page") -> str:
    """The report of a month or of other days; the key of its draft."""
    days = _days(here)
    if days is None:
        return ""
    key = f"report_{days[0]:%Y%m%d}_{days[1]:%Y%m%d}"
    try:
        paper = _report(here.store, here.store.version, here.store.clock().strftime("%Y%m%d%H"), *days)
    except ReportError as refused:
        st.info(here.t(str(refused)), icon=":material/info:")
        return key
    draft.view(here, paper, key, days)
    return key


def _days(here: "Page") -> tuple[date, date] | None:
    """The days, both included: a whole month with data, or any days. None: there is no data yet."""
    t = here.t
    first, last = here.store.ask("flow/span").row(0)
    if first is None:
        widgets.empty(here, t("There is no data yet to report on."))
        return None
    months = _months(first, last)
    with st.grid(2, min_column_width=220):
        chosen = st.selectbox(
            t("Report of"), [*months, FREE], key=OF, persist_state="session",
            format_func=lambda one: _name(here, one),
        )  # fmt: skip
        if chosen and chosen != FREE:
            return _whole(chosen)
        begun = st.session_state.get(RANGE) or (max(first, last.replace(day=1)), last)
        picked = st.date_input(
            t("From day – to day"), value=begun, min_value=widgets.FIRST_DAY, max_value=date(last.year + 1, 12, 31),
            format="DD/MM/YYYY", key=f"{RANGE}_{begun[0]}_{begun[1]}", persist_state="session",
        )  # fmt: skip
    return (picked[0], picked[-1]) if picked else (first, last)


def _whole(month: str) -> tuple[date, date]:
    """The first and the last day of a month: `2021-08`."""
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def _name(here: "Page", one: str) -> str:
    return here.t("Other days") if one == FREE else here.t("{month}/{year}", month=int(one[5:]), year=one[:4])


def _months(first: date, last: date) -> list[str]:
    """The months from first to last, newest first: `2021-08`."""
    found, month = [], last.replace(day=1)
    while month >= first.replace(day=1) and len(found) < MONTHS:
        found.append(f"{month:%Y-%m}")
        month = date(month.year - (month.month == 1), month.month - 1 or 12, 1)
    return found


@lru_cache(maxsize=8)
def _report(store: Store, _version: int, _hour: str, first: date, last: date) -> Paper:
    """Put together again after each write, and each hour: what is due about contacts follows the clock."""
    return report(store, first, last)


@lru_cache(maxsize=8)
def _dossier(store: Store, _version: int, _hour: str, case: RegisteredCase) -> Paper:
    return dossier(store, case)


def open_dossier(case_id: int) -> None:
    """Opens the draft of a case's dossier, from another page."""
    st.session_state[KIND], st.session_state[CASE], st.session_state[GO] = "dossier", case_id, "make"
    st.switch_page(widgets.PAGES / "documents.py")
