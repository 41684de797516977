"""The scan history as a file: the same rows in every format, the filter's sentence in each, and nothing that runs."""

import csv
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow.parquet as pq
import pytest

from quetma import intake
from quetma.documents import TABLES, history
from quetma.history import Filter
from quetma.store import Store
from tests import history_unit, scenario
from tests.intake import prepare

AUGUST = Filter(date(2021, 8, 1), date(2021, 8, 31))
SENTENCE = "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021: 11 lượt"
CSV = """\
\ufeffLịch sử quét mã từ 01/08/2021 đến 31/08/2021: 11 lượt
Họ và tên,Số điện thoại,Năm sinh,Cán bộ hay khách,Địa điểm,Thời gian quét,Vào/Ra,Mục đích,Lần nạp,Tệp,Dòng
,0356789***,,Khách,Trụ sở Mai Sơn,26/08/2021 12:00:00,Vào,,2,qr.csv,12
,0356789012,,Khách,Trụ sở Mai Sơn,26/08/2021 11:00:00,Vào,,2,qr.csv,11
'@Smith,'+12025550123,,Khách,'=Chợ Mai Sơn,26/08/2021 10:00:00,Ra,,2,qr.csv,10
Cà Văn An,,1985,Khách,Trụ sở Mai Sơn,26/08/2021 09:40:00,,,2,qr.csv,9
Cà Văn An,,1990,Khách,Trụ sở Mai Sơn,26/08/2021 09:30:00,,,2,qr.csv,8
Nguyễn Văn ***,0912345***,,Khách,Trụ sở Mai Sơn,26/08/2021 09:00:00,Vào,,2,qr.csv,7
Lò Thị Hoà,0912000002,,Khách,Trụ sở Yên Châu,26/08/2021 09:00:00,Vào,,2,qr.csv,6
Lò Thị Hoà,0912000002,,Cán bộ,Trụ sở Yên Châu,25/08/2021 07:45:00,Vào,'-1,2,qr.csv,5
Hà Minh Tôn,0912000001,1975,Cán bộ,Trụ sở Mai Sơn,24/08/2021 17:02:00,Ra,,2,qr.csv,4
"'=HYPERLINK(""http://x.vn"";""bấm"")",0987654321,,Khách,Trụ sở Mai Sơn,24/08/2021 08:00:00,Vào,Nộp hồ sơ; '=1+1,2,qr.csv,3
Hà Minh Tôn,0912000001,1975,Cán bộ,Trụ sở Mai Sơn,24/08/2021 07:31:05,Vào,,2,qr.csv,2
""".replace("\n", "\r\n")  # noqa: E501


@pytest.fixture
def unit(filled) -> Store:
    return filled(history_unit.fill)


def plain(rows: list[list[str]]) -> list[list[str]]:
    """Cells of the CSV as they were before they were marked as text."""
    marked = {"'@": "@", "'+": "+", "'=": "=", "'-": "-"}
    return [[marked.get(c[:2], c[:2]) + c[2:] for c in (cell.replace("; '=", "; =") for cell in row)] for row in rows]


ROWS = plain(list(csv.reader(CSV.splitlines()))[2:])


def test_csv_is_exactly_this(unit: Store, tmp_path: Path):
    path = tmp_path / "a.csv"
    assert history.write(unit, AUGUST, "csv", path, "vi") == SENTENCE
    assert path.read_bytes().decode() == CSV


