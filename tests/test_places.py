"""The register of places: what is written by hand stays, names find their place, closing keeps history."""

from dataclasses import replace
from datetime import date, time

import pytest

from quetma import intake, places, rollups
from quetma.intake import recount
from quetma.places import Place, PlaceError
from quetma.store import Store
from tests.intake import prepare

HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOG = HEADER + "Lò Văn A,0912000001,24/08/2021 08:00,Mai Sơn,Vào\nLò Văn B,0912000002,24/08/2021 08:10,Yên Châu,Vào\n"


def put(store: Store, text: str, name: str = "a.csv") -> intake.Batch:
    return intake.load(store, prepare(store, name, text.encode()), "test")


def sound(store: Store) -> bool:
    return recount.check(store) + rollups.check(store) == []


def loaded(store: Store) -> None:
    put(store, LOG)


@pytest.fixture
def unit(filled) -> Store:
    return filled(loaded)


def named(store: Store, name: str) -> Place:
    return next(place for place in places.every(store) if place.name == name)


def last_audit(store: Store) -> tuple[str, ...]:
    sql = "SELECT account, action, subject, detail FROM audit ORDER BY logged_at DESC LIMIT 1"
    return store.cursor().execute(sql).fetchall()[0]


def test_a_new_place_with_all_that_is_known(empty_store: Store):
    said = Place(
        " Chợ  Hát Lót ", None, "Tiểu khu 1", "Mai Sơn", 200, time(5), time(18), False, ("Lò Văn A", "Lò Văn A"),
        21.19, 104.1, None, ("cho hat lot", "Chợ HL"),
    )  # fmt: skip
    place = places.save(empty_store, said, "Lãnh đạo")
    assert place == replace(
        said, name="Chợ Hát Lót", location_id=1, managers=("Lò Văn A",), names=("cho hl",), scans=0
    )  # fmt: skip
    account, action, subject, detail = last_audit(empty_store)
    assert (account, action, subject) == ("Lãnh đạo", "add place", "1 Chợ Hát Lót")
    assert "capacity: None → 200" in detail
    put(empty_store, HEADER + "A,0912000001,24/08/2021 08:00,CHỢ HL,Vào\n")
    assert named(empty_store, "Chợ Hát Lót").scans == 1
    intake.undo(empty_store, 1, "test")
    assert named(empty_store, "Chợ Hát Lót").scans == 0
    assert sound(empty_store)


def test_the_old_name_still_finds_the_place(unit: Store):
    place = places.save(unit, replace(named(unit, "Mai Sơn"), name="Trụ sở Mai Sơn"), "test")
    assert place.names == ("mai son",)
    put(unit, HEADER + "Lò Văn A,0912000001,24/08/2021 17:00,Mai Sơn,Ra\n", "b.csv")
    assert named(unit, "Trụ sở Mai Sơn").scans == 2
    back = places.save(unit, replace(named(unit, "Trụ sở Mai Sơn"), name="Mai Sơn"), "test")
    assert (back.name, back.names, back.scans) == ("Mai Sơn", ("tru so mai son",), 2)
    assert sound(unit)


def test_a_name_that_is_taken_away_is_free_again(unit: Store):
    places.save(unit, replace(named(unit, "Mai Sơn"), names=("Đội 2",)), "test")
    with pytest.raises(PlaceError, match="name of another place"):
        places.save(unit, replace(named(unit, "Yên Châu"), names=("đội 2",)), "test")
    places.save(unit, replace(named(unit, "Mai Sơn"), names=()), "test")
    assert places.save(unit, replace(named(unit, "Yên Châu"), names=("đội 2",)), "test").names == ("doi 2",)


def test_other_hours_end_stays_anew(unit: Store):
    def ends() -> list[time]:
        found = unit.cursor().execute("SELECT t_out FROM stay ORDER BY location_id").fetchall()
        return [moment.time() for (moment,) in found]

    assert ends() == [time(12), time(12, 10)]
    places.save(unit, replace(named(unit, "Mai Sơn"), opens=time(7), closes=time(11)), "test")
    assert ends() == [time(11), time(12, 10)]
    assert sound(unit)


def test_closing_keeps_history_and_opening_again_takes_it_back(unit: Store):
    place = named(unit, "Mai Sơn")
    assert place.location_id
    places.close(unit, place.location_id, date(2021, 9, 1), "test")
    assert places.every(unit)[-1].name == "Mai Sơn", "open ones first"
    assert named(unit, "Mai Sơn").scans == 1
    assert last_audit(unit)[1:] == ("close place", "1 Mai Sơn", "01/09/2021")
    places.save(unit, replace(named(unit, "Mai Sơn"), capacity=5), "test")
    assert named(unit, "Mai Sơn").closed_on == date(2021, 9, 1)
    places.reopen(unit, place.location_id, "test")
    assert named(unit, "Mai Sơn").closed_on is None


@pytest.mark.parametrize(
    "given",
    [
        {"name": " "}, {"name": "yen chau"}, {"capacity": 0}, {"opens": time(8), "closes": time(8)},
        {"latitude": 21.0}, {"latitude": 91.0, "longitude": 0.0}, {"address": "a" * 201}, {"location_id": 99},
        {"names": ("YÊN CHÂU",)},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(unit: Store, given: dict):
    before = places.every(unit)
    with pytest.raises(PlaceError):
        places.save(unit, replace(named(unit, "Mai Sơn"), **given), "test")
    assert places.every(unit) == before
