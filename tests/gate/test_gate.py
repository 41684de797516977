"""The gate: who is meant, in or out, groups, sent twice, turned round, taken back, said to have left."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import quetma.store
from quetma import badges, flow, gate, rollups, touch
from quetma.gate import Asked, Done, Entry, GateError
from quetma.intake import recount
from quetma.store import Store, now, open_store
from tests.conftest import examples
from tests.scenario import stays_of

CARD = "014190000001|050000001|Lò Thị Hạnh|02031990|Nữ|Bản Hát Lót, Mai Sơn, Sơn La|31122021"
PERSONAL = "014190000001|LO THI HANH|1990-03-02|1|QID|"
THANH = 1  # the team leader, the first of the staff list

Enter = Callable[..., Done | Asked]


@pytest.fixture(scope="module", autouse=True)
def midday() -> Iterator[None]:
    """It is about noon in Vietnam: half an hour ago is the same day."""
    zone = timezone(timedelta(hours=12 - datetime.now(UTC).hour))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quetma.store, "VIETNAM", zone)
        yield


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A unit in real time with two places and two of the staff, closed by nobody between tests: each takes back."""
    store = open_store(tmp_path_factory.mktemp("gate"))
    day = now().date() - timedelta(days=400)
    with store.write() as cursor:
        for number, name in ((1, "Mai Sơn"), (2, "Yên Châu")):
            cursor.execute("INSERT INTO location (location_id, name, name_key, by_hand) VALUES (?, ?, ?, TRUE)",
                           [number, name, name])  # fmt: skip
        for person, name, key, sort, phone, year in (
            (1, "Cầm Văn Thành", "cam van thanh", "thanh cam van", "+84900000001", 1974),
            (2, "Lường Thị Mai", "luong thi mai", "mai luong thi", None, None),
        ):
            cursor.execute(
                "INSERT INTO person (person_id, identity, name, name_key, sort_key, phone, birth_year, masked)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, FALSE)",
                [person, f"tel:{phone}" if phone else "name:lường thị mai|", name, key, sort, phone, year],
            )
            cursor.execute(
                "INSERT INTO roster_row (batch_id, line, person_id, position, location_id, smartphone,"
                " started, ended, counts) VALUES (90, ?, ?, 'Đội viên', 1, TRUE, ?, NULL, TRUE)",
                [person, person, day],
            )
            cursor.execute("INSERT INTO person_claim VALUES (90, ?, ?, ?)", [person, name, year])
        cursor.execute(
            "INSERT INTO batch (batch_id, kind, file_name, sha256, uploaded_at, uploaded_by, row_count, accepted,"
            " duplicates, rejected) VALUES (90, 'roster', 'r', 'r', now(), 'a', 2, 2, 0, 0)"
        )
        rollups.derive(cursor, touch.of_upload(cursor, 90))
    yield store
    assert rollups.check(store) == recount.check(store) == []
    store.close()


numbers = count(1)


@pytest.fixture
def enter(unit: Store) -> Iterator[Enter]:
    """`enter(text, minutes_ago, …)`; what was entered is taken back after the test, and then nothing is left of it."""
    made: list[str] = []

    def one(text: str = "", ago: float = 0, entry: str = "", **more) -> Done | Asked:
        number = entry or f"e{next(numbers)}"
        made.append(number)
        at = now() - timedelta(minutes=ago)
        return gate.enter(unit, Entry(number, more.pop("location", 1), text, at=at, **more), "Sơn")

    yield one
    for number in made:
        gate.take_back(unit, number, "Sơn")
    assert stays_of(unit) == []
    left = unit.cursor().execute("SELECT name FROM person ORDER BY person_id").fetchall()
    assert left == [("Cầm Văn Thành",), ("Lường Thị Mai",)]
    assert rollups.check(unit) == []