def test_xlsx_holds_the_same_with_real_times_and_no_formula(unit: Store, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    assert history.write(unit, AUGUST, "xlsx", path, "vi") == SENTENCE
    book = fastexcel.read_excel(path)
    assert book.sheet_names == ["Sheet1"]
    top = book.load_sheet(0, header_row=None, dtypes="string", n_rows=3, column_names=[f"c{n}" for n in range(11)])
    assert top.to_polars().rows()[0] == (SENTENCE, *[None] * 10)
    table = book.load_sheet(0, header_row=2).to_polars()
    headings = list(csv.reader(CSV.splitlines()))[1]
    assert table.columns == headings
    assert table["Thời gian quét"].dtype.is_temporal()
    shown = table.with_columns(pl.col("Thời gian quét").dt.strftime("%d/%m/%Y %H:%M:%S"), pl.col(pl.Float64).cast(int))
    assert [["" if cell is None else str(cell) for cell in row] for row in shown.iter_rows()] == ROWS
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet.lower().replace("=hyperlink", "")
    assert "<v>44432.313252314" in sheet  # 24/08/2021 07:31:05 as a number


def test_parquet_holds_the_values_as_stored_and_the_sentence(unit: Store, tmp_path: Path):
    path = tmp_path / "a.parquet"
    assert history.write(unit, AUGUST, "parquet", path, "vi") == SENTENCE
    assert pq.read_schema(path).metadata[b"title"].decode() == SENTENCE
    table = pl.read_parquet(path)
    shown = AUGUST.page(unit, 1, 50)
    nameless = shown.with_columns(name=pl.when(pl.col("name") != pl.col("phone")).then("name"))
    assert table.rows() == nameless.select(table.columns).rows()
    assert table.schema["scanned_at"] == pl.Datetime("us")
    assert table.row(2, named=True) == {
        "name": "@Smith", "phone": "+12025550123", "birth_year": None, "kind": "visitor", "location": "=Chợ Mai Sơn",
        "scanned_at": datetime(2021, 8, 26, 10), "direction": "out", "purpose": None, "batch_id": 2,
        "file_name": "qr.csv", "line": 10,
    }  # fmt: skip


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_an_export_uploaded_again_is_all_duplicates(unit: Store, tmp_path: Path, fmt: str, language: str):
    path = tmp_path / f"a.{fmt}"
    history.write(unit, AUGUST, fmt, path, language)
    again = intake.load(unit, prepare(unit, path.name, path.read_bytes()), "test").json()
    counts = {name: again[name] for name in ("kind", "rows", "accepted", "duplicates", "rejected")}
    assert counts == {"kind": "scans", "rows": 11, "accepted": 0, "duplicates": 11, "rejected": 0}


@pytest.mark.parametrize("fmt", TABLES)
def test_nothing_to_export_gives_a_file_that_says_so(unit: Store, tmp_path: Path, fmt: str):
    path = tmp_path / f"a.{fmt}"
    sentence = history.write(unit, Filter(date(2020, 1, 1), date(2020, 1, 2)), fmt, path, "vi")
    assert sentence == "Lịch sử quét mã từ 01/01/2020 đến 02/01/2020: 0 lượt"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [path.name]
    if fmt == "csv":
        assert len(path.read_text("utf-8-sig").splitlines()) == 2
    elif fmt == "xlsx":
        assert fastexcel.read_excel(path).load_sheet(0, header_row=2).to_polars().is_empty()
    else:
        assert pl.read_parquet(path).is_empty()
        assert pq.read_schema(path).metadata[b"title"].decode() == sentence


@pytest.mark.parametrize("fmt", TABLES)
def test_a_large_export_in_parts_is_whole_and_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fmt: str):
    for asked, rows in (("ASKED_ROWS", "FRAME_ROWS"), ("CSV_ASKED_ROWS", "CSV_ROWS")):
        monkeypatch.setattr(history, asked, 70)
        monkeypatch.setattr(history, rows, 7)
    start = datetime(2021, 8, 1)
    scans = [(n % 5 + 1, 1, start + timedelta(minutes=53 * n), "in") for n in range(300)]
    store = scenario.unit(tmp_path / "store", scans)
    path = tmp_path / f"a.{fmt}"
    history.write(store, AUGUST, fmt, path, "en")
    store.close()
    if fmt == "csv":
        lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
        got = [datetime.strptime(line[5], "%d/%m/%Y %H:%M:%S") for line in lines[2:]]
    elif fmt == "xlsx":
        got = fastexcel.read_excel(path).load_sheet(0, header_row=2).to_polars()["Scanned at"].to_list()
    else:
        got = pl.read_parquet(path)["scanned_at"].to_list()
    assert got == [at for _, _, at, _ in reversed(scans)]


def test_what_is_asked_for_at_a_time_is_cut_by_how_many_scans_days_have():
    d = [date(2021, 8, n) for n in range(1, 9)]
    days = [(d[7], 4), (d[6], 6), (d[4], 1), (d[3], 25), (d[1], 5), (d[0], 5)]
    assert history._parts(days, 10) == [(d[6], d[7]), (d[4], d[4]), (d[3], d[3]), (d[0], d[1])]
    assert history._parts([], 10) == []


def test_how_far_it_is_is_told_and_what_that_raises_breaks_it_off(unit: Store, tmp_path: Path):
    told: list[int] = []
    history.write(unit, AUGUST, "xlsx", tmp_path / "a.xlsx", "vi", told.append)
    assert told[-1] == 11

    def stop(rows: int) -> None:
        raise InterruptedError

    for fmt in TABLES:
        with pytest.raises(InterruptedError):
            history.write(unit, AUGUST, fmt, tmp_path / f"b.{fmt}", "vi", stop)
    assert not list(tmp_path.glob("b*"))
