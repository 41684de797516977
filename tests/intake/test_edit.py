"""Facts edited on screen: an upload that stands until a file says something new, and is taken back exactly."""

from datetime import date, datetime, timedelta

import pytest

from quetma import compliance, demo, intake, rollups
from quetma.intake import edit, recount
from quetma.store import Store
from tests.intake import prepare

THUY, THANH = "Đinh Thị Thúy", "Cầm Văn Thành"
GIVEN = date(2021, 8, 20)
TABLES = ("person", "roster_row", "dose_row", "app_install_row", "declaration_row", "exemption_row", "alias",
          "staff_day", "duty_day", "compliance_day", "person_claim", "batch")  # fmt: skip


def who(store: Store, name: str) -> int:
    [(person,)] = store.cursor().execute("SELECT person_id FROM person WHERE name = ?", [name]).fetchall()
    return person


def facts(store: Store, view: str, person: int) -> list[dict]:
    rows = store.cursor().sql(f"SELECT * FROM {view} WHERE person_id = {person} ORDER BY ALL").pl().to_dicts()
    return [row | {"given_at": row.get("place")} for row in rows]


def dose(number: int = 1, **more) -> dict:
    return {"number": number, "given_on": GIVEN, "confirmed_by": "Trưởng trạm, giấy xác nhận"} | more


def content(store: Store) -> list:
    return [store.cursor().execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall() for table in TABLES]


def change(store: Store, kind: str, view: str, person: int, after: list[dict]) -> intake.Batch:
    rows = edit.changes(kind, person, facts(store, view, person), after)
    return edit.save(store, "test", kind, rows, "Sửa")


def whole(store: Store) -> None:
    assert recount.check(store) + rollups.check(store) == []


def vaccinated(store: Store, day: date) -> list[str]:
    return compliance.on(store, day)["vaccinated"]["missing"]


def test_a_dose_is_added_corrected_and_dropped_and_each_step_is_taken_back_exactly(demo_store: Store) -> None:
    store, thuy = demo_store, who(demo_store, THUY)
    states, batches = [content(store)], []
    for after, since in (
        ([dose()], GIVEN),
        ([dose(given_on=GIVEN + timedelta(4))], GIVEN + timedelta(4)),
        ([dose(given_on=GIVEN)], GIVEN),
        ([dose(confirmed_by=None)], None),
        ([], None),
    ):
        batch = change(store, "doses", "current_dose", thuy, after)
        assert (batch.rows, batch.accepted, batch.duplicates, batch.rejected) == (1, 1, 0, 0)
        for n in (-1, 0, 3, 4, 5):  # around both days
            day = GIVEN + timedelta(n)
            assert vaccinated(store, day) == ([] if since and day >= since else [THUY]), (after, day)
        whole(store)
        states.append(content(store))
        batches.append(batch.batch_id)
    for batch_id, before in zip(reversed(batches), reversed(states[:-1]), strict=True):
        intake.undo(store, batch_id, "test")
        assert content(store) == before
    whole(store)


def test_the_same_list_loaded_again_does_not_undo_an_edit_and_a_new_word_does(demo_store: Store) -> None:
    store, thanh = demo_store, who(demo_store, THANH)
    before = facts(store, "current_dose", thanh)
    second = {**before[1], "given_on": date(2021, 8, 6)}
    change(store, "doses", "current_dose", thanh, [before[0], second])
    listed = (demo.SAMPLE / "mui-tiem.csv").read_text("utf-8")

    def load(text: str) -> intake.Batch:
        return intake.load(store, prepare(store, "mui-tiem.csv", text.encode()), "test")

    again = load(listed + "\n")
    assert (again.accepted, again.duplicates) == (0, 16)
    assert [row["given_on"] for row in facts(store, "current_dose", thanh)] == [before[0]["given_on"], date(2021, 8, 6)]
    new = load(listed.replace("Thành,0900000001,2,AstraZeneca,05/08/2021", "Thành,0900000001,2,AstraZeneca,09/08/2021"))
    assert new.accepted == 1
    assert facts(store, "current_dose", thanh)[1]["given_on"] == date(2021, 8, 9)
    whole(store)


def test_an_app_is_corrected_to_a_later_day_or_taken_off(demo_store: Store) -> None:
    store, thuy = demo_store, who(demo_store, THUY)
    day = date(2021, 8, 24)
    change(store, "apps", "app_install", thuy, [{"app": "Bluezone", "installed_on": day}])
    assert compliance.on(store, day - timedelta(1))["apps"]["missing"] == [THUY]
    assert compliance.on(store, day)["apps"]["missing"] == []
    change(store, "apps", "app_install", thuy, [])
    assert compliance.on(store, day)["apps"]["missing"] == [THUY]
    whole(store)


def test_a_declaration_is_given_changed_and_dropped(demo_store: Store) -> None:
    store, thuy = demo_store, who(demo_store, THUY)
    day = demo_store.today()
    own = facts(store, "declaration", thuy)
    today = [row for row in own if row["declared_at"].date() == day]
    assert len(today) == 1
    change(store, "declarations", "declaration", thuy, [row for row in own if row not in today])
    assert THUY in compliance.on(store, day)["declared"]["missing"]
    late = {"declared_at": datetime(day.year, day.month, day.day, 20, 15), "symptoms": "ho"}
    change(store, "declarations", "declaration", thuy, [row for row in own if row not in today] + [late])
    assert THUY not in compliance.on(store, day)["declared"]["missing"]
    told = store.ask("overview/symptoms", first=day, last=day, names=True)
    assert (THUY, "ho") in told.select("name", "symptoms").rows()
    whole(store)


