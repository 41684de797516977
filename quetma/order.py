"""Sorting very many rows by whole numbers and moments: packed into one number a row they sort many times faster.

Rows are packed block by block, small enough for the processor's cache: memory for whole columns in between would cost
more than the sorting.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

BITS = 63  # of a number that is not below zero
SECOND = 1_000_000  # of the microseconds that a moment counts
BLOCK = 1 << 16


class _Packed(NamedTuple):
    """The rows as numbers that sort as they do. columns: of each its least value, its unit, and its bits."""

    numbers: np.ndarray
    columns: list[tuple[int, int, int]]


def by_all(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows sorted by all columns, the first counting most: whole numbers and moments, no nulls."""
    packed = _packed(frame)
    if packed is None:
        return frame.sort(frame.columns)
    packed.numbers.sort()
    return _unpacked(frame, packed.numbers, packed)


def counted(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The distinct rows sorted as `by_all` does, and in the column `name` how many there are of each."""
    packed = _packed(frame)
    if packed is None:
        return frame.group_by(frame.columns).agg(pl.len().cast(pl.Int64).alias(name)).sort(frame.columns)
    numbers = packed.numbers
    numbers.sort()
    begins = np.flatnonzero(np.diff(numbers, prepend=-1))
    count = pl.Series(name, np.diff(begins, append=len(numbers)), pl.Int64)
    return _unpacked(frame, numbers[begins], packed).with_columns(count)


def _unpacked(frame: pl.DataFrame, numbers: np.ndarray, packed: _Packed) -> pl.DataFrame:
    """The rows of `frame` that these numbers were packed from."""
    found, rest = [], numbers
    for column, (low, unit, bits) in zip(reversed(frame.get_columns()), reversed(packed.columns), strict=True):
        part = rest & ((1 << bits) - 1)
        if unit > 1:
            part *= unit
        part += low
        rest >>= bits
        found.append(pl.Series(column.name, part).cast(column.dtype))
    return pl.DataFrame(found[::-1])


def of(frame: pl.DataFrame) -> pl.Series:
    """The indexes of the rows in the order of all columns, equal rows as they stand: what a stable arg_sort says."""
    packed = _packed(frame)
    if packed is None:
        return frame.select(pl.arg_sort_by(frame.columns, maintain_order=True)).to_series()
    numbers, bits = packed.numbers, frame.height.bit_length()
    if bits + sum(column[2] for column in packed.columns) > BITS:
        return pl.Series(np.argsort(numbers, kind="stable").astype(np.uint32))
    for block in _blocks(len(numbers)):
        numbers[block] <<= bits
        numbers[block] |= np.arange(block.start, block.stop)
    numbers.sort()
    rows = np.empty(len(numbers), np.uint32)
    for block in _blocks(len(numbers)):
        rows[block] = numbers[block] & ((1 << bits) - 1)
    return pl.Series(rows)


def _packed(frame: pl.DataFrame) -> _Packed | None:
    """None when the rows do not fit into one number each."""
    told, columns = [_numbers(column) for column in frame.iter_columns()], []
    for values, dtype in zip(told, frame.dtypes, strict=True):
        low, high = (int(values.min()), int(values.max())) if frame.height else (0, 0)
        unit = SECOND if isinstance(dtype, pl.Datetime) and _in_seconds(values, low) else 1
        columns.append((low, unit, ((high - low) // unit).bit_length()))
    if sum(column[2] for column in columns) > BITS:
        return None
    packed = np.zeros(frame.height, np.int64)
    for block in _blocks(frame.height):
        for values, (low, unit, bits) in zip(told, columns, strict=True):
            part = values[block].astype(np.int64)
            part -= low
            if unit > 1:
                part //= unit
            packed[block] <<= bits
            packed[block] |= part
    return _Packed(packed, columns)


def _numbers(column: pl.Series) -> np.ndarray:
    return column.to_physical().to_numpy()


def _in_seconds(values: np.ndarray, low: int) -> bool:
    """Whether all of these are whole seconds from `low`."""
    return not any(((values[block] - low) % SECOND).any() for block in _blocks(len(values)))


def _blocks(height: int) -> Iterator[slice]:
    """All rows, few at a time."""
    return (slice(at, min(at + BLOCK, height)) for at in range(0, height, BLOCK))
