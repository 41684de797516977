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
