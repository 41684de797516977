"""What differs between two versions of the plan, part by part, row by row."""

from collections import Counter
from dataclasses import dataclass, fields
from typing import Any, Literal

from quetma.plan import PARTS, Plan

HEAD = ("title", "number", "issued_on", "general", "ladder_days")
# What a row of a part is known by: the rest of it may change and it is still that row.
KEYS = {
    "objectives": ("text",), "risks": ("text",), "measures": ("text",), "focal": ("duty",), "phones": ("who",),
    "steps": ("kind", "text"), "ladder": ("step",),
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One difference. part: "" for title, number and the like, else of `plan.PARTS`. row: what the row is known by.

    field, before, after: of a changed one; before and after as they stand in the plan (a person is a person_id).
    """

    part: str
    kind: Literal["added", "removed", "changed"]
    row: str
    field: str = ""
    before: Any = None
    after: Any = None


def changes(before: Plan, after: Plan) -> list[Change]:
    """From one version to the other; in the order of the plan."""
    found = [
        Change("", "changed", "", name, getattr(before, name), getattr(after, name))
        for name in HEAD
        if getattr(before, name) != getattr(after, name)
    ]
    for part in PARTS:
        old, new = _by_key(before, part), _by_key(after, part)
        found += [Change(part, "removed", key[-2]) for key in old if key not in new]
        for key, row in new.items():
            if key not in old:
                found.append(Change(part, "added", key[-2]))
                continue
            found += [
                Change(part, "changed", key[-2], field.name, was, now)
                for field in fields(row)
                if (was := getattr(old[key], field.name)) != (now := getattr(row, field.name))
            ]
    return found


def _by_key(plan: Plan, part: str) -> dict[tuple[Any, ...], Any]:
    """The rows by what they are known by; of several known by the same, each by its place among them."""
    seen: Counter[tuple[Any, ...]] = Counter()
    rows = {}
    for row in getattr(plan, part):
        key = tuple(getattr(row, name) for name in KEYS[part])
        rows[(*key, seen[key])] = row
        seen[key] += 1
    return rows
