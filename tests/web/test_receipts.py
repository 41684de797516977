"""Saving an answer on a screen, the list of saved ones, one opened; files and messages to take along."""

from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from quetma import directory, receipts, tracing
from quetma.store import Store
from quetma.web import downloads
from tests.conftest import sign_in
from tests.scenario import upload

ONSET = date(2021, 8, 25)


@pytest.fixture
def person(demo_store: Store) -> int:
    return directory.find(demo_store, "Nguyễn Đình Khôi")["person_id"][0]


def answer_of(store: Store, person: int, onset: date = ONSET) -> tracing.Trace:
    return tracing.trace(store, tracing.Question((tracing.Case(person, onset),)))


def saving(person):
    from datetime import date

    from quetma import tracing
    from quetma.web import page, receipts

    here = page.guard()
    answer = tracing.trace(here.store, tracing.Question((tracing.Case(person, date(2021, 8, 25)),)))
    receipts.save_bar(here, answer)
    receipts.saved_list(here)


def taking(person, onset):
    from quetma import tracing
    from quetma.web import handover, page

    here = page.guard()
    answer = tracing.trace(here.store, tracing.Question((tracing.Case(person, onset),)))
    handover.exports(here, answer)
    handover.messages(here, answer)


def shown(script: object, store: Store, *args: object) -> AppTest:
    test = AppTest.from_function(script, args=args, default_timeout=60)
    test.session_state["session_token"] = sign_in(store)
    test.session_state["language"] = "en"
    return test.run()


def audited(store: Store, *actions: str) -> list[tuple[str, str, str]]:
    rows = store.cursor().execute("SELECT action, subject, detail FROM audit ORDER BY logged_at").fetchall()
    return [row for row in rows if row[0] in actions]


def late_visit(store: Store, person: int) -> str:
    """Uploads a visit of somebody who was not among the F1s, at the time the case was at Mai Sơn."""
    f1 = set(answer_of(store, person).f1["person_id"])
    known = "SELECT person_id, name FROM person WHERE NOT masked AND phone IS NOT NULL ORDER BY person_id DESC"
    people = store.cursor().execute(known).fetchall()
    somebody, name = next(row for row in people if row[0] not in f1 | {person})
    place = store.cursor().execute("SELECT location_id FROM location WHERE name LIKE '%Mai Sơn%'").fetchall()[0][0]
    scans = [(somebody, place, datetime(2021, 8, 24, 9, minute), way) for minute, way in ((0, "in"), (20, "out"))]
    upload(store, 900, scans)
    return name


def test_save_then_a_late_log_then_the_difference(demo_store: Store, person: int) -> None:
    test = shown(saving, demo_store, person)
    assert not test.exception
    assert "No answer is saved yet" in test.info[0].value
    test.text_input(key="receipt_note").set_value("báo cáo *lần 1*")
    test.button[0].click().run()
    assert not test.exception
    assert "Saved as number 1" in test.success[0].value
    [receipt], _ = receipts.saved(demo_store)
    assert (receipt.note, receipt.saved_by) == ("báo cáo *lần 1*", "Test leader")
    assert audited(demo_store, "save trace") == [("save trace", "1 Nguyễn Đình Khôi 0900999001", receipt.sha256)]
    f1 = receipt.answer.counts["f1"]
    headline, badge = (text.value for text in test.markdown[:2])
    assert headline.startswith(f"**No. 1: Nguyễn Đình Khôi** – {f1} suspected F1, ")
    assert "Unchanged" in badge
    assert r"báo cáo \*lần 1\*" in test.caption[0].value, "shown letter by letter"

    name = late_visit(demo_store, person)
    test.run()
    badge = test.markdown[1].value
    assert r"\+1 F1" in badge and "because the file x was uploaded" in badge
    test.button(key="receipt_1").click().run()
    assert not test.exception
    assert audited(demo_store, "open saved trace") == [("open saved trace", "1 Nguyễn Đình Khôi", "")]
    tables = {tuple(table.value.columns): table.value for table in test.dataframe}
    people = next(table for columns, table in tables.items() if "minutes" in columns)
    assert people["name"].to_list() == receipt.answer.f1["name"].to_list()
    changed = next(table for columns, table in tables.items() if "what" in columns and "change" in columns)
    assert name in changed["name"].to_list()
    test.button(key="receipt_1").click().run()
    assert not test.dataframe


def test_a_receipt_that_was_changed_is_not_shown(demo_store: Store, person: int) -> None:
    receipts.save(demo_store, answer_of(demo_store, person), "An")
    with demo_store.write() as cursor:
        cursor.execute("UPDATE receipt SET content = REPLACE(content, 'Khôi', 'Hùng')")
    test = shown(saving, demo_store, person)
    assert not test.exception
    assert "was changed after it was saved" in test.error[0].value
    assert "receipt_1" not in [button.key for button in test.button]


def test_older_ones_come_on_demand(demo_store: Store, person: int) -> None:
    answer = answer_of(demo_store, person)
    for n in range(10):
        receipts.save(demo_store, answer, "An", str(n))
    test = shown(saving, demo_store, person)
    keys = [button.key for button in test.button if (button.key or "").startswith("receipt_")]
    assert keys == [f"receipt_{n}" for n in range(10, 2, -1)]
    test.button(key="receipts_more").click().run()
    assert "receipt_1" in [button.key for button in test.button]


def test_files_to_take_along(demo_store: Store, person: int, tmp_path) -> None:
    downloads._offers.clear()
    test = shown(taking, demo_store, person, ONSET)
    assert not test.exception
    links = [link.proto.label for link in test.get("link_button")]
    assert links == ["Excel", "CSV", "Workbook with all evidence", "Go.Data: F1", "Go.Data: F2", "SORMAS: F1"]
    made = {}
    for offer in downloads._offers.values():
        offer.make(tmp_path / "file")
        made[offer.file_name] = (tmp_path / "file").read_bytes()
        assert offer.audit[:2] == ("export trace", "Nguyễn Đình Khôi 0900999001")
    assert list(made) == [
        "truy-vet-2021-08-25.xlsx",
        "truy-vet-2021-08-25.csv",
        "so-truy-vet-2021-08-25.xlsx",
        "godata-f1-2021-08-25.csv",
        "godata-f2-2021-08-25.csv",
        "sormas-f1-2021-08-25.csv",
    ]
    answer = answer_of(demo_store, person)
    lines = made["sormas-f1-2021-08-25.csv"].decode().splitlines()
    assert len(lines) == 1 + answer.counts["f1"] and ",F0-1," not in lines[0]
    assert lines[1].startswith("F0-1,")
    test.text_input(key=f"handover_number_{person}").set_value("=1+1").run()
    assert "cannot begin" in test.warning[0].value


def test_messages_to_copy(demo_store: Store, person: int) -> None:
    test = shown(taking, demo_store, person, ONSET)
    assert not test.exception
    test.text_input(key="messages_call").set_value("Trạm y tế 0212").run()
    assert test.code[0].value.endswith("Please call back: Trạm y tế 0212.")
    assert "Khôi" not in test.code[0].value


def test_nobody_to_write_to(demo_store: Store, person: int) -> None:
    test = shown(taking, demo_store, person, date(2021, 6, 1))
    assert not test.exception
    assert "Nobody to write to" in test.info[0].value
