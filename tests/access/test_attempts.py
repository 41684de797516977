"""Guessing of passwords is slowed down; a person who mistypes is not."""

from quetma.access.attempts import FIRST_WAIT, FREE, FREE_OF_ADDRESS, REMEMBERED, Attempts


class Clock:
    time = 0.0

    def __call__(self):
        return self.time


def test_a_wait_after_a_few_then_longer_ones():
    attempts = Attempts(clock := Clock())
    assert [attempts.begin("an", "1") for _ in range(FREE)] == [0] * FREE
    waits = []
    for _ in range(8):
        waits.append(attempts.begin("an", "1"))
        clock.time += waits[-1]
        assert attempts.begin("an", "1") == 0  # the wait is over: one more try
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_waiting_is_not_lengthened_by_asking_again():
    attempts = Attempts(clock := Clock())
    for _ in range(FREE):
        attempts.begin("an", "1")
    for _ in range(20):
        assert attempts.begin("an", "1") > 0
    clock.time += FIRST_WAIT
    assert attempts.begin("an", "1") == 0


def test_another_person_or_place_need_not_wait():
    attempts = Attempts(Clock())
    for _ in range(FREE):
        attempts.begin("an", "1")
    assert attempts.begin("an", "1") > 0
    assert attempts.begin("binh", "1") == 0
    assert attempts.begin("an", "2") == 0


def test_one_address_trying_many_names_must_wait():
    attempts = Attempts(Clock())
    for n in range(FREE_OF_ADDRESS):
        assert attempts.begin(f"name {n}", "1") == 0
    assert attempts.begin("another", "1") > 0
    assert attempts.begin("an", "2") == 0  # and whoever signs in elsewhere is not held up by that


def test_the_right_password_clears_the_count():
    attempts = Attempts(Clock())
    for _ in range(FREE_OF_ADDRESS * 2):
        assert attempts.begin("an", "1") == 0
        attempts.succeeded("an", "1")


def test_all_is_forgotten_in_time():
    attempts = Attempts(clock := Clock())
    for _ in range(FREE):
        attempts.begin("an", "1")
    clock.time += REMEMBERED
    assert [attempts.begin("an", "1") for _ in range(FREE)] == [0] * FREE
    assert len(attempts._tried) == 2


def test_a_machine_with_many_addresses_is_one():
    """Whoever has IPv6 has 2^64 addresses, in one /64."""
    attempts = Attempts(Clock())
    waits = [attempts.begin("an", f"2001:db8:0:1::{n:x}") for n in range(FREE + 1)]
    assert waits == [0] * FREE + [FIRST_WAIT]
    assert attempts.begin("an", "2001:db8:0:2::1") == 0
    for n in range(FREE):
        assert attempts.begin("binh", f"10.0.0.{n}") == 0
    assert attempts.begin("binh", "::ffff:10.0.0.1") == 0  # the fourth of that one: not a place for all of IPv4
    attempts.succeeded("an", "2001:db8:0:1::ffff")
    assert attempts.begin("an", "2001:db8:0:1::1") == 0
