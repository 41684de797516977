"""What stands in the cells about a person, however somebody wrote it there."""

from datetime import datetime

import polars as pl
import pytest

from quetma import intake
from quetma.intake import text
from quetma.intake.persons import a_birth_year, a_card, a_person, parted, starred_name, starred_phone
from quetma.store import Store
from tests.intake import prepare

CCCD = "014085001234|140123456|Nguyễn Văn A|01011985|Nam|Tổ 1, Mai Sơn|01012021"


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (("Nguyễn Văn Hoà - 0912345678", ""), ("Nguyễn Văn Hoà", "0912345678", None)),
        (("Nguyễn Văn Hoà (SĐT: 0912 345 678)", ""), ("Nguyễn Văn Hoà", "0912 345 678", None)),
        (("0912.345.678 Nguyễn Văn Hoà", "-"), ("Nguyễn Văn Hoà", "0912.345.678", None)),
        (("Nguyễn Văn Hoà/+84912345678", ""), ("Nguyễn Văn Hoà", "+84912345678", None)),
        (("Nguyễn Văn Hoà 0912345678", "0912 345 678"), ("Nguyễn Văn Hoà", "0912 345 678", None)),
        (("Nguyễn Văn Hoà 0912345678", "0987654321"), ("Nguyễn Văn Hoà", "0987654321", "two_phones")),
        (("Nguyễn Văn Hoà 0912345678", "0912345***"), ("Nguyễn Văn Hoà", "0912345678", None)),
        (("Nguyễn Văn *** - 0912345***", ""), ("Nguyễn Văn ***", "0912345***", None)),
        (("Nguyễn Văn ••• 0912345xxx", ""), ("Nguyễn Văn ***", "0912345***", None)),
        (("0912345678", ""), ("", "0912345678", None)),
        (("Nguyễn Văn Hoà, CCCD 014085001234", ""), ("Nguyễn Văn Hoà", "", None)),
        (("Nguyễn Văn Hoà CMND: 912345678", ""), ("Nguyễn Văn Hoà", "", None)),
        (("Nguyễn Văn Hoà", "0912345678 / 0987654321"), ("Nguyễn Văn Hoà", "0912345678 / 0987654321", "two_phones")),
        (("Nguyễn Văn Hoà", "0912345678/0912 345 678"), ("Nguyễn Văn Hoà", "0912345678", None)),
        (("Khách 12", ""), ("Khách 12", "", None)),
        (("Xa Thị Xuân", "0912345678"), ("Xa Thị Xuân", "0912345678", None)),
    ],
)  # fmt: skip
def test_each_thing_in_its_cell(cells: tuple[str, str], read: tuple[str, str, str | None]):
    name, phone, _, reason = a_person(*cells, "")
    assert (name, phone, reason) == read


@pytest.mark.parametrize("name", ["0912000*** Lò Văn ***", "Lò Văn *** - 0912000***", "Lò Văn *** (SĐT: 0912000***)"])
def test_a_masked_phone_is_found_in_a_column_of_names(name: str):
    texts, _ = parted(pl.DataFrame({"name": ["Lò Văn An", name], "phone": ["", ""], "birth": ["", ""]}))
    assert texts.select("name", "phone").rows() == [("Lò Văn An", ""), ("Lò Văn ***", "0912000***")]


