"""What the QR log and the door register tell of each other: how much was scanned at all, who is in one list only."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import tracing
from quetma.tracing import coverage
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

WITHIN = 60  # minutes: a register is written when there is time for it, and a scan in has no end
KINDS = {"staff": "Staff", "visitor": "Visitors"}
# Why there is no estimate, and what to do.
REFUSED: dict[str | None, str] = {
    "nothing": "Neither the QR log nor a door register has rows of these days.",
    "register": "How many people came and did not scan cannot be told from the QR log alone. The register kept by hand "
    "at the door for these days would tell.",
    "qr": "Only a door register is known of these days. The QR log of the same days would tell how many people both "
    "missed.",
    "apart": "The QR log and the door register are of different places or days. They can be compared where both were "
    "kept.",
    "overlap": "Nobody stands in both the QR log and the door register, so it cannot be told how many both missed. "
    "Perhaps the same people are written differently: look at Who is who.",
}


def view(here: "Page", answer: tracing.Trace) -> None:
    """The estimate for the days of the question, in a sentence and a table; the people behind it; what it rests on."""
    t, question = here.t, answer.question
    first, last = question.since.date(), (question.until - timedelta(microseconds=1)).date()
    st.markdown(f"**{t('How much was scanned at all')}**")
    refused = coverage.estimate(here.store, first, last).refused
    if refused in ("nothing", "register", "qr"):
        widgets.empty(here, t(REFUSED[refused]))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = widgets.location(here, key="trace_lists_place")
        timed = st.toggle(
            t("Compare the times too"),
            help=t("Off: the same person at the same place on the same day is the same presence. On: only if the times "
                   "of both lists come within {n} minutes of each other; else two.", n=WITHIN),
            key="trace_lists_timed",
            persist_state="session",
        )  # fmt: skip
    found = coverage.estimate(here.store, first, last, place, WITHIN if timed else None)
    if found.refused:
        st.info(t(REFUSED[found.refused]), icon=":material/info:")
    else:
        _sentence(here, found)
    if found.compared:
        _table(here, found)
        _people(here, found)
        _rests_on(here, found)


def _sentence(here: "Page", found: coverage.Coverage) -> None:
    t = here.t
    low, high = found.scanned_between
    few, many = found.missed_between
    st.markdown(
        t("**{who}:** about **{share}** of those who came were scanned (between {low} and {high}). Both lists together "
          "know of {known} presences; about **{missed}** more ({few} to {many}) stand in neither.",
          who=" + ".join(t(KINDS[kind]) for kind in found.kinds),
          share=_share(here, found.scanned), low=_share(here, low), high=_share(here, high),
          known=here.number(found.lists.known), missed=here.number(round(found.missed)),
          few=here.number(int(few)), many=here.number(_up(many)))
    )  # fmt: skip
    both = (pl.col("qr") > 0) & (pl.col("register") > 0)
    days = found.places.filter(both)["day"].sort().to_list()
    st.caption(
        t("Compared: {n} places and days with both lists, from {first} to {last}.",
          n=here.number(found.compared), first=here.day(days[0]), last=here.day(days[-1]))
    )  # fmt: skip
    left = [kind for kind, lists in found.by_kind.items() if lists.known and kind not in found.kinds]
    if left:
        st.caption(
            t("Without {kinds}: none of them stands in both lists.",
              kinds=", ".join(t(KINDS[kind]).lower() for kind in left))
        )  # fmt: skip
    if found.rough:
        st.caption(t("Few people stand in both lists, so this only says roughly how many."))


def _table(here: "Page", found: coverage.Coverage) -> None:
    """One row a kind of people, and their sum where both can be estimated."""
    t = here.t
    rows: list[dict[str, Any]] = []
    for kind, lists in found.by_kind.items():
        if lists.known:
            alone = coverage.Coverage(found.rows, found.places, {kind: lists}, 0, 0)
            rows.append(_row(here, t(KINDS[kind]), alone))
    if len(found.kinds) > 1:
        rows.append(_row(here, t("Together"), found))
    widgets.table(
        pl.DataFrame(rows, infer_schema_length=None),
        {
            "who": st.column_config.TextColumn(t("Who"), pinned=True),
            "both": t("In both lists"),
            "only_qr": t("Only scanned"),
            "only_register": t("Only in the register"),
            "missed": t("In neither (estimated)"),
            "scanned": t("Share scanned"),
        },
        alt=t("Presences in the QR log and in the door register"),
    )


def _row(here: "Page", who: str, found: coverage.Coverage) -> dict[str, Any]:
    lists = found.lists
    row = {"who": who, "both": lists.both, "only_qr": lists.only_qr, "only_register": lists.only_register}
    if found.refused or lists.refused:
        return {**row, "missed": "–", "scanned": "–"}
    few, many = found.missed_between
    low, high = found.scanned_between
    return {
        **row,
        "missed": f"{here.number(round(found.missed))} ({here.number(int(few))}–{here.number(_up(many))})",
        "scanned": f"{_share(here, found.scanned)} ({_share(here, low)}–{_share(here, high)})",
    }


def _people(here: "Page", found: coverage.Coverage) -> None:
    """The presences behind each number, those that no scan shows first."""
    t = here.t
    qr, register = pl.col("in_qr"), pl.col("in_register")
    parts = (
        ("register", "Only in the door register: {n}", ~qr),
        ("qr", "Only in the QR log: {n}", ~register),
        ("both", "In both lists: {n}", qr & register),
    )
    times = {
        "qr_first": t("Scanned first"), "qr_last": t("Scanned last"),
        "register_first": t("Written down first"), "register_last": t("Written down last"),
    }  # fmt: skip
    for key, label, chosen in parts:
        people = found.rows.filter(chosen)
        if people.is_empty():
            continue
        rows = widgets.open_rows(here, t(label, n=here.number(people.height)), key=f"trace_lists_{key}")
        if rows.open:
            with rows:
                shown = people.with_columns(
                    kind=pl.col("kind").replace_strict({k: t(v) for k, v in KINDS.items()}, return_dtype=pl.String)
                )
                clock = {
                    name: st.column_config.DatetimeColumn(words, format="HH:mm")
                    for name, words in times.items()
                    if people[name].is_not_null().any()
                }
                columns = {
                    "name": st.column_config.TextColumn(t("Name"), pinned=True),
                    "phone_shown": t("Phone"),
                    "kind": t("Who"),
                    "location": t("Location"),
                    "day": st.column_config.DateColumn(t("Day"), format="DD/MM/YYYY"),
                    **clock,
                }
                widgets.people_table(here, shown, f"trace_lists_{key}_people", columns)


def _rests_on(here: "Page", found: coverage.Coverage) -> None:
    t = here.t
    with st.expander(t("What this estimate rests on"), icon=":material/rule:"):
        lines = [
            t("A presence is one person at one place on one day."),
            t("Compared are only places and days of which both lists have rows."),
            t("The lists must not know of each other. If the guard writes down above all those who do not scan, "
              "fewer were missed than is said here; if those who scan, more."),
            t("Staff and visitors are estimated apart and added up, because who scans and whom the guard writes down "
              "differs between them."),
            t("Somebody is known as the same person by the phone, or by exactly the same name. Without a phone, in one "
              "list only: {n}. If they stand in the other list under another name, join them on the page Who is who.",
              n=here.number(found.unphoned)),
            t("Left out, because their name or phone is masked: {n}.", n=here.number(found.masked)),
            t("The limits hold the true number 19 times of 20, if all this is so."),
        ]  # fmt: skip
        st.markdown("\n".join(f"- {line}" for line in lines))


def _share(here: "Page", share: float) -> str:
    """`93%`."""
    return here.percent(round(100 * share), 100)


def _up(number: float) -> int:
    return -int(-number // 1)
