"""Visitor flow: every figure equals a plain recount from the scans."""

import random
from collections import Counter
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from quetma import comers, flow, flow_cells, rollups, touch
from quetma.store import Store, changed

from .scenario import Scan, stays_of, unit, upload

MONDAY = date(2021, 8, 2)
STAFF = {1, 2, 3}
FIRST, LAST = MONDAY, MONDAY + timedelta(days=13)


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(MONDAY + timedelta(days=day), time(hour, minute, second))


def log(seed: int) -> list[Scan]:
    """A log of twelve people at three places, with forgotten, doubled and undirected scans; day 12 is without any."""
    rng = random.Random(seed)
    scans: set[Scan] = set()
    for day in set(range(14)) - {12}:
        for person in range(1, 13):
            for _ in range(rng.randrange(3)):
                place, start = rng.randrange(1, 4), at(day, rng.randrange(6, 18), rng.randrange(60), rng.randrange(60))
                if rng.random() < 0.9:
                    scans.add((person, place, start, rng.choice(["in", "in", "in", "unknown"])))
                if rng.random() < 0.8:
                    scans.add((person, place, start + timedelta(minutes=rng.randrange(400)), "out"))
    return sorted(scans, key=lambda scan: scan[2])


def make_staff(store: Store, people: set[int]) -> None:
    with store.write() as cursor:
        for line, person in enumerate(sorted(people)):
            cursor.execute(
                "INSERT INTO roster_row VALUES (90, ?, ?, 'Kiểm soát viên', 1, TRUE, NULL, NULL, TRUE, NULL, NULL)",
                [line, person],
            )
        rollups.derive(cursor, touch.of_upload(cursor, 90))


@pytest.fixture(scope="module", params=range(2))
def logged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, list[Scan]]:
    scans = log(request.param)
    store = unit(tmp_path_factory.mktemp("logged"), scans)
    make_staff(store, STAFF)
    return store, scans


def kind_of(person: int) -> str:
    return "staff" if person in STAFF else "visitor"


def recount(scans: list[Scan], location: int) -> dict[date, dict[str, int]]:
    """What flow/daily must answer, counted one scan at a time."""
    days = {FIRST + timedelta(days=n): Counter() for n in range(14)}
    people: dict[tuple[date, str], set[int]] = {}
    for person, place, moment, direction in scans:
        if location in (0, place):
            kind = kind_of(person)
            days[moment.date()][f"{kind}_{'departures' if direction == 'out' else 'arrivals'}"] += 1
            people.setdefault((moment.date(), kind), set()).add(person)
    columns = [f"{kind}_{what}" for what in ("arrivals", "departures") for kind in ("staff", "visitor")]
    return {
        day: {column: count[column] for column in columns}
        | {f"{kind}_people": len(people.get((day, kind), set())) for kind in ("staff", "visitor")}
        for day, count in days.items()
    }


@pytest.mark.parametrize("location", [0, 2])
def test_each_day_equals_a_recount(logged: tuple[Store, list[Scan]], location: int):
    store, scans = logged
    answer = store.ask("flow/daily", first=FIRST, last=LAST, location=location)
    expected = {
        day: counts for day, counts in recount(scans, location).items() if day <= max(s[2] for s in scans).date()
    }
    assert {row.pop("day"): row for row in answer.drop("working", "holiday").to_dicts()} == expected


@pytest.mark.parametrize("kind", flow.KINDS)
def test_the_week_equals_a_recount(logged: tuple[Store, list[Scan]], kind: str):
    store, scans = logged
    week = flow.week(store.ask("flow/hourly", first=FIRST, last=LAST, location=0), kind)
    cells = Counter(
        (moment.weekday(), moment.hour)
        for person, _, moment, direction in scans
        if direction != "out" and kind in ("all", kind_of(person))
    )
    found = {(w, hour): n for w, day in enumerate(week.counts) for hour, n in zip(week.hours, day, strict=True) if n}
    assert found == cells
    hours = Counter()
    for (_, hour), n in cells.items():
        hours[hour] += n
    assert week.peak() == min(hours.items(), key=lambda item: (-item[1], item[0]))
    (weekday, hour), n = min(cells.items(), key=lambda item: (-item[1], item[0]))
    assert week.busiest() == (weekday, hour, n)


