"""What a person did and what was decided about them: timeline with upload and line, stays, cases, decisions, files."""

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from quetma import dossier, language, terms
from quetma.dossier import Dossier
from quetma.intake import source
from quetma.web import widgets

if TYPE_CHECKING:
    from quetma.web.page import Page

SHOWN = 2_000  # rows of a timeline


def timeline(here: "Page", person: int, span: tuple[date, date]) -> None:
    """Every row of every upload about the person in these days."""
    t = here.t
    found = dossier.timeline(here.store, person, *span)
    if found.is_empty():
        st.caption(t("Nothing in these days."))
        return
    if found.height > SHOWN:
        st.caption(t("The newest {n} rows.", n=here.number(SHOWN)))
    rows = [_row(here, row) for row in found.head(SHOWN).iter_rows(named=True)]
    columns: dict[str, Any] = {
        "at": st.column_config.DatetimeColumn(t("When"), format="DD/MM/YYYY HH:mm"),
        "kind": t("Kind"),
        "told": t("What it says"),
        "counts": t("Counts"),
        "batch_id": st.column_config.NumberColumn(t("Upload no."), format="%d", width="small"),
        "line": st.column_config.NumberColumn(t("Line"), format="%d", width="small"),
        "file_name": t("File"),
    }
    widgets.table(pl.DataFrame(rows, infer_schema_length=None), columns, alt=t("Timeline"))


def _row(here: "Page", row: dict[str, Any]) -> dict[str, Any]:
    t, told = here.t, [row["detail"] or "", row["more"] or ""]
    if row["kind"] == "scans":
        told.insert(0, {"in": t("in"), "out": t("out"), "unknown": t("direction unknown")}[row["what"]])
    if row["kind"] == "declarations":
        told = [row["detail"] or t("no symptoms")]
    if row["kind"] == "doses":
        told = [t("dose {n}", n=row["detail"]), row["more"] or t("not confirmed")]
    if row["kind"] == "absences":
        told = [row["detail"], t("until {day}", day=here.day(date.fromisoformat(row["more"])))]
    if row["kind"] == "exemptions":
        told[0] = terms.duties(t).get(told[0], told[0])
    if row["what"] == "drop":
        told.insert(0, t("not so:"))
    return {
        "at": row["at"], "kind": t(source.label(row["kind"], None)), "told": " · ".join(filter(None, told)),
        "counts": "✓" if row["counts"] else t("repeats"), "batch_id": row["batch_id"], "line": row["line"],
        "file_name": row["file_name"],
    }  # fmt: skip


def stays(here: "Page", person: int, span: tuple[date, date]) -> None:
    """When they were where."""
    t = here.t
    found = dossier.stays(here.store, person, *span)
    if found.is_empty():
        st.caption(t("Nothing in these days."))
        return
    seen = pl.when("in_seen", "out_seen").then(pl.lit(t("both scanned")))
    seen = seen.when("in_seen").then(pl.lit(t("leaving is inferred"))).otherwise(pl.lit(t("arriving is inferred")))
    moment = st.column_config.DatetimeColumn
    widgets.table(
        found.with_columns(seen=seen),
        {
            "location": t("Location"), "t_in": moment(t("From"), format="HH:mm DD/MM/YYYY"),
            "t_out": moment(t("Until"), format="HH:mm DD/MM/YYYY"), "seen": t("How sure"),
        },
        alt=t("Stays"),
    )  # fmt: skip


def decided(here: "Page", found: Dossier) -> None:
    """Cases, follow-up and the ledger."""
    t = here.t
    states, steps, missed = terms.states(t), terms.steps(t), terms.missed(t)
    lines = []
    for row in found.cases.iter_rows(named=True):
        gaps = {"case": row["case_id"], "state": states[row["state"]]}
        if row["degree"]:
            place = widgets.plain(row["location"])
            gaps |= {"degree": row["degree"], "moment": here.moment(row["since"]), "place": place}
            lines.append(t("F{degree} of case {case} ({state}), together from {moment} at {place}", **gaps))
        else:
            lines.append(t("Case {case}: {state}, onset {day}", **gaps, day=here.day(row["since"].date())))
    for row in found.follow_up.iter_rows(named=True):
        parts = [here.moment(row["happened_at"]), terms.entry(t, row), row["entered_by"]]
        lines.append(" · ".join(map(widgets.plain, parts)))
    for row in found.decisions.iter_rows(named=True):
        days = ", ".join(language.day(day) for day in row["missed"])
        parts = [
            here.day(row["decided_on"]),
            t("{step} for {missed} ({days})", step=steps[row["step"]], missed=missed[row["duty"]], days=days),
            *(row["reason"], row["document"], row["entered_by"]),
        ]
        lines.append(" · ".join(widgets.plain(part) for part in parts if part))
    st.markdown("\n".join(f"- {line}" for line in lines) if lines else t("Nothing is noted down."))


def files(here: "Page", person: int, span: tuple[date, date]) -> None:
    """The uploads of these days that name them."""
    t = here.t
    found = dossier.files(here.store, person, *span)
    if found.is_empty():
        st.caption(t("Nothing in these days."))
        return
    kinds = [t(source.label(*row)) for row in found.select("kind", "source").iter_rows()]
    shown = found.with_columns(
        kind=pl.Series(kinds, dtype=pl.String),
        lines=pl.when(pl.col("rows") == 1).then(pl.col("first_line").cast(pl.String))
        .otherwise(pl.format("{} – {}", "first_line", "last_line")),
    )  # fmt: skip
    widgets.table(
        shown,
        {
            "batch_id": st.column_config.NumberColumn(t("Upload no."), format="%d", width="small"),
            "file_name": t("File"), "kind": t("Kind"), "called": t("Named there as"), "rows": t("Rows"),
            "lines": t("Lines"), "uploaded_at": st.column_config.DatetimeColumn(t("When"), format="HH:mm DD/MM/YYYY"),
            "uploaded_by": t("By"),
        },
        alt=t("Uploads that name them"),
    )  # fmt: skip
