"""What visitors were promised: their check-ins are forgotten in time, wholly, and the daily figures stay."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from quetma import (
    cases,
    cli,
    directory,
    follow_up,
    gate,
    health,
    identity,
    inquiries,
    intake,
    receipts,
    retention,
    rollups,
    settings,
    tracing,
    upkeep,
)
from quetma.cases import Said
from quetma.documents import answer
from quetma.door import Passage, check_all
from quetma.gate import Entry
from quetma.inquiries import Asked
from quetma.intake import recount
from quetma.retention import Purged, purge, would_purge
from quetma.store import Store, now, open_store
from tests.conftest import examples
from tests.everybody import held
from tests.intake import prepare

DAY = date(2021, 8, 2)
KEPT = 28
DUE = DAY + timedelta(days=KEPT + 1)  # the first day on which check-ins of DAY are forgotten
STAFF = "Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh\nLò Văn Cán,0912000001,Đội trưởng,Mai Sơn,Có\n"
LOG = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
FIGURES = (
    "flow_day",
    "flow_quarter",
    "stay_day",
    "flow_peak",
    "scan_day",
    "staff_day",
    "duty_day",
    "compliance_day",
    "calendar",
)


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute)


def passage(name: str, phone: str, when: datetime, direction: Any = "in", **more: Any) -> Passage:
    given: dict[str, Any] = {
        "location": 1, "source": "poster", "account": "phone", "host": "Chị Tiếp", "came_from": "Bản Từ Xa",
        "purpose": "Việc riêng",
    }  # fmt: skip
    return Passage(direction=direction, name=name, phone=phone, at=when, **{**given, **more})


def put(store: Store, text: str, name: str) -> intake.Batch:
    return intake.load(store, prepare(store, name, text.encode()), "test")


def sound(store: Store) -> bool:
    """Nothing stored differs from what the facts say."""
    return recount.check(store) + rollups.check(store) + receipts.check(store) == [] and held(store)


def figures(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(store.cursor().execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in FIGURES}


def everything(store: Store) -> str:
    """All that stands in any table of the store, but the staff's own."""
    cursor = store.cursor()
    tables = [
        name for (name,) in cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
    ]
    assert {"person", "audit", "scan_row", "person_claim"} <= set(tables)
    return "\n".join(repr(cursor.execute(f"SELECT * FROM {table}").fetchall()) for table in tables)


def visited(store: Store) -> None:
    put(store, STAFF, "ds.csv")
    check_all(
        store,
        [
            passage("Lò Văn Cán", "0912000001", at(7, 30), symptoms=""),
            passage("Cà Thị Khách", "0987654321", at(8), symptoms="Sốt", note="ghi chú riêng"),
            passage("Cà Thị Khách", "0987654321", at(9), "out"),
            passage("Vì Văn Bạn", "0987654322", at(8, 10), symptoms=""),
            passage("Quàng Thị Không Số", "", at(8, 20), birth_year=1971),
        ],
    )


@pytest.fixture
def unit(filled) -> Store:
    """One of the staff at a place, and who came to see them on DAY."""
    return filled(visited)


TYPED = ("Khách", "Vì Văn Bạn", "Không Số", "98765432", "1971", "Chị Tiếp", "Từ Xa", "Việc riêng", "Sốt", "ghi chú")


def test_everything_that_a_visitor_typed_is_gone_and_every_figure_stays(unit: Store):
    staff = passage("Lò Văn Cán", "0912000001", at(7, 30), symptoms="")
    before, stays = figures(unit), unit.cursor().execute("SELECT COUNT(*) FROM stay").fetchall()
    assert all(text in everything(unit) for text in TYPED)
    assert purge(unit, DUE) == Purged(DAY + timedelta(days=1), 3, 4, 2)
    found = everything(unit).replace("Khách, đã xóa", "")
    # of the member of the staff the host stays, and the place they came from
    assert [text for text in TYPED if text in found] == ["Chị Tiếp", "Từ Xa", "Việc riêng"]
    rows = unit.cursor().execute(
        "SELECT host, came_from, s.purpose, p.masked FROM door_row d JOIN scan_row s USING (batch_id, line) "
        "JOIN person p USING (person_id) ORDER BY line"
    ).fetchall()  # fmt: skip
    assert rows == [(staff.host, staff.came_from, staff.purpose, False), *[("", "", None, True)] * 4]
    assert figures(unit) == before
    assert unit.cursor().execute("SELECT COUNT(*) FROM stay").fetchall() == stays
    assert sound(unit)
    [line] = unit.cursor().execute("SELECT account, subject, detail FROM audit WHERE action = 'purge'").fetchall()
    assert line == ("schedule", "< 03/08/2021", "3 visitors, 4 scans, 2 declarations")


