"""Random logs in random dress say the same; random damage never breaks intake, and every row is accounted for."""

import csv
import io
import random
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import intake, people
from quetma.store import ROOT, Store, open_store
from tests.intake import prepare
from tests.intake.files import cp1258

NAMES = ["Lò Văn Ánh", "Hà Thị Thuý", "Đặng Hoà", "Quàng Văn Ơn", "Nguyễn Thị Mỹ Ửng", "Cầm Bá Tước", "Mùa A Dơ"]
PLACES = ["Trụ sở Mai Sơn", "Trụ sở Yên Châu", "Chợ Cò Nòi"]
HEADERS = {
    "name": ["Họ và tên", "HỌ TÊN", "Ho ten", "họ tên (*)", "Full name"],
    "phone": ["Số điện thoại", "SĐT", "Điện thoại", "so_dien_thoai", "Phone"],
    "place": ["Địa điểm", "ĐỊA ĐIỂM", "Dia diem", "Location"],
    "time": ["Thời gian quét", "Thời gian", "THOI GIAN", "Ngày giờ", "Scan time"],
    "date": ["Ngày", "NGÀY", "Date"],
    "clock": ["Giờ", "Giờ quét", "Time"],
    "direction": ["Vào/Ra", "VAO / RA", "Hình thức", "Direction"],
}
PHONE_FORMS = [
    lambda p: p,
    lambda p: "+84" + p[1:],
    lambda p: "84" + p[1:],
    lambda p: "0084" + p[1:],
    lambda p: p[1:],
    lambda p: f"{p[:4]} {p[4:7]} {p[7:]}",
    lambda p: f"{p[:4]}.{p[4:7]}.{p[7:]}",
]
DAY_FORMS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d", "%Y/%m/%d", "%d/%m/%y"]
CLOCK_FORMS = [
    lambda at: at.strftime("%H:%M:%S"),
    lambda at: f"{at.hour % 12 or 12}:{at.minute:02}:{at.second:02} {'SA' if at.hour < 12 else 'CH'}",
    lambda at: f"{at.hour % 12 or 12:02}:{at.minute:02}:{at.second:02} {'AM' if at.hour < 12 else 'PM'}",
    lambda at: f"{at.hour}h{at.minute:02}p{at.second:02}",
]
DIRECTIONS = {
    "in": ["Vào", "VÀO", "vao", "in", "Check-in", "V", "Đến"],
    "out": ["Ra", "RA", "out", "Check-out", "R", "Về"],
    "unknown": [""],
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1258"]

scan = st.tuples(
    st.integers(0, 30),  # who
    st.sampled_from(PLACES),
    st.integers(0, 60 * 86_400 - 1).map(lambda seconds: datetime(2021, 8, 1) + timedelta(seconds=seconds)),
    st.sampled_from(["in", "out", "unknown"]),
)


@st.composite
def dressed(draw: Any, scans: list[tuple[int, str, datetime, str]]) -> tuple[bytes, list[int]]:
    """A file that says these scans, and the line of each."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    pick = chance.choice
    two_columns = pick([True, False])
    fields = ["name", "phone", "place", "direction", *(["date", "clock"] if two_columns else ["time"])]
    extra = chance.sample(["STT", "Cơ quan", "Địa chỉ", "Tình trạng KBYT", "Số mũi tiêm"], chance.randint(0, 3))
    columns = fields + extra
    chance.shuffle(columns)
    header = [pick(HEADERS[field]) if field in HEADERS else field for field in columns]
    day_form, clock_form, phone_form, time_first = (
        pick(DAY_FORMS),
        pick(CLOCK_FORMS),
        pick(PHONE_FORMS),
        pick([0, 0, 1]),
    )
    excel = pick([True, False, False])
    rows: list[list[Any]] = []
    for who, place, at, direction in scans:
        day, clock = at.strftime(day_form), clock_form(at)
        cells: dict[str, Any] = {
            "name": pick([NAMES[who % 7], NAMES[who % 7].upper(), f" {NAMES[who % 7].replace(' ', '  ')} "]),
            "phone": phone_form(f"09120000{who:02}"),
            "place": pick([place, place.upper(), f"{place} "]),
            "direction": pick(DIRECTIONS[direction]),
            "date": day,
            "clock": clock,
            "time": f"{clock} {day}" if time_first else f"{day} {clock}",
        }
        if excel and not two_columns:
            cells["time"] = pick([at, cells["time"]])
        if excel and cells["phone"].isdigit():
            cells["phone"] = pick([int(cells["phone"]), cells["phone"]])
        rows.append([cells.get(column, pick(["", "x, y; z", 'nói "vâng"', "dòng\nhai"])) for column in columns])
    title = [[f"DANH SÁCH NGÀY {chance.randint(1, 28)}/8"], []][: chance.randint(0, 2)]
    if excel:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            form = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
            for y, row in enumerate([*title, header, *rows]):
                for x, value in enumerate(row):
                    sheet.write(y, x, value, form if isinstance(value, datetime) else None)
        first = len(title) + 2
        return file.getvalue(), list(range(first, first + len(rows)))
    text = io.StringIO()
    ending = pick(["\n", "\r\n"])
    writer = csv.writer(
        text, delimiter=pick(",;\t|"), lineterminator=ending, quoting=pick([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    )
    lines = []
    for row in [*title, header, *rows]:
        lines.append(len(re.findall("\n", text.getvalue())) + 1)
        writer.writerow(row)
    encoding = pick(ENCODINGS)
    content = cp1258(text.getvalue()) if encoding == "cp1258" else text.getvalue().encode(encoding)
    return content, lines[len(title) + 1 :]


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = open_store(tmp_path_factory.mktemp("nothing"))
    yield store
    store.close()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), scans=st.lists(scan, min_size=1, max_size=12))
def test_the_same_scans_whatever_the_dress(nothing: Store, data: Any, scans: list[tuple[int, str, datetime, str]]):
    content, lines = data.draw(dressed(scans))
    prepared = prepare(nothing, "log", content)
    assert prepared.kind == "scans"
    assert prepared.rows["line"].to_list() == lines
    assert prepared.rejects.rows() == []
    found = prepared.became(100)
    got = [
        (phone, people.fold(place), at, direction)
        for phone, place, at, direction in found.select("phone", "location", "scanned_at", "direction").iter_rows()
    ]
    assert got == [(f"09120000{who:02}", people.fold(place), at, direction) for who, place, at, direction in scans]
    assert [people.fold(name) for name in found["name"]] == [people.fold(NAMES[who % 7]) for who, *_ in scans]
    assert prepared.counts["accepted"] == len(set(scans))
    assert prepared.counts["duplicates"] == len(scans) - len(set(scans))


def samples() -> list[bytes]:
    """Small files of every kind and container."""
    chosen = [path.read_bytes() for path in sorted((ROOT / "data" / "sample").glob("*.csv"))]
    chosen = [b"\n".join(content.split(b"\n")[:60]) for content in chosen]
    scans = next(content for content in chosen if "Vào".encode() in content)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate(csv.reader(io.StringIO(scans.decode("utf-8-sig")))):
            sheet.write_row(y, 0, row)
    quoted = io.StringIO()
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows(csv.reader(io.StringIO(scans.decode("utf-8-sig"))))
    return [*chosen, scans.decode("utf-8-sig").encode("utf-16"), quoted.getvalue().encode(), file.getvalue()]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A copy with a few bytes changed, dropped, doubled, cut off or shuffled."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 40])):
        if not data:
            break
        at = chance.randrange(len(data))
        length = chance.choice([1, 1, 3, 50])
        match chance.randrange(6):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                data[at:at] = chance.choice(
                    [b'"', b"\x00", b"\n", b"\r", b",", b";", b"\t", b"\xff\xfe", b'""', b"\x1e"]
                )
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length]
            case 4:
                del data[max(at, 1) :]
            case 5:
                data[at : at + length] = chance.randbytes(length)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_files_are_refused_or_accounted_for(tmp_path: Path, seed: int):
    chance = random.Random(seed)
    store = open_store(tmp_path / "store")
    for content in samples():
        for _ in range(12):
            damaged = mutated(content, chance)
            try:
                prepared = prepare(store, "log", damaged)
            except intake.IntakeError as refusal:
                assert str(refusal)
                continue
            counts = prepared.counts
            assert (
                counts["rows"] == counts["accepted"] + counts["duplicates"] + counts["rejected"] == prepared.rows.height
            )
            assert prepared.rows["line"].is_sorted()
            assert set(prepared.rejects["reason"]) <= intake.REASONS.keys()
            prepared.became(50)
            if not prepared.needs_location and chance.random() < 0.1:
                batch = intake.load(store, prepared, "test")
                assert batch.rows == batch.accepted + batch.duplicates + batch.rejected
    store.close()
