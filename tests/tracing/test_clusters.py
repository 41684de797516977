"""Which of several cases met, and which therefore belong together."""

from datetime import datetime
from pathlib import Path

from quetma import tracing
from quetma.tracing import clusters
from tests.scenario import unit


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
