"""Files for Go.Data and SORMAS: exactly these columns and cells; names split as Vietnamese names are."""

import csv
from datetime import date
from pathlib import Path

import pytest

from quetma.documents import handover
from quetma.store import Store
from quetma.tracing import Case, Question, links, trace
from tests.scenario import unit
from tests.test_receipts import F0, HERE, ONSET, THERE, X, Y, Z, visits

TODAY = date(2021, 8, 25)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    stays = (F0, HERE, 0, 60), (X, HERE, 13, 90), (X, THERE, 100, 160), (Y, THERE, 120, 200), (Z, HERE, 50, 55)
    store = unit(tmp_path / "store", visits(*stays))
    with store.write() as cursor:
        for person, name, year in ((F0, "Hà Văn An", None), (X, "Nguyễn Thị Minh Khai", 1990), (Y, "=Lò Tuấn", None)):
            cursor.execute("UPDATE person SET name = ?, birth_year = ? WHERE person_id = ?", [name, year, person])
        cursor.execute("UPDATE person SET masked = TRUE, name = 'Người ***' WHERE person_id = ?", [Z])
    return store


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Thị Minh Khai", ("Nguyễn", "Thị Minh", "Khai")),
        ("Lò Văn A", ("Lò", "Văn", "A")),
        ("Hà Tôn", ("Hà", "", "Tôn")),
        ("Khai", ("", "", "Khai")),
        ("  Nguyễn  Khai ", ("Nguyễn", "", "Khai")),
        ("", ("", "", "")),
    ],
)
def test_a_name_is_family_middle_given(name: str, parts: tuple[str, str, str]) -> None:
    assert handover.split_name(name) == parts


def test_godata_contacts(store: Store, tmp_path: Path) -> None:
    answer = trace(store, Question((Case(F0, ONSET),)))
    path = tmp_path / "a.csv"
    assert handover.godata(answer, links(store, answer), path, {F0: " CASE-7 "}, TODAY) == 1
    assert read(path) == [
        {
            "visualId": "F1-0001", "firstName": "Khai", "middleName": "Thị Minh", "lastName": "Nguyễn",
            "age.years": "31", "dateOfReporting": "2021-08-25", "dateOfLastContact": "2021-08-23",
            "addresses[].phoneNumber": "0912342", "relationship.persons[].id": "CASE-7",
            "relationship.contactDate": "2021-08-23", "relationship.contactDateEstimated": "FALSE",
            "relationship.certaintyLevelId": "LNG_REFERENCE_DATA_CATEGORY_CERTAINTY_LEVEL_3_HIGH",
            "relationship.comment": "Same place and time in the QR check-in log, to be verified: Nơi 1, "
            "12:13 23/08/2021 - 13:00 23/08/2021, 47 min, seen",
        }
    ]  # fmt: skip


def test_godata_contacts_of_contacts_name_the_f1(store: Store, tmp_path: Path) -> None:
    answer = trace(store, Question((Case(F0, ONSET),)))
    path = tmp_path / "a.csv"
    assert handover.godata(answer, links(store, answer), path, {}, TODAY, degree=2) == 1
    [row] = read(path)
    assert (row["visualId"], row["relationship.persons[].id"]) == ("F2-0001", "F1-0001")
    assert (row["lastName"], row["firstName"]) == ("'=Lò", "Tuấn"), "no cell is a formula"


def test_sormas_contacts_have_a_line_for_each_case(store: Store, tmp_path: Path) -> None:
    answer = trace(store, Question((Case(F0, ONSET), Case(Y, ONSET))))
    path = tmp_path / "a.csv"
    assert handover.sormas(answer, links(store, answer), path, {F0: "SL-1"}, TODAY) == 2
    rows = read(path)
    assert list(rows[0]) == list(handover.SORMAS)
    assert rows[0] == {
        "caseIdExternalSystem": "SL-1", "caseOrEventInformation": "Hà Văn An 0912341, 23/08/2021",
        "disease": "CORONAVIRUS", "reportDateTime": "25/08/2021", "multiDayContact": "false",
        "firstContactDate": "23/08/2021", "lastContactDate": "23/08/2021", "contactIdentificationSource": "OTHER",
        "contactIdentificationSourceDetails": "QR check-in log", "contactClassification": "UNCONFIRMED",
        "contactStatus": "ACTIVE", "followUpStatus": "FOLLOW_UP",
        "description": "Same place and time in the QR check-in log, to be verified: Nơi 1, "
        "12:13 23/08/2021 - 13:00 23/08/2021, 47 min, seen",
        "externalID": "F1-0001", "person.firstName": "Thị Minh Khai", "person.lastName": "Nguyễn",
        "person.sex": "UNKNOWN", "person.birthdateYYYY": "1990", "person.phone": "0912342",
    }  # fmt: skip
    assert (rows[1]["caseIdExternalSystem"], rows[1]["externalID"]) == ("F0-2", "F1-0001")


@pytest.mark.parametrize("degree", [1, 2])
def test_nobody_gives_the_headings_alone(store: Store, tmp_path: Path, degree: int) -> None:
    answer = trace(store, Question((Case(F0, date(2021, 3, 1)),)))
    path = tmp_path / "a.csv"
    assert handover.godata(answer, links(store, answer), path, {}, TODAY, degree) == 0
    assert path.read_bytes().decode() == ",".join(handover.GODATA) + "\r\n"
    assert handover.sormas(answer, links(store, answer), path, {}, TODAY) == 0
    assert path.read_bytes().decode() == ",".join(handover.SORMAS) + "\r\n"