def test_places_equal_a_recount(logged: tuple[Store, list[Scan]]):
    store, scans = logged
    last = LAST - timedelta(days=4)
    with store.write() as cursor:
        cursor.execute("UPDATE location SET capacity = 5 WHERE location_id = 2")
    for kind in flow.KINDS:
        answer = store.ask("flow/places", first=FIRST, last=last, kind=kind)
        counts = Counter(
            (place, kind_of(person))
            for person, place, moment, direction in scans
            if direction != "out" and moment.date() <= last and kind in ("all", kind_of(person))
        )
        assert answer.select("location_id", "name", "staff_arrivals", "visitor_arrivals").rows() == [
            (n, f"Nơi {n}", counts[n, "staff"], counts[n, "visitor"]) for n in (1, 2, 3)
        ]
        assert answer["capacity"].to_list() == [None, 5, None]
        for n, stays, minutes in answer.select("location_id", "stays", "minutes").iter_rows():
            both = [
                (t_out - t_in).total_seconds() / 60
                for person, place, t_in, t_out, in_seen, out_seen in stays_of(store)
                if in_seen and out_seen and place == n and t_in.date() <= last and kind in ("all", kind_of(person))
            ]
            assert (stays, minutes) == (len(both), pytest.approx(sum(both)))
        peaks = {(day, place): people for day, place, people, _ in peak_recount(store) if day <= last}
        for n, peak, on in answer.select("location_id", "peak", "peak_on").iter_rows():
            most = max(people for (_, place), people in peaks.items() if place == n)
            assert (peak, on) == (most, min(d for (d, place), people in peaks.items() if (place, people) == (n, most)))


def peak_recount(store: Store) -> list[tuple[date, int, int, datetime]]:
    """Day, place, most people there at once and since when, second by second where somebody comes."""
    stays = stays_of(store)
    found = []
    for day in sorted({day for _, _, t_in, t_out, _, _ in stays for day in (t_in.date(), t_out.date())}):
        midnight = datetime.combine(day, time())
        for place in (1, 2, 3):
            there = [(max(a, midnight), b) for _, at, a, b, _, _ in stays if at == place and b > a]
            there = [(a, b) for a, b in there if a.date() == day and b > a]
            counts = {a: sum(c <= a < d for c, d in there) for a, _ in there}
            if counts:
                most = max(counts.values())
                found.append((day, place, most, min(a for a, n in counts.items() if n == most)))
    return found


def test_peaks_equal_a_recount_of_the_stays(logged: tuple[Store, list[Scan]]):
    store, _ = logged
    span = {"first": FIRST, "last": LAST + timedelta(days=2)}
    answer, recounted = store.ask("flow/peaks", **span, locations=[]), peak_recount(store)
    assert answer.select("day", "location_id", "people", "reached_at").rows() == recounted
    for place in (0, 2):
        chosen = [row for row in recounted if place in (0, row[1])]
        fullest = store.ask("flow/fullest", **span, location=place).select("people", "reached_at").rows()
        assert fullest == [max(chosen, key=lambda row: (row[2], -row[0].toordinal(), -row[1]))[2:]]
        if place:
            own = store.ask("flow/peaks", **span, locations=[place])
            assert own.select("day", "location_id", "people", "reached_at").rows() == chosen


def test_who_stays_past_midnight_is_there_on_both_days(tmp_path: Path):
    store = unit(tmp_path, [(1, 1, at(0, 22), "in"), (2, 1, at(1, 1), "in"), (2, 1, at(1, 1, 30), "out")])
    ask = {"first": FIRST, "last": LAST, "locations": []}
    assert store.ask("flow/peaks", **ask).select("day", "people", "reached_at").rows() == [
        (MONDAY, 1, at(0, 22)),
        (MONDAY + timedelta(days=1), 2, at(1, 1)),
    ]
    upload(store, 2, [(1, 1, at(0, 23), "out")])  # the first had gone home before
    assert store.ask("flow/peaks", **ask)["people"].to_list() == [1, 1]
    assert rollups.check(store) == []


