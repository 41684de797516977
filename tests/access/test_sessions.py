"""Sessions: found until they end, however the server was restarted, and never readable from the store."""

import base64
import secrets
import time
from datetime import timedelta

import pytest

from quetma.access import accounts, sessions
from quetma.store import now, open_store

PASSWORD = "một mật khẩu dài"


@pytest.fixture
def leader(empty_store):
    return accounts.add(empty_store, "An", PASSWORD, "leader")


def forget():
    """What a restart does to the memory."""
    sessions._index.clear()


def test_a_session_says_who_in_which_role_in_which_store(empty_store, leader):
    session = sessions.find(sessions.start(empty_store, leader))
    assert (session.account, session.role, session.store) == ("An", "leader", empty_store)


@pytest.mark.parametrize("token", [None, "", "guess"])
def test_no_session_for_what_is_no_token(token):
    assert sessions.find(token) is None


def test_an_ended_session_stays_ended_after_a_restart(empty_store, leader):
    ended, live = sessions.start(empty_store, leader), sessions.start(empty_store, leader)
    sessions.end(ended)
    assert sessions.find(ended) is None
    forget()
    assert sessions.find(live) is None
    sessions.load(empty_store)
    assert sessions.find(ended) is None
    assert sessions.find(live).account == "An"


def test_a_session_is_over_after_its_time(empty_store, leader, monkeypatch):
    token = sessions.start(empty_store, leader)
    empty_store.set("session_idle_minutes", "720")
    late = now() + sessions.limits(empty_store)[0]
    monkeypatch.setattr(sessions, "now", lambda: late - timedelta(seconds=10))
    assert sessions.find(token)
    monkeypatch.setattr(sessions, "now", lambda: late + timedelta(seconds=10))
    assert sessions.find(token) is None
    forget()
    sessions.load(empty_store)
    assert sessions.find(token) is None


def test_a_token_is_256_bits_of_the_systems_chance(empty_store, leader, monkeypatch):
    asked, chance = [], secrets.token_urlsafe
    monkeypatch.setattr(sessions.secrets, "token_urlsafe", lambda count: (asked.append(count), chance(count))[1])
    tokens = {sessions.start(empty_store, leader) for _ in range(20)}
    assert asked == [32] * 20
    assert len(tokens) == 20
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}


def test_the_store_cannot_sign_anybody_in(empty_store, leader):
    token = sessions.start(empty_store, leader)
    (kept,) = empty_store.cursor().execute("SELECT token_hash FROM session").fetchone()
    assert token not in kept
    assert sessions.find(kept) is None


def test_sessions_of_two_stores_do_not_mix(empty_store, leader, tmp_path):
    other = open_store(tmp_path / "other")
    accounts.demo_leader(other)
    token = sessions.start(other, accounts.DEMO)
    forget()
    sessions.load(empty_store)
    assert sessions.find(token) is None
    sessions.load(other)
    assert sessions.find(token).store is other
    other.close()


def test_finding_costs_next_to_nothing(empty_store, leader):
    token = sessions.start(empty_store, leader)
    began = time.perf_counter()
    for _ in range(1000):
        sessions.find(token)
    assert time.perf_counter() - began < 0.1  # 100 µs each, some thirty times what it takes


def test_a_session_nobody_uses_is_over_and_one_in_use_is_not(empty_store, leader, monkeypatch):
    empty_store.set("session_idle_minutes", "30")
    token, other = sessions.start(empty_store, leader), sessions.start(empty_store, leader)
    began = now()
    monkeypatch.setattr(sessions, "now", lambda: began + timedelta(minutes=29))
    sessions.use(sessions.find(token))
    monkeypatch.setattr(sessions, "now", lambda: began + timedelta(minutes=31))
    assert sessions.find(token)
    assert sessions.find(other) is None


def test_sessions_are_listed_with_where_they_are_and_ended_one_by_one_or_all(empty_store, leader):
    tokens = [sessions.start(empty_store, leader, f"10.0.0.{n}", "Firefox/1") for n in range(3)]
    forget()
    sessions.load(empty_store)
    assert {s.address for s in sessions.live(empty_store)} == {"10.0.0.0", "10.0.0.1", "10.0.0.2"}
    assert sessions.live(empty_store)[0].browser == "Firefox/1"
    first = sessions.find(tokens[0])
    sessions.end_key(first.key)
    assert sessions.find(tokens[0]) is None
    kept = sessions.find(tokens[1])
    assert sessions.end_all(empty_store, "An", but=kept.key) == 1
    assert [s.key for s in sessions.live(empty_store)] == [kept.key]
    forget()
    sessions.load(empty_store)
    assert [s.key for s in sessions.live(empty_store)] == [kept.key]


def test_an_account_that_is_switched_off_comes_back_with_no_session(empty_store, leader):
    accounts.add(empty_store, "Binh", PASSWORD, "leader")
    token = sessions.start(empty_store, leader)
    accounts.switch(empty_store, leader, False, "Binh")
    forget()
    sessions.load(empty_store)
    assert sessions.find(token) is None
    with pytest.raises(LookupError):
        sessions.start(empty_store, leader)


def test_ended_are_also_those_that_no_server_has_brought_back(empty_store, leader):
    """A password given anew while the dashboard is off, or an account switched off, and on again another day."""
    accounts.add(empty_store, "Binh", PASSWORD, "leader")
    tokens = [sessions.start(empty_store, name) for name in (leader, leader, "Binh")]
    kept = sessions.find(tokens[1]).key
    forget()
    assert sessions.end_all(empty_store, leader, but=kept) == 0
    accounts.switch(empty_store, leader, False, "Binh")
    sessions.load(empty_store)
    assert [sessions.find(token) is not None for token in tokens] == [False, False, True]
    accounts.switch(empty_store, leader, True, "Binh")
    forget()
    sessions.load(empty_store)
    assert [sessions.find(token) is not None for token in tokens] == [False, True, True]
    sessions.end_all(empty_store, leader)
    forget()
    sessions.load(empty_store)
    assert [sessions.find(token) is not None for token in tokens] == [False, False, True]
