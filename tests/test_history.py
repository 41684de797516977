"""The scan history: which scans a filter lets through, in which order, and what it says of itself."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quetma import directory, rollups, touch
from quetma.history import DIRECTIONS, KINDS, Filter
from quetma.language import translator
from quetma.store import Store
from tests import history_unit, scenario
from tests.conftest import examples

AUGUST = date(2021, 8, 1), date(2021, 8, 31)


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = history_unit.write(tmp_path_factory.mktemp("history"))
    yield store
    store.close()


def named(store: Store, **more) -> Filter:
    return Filter.named(store, *AUGUST, **more)


def test_the_page_shows_each_scan_with_who_where_and_where_it_came_from(unit: Store):
    rows = Filter(*AUGUST).page(unit, 1, 50).drop("person_id").rows()
    hoa = "Lò Thị Hoà", "0912000002", None
    ton = "Hà Minh Tôn", "0912000001", 1975
    mai_son, yen_chau = "Trụ sở Mai Sơn", "Trụ sở Yên Châu"
    link = '=HYPERLINK("http://x.vn";"bấm")'
    d24, d25, d26 = (lambda *at, day=day: datetime(2021, 8, day, *at) for day in (24, 25, 26))
    assert rows == [
        (d26(12), "0356789***", "0356789***", None, "visitor", mai_son, "in", None, 2, "qr.csv", 12),
        (d26(11), "0356789012", "0356789012", None, "visitor", mai_son, "in", None, 2, "qr.csv", 11),
        (d26(10), "@Smith", "+12025550123", None, "visitor", "=Chợ Mai Sơn", "out", None, 2, "qr.csv", 10),
        (d26(9, 40), "Cà Văn An", "", 1985, "visitor", mai_son, "unknown", None, 2, "qr.csv", 9),
        (d26(9, 30), "Cà Văn An", "", 1990, "visitor", mai_son, "unknown", None, 2, "qr.csv", 8),
        (d26(9), "Nguyễn Văn ***", "0912345***", None, "visitor", mai_son, "in", None, 2, "qr.csv", 7),
        (d26(9), *hoa, "visitor", yen_chau, "in", None, 2, "qr.csv", 6),  # left the roster on the 25th
        (d25(7, 45), *hoa, "staff", yen_chau, "in", "-1", 2, "qr.csv", 5),
        (d24(17, 2), *ton, "staff", mai_son, "out", None, 2, "qr.csv", 4),
        (d24(8), link, "0987654321", None, "visitor", mai_son, "in", "Nộp hồ sơ; =1+1", 2, "qr.csv", 3),
        (d24(7, 31, 5), *ton, "staff", mai_son, "in", None, 2, "qr.csv", 2),
    ]


def test_pages_follow_each_other_without_gap_or_overlap(unit: Store):
    whole = Filter(*AUGUST).page(unit, 1, 50).rows()
    assert [row for number in (1, 2, 3, 4) for row in Filter(*AUGUST).page(unit, number, 3).rows()] == whole
    assert Filter(*AUGUST).page(unit, 5, 3).is_empty()


SENTENCES = [
    (
        {},
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021: 11 lượt",
        "Scan history from 01/08/2021 to 31/08/2021: 11 scans",
    ),
    (
        {"locations": ["tru so mai son"], "kind": "visitor", "direction": "in"},
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021 tại Trụ sở Mai Sơn, khách, chiều vào: 4 lượt",
        "Scan history from 01/08/2021 to 31/08/2021 at Trụ sở Mai Sơn, visitors only, scans in: 4 scans",
    ),
    (
        {"persons": ["0912 000 002"], "kind": "staff"},
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021, của Lò Thị Hoà (0912000002), cán bộ: 1 lượt",
        "Scan history from 01/08/2021 to 31/08/2021, of Lò Thị Hoà (0912000002), staff only: 1 scan",
    ),
    (
        {
            "locations": ["Trụ sở Yên Châu", "trụ sở mai sơn", "Tru so Mai Son"],
            "persons": ["0912000002", "ton ha minh"],
        },
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021 tại Trụ sở Yên Châu và Trụ sở Mai Sơn, "
        "của Lò Thị Hoà (0912000002) và Hà Minh Tôn (0912000001): 4 lượt",
        "Scan history from 01/08/2021 to 31/08/2021 at Trụ sở Yên Châu and Trụ sở Mai Sơn, "
        "of Lò Thị Hoà (0912000002) and Hà Minh Tôn (0912000001): 4 scans",
    ),
    (
        {"direction": "unknown"},
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021, không rõ chiều: 2 lượt",
        "Scan history from 01/08/2021 to 31/08/2021, of unknown direction: 2 scans",
    ),
    (
        {"direction": "out", "kind": "staff"},
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021, cán bộ, chiều ra: 1 lượt",
        "Scan history from 01/08/2021 to 31/08/2021, staff only, scans out: 1 scan",
    ),
]


@pytest.mark.parametrize(("asked", "vi", "en"), SENTENCES)
def test_the_sentence_says_what_was_filtered(unit: Store, asked: dict, vi: str, en: str):
    chosen = named(unit, **asked)
    assert chosen.sentence(unit, translator("vi")) == vi
    assert chosen.sentence(unit, translator("en")) == en


def test_the_sentence_of_one_day_and_of_a_large_number(unit: Store):
    one_day = Filter(date(2021, 8, 24), date(2021, 8, 24))
    assert one_day.sentence(unit, translator("vi"), 1234567) == "Lịch sử quét mã ngày 24/08/2021: 1.234.567 lượt"
    assert one_day.sentence(unit, translator("en"), 1234567) == "Scan history of 24/08/2021: 1,234,567 scans"
    assert one_day.sentence(unit, translator("en")) == "Scan history of 24/08/2021: 3 scans"


def test_the_sentence_tells_namesakes_apart(unit: Store):
    ids = directory.find(unit, "cà văn an").sort("birth_year")["person_id"]
    assert [Filter(*AUGUST, people=(who,)).sentence(unit, translator("vi")) for who in ids] == [
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021, của Cà Văn An (1985): 1 lượt",
        "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021, của Cà Văn An (1990): 1 lượt",
    ]


REFUSED = [
    (
        {"locations": ["tru so mai son", "Chợ Lớn"]},
        "There is no location 'Chợ Lớn'. Known locations: =Chợ Mai Sơn, Trụ sở Mai Sơn, Trụ sở Yên Châu.",
    ),
    ({"persons": ["Vàng A Páo"]}, "Nobody in the store fits 'Vàng A Páo'. Give a name, or a phone such as 0912345678."),
    ({"persons": ["  "]}, "Nobody in the store fits '  '. Give a name, or a phone such as 0912345678."),
    (
        {"persons": ["0912 000 002", "ca van an"]},
        "'ca van an' fits several people: Cà Văn An (1990); Cà Văn An (1985). Give the phone of the one that is meant.",
    ),
    (
        {"persons": ["091200000"]},
        "'091200000' fits several people: Hà Minh Tôn (0912000001); Lò Thị Hoà (0912000002). "
        "Give the phone of the one that is meant.",
    ),
    ({"kind": "guest"}, "There is no kind 'guest': it is one of staff, visitor."),
    ({"direction": "up"}, "There is no direction 'up': it is one of in, out, unknown."),
]


@pytest.mark.parametrize(("asked", "message"), REFUSED)
def test_what_cannot_be_filtered_is_refused_in_words(unit: Store, asked: dict, message: str):
    with pytest.raises(ValueError) as error:
        named(unit, **asked)
    assert str(error.value) == message


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match=r"^The first day 02/08/2021 is after the last day 01/08/2021\.$"):
        Filter(date(2021, 8, 2), date(2021, 8, 1))


# Against a plain filter ----------------------------------------------------------------------------------------------

FIRST_DAY = date(2021, 8, 1)
STAFF = {
    1: (None, None),
    2: (date(2021, 8, 4), None),
    3: (None, date(2021, 8, 5)),
    4: (date(2021, 8, 3), date(2021, 8, 6)),
}


def random_scans() -> list[scenario.Scan]:
    """Scans of a week, many at the same moment and at midnight."""
    dice = random.Random(20210824)
    hours = [24 * dice.randrange(8) + dice.choice((0, 6, 12, 24)) for _ in range(60)]
    moments = [datetime(2021, 8, 1) + timedelta(hours=n) for n in hours]
    return [(dice.randint(1, 7), dice.randint(1, 3), dice.choice(moments), dice.choice(DIRECTIONS)) for _ in range(400)]


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    scans = random_scans()
    store = scenario.unit(tmp_path_factory.mktemp("week") / "store", scans[:250], scans[250:])
    with store.write() as cursor:
        for who, (started, ended) in STAFF.items():
            for batch in (3, 4):  # an older roster, said otherwise, and one line twice
                dates = [None, FIRST_DAY] if batch == 3 else [started, ended]
                cursor.execute(
                    "INSERT INTO roster_row VALUES (?, ?, ?, 'x', 1, TRUE, ?, ?, TRUE, NULL, NULL)",
                    [batch, who, who, *dates],
                )
        rollups.derive(cursor, touch.of_everything(cursor))
    yield store
    store.close()


def expected(filter: Filter) -> list[tuple[datetime, int, str, str, int, int]]:
    """What the filter must give: the plain way."""
    found = []
    scans = random_scans()
    for batch, part in ((1, scans[:250]), (2, scans[250:])):
        for line, (who, place, at, direction) in enumerate(part, 2):
            started, ended = STAFF.get(who, (date.max, None))
            kind = "staff" if (started or date.min) <= at.date() <= (ended or date.max) else "visitor"
            wanted = (
                filter.first <= at.date() <= filter.last
                and (not filter.locations or place in filter.locations)
                and (not filter.people or who in filter.people)
                and filter.kind in (None, kind)
                and filter.direction in (None, direction)
            )
            if wanted:
                found.append((at, who, kind, direction, batch, line))
    return sorted(found, key=lambda scan: (scan[0], scan[4], scan[5]), reverse=True)


days = st.dates(FIRST_DAY - timedelta(1), FIRST_DAY + timedelta(10))
filters = st.builds(
    lambda ends, *rest: Filter(min(ends), max(ends), *rest),
    st.tuples(days, days),
    st.lists(st.integers(1, 4), max_size=3, unique=True).map(tuple),
    st.lists(st.integers(1, 8), max_size=3, unique=True).map(tuple),
    st.none() | st.sampled_from(KINDS),
    st.none() | st.sampled_from(DIRECTIONS),
)


@settings(max_examples=examples(150), deadline=None)
@given(filters, st.integers(1, 9), st.integers(1, 60))
def test_a_filter_gives_what_a_plain_filter_gives(week: Store, filter: Filter, page: int, size: int):
    wanted = expected(filter)
    assert filter.count(week) == len(wanted)
    columns = ["scanned_at", "person_id", "kind", "direction", "batch_id", "line"]
    assert filter.page(week, page, size).select(columns).rows() == wanted[(page - 1) * size : page * size]


def test_an_empty_store_has_no_history(tmp_path: Path):
    store = Store(tmp_path)
    assert Filter(*AUGUST).page(store, 1, 50).is_empty()
    assert Filter(*AUGUST).sentence(store, translator("vi")) == "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021: 0 lượt"
    with pytest.raises(ValueError, match=r"^There is no location 'Mai Sơn'\. Known locations: none\.$"):
        named(store, locations=["Mai Sơn"])
    store.close()
