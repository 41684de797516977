"""The demo unit and the generator behind it."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from quetma import archive, cases, demo, follow_up, inquiries, intake, people, rollups, tracing
from quetma.store import Store, StoreError
from quetma.tracing import coverage
from quetma.web.cases import today
from tests.intake import prepare


def test_the_sample_files_are_what_the_generator_makes(tmp_path: Path) -> None:
    demo.write_files(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made.keys() == {*demo.FILES, demo.UPLOAD_TO_TRY}
    for name, content in made.items():
        assert content == (demo.SAMPLE / name).read_bytes(), (
            f"{name}: run `python -m quetma.demo` and commit the result"
        )
    assert sum(map(len, made.values())) < 600_000


def test_every_row_of_the_demo_is_accepted(demo_store: Store) -> None:
    batches = demo_store.cursor().sql("SELECT kind, source, row_count, accepted FROM batch ORDER BY batch_id").pl()
    assert batches["kind"].to_list() == [
        "roster", "absences", "apps", "doses", "declarations", "scans", "scans", "exemptions",
    ]  # fmt: skip
    assert batches["source"].to_list() == [None] * 5 + ["qr", "register", None]
    assert batches["row_count"].to_list() == batches["accepted"].to_list()
    assert rollups.check(demo_store) == []


def test_the_demo_unit(demo_store: Store) -> None:
    cursor = demo_store.cursor()
    assert demo_store.demo
    assert demo_store.today() == date(2021, 8, 27)
    places = cursor.execute("SELECT name, opens, closes FROM location ORDER BY location_id").fetchall()
    assert places == [(name, demo.OPENS, demo.CLOSES) for name in demo.PLACES]
    # The log ends while people are on site.
    newest = cursor.execute("SELECT MAX(scanned_at) FROM scan").fetchall()[0][0]
    assert newest <= demo.LOG_ENDS
    on_site = cursor.execute(
        "SELECT COUNT(*) FROM stay WHERE t_in <= ? AND t_out > ? AND NOT out_seen", [demo.LOG_ENDS, demo.LOG_ENDS]
    ).fetchall()[0][0]
    assert on_site >= 5
    visitors = cursor.sql("SELECT day, people FROM flow_day WHERE location_id = 0 AND kind = 'visitor'").pl()["people"]
    assert visitors.len() == 40  # every working day of eight weeks
    assert 5 <= visitors.min() <= 15 and 20 <= visitors.max() <= 35
    hours = cursor.sql(
        "SELECT quarter // 4 AS hour, SUM(arrivals) n FROM flow_quarter"
        " WHERE kind = 'visitor' AND location_id = 0 GROUP BY 1 ORDER BY 2 DESC"
    ).pl()
    assert set(hours["hour"].head(3)) == {8, 9, 14}
    masked = cursor.execute("SELECT COUNT(*) FROM person WHERE masked").fetchall()[0][0]
    undirected = cursor.execute("SELECT COUNT(*) FROM scan WHERE direction = 'unknown'").fetchall()[0][0]
    symptoms = cursor.execute("SELECT COUNT(*) FROM declaration WHERE symptoms <> ''").fetchall()[0][0]
    assert masked > 10 and undirected > 20 and symptoms == len(demo.SYMPTOMS)


def test_every_phone_of_the_demo_is_valid_and_one_persons() -> None:
    rows = pl.concat(
        pl.read_csv(demo.SAMPLE / name, infer_schema=False).select("Họ và tên", "Số điện thoại")
        for name in ("quet-ma.csv", "danh-sach-can-bo.csv")
    ).unique()
    open_rows = rows.filter(~pl.col("Số điện thoại").str.contains("*", literal=True))
    assert open_rows["Số điện thoại"].is_unique().all()
    assert all(people.domestic(people.phone(phone)) == phone for phone in open_rows["Số điện thoại"])
    hidden = rows.filter(pl.col("Số điện thoại").str.contains("*", literal=True))
    assert hidden["Họ và tên"].str.ends_with(" ***").all()


def test_the_story_worth_tracing(demo_store: Store) -> None:
    khoi = demo_store.cursor().execute("SELECT person_id FROM person WHERE phone = '+84900999001'").fetchall()[0][0]
    found = tracing.trace(demo_store, tracing.Question((tracing.Case(khoi, date(2021, 8, 25)),))).json()
    staff = {name for name, _, _ in demo.STAFF}
    f1 = {row["name"]: row for row in found["f1"]}
    assert {row["location"] for row in f1.values()} == set(demo.PLACES)
    assert len(f1.keys() & staff) >= 8 and len(f1.keys() - staff) >= 6
    assert len({row["minutes"] for row in f1.values()}) >= 6
    assert {row["certainty"] for row in f1.values()} >= {"seen", "inferred"}
    assert len({row["name"] for row in found["f2"]} - staff) >= 10


def test_the_case_of_the_demo_unit_is_being_worked(empty_store: Store) -> None:
    demo.write(empty_store)
    [case] = cases.registered(empty_store)
    contacts = follow_up.state(empty_store)
    assert (case.name, case.open, case.contacts) == ("Lê Văn Nam", True, contacts.height)
    assert set(contacts["progress"]) == {"following", "cleared", "lost"}
    assert {"ill", "call", "verdict", "test", "health"} <= set(contacts["tasks"].explode())
    assert today.due(contacts)["name"][0] == "Vì Thị Hồng", "who declared a fever this morning"
    figures = {
        name: (of.height, among.height) for name, (of, among) in follow_up.behind(contacts, demo.LOG_ENDS).items()
    }
    for name in ("reached", "daily"):
        assert 0 < figures[name][0] < figures[name][1]
    assert figures["quarantined"][0] == 2
    # nobody walks out of quarantine, so the story worth tracing is the same beside it
    apart = follow_up.isolated(empty_store, datetime(2021, 8, 24), demo.LOG_ENDS)
    for person, since in apart:
        later = "SELECT COUNT(*) FROM scan WHERE person_id = ? AND scanned_at > ?"
        assert empty_store.cursor().execute(later, [person, since]).fetchall() == [(0,)]
    assert len(apart) == 3, "the case and two contacts"
    # one request was answered, one waits
    waiting, answered = inquiries.all_of(empty_store)
    assert (waiting.outcome, answered.outcome, answered.whole) == (None, "answered", True)
    assert waiting.filter.count(empty_store) > 20 and answered.scans == answered.filter.count(empty_store) > 0
    assert [document.format for document in archive.made(empty_store)[0]] == ["docx", "pdf", "xlsx"]
    assert archive.check(empty_store) == []


def test_the_door_register_and_the_scans_tell_what_both_missed(demo_store: Store) -> None:
    found = coverage.estimate(demo_store, date(2021, 8, 23), date(2021, 8, 26))
    assert (found.kinds, found.compared, found.rough) == (("visitor",), 4, False)
    assert found.by_kind["staff"].refused == "register"
    assert found.lists.only_register == 4
    assert 0.7 < found.scanned_between.low < found.scanned < found.scanned_between.high < 0.95


def test_demo_data_never_mixes_with_other_data(empty_store: Store) -> None:
    roster = (demo.SAMPLE / "danh-sach-can-bo.csv").read_bytes()
    intake.load(empty_store, prepare(empty_store, "a.csv", roster), "test")
    with pytest.raises(StoreError, match="Nothing was changed"):
        demo.write(empty_store)
    assert not empty_store.demo
    assert empty_store.cursor().execute("SELECT COUNT(*) FROM batch").fetchall() == [(1,)]


def test_the_upload_to_try(demo_store: Store) -> None:
    known = set(demo_store.cursor().sql("SELECT identity FROM person").pl()["identity"])
    content = (demo.SAMPLE / demo.UPLOAD_TO_TRY).read_bytes()
    batch = intake.load(demo_store, prepare(demo_store, demo.UPLOAD_TO_TRY, content), "test").json()
    assert batch["duplicates"] == 2
    assert [reject["reason"] for reject in batch["rejects"]] == ["bad_time", "no_time", "no_person"]
    assert batch["rows"] == batch["accepted"] + 5
    assert demo_store.today() == demo.NEXT_DAY
    assert len(set(demo_store.cursor().sql("SELECT identity FROM person").pl()["identity"]) - known) >= 3
    assert rollups.check(demo_store) == []


MONDAY = date(2021, 8, 23)
LARGE = demo.Shape(MONDAY, MONDAY + timedelta(6), staff=3000, places=20, visitors_a_day=5000, visitors=100_000)


def test_a_day_depends_on_the_seed_and_its_date_alone() -> None:
    week = list(demo.scan_days(LARGE, seed=1))
    friday = demo.Shape(MONDAY + timedelta(4), MONDAY + timedelta(4), LARGE.staff, LARGE.places, 5000, 100_000)
    assert next(demo.scan_days(friday, seed=1)).equals(week[4])
    assert not next(demo.scan_days(friday, seed=2)).equals(week[4])


def test_the_scans_of_a_large_unit() -> None:
    week = list(demo.scan_days(LARGE))
    assert [frame["scanned_at"].dt.date().unique().to_list() for frame in week] == [
        [MONDAY + timedelta(n)] for n in range(7)
    ]
    scans = pl.concat(week)
    assert scans.schema == {
        "person": pl.Int32,
        "place": pl.Int16,
        "scanned_at": pl.Datetime("us"),
        "direction": demo.DIRECTIONS,
    }
    assert scans["scanned_at"].is_sorted()
    assert scans["place"].unique().sort().to_list() == list(range(20))
    staff = scans.filter(pl.col("person") < LARGE.staff)
    assert staff["person"].n_unique() == LARGE.staff
    assert scans["person"].max() < LARGE.staff + LARGE.visitors
    assert scans.filter(pl.col("person") >= LARGE.staff)["scanned_at"].dt.weekday().max() == 5  # no visits at weekends
    per_day = [frame.filter(pl.col("person") >= LARGE.staff)["person"].n_unique() for frame in week[:5]]
    assert all(3500 < n < 6500 for n in per_day)
    ways = dict(scans["direction"].value_counts().iter_rows())
    assert ways["out"] < ways["in"] < 1.3 * ways["out"] and 0 < ways["unknown"] < 0.1 * scans.height


def test_staff_move_between_places_and_never_are_at_two(demo_store: Store) -> None:
    staff = pl.concat(demo.scan_days(demo.SHAPE)).filter(pl.col("person") < demo.SHAPE.staff)
    trips = staff.group_by("person", pl.col("scanned_at").dt.date()).agg(pl.col("place").n_unique())
    assert trips.filter(pl.col("place") == 2).height > 20
    overlaps = demo_store.cursor().execute(
        """
        SELECT COUNT(*) FROM stay a JOIN stay b ON a.person_id = b.person_id AND a.location_id < b.location_id
        AND a.t_in < b.t_out AND b.t_in < a.t_out JOIN staff s ON s.person_id = a.person_id
        """
    )
    assert overlaps.fetchall() == [(0,)]


def test_the_log_ends_at_16_on_the_last_day() -> None:
    log = pl.read_csv(demo.SAMPLE / "quet-ma.csv", infer_schema=False)["Thời gian quét"]
    newest = datetime.strptime(log[-1], "%d/%m/%Y %H:%M:%S")
    assert newest.date() == demo.LAST and demo.LOG_ENDS - newest < timedelta(hours=1)
