"""The screen of official documents: those made, had again; head and foot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from quetma import agency, archive, demo_case, drafts
from quetma.store import Store, open_store

PAGE = "pages/documents.py"
AUGUST = "report_20210801_20210831"
App = Callable[..., AppTest]


def kept(store: Store, kind: str = "report", n: int = 1) -> None:
    for i in range(n):
        archive.keep(
            store, "An", kind, f"Báo cáo {i}", f"bao-cao-{kind}-{i}.pdf", lambda to, i=i: to.write_bytes(b"%d" % i),
            days=(date(2021, 8, 1), date(2021, 8, 31)), reason="Cục yêu cầu",
        )  # fmt: skip


def said(at: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "success", "warning", "error")
    return "\n".join(str(part.value) for kind in kinds for part in at.get(kind)).replace("\\", "")


def test_every_document_made_is_listed_and_can_be_had_again(app: App, demo_store: Store) -> None:
    kept(demo_store, n=21)
    kept(demo_store, "letter")
    at = app(PAGE, language="en", store=demo_store, state={"documents_view": "made"})
    assert not at.exception
    shown = at.dataframe[0].value
    assert len(shown) == 20 and list(shown["number"])[:2] == [22, 21] and set(shown["reason"]) == {"Cục yêu cầu"}
    at.selectbox(key="documents_kind").set_value("letter").run()
    assert list(at.dataframe[0].value["subject"]) == ["Báo cáo 0"]
    assert archive.one(demo_store, 22).sha256 in said(at)
    archive.path(demo_store, archive.one(demo_store, 22)).unlink()
    at.run()
    assert "The file of this document is no longer in the store's folder." in said(at)
    lines = "SELECT DISTINCT subject FROM audit WHERE action = 'open documents' ORDER BY ALL"
    assert demo_store.cursor().execute(lines).fetchall() == [("",), ("Official letter",)]


def test_a_file_is_removed_with_a_reason(app: App, demo_store: Store) -> None:
    kept(demo_store)
    at = app(PAGE, language="en", store=demo_store)
    at.session_state["documents_view"] = "made"
    at.run()
    at.button(key="remove_1").click().run()
    assert not at.exception and "Say why it is removed." in said(at)
    at.text_input(key="remove_why_1").set_value("sai số liệu")
    at.button(key="remove_1").click().run()
    assert not at.exception and "The file of this document was removed." in said(at) and "sai số liệu" in said(at)
    assert archive.check(demo_store) == [] and not list((demo_store.folder / "documents").iterdir())


def test_head_and_foot_are_changed(app: App, demo_store: Store) -> None:
    at = app(PAGE, language="en", store=demo_store, state={"documents_view": "agency"})
    assert at.text_input(key="agency_signer").value == "Cầm Văn Thành"
    at.text_input(key="agency_signer").set_value("Trần Quốc Đạt")
    at.text_input(key="agency_authority").set_value("KT. Đội trưởng")
    next(button for button in at.button if button.label == "Save").click()
    at.run()
    assert not at.exception and "Saved." in said(at)
    assert (agency.of(demo_store).signer, agency.of(demo_store).authority) == ("Trần Quốc Đạt", "KT. Đội trưởng")


def press(at: AppTest, label: str) -> None:
    next(button for button in at.button if button.label.replace("\\", "").startswith(label)).click().run()


def opened(at: AppTest) -> AppTest:
    """With the fields of the paragraphs shown."""
    at.toggle(key=f"{AUGUST}_open").set_value(True).run()
    assert not at.exception
    return at


def test_a_paragraph_is_written_otherwise_and_the_report_made_and_kept(app: App, demo_store: Store) -> None:
    at = opened(app(PAGE, language="en", store=demo_store))
    assert at.selectbox(key="report_of").value == "2021-08", "the newest month"
    texts = [area.value for area in at.text_area]
    at.text_area[1].set_value("Đơn vị có mười ba người.\nĐoạn thêm.").run()
    at.text_input(key=f"{AUGUST}_number").set_value("15")
    at.text_input(key=f"{AUGUST}_why").set_value("Báo cáo tháng gửi Cục").run()
    assert f"(1 of {len(texts)} changed)" in at.toggle(key=f"{AUGUST}_open").label
    at.button(key=f"{AUGUST}_docx").click().run()
    assert not at.exception and "Made and kept: 15-BC-DQLTT2-bao-cao-2021-08-01-2021-08-31.docx" in said(at)
    [kept], _ = archive.made(demo_store)
    assert (kept.reason, kept.made_by, kept.filing["number"]) == ("Báo cáo tháng gửi Cục", "Test leader", "15")
    told = [place.text for place in Document(archive.path(demo_store, kept)).paragraphs]
    assert "Đơn vị có mười ba người." in told and "Đoạn thêm." in told and texts[1] not in told
    assert at.session_state["documents_view"] == "made" and kept.sha256 in said(at)
    actions = (
        demo_store.cursor().execute("SELECT action FROM audit WHERE action LIKE '%d%t' ORDER BY logged_at").fetchall()
    )
    assert ("open draft",) in actions and ("make document",) in actions


def test_what_was_written_goes_back_to_the_figures(app: App, demo_store: Store) -> None:
    at = opened(app(PAGE, language="en", store=demo_store))
    text = at.text_area[1].value
    at.text_area[1].set_value("khác").run()
    at.button(key=f"{AUGUST}_back").click().run()
    assert not at.exception and at.text_area[1].value == text


def test_a_draft_outlives_the_session_and_is_discarded(app: App, demo_store: Store) -> None:
    at = opened(app(PAGE, language="en", store=demo_store))
    text = at.text_area[1].value
    assert drafts.of(demo_store, "Test leader") == [], "who only looks writes nothing"
    at.text_area[1].set_value("Đơn vị có mười ba người.").run()
    at.date_input(key=f"{AUGUST}_dated").set_value(date(2021, 9, 1)).run()
    at.text_input(key=f"{AUGUST}_to").set_value("Cục A; Cục B").run()
    demo_store.close()  # the server ends
    again = open_store(demo_store.folder)
    at = app(PAGE, language="en", store=again, state={"report_of": "2021-07"})
    press(at, "Continue your draft of Báo cáo: ")
    assert not at.exception and at.selectbox(key="report_of").value == "2021-08"
    assert at.text_input(key=f"{AUGUST}_to").value == "Cục A; Cục B"
    assert at.date_input(key=f"{AUGUST}_dated").value == date(2021, 9, 1)
    assert opened(at).text_area[1].value == "Đơn vị có mười ba người."
    assert drafts.of(again, "Other leader") == []
    at.button(key=f"{AUGUST}_pdf").click().run()
    at = app(PAGE, language="en", store=again, state={"report_of": "2021-07"})
    assert not [button for button in at.button if button.label.startswith("Continue")], "it has been made"
    at.selectbox(key="report_of").set_value("2021-08").run()
    assert "Your draft, kept at" in said(at)
    at.button(key=f"{AUGUST}_discard").click().run()
    assert not at.exception and at.text_input(key=f"{AUGUST}_to").value == "Cục Quản lý thị trường tỉnh Sơn La"
    assert opened(at).text_area[1].value == text and drafts.of(again, "Test leader") == []


def test_words_that_the_figures_have_left_behind_are_shown(app: App, demo_store: Store) -> None:
    drafts.keep(demo_store, "Test leader", AUGUST, "Báo cáo: x", {"1_0123456789ab": "Đã viết *khi trước*."})
    at = opened(app(PAGE, language="en", store=demo_store))
    assert "Đã viết *khi trước*." in said(at)
    at.text_area[2].set_value("Mới.").run()
    [kept] = drafts.of(demo_store, "Test leader")
    assert kept.words["1_0123456789ab"] == "Đã viết *khi trước*." and "Mới." in kept.words.values()


def test_who_has_not_written_the_addressee_gets_the_one_that_is_set_by_now(app: App, demo_store: Store) -> None:
    at = app(PAGE, language="en", store=demo_store)
    agency.change(demo_store, "An", replace(agency.of(demo_store), parent="Cục Khác"))
    at.run()
    assert at.text_input(key=f"{AUGUST}_to").value == "Cục Khác" and drafts.of(demo_store, "Test leader") == []
    at.text_input(key=f"{AUGUST}_to").set_value("Cục Riêng").run()
    agency.change(demo_store, "An", replace(agency.of(demo_store), parent="Cục Thứ Ba"))
    at.run()
    assert not at.exception and at.text_input(key=f"{AUGUST}_to").value == "Cục Riêng"


def test_a_draft_of_other_days_goes_on(app: App, demo_store: Store) -> None:
    drafts.keep(demo_store, "Test leader", "report_20210802_20210806", "Báo cáo: tuần", {"why": "giao ban"})
    at = app(PAGE, language="en", store=demo_store)
    press(at, "Continue your draft of Báo cáo: tuần")
    assert not at.exception and at.date_input(key="report_range_2021-08-02_2021-08-06").value == (
        date(2021, 8, 2),
        date(2021, 8, 6),
    )
    assert at.text_input(key="report_20210802_20210806_why").value == "giao ban"


def test_the_dossier_of_a_case_is_drafted_from_the_page_of_cases(app: App, demo_store: Store) -> None:
    demo_case.write(demo_store)
    at = app("pages/cases.py", language="en", store=demo_store)
    at.session_state["cases_view"] = "cases"
    at.run()
    at.button(key="case_dossier_1").click().run()
    at.switch_page("../../pages/documents.py").run()
    assert not at.exception and at.selectbox(key="documents_case").value == 1
    at.button(key="dossier_1_pdf").click().run()
    assert not at.exception
    [kept], _ = archive.made(demo_store)
    assert (kept.kind, kept.file_name) == ("dossier", "ho-so-truy-vet-ca-1.pdf")


def test_without_data_it_says_what_to_do(app: App, empty_store: Store) -> None:
    at = app(PAGE, language="en", store=empty_store)
    assert not at.exception and "There is no data yet to report on." in said(at)


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_leaders_see_it(app: App, demo_store: Store, role: str) -> None:
    kept(demo_store)
    at = app(PAGE, role=role, store=demo_store)
    assert not at.dataframe and not at.text_input and "Báo cáo 0" not in said(at)
