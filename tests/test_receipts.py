"""Saved answers: the same when opened, whatever became of the store, and changed by nobody unnoticed."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from quetma import cli, identity, intake, receipts
from quetma.receipts import FRAMES, Receipt
from quetma.store import Store, now
from quetma.tracing import Case, Question, Trace, evidence, trace
from tests.conftest import examples
from tests.intake import prepare
from tests.scenario import Scan, unit

ONSET = date(2021, 8, 23)
NOON = datetime(2021, 8, 23, 12)
F0, X, Y, Z = 1, 2, 3, 4
HERE, THERE = 1, 2


def visits(*stays: tuple[int, int, int, int]) -> list[Scan]:
    """(person, place, first minute, last minute), minutes from noon of the day of onset, as scans in and out."""
    minute = timedelta(minutes=1)
    return [
        scan
        for person, place, begin, end in stays
        for scan in ((person, place, NOON + begin * minute, "in"), (person, place, NOON + end * minute, "out"))
    ]


CHAIN = visits((F0, HERE, 0, 60), (X, HERE, 13, 90), (X, THERE, 100, 160), (Y, THERE, 120, 200), (Z, THERE, 190, 220))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return unit(tmp_path / "store", CHAIN)


def asked(store: Store, **question: int) -> Trace:
    return trace(store, Question((Case(F0, ONSET),), **question), whole=True)


def assert_same(one: Trace, other: Trace) -> None:
    assert (one.question, one.present) == (other.question, other.present)
    for name in FRAMES:
        assert_frame_equal(getattr(one, name), getattr(other, name))


def test_a_receipt_holds_question_rule_uploads_and_the_whole_answer(store: Store) -> None:
    answer = asked(store, steps=3, min_minutes=5)
    begun = now().replace(microsecond=0)
    saved = receipts.save(store, answer, "An", "  báo cáo lần 1 ", case_id=7)
    assert (saved.receipt_id, saved.saved_by, saved.note, saved.case_id) == (1, "An", "báo cáo lần 1", 7)
    assert begun <= saved.saved_at <= now()
    found = receipts.opened(store, 1)
    assert found == saved
    assert_same(found.answer, answer)
    assert [frame["person_id"].to_list() for frame in (found.answer.f1, found.answer.f2, found.answer.f3)] == [
        [X],
        [Y],
        [Z],
    ]
    assert_frame_equal(found.contacts, evidence(store, answer))
    rests = found.grounds.select("what", "thing", "label", "value").rows()
    assert rests[0] == ("scans", "1", "x", "1")
    [rule] = [row for row in rests if row[0] == "rule"]
    assert rule[:3] == ("rule", "3638", "3638/QĐ-BYT") and len(rule[3]) == 64
    assert found.identities == {F0: "tel:1", X: "tel:2", Y: "tel:3", Z: "tel:4"}


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scans=st.lists(
        st.tuples(
            st.integers(1, 6),
            st.integers(1, 3),
            st.integers(-3 * 96, 2 * 96).map(lambda quarter: NOON + timedelta(minutes=15 * quarter)),
            st.sampled_from(["in", "out", "unknown"]),
        ),
        unique=True,
        min_size=2,
        max_size=40,
    ),
    steps=st.sampled_from([2, 3]),
    linger=st.sampled_from([0, 30]),
    both=st.booleans(),
    note=st.text(max_size=20),
)
def test_any_answer_opens_exactly_as_it_was(scans: list[Scan], steps: int, linger: int, both: bool, note: str) -> None:
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), scans)
        people = sorted({person for person, *_ in scans})[: 2 if both else 1]
        question = Question(tuple(Case(person, ONSET) for person in people), linger=linger, steps=steps)
        answer = trace(store, question, whole=True)
        saved = receipts.save(store, answer, "An", note)
        with store.write() as cursor:  # everything the answer came from is gone
            for table in ("scan_row", "stay", "person", "batch"):
                cursor.execute(f"DELETE FROM {table}")
        found = receipts.opened(store, saved.receipt_id)
        assert found is not None and found.intact
        assert_same(found.answer, answer)
        store.close()


def test_an_answer_of_the_demo_unit_opens_exactly_as_it_was(demo_store: Store) -> None:
    """With masked people and who they may be, and staff who were on duty without a scan."""
    [(person,)] = demo_store.cursor().execute("SELECT person_id FROM person WHERE phone = '+84900999001'").fetchall()
    question = Question((Case(person, date(2021, 8, 25)),), steps=3)
    masked = "UPDATE person SET identity = 'masked:Lò ***|09***' WHERE masked"
    with demo_store.write() as cursor:
        cursor.execute(masked)
    answer = trace(demo_store, question, whole=True)
    assert answer.candidates.height and answer.unscanned.height
    receipts.save(demo_store, answer, "An")
    assert_same(receipts.opened(demo_store, 1).answer, answer)


def test_an_answer_opens_the_same_after_undo_and_merge(empty_store: Store) -> None:
    log = (
        "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
        "Lò Văn A,0912000001,23/08/2021 08:00,Mai Sơn,Vào\nLò Văn A,0912000001,23/08/2021 09:00,Mai Sơn,Ra\n"
        "Lò Văn B,0912000002,23/08/2021 08:30,Mai Sơn,Vào\nLò Văn B,0912000002,23/08/2021 09:30,Mai Sơn,Ra\n"
        "Lò Văn C,0912000003,23/08/2021 08:40,Mai Sơn,Vào\nLò Văn C,0912000003,23/08/2021 09:30,Mai Sơn,Ra\n"
    )
    batch = intake.load(empty_store, prepare(empty_store, "a.csv", log.encode()), "An")
    ids = dict(empty_store.cursor().execute("SELECT name, person_id FROM person").fetchall())
    answer = trace(empty_store, Question((Case(ids["Lò Văn A"], ONSET),)), whole=True)
    assert answer.f1["name"].to_list() == ["Lò Văn B", "Lò Văn C"]
    receipts.save(empty_store, answer, "An")
    identity.merge(empty_store, ids["Lò Văn C"], ids["Lò Văn B"], "An")
    assert_same(receipts.opened(empty_store, 1).answer, answer)
    intake.undo(empty_store, batch.batch_id, "An")
    assert empty_store.cursor().execute("SELECT COUNT(*) FROM scan").fetchall() == [(0,)]
    assert_same(receipts.opened(empty_store, 1).answer, answer)
    assert receipts.check(empty_store) == []


def test_saving_writes_its_fingerprint_to_the_audit(store: Store) -> None:
    saved = receipts.save(store, asked(store), "An", "x")
    line = store.cursor().execute("SELECT logged_at, account, action, subject, detail FROM audit").fetchall()
    assert line == [(saved.saved_at, "An", "save trace", "1 Người 1 0912341", saved.sha256)]


TAMPERED = {
    "content": "REPLACE(content, 'Người 2', 'Người 9')",
    "note": "'y'",
    "saved_by": "'Bình'",
    "saved_at": "saved_at + INTERVAL 1 DAY",
    "case_id": "3",
    "sha256": "REVERSE(sha256)",
}


@pytest.mark.parametrize("column", TAMPERED)
def test_whatever_is_changed_is_noticed(store: Store, column: str) -> None:
    receipts.save(store, asked(store), "An", "x")
    assert receipts.check(store) == []
    with store.write() as cursor:
        cursor.execute(f"UPDATE receipt SET {column} = {TAMPERED[column]}")
    assert not receipts.opened(store, 1).intact
    assert "receipt 1: its content is not what was saved" in receipts.check(store)


def test_a_forged_fingerprint_and_a_receipt_taken_out_are_noticed_by_the_audit(store: Store) -> None:
    first = receipts.save(store, asked(store), "An", "x")
    receipts.save(store, asked(store), "An", "y")
    forged = Receipt(1, first.saved_at, "An", "z", None, first.content, "")
    with store.write() as cursor:
        cursor.execute("UPDATE receipt SET note = 'z', sha256 = ? WHERE receipt_id = 1", [receipts._seal(forged)])
        cursor.execute("DELETE FROM receipt WHERE receipt_id = 2")
    assert receipts.opened(store, 1).intact, "it fits its own fingerprint"
    found = receipts.check(store)
    when = f"{first.saved_at:%H:%M %d/%m/%Y}"
    assert found == [
        f"receipt 1: its fingerprint is not the one of {when} in the audit",
        f"receipt 2: saved at {when} by An, and gone",
    ]


def test_the_command_line_checks_receipts_too(empty_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(empty_store.folder)
    assert cli.main(["--store", folder, "check"]) == 0
    with empty_store.write() as cursor:
        cursor.execute("INSERT INTO receipt VALUES (1, current_timestamp, 'An', '', NULL, '{}', 'x')")
    capsys.readouterr()
    assert cli.main(["--store", folder, "check"]) == 1
    assert "receipt 1: its content is not what was saved" in capsys.readouterr().out


def test_the_list_is_newest_first_and_by_case(store: Store) -> None:
    for n in range(5):
        receipts.save(store, asked(store), "An", str(n), case_id=n % 2)
    some, total = receipts.saved(store, first=1, rows=2)
    assert ([receipt.receipt_id for receipt in some], total) == ([4, 3], 5)
    some, total = receipts.saved(store, case_id=1)
    assert ([receipt.receipt_id for receipt in some], total) == ([4, 2], 2)
    assert receipts.saved(store, case_id=9) == ([], 0)


def test_what_cannot_matter_is_no_ground(tmp_path: Path) -> None:
    long_ago = [(F0, HERE, NOON - timedelta(days=200), "in")]
    store = unit(tmp_path, CHAIN, long_ago)
    with store.write() as cursor:
        cursor.execute("UPDATE batch SET first_day = '2021-02-04', last_day = '2021-02-04' WHERE batch_id = 2")
        cursor.execute("UPDATE batch SET kind = 'doses' WHERE batch_id = 2")
    found = receipts.grounds(store, Question((Case(F0, ONSET),)))
    assert found.filter(pl.col("what") != "rule").select("what", "thing").rows() == [("scans", "1")]
    with store.write() as cursor:
        cursor.execute("UPDATE batch SET kind = 'scans' WHERE batch_id = 2")
    found = receipts.grounds(store, Question((Case(F0, ONSET),)))
    assert found.filter(pl.col("what") != "rule").select("what", "thing").rows() == [("scans", "1")]
    with store.write() as cursor:
        cursor.execute("UPDATE batch SET kind = 'roster' WHERE batch_id = 2")
    found = receipts.grounds(store, Question((Case(F0, ONSET),)))
    assert found.filter(pl.col("what") != "rule")["what"].to_list() == ["roster", "scans"]


def test_a_rule_that_is_changed_has_another_fingerprint(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from quetma import tracing

    before = receipts.grounds(store, Question((Case(F0, ONSET),)))
    rule = replace(tracing.rule_named("3638"), days_after=21)
    monkeypatch.setattr(receipts.tracing, "rule_named", lambda _: rule)
    after = receipts.grounds(store, Question((Case(F0, ONSET),)))
    assert before.filter(what="rule")["value"].to_list() != after.filter(what="rule")["value"].to_list()


def test_content_of_another_program_is_refused_clearly(store: Store) -> None:
    odd = Receipt(1, NOON, "An", "", None, '{"format": 99}', "")
    with pytest.raises(receipts.Unreadable, match="another version"):
        _ = odd.answer
    with pytest.raises(receipts.Unreadable, match="cannot be read"):
        _ = Receipt(2, NOON, "An", "", None, "[]", "").answer
