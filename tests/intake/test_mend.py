"""Mending rejected rows: as cells, as a file of the same shape, and what is known of them when it comes back."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from quetma import intake
from quetma.documents import rejects as rejects_file
from quetma.intake import mend
from quetma.intake.columns import own_columns
from quetma.intake.undo import undo, would_undo
from quetma.language import LANGUAGES, translator
from quetma.store import Store
from tests.intake import prepare

t = translator("vi")
HEADER = "Họ tên;SĐT;Thời gian;Địa điểm;Vào/Ra\n"
LOG = (
    HEADER
    + "Lò Văn A;0912000001;24/08/2021 08:10;Mai Sơn;Vào\n"
    + "Lò Văn B;09120;24/08/2021 08:11;Mai Sơn;Vào\n"
    + '"Lò; C";0912000003;hôm qua;Mai Sơn;Ra\n'
    + "=Lò;0912000004;24/08/2021 08:12;;Vào\n"
    + "Lò Văn D;0912000005;24/08/2021 08:12;Mai Sơn;Vào;thừa;nữa\n"
    + '"Lò Văn E;0912000006\n'
    + "Tổng cộng: 6\n"
)


def load(store: Store, text: str = LOG, name: str = "a.csv", **chosen: object) -> mend.Shape:
    """The shape of the upload that a text became."""
    batch = intake.load(store, prepare(store, name, text.encode(), **chosen), "An")
    found = mend.shape(store, batch.batch_id)
    assert found
    return found


def corrected(store: Store, of: mend.Shape, changes: dict[int, dict[str, str]]) -> pl.DataFrame:
    """The rows of an upload that can be mended, after somebody typed `changes` (line → cells): those that differ."""
    before = mend.rows(store, of, t)
    after = pl.DataFrame([row | changes.get(row["line"], {}) for row in before.to_dicts()], schema=before.schema)
    return mend.changed(before, after, of)


def again(store: Store, of: mend.Shape, mended: pl.DataFrame) -> intake.Batch:
    """Loads mended rows the way the page does."""
    [table] = intake.prepare(store, mend.name(of, t), mend.file(of, mended, t), mend.choices(of))
    assert isinstance(table, intake.Prepared)
    return intake.load(store, table, "An")


def standing(store: Store, batch_id: int) -> dict[int, int | None]:
    """Line of a rejected row → the upload that mended it."""
    found = store.ask("intake/rejects", batch=batch_id, open_only=False, page_size=99, page_start=0)
    return dict(found.select("line", "mended_by").iter_rows())


def test_rejected_rows_as_cells(empty_store: Store):
    of = load(empty_store)
    assert (of.headers, of.separator) == (("Họ tên", "SĐT", "Thời gian", "Địa điểm", "Vào/Ra"), ";")
    rows = mend.rows(empty_store, of, t)
    assert rows.columns == ["line", "reason", "c0", "c1", "c2", "c3", "c4", "beyond", "mends"]
    assert rows.rows() == [
        (3, "bad_phone", "Lò Văn B", "09120", "24/08/2021 08:11", "Mai Sơn", "Vào", None, "lần nạp 1, dòng 3"),
        (4, "bad_time", "Lò; C", "0912000003", "hôm qua", "Mai Sơn", "Ra", None, "lần nạp 1, dòng 4"),
        (5, "no_location", "=Lò", "0912000004", "24/08/2021 08:12", None, "Vào", None, "lần nạp 1, dòng 5"),
        (6, "bad_row", "Lò Văn D", "0912000005", "24/08/2021 08:12", "Mai Sơn", "Vào", "thừa;nữa", "lần nạp 1, dòng 6"),
        (7, "bad_quote", '"Lò Văn E', "0912000006", None, None, None, None, "lần nạp 1, dòng 7"),
    ]


def test_only_changed_rows_are_mended(empty_store: Store):
    of = load(empty_store)
    assert corrected(empty_store, of, {3: {"c1": "09120 "}, 5: {"c3": ""}}).is_empty(), "spaces change nothing"
    assert corrected(empty_store, of, {5: {"c3": "Yên Châu"}})["line"].to_list() == [5]


def test_mended_rows_come_back_as_an_upload_of_their_own_and_undo_makes_them_rejected_again(empty_store: Store):
    of = load(empty_store)
    changes = {3: {"c1": "0912000002"}, 4: {"c2": "24/08/2021 09:00"}, 5: {"c3": "đâu đó", "c2": "mai"}}
    batch = again(empty_store, of, corrected(empty_store, of, changes))
    assert (batch.file_name, batch.rows, batch.accepted, batch.rejected) == ("a (đã sửa).csv", 3, 2, 1)
    assert standing(empty_store, 1) == {3: 2, 4: 2, 5: None, 6: None, 7: None, 8: None}
    assert empty_store.ask("intake/reject_counts", batch=1).rows() == [(6, 2, 3)]
    names = "SELECT name FROM person ORDER BY person_id"
    assert empty_store.cursor().execute(names).fetchall() == [("Lò Văn A",), ("Lò Văn B",), ("Lò; C",)]

    undo(empty_store, 2, "An")
    assert standing(empty_store, 1) == dict.fromkeys(range(3, 9))
    assert empty_store.cursor().execute("SELECT * FROM mend").fetchall() == []


def test_undoing_the_first_upload_leaves_the_mended_one(empty_store: Store):
    of = load(empty_store)
    again(empty_store, of, corrected(empty_store, of, {3: {"c1": "0912000002"}}))
    undo(empty_store, 1, "An")
    assert empty_store.ask("intake/batches", page_size=9, page_start=0)["batch_id"].to_list() == [2]
    third = load(empty_store)
    assert third.batch_id == 3
    assert standing(empty_store, 3) == {3: 2, 4: None, 5: None, 6: None, 7: None, 8: None}, "mended still"
    assert empty_store.ask("intake/mended_elsewhere", batch=3).rows() == [(2, 1)]
    undo(empty_store, 2, "An")
    assert standing(empty_store, 3) == dict.fromkeys(range(3, 9))


def test_a_row_mended_in_two_steps_is_mended_in_both_uploads(empty_store: Store):
    of = load(empty_store)
    again(empty_store, of, corrected(empty_store, of, {3: {"c1": "091"}, 5: {"c3": "Mai Sơn"}}))
    second = mend.shape(empty_store, 2)
    assert second
    assert second.cells == of.cells, "the mark is no column of the log"
    again(empty_store, second, corrected(empty_store, second, {2: {"c1": "0912000002"}}))
    assert (standing(empty_store, 1)[3], standing(empty_store, 2)) == (3, {2: 3})


def test_read_as_the_upload_was(empty_store: Store):
    text = "Báo cáo tháng 8\nAi,Gọi,Khi nào\nLò Văn A,0912000001,24/08/2021 08:10\nLò Văn B,09120,24/08/2021 08:11\n"
    columns = {"name": 0, "phone": 1, "time": 2}
    of = load(empty_store, text, kind="scans", columns=columns, header=2, location="Mai Sơn")
    batch = again(empty_store, of, corrected(empty_store, of, {4: {"c1": "0912000002"}}))
    assert (batch.kind, batch.accepted, standing(empty_store, 1)) == ("scans", 1, {4: 2})
    [later] = intake.prepare(
        empty_store, "b.csv", text.replace("24/08", "25/08").encode(), intake.Choices(location="X")
    )
    assert isinstance(later, intake.Prepared)
    assert later.counts["accepted"] == 1, "what is remembered is how the file itself is read"


def test_a_mark_that_names_no_rejected_row_means_nothing(empty_store: Store):
    load(empty_store)
    text = HEADER.strip() + ";" + t("Mends rejected row") + "\n"
    for line, mark in enumerate(["lần nạp 1, dòng 2", "lần nạp 9, dòng 3", "lần nạp 99999999999, dòng 1", "3", ""]):
        text += f"Lò Văn F;091200001{line};24/08/2021 08:10;Mai Sơn;Vào;{mark}\n"
    batch = intake.load(empty_store, prepare(empty_store, "b.csv", text.encode()), "An")
    assert batch.accepted == 5
    assert empty_store.cursor().execute("SELECT * FROM mend").fetchall() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_our_own_are_known_in_every_language(language: str):
    say = translator(language)
    told = [say("Mends rejected row"), say("Why it was rejected"), say("Cells beyond the last column")]
    assert own_columns(["Họ tên", *told]) == {"mends": 1, "reason": 2, "beyond": 3}


def test_an_upload_that_is_gone_has_no_shape(empty_store: Store):
    assert mend.shape(empty_store, 1) is None


def test_what_undo_would_do_is_told_and_not_done(empty_store: Store):
    load(empty_store)
    load(empty_store, LOG + "Lò Văn F;0912000009;24/08/2021 08:10;Mai Sơn;Vào\n", "b.csv")
    version, before = empty_store.version, empty_store.ask("intake/batches", page_size=9, page_start=0).rows()
    told = would_undo(empty_store, 1)
    assert (told.rows_removed, told.rows_restored) == (1, 1)
    assert empty_store.version == version
    assert empty_store.ask("intake/batches", page_size=9, page_start=0).rows() == before
    assert undo(empty_store, 1, "An") == told


def test_rows_mended_in_excel_are_read_as_their_upload_was(empty_store: Store, tmp_path: Path):
    """Its header in a row that somebody chose, its columns by hand: neither stands so in the file of rejected rows."""
    log = "Báo cáo,ngày,của,đội\nA,B,C,D\nLò A,0912000001,24/08/2021 08:10,X\nLò B,09120,24/08/2021 08:11,X\n"
    columns = {"name": 0, "phone": 1, "time": 2, "location": 3}
    of = load(empty_store, log, columns=columns, header=2)
    rejects_file.write(empty_store, of, "xlsx", tmp_path / "r.xlsx", "vi")
    book = typed_anew(tmp_path / "r.xlsx", "09120", "0912000002")
    back = intake.unasked(prepare(empty_store, "r.xlsx", book))
    assert back.found.as_last_time
    assert intake.load(empty_store, back, "An").accepted == 1
    assert standing(empty_store, of.batch_id) == {4: 2}


def typed_anew(path: Path, before: str, after: str) -> bytes:
    """The workbook with one cell's text typed anew."""
    file = io.BytesIO()
    with zipfile.ZipFile(path) as book, zipfile.ZipFile(file, "w") as typed:
        for name in book.namelist():
            typed.writestr(name, book.read(name).replace(f">{before}<".encode(), f">{after}<".encode()))
    return file.getvalue()
