"""docs/security.md: every line of the standard that is looked at has its place there, and what it names is there."""

import re
import tomllib

from quetma.settings import SETTINGS
from quetma.store import ROOT

# ASVS 5.0: how many lines of level 1 each section has, by their numbers, and those of level 2 of four chapters.
LEVEL_1 = {
    "1.2": (1, 2, 3, 4, 5), "1.3": (1, 2), "1.5": (1,), "2.1": (1,), "2.2": (1, 2), "2.3": (1,), "3.2": (1, 2),
    "3.3": (1,), "3.4": (1, 2), "3.5": (1, 2, 3), "4.1": (1,), "4.4": (1,), "5.2": (1, 2), "5.3": (1, 2), "6.1": (1,),
    "6.2": (1, 2, 3, 4, 5, 6, 7, 8), "6.3": (1, 2), "6.4": (1, 2), "7.2": (1, 2, 3, 4), "7.4": (1, 2), "8.1": (1,),
    "8.2": (1, 2), "8.3": (1,), "9.1": (1, 2, 3), "9.2": (1,), "10.4": (1, 2, 3, 4, 5), "11.3": (1, 2), "11.4": (1,),
    "12.1": (1,), "12.2": (1, 2), "13.4": (1,), "14.2": (1,), "14.3": (1,), "15.1": (1,), "15.2": (1,), "15.3": (1,),
}  # fmt: skip
LEVEL_2 = {
    "5.1": (1,), "5.2": (3,), "5.4": (1, 2, 3), "6.1": (2, 3), "6.2": (9, 10, 11, 12), "6.3": (3, 4), "6.4": (3, 4),
    "6.5": (1, 2, 3, 4, 5), "6.6": (1, 2, 3), "6.8": (1, 2, 3, 4), "7.1": (1, 2, 3), "7.3": (1, 2), "7.4": (3, 4, 5),
    "7.5": (1, 2), "7.6": (1, 2), "8.1": (2,), "8.2": (3,), "8.4": (1,),
}  # fmt: skip
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in TEXT.splitlines() if line.startswith("| V")]


def test_every_line_of_the_standard_is_there_once():
    wanted = {f"V{section}.{n}" for level in (LEVEL_1, LEVEL_2) for section, all_of in level.items() for n in all_of}
    assert sum(map(len, LEVEL_1.values())) == 70  # as many as level 1 has
    numbers = [row[0] for row in ROWS]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == wanted


def test_a_line_is_shown_by_something_or_says_why_it_is_not_applicable():
    assert not [row[0] for row in ROWS if not row[2].strip() and not row[1].startswith("Not applicable: ")]


def test_what_is_named_is_there():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    named = {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[2])}
    missing = []
    for name in named:
        kind, _, what = name.partition(":")
        if kind == "setting":
            there = what in SETTINGS
        elif kind == "config":
            section, option = what.split(".")
            there = option in config[section]
        else:
            path, _, test = name.partition("::")
            file = ROOT / path
            there = file.is_file() and re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE)
        if not there:
            missing.append(name)
    assert len(named) > 60
    assert not missing