def rows(store: Store) -> list[tuple[str, str, str]]:
    return store.cursor().execute(
        "SELECT p.name, s.direction, d.host FROM scan s JOIN person p USING (person_id)"
        " JOIN door_row d ON d.batch_id = s.batch_id AND d.line = s.line ORDER BY s.scanned_at, s.line"
    ).fetchall()  # fmt: skip


def test_a_visit_by_card_and_the_second_by_the_personal_code(unit: Store, enter: Enter):
    first = enter(CARD, 60)
    assert (first.name, first.kind, first.direction, first.people) == ("Lò Thị Hạnh", "visitor", "in", 1)
    assert enter(CARD, 30).direction == "out"
    again = enter(PERSONAL, 10)  # nothing typed, and the same person though the code has no marks
    assert (again.name, again.direction) == ("Lò Thị Hạnh", "in")
    people = {person for person, *_ in stays_of(unit)}
    assert len(people) == 1 and len(stays_of(unit)) == 2


def test_no_number_of_a_card_is_kept_anywhere(unit: Store, enter: Enter, caplog: pytest.LogCaptureFixture):
    enter(CARD)
    for text in ("014190000001", CARD[:40]):
        with pytest.raises(GateError) as refused:
            enter(text)
        assert "014190000001" not in str(refused.value)
    tables = [t for (t,) in unit.cursor().execute("SELECT table_name FROM duckdb_tables()").fetchall()]
    kept = "\n".join(str(unit.cursor().execute(f"FROM {table}").fetchall()) for table in tables)
    assert "Hạnh" in kept
    secrets = ("014190000001", "050000001", "Hát Lót", "02031990", "1990-03-02")  # longer than a seal has by chance
    assert not any(secret in kept + caplog.text for secret in secrets)
    unit.cursor().execute("CHECKPOINT")
    stored = b"".join(path.read_bytes() for path in unit.folder.glob("quetma.duckdb*"))
    assert b"014190000001" not in stored


def test_staff_are_known_by_badge_card_phone_and_name(unit: Store, enter: Enter):
    badges.issue(unit, [THANH], "Trưởng")
    token = badges.staff(unit, date.today())["token"].drop_nulls()[0]
    for ago, text in enumerate([token, "014074000001||CẦM VĂN THÀNH|01021974|Nam|Sơn La|01012021", "0900 000 001",
                                "cam van thanh", "014074000001|CAM VAN THANH|1974-01-02|1|Q|"]):  # fmt: skip
        done = enter(text, 100 - ago)
        assert (done.name, done.kind) == ("Cầm Văn Thành", "staff"), text
    assert enter("014190000009||Lường Thị Mai|01021990|Nữ|Sơn La|01012021", 1).kind == "staff"  # the list tells no year
    badges.issue(unit, [THANH], "Trưởng")
    with pytest.raises(GateError, match="was revoked"):
        enter(token)
    badges.revoke_all(unit, [THANH], "Trưởng")
    with pytest.raises(GateError, match="not of this unit"):
        enter("79" + "0" * 20 + f"{98 - int('79' + '0' * 20) * 100 % 97:02d}")


