"""The Word file beside the PDF, as LibreOffice lays it out: as many pages. Skipped where LibreOffice is missing."""

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from quetma import archive, cases, demo_case, inquiries
from quetma.documents import answer
from quetma.documents.official import docx, pdf, report
from quetma.documents.official.dossier import dossier
from quetma.documents.official.summary import summary
from quetma.inquiries import Asked
from quetma.store import Store
from tests.documents.test_report import FIRST, LAST

PATIENCE = 240  # seconds


def test_a_word_file_has_as_many_pages_as_the_pdf(demo_store: Store, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        pytest.skip("There is no LibreOffice on the PATH.")
    demo_case.write(demo_store)
    [case] = cases.registered(demo_store)
    papers = {
        "report": report.report(demo_store, FIRST, LAST),
        "dossier": dossier(demo_store, case),
        "summary": summary(demo_store, LAST.replace(day=24)),
    }
    pages = {}
    for name, paper in papers.items():
        (tmp_path / f"{name}.docx").write_bytes(docx.docx(paper))
        pages[name] = len(pypdfium2.PdfDocument(pdf.pdf(paper)))
    asked = Asked("Công an huyện", "xác minh", LAST.replace(day=24), LAST, FIRST, LAST.replace(day=24))
    inquiry = inquiries.one(demo_store, inquiries.enter(demo_store, "An", asked))
    assert inquiry
    _, letter, word = answer.give(demo_store, "An", inquiry, whole=False)
    (tmp_path / "letter.docx").write_bytes(archive.path(demo_store, word).read_bytes())
    pages["letter"] = len(pypdfium2.PdfDocument(archive.path(demo_store, letter)))
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    files = [str(tmp_path / f"{name}.docx") for name in pages]
    subprocess.run([*command, "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=PATIENCE)
    laid_out = {name: len(pypdfium2.PdfDocument(tmp_path / f"{name}.pdf")) for name in pages}
    assert abs(laid_out.pop("dossier") - pages.pop("dossier")) <= 1, "its lists across break elsewhere"
    assert laid_out == pages and pages["report"] >= 8
