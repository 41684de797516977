"""Everything that can be asked of the product, and the answer to each who may ask: routes, pages, commands.

What there is comes from the running program: its route table, its navigation, its parser. What is there and has no row
here fails, and so does a row of what is no longer there.
"""

import argparse
import html
import json
import os
import stat
from importlib import import_module, reload

import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from streamlit import config

from quetma import cli, places
from quetma.access import accounts, rights
from quetma.file import FILE
from quetma.store import ROOT, open_store
from quetma.web import health, routes, wall
from quetma.web.gate.routes import ADDRESS
from tests.conftest import sign_in
from tests.web.browser import Browser
from tests.web.test_page import SCREENS
from tests.web.test_wall import ALLOWED, OPEN, SIGNED_OUT_BY, WEBSOCKETS

LEADER, NOBODY = {"leader"}, set()
# Every command, and the roles that may what it does. A shell asks for no password: who owns the files is "operator".
COMMANDS = {
    "init": LEADER, "import": LEADER, "undo": LEADER, "trace": LEADER, "compliance": LEADER, "export": LEADER,
    "report": LEADER, "poster": LEADER, "user": LEADER, "unit": LEADER, "purge": LEADER, "check": LEADER,
    "backup": LEADER, "restore": LEADER, "snapshot": LEADER, "publish": LEADER,
}  # fmt: skip
USUAL = {  # what each command is tried with; those left out need nothing
    "import": ["x.csv"],
    "undo": ["1"],
    "trace": ["--phone", "0900999001", "--onset", "2021-08-25"],
    "compliance": ["--on", "2021-08-27"],
    "export": ["scans", "--from", "2021-08-02", "--to", "2021-08-06", "--format", "csv", "-o", "x.csv"],
    "report": ["--from", "2021-08-02", "--to", "2021-08-06", "--format", "pdf", "-o", "x.pdf"],
    "poster": ["Cổng", "-o", "x.pdf"],
    "backup": ["x.backup"],
    "restore": ["x.backup"],
    "snapshot": ["x"],
    "unit": ["add", "Chi cục"],
    "user": ["add", "An", "--role", "viewer", "--password-stdin"],
}
ALIKE = {"HEAD", "OPTIONS"}  # answered as GET is, or by the server itself


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Every route of the server as it is started: ours and Streamlit's."""
    folder = tmp_path_factory.mktemp("table")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUETMA_STORE", str(folder))
        app = import_module("dashboard").app
        app._runtime = app._create_runtime()
        yield app._build_starlette_app().routes
    routes.unit.__globals__["open_store"](folder).close()


def rows_of(route: BaseRoute) -> set[tuple[str, str]]:
    """The rows a route needs: one for each method it takes, one when it takes all of them."""
    methods = (route.methods or {"any"}) if isinstance(route, Route) else {"any"}
    return {(method, route.path) for method in ({"any"} if "PATCH" in methods else methods - ALIKE)}


def matched(table: list[BaseRoute], method: str, path: str) -> set[tuple[str, str]]:
    """The row of the route that answers."""
    scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
    route = next(route for route in table if route.matches(scope)[0] is Match.FULL)
    return {row for row in rows_of(route) if row[0] in (method, "any")}


def test_every_route_has_a_row(table):
    there = {row for route in table if isinstance(route, Route | Mount) for row in rows_of(route)}
    rows = {row for asked in [*ALLOWED, *OPEN, *SIGNED_OUT_BY] for row in matched(table, *asked)}
    assert there - rows == set()
    assert {route.path for route in table if isinstance(route, WebSocketRoute)} == set(WEBSOCKETS)


@pytest.mark.parametrize(("host", "status"), [("quetma.example.vn", 200), ("127.0.0.1:8501", 400), ("elsewhere", 400)])
def test_with_allowed_hosts_no_other_is_answered(tmp_path, monkeypatch, host, status):
    """As .streamlit/config.toml names them (docs/security.md)."""
    monkeypatch.setenv("QUETMA_STORE", str(tmp_path))
    before = config.get_option("server.allowedHosts")
    config.set_option("server.allowedHosts", ["quetma.example.vn"])
    try:
        hosts = reload(import_module("dashboard")).HOSTS
    finally:
        config.set_option("server.allowedHosts", before)
    client = TestClient(Starlette(middleware=hosts, routes=health.ROUTES))
    assert client.get("/healthz", headers={"host": host}).status_code == status
    open_store(tmp_path).close()


def test_every_page_has_a_row():
    """That the navigation has these pages and no other, each role what it may, is seen in test_wall.py."""
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(SCREENS)


def test_every_command_has_a_row():
    verbs = next(action for action in cli.parser()._actions if isinstance(action, argparse._SubParsersAction))
    assert set(verbs.choices) == set(COMMANDS) == set(cli.NEEDS)


@pytest.mark.parametrize("role", rights.ROLES)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asks_the_table_of_rights(tmp_path, capsys, command, role):
    """Whoever may not is refused before anything is looked at: here there is not even a store."""
    status = cli.main(["--store", str(tmp_path / "none"), command, *USUAL.get(command, [])], role)
    refused = "may not do this" in capsys.readouterr().err
    assert refused == (role not in COMMANDS[command])
    assert (tmp_path / "none").exists() == (command == "init" and not refused)
    assert status == (0 if command == "init" and not refused else 1)
    if (tmp_path / "none").exists():
        open_store(tmp_path / "none").close()


def test_no_account_can_be_the_operator_of_a_shell(empty_store):
    with pytest.raises(accounts.AccountError):
        accounts.add(empty_store, "An", "một mật khẩu dài", rights.OPERATOR)


def test_nobody_else_on_the_machine_reaches_the_files(tmp_path):
    """That is what "anonymous" means to a command: the folder lets its owner in and nobody else."""
    store = open_store(tmp_path / "unit")
    store.close()
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    if os.geteuid() == 0:  # then somebody else can be tried in earnest
        tmp_path.chmod(0o755)
        pid = os.fork()
        if pid == 0:
            os.setuid(65534)
            try:
                (store.folder / FILE).read_bytes()
            except PermissionError:
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7


def test_no_name_can_end_the_script_of_the_gates_screen(demo_store, monkeypatch):
    """A place may be called anything by a file; its data stands inside a script."""
    monkeypatch.setenv("QUETMA_STORE", str(demo_store.folder))
    name = "</script><script>alert(1)</script>"
    places.save(demo_store, places.Place(name), "An")
    browser = Browser()
    browser.cookies.set(wall.COOKIE, sign_in(demo_store))
    page = browser.get(ADDRESS).text
    assert name in html.unescape(page)
    assert name not in page
    assert page.count("</script>") == page.count("<script")
    assert json.dumps(name).replace("<", "\\u003c") in page
