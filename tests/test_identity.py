"""Who is who: what proposes that two are one, and what a decision does."""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from quetma import directory, identity, intake, likely, people, rollups, tracing
from quetma.history import Filter
from quetma.intake import recount
from quetma.intake.undo import undo
from quetma.language import translator
from quetma.likely import Pair
from quetma.store import Store, open_store
from tests.conftest import examples
from tests.intake import prepare


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Lò Văn Tuấn", "lò văn  tuấn", "same"),
        ("Vì Thị Hoà", "Vì Thị Hòa", "same"),
        ("Lò Văn Tuấn", "LO VAN TUAN", "toneless"),
        ("Đinh Thị Thúy", "Dinh Thi Thuy", "toneless"),
        ("Nguyễn Văn Hùng", "Nguyễn Văn Hưng", "tones"),
        ("Lò Văn Tuấn", "Tuấn Lò Văn", "order"),
        ("Nguyễn Thị Thanh Hương", "Nguyễn Thị Hương", "part"),
        ("Lò Văn Tuấn", "Lò Tuấn", "part"),
        ("N. V. Tuấn", "Nguyễn Văn Tuấn", "part"),
        ("Lò Văn Tuấn", "Lò Văn Tuán n", None),
        ("Lò Văn Tuấn", "Lò Văn Tuấm", "near"),
        ("Lò Văn Tuấn", "Lò Văn Taun", "near"),  # two letters swapped
        ("Nguyễn Thị Thanh Hương", "Nguyễn Thi Than Huongg", "near"),
        ("Lò Văn Tuấn", "Lò Văn Thanh", None),
        ("Tuấn", "Lò Văn Tuấn", None),  # a given name alone is many people's
        ("Lò Thị Tuấn", "Lò Văn Tuấn", None),
    ],
)
def test_how_alike_two_names_are(one: str, other: str, likeness: str | None):
    assert likely.compare(one, other) == likeness
    assert likely.compare(other, one) == likeness


def known(number: int, text: str, staff: bool = False) -> dict[str, Any]:
    """`Lò Văn Tuấn 0912000001 *1988`, of which phone and birth year may be missing, as queries/people/known.sql."""
    words = text.split()
    year = int(words.pop()[1:]) if words[-1].startswith("*") else None
    phone = people.phone(words.pop()) if words[-1].isdigit() else None
    name = " ".join(words)
    return {"person_id": number, "name": name, "name_key": people.fold(name), "phone": phone, "birth_year": year,
            "roster": int(staff), "spelled": people.spelling(name)}  # fmt: skip


KNOWN = {"person_id": pl.Int64, "name": pl.String, "name_key": pl.String, "phone": pl.String, "birth_year": pl.Int16,
         "roster": pl.Int32, "spelled": pl.String}  # fmt: skip
APART = {"person_id": pl.Int64, "other_id": pl.Int64}


@cache
def memory() -> duckdb.DuckDBPyConnection:
    """A DuckDB without a store: beginning one takes longer than asking it."""
    return duckdb.connect()


def proposed(everybody: list[dict[str, Any]]) -> list[Pair]:
    """The pairs of these people that are proposed, strongest first."""
    frame = pl.DataFrame(everybody, KNOWN)
    with memory().cursor() as cursor:
        names = pl.concat([some for _, some in likely.alike_names(cursor, frame)]).unique()
        found, in_all = likely.likely_pairs(cursor, frame, pl.DataFrame(schema=APART), names, 10_000)
    assert in_all == len(found)
    return found


def pairs(staff: list[str], visitors: list[str]) -> list[tuple[str, str, str]]:
    """(who would become, whom, how sure)."""
    everybody = [known(n, text, True) for n, text in enumerate(staff)]
    everybody += [known(n, text) for n, text in enumerate(visitors, len(staff))]
    texts = staff + visitors
    return [(texts[pair.person], texts[pair.into], pair.sure) for pair in proposed(everybody)]


TUAN = "Lò Văn Tuấn 0912000001 *1988"


