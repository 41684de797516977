"""The machine's virus scanner is asked before a file is opened, by whichever way the file comes."""

import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quetma import cli
from quetma.intake import IntakeError, scanner
from quetma.intake.desk import Desk
from quetma.language import catalogue
from quetma.store import open_store

LOG = "Họ tên;Điện thoại;Địa điểm;Thời gian;Vào/Ra\nAn;0912345678;Cửa hàng;23/08/2021 08:00:00;Vào\n"
SICK = LOG.replace("An;", "An VIRUS;")
# What clamdscan would do: nothing to see is 0, something is 1, and 2 when it could not look.
SCANNER = """
import sys
text = open(sys.argv[-1], encoding="utf-8").read()
sys.exit(1 if "VIRUS" in text else 2 if "UNREADABLE" in text else 0)
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner is set up; its folder has a space, as some have."""
    folder = tmp_path / "the scanner"
    folder.mkdir()
    (folder / "scan.py").write_text(SCANNER)
    monkeypatch.setenv(scanner.SETTING, shlex.join([sys.executable, str(folder / "scan.py"), "--quiet"]))


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Desk]:
    """The desk of a store of its own."""
    store = open_store(tmp_path / "store")
    desk = Desk(store)
    yield desk
    desk.close()
    store.close()


def outcome(desk: Desk, text: str) -> tuple[str, str]:
    """What becomes of a file that is handed in, and why."""
    item = desk.receive("log.csv", text.encode(), "An")
    assert desk.wait(60, item.id)
    item = desk.item(item.id)
    return item.state, item.error.message if item.error else ""


def test_a_file_handed_in_is_opened_only_if_nothing_was_found(asked: None, table: Desk):
    assert outcome(table, LOG) == ("ready", "")
    for text, why in ((SICK, "has found something"), (LOG.replace("An;", "UNREADABLE;"), "does not answer")):
        state, message = outcome(table, text)
        assert state == "refused"
        assert why in message
        assert message in catalogue("vi")


@pytest.mark.parametrize(
    "command", ["/nowhere/clamdscan", f"{shlex.quote(sys.executable)} -c 'import time; time.sleep(9)'"]
)
def test_a_scanner_that_is_not_there_lets_nothing_through(table: Desk, monkeypatch: pytest.MonkeyPatch, command: str):
    monkeypatch.setenv(scanner.SETTING, shlex.join(command))
    monkeypatch.setattr(scanner, "SECONDS", 0.2)
    state, message = outcome(table, LOG)
    assert (state, "does not answer" in message) == ("refused", True)


def test_so_is_a_file_from_the_command_line(asked: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name, text in (("sick.csv", SICK), ("well.csv", LOG)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = ["--store", str(tmp_path / "store")]
    assert cli.main([*folder, "init"]) == 0
    assert cli.main([*folder, "import", str(tmp_path / "sick.csv")]) == 1
    assert "virus scanner has found something" in capsys.readouterr().err
    assert cli.main([*folder, "import", str(tmp_path / "well.csv")]) == 0


def test_a_command_that_cannot_be_read_lets_nothing_through_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "well.csv").write_text(LOG, encoding="utf-8")
    folder = ["--store", str(tmp_path / "store")]
    assert cli.main([*folder, "init"]) == 0
    monkeypatch.setenv(scanner.SETTING, 'clamdscan "--fdpass')
    assert cli.main([*folder, "import", str(tmp_path / "well.csv")]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_without_a_scanner_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(scanner.SETTING, raising=False)
    (tmp_path / "sick.csv").write_text(SICK, encoding="utf-8")
    scanner.scan(tmp_path / "sick.csv")
    monkeypatch.setenv(scanner.SETTING, shlex.join([sys.executable, "-c", "raise SystemExit(1)"]))
    with pytest.raises(IntakeError):
        scanner.scan(tmp_path / "sick.csv")
