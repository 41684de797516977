"""Stays and claims lie in order, or are put in order, and stay what they are."""

from datetime import date

from quetma import clustering
from quetma.store import Store

STAYS = """
    INSERT INTO stay
    SELECT DATE '2021-08-02' + $day, 1, n, TIMESTAMP '2021-08-02 08:00:00' + TO_DAYS($day) + TO_SECONDS(n),
           TIMESTAMP '2021-08-02 17:00:00' + TO_DAYS($day), TRUE, TRUE
    FROM RANGE($stays) t(n)
"""


def days_as_they_lie(store: Store) -> list[date]:
    """The days of which there are stays, in the order in which they lie; one twice that lies at two places."""
    found = [day for (day,) in store.cursor().execute("SELECT day FROM stay ORDER BY rowid").fetchall()]
    return [day for day, before in zip(found, [None, *found], strict=False) if day != before]


def test_late_days_are_put_where_they_belong(empty_store: Store) -> None:
    with empty_store.write() as cursor:
        for day, stays in ((0, 50), (9, 125_000), (4, 60)):
            cursor.execute(STAYS, {"day": day, "stays": stays})
    assert [day.day for day in days_as_they_lie(empty_store)] == [2, 11, 6]
    before = empty_store.cursor().execute("SELECT COUNT(*), SUM(HASH(s)) FROM stay s").fetchall()
    assert clustering.stays(empty_store) == 0  # of so few it does not matter
    assert clustering.stays(empty_store, most=0.5, fewest=1) == 0  # nor when nearly all are in order
    assert clustering.stays(empty_store, most=0.0, fewest=1) == 125_060  # those of before lie as they should
    assert [day.day for day in days_as_they_lie(empty_store)] == [2, 6, 11]
    assert empty_store.cursor().execute("SELECT COUNT(*), SUM(HASH(s)) FROM stay s").fetchall() == before
    assert clustering.stays(empty_store, most=0.0, fewest=1) == 0


def test_what_uploads_call_people_is_put_in_the_order_of_people(empty_store: Store) -> None:
    with empty_store.write() as cursor:
        for batch in (1, 2):
            cursor.execute(
                "INSERT INTO person_claim SELECT $batch, n, 'Lò Văn ' || n, NULL FROM RANGE(1, 150_001) t(n)",
                {"batch": batch},
            )
    told = "SELECT COUNT(*), SUM(HASH(c)) FROM person_claim c"
    before = empty_store.cursor().execute(told).fetchall()
    assert clustering.claims(empty_store) == 0  # of so few it does not matter
    assert clustering.claims(empty_store, most=0.9, fewest=1) == 0  # nor when few are elsewhere
    assert clustering.claims(empty_store, fewest=1) == 300_000
    lie = empty_store.cursor().execute("SELECT person_id, batch_id FROM person_claim ORDER BY rowid").fetchall()
    assert lie == sorted(lie)
    assert empty_store.cursor().execute(told).fetchall() == before
    assert clustering.claims(empty_store, most=0.0, fewest=1) == 0