@pytest.mark.parametrize(
    ("visitor", "sure"),
    [
        ("Lò Văn Tuấn *1988", "likely"),
        ("Lò Văn Tuấn", "possible"),
        ("LO VAN TUAN *1988", "likely"),
        ("Lò Văn Tuấn 0912000007 *1988", "likely"),  # one digit mistyped
        ("Lò Văn Tuấn 0912000007", "likely"),
        ("Lò Văn Tuấn 0977123456 *1988", "likely"),  # a new SIM
        ("Lò Văn Tuấn 0977123456", "possible"),
        ("Lò Văn Tuấm", "possible"),
        ("Lò Văn Tuấm *1988", "likely"),
        ("Lò Tuấn", "possible"),
        ("Tuấn Lò Văn *1988", "likely"),
        ("Lò Văn Tuấn *1989", None),
        ("Lò Văn Tuấn 0912000007 *1989", None),
        ("Lò Văn Tuấm 0977123456", None),  # near names of two phones are just two names
        ("Lò Văn Thanh *1988", None),
    ],
)
def test_who_may_be_a_staff_member(visitor: str, sure: str | None):
    assert pairs([TUAN], [visitor]) == ([(visitor, TUAN, sure)] if sure else [])


def test_a_name_that_fits_several_staff_members_is_a_choice():
    other = "Lò Văn Tuấn 0912888999 *1975"
    assert pairs([TUAN, other], ["Lò Văn Tuấn"]) == [
        ("Lò Văn Tuấn", TUAN, "possible"),
        ("Lò Văn Tuấn", other, "possible"),
    ]


def test_staff_without_a_birth_year_and_those_written_by_hand():
    staff = ["Lò Văn Tuấn 0912000001", "Vì Thị Hồng"]
    assert pairs(staff, ["Lò Văn Tuấm *1988", "Vì Thi Hồn 0933111222 *1987"]) == [
        ("Lò Văn Tuấm *1988", staff[0], "possible"),
        # the staff list is what is kept
        ("Vì Thi Hồn 0933111222 *1987", staff[1], "possible"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "sure"),
    [
        ("Cà Văn An *1990", "Cà Văn An 0912000001 *1990", "likely"),
        ("Ca Van An *1990", "Cà Văn An 0912000001 *1990", "likely"),
        ("Cà Văn An", "Cà Văn An 0912000001", "possible"),
        ("Cà Văn An 0912000007", "Cà Văn An 0912000001", "likely"),
        ("Cà Văn An 0977123456", "Cà Văn An 0912000001", None),  # two of a name
        ("Cà Văn An 0977123456 *1990", "Cà Văn An 0912000001 *1990", "likely"),
        ("Cà Văn Ân *1990", "Cà Văn Ăn 0912000001 *1990", "possible"),
        ("Cà Văn Am *1990", "Cà Văn An 0912000001 *1990", None),  # near names are looked for among staff only
    ],
)
def test_visitors_who_may_be_one(one: str, other: str, sure: str | None):
    found = pairs([], [one, other])
    assert [(set(pair[:2]), pair[2]) for pair in found] == ([({one, other}, sure)] if sure else [])


def test_a_common_name_alone_says_nothing():
    visitors = ["Nguyễn Văn Hùng", *(f"Nguyễn Văn Hùng 09120000{n}0" for n in range(10, 20))]
    assert pairs([], visitors) == []


def test_strongest_first():
    found = pairs([TUAN], ["Lò Văn Tuấm", "Lò Văn Tuấn *1988", "Cà Văn An *1990", "Cà Văn An 0912345678 *1990"])
    assert [(pair[0], pair[2]) for pair in found] == [
        ("Lò Văn Tuấn *1988", "likely"),
        ("Cà Văn An *1990", "likely"),
        ("Lò Văn Tuấm", "possible"),
    ]


