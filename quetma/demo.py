"""The demo unit, from a seeded generator that benchmarks reuse at any scale.

`scan_days(Shape(...), seed)` makes the scans of a unit of any size, one frame a day, as numbers only. The demo unit is
one small shape with names on it: Market Surveillance Team No. 2, Sơn La, 13 invented people at two premises, from
05/07/2021 to 27/08/2021 at 16:00, when people are still on site. `python -m quetma.demo` writes its files to
`data/sample/`; `write(store)` loads them.

The story worth tracing: the visitor Nguyễn Đình Khôi (0900999001, a driver of farm goods), onset 25/08/2021. He was at
Mai Sơn on 24/08 from 08:52 to 09:37 and at Yên Châu on 25/08 from 14:05 to 14:58; his visit to Mai Sơn on 19/08 is
outside a window of three days. Đinh Thị Thúy is the one person of the unit without a dose: a doctor put it off until
13/08, and since then it is due.
Everybody and every number is invented.
"""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from quetma import agency, continuity, demo_case, intake, people, plan, rota, workdays
from quetma.agency import Agency
from quetma.store import ROOT, Store, StoreError, query

SAMPLE = ROOT / "data" / "sample"
PLAN = Path(__file__).with_name("plan_226.toml")
SEED = 833  # chosen so that the last day lacks one scan and one declaration, and the story meets visitors
UNIT = "Đội Quản lý thị trường số 2, Sơn La"
AGENCY = Agency(
    "Cục Quản lý thị trường tỉnh Sơn La", "Đội Quản lý thị trường số 2", "ĐQLTT2", "Mai Sơn", "", "Đội trưởng",
    "Cầm Văn Thành", ("Lãnh đạo Đội",),
)  # fmt: skip
DIRECTIONS = pl.Enum(["in", "out", "unknown"])


# Scans of a unit of any size ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """How large a unit and its log are. Persons below `staff` are its staff, spread over the places; others visit."""

    first: date
    last: date
    staff: int = 13
    places: int = 2
    visitors_a_day: float = 19  # over all places, on an ordinary working day
    visitors: int = 420  # how many different people visit; a few of them often
    forgotten: float = 0.012  # part of the scans that a person forgets; every sixth person forgets five times as often


def scan_days(shape: Shape, seed: int = SEED) -> Iterator[pl.DataFrame]:
    """The scans of each day from first to last, one frame a day, in order of time.

    Columns: person and place (numbers from 0), scanned_at (whole seconds), direction (in, out, unknown). A day depends
    on the shape, the seed and its date alone, so any range of days can be made on its own.
    """
    for n in range((shape.last - shape.first).days + 1):
        yield _scans_of(shape, shape.first + timedelta(n), seed)


