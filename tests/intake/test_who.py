"""Who the rows of a file mean is found for whole columns at once; asked row by row, the same people come out."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from quetma import people
from quetma.intake.normalise import NOTHING, a_birth_year, a_name, distinct, identities, who
from quetma.people import clean, fold

NAMES = [
    "", "Lò Văn An", "LÒ VĂN AN", " Lò  Văn An ", "Hoà", "Hòa", "Nguyễn Văn ***", "không rõ", "Na", "123", "漢",
    "\u200b", "*", "Xa Thị Xuân", "Alex Lê 12", "Không Có", "Lò\u00a0Văn An",
]  # fmt: skip
PHONES = [
    "", "0912345678", "84912345678", "912 345 678", "0912345***", "không", "0", "09", "+33 1 42 68 53 00", "Hoà", "*",
]  # fmt: skip
BIRTHS = ["", "1985", "12/05/1985", "2985", "x"]
ROWS = st.tuples(*(st.none() | st.sampled_from(texts) for texts in (NAMES, PHONES, BIRTHS)))


def one_by_one(rows: list[tuple[str | None, str | None, str | None]]) -> tuple[list, list, list[tuple]]:
    """As `who` says it."""
    persons, reasons, found = [], [], {}
    for row in rows:
        raw_name, raw_phone, raw_birth = (cell or "" for cell in row)
        name, phone, year = a_name(raw_name), people.phone(raw_phone), a_birth_year(raw_birth)
        masked = people.is_masked(name) or people.is_masked(raw_phone)
        reason = None
        if phone is None and not people.is_masked(raw_phone) and fold(raw_phone) not in NOTHING:
            reason = "bad_phone"
        elif not name and phone is None and not masked:
            reason = "no_person"
        reasons.append(reason)
        if reason:
            persons.append(None)
            continue
        identity = people.identity(name, phone, year, raw_phone)
        shown = name or people.domestic(phone) or clean(raw_phone)
        found.setdefault(identity, (len(found), identity, shown, None if masked else phone, year, masked))
        persons.append(found[identity][0])
    return persons, reasons, list(found.values())


@given(st.lists(ROWS, max_size=12))
def test_who_of_columns_is_who_of_each_row(rows: list[tuple[str | None, str | None, str | None]]) -> None:
    cells = pl.DataFrame(rows, schema=dict.fromkeys(("name", "phone", "birth"), pl.String), orient="row")
    texts = cells.fill_null("")
    spelled, number = distinct(texts)
    assert spelled.select(pl.all().gather(number)).equals(texts) and spelled.is_unique().all()
    each, found = who(identities(cells))
    assert (each["who"].to_list(), each["reason"].to_list(), found.rows()) == one_by_one(rows)
    once, same = who(identities(spelled))
    assert once.select(pl.all().gather(number)).equals(each) and same.equals(found)
