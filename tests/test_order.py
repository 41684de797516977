"""Packed sorting says what plain sorting says."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quetma import order
from tests.conftest import examples

FIRST = datetime(2021, 8, 23)
SMALL, LARGE = st.integers(0, 3), st.sampled_from([-(2**62), -5, 0, 7, 2**62])
SECONDS = st.integers(0, 3).map(lambda n: FIRST + timedelta(seconds=n))
FINER = st.integers(0, 3).map(lambda n: FIRST + timedelta(microseconds=n * 400_000))


@settings(deadline=None, max_examples=examples(60))
@given(st.data(), st.sampled_from([SMALL, LARGE]), st.sampled_from([SECONDS, FINER]), st.integers(0, 40))
def test_as_plain_sorting(data: st.DataObject, numbers: st.SearchStrategy, moments: st.SearchStrategy, height: int):
    rows = data.draw(st.lists(st.tuples(numbers, moments, SMALL), min_size=height, max_size=height))
    schema = {"number": pl.Int64, "at": pl.Datetime("us"), "small": pl.UInt8}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    assert order.by_all(frame).equals(frame.sort(frame.columns))
    counted = frame.group_by(frame.columns).agg(rows=pl.len().cast(pl.Int64)).sort(frame.columns)
    assert order.counted(frame, "rows").equals(counted)
    keys = frame.select("number", "at")
    expected = frame.with_row_index("row").sort("number", "at", "row")["row"]
    assert order.of(keys).to_list() == expected.to_list()


@pytest.mark.parametrize("high", [2**20, 2**50, 2**62])
def test_many_rows_with_however_large_numbers(high: int) -> None:
    """Packed with the row's index, without it, or not at all."""
    rows = pl.int_range(20_000, eager=True)
    frame = pl.DataFrame({"key": rows * 7919 % 1_000 + (rows == 5).cast(pl.Int64) * high, "more": rows % 3})
    assert order.of(frame).to_list() == frame.with_row_index("row").sort("key", "more", "row")["row"].to_list()
    assert order.by_all(frame).equals(frame.sort("key", "more"))
    assert order.counted(frame, "rows").equals(
        frame.group_by("key", "more").agg(rows=pl.len().cast(pl.Int64)).sort("key", "more")
    )
