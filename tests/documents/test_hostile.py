"""Names, places, purposes and requests of what nobody should type: through the real intake, into every kind of file."""

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import polars as pl
import pypdfium2
import pytest

from quetma import agency, archive, cases, formulas, inquiries, intake, mail, settings, tracing
from quetma import follow_up as contacts
from quetma.agency import Agency
from quetma.cases import Said
from quetma.documents import answer, history, screens
from quetma.documents import trace as trace_file
from quetma.documents.official import making, report
from quetma.documents.official.dossier import dossier
from quetma.documents.official.paper import drawn, shown
from quetma.history import Filter
from quetma.inquiries import Asked
from quetma.mail import Letter
from quetma.store import Store, open_store
from tests.documents.test_official import pages, squeezed, words
from tests.intake import prepare
from tests.test_mail import HERE, authority, serve, trusted  # noqa: F401 - fixtures

TEXTS = (
    '=cmd|"/c calc"!A1', "+84 Bình", "-2+3 Cúc", "@SUM(A1:A9) Dung", "Nguyễn \"Bậc\" O'Brien; <b>&amp;",
    "\u202eTrần\u202c Văn\u200f", "Ê" + "m" * 198,
    "👩‍👧 Lò 🇻🇳", "#let x = 1; $x^2$ *b* _i_ `r` \\u{41} // c",
    "Z" + "\u0351\u0303" * 40, "محمد عبد", "陈小明", "dòng1\ndòng2", "TRUE", "1e999", "_x0041_ _x000D_",
    "{{7*7}} %s ${x}",
    "\ufeffBOM Văn", "Lò\u00adThị\u00a0Hoa\u2009X", "[U+202E] giả", "=1+1\t=2",
)  # fmt: skip
LONG = " ".join(TEXTS)
PURPOSE = "=" + "mục đích " * 33  # some 300 characters
AUGUST = date(2021, 8, 1), date(2021, 8, 31)


def load(store: Store, name: str, *rows: tuple[str, ...]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    batch = intake.load(store, prepare(store, name, file.getvalue().encode()), "An").json()
    assert batch["rejected"] == 0, batch["rejects"]


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("hostile"))
    people = [(text, f"09123450{n:02}", text, TEXTS[n % 2 * 8], "Có") for n, text in enumerate(TEXTS)]
    load(store, "ds.csv", ("Họ và tên", "Số điện thoại", "Chức vụ", "Nơi làm việc", "Điện thoại thông minh"), *people)
    scans = [
        (text, f"09{12 if n % 2 else 88}3450{n:02}", TEXTS[n % 3 * 4], f"{day}/08/2021 08:{n:02}", "Vào",
         text if n % 3 else PURPOSE)
        for day in (23, 24) for n, text in enumerate(TEXTS)
    ]  # fmt: skip
    load(store, "qr.csv", ("Họ và tên", "Số điện thoại", "Địa điểm", "Thời gian quét", "Vào/Ra", "Mục đích"), *scans)
    store.set("demo", "yes")  # its clock stands at its last scan
    agency.change(store, "An", Agency(TEXTS[8], TEXTS[4], "X=1", TEXTS[5], TEXTS[9], TEXTS[0], TEXTS[7], TEXTS[10:14]))
    yield store
    store.close()


