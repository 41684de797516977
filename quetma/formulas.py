"""Cells that a spreadsheet would take for a formula: marked as text in every CSV that leaves, unmarked when they come in.

An apostrophe is put before `=`, `+`, `-`, `@` (also full-width), a tab or a line break: at the beginning of a cell, and
after what a spreadsheet set to other separators takes for the end of one.
"""

import polars as pl

_BEGINNING = r"(^|[;\t\r\n])"
_FORMULA = r"([\t\r\n]|\s*[=+\-@＝＋－＠])"


def mark(text: pl.Expr) -> pl.Expr:
    """`=1+1` → `'=1+1`."""
    return text.str.replace_all(_BEGINNING + _FORMULA, "${1}'${2}")


def unmark(text: pl.Expr) -> pl.Expr:
    """`'=1+1` → `=1+1`."""
    return text.str.replace_all(f"{_BEGINNING}'{_FORMULA}", "${1}${2}")
