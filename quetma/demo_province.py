"""A province for demonstration: the demo unit as one of its teams, and beside it as many others as wanted, from the
same generator. Everybody and every number is invented.

`write(store, 40)` fills an empty store. The teams are unlike each other in how many they are and how well they do; some
have only two or three people, whose figures are too small to be shown to everybody; the log of one lacks the last day.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from quetma import agency, demo, demo_case, intake, people, plan, units
from quetma.demo import CLOSES, CONTROLLER, FAMILY, FIRST, GIVEN, LAST, LOG_ENDS, OPENS, SEED, Shape, scan_days
from quetma.store import Store, StoreError, query

NAME = "Cục Quản lý thị trường tỉnh Sơn La"
MOST = 99
TINY = 9  # of so many teams one has two or three people
SILENT = 4  # the team whose log of the last day is missing, among the others
POSITIONS = ("Đội trưởng", "Phó Đội trưởng", "Kế toán", "Văn thư", "Bảo vệ", "Lái xe")


@dataclass(frozen=True)
class Team:
    """One team. number: as in its name. diligence: 0 to 1, how well it does. places: of all teams, from 1."""

    number: int
    shape: Shape
    diligence: float
    places: range

    @property
    def name(self) -> str:
        return f"Đội Quản lý thị trường số {self.number}"

    def place(self, n: int) -> str:
        """The name of its n-th place."""
        return f"Trụ sở Đội {self.number}" if n == 0 else f"Trạm kiểm soát {n}, Đội {self.number}"

    def person(self, n: int) -> tuple[str, str]:
        """Name and phone of its person n: below `shape.staff` one of its own. Some visitors go to two teams."""
        own = n < self.shape.staff
        shared = not own and n % 20 == 7
        seed = n * 3 + (self.number // 2 if shared else self.number) * 41
        middle = "Thị" if seed % 5 < 2 else "Văn"
        name = f"{FAMILY[seed * 7 % 15]} {middle} {GIVEN[middle][seed * 11 // 5 % 13]}"
        of = (self.number // 2 if shared else self.number) * 10_000 + n
        return name, f"0{901 if own else 903 if shared else 902}{of:06d}"


def teams(n: int) -> list[Team]:
    """The n teams beside the demo unit; the same every time, the first ones whatever n is."""
    found, first = [], len(demo.PLACES) + 1
    for at in range(n):
        rng = np.random.default_rng([SEED, at, 40])
        staff = int(rng.integers(2, 4)) if at % TINY == TINY - 2 else int(rng.integers(6, 22))
        places = 1 if staff < 10 else int(rng.integers(1, 4))
        diligence = float(rng.beta(8, 1.2))
        shape = Shape(
            FIRST, LAST, staff, places, float(staff * rng.uniform(0.6, 2)), 60 + staff * 20, 0.15 * (1 - diligence)
        )
        number = at + 1 if at == 0 else at + 2  # the demo unit is number 2
        found.append(Team(number, shape, diligence, range(first, first + places)))
        first += places
    return found


def write(store: Store, n: int) -> None:
    """Fills an empty store with a province of n teams. Raises `StoreError` when it holds data already, or n is none."""
    if not 2 <= n <= MOST:
        raise StoreError(f"A province for demonstration has from 2 to {MOST} teams. Nothing was changed.")
    others = teams(n - 1)
    demo.write_facts(store)
    demo_case.write(store)
    store.set("unit_name", NAME)
    agency.change(store, "demo", replace(demo.AGENCY, parent="Tổng cục Quản lý thị trường", name=NAME, symbol="CQLTT"))
    plan.save(store, "demo", _plan())
    root = units.add(store, NAME, None, "demo")
    known = [(Team(2, demo.SHAPE, 1, range(1, len(demo.PLACES) + 1)), "Đội Quản lý thị trường số 2")]
    known += [(team, team.name) for team in others]
    with store.write() as cursor:
        for team in others:
            for at, number in enumerate(team.places):
                name = team.place(at)
                told = {"location": number, "name": name, "name_key": people.fold(name)}
                cursor.execute(query("intake/register_location")[0], told | {"opens": OPENS, "closes": CLOSES})
    for team, name in known:
        units.give(store, team.places, units.add(store, name, root, "demo"), "demo")
    for name, content in (
        ("can-bo-toan-tinh.csv", _roster(others)), ("ung-dung-toan-tinh.csv", _apps(others)),
        ("mui-tiem-toan-tinh.csv", _doses(others)), ("khai-bao-toan-tinh.csv", _declarations(others)),
        ("quet-ma-toan-tinh.csv", _scans(others)),
    ):  # fmt: skip
        [table] = intake.prepare(store, name, content)
        intake.load(store, intake.unasked(table), "demo")


def _plan() -> plan.Plan:
    """The demo unit's plan without its people: it is that of all teams."""
    own = plan.start(demo.PLAN, lambda name: 0)
    measures = tuple(replace(measure, owner=None) for measure in own.measures)
    return replace(own, measures=measures, focal=(), phones=())


