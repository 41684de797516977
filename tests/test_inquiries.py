"""Requests for information: the register, what goes out to whom, and that each ends once and whole."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import fastexcel
import polars as pl
import pypdfium2
import pytest

from quetma import archive, identity, inquiries, intake, people
from quetma.documents import answer
from quetma.documents.official import making
from quetma.file import FILE
from quetma.inquiries import Asked, InquiryError
from quetma.language import translator
from quetma.store import SCHEMA, Store
from tests import history_unit

t = translator("vi")
DAY = date(2021, 8, 27)
ASKED = Asked(
    "Công an huyện Mai Sơn", "xác minh lịch trình của người nghi nhiễm", date(2021, 8, 27), date(2021, 8, 31),
    date(2021, 8, 1), date(2021, 8, 31), "145/CV-CAH", date(2021, 8, 26),
)  # fmt: skip


@pytest.fixture
def unit(filled) -> Store:
    store = filled(history_unit.fill)
    store.set("demo", "yes")  # its clock stands at its last scan
    return store


def entered(unit: Store, **changes) -> inquiries.Inquiry:
    number = inquiries.enter(unit, "An", replace(ASKED, received_on=date(2021, 8, 26), **changes))
    found = inquiries.one(unit, number)
    assert found
    return found


def audit(store: Store) -> list[tuple[str, str]]:
    return store.cursor().execute(
        "SELECT action, subject FROM audit WHERE action LIKE '%request%' ORDER BY logged_at, action"
    ).fetchall()  # fmt: skip


def text_of(store: Store, document: archive.Document) -> str:
    with pypdfium2.PdfDocument(archive.path(store, document)) as file:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in file).split())


def test_the_register_keeps_what_was_asked_and_by_when(unit: Store) -> None:
    late = entered(unit)
    soon = entered(unit, requester="  Trạm Y tế\n xã ", due_on=date(2021, 8, 28), document="", dated=None)
    assert (soon.requester, soon.inquiry_id) == ("Trạm Y tế xã", late.inquiry_id + 1)
    assert [one.inquiry_id for one in inquiries.all_of(unit)] == [soon.inquiry_id, late.inquiry_id]
    assert late.about == "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021"
    assert late.filter.count(unit) == 11
    assert [one.state(date(2021, 8, 30)) for one in (soon, late)] == ["overdue", "open"]
    over, near = inquiries.pressing(inquiries.all_of(unit), date(2021, 8, 30))
    assert (over, near) == ([soon], [late])
    assert audit(unit) == [("enter request", "1 Công an huyện Mai Sơn"), ("enter request", "2 Trạm Y tế xã")]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"requester": " "}, "who asks"),
        ({"purpose": ""}, "who asks"),
        ({"purpose": "x" * 501}, "500 characters"),
        ({"due_on": date(2021, 8, 25)}, "dates do not fit"),
        ({"dated": date(2021, 8, 28)}, "dates do not fit"),
        ({"received_on": date(2099, 8, 28), "due_on": date(2099, 8, 29)}, "future"),
    ],
)
def test_what_makes_no_request_is_refused(unit: Store, changes: dict, why: str) -> None:
    with pytest.raises(InquiryError, match=why):
        inquiries.enter(unit, "An", replace(ASKED, **{"received_on": date(2021, 8, 26)} | changes))
    assert inquiries.all_of(unit) == []


def test_two_working_days_are_given_unless_said_otherwise() -> None:
    assert inquiries.due(date(2021, 8, 26)) == date(2021, 8, 30)  # over a weekend
    assert inquiries.due(date(2021, 9, 1)) == date(2021, 9, 7)  # over the national days


def test_an_answer_masks_names_and_phones_and_ends_the_request(unit: Store) -> None:
    asked = entered(unit)
    listed, letter, editable = answer.give(unit, "An", asked, whole=False)
    assert [one.format for one in (listed, letter, editable)] == ["xlsx", "pdf", "docx"]
    content = archive.path(unit, listed).read_bytes()
    book = fastexcel.read_excel(content)
    title = book.load_sheet(0, header_row=None, n_rows=1, dtypes="string").to_polars().row(0)[0]
    assert title == "Lịch sử quét mã từ 01/08/2021 đến 31/08/2021: 11 lượt"
    rows = book.load_sheet(0, header_row=2).to_polars()
    assert rows.columns == [
        "Họ và tên", "Số điện thoại", "Cán bộ hay khách", "Địa điểm", "Thời gian quét", "Vào/Ra",
    ]  # fmt: skip
    assert rows.height == 11
    names = set(rows["Họ và tên"].drop_nulls())
    assert {"Nguyễn Văn ***", "Lò Thị ***", "Hà Minh ***", "Cà Văn ***"} < names
    assert all(name.endswith("***") for name in names)
    assert all(phone.endswith("***") for phone in rows["Số điện thoại"].drop_nulls())
    told = text_of(unit, letter)
    fingerprint = hashlib.sha256(content).hexdigest()
    assert fingerprint == listed.sha256 and fingerprint in told.replace(" ", "")
    for part in ("Kính gửi: Công an huyện Mai Sơn", "145/CV-CAH", "11 lượt", "Hà Minh ***", "0912000***", "***"):
        assert part in told, part
    assert "Hà Minh Tôn" not in told and "0912000001" not in told

    [ended] = inquiries.all_of(unit)
    assert (ended.outcome, ended.whole, ended.scans, ended.ended_by) == ("answered", False, 11, "An")
    assert ended.documents == tuple(one.document_id for one in (listed, letter, editable))
    assert [one.document_id for one in archive.made(unit)[0]] == sorted(ended.documents, reverse=True)
    assert listed.reason == "Công an huyện Mai Sơn (145/CV-CAH): xác minh lịch trình của người nghi nhiễm"
    assert audit(unit)[-1] == ("answer request", "1 Công an huyện Mai Sơn")
    with pytest.raises(InquiryError, match="answered or refused meanwhile"):
        answer.give(unit, "Bình", asked, whole=False)
    with pytest.raises(InquiryError, match="answered or refused meanwhile"):
        answer.refuse(unit, "Bình", asked, "muộn")
    assert len(archive.made(unit)[0]) == 3


def test_names_go_out_whole_only_by_a_right_that_is_named(unit: Store) -> None:
    person = unit.ask("people/with_phone", phone="+84912000001")["person_id"][0]
    asked = entered(unit, people=(person,))
    with pytest.raises(InquiryError, match="by what right"):
        answer.give(unit, "An", asked, whole=True, basis=" ")
    assert inquiries.one(unit, asked.inquiry_id).outcome is None
    listed, letter, _ = answer.give(unit, "An", asked, whole=True, basis="Điều 88 Bộ luật Tố tụng hình sự")
    rows = fastexcel.read_excel(archive.path(unit, listed).read_bytes()).load_sheet(0, header_row=2).to_polars()
    assert set(rows["Họ và tên"]) == {"Hà Minh Tôn"} and "Mục đích" in rows.columns
    told = text_of(unit, letter)
    assert "Hà Minh Tôn (0912000001): 2 lượt" in told and "Điều 88 Bộ luật Tố tụng hình sự" in told
    assert inquiries.one(unit, asked.inquiry_id).reason == "Điều 88 Bộ luật Tố tụng hình sự"


def test_a_masked_answer_about_one_person_does_not_name_them(unit: Store) -> None:
    person = unit.ask("people/with_phone", phone="+84912000001")["person_id"][0]
    listed, letter, _ = answer.give(unit, "An", entered(unit, people=(person,)), whole=False)
    book = fastexcel.read_excel(archive.path(unit, listed).read_bytes())
    title = book.load_sheet(0, header_row=None, n_rows=1, dtypes="string").to_polars().row(0)[0]
    assert title.endswith("của Hà Minh *** (0912000***): 2 lượt")
    assert "Tôn" not in text_of(unit, letter)


def test_one_request_is_about_several_people_and_places(unit: Store) -> None:
    ids = [unit.ask("people/with_phone", phone=f"+8491200000{n}")["person_id"][0] for n in (2, 1)]
    places = dict(unit.ask("flow/locations").select("name", "location_id").iter_rows())
    both = (places["Trụ sở Yên Châu"], places["Trụ sở Mai Sơn"])
    asked = entered(unit, people=tuple(ids), locations=both)
    assert asked.filter.count(unit) == 4 and asked.people == tuple(ids) and asked.locations == both
    listed, letter, _ = answer.give(unit, "An", asked, whole=False)
    told = text_of(unit, letter)
    assert "tại Trụ sở Yên Châu và Trụ sở Mai Sơn" in told and "Lò Thị *** (0912000***)" in told
    assert "Hà Minh *** (0912000***): 4 lượt" in told and "Tôn" not in told and "Hoà" not in told
    book = fastexcel.read_excel(archive.path(unit, listed).read_bytes())
    assert book.load_sheet(0, header_row=2).height == 4


def test_a_request_follows_those_who_turn_out_to_be_one(unit: Store) -> None:
    one, other = [unit.ask("people/with_phone", phone=f"+8491200000{n}")["person_id"][0] for n in (1, 2)]
    asked = entered(unit, people=(one, other))
    identity.merge(unit, one, other, "An")
    found = inquiries.one(unit, asked.inquiry_id)
    assert found and found.people == (other,) and found.filter.count(unit) == 4


def test_a_request_stands_when_what_it_is_about_was_taken_back(unit: Store) -> None:
    person = unit.ask("people/with_phone", phone="+84987654321")["person_id"][0]
    place = unit.ask("flow/locations").filter(pl.col("name") == "=Chợ Mai Sơn")["location_id"][0]
    asked = entered(unit, people=(person,), locations=(place,))
    intake.undo(unit, 2, "An")
    sentence = answer.counted(unit, asked, whole=True).sentence
    assert sentence.endswith(
        'tại địa điểm không còn trong dữ liệu, của =HYPERLINK("http://x.vn";"bấm") (0987654321): 0 lượt'
    )
    answer.give(unit, "An", asked, whole=False)


def test_requests_of_before_are_about_the_same(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / FILE)) as old:
        old.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMP)")
        for path in sorted(SCHEMA.glob("[0-9]*.sql")):
            if (number := int(path.stem.split("_")[0])) < 19:
                old.execute(path.read_text(encoding="utf-8"))
                old.execute("INSERT INTO migration VALUES (?, ?, current_timestamp)", [number, path.stem])
        for number, place, person in ((1, 7, None), (2, None, 9)):
            old.execute(
                "INSERT INTO inquiry VALUES (?, 'A', '', NULL, 'x', '2021-08-24', '2021-08-26', '2021-08-01',"
                " '2021-08-24', ?, ?, 'staff', NULL, 'như đã ghi', '2021-08-24 08:00', 'An')", [number, place, person]
            )  # fmt: skip
    store = Store(tmp_path)
    told = {one.inquiry_id: (one.locations, one.people, one.kind, one.about) for one in inquiries.all_of(store)}
    store.close()
    assert told == {1: ((7,), (), "staff", "như đã ghi"), 2: ((), (9,), "staff", "như đã ghi")}


def test_of_many_scans_the_letter_lists_the_days(unit: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "LISTED", 5)
    _, letter, _ = answer.give(unit, "An", entered(unit), whole=False)
    told = text_of(unit, letter)
    assert "24/08/2021 3" in told and "26/08/2021 7" in told and "Hà Minh" not in told


def test_nothing_found_is_an_answer_too(unit: Store) -> None:
    asked = entered(unit, first_day=date(2020, 1, 1), last_day=date(2020, 1, 2))
    listed, letter, _ = answer.give(unit, "An", asked, whole=False)
    assert "0 lượt" in text_of(unit, letter)
    assert fastexcel.read_excel(archive.path(unit, listed).read_bytes()).load_sheet(0, header_row=2).height == 0


def test_a_refusal_goes_out_with_its_reason(unit: Store) -> None:
    asked = entered(unit)
    with pytest.raises(InquiryError, match="Say why"):
        answer.refuse(unit, "An", asked, "  ")
    letter, _ = answer.refuse(unit, "An", asked, "không nêu căn cứ pháp lý.")
    assert "không nêu căn cứ pháp lý" in text_of(unit, letter)
    [ended] = inquiries.all_of(unit)
    assert (ended.outcome, ended.reason, ended.scans) == ("refused", "không nêu căn cứ pháp lý.", None)
    assert ended.state(DAY + timedelta(days=99)) == "refused"


def test_an_answer_that_breaks_off_leaves_the_request_open(unit: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, real = entered(unit), making.make

    def fail(*args, **more):
        if args[3] == "docx":
            raise OSError("No space left on device")
        return real(*args, **more)

    monkeypatch.setattr(making, "make", fail)
    with pytest.raises(OSError, match="No space"):
        answer.give(unit, "An", asked, whole=False)
    [still] = inquiries.all_of(unit)
    assert still.outcome is None
    monkeypatch.undo()
    answer.give(unit, "An", still, whole=False)
    [ended] = inquiries.all_of(unit)
    assert (ended.outcome, len(ended.documents)) == ("answered", 5)  # those of the first try are told as well


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Nguyễn Văn An", "Nguyễn Văn ***"), ("An", "***"), ("Nguyễn Văn ***", "Nguyễn Văn ***"), ("", ""), (None, None),
     ("Lò  A ", "Lò  ***")],
)  # fmt: skip
def test_names_are_masked_as_the_platform_does(name: str | None, masked: str | None) -> None:
    frame = pl.DataFrame({"n": [name]}, schema={"n": pl.String})
    assert frame.select(people.mask_names(pl.col("n")))["n"][0] == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("0912345678", "0912345***"), ("0912345***", "0912345***"), ("+12025550123", "+12025550***")]
)
def test_phones_are_masked_as_the_platform_does(phone: str, masked: str) -> None:
    assert pl.DataFrame({"n": [phone]}).select(people.mask_phones(pl.col("n")))["n"][0] == masked
