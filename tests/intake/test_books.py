"""Workbooks and archives: every sheet and every member is read, named, or refused by itself."""

import io
import struct
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlwt

from quetma import intake
from quetma.intake import archives, books, ole
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import BOOKS, archive, xls, xlsx
from tests.intake.test_formats import HEADER, ROWS, SAID, outcomes, said, text

LOG = text(HEADER, *ROWS).encode()
REAL = [
    ("DANH SÁCH QUÉT MÃ", None, None, None, None),
    (),
    ("STT", "Họ tên", "SĐT", "Địa điểm", "Ngày", "Giờ", "Vào/Ra"),
    (1, "Lò Văn Ánh", 912345678, "X", date(2021, 8, 24), time(8, 10), "Vào"),
    (),
    (2, "Hà Thị Thuý", "0387 654 321", "X", "24/08/2021", 0.34097222222222223, "Ra"),
    ("Tổng cộng", 2),
]


def words(store: Store, name: str, content: bytes) -> list[tuple[str, str]]:
    """Of each table of a file: its key, and what became of it."""
    found = []
    for table in intake.prepare(store, name, content):
        if isinstance(table, intake.Prepared):
            found.append((table.part.key, f"{table.kind} {table.counts['accepted']}"))
        else:
            found.append((table.part.key, ("not read: " if table.nothing_lost else "refused: ") + str(table.error)))
    return found


@pytest.mark.parametrize("book", BOOKS)
def test_real_dates_times_and_numbers(empty_store: Store, book: str):
    prepared = prepare(empty_store, f"a.{book}", BOOKS[book]({"Tháng 8": REAL}))
    assert said(prepared) == [
        ("Lò Văn Ánh", "0912345678", "X", datetime(2021, 8, 24, 8, 10), "in"),
        ("Hà Thị Thuý", "0387654321", "X", datetime(2021, 8, 24, 8, 11), "out"),
    ]
    assert outcomes(prepared) == [(4, "accepted", None), (6, "accepted", None), (7, "rejected", "total_row")]
    assert (prepared.part.sheet, prepared.part.key) == ("Tháng 8", "")


@pytest.mark.parametrize("book", BOOKS)
def test_every_sheet_is_a_table(empty_store: Store, book: str):
    roster = [("Họ tên", "Chức vụ", "Trụ sở"), ("Lò Văn Ánh", "Lái xe", "Mai Sơn")]
    notes = [("Ghi chú: số liệu do bảo vệ nhập",), ("Tổng hợp", "Số lượt"), ("Mai Sơn", 12)]
    log = [HEADER, *ROWS]
    content = BOOKS[book]({"Tháng 8": log, "Cán bộ": roster, "Ghi chú": notes, "Sheet4": [], "Hỏng": [log[0]]})
    assert [(key, what.split(":")[0]) for key, what in words(empty_store, "a", content)] == [
        ("Tháng 8", "scans 2"),
        ("Cán bộ", "roster 1"),
        ("Ghi chú", "not read"),
        ("Sheet4", "not read"),
        ("Hỏng", "refused"),
    ]


@pytest.mark.parametrize("book", BOOKS)
def test_cells_merged_over_rows_speak_for_each_of_them(empty_store: Store, book: str):
    rows = [
        ("Ngày", "Địa điểm", "Họ tên", "Giờ vào", "Giờ ra"),
        (date(2021, 8, 24), "Mai Sơn", "Lò Văn A", "08:10", "09:00"),
        (None, None, "Lò Văn B", "08:20", "09:10"),
        (None, None, "Lò Văn C", "08:30", "09:20"),
        (date(2021, 8, 25), "Yên Châu", "Lò Văn A", "08:40", "09:30"),
        (None, "Yên Châu", "Lò Văn B", "08:50", "09:40"),
    ]
    prepared = prepare(empty_store, "a", BOOKS[book]({"A": rows}, merged=[(1, 0, 3, 0), (1, 1, 3, 1)]))
    assert [(name, place, at) for name, _, place, at, way in said(prepared) if way == "in"] == [
        ("Lò Văn A", "Mai Sơn", datetime(2021, 8, 24, 8, 10)),
        ("Lò Văn B", "Mai Sơn", datetime(2021, 8, 24, 8, 20)),
        ("Lò Văn C", "Mai Sơn", datetime(2021, 8, 24, 8, 30)),
        ("Lò Văn A", "Yên Châu", datetime(2021, 8, 25, 8, 40)),
    ]
    assert outcomes(prepared)[-1] == (6, "rejected", "no_time"), "only what is merged is filled"


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("tall", [True, False])
def test_a_header_of_two_rows(empty_store: Store, book: str, tall: bool):
    rows = [
        ("SỔ THEO DÕI", None, None, None, None),
        (),  # an ODS writes it as a row without anything in it
        ("STT", "Thông tin khách", None, "Thời gian", None, "Địa điểm"),
        (None, "Họ tên", "SĐT", "Vào", "Ra", None),
        (1, "Lò Văn A", "0912345678", "24/08/2021 08:10", "24/08/2021 09:00", "Mai Sơn"),
    ]
    merged = [(2, 1, 2, 2), (2, 3, 2, 4), *([(2, 0, 3, 0), (2, 5, 3, 5)] if tall else [])]
    prepared = prepare(empty_store, "a", BOOKS[book]({"A": rows}, merged=merged))
    assert said(prepared) == [
        ("Lò Văn A", "0912345678", "Mai Sơn", datetime(2021, 8, 24, 8, 10), "in"),
        ("Lò Văn A", "0912345678", "Mai Sơn", datetime(2021, 8, 24, 9, 0), "out"),
    ]
    assert prepared.found.proposal.header == 4