def one_by_one(everybody: list[dict[str, Any]]) -> list[Pair]:
    """What is proposed, by comparing everybody with everybody."""
    alike = Counter(one["name_key"] for one in everybody)
    found = []
    for a, b in combinations(everybody, 2):
        years, phones, names = ((a[key], b[key]) for key in ("birth_year", "phone", "name_key"))
        staff, by_hand, one_name = bool(a["roster"] or b["roster"]), None in phones, names[0] == names[1]
        same_year = None not in years and years[0] == years[1]
        slip = not by_hand and OSA.distance(*phones) == 1
        looked_for = staff or (one_name and (same_year or alike[names[0]] <= likely.RARE))
        rare = one_name and alike[names[0]] <= (likely.RARE if staff else 2) and (staff or by_hand)
        if not looked_for or (not same_year and None not in years):
            continue
        if not (same_year or rare or (by_hand and staff) or slip):
            continue
        likeness = likely.compare(a["name"], b["name"])
        if likeness is None or (likeness != "same" and not same_year and not (by_hand and staff)):
            continue
        person, into = sorted((a, b), key=likely._standing)
        found.append(
            Pair(
                person["person_id"], into["person_id"], likeness, "none" if by_hand else "digit" if slip else "differ",
                "same" if same_year else "unknown", staff, sum(alike[name] for name in set(names)),
            )
        )  # fmt: skip
    return sorted(found, key=lambda pair: pair.place)


WORDS = ["Lò", "Lo", "Văn", "Van", "Thị", "V.", "L.", "Tuấn", "Tuân", "Tuan.", "Hoà", "Hòa", "Hoa", "Thanh", "Hương",
         "Nguyễn", "Nguyên", "%", "_", "."]  # fmt: skip
NAMES = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join),
    st.sampled_from(["Lò Văn Tuấn", "Lò Văn Tuấm", "Lò Tuấn", "Nguyễn Thị Thanh Hương", "Nguyễn Thi Than Huongg"]),
).filter(lambda name: people.fold(name) != "")
SOMEBODY = st.tuples(
    NAMES,
    st.sampled_from([None, None, "+84912000001", "+84912000010", "+84912000011", "+84977123456", "+8491200001"]),
    st.sampled_from([None, 1988, 1988, 1989]),
    st.sampled_from([0, 0, 0, 1, 2]),
)


@settings(max_examples=examples(240), deadline=None)
@given(st.lists(SOMEBODY, min_size=2, max_size=25))
def test_what_is_proposed_is_what_comparing_everybody_with_everybody_finds(everybody: list):
    people_known = [
        {"person_id": n, "name": name, "name_key": people.fold(name), "phone": phone, "birth_year": year,
         "roster": roster, "spelled": people.spelling(name)}
        for n, (name, phone, year, roster) in enumerate(everybody)
    ]  # fmt: skip
    assert proposed(people_known) == one_by_one(people_known)


def test_two_places_at_once_is_hardly_one_person():
    pair = Pair(1, 2, "same", "none", "same", True, 2)
    assert (pair.sure, Pair(1, 2, "same", "none", "same", True, 2, same_list=True).sure) == ("likely", "hardly")


@pytest.mark.parametrize(
    ("masked", "name_like", "phone_like"),
    [
        ("masked:Nguyễn Văn ***|0912345***", "nguyen van %", "+84912345___"),
        ("masked:Nguyễn Văn A**|", "nguyen van a%", None),
        ("masked:N*** V*** An|0912***678", "n% v% an", "+84912___678"),
        ("masked:Lò Văn Tuấn|+84 912 345 ***", "lo van tuan", "+84912345___"),
        ("masked:***|0912345***", None, "+84912345___"),
        ("masked:Vì Văn ***|0912**", "vi van %", "+84912%"),
        ("masked:Vì Văn ***|0168123****", "vi van %", "+8438123____"),  # before 2018
        ("masked:Vì Văn ***|******678", "vi van %", "%678"),
        ("masked:Vì Văn ***|0912345678", "vi van %", "+84912345678"),
        ("masked:50%_ ***|***", None, None),
        ("masked:A%_ ***|***", "a\\%\\_ %", None),
    ],
)
def test_what_a_mask_shows(masked: str, name_like: str | None, phone_like: str | None):
    assert identity.patterns(masked) == (name_like, phone_like)


# Decisions ------------------------------------------------------------------------------------------------------------

