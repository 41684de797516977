"""What needs attention: the right sentences, in the right order, with names only for those who may read them."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from quetma import attention, cases, follow_up, gate, rollups, touch, tracing
from quetma.attention import Item
from quetma.intake.desk import desk_of
from quetma.language import translator
from quetma.store import Store

from .scenario import unit

FRIDAY = date(2021, 8, 27)
EN = translator("en")


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute))


def items(store: Store, *, health: bool = True, upload: bool = False) -> list[Item]:
    return attention.items(store, EN, health=health, upload=upload)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three staff and a visitor on Thursday and Friday: all three did all duties, but for what a test takes away."""
    thursday = FRIDAY - timedelta(days=1)
    scans = [(p, 1, at(day, 7, p), "in") for day in (thursday, FRIDAY) for p in (1, 2, 3, 4)]
    scans += [(p, 1, at(day, 16, p), "out") for day in (thursday, FRIDAY) for p in (1, 2, 3, 4)]
    store = unit(tmp_path, sorted(scans, key=lambda scan: scan[2]))
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO batch (batch_id, kind, file_name, sha256, uploaded_at, uploaded_by, row_count, "
            "accepted, duplicates, rejected, first_day, last_day, sheet, origin, source) "
            "VALUES (2, 'roster', 'x', 'x', now(), 'a', 3, 3, 0, 0, NULL, NULL, '', '', NULL)"
        )
        for p in (1, 2, 3):
            cursor.execute(
                "INSERT INTO roster_row VALUES (2, ?, ?, 'Kiểm soát viên', 1, TRUE, NULL, NULL, TRUE, NULL, NULL)",
                [p, p],
            )
            cursor.execute(
                "INSERT INTO app_install_row VALUES (2, ?, ?, 'Bluezone', DATE '2021-06-01', TRUE, NULL)", [p, p]
            )
            cursor.execute(
                "INSERT INTO dose_row "
                "VALUES (2, ?, ?, 1, 'AZ', DATE '2021-06-01', NULL, NULL, 'Trạm y tế', TRUE, NULL)",
                [p, p],
            )
            cursor.execute("INSERT INTO declaration_row VALUES (2, ?, ?, ?, '', TRUE, NULL)", [p, p, at(FRIDAY, 6, p)])
        rollups.derive(cursor, touch.of_upload(cursor, 2))
    return store


def change(store: Store, sql: str, *params: object) -> None:
    """Changes a fact and derives the figures again."""
    with store.write() as cursor:
        cursor.execute(sql, params)
        rollups.derive(cursor, touch.of_upload(cursor, 2))
        rollups.derive(cursor, touch.of_upload(cursor, 1))


def test_nothing_when_everyone_did_what_is_due(store: Store):
    assert items(store) == []


def test_most_urgent_first(store: Store):
    change(store, "UPDATE declaration_row SET symptoms = 'sốt, ho' WHERE person_id = 2")
    change(store, "DELETE FROM declaration_row WHERE person_id = 3")
    change(store, "DELETE FROM scan_row WHERE person_id = 1 AND scanned_at > ?", at(FRIDAY, 0))
    change(store, "UPDATE dose_row SET confirmed_by = NULL WHERE person_id IN (2, 3)")
    change(store, "DELETE FROM app_install_row WHERE person_id = 1")
    change(store, "DELETE FROM scan_row WHERE person_id = 4 AND scanned_at = ?", at(FRIDAY - timedelta(days=1), 16, 4))
    change(store, "UPDATE batch SET rejected = 3, file_name = 'log.csv' WHERE batch_id = 2")
    change(store, "UPDATE batch SET accepted = 6302 WHERE batch_id = 2")
    rows = [item.text for item in attention.items(store, translator("vi"), health=True, upload=True)][-3]
    assert "6.318 mới" in rows
    assert items(store, upload=True) == [
        Item("urgent", "Người 2 declared symptoms at 06:02 27/08/2021: sốt, ho.", "compliance"),
        Item("duty", "Not scanned on 27/08/2021: Người 1.", "compliance"),
        Item("duty", "No health declaration on 27/08/2021: Người 3.", "compliance"),
        Item("duty", "Not vaccinated, or not confirmed: Người 2, Người 3.", "compliance"),
        Item("duty", "No accepted app: Người 1.", "compliance"),
        Item("note", "Visits of 26/08/2021 with a scan in but no scan out: 1.", "flow"),
        Item(
            "note",
            "Uploads in the last 24 hours: 2, of them through the inbox: 0. "
            "Rows: 6,318 new, 0 already stored, 3 rejected.",
            "upload",
        ),
        Item("note", "Rows of the last file, log.csv, that could not be read: 3.", "upload"),
        Item("note", "The newest scans are of 27/08/2021. Upload the newer logs.", "upload"),
    ]