@pytest.mark.parametrize("book", BOOKS)
def test_a_day_without_a_time_is_no_midnight(empty_store: Store, book: str):
    rows = [("Họ tên", "Địa điểm", "Thời gian"), ("Lò Văn A", "X", date(2021, 8, 24))]
    rows.append(("Lò Văn A", "X", datetime(2021, 8, 24, 23, 59)))
    rows.append(("Lò Văn A", "X", "00:00 24/08/2021"))
    prepared = prepare(empty_store, "a", BOOKS[book]({"A": rows}))
    assert outcomes(prepared) == [(2, "rejected", "no_time"), (3, "accepted", None), (4, "accepted", None)]
    assert [row[3].hour for row in said(prepared)] == [23, 0]
    apart = [("Họ tên", "Địa điểm", "Ngày", "Giờ"), ("Lò Văn A", "X", date(2021, 8, 24), time(0, 0))]
    assert [row[3].hour for row in said(prepare(empty_store, "a", BOOKS[book]({"A": apart})))] == [0]


def test_a_hidden_sheet_is_read(empty_store: Store):
    content = xlsx({"A": [HEADER, *ROWS], "B": [HEADER, *ROWS]}, hidden=["B"])
    assert words(empty_store, "a.xlsx", content) == [("A", "scans 2"), ("B", "scans 2")]


def test_an_html_table_saved_as_xls(empty_store: Store):
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in [HEADER, *ROWS])
    page = f"<html><head><meta charset='utf-8'></head><body><table><tr><td colspan=5>SỔ</td></tr>{cells}</table></body>"
    assert said(prepare(empty_store, "a.xls", page.encode())) == SAID
    tall = (
        "<table><tr><th>Ngày<th>Giờ<th>Họ tên<th>Địa điểm<tr><td rowspan=2>24/08/2021<td>08:10<td>Lò A<td>X"
        "<tr><td>08:20<td>Lò B<td>X</table>"
    )
    assert [row[3] for row in said(prepare(empty_store, "a.xls", tall.encode()))] == [
        datetime(2021, 8, 24, 8, 10), datetime(2021, 8, 24, 8, 20)
    ]  # fmt: skip


def test_a_protected_xls(empty_store: Store):
    content = bytearray(xls({"A": [HEADER, *ROWS]}))
    at = content.index(b"\x09\x08\x10\x00")  # the record that begins the workbook; then the one that protects it
    content[at + 20 : at + 24] = b"\x2f\x00\x10\x00"
    with pytest.raises(intake.IntakeError, match=r"password|damaged"):
        prepare(empty_store, "a.xls", bytes(content))


def test_an_archive_of_many_things(empty_store: Store):
    roster = "Họ tên,Chức vụ,Trụ sở\nLò Văn Ánh,Lái xe,Mai Sơn\n".encode()
    content = archive(
        {
            "Tháng 8/quét mã.csv": LOG,
            "Tháng 8/": b"",
            "Tháng 8/sổ.xls": xls({"A": [HEADER, *ROWS], "B": [HEADER, *ROWS]}),
            "cán bộ.txt": roster,
            "__MACOSX/._a.csv": b"x",
            ".DS_Store": b"x",
            "ảnh.jpg": b"\xff\xd8\xff\xe0",
            "trong.zip": archive({"a.csv": LOG}),
            "hỏng.xlsx": xlsx({"A": [HEADER, *ROWS]})[:-200],
            "trống.csv": b"",
        }
    )
    assert words(empty_store, "sổ.zip", content) == [
        ("Tháng 8/quét mã.csv", "scans 2"),
        ("Tháng 8/sổ.xls/A", "scans 2"),
        ("Tháng 8/sổ.xls/B", "scans 2"),
        ("cán bộ.txt", "roster 1"),
        ("ảnh.jpg", "not read: This is no table and was not read."),
        ("trong.zip", "refused: This is a ZIP archive within a ZIP archive. Unpack it and upload what is in it."),
        (
            "hỏng.xlsx",
            "refused: " + archives.DAMAGED,
        ),
        ("trống.csv", "not read: The file is empty. Nothing was changed."),
    ]
    first = intake.prepare(empty_store, "sổ.zip", content)[0]
    assert first.part.file_name == "sổ.zip/Tháng 8/quét mã.csv"
    assert first.part.sha256 == prepare(empty_store, "a.csv", LOG).part.sha256, "the same log, in an archive or not"


