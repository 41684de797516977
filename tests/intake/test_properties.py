"""Random logs in random dress say the same; random damage never breaks intake, and every row is accounted for."""

import csv
import io
import os
import random
import re
import unicodedata
import zipfile
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import intake, people, rollups
from quetma.intake import notes
from quetma.store import ROOT, Store, open_store
from tests.intake import prepare
from tests.intake.files import BOOKS, archive, cp1258

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
    "time_in": ["Thời gian vào", "GIỜ VÀO", "Vào lúc", "Check-in"],
    "time_out": ["Thời gian ra", "GIỜ RA", "Ra lúc", "Check-out"],
    "date_out": ["Ngày ra", "NGÀY VỀ", "Ngay di", "Checkout date"],
}
MASKS = ["***", "xxx", "•••", "###", "…", "＊＊＊", "●●●●"]
NOTES = [["Tổng cộng"], ["Cộng"], ["TỔNG SỐ"], ["Trang 2/2"], ["", "", "Người lập biểu"], ["(Ký, ghi rõ họ tên)"]]
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

EXAMPLES = int(os.environ.get("QUETMA_EXAMPLES", "40"))  # of random logs; 1,000 before a release
MUTATIONS = int(os.environ.get("QUETMA_MUTATIONS", "100"))  # damaged copies of files; 10,000 before a release

HIDDEN = range(
    28, 31
)  # people whose name and phone are masked: whoever they are, alike when the same letters are shown

Scan = tuple[int, str, datetime, str]  # who, place, when, direction

moment = st.integers(0, 60 * 86_400 - 1).map(lambda seconds: datetime(2021, 8, 1) + timedelta(seconds=seconds))
who, place = st.integers(0, 30), st.sampled_from(PLACES)
scan = st.tuples(who, place, moment, st.sampled_from(["in", "out", "unknown"]))
visit = st.tuples(who, place, moment, st.integers(60, 36_000), st.sampled_from(["in", "out", "both", "both"]))


def named(who: int) -> str:
    """The name as the log shows it."""
    return f"{NAMES[who % 7].rpartition(' ')[0]} ***" if who in HIDDEN else NAMES[who % 7]


def scans_of(visits: list[tuple[int, str, datetime, int, str]]) -> list[list[Scan]]:
    """The scans that each visit stands for."""
    return [
        [(who, place, start + timedelta(seconds=length * (way == "out")), way) for way in ("in", "out")
         if seen in (way, "both")]
        for who, place, start, length, seen in visits
    ]  # fmt: skip


