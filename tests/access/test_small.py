"""What is told of small groups: nothing from which one or two people follow."""

from collections import defaultdict
from itertools import product

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from quetma.access import small


def test_by_a_rate_one_or_two_are_never_told_apart():
    """Whatever is written says that it may be one person, or two; a leader reads the number."""
    for size in range(1, 40):
        written = defaultdict(set)
        for due in range(1, size + 1):
            for have in range(due + 1):
                assert str(small.rate("leader", have, due, size)) == f"{have}/{due}"
                written[str(small.rate("viewer", have, due, size))].add((have, due))
        for told, cases in written.items():
            if told == "None":
                assert all(due < 3 for _, due in cases)
                continue
            sides = {(have, due - have, size - due) for have, due in cases}
            for counts in map(set, zip(*sides, strict=True)):  # have, have not, do not owe it
                assert not counts & {1, 2} or len(counts) > 1, (told, cases)


def test_a_rate_in_words():
    viewer = [str(small.rate("viewer", have, 13, 13)) for have in (0, 1, 2, 3, 10, 11, 12, 13)]
    assert viewer == ["0/13", "1–2/13", "1–2/13", "3/13", "10/13", "11–12/13", "11–12/13", "13/13"]
    assert str(small.rate("viewer", 2, 4, 4)) == str(small.rate("viewer", 3, 4, 4)) == "1–3/4"
    told, before = small.rate("viewer", 10, 13, 13), small.rate("viewer", 12, 13, 13)
    assert told and before and (told.missing(), before.missing()) == ("3", "1–2")
    assert (told.change(told), told.change(before), before.change(told)) == (0, None, None)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 6)), max_size=12))
def test_what_is_left_out_of_a_whole_is_nobody_or_three_people(rows: list[tuple[int, int]]):
    frame = pl.DataFrame(rows, schema={"whole": pl.Int64, "size": pl.Int64}, orient="row").with_row_index()
    kept = small.apart(frame, ["whole"], "size")
    assert (kept["size"] >= 3).all()
    rest = frame.join(kept, on="index", how="anti")
    for whole in kept["whole"].unique():  # where nothing is kept, the whole is told alone
        out = rest.filter(whole=whole)["size"]
        assert not out.len() or out.sum() >= 3


@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), max_size=8))
def test_what_is_left_out_beside_the_whole_is_of_nobody_or_of_three(groups: list[list[int]]):
    told = small.beside_the_whole(groups)
    for n in range(3) if any(told) else ():  # where nothing is told, the whole stands alone
        assert sum(counts[n] for counts, kept in zip(groups, told, strict=True) if not kept) not in (1, 2)
    for counts, kept in zip(groups, told, strict=True):
        assert not (kept and {1, 2} & set(counts))
    assert all(told) or any({1, 2} & set(counts) for counts in groups), "nothing is left out without a reason"


def test_a_whole_pins_no_part_that_is_left_out():
    """Whatever the parts may be: of each it stays open whether it is one person or two."""
    open_ = 0
    for parts in range(1, 8):
        for together in range(2 * parts + 1):
            may_be = [sizes for sizes in product((1, 2), repeat=parts) if sum(sizes) == together]
            if not small.pins(parts, together):
                open_ += 1
                assert together >= 3 and all(set(sizes) == {1, 2} for sizes in zip(*may_be, strict=True))
    assert open_ and not small.pins(0, 0)


def test_levels_are_put_together_until_each_is_large_enough():
    assert small.merged([("full", 4), ("one", 8), ("none", 1)], "viewer") == [(("full",), 4), (("one", "none"), 9)]
    assert small.merged([("full", 2), ("one", 8), ("none", 3)], "viewer") == [(("full", "one"), 10), (("none",), 3)]
    assert small.merged([("full", 2), ("none", 1)], "leader") == [(("full",), 2), (("none",), 1)]