@pytest.mark.parametrize(
    ("text", "birth", "read"),
    [
        (CCCD, "", ("Nguyễn Văn A", "1985")),
        (CCCD, "1986", ("Nguyễn Văn A", "1986")),
        ("014085001234||Nguyễn Văn A|01011985|Nam|Mai Sơn|01012021|x", "", ("Nguyễn Văn A", "1985")),
        ("014085001234|Nguyễn Văn A|01011985|Nam|Mai Sơn|01012021", "", ("Nguyễn Văn A", "1985")),
        ("014085001234|NGUYEN VAN A|1985-**-**|1|123|", "", ("NGUYEN VAN A", "1985")),
        ("Nguyễn Văn A | khách", "", ("Nguyễn Văn A | khách", "")),
    ],
)
def test_a_scanned_card_gives_its_name(text: str, birth: str, read: tuple[str, str]):
    assert a_card(text, birth) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Nguyễn Văn ●●●", "Nguyễn Văn ***"), ("Nguyễn Văn …", "Nguyễn Văn ***"), ("Nguyễn Văn ...", "Nguyễn Văn ***"),
        ("Nguyễn Văn xxx", "Nguyễn Văn ***"), ("NGUYỄN VĂN XXX", "NGUYỄN VĂN ***"),
        ("Nguyễn Văn Hxxx", "Nguyễn Văn H***"),
        ("Nguyễn Văn ###", "Nguyễn Văn ***"), ("Nguyễn Văn ＊＊＊", "Nguyễn Văn ***"), ("N••••", "N****"),
        ("Trần Thị T***y", "Trần Thị T***y"), ("Xa Văn Xô", "Xa Văn Xô"), ("Maxx Lê", "Maxx Lê"), ("Alex", "Alex"),
        ("Lê X.", "Lê X."), ("Lê Văn A.", "Lê Văn A."), ("........", ""), ("***", "***"), ("xxx", "***"),
    ],
)  # fmt: skip
def test_masks_of_a_name(text: str, read: str):
    assert starred_name(text) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("0912345xxx", "0912345***"), ("xxxxxx4321", "******4321"), ("0912345###", "0912345***"),
        ("0912345•••", "0912345***"), ("0912 345 ＊＊＊", "0912 345 ***"), ("0912345…", "0912345***"),
        ("0912345...", "0912345***"), ("0912345???", "0912345***"), ("09123**678", "09123**678"),
        ("0912.345.678", "0912.345.678"), ("x", ""), ("0912345678 x102", "0912345678 x102"), ("abc", "abc"),
    ],
)  # fmt: skip
def test_masks_of_a_phone(text: str, read: str):
    assert starred_phone(text) == read


@pytest.mark.parametrize(
    ("text", "year"),
    [("80", 1980), ("12/05/80", 1980), ("5", None), ("05", 2005), ("1985", 1985), ("12/05/1985", 1985), ("2199", None)],
)
def test_years_of_birth(text: str, year: int | None):
    assert a_birth_year(text) == year


def rows(
    store: Store, *lines: str, header: str = "Họ và tên (SĐT),Số điện thoại,Thời gian,Địa điểm"
) -> intake.Prepared:
    return prepare(store, "a.csv", "\n".join([header, *lines]).encode())


def test_a_phone_beside_the_name_makes_the_same_person(empty_store: Store):
    prepared = rows(
        empty_store,
        "Nguyễn Văn Hoà - 0912345678,,24/08/2021 07:30,X",
        "Nguyễn Văn Hoà,0912345678,24/08/2021 08:30,X",
        "Nguyễn Văn Hoà 0912345678,0987654321,24/08/2021 08:30,X",
        f"{'N' * 201},0912345670,24/08/2021 08:30,X",
        f"Lò Văn A,0912345671,24/08/2021 08:30,{'X' * 201}",
        "Nguyễn Văn …,0912345xxx,24/08/2021 08:30,X",
    )
    assert prepared.rejects.select("line", "reason").rows() == [(4, "two_phones"), (5, "too_long"), (6, "too_long")]
    assert prepared.became(9).select("name", "phone", "scanned_at").rows() == [
        ("Nguyễn Văn Hoà", "0912345678", datetime(2021, 8, 24, 7, 30)),
        ("Nguyễn Văn Hoà", "0912345678", datetime(2021, 8, 24, 8, 30)),
        ("Nguyễn Văn ***", "0912345***", datetime(2021, 8, 24, 8, 30)),
    ]  # fmt: skip


