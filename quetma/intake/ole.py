"""OLE compound files, the container of XLS: sectors of bytes, and tables that say which sector comes after which.

A reader follows such a chain until it ends; in a damaged file it may come back to where it was, and the reader
(calamine) goes round until there is no memory left. So every chain is followed here first.
"""

import sys
from array import array

HEADER = 512
FIRST_TABLES, FIRST_OF_TABLES, NEXT_TABLES, SMALL_TABLE = 76, 109, 68, 60  # where the header says so
SECTOR_SIZE = 30
END = 0xFFFFFFFA  # this number and those above it are no sectors


def chains_end(content: bytes) -> bool:
    """Whether every chain of sectors comes to an end. content: a file that begins as an OLE file does."""
    if len(content) < HEADER:
        return False
    power = int.from_bytes(content[SECTOR_SIZE : SECTOR_SIZE + 2], "little")
    if power not in (9, 12):  # 512 or 4,096 bytes
        return False
    size = 1 << power

    def sector(number: int) -> array:
        return _numbers(content[(number + 1) * size : (number + 2) * size])

    tables = _numbers(content[FIRST_TABLES : FIRST_TABLES + 4 * FIRST_OF_TABLES])
    more, seen = _number(content, NEXT_TABLES), set[int]()
    while more < END:
        numbers = sector(more)
        if more in seen or not numbers:
            return False
        seen.add(more)
        tables, more = tables + numbers[:-1], numbers[-1]
    following = array("I")
    for number in tables:
        if number < END:
            following += sector(number)
    small, at, steps = array("I"), _number(content, SMALL_TABLE), 0
    while at < len(following) and steps <= len(following):
        small += sector(at)
        at, steps = following[at], steps + 1
    return _ends(following) and _ends(small)


def _ends(following: array) -> bool:
    """Whether from no number one comes back to it."""
    done = bytearray(len(following))  # 0 not seen, 1 on this way, 2 known to end
    for start in range(len(following)):
        way = []
        at = start
        while at < len(following) and not done[at]:
            done[at] = 1
            way.append(at)
            at = following[at]
        if at < len(following) and done[at] == 1:
            return False
        for number in way:
            done[number] = 2
    return True


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "little")


def _numbers(content: bytes) -> array:
    """Whole numbers of four bytes, the lowest first."""
    found = array("I", content[: len(content) // 4 * 4])
    if sys.byteorder == "big":
        found.byteswap()
    return found