def _staff(others: list[Team]) -> list[tuple[Team, int, np.random.Generator]]:
    return [
        (team, n, np.random.default_rng([SEED, team.number, n, 41])) for team in others for n in range(team.shape.staff)
    ]


def _roster(others: list[Team]) -> bytes:
    rows = []
    for team, n, rng in _staff(others):
        position = POSITIONS[n] if n < len(POSITIONS) and n < team.shape.staff - 1 else CONTROLLER
        home = team.place(n * team.shape.places // team.shape.staff)
        phone = "Không" if rng.random() < 0.04 else "Có"
        rows.append((len(rows) + 1, *team.person(n), 1966 + int(rng.integers(0, 34)), position, home, phone))
    header = ("STT", "Họ và tên", "Số điện thoại", "Năm sinh", "Chức vụ", "Nơi làm việc", "Điện thoại thông minh")
    return demo._csv(header, *rows)


def _apps(others: list[Team]) -> bytes:
    rows = []
    for team, n, rng in _staff(others):
        if rng.random() < 0.9 + 0.1 * team.diligence:
            app = "Bluezone" if rng.random() < 0.8 else "NCOVI"
            rows.append((*team.person(n), app, demo._dmy(date(2021, 5, 3) + timedelta(int(rng.integers(0, 80))))))
    return demo._csv(("Họ và tên", "Số điện thoại", "Ứng dụng", "Ngày cài đặt"), *rows)


def _doses(others: list[Team]) -> bytes:
    rows = []
    for team, n, rng in _staff(others):
        if rng.random() < 0.6 + 0.4 * team.diligence:
            given = date(2021, 6, 10) + timedelta(int(rng.integers(0, 75)))
            rows.append((*team.person(n), 1, "AstraZeneca", demo._dmy(given), "Giấy xác nhận tiêm chủng"))
            if given + timedelta(weeks=8) <= LAST:
                again = demo._dmy(given + timedelta(weeks=8))
                rows.append((*team.person(n), 2, "AstraZeneca", again, "Giấy xác nhận tiêm chủng"))
    return demo._csv(("Họ và tên", "Số điện thoại", "Mũi số", "Loại vắc xin", "Ngày tiêm", "Xác nhận"), *rows)


def _declarations(others: list[Team]) -> bytes:
    rows = []
    days = [day for n in range((LAST - FIRST).days + 1) if (day := FIRST + timedelta(n)).weekday() < 5]
    for team, n, rng in _staff(others):
        for day in (day for day in days if rng.random() < 0.7 + 0.3 * team.diligence):
            at = datetime.combine(day, time(6)) + timedelta(minutes=int(rng.integers(0, 90)))
            rows.append((f"{at:%H:%M %d/%m/%Y}", *team.person(n), "Ho" if rng.random() < 0.001 else "Không"))
    return demo._csv(("Thời gian khai báo", "Họ và tên", "Số điện thoại", "Triệu chứng"), *rows)


def _scans(others: list[Team]) -> bytes:
    rows = []
    ways = {"in": "Vào", "out": "Ra", "unknown": ""}
    for at, team in enumerate(others):
        ends = datetime.combine(LAST, time()) if at == SILENT % len(others) else LOG_ENDS
        for day in scan_days(team.shape, SEED + team.number):
            for n, place, moment, way in day.iter_rows():
                if moment <= ends:
                    rows.append((f"{moment:%d/%m/%Y %H:%M:%S}", *team.person(n), team.place(place), ways[way]))
    return demo._csv(("Thời gian quét", "Họ và tên", "Số điện thoại", "Địa điểm", "Hình thức"), *rows)
