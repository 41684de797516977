"""Printed codes are read back from the pixels of the page, also by a poor camera."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from quetma import intake, posters
from quetma.documents import poster
from quetma.posters import PosterError
from quetma.store import Store, open_store
from tests.intake import prepare

BASE = "https://checkin.example.vn"
PPI = 100
MM = PPI / 25.4


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_store(tmp_path_factory.mktemp("posters"))
    log = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\nA,0912000001,24/08/2021 08:00,Trụ sở Mai Sơn,Vào\n"
    log += "A,0912000001,24/08/2021 10:00,Điểm kiểm tra Yên Châu,Vào\n"
    intake.load(store, prepare(store, "a.csv", log.encode()), "Test")
    store.set("unit_name", "Đội Quản lý thị trường số 2")
    posters.set_public_address(store, BASE, "Test")
    posters.make(store, 1, "Test")
    posters.make(store, 2, "Test", "https://qr.tokhaiyte.vn/?id=" + "A1b2" * 12)
    yield store
    store.close()


def page(store: Store, *locations: int, size: str = "a4") -> Image.Image:
    chosen = [found for location in locations if (found := posters.valid(store, location))]
    picture = Image.open(io.BytesIO(poster.page_png(store, chosen, size, ppi=PPI)))
    return picture.convert("L")


def read(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


def expected(store: Store, location: int) -> str:
    found = posters.valid(store, location)
    assert found
    return posters.says(store, found)


@pytest.mark.parametrize("location", [1, 2])
def test_a_printed_code_says_its_address(unit: Store, location: int):
    assert read(page(unit, location)) == [expected(unit, location)]
    assert expected(unit, 1).startswith(f"{BASE}/c/")
    assert expected(unit, 2).startswith("https://qr.tokhaiyte.vn/")


def test_the_code_is_as_large_as_asked_for_with_its_quiet_zone(unit: Store):
    picture = page(unit, 1)
    [code] = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    corners = code.position
    left, right = corners.top_left.x, corners.bottom_right.x
    top, bottom = corners.top_left.y, corners.bottom_right.y
    assert (right - left) / MM >= 150
    assert (bottom - top) / MM >= 150
    square = (right - left) / 45
    around = picture.crop((int(left - 2.5 * square), int(top - 2.5 * square), int(right + 2.5 * square), int(top - 3)))
    assert around.getextrema()[0] > 200, "nothing is printed in the white around the code"
    assert code.ec_level == "H"


def blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(MM * 1.2))


def tilted(picture: Image.Image) -> Image.Image:
    """Turned by 17 degrees, and seen from the side and below."""
    turned = picture.rotate(17, expand=True, fillcolor=255)
    w, h = turned.size
    seen = [(0.12 * w, 0.05 * h), (0.95 * w, 0.0), (0.85 * w, 0.9 * h), (0.0, h)]
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, [(0, 0), (w, 0), (w, h), (0, h)], strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    lens = np.linalg.solve(np.array(rows, dtype=float), np.array(values, dtype=float))
    return turned.transform((w, h), Image.Transform.PERSPECTIVE, lens, Image.Resampling.BICUBIC, fillcolor=255)


def far(picture: Image.Image) -> Image.Image:
    return picture.resize((picture.width // 4, picture.height // 4), Image.Resampling.BILINEAR)


def soiled(picture: Image.Image) -> Image.Image:
    """A fifth of the code's surface under one stain, not over the corners that a camera looks for.

    At this place any code is read; right in the middle one stain spoils more of the code's words than level H can mend.
    """
    [code] = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    left, top, right, bottom = (
        code.position.top_left.x, code.position.top_left.y, code.position.bottom_right.x, code.position.bottom_right.y
    )  # fmt: skip
    side = (right - left) * 0.2**0.5
    x, y = left + (right - left) * 0.5, top + (bottom - top) * 0.28
    dirty = picture.copy()
    ImageDraw.Draw(dirty).rectangle((x, y, min(x + side, right), min(y + side, bottom)), fill=110)
    assert min(x + side, right) == x + side, "all of the stain lies on the code"
    return dirty


@pytest.mark.parametrize("harm", [blurred, tilted, far, soiled], ids=lambda harm: harm.__name__)
@pytest.mark.parametrize("location", [1, 2])
def test_a_code_is_read_all_the_same(unit: Store, harm: Callable[[Image.Image], Image.Image], location: int):
    assert read(harm(page(unit, location))) == [expected(unit, location)]


def test_desk_cards_fill_their_sheet(unit: Store):
    assert sorted(read(page(unit, 1, size="desk"))) == [expected(unit, 1)] * 4
    assert sorted(read(page(unit, 1, 2, size="desk"))) == sorted([expected(unit, 1), expected(unit, 2)] * 2)


def test_the_pdf_has_a_page_for_each_and_its_font_in_it(unit: Store):
    chosen = [found for location in (1, 2) if (found := posters.valid(unit, location))]
    content = poster.pdf(unit, chosen)
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") + content.count(b"/Type/Page/") >= 2 or content.count(b"/Page") >= 2
    assert b"LiberationSans" in content
    assert len(content) < 300_000


def test_the_bare_code_as_svg_and_png(unit: Store):
    found = posters.valid(unit, 1)
    assert found
    assert read(Image.open(io.BytesIO(poster.png(unit, found)))) == [expected(unit, 1)]
    assert poster.svg(unit, found).startswith(b"<?xml")


def test_a_retired_code_is_no_longer_the_one_to_print(empty_store: Store):
    log = "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\nA,0912000001,24/08/2021 08:00,Mai Sơn,Vào\n"
    intake.load(empty_store, prepare(empty_store, "a.csv", log.encode()), "Test")
    first = posters.make(empty_store, 1, "Test")
    second = posters.make(empty_store, 1, "Test")
    assert (first.version, second.version) == (1, 2)
    assert first.token != second.token
    with pytest.raises(PosterError, match="Say why"):
        posters.retire(empty_store, second.poster_id, "Test", "  ")
    posters.retire(empty_store, second.poster_id, "Test", "mất")
    found = posters.valid(empty_store, 1)
    assert found and found.poster_id == first.poster_id
    with pytest.raises(PosterError, match="already"):
        posters.retire(empty_store, second.poster_id, "Test", "mất")
    with pytest.raises(PosterError, match="Say first at which address"):
        poster.pdf(empty_store, [first])
    intake.undo(empty_store, 1, "Test")
    assert empty_store.ask("flow/locations")["name"].to_list() == ["Mai Sơn"], "its code still hangs there"


@pytest.mark.parametrize(
    "text", ["", "checkin.vn", "ftp://x", "https://", "http://a b", "https://a.vn/?x=1", "https://a.vn/x"]
)
def test_an_address_that_no_phone_can_open_is_refused(empty_store: Store, text: str):
    with pytest.raises(PosterError):
        posters.set_public_address(empty_store, text, "Test")


def test_a_payload_too_long_to_print_is_refused(unit: Store):
    with pytest.raises(PosterError, match="300"):
        posters.make(unit, 1, "Test", "x" * 301)


def test_fonts_are_small_and_licensed():
    fonts = list(poster.FONTS.glob("*.ttf"))
    assert len(fonts) == 6
    assert all(path.stat().st_size < 600 * 1024 for path in fonts)
    assert "SIL OPEN FONT LICENSE" in Path(poster.FONTS / "OFL.txt").read_text("utf-8")
