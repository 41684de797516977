"""Accounts: made once, with a password worth the name; checked without telling whether the name exists."""

import pytest

from quetma.access import accounts
from quetma.access.accounts import AccountError
from quetma.language import catalogue

GOOD = "một mật khẩu dài"


def test_an_account_is_made_and_verified(empty_store):
    assert not accounts.exist(empty_store)
    assert accounts.add(empty_store, "  Hà  Minh Tôn ", GOOD, "leader") == "Hà Minh Tôn"
    assert accounts.exist(empty_store)
    assert accounts.verify(empty_store, "Hà Minh Tôn", GOOD) == "leader"
    assert accounts.verify(empty_store, "ha minh ton", GOOD) == "leader"  # a keyboard without tones
    assert accounts.verify(empty_store, "Hà Minh Tôn", GOOD + "x") is None
    assert accounts.verify(empty_store, "Ai Đó", GOOD) is None


def test_a_password_is_the_same_however_the_keyboard_composes_its_tones(empty_store):
    from unicodedata import normalize

    accounts.add(empty_store, "An", normalize("NFD", GOOD), "viewer")
    assert accounts.verify(empty_store, "An", normalize("NFC", GOOD)) == "viewer"


def test_the_store_holds_no_password(empty_store):
    accounts.add(empty_store, "An", GOOD, "viewer")
    (kept,) = empty_store.cursor().execute("SELECT password_hash FROM account").fetchone()
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept


@pytest.mark.parametrize(
    ("name", "password", "role"),
    [
        ("An", "ngắn", "leader"),
        ("An", "x" * 201, "leader"),
        ("An", "aaaaaaaaaaaa", "leader"),
        ("Nguyễn Văn An", "nguyen van an", "leader"),
        ("", GOOD, "leader"),
        ("x" * 61, GOOD, "leader"),
        ("An\x00Bình", GOOD, "leader"),
        ("An", GOOD, "admin"),
    ],
)
def test_what_is_refused_leaves_nothing_and_is_said_in_vietnamese(empty_store, name, password, role):
    with pytest.raises(AccountError) as refusal:
        accounts.add(empty_store, name, password, role)
    assert not accounts.exist(empty_store)
    assert refusal.value.message in catalogue("vi")


def test_a_name_is_given_once_tones_and_case_aside(empty_store):
    accounts.add(empty_store, "Hoà", GOOD, "viewer")
    with pytest.raises(AccountError, match="already an account"):
        accounts.add(empty_store, "HÒA", GOOD, "leader")


def test_only_one_first_account(empty_store):
    accounts.add(empty_store, "An", GOOD, "leader", first=True)
    with pytest.raises(AccountError, match="meanwhile"):
        accounts.add(empty_store, "Bình", GOOD, "leader", first=True)


def test_nobody_signs_in_as_the_demo_leader(empty_store):
    name = accounts.demo_leader(empty_store)
    assert accounts.demo_leader(empty_store) == name
    assert accounts.find(empty_store, name).role == "leader"
    assert not accounts.exist(empty_store)
    assert accounts.verify(empty_store, name, "") is None


def test_making_an_account_is_in_the_audit(empty_store):
    accounts.add(empty_store, "An", GOOD, "viewer")
    rows = empty_store.cursor().execute("SELECT account, action, subject, detail FROM audit").fetchall()
    assert rows == [("An", "account_created", "An", "viewer")]
