"""Stays: the table is the docstring of quetma/stays.py; a plain loop over the scans is the oracle for all else."""

from collections import defaultdict
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import intake, rollups
from tests.conftest import examples
from tests.intake import prepare
from tests.scenario import Scan, stays_of, unit

DAY = datetime(2021, 8, 23)
A, B = 1, 2
HOURS_24, ASSUMED = timedelta(hours=24), timedelta(hours=4)


def at(clock: str, day: int = 0) -> datetime:
    hour, minute = clock.split(":")
    return DAY + timedelta(days=day, hours=int(hour), minutes=int(minute))


@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        pytest.param([(A, "08:00", "in"), (A, "10:00", "out")], [(A, "08:00", "10:00", True, True)], id="in-out"),
        pytest.param([(A, "08:00", "in")], [(A, "08:00", "12:00", True, False)], id="no-out: assumed length"),
        pytest.param([(A, "15:00", "in")], [(A, "15:00", "17:30", True, False)], id="no-out: closing time"),
        pytest.param(
            [(A, "08:00", "in"), (B, "09:00", "in"), (B, "09:30", "out")],
            [(A, "08:00", "09:00", True, False), (B, "09:00", "09:30", True, True)],
            id="no-out: next scan anywhere",
        ),
        pytest.param([(A, "10:00", "out")], [(A, "07:00", "10:00", False, True)], id="no-in: opening time"),
        pytest.param([(A, "16:00", "out")], [(A, "12:00", "16:00", False, True)], id="no-in: assumed length"),
        pytest.param(
            [(B, "13:00", "in"), (B, "13:30", "out"), (A, "16:00", "out")],
            [(A, "13:30", "16:00", False, True), (B, "13:00", "13:30", True, True)],
            id="no-in: scan before anywhere",
        ),
        pytest.param(
            [(A, "08:00", "in"), (B, "09:00", "in"), (B, "09:30", "out"), (A, "11:00", "out")],
            [(A, "08:00", "11:00", True, True), (B, "09:00", "09:30", True, True)],
            id="two places at once: both are kept",
        ),
        pytest.param(
            [(A, "08:00", "in"), (A, "09:00", "in"), (A, "10:00", "out")],
            [(A, "08:00", "09:00", True, False), (A, "09:00", "10:00", True, True)],
            id="in twice",
        ),
        pytest.param(
            [(A, "08:00", "unknown"), (A, "12:00", "unknown")],
            [(A, "08:00", "12:00", True, False), (A, "12:00", "16:00", True, False)],
            id="no directions: the next scan ends it",
        ),
        pytest.param(
            [(A, "08:00", "in"), (A, "09:00", "out"), (A, "09:00", "in"), (A, "10:00", "out")],
            [(A, "08:00", "09:00", True, True), (A, "09:00", "10:00", True, True)],
            id="out and in in one second, inside before",
        ),
        pytest.param(
            [(A, "09:00", "out"), (A, "09:00", "in")],
            [(A, "09:00", "09:00", True, True)],
            id="in and out in one second, outside before",
        ),
    ],
)
def test_rules(tmp_path: Path, scans: list, expected: list) -> None:
    store = unit(tmp_path, [(1, place, at(clock), way) for place, clock, way in scans], opens="07:00", closes="17:30")
    assert stays_of(store) == [(1, place, at(t_in), at(t_out), i, o) for place, t_in, t_out, i, o in expected]


def test_no_stay_is_longer_than_a_day(tmp_path: Path) -> None:
    store = unit(tmp_path, [(1, A, at("08:00"), "in"), (1, A, at("08:01", 1), "out")])
    assert stays_of(store) == [
        (1, A, at("08:00"), at("12:00"), True, False),
        (1, A, at("04:01", 1), at("08:01", 1), False, True),
    ]


