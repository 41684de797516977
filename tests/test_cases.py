"""The register of cases: every statement kept, the newest holds; nothing of it is lost with an upload or a merge."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from quetma import cases, directory, follow_up, identity, intake, tracing
from quetma.cases import CaseError, Said
from quetma.store import Store, now, open_store
from tests.intake import prepare

KHOI = "+84900999001"
ONSET = date(2021, 8, 25)


def person(store: Store, phone: str) -> int:
    return store.ask("people/with_phone", phone=phone)["person_id"][0]


def test_a_case_is_registered_changed_and_every_statement_kept(demo_store: Store) -> None:
    khoi = person(demo_store, KHOI)
    number = cases.register(demo_store, "An", Said(khoi, ONSET, signs="sốt, ho", state="suspected", note="trạm báo"))
    registered = cases.one(demo_store, number)
    at = demo_store.clock()
    assert registered == cases.RegisteredCase(
        person_id=khoi, onset=ONSET, symptoms=True, signs="sốt, ho", isolated_at=None, state="suspected",
        note="trạm báo", case_id=1, name="Nguyễn Đình Khôi", phone_shown="0900999001", registered_at=at,
        registered_by="An", changed_at=at, changed_by="An", contacts=0,
    )  # fmt: skip
    assert registered.open
    isolated = datetime(2021, 8, 27, 9)
    cases.change(demo_store, "Bình", registered, state="confirmed", isolated_at=isolated)
    assert cases.registered(demo_store) == [
        replace(registered, state="confirmed", isolated_at=isolated, changed_by="Bình")
    ]
    assert cases.entries(demo_store, number).select("state", "isolated_at", "entered_by").rows() == [
        ("confirmed", isolated, "Bình"), ("suspected", None, "An"),
    ]  # fmt: skip


def test_the_case_is_what_the_trace_asks(demo_store: Store) -> None:
    said = Said(person(demo_store, KHOI), ONSET, symptoms=False, rule="5053", days_before=2)
    cases.register(demo_store, "An", said)
    [registered] = cases.registered(demo_store)
    assert registered.case == tracing.Case(said.person_id, ONSET, None, False, "5053", 2)


def test_what_cannot_be_is_refused_and_nothing_is_written(demo_store: Store) -> None:
    khoi = person(demo_store, KHOI)
    masked = demo_store.cursor().execute("SELECT MIN(person_id) FROM person WHERE masked").fetchall()[0][0]
    refusals = {
        cases.MASKED: Said(masked, ONSET),
        "A day in the future cannot be known yet.": Said(khoi, date(2021, 8, 28)),
        "The isolation lies before the infectious days. Check both dates.": Said(
            khoi, ONSET, isolated_at=datetime(2021, 8, 1)
        ),
    }
    for text, said in refusals.items():
        with pytest.raises(CaseError) as refused:
            cases.register(demo_store, "An", said)
        assert str(refused.value) == text
    assert cases.registered(demo_store) == []
    cases.register(demo_store, "An", Said(khoi, ONSET))
    with pytest.raises(CaseError, match="registered as a case already"):
        cases.register(demo_store, "An", Said(khoi, ONSET))
    [case] = cases.registered(demo_store)
    cases.change(demo_store, "An", case, state="recovered")
    assert cases.register(demo_store, "An", Said(khoi, date(2021, 8, 27))) == 2, "ill again"


HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
A, B, C = "0912000001", "0912000002", "0912000003"


def log(*rows: tuple[str, str]) -> bytes:
    """Everybody at Mai Sơn that day from the hour for an hour."""
    lines = [
        f"Người {phone[-1]},{phone},24/08/2021 {hour}:{minute:02},Mai Sơn,{way}\n"
        for phone, hour in rows
        for minute, way in ((0, "Vào"), (59, "Ra"))
    ]
    return (HEADER + "".join(lines)).encode()


def put(store: Store, name: str, data: bytes) -> int:
    return intake.load(store, prepare(store, name, data), "test").batch_id


def register(store: Store, phone: str) -> cases.RegisteredCase:
    """The person of that phone, ill since the day of the log, with everybody they met on the list."""
    number = cases.register(store, "An", Said(person(store, "+84" + phone[1:]), date(2021, 8, 24)))
    case = cases.one(store, number)
    assert case
    follow_up.follow(store, "An", case, follow_up.compare(store, case, tracing.Question((case.case,))).new)
    return case


def test_undoing_the_upload_that_named_them_loses_neither_case_nor_contact(empty_store: Store) -> None:
    batch = put(empty_store, "a.csv", log((A, "08"), (B, "08")))
    case = register(empty_store, A)
    contact = person(empty_store, "+84912000002")
    follow_up.enter(empty_store, "An", follow_up.Entry(contact, "called", "reached"))
    before = follow_up.state(empty_store)
    assert before.select("person_id", "name", "phone_shown", "minutes").rows() == [(contact, "Người 2", B, 59.0)]
    intake.undo(empty_store, batch, "test")
    assert directory.person(empty_store, contact) is None
    assert [(c.name, c.phone_shown, c.contacts) for c in cases.registered(empty_store)] == [("Người 1", A, 1)]
    assert follow_up.state(empty_store).equals(before)

    put(empty_store, "other.csv", log((C, "10")))
    assert person(empty_store, "+84912000003") not in (case.person_id, contact), "their numbers are nobody else's"
    put(empty_store, "again.csv", log((B, "08"), (A, "08")))
    assert person(empty_store, "+84912000002") == contact
    assert follow_up.state(empty_store).equals(before)
    found = follow_up.compare(empty_store, case, tracing.Question((case.case,)))
    assert (found.new.height, found.changed.height, found.gone.height) == (0, 0, 0)


def test_a_decision_taken_back_after_an_undo_forgets_only_whom_nothing_needs(empty_store: Store) -> None:
    batch = put(empty_store, "a.csv", log((A, "08"), (B, "08"), (C, "12")))
    register(empty_store, A)
    one, other = person(empty_store, "+84912000002"), person(empty_store, "+84912000003")
    identity.keep_apart(empty_store, one, other, "An")
    intake.undo(empty_store, batch, "test")
    former = "SELECT person_id FROM former_person ORDER BY 1"
    assert len(empty_store.cursor().execute(former).fetchall()) == 3
    identity.forget_apart(empty_store, one, other)
    kept = {row[0] for row in empty_store.cursor().execute(former).fetchall()}
    assert one in kept and other not in kept


def test_a_case_and_its_contacts_follow_who_is_who(empty_store: Store) -> None:
    put(empty_store, "a.csv", log((A, "08"), (B, "08"), (C, "08")))
    case = register(empty_store, A)
    b, c = person(empty_store, "+84912000002"), person(empty_store, "+84912000003")
    follow_up.enter(empty_store, "An", follow_up.Entry(b, "called", "reached"))
    identity.merge(empty_store, b, c, "An")
    [row] = follow_up.state(empty_store).to_dicts()
    assert (row["person_id"], row["calls"]) == (c, 1)
    identity.merge(empty_store, case.person_id, c, "An")
    assert [found.person_id for found in cases.of_person(empty_store, case.person_id)] == [c]
    identity.unmerge(empty_store, case.person_id)
    identity.unmerge(empty_store, b)
    assert sorted(follow_up.state(empty_store).select("person_id", "calls").rows()) == [(b, 1), (c, 0)]
    assert [found.person_id for found in cases.registered(empty_store)] == [case.person_id]


def test_a_store_of_before_keeps_its_former_people(tmp_path: Path) -> None:
    """Who was kept for a decision before cases could be registered has no name with them."""
    store = open_store(tmp_path)
    batch = put(store, "a.csv", log((A, "08"), (B, "10")))
    identity.keep_apart(store, 1, 2, "An")
    intake.undo(store, batch, "test")
    with store.write() as cursor:
        cursor.execute("UPDATE former_person SET name = NULL, phone_shown = NULL")
    cases_of_former = "SELECT name, phone_shown FROM known_person ORDER BY person_id"
    assert store.cursor().execute(cases_of_former).fetchall() == [("?", ""), ("?", "")]
    store.close()


def test_days_count_from_the_demo_units_standing_clock(demo_store: Store, empty_store: Store) -> None:
    assert demo_store.clock() == datetime(2021, 8, 27, 15, 41, 28)
    assert timedelta(0) <= now() - empty_store.clock() < timedelta(minutes=1)
