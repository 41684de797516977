"""The checklist of a case: the plan's steps for its class and its contacts' classes, each with its time limit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from quetma import plan
from quetma.access import audit
from quetma.cases import RegisteredCase
from quetma.plan import Step
from quetma.store import Store, query


@dataclass(frozen=True)
class Item:
    """A step of a case's checklist. due_at: None for no limit. done_at, done_by: of a step that is done."""

    step: Step
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str = ""

    @property
    def done(self) -> bool:
        """Whether somebody said so."""
        return self.done_at is not None

    def overdue(self, moment: datetime) -> bool:
        """Whether it should have been done by then."""
        return not self.done and self.due_at is not None and moment > self.due_at


def checklist(store: Store, case: RegisteredCase) -> list[Item]:
    """The steps for the case by the plan in force, then those done by an earlier plan that are no longer in it.

    A suspected case has the steps for one, any other those for an F0; steps for F1 and F2 come once such are listed.
    Hours count from when the case was registered.
    """
    listed = set(store.ask("follow_up/contacts", case_id=case.case_id)["degree"])
    wanted = {"suspected" if case.state == "suspected" else "f0"} | {f"f{degree}" for degree in listed}
    said = store.ask("playbook/done", case_id=case.case_id).filter(done=True)
    done = {row["step"]: row for row in said.iter_rows(named=True)}
    items = []
    for step in plan.current(store).plan.steps:
        told = done.pop(step.text, None)
        if step.kind in wanted or told:
            due_at = case.registered_at + timedelta(hours=step.hours) if step.hours is not None else None
            items.append(_done(step, told, due_at) if told else Item(step, due_at))
    return items + [_done(Step("f0", text), told) for text, told in done.items()]


def _done(step: Step, told: dict[str, Any], due_at: datetime | None = None) -> Item:
    return Item(step, due_at, told["entered_at"], told["entered_by"])


def tick(store: Store, account: str, case: RegisteredCase, item: Item, done: bool, note: str = "") -> None:
    """A step is done, or not after all."""
    store.require("case", [case.case_id])
    values = {
        "case_id": case.case_id, "step": item.step.text, "done": done, "note": note, "entered_at": store.clock(),
        "entered_by": account,
    }  # fmt: skip
    with store.write() as cursor:
        cursor.execute(query("playbook/insert")[0], values)
        audit.log_within(
            cursor, account, "step done" if done else "step not done", f"case {case.case_id}", item.step.text
        )
