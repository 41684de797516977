"""The administrator's page, and the probe."""

import asyncio
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from quetma import archive, backup, expiry, health, sealed, snapshot, upkeep
from quetma.access.chain import Line
from quetma.store import Store, now, open_store
from quetma.web import downloads
from quetma.web import health as probe
from tests.web.browser import Browser

PAGE = "pages/upkeep.py"
App = Callable[..., AppTest]
KEY = sealed.Key("age1", b"secret")


def texts(elements) -> str:
    return " ".join(element.value for element in elements)


def levels(store: Store, at: datetime | None = None) -> list[tuple[str, str]]:
    return [(one.level, str(one.told)) for one in health.warnings(store, at or now())]


def test_a_backup_is_made_from_the_page_and_stands_in_the_list(app: App, empty_store: Store):
    at = app(PAGE, language="en", store=empty_store)
    assert not at.exception
    assert "no passphrase" in texts(at.warning)
    at.button(key="upkeep_backup").click().run()
    assert not at.exception and "read again" in texts(at.success)
    [file] = backup.kept(empty_store)
    assert file.name in at.dataframe[0].value["outcome"][0]
    assert sealed.locked(file) is False


def test_a_backup_is_brought_back_at_the_next_start(app: App, empty_store: Store):
    at = app(PAGE, language="en", store=empty_store)
    at.button(key="upkeep_backup").click().run()
    empty_store.set("unit_name", "Sau đó")
    next(button for button in at.button if "next start" in button.label).click().run()
    assert not at.exception and "is ready: 0 scans" in texts(at.success)
    assert "as soon as the dashboard is started again" in texts(at.warning)
    at.button(key="upkeep_forget").click().run()
    assert not at.exception and "as soon as" not in texts(at.warning)
    next(button for button in at.button if "next start" in button.label).click().run()
    empty_store.set("unit_name", "Sau đó nữa")
    folder = empty_store.folder
    empty_store.close()
    store = Store(folder)
    assert store.setting("unit_name") is None
    [aside] = folder.glob("before-restore-*")
    old = Store(aside)
    assert old.setting("unit_name") == "Sau đó nữa"
    old.close()
    store.close()


def test_settings_and_passphrase_are_kept(app: App, empty_store: Store):
    at = app(PAGE, language="en", store=empty_store)
    next(box for box in at.number_input).set_value(5)
    next(button for button in at.button if button.label == "Save").click().run()
    assert "Saved." in texts(at.success) and backup.settings.get(empty_store, "backup_kept") == 5
    first, again = at.text_input[1], at.text_input[2]
    first.set_value("ngắn")
    again.set_value("ngắn")
    [button for button in at.button if button.label == "Save"][1].click().run()
    assert "at least 10 characters" in texts(at.error) and backup.key(empty_store) is None
    at.text_input[0].set_value("/not there")
    next(button for button in at.button if button.label == "Save").click().run()
    assert "no folder into which" in texts(at.error)


def test_what_is_over_is_shown_before_it_goes(app: App, empty_store: Store):
    at = app(PAGE, language="en", store=empty_store, state={"upkeep_view": "keeping"})
    assert not at.exception
    at.button(key="upkeep_try").click().run()
    assert "Nothing is over today." in texts(at.info)
    archive.keep(empty_store, "An", "letter", "Thư", "thu.txt", lambda path: path.write_text("Kính gửi"))
    empty_store.cursor().execute("UPDATE document SET made_at = '2021-08-10'")
    at.number_input(key="upkeep_days_documents").set_value(100)
    at.button(key="upkeep_keeping_save").click().run()
    assert not at.exception and expiry.kept_for(empty_store)["documents"] == 100
    at.button(key="upkeep_try").click().run()
    assert "Documents made: **1**" in texts(at.markdown)
    assert archive.made(empty_store)[0][0].removed_at is None, "only tried"
    at.button(key="upkeep_delete").click().run()
    assert not at.exception and archive.made(empty_store)[0][0].removed_at
    assert "Documents made: 1" in at.dataframe[0].value["what"][0]