def _scans_of(shape: Shape, day: date, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([seed, day.toordinal()])
    frame = pl.concat([_staff(rng, shape, day), _visits(rng, shape, day)])
    midnight = datetime.combine(day, time())
    return frame.select(
        pl.col("person").cast(pl.Int32),
        pl.col("place").cast(pl.Int16),
        (pl.lit(midnight) + pl.duration(seconds=(pl.col("minute") * 60).round().cast(pl.Int64))).alias("scanned_at"),
        pl.col("direction").replace_strict({0: "in", 1: "out", 2: "unknown"}, return_dtype=DIRECTIONS),
    ).sort("scanned_at", "person")


def _staff(rng: np.random.Generator, shape: Shape, day: date) -> pl.DataFrame:
    """A working day: in, lunch, back, home; or a trip to another place. At weekends a seventh is on duty."""
    n = shape.staff
    person = np.arange(n)
    home = person * shape.places // n
    weekend = day.weekday() >= 5
    present = (person + day.toordinal()) % 7 == 0 if weekend else rng.random(n) < 0.955
    travels = (rng.random(n) < 0.09) & (shape.places > 1) & (not weekend)
    other = (home + rng.integers(1, max(shape.places, 2), n)) % shape.places

    start, leave = rng.normal(444, 8, n), rng.normal(1024, 9, n)
    lunch = np.column_stack([start, rng.normal(691, 6, n), rng.normal(807, 8, n), leave, np.full((n, 2), np.nan)])
    lunch[:, 1:3][rng.random(n) < 0.4] = np.nan  # lunch at the office
    road = np.cumsum(np.column_stack([rng.normal(w, 9, n) for w in (520, 50, 85, 50)]), axis=1)
    minute = np.where(travels[:, None], np.column_stack([start, road, leave]), lunch)
    place = np.where(
        travels[:, None], np.column_stack([home, home, other, other, home, home]), np.repeat(home[:, None], 6, axis=1)
    )

    forgetful = np.where(person % 6 == 5, 5 * shape.forgotten, shape.forgotten)[:, None]
    kept = present[:, None] & ~np.isnan(minute) & (rng.random((n, 6)) >= forgetful * [1, 2, 1, 2, 1, 2])
    kept &= rng.random((n, 1)) >= forgetful  # the whole day forgotten
    who, which = np.nonzero(kept)
    return pl.DataFrame({"person": who, "place": place[kept], "minute": minute[kept], "direction": which % 2})


def _visits(rng: np.random.Generator, shape: Shape, day: date) -> pl.DataFrame:
    """Busy from 8 to 10 and from 14 to 15:30; most visits are short, some lack a scan or have no direction."""
    busy = 0.0 if day.weekday() >= 5 else (1.25, 1.0, 0.95, 1.0, 0.9)[day.weekday()]
    n = int(rng.poisson(shape.visitors_a_day * busy))
    person = shape.staff + np.unique(np.floor(shape.visitors * rng.random(n) ** 1.6).astype(int))  # once a day each
    n = len(person)
    place = np.floor(shape.places * rng.random(n) ** 1.4).astype(int)  # the first place is the busiest
    morning = rng.random(n) < 0.6
    t_in = np.clip(np.where(morning, rng.normal(538, 38, n), rng.normal(884, 32, n)), 445, 1000)
    t_out = t_in + np.clip(rng.lognormal(2.95, 0.65, n), 3, 170)
    undirected = rng.random(n) < 0.06
    seen_in, seen_out = rng.random(n) >= 0.03, rng.random(n) >= 0.15
    return pl.concat(
        pl.DataFrame(
            {"person": person, "place": place, "minute": minute, "direction": np.where(undirected, 2, way)}
        ).filter(seen)
        for minute, way, seen in ((t_in, 0, seen_in), (t_out, 1, seen_out))
    )


# The demo unit --------------------------------------------------------------------------------------------------------

FIRST, LAST = date(2021, 7, 5), date(2021, 8, 27)
LOG_ENDS = datetime(2021, 8, 27, 16, 0)
REGISTER_DAYS = (date(2021, 8, 23), date(2021, 8, 26))  # of which the guards' register was typed in
NEXT_DAY = date(2021, 8, 30)
PLACES = ("Trụ sở Mai Sơn", "Trụ sở Yên Châu")
OPENS, CLOSES = time(7, 0), time(17, 30)

CONTROLLER = "Kiểm soát viên thị trường"
STAFF = (  # name, birth year, position; the first seven work at Mai Sơn, as `Shape` spreads them
    ("Cầm Văn Thành", 1974, "Đội trưởng"),
    ("Nguyễn Thị Thanh Hương", 1985, "Kế toán"),
    ("Lò Văn Tuấn", 1988, CONTROLLER),
    ("Hoàng Thị Mai", 1990, CONTROLLER),
    ("Tòng Thị Hạnh", 1992, "Văn thư"),
    ("Quàng Văn Lả", 1980, "Lái xe"),
    ("Lường Văn Sơn", 1969, "Bảo vệ"),
    ("Trần Quốc Đạt", 1979, "Phó Đội trưởng"),
    ("Vì Thị Hồng", 1987, CONTROLLER),
    ("Đinh Thị Thúy", 1991, CONTROLLER),
    ("Mùa A Dế", 1989, CONTROLLER),
    ("Phạm Đức Quyết", 1983, "Lái xe"),
    ("Cà Văn Bình", 1967, "Bảo vệ"),
)
APPS = (  # app and day of install, in the order of STAFF; two were reminded in July
    ("Bluezone", date(2021, 5, 10)), ("Bluezone", date(2021, 5, 10)), ("Bluezone", date(2021, 5, 11)),
    ("NCOVI", date(2020, 8, 3)), ("Bluezone", date(2021, 5, 12)), ("NCOVI", date(2021, 6, 1)),
    ("NCOVI", date(2021, 7, 13)), ("Bluezone", date(2021, 5, 10)), ("Bluezone", date(2021, 5, 14)),
    ("Bluezone", date(2021, 5, 10)), ("Bluezone", date(2021, 6, 7)), ("Bluezone", date(2021, 5, 20)),
    ("Bluezone", date(2021, 7, 21)),
)  # fmt: skip
DOSES = (  # person, vaccine, day of the first dose; AstraZeneca is followed after eight weeks
    (0, "AstraZeneca", date(2021, 6, 10)), (7, "AstraZeneca", date(2021, 6, 10)), (8, "AstraZeneca", date(2021, 6, 24)),
    (2, "AstraZeneca", date(2021, 7, 1)), (3, "Moderna", date(2021, 7, 15)), (5, "Moderna", date(2021, 7, 15)),
    (10, "Moderna", date(2021, 7, 16)), (1, "Vero Cell", date(2021, 7, 29)), (11, "Vero Cell", date(2021, 8, 5)),
    (6, "Moderna", date(2021, 8, 12)), (12, "Moderna", date(2021, 8, 12)), (4, "Moderna", date(2021, 8, 19)),
)  # fmt: skip
SYMPTOMS = {
    (3, date(2021, 7, 12)): "Đau đầu",
    (10, date(2021, 7, 29)): "Ho",
    (5, date(2021, 8, 11)): "Đau họng",
    (8, date(2021, 8, 27)): "Sốt nhẹ, ho",
}

FAMILY = (
    "Nguyễn",
    "Lò",
    "Hoàng",
    "Quàng",
    "Trần",
    "Cầm",
    "Lê",
    "Tòng",
    "Phạm",
    "Vì",
    "Lường",
    "Đỗ",
    "Bạc",
    "Vũ",
    "Mùa",
)
GIVEN = {
    "Văn": ("Cường", "Dũng", "Đức", "Hải", "Hòa", "Hùng", "Kiên", "Long", "Nam", "Phúc", "Quân", "Thắng", "Trung"),
    "Thị": ("Dung", "Hà", "Hiền", "Hoa", "Lan", "Loan", "Nga", "Nhung", "Oanh", "Phương", "Thảo", "Thủy", "Yến"),
}  # fmt: skip
BUSINESS = (  # organisation, purpose
    ("Hộ kinh doanh", "Nộp hồ sơ"), ("Bưu điện huyện", "Giao văn bản"), ("Ủy ban nhân dân xã", "Liên hệ công tác"),
    ("Hộ kinh doanh", "Làm việc theo giấy mời"), ("Cửa hàng thuốc", "Nộp hồ sơ"), ("Công an huyện", "Họp"),
    ("Cửa hàng vật tư y tế", "Làm việc theo giấy mời"), ("Cá nhân", "Nộp phạt vi phạm hành chính"),
    ("Hợp tác xã nông sản", "Giấy vận chuyển hàng"), ("Điện lực huyện", "Sửa chữa thiết bị"), ("", "Liên hệ công tác"),
)  # fmt: skip

SHAPE = Shape(FIRST, LAST)
KHOI = SHAPE.staff + SHAPE.visitors  # the visitor of the story
KHOI_PHONE = "0900999001"
KHOI_SCANS = (
    (0, datetime(2021, 8, 19, 10, 2, 11), "in"), (0, datetime(2021, 8, 19, 10, 20, 40), "out"),
    (0, datetime(2021, 8, 24, 8, 52, 5), "in"), (0, datetime(2021, 8, 24, 9, 37, 48), "out"),
    (1, datetime(2021, 8, 25, 14, 5, 30), "in"), (1, datetime(2021, 8, 25, 14, 58, 12), "out"),
)  # fmt: skip


def _person(n: int) -> tuple[str, str, str, str]:
    """Name, phone, organisation and purpose of person n, masked as the national platform masks some visitors."""
    if n < len(STAFF):
        return STAFF[n][0], f"0900000{n + 1:03d}", UNIT, ""
    if n == KHOI:
        return "Nguyễn Đình Khôi", KHOI_PHONE, "Hợp tác xã nông sản", "Giấy vận chuyển hàng"
    middle = "Thị" if n % 5 < 2 else "Văn"
    family, given = FAMILY[n * 7 % 15 if n % 4 else 0], GIVEN[middle][n * 11 // 5 % 13]
    phone = f"0900{100000 + n * 1237 % 890000:06d}"  # 1237 and 890000 share no factor: no two visitors share a number
    if n % 8 == 3:
        return f"{family} {middle} ***", f"{phone[:-3]}***", "", ""
    return f"{family} {middle} {given}", phone, *BUSINESS[n % len(BUSINESS)]


def _csv(*rows: Iterable[object], separator: str = ",") -> bytes:
    """A file as an office program of the time writes it: UTF-8 with a byte-order mark."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"


SCAN_HEADER = ("STT", "Thời gian quét", "Họ và tên", "Số điện thoại", "Đơn vị", "Địa điểm", "Hình thức", "Mục đích")


def _scan_rows(scans: pl.DataFrame) -> list[tuple[str, ...]]:
    """The rows of a scan file but for their running number."""
    ways = {"in": "Vào", "out": "Ra", "unknown": ""}
    rows = []
    for n, place, at, way in scans.select("person", "place", "scanned_at", "direction").iter_rows():
        name, phone, organisation, purpose = _person(n)
        rows.append((f"{at:%d/%m/%Y %H:%M:%S}", name, phone, organisation, PLACES[place], ways[way], purpose))
    return rows


def _scan_file(rows: list[tuple[str, ...]]) -> bytes:
    return _csv(SCAN_HEADER, *((n, *row) for n, row in enumerate(rows, 1)))


def _scan_log() -> bytes:
    khoi = pl.DataFrame(
        [(KHOI, place, at, way) for place, at, way in KHOI_SCANS],
        schema={"person": pl.Int32, "place": pl.Int16, "scanned_at": pl.Datetime("us"), "direction": DIRECTIONS},
        orient="row",
    )
    scans = pl.concat([*scan_days(SHAPE), khoi]).filter(pl.col("scanned_at") <= LOG_ENDS).sort("scanned_at", "person")
    return _scan_file(_scan_rows(scans))


def _next_day() -> bytes:
    """An upload to try: the next working day, with visitors never seen before, two repeated rows and three bad ones."""
    shape = Shape(NEXT_DAY, NEXT_DAY)
    newcomer = (pl.col("person") >= shape.staff) & (pl.col("person") % 3 == 0)
    scans = next(scan_days(shape)).with_columns(
        pl.when(newcomer).then(pl.col("person") + shape.visitors + 1).otherwise("person").alias("person")
    )
    rows = _scan_rows(scans)
    bad_date = ("30/02/2021 08:15:00", *rows[3][1:])
    no_time = ("", *rows[12][1:])
    nobody = (rows[20][0], "", "", *rows[20][3:])
    return _scan_file([*rows, rows[5], rows[18], bad_date, no_time, nobody])


def _roster() -> bytes:
    rows = [
        (n + 1, name, year, _person(n)[1], position, PLACES[n * len(PLACES) // len(STAFF)], "Có", "01/01/2021")
        for n, (name, year, position) in enumerate(STAFF)
    ]
    header = (
        "STT",
        "Họ và tên",
        "Năm sinh",
        "Số điện thoại",
        "Chức vụ",
        "Nơi làm việc",
        "Điện thoại thông minh",
        "Từ ngày",
    )
    return _csv(header, *rows)


def _apps() -> bytes:
    rows = [(n + 1, *_person(n)[:2], app, _dmy(day)) for n, (app, day) in enumerate(APPS)]
    return _csv(("STT", "Họ và tên", "Số điện thoại", "Ứng dụng", "Ngày cài đặt"), *rows)


def _doses() -> bytes:
    given = [(day, n, 1, vaccine) for n, vaccine, day in DOSES]
    again = [(day + timedelta(weeks=8), n, 2, vaccine) for n, vaccine, day in DOSES if vaccine == "AstraZeneca"]
    rows = []
    for day, n, number, vaccine in sorted(given + [dose for dose in again if dose[0] <= LAST]):
        centre = "Trung tâm Y tế huyện " + ("Mai Sơn" if n < 7 else "Yên Châu")
        lot = f"{vaccine[:2].upper()}{day:%m%d}"
        rows.append(
            (len(rows) + 1, *_person(n)[:2], number, vaccine, _dmy(day), centre, lot, "Giấy xác nhận tiêm chủng")
        )
    header = (
        "STT",
        "Họ và tên",
        "Số điện thoại",
        "Mũi số",
        "Loại vắc xin",
        "Ngày tiêm",
        "Nơi tiêm",
        "Số lô",
        "Xác nhận",
    )
    return _csv((UNIT,), ("DANH SÁCH TIÊM CHỦNG VẮC XIN PHÒNG COVID-19",), (), header, *rows)


def _declarations() -> bytes:
    rows = []
    diligence = np.where(np.arange(len(STAFF)) % 6 == 0, 0.9, 0.975)
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(ordinal)
        rng = np.random.default_rng([SEED, ordinal, 1])
        declares = rng.random(len(STAFF)) < diligence * (0.3 if day.weekday() >= 5 else 1)
        minute = rng.normal(405, 18, len(STAFF)).round().astype(int)
        for n in sorted(range(len(STAFF)), key=lambda n: int(minute[n])):
            symptoms = SYMPTOMS.get((n, day))
            if declares[n] or symptoms:
                at = datetime.combine(day, time()) + timedelta(minutes=int(minute[n]))
                rows.append((f"{at:%H:%M %d/%m/%Y}", *_person(n)[:2], symptoms or "Không"))
    return _csv(("Thời gian khai báo", "Họ và tên", "Số điện thoại", "Triệu chứng"), *rows, separator=";")


def _absences() -> bytes:
    header = ("STT", "Họ và tên", "Số điện thoại", "Lý do", "Từ ngày", "Đến ngày", "Nơi đến")
    away = ((4, "Nghỉ phép", date(2021, 9, 1), date(2021, 9, 1), ""),
            (2, "Công tác", date(2021, 8, 31), date(2021, 9, 1), "Cục Quản lý thị trường tỉnh Sơn La"))  # fmt: skip
    rows = [
        (i, *_person(n)[:2], reason, _dmy(first), _dmy(last), place)
        for i, (n, reason, first, last, place) in enumerate(away, 1)
    ]
    return _csv(header, *rows)


def _exemptions() -> bytes:
    header = ("STT", "Họ và tên", "Số điện thoại", "Được miễn", "Lý do", "Từ ngày", "Đến ngày")
    reason = "Hoãn tiêm theo chỉ định của bác sĩ: đang điều trị bệnh cấp tính"
    return _csv(header, (1, *_person(9)[:2], "Tiêm vắc xin", reason, _dmy(date(2021, 8, 2)), _dmy(date(2021, 8, 13))))


def _door_register() -> bytes:
    """What the guards wrote down of the visitors of two days: about two thirds of those who scanned, to the minute, and
    of some who did not scan. It names no masked visitor, whom nobody would find again in the scans.
    """
    rows = []
    for day in REGISTER_DAYS:
        rng = np.random.default_rng([SEED, day.toordinal(), 2])
        scans = _scans_of(SHAPE, day, SEED).filter((pl.col("person") >= SHAPE.staff) & (pl.col("person") % 8 != 3))
        visits = scans.group_by("person", "place", maintain_order=True).agg(
            first=pl.col("scanned_at").min(), last=pl.col("scanned_at").max()
        )
        came = [visit for visit in visits.iter_rows() if rng.random() < 0.67]
        strangers = sorted(set(range(SHAPE.staff, KHOI)) - set(scans["person"]))
        for n in rng.choice([n for n in strangers if n % 8 != 3], 2, replace=False):
            at = datetime.combine(day, time(8)) + timedelta(minutes=int(rng.integers(0, 500)))
            came.append((int(n), int(rng.integers(0, 2)), at, at + timedelta(minutes=int(rng.integers(8, 40)))))
        for n, place, first, last in sorted(came, key=lambda visit: visit[2]):
            name, phone, _, purpose = _person(n)
            left = f"{last:%H:%M}" if last > first else ""
            rows.append((_dmy(day), name, phone, PLACES[place], f"{first:%H:%M}", left, purpose))
    header = ("STT", "Ngày", "Họ và tên", "Số điện thoại", "Địa điểm", "Giờ vào", "Giờ ra", "Mục đích", "Chữ ký")
    numbered = ((n, *row, "") for n, row in enumerate(rows, 1))
    return _csv((UNIT,), ("SỔ TRỰC CỬA",), (), header, *numbered)


FILES = {  # file name: kind and maker, in the order in which the demo loads them
    "danh-sach-can-bo.csv": ("roster", _roster),
    "nghi-cong-tac.csv": ("absences", _absences),
    "ung-dung.csv": ("apps", _apps),
    "mui-tiem.csv": ("doses", _doses),
    "khai-bao-y-te.csv": ("declarations", _declarations),
    "quet-ma.csv": ("scans", _scan_log),
    "so-truc-cua.csv": ("scans", _door_register),
    "mien-tru.csv": ("exemptions", _exemptions),
}
UPLOAD_TO_TRY = "quet-ma-30-08.csv"


def write_files(folder: Path) -> None:
    """Writes the demo unit's files and the upload to try; the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (_, make) in FILES.items():
        (folder / name).write_bytes(make())
    (folder / UPLOAD_TO_TRY).write_bytes(_next_day())


def write(store: Store) -> None:
    """Fills an empty store with the demo unit, its case and the requests it got. Raises `StoreError` when the store
    already holds data.
    """
    from quetma import demo_requests  # what makes documents takes half a second to load

    write_unit(store)
    demo_case.write(store)
    demo_requests.write(store)


def write_unit(store: Store) -> None:
    """The demo unit before anybody is ill, through the same intake as every upload. Raises `StoreError` as `write`."""
    write_facts(store)
    staff = dict(continuity.staff(store).select("name", "person_id").iter_rows())
    plan.save(store, "demo", plan.start(PLAN, staff.__getitem__))
    today = store.today()
    gates = [focal for focal in plan.current(store).plan.focal if focal.daily]
    days = [day for at in (today, today + timedelta(days=7)) for day in rota.week(at) if workdays.is_working(day)]
    rota.fill(store, "demo", {(day, gate.duty): gate.person for day in days for gate in gates if day != days[-1]})


def write_facts(store: Store) -> None:
    """Its places, people and scans, before there is a plan. Raises `StoreError` as `write`."""
    if store.ask("intake/batch_count")["batches"][0] or not store.ask("flow/locations").is_empty():
        raise StoreError(
            "This store already holds data, and demo data never mixes with it. Nothing was changed. "
            "Open the demo unit in a store of its own, in an empty folder."
        )
    store.set("demo", "yes")
    store.set("unit_name", UNIT)
    agency.change(store, "demo", AGENCY)
    with store.write() as cursor:  # before the scans, so that a stay without a scan out ends at closing time
        for number, name in enumerate(PLACES, 1):
            cursor.execute(
                query("intake/register_location")[0],
                {"location": number, "name": name, "name_key": people.fold(name), "opens": OPENS, "closes": CLOSES},
            )
    for name in FILES:
        [table] = intake.prepare(store, name, SAMPLE / name)
        intake.load(store, intake.unasked(table), "demo")


if __name__ == "__main__":
    write_files(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE)
