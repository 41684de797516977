"""Staff on duty where a case stayed, without a scan that day: listed for the days on which the case was there."""

from datetime import date, datetime
from pathlib import Path

import pytest

from quetma import tracing
from quetma.store import Store
from tests.scenario import Scan, unit

CASE, STAFF, HERE, ELSEWHERE = 1, 2, 1, 2
DAY = date(2021, 8, 24)


def at(day: int, hour: int) -> datetime:
    return datetime(2021, 8, day, hour)


def duty(store: Store, place: int, *days: int) -> None:
    """The staff member was on duty there on these days of August, and did not scan."""
    with store.write() as cursor:
        for day in days:
            cursor.execute(
                "INSERT INTO duty_day VALUES (?, ?, ?, 'x', NULL, FALSE, NULL, FALSE)",
                [date(2021, 8, day), STAFF, place],
            )


@pytest.mark.parametrize(
    ("stay", "case", "days"),
    [
        pytest.param((at(24, 9), at(24, 10)), {}, [24], id="the day of the stay"),
        pytest.param((at(24, 22), at(25, 6)), {}, [24, 25], id="a night has two days"),
        pytest.param((at(24, 22), at(25, 6)), {"until": at(25, 0)}, [24], id="not after the window"),
        pytest.param((at(24, 20), at(25, 0)), {}, [24], id="midnight is no time of the next day"),
        pytest.param((at(20, 22), at(21, 6)), {"days_before": 3}, [21], id="not before the window"),
    ],
)
def test_days(tmp_path: Path, stay: tuple[datetime, datetime], case: dict, days: list[int]) -> None:
    scans: list[Scan] = [(CASE, HERE, stay[0], "in"), (CASE, HERE, stay[1], "out")]
    store = unit(tmp_path, [*scans, (STAFF, ELSEWHERE, at(28, 9), "in")])  # so that there is such a person
    duty(store, HERE, 20, 21, 24, 25)
    duty(store, ELSEWHERE, 24)
    answer = tracing.trace(store, tracing.Question((tracing.Case(CASE, DAY, **case),)))
    assert answer.unscanned.select("person_id", "day").rows() == [(STAFF, date(2021, 8, day)) for day in days]
    assert answer.counts["possible"] == 1


def test_who_is_an_f1_is_not_possible_too(tmp_path: Path) -> None:
    scans = [(CASE, HERE, at(24, 23), "in"), (CASE, HERE, at(25, 5), "out"), (STAFF, HERE, at(24, 22), "in")]
    store = unit(tmp_path, scans)
    duty(store, HERE, 25)
    answer = tracing.trace(store, tracing.Question((tracing.Case(CASE, DAY),)))
    assert (answer.f1["person_id"].to_list(), answer.unscanned.height) == ([STAFF], 0)
