"""What people may ask about their own data: answered in time, whole, and deleted where nothing keeps it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import fastexcel
import pytest
from streamlit.testing.v1 import AppTest

from quetma import attention, cases, inquiries, intake, language, rollups, subject
from quetma.access import accounts, audit, chain
from quetma.cases import Said
from quetma.documents import personal
from quetma.door import Passage, check_all
from quetma.intake import recount
from quetma.store import Store, now
from quetma.subject import SubjectError
from quetma.web import widgets
from tests.conftest import PASSWORD
from tests.intake import prepare
from tests.test_migrations import UPLOADS
from tests.test_retention import figures

DAY = date(2021, 8, 2)
App = Callable[..., AppTest]


def filled_in(store: Store) -> None:
    for name, text in UPLOADS.items():
        intake.load(store, prepare(store, name, text.encode()), "An")
    at = now().replace(microsecond=0) - timedelta(hours=2)
    came = Passage(direction="in", name="Cà Thị Khách", phone="0987654321", at=at, location=1, source="poster",
                   account="phone", host="Chị Tiếp", came_from="Bản Xa", symptoms="Ho")  # fmt: skip
    check_all(store, [came])
    audit.log(store, "An", "trace", "Cà Thị Khách 0987654321", "24/08/2021")
    audit.log(store, "An", "trace", "Người Khác Hẳn", "")


@pytest.fixture
def unit(filled) -> Store:
    return filled(filled_in)


def number(store: Store, name: str) -> int:
    [(person,)] = store.cursor().execute("SELECT person_id FROM person WHERE name = ?", [name]).fetchall()
    return person


def everything(store: Store, but: set[str]) -> str:
    cursor = store.cursor()
    tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
    return "\n".join(repr(cursor.execute(f"FROM {table}").fetchall()) for (table,) in tables if table not in but)


def sound(store: Store) -> bool:
    return recount.check(store) + rollups.check(store) + chain.check(store.cursor()) == []


def test_who_had_declarations_alone_leaves_nobody_behind(empty_store: Store):
    said = "Họ tên,SĐT,Thời gian khai báo,Triệu chứng\nLò Văn A,0912000001,07:00 24/08/2021,Ho\n"
    intake.load(empty_store, prepare(empty_store, "kb.csv", said.encode()), "An")
    subject.erase(empty_store, "An", number(empty_store, "Lò Văn A"))
    assert empty_store.cursor().execute("SELECT name FROM person").fetchall() == []
    assert sound(empty_store)


def test_who_has_been_deleted_is_nowhere_and_every_figure_stays(unit: Store):
    person, before = number(unit, "Cà Thị Khách"), figures(unit)
    assert subject.reasons(unit, person) == []
    purged = subject.erase(unit, "An", person)
    assert (purged.scans, purged.declarations) == (1, 1)
    left = everything(unit, but={"audit"})  # which keeps who looked at what
    assert not [text for text in ("Cà Thị Khách", "987654321", "Chị Tiếp", "Bản Xa") if text in left]
    assert figures(unit) == before and sound(unit)
    [line] = unit.cursor().execute("SELECT subject, detail FROM audit WHERE action = 'erase person'").fetchall()
    assert line == (f"person {person}", "1 scans, 1 declarations")
    with pytest.raises(SubjectError, match="nothing of this person"):
        subject.erase(unit, "An", person)


@pytest.mark.parametrize("namesake", [False, True])
def test_the_audit_says_who_did_what_but_no_longer_about_whom_when_they_ask_for_it(unit: Store, namesake: bool):
    """But where somebody else may be meant, who is called the same, it still says the name."""
    name = "Cà Thị Khách"
    audit.log(unit, "An", "trace", name)
    if namesake:
        accounts.add(unit, name, PASSWORD, "viewer")
    assert subject.erase(unit, "An", number(unit, name), strike=True).scans == 1
    left = everything(unit, but=set())
    assert "987654321" not in left and (name in left) == namesake
    lines = (
        unit.cursor().execute("SELECT account, subject FROM audit WHERE action = 'trace' ORDER BY number").fetchall()
    )
    assert lines == [("An", ""), ("An", "Người Khác Hẳn"), ("An", name if namesake else "")]
    assert sound(unit)


def test_whom_a_list_a_case_or_a_post_keeps_is_not_deleted_and_it_is_said_why(unit: Store):
    visitor, staff = number(unit, "Khách 1"), number(unit, "Lò Văn Cán")
    assert len(subject.reasons(unit, staff)) == 2  # one of the staff, and doses in a list
    cases.register(unit, "An", Said(visitor, DAY))
    before = everything(unit, but=set())
    for person, why in ((staff, "one of the staff"), (visitor, "register of cases")):
        with pytest.raises(SubjectError, match=f"Nothing was deleted.*{why}"):
            subject.erase(unit, "An", person)
    assert everything(unit, but=set()) == before
    assert subject.erase(unit, "An", number(unit, "Khách 2")).scans == 1
    assert sound(unit)


def test_a_request_is_due_in_two_working_days_and_ends_once(unit: Store):
    person, today = number(unit, "Khách 1"), unit.clock().date()
    received = today - timedelta(days=10)
    number_of = subject.enter(unit, "An", person, "copy", "  gặp trực tiếp ", received)
    [one] = subject.register(unit, person)
    assert (one.due_on, one.told, one.state(today)) == (inquiries.due(received), "gặp trực tiếp", "overdue")
    said = attention.items(unit, language.translator("en"), health=True, upload=True, export=True)
    assert [item.page for item in said if "own data" in item.text] == ["person"]
    with pytest.raises(SubjectError, match="Say why"):
        subject.finish(unit, "An", number_of, "refused", " ")
    subject.finish(unit, "An", number_of, "done", "đã giao")
    with pytest.raises(SubjectError, match="ended meanwhile"):
        subject.finish(unit, "An", number_of, "done")
    [one] = subject.register(unit)
    assert (one.state(today), one.reason, one.name) == ("done", "đã giao", "Khách 1")
    with pytest.raises(SubjectError, match="future"):
        subject.enter(unit, "An", person, "copy", "", today + timedelta(days=1))


def test_the_file_has_everything_of_them_and_of_nobody_else(unit: Store, tmp_path: Path):
    personal.write(unit, number(unit, "Lò Văn Cán"), tmp_path / "a.xlsx", "vi")
    book = fastexcel.read_excel(tmp_path / "a.xlsx")
    told = "\n".join(
        book.load_sheet(name, header_row=None).to_polars().write_csv() for name in book.sheet_names
    )  # fmt: skip
    assert all(text in told for text in ("Lò Văn Cán", "Đội trưởng", "AstraZeneca", "nk.csv", "Mai Sơn", "vào"))
    assert "Khách" not in told and "Vì Thị Bé" not in told


def test_what_was_done_with_their_data_names_them_and_no_other(unit: Store):
    found = subject.looked_at(unit, number(unit, "Cà Thị Khách"))
    assert found["subject"].to_list() == ["Cà Thị Khách 0987654321"]


def test_on_the_page_of_one_person(app: App, unit: Store):
    person = number(unit, "Cà Thị Khách")
    at = app("pages/person.py", language="en", store=unit, state={widgets.PERSON: person, "person_view": "looked"})
    assert not at.exception
    assert at.dataframe[0].value["subject"].to_list()[-1] == "Cà Thị Khách 0987654321"
    at = app("pages/person.py", language="en", store=unit, state={widgets.PERSON: person, "person_view": "rights"})
    assert not at.exception
    next(button for button in at.button if button.label == "Enter it in the register").click().run()
    assert [one.wish for one in subject.register(unit)] == ["copy"]
    register = app("pages/person.py", language="en", store=unit)
    assert register.dataframe[0].value[["name", "wish"]].values.tolist() == [["Cà Thị Khách", "a copy"]]
    at.button(key="person_done_1").click().run()
    assert [one.outcome for one in subject.register(unit)] == ["done"]
    assert at.button(key="person_erase").disabled
    at.checkbox(key=f"person_sure_{person}").check().run()
    at.button(key="person_erase").click().run()
    assert not at.exception and "Cà Thị Khách" not in everything(unit, but={"audit"})
