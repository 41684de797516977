"""The upload screen, in both languages: what each row became, loading, refusals, the list of uploads."""

from typing import Any

import pytest

from quetma import intake
from quetma.language import translator
from quetma.store import ROOT, Store
from tests.intake import prepare

PAGE = "pages/upload.py"
SAMPLE = ROOT / "data" / "sample"
HEADER = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
LOG = (
    HEADER
    + "Lò Văn A,0912000001,24/08/2021 08:10,Mai Sơn,Vào\n"
    + "Lò Văn A,0912000001,24/08/2021 08:10,Mai Sơn,Vào\n"
    + "Lò Văn [B](x),0912000002,24/08/2021 08:11,Yên Châu,Ra\n"
    + "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào\n"
)
NO_PLACE = "Họ tên,SĐT,Thời gian,Vào/Ra\nLò Văn A,0912000001,24/08/2021 08:10,Vào\n"


def give(at: Any, *files: tuple[str, str]) -> Any:
    """Drops files into the frame."""
    at.file_uploader(key="upload_files").set_value([(name, text.encode(), "text/csv") for name, text in files])
    return at.run()


def counts(at: Any) -> list[str]:
    return [metric.value for metric in at.metric]


def boxes(at: Any) -> list[str]:
    return [box.label for box in at.expander]


def frames(at: Any) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in frame.value.itertuples(index=False)] for frame in at.dataframe]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_store(app, empty_store: Store, language: str):
    at = app(page=PAGE, language=language, store=empty_store)
    assert not at.exception
    assert at.title[0].value == translator(language)("Upload")
    assert [caption.value for caption in at.main.caption] == [translator(language)("Nothing has been uploaded yet.")]
    assert not at.button


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
    assert not at.file_uploader


@pytest.mark.parametrize("language", ["vi", "en"])
def test_see_then_load(app, empty_store: Store, language: str):
    t = translator(language)
    at = give(app(page=PAGE, language=language, store=empty_store), ("a.csv", LOG))
    assert not at.exception
    assert counts(at) == ["4", "2", "1", "1"]
    first, rejected = frames(at)[:2]
    assert [row[1] for row in first] == [t("✓ New"), t("= Already stored"), t("✓ New")]
    assert [(row[2], row[3], row[4], row[6]) for row in first][::2] == [
        ("Lò Văn A", "0912000001", "Mai Sơn", t("in")),
        ("Lò Văn [B](x)", "0912000002", "Yên Châu", t("out")),
    ]
    assert rejected == [(5, t("The phone number cannot be read"), "Lò Văn C,09120,24/08/2021 08:12,Mai Sơn,Vào")]
    assert empty_store.ask("intake/batch_count")["batches"][0] == 0, "nothing counts before it is confirmed"

    assert at.button(key="upload_load").label == t("Load {n} new rows", n=2)
    at.button(key="upload_load").click().run()
    assert not at.exception
    assert len(at.success) == 1
    assert not [button for button in at.button if button.key == "upload_load"]
    assert empty_store.ask("intake/batches", page_size=9, page_start=0).select(
        "accepted", "duplicates", "rejected"
    ).rows() == [(2, 1, 1)]
    assert empty_store.cursor().execute(
        "SELECT action, subject, detail FROM audit WHERE action = 'upload'"
    ).fetchall() == [("upload", "1 a.csv", "scans: 4 = 2 + 1 + 1")]
    at.selectbox(key="upload_open").set_value(1).run()
    assert frames(at)[-1] == rejected


def test_a_second_file_is_compared_with_what_the_first_brought(app, empty_store: Store):
    at = give(app(page=PAGE, store=empty_store), ("a.csv", LOG))
    intake.load(empty_store, prepare(empty_store, "other.csv", LOG.encode()), "somebody else")
    at.run()
    assert not at.exception
    assert counts(at) == ["4", "0", "3", "1"]
    assert not [button for button in at.button if button.key == "upload_load"]
    assert any("somebody else" in info.value for info in at.info)


def test_a_preview_is_made_once(app, empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    made: list[dict[str, intake.Choices]] = []
    prepare = intake.prepare
    monkeypatch.setattr(intake, "prepare", lambda *given: made.append(given[3]) or prepare(*given))
    at = give(app(page=PAGE, store=empty_store), ("a.csv", LOG))
    at.run()
    at.run()
    assert made == [{}]


def test_a_file_without_a_location_asks_for_it(app, empty_store: Store):
    intake.load(empty_store, prepare(empty_store, "a.csv", LOG.encode()), "test")
    at = give(app(page=PAGE, store=empty_store), ("b.csv", NO_PLACE))
    assert not at.exception
    assert not [button for button in at.button if button.key == "upload_load"]
    box = next(box for box in at.selectbox if box.key.startswith("upload_location_"))
    assert box.options == ["Mai Sơn", "Yên Châu"]
    box.set_value("Yên Châu").run()
    at.button(key="upload_load").click().run()
    assert not at.exception
    assert empty_store.cursor().execute(
        "SELECT name FROM scan JOIN location USING (location_id) WHERE scan.batch_id = 2"
    ).fetchall() == [("Yên Châu",)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_file_that_is_no_log_is_refused_in_words(app, empty_store: Store, language: str):
    at = give(app(page=PAGE, language=language, store=empty_store), ("a.csv", "xin chào\n"), ("b.csv", ""))
    assert not at.exception
    t = translator(language)
    assert at.error[1].value == t("The file is empty. Nothing was changed.")
    assert at.error[0].value.startswith({"vi": "Không tìm thấy dòng tiêu đề", "en": "No header row"}[language])


def test_the_kind_can_be_changed(app, empty_store: Store):
    at = give(app(page=PAGE, store=empty_store), ("a.csv", LOG))
    kind = next(box for box in at.selectbox if box.key.startswith("upload_kind_"))
    assert kind.value == "scans"
    kind.set_value("doses").run()
    assert not at.exception
    assert "Mũi" in at.error[0].value
    next(box for box in at.selectbox if box.key.startswith("upload_kind_")).set_value("scans").run()
    assert counts(at) == ["4", "2", "1", "1"]


def test_the_sample_files_together(app, empty_store: Store):
    files = sorted(SAMPLE.glob("*.csv"))
    assert len(files) >= 5
    at = give(app(page=PAGE, store=empty_store), *((file.name, file.read_text("utf-8-sig")) for file in files))
    assert not at.exception
    at.button(key="upload_load").click().run()
    assert not at.exception
    assert len(at.success) == len(files)
    kinds = empty_store.ask("intake/batches", page_size=20, page_start=0)["kind"].to_list()
    assert kinds[-1] == "roster", "who is staff is known before what they did"
    assert set(kinds) == set(intake.KINDS)


def test_a_long_list_of_uploads_is_paged(app, empty_store: Store):
    for day in range(1, 23):
        log = HEADER + f"Lò Văn A,0912000001,{day:02}/08/2021 08:10,Mai Sơn,Vào\nX,1,,,\n"
        intake.load(empty_store, prepare(empty_store, f"{day}.csv", log.encode()), "test")
    at = app(page=PAGE, store=empty_store)
    assert [row[0] for row in frames(at)[0]] == list(range(22, 2, -1))
    at.pagination(key="upload_page").set_value(2).run()
    assert [row[0] for row in frames(at)[0]] == [2, 1]
    assert not at.exception
