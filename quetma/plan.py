"""The unit's plan: objectives, risks, measures, focal points, playbook, ladder; every version kept.

The specific objectives that name a duty are tied to its live figure (`standing`). The ladder proposes what is decided
about repeated misses (quetma/conduct.py), the steps are the checklist of a case (quetma/playbook.py), the focal points
say what is uncovered when people stay away (quetma/continuity.py) and what the week's rota fills (quetma/rota.py).
"""

import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from quetma import compliance
from quetma.access import audit
from quetma.answers import remembered
from quetma.store import Store, query

START = Path(__file__).with_name("plan.toml")

Kind = Literal["suspected", "f0", "f1", "f2"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LadderStep = Literal["remind", "criticise", "sanction"]
LADDER: tuple[LadderStep, ...] = get_args(LadderStep)
MeasureState = Literal["planned", "doing", "done"]
STATES: tuple[MeasureState, ...] = get_args(MeasureState)


class PlanError(ValueError):
    """The plan cannot be saved so; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Objective:
    """A specific objective. duty: of `compliance.DUTIES`, None: of none. target: the share wanted, in percent."""

    text: str
    duty: str | None = None
    target: int | None = None


@dataclass(frozen=True)
class Risk:
    """What may happen; how likely and how bad, each from 1 (low) to 3 (high); what is done against it."""

    text: str
    likelihood: int = 2
    effect: int = 2
    measure: str = ""

    @property
    def weight(self) -> int:
        """From 1 to 9."""
        return self.likelihood * self.effect


@dataclass(frozen=True)
class Measure:
    """What is to be done, by whom (a person_id), and how far it is."""

    text: str
    owner: int | None = None
    state: MeasureState = "planned"


@dataclass(frozen=True)
class Focal:
    """A duty that somebody always has to do: who, and who stands in, in this order (person_ids).

    daily: somebody has it each working day, by the rota.
    """

    duty: str
    person: int | None = None
    backup: int | None = None
    second_backup: int | None = None
    daily: bool = False

    @property
    def backups(self) -> tuple[int, ...]:
        """Those who stand in."""
        return tuple(person for person in (self.backup, self.second_backup) if person is not None)


@dataclass(frozen=True)
class Phone:
    """A number that matters."""

    who: str
    phone: str


@dataclass(frozen=True)
class Step:
    """A step of the playbook for a class of case, by whom, within how many hours; None: no limit."""

    kind: Kind
    text: str
    who: str = ""
    hours: int | None = None


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: proposed at so many missed days that no decision is about yet."""

    step: LadderStep
    misses: int


@dataclass(frozen=True)
class Plan:
    """A plan. ladder_days: for so long a decision counts when the next one is proposed."""

    title: str = ""
    number: str = ""
    issued_on: date | None = None
    general: str = ""
    objectives: tuple[Objective, ...] = ()
    risks: tuple[Risk, ...] = ()
    measures: tuple[Measure, ...] = ()
    focal: tuple[Focal, ...] = ()
    phones: tuple[Phone, ...] = ()
    steps: tuple[Step, ...] = ()
    ladder: tuple[Rung, ...] = ()
    ladder_days: int = 90

    @property
    def people(self) -> list[int]:
        """Whom it names."""
        named = {measure.owner for measure in self.measures}
        named |= {person for focal in self.focal for person in (focal.person, *focal.backups)}
        return sorted(person for person in named if person is not None)

    def json(self) -> str:
        """For keeping it."""
        return json.dumps(asdict(self), default=date.isoformat, ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_dict(told: dict[str, Any], person: Callable[[Any], int] = int) -> "Plan":
        """The plan of which `json`, or a TOML file, says this. person: who a value that names somebody is."""
        values = dict(told)
        for name, part in PARTS.items():
            people = {field.name for field in fields(part)} & PEOPLE
            values[name] = tuple(
                part(**row | {key: person(row[key]) for key in people & row.keys() if row[key] is not None})
                for row in values.get(name, ())
            )
        if isinstance(values.get("issued_on"), str):
            values["issued_on"] = date.fromisoformat(values["issued_on"])
        return Plan(**values)


PEOPLE = {"owner", "person", "backup", "second_backup"}  # fields that hold a person_id
PARTS: dict[str, Any] = {
    "objectives": Objective, "risks": Risk, "measures": Measure, "focal": Focal, "phones": Phone, "steps": Step,
    "ladder": Rung,
}  # fmt: skip


@dataclass(frozen=True)
class Saved:
    """A version of the plan; version 0 is what a unit starts from, saved by nobody."""

    version: int
    plan: Plan
    saved_at: datetime | None = None
    saved_by: str = ""
    note: str = ""


def start(more: Path | None = None, person: Callable[[str], int] = int) -> Plan:
    """What a unit that has saved none yet starts from (plan.toml); with what another such file says instead.

    person: who a name in that file is.
    """
    told = tomllib.loads(START.read_text(encoding="utf-8"))
    if more:
        told |= tomllib.loads(more.read_text(encoding="utf-8"))
    return Plan.from_dict(told, person)


def current(store: Store) -> Saved:
    """The plan in force: the newest version, else what a unit starts from."""
    return opened(store, 0) or Saved(0, start())


@remembered
def opened(store: Store, version: int) -> Saved | None:
    """That version; 0 is the newest."""
    renamed = dict(store.ask("plan/renamed").iter_rows())  # who was merged since into whom
    for row in store.ask("plan/content", version=version).iter_rows(named=True):
        plan = Plan.from_dict(json.loads(row.pop("content")), lambda person: renamed.get(person, person))
        return Saved(plan=plan, **row)
    return None


def versions(store: Store) -> pl.DataFrame:
    """Every version, newest first (columns of queries/plan/versions.sql)."""
    return store.ask("plan/versions")


def save(store: Store, account: str, plan: Plan, note: str = "") -> int:
    """Saves a version of the plan; its number. Raises `PlanError` for what makes no plan, or no difference."""
    before = current(store)
    if before.version and before.plan == plan:
        raise PlanError("Nothing is different from the version in force.")
    if not plan.title.strip():
        raise PlanError("A plan needs a title.")
    duties = [focal.duty for focal in plan.focal]
    if len(set(duties)) < len(duties):
        raise PlanError("Two focal points have the same duty: give each a name of its own.")
    if any(one in focal.backups or focal.backup == focal.second_backup is not None for focal in plan.focal
           for one in [focal.person]):  # fmt: skip
        raise PlanError("Somebody stands in for themselves. Choose somebody else.")
    if [rung.step for rung in plan.ladder] != [step for step in LADDER if step in {r.step for r in plan.ladder}]:
        raise PlanError("The ladder goes upwards, each step once: remind, criticise, sanction.")
    values = {
        "content": plan.json(), "people": plan.people, "saved_at": store.clock(), "saved_by": account,
        "note": note,
    }  # fmt: skip
    with store.write() as cursor:
        [(version,)] = cursor.execute(query("plan/insert")[0], values).fetchall()
        audit.log_within(cursor, account, "save plan", f"{version} {plan.number} {plan.title}".strip(), note)
    return version


def targets(plan: Plan) -> dict[str, float]:
    """The share that the plan wants of each duty, from 0 to 1; of two objectives for a duty, the higher."""
    wanted: dict[str, float] = {}
    for objective in plan.objectives:
        if objective.duty in compliance.DUTIES and objective.target is not None:
            wanted[objective.duty] = max(wanted.get(objective.duty, 0), objective.target / 100)
    return wanted


@dataclass(frozen=True)
class Standing:
    """How an objective stands: have of due did the duty on the day; met, and since which working day that is so.

    met is None when nobody owed the duty on any of the days. since is the first day of data when it was never
    otherwise.
    """

    objective: Objective
    have: int
    due: int
    met: bool | None
    since: date | None


def standing(store: Store, plan: Plan, day: date) -> list[Standing]:
    """How the specific objectives with a duty and a target stand on the newest working day up to `day` with data."""
    days = compliance.working_days(store, day)["day"]
    asked: dict[str, Any] = {"first": date.min, "last": day, "location": 0, "position": None}
    shares = store.ask("compliance/trend", **asked) if len(days) else pl.DataFrame()
    found = []
    for objective in plan.objectives:
        if objective.duty is None or objective.target is None or shares.is_empty():
            continue
        told = shares.filter((pl.col("duty") == objective.duty) & pl.col("day").is_in(days.implode())).sort("day")
        if told.is_empty():
            found.append(Standing(objective, 0, 0, None, None))
            continue
        met = (told["have"] * 100 >= told["due"] * objective.target).to_list()
        last = len(met) - 1
        since = next((at + 1 for at in range(last, -1, -1) if met[at] != met[last]), 0)
        found.append(Standing(objective, told["have"][last], told["due"][last], met[last], told["day"][since]))
    return found
