"""Old font encodings are recognised wherever they stand, and good text never is taken for them."""

import csv
import io

import pytest

from quetma import intake
from quetma.demo import FAMILY, GIVEN, SAMPLE
from quetma.intake import oldfonts
from quetma.intake.columns import HEADERS
from quetma.store import Store
from tests.intake import prepare
from tests.intake.files import BOOKS, cp1258, tcvn3, vni

NAMES = [f"{family} {middle} {given}" for family in FAMILY for middle in GIVEN for given in GIVEN[middle]]
FILES = {path.name: path.read_text("utf-8-sig") for path in sorted(SAMPLE.glob("*.csv"))}
WRITE = {"TCVN3": tcvn3, "VNI": vni}


def test_the_tables():
    assert tcvn3("Bảo Thắng, Mường Khương, Bát Xát") == "B¶o Th¾ng, M­êng Kh­¬ng, B¸t X¸t"
    assert vni("Xin chào các bạn, Đặng Thị Mỹ Ửng") == "Xin chaøo caùc baïn, Ñaëng Thò Myõ ÖÛng"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("table", WRITE)
def test_old_text_is_refused_with_how_to_save_it(empty_store: Store, name: str, table: str):
    text = WRITE[table](FILES[name][:6000].rpartition("\n")[0])
    for content in (text.encode("latin-1"), text.encode("utf-8-sig"), text.encode("utf-16")):
        with pytest.raises(intake.IntakeError, match=rf"old {table} font encoding.*UniKey"):
            prepare(empty_store, name, content)


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("table", WRITE)
def test_old_text_in_a_workbook(empty_store: Store, book: str, table: str):
    rows = list(csv.reader(io.StringIO(WRITE[table](FILES["danh-sach-can-bo.csv"]))))
    with pytest.raises(intake.IntakeError, match=f"old {table} font"):
        prepare(empty_store, "a", BOOKS[book]({"A": rows}))


@pytest.mark.parametrize("name", FILES)
def test_good_text_is_read(empty_store: Store, name: str):
    text = FILES[name][:6000].rpartition("\n")[0]
    for content in (text.encode(), cp1258(text), text.encode("utf-16")):
        assert prepare(empty_store, name, content).counts["accepted"]


def test_no_name_looks_like_old_text():
    for start in range(0, len(NAMES), 3):
        some = " ".join(NAMES[start : start + 3])
        stored = cp1258(some)
        assert oldfonts.old_font(some) is None
        assert oldfonts.old_font(stored.decode("cp1258"), stored.decode("latin-1")) is None
        for table, write in WRITE.items():
            old = write("Họ và tên, Địa điểm, Thời gian " + some).encode("latin-1")
            assert oldfonts.old_font(old.decode("cp1258", "replace"), old.decode("latin-1")) == table


@pytest.mark.parametrize(
    "text",
    ["", "Name,Phone,Time", "José Müller, Zoë Böhm, Café Élysée, naïve, François", "12°C, 5 µm, §3, ©, «a»",
     "日本 東京 大阪 京都", "Đắk Lắk, Krông Pắc, Giàng A Lử, Hoàng Thị Ðào", "LÃ² VÄƒn Ãnh"],
)  # fmt: skip
def test_other_languages_are_no_old_text(text: str):
    assert oldfonts.old_font(text) is None


def test_every_word_of_a_header_is_a_syllable():
    words = {w for kind in HEADERS.values() for some in kind.values() for header in some for w in header.split("/")}
    strange = {w for header in words for w in header.split() if not w.isascii() and not oldfonts.is_syllable(w)}
    assert strange <= {"đt", "sđt"}
