"""The page of one person: everything known, where it stands, and edits that can be taken back."""

from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from quetma import compliance, demo
from quetma.intake import edit
from quetma.store import Store
from tests.conftest import sign_in
from tests.test_compliance_page import words

PAGE = "pages/person.py"
Open = Callable[..., AppTest]
THUY = "Đinh Thị Thúy"


def who(store: Store, name: str = THUY) -> int:
    [(person,)] = store.cursor().execute("SELECT person_id FROM person WHERE name = ?", [name]).fetchall()
    return person


@pytest.fixture
def opened(app: Open, demo_store: Store) -> AppTest:
    """The page of somebody without a dose."""
    return app(PAGE, store=demo_store, state={"person": who(demo_store)})


def test_nobody_is_picked_at_first(app: Open, demo_store: Store) -> None:
    test = app(PAGE, store=demo_store)
    assert not test.exception
    assert "Gõ tên hoặc số điện thoại" in words(test)
    assert not any(name in words(test) for name, _, _ in demo.STAFF)


@pytest.mark.parametrize("role", ["viewer", "gatekeeper"])
def test_only_who_may_see_health_data(app: Open, demo_store: Store, role: str) -> None:
    test = app(PAGE, role=role, store=demo_store, state={"person": who(demo_store)})
    assert THUY not in words(test)
    assert "Vai trò của bạn không được mở trang này" in words(test)


def test_everything_known_with_upload_and_line_and_the_look_up_in_the_audit(opened: AppTest, demo_store: Store) -> None:
    assert not opened.exception
    assert [metric.value for metric in opened.metric] == ["✓", "✗", "✓", "✓"]
    assert "chưa có mũi nào được xác nhận" in words(opened)
    opened.segmented_control(key="person_view").set_value("timeline").run()
    frame = opened.dataframe[0].value
    scans = (
        demo_store.cursor()
        .execute(
            "SELECT COUNT(*) FROM scan_row WHERE person_id = ? AND scanned_at >= DATE '2021-07-31'", [who(demo_store)]
        )
        .fetchall()[0][0]
    )
    assert (frame["kind"] == "Lượt quét mã, lượt ra vào").sum() == scans > 0
    newest = frame.iloc[0]
    [(batch, line)] = (
        demo_store.cursor()
        .execute(
            "SELECT batch_id, line FROM scan_row WHERE person_id = ? ORDER BY scanned_at DESC LIMIT 1",
            [who(demo_store)],
        )
        .fetchall()
    )
    assert (newest["batch_id"], newest["line"], newest["file_name"]) == (batch, line, "quet-ma.csv")
    for view in ("stays", "decided", "files"):
        opened.segmented_control(key="person_view").set_value(view).run()
        assert not opened.exception
    of_four_weeks = {"danh-sach-can-bo.csv", "khai-bao-y-te.csv", "quet-ma.csv", "mien-tru.csv"}
    assert set(opened.dataframe[0].value["file_name"]) == of_four_weeks
    opened.segmented_control(key="person_period").set_value("all").run()
    assert set(opened.dataframe[0].value["file_name"]) == of_four_weeks | {"ung-dung.csv"}
    looked_up = demo_store.cursor().execute("SELECT subject FROM audit WHERE action = 'open person'").fetchall()
    assert looked_up == [(THUY,)]


def test_a_smartphone_lost_is_saved_as_an_upload_and_taken_back(opened: AppTest, demo_store: Store) -> None:
    person, today = who(demo_store), demo_store.today()
    opened.segmented_control(key=f"person_has_{person}").set_value(False)
    opened.date_input(key=f"person_since_{person}").set_value(today)
    opened.button(key=f"person_phone_save_{person}").click().run()
    assert not opened.exception
    assert compliance.on(demo_store, today)["apps"]["exempt"] == [THUY]
    assert compliance.on(demo_store, date(2021, 8, 26))["apps"]["exempt"] == []
    assert "Đã lưu thành lần nạp" in opened.success[0].value
    opened.button(key="person_undo").click().run()
    assert not opened.exception
    assert compliance.on(demo_store, today)["apps"]["exempt"] == []
    assert "Đã hoàn tác" in opened.success[0].value


def test_an_edit_stands_in_the_list_of_uploads(app: Open, demo_store: Store) -> None:
    row = {"number": 1, "given_on": date(2021, 8, 20), "confirmed_by": "Giấy"}
    batch = edit.save(demo_store, "test", "doses", [edit.Row(who(demo_store), row)], "Sửa trên màn hình: mũi tiêm")
    test = app("pages/upload.py", store=demo_store, state={"upload_open": batch.batch_id})
    assert not test.exception
    assert "Sửa trên màn hình" in " ".join(header.value for header in test.header)


def test_a_session_without_the_right_is_stopped_before_anything_is_asked(demo_store: Store, app: Open) -> None:
    sign_in(demo_store, "viewer")
    test = app(PAGE, role="viewer", store=demo_store)
    assert demo_store.cursor().execute("SELECT COUNT(*) FROM audit WHERE action = 'open person'").fetchall() == [(0,)]
    assert not test.dataframe
