"""What stands at the head and foot of official documents is kept as said, or refused."""

import pytest

from quetma import agency, settings
from quetma.agency import Agency, AgencyError
from quetma.store import Store


def test_it_is_kept_tidied_and_audited(empty_store: Store) -> None:
    assert agency.of(empty_store) == Agency() and "signer" in Agency().missing
    said = Agency("Cục  QLTT\n", "", "ĐQLTT2", "Sơn La", "", "Đội trưởng", "An", (" Như trên ", "", "Lãnh đạo\tĐội"))
    kept = agency.change(empty_store, "An", said)
    assert (kept.parent, kept.recipients) == ("Cục QLTT", ("Như trên", "Lãnh đạo Đội"))
    empty_store.set("unit_name", "Đội QLTT số 2")
    assert agency.of(empty_store).name == "Đội QLTT số 2", "the unit's name until it has one of its own"
    agency.change(empty_store, "An", kept)
    audited = empty_store.cursor().execute("SELECT subject FROM audit WHERE action = 'change agency'").fetchall()
    assert audited == [("parent, symbol, place, title, signer, recipients",)], "saved as it was is no change"


def test_the_unit_is_called_so_everywhere(empty_store: Store) -> None:
    agency.change(empty_store, "An", Agency(name="Đội QLTT số 2"))
    assert settings.get(empty_store, "unit_name") == "Đội QLTT số 2"
    agency.change(empty_store, "An", Agency(name="Đội QLTT số 3"))
    assert settings.get(empty_store, "unit_name") == "Đội QLTT số 3"
    empty_store.set("unit_name", "Đội 3, Sơn La")
    agency.change(empty_store, "An", Agency(name="Đội QLTT số 4"))
    assert settings.get(empty_store, "unit_name") == "Đội 3, Sơn La", "a name of its own stays"


@pytest.mark.parametrize(
    "wrong", [Agency(signer="x" * 201), Agency(recipients=("x",) * 21), Agency(recipients=("x" * 201,))]
)
def test_what_no_document_can_hold_is_refused(empty_store: Store, wrong: Agency) -> None:
    with pytest.raises(AgencyError):
        agency.change(empty_store, "An", wrong)
    assert agency.of(empty_store) == Agency()
