"""Accounts: made once, with a password worth the name; checked without telling whether the name exists."""

from datetime import timedelta

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
        ("An", "password1234", "leader"),
        ("An", "matkhau123456", "leader"),
        ("An", "Mật khẩu 2026", "leader"),
        ("An", "qwertyuiop12", "leader"),
        ("An", "quanlythitruong", "leader"),
        ("Hà Minh Tôn", "haminhton2026", "leader"),
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


def test_a_first_password_is_good_for_some_days_and_only_until_it_is_changed(empty_store, monkeypatch):
    name, first = accounts.add_first(empty_store, "Bình", "viewer", "An")
    assert accounts.verify(empty_store, name, first) == "viewer"
    assert accounts.find(empty_store, name).must_change
    with pytest.raises(AccountError, match="first password"):
        accounts.set_password(empty_store, name, first)
    accounts.set_password(empty_store, name, GOOD)
    assert accounts.verify(empty_store, name, first) is None
    assert not accounts.find(empty_store, name).must_change
    again = accounts.reset(empty_store, name, "An")
    assert accounts.verify(empty_store, name, GOOD) is None and accounts.find(empty_store, name).must_change
    late = accounts.now() + accounts.FIRST_LASTS
    monkeypatch.setattr(accounts, "now", lambda: late)
    assert accounts.verify(empty_store, name, again) is None


def test_a_password_that_was_chosen_does_not_age(empty_store, monkeypatch):
    name, _ = accounts.add_first(empty_store, "Bình", "viewer", "An")
    accounts.set_password(empty_store, name, GOOD)
    late = accounts.now() + timedelta(days=3650)
    monkeypatch.setattr(accounts, "now", lambda: late)
    assert accounts.verify(empty_store, name, GOOD) == "viewer"
    assert not accounts.find(empty_store, name).must_change


def test_an_account_is_switched_off_and_on_but_never_the_only_leader(empty_store):
    accounts.add(empty_store, "An", GOOD, "leader")
    for change in (
        lambda: accounts.switch(empty_store, "An", False, "An"),
        lambda: accounts.set_role(empty_store, "An", "viewer", "An"),
    ):
        with pytest.raises(AccountError, match="only leader") as refusal:
            change()
        assert refusal.value.message in catalogue("vi")
    accounts.add(empty_store, "Bình", GOOD, "gatekeeper")
    accounts.set_role(empty_store, "Bình", "leader", "An")
    accounts.switch(empty_store, "An", False, "Bình")
    assert accounts.verify(empty_store, "An", GOOD) is None
    with pytest.raises(AccountError, match="only leader"):
        accounts.set_role(empty_store, "Bình", "viewer", "Bình")
    accounts.switch(empty_store, "An", True, "Bình")
    assert accounts.verify(empty_store, "An", GOOD) == "leader"
    actions = [row[0] for row in empty_store.cursor().execute("SELECT action FROM audit").fetchall()]
    assert actions == ["account_created"] * 2 + ["role_changed", "account_off", "account_on"]