def test_names_of_members_written_by_old_programs(empty_store: Store):
    content = archive({"quét.csv": LOG})
    file = io.BytesIO(content)
    with zipfile.ZipFile(file) as zipped:
        flagged = zipped.infolist()[0].flag_bits & 0x800
    assert flagged
    unflagged = content.replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00")
    assert words(empty_store, "a.zip", unflagged) in ([("quét.csv", "scans 2")], words(empty_store, "a.zip", content))


def test_archives_that_are_refused_whole(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    protected = bytearray(archive({"a.csv": LOG}))
    for at in (protected.index(b"PK\x03\x04") + 6, protected.index(b"PK\x01\x02") + 8):
        protected[at] |= 1
    assert "password" in words(empty_store, "a.zip", bytes(protected))[0][1]
    assert "holds no log" in words(empty_store, "a.zip", archive({"a.jpg": b"x"}))[-1][1]
    assert "holds no log" in words(empty_store, "a.zip", archive({}))[-1][1]
    assert "damaged" in words(empty_store, "a.zip", archive({"a.csv": LOG})[:-30])[0][1]
    assert "1,000" in words(empty_store, "a.zip", archive({f"{n}.csv": b"x" for n in range(1001)}))[0][1]


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    bomb = archive({"a.csv": b"0" * 3_000_000, "b.csv": b"0" * 3_000_000})
    lies = bytearray(bomb)
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):  # both headers say that it unpacks to 9 bytes
        start = 0
        while (start := lies.find(mark, start)) >= 0:
            lies[start + at : start + at + 4] = (9).to_bytes(4, "little")
            start += 4
    monkeypatch.setattr(archives, "UNPACKED_BYTES", 4_000_000)
    for content in (bomb, bytes(lies)):
        [(_, said), *_] = words(empty_store, "a.zip", content)
        assert said.startswith("refused: ")
    assert words(empty_store, "a.zip", bomb) == [
        (
            "",
            "refused: The file unpacks to more than 3 MB, too much for a log of its size. Split it into smaller files.",
        )
    ]
    assert words(empty_store, "a.xlsx", xlsx({"A": [["x" * 9_000]] * 900}))[0][1]


def test_an_xls_whose_chain_of_sectors_comes_back_to_itself_is_damaged(monkeypatch: pytest.MonkeyPatch):
    """Its reader would follow the chain until there is no memory left, so it must not get to see it."""
    content = bytearray(xls({"A": [["Họ tên", "Thời gian"]]}))
    sector = int.from_bytes(content[48:52], "little")  # where the directory begins
    table = (int.from_bytes(content[76:80], "little") + 1) * 512
    content[table + 4 * sector : table + 4 * sector + 4] = sector.to_bytes(4, "little")
    monkeypatch.setattr("python_calamine.load_workbook", sys.exit)
    with pytest.raises(intake.IntakeError, match="damaged"):
        books.sheets(bytes(content))


@pytest.mark.parametrize(
    ("form", "size"),
    [
        ("<2I2H", (0, 1 << 31, 0, 2)),
        ("<2I2H", (0, 65_537, 0, 2)),
        ("<2I2H", (0, 2, 0, 257)),
        ("<2I2H", (3, 2, 0, 2)),
        ("<2I2H", (0, 2, 3, 2)),
        ("<4H", (0, 65_535, 0, 65_535)),
    ],
)
def test_an_xls_that_claims_more_cells_than_a_sheet_can_have_is_damaged(
    form: str, size: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
):
    """Its reader asks for memory for all of them beforehand, and where there is not so much the process ends."""
    content = xls({"A": [["Họ tên", "Thời gian"]]})
    claim = b"\x00\x02\x0e\x00" + struct.pack("<2I2H", 0, 1, 0, 2)
    assert content.count(claim) == 1 and books.sheets(content)
    monkeypatch.setattr("python_calamine.load_workbook", sys.exit)
    lie = b"\x00\x02" + struct.pack("<H", 2 + struct.calcsize(form)) + struct.pack(form, *size)
    with pytest.raises(intake.IntakeError, match="damaged"):
        books.sheets(content.replace(claim, lie.ljust(len(claim), b"\0")))