def test_nothing_is_forgotten_a_day_too_early_nor_twice(unit: Store):
    before = everything(unit)
    assert purge(unit, DUE - timedelta(days=1)) == Purged(DAY)
    assert everything(unit) == before
    assert purge(unit, DUE).scans == 4
    before = everything(unit)
    assert purge(unit, DUE) == purge(unit, DUE) == Purged(DAY + timedelta(days=1))
    assert everything(unit) == before


def test_the_setting_says_when(unit: Store):
    unit.set("visitor_days", "3")
    assert would_purge(unit, DAY + timedelta(days=3)).scans == 0
    assert would_purge(unit, DAY + timedelta(days=4)).scans == 4


def test_tried_only_it_says_the_same_and_changes_nothing(unit: Store):
    before = everything(unit)
    tried = would_purge(unit, DUE)
    assert everything(unit) == before
    assert purge(unit, DUE) == tried


def test_when_it_fails_half_way_nothing_has_changed(unit: Store, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: Any) -> None:
        raise OSError("disk")

    before = everything(unit)
    with monkeypatch.context() as patch:
        patch.setattr(retention.rollups, "derive", broken)
        with pytest.raises(OSError, match="disk"):
            purge(unit, DUE)
    assert everything(unit) == before


def test_who_came_again_is_known_by_that_visit_alone(unit: Store):
    later = DAY + timedelta(days=5)
    check_all(unit, [passage("Cà Thị Khách", "0987654321", at(8, day=later))])
    purge(unit, DUE)
    known = directory.find(unit, "0987654321")["person_id"][0]
    assert unit.cursor().execute("SELECT scanned_at FROM scan WHERE person_id = ?", [known]).fetchall() == [
        (at(8, day=later),)
    ]
    purge(unit, later + timedelta(days=KEPT + 1))
    assert directory.find(unit, "0987654321").is_empty()
    assert sound(unit)


def test_a_visit_past_midnight_is_forgotten_whole(unit: Store):
    check_all(
        unit,
        [
            passage("Tòng Văn Đêm", "0977000111", at(23)),
            passage("Tòng Văn Đêm", "0977000111", at(1, day=DAY + timedelta(days=1)), "out"),
        ],
    )
    before = figures(unit)
    assert purge(unit, DUE).visitors == 3
    assert directory.find(unit, "0977000111").height == 1
    assert figures(unit) == before
    assert purge(unit, DUE + timedelta(days=1)) == Purged(DAY + timedelta(days=2), 1, 2, 0)
    assert figures(unit) == before
    assert directory.find(unit, "0977000111").is_empty()


def test_the_same_visit_in_a_list_of_the_platform_is_one_visit_still(unit: Store):
    moments = (at(8), at(8, day=DAY + timedelta(days=9)))
    rows = [f"Cà Thị Khách,0987654321,{moment:%d/%m/%Y %H:%M:%S},Mai Sơn,Vào\n" for moment in moments]
    put(unit, LOG + "".join(rows), "log.csv")
    before = figures(unit)
    purge(unit, DAY + timedelta(days=99))
    assert figures(unit) == before
    assert directory.find(unit, "Cà Thị Khách").height == 1, "a day that only the list tells of stays as it was"
    assert sound(unit)


def test_a_row_of_a_list_that_tells_of_a_visit_past_midnight_is_forgotten_whole(unit: Store):
    """As the row is one, so is what is forgotten of it, though of the next day the list alone tells."""
    check_all(unit, [passage("Tòng Văn Đêm", "0977000111", at(8))])
    night = f"{at(22):%d/%m/%Y %H:%M},{at(2, day=DAY + timedelta(days=1)):%d/%m/%Y %H:%M}"
    put(unit, f"Họ tên,SĐT,Địa điểm,Thời gian vào,Thời gian ra\nTòng Văn Đêm,0977000111,Mai Sơn,{night}\n", "v.csv")
    before = figures(unit)
    purge(unit, DAY + timedelta(days=99))
    assert directory.find(unit, "0977000111").is_empty()
    assert figures(unit) == before
    assert sound(unit)


def test_what_was_decided_about_who_they_are_goes_with_them(unit: Store):
    one, other = (directory.find(unit, name)["person_id"][0] for name in ("Vì Văn Bạn", "Quàng Thị Không Số"))
    identity.merge(unit, other, one, "Test")
    before = figures(unit)
    assert purge(unit, DUE).visitors == 2
    found = everything(unit)
    assert "Không Số" not in found and "Vì Văn Bạn" not in found.replace("'merge'", "")
    assert figures(unit) == before
    assert sound(unit)


