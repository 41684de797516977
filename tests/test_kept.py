"""What leaders decided outlives the uploads it rests on: decisions, plan, shifts, addresses, and whom they name."""

from datetime import date

from quetma import conduct, directory, intake, mail, plan, rota
from quetma.conduct import Decision
from quetma.intake.undo import undo
from quetma.store import Store
from tests.intake import prepare

MONDAY = date(2021, 8, 23)
OTHER = "STT,Họ và tên,Số điện thoại,Chức vụ,Nơi làm việc,Điện thoại thông minh\n1,Lò Văn Khác,0911111111,Lái xe,X,Có\n"


def test_with_every_upload_taken_back_all_of_it_is_there_and_names_who_it_named(demo_store: Store) -> None:
    mai, hanh = (directory.find(demo_store, name)["person_id"][0] for name in ("Hoàng Thị Mai", "Tòng Thị Hạnh"))
    conduct.decide(demo_store, "An", Decision(mai, "scanned", "remind", (MONDAY,), "quên", MONDAY))
    mail.set_addresses(demo_store, "An", {hanh: "hanh@example.vn"})
    version, shifts = plan.current(demo_store), rota.shifts(demo_store, rota.week(MONDAY))
    assert shifts
    named = {*version.plan.people, *shifts.values(), mai, hanh}
    before = {person: directory.called(demo_store, person) for person in named}
    for (batch,) in demo_store.cursor().execute("SELECT batch_id FROM batch ORDER BY batch_id DESC").fetchall():
        undo(demo_store, batch, "An")
    assert demo_store.cursor().execute("SELECT COUNT(*) FROM person").fetchall() == [(0,)]
    assert {person: directory.called(demo_store, person) for person in named} == before
    assert plan.current(demo_store) == version and rota.shifts(demo_store, rota.week(MONDAY)) == shifts
    assert conduct.ledger(demo_store).select("name", "phone_shown").rows() == [("Hoàng Thị Mai", "0900000004")]
    assert mail.addresses(demo_store) == {hanh: "hanh@example.vn"}
    intake.load(demo_store, prepare(demo_store, "khac.csv", OTHER.encode()), "An")
    assert directory.find(demo_store, "Lò Văn Khác")["person_id"][0] not in named, "nobody gets the number of another"
