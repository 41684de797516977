"""Any table as a file: sheets that overflow, cells that are too long or would run, files that break off."""

import zipfile
from datetime import datetime
from pathlib import Path

import fastexcel
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quetma import formulas
from quetma.documents import table
from quetma.documents.table import Column

COLUMNS = [Column("n", "Số"), Column("name", "Tên", 30, {"a": "An"})]


def frames(*sizes: int) -> list[pl.DataFrame]:
    """Frames of those sizes, numbered through."""
    numbers = pl.DataFrame({"n": range(sum(sizes))}, schema={"n": pl.Int64})
    whole = numbers.select(name=pl.format("x{}", "n"), n="n")
    return [whole.slice(sum(sizes[:i]), size) for i, size in enumerate(sizes)]


@pytest.mark.parametrize("sizes", [(10,), (0, 10), (3, 3, 3, 1), (4, 4), (5, 0, 5), (1,) * 9, (0,), (4,), (25, 1)])
def test_what_one_sheet_cannot_hold_goes_on_to_the_next(tmp_path, monkeypatch, sizes: tuple[int, ...]):
    monkeypatch.setattr(table, "SHEET_ROWS", 4)
    total = sum(sizes)
    table.write(tmp_path / "a.xlsx", "xlsx", frames(*sizes), COLUMNS, "Câu", total)
    book = fastexcel.read_excel(tmp_path / "a.xlsx")
    got = []
    for name in book.sheet_names:
        rows = book.load_sheet(name, header_row=None, dtypes="string").to_polars().rows()
        assert (rows[0][0], rows[2]) == ("Câu", ("Số", "Tên"))
        got.append([row[1] for row in rows[3:]])
    assert got == [[f"x{n}" for n in range(start, min(start + 4, total))] for start in range(0, max(total, 1), 4)]


def test_days_and_codes_are_written_for_people(tmp_path: Path):
    at = datetime(2021, 8, 24, 7, 5)
    frame = pl.DataFrame({"day": [at.date()], "at": [at], "who": ["a"], "share": [0.5]})
    columns = [Column("day", "Ngày"), Column("at", "Lúc"), Column("who", "Ai", words={"a": "An"})]
    columns.append(Column("share", "Phần"))
    table.write(tmp_path / "a.csv", "csv", [frame], columns, "Câu", 1)
    text = (tmp_path / "a.csv").read_bytes().decode()
    assert text == "\ufeffCâu\r\nNgày,Lúc,Ai,Phần\r\n24/08/2021,24/08/2021 07:05:00,An,0.5\r\n"
    table.write(tmp_path / "a.xlsx", "xlsx", [frame], columns, "Câu", 1)
    book = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0, header_row=2).to_polars()
    assert book.rows() == [(datetime(2021, 8, 24), datetime(2021, 8, 24, 7, 5), "An", 0.5)]
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        styles = archive.read("xl/styles.xml").decode()
    assert 'formatCode="dd/mm/yyyy"' in styles and 'formatCode="dd/mm/yyyy hh:mm:ss"' in styles


def test_a_cell_longer_than_excel_holds_is_cut_not_refused(tmp_path: Path):
    frame = pl.DataFrame({"n": [1], "name": ["đ" * 40_000]})
    table.write(tmp_path / "a.xlsx", "xlsx", [frame], COLUMNS, "Câu", 1)
    assert fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0, header_row=2).to_polars()["Tên"][0] == "đ" * 32_767


@pytest.mark.parametrize("text", ["=1+1", "+84912345678", "-1", "@SUM(A1)", "\t=1", "http://x.vn", "0012"])
def test_every_text_is_a_text_in_a_workbook(tmp_path: Path, text: str):
    table.write(tmp_path / "a.xlsx", "xlsx", [pl.DataFrame({"n": [1], "name": [text]})], COLUMNS, f"={text}", 1)
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<hyperlink" not in sheet
    rows = fastexcel.read_excel(tmp_path / "a.xlsx").load_sheet(0, header_row=None, dtypes="string").to_polars().rows()
    assert (rows[0][0], rows[3][1]) == (f"={text}", text)


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "parquet"])
def test_a_file_that_breaks_off_leaves_the_old_one_and_nothing_else(tmp_path: Path, fmt: str):
    def breaking():
        yield from frames(2)
        raise RuntimeError("the disk is full")

    path = tmp_path / f"a.{fmt}"
    path.write_text("the old one")
    with pytest.raises(RuntimeError, match="the disk is full"):
        table.write(path, fmt, breaking(), COLUMNS, "Câu", 4)
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {path.name: "the old one"}


def test_an_unknown_format_is_refused(tmp_path: Path):
    with pytest.raises(ValueError, match=r"^There is no format 'pdf': it is one of csv, xlsx, parquet\.$"):
        table.write(tmp_path / "a.pdf", "pdf", frames(1), COLUMNS, "Câu", 1)
    assert not list(tmp_path.iterdir())


# Formulas ------------------------------------------------------------------------------------------------------------


def done(text: str, change) -> str:
    return pl.select(change(pl.lit(text)).alias("x"))["x"][0]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("=1+1", "'=1+1"), ("+84912", "'+84912"), ("-1", "'-1"), ("@x", "'@x"),
        ("\tx", "'\tx"), ("\rx", "'\rx"), ("\nx", "'\nx"),
        ("＝1", "'＝1"), ("＠x", "'＠x"), ("  =1", "  '=1"), ("a;=1", "a;'=1"), ("a\t=1", "a\t'=1"), ("\r=1", "'\r'=1"),
        ("a\n-1", "a\n'-1"),
        ("Họp - giao ban", "Họp - giao ban"), ("a=1", "a=1"), ("x@y.vn", "x@y.vn"), ("Hà, +1", "Hà, +1"),
        ("", ""), ("'a", "'a"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_would_run_is_marked_as_text(text: str, marked: str):
    assert done(text, formulas.mark) == marked
    assert done(marked, formulas.unmark) == text


@given(st.lists(st.text(st.sampled_from("=+-@＝＋－＠;,\t\r\n aÁ1"), max_size=3), max_size=3))
def test_a_frame_is_marked_as_its_cells_are(texts: list[str]):
    frame = pl.DataFrame({"a": texts, "b": ["x"] * len(texts)}, schema={"a": pl.String, "b": pl.String})
    assert formulas.marked(frame)["a"].to_list() == [done(text, formulas.mark) for text in texts]


@given(st.text(st.sampled_from("=+-@＝＋－＠;,\t\r\n aÁ1\"'")))
@example(";=")
@example("\t\t=")
def test_no_marked_cell_begins_a_formula_at_any_separator(text: str):
    marked = done(text, formulas.mark)
    for separator in ";\t\r\n":
        for cell in marked.split(separator):
            assert not cell.strip(" ").startswith(tuple("=+-@＝＋－＠")), repr(marked)


@given(st.text(st.sampled_from('=+-@＝＋－＠;,\t\r\n aÁ1"')))
def test_unmarking_gives_back_what_was_marked(text: str):
    assert done(done(text, formulas.mark), formulas.unmark) == text
