"""A unit of thirteen: nothing on any page says that there may be others."""

from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

from quetma.store import ROOT, Store
from tests.conftest import sign_in
from tests.web.test_other_unit import everything, opened
from tests.web.test_page import SCREENS


def words() -> set[str]:
    """What is said of units, where it has no gap: the texts of their catalogue, but for the name of the page."""
    with (ROOT / "quetma" / "locale" / "vi" / "units.po").open("rb") as file:
        texts = {str(message.string) for message in read_po(file) if message.id and "{" not in str(message.string)}
    return texts - {"So sánh", "Đơn vị"}


def test_nobody_in_a_unit_of_thirteen_reads_of_units(demo_store: Store):
    token, said = sign_in(demo_store), words()
    assert len(said) > 25
    for page in set(SCREENS) - {"units"}:
        at: AppTest = opened(token, page)
        for part in at.expander:
            if part.key:
                at.session_state[part.key] = True
        sent = everything(at.run())
        assert {text for text in said if text.encode() in sent} == set(), page
        assert not [box for box in at.selectbox if "unit" in str(box.key)], page
    assert opened(token, "units").info[-1].value == "Ở đây không có gì để so sánh."
