"""What is over goes, kind by kind, and nothing else; figures of past days stay; the audit says what went."""

from datetime import date, timedelta
from typing import Any

import pytest

from quetma import archive, cases, drafts, expiry, intake, retention, rollups, upkeep
from quetma.access import audit, chain
from quetma.access.chain import Line
from quetma.cases import Said
from quetma.intake import recount
from quetma.store import Store, now
from tests.intake import prepare
from tests.test_migrations import UPLOADS
from tests.test_retention import figures

DAY = date(2021, 8, 2)
LATER = date(2022, 8, 2)
ABSENT = (
    "Họ tên,SĐT,Lý do,Từ ngày,Đến ngày\nLò Văn Cán,0912000001,Ốm nặng,03/08/2021,03/08/2021\n"
    "Lò Văn Cán,0912000001,Đi họp,03/08/2021,03/08/2021\nLò Văn Cán,0912000001,Ốm nặng,03/08/2021,03/08/2021\n"
)
SICK = "Họ tên,SĐT,Thời gian khai báo,Triệu chứng\nLò Văn Cán,0912000001,07:00 03/08/2021,Sốt cao\n"
DOSE = (
    "Họ tên,SĐT,Mũi tiêm,Vắc xin,Ngày tiêm,Nơi tiêm,Số lô\n"
    "Vì Thị Bé,0912000002,1,AstraZeneca,01/06/2021,Trạm Xá,LO123\n"
)


def filled_in(store: Store) -> None:
    for name, text in {**UPLOADS, "vang.csv": ABSENT, "om.csv": SICK, "lo.csv": DOSE}.items():
        intake.load(store, prepare(store, name, text.encode()), "An")
    people = dict(store.cursor().execute("SELECT name, person_id FROM person").fetchall())
    said = Said(people["Khách 1"], DAY, signs="Ho ra máu", note="kể thêm")
    number = cases.register(store, "An", said)
    cases.change(store, "An", cases.one(store, number), state="recovered")
    archive.keep(store, "An", "letter", "Thư", "thu.txt", lambda path: path.write_text("Kính gửi"))
    store.cursor().execute("UPDATE case_entry SET entered_at = '2021-08-10'")
    store.cursor().execute("UPDATE document SET made_at = '2021-08-10'")


@pytest.fixture
def unit(filled) -> Store:
    return filled(filled_in)


def everything(store: Store) -> str:
    cursor = store.cursor()
    tables = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()
    return "\n".join(repr(cursor.execute(f"FROM {table}").fetchall()) for (table,) in tables if table != "receipt")


def sound(store: Store) -> bool:
    found = recount.check(store) + rollups.check(store) + archive.check(store)
    return found + chain.check(store.cursor()) == []


def kept(store: Store, **days: int) -> None:
    expiry.set_days(store, "An", days)


@pytest.mark.parametrize(
    ("kind", "gone", "rows"),
    [
        ("symptoms", ["Sốt cao"], 1), ("doses", ["Trạm Xá", "LO123"], 1), ("absences", ["Ốm nặng", "Đi họp"], 3),
        ("cases", ["Ho ra máu", "kể thêm"], 2),
    ],
)  # fmt: skip
def test_the_personal_part_goes_when_its_time_is_over_and_every_figure_stays(
    unit: Store, kind: str, gone: list[str], rows: int
):
    before, had = figures(unit), everything(unit)
    assert all(text in had for text in gone) and sound(unit)
    kept(unit, **{kind: 300})
    had = everything(unit)
    assert expiry.run(unit, DAY + timedelta(days=200)) == {}
    assert expiry.would_run(unit, LATER) == {kind: rows}
    assert everything(unit) == had, "a dry run changes nothing"
    assert expiry.run(unit, LATER) == {kind: rows}
    assert not [text for text in gone if text in everything(unit)]
    assert figures(unit) == before and sound(unit)
    assert expiry.run(unit, LATER) == {}, "once"
    [line] = unit.cursor().execute("SELECT subject FROM audit WHERE action = 'delete what is over'").fetchall()
    assert line == (kind,)


def test_nothing_goes_that_nobody_set_a_time_for(unit: Store):
    before = everything(unit)
    assert expiry.run(unit, date(2099, 1, 1)) == {} == expiry.would_run(unit, date(2099, 1, 1))
    assert everything(unit) == before


def test_an_open_case_keeps_everything(unit: Store):
    kept(unit, cases=10)
    unit.cursor().execute("UPDATE case_entry SET state = 'confirmed'")
    assert expiry.run(unit, LATER) == {}
    assert "Ho ra máu" in everything(unit)


