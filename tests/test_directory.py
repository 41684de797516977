"""Finding people: who fits what was typed, and who comes first."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quetma import directory, people
from quetma.store import Store
from tests import history_unit
from tests.conftest import examples

MORE = [  # name, phone
    ("Hà Văn Tôn", "+84912000009"),
    ("Trần Hà Anh", "+84391234567"),  # was 0169 123 4567
    ("Vì Văn Hà", "+84988000111"),
    ("Vì Văn Hạnh", "+84988000112"),
    ("Trần Thị Hà", None),
]


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = history_unit.write(tmp_path_factory.mktemp("people"))
    with store.write() as cursor:
        for number, (name, phone) in enumerate(MORE, 1001):
            keys = people.fold(name), people.sort_key(name)
            identity = people.identity(name, phone, None)
            cursor.execute(
                "INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, NULL, FALSE)", [number, identity, name, *keys, phone]
            )
    yield store
    store.close()


def names(store: Store, text: str, rows: int = 20) -> list[str]:
    return directory.find(store, text, rows)["name"].to_list()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hà minh tôn", ["Hà Minh Tôn"]),
        ("TON HA", ["Hà Minh Tôn", "Hà Văn Tôn"]),  # staff first
        ("t h", ["Hà Minh Tôn", "Trần Thị Hà", "Lò Thị Hoà", "Hà Văn Tôn", "Trần Hà Anh"]),
        ("ha", ["Hà Minh Tôn", "Trần Thị Hà", "Vì Văn Hà", "Trần Hà Anh", "Hà Văn Tôn", "Vì Văn Hạnh"]),
        ("hoà", ["Lò Thị Hoà"]),
        ("hòa", ["Lò Thị Hoà"]),
        ("oà", []),  # not the beginning of a word
        ("nguyen van", ["Nguyễn Văn ***"]),
        ("Nguyễn Văn ***", ["Nguyễn Văn ***"]),
        ("hyperlink", []),
        ("=hyper", ['=HYPERLINK("http://x.vn";"bấm")']),
        ("%", []),
        ("_", []),
        ("", []),
        ("  ", []),
        ("đ", []),
        # phones
        ("0912000001", ["Hà Minh Tôn"]),
        ("+84 912 000 001", ["Hà Minh Tôn"]),
        ("84912000001", ["Hà Minh Tôn"]),
        ("0084.912.000.001", ["Hà Minh Tôn"]),
        ("912000001", ["Hà Minh Tôn"]),
        ("0912", ["Hà Minh Tôn", "Lò Thị Hoà", "Hà Văn Tôn", "Nguyễn Văn ***"]),
        ("+84 (0)912", ["Hà Minh Tôn", "Lò Thị Hoà", "Hà Văn Tôn", "Nguyễn Văn ***"]),
        ("0912345***", ["Nguyễn Văn ***"]),
        ("00112", ["Vì Văn Hạnh"]),
        ("0169 123", ["Trần Hà Anh"]),
        ("+84 169 123 4567", ["Trần Hà Anh"]),
        ("0391234567", ["Trần Hà Anh"]),
        ("+1202", ["@Smith"]),
        ("001 202 555", ["@Smith"]),
        ("+", []),
        # both
        ("van 0988", ["Vì Văn Hà", "Vì Văn Hạnh"]),
        ("hạnh 0988 000", ["Vì Văn Hạnh"]),
        ("tôn 0988", []),
    ],
)
def test_who_is_found(unit: Store, text: str, found: list[str]):
    assert names(unit, text) == found


def test_what_is_known_of_those_found(unit: Store):
    [ton], [hoa] = (directory.find(unit, text).rows(named=True) for text in ("0912000001", "hoa"))
    assert directory.person(unit, ton["person_id"]) == {**ton, "e164": "+84912000001"}
    assert {k: v for k, v in ton.items() if k != "person_id"} == {
        "name": "Hà Minh Tôn", "phone": "0912000001", "birth_year": 1975, "kind": "staff", "masked": False,
        "exact": True, "last_seen": datetime(2021, 8, 24, 17, 2),
    }  # fmt: skip
    assert (hoa["kind"], hoa["exact"]) == ("visitor", False)  # left the roster before the last day of the log
    masked = directory.find(unit, "nguyen van").row(0, named=True)
    assert (masked["phone"], masked["masked"]) == ("0912345***", True)
    never = directory.find(unit, "Hà Văn Tôn").row(0, named=True)
    assert (never["last_seen"], never["exact"]) == (None, True)
    assert directory.person(unit, 4711) is None


def test_no_more_than_asked_for(unit: Store):
    assert names(unit, "ha", 2) == ["Hà Minh Tôn", "Trần Thị Hà"]


WORDS = ["ha", "Hà", "v", "van", "văn", "ton", "T", "thi", "lo", "zz", "nguyen", "a"]
PIECES = ["0912", "+84", "84912", "000", "0988 000", "2025550", "0169", "039", "1", "0"]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=3), st.sampled_from(["", *PIECES]))
def test_who_is_found_is_who_fits_one_by_one(unit: Store, words: list[str], piece: str):
    def fits(name: str, phone: str | None, identity: str, masked: bool) -> bool:
        own = people.fold(name).split()
        if not all(any(word.startswith(people.fold(w)) for word in own) for w in words):
            return False
        return not piece or any(p in ((identity if masked else phone) or "") for p in directory.phone_pieces(piece))

    everybody = unit.cursor().execute("SELECT person_id, name, phone, identity, masked FROM person").fetchall()
    wanted = {who for who, *rest in everybody if (words or piece) and fits(*rest)}
    found = directory.find(unit, " ".join([*words, piece]), 100)
    assert set(found["person_id"]) == wanted
    assert found.height == len(wanted)
