"""Backwards: against a plain double loop over the stays."""

from datetime import date, datetime, timedelta

from quetma import directory, tracing
from quetma.store import Store
from quetma.tracing import origin

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