def test_the_audit_is_looked_through_from_the_page(app: App, empty_store: Store):
    empty_store.log(Line(now(), "An", "trace", "Ai đó", ""))
    at = app(PAGE, language="en", store=empty_store, state={"upkeep_view": "condition"})
    at.button(key="upkeep_audit").click().run()
    assert "hang together" in texts(at.success)
    empty_store.cursor().execute("UPDATE audit SET subject = 'Khác' WHERE number = 1")
    at.button(key="upkeep_audit").click().run()
    assert "entry 1" in texts(at.error) and "is not what was written" in texts(at.error)


def test_what_is_amiss_is_said(empty_store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(health, "STARTED", now() - timedelta(hours=1))
    assert ("urgent", "There is no backup yet.") in levels(empty_store)
    upkeep.note(empty_store, "backup", "schedule", {}, "The disk is full")
    assert "The last backup failed" in levels(empty_store)[0][1]
    backup.make_now(empty_store, "An")
    assert [level for level, _ in levels(empty_store)] == ["note", "note"]
    assert "The last good backup is of" in levels(empty_store, now() + timedelta(hours=51))[0][1]
    monkeypatch.setattr(backup, "key", lambda _: KEY)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 0, 5_000_000))
    assert levels(empty_store)[0][1] == "Only 5 MB are left on the disk of the store."
    empty_store.log(Line(now() + timedelta(days=2), "An", "trace", "", ""))
    assert any("clock of this machine was put back" in text for _, text in levels(empty_store))
    (empty_store.folder / "before-restore-2026-11-28-010000").mkdir()
    assert any("before-restore-2026-11-28" in text for _, text in levels(empty_store))
    upkeep.note(empty_store, "purge", "schedule", failed="so")
    upkeep.note(empty_store, "audit", "schedule", failed="entry 4")
    told = " ".join(text for _, text in levels(empty_store))
    assert "changed from outside: entry 4" in told and "was not deleted" in told


def test_the_probe_says_ok_and_nothing_else_to_anybody(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "open_store", lambda _: empty_store)
    for path in ("/healthz", "/healthz?x=1"):
        answer = Browser().get(path)
        assert (answer.status_code, answer.text) == (200, "ok\n")
    assert Browser().get("/healthz/x").status_code != 200


def test_the_probe_says_not_ok_when_the_store_does_not_answer(monkeypatch: pytest.MonkeyPatch, empty_store: Store):
    monkeypatch.setattr(probe, "open_store", lambda _: empty_store)
    assert asyncio.run(probe.healthz(None)).status_code == 200  # ty: ignore[invalid-argument-type]
    empty_store.close()
    answer = asyncio.run(probe.healthz(None))  # ty: ignore[invalid-argument-type]
    assert (answer.status_code, answer.body) == (503, b"not ok\n")


def test_a_snapshot_for_analysts_is_offered_and_published(app: App, demo_folder: Path, tmp_path: Path):
    store = open_store(shutil.copytree(demo_folder, tmp_path / "unit"))
    store.set("demo", "no")
    at = app(PAGE, language="en", store=store, state={"upkeep_view": "snapshots"})
    assert not at.exception and "under pseudonyms" in texts(at.markdown)
    [offer] = [one for one in downloads._offers.values() if one.session.store is store]
    offer.make(tmp_path / "all.zip", lambda rows: None)
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert any(name.endswith("README.md") for name in packed.namelist())
    (tmp_path / "out").mkdir()
    at.text_input[0].set_value(str(tmp_path / "out"))
    next(button for button in at.button if button.label == "Save").click().run()
    at.button(key="upkeep_snapshot").click().run()
    assert not at.exception
    [path] = snapshot.published(tmp_path / "out")
    assert any(path.name in one.value for one in at.success)
    store.close()


def test_what_a_million_scans_take_is_told_once_there_are_enough(app: App, empty_store: Store):
    assert health.per_million(empty_store) is None
    with empty_store.write() as cursor:
        cursor.execute(
            "INSERT INTO scan_row SELECT 1, i, i % 97, 1, TIMESTAMP '2021-07-01' + TO_SECONDS(i), 'in', NULL, TRUE "
            "FROM RANGE($n) t(i)", {"n": health.ENOUGH},
        )  # fmt: skip
    empty_store.cursor().execute("CHECKPOINT")
    assert health.per_million(empty_store) == round(health.size(empty_store) * 1_000_000 / health.ENOUGH)
    at = app(PAGE, language="en", store=empty_store, state={"upkeep_view": "condition"})
    assert "Disk for a million scans" in at.dataframe[0].value["what"].to_list()
