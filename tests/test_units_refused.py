"""What the people of a unit may not change: places, uploads, people, cases and accounts of others. Each is refused
where it is written, whatever a page or a request says, and then nothing was written.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from quetma import (
    badges,
    cases,
    door,
    follow_up,
    gate,
    identity,
    inquiries,
    intake,
    mail,
    places,
    playbook,
    posters,
    settings,
    subject,
    tracing,
    units,
)
from quetma.access import accounts, rights, second, sessions
from quetma.access.accounts import AccountError
from quetma.cases import Said
from quetma.documents import answer
from quetma.door import DoorError, Passage
from quetma.follow_up import Entry
from quetma.inquiries import Asked
from quetma.intake import edit, source
from quetma.intake.undo import would_undo
from quetma.places import Place, PlaceError
from quetma.plan import Step
from quetma.playbook import Item
from quetma.posters import PosterError
from quetma.store import Store, StoreError, open_store
from tests.conftest import PASSWORD
from tests.intake import prepare
from tests.test_units import SAID, SCANS, STAFF, grow, load, said_row, scan_row, staff_row, two

DAY = date(2021, 8, 24)
MINE, THEIRS = "Mai Sơn", "Yên Châu"  # places of team 1, whose leader tries, and of team 2
ONE, TWO = 0, 1  # people: of the staff of each


@dataclass(frozen=True)
class Tried:
    """The store of everybody, that of team 1, and the numbers of what is team 2's."""

    whole: Store
    inside: Store
    number: dict[str, int]
    place: int
    batch: int
    poster: int
    person: dict[int, int]
    case: cases.RegisteredCase
    met: pl.DataFrame
    entry: int
    request: int
    inquiry: inquiries.Inquiry


