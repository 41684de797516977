"""Everything that is held about one person, as a workbook for them: a sheet a kind, in words (XLSX)."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from quetma import dossier, language, settings, subject, terms
from quetma.access import trail
from quetma.documents import table
from quetma.documents.table import Column, Sheet
from quetma.intake import KINDS, source
from quetma.language import Translate, translator
from quetma.store import Store

FIRST = date(2000, 1, 1)


def write(store: Store, person: int, path: Path, spoken: str) -> str:
    """Writes the workbook. Returns the sentence above each sheet."""
    t = translator(spoken)
    known = store.ask("people/called", person_id=person)
    name = known["name"][0] if known.height else "?"
    unit, today = settings.get(store, "unit_name") or "quetma", language.day(store.clock().date())
    title = t("All that {unit} holds about {name}, on {day}", unit=unit, name=name, day=today)
    sheets = [Sheet(label, rows, columns, title) for label, rows, columns in _sheets(store, person, t) if rows.height]
    table.book(path, sheets)
    return title


def _sheets(store: Store, person: int, t: Translate) -> list[tuple[str, pl.DataFrame, list[Column]]]:
    found = dossier.of(store, person)
    last = store.clock().date() + timedelta(days=1)
    duties = terms.duties(t)
    kinds = {kind: t(source.label(kind, None)) for kind in KINDS}
    ways = {"in": t("in"), "out": t("out"), "unknown": t("direction unknown")}
    when = {
        "first_day": t("From"), "last_day": t("Until"), "reason": t("Reason"), "given_on": t("Given on"),
        "day": t("Day"), "location": t("Location"), "entered_at": t("Entered at"), "file_name": t("File"),
        "uploaded_at": t("Uploaded at"), "batch_id": t("Upload no."), "line": t("Line"),
    }  # fmt: skip

    def columns(**heads: str | tuple[str, dict[str, str]]) -> list[Column]:
        return [
            Column(name, head if isinstance(head, str) else head[0], 22, {} if isinstance(head, str) else head[1])
            for name, head in heads.items()
        ]

    def own(*names: str, **more: str | tuple[str, dict[str, str]]) -> list[Column]:
        return columns(**more, **{name: when[name] for name in names})

    who = store.ask("people/identities", people=[person]).select("name", "phone", "birth_year")
    decisions = found.decisions.with_columns(
        missed=pl.col("missed").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", ")
    )
    return [
        (t("Who"), who, columns(name=t("Name"), phone=t("Phone"), birth_year=t("Year of birth"))),
        (t("What uploads say"), dossier.timeline(store, person, FIRST, last),
         columns(at=t("When"), kind=(t("Kind"), kinds), what=(t("In/out"), ways), detail=t("What it says"),
                 more=t("In detail")) + own("batch_id", "line", "file_name")),
        (t("Stays"), dossier.stays(store, person, FIRST, last),
         own("day", "location") + columns(t_in=t("Came"), t_out=t("Left"))),
        (t("Employment"), found.employment, columns(position=t("Position")) + own("location", "first_day", "last_day")),
        (t("Doses"), found.doses, columns(number=t("Which dose"), vaccine=t("Vaccine")) + own("given_on")
         + columns(given_at=t("Place"), lot=t("Lot"), confirmed_by=t("Confirmed by"))),
        (t("Exemptions"), found.exemptions, columns(duty=(t("Duty"), duties)) + own("reason", "first_day", "last_day")),
        (t("Absences"), found.absences, own("reason", "first_day", "last_day")),
        (t("Cases"), found.cases.with_columns(pl.col("degree").cast(pl.String)),
         columns(case_id=t("Case"), degree=(t("As"), {"0": "F0", "1": "F1", "2": "F2", "3": "F3"}), since=t("Since"))
         + own("location", "entered_at")),
        (t("Follow-up"), found.follow_up,
         columns(happened_at=t("When"), kind=t("Kind"), outcome=t("Outcome"), detail=t("In detail"))
         + own("entered_at")),
        (t("Decisions"), decisions, columns(duty=(t("Duty"), duties), missed=t("Days missed"), reason=t("Reason"),
                                            decided_on=t("Decided on"), document=t("Document number"))),
        (t("Uploads"), dossier.files(store, person, date.min, date.max), own("file_name", "uploaded_at", "batch_id")),
        (t("What was done with their data"), subject.looked_at(store, person),
         columns(logged_at=t("Done at"), account=t("Account"), action=(t("What they did"), trail.words(t)),
                 subject=t("About what or whom"), detail=t("In detail"))),
    ]  # fmt: skip
