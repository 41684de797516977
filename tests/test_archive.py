"""The archive of documents made: kept whole or not at all, to be had again as they were, swept, checked."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest

from quetma import archive
from quetma.archive import ArchiveError, Document
from quetma.file import FILE
from quetma.store import ROOT, Store, open_store, query

AUGUST = (date(2021, 8, 1), date(2021, 8, 31))


def made(store: Store, content: bytes = b"%PDF", kind: str = "report", **more: object) -> Document:
    """One document with that content."""
    subject = "Báo cáo tháng 8"
    return archive.keep(store, "An", kind, subject, "bao-cao.pdf", lambda to: to.write_bytes(content), **more)


def files(store: Store) -> list[str]:
    return sorted(path.name for path in (store.folder / archive.FOLDER).iterdir())


def test_a_document_is_kept_listed_and_had_again(empty_store: Store, tmp_path: Path) -> None:
    filing = {"subject": "Báo cáo", "number": ""}
    document = made(empty_store, days=AUGUST, reason="Cục yêu cầu", filing=filing)
    assert archive.made(empty_store) == ([document], 1) and archive.one(empty_store, 1) == document
    assert (document.format, document.size, document.made_by, document.first_day) == ("pdf", 4, "An", AUGUST[0])
    archive.copy(empty_store, document, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == b"%PDF"
    assert archive.path(empty_store, document).stat().st_mode & 0o077 == 0, "nobody else on the machine reads it"
    told = json.loads(archive.filing_json(document))
    assert told == filing | {"file": "bao-cao.pdf", "size": 4, "sha256": document.sha256}
    audited = empty_store.cursor().execute("SELECT account, action, subject, detail FROM audit").fetchall()
    assert audited == [("An", "make document", "1 bao-cao.pdf", "Cục yêu cầu")]


def test_documents_are_listed_newest_first_by_kind_and_page(empty_store: Store) -> None:
    for n in range(5):
        made(empty_store, b"%d" % n, "report" if n % 2 else "letter")
    assert archive.kinds(empty_store) == {"letter": 3, "report": 2}
    assert [one.document_id for one in archive.made(empty_store, first=1, rows=2)[0]] == [4, 3]
    found, total = archive.made(empty_store, "report")
    assert ([one.document_id for one in found], total) == ([4, 2], 2)
    assert archive.one(empty_store, 6) is None


def test_what_cannot_be_made_leaves_nothing(empty_store: Store) -> None:
    def fails(to: Path) -> None:
        to.write_bytes(b"half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        archive.keep(empty_store, "An", "report", "x", "x.pdf", fails)

    def refused(*_: object) -> None:
        raise ValueError("no such request")

    with pytest.raises(ValueError, match="no such request"):
        made(empty_store, within=refused)
    assert archive.made(empty_store) == ([], 0)
    archive.sweep(empty_store)
    assert files(empty_store) == []


def test_what_belongs_to_it_is_in_the_same_transaction(empty_store: Store) -> None:
    seen = []
    document = made(
        empty_store, within=lambda cursor, one: seen.append((one, cursor.sql(query("archive/kinds")[0]).fetchall()))
    )
    assert seen == [(document, [("report", 1)])]


def test_a_document_that_is_wrong_is_removed_and_that_it_was_there_stays(empty_store: Store) -> None:
    wrong, same, other = made(empty_store, b"1"), made(empty_store, b"1"), made(empty_store, b"2")
    with pytest.raises(ArchiveError, match="why"):
        archive.remove(empty_store, "An", wrong.document_id, " ")
    archive.remove(empty_store, "An", wrong.document_id, "sai số liệu")
    gone = archive.one(empty_store, wrong.document_id)
    assert gone and (gone.removed_by, gone.removed_why, gone.file_name) == ("An", "sai số liệu", wrong.file_name)
    with pytest.raises(ArchiveError):
        archive.path(empty_store, gone)
    assert archive.path(empty_store, same).read_bytes() == b"1", "the very same bytes are another document's as well"
    archive.remove(empty_store, "An", same.document_id, "hết mục đích")
    assert files(empty_store) == [other.sha256] and archive.check(empty_store) == []
    with pytest.raises(ArchiveError):
        archive.remove(empty_store, "An", same.document_id, "lần nữa")
    assert [one.document_id for one in archive.made(empty_store)[0]] == [3, 2, 1]
    lines = "SELECT subject, detail FROM audit WHERE action = 'remove document' ORDER BY logged_at"
    assert empty_store.cursor().execute(lines).fetchall() == [
        ("1 bao-cao.pdf", "sai số liệu"),
        ("2 bao-cao.pdf", "hết mục đích"),
    ]


def test_what_is_being_made_is_not_swept_away(empty_store: Store) -> None:
    old = made(empty_store, b"1")

    def make(to: Path) -> None:
        to.write_bytes(b"half")
        archive.remove(empty_store, "An", old.document_id, "sai")
        to.write_bytes(b"whole")

    document = archive.keep(empty_store, "An", "report", "x", "x.pdf", make)
    assert archive.path(empty_store, document).read_bytes() == b"whole"


def test_a_file_that_is_gone_or_changed_is_said(empty_store: Store) -> None:
    first, second, third = (made(empty_store, content) for content in (b"1", b"2", b"3"))
    assert archive.check(empty_store) == []
    archive.path(empty_store, first).unlink()
    archive.path(empty_store, second).write_bytes(b"other")
    assert archive.check(empty_store) == [
        "document 1: its file is gone", "document 2: its file is not what was kept",
    ]  # fmt: skip
    with pytest.raises(ArchiveError):
        archive.path(empty_store, first)
    assert archive.path(empty_store, third).read_bytes() == b"3"


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from quetma import archive
    from quetma.store import open_store

    store = open_store(Path(sys.argv[1]))
    archive.keep(store, "An", "report", "kept", "kept.pdf", lambda to: to.write_bytes(b"kept"))
    die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[2] == "making":
        archive.keep(store, "An", "report", "half", "half.pdf", lambda to: (to.write_bytes(b"half"), die()))
    archive.keep(store, "An", "report", "half", "half.pdf", lambda to: to.write_bytes(b"half"), within=die)
"""


@pytest.mark.parametrize("moment", ["making", "noting"])
def test_after_a_kill_a_document_is_there_whole_or_not_at_all(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path / "store"), moment]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, env=environment, timeout=60).returncode == -signal.SIGKILL
    store = open_store(tmp_path / "store")
    assert (store.folder / FILE).exists()
    [kept], total = archive.made(store)
    assert (kept.subject, total, archive.check(store)) == ("kept", 1, [])
    assert len(files(store)) == 2, "what it was making lies there"
    archive.sweep(store)
    assert files(store) == [kept.sha256] and archive.path(store, kept).read_bytes() == b"kept"
    store.close()