ROSTER = """\
Họ và tên,Số điện thoại,Năm sinh,Chức vụ,Trụ sở,Điện thoại thông minh
Lò Văn Tuấn,0912000001,1988,Lái xe,Mai Sơn,Có
Vì Thị Hồng,0912000002,1987,Văn thư,Mai Sơn,Có
Lò Văn Tuấn,0912000003,1970,Bảo vệ,Yên Châu,Có
"""
SCANS = """\
Họ và tên,Số điện thoại,Năm sinh,Địa điểm,Thời gian quét,Vào/Ra
Lò Văn Tuấn,0912000001,,Mai Sơn,24/08/2021 07:30,Vào
Lò Văn Tuấn,0912000001,,Mai Sơn,24/08/2021 11:30,Ra
Lò Văn Tuấn,0977000001,,Mai Sơn,24/08/2021 11:30,Ra
Lò Văn Tuấn,0977000001,,Mai Sơn,25/08/2021 07:30,Vào
Lò Văn Tuấn,0977000001,,Mai Sơn,25/08/2021 17:00,Ra
Lò Văn Tuấn,,,Mai Sơn,26/08/2021 07:40,Vào
Vì Thị Hồng,,,Mai Sơn,24/08/2021 07:40,Vào
Cà Văn An,,1990,Yên Châu,24/08/2021 08:00,Vào
Cà Văn An,,1990,Yên Châu,24/08/2021 08:30,Ra
Cà Văn An,0944000001,1990,Mai Sơn,24/08/2021 08:10,Vào
Cà Văn An,0944000001,1990,Mai Sơn,24/08/2021 08:20,Ra
Nguyễn Văn ***,0912000***,,Mai Sơn,24/08/2021 09:00,Vào
Lò Văn ***,0912000***,,Mai Sơn,24/08/2021 09:00,Vào
Vì ***,,,Mai Sơn,24/08/2021 09:00,Vào
Lò Văn Tuấn,0977000***,,Mai Sơn,24/08/2021 09:00,Vào
***,0933***,,Mai Sơn,24/08/2021 09:00,Vào
"""
UPLOADS = {
    "roster": ROSTER,
    "scans": SCANS,
    "new roster": ROSTER.replace("0912000001", "0977000001").replace("Lái xe", "Đội phó"),
    "more scans": SCANS.replace("24/08", "23/08").replace("Vì Thị Hồng", "Vì Thi Hồng"),
    "doses": """\
Họ và tên,Số điện thoại,Năm sinh,Mũi số,Vắc xin,Ngày tiêm,Người xác nhận
Lò Văn Tuấn,0912000001,,1,AstraZeneca,10/06/2021,Cầm Văn Thành
Lò Văn Tuấn,0977000001,,1,AstraZeneca,12/06/2021,Cầm Văn Thành
Cà Văn An,,1990,1,Pfizer,10/07/2021,
""",
    "apps": """\
Họ và tên,Số điện thoại,Ứng dụng,Ngày cài đặt
Lò Văn Tuấn,0977000001,Bluezone,10/05/2021
Vì Thi Hồng,,Bluezone,10/05/2021
""",
}