def compound(stream: bytes) -> bytes:
    """An OLE file with a workbook so small that it lies in sectors of 64 bytes; a writer of its own kind."""
    none, end, small = 0xFFFFFFFF, 0xFFFFFFFE, -(-len(stream) // 64)
    held = -(-small // 8)  # sectors of 512 bytes that hold them: behind the table, the directory and the small table
    table = [0xFFFFFFFD, end, end, *range(4, 3 + held), end]
    entries = [("Root Entry", 5, 1, 3, small * 64), ("Workbook", 2, none, 0, len(stream))]
    names = b"".join(
        struct.pack(
            "<64sHBBIII16sI16sIQ", name.encode("utf-16-le"), 2 * len(name) + 2, kind, 1, none, none, child, b"", 0, b"",
            begins, length,
        )
        for name, kind, child, begins, length in entries
    )  # fmt: skip
    header = struct.pack(
        "<8s16sHHHHH6s9I", bytes.fromhex("d0cf11e0a1b11ae1"), b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, 2, 1,
        end, 0,
    )  # fmt: skip
    numbers = (
        [0, *[none] * 108],
        table + [none] * (128 - len(table)),
        [*range(1, small), end, *[none] * (128 - small)],
    )
    first, second, third = (struct.pack(f"<{len(some)}I", *some) for some in numbers)
    return header + first + second + names.ljust(512, b"\0") + third + stream.ljust(held * 512, b"\0")


def stream_of(rows: list[list[str]]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("A")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            sheet.write(y, x, value)
    return book.get_biff_data()


@pytest.mark.parametrize("small", [False, True])
def test_an_xls_with_a_cell_where_no_sheet_has_one_is_damaged(small: bool, monkeypatch: pytest.MonkeyPatch):
    """Its reader asks for memory for all cells between the first and the last."""
    rows = [["Họ tên", "Thời gian"]]
    content = compound(stream_of(rows)) if small else xls({"A": rows})
    [sheet] = books.sheets(content)
    assert sheet.cells.rows() == [("Họ tên", "Thời gian")]
    cell = b"\xfd\x00\x0a\x00" + struct.pack("<2H", 0, 1)
    assert content.count(cell) == 1
    monkeypatch.setattr("python_calamine.load_workbook", sys.exit)
    with pytest.raises(intake.IntakeError, match="damaged"):
        books.sheets(content.replace(cell, cell[:4] + struct.pack("<2H", 7_223, 57_857)))


def sheet_at(content: bytes, begin: int) -> bytes:
    """The same XLS with its sheet said to begin there."""
    at = content.index(b"\x85\x00", content.index(b"\x09\x08")) + 4
    return content[:at] + struct.pack("<I", begin) + content[at + 4 :]


def test_an_xls_whose_sheet_is_said_to_begin_where_the_workbook_does_comes_to_an_end():
    content = xls({"A": [["Họ tên", "Thời gian"]]})
    [sheet] = books.sheets(sheet_at(content, 0))
    assert sheet.cells.is_empty()


def test_an_xls_of_more_sheets_than_anybody_opens_is_damaged(monkeypatch: pytest.MonkeyPatch):
    """Each of them may be said to begin anywhere, and is looked through."""
    monkeypatch.setattr(ole, "MOST_SHEETS", 2)
    rows = [["Họ tên", "Thời gian"]]
    assert len(books.sheets(xls({"A": rows, "B": rows}))) == 2
    monkeypatch.setattr("python_calamine.load_workbook", sys.exit)
    with pytest.raises(intake.IntakeError, match="damaged"):
        books.sheets(xls({"A": rows, "B": rows, "C": rows}))


def test_an_archive_that_unpacks_to_a_hundred_times_its_size_is_no_log(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(archives, "SMALL_BYTES", 1 << 20)
    content = archive({"a.csv": b"a" * (3 << 20)})
    assert words(empty_store, "a.zip", content) == [
        (
            "",
            "refused: The file unpacks to more than 1 MB, too much for a log of its size. Split it into smaller files.",
        )
    ]


def test_a_member_that_points_out_of_the_archive_is_a_file_like_others(empty_store: Store):
    log = text(HEADER, *ROWS).encode()
    found = words(empty_store, "a.zip", archive({"../../etc/a.csv": log, "./b.csv": log, "/c\\d.csv": log}))
    assert [name for name, _ in found] == ["etc/a.csv", "b.csv", "c/d.csv"]
