"""Everybody's names and phones, in memory: finding people by a word or some digits of a million reads no text a million
times. Names are numbers into a list of all that there are; phones are characters side by side. What is found is asked
of the store, which alone says what holds.

A million people take some 35 MB. Who comes, goes or is called otherwise is read again, they alone (`Everybody.note`).
"""

import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from quetma.people import given_first
from quetma.watch import Watch

LEAD = 9  # characters of a phone, + and eight digits, by which those that begin so are found at once
ROWS = pl.Schema(
    {
        "person_id": pl.Int64, "name_key": pl.String, "phone": pl.String, "birth_year": pl.Int16, "masked": pl.Boolean,
        "identity": pl.String,
    }
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """Everybody as of some moment, by number. names: every name there is, and perhaps some that there were, by given
    name: name_key, sort_key, and told, with a space around. name: of each person its row there. phones: a row a
    character, 0 after the last. lead: the first `LEAD` characters as a number, -1 for none. born: 0 for no year. shown:
    of the masked ones what the log showed.
    """

    numbers: np.ndarray
    names: pl.DataFrame
    name: np.ndarray
    phones: np.ndarray
    lead: np.ndarray
    born: np.ndarray
    masked: np.ndarray
    shown: pl.DataFrame

    @classmethod
    def of(cls, rows: pl.DataFrame, names: pl.DataFrame) -> "People":
        """Of rows of the table person, ordered by number (`ROWS`). names: theirs, and perhaps others."""
        name = rows.select("name_key").join(
            names.with_row_index("name"), on="name_key", how="left", maintain_order="left"
        )
        phones = rows["phone"].fill_null("")
        width = max([LEAD, *phones.str.len_bytes().unique()])
        text = phones.str.pad_end(width, "\0").str.join("").item().encode() if rows.height else b""
        characters = np.ascontiguousarray(np.frombuffer(text, np.uint8).reshape(-1, width).T)
        return cls(
            rows["person_id"].to_numpy(), names, name["name"].to_numpy(), characters, _lead(characters),
            rows["birth_year"].fill_null(0).to_numpy(), rows["masked"].to_numpy(),
            rows.filter("masked").select("person_id", "identity"),
        )  # fmt: skip

    def places(self, numbers: pl.Series) -> np.ndarray:
        """Of each of these people where they stand here; -1: nowhere."""
        asked = numbers.to_numpy()
        if not len(self.numbers):
            return np.full(len(asked), -1)
        at = np.searchsorted(self.numbers, asked).clip(max=len(self.numbers) - 1)
        return np.where(self.numbers[at] == asked, at, -1)

    def marked(self, numbers: pl.Series) -> np.ndarray:
        """Of each person here whether they are one of these."""
        marks = np.zeros(len(self.numbers), bool)
        at = self.places(numbers)
        marks[at[at >= 0]] = True
        return marks

    def with_piece(self, pieces: Collection[str]) -> np.ndarray:
        """Of each person here whether one of these stands in their phone, or in what the log showed of a masked one."""
        found = np.zeros(len(self.numbers), bool)
        for piece in map(str.encode, pieces):
            for first in range(len(self.phones) - len(piece) + 1):
                found |= self._at(first, piece)
        found[self.masked] = False
        shown = self.shown.filter(pl.col("identity").str.contains_any(list(pieces)))
        return found | self.marked(shown["person_id"])

    def has_phone(self) -> np.ndarray:
        """Of each person here whether they have one."""
        return self.phones[0] > 0

    def with_phone(self, phone: str) -> np.ndarray:
        """Of each person here whether that is their phone."""
        return self._at(0, phone.encode().ljust(len(self.phones), b"\0"))

    def beginning(self, beginnings: Collection[str]) -> np.ndarray:
        """Of each person here whether their phone begins with one of these, which are equally long, or perhaps so:
        no more than `LEAD` characters are compared.
        """
        length = min(LEAD, *map(len, beginnings))
        sought = pl.Series([_number(begin[:length]) for begin in beginnings], dtype=pl.Int32)
        return pl.Series(self.lead // 10 ** (LEAD - length)).is_in(sought.implode()).to_numpy()

    def rows(self, which: np.ndarray) -> pl.DataFrame:
        """The people at these places: person_id, name_key, sort_key, phone."""
        text = np.ascontiguousarray(self.phones[:, which].T).view(f"S{len(self.phones)}").ravel()
        phones = pl.Series(text.astype(str), dtype=pl.String)
        return self.names[self.name[which]].select(
            "name_key",
            "sort_key",
            person_id=pl.Series(self.numbers[which]),
            phone=pl.when(phones != "").then(phones),
        )

    def _at(self, first: int, piece: bytes) -> np.ndarray:
        """Of each person here whether these characters stand in their phone at that place."""
        if len(piece) > len(self.phones):
            return np.zeros(len(self.numbers), bool)
        found = self.phones[first] == piece[0]
        for number, one in enumerate(piece[1:], first + 1):
            if not found.any():
                break
            found &= self.phones[number] == one
        return found

    def again(self, changed: Collection[int], rows: pl.DataFrame) -> "People":
        """The same after a change of these people; rows: of those that are still there."""
        names, name = self.names, self.name
        fresh = _names(rows.join(names, on="name_key", how="anti")["name_key"])
        if not fresh.is_empty():
            table = pl.concat([names, fresh]).with_row_index("before").sort("sort_key")
            moved = np.empty(table.height, name.dtype)
            moved[table["before"]] = np.arange(table.height)
            names, name = table.drop("before"), moved[name]
        new = People.of(rows, names)
        before = pl.Series(list(changed), dtype=pl.Int64)
        there = self.marked(before)
        kept = ~there if there.any() else slice(None)
        numbers = self.numbers[kept]
        at = np.searchsorted(numbers, new.numbers)
        last = bool((at == len(numbers)).all())  # as nearly always: who is new has a number that nobody had
        width = max(len(self.phones), len(new.phones))

        def put(mine: np.ndarray, more: np.ndarray) -> np.ndarray:
            mine = mine[..., kept]
            return np.concatenate([mine, more], axis=-1) if last else np.insert(mine, at, more, axis=-1)

        shown = self.shown.filter(~pl.col("person_id").is_in(before.implode()))
        return People(
            put(self.numbers, new.numbers), names, put(name, new.name),
            put(_wide(self.phones, width), _wide(new.phones, width)), put(self.lead, new.lead),
            put(self.born, new.born), put(self.masked, new.masked), pl.concat([shown, new.shown]),
        )  # fmt: skip


def _names(keys: pl.Series) -> pl.DataFrame:
    """`People.names` of folded names."""
    keys = pl.Series("name_key", keys.unique().to_list(), pl.String)  # of their own: else all that was read is kept
    return pl.DataFrame({"name_key": keys, "sort_key": given_first(keys), "told": " " + keys + " "}).sort("sort_key")


def _lead(characters: np.ndarray) -> np.ndarray:
    """The first characters of phones as a number, + as nothing; -1 where there are none or others."""
    lead = np.zeros(characters.shape[1], np.int32)
    good = characters[0] == ord("+")
    for one in characters[1:LEAD]:
        good &= (one >= ord("0")) & (one <= ord("9"))
        lead = lead * 10 + (one & 15)
    return np.where(good, lead, np.int32(-1))


def _number(begin: str) -> int:
    """How a phone begins, as in `People.lead`."""
    return int(begin[1:] or "0") if begin.startswith("+") and begin[1:].isdigit() else -2


def _wide(phones: np.ndarray, width: int) -> np.ndarray:
    return phones if len(phones) == width else np.pad(phones, ((0, width - len(phones)), (0, 0)))


class Everybody:
    """Everybody of one store, for all threads; read when somebody first asks. ask: answers the named queries."""

    def __init__(self, ask: Callable[..., pl.DataFrame]) -> None:
        self._ask = ask
        self._reading, self._noting = threading.Lock(), threading.Lock()
        self._people: People | None = None
        self._changed: set[int] = set()  # since it was read

    def now(self) -> People:
        """Everybody as the store has them."""
        with self._reading:
            with self._noting:  # what is noted from here on may or may not be seen below: it is read again
                changed, self._changed = self._changed, set()
            people, self._people = self._people, None  # should reading fail, everybody is read again
            if people is None:
                rows = self._ask("people/everybody").cast(ROWS)
                people = People.of(rows, _names(rows["name_key"]))
            elif changed:
                people = people.again(changed, self._ask("people/some", people=sorted(changed)).cast(ROWS))
            self._people = people
            return people

    def note(self, people: Iterable[int]) -> None:
        """These people came, went, or are called otherwise; the store has it so by now."""
        with self._noting:
            self._changed.update(people)

    def forget(self) -> None:
        """Has everybody read again when somebody asks."""
        with self._reading:
            self._people = None


class Ready(Watch):
    """Between `start` and `stop`, has everybody in memory before somebody asks, also after a write."""

    def __init__(self, everybody: Everybody) -> None:
        super().__init__("everybody", 2.0)
        self._everybody = everybody

    def look(self) -> None:
        """Reads who is not as they are held."""
        self._everybody.now()
