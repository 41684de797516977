"""The second factor: right once, on time, and never readable where codes on paper are kept."""

import base64
import math
import secrets

import pyotp
import pytest

from quetma.access import accounts, second

PASSWORD = "một mật khẩu dài"


@pytest.fixture
def clock(monkeypatch):
    """Seconds that a test moves on."""
    at = [1_800_000_000]
    monkeypatch.setattr(second, "_seconds", lambda: at[0])
    return at


@pytest.fixture
def kept(empty_store, clock):
    """An account with its secret and its codes on paper."""
    accounts.add(empty_store, "An", PASSWORD, "leader")
    secret = second.new_secret()
    codes = second.confirm(empty_store, "An", secret, pyotp.TOTP(secret).at(clock[0]))
    clock[0] += 30
    return secret, codes


def test_a_wrong_first_code_switches_nothing_on(empty_store, clock):
    accounts.add(empty_store, "An", PASSWORD, "leader")
    secret = second.new_secret()
    wrong = f"{(int(pyotp.TOTP(secret).at(clock[0])) + 1) % 1_000_000:06}"
    assert second.confirm(empty_store, "An", secret, wrong) is None
    assert not accounts.find(empty_store, "An").second


def test_a_code_is_taken_once_and_none_older_than_it(empty_store, clock, kept):
    totp = pyotp.TOTP(kept[0])
    assert second.check(empty_store, "An", totp.at(clock[0]))
    assert not second.check(empty_store, "An", totp.at(clock[0]))
    assert not second.check(empty_store, "An", totp.at(clock[0] - 30))
    clock[0] += 30
    assert second.check(empty_store, "An", " ".join(totp.at(clock[0])))


@pytest.mark.parametrize(("off", "right"), [(-60, False), (-30, False), (0, True), (30, True), (60, False)])
def test_a_phones_clock_may_be_off_by_half_a_minute(empty_store, clock, kept, off, right):
    """Behind as well, but for a code that was taken already: the first is the one that switched it on."""
    assert second.check(empty_store, "An", pyotp.TOTP(kept[0]).at(clock[0] + off)) == right


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "000000' OR 1=1"])
def test_what_is_no_code(empty_store, kept, code):
    assert not second.check(empty_store, "An", code)


def test_what_is_made_here_is_long_enough_and_comes_from_the_systems_chance(empty_store, clock, monkeypatch):
    """Bits: 160 of a secret, 49 of a code on paper; argon2id keeps each code under a salt of its own."""
    asked = []
    chance = secrets.choice
    monkeypatch.setattr(second.secrets, "choice", lambda signs: (asked.append(len(signs)), chance(signs))[1])
    accounts.add(empty_store, "An", PASSWORD, "leader")
    secret = second.new_secret()
    assert len(base64.b32decode(secret)) * 8 >= 160
    codes = second.confirm(empty_store, "An", secret, pyotp.TOTP(secret).at(clock[0]))
    assert sum(math.log2(signs) for signs in asked) / len(codes) >= 49
    kept = [code for (code,) in empty_store.cursor().execute("SELECT code_hash FROM recovery_code").fetchall()]
    assert all(code.startswith("$argon2id$") for code in kept)
    assert len({code.split("$")[4] for code in kept}) == len(codes) == second.RECOVERY


def test_a_code_on_paper_is_taken_once_and_kept_as_a_hash(empty_store, kept):
    one, other = kept[1][:2]
    assert len(set(kept[1])) == second.RECOVERY
    rows = empty_store.cursor().execute("SELECT code_hash FROM recovery_code").fetchall()
    assert not [code for code in kept[1] if any(code in row[0] for row in rows)]
    assert second.check(empty_store, "An", f" {one[:5]}-{one[5:]} ".upper())
    assert not second.check(empty_store, "An", one)
    assert second.check(empty_store, "An", other)


def test_another_phone_makes_the_old_one_and_its_paper_worthless(empty_store, clock, kept):
    secret = second.new_secret()
    second.confirm(empty_store, "An", secret, pyotp.TOTP(secret).at(clock[0]))
    clock[0] += 30
    assert not second.check(empty_store, "An", pyotp.TOTP(kept[0]).at(clock[0]))
    assert not second.check(empty_store, "An", kept[1][0])


def test_it_is_taken_away_by_somebody_else(empty_store, kept):
    empty_store.set("leaders_second_factor", "yes")
    second.reset(empty_store, "An", "shell:root")
    account = accounts.find(empty_store, "An")
    assert not account.second and second.needed(empty_store, account)
    assert not second.check(empty_store, "An", kept[1][0])
    last = empty_store.cursor().execute("SELECT account, action FROM audit ORDER BY logged_at DESC LIMIT 1").fetchone()
    assert last == ("shell:root", "second_factor_off")
