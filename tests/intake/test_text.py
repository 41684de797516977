"""Text files are split the quick way; the slow and plain way gives the same rows."""

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quetma.intake.text import Head, Piece, TextSource, _record, lines_of, tidied, trimmed, utf8
from tests.conftest import examples

PIECES = st.sampled_from(
    ["a", "Lò Thị Ế", "0912", '"', '""', '"a"', '"a,b"', ",", ",", ",", ";", "\n", "\n", "\r\n", " ", "\t",
     '"x\ny"', '"x""y"', "\x01", "\ufffd", "\u2028", "x" * 30]
)  # fmt: skip


def slowly(lines: list[str], header: Head, separator: str) -> list[tuple]:
    """The rows of `TextSource.pieces` before tidying, one record at a time: line, raw, bad, cells."""
    width = len(trimmed(header.cells))
    rows, at = [], header.below
    while at < len(lines):
        line, first = lines[at], at
        if '"' in line:
            cells, count = _record(lines, at, separator, width)
        else:
            cells, count = line.split(separator), 1
            if not line.strip(f"{separator} "):
                cells = cells[:width]
            while len(cells) > width and not cells[-1].strip(" "):
                cells.pop()
        at += count
        bad = "bad_quote" if cells is None else "bad_row" if len(cells) != width else None
        cells = [cell or None for cell in [*(cells or []), *[None] * width][:width]]
        rows.append((first + 1, "\n".join(lines[first:at]), bad, *cells))
    return rows


def said(rows: list[tuple]) -> list[tuple]:
    """Rows that say something, cells stripped; `'=1` is `=1` again."""
    kept = []
    for line, raw, bad, *cells in rows:
        if any(c < "\t" or "\r" < c < " " or c == "\ufffd" for c in raw):
            bad = "bad_text"
        cells = [(cell or "").strip() or None for cell in cells]
        if any(cells) or (bad and raw.strip(' \t\n,;|"\u2028')):
            kept.append((line, raw, bad, *cells))
    return kept


def whole(piece: Piece) -> pl.DataFrame:
    """The rows of a piece, cells tidied: line, raw, bad, cells."""
    cells = [tidied(column) for column in piece.frame.drop("line", "bad").iter_columns()]
    return piece.frame.select("line", piece.raw(), "bad", *cells)


@settings(deadline=None, max_examples=examples(200))
@given(st.lists(PIECES, max_size=60).map("".join), st.integers(1, 4), st.sampled_from(",;"))
@example('1,"",3\n"1",2,"3"\n"a,b",2,3\n"1,2\n3",4,5\n', 3, ",")
@example('1,"2\n"3",4,5\n1,"2\n', 3, ",")
@example('"1",2,3,,\n1,2,3, ,\n,,,,\n\n"",,\n', 3, ",")
def test_every_line_is_split_as_one_by_one(text: str, width: int, separator: str) -> None:
    header = Head([f"h{i}" for i in range(width)], 1)
    content = utf8((separator.join(header.cells) + "\n" + text).encode())
    lines = lines_of(content).to_list()
    with pytest.MonkeyPatch.context() as patch:
        for size, longest in ((1, 2), (50, 3), (1, 20)):  # with shorter records there are more places to cut at
            patch.setattr("quetma.intake.text.PIECE_BYTES", size)
            patch.setattr("quetma.intake.text.RECORD_LINES", longest)
            patch.setattr("quetma.intake.text.CUT_LINES", longest + 1)
            rows = said(slowly(lines, header, separator))
            pieces = [piece() for piece in TextSource(content, separator).pieces(header)]
            assert [row for piece in pieces for row in whole(piece).rows()] == rows
