"""The house rules that tools check, and that the documented commands are the commands that run."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CODE_BLOCK = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        ["ty", "check", "--python", sys.prefix],
    ],
    ids=" ".join,
)
def test_tool_finds_nothing(command: list[str]):
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def readme_commands() -> list[str]:
    """README's shell commands that make the environment: the one that opens the dashboard, the one that tests."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for block in CODE_BLOCK.findall(readme) for line in block.splitlines()]
    return [line for line in lines if "-m venv" in line]


def test_readme_has_two_commands_one_line_each():
    run, test = readme_commands()
    assert run.endswith("streamlit run dashboard.py")
    assert test.endswith("pytest")


def test_the_gate_runs_exactly_the_readme_test_command():
    gate = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert gate[-1] == readme_commands()[1]
    assert os.access(ROOT / ".ci/run", os.X_OK)


@cache
def homes() -> Mapping[str, list[str]]:
    """Module → the distributions that bring it. All that are installed are read for it."""
    return packages_distributions()


def imported(paths: Iterable[Path]) -> set[str]:
    """The distributions whose modules those files import."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    tops = {top for name in names if (top := name.split(".")[0]) in homes()}
    named = (ROOT / "pyproject.toml").read_text(encoding="utf-8").lower()
    own = set()
    for top in tops:  # of several that bring a part of it (google), the one that is named
        brought = [home.lower().replace("_", "-") for home in homes()[top] if not home.endswith("-stubs")]
        own.add(next((home for home in brought if f'"{home}' in named), brought[0]))
    return own


def test_dependencies_are_what_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    product, extra, tests = (
        {Requirement(text).name for text in texts}
        for texts in (
            project["project"]["dependencies"],
            project["project"]["optional-dependencies"]["engine"],
            project["dependency-groups"]["dev"],
        )
    )
    of_extra = [*(ROOT / "quetma" / "engine").glob("*.py")]
    always = {ROOT / "dashboard.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "quetma").rglob("*.py")} - {*of_extra}
    assert product == imported([*always])
    assert extra == imported(of_extra) - product
    tools = {"pysail", "pyrage-stubs", "pytest-timeout", "pytest-xdist", "ruff", "ty"}
    trying = imported([*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
    assert tests == (trying | tools | extra) - product


def test_lock_holds_every_dependency_with_hashes_and_no_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9._-]+)==(\S+)(?: ;[^\\\n]*)? \\\n +--hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\S+==", lock, re.MULTILINE)), "a pin without a hash"
    versions = dict(pins)
    for text in project["project"]["dependencies"] + project["dependency-groups"]["dev"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(versions[wanted.name]), (
            f"{text}: make requirements.lock again (pyproject.toml)"
        )
    assert "://" not in lock