@pytest.mark.parametrize("role", ["case", "contact"])
def test_an_open_case_and_its_contacts_are_kept_until_it_is_closed(unit: Store, role: str):
    found = {name: directory.find(unit, name)["person_id"][0] for name in ("Cà Thị Khách", "Vì Văn Bạn")}
    number = cases.register(unit, "An", Said(found["Cà Thị Khách"], DAY), at(20))
    if role == "contact":
        case = cases.one(unit, number)
        assert case
        follow_up.follow(unit, "An", case, follow_up.compare(unit, case, tracing.Question((case.case,))).new)
    purge(unit, DUE)
    kept = {name for name in found if not directory.find(unit, name).is_empty()}
    assert kept == ({"Cà Thị Khách", "Vì Văn Bạn"} if role == "contact" else {"Cà Thị Khách"})
    cases.change(unit, "An", cases.one(unit, number), state="recovered")  # ty: ignore
    purge(unit, DUE)
    assert all(directory.find(unit, name).is_empty() for name in found)
    assert sound(unit)


ASKED = Asked("Công an huyện", "xác minh", DAY, DAY + timedelta(days=2), DAY, DAY)
EVERYBODY = {"Cà Thị Khách", "Vì Văn Bạn", "Quàng Thị Không Số"}


@pytest.mark.parametrize(
    ("asked", "waiting"),
    [
        ({}, EVERYBODY),
        ({"kind": "visitor", "locations": (1, 2)}, EVERYBODY),
        ({"people": "Vì Văn Bạn"}, {"Vì Văn Bạn"}),
        ({"direction": "out"}, {"Cà Thị Khách"}),
        ({"locations": (2,)}, set()),
        ({"kind": "staff"}, set()),
        ({"first_day": DAY + timedelta(days=1), "last_day": DAY + timedelta(days=9)}, set()),
    ],
)
def test_what_an_open_request_asks_for_waits_until_it_is_ended(unit: Store, asked: dict[str, Any], waiting: set[str]):
    if "people" in asked:
        asked = {"people": (directory.find(unit, asked["people"])["person_id"][0],)}
    number = inquiries.enter(unit, "An", replace(ASKED, **asked))
    tried = would_purge(unit, DUE)
    assert (tried.visitors, tried.waiting) == (3 - len(waiting), len(waiting))
    assert purge(unit, DUE) == tried
    assert {name for name in EVERYBODY if not directory.find(unit, name).is_empty()} == waiting
    assert sound(unit)
    inquiry = inquiries.one(unit, number)
    assert inquiry
    with unit.write() as cursor:
        inquiries.finish(cursor, "An", inquiry, inquiries.End("refused", "không có căn cứ"), now())
    assert (purge(unit, DUE).visitors, would_purge(unit, DUE).waiting) == (len(waiting), 0)
    assert all(directory.find(unit, name).is_empty() for name in EVERYBODY) and sound(unit)


def test_a_trace_of_before_counts_them_as_possible_without_a_name(unit: Store):
    purge(unit, DUE)
    staff = directory.find(unit, "Lò Văn Cán")["person_id"][0]
    found = tracing.trace(unit, tracing.Question((tracing.Case(staff, DAY),)), whole=True)
    assert found.f1["certainty"].to_list() == ["possible"] * 3
    assert found.f1["phone_shown"].to_list() == [""] * 3
    assert found.candidates.is_empty()


def test_undo_of_a_day_that_was_forgotten_leaves_nothing(unit: Store):
    purge(unit, DUE)
    for (batch,) in unit.cursor().execute("SELECT batch_id FROM batch WHERE door IS NOT NULL").fetchall():
        intake.undo(unit, batch, "Test")
    assert unit.cursor().execute("SELECT name FROM person").fetchall() == [("Lò Văn Cán",)]
    assert sound(unit)


def test_the_gate_forgets_too_and_its_lines_in_the_audit_name_nobody(unit: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("quetma.gate._moment", lambda _store, _at: at(10))
    numbers = count()
    for name in ("Lèo Thị Cổng", "Lò Văn Cán"):
        gate.enter(unit, Entry(str(next(numbers)), 1, name=name, phone="0912000001" * (name == "Lò Văn Cán")), "Gác")
    unit.cursor().execute("UPDATE audit SET logged_at = ? WHERE action LIKE 'gate %'", [at(10)])
    purge(unit, DUE)
    assert "Lèo Thị Cổng" not in everything(unit)
    said = unit.cursor().execute("SELECT subject FROM audit WHERE action LIKE 'gate %' ORDER BY subject").fetchall()
    assert said == [("",), ("Lò Văn Cán",)]


PEOPLE = [("Lò Văn Cán", "0912000001"), ("Khách Một", "0987000001"), ("Khách Hai", "0987000002"), ("Khách Ba", "")]
passages = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.integers(0, 6 * 96 - 1), st.sampled_from(["in", "out"]), st.integers(1, 2),
              st.sampled_from([None, "", "Ho"]), st.sampled_from(["poster", "gate"])),
    min_size=1, max_size=14,
)  # fmt: skip
folders = count()


