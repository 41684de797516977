"""Backwards: against a plain double loop over the stays."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from quetma import directory, tracing
from quetma.store import Store
from quetma.tracing import origin
from tests.scenario import Scan, unit

ONSET = date(2021, 8, 24)


def looped(store: Store, person: int, days: int, min_minutes: int) -> dict[int, float]:
    """Minutes shared with everybody in the days before the onset."""
    stays = store.cursor().execute("SELECT person_id, location_id, t_in, t_out FROM stay").fetchall()
    end = datetime(ONSET.year, ONSET.month, ONSET.day)
    begin = end - timedelta(days=days)
    shared: dict[int, float] = {}
    for _, place, t_in, t_out in (stay for stay in stays if stay[0] == person):
        for other, where, from_, to in stays:
            if other == person or where != place:
                continue
            a, b = max(t_in, begin, from_), min(t_out, end, to)
            if a < b and b - a >= timedelta(minutes=min_minutes):
                shared[other] = shared.get(other, 0) + (b - a).total_seconds() / 60
    return shared


def test_backwards_equals_a_double_loop(demo_store: Store):
    first = directory.find(demo_store, "Cầm Văn Thành")["person_id"][0]
    people = [first, max((total, other) for other, total in looped(demo_store, first, 14, 0).items())[1]]
    cases = tuple(tracing.Case(person, ONSET, until=datetime(2021, 8, 30)) for person in people)
    for days, minutes in ((14, 0), (3, 20)):
        found = origin.backwards(demo_store, tracing.Question(cases, min_minutes=minutes, linger=30), days)
        for person in people:
            rows = found.filter(found["case_id"] == person)
            assert {row["person_id"]: round(row["minutes"], 3) for row in rows.iter_rows(named=True)} == {
                other: round(total, 3) for other, total in looped(demo_store, person, days, minutes).items()
            }
            assert rows["minutes"].is_sorted(descending=True)
        # these two met: each is among those the other may have it from
        assert set(people) <= set(found["person_id"])


def test_how_far_back_follows_from_the_rule_of_each_case(tmp_path: Path):
    """14 days under the rule of 2021, 10 under that of 2022."""
    scans: list[Scan] = []
    for case, onset in ((1, date(2021, 8, 24)), (2, date(2022, 3, 24))):
        for ago in (9, 11, 14, 15):
            day = datetime.combine(onset, time(8)) - timedelta(days=ago)
            other = 100 * case + ago
            for minute, way in ((0, "in"), (9, "out")):
                scans += [(who, 1, day + timedelta(minutes=minute), way) for who in (case, other)]
    store = unit(tmp_path, scans)
    cases = (tracing.Case(1, date(2021, 8, 24)), tracing.Case(2, date(2022, 3, 24)))
    found = origin.backwards(store, tracing.Question(cases))
    assert sorted(found["person_id"]) == [109, 111, 114, 209]
    assert sorted(origin.backwards(store, tracing.Question(cases), 11)["person_id"]) == [109, 111, 209, 211]
    assert {rule.id for rule in tracing.rules()} == {rule.id for rule in tracing.rules() if tracing.incubation(rule.id)}
