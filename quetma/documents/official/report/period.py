"""The days of a report, and how figures and names are written in official sentences."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from quetma.documents.official import WRITTEN as t
from quetma.documents.official.paper import official_day
from quetma.language import number, percent
from quetma.plan import Plan
from quetma.store import Store


@dataclass(frozen=True)
class Period:
    """What a report is about. until: the last day of data in it. days: its working days with data."""

    store: Store
    first: date
    last: date
    until: date
    days: tuple[date, ...]
    plan: Plan

    @property
    def before(self) -> tuple[date, date]:
        """The period before, of as many days; of a whole month the month before."""
        if self.whole_month:
            last = self.first - timedelta(days=1)
            return last.replace(day=1), last
        return self.first - (self.last - self.first) - timedelta(days=1), self.first - timedelta(days=1)

    @property
    def whole_month(self) -> bool:
        """Whether it is one whole month of the calendar."""
        return self.first.day == 1 and self.last == _month_end(self.first)


def named(first: date, last: date) -> str:
    """`tháng 8 năm 2021`, `quý III năm 2021`, `năm 2021`, `ngày 24/8/2021`, or both days."""
    if first == last:
        return t("on {day}", day=official_day(first))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day == 1 and last == _month_end(last):
        if months == 1:
            return t("month {month} of {year}", month=first.month, year=first.year)
        if months == 3 and first.month % 3 == 1:
            quarter = ("I", "II", "III", "IV")[first.month // 3]
            return t("quarter {quarter} of {year}", quarter=quarter, year=first.year)
        if months == 12 and first.month == 1:
            return t("year {year}", year=first.year)
    return t("from {first} to {last}", first=official_day(first), last=official_day(last))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def counted(n: int) -> str:
    """`02`, `13`, `3.344`: of one digit, a nought before it."""
    return f"{n:02}" if 0 < n < 10 else number(n)


def share(have: int, due: int, unit: str) -> str:
    """`12/13 người (92,3%)`."""
    return f"{number(have)}/{number(due)} {unit} ({percent(have, due)})"


def listed(names: Iterable[str], between: str = ", ", most: int = 30) -> str:
    """The names in one line; of very many the first, and how many more."""
    every = list(names)
    more = len(every) - most
    return between.join(every[:most]) + (t(" and {n} more", n=number(more)) if more > 0 else "")


def items(texts: Sequence[str]) -> list[str]:
    """The texts as a list: a dash before each, a semicolon between, a full stop after the last."""
    last = len(texts) - 1
    return [f"- {text.rstrip('.;')}{'.' if at == last else ';'}" for at, text in enumerate(texts)]


def with_position(name: str, position: str) -> str:
    """`Đinh Thị Thúy (Kiểm soát viên thị trường)`."""
    return f"{name} ({position})" if position else name


def short_days(days: Sequence[date]) -> str:
    """`06/8, 17/8`."""
    return ", ".join(official_day(day).rpartition("/")[0] for day in days)
