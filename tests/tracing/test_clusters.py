"""Which of several cases met, and which therefore belong together."""

import random
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from quetma import tracing
from quetma.tracing import clusters
from tests.scenario import Scan, stays_of, unit


def test_contacts_join_cases_into_groups(tmp_path: Path):
    def there(who: int, place: int, hour: int) -> list:
        return [(who, place, datetime(2021, 8, 24, hour), "in"), (who, place, datetime(2021, 8, 24, hour, 30), "out")]

    # 1 met 2 at A, 2 met 3 at B; 4 was at A alone; 5 met 1 before the days that count
    early = [
        (who, 1, datetime(2021, 8, 1, 9, minute), way) for who in (1, 5) for minute, way in ((0, "in"), (9, "out"))
    ]
    scans = there(1, 1, 8) + there(2, 1, 8) + there(2, 2, 10) + there(3, 2, 10) + there(4, 1, 15) + early
    store = unit(tmp_path, scans)
    onset = datetime(2021, 8, 24).date()
    found = clusters.clusters(store, tracing.Question(tuple(tracing.Case(who, onset) for who in (4, 3, 2, 1, 5))))
    assert found.groups == ((4,), (3, 2, 1), (5,))
    met = found.met.select("infector_id", "person_id", "minutes").rows()
    assert met == [(1, 2, 30.0), (2, 1, 30.0), (2, 3, 30.0), (3, 2, 30.0)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("hours", [1, 4])
def test_who_was_at_one_place_after_another_equals_a_double_loop(tmp_path: Path, seed: int, hours: int):
    rng = random.Random(seed)
    scans: list[Scan] = []
    for n in range(48):
        at = datetime(2021, 8, rng.randint(22, 25), rng.randint(6, 20), 15 * (n % 4))
        scans.append((rng.randint(1, 4), rng.randint(1, 2), at, rng.choice(("in", "out"))))
    store = unit(tmp_path, scans)
    onset, until = date(2021, 8, 25), datetime(2021, 8, 25, 12)
    cases = (1, 2, 3)
    question = tracing.Question(tuple(tracing.Case(who, onset, until=until, days_before=2) for who in cases))
    found = clusters.clusters(store, question, hours).apart
    since = datetime(2021, 8, 23)
    near = [stay for stay in stays_of(store) if stay[0] in cases and stay[2] < until and stay[3] > since]
    looped = [
        (one[0], other[0], f"Nơi {one[1]}", one[3], other[2], (other[2] - one[3]).total_seconds() / 60)
        for one in near for other in near
        if one[0] != other[0] and one[1] == other[1] and timedelta() <= other[2] - one[3] <= timedelta(hours=hours)
    ]  # fmt: skip
    assert sorted(found.select("first_id", "second_id", "location", "went", "came", "minutes").rows()) == sorted(looped)
    assert found["minutes"].is_sorted()


def test_the_same_place_at_another_time_joins_nobody(tmp_path: Path):
    def there(who: int, hour: int) -> list[Scan]:
        return [(who, 1, datetime(2021, 8, 24, hour), "in"), (who, 1, datetime(2021, 8, 24, hour, 30), "out")]

    store = unit(tmp_path, there(1, 8) + there(2, 10))
    question = tracing.Question(tuple(tracing.Case(who, date(2021, 8, 24)) for who in (1, 2)))
    assert clusters.clusters(store, question, 1).apart.is_empty()
    found = clusters.clusters(store, question, 2)
    assert (found.groups, found.met.height) == (((1,), (2,)), 0)
    assert found.apart.select("first", "second", "minutes").rows() == [("Người 1", "Người 2", 90.0)]