@pytest.fixture(scope="module")
def tried(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    folder = tmp_path_factory.mktemp("refused")
    shutil.copy(empty_file, folder)
    store = open_store(folder)
    load(store, "a.csv", two())
    load(store, "b.csv", STAFF + staff_row(ONE, MINE) + staff_row(TWO, THEIRS))
    number = grow(store)
    accounts.add(store, "An", PASSWORD, "leader")
    for name in number:
        accounts.add(store, f"Lãnh đạo {name}", PASSWORD, "leader", unit=number[name])
    other, them = store.within(number["Đội 2"]), "Lãnh đạo Đội 2"
    where = dict(store.cursor().execute("SELECT name, location_id FROM location").fetchall())
    batch = load(other, "c.csv", SCANS + scan_row(9, THEIRS, 500, "Vào"), them)
    person = {n: store.ask("people/with_phone", phone=f"+849120000{n:02}")["person_id"][0] for n in (ONE, TWO, 9)}
    case = cases.one(other, cases.register(other, them, Said(person[TWO], DAY)))
    assert case
    met = follow_up.compare(other, case, tracing.Question((case.case,), min_minutes=0)).new
    follow_up.follow(other, them, case, met)
    follow_up.enter(other, them, Entry(person[9], "called", "reached"))
    [entry] = other.ask("follow_up/entries", person_id=person[9])["entry_id"]
    asked = Asked("Công an", "xác minh", other.today(), other.today(), DAY, DAY)
    inquiry = inquiries.one(other, inquiries.enter(other, them, asked))
    assert inquiry
    poster = posters.make(other, where[THEIRS], them, payload="https://example.vn/c/x").poster_id
    request = subject.enter(other, them, person[9], "copy", "", DAY)
    inside = store.within(number["Đội 1"])
    yield Tried(store, inside, number, where[THEIRS], batch, poster, person, case, met, entry, request, inquiry)
    store.close()


BY = "Lãnh đạo Đội 1"
Act = Callable[[Tried], object]
REFUSED: dict[str, tuple[type[Exception], Act]] = {
    "undo their upload": (StoreError, lambda o: intake.undo(o.inside, o.batch, BY)),
    "ask what that would do": (StoreError, lambda o: would_undo(o.inside, o.batch)),
    "undo an upload of the units above": (StoreError, lambda o: intake.undo(o.inside, 1, BY)),
    "say what list their upload is": (StoreError, lambda o: source.change(o.inside, o.batch, "register", BY)),
    "change their place": (PlaceError, lambda o: places.save(o.inside, Place("X", o.place), BY)),
    "close their place": (PlaceError, lambda o: places.close(o.inside, o.place, DAY, BY)),
    "open it again": (PlaceError, lambda o: places.reopen(o.inside, o.place, BY)),
    "a code for their place": (PosterError, lambda o: posters.make(o.inside, o.place, BY, "https://example.vn/c/y")),
    "retire their code": (PosterError, lambda o: posters.retire(o.inside, o.poster, BY, "mất")),
    "check somebody in there": (
        DoorError, lambda o: door.check(o.inside, Passage(o.place, "in", "gate", BY, name="Ai", phone="0912000001")),
    ),
    "check one of theirs in here": (
        DoorError, lambda o: door.check(o.inside, Passage(1, "in", "gate", BY, o.person[9])),
    ),
    "enter somebody at their gate": (
        gate.GateError,
        lambda o: gate.enter(o.inside, gate.Entry("x" * 20, o.place, name="Ai Đó", phone="0912000001", at=None), BY),
    ),
    "a badge for one of theirs": (StoreError, lambda o: badges.issue(o.inside, [o.person[TWO]], BY)),
    "revoke it": (StoreError, lambda o: badges.revoke_all(o.inside, [o.person[TWO]], BY)),
    "an address of theirs": (StoreError, lambda o: mail.set_addresses(o.inside, BY, {o.person[TWO]: "a@example.vn"})),
    "a case of somebody unknown here": (StoreError, lambda o: cases.register(o.inside, BY, Said(o.person[9], DAY))),
    "change their case": (StoreError, lambda o: cases.change(o.inside, BY, o.case, note="x")),
    "list a contact of theirs": (
        StoreError,
        lambda o: follow_up.follow(o.inside, BY, o.case, o.met),
    ),
    "enter about a contact of theirs": (
        StoreError, lambda o: follow_up.enter(o.inside, BY, Entry(o.person[9], "called", "reached")),
    ),
    "take their entry back": (StoreError, lambda o: follow_up.take_back(o.inside, BY, o.person[9], o.entry)),
    "tick a step of their case": (
        StoreError, lambda o: playbook.tick(o.inside, BY, o.case, Item(Step("f0", "x"), None), True),
    ),
    "answer what they were asked": (StoreError, lambda o: answer.give(o.inside, BY, o.inquiry, whole=False)),
    "refuse it": (StoreError, lambda o: answer.refuse(o.inside, BY, o.inquiry, "x")),
    "end a request to them": (StoreError, lambda o: subject.finish(o.inside, BY, o.request, "done")),
    "enter one of somebody unknown here": (
        StoreError, lambda o: subject.enter(o.inside, BY, o.person[9], "copy", "", DAY),
    ),
    "delete somebody of theirs": (
        (StoreError, subject.SubjectError), lambda o: subject.erase(o.inside, BY, o.person[9]),
    ),
    "say that two of theirs are one": (StoreError, lambda o: identity.merge(o.inside, o.person[9], o.person[TWO], BY)),
    "or that one of theirs is of ours": (
        StoreError, lambda o: identity.merge(o.inside, o.person[ONE], o.person[TWO], BY),
    ),
    "or that they are two": (StoreError, lambda o: identity.keep_apart(o.inside, o.person[9], o.person[TWO], BY)),
    "a setting": (StoreError, lambda o: o.inside.set("visitor_days", "1")),
    "a unit more": (StoreError, lambda o: units.add(o.inside, "Đội 9", None, BY)),
    "their unit": (StoreError, lambda o: units.change(o.inside, o.number["Đội 2"], "X", 1, BY)),
    "an account of the units above": (AccountError, lambda o: accounts.add(o.inside, "X", PASSWORD, "leader", unit=1)),
    "an account of theirs": (
        AccountError, lambda o: accounts.add(o.inside, "X", PASSWORD, "leader", unit=o.number["Đội 2"]),
    ),
    "the role of their account": (
        AccountError, lambda o: accounts.set_role(o.inside, "Lãnh đạo Đội 2", "viewer", BY),
    ),
    "the password of their account": (AccountError, lambda o: accounts.reset(o.inside, "Lãnh đạo Đội 2", BY)),
    "the password of an account above": (AccountError, lambda o: accounts.reset(o.inside, "An", BY)),
    "their account off": (AccountError, lambda o: accounts.switch(o.inside, "Lãnh đạo Đội 2", False, BY)),
    "the account above off": (AccountError, lambda o: accounts.switch(o.inside, "An", False, BY)),
    "the second factor of their account": (AccountError, lambda o: second.reset(o.inside, "Lãnh đạo Đội 2", BY)),
    "their account into our unit": (
        AccountError, lambda o: accounts.set_unit(o.inside, "Lãnh đạo Đội 2", o.number["Đội 1"], BY),
    ),
    "our account into their unit": (
        AccountError, lambda o: accounts.set_unit(o.inside, BY, o.number["Đội 2"], BY),
    ),
    "our account above": (AccountError, lambda o: accounts.set_unit(o.inside, BY, 1, BY)),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_others_is_refused_and_nothing_is_written(tried: Tried, what: str):
    error, act = REFUSED[what]
    before = tried.whole.version
    with pytest.raises(error) as refusal:
        act(tried)
    assert tried.whole.version == before
    assert "Yên Châu" not in str(refusal.value)


def rejects(store: Store, name: str, text: str, account: str) -> list[str]:
    """The reasons of the rejected rows: as the desk shows them, and as they are stored, which is the same."""
    prepared = prepare(store, name, text.encode())
    batch = intake.load(store, prepared, account)
    kept = store.whole.cursor().execute("SELECT reason FROM reject WHERE batch_id = $1 ORDER BY line", [batch.batch_id])
    told = [reason for (reason,) in kept.fetchall()]
    assert sorted(prepared.rejects["reason"].cast(str).to_list()) == sorted(told)
    intake.undo(store.whole, batch.batch_id, "An")
    return told


def test_rows_about_places_and_staff_of_others_are_rejected_each(tried: Tried):
    rows = SCANS + scan_row(5, MINE, 500, "Vào") + scan_row(5, THEIRS, 501, "Vào") + scan_row(TWO, MINE, 502, "Vào")
    assert rejects(tried.inside, "d.csv", rows, BY) == ["other_unit"]  # who is staff elsewhere may come here
    assert rejects(tried.inside, "e.csv", STAFF + staff_row(5, MINE) + staff_row(6, THEIRS), BY) == ["other_unit"]
    assert rejects(tried.inside, "f.csv", STAFF + staff_row(TWO, MINE), BY) == ["other_staff"]
    assert rejects(tried.inside, "g.csv", SAID + said_row(ONE) + said_row(TWO), BY) == ["other_staff"]
    # for who leads both, nothing of it is another's
    assert rejects(tried.whole, "h.csv", rows + scan_row(6, MINE, 503, "Ra"), "An") == []


def test_a_fact_of_anothers_staff_is_not_edited_on_screen(tried: Tried):
    row = edit.Row(tried.person[TWO], {"app": "Bluezone", "installed_on": DAY})
    before = tried.whole.cursor().execute("SELECT COUNT(*) FROM app_install_row").fetchall()
    with pytest.raises((KeyError, StoreError)):
        edit.save(tried.inside, BY, "apps", [row], "x")
    assert tried.whole.cursor().execute("SELECT COUNT(*) FROM app_install_row").fetchall() == before


def test_a_place_that_is_new_in_an_upload_is_the_units_own(tried: Tried):
    batch = load(tried.inside, "i.csv", SCANS + scan_row(5, "Chợ mới", 500, "Vào"), BY)
    [place] = [one for one in places.every(tried.inside) if one.name == "Chợ mới"]
    assert units.place_units(tried.whole)[place.location_id or 0] == tried.number["Đội 1"]
    assert "Chợ mới" not in {one.name for one in places.every(tried.whole.within(tried.number["Đội 2"]))}
    intake.undo(tried.inside, batch, BY)  # their own they may take back


def test_accounts_are_made_and_moved_within_ones_own_unit_and_beneath(tried: Tried):
    inside = tried.whole.within(tried.number["Đội 2"])
    name, _ = accounts.add_first(inside, "Sùng A Tủa", "gatekeeper", "Lãnh đạo Đội 2")
    found = accounts.find(tried.whole, name)
    assert found and found.unit == tried.number["Đội 2"]
    accounts.set_unit(inside, name, tried.number["Trạm"], "Lãnh đạo Đội 2")
    token = sessions.start(tried.whole, name)
    session = sessions.find(token)
    assert session and session.store.unit == tried.number["Trạm"]
    assert {one.name for one in places.every(session.store)} == {"Mộc Châu", "Phù Yên"}
    assert not rights.may("leader", "server", session.store.unit)
    assert settings.get(session.store, "unit_name") == "Trạm"
    assert [one.account for one in sessions.live(inside)] == [name]
    assert sessions.live(tried.inside) == []
    sessions.end(token)


def test_the_last_leader_who_sees_everything_stays_one(tried: Tried):
    with pytest.raises(AccountError, match="only leader"):
        accounts.set_unit(tried.whole, "An", tried.number["Đội 1"], "An")
    with pytest.raises(AccountError, match="only leader"):
        accounts.set_role(tried.whole, "An", "viewer", "An")


def test_who_signs_in_through_the_agency_waits_until_somebody_says_of_which_unit(tried: Tried):
    with pytest.raises(AccountError, match="of which unit"):
        accounts.from_provider(tried.whole, "s-1", "Giàng Thị Mỷ", "viewer")
    found = accounts.find(tried.whole, "Giàng Thị Mỷ")
    assert found and found.off_since
    with pytest.raises(AccountError):
        accounts.from_provider(tried.whole, "s-1", "Giàng Thị Mỷ", "viewer")
    accounts.set_unit(tried.whole, found.name, tried.number["Trạm"], "An")
    accounts.switch(tried.whole, found.name, True, "An")
    assert accounts.from_provider(tried.whole, "s-1", "Giàng Thị Mỷ", "viewer") == found.name
