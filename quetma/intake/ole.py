"""OLE compound files, the container of XLS: sectors of bytes, and tables that say which sector comes after which.

A reader follows such a chain until it ends; in a damaged file it may come back to where it was, and the reader
(calamine) goes round until there is no memory left. So every chain is followed here first. And it asks for memory for
all cells between the first and the last that a sheet names, however far apart: so the numbers are looked at here first.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import NamedTuple

HEADER = 512
# Where the header says so.
FIRST_TABLES, FIRST_OF_TABLES, NEXT_TABLES, SMALL_TABLE, NAMES, SMALLER = 76, 109, 68, 60, 48, 56
SECTOR_SIZE = 30
ENTRY, SMALL = 128, 64  # bytes of an entry in the directory, of a small sector
WORKBOOK = ("Workbook", "Book")
# Records of a workbook: the last of a part, where a sheet begins, how large it is; and cells: their row, their column.
LAST, SHEET, DIMENSIONS = 0x000A, 0x0085, 0x0200
CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS = 65_536, 256, 1_000
END = 0xFFFFFFFA  # this number and those above it are no sectors


class _Tables(NamedTuple):
    """How large a sector is, and which comes after which; the same of the small ones, which lie in others."""

    size: int
    following: array
    small: array


def chains_end(content: bytes) -> bool:
    """Whether every chain of sectors comes to an end. content: a file that begins as an OLE file does."""
    tables = _tables(content)
    return tables is not None and _ends(tables.following) and _ends(tables.small)


def sizes_are_possible(content: bytes) -> bool:
    """Whether no sheet of an XLS has more rows or columns than one can have. Every chain of sectors must end."""
    for stream in _workbooks(content):
        begins = [_number(stream, at) for kind, at, length in _records(stream, 0) if kind == SHEET and length >= 4]
        if len(begins) > MOST_SHEETS:
            return False
        if not all(_sheet_is_possible(stream, at) for at in {0, *begins}):
            return False
    return True


def _sheet_is_possible(stream: bytes, begin: int) -> bool:
    for kind, at, length in _records(stream, begin):
        if kind == DIMENSIONS and length in (10, 14):
            told = struct.unpack_from("<4H" if length == 10 else "<2I2H", stream, at)
            if not (told[0] <= told[1] <= MOST_ROWS and told[2] <= told[3] <= MOST_COLUMNS):
                return False
        elif kind in CELLS and length >= 4 and struct.unpack_from("<H", stream, at + 2)[0] >= MOST_COLUMNS:
            return False  # of rows there cannot be too many: two bytes say which
    return True


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """The records of a part of a workbook that begins there: of each its kind, where what it says begins, and how long
    that is.
    """
    unpack = struct.Struct("<2H").unpack_from
    while at + 4 <= len(stream):
        kind, length = unpack(stream, at)
        if kind == LAST or at + 4 + length > len(stream):
            return
        yield kind, at + 4, length
        at += 4 + length


def _workbooks(content: bytes) -> Iterator[bytes]:
    """The streams that may hold a workbook's records."""
    tables = _tables(content)
    if tables is None:
        return
    size, root = tables.size, b""
    names = _chain(content, size, size, tables.following, _number(content, NAMES))
    for at in range(0, len(names) - ENTRY + 1, ENTRY):
        entry = names[at : at + ENTRY]
        begins, length = _number(entry, 116), _number(entry, 120)
        if at == 0:
            root = _chain(content, size, size, tables.following, begins)
        elif entry[:64].decode("utf-16-le", "replace").partition("\0")[0] not in WORKBOOK:
            continue
        elif length < _number(content, SMALLER):
            yield _chain(root, SMALL, 0, tables.small, begins)[:length]
        else:
            yield _chain(content, size, size, tables.following, begins)[:length]


def _chain(content: bytes, size: int, begin: int, following: array, at: int) -> bytes:
    """The sectors from number `at` on, one after the other. begin: where number 0 begins."""
    found = []
    while at < len(following):
        found.append(content[begin + at * size : begin + (at + 1) * size])
        at = following[at]
    return b"".join(found)


def _tables(content: bytes) -> _Tables | None:
    """None where the file cannot be one."""
    if len(content) < HEADER:
        return None
    power = int.from_bytes(content[SECTOR_SIZE : SECTOR_SIZE + 2], "little")
    if power not in (9, 12):  # 512 or 4,096 bytes
        return None
    size = 1 << power

    def sector(number: int) -> array:
        return _numbers(content[(number + 1) * size : (number + 2) * size])

    tables = _numbers(content[FIRST_TABLES : FIRST_TABLES + 4 * FIRST_OF_TABLES])
    more, seen = _number(content, NEXT_TABLES), set[int]()
    while more < END:
        numbers = sector(more)
        if more in seen or not numbers:
            return None
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
    return _Tables(size, following, small)


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