@tried(max_examples=examples(5), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(passages, st.lists(st.integers(0, 9), min_size=1, max_size=2).map(sorted))
def test_whoever_comes_and_goes_figures_stay_and_the_rest_is_sound(
    empty_file: Path, tmp_path: Path, come: list[Any], after: list[int]
):
    folder = tmp_path / str(next(folders))
    folder.mkdir()
    (folder / empty_file.name).write_bytes(empty_file.read_bytes())
    store = open_store(folder)
    put(store, STAFF + "Vì Thị Hai,0912000002,Nhân viên,Yên Châu,Có\n", "ds.csv")
    check_all(
        store,
        [
            passage(*who, at(0) + timedelta(minutes=15 * quarter), way, location=place, symptoms=ill, source=source)
            for who, quarter, way, place, ill, source in come
        ],
    )
    before = figures(store)
    for days in after:
        tried = would_purge(store, DUE + timedelta(days=days))
        assert purge(store, DUE + timedelta(days=days)) == tried
        assert sound(store)
        kept = DAY + timedelta(days=days)
        named = store.cursor().execute(
            "SELECT p.name FROM scan_row r JOIN person p USING (person_id) WHERE NOT p.masked AND scanned_at < ? "
            "AND p.phone IS DISTINCT FROM '+84912000001'", [kept - timedelta(days=1)],
        ).fetchall()  # fmt: skip
        assert named == []
    purge(store, DUE + timedelta(days=30))
    assert figures(store) == before
    assert "Khách Một" not in everything(store) and "Khách Ba" not in everything(store)
    store.close()


def test_the_schedule_forgets_once_a_day_and_never_in_the_demo_unit(unit: Store, monkeypatch: pytest.MonkeyPatch):
    schedule = retention.Schedule(unit)
    monkeypatch.setattr(retention, "now", lambda: at(3, day=DUE))
    schedule.start()
    schedule.stop()
    assert directory.find(unit, "Cà Thị Khách").is_empty()
    done = threading.Event()
    monkeypatch.setattr(retention, "purge", lambda *_: done.set())
    schedule.look()
    assert not done.is_set()
    unit.set("demo", "yes")
    retention.Schedule(unit).look()
    assert not done.is_set()


def test_a_clock_that_was_set_forward_deletes_nothing_on_its_first_day(unit: Store, monkeypatch: pytest.MonkeyPatch):
    """Or the machine was off for days: then what is over goes a day later."""
    monkeypatch.setattr(upkeep, "now", lambda: retention.now())
    told = []
    for day in (-5, 0, 0, 1):
        monkeypatch.setattr(retention, "now", lambda day=day: at(3, day=DUE + timedelta(days=day)))
        schedule = retention.Schedule(unit)  # the program is started again
        schedule.look()
        schedule.look()
        held = retention.HELD in {concern.told.message for concern in health.warnings(unit, retention.now())}
        told.append((directory.find(unit, "Cà Thị Khách").is_empty(), held))
    assert told == [(False, False), (False, True), (False, True), (True, False)]


def test_the_command(unit: Store, capsys: pytest.CaptureFixture[str]):
    folder = unit.folder
    number = inquiries.enter(unit, "An", replace(ASKED, direction="out"))
    unit.close()
    run: Callable[..., int] = lambda *words: cli.main(["--store", str(folder), *words])  # noqa: E731
    assert run("purge", "--dry-run") == 0
    assert "1 visitors wait: requests that are not ended" in capsys.readouterr().out
    store = open_store(folder)
    answer.refuse(store, "An", inquiries.one(store, number), "không có căn cứ")  # ty: ignore
    store.close()
    assert run("purge", "--dry-run") == 0
    assert "3" in capsys.readouterr().out
    assert run("purge", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["visitors"], said["scans"], said["declarations"], said["dry_run"]) == (3, 4, 2, False)
    assert said["before"] == (now().date() - timedelta(days=KEPT)).isoformat()
    assert run("purge") == 0
    assert "0" in capsys.readouterr().out
    store = open_store(folder)
    assert settings.get(store, "visitor_days") == KEPT
    assert directory.find(store, "Cà Thị Khách").is_empty()
    store.close()
