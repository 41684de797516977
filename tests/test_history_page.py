"""The scan history page: what a filter shows, who may look, what leaves and what is written down about it."""

import io
import json
from datetime import date

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from quetma import directory
from quetma.history import Filter
from quetma.language import translator
from quetma.store import Store
from quetma.web.wall import COOKIE
from quetma.web.widgets import plain
from tests.web.browser import Browser

PAGE = "pages/history.py"
FOUR_WEEKS = date(2021, 7, 31), date(2021, 8, 27)


def shown(at: AppTest) -> pl.DataFrame:
    return pl.from_pandas(at.dataframe[0].value)


def links(at: AppTest) -> dict[str, str]:
    """Label → address of the export links."""
    sent = [element.proto for element in at.get("bidi_component") if "exporter" in element.proto.component_name]
    return {link["label"]: link["address"] for one in sent for link in json.loads(one.json)["links"]}


def audit(store: Store) -> list[tuple[str, str, str]]:
    return store.cursor().execute("SELECT action, subject, detail FROM audit ORDER BY logged_at, subject").fetchall()


def search(at: AppTest, text: str) -> list[str]:
    """The people offered for that text."""
    at.text_input(key="history_people_add_text").input(text).run()
    return [button.label for button in at.main.button if button.key != "history_request"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_says_what_is_filtered_and_shows_the_newest_scans(app, demo_store: Store, language: str):
    at = app(page=PAGE, language=language, store=demo_store)
    assert not at.exception
    chosen = Filter(*FOUR_WEEKS)
    assert at.subheader[0].value == plain(chosen.sentence(demo_store, translator(language)))
    table = shown(at)
    rows = chosen.page(demo_store, 1, 50)
    assert table["name"].to_list() == rows["name"].to_list()
    assert table["phone"].to_list() == rows["phone"].to_list()
    assert table["scanned_at"].to_list() == rows["scanned_at"].to_list()
    words = {"vi": {"Vào", "Ra", "Không ghi"}, "en": {"in", "out", "not recorded"}}[language]
    assert set(table["direction"]) == words
    assert "person_id" not in table.columns


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_store_says_what_is_missing(app, empty_store: Store, language: str):
    at = app(page=PAGE, language=language, store=empty_store)
    assert not at.exception
    assert not at.dataframe and not links(at)
    missing = {"vi": "Chưa có lượt quét mã nào.", "en": "There are no scans yet."}[language]
    assert [info.value for info in at.info if info.value.startswith(missing)]


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_a_leader_sees_the_history(app, demo_store: Store, role: str):
    at = app(page=PAGE, role=role, language="en", store=demo_store, state={"history_people": [1]})
    assert not at.exception
    assert not at.dataframe and not links(at) and not at.text_input
    assert at.title[0].value == "This page is not open to your role"


def test_pages_follow_each_other_and_begin_again_with_another_filter(app, demo_store: Store):
    at = app(page=PAGE, language="en", store=demo_store)
    [pager] = at.get("pagination")
    pager.set_value(3).run()
    assert shown(at)["scanned_at"].to_list() == Filter(*FOUR_WEEKS).page(demo_store, 3, 50)["scanned_at"].to_list()
    at.segmented_control(key="history_kind").set_value("visitor").run()
    visitors = Filter(*FOUR_WEEKS, kind="visitor").page(demo_store, 1, 50)
    assert shown(at)["scanned_at"].to_list() == visitors["scanned_at"].to_list()
    last = -(-Filter(*FOUR_WEEKS, kind="visitor").count(demo_store) // 50)
    [pager] = at.get("pagination")
    assert pager.proto.num_pages == last
    pager.set_value(last).run()
    assert 1 <= shown(at).height <= 50


def test_every_filter_narrows_the_answer(app, demo_store: Store):
    at = app(page=PAGE, language="vi", store=demo_store)
    place = demo_store.ask("flow/locations").filter(name="Trụ sở Mai Sơn")["location_id"][0]
    at.segmented_control(key="period").set_value("range").run()
    at.date_input(key="period_range").set_value((date(2021, 8, 24), date(2021, 8, 24)))
    at.multiselect(key="history_locations").set_value([place])
    at.segmented_control(key="history_kind").set_value("staff")
    at.segmented_control(key="history_direction").set_value("in").run()
    assert not at.exception
    chosen = Filter(date(2021, 8, 24), date(2021, 8, 24), (place,), kind="staff", direction="in")
    assert at.subheader[0].value == (
        f"Lịch sử quét mã ngày 24/08/2021 tại Trụ sở Mai Sơn, cán bộ, chiều vào\\: {chosen.count(demo_store)} lượt"
    )
    table = shown(at)
    assert set(table["location"]) == {"Trụ sở Mai Sơn"}
    assert set(table["kind"]) == {"Cán bộ"}
    assert set(table["direction"]) == {"Vào"}
    assert set(table["scanned_at"].dt.date()) == {date(2021, 8, 24)}


def test_no_scan_fits(app, demo_store: Store):
    at = app(page=PAGE, language="en", store=demo_store)
    at.segmented_control(key="period").set_value("range").run()
    at.date_input(key="period_range").set_value((date(2021, 1, 4), date(2021, 1, 4))).run()
    assert not at.exception
    assert at.subheader[0].value == "Scan history of 04/01/2021\\: 0 scans"
    assert not at.dataframe and not links(at)


# One person ----------------------------------------------------------------------------------------------------------


def test_a_person_is_found_picked_written_down_and_cleared(app, demo_store: Store):
    at = app(page=PAGE, language="en", store=demo_store)
    assert search(at, "khoi dinh") == ["**Nguyễn Đình Khôi** · 0900999001 · visitor · last seen 25/08/2021"]
    assert search(at, "0900 999") == ["**Nguyễn Đình Khôi** · 0900999001 · visitor · last seen 25/08/2021"]
    at.main.button[0].click().run()
    assert at.subheader[0].value == (
        "Scan history from 31/07/2021 to 27/08/2021, of Nguyễn Đình Khôi \\(0900999001\\)\\: 6 scans"
    )
    assert shown(at).height == 6 and "name" not in shown(at).columns
    assert ("history", "Nguyễn Đình Khôi (0900999001)", "31/07/2021 – 27/08/2021") in audit(demo_store)
    assert not at.query_params
    at.main.button[0].click().run()
    assert not at.exception
    assert shown(at).height == 50
    assert at.text_input(key="history_people_add_text").value == ""


def test_several_people_are_picked_and_taken_out_one_by_one(app, demo_store: Store):
    at = app(page=PAGE, language="en", store=demo_store)
    for text in ("0900999001", "0900000003"):
        search(at, text)
        next(button for button in at.main.button if button.key.startswith("history_people_add_")).click().run()
    assert not at.exception
    ids = tuple(at.session_state["history_people"])
    chosen = Filter(*FOUR_WEEKS, people=ids)
    assert at.subheader[0].value == plain(chosen.sentence(demo_store, translator("en")))
    assert "Nguyễn Đình Khôi" in at.subheader[0].value and "Lò Văn Tuấn" in at.subheader[0].value
    assert set(shown(at)["name"]) <= {"Nguyễn Đình Khôi", "Lò Văn Tuấn"}
    assert {subject for action, subject, _ in audit(demo_store) if action == "history"} == {
        "Nguyễn Đình Khôi (0900999001)", "Lò Văn Tuấn (0900000003)"
    }  # fmt: skip
    assert not at.query_params
    search(at, "0900000003")  # once more is once
    next(button for button in at.main.button if button.key.startswith("history_people_add_")).click().run()
    assert tuple(at.session_state["history_people"]) == ids
    at.button(key=f"history_people_out_{ids[0]}").click().run()
    assert at.session_state["history_people"] == [ids[1]] and "name" not in shown(at).columns


def test_nobody_fits_and_too_many_fit(app, demo_store: Store):
    at = app(page=PAGE, language="en", store=demo_store)
    assert search(at, "*zz* [x](y)") == []
    assert [c.value for c in at.caption if c.value.startswith("Nobody fits “\\*zz\\* \\[x\\]\\(y\\)”.")]
    assert len(search(at, "van")) == 8
    assert [c.value for c in at.caption if c.value.startswith("Only the best 8 are shown.")]
    assert search(at, "   ") == []


def test_a_person_who_is_gone_is_not_picked_any_more(app, demo_store: Store):
    at = app(page=PAGE, language="en", store=demo_store, state={"history_people": [987654321]})
    assert not at.exception
    assert shown(at).height == 50
    assert at.session_state["history_people"] == []


# Exports -------------------------------------------------------------------------------------------------------------


def test_the_links_give_the_filtered_scans_to_this_session_only(app, demo_store: Store):
    at = app(
        page=PAGE,
        language="vi",
        store=demo_store,
        state={"history_people": [directory.find(demo_store, "0900999001")["person_id"][0]]},
    )
    urls = links(at)
    assert list(urls) == ["Excel", "CSV", "Parquet"]
    assert not [url for url in urls.values() if "0900999001" in url or "Kh" in url.split("/")[1]]
    nobody = Browser()
    assert nobody.get(urls["CSV"]).status_code != 200
    leader = Browser()
    leader.cookies.set(COOKIE, at.session_state["session_token"])
    sentence = "Lịch sử quét mã từ 31/07/2021 đến 27/08/2021, của Nguyễn Đình Khôi (0900999001): 6 lượt"
    got = leader.get(urls["CSV"])
    assert got.status_code == 200
    assert got.headers["content-disposition"] == 'attachment; filename="lich-su-quet-ma-2021-07-31-2021-08-27.csv"'
    lines = got.content.decode("utf-8-sig").splitlines()
    assert (lines[0], len(lines)) == (f'"{sentence}"', 8)
    assert pl.read_parquet(io.BytesIO(leader.get(urls["Parquet"]).content)).height == 6
    assert pl.read_excel(leader.get(urls["Excel"]).content, read_options={"header_row": 2}).height == 6
    exported = [line for line in audit(demo_store) if line[0] == "export scans"]
    assert exported == [("export scans", sentence, fmt) for fmt in ("csv", "parquet", "xlsx")]