@st.composite
def dressed(draw: Any, rows: list[list[Scan]], visits: bool) -> tuple[bytes, list[int], list[int]]:
    """A file of one row for each of `rows` (its scans), the line of each, and the lines of totals below."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    pick = chance.choice
    container = pick(["text", "text", "text", "xlsx", "xls", "ods"])
    two_columns = pick([True, False])
    times = ["time_in", "time_out"] if visits else ["direction", "clock" if two_columns else "time"]
    four_columns = visits and two_columns and pick([True, False])
    one_cell = pick([True, False, False])  # for the name and the phone
    mask = pick(MASKS)
    fields = ["name", *([] if one_cell else ["phone"]), "place", *times]
    fields += [*(["date"] if two_columns else []), *(["date_out"] if four_columns else [])]
    extra = chance.sample(["STT", "Cơ quan", "Địa chỉ", "Tình trạng KBYT", "Số mũi tiêm"], chance.randint(0, 3))
    columns = fields + extra
    chance.shuffle(columns)
    header = [pick(HEADERS[field]) if field in HEADERS else field for field in columns]
    if "time_in" in columns and two_columns:
        header = [{"time_in": "Giờ vào", "time_out": "Giờ ra"}.get(f, h) for f, h in zip(columns, header, strict=True)]
    day_form, clock_form, phone_form, time_first = (
        pick(DAY_FORMS),
        pick(CLOCK_FORMS),
        pick(PHONE_FORMS),
        pick([0, 0, 1]),
    )
    real = container != "text"

    def when(at: datetime) -> Any:
        day, clock = at.strftime(day_form), clock_form(at)
        written = f"{clock} {day}" if time_first else f"{day} {clock}"
        # A column of nothing but midnights is one of days: such a cell is never the only one of its kind here.
        if real and at.time() == time() and written == f"{at}":
            return f"{at:%H:%M %d/%m/%Y}"
        return pick([at, written]) if real and at.time() != time() else written

    def clocked(at: datetime) -> Any:
        return pick([at.time(), clock_form(at)]) if real else clock_form(at)

    table: list[list[Any]] = []
    for scans in rows:
        who, place = scans[0][:2]
        at = {way: moment for _, _, moment, way in scans}
        first = min(at.values()) if "in" in at or not visits else at["out"]
        read = clocked if two_columns else when
        cells: dict[str, Any] = {
            "name": pick([NAMES[who % 7], NAMES[who % 7].upper(), f" {NAMES[who % 7].replace(' ', '  ')} "]),
            "phone": phone_form(f"09120000{who:02}"),
            "place": pick([place, place.upper(), f"{place} "]),
            "direction": pick(DIRECTIONS[scans[0][3]]),
            "date_out": at["out"].strftime(day_form)
            if "out" in at and (pick([0, 1]) or at["out"].date() != first.date())
            else "",
            "date": pick([first.date(), first.strftime(day_form)]) if real else first.strftime(day_form),
            "clock": clocked(first),
            "time": when(first),
            "time_in": read(at["in"]) if "in" in at else "",
            "time_out": read(at["out"]) if "out" in at else "",
        }
        if who in HIDDEN:
            cells["name"] = f"{NAMES[who % 7].rpartition(' ')[0]} {mask}"
            cells["phone"] = f"0912000{mask}"
        if one_cell:
            told = cells["phone"] if who in HIDDEN or len(cells["phone"]) > 9 else f"09120000{who:02}"
            cells["name"] = pick(
                [f"{cells['name']} - {told}", f"{cells['name']} (SĐT: {told})", f"{told} {cells['name']}"]
            )
        if real and cells["phone"].isdigit():
            cells["phone"] = pick([int(cells["phone"]), cells["phone"]])
        table.append([cells.get(column, pick(["", "x, y; z", 'nói "vâng"', "dòng\nhai"])) for column in columns])
    title = [[f"DANH SÁCH NGÀY {chance.randint(1, 28)}/8"], []][: chance.randint(0, 2)]
    note = pick(NOTES) if len(columns) > 2 else NOTES[0]
    totals = [[*note, *[""] * (len(columns) - len(note))]][: chance.randint(0, 1)]
    if real:
        first = len(title) + 2
        lines = list(range(first, first + len(table) + len(totals)))
        empty = [[None if cell == "" else cell for cell in row] for row in [*title, header, *table, *totals]]
        return BOOKS[container]({"Sheet1": empty}), lines[: len(table)], lines[len(table) :]
    text = io.StringIO()
    separator = pick(",;\t|")
    if not title and pick([True, False, False]):
        title = [[f"sep={separator}"]]
    writer = csv.writer(
        text,
        delimiter=separator,
        lineterminator=pick(["\n", "\r\n"]),
        quoting=pick([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    )
    lines = []
    for row in [*title, header, *table, *totals]:
        lines.append(len(re.findall("\n", text.getvalue())) + 1)
        writer.writerow(row)
    encoding = pick(
        ENCODINGS if mask in ("***", "xxx", "•••", "###", "…") else ENCODINGS[:-1]
    )  # cp1258 has no ● and ＊
    content = cp1258(text.getvalue()) if encoding == "cp1258" else text.getvalue().encode(encoding)
    lines = lines[len(title) + 1 :]
    return content, lines[: len(table)], lines[len(table) :]


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Any:
    store = open_store(tmp_path_factory.mktemp("nothing"))
    yield store
    store.close()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), visits=st.booleans())
def test_the_same_scans_whatever_the_dress(nothing: Store, data: Any, visits: bool):
    some = data.draw(st.lists(visit if visits else scan, min_size=1, max_size=12))
    rows = scans_of(some) if visits else [[one] for one in some]
    content, lines, totals = data.draw(dressed(rows, visits))
    prepared = prepare(nothing, "log", content)
    assert prepared.kind == "scans"
    assert prepared.found.proposal.guessed == []
    assert prepared.rows["line"].to_list() == lines + totals
    assert prepared.rejects.select("line", "reason").rows() == [(line, "total_row") for line in totals]
    found = prepared.became(100)
    got = [
        (phone, people.fold(place), at, direction)
        for phone, place, at, direction in found.select("phone", "location", "scanned_at", "direction").iter_rows()
    ]
    scans = [one for several in rows for one in several]
    shown = [re.sub(r"\*+", "***", phone) for phone, *_ in got]
    assert shown == ["0912000***" if who in HIDDEN else f"09120000{who:02}" for who, *_ in scans]
    assert [one[1:] for one in got] == [(people.fold(place), at, direction) for _, place, at, direction in scans]
    names = [re.sub(r"\*+", "***", people.fold(name)) for name in found["name"]]
    assert names == [people.fold(named(who)) for who, *_ in scans]
    known: set[Scan] = set()
    rows = [[(-1 - who % 7 if who in HIDDEN else who, *rest) for who, *rest in several] for several in rows]
    new = [bool(known.symmetric_difference(known := known | set(several))) for several in rows]
    assert prepared.counts["accepted"] == sum(new)
    assert prepared.counts["duplicates"] == len(new) - sum(new)


def samples() -> list[bytes]:
    """Small files of every kind and container."""
    chosen = [path.read_bytes() for path in sorted((ROOT / "data" / "sample").glob("*.csv"))]
    chosen = [b"\n".join(content.split(b"\n")[:60]) for content in chosen]
    scans = next(content for content in chosen if "Vào".encode() in content)
    rows = list(csv.reader(io.StringIO(scans.decode("utf-8-sig"))))
    quoted = io.StringIO()
    csv.writer(quoted, quoting=csv.QUOTE_ALL).writerows(rows)
    books = [
        write({"A": rows, "B": rows[:9]}, [(2, 1, 4, 1)] * merged) for write in BOOKS.values() for merged in (0, 1)
    ]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return [
        *chosen,
        scans.decode("utf-8-sig").encode("utf-16"),
        cp1258(scans.decode("utf-8-sig")),
        quoted.getvalue().encode(),
        *books,
        archive({"a.csv": scans, "b/c.xlsx": books[0], "d.txt": chosen[0], "e.jpg": b"x"}),
        archive({"a.csv": scans, "d.txt": chosen[0]}, zipfile.ZIP_STORED),
        f"<html><body><table>{cells}</table></body></html>".encode(),
    ]


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


def test_damaged_files_are_refused_or_accounted_for(tmp_path: Path):
    chance = random.Random(1)
    store = open_store(tmp_path / "store")
    files = samples()
    for n in range(MUTATIONS):
        damaged = mutated(files[n % len(files)], chance)
        tables = intake.prepare(store, "log", damaged)
        assert tables
        for table in tables:
            if isinstance(table, intake.Refused):
                assert str(table.error)
                continue
            counts = table.counts
            assert counts["rows"] == counts["accepted"] + counts["duplicates"] + counts["rejected"] == table.rows.height
            assert table.rows["line"].is_sorted()
            assert set(table.rejects["reason"]) <= intake.REASONS.keys()
            table.became(50)
            if not table.needs_location and chance.random() < 0.02:
                batch = intake.load(store, table, "test")
                assert batch.rows == batch.accepted + batch.duplicates + batch.rejected
    assert rollups.check(store) == []
    store.close()


NOTE_WORDS = (
    "Tổng",
    "cộng",
    "CỘNG",
    "Xuất",
    "In",
    "ìn",
    "Total",
    "Tùng",
    "0912000111",
    "08:30",
    "8H30",
    "Văn",
    "a",
    "|",
)


@given(
    rows=st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.sampled_from(NOTE_WORDS), st.sampled_from(["", " ", "\u00a0", ",", "\t"])), max_size=6
            ),
            st.sampled_from(["NFC", "NFD"]),
            st.booleans(),
        ),
        min_size=1,
    )
)
def test_what_is_not_folded_could_be_no_note(rows: list[tuple[list[tuple[str, str]], Any, bool]]):
    """Rows are told apart before their letters are folded, which takes longest: none that may be a note is lost."""
    texts = [unicodedata.normalize(form, "".join(a + b for a, b in words)) for words, form, _ in rows]
    texts = [text.upper() if upper else text for text, (_, _, upper) in zip(texts, rows, strict=True)]
    folded = [people.fold(text.replace("\t", " | ")) for text in texts]
    noted = [n for n, text in enumerate(folded) if not re.search(notes.RECORD, text) or re.search(notes.NOTED, text)]
    frame = pl.DataFrame({"line": range(len(texts)), "raw": texts, "reason": "bad_row"})
    assert notes.doubtful(frame)["row"].to_list() == noted