def upload(store: Store, *names: str) -> list[int]:
    """Loads those files; the numbers of their batches."""
    return [
        intake.load(store, prepare(store, f"{name}.csv", UPLOADS[name].encode()), "test").batch_id for name in names
    ]


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with the first two uploads; copy it, never open it."""
    store = Store(tmp_path_factory.mktemp("uploaded"))
    upload(store, "roster", "scans")
    store.close()
    return store.folder


@pytest.fixture
def unit(uploaded: Path, tmp_path: Path) -> Iterator[Store]:
    store = open_store(shutil.copytree(uploaded, tmp_path / "unit"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def mask_unit(uploaded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(shutil.copytree(uploaded, tmp_path_factory.mktemp("masks") / "unit"))
    yield store
    store.close()


def ids(store: Store) -> dict[str, int]:
    return {
        f"{row['name']} {row['phone_shown']}".strip(): row["person_id"]
        for row in store.cursor().sql("FROM person").pl().iter_rows(named=True)
    }


def test_what_scans_and_lists_say_of_a_pair(unit: Store):
    who = {number: name for name, number in ids(unit).items()}
    found = {(who[pair.person], who[pair.into]): pair for pair in likely.proposals(unit).pairs}
    new_sim = found["Lò Văn Tuấn 0977000001", "Lò Văn Tuấn 0912000001"]
    assert (new_sim.sure, new_sim.changed, new_sim.same_list) == ("possible", False, False)
    apart = found["Cà Văn An", "Cà Văn An 0944000001"]
    assert apart.clash == (datetime(2021, 8, 24, 8, 10), "Yên Châu", "Mai Sơn")
    assert apart.sure == "hardly"
    assert ("Lò Văn Tuấn 0912000003", "Lò Văn Tuấn 0912000001") not in found  # their birth years differ
    t = translator("en")
    assert likely.reasons(apart, t) == [
        "The same name.", "Born in the same year.", "Nobody else here has this name.",
        "One of them has no phone number: perhaps noted down by hand.",
    ]  # fmt: skip
    assert likely.doubts(apart, t) == ["At 08:10 24/08/2021 one was at Yên Châu, the other at Mai Sơn."]


def test_a_number_used_only_after_the_other_may_be_a_new_sim(empty_store: Store):
    rows = [row for row in SCANS.splitlines() if "24/08/2021 11:30" not in row or "0977" not in row]
    intake.load(empty_store, prepare(empty_store, "a.csv", UPLOADS["roster"].encode()), "test")
    intake.load(empty_store, prepare(empty_store, "b.csv", "\n".join(rows).encode()), "test")
    who = ids(empty_store)
    old, new = who["Lò Văn Tuấn 0912000001"], who["Lò Văn Tuấn 0977000001"]
    [pair] = [p for p in likely.proposals(empty_store).pairs if {p.person, p.into} == {old, new}]
    assert (pair.changed, pair.person) == (True, new)  # who is on the staff list stays


def test_very_many_are_looked_through_beforehand_and_a_decision_holds_at_once(
    unit: Store, monkeypatch: pytest.MonkeyPatch
):
    direct = likely.proposals(unit)
    proposed = {who for pair in direct.pairs for who in (pair.person, pair.into)}
    described = likely.described(unit, proposed)
    monkeypatch.setattr(likely, "AT_ONCE", 0)
    monkeypatch.setattr(likely, "RESTS", 0)
    watch = likely.Looking(unit)
    assert likely.proposals(unit) == likely.Proposals([], 0, looking=0.0)  # nothing was looked through yet
    watch.look()
    assert likely.proposals(unit) == direct
    assert direct.looking is None
    assert watch.scanned[0] >= proposed
    assert likely.described(unit, proposed) == described
    who = ids(unit)
    one, other = who["Cà Văn An"], who["Cà Văn An 0944000001"]

    def about_them() -> bool:
        return any({one, other} <= {pair.person, pair.into} for pair in likely.proposals(unit).pairs)

    identity.keep_apart(unit, one, other, "test")
    assert not about_them()
    assert likely.proposals(unit).in_all == direct.in_all - 1
    identity.forget_apart(unit, one, other)
    identity.merge(unit, one, other, "test")
    assert not about_them()
    both = described[one]["scans"] + described[other]["scans"]
    assert likely.described(unit, [other])[other]["scans"] == both > described[other]["scans"]
    identity.unmerge(unit, one)
    watch.look()
    assert likely.proposals(unit) == direct


def test_a_merge_moves_everything_and_is_taken_back_whole(unit: Store):
    before = tables(unit)
    who = ids(unit)
    new, old = who["Lò Văn Tuấn 0977000001"], who["Lò Văn Tuấn 0912000001"]
    identity.merge(unit, new, old, "Lãnh đạo")
    # The scan out at 11:30 is one person's now, and so a duplicate.
    batch = unit.ask("intake/counts", batch=2).row(0)
    assert batch == (15, 1)
    scans = unit.cursor().execute("SELECT COUNT(*) FROM scan WHERE person_id = ?", [old]).fetchall()
    assert scans == [(4,)]
    stays = unit.cursor().execute("SELECT day, t_out FROM stay WHERE person_id = ? ORDER BY 1", [old]).fetchall()
    assert stays == [(date(2021, 8, 24), datetime(2021, 8, 24, 11, 30)), (date(2021, 8, 25), datetime(2021, 8, 25, 17))]
    assert rollups.check(unit) == recount.check(unit) == []
    assert not [pair for pair in likely.proposals(unit).pairs if new in (pair.person, pair.into)]
    [row] = identity.decided(unit).filter(what="merge").rows(named=True)
    assert (row["phone"], row["other_phone"], row["decided_by"]) == ("0977000001", "0912000001", "Lãnh đạo")
    identity.unmerge(unit, new)
    assert tables(unit) == before


def test_what_cannot_be_one(unit: Store):
    who = ids(unit)
    an, by_hand = who["Cà Văn An 0944000001"], who["Cà Văn An"]
    before = tables(unit)
    for person, into, why in (
        (an, an, "two different"),
        (an, 4711, "two different"),
        (who["Nguyễn Văn *** 0912000***"], an, "masked"),
        (an, who["Nguyễn Văn *** 0912000***"], "masked"),
    ):
        with pytest.raises(identity.IdentityError, match=why):
            identity.merge(unit, person, into, "test")
    assert tables(unit) == before
    identity.merge(unit, by_hand, an, "test")
    for person, into, why in ((by_hand, who["Vì Thị Hồng 0912000002"], "already"), (an, by_hand, "other way")):
        with pytest.raises(identity.IdentityError, match=why):
            identity.merge(unit, person, into, "test")


def test_who_is_kept_apart_is_not_proposed_until_that_is_taken_back(unit: Store):
    who = ids(unit)
    an, by_hand = who["Cà Văn An 0944000001"], who["Cà Văn An"]

    def proposed() -> bool:
        return any({pair.person, pair.into} == {an, by_hand} for pair in likely.proposals(unit).pairs)

    assert proposed()
    identity.keep_apart(unit, an, by_hand, "test")
    assert not proposed()
    # Also when one of them becomes somebody else.
    identity.merge(unit, by_hand, who["Lò Văn Tuấn 0977000001"], "test")
    assert identity.decided(unit)["what"].to_list() == ["merge", "apart", "rule"]
    identity.unmerge(unit, by_hand)
    identity.forget_apart(unit, by_hand, an)
    assert proposed()


def test_the_rule_for_names_can_be_refused(unit: Store):
    who = ids(unit)
    hong = unit.cursor().execute("SELECT person_id FROM person WHERE name = 'Vì Thị Hồng' ORDER BY phone").fetchall()
    staff, by_hand = who["Vì Thị Hồng 0912000002"], who["Vì Thị Hồng"]
    assert {staff, by_hand} == {number for (number,) in hong}
    [row] = identity.decided(unit).rows(named=True)
    assert (row["what"], row["person_id"], row["other_id"]) == ("rule", by_hand, staff)
    before = tables(unit)
    identity.keep_apart(unit, staff, by_hand, "test")
    assert unit.cursor().execute("SELECT COUNT(*) FROM scan WHERE person_id = ?", [staff]).fetchall() == [(0,)]
    identity.forget_apart(unit, staff, by_hand)
    assert tables(unit) == before


def test_of_two_staff_members_who_are_one_the_newest_list_holds(unit: Store):
    upload(unit, "new roster")
    who = ids(unit)
    identity.merge(unit, who["Lò Văn Tuấn 0912000001"], who["Lò Văn Tuấn 0977000001"], "test")
    positions = unit.ask("compliance/staff", day=date(2021, 8, 24)).select("person_id", "position").rows()
    assert dict(positions) == {
        who["Lò Văn Tuấn 0977000001"]: "Đội phó",
        who["Lò Văn Tuấn 0912000003"]: "Bảo vệ",
        who["Vì Thị Hồng 0912000002"]: "Văn thư",
    }


OTHERS = {"migration", "audit", "session", "account", "batch_undone"}  # the last: what counted back then
PEOPLE = {"person_id", "alias_id", "into_id", "other_id"}


def tables(store: Store) -> dict[str, list[str]]:
    """Every table that uploads and decisions make, as sorted rows; people and places by what they are, not by number,
    times of uploads and decisions left out."""
    cursor = store.cursor()
    who = dict(cursor.execute("SELECT person_id, identity FROM person").fetchall())
    where = dict(cursor.execute("SELECT location_id, name_key FROM location").fetchall())
    found = {}
    names = cursor.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary").fetchall()
    for (name,) in names:
        if name not in OTHERS:
            answer = cursor.execute(f"FROM {name}")
            columns = [column for column, *_ in answer.description]
            found[name] = sorted(
                str([
                    (who if column in PEOPLE else where if column == "location_id" else {}).get(value, value)
                    for column, value in zip(columns, row, strict=True)
                    if not column.endswith("_at") or column in {"scanned_at", "declared_at"}
                ])
                for row in answer.fetchall()
            )  # fmt: skip
    return found


def decide(store: Store, what: str, one: str, other: str) -> None:
    """A decision about two people by their identities, as far as they exist and it can be."""
    who = dict(store.cursor().execute("SELECT identity, person_id FROM person").fetchall())
    if one in who and other in who:
        with suppress(identity.IdentityError):
            if what == "merge":
                identity.merge(store, who[one], who[other], "test")
            elif what == "apart":
                identity.keep_apart(store, who[one], who[other], "test")
            elif what == "unmerge":
                identity.unmerge(store, who[one])


PERSONS = [
    "tel:+84912000001", "tel:+84912000002", "tel:+84912000003", "tel:+84977000001", "tel:+84944000001",
    "name:lò văn tuấn|", "name:vì thị hồng|", "name:vì thi hồng|", "name:cà văn an|1990",
]  # fmt: skip


STEPS = st.tuples(
    st.sampled_from(["merge", "merge", "merge", "apart", "unmerge", "undo", "load"]),
    st.sampled_from(PERSONS),
    st.sampled_from(PERSONS),
    st.sampled_from(list(UPLOADS)),
)


@settings(max_examples=examples(6), deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(STEPS, min_size=4, max_size=10))
def test_taking_every_decision_back_leaves_what_the_uploads_say(uploaded: Path, steps: list[tuple[str, str, str, str]]):
    with tempfile.TemporaryDirectory() as folder:
        with_decisions, without = (Store(shutil.copytree(uploaded, Path(folder) / name)) for name in "ab")
        live = [1, 2]
        for what, one, other, name in steps:
            if what == "load":
                live = sorted({*live, *upload(with_decisions, name)})  # the same again is the upload it was
                upload(without, name)
            elif what == "undo" and live:
                batch = live.pop(len(one) % len(live))
                for store in (with_decisions, without):
                    undo(store, batch, "test")
            else:
                decide(with_decisions, what, one, other)
        assert rollups.check(with_decisions) == recount.check(with_decisions) == []
        for person, _ in with_decisions.cursor().execute("FROM merge SELECT person_id, into_id").fetchall():
            identity.unmerge(with_decisions, person)
        for person, other in with_decisions.cursor().execute("FROM apart SELECT person_id, other_id").fetchall():
            identity.forget_apart(with_decisions, person, other)
        assert tables(with_decisions) == tables(without)
        for store in (with_decisions, without):
            store.close()


# Behind a mask --------------------------------------------------------------------------------------------------------


def test_who_may_be_behind_a_mask(unit: Store):
    who = {number: name for name, number in ids(unit).items()}
    found = identity.candidates(unit, who)
    told = [
        (who[row["masked_id"]], who[row["person_id"]], row["fits"])
        for row in found.sort("masked_id", maintain_order=True).iter_rows(named=True)
    ]
    assert told == [
        ("Lò Văn *** 0912000***", "Lò Văn Tuấn 0912000001", "both"),
        ("Lò Văn *** 0912000***", "Lò Văn Tuấn 0912000003", "both"),
        ("Lò Văn *** 0912000***", "Lò Văn Tuấn", "name"),
        ("Vì ***", "Vì Thị Hồng 0912000002", "name"),
        ("Lò Văn Tuấn 0977000***", "Lò Văn Tuấn 0977000001", "both"),
        ("Lò Văn Tuấn 0977000***", "Lò Văn Tuấn", "name"),
    ]
    assert identity.candidates(unit, []).equals(found.clear()) and found.height


def fits(like: str, text: str | None) -> bool:
    """Whether a text has the form of a pattern of LIKE."""
    form = re.sub(r"\\(.)|(%)|(_)|(.)", lambda m: ".*" if m[2] else "." if m[3] else re.escape(m[1] or m[4]), like)
    return text is not None and re.fullmatch(form, text) is not None


SHOWN = st.sampled_from(
    ["Lò Văn ***", "L*** V*** Tuấn", "***", "Vì ***", "Cà Văn An", "V*", "*** Hồng", "Lò_Văn ***", "Lò%***", "Khác ***"]
)
DIGITS = st.sampled_from(
    ["", "0912000***", "***001", "0977***", "09*****001", "***", "0912000001", "0***", "0944000***"]
)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(SHOWN, DIGITS), min_size=1, max_size=6, unique=True))
def test_behind_a_mask_is_whoever_fits_what_is_shown(mask_unit: Store, masks: list[tuple[str, str]]):
    everybody = mask_unit.cursor().sql("FROM person WHERE NOT masked").pl().to_dicts()
    really = {a for (a,) in mask_unit.cursor().execute("SELECT alias_id FROM alias").fetchall()}
    staff = {s for (s,) in mask_unit.cursor().execute("SELECT person_id FROM staff").fetchall()}
    rows = [(n, *identity.patterns(f"masked:{name}|{phone}")) for n, (name, phone) in enumerate(masks)]
    expected = {}
    for n, name_like, phone_like in rows:
        for one in everybody:
            by_name = name_like is None or fits(name_like, one["name_key"])
            by_phone = phone_like is None or one["phone"] is None or fits(phone_like, one["phone"])
            few = one["person_id"] in staff or one["phone"] is None
            asked = (phone_like and one["phone"]) or (name_like and few)
            if by_name and by_phone and asked and one["person_id"] not in really:
                how = "name" if phone_like is None or one["phone"] is None else "both"
                expected[n, one["person_id"]] = "phone" if name_like is None else how
    schema = {"masked_id": pl.Int64, "name_like": pl.String, "phone_like": pl.String}
    found = identity.behind(mask_unit, pl.DataFrame(rows, schema=schema, orient="row"))
    assert {(row["masked_id"], row["person_id"]): row["fits"] for row in found.iter_rows(named=True)} == expected
    assert found["n"].max() is None or found["n"].max() <= 5  # else not all of them are told


def test_a_merged_person_is_found_by_everything_they_were_called(unit: Store):
    who = ids(unit)
    new, old = who["Lò Văn Tuấn 0977000001"], who["Lò Văn Tuấn 0912000001"]
    identity.merge(unit, new, old, "test")
    days = date(2021, 8, 24), date(2021, 8, 26)
    assert Filter.named(unit, *days, persons=["0977000001"]) == Filter.named(unit, *days, persons=["0912000001"])
    assert Filter.named(unit, *days, persons=["0977000001"]).count(unit) == 4
    assert directory.find(unit, "0977 000")["person_id"].to_list()[0] == old
    assert unit.ask("people/with_phone", phone="+84977000001").rows() == [(old, "Lò Văn Tuấn")]
    question = tracing.Question((tracing.Case(new, date(2021, 8, 25)),), min_minutes=0)  # by the number they had before
    answer = tracing.trace(unit, question)
    assert (answer.question.cases[0].person_id, answer.present) == (old, {old})
    assert old not in answer.f1["person_id"]
    assert unit.ask("compliance/people", day=date(2021, 8, 25)).filter(person_id=old)["scanned"].to_list() == [True]