def test_a_visit_without_an_end_is_closed_at_the_gate_while_that_lists_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    change(store, "DELETE FROM scan_row WHERE person_id = 4 AND scanned_at = ?", at(FRIDAY - timedelta(days=1), 16, 4))
    for days, page in ((1, "gate"), (7, "gate"), (8, "flow")):
        monkeypatch.setattr(store, "clock", lambda days=days: at(FRIDAY + timedelta(days=days - 1), 9))
        listed = gate.never_out(store, store.clock().date())
        assert listed.height == (page == "gate")
        [item] = attention.items(store, EN, health=True, upload=False, at_gate=True)
        assert item.page == page
    assert [item.page for item in items(store)] == ["flow"]


def test_without_the_right_people_are_counted_and_their_names_not_read(store: Store, monkeypatch: pytest.MonkeyPatch):
    change(store, "UPDATE declaration_row SET symptoms = 'sốt' WHERE person_id = 2")
    change(store, "UPDATE dose_row SET confirmed_by = NULL WHERE person_id IN (2, 3)")
    answers = []
    ask = Store.ask
    monkeypatch.setattr(Store, "ask", lambda *a, **k: answers.append(ask(*a, **k)) or answers[-1])
    assert items(store, health=False) == [
        Item("urgent", "People who declared symptoms since 26/08/2021: fewer than 3.", "compliance"),
        Item("duty", "Not vaccinated, or not confirmed: fewer than 3 staff.", "compliance"),
    ]
    assert answers
    assert not [frame for frame in answers if "Người" in str(frame.rows()) or "sốt" in str(frame.rows())]


def test_symptoms_of_the_working_day_before_and_since(store: Store):
    saturday = FRIDAY + timedelta(days=1)
    for line, day in enumerate([FRIDAY - timedelta(days=2), FRIDAY - timedelta(days=1), saturday], 10):
        change(
            store, "INSERT INTO declaration_row VALUES (2, ?, ?, ?, 'ho', TRUE, NULL)", line, line % 3 + 1, at(day, 9)
        )
    told = [item.text for item in items(store) if item.level == "urgent"]
    assert told == ["Người 3 declared symptoms at 09:00 26/08/2021: ho."]  # Saturday is after the day shown


def test_long_lists_are_cut_short(tmp_path: Path):
    store = unit(tmp_path, [(p, 1, at(FRIDAY, 8, p), "in") for p in range(1, 9)])
    with store.write() as cursor:
        for p in range(1, 9):
            cursor.execute(
                "INSERT INTO roster_row VALUES (2, ?, ?, 'x', 1, TRUE, NULL, NULL, TRUE, NULL, NULL)", [p, p]
            )
            cursor.execute(
                "INSERT INTO declaration_row VALUES (2, ?, ?, ?, 'ho', TRUE, NULL)", [p, p, at(FRIDAY, 6, p)]
            )
        rollups.derive(cursor, touch.of_upload(cursor, 2))
    texts = [item.text for item in items(store)]
    assert texts[:6] == [
        *(f"Người {p} declared symptoms at 06:0{p} 27/08/2021: ho." for p in (8, 7, 6, 5, 4)),
        "More people who declared symptoms since 27/08/2021: 3.",
    ]
    assert "Not vaccinated, or not confirmed: Người 1, Người 2, Người 3, Người 4, Người 5 and 3 more." in texts


def test_who_is_still_inside_when_the_log_ends_is_not_told_of(tmp_path: Path):
    thursday = FRIDAY - timedelta(days=1)
    inside = (1, 1, at(thursday, 22), "in")
    store = unit(
        tmp_path,
        [(2, 1, at(thursday, 8), "in"), (2, 1, at(thursday, 9), "out"), inside, (3, 1, at(FRIDAY, 0, 30), "in")],
    )
    assert items(store) == []


