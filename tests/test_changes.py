"""What a saved answer would be by now: the set difference, and why, in words."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import changes, identity, intake, receipts
from quetma.changes import Person, badge, compare, difference, reasons, what_changed
from quetma.intake import source
from quetma.language import translator
from quetma.store import Store
from quetma.tracing import Case, Question, Trace, trace
from tests.conftest import examples
from tests.intake import prepare
from tests.scenario import Scan, unit, upload
from tests.test_receipts import CHAIN, F0, HERE, NOON, ONSET, THERE, X, Y, visits

vi, en = translator("vi"), translator("en")
W = 5


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return unit(tmp_path / "store", [*CHAIN, *visits((W, THERE, 5000, 5001))])


def saved(store: Store, **question: int) -> receipts.Receipt:
    return receipts.save(store, trace(store, Question((Case(F0, ONSET),), **question)), "An")


def late(store: Store, number: int, *stays: tuple[int, int, int, int]) -> None:
    """A later upload, at 08:00 on the 24th."""
    upload(store, number, visits(*stays))
    with store.write() as cursor:
        cursor.execute(
            "UPDATE batch SET file_name = 'muộn.csv', uploaded_at = '2021-08-24 08:00', uploaded_by = 'Bình' "
            "WHERE batch_id = ?",
            [number],
        )


def test_nothing_changed(store: Store) -> None:
    found = difference(store, saved(store))
    assert (found.same, found.people, found.grounds, found.unknown) == (True, [], [], [])
    assert badge(found, vi) == "Không đổi: hỏi lại lúc này, kết quả vẫn như vậy."


def test_a_late_log_adds_moves_and_changes(store: Store) -> None:
    receipt = saved(store)
    late(store, 2, (W, HERE, 10, 30), (Y, HERE, 40, 50), (X, HERE, -20, -10))
    found = difference(store, receipt)
    assert [(p.name, p.change) for p in found.people] == [
        ("Người 3", "moved"),
        ("Người 5", "added"),
        ("Người 4", "added"),
    ]
    assert found.counts == {("f1", "+"): 2, ("f2", "+"): 1, ("f2", "-"): 1}
    assert badge(found, vi) == "+2 F1, +1 F2, −1 F2 từ 08:00 24/08/2021"
    assert badge(found, en) == "+2 F1, +1 F2, −1 F2 since 08:00 24/08/2021"
    assert reasons(found, vi) == ["vì tệp muộn.csv được tải lên lúc 08:00 24/08/2021, người làm: Bình"]
    words = {p.name: what_changed(p, en) for p in found.people}
    assert words["Người 5"] == "new: F1, Nơi 1, 12:10 23/08/2021, 20 minutes, seen"
    assert words["Người 3"].startswith("F2 → F1, minutes 10, first shared 14:00 23/08/2021 → 12:40 23/08/2021")


def test_a_log_about_other_people_changes_nothing_but_is_said(store: Store) -> None:
    receipt = saved(store)
    late(store, 2, (W, THERE, -300, -290))
    found = difference(store, receipt)
    assert found.same and len(found.grounds) == 1
    assert badge(found, en) == "Unchanged: asked now, the answer is the same."


def test_minutes_and_certainty_that_change(store: Store, tmp_path: Path) -> None:
    scans = visits((F0, HERE, 0, 60), (X, HERE, 13, 90))
    scans.remove((X, HERE, NOON + timedelta(minutes=90), "out"))
    inferred = unit(tmp_path / "other", scans, closes="12:30")
    receipt = saved(inferred)
    upload(inferred, 2, [(X, HERE, NOON + timedelta(minutes=50), "out")])
    [person] = difference(inferred, receipt).people
    assert person.change == "changed"
    said = what_changed(person, en)
    assert said == "minutes 17 → 37, last shared 12:30 23/08/2021 → 12:50 23/08/2021, how sure inferred → seen"
    assert badge(difference(inferred, receipt), en).startswith("1 with other figures")


LOG = (
    "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
    "Lò Văn A,0912000001,23/08/2021 08:00,Mai Sơn,Vào\nLò Văn A,0912000001,23/08/2021 09:00,Mai Sơn,Ra\n"
    "Lò Văn B,0912000002,23/08/2021 08:30,Mai Sơn,Vào\nLò Văn B,0912000002,23/08/2021 09:30,Mai Sơn,Ra\n"
)
LATE = (
    "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
    "Lò Văn B,0912000009,23/08/2021 08:50,Mai Sơn,Vào\nLò Văn B,0912000009,23/08/2021 08:55,Mai Sơn,Ra\n"
)


def loaded(store: Store, name: str, text: str) -> int:
    return intake.load(store, prepare(store, name, text.encode()), "An").batch_id


def asked(store: Store) -> Trace:
    [(person,)] = store.cursor().execute("SELECT person_id FROM person WHERE phone = '+84912000001'").fetchall()
    return trace(store, Question((Case(person, ONSET),)))


def test_undo_merge_and_a_case_who_is_gone(empty_store: Store) -> None:
    first = loaded(empty_store, "a.csv", LOG)
    receipt = receipts.save(empty_store, asked(empty_store), "An")
    late_batch = loaded(empty_store, "b.csv", LATE)
    found = difference(empty_store, receipt)
    assert (found.counts, found.grounds[0].label) == ({("f1", "+"): 1}, "b.csv")
    second = receipts.save(empty_store, asked(empty_store), "An")

    known = "SELECT phone, person_id FROM person"
    ids = dict(empty_store.cursor().execute(known).fetchall())
    identity.merge(empty_store, ids["+84912000009"], ids["+84912000002"], "Hà")
    found = difference(empty_store, second)
    assert found.counts == {("f1", "-"): 1}
    [reason] = reasons(found, vi)
    assert reason.startswith("vì Lò Văn B 0912000009 được gộp với Lò Văn B 0912000002 lúc ")
    assert reason.endswith(", người làm: Hà")
    [changed] = [p for p in found.people if p.change == "changed"]
    assert what_changed(changed, en) == "times together 1 → 3"

    intake.undo(empty_store, late_batch, "Hà")
    [undone] = [ground for ground in difference(empty_store, second).grounds if ground.what == "scans"]
    assert (undone.change, undone.label, undone.by) == ("gone", "b.csv", "Hà") and undone.at
    intake.undo(empty_store, first, "Hà")
    found = difference(empty_store, receipt)
    assert (found.unknown, found.people, found.same) == (["Lò Văn A"], [], False)
    assert badge(found, vi) == "Dữ liệu của Lò Văn A nay không còn; chỉ còn lại bản đã lưu."


def test_people_who_come_back_under_other_numbers_are_the_same(empty_store: Store) -> None:
    """The number of a person who is gone may be given to somebody else."""
    batch = loaded(empty_store, "a.csv", LOG)
    receipt = receipts.save(empty_store, asked(empty_store), "An")
    intake.undo(empty_store, batch, "An")
    loaded(empty_store, "c.csv", LOG.split("\n")[0] + "\nVì Thị C,0912000003,20/08/2021 08:00,Yên Châu,Vào\n")
    loaded(empty_store, "a2.csv", LOG + "\n")
    assert asked(empty_store).people["person_id"].to_list() != receipt.answer.people["person_id"].to_list()
    found = difference(empty_store, receipt)
    assert (found.people, found.unknown) == ([], [])
    assert sorted((ground.change, ground.label) for ground in found.grounds) == [
        ("added", "a2.csv"),
        ("added", "c.csv"),
        ("gone", "a.csv"),
    ]


def test_the_same_rows_again_is_no_reason_until_the_first_is_undone(empty_store: Store) -> None:
    first = loaded(empty_store, "a.csv", LOG)
    receipt = receipts.save(empty_store, asked(empty_store), "An")
    loaded(empty_store, "b.csv", LOG + "\n")
    found = difference(empty_store, receipt)
    assert found.same and found.grounds == []
    intake.undo(empty_store, first, "An")
    found = difference(empty_store, receipt)
    assert found.same
    assert sorted((ground.change, ground.label) for ground in found.grounds) == [("added", "b.csv"), ("gone", "a.csv")]


def test_who_was_isolated_stays_so_under_another_number(empty_store: Store) -> None:
    later = "Lò Văn B,0912000002,23/08/2021 10:00,Yên Châu,Vào\nLò Văn B,0912000002,23/08/2021 11:00,Yên Châu,Ra\n"
    other = "Vì Thị C,0912000003,23/08/2021 10:00,Yên Châu,Vào\nVì Thị C,0912000003,23/08/2021 11:00,Yên Châu,Ra\n"
    batch = loaded(empty_store, "a.csv", LOG + later + other)
    question = asked(empty_store).question
    isolated = asked(empty_store).f1["person_id"][0]
    question = replace(question, isolated=((isolated, datetime(2021, 8, 23, 9, 45)),))
    receipt = receipts.save(empty_store, trace(empty_store, question), "An")
    assert (receipt.answer.counts["f1"], receipt.answer.counts["f2"]) == (1, 0)
    intake.undo(empty_store, batch, "An")
    loaded(empty_store, "c.csv", LOG.split("\n")[0] + "\nHà Thị D,0912000004,20/08/2021 08:00,Yên Châu,Vào\n")
    loaded(empty_store, "a2.csv", LOG + later + other)
    assert asked(empty_store).f1["person_id"][0] != isolated
    assert asked(empty_store).counts["f2"] == 1
    assert difference(empty_store, receipt).people == []


def test_opening_hours_and_settings_are_reasons(store: Store) -> None:
    receipt = saved(store)
    with store.write() as cursor:
        cursor.execute("UPDATE location SET closes = TIME '17:00' WHERE location_id = 1")
    store.set("assumed_minutes", "60")
    assert reasons(difference(store, receipt), en) == [
        "because the opening hours of Nơi 1 were set: –17:00",
        "because the assumed length of a stay without a scan changed",
    ]


def test_another_list_is_a_reason(empty_store: Store) -> None:
    loaded(empty_store, "a.csv", LOG)
    late = loaded(empty_store, "b.csv", LOG.replace("08:30", "08:10"))
    receipt = receipts.save(empty_store, asked(empty_store), "An")
    source.change(empty_store, late, "register", "An")
    found = difference(empty_store, receipt)
    assert reasons(found, en) == ["because the file b.csv is said to be another list, QR log or door register"]
    assert not found.same
    source.change(empty_store, late, "qr", "An")
    assert difference(empty_store, receipt).same


def test_a_change_is_seen_at_once(store: Store) -> None:
    receipt = saved(store)
    assert difference(store, receipt).same
    late(store, 2, (W, HERE, 10, 30))
    assert not difference(store, receipt).same


ROWS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["A", "B"]),
        "phone_shown": st.sampled_from(["1", "2"]),
        "class": st.sampled_from(changes.CLASSES),
        "minutes": st.sampled_from([1.0, 2.0]),
    }
)
ANSWERS = st.dictionaries(st.tuples(st.integers(1, 8).map(str)), ROWS, max_size=8)


@given(before=ANSWERS, now=ANSWERS)
def test_the_difference_is_that_of_the_sets(before: dict, now: dict) -> None:
    found = compare(before, now)
    by_change = {
        change: [(p.before, p.now) for p in found if p.change == change]
        for change in ("added", "gone", "moved", "changed")
    }

    def all_of(keys: set, *of: dict) -> list:
        return sorted(str(tuple(answer.get(key) for answer in of)) for key in keys)

    both = before.keys() & now.keys()
    moved = {key for key in both if before[key]["class"] != now[key]["class"]}
    expected = {
        "added": now.keys() - before.keys(),
        "gone": before.keys() - now.keys(),
        "moved": moved,
        "changed": {key for key in both - moved if before[key] != now[key]},
    }
    assert {change: sorted(map(str, pairs)) for change, pairs in by_change.items()} == {
        change: all_of(keys, before, now) for change, keys in expected.items()
    }
    counted = changes.Difference(found, [], []).counts
    for name in changes.CLASSES:
        were, are = ({key for key, row in answer.items() if row["class"] == name} for answer in (before, now))
        assert (counted[name, "+"], counted[name, "-"]) == (len(are - were), len(were - are))


SCANS = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.integers(1, 2),
        st.integers(-2 * 96, 2 * 96).map(lambda quarter: NOON + timedelta(minutes=15 * quarter)),
        st.sampled_from(["in", "out"]),
    ),
    unique=True,
    min_size=1,
    max_size=25,
)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=SCANS, later=SCANS)
def test_any_late_log_gives_the_difference_of_the_two_answers(first: list[Scan], later: list[Scan]) -> None:
    later = [scan for scan in later if scan[:3] not in {known[:3] for known in first}]
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), [*first, *[(p, 3, NOON - timedelta(days=90), "in") for p in range(1, 7)]])
        with store.write() as cursor:
            cursor.execute(
                "INSERT INTO location (location_id, name, name_key, opens, closes, by_hand) "
                "VALUES (4, 'x', 'x', NULL, NULL, TRUE)",
            )
        case = Case(first[0][0], ONSET)
        before = trace(store, Question((case,)), whole=True)
        receipt = receipts.save(store, before, "An")
        with store.write() as cursor:
            known = {place for (place,) in cursor.execute("SELECT location_id FROM location").fetchall()}
            for place in {scan[1] for scan in later} - known:
                cursor.execute(
                    "INSERT INTO location (location_id, name, name_key, opens, closes, by_hand) "
                    "VALUES (?, 'n', ?, NULL, NULL, TRUE)",
                    [place, f"n{place}"],
                )
        upload(store, 2, later)
        now = trace(store, Question((case,)), whole=True)

        def sets(answer: Trace) -> dict[str, dict[int, tuple]]:
            return {
                degree: {row["person_id"]: tuple(row.values()) for row in frame.iter_rows(named=True)}
                for degree, frame in (("f1", answer.f1), ("f2", answer.f2))
            }

        were, are = sets(before), sets(now)
        found = difference(store, receipt)
        for degree in ("f1", "f2"):
            added, gone = are[degree].keys() - were[degree].keys(), were[degree].keys() - are[degree].keys()
            assert (found.counts[degree, "+"], found.counts[degree, "-"]) == (len(added), len(gone))
        everybody = {**were["f2"], **were["f1"]}, {**are["f2"], **are["f1"]}
        other = {person for person in everybody[0].keys() | everybody[1].keys()
                 if everybody[0].get(person) != everybody[1].get(person)
                 or {d for d in were if person in were[d]} != {d for d in are if person in are[d]}}  # fmt: skip
        assert {p.name for p in found.people} == {f"Người {person}" for person in other}
        store.close()


def test_two_cases_who_are_one_by_now_are_asked_about_once(empty_store: Store) -> None:
    loaded(empty_store, "a.csv", LOG + LATE.split("\n", 1)[1])
    ids = [row[0] for row in empty_store.cursor().execute("SELECT person_id FROM person ORDER BY phone").fetchall()]
    both = Question((Case(ids[1], ONSET), Case(ids[2], ONSET)))
    receipt = receipts.save(empty_store, trace(empty_store, both), "An")
    identity.merge(empty_store, ids[2], ids[1], "Hà")
    found = difference(empty_store, receipt)
    assert found.unknown == []
    assert {p.name for p in found.people} <= {"Lò Văn A"}


def test_unscanned_staff_are_compared_by_day_and_place() -> None:
    row = {"name": "A", "phone_shown": "", "day": date(2021, 8, 23), "location": "Nơi 1", "class": "unscanned"}
    [person] = compare({("tel:1", "2021-08-23", 1): row}, {})
    assert person == Person("A", "", row, None)
    assert what_changed(person, en) == "no longer: on duty without a scan, Nơi 1, 23/08/2021"


def test_somebody_on_duty_whose_scan_comes_late(demo_store: Store) -> None:
    [(case,)] = demo_store.cursor().execute("SELECT person_id FROM person WHERE phone = '+84900999001'").fetchall()
    answer = trace(demo_store, Question((Case(case, date(2021, 8, 25)),)))
    missing = answer.unscanned.row(0, named=True)
    receipt = receipts.save(demo_store, answer, "An")
    hours = [(7, "in"), (16, "out")]
    noon = datetime.combine(missing["day"], NOON.time())
    person, place = missing["person_id"], missing["location_id"]
    upload(demo_store, 900, [(person, place, noon.replace(hour=hour), way) for hour, way in hours])
    found = difference(demo_store, receipt)
    assert found.counts["unscanned", "-"] == 1
    gone = [p for p in found.people if p.change == "gone"]
    assert [(p.name, what_changed(p, en)) for p in gone] == [
        (missing["name"], f"no longer: on duty without a scan, {missing['location']}, {missing['day']:%d/%m/%Y}")
    ]
