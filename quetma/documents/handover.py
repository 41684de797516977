"""Contacts as CSV in the column names that public health's own systems import. The masked ones are left out: nobody can
be followed up by `Nguyễn Văn ***`.

**Go.Data** (World Health Organization). Property names of the contact as its API calls them (GoDataSource-API,
common/models/contact.js, `fieldLabelsMap`), so that its import maps them by itself; the required ones are those of the
import screen (GoDataSource-FrontEnd, import-contact-data, `requiredDestinationFields`): firstName, dateOfReporting,
relationship.persons[].id, relationship.contactDate, relationship.certaintyLevelId. Its three levels of certainty are
the reference data LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_*. Dates are ISO 8601. F2 go into a file of their own,
for "contacts of contacts", whose persons[] are the visualId of the F1.

**SORMAS**. Names and order of its contact import template, which are those of ContactDto and PersonDto (SORMAS-Project,
sormas-backend, ImportFacadeEjb.generateContactImportTemplateFile); columns that are not there are left as they are. One
line per contact *and case*. Values are those of its enumerations (ContactClassification, ContactStatus,
ContactIdentificationSource, Disease), as the luca check-in system handed its visitors over. Dates are dd/mm/yyyy: the
import reads them in the language of who is signed in to SORMAS. It has no contacts of contacts, so F2 are not in it.

Vietnamese names are family name, middle names, given name: lastName, middleName, firstName. SORMAS has no middle name,
and takes middle and given name together as first name.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from quetma import formulas, tracing
from quetma.language import moment

CERTAINTY = {
    "seen": "LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_3_HIGH",
    "inferred": "LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_2_MEDIUM",
    "possible": "LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_1_LOW",
}
GODATA = (
    "visualId", "firstName", "middleName", "lastName", "age.years", "dateOfReporting", "dateOfLastContact",
    "addresses[].phoneNumber", "relationship.persons[].id", "relationship.contactDate",
    "relationship.contactDateEstimated", "relationship.certaintyLevelId", "relationship.comment",
)  # fmt: skip
SORMAS = (
    "caseIdExternalSystem", "caseOrEventInformation", "disease", "reportDateTime", "multiDayContact",
    "firstContactDate", "lastContactDate", "contactIdentificationSource", "contactIdentificationSourceDetails",
    "contactClassification", "contactStatus", "followUpStatus", "description", "externalID",
    "person.firstName", "person.lastName", "person.sex", "person.birthdateYYYY", "person.phone",
)  # fmt: skip


def split_name(name: str) -> tuple[str, str, str]:
    """Family name, middle names, given name: `Nguyễn Thị Minh Khai` → Nguyễn, Thị Minh, Khai. One word is given."""
    words = name.split()
    if len(words) < 2:
        return "", "", name.strip()
    return words[0], " ".join(words[1:-1]), words[-1]


def godata(
    answer: tracing.Trace, links: pl.DataFrame, path: Path, numbers: Mapping[int, str], reported: date, degree: int = 1
) -> int:
    """Writes the F1s (degree 1) or F2s (degree 2) for Go.Data. Returns how many.

    links: who met whom (tracing.links). numbers: case → its id in Go.Data, `F0-1`, … where there is none yet. A person
    is listed once, with whom they met longest.
    """
    met = _links(answer, links, numbers, degree).group_by("person_id", maintain_order=True).first()
    rows = [
        {
            "visualId": row["code"],
            "firstName": given,
            "middleName": middle,
            "lastName": family,
            "age.years": str(reported.year - row["birth_year"]) if row["birth_year"] else "",
            "dateOfReporting": reported.isoformat(),
            "dateOfLastContact": row["last_at"].date().isoformat(),
            "addresses[].phoneNumber": row["phone_shown"],
            "relationship.persons[].id": row["infector_code"],
            "relationship.contactDate": row["last_at"].date().isoformat(),
            "relationship.contactDateEstimated": str(row["certainty"] != "seen").upper(),
            "relationship.certaintyLevelId": CERTAINTY[row["certainty"]],
            "relationship.comment": _description(row),
        }
        for row in met.iter_rows(named=True)
        for family, middle, given in [split_name(row["name"])]
    ]
    return _write(path, rows, GODATA)


def sormas(answer: tracing.Trace, links: pl.DataFrame, path: Path, numbers: Mapping[int, str], reported: date) -> int:
    """Writes the F1s for SORMAS, a line for each case they met. Returns how many lines; parameters as in `godata`."""
    cases = {
        case.person_id: f"{person['name']} {person['phone']}, {case.onset:%d/%m/%Y}"
        for case, person in zip(answer.question.cases, answer.people.iter_rows(named=True), strict=True)
    }
    rows = [
        {
            "caseIdExternalSystem": row["infector_code"],
            "caseOrEventInformation": cases[row["infector_id"]],
            "disease": "CORONAVIRUS",
            "reportDateTime": f"{reported:%d/%m/%Y}",
            "multiDayContact": str(row["exposed_at"].date() != row["last_at"].date()).lower(),
            "firstContactDate": f"{row['exposed_at']:%d/%m/%Y}",
            "lastContactDate": f"{row['last_at']:%d/%m/%Y}",
            "contactIdentificationSource": "OTHER",
            "contactIdentificationSourceDetails": "QR check-in log",
            "contactClassification": "UNCONFIRMED",
            "contactStatus": "ACTIVE",
            "followUpStatus": "FOLLOW_UP",
            "description": _description(row),
            "externalID": row["code"],
            "person.firstName": f"{middle} {given}".strip(),
            "person.lastName": family,
            "person.sex": "UNKNOWN",
            "person.birthdateYYYY": str(row["birth_year"] or ""),
            "person.phone": row["phone_shown"],
        }
        for row in _links(answer, links, numbers, 1).iter_rows(named=True)
        for family, middle, given in [split_name(row["name"])]
    ]
    return _write(path, rows, SORMAS)


def numbered(answer: tracing.Trace, numbers: Mapping[int, str]) -> dict[int, str]:
    """Person → the id they are called by in these files: the cases', then F1-0001, F2-0001 in the answer's order."""
    codes = {
        case.person_id: numbers.get(case.person_id, "").strip() or f"F0-{at}"
        for at, case in enumerate(answer.question.cases, 1)
    }
    for name, frame in (("F1", answer.f1), ("F2", answer.f2), ("F3", answer.f3)):
        codes |= {person: f"{name}-{at:04}" for at, person in enumerate(frame["person_id"], 1)}
    return codes


def _links(answer: tracing.Trace, links: pl.DataFrame, numbers: Mapping[int, str], degree: int) -> pl.DataFrame:
    """Who met whom at one step, the longest first, in the order of the answer; with names and ids."""
    codes = numbered(answer, numbers)
    people = tracing.suspected((answer.f1, answer.f2)[degree - 1]).select(
        "person_id", "name", "phone_shown", "birth_year"
    )
    met = links.filter(pl.col("degree") == degree, pl.col("certainty") != "possible")
    met = met.sort("minutes", descending=True, maintain_order=True)
    return people.join(met, on="person_id", maintain_order="left_right").with_columns(
        code=pl.col("person_id").replace_strict(codes, default="", return_dtype=pl.String),
        infector_code=pl.col("infector_id").replace_strict(codes, default="", return_dtype=pl.String),
    )


def _description(row: dict) -> str:
    """What is known of the contact, in words both systems show as a remark."""
    return (
        f"Same place and time in the QR check-in log, to be verified: {row['location']}, {moment(row['exposed_at'])} - "
        f"{moment(row['last_at'])}, {row['minutes']:.0f} min, {row['certainty']}"
    )


def _write(path: Path, rows: list[dict[str, str]], columns: tuple[str, ...]) -> int:
    """A CSV with the names alone above: UTF-8, commas, every text quoted where it must be, nothing a formula."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))
    frame.with_columns(formulas.mark(pl.col(pl.String))).write_csv(path, line_terminator="\r\n")
    return frame.height
