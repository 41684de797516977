"""The upload screen, in both languages: the desk, what each row became, how a file is read, uploads, undo, mending."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import polars as pl
import pytest

from quetma import intake
from quetma.intake import mend
from quetma.intake.desk import Desk, close_all, desk_of
from quetma.intake.preview import Item
from quetma.language import translator
from quetma.store import ROOT, Store
from quetma.web import desk as desk_page
from quetma.web import uploads
from quetma.web.desk import PER_PAGE
from tests.intake import prepare

pytestmark = pytest.mark.usefixtures("read_here")

PAGE = "pages/upload.py"
SAMPLE = ROOT / "data" / "sample"
HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
GOOD = "Lò Văn A,0912000001,24/08/2021 08:10,Mai Sơn,Vào\n"
LOG = (
    HEADER
    + GOOD
    + GOOD
    + "Lò Văn [B](x),0912000002,24/08/2021 08:11,Yên Châu,Ra\n"
    + "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào\n"
)
UNKNOWN = "Người tới,Liên lạc,Lúc,Chỗ\nLò Văn A,0912000001,24/08/2021 08:10,Mai Sơn\n"

Show = Callable[..., Any]


@pytest.fixture
def desk(empty_store: Store) -> Iterator[Desk]:
    """The desk of the empty store."""
    yield desk_of(empty_store)
    close_all()


@pytest.fixture
def show(app: Callable[..., Any], desk: Desk) -> Show:
    """`show()`: the page once nothing is under way on the desk any more; `show(at)`: the same page again."""

    def run(at: Any = None, language: str = "vi") -> Any:
        at = at or app(page=PAGE, language=language, store=desk.store)  # signing in is a write: all is compared again
        assert desk.wait(60)
        at.run()
        assert desk.wait(60)
        at.run()
        assert not at.exception
        return at

    return run


def give(desk: Desk, text: str, name: str = "a.csv") -> Item:
    return desk.receive(name, text.encode(), "An")


def load(store: Store, text: str = LOG, name: str = "a.csv") -> intake.Batch:
    return intake.load(store, prepare(store, name, text.encode()), "An")


def keys(at: Any) -> set[str]:
    """The keys of the buttons but those of forms."""
    told = {re.sub(r"\d{8}-\d{6}-\w{8}", "ITEM", button.key) for button in at.main.button if button.key}
    return {key for key in told if not key.startswith("FormSubmitter")}


def figures(at: Any) -> list[str]:
    return [metric.value for metric in at.metric]


def frames(at: Any) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in frame.value.itertuples(index=False)] for frame in at.dataframe]


def audit(store: Store) -> list[tuple[str, str]]:
    done = "SELECT action, subject FROM audit WHERE action NOT IN ('sign_in', 'account_created') ORDER BY logged_at"
    return store.cursor().execute(done).fetchall()


def counts(store: Store) -> list[tuple[int, int, int, int]]:
    """Of the uploads, newest first."""
    found = store.ask("intake/batches", page_size=99, page_start=0)
    return found.select("row_count", "accepted", "duplicates", "rejected").rows()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_store(show: Show, language: str):
    at = show(language=language)
    assert at.title[0].value == translator(language)("Upload")
    assert [caption.value for caption in at.main.caption] == [translator(language)("Nothing has been uploaded yet.")]
    assert not at.main.button


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_demo_unit_says_that_it_is_one(app, demo_store: Store, language: str):
    at = app(page=PAGE, language=language, store=demo_store)
    assert not at.exception
    t = translator(language)
    assert t(
        "This is the demo unit. What you load here stays in the demo and never mixes with the data of a real unit."
    ) in [info.value for info in at.info]
    uploads = demo_store.ask("intake/batches", page_size=20, page_start=0)
    assert [row[0] for row in frames(at)[-1]] == uploads["batch_id"].to_list()


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_leaders_upload(app, empty_store: Store, role: str):
    at = app(page=PAGE, role=role, store=empty_store)
    assert not at.exception
    assert not at.header


@pytest.mark.parametrize("language", ["vi", "en"])
def test_see_then_load(show: Show, desk: Desk, language: str):
    t, store = translator(language), desk.store
    item = give(desk, LOG)
    at = show(language=language)
    assert figures(at) == ["4", "2", "1", "1"]
    told = t(
        "{rows} rows = {accepted} new + {duplicates} already stored + {rejected} rejected",
        rows="4", accepted="2", duplicates="1", rejected="1",
    )  # fmt: skip
    assert told in [text.value for text in at.markdown]
    first, rejected = frames(at)[:2]
    assert [row[1] for row in first] == [t("✓ New"), t("= Already stored"), t("✓ New")]
    assert [(row[2], row[3], row[4], row[6]) for row in first][::2] == [
        ("Lò Văn A", "0912000001", "Mai Sơn", t("in")),
        ("Lò Văn [B](x)", "0912000002", "Yên Châu", t("out")),
    ]
    assert rejected == [(5, t("The phone number cannot be read"), "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào")]
    assert counts(store) == [], "nothing counts before it is confirmed"

    assert at.button(key=f"upload_load_{item.id}").label == t("Load {n} new rows", n=2)
    at.button(key=f"upload_load_{item.id}").click().run()
    at = show(at)
    assert counts(store) == [(4, 2, 1, 1)]
    assert [text.value for text in at.success] == [t("Loaded as upload {batch}.", batch=1) + "  \n" + told]
    assert audit(store) == [("open file", "a.csv"), ("upload", "1 a.csv")]
    at.button(key=f"upload_away_{item.id}").click().run()
    assert not at.exception
    assert keys(at) == set()


def test_a_file_is_taken_off_the_desk(show: Show, desk: Desk):
    item = give(desk, LOG)
    at = show()
    at.button(key=f"upload_away_{item.id}").click().run()
    assert not at.exception
    assert (desk.items(), counts(desk.store)) == ([], [])
    assert audit(desk.store)[-1] == ("take file away", f"a.csv {item.id}")


def test_all_that_are_ready_are_loaded_at_once_staff_first(show: Show, desk: Desk):
    files = sorted(SAMPLE.glob("*.csv"))
    for file in files:
        desk.receive(file.name, file.read_bytes(), "An")
    give(desk, "xin chào\n", "thư.csv")
    at = show()
    at.button(key="upload_load_all").click().run()
    at = show(at)
    assert len(at.success) == min(len(files), PER_PAGE), "a page of cards, the one that cannot be read last"
    assert sum(item.state == "loaded" for item in desk.items()) == len(files)
    assert [item.file_name for item in desk.items() if item.state != "loaded"] == ["thư.csv"]
    assert set(desk.store.ask("intake/batches", page_size=20, page_start=0)["kind"]) == set(intake.KINDS)


def test_what_cannot_be_read_pushes_nothing_out_of_sight(show: Show, desk: Desk):
    give(desk, LOG, "good.csv")
    for n in range(PER_PAGE):
        give(desk, f"xin chào {n}\n", f"thư{n}.csv")
    at = show()
    cards = [text.value for text in at.markdown if ".csv" in text.value]
    assert "good" in cards[0] and len(cards) == PER_PAGE
    assert any(f": {PER_PAGE}, ở cuối" in caption.value for caption in at.caption)


def test_a_second_file_is_compared_with_what_the_first_brought(show: Show, desk: Desk):
    give(desk, LOG)
    at = show()
    load(desk.store)
    at = show(at)
    assert figures(at) == ["4", "0", "3", "1"]
    assert any("Lần nạp số 1" in info.value and "An" in info.value for info in at.info), "which upload it is, and whose"


def test_nothing_new_is_not_loaded(show: Show, desk: Desk):
    load(desk.store, HEADER + GOOD)
    give(desk, HEADER + GOOD)
    at = show()
    t = translator("vi")
    [told] = [info.value for info in at.info if "Lần nạp số 1" in info.value and "\n" in info.value]
    assert told.startswith(t("There is nothing new in this file. Loading it would change nothing."))
    assert keys(at) == {"upload_away_ITEM"}


def test_a_file_without_a_location_asks_for_it(show: Show, desk: Desk):
    load(desk.store)
    item = give(desk, "Họ tên,SĐT,Thời gian,Vào/Ra\nLò Văn A,0912000001,25/08/2021 08:10,Vào\n", "b.csv")
    at = show()
    assert keys(at) == {"upload_away_ITEM"}
    box = at.selectbox(key=f"upload_location_{item.id}")
    assert box.options == ["Mai Sơn", "Yên Châu"]
    box.set_value("Yên Châu").run()
    at = show(at)
    at.button(key=f"upload_load_{item.id}").click().run()
    show(at)
    where = "SELECT name FROM scan JOIN location USING (location_id) WHERE scan.batch_id = 2"
    assert desk.store.cursor().execute(where).fetchall() == [("Yên Châu",)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_file_that_is_no_log_is_refused_in_words(show: Show, desk: Desk, language: str):
    give(desk, "")
    at = show(language=language)
    t = translator(language)
    assert t("The file is empty. Nothing was changed.") in [error.value for error in at.error]
    assert any(t("Cannot be read") in text.value for text in at.markdown)
    assert keys(at) == {"upload_away_ITEM"}


def test_the_kind_can_be_changed(show: Show, desk: Desk):
    item = give(desk, LOG)
    at = show()
    assert at.selectbox(key=f"upload_kind_{item.id}").value == "scans"
    at.selectbox(key=f"upload_kind_{item.id}").set_value("doses").run()
    at = show(at)
    assert at.error
    assert not [key for key in keys(at) if key.startswith("upload_load")]
    at.selectbox(key=f"upload_kind_{item.id}").set_value("scans").run()
    assert figures(show(at)) == ["4", "2", "1", "1"]


def test_columns_are_named_by_hand_and_remembered(show: Show, desk: Desk):
    t = translator("vi")
    item = give(desk, UNKNOWN)
    at = show()
    boxes = {box.label: box for box in at.selectbox if box.key.startswith("upload_column_")}
    location = boxes[t("Location")]
    columns = ["Người tới · Lò Văn A", "Liên lạc · 0912000001", "Lúc · 24/08/2021 08:10", "Chỗ · Mai Sơn"]
    assert location.options == [t("Not in the file"), *columns]
    guessed = {label.partition(" – ")[0].rstrip(" *") for label in boxes if t("guessed") in label}
    assert guessed == {t("Name"), t("Phone")}
    assert any(t("Phone") in warning.value for warning in at.warning), "guesses are to be checked"
    location.set_value(3)
    next(button for button in at.button if button.label == t("Read the file like this")).click().run()
    at = show(at)
    assert figures(at) == ["1", "1", "0", "0"]
    at.button(key=f"upload_load_{item.id}").click().run()
    show(at)
    where = (
        "SELECT p.name, p.phone, l.name FROM scan JOIN person p USING (person_id) JOIN location l USING (location_id)"
    )
    assert desk.store.cursor().execute(where).fetchall() == [("Lò Văn A", "+84912000001", "Mai Sơn")]

    give(desk, UNKNOWN.replace("24/08", "25/08"), "b.csv")
    at = show(at)
    assert figures(at) == ["1", "1", "0", "0"]
    assert t("Read as last time: as was chosen for a file with the same columns.") in [i.value for i in at.info]


def test_a_new_location_may_be_another_name_of_a_known_one(show: Show, desk: Desk):
    t = translator("vi")
    load(desk.store)
    item = give(desk, HEADER + GOOD.replace("Mai Sơn", "Trụ sở Mai Sơn").replace("24/08", "25/08"), "b.csv")
    at = show()
    assert any("Trụ sở Mai Sơn" in warning.value for warning in at.warning), "the likely one is named"
    box = next(box for box in at.selectbox if box.key.startswith("upload_place_"))
    assert box.options == [t("A new location"), "= Mai Sơn", "= Yên Châu"]
    assert box.value == "", "the leader decides"
    box.set_value("Mai Sơn")
    next(button for button in at.button if button.label == t("Use these names")).click().run()
    at = show(at)
    at.button(key=f"upload_load_{item.id}").click().run()
    show(at)
    assert desk.store.ask("intake/locations")["name"].to_list() == ["Mai Sơn", "Yên Châu"]
    assert counts(desk.store)[0] == (1, 1, 0, 0)


def test_dates_with_the_month_first(show: Show, desk: Desk):
    item = give(desk, HEADER + "".join(GOOD.replace("24/08", f"08/{day}") for day in range(13, 29)))
    at = show()
    assert at.error
    at.button(key=f"upload_month_first_{item.id}").click().run()
    at = show(at)
    assert figures(at) == ["16", "16", "0", "0"]
    assert f"upload_day_first_{item.id}" in {button.key for button in at.button}


# Uploads --------------------------------------------------------------------------------------------------------------


def test_days_that_may_be_months_are_offered_to_be_read_so(show: Show, desk: Desk):
    rows = [f"Lò Văn A,0912000001,08/0{day}/2021 08:10,Mai Sơn,Vào\n" for day in range(1, 6)]
    item = give(desk, HEADER + "".join(rows))
    at = show()
    assert any("đọc tháng trước" in info.value for info in at.info)
    assert any(translator("vi")("Needs your answer") in text.value for text in at.markdown)
    at.button(key=f"upload_month_first_{item.id}").click().run()
    show(at)
    [table] = desk.items()[0].tables
    assert table.preview and table.preview.span == (date(2021, 8, 1), date(2021, 8, 5))
    assert not table.preview.remarks and not table.month_first


def test_a_long_list_of_uploads_is_paged(app, empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "PER_PAGE", 3)
    for day in range(1, 6):
        load(empty_store, HEADER + GOOD.replace("24/08", f"{day:02}/08"), f"{day}.csv")
    at = app(page=PAGE, store=empty_store)
    assert [row[0] for row in frames(at)[0]] == [5, 4, 3]
    at.pagination(key="upload_page").set_value(2).run()
    assert [row[0] for row in frames(at)[0]] == [2, 1]
    assert not at.exception


def opened(app: Callable[..., Any], store: Store, batch: int, language: str = "vi") -> Any:
    """The page with that upload chosen in the list."""
    at = app(page=PAGE, language=language, store=store)
    at.session_state["upload_open"] = batch
    at.run()
    assert not at.exception
    return at


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_upload_tells_what_it_brought(app, empty_store: Store, language: str):
    t = translator(language)
    load(empty_store, LOG + "Tổng cộng: 4\n")
    at = opened(app, empty_store, 1, language)
    assert figures(at) == ["5", "2", "1", "2"]
    assert [(row[0], row[1], row[3]) for row in frames(at)[1]] == [
        (5, t("The phone number cannot be read"), t("✕ Rejected")),
        (6, t("This is a total, a signature or a note, not a record"), t("A note")),
    ]
    assert [row[0] for row in frames(at)[2]] == [5], "a total is nothing to mend"
    assert audit(empty_store) == [("open upload", "1 a.csv"), ("open rejected rows", "1 a.csv")]


def test_an_upload_is_taken_back(app, empty_store: Store):
    t = translator("vi")
    load(empty_store)
    load(empty_store, LOG + "Lò Văn D,0912000004,24/08/2021 09:00,Mai Sơn,Vào\n", "b.csv")
    at = opened(app, empty_store, 1)
    at.button(key="upload_undo_1").click().run()
    assert not at.exception
    told = "\n".join(text.value for text in at.markdown)
    assert t("{n} rows stop counting, of {people} people.", n=2, people=2) in told
    assert t("{n} rows of other uploads, until now already stored, count instead.", n=2) in told
    assert counts(empty_store) == [(5, 1, 3, 1), (4, 2, 1, 1)], "nothing happens before it is confirmed"
    at.button(key="upload_undo_yes").click().run()
    assert not at.exception
    assert counts(empty_store) == [(5, 3, 1, 1)]
    assert len(at.success) == 1
    assert audit(empty_store)[-1] == ("undo upload", "1 a.csv")
    at.session_state["upload_undone"] = True
    at.run()
    assert [row[:2] for row in frames(at)[-1]] == [(1, "a.csv")]


def test_an_upload_may_be_kept_after_all(app, empty_store: Store):
    load(empty_store)
    at = opened(app, empty_store, 1)
    at.button(key="upload_undo_1").click().run()
    at.button(key="upload_undo_no").click().run()
    at.run()
    assert not at.exception
    assert counts(empty_store) == [(4, 2, 1, 1)]
    assert "upload_undo_yes" not in keys(at)


def test_somebody_else_was_quicker_to_take_it_back(app, empty_store: Store):
    load(empty_store)
    at = opened(app, empty_store, 1)
    at.button(key="upload_undo_1").click().run()
    intake.undo(empty_store, 1, "somebody else")
    at.button(key="upload_undo_yes").click().run()
    assert not at.exception
    assert counts(empty_store) == []


# Which list -----------------------------------------------------------------------------------------------------------


def lists(store: Store) -> list[tuple[str, str | None]]:
    return store.cursor().execute("SELECT file_name, source FROM batch ORDER BY batch_id").fetchall()


def test_a_scan_log_is_said_to_be_the_door_register_before_it_is_loaded(show: Show, desk: Desk):
    item = give(desk, LOG)
    at = show()
    box = at.selectbox(key=f"upload_source_{item.id}")
    assert (box.value, box.options) == ("qr", ["Nhật ký quét mã", "Sổ trực cửa"])
    box.set_value("register").run()
    show(at).button(key=f"upload_load_{item.id}").click().run()
    show(at)
    assert lists(desk.store) == [("a.csv", "register")]


def test_a_file_named_after_the_register_is_proposed_as_it_and_other_kinds_are_not_asked(show: Show, desk: Desk):
    item = give(desk, LOG, "sổ trực cửa.csv")
    other = give(desk, "Họ tên,SĐT,Trụ sở,Chức vụ\nLò Văn A,0912000001,Mai Sơn,Lái xe\n", "sổ ghi.csv")
    at = show()
    for one in (item, other):
        at.session_state[f"upload_look_{one.id}"] = True
    at = show(at)
    keys = {box.key: box.value for box in at.selectbox if box.key.startswith("upload_source_")}
    assert keys == {f"upload_source_{item.id}": "register"}


def test_which_list_an_upload_is_can_be_changed_later(show: Show, desk: Desk):
    t = translator("vi")
    load(desk.store)
    load(desk.store, "Họ tên,SĐT,Trụ sở,Chức vụ\nLò Văn A,0912000001,Mai Sơn,Lái xe\n", "r.csv")
    at = show()
    assert [row[3] for row in frames(at)[0]] == [t("Staff roster"), t("QR log")]
    at.session_state["upload_open"] = 1
    at = show(at)
    at.segmented_control(key="upload_source_1_qr").set_value("register").run()
    at = show(at)
    assert lists(desk.store) == [("a.csv", "register"), ("r.csv", None)]
    assert [row[3] for row in frames(at)[0]] == [t("Staff roster"), t("Door register")]
    assert ("change source", "1 a.csv") in audit(desk.store)
    at.session_state["upload_open"] = 2
    assert not [control for control in show(at).segmented_control if control.key.startswith("upload_source")]


# What is unclear, or wrong with one card ------------------------------------------------------------------------------

LATE = "Họ tên,SĐT,Thời gian,Rời trụ sở lúc,Địa điểm\nLò Văn A,0912000001,24/08/2021 08:10,24/08/2021 11:00,Mai Sơn\n"


def test_a_column_that_nothing_is_read_from_is_named(show: Show, desk: Desk):
    give(desk, LATE)
    at = show()
    assert any("Rời trụ sở lúc" in warning.value for warning in at.warning)
    assert at.button(key=f"upload_load_{desk.items()[0].id}"), "it may be loaded all the same"


def test_a_card_that_cannot_be_drawn_leaves_the_others(show: Show, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    give(desk, LOG, "good.csv")
    bad = give(desk, LATE, "bad.csv")
    real = desk_page._summary

    def broken(here: Any, item: Item) -> None:
        if item.file_name == "bad.csv":
            raise TypeError("a mistake")
        real(here, item)

    monkeypatch.setattr(desk_page, "_summary", broken)
    at = show()
    assert any("lỗi của chương trình" in error.value for error in at.error)
    assert any("good" in text.value for text in at.markdown)
    at.button(key=f"upload_broken_{bad.id}").click().run()
    assert [item.file_name for item in desk.items()] == ["good.csv"]


def test_why_no_row_can_be_read_is_shown_row_by_row(show: Show, desk: Desk):
    give(desk, HEADER + "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào\n")
    at = show()
    assert any("Không đọc được dòng nào" in error.value for error in at.error)
    assert at.dataframe[0].value["reason"].tolist() == ["Số điện thoại không đúng"]
    assert not [button for button in at.button if button.key and button.key.startswith("upload_load_")]


def test_rows_are_seen_while_the_location_is_not_known(show: Show, desk: Desk):
    give(desk, "Họ tên,SĐT,Thời gian\nLò Văn A,0912000001,24/08/2021 08:10\n")
    at = show()
    assert at.dataframe[0].value["name"].tolist() == ["Lò Văn A"]


def test_what_lives_on_after_an_undo_is_said(app: Callable[..., Any], empty_store: Store):
    load(empty_store)
    of = mend.shape(empty_store, 1)
    assert of
    t = translator("vi")
    rejected = mend.rows(empty_store, of, t)
    mended = rejected.with_columns(c1=pl.lit("0912000009"))
    [table] = intake.prepare(empty_store, "mended.csv", mend.file(of, mended, t), mend.choices(of))
    intake.load(empty_store, intake.unasked(table), "An")
    at = app(page=PAGE, store=empty_store)
    at.session_state["upload_open"] = 1
    at.run()
    at.button(key="upload_undo_1").click().run()
    assert any("nằm ở lần nạp 2 và vẫn còn" in text.value for text in at.markdown)


def test_what_words_for_in_and_out_mean_is_said(show: Show, desk: Desk):
    t = translator("vi")
    header = "Họ tên,SĐT,Thời gian,Địa điểm,In/Out\n"
    log = f"{header}Lò Văn A,0912000001,24/08/2021 07:30,X,1\nLò Văn A,0912000001,24/08/2021 17:30,X,0\n"
    item = give(desk, log)
    give(desk, LOG, "b.csv")
    at = show()
    assert "upload_load_all" not in keys(at), "one of two: the other asks something first"
    at.session_state[f"upload_look_{item.id}"] = True
    at.run()
    assert any("1, 0" in warning.value for warning in at.warning)
    for n, way in enumerate(("in", "out")):
        at.selectbox(key=f"upload_direction_{n}_None_{item.id}").set_value(way)
    next(button for button in at.button if button.label == t("Read the words like this")).click().run()
    at = show(at)
    assert not at.warning
    desk.confirm(item.id, "An")
    assert desk.wait(60, item.id)
    ways = desk.store.cursor().execute("SELECT direction FROM scan ORDER BY scanned_at").fetchall()
    assert ways == [("in",), ("out",)]


def test_which_day_the_rows_are_of_is_asked(show: Show, desk: Desk):
    item = give(desk, "Họ tên,SĐT,Địa điểm,Giờ vào\nLò Văn A,0912000001,X,7h30\n", "Khách 24-08-2021.csv")
    at = show()
    assert [error.value for error in at.error]
    assert at.date_input[0].value == date(2021, 8, 24), "as the name of the file has it, for somebody to confirm"
    next(
        button for button in at.button if button.label == translator("vi")("Read the file as of this day")
    ).click().run()
    at = show(at)
    assert figures(at) == ["1", "1", "0", "0"]
    assert any("24/08/2021" in info.value for info in at.info)
    assert desk.item(item.id).tables[0].choices.day == "2021-08-24"