@pytest.mark.parametrize(
    ("real", "late"),
    [(27, False), (28, False), (30, False), (31, True)],  # Friday, Saturday, Monday, Tuesday
)
def test_late_means_a_whole_working_day_without_data(real: int, late: bool):
    assert attention.is_late(FRIDAY, date(2021, 8, real)) is late


def test_a_demo_unit_is_never_late(store: Store):
    change(store, "UPDATE batch SET uploaded_at = TIMESTAMP '2021-08-27 17:00:00'")
    assert [item.page for item in items(store, upload=True)] == ["upload"]
    store.set("demo", "yes")
    assert items(store, upload=True) == []


def test_an_empty_store_needs_nothing(empty_store: Store):
    assert items(empty_store, upload=True) == []


def test_what_came_in_and_what_waits(store: Store):
    """Files that failed in the inbox, files nobody has confirmed, and what was loaded since yesterday; leaders only."""
    failed = store.folder / "inbox" / "failed"
    failed.mkdir(parents=True)
    for name in ("a.csv", "a.csv.txt"):
        (failed / name).write_text("x")
    desk = desk_of(store)
    desk.receive(
        "b.csv", "Họ tên,SĐT,Thời gian,Địa điểm\nLò Văn A,0912000001,24/08/2021 08:10,Mai Sơn\n".encode(), "An"
    )
    assert desk.wait(60)
    change(store, "UPDATE batch SET uploaded_at = current_timestamp - INTERVAL 3 DAY WHERE batch_id = 1")
    change(store, "UPDATE batch SET uploaded_by = 'inbox', duplicates = 1234 WHERE batch_id = 2")
    told = [item for item in items(store, upload=True) if item.page == "upload"][:3]
    assert told == [
        Item("duty", "Files in the inbox that could not be loaded: 1. The newest: a.csv.", "upload"),
        Item("duty", "Files handed in that wait for somebody to confirm them: 1. The newest: b.csv.", "upload"),
        Item(
            "note",
            "Uploads in the last 24 hours: 1, of them through the inbox: 1. "
            "Rows: 3 new, 1,234 already stored, 0 rejected.",
            "upload",
        ),
    ]
    assert not [item for item in items(store) if item.page == "upload"]


def test_contacts_of_a_case_by_what_is_most_pressing(store: Store, monkeypatch: pytest.MonkeyPatch):
    clock = at(FRIDAY, 17)
    monkeypatch.setattr(Store, "clock", lambda _: clock)
    number = cases.register(store, "An", cases.Said(4, FRIDAY))
    case = cases.one(store, number)
    assert case
    follow_up.follow(store, "An", case, follow_up.compare(store, case, tracing.Question((case.case,))).new)
    of_cases = [item for item in items(store) if item.page == "cases"]
    assert of_cases == [Item("duty", "Contacts to follow up today: 3 people.", "cases")]

    clock = at(FRIDAY + timedelta(days=1), 9)
    follow_up.enter(
        store, "An", follow_up.Entry(1, "called", "reached"), follow_up.Entry(2, "called", "reached"),
        follow_up.Entry(2, "health", "ill"), follow_up.Entry(1, "test", "positive"),
    )  # fmt: skip
    clock = at(FRIDAY + timedelta(days=2), 10)
    assert [item for item in items(store) if item.page == "cases"] == [
        Item(
            "urgent",
            "Case 1: 6 steps of the plan are overdue. The first: Báo cáo Ban chỉ đạo cấp huyện, trạm y tế; "
            "phối hợp chuyển người bệnh đi điều trị, cách ly.",
            "cases",
        ),
        Item("urgent", "Contacts of a case who are ill or tested positive: Người 2, Người 1.", "cases"),
        Item("urgent", "Contacts of a case not reached within 24 hours: Người 3.", "cases"),
        Item("duty", "Follow-up of contacts that is overdue: 2 people.", "cases"),
        Item("duty", "Contacts to follow up today: 3 people.", "cases"),
    ]
    assert not [item for item in items(store, health=False) if item.page == "cases"]