@pytest.fixture(scope="module")
def made(unit: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every kind of file that leaves, by name."""
    folder, found = tmp_path_factory.mktemp("made"), {}
    people = tuple(unit.ask("history/scans", **Filter(*AUGUST).params(), skip=0, rows=99)["person_id"].unique())
    places = tuple(unit.ask("flow/locations")["location_id"])

    def asked(name: str) -> inquiries.Inquiry:
        said = Asked(LONG[:490], LONG[-490:], date(2021, 8, 24), date(2021, 8, 26), *AUGUST, document=TEXTS[4],
                     locations=places, people=people)  # fmt: skip
        inquiry = inquiries.one(unit, inquiries.enter(unit, name, said))
        assert inquiry
        return inquiry

    said = Said(people[0], date(2021, 8, 24), signs=TEXTS[4], note=LONG[:400])
    case = cases.one(unit, cases.register(unit, "An", said))
    assert case
    contacts.follow(unit, "An", case, contacts.compare(unit, case, tracing.Question((case.case,))).new)
    kept = [
        *answer.give(unit, "An", asked("An"), whole=True, basis=LONG[:490]),
        *answer.refuse(unit, "An", asked("An"), LONG[:490]),
        *(making.make(unit, "An", report.report(unit, *AUGUST), fmt, days=AUGUST) for fmt in ("pdf", "docx")),
        *(making.make(unit, "An", dossier(unit, case), fmt, about="ca-1") for fmt in ("pdf", "docx")),
    ]
    for document in kept:
        found[f"{document.document_id}.{document.format}"] = archive.path(unit, document).read_bytes()
        found[f"{document.document_id}.json"] = archive.filing_json(document).encode()
    traced = tracing.trace(unit, tracing.Question((case.case,)))
    for fmt in ("csv", "xlsx"):
        history.write(unit, Filter(*AUGUST), fmt, folder / f"history.{fmt}", "vi")
        trace_file.write(traced, fmt, folder / f"trace.{fmt}", "vi")
    screens.write(unit, "leader", "An", *AUGUST, folder / "screens.xlsx", "vi")
    return found | {path.name: path.read_bytes() for path in folder.iterdir()}


def stored(store: Store) -> set[str]:
    """The names as the intake took them."""
    names = store.ask("history/scans", **Filter(*AUGUST).params(), skip=0, rows=99)["name"].unique()
    assert names.len() >= len(TEXTS)
    return set(names)


def told_on_paper(name: str) -> str:
    """A name as a PDF gives it back. A letter with marks on it comes as often as it has marks: only what follows it."""
    text = squeezed(drawn(name))
    return text if not any(map(unicodedata.combining, text)) else text[text.index("[") :]


def test_every_office_file_is_sound_and_runs_nothing(made: dict[str, bytes]) -> None:
    for name, content in made.items():
        if not name.endswith(("xlsx", "docx")):
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for part in filter(lambda part: part.endswith((".xml", ".rels")), parts.namelist()):
                root = ElementTree.fromstring(parts.read(part))
                told = [(node.tag.rpartition("}")[2], node.text) for node in root.iter()]
                assert {text for tag, text in told if tag == "instrText"} <= {"PAGE"}, (name, part)
                assert "chart" in part or not {"f", "hyperlink"} & {tag for tag, _ in told}, (name, part)
            assert not [part for part in parts.namelist() if "vba" in part.lower()]


def test_nothing_is_lost_in_tables(unit: Store, made: dict[str, bytes], tmp_path: Path) -> None:
    names = stored(unit)
    rows = list(csv.reader(io.StringIO(made["history.csv"].decode("utf-8-sig"), newline="")))[2:]
    assert not [cell for row in rows for cell in row if re.match(r"\s*[=+\-@\t\r]", cell)]
    told = pl.DataFrame({"n": [row[0] for row in rows]}).select(formulas.unmark(pl.col("n")))["n"]
    assert set(told) >= {name for name in names if not name.startswith("09")}
    listed = fastexcel.read_excel(made["1.xlsx"]).load_sheet(0, header_row=2, dtypes="string").to_polars()
    assert set(listed["Họ và tên"].drop_nulls()) >= {name for name in names if not name.startswith("09")}
    assert PURPOSE.strip() in set(listed["Mục đích"])


@pytest.mark.parametrize("number", [2, 6])
def test_nothing_is_lost_on_paper(unit: Store, made: dict[str, bytes], number: int) -> None:
    text = squeezed("".join(pages(made[f"{number}.pdf"])))
    with pypdfium2.PdfDocument(made[f"{number}.pdf"]) as file:
        for page in file:
            there = page.get_textpage()
            letters = (n for n in range(there.count_chars()) if there.get_text_range(n, 1).isalnum())
            assert max((there.get_charbox(n)[2] for n in letters), default=0) <= page.get_width() - 14.5 / 25.4 * 72, (
                "nothing stands in the right margin"
            )
    word = squeezed("".join(words(made[f"{number + 1}.docx"])))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", text + word)
    for name in stored(unit) if number == 2 else [TEXTS[4], TEXTS[8]]:
        assert told_on_paper(name) in text and squeezed(shown(name)) in word, name


def test_what_document_management_reads_is_the_text_itself(made: dict[str, bytes]) -> None:
    told = json.loads(made["2.json"])
    assert told["addressees"] == [LONG[:490].strip()] or "".join(told["addressees"]).startswith(TEXTS[0])
    assert (told["agency"], told["signer"], told["symbol"]) == (TEXTS[4], TEXTS[7], "X=1")


def test_a_subject_is_one_line_of_a_letter(unit: Store, serve, trusted) -> None:  # noqa: F811
    box, port = serve("starttls")
    mail.set_up(unit, "An", mail.Server(HERE.host, port, "starttls", HERE.user, HERE.sender), "ascii")
    assert settings.get(unit, "unit_name") == TEXTS[4]
    subjects = [f"{text}\r\nBcc: x@example.vn\n" for text in (*TEXTS[:6], TEXTS[7], TEXTS[12])]
    assert mail.send(unit, [Letter("mai@example.vn", subject, "x") for subject in subjects]) == [""] * len(subjects)
    assert [to for _, to, _ in box.letters] == [["mai@example.vn"]] * len(subjects)
    assert [message["Subject"] for _, _, message in box.letters] == [" ".join(subject.split()) for subject in subjects]
    assert all(message["Bcc"] is None and HERE.sender in message["From"] for _, _, message in box.letters)
