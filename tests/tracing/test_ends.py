"""Every end that was not scanned, as short and as long as it can be: the same as said of each stay by itself."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import tracing
from quetma.store import Store
from quetma.tracing import sensitivity
from tests.conftest import examples
from tests.scenario import Scan, stays_of, unit

DAY = date(2021, 8, 24)
LONG = timedelta(hours=24)


def at(hour: int, minute: int = 0, day: int = 24) -> datetime:
    return datetime(2021, 8, day, hour, minute)


def one_by_one(store: Store, longest: bool, scans: list[Scan], opens: time | None, closes: time | None) -> list[tuple]:
    """location, person, t_in, t_out of every stay."""
    found = []
    for person, place, t_in, t_out, in_seen, out_seen in stays_of(store):
        mine = sorted({moment for who, _, moment, _ in scans if who == person})
        only = t_in if in_seen else t_out  # the scan that there is
        if not out_seen:
            closing = [datetime.combine(only.date(), closes)] if closes and closes > only.time() else []
            t_out = min([only + LONG, *[t for t in mine if t > only][:1], *closing]) if longest else only
        if not in_seen:
            opening = [datetime.combine(only.date(), opens)] if opens and opens < only.time() else []
            t_in = max([only - LONG, *[t for t in mine if t < only][-1:], *opening]) if longest else only
        found.append((place, person, t_in, t_out))
    return sorted(found)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.integers(1, 4),
            st.integers(1, 3),
            st.integers(0, 3 * 96).map(lambda quarter: at(0, day=23) + timedelta(minutes=15 * quarter)),
            st.sampled_from(["in", "out", "in", "out", "unknown"]),
        ),
        unique=True, min_size=3, max_size=20,
    ),
    st.booleans(),
    st.sampled_from([(None, None), (time(7, 30), time(17, 45))]),
)  # fmt: skip
def test_every_missing_end(scans: list[Scan], longest: bool, hours: tuple[time | None, time | None]) -> None:
    with TemporaryDirectory() as folder:
        opens, closes = hours
        store = unit(Path(folder), scans, opens=opens and str(opens), closes=closes and str(closes))
        around = {"first_day": date(2021, 8, 20), "last_day": date(2021, 8, 29)}
        asked = store.ask("tracing/ends", longest=longest, **around)
        rows = asked.select("location_id", "person_id", "t_in", "t_out").rows()
        assert sorted(rows) == one_by_one(store, longest, scans, opens, closes)
        store.close()


@pytest.mark.parametrize(
    ("other", "closes", "longest"),
    [
        pytest.param([(2, 1, at(15), "in"), (2, 1, at(16), "out")], None, 1, id="until the next scan anywhere"),
        pytest.param([(2, 2, at(9), "in"), (2, 2, at(10), "out")], None, 1, id="from the scan before"),
        pytest.param([(2, 1, at(18, 30), "in"), (2, 1, at(19), "out")], "18:00", 0, id="not after closing"),
    ],
)
def test_the_longest_a_case_may_have_stayed(
    tmp_path: Path, other: list[Scan], closes: str | None, longest: int
) -> None:
    """The case came to one place at 8 and was seen leaving another at 17."""
    store = unit(tmp_path, [(1, 1, at(8), "in"), (1, 2, at(17), "out"), *other], closes=closes)
    found = sensitivity.ends(store, tracing.Question((tracing.Case(1, DAY),)))
    assert dict(found.select("ends", "f1").rows())["longest"] == longest
