"""The screen of official documents: those made, had again; head and foot."""

from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from quetma import agency, archive
from quetma.store import Store

PAGE = "pages/documents.py"
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
    at = app(PAGE, language="en", store=demo_store)
    at.session_state["documents_view"] = "made"
    at.run()
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


def test_head_and_foot_are_changed(app: App, demo_store: Store) -> None:
    at = app(PAGE, language="en", store=demo_store)
    at.session_state["documents_view"] = "agency"
    at.run()
    assert at.text_input(key="agency_signer").value == "Cầm Văn Thành"
    at.text_input(key="agency_signer").set_value("Trần Quốc Đạt")
    at.text_input(key="agency_authority").set_value("KT. Đội trưởng")
    next(button for button in at.button if button.label == "Save").click()
    at.run()
    assert not at.exception and "Saved." in said(at)
    assert (agency.of(demo_store).signer, agency.of(demo_store).authority) == ("Trần Quốc Đạt", "KT. Đội trưởng")


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_leaders_see_it(app: App, demo_store: Store, role: str) -> None:
    kept(demo_store)
    at = app(PAGE, role=role, store=demo_store)
    assert not at.dataframe and not at.text_input and "Báo cáo 0" not in said(at)
