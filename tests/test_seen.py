"""When everybody was last scanned: what uploads leave to the night is found all the same."""

from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quetma import directory, identity, intake, retention, rollups, seen
from quetma.intake.undo import undo
from quetma.store import Store, open_store
from tests.conftest import examples
from tests.intake import prepare

DAY = datetime(2021, 8, 24)
A, B = "Khách A", "Khách B"
PEOPLE = {f"Khách {letter}": f"091200000{number}" for number, letter in enumerate("ABCD")}


def upload(store: Store, name: str, scans: list[tuple[str, datetime]]) -> int:
    """The number of an upload of these scans at one place."""
    rows = (f"{who},{PEOPLE[who]},{at:%d/%m/%Y %H:%M:%S},Mai Sơn,Vào\n" for who, at in scans)
    text = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n" + "".join(rows)
    return intake.load(store, prepare(store, name, text.encode()), "An").batch_id


def unseen(store: Store) -> list[int]:
    return [number for (number,) in store.cursor().execute("SELECT batch_id FROM unseen_batch ORDER BY 1").fetchall()]


def kept(store: Store) -> int:
    """Of how many people person_seen says something."""
    return store.cursor().execute("SELECT COUNT(*) FROM person_seen").fetchall()[0][0]


def last_seen(store: Store, who: str) -> datetime | None:
    """As both the search and the person's own page say."""
    [found] = directory.find(store, PEOPLE[who]).to_dicts()
    [own] = store.ask("people/person", person_id=found["person_id"], day=date(2021, 8, 24)).to_dicts()
    assert own["last_seen"] == found["last_seen"]
    return found["last_seen"]


def test_an_upload_leaves_it_to_the_night_and_is_looked_through_until_then(empty_store: Store):
    first = upload(empty_store, "1.csv", [(A, DAY), (B, DAY + timedelta(hours=1))])
    second = upload(empty_store, "2.csv", [(A, DAY + timedelta(hours=2))])
    assert (unseen(empty_store), kept(empty_store)) == ([first, second], 0)
    assert last_seen(empty_store, A) == DAY + timedelta(hours=2)
    retention.Schedule(empty_store).look()
    assert (unseen(empty_store), kept(empty_store)) == ([], 2)
    assert last_seen(empty_store, A) == DAY + timedelta(hours=2)
    assert last_seen(empty_store, B) == DAY + timedelta(hours=1)
    assert rollups.check(empty_store) == []


def test_of_very_many_rows_the_upload_itself_learns(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(seen, "MOST", 2)
    upload(empty_store, "1.csv", [(A, DAY), (B, DAY)])
    assert kept(empty_store) == 0
    upload(empty_store, "2.csv", [(A, DAY + timedelta(hours=2))])
    assert (unseen(empty_store), kept(empty_store)) == ([], 2)
    assert last_seen(empty_store, A) == DAY + timedelta(hours=2)


def test_what_stands_for_too_early_is_found(empty_store: Store):
    """`check` compares what both say together, and finds a moment that nothing tells."""
    upload(empty_store, "1.csv", [(A, DAY)])
    with empty_store.write() as cursor:
        cursor.execute("DELETE FROM unseen_batch")
    assert rollups.check(empty_store) == ["last_seen: 1 rows missing", "person_seen: 1 rows too early"]
    upload(empty_store, "2.csv", [(A, DAY + timedelta(hours=2))])
    assert rollups.check(empty_store) == ["person_seen: 1 rows too early"]


STEPS = st.one_of(
    st.tuples(
        st.just("upload"),
        st.lists(st.tuples(st.sampled_from(list(PEOPLE)), st.integers(0, 4000)), min_size=1, max_size=4),
    ),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("night"), st.none()),
    st.tuples(st.just("merge"), st.tuples(st.sampled_from(list(PEOPLE)), st.sampled_from(list(PEOPLE)))),
)


@example([("upload", [(A, 1), (B, 2)]), ("merge", (A, B)), ("upload", [(A, 3)])])
@example([("upload", [(A, 1)]), ("night", None), ("upload", [(A, 2)]), ("night", None)])
@example([("upload", [(A, 1)]), ("upload", [(A, 2)]), ("night", None), ("undo", 1)])
@settings(max_examples=examples(12), deadline=None)
@given(st.lists(STEPS, min_size=3, max_size=9))
def test_whatever_comes_goes_and_is_put_off_the_newest_scan_is_told(steps: list[tuple[str, object]]):
    with TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        live: dict[int, list[tuple[str, datetime]]] = {}
        into: dict[str, str] = {}  # who is taken for whom
        try:
            for number, (what, of) in enumerate(steps):
                if what == "upload":
                    scans = [(who, DAY + timedelta(minutes=at)) for who, at in of]
                    live[upload(store, f"{number}.csv", scans)] = scans
                elif what == "undo" and live:
                    gone = sorted(live)[of % len(live)]
                    undo(store, gone, "An")
                    del live[gone]
                elif what == "night":
                    seen.catch_up(store)
                elif what == "merge":
                    one, other = of
                    known = dict(store.cursor().execute("SELECT name, person_id FROM person").fetchall())
                    if one != other and {one, other} <= known.keys() and not {one, other} & {*into, *into.values()}:
                        identity.merge(store, known[one], known[other], "An")
                        into[one] = other
                newest: dict[str, datetime] = {}
                here = {who for scans in live.values() for who, _ in scans}
                for who, at in (row for scans in live.values() for row in scans):
                    really = into[who] if into.get(who) in here else who
                    newest[really] = max(at, newest.get(really, at))
                assert {who: last_seen(store, who) for who in newest} == newest
            assert rollups.check(store) == []
        finally:
            store.close()
