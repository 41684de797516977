"""Compliance: every rate and every list of the missing equals a plain recount of the facts."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import compliance, demo, duties, people, rollups, touch, workdays
from quetma.store import Store
from tests import recount
from tests.conftest import examples
from tests.recount import Tables

MONDAY = date(2021, 8, 30)  # of a week with the public holidays of 2 and 3 September
HOLIDAYS = {date(2021, 9, 2), date(2021, 9, 3)}
PLACES = ("Mai Sơn", "Yên Châu")
POSITIONS = ("Bảo vệ", "Kế toán", "Lái xe")
COLUMNS = {
    "roster_row": "position, location_id, smartphone, started, ended, since",
    "dose_row": "number, vaccine, given_on, place, lot, confirmed_by",
    "app_install_row": "app, installed_on",
    "declaration_row": "declared_at, symptoms",
    "absence_row": "reason, first_day, last_day",
    "exemption_row": "duty, reason, first_day, last_day",
    "scan_row": "location_id, scanned_at, direction, purpose",
}


Described = tuple[str, int, bool, date | None, date | None]  # position, place, smartphone, first and last day


@dataclass
class Facts:
    """One unit on paper. People are numbers; a day is a date."""

    roster: dict[int, Described] = field(default_factory=dict)
    doses: list[tuple[int, int, date, bool]] = field(default_factory=list)  # person, number, day, confirmed
    apps: list[tuple[int, str, date]] = field(default_factory=list)
    declarations: list[tuple[int, date]] = field(default_factory=list)
    scans: list[tuple[int, int, datetime, str]] = field(default_factory=list)  # person, place, time, direction
    later: list[tuple[int, date | None, Described]] = field(default_factory=list)  # person, from this day on: described
    absences: list[tuple[int, date, date]] = field(default_factory=list)
    exemptions: list[tuple[int, str, date, date | None]] = field(default_factory=list)  # person, duty, first, last

    @property
    def tables(self) -> Tables:
        """For the recount."""
        described = [(person, None, told) for person, told in self.roster.items()] + self.later
        roster = [
            (person, position, PLACES[place - 1], smartphone, first, last, since)
            for person, since, (position, place, smartphone, first, last) in described
        ]
        return Tables(
            roster=frame(roster, "person position place smartphone first last since"),
            doses=frame(self.doses, "person number first confirmed"),
            apps=frame(self.apps, "person app first"),
            declarations=frame(self.declarations, "person first"),
            scans=frame([(person, at.date()) for person, _, at, _ in self.scans], "person first"),
            absences=frame(self.absences, "person first last"),
            exemptions=frame(self.exemptions, "person duty first last"),
        )


def frame(rows: list[tuple], columns: str) -> pl.DataFrame:
    types = dict.fromkeys(["first", "last", "since"], pl.Date) | dict.fromkeys(["person", "number"], pl.Int64)
    types |= dict.fromkeys(["smartphone", "confirmed"], pl.Boolean)
    return pl.DataFrame(rows, {column: types.get(column, pl.String) for column in columns.split()}, orient="row")


def write(store: Store, facts: Facts, order: str = "rdahsbe") -> None:
    """Uploads the facts in that order: (r)oster, (d)oses, (a)pps, (h)ealth declarations, (s)cans, a(b)sences,
    (e)xemptions.

    Each dose is an upload of its own, so that a later one replaces an earlier one.
    """
    with store.write() as cursor:
        for n, name in enumerate(PLACES, 1):
            cursor.execute(
                "INSERT INTO location (location_id, name, name_key, opens, closes, by_hand) "
                "VALUES (?, ?, ?, NULL, NULL, TRUE)",
                [n, name, people.fold(name)],
            )
        for n in range(1, 7):
            cursor.execute(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?, NULL, NULL, FALSE)",
                [n, str(n), f"Người {n}", f"{n}", f"{n}"],
            )
    uploads: dict[str, list[tuple[str, list[tuple]]]] = {
        "r": [
            ("roster_row", [(person, *told, None) for person, told in facts.roster.items()]),
            *(("roster_row", [(person, *told, since)]) for person, since, told in facts.later),
        ],
        "b": [("absence_row", [(person, "Nghỉ phép", first, last) for person, first, last in facts.absences])],
        "e": [("exemption_row", [(p, duty, "y tế", first, last) for p, duty, first, last in facts.exemptions])],
        "d": [
            ("dose_row", [(p, n, None, day, None, None, "Giấy xác nhận" if confirmed else None)])
            for p, n, day, confirmed in facts.doses
        ],
        "a": [("app_install_row", list(facts.apps))],
        "h": [("declaration_row", [(p, datetime.combine(day, time(6, 30)), "") for p, day in facts.declarations])],
        "s": [("scan_row", [(*scan, None) for scan in facts.scans])],
    }
    batch = 0
    for kind in order:
        for table, rows in uploads[kind]:
            batch += 1
            with store.write() as cursor:
                cursor.execute(
                    "INSERT INTO batch (batch_id, kind, file_name, sha256, uploaded_at, uploaded_by, row_count, "
                    "accepted, duplicates, rejected, first_day, last_day, sheet, origin, source) "
                    "VALUES (?, ?, 'x', ?, now(), 'a', ?, ?, 0, 0, NULL, NULL, '', '{}', NULL)",
                    [batch, table, str(batch), len(rows), len(rows)],
                )
                for line, row in enumerate(rows, 2):
                    marks = ", ".join("?" * (len(row) + 2))
                    names = f"(batch_id, line, person_id, {COLUMNS[table]}, counts)"
                    cursor.execute(f"INSERT INTO {table} {names} VALUES ({marks}, TRUE)", [batch, line, *row])
                rollups.derive(cursor, touch.of_upload(cursor, batch))


@pytest.fixture
def unit(tmp_path: Path) -> Callable[..., Store]:
    """`unit(Facts(...))`: a store with those facts."""

    def make(facts: Facts, order: str = "rdahsbe", **stored: str) -> Store:
        store = Store(tmp_path / "unit")
        for key, value in stored.items():
            store.set(key, value)
        write(store, facts, order)
        return store

    return make


def staff(person: int, smartphone: bool = True, since: date | None = None, until: date | None = None) -> dict:
    return {person: (POSITIONS[person % 3], 1 + person % 2, smartphone, since, until)}


def test_without_a_smartphone_one_is_exempt_from_the_app_and_the_declaration(unit) -> None:
    store = unit(Facts(roster=staff(1) | staff(2, smartphone=False), declarations=[(1, MONDAY)]))
    assert compliance.on(store, MONDAY) == {
        "on": "2021-08-30",
        "working_day": True,
        "staff": 2,
        "apps": {"have": 0, "of": 1, "missing": ["Người 1"], "exempt": ["Người 2"]},
        "vaccinated": {"have": 0, "of": 2, "missing": ["Người 1", "Người 2"], "exempt": []},
        "declared": {"have": 1, "of": 1, "missing": [], "exempt": ["Người 2"]},
        "scanned": {"have": 0, "of": 2, "missing": ["Người 1", "Người 2"], "exempt": []},
        "absent": [],
    }


def test_an_app_that_the_unit_does_not_accept_is_no_app(unit) -> None:
    apps = [(1, "Zalo", MONDAY), (2, "ncovi", MONDAY), (3, "Sổ sức khỏe", MONDAY), (3, "BLUEZONE", MONDAY)]
    store = unit(Facts(roster=staff(1) | staff(2) | staff(3), apps=apps, declarations=[(1, MONDAY)]))
    assert compliance.on(store, MONDAY)["apps"]["missing"] == ["Người 1"]


def test_an_accepted_app_may_have_a_vietnamese_name(unit) -> None:
    store = unit(Facts(roster=staff(1) | staff(2), apps=[(1, "Sổ sức khỏe", MONDAY), (2, "Bluezone", MONDAY)]))
    store.set("accepted_apps", "NCOVI|Sổ Sức Khỏe")
    assert compliance.on(store, MONDAY)["apps"]["missing"] == ["Người 2"]


def test_a_dose_counts_from_its_day_and_only_when_confirmed(unit) -> None:
    tuesday = MONDAY + timedelta(1)
    doses = [(1, 1, tuesday, True), (2, 1, MONDAY, False)]
    store = unit(Facts(roster=staff(1) | staff(2), doses=doses, declarations=[(1, MONDAY), (1, tuesday)]))
    assert compliance.on(store, MONDAY)["vaccinated"]["have"] == 0
    assert compliance.on(store, tuesday)["vaccinated"]["missing"] == ["Người 2"]
    assert compliance.missing(store, tuesday, "vaccinated")["unconfirmed_on"].to_list() == [MONDAY]


def test_a_corrected_dose_replaces_the_earlier_record(unit) -> None:
    facts = Facts(
        roster=staff(1),
        doses=[(1, 1, MONDAY, True), (1, 1, MONDAY + timedelta(2), True)],
        scans=[(1, 1, datetime.combine(MONDAY + timedelta(n), time(7)), "in") for n in range(3)],
    )
    store = unit(facts, "rsd")
    assert [compliance.on(store, MONDAY + timedelta(n))["vaccinated"]["have"] for n in range(3)] == [0, 0, 1]
    assert rollups.check(store) == []


def test_on_a_day_off_nobody_owes_a_declaration_or_a_scan(unit) -> None:
    store = unit(Facts(roster=staff(1), declarations=[(1, MONDAY), (1, MONDAY + timedelta(6))]))
    for day in (MONDAY + timedelta(3), MONDAY + timedelta(5)):  # 2 September, a holiday; Saturday
        answer = compliance.on(store, day)
        assert not answer["working_day"]
        assert answer["vaccinated"]["of"] == 1
        assert answer["declared"] == {"have": 0, "of": 0, "missing": [], "exempt": []}
        assert answer["scanned"] == {"have": 0, "of": 0, "missing": [], "exempt": []}


def test_doses_and_apps_are_known_before_any_scan_is_uploaded(unit) -> None:
    facts = Facts(roster=staff(1) | staff(2), doses=[(1, 1, MONDAY, True)], apps=[(2, "Bluezone", MONDAY)])
    answer = compliance.on(unit(facts), MONDAY + timedelta(1))
    assert answer["vaccinated"] == {"have": 1, "of": 2, "missing": ["Người 2"], "exempt": []}
    assert answer["apps"]["missing"] == ["Người 1"]


def test_missing_says_since_when(unit) -> None:
    days = [MONDAY + timedelta(n) for n in (0, 1, 2, 7)]  # Thursday and Friday are holidays, then a weekend
    scans = [(2, 1, datetime.combine(day, time(7)), "in") for day in days]
    scans += [(1, 1, datetime.combine(days[1], time(7)), "in")]
    store = unit(Facts(roster=staff(1, since=date(2021, 1, 1)) | staff(2) | staff(3), scans=scans))
    found = compliance.missing(store, days[-1], "scanned")
    assert found.select("name", "last", "missed", "started").rows() == [
        ("Người 1", days[1], 2, date(2021, 1, 1)),  # Monday, missed before that, does not count
        ("Người 3", None, 4, None),
    ]
    assert compliance.previous(store, days[-1]) == days[2]
    assert compliance.previous(store, MONDAY) is None
    shown = compliance.matrix(store, "scanned", days[1], days[-1])
    off = ["off"] * 4
    assert shown.columns[3:] == [f"{days[1] + timedelta(n)}" for n in range(7)]
    assert shown.rows() == [
        (1, "Người 1", 2, "half", "missed", *off, "missed"),
        (2, "Người 2", 0, "half", "half", *off, "half"),
        (3, "Người 3", 3, "missed", "missed", *off, "missed"),
    ]


@pytest.mark.parametrize("ago", [5, 14, 15, 60, 100])
def test_missing_says_since_when_however_long_ago(unit, ago: int) -> None:
    once, day = MONDAY - timedelta(ago), MONDAY
    scans = [(1, 1, datetime.combine(once, time(7)), "in"), (9, 1, datetime.combine(day, time(7)), "in")]
    found = compliance.missing(unit(Facts(roster=staff(1) | staff(2), scans=scans)), day, "scanned")
    missed = [sum(workdays.is_working(once + timedelta(n)) for n in range(begin, ago + 1)) for begin in (1, 0)]
    assert found.select("name", "last", "missed").rows() == [("Người 1", once, missed[0]), ("Người 2", None, missed[1])]


def test_scans_without_their_other_half(unit) -> None:
    def scan(person: int, clock: str, way: str, day: int = 0) -> tuple[int, int, datetime, str]:
        return person, 1, datetime.combine(MONDAY + timedelta(day), time.fromisoformat(clock)), way

    facts = Facts(
        roster=staff(1) | staff(2) | staff(3),
        scans=[
            *(scan(1, "07:00", "in"), scan(1, "11:30", "out"), scan(1, "13:30", "in")),  # forgot to scan out at night
            *(scan(2, "11:30", "out"), scan(2, "13:00", "in"), scan(2, "17:00", "out")),  # forgot to scan in
            *(scan(3, "07:00", "unknown"), scan(4, "07:00", "in")),  # no direction; a visitor
            *(
                scan(1, "07:00", "in", 1),
                scan(2, "07:00", "in", 1),
                scan(2, "11:00", "in", 1),
            ),  # on site; forgot, on site
        ],
    )
    store = unit(facts)
    columns = ("name", "missing", "scanned_at")
    assert compliance.unpaired(store, MONDAY).select(columns).rows() == [
        ("Người 2", "in", scan(2, "11:30", "out")[2]),
        ("Người 1", "out", scan(1, "13:30", "in")[2]),
    ]
    assert compliance.unpaired(store, MONDAY + timedelta(1)).select(columns).rows() == [
        ("Người 2", "out", scan(2, "07:00", "in", 1)[2])
    ]


def test_groups_too_small_to_hide_a_person_are_put_together(unit) -> None:
    roster = {
        n: (("Bảo vệ", "Bảo vệ", "Bảo vệ", "Kế toán", "Lái xe", "Văn thư")[n - 1], 1, True, None, None)
        for n in range(1, 7)
    }
    store = unit(Facts(roster=roster, doses=[(4, 1, MONDAY, True), (1, 1, MONDAY, True)]))

    def parts(smallest: int) -> list[tuple]:
        columns = ("group", "staff", "vaccinated_have", "vaccinated_due")
        return compliance.split(store, MONDAY, "position", smallest).select(columns).rows()

    assert parts(1) == [("Bảo vệ", 3, 1, 3), ("Kế toán", 1, 1, 1), ("Lái xe", 1, 0, 1), ("Văn thư", 1, 0, 1)]
    assert parts(3) == [("Bảo vệ", 3, 1, 3), (None, 3, 1, 3)]
    assert parts(4) == [(None, 6, 2, 6)]


def same(store: Store, there: pl.DataFrame, due: pl.DataFrame, day: date, names: dict) -> None:
    """Everything that is said about one day equals the recount: its staff, and who owes what."""
    there, due = there.filter(pl.col("day") == day), due.filter(pl.col("day") == day)
    answer, found = compliance.on(store, day), compliance.people(store, day)
    assert answer["staff"] == there.height
    for duty in compliance.DUTIES:
        own = due.filter(pl.col("duty") == duty)
        counts = (own["done"].sum(), own.height)
        assert (answer[duty]["have"], answer[duty]["of"]) == counts == compliance.rate(found, duty), (day, duty)
        absent = sorted(names[person] for person in own.filter(~pl.col("done"))["person"])
        assert sorted(answer[duty]["missing"]) == absent
        if duty == compliance.DUTIES[day.day % 4]:  # the page's list: of one duty a day
            assert sorted(compliance.missing(store, day, duty)["name"]) == absent
    for by, column in (("position", "position"), ("location", "place")):
        parts = compliance.split(store, day, by)
        assert sorted(parts["group"]) == sorted(there[column].unique())
        shown = {
            (row["group"], duty): (row[f"{duty}_have"], row[f"{duty}_due"])
            for row in parts.iter_rows(named=True)
            for duty in compliance.DUTIES
            if row[f"{duty}_due"]
        }
        counted = due.group_by(column, "duty").agg(pl.col("done").sum(), pl.len())
        assert shown == {(group, duty): (have, of) for group, duty, have, of in counted.iter_rows()}


DAYS = st.integers(0, 11).map(lambda n: MONDAY + timedelta(n))
PEOPLE = st.integers(1, 6)
DESCRIBED = st.tuples(st.sampled_from(POSITIONS), st.integers(1, 2), st.booleans(), st.none() | DAYS, st.none() | DAYS)
FACTS = st.builds(
    Facts,
    roster=st.dictionaries(PEOPLE, DESCRIBED, min_size=1),
    later=st.lists(st.tuples(PEOPLE, st.none() | DAYS, DESCRIBED), max_size=3),
    absences=st.lists(
        st.tuples(PEOPLE, DAYS, st.integers(0, 3)).map(lambda a: (a[0], a[1], a[1] + timedelta(a[2]))), max_size=4
    ),
    exemptions=st.lists(
        st.tuples(PEOPLE, st.sampled_from(compliance.DUTIES), DAYS, st.none() | st.integers(0, 4)).map(
            lambda e: (*e[:3], None if e[3] is None else e[2] + timedelta(e[3]))
        ),
        max_size=4,
        unique_by=lambda e: e[:3],
    ),
    doses=st.lists(st.tuples(PEOPLE, st.integers(1, 3), DAYS, st.booleans()), max_size=4),
    apps=st.lists(st.tuples(PEOPLE, st.sampled_from(["Bluezone", "NCOVI", "Zalo", "PC-COVID"]), DAYS), max_size=6),
    declarations=st.lists(st.tuples(PEOPLE, DAYS), max_size=20),
    scans=st.lists(
        st.tuples(
            PEOPLE,
            st.integers(1, 2),
            st.builds(datetime.combine, DAYS, st.integers(6, 18).map(time)),
            st.sampled_from(["in", "out", "unknown"]),
        ),
        max_size=20,
        unique_by=lambda scan: (scan[0], scan[2]),
    ),
)  # fmt: skip


@settings(max_examples=examples(6), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, st.permutations("rdahsbe").map("".join), st.integers(1, 3), st.sampled_from(["one", "full", "booster"]))
def test_any_unit_in_any_order_of_uploads(
    empty_file: Path, facts: Facts, order: str, declaration_days: int, needs: str
) -> None:
    tables, days = facts.tables, days_between(MONDAY - timedelta(1), MONDAY + timedelta(12))
    doses = {"one": 1, "full": 2, "booster": 3}[needs]  # of a vaccine that nobody names
    there = recount.staff(tables, days)
    due = recount.recount(tables, days, HOLIDAYS, declaration_days, doses)
    with TemporaryDirectory() as folder:
        shutil.copy(empty_file, folder)
        store = Store(Path(folder))
        early = {"declaration_days": str(declaration_days)} if declaration_days > 1 else {"vaccinated_needs": needs}
        for key, value in early.items():
            store.set(key, value)
        write(store, facts, order)
        compliance.decide(store, "test", {"declaration_days": str(declaration_days), "vaccinated_needs": needs})
        for n in (-1, 1, 3, 8, 12):  # a holiday, working days, a day before and a day after the data
            same(store, there, due, MONDAY + timedelta(n), {n: f"Người {n}" for n in range(1, 7)})
        known = store.ask("compliance/calendar").select("day")
        counted = due.join(known, on="day", how="semi").group_by("day", "duty").agg(pl.col("done").sum(), pl.len())
        days = {"first": date(2021, 1, 1), "last": date(2022, 1, 1)}
        shown = store.ask("compliance/trend", **days, location=0, position=None).filter(pl.col("due") > 0)
        assert sorted(shown.iter_rows()) == sorted(counted.iter_rows())
        inside = due.filter(position=POSITIONS[1], place=PLACES[0]).group_by("day", "duty")
        shares = {(day, duty): share for day, duty, share in inside.agg(pl.col("done").sum() / pl.len()).iter_rows()}
        for row in compliance.trend(store, MONDAY, MONDAY + timedelta(11), 1, POSITIONS[1]).iter_rows(named=True):
            for duty in compliance.DUTIES:
                assert row[duty] == shares.get((row["day"], duty))
        assert rollups.check(store) == []
        store.close()


def days_between(first: date, last: date) -> pl.DataFrame:
    return pl.DataFrame({"day": pl.date_range(first, last, eager=True)})


def sample(name: str, **options) -> pl.DataFrame:
    return pl.read_csv(demo.SAMPLE / name, infer_schema=False, **options).with_columns(
        pl.col("^(Từ|Đến) ngày|Ngày .*$").str.to_date("%d/%m/%Y")
    )


def of_sample() -> Tables:
    """The files of the demo unit, for the recount; a person is a phone."""
    person, first, last = pl.col("Số điện thoại").alias("person"), pl.col("Từ ngày"), pl.col("Đến ngày")
    roster = {"position": "Chức vụ", "place": "Nơi làm việc", "smartphone": pl.col("Điện thoại thông minh") == "Có"}
    doses = {"number": pl.col("Mũi số").cast(pl.Int64), "confirmed": pl.col("Xác nhận").is_not_null()}
    declared = pl.col("Thời gian khai báo").str.to_datetime("%H:%M %d/%m/%Y").dt.date()
    scanned = pl.col("Thời gian quét").str.to_datetime("%d/%m/%Y %H:%M:%S").dt.date()
    free = pl.col("Được miễn").replace_strict({"Tiêm vắc xin": "vaccinated"})
    never = pl.lit(None, pl.Date)
    return Tables(
        roster=sample("danh-sach-can-bo.csv").select(person, first=first, last=never, since=never, **roster),
        doses=sample("mui-tiem.csv", skip_lines=3).select(person, first="Ngày tiêm", **doses),
        apps=sample("ung-dung.csv").select(person, app="Ứng dụng", first="Ngày cài đặt"),
        declarations=sample("khai-bao-y-te.csv", separator=";").select(person, first=declared),
        scans=sample("quet-ma.csv").select(person, first=scanned),
        absences=sample("nghi-cong-tac.csv").select(person, first=first, last=last),
        exemptions=sample("mien-tru.csv").select(person, duty=free, first=first, last=last),
    )


def test_the_demo_unit_equals_a_recount_of_its_files(demo_store: Store) -> None:
    tables, days = of_sample(), days_between(demo.FIRST, demo.LAST)
    there, due = recount.staff(tables, days), recount.recount(tables, days)
    assert due.height > 2000
    names = dict(sample("danh-sach-can-bo.csv").select("Số điện thoại", "Họ và tên").iter_rows())
    for day in days["day"]:
        same(demo_store, there, due, day, names)


def test_the_demo_unit_on_its_last_day(demo_store: Store) -> None:
    answer = compliance.on(demo_store, demo_store.today())
    assert answer["apps"] == {"have": 13, "of": 13, "missing": [], "exempt": []}
    assert answer["vaccinated"] == {"have": 12, "of": 13, "missing": ["Đinh Thị Thúy"], "exempt": []}
    assert answer["declared"] == {"have": 12, "of": 13, "missing": ["Tòng Thị Hạnh"], "exempt": []}
    assert answer["scanned"] == {"have": 12, "of": 13, "missing": ["Nguyễn Thị Thanh Hương"], "exempt": []}


def test_the_list_of_apps_is_the_one_in_force_on_the_day(unit) -> None:
    scans = [(1, 1, datetime(2021, 9, 27, 7), "in"), (1, 1, datetime(2021, 10, 8, 7), "in")]
    store = unit(Facts(roster=staff(1), apps=[(1, "PC-COVID", date(2021, 9, 20))], scans=scans))
    have = {day: compliance.on(store, day)["apps"]["have"] for day in (date(2021, 9, 29), date(2021, 9, 30))}
    assert list(have.values()) == [0, 1]
    compliance.decide(store, "test", {"accepted_apps": "Bluezone"})
    assert compliance.on(store, date(2021, 9, 30))["apps"]["have"] == 0
    assert rollups.check(store) == []
    [(subject, detail)] = (
        store.cursor().execute("SELECT subject, detail FROM audit WHERE action = 'setting'").fetchall()
    )
    assert (subject, detail) == ("accepted_apps", "Bluezone")


def doses_of(given: dict[int, date], vaccine: str | None) -> pl.DataFrame:
    """Confirmed doses, by their numbers, of one person."""
    rows = [(number, day, vaccine, "Y tế") for number, day in given.items()]
    kinds = {"number": pl.Int8, "given_on": pl.Date, "vaccine": pl.String, "confirmed_by": pl.String}
    return pl.DataFrame(rows, kinds, orient="row")


@pytest.mark.parametrize(
    ("vaccine", "days", "level", "doses"),
    [
        ("AstraZeneca", [0], "one", 1),
        ("AstraZeneca", [0, 30], "full", 2),
        ("COVID-19 Vaccine Janssen", [0], "full", 1),
        ("Janssen", [0, 30], "booster", 2),
        ("Abdala", [0, 30], "one", 2),
        ("Abdala", [0, 30, 44], "full", 3),
        (None, [0, 30, 44], "booster", 3),
        ("Moderna", [], "none", 0),
    ],
)
def test_a_full_course_is_told_by_the_vaccine(vaccine: str | None, days: list[int], level: str, doses: int) -> None:
    given = doses_of(dict(enumerate((MONDAY + timedelta(day) for day in days), 1)), vaccine)
    found = duties.course(given, MONDAY + timedelta(60))
    assert (found.level, found.doses) == (level, doses)
    if level in ("full", "booster"):
        last = MONDAY + timedelta(days[-1])
        assert found.protected == (last + timedelta(14), last + timedelta(365))
    unconfirmed = given.with_columns(confirmed_by=pl.lit(None, pl.String))
    assert duties.course(unconfirmed, MONDAY + timedelta(60)).level == "none"


def test_a_second_dose_alone_tells_that_there_was_a_first() -> None:
    assert duties.course(doses_of({2: MONDAY}, "Moderna"), MONDAY).level == "full"
    assert duties.course(doses_of({2: MONDAY}, "Moderna"), MONDAY - timedelta(1)).level == "none"


def test_how_far_the_doses_of_the_demo_unit_go(demo_store: Store) -> None:
    day = demo_store.today()
    found = compliance.courses(demo_store, day)
    given = sample("mui-tiem.csv", skip_lines=3)  # all confirmed, none of a vaccine of one dose or of three
    doses = dict(given.group_by("Họ và tên").len().iter_rows())
    assert found.height == 13
    for name, level in found.select("name", "level").iter_rows():
        assert level == {0: "none", 1: "one", 2: "full"}[doses.get(name, 0)]
    full = found.filter(pl.col("level") == "full")
    assert (full["last_day"] - full["since"]).unique().to_list() == [timedelta(365)]


def test_who_does_it_now_and_who_no_longer(unit) -> None:
    tuesday = MONDAY + timedelta(1)

    def scan(person: int, day: date) -> tuple[int, int, datetime, str]:
        return person, 1, datetime.combine(day, time(7)), "in"

    facts = Facts(
        roster=staff(1) | staff(2) | staff(3) | staff(4, since=tuesday) | staff(5),
        scans=[scan(1, MONDAY), scan(2, tuesday), scan(3, MONDAY), scan(3, tuesday), scan(5, MONDAY)],
        doses=[(3, 1, tuesday, True)],
        absences=[(5, tuesday, tuesday)],
    )
    found = compliance.changed(unit(facts), tuesday, MONDAY).filter(pl.col("duty") != "declared")
    assert found.select("duty", "name", "now").rows() == [
        ("apps", "Người 4", False),
        ("vaccinated", "Người 4", False),
        ("vaccinated", "Người 3", True),
        ("scanned", "Người 1", False),
        ("scanned", "Người 4", False),
        ("scanned", "Người 2", True),
    ]


def test_what_a_cell_of_the_matrix_says(unit) -> None:
    facts = Facts(
        roster=staff(1) | staff(2, smartphone=False) | staff(3),
        scans=[(1, 1, datetime.combine(MONDAY + timedelta(n), time(7)), "in") for n in (0, 4)],
        absences=[(1, MONDAY + timedelta(1), MONDAY + timedelta(1))],
        exemptions=[(3, "declared", MONDAY, MONDAY + timedelta(1)), (3, "vaccinated", MONDAY, None)],
    )
    store = unit(facts)

    def row(duty: str, person: int) -> list[str]:
        shown = compliance.matrix(store, duty, MONDAY, MONDAY + timedelta(4))
        return list(shown.row(by_predicate=pl.col("person_id") == person)[3:])

    assert row("scanned", 1) == ["half", "leave", "missed", "off", "half"]
    assert row("declared", 2) == ["phone", "phone", "phone", "off", "off"]
    assert row("declared", 3) == ["exempt", "exempt", "missed", "off", "off"]
    assert row("vaccinated", 3) == ["exempt"] * 5
    assert row("apps", 2) == ["phone"] * 5
    assert [
        row["missed"] for row in compliance.matrix(store, "declared", MONDAY, MONDAY + timedelta(4)).to_dicts()
    ] == [2, 0, 1]
