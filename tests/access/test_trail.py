"""Every action that the program writes down has words for people."""

import ast
from pathlib import Path

from quetma.access.trail import words
from quetma.store import ROOT

PLACE = {"log": 2, "log_within": 2, "audit": 0, "_enter": 3}  # where the action stands among what a call is given


def actions(path: Path) -> set[str]:
    """The actions that a module writes down: those its calls name, or the values of the names they use."""
    tree = ast.parse(path.read_text())
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    found: set[str] = set()

    def said(node: ast.expr) -> None:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.IfExp):
            said(node.body)
            said(node.orelse)
        elif isinstance(node, ast.Name):
            for value in assigned.pop(node.id, []):
                said(value)

    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in PLACE and len(node.args) > PLACE[called]:
                said(node.args[PLACE[called]])
            if called == "offer":  # a file to take along, with the line of the audit it leaves
                found |= {one.elts[0].value for one in node.args if isinstance(one, ast.Tuple) and len(one.elts) == 3}
    return found


def test_every_action_has_words() -> None:
    told = words(lambda text, **_: text)
    modules = [*(ROOT / "quetma").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    used = set().union(*map(actions, modules))
    assert len(used) > 50
    assert used - told.keys() == set()
