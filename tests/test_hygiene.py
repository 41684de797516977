"""What must stay true of the source: who may import what, where SQL may stand, what may never be written down."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quetma.store import QUERIES, query

ROOT = Path(__file__).resolve().parent.parent
WEB = [ROOT / "dashboard.py", *sorted((ROOT / "pages").glob("*.py")), *sorted((ROOT / "quetma/web").rglob("*.py"))]
CORE = [path for path in sorted((ROOT / "quetma").rglob("*.py")) if path not in WEB]
QUERY_NAMES = [str(path.relative_to(QUERIES).with_suffix("")) for path in sorted(QUERIES.rglob("*.sql"))]

# Where statements may stand in Python: in the modules that keep tables, each with the transaction it is part of.
# What a screen or a command asks is always a named query.
KEEPERS = {
    "quetma/file.py",
    "quetma/store.py",
    "quetma/settings.py",
    "quetma/stays.py",
    "quetma/rollups.py",
    "quetma/touch.py",
    "quetma/daily.py",
    "quetma/enrolled.py",
    "quetma/workdays.py",
    "quetma/engine/lake.py",
    "quetma/within.py",
    "quetma/intake/recount.py",
    "quetma/intake/undo.py",
    "quetma/access/accounts.py",
    "quetma/access/second.py",
    "quetma/access/sessions.py",
}

READS_OR_WRITES = re.compile(
    r"\bSELECT\b.+\b(FROM|VALUES)\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b"
    r"|\b(CREATE|ALTER|DROP)\s+(OR\s+REPLACE\s+|TEMP\s+)*(TABLE|VIEW|MACRO)\b|\bCOPY\s+\(?\w",
    re.DOTALL,
)


def source(path: Path) -> str:
    """The path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def texts(path: Path) -> Iterator[str]:
    """Every string in the code of a file but its docstrings; the fixed parts of an f-string joined by a gap."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "{}".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def imported(path: Path) -> Iterator[str]:
    """The names of the modules a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", CORE, ids=source)
def test_nothing_outside_the_web_imports_streamlit(path: Path):
    assert not [name for name in imported(path) if name.split(".")[0] == "streamlit" or name.startswith("quetma.web")]


def test_the_core_imports_without_streamlit_being_loaded():
    modules = [source(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in CORE]
    modules.remove("quetma.__main__")
    assert "quetma.store" in modules
    code = f"import sys, importlib\nfor m in {modules!r}: importlib.import_module(m)\nprint('streamlit' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("path", WEB, ids=source)
def test_no_sql_in_the_web(path: Path):
    assert not [text for text in texts(path) if READS_OR_WRITES.search(text.upper())]


def test_sql_stands_in_queries_schema_and_the_keepers_of_tables_only():
    found = {source(path) for path in CORE if any(READS_OR_WRITES.search(text) for text in texts(path))}
    assert found == KEEPERS


def header_of(name: str) -> str:
    """The comment a query begins with, and of the queries it refers to: "parameters as in history/scans"."""
    text, _ = query(name)
    header = "".join(re.findall(r"\A(?:--[^\n]*\n)*", text))
    folder = name.rpartition("/")[0]
    others = [other if "/" in other else f"{folder}/{other}" for other in re.findall(r"\bas in ([a-z_/]+)", header)]
    return header + "".join(header_of(other) for other in others)


@pytest.mark.parametrize("name", QUERY_NAMES)
def test_query_header_says_what_a_row_is_and_types_every_parameter(name: str):
    header = header_of(name)
    assert re.match(r"-- One row\b", header), "begin with: -- One row per …"
    types = "DATE|TIMESTAMP|TIME|INTEGER|BIGINT|SMALLINT|TINYINT|DOUBLE|BOOLEAN|VARCHAR"
    untyped = [param for param in query(name)[1] if not re.search(rf"\b{param} ({types})\b", header)]
    assert not untyped, "name and type each bound parameter in the header: -- first DATE, last DATE: …"


def test_every_query_is_asked_by_name():
    """By its whole name, or by its folder in an f-string and its own name elsewhere."""
    named = {text for path in [*CORE, *WEB] for text in texts(path)}
    unasked = set(QUERY_NAMES) - named
    assert not [name for name in unasked if not {name.rpartition("/")[0] + "/", name.rpartition("/")[2]} <= named]


@pytest.mark.parametrize(
    "name", [name for name in QUERY_NAMES if name.split("/")[0] in {"tracing", "flow", "compliance"}]
)
def test_query_keeps_to_sql_that_duckdb_and_spark_both_run(name: str):
    text, _ = query(name)
    body = re.sub(r"--[^\n]*|'[^']*'", "", text)
    duckdb_only = (
        r"\b(QUALIFY|ASOF|EXCLUDE|UNNEST|STRFTIME|GENERATE_SERIES|POSITIONAL|list_\w+|array_(?!contains\b)\w+)\b"
        r"|::|\[|->"
    )
    assert not re.findall(duckdb_only, body, re.IGNORECASE)


def committed() -> list[Path]:
    """Every text file that is, or is about to be, committed."""
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(git, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    return [
        path for name in names if name and (path := ROOT / name).is_file() and b"\0" not in path.read_bytes()[:8192]
    ]


def test_no_registry_address_and_no_path_of_a_machine_in_any_file():
    hosts = "|".join(["pypi" + r"\.", "pythonhosted" + r"\.", "npmjs" + r"\.", r"deb\.debian" + r"\."])
    folders = "|".join(f"/{top}/" for top in ("work", "opt", "root", "home"))
    told = re.compile(rf"https?://[^\s\"']*({hosts})|index[-]url\s*=|(?<![\w.\-])({folders})\w")
    found = [source(path) for path in committed() if path != Path(__file__) and told.search(path.read_text("utf-8"))]
    assert not found


def test_our_scripts_write_text_and_never_markup():
    """What they are given is a visitor's own words. The matrix alone, of a thousand rows, is written as markup: of what
    comes from the store nothing stands in it that is not made safe.
    """
    markup = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|\beval\(")
    scripts = [*(ROOT / "quetma").rglob("*.js"), *(ROOT / "quetma").rglob("*.html")]
    assert len(scripts) > 10
    assert [path.name for path in scripts if markup.search(path.read_text(encoding="utf-8"))] == ["matrix.js"]
    matrix = (ROOT / "quetma" / "web" / "matrix.js").read_text(encoding="utf-8")
    assert matrix.startswith("const safe = (text) => String(text).replace(/[&<>\"']/g,")
    assert set(re.findall(r"safe\(([\w.]+)\)", matrix)) == {
        "words", "holiday", "name", "data.title", "data.name", "data.missed",
    }  # fmt: skip
    assert not re.findall(r"\$\{(?:words|holiday|name|data\.\w+)\}", matrix)


def test_no_number_is_shown_plain():
    """Streamlit 1.67 draws some whole numbers so with what is left of a division: 190.00000000000003."""
    assert not [source(path) for path in WEB if 'format="plain"' in path.read_text(encoding="utf-8")]


def test_no_raw_html_in_the_web():
    assert not [source(path) for path in WEB if "unsafe_allow_html" in path.read_text(encoding="utf-8")]