def test_a_medical_reason_is_no_failure_from_its_first_to_its_last_day(demo_store: Store) -> None:
    store, thuy = demo_store, who(demo_store, THUY)
    row = {"duty": "vaccinated", "reason": "Dị ứng", "first_day": GIVEN, "last_day": GIVEN + timedelta(3)}
    change(store, "exemptions", "exemption", thuy, [row])
    for n in range(-1, 6):
        answer = compliance.on(store, GIVEN + timedelta(n))["vaccinated"]
        exempt = 0 <= n <= 3
        assert (answer["of"], answer["missing"], answer["exempt"]) == ((12, [], [THUY]) if exempt else (13, [THUY], []))
    change(store, "exemptions", "exemption", thuy, [row | {"last_day": None}])
    assert compliance.on(store, store.today())["vaccinated"]["exempt"] == [THUY]
    change(store, "exemptions", "exemption", thuy, [])
    assert vaccinated(store, GIVEN) == [THUY]
    whole(store)


def test_a_smartphone_gained_within_the_month_counts_from_its_day(demo_store: Store) -> None:
    store, thuy = demo_store, who(demo_store, THUY)
    day = date(2021, 8, 11)
    [known] = facts(store, "staff", thuy)
    row = {"place": "Trụ sở Yên Châu", "position": known["position"], "smartphone": False, "started": known["started"]}
    edit.save(store, "test", "roster", [edit.Row(thuy, row)], "Sửa")
    assert compliance.on(store, day)["apps"]["exempt"] == [THUY]
    edit.save(store, "test", "roster", [edit.Row(thuy, row | {"smartphone": True, "since": day})], "Sửa")
    assert compliance.on(store, day - timedelta(1))["apps"]["exempt"] == [THUY]
    assert compliance.on(store, day)["apps"] == {"have": 13, "of": 13, "missing": [], "exempt": []}
    whole(store)
    # The weekly staff list again says nothing new.
    text = (demo.SAMPLE / "danh-sach-can-bo.csv").read_text("utf-8")
    again = intake.load(store, prepare(store, "a.csv", (text + "\n").encode()), "test")
    assert again.accepted == 0
    assert compliance.on(store, day - timedelta(1))["apps"]["exempt"] == [THUY]


@pytest.mark.parametrize(
    ("kind", "row", "reason"),
    [
        ("doses", {"number": None, "given_on": GIVEN}, "dose"),
        ("doses", {"number": 1, "given_on": None}, "date"),
        ("doses", {"number": 1, "given_on": date(2031, 1, 1)}, "future"),
        ("apps", {"app": "  ", "installed_on": GIVEN}, "app"),
        ("declarations", {"declared_at": datetime(2019, 1, 1), "symptoms": "ho"}, "too long ago"),
        ("exemptions", {"duty": None, "first_day": GIVEN}, "duty"),
        ("exemptions", {"duty": "apps", "first_day": GIVEN, "last_day": GIVEN - timedelta(1)}, "last day"),
    ],
)
def test_what_cannot_be_is_refused(demo_store: Store, kind: str, row: dict, reason: str) -> None:
    with pytest.raises(intake.IntakeError, match=reason):
        edit.changes(kind, 1, [], [row])


def test_two_rows_about_the_same_dose_are_refused(demo_store: Store) -> None:
    with pytest.raises(intake.IntakeError, match="the same"):
        edit.changes("doses", 1, [], [dose(), dose(given_on=GIVEN + timedelta(1))])
    assert edit.changes("doses", 1, [dose()], [dose(), {"number": None, "vaccine": " "}]) == []


def test_an_edit_is_in_the_audit(demo_store: Store) -> None:
    batch = change(demo_store, "doses", "current_dose", who(demo_store, THUY), [dose()])
    found = demo_store.cursor().execute("SELECT account, subject, detail FROM audit WHERE action = 'edit'").fetchall()
    assert found == [("test", THUY, f"doses: {batch.batch_id}")]


def test_exemptions_are_uploaded(demo_store: Store) -> None:
    text = (
        "Họ và tên,SĐT,Được miễn,Lý do,Từ ngày,Đến ngày\n"
        f"{THUY},0900000010,Tiêm vắc xin,Dị ứng thành phần vắc xin,01/07/2021,\n"
        f"{THANH},0900000001,Cài ứng dụng,Điện thoại hỏng,24/08/2021,25/08/2021\n"
        f"{THANH},0900000001,Trực đêm,,24/08/2021,\n"
    )
    prepared = prepare(demo_store, "mien.csv", text.encode())
    assert prepared.kind == "exemptions"
    batch = intake.load(demo_store, prepared, "test")
    assert (batch.accepted, batch.rejected) == (2, 1)
    assert batch.json()["rejects"][0]["reason"] == "bad_duty"
    assert compliance.on(demo_store, date(2021, 8, 25))["apps"]["exempt"] == [THANH]
    assert compliance.on(demo_store, date(2021, 8, 26))["apps"]["exempt"] == []
    assert compliance.on(demo_store, date(2021, 8, 26))["vaccinated"]["exempt"] == [THUY]
    whole(demo_store)
    intake.undo(demo_store, batch.batch_id, "test")
    assert vaccinated(demo_store, date(2021, 8, 26)) == [THUY]
    whole(demo_store)