def test_the_file_of_a_document_goes_and_that_it_was_made_stays(unit: Store):
    kept(unit, documents=100)
    assert expiry.would_run(unit, LATER) == {"documents": 1}
    assert list((unit.folder / "documents").iterdir())
    assert expiry.run(unit, LATER) == {"documents": 1}
    assert not list((unit.folder / "documents").iterdir())
    [[document], _] = archive.made(unit)
    assert document.removed_why == "Hết thời hạn lưu" and sound(unit)


def test_a_draft_that_nobody_went_on_with_goes_with_the_documents(unit: Store):
    """Names of visitors may stand in one."""
    told = {"body": "Khách Nguyễn Thị Quên"}
    for account, key, moments in (("An", "report", ["2021-08-10", "2021-08-11"]), ("Bình", "report", ["2021-08-10"]),
                                  ("An", "letter", ["2021-08-10", "2022-07-30"])):  # fmt: skip
        for moment in moments:
            drafts.keep(unit, account, key, "Báo cáo", told)
            unit.cursor().execute("UPDATE draft_entry SET saved_at = ? WHERE saved_at > '2022-12-01'", [moment])
    kept(unit, documents=100)
    assert expiry.would_run(unit, LATER) == {"documents": 1 + 3}
    assert [len(drafts.of(unit, account)) for account in ("An", "Bình")] == [2, 1]
    assert expiry.run(unit, LATER) == {"documents": 1 + 3}
    assert [draft.key for draft in drafts.of(unit, "An")] == ["letter"]
    assert drafts.of(unit, "Bình") == []
    assert expiry.run(unit, LATER) == {}


def test_the_audit_is_shortened_from_its_beginning_and_still_hangs_together(empty_store: Store):
    at = now().replace(microsecond=0)
    for n in range(60):
        empty_store.log(Line(at - timedelta(days=100 - n), "An", "trace", f"Người {n}", ""))
    kept(empty_store, audit=60)
    assert expiry.run(empty_store) == {"audit": 40}
    left = empty_store.cursor().execute("SELECT number FROM audit ORDER BY number").fetchall()
    assert [number for (number,) in left] == list(range(41, 63)) and chain.check(empty_store.cursor()) == []
    audit.log(empty_store, "An", "trace", "sau")
    kept(empty_store, audit=50)
    assert expiry.run(empty_store) == {"audit": 10}
    assert chain.check(empty_store.cursor()) == []
    folder = empty_store.folder
    empty_store.close()
    again = Store(folder)
    audit.log(again, "An", "trace", "sau")
    assert chain.check(again.cursor()) == []
    again.cursor().execute("DELETE FROM audit WHERE number <= 53")
    assert "missing" in chain.check(again.cursor())[0], "what nothing accounts for is still found"
    again.close()


def test_visitors_of_uploaded_lists_become_nobody_and_the_figures_stay(unit: Store):
    before = figures(unit)
    assert "Khách 7" in everything(unit) and "99:99" in everything(unit)
    kept(unit, scans=200)
    assert retention.would_purge(unit, LATER).kinds["visitors"] > 0
    found = {**retention.purge(unit, LATER).kinds, **expiry.run(unit, LATER)}
    assert found == {"visitors": 12, "scans": 1}
    left = everything(unit)
    assert "Khách 7" not in left and "0987000007" not in left and "99:99" not in left
    assert "Lò Văn Cán" in left
    assert figures(unit) == before and sound(unit)


def test_once_a_day_and_written_down(unit: Store):
    kept(unit, symptoms=300)
    schedule = retention.Schedule(unit)
    schedule.look()
    schedule.look()
    [run] = upkeep.runs(unit, "purge")
    assert (run.failed, run.detail["kinds"]) == ("", {"symptoms": 1})


def test_what_fails_is_written_down_once_a_day(unit: Store, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: Any) -> None:
        raise ValueError("so nicht")

    monkeypatch.setattr(expiry, "run", fails)
    schedule = retention.Schedule(unit)
    for _ in range(3):
        with pytest.raises(ValueError, match="so nicht"):
            schedule.look()
    assert [run.failed for run in upkeep.runs(unit, "purge")] == ["so nicht"]


def test_what_makes_no_sense_is_refused(unit: Store):
    for days in ({"visitors": 0}, {"audit": -1}, {"cases": 99_999}):
        with pytest.raises(expiry.ExpiryError):
            kept(unit, **days)
    assert expiry.kept_for(unit)["visitors"] == 28