def test_a_piece_of_a_name_or_an_unknown_phone_is_asked_about(unit: Store, enter: Enter):
    asked = enter("mai")
    assert isinstance(asked, Asked)
    assert [(c.name, c.kind, c.direction) for c in asked.choices] == [("Lường Thị Mai", "staff", "in")]
    assert asked.name == "Mai"
    assert enter("0987 654 321") == Asked((), "", "0987654321")
    done = enter(name="Vì Văn Pó", phone="0987654321", host="Cầm Văn Thành", came_from="Chiềng Mung", ago=9)
    assert (done.name, done.host) == ("Vì Văn Pó", "Cầm Văn Thành")
    assert enter("0987654321", 5).direction == "out"
    [choice] = enter("4321").choices
    assert (choice.hint, choice.direction) == ("…321", "in")  # not the whole phone
    on_site = enter(person=choice.person)
    assert on_site.name == "Vì Văn Pó"
    searched = unit.cursor().execute("SELECT subject, detail FROM audit WHERE action = 'gate search'").fetchall()
    assert ("mai", "1") in searched


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"text": "x"}, "at least 2 letters"),
        ({"text": "Lò Thị ***"}, r"without \*"),
        ({"text": "a|b|c|d"}, "no identity card"),
        ({"name": "Vì Văn Pó", "phone": "123"}, "cannot be read"),
        ({"phone": "0987654321"}, "name as well"),
        ({"person": 99}, "Nobody of that number"),
        ({"text": CARD, "location": 77}, "not known here"),
        ({"text": CARD, "people": 61}, "from 1 to 60"),
        ({"text": CARD, "people": 0}, "from 1 to 60"),
        ({"text": CARD, "ago": 5 * 24 * 60}, "too long ago"),
    ],
)
def test_refused_in_words(enter: Enter, given: dict, why: str):
    with pytest.raises(GateError, match=why):
        enter(**given)


def test_the_same_entry_twice_is_one_and_a_double_read_too(unit: Store, enter: Enter):
    first = enter(CARD, 1, entry="same")
    assert enter(CARD, 1, entry="same") == first
    assert enter(CARD, 0.9).again
    assert len(rows(unit)) == 1
    assert enter(CARD, 0.8, direction="out").direction == "out"  # said outright, it is no double read


def test_in_or_out_is_told_by_where_and_since_when(enter: Enter):
    assert enter("cam van thanh", 13 * 60).direction == "in"
    assert enter("cam van thanh", 59).direction == "in"  # forgot to scan out yesterday
    assert enter("cam van thanh", 40, location=2).direction == "in"  # went over to the other place
    assert enter("cam van thanh", 20, location=2).direction == "out"


def test_a_group_comes_grows_shrinks_and_leaves(unit: Store, enter: Enter):
    first = enter(name="Vì Văn Pó", phone="0987654321", people=3, host="Mai", ago=30)
    assert first.people == 3
    assert gate.here(unit, 1) == 3
    assert gate.amend(unit, first.entry, "Sơn", "Cầm Văn Thành", "Sơn La", 5).people == 5
    assert gate.amend(unit, first.entry, "Sơn", "Cầm Văn Thành", "Sơn La", 2).people == 2
    assert rows(unit) == [("Vì Văn Pó", "in", "Cầm Văn Thành"), ("Vì Văn Pó (đoàn, người 2)", "in", "Cầm Văn Thành")]
    assert [c.name for c in enter("vi van").choices] == [
        "Vì Văn Pó"
    ]  # those without a name of their own are not offered
    out = enter("0987654321", 10)
    assert (out.direction, out.people) == ("out", 2)
    assert gate.here(unit, 1) == 0
    with pytest.raises(GateError, match="from 1 to"):
        gate.amend(unit, first.entry, "Sơn", "", "", 99)


def test_turned_round_and_taken_back(unit: Store, enter: Enter):
    done = enter(CARD, 5)
    assert gate.turn(unit, done.entry, "out", "Sơn").direction == "out"
    assert gate.turn(unit, done.entry, "in", "Sơn").direction == "in"
    assert gate.here(unit, 1) == 1
    gate.take_back(unit, done.entry, "Sơn")
    assert gate.here(unit, 1) == 0
    with pytest.raises(GateError, match="taken back"):  # the same, on its way for long
        enter(CARD, 5, entry=done.entry)
    gate.take_back(unit, "never seen", "Sơn")
    with pytest.raises(GateError, match="taken back"):
        enter(CARD, entry="never seen")
    with pytest.raises(GateError, match="not there any more"):
        gate.turn(unit, done.entry, "out", "Sơn")


