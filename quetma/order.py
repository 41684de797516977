"""Sorting very many rows by whole numbers and moments: packed into one number a row they sort many times faster."""

from typing import NamedTuple

import numpy as np
import polars as pl

BITS = 63  # of a number that is not below zero
SECOND = 1_000_000  # of the microseconds that a moment counts


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
    numbers <<= bits
    numbers |= np.arange(len(numbers))
    numbers.sort()
    numbers &= (1 << bits) - 1
    return pl.Series(numbers.astype(np.uint32))


def _packed(frame: pl.DataFrame) -> _Packed | None:
    """None when the rows do not fit into one number each."""
    packed, columns = np.zeros(frame.height, np.int64), []
    for column in frame.iter_columns() if frame.height else ():
        numbers = column.to_physical().to_numpy()
        low, unit = int(numbers.min()), 1
        numbers = numbers.astype(np.int64)
        numbers -= low
        if isinstance(column.dtype, pl.Datetime):
            seconds = numbers // SECOND
            if (seconds * SECOND == numbers).all():
                numbers, unit = seconds, SECOND
        columns.append((low, unit, int(numbers.max()).bit_length()))
        if sum(column[2] for column in columns) > BITS:
            return None
        packed <<= columns[-1][2]
        packed |= numbers
    return _Packed(packed, columns or [(0, 1, 0)] * frame.width)
