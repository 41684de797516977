"""What is asked: who is ill, since when and until when, and which contacts count."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from quetma.tracing.rules import Unanswerable, rule_named, rule_on

LIMIT = 1440  # of a number of days or minutes


@dataclass(frozen=True)
class Case:
    """One F0. What is None follows from the rule in force on the day of onset.

    `onset` is the first day of symptoms, or the day of the positive sample when `symptoms` is false.
    `until` is the time of isolation.
    """

    person_id: int
    onset: date
    until: datetime | None = None
    symptoms: bool = True
    rule: str | None = None
    days_before: int | None = None

    def resolved(self) -> "Case":
        """The same case with everything filled in from its rule. Raises `Unanswerable` for what makes no sense."""
        rule = rule_named(self.rule) if self.rule else rule_on(self.onset)
        days_before = rule.days_before if self.symptoms else rule.days_before_no_onset
        until = self.until or datetime.combine(self.onset + timedelta(days=rule.days_after + 1), time())
        days_before = _within("days_before", days_before if self.days_before is None else self.days_before)
        case = replace(self, rule=rule.id, days_before=days_before, until=until)
        if until <= case.since:
            raise Unanswerable(
                f"The isolation ({until:%d/%m/%Y %H:%M}) lies before the infectious days, "
                f"which begin on {case.since:%d/%m/%Y}."
            )
        return case

    @property
    def since(self) -> datetime:
        """The start of the infectious window of a resolved case."""
        return datetime.combine(self.onset - timedelta(days=self.days_before or 0), time())


@dataclass(frozen=True)
class Question:
    """One or several F0s, merged into one answer, and which contacts count for all of them.

    `min_minutes`: the shortest contact; None is the least of the cases' rules. `linger`: so many minutes after an
    infector left a place, its air still infects. `steps`: 2 asks for F1 and F2, 3 for F3 too. `isolated`: when an F1 or
    F2 was isolated, as (person_id, moment): they infect nobody from then on.
    """

    cases: tuple[Case, ...]
    min_minutes: int | None = None
    linger: int = 0
    steps: int = 2
    isolated: tuple[tuple[int, datetime], ...] = ()

    def resolved(self) -> "Question":
        """The same question with everything filled in. Raises `Unanswerable` for what makes no sense."""
        if not self.cases:
            raise Unanswerable("No case is given.")
        if len({case.person_id for case in self.cases}) < len(self.cases):
            raise Unanswerable("A person is given twice.")
        if self.steps not in (2, 3):
            raise Unanswerable(f"steps must be 2 or 3, not {self.steps}.")
        cases = tuple(case.resolved() for case in self.cases)
        least = min(rule_named(case.rule or "").min_minutes for case in cases)
        return replace(
            self,
            cases=cases,
            min_minutes=_within("min_minutes", least if self.min_minutes is None else self.min_minutes),
            linger=_within("linger", self.linger),
        )

    @property
    def since(self) -> datetime:
        """When the first case of a resolved question could first infect."""
        return min(case.since for case in self.cases)

    @property
    def until(self) -> datetime:
        """When the last case of a resolved question was isolated: what happens from then on is another question."""
        return max(case.until for case in self.cases if case.until)

    def json(self) -> str:
        """The question as JSON, for keeping it."""
        return json.dumps(asdict(self), default=lambda moment: moment.isoformat())

    @staticmethod
    def from_json(text: str) -> "Question":
        """The question that `json` wrote."""
        told: dict[str, Any] = json.loads(text)
        isolated = tuple((person, datetime.fromisoformat(moment)) for person, moment in told.pop("isolated", []))
        return Question(tuple(map(_case, told.pop("cases"))), isolated=isolated, **told)


def _case(told: dict[str, Any]) -> Case:
    """The case of which `Question.json` says this."""
    onset, until = date.fromisoformat(told.pop("onset")), told.pop("until")
    return Case(onset=onset, until=until and datetime.fromisoformat(until), **told)


def _within(name: str, number: int) -> int:
    if not 0 <= number <= LIMIT:
        raise Unanswerable(f"{name} must be from 0 to {LIMIT}, not {number}.")
    return number