def test_a_line_number_is_never_given_twice(unit: Store, enter: Enter):
    first, second = enter(CARD, 9), enter("cam van thanh", 8)
    gate.take_back(unit, first.entry, "Sơn")
    enter("luong thi mai", 7)
    enter("0900000001", 6)
    lines = unit.cursor().execute("SELECT batch_id, line FROM scan_row").fetchall()
    assert len(set(lines)) == len(lines) == 3
    assert gate.turn(unit, second.entry, "out", "Sơn").name == "Cầm Văn Thành"


def test_who_never_scanned_out_is_said_to_have_left(unit: Store, enter: Enter):
    yesterday = datetime.combine(now().date() - timedelta(days=1), datetime.min.time()) + timedelta(hours=8)
    ago = (now() - yesterday).total_seconds() / 60
    enter(CARD, ago)
    enter("cam van thanh", ago + 1)
    missed = gate.never_out(unit, now().date())
    assert missed["name"].to_list() == ["Cầm Văn Thành", "Lò Thị Hạnh"]
    before = stays_of(unit)
    enter("", 0, entry="closing", person=2)  # so that the fixture takes the closing back as well
    gate.take_back(unit, "closing", "Sơn")
    assert gate.close(unit, missed.to_dicts(), "closed1", "Sơn") == 2
    assert gate.never_out(unit, now().date()).is_empty()
    assert stays_of(unit) == before  # the same times, and still no end that was seen
    assert [out_seen for *_, out_seen in before] == [False, False]
    assert unit.ask("overview/unclosed", day=yesterday.date(), newest=now())["stays"][0] == 0
    assert gate.said_gone(unit, now().date())["entry"].to_list() == ["closed1"] * 2
    assert rollups.check(unit) == []
    seen_out = enter(CARD, ago - 10 * 60, direction="out")  # a list that comes later knows better
    assert [(i, o) for *_, i, o in stays_of(unit)].count((True, True)) == 1
    gate.take_back(unit, seen_out.entry, "Sơn")
    gate.take_back(unit, "closed1", "Sơn")
    assert gate.never_out(unit, now().date()).height == 2


@settings(max_examples=examples(4), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([CARD, "cam van thanh", "luong thi mai"]), st.integers(0, 9),
                  st.sampled_from(["enter", "enter", "enter", "turn", "undo", "again"])),
        max_size=8,
    )
)  # fmt: skip
def test_whatever_is_done_the_store_says_the_same_as_a_recount(unit: Store, acts: list[tuple[str, int, str]]):
    made: list[Done] = []
    for n, (text, place, act) in enumerate(acts):
        if act == "enter" or not made:
            at = now() - timedelta(minutes=60 - n)
            done = gate.enter(unit, Entry(f"p{next(numbers)}", place % 2 + 1, text, at=at), "Sơn")
            assert isinstance(done, Done)
            made.append(done)
        elif act == "turn":
            last = made[place % len(made)]
            made[place % len(made)] = gate.turn(unit, last.entry, "out" if last.direction == "in" else "in", "Sơn")
        elif act == "again":
            assert gate.enter(unit, Entry(made[-1].entry, 1, text), "Sơn") == made[-1]
        else:
            gate.take_back(unit, made.pop(place % len(made)).entry, "Sơn")
    assert rollups.check(unit) == recount.check(unit) == []
    assert len(rows(unit)) == len(made)
    for done in made:
        gate.take_back(unit, done.entry, "Sơn")


def test_the_demo_unit_goes_on_by_a_second_an_entry(demo_folder: Path, tmp_path: Path):
    store = open_store(shutil.copytree(demo_folder, tmp_path / "demo"))
    clock = store.clock()
    done = gate.enter(store, Entry("d1", 1, CARD, at=now()), "Sơn")
    assert isinstance(done, Done)
    assert done.at == clock + timedelta(seconds=1) == store.clock()
    assert "Lò Thị Hạnh" in flow.on_site(store, names=True).people["name"].to_list()
    store.close()