def test_nothing_of_a_scanned_card_but_the_name_is_stored(empty_store: Store):
    prepared = rows(
        empty_store,
        f'"{CCCD}",,24/08/2021 07:30,X',
        f'"{CCCD}",,32/08/2021 07:30,X',
        f'Lò Văn A,"{CCCD}",24/08/2021 07:30,X',
    )
    batch = intake.load(empty_store, prepared, "test")
    assert batch.rejects.rows() == [
        (3, "bad_time", '"Nguyễn Văn A",,32/08/2021 07:30,X'),
        (4, "bad_phone", 'Lò Văn A,"Nguyễn Văn A",24/08/2021 07:30,X'),
    ]
    with empty_store.write() as cursor:
        names = cursor.sql("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
        stored = str([cursor.sql(f'FROM "{name}"').fetchall() for (name,) in names])
    assert "Nguyễn Văn A" in stored
    assert "014085001234" not in stored and "140123456" not in stored and "Tổ 1" not in stored
    assert pl.Series(empty_store.ask("intake/counts", batch=1).row(0)).to_list() == [1, 0]


def test_a_file_separated_by_bars_is_no_card(empty_store: Store):
    content = "CCCD|Họ tên|SĐT|Thời gian|Địa điểm\n014085001234|Lò Văn A|0912|24/08/2021 07:30|X\n"
    content += "014085001235|Lò Văn B|0912345678|24/08/2021 07:30|X\n"
    prepared = prepare(empty_store, "a.csv", content.encode())
    assert prepared.rejects["raw"].to_list() == ["014085001234|Lò Văn A|0912|24/08/2021 07:30|X"]


@pytest.mark.parametrize(
    ("below", "reasons"),
    [
        (["Người lập biểu,,,,Thủ trưởng,", "Cầm Văn Thành,,,,Hà Thị Thuý,"], ["total_row", "total_row"]),
        (["Trang 2/2,,,,,", "STT,Họ và tên,SĐT,Thời gian,Địa điểm,Vào/Ra"], ["total_row", "header_row"]),
        ([",,,,Người lập,", "(Ký ghi rõ họ tên),,,,,", ",,,,Cầm Văn Thành,"], ["total_row"] * 3),
        ([",Người lập biểu,,,,"], ["total_row"]),
        (['"Sơn La, ngày 24 tháng 8 năm 2021",,,,,'], ["total_row"]),
        ([",Lò Văn C,,,,"], ["no_location"]),
        ([",,0912345678,,X,"], ["no_time"]),
        (["3;Lò Văn C;0912345678;24/08/2021 07:30;X;Vào"], ["bad_row"]),
    ],
)
def test_what_stands_below_a_table_is_no_row_to_be_mended(empty_store: Store, below: list[str], reasons: list[str]):
    header = "STT,Họ và tên,SĐT,Thời gian,Địa điểm,Vào/Ra"
    good = "1,Lò Văn A,0912345678,24/08/2021 07:30,X,Vào"
    prepared = rows(empty_store, good, *below, header=header)
    assert prepared.rejects["reason"].to_list() == reasons
    with_tabs = [line.replace(",", "\t") for line in (header, good, *below)]
    prepared = rows(empty_store, *with_tabs[1:], header=with_tabs[0])
    assert prepared.rejects["reason"].to_list() == reasons
    after = rows(
        empty_store, good, "Trang 1,,,,,", header, "2,Lò Văn B,0912345679,24/08/2021 07:30,X,Vào", header=header
    )
    assert after.rejects.select("line", "reason").rows() == [(3, "total_row"), (4, "header_row")]


def test_a_person_is_called_as_the_first_good_row_does_however_a_large_file_is_cut(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
):
    rows = [
        "Lò Văn Nam,0912345678,không rõ,Mai Sơn,Vào\n",
        "Lò Thị Mai,0912345678,07:30 24/08/2021,Mai Sơn,Vào\n",
        *(f"Khách {n},09880000{n:02},08:00 24/08/2021,Mai Sơn,Vào\n" for n in range(40)),
        "Lò Văn Nam,0912345678,09:30 24/08/2021,Mai Sơn,Ra\n",
    ]
    log = ("Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n" + "".join(rows)).encode()
    for size in (1 << 20, 1 << 10):
        monkeypatch.setattr(text, "PIECE_BYTES", size)
        [found] = intake.understand("a.csv", log)
        assert isinstance(found, intake.Found)
        assert found.facts.people.filter(phone="+84912345678")["name"].to_list() == ["Lò Thị Mai"], size