def brute_stays(scans: list[Scan], opens: time | None, closes: time | None) -> list[tuple]:
    """The rules of quetma/stays.py, scan by scan."""
    by_person = defaultdict(set)
    marks = defaultdict(set)
    for person, place, when, way in scans:
        by_person[person].add(when)
        marks[person, place, when].add(way)
    found = []
    for person, place in {(p, q) for p, q, _, _ in scans}:
        events: list[tuple[datetime, str]] = []
        inside: datetime | None = None
        for when in sorted(w for p, q, w in marks if (p, q) == (person, place)):
            ways = marks[person, place, when] - {"unknown"}
            if ways == {"in", "out"}:
                was_inside = inside is not None and when - inside <= HOURS_24
                events += [(when, way) for way in (("out", "in") if was_inside else ("in", "out"))]
            else:
                events.append((when, *ways) if ways else (when, "unknown"))
                inside = when if ways == {"in"} else None
        for i, (when, way) in enumerate(events):
            before = max((t for t in by_person[person] if t < when), default=None)
            after = min((t for t in by_person[person] if t > when), default=None)
            closing = datetime.combine(when, closes) if closes and closes > when.time() else None
            opening = datetime.combine(when, opens) if opens and opens < when.time() else None
            paired_after = i + 1 < len(events) and events[i + 1][1] == "out" and events[i + 1][0] - when <= HOURS_24
            paired_before = i > 0 and events[i - 1][1] != "out" and when - events[i - 1][0] <= HOURS_24
            if way != "out":
                if paired_after:
                    found.append((person, place, when, events[i + 1][0], True, True))
                elif way == "unknown" and after and after - when <= HOURS_24:
                    found.append((person, place, when, min(t for t in (after, closing) if t), True, False))
                else:
                    found.append(
                        (person, place, when, min(t for t in (after, closing, when + ASSUMED) if t), True, False)
                    )
            elif not paired_before:
                found.append((person, place, max(t for t in (before, opening, when - ASSUMED) if t), when, False, True))
    return sorted(found)


scan_lists = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.integers(1, 2),
        st.integers(0, 4 * 24 * 4).map(lambda quarter: DAY + timedelta(minutes=15 * quarter)),
        st.sampled_from(["in", "out", "unknown"]),
    ),
    unique=True,
    max_size=25,
)


@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(scans=scan_lists, later=scan_lists, hours=st.sampled_from([(None, None), ("07:00", "17:30"), (None, "12:00")]))
def test_any_log_in_one_or_two_uploads(
    scans: list[Scan], later: list[Scan], hours: tuple[str | None, str | None]
) -> None:
    later = [scan for scan in later if scan not in scans]
    opens, closes = (time.fromisoformat(h) if h else None for h in hours)
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), scans, later, opens=hours[0], closes=hours[1])
        assert stays_of(store) == brute_stays(scans + later, opens, closes)
        assert rollups.check(store) == []
        store.close()


def test_check_names_what_differs(tmp_path: Path) -> None:
    store = unit(tmp_path, [(1, A, at("08:00"), "in"), (1, A, at("10:00"), "out")])
    assert rollups.check(store) == []
    with store.write() as cursor:
        cursor.execute("UPDATE stay SET t_out = t_out + INTERVAL '1' MINUTE")
        cursor.execute("DELETE FROM flow_quarter")
        cursor.execute("UPDATE batch SET accepted = 1")
        cursor.execute("UPDATE calendar SET holiday = 'Tết'")
    assert [line.split(":")[0] for line in rollups.check(store)] == [
        "calendar",
        "calendar",
        "stay",
        "stay",
        "flow_quarter",
        "flow_day",
        "stay_day",
        "stay_day",
        "batch 1",
    ]


PEOPLE = {1: "Lò Văn A,0912000001", 2: "Lò Văn B,0912000002", 3: "Lò Văn C,"}
ROSTER = "Họ tên,SĐT,Chức vụ\nLò Văn C,0912000003,KSV\n".encode()
WAYS = {"in": "Vào", "out": "Ra", "unknown": ""}


def log_of(scans: list[Scan]) -> bytes:
    lines = [f"{PEOPLE[who]},{when:%d/%m/%Y %H:%M:%S},Nơi {place},{WAYS[way]}\n" for who, place, when, way in scans]
    return "".join(["Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n", *lines]).encode()


@settings(max_examples=examples(24), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    logs=st.lists(
        st.tuples(st.lists(scan_lists.map(tuple), min_size=1, max_size=2), st.sampled_from(["qr", "qr", "register"])),
        min_size=2,
        max_size=3,
    ),
    enrolled=st.integers(0, 3),
)
def test_files_one_after_another(logs: list[tuple[list[tuple[Scan, ...]], str]], enrolled: int) -> None:
    """As files come: with scans that are there already, with people known by name who turn out to be of the staff,
    and door registers between QR logs. What was derived while they were stored is what follows from all of them.
    """
    with TemporaryDirectory() as folder:
        store = unit(Path(folder), [])
        before: tuple[Scan, ...] = ()
        for number, (lists, source) in enumerate(logs):
            if number == enrolled:
                intake.load(store, prepare(store, "danh sach.csv", ROSTER, location="Nơi 1"), "a")
            later = timedelta(minutes=10 if source == "register" else 0)  # a register writes down what a log has
            again = [(who, place, when + later, way) for who, place, when, way in before[::2]]
            scans = [scan for some in lists for scan in some] + again
            if scans:
                intake.load(store, prepare(store, f"{number}.csv", log_of(scans), source=source), "a")
                before = tuple(scans)
        assert rollups.check(store) == []
        store.close()
