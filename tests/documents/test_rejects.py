"""Rejected rows as a file: in the shape of the one they came in, safe to open, and read again when it comes back."""

import csv
from pathlib import Path

import fastexcel
import pytest

from quetma import intake
from quetma.documents import rejects
from quetma.intake import IntakeError, mend
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import xlsx

LOG = (
    "Họ tên;SĐT;Thời gian;Địa điểm;Địa điểm;\n"
    "Lò Văn A;0912000001;24/08/2021 08:10;Mai Sơn;x;\n"
    "Lò Văn B;09120;24/08/2021 08:11;Mai Sơn;x;y\n"
    "=HYPERLINK(1);0912000004;hôm qua;Mai Sơn;x;y;z\n"
    "Tổng cộng: 3\n"
)
TITLE = "Các dòng không nhận của lần nạp 1, a.csv: 2. Sửa ngay trong tệp này rồi nạp lại."
WHY = "Số cột của dòng khác với số cột của dòng tiêu đề"
OWN = ["Ô thừa sau cột cuối", "Vì sao không nhận", "Sửa dòng không nhận"]
ROWS = [
    ["Họ tên", "SĐT", "Thời gian", "Địa điểm", "Địa điểm (2)", "Cột 6", *OWN],
    ["Lò Văn B", "09120", "24/08/2021 08:11", "Mai Sơn", "x", "y", "", WHY, "lần nạp 1, dòng 3"],
    ["=HYPERLINK(1)", "0912000004", "hôm qua", "Mai Sơn", "x", "y", "z", WHY, "lần nạp 1, dòng 4"],
]


def written(store: Store, path: Path, language: str = "vi") -> str:
    of = mend.shape(store, 1)
    assert of
    return rejects.write(store, of, path.suffix[1:], path, language)


def loaded(store: Store) -> None:
    intake.load(store, prepare(store, "a.csv", LOG.encode()), "An")


@pytest.fixture
def unit(filled) -> Store:
    return filled(loaded)


def test_csv_holds_the_rows_that_can_be_mended(unit: Store, tmp_path: Path):
    path = tmp_path / "a.csv"
    assert written(unit, path) == TITLE
    lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert lines[0] == [TITLE]
    assert [[cell.removeprefix("'") for cell in line] for line in lines[1:]] == ROWS
    assert lines[3][0] == "'=HYPERLINK(1)", "no spreadsheet may run it"


def test_xlsx_holds_the_same_as_text(unit: Store, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    assert written(unit, path) == TITLE
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=2, dtypes="string").to_polars()
    assert [[cell or "" for cell in row] for row in sheet.iter_rows()] == ROWS


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_file_comes_back_mended(unit: Store, tmp_path: Path, fmt: str, language: str):
    path = tmp_path / f"a.{fmt}"
    written(unit, path, language)
    with pytest.raises(IntakeError, match="No row could be read"):  # as it was sent: it would be the same rows again
        prepare(unit, path.name, path.read_bytes())
    if fmt == "csv":
        path.write_text(path.read_text("utf-8-sig").replace("09120,", "0912000002,"), "utf-8")
    else:
        sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, dtypes="string").to_polars()
        cells = [["0912000002" if cell == "09120" else cell for cell in row] for row in sheet.iter_rows()]
        path.write_bytes(xlsx({"Sheet1": cells}))
    batch = intake.load(unit, prepare(unit, path.name, path.read_bytes()), "An")
    assert (batch.rows, batch.accepted, batch.rejected) == (2, 1, 1)
    found = unit.ask("intake/rejects", batch=1, open_only=False, page_size=9, page_start=0)
    assert found.select("line", "mended_by").rows() == [(3, 2), (4, None), (5, None)]
    assert "total_row" not in batch.rejects["reason"].to_list()


def test_many_rows_are_written_page_by_page(unit: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mend, "PAGE", 1)
    path = tmp_path / "a.csv"
    written(unit, path)
    lines = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert [line[-1] for line in lines[2:]] == [row[-1] for row in ROWS[1:]]