@pytest.mark.parametrize("kind", flow.KINDS)
def test_quarters_equal_a_recount(logged: tuple[Store, list[Scan]], kind: str):
    store, scans = logged
    answer = flow.by_quarter(store.ask("flow/quarters", first=FIRST, last=LAST, location=2, kind=kind))
    counts: Counter[tuple[int, bool]] = Counter()
    for person, place, moment, direction in scans:
        if place == 2 and kind in ("all", kind_of(person)) and moment.date() <= LAST:
            counts[moment.hour * 4 + moment.minute // 15, direction == "out"] += 1
    assert answer.rows() == [(q, counts[q, False], counts[q, True]) for q in answer["quarter"]]
    assert sum(answer["arrivals"]) + sum(answer["departures"]) == counts.total()
    assert answer["quarter"].to_list() == list(range(answer["quarter"].min(), answer["quarter"].max() + 1))
    assert (answer["quarter"].min() % 4, answer["quarter"].max() % 4) == (0, 3)


def test_visitors_who_come_again_equal_a_recount(logged: tuple[Store, list[Scan]]):
    store, _ = logged
    for place in (0, 2):
        found = flow.returning(store, FIRST, LAST, place)
        days: dict[int, list[date]] = {}
        for person, where, t_in, *_ in stays_of(store):
            if kind_of(person) == "visitor" and place in (0, where) and t_in.date() <= LAST:
                days.setdefault(person, []).append(t_in.date())
        come = [len(set(d)) for d in days.values()]
        assert found.groups == tuple((a, b, sum(a <= n <= (b or 99) for n in come)) for a, b in flow.DAYS_COME)
        assert (found.visitors, found.again) == (len(come), sum(n > 1 for n in come))
        assert found.stays == sum(map(len, days.values()))
        assert found.stays_again == sum(len(d) for d in days.values() if len(set(d)) > 1)


def test_what_a_day_usually_looks_like(tmp_path: Path):
    weeks = [3, 1, 7, 2]  # visitors on the Tuesdays of four weeks; the first of them is longest ago
    scans = [
        (100 * week + n, 1, at(1 + 7 * week, 8, n), "in")
        for week, visitors in enumerate(weeks)
        for n in range(visitors)
    ]
    store = unit(tmp_path, [*scans, (999, 2, at(24, 9), "in"), (998, 1, at(23, 9), "out")])
    tuesday = MONDAY + timedelta(days=29)
    found = flow.usual(store, tuesday)
    assert (found.day, found.working, len(found.days), found.days[0]) == (tuesday, True, 4, MONDAY + timedelta(days=22))
    assert (found.visitors, found.staff) == ((1, 2.5, 7), (0, 0.0, 0))
    assert flow.usual(store, tuesday, location=2).visitors == (0, 0.0, 0)
    assert flow.usual(store, tuesday + timedelta(days=1)).visitors == (0, 0.0, 0)
    holiday = flow.usual(store, date(2021, 9, 2))  # a Thursday like others, and no working day
    assert (holiday.working, holiday.days, holiday.visitors) == (False, (), None)


@pytest.mark.parametrize(
    ("people", "capacity", "said"),
    [(0, 10, ""), (8, 10, ""), (9, 10, "nearly"), (10, 10, "full"), (11, 10, "full"), (5, None, ""), (1, 1, "full")],
)
def test_how_full_a_place_is(people: int, capacity: int | None, said: str):
    assert flow.fullness(people, capacity) == said


@pytest.mark.parametrize("kind", ["staff", "visitor"])
def test_time_spent_equals_a_recount_of_the_stays(logged: tuple[Store, list[Scan]], kind: str):
    store, _ = logged
    minutes = sorted(
        (t_out - t_in).total_seconds() / 60
        for person, place, t_in, t_out, in_seen, out_seen in stays_of(store)
        if in_seen and out_seen and place == 2 and kind == kind_of(person)
    )
    spent = flow.spent(store.ask("flow/durations", first=FIRST, last=LAST, location=2, kind=kind))
    edges = [*flow.BUCKETS, float("inf")]
    assert spent.stays == tuple(sum(lo <= m < hi for m in minutes) for lo, hi in pairwise(edges))
    assert spent.total == len(minutes) > 0
    assert spent.mean == pytest.approx(sum(minutes) / len(minutes))
    middle = minutes[(len(minutes) - 1) // 2]
    assert spent.median_bucket == max(bucket for bucket in flow.BUCKETS if bucket <= middle)
    people: dict[date, set[int]] = {}
    for person, place, t_in, _, in_seen, out_seen in stays_of(store):
        if in_seen and out_seen and place == 2 and kind == kind_of(person):
            people.setdefault(t_in.date(), set()).add(person)
    cells = store.ask("flow/stay_cells", first=FIRST, last=LAST).filter(location_id=2, kind=kind)
    assert dict(cells.select("day", "people").iter_rows()) == {day: len(who) for day, who in people.items()}
    assert cells["seconds"].sum() == pytest.approx(sum(minutes) * 60)


@pytest.mark.parametrize("until", [at(3, 12), at(8, 9, 30), at(13, 23)])
def test_on_site_equals_the_last_scans_of_the_newest_day(tmp_path: Path, until: datetime):
    scans = [scan for scan in log(7) if scan[2] <= until]
    store = unit(tmp_path, scans)
    make_staff(store, STAFF)
    newest = max(scan[2] for scan in scans)
    last: dict[int, Scan] = {}
    for scan in scans:  # in order of time
        if scan[2].date() == newest.date():
            last[scan[0]] = scan
    expected = sorted((s[2], s[0], f"Nơi {s[1]}", kind_of(s[0])) for s in last.values() if s[3] != "out")
    found = flow.on_site(store, names=True)
    assert found.as_of == newest
    rows = [(row["since"], row["person_id"], row["location"], row["kind"]) for row in found.people.to_dicts()]
    assert rows == expected
    assert found.people["name"].to_list() == [f"Người {person}" for _, person, _, _ in expected]
    visitors = flow.on_site(store, names=True, location=1, kind="visitor").people
    assert visitors["person_id"].to_list() == [p for _, p, place, k in expected if place == "Nơi 1" and k == "visitor"]
    masked = flow.on_site(store, names=False, location=1, kind="visitor").people
    assert masked.height == (len(expected) if len(expected) > 2 else 0), "of all places, and not of one or two"
    assert set(masked["name"]) <= {"Người ***"}
    assert set(masked.select("host", "location", "kind", "since").iter_rows()) <= {(None,) * 4}


def test_on_site_at_its_edges(tmp_path: Path):
    store = unit(
        tmp_path,
        [
            (1, 1, at(0, 22), "in"), (1, 1, at(1, 6), "out"),  # the night shift went home
            (2, 1, at(0, 22), "in"),  # came yesterday, not seen today
            (3, 1, at(1, 8), "in"), (3, 2, at(1, 9), "in"),  # moved on without scanning out
            (4, 1, at(1, 8), "in"), (4, 2, at(1, 9), "out"),  # left from another place
            (5, 1, at(1, 8), "in"), (5, 1, at(1, 10), "out"), (5, 2, at(1, 10), "in"),  # in the same second
            (6, 1, at(1, 8), "unknown"),
            (7, 1, at(1, 8), "in"), (7, 1, at(1, 8, 30), "out"), (7, 1, at(1, 9, 30), "in"),  # came back
            (8, 1, at(0, 23), "in"), (8, 2, at(1, 7), "in"), (8, 1, at(1, 9), "out"),
        ],
    )  # fmt: skip
    people = flow.on_site(store, names=True).people
    assert people.select("person_id", "location", "since").rows() == [
        (6, "Nơi 1", at(1, 8)),
        (3, "Nơi 2", at(1, 9)),
        (7, "Nơi 1", at(1, 9, 30)),
        (5, "Nơi 2", at(1, 10)),
    ]


def test_who_came_late_in_the_evening_is_on_site_after_midnight(tmp_path: Path):
    store = unit(
        tmp_path,
        [
            (1, 1, at(0, 13), "in"),  # taken to have left at five
            (2, 1, at(0, 23, 50), "in"),
            (3, 1, at(0, 23), "in"), (3, 1, at(0, 23, 30), "out"),
            (4, 2, at(0, 22), "in"), (4, 1, at(1, 0, 5), "in"),  # moved on without scanning out
        ],
    )  # fmt: skip
    people = flow.on_site(store, names=True, at=at(1, 0, 10)).people
    assert people.select("person_id", "location", "since").rows() == [
        (2, "Nơi 1", at(0, 23, 50)),
        (4, "Nơi 1", at(1, 0, 5)),
    ]
    assert flow.on_site(store, names=True, at=at(1, 3, 51)).people["person_id"].to_list() == [4]


def test_masked_people_count(tmp_path: Path):
    store = unit(tmp_path, [(1, 1, at(0, 8), "in"), (2, 1, at(0, 9), "in"), (3, 1, at(0, 9), "in")])
    with store.write() as cursor:
        cursor.execute("UPDATE person SET masked = TRUE, name = 'Lò Thị ***', phone = NULL WHERE person_id = 2")
    assert flow.on_site(store, names=True).people["name"].to_list() == ["Người 1", "Lò Thị ***", "Người 3"]
    assert flow.on_site(store, names=False).people["name"].to_list() == ["Lò Thị ***", "Người ***", "Người ***"]
    assert store.ask("flow/daily", first=MONDAY, last=MONDAY, location=0)["visitor_people"].to_list() == [3]
    upload(store, 2, [(3, 1, at(0, 10), "out")])
    assert flow.on_site(store, names=True).people.height == 2
    assert flow.on_site(store, names=False).people.is_empty(), "two are too few"


def test_who_came_on_a_day(tmp_path: Path):
    store = unit(
        tmp_path,
        [(1, 1, at(0, 8), "in"), (1, 1, at(0, 9), "out"), (4, 2, at(0, 8, 30), "in"), (5, 1, at(0, 10), "out")],
        [(4, 1, at(1, 8), "in")],
    )
    make_staff(store, {1})
    asked = {"day": MONDAY, "skip": 0, "rows": None}
    ask = store.ask("flow/day_people", **asked, location=0, kind="all")
    assert ask.select("person_id", "kind", "location", "in_at", "out_at").rows() == [
        (1, "staff", "Nơi 1", at(0, 8), at(0, 9)),
        (4, "visitor", "Nơi 2", at(0, 8, 30), None),
        (5, "visitor", "Nơi 1", None, at(0, 10)),
    ]
    assert store.ask("flow/day_people", **asked, location=1, kind="visitor")["person_id"].to_list() == [5]
    assert store.ask("flow/day_people", **asked | {"skip": 1, "rows": 2}, location=0, kind="all").equals(ask[1:3])
    for kind in ("all", "visitor"):
        every = store.ask("flow/day_people", **asked, location=0, kind=kind)
        [(stays,)] = store.ask("flow/day_stays", day=MONDAY, location=0, kind=kind).rows()
        assert stays == every.height > 0


def test_staff_are_staff_only_while_on_the_roster(tmp_path: Path):
    store = unit(tmp_path, [(1, 1, at(0, 8), "in")], [(1, 1, at(1, 8), "in")])
    with store.write() as cursor:
        cursor.execute(
            "INSERT INTO roster_row VALUES (90, 1, 1, 'Lái xe', 1, TRUE, NULL, ?, TRUE, NULL, NULL)", [MONDAY]
        )
        rollups.derive(cursor, touch.of_upload(cursor, 90))
    daily = store.ask("flow/daily", first=MONDAY, last=LAST, location=0)
    assert daily["staff_arrivals"].to_list() == [1, 0]
    assert daily["visitor_arrivals"].to_list() == [0, 1]
    assert flow.on_site(store, names=True).people["kind"].to_list() == ["visitor"]


def test_a_new_upload_changes_the_answers(tmp_path: Path):
    store = unit(tmp_path, [(1, 1, at(0, 8), "in")])
    assert flow.on_site(store, names=True).people["person_id"].to_list() == [1]
    upload(store, 2, [(1, 1, at(0, 9), "out")])
    after = flow.on_site(store, names=True)
    assert (after.as_of, after.people.height) == (at(0, 9), 0)


def test_the_hours_that_a_viewer_is_told_follow_an_upload(tmp_path: Path):
    store = unit(tmp_path, [(n, 1, at(0, 8), "in") for n in (1, 2, 3)])
    assert flow_cells.week(store, MONDAY, MONDAY, 0, "all").peak() == (8, 3)
    upload(store, 2, [(4, 1, at(0, 8, 5), "in"), *((n, 1, at(0, 9), "in") for n in (5, 6, 7))])
    week = flow_cells.week(store, MONDAY - timedelta(days=7), MONDAY, 0, "visitor")
    assert (week.hours, week.counts[0], week.peak()) == ((8, 9), (4, 3), (8, 4))
    make_staff(store, {1, 2, 3})
    assert flow_cells.week(store, MONDAY, MONDAY, 0, "staff").peak() == (8, 3), "of a kind, who is of it by now"
    assert flow_cells.week(store, MONDAY, MONDAY, 2, "all").peak() is None


def test_an_empty_store(empty_store: Store):
    today = empty_store.today()
    assert flow.on_site(empty_store, names=True).as_of is None
    assert flow.on_site(empty_store, names=True).people.is_empty()
    assert store_rows(empty_store, "flow/daily", today, location=0).is_empty()
    week = flow.week(store_rows(empty_store, "flow/hourly", today, location=0), "all")
    assert (week.hours, week.peak(), week.busiest()) == ((), None, None)
    spent = flow.spent(store_rows(empty_store, "flow/durations", today, location=0, kind="staff"))
    assert spent == flow.Spent((0,) * len(flow.BUCKETS), 0, None, None)


def store_rows(store: Store, name: str, day: date, **params: object) -> pl.DataFrame:
    return store.ask(name, first=day, last=day, **params)


def test_only_stays_that_began_with_a_scan_in_are_missing_their_end(logged: tuple[Store, list[Scan]]) -> None:
    """One that began with a scan of unknown direction may have been an end."""
    store, scans = logged
    came, newest = {scan[:3] for scan in scans if scan[3] == "in"}, scans[-1][2]
    of_unknown = 0
    for day in (FIRST + timedelta(days=n) for n in range(14)):
        stays = store.cursor().execute(
            "SELECT person_id, location_id, t_in, t_out FROM stay WHERE day = ? AND in_seen AND NOT out_seen", [day]
        ).fetchall()  # fmt: skip
        begun = [stay for stay in stays if stay[:3] in came]
        of_unknown += len(stays) - len(begun)
        unclosed = store.ask("overview/unclosed", day=day, newest=newest)["stays"][0]
        assert unclosed == sum(t_out <= newest for *_, t_out in begun)
        halves = store.ask("compliance/unpaired", day=day, newest=datetime.max).filter(missing="out")
        told = sorted(halves.select("person_id", "scanned_at").rows())
        assert told == sorted((person, t_in) for person, _, t_in, _ in begun if person in STAFF)
        unseen = store.ask("gate/never_out", first=day, last=day, moment=newest, rows=None)
        assert unseen.height == unclosed
        assert store.ask("gate/never_out", first=day, last=day, moment=newest, rows=2).equals(unseen.head(2))
    assert of_unknown


@pytest.mark.parametrize("seed", range(2))
def test_who_comes_again_follows_every_change(tmp_path: Path, seed: int):
    """What is kept of days in memory says what the query says, also after scans, a staff list and an undo."""
    chance = random.Random(seed)
    scans = log(seed)
    store = unit(tmp_path, [scan for scan in scans if chance.random() < 0.5])

    def same() -> pl.DataFrame:
        for _ in range(4):
            first, last = sorted(FIRST + timedelta(days=chance.randrange(-1, 16)) for _ in range(2))
            asked = store.ask("flow/returning", first=first, last=last, location=0)
            assert_frame_equal(comers.by_days(store, first, last, 0), asked)
        return comers.by_days(store, FIRST, LAST, 0)

    before = same()
    upload(store, 2, scans)
    more = same()
    make_staff(store, STAFF)
    fewer = same()
    assert before["stays"].sum() < more["stays"].sum() > fewer["stays"].sum()
    with store.write() as cursor:
        cursor.execute("UPDATE person SET masked = TRUE WHERE person_id = 4")
        changed(cursor, {FIRST + timedelta(days=n) for n in range(14)})
    assert same()["visitors"].sum() == fewer["visitors"].sum() - 1
    assert comers.by_days(store, FIRST - timedelta(days=9), FIRST - timedelta(days=8), 0).is_empty()
