"""Every text a user can meet stands in the catalogues, in good order."""

import ast
import re
import string
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

from quetma import language
from quetma.store import Store

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "pages").glob("*.py"))
SCREENS = [ROOT / "dashboard.py", *PAGES, *sorted((ROOT / "quetma/web").rglob("*.py"))]
SOURCES = [*SCREENS, *(path for path in sorted((ROOT / "quetma").rglob("*.py")) if path not in SCREENS)]
CATALOGUES = sorted((language.LOCALE / "vi").glob("*.po"))

# What Streamlit draws as text when it is given a text, by method name.
DRAWN = {
    "title", "header", "subheader", "markdown", "write", "text", "caption", "info", "warning", "error", "success",
    "toast", "metric", "button", "form_submit_button", "download_button", "link_button", "toggle", "checkbox", "radio",
    "selectbox", "multiselect", "segmented_control", "pills", "text_input", "text_area", "number_input", "date_input",
    "time_input", "file_uploader", "slider", "expander", "popover", "dialog", "spinner", "status",
    "Column", "TextColumn", "NumberColumn", "DateColumn", "DatetimeColumn", "ProgressColumn", "CheckboxColumn",
}  # fmt: skip
# What takes an English text and shows it through `t`.
ASKERS = {
    "t",
    "begin",
    "DrillError",
    "IntakeError",
    "Message",
    "AccountError",
    "PasswordError",
    "IdentityError",
    "CaseError",
    "FollowUpError",
    "CodeError",
    "GateError",
    "DoorError",
    "ConductError",
    "PlanError",
    "MailError",
    "PlaceError",
    "PosterError",
    "InquiryError",
    "RegularError",
    "ArchiveError",
    "AgencyError",
    "BackupError",
    "SealError",
    "ExpiryError",
    "SnapshotError",
    "UnitError",
    "SubjectError",
}
LOGGER = re.compile(r"\b_?log(ger|ging)?\b")
IN_BOTH_LANGUAGES = "'Ngôn ngữ · Language'"
DRAWN_KEYWORDS = {"help", "placeholder", "label", "caption"}
VIETNAMESE_ONLY = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)


def source(path: Path) -> str:
    """The path as messages show it."""
    return path.relative_to(ROOT).as_posix()


def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body[0] = ast.Pass()
    return tree


def literals(node: ast.expr) -> Iterator[str]:
    """The texts an argument can be: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def called(node: ast.Call) -> str:
    """The last part of what is called: `t` for `t(…)` and `here.t(…)`."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def asked() -> dict[str, str]:
    """Message → the file that asks for it, for every text literal given to `t` or what leads to it."""
    return {
        text: source(path)
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and called(node) in ASKERS and node.args
        for text in literals(node.args[0])
    }


def written() -> set[str]:
    """Every text in the code, and in its tables (rules.toml): what can reach `t` through a variable."""

    def inside(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                yield from inside(part)

    code = {
        node.value
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    tables = {
        text for path in (ROOT / "quetma").glob("*.toml") for text in inside(tomllib.loads(path.read_text("utf-8")))
    }
    return code | tables


def gaps(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_asked_for_has_vietnamese():
    assert "Tiếng Việt" in language.LANGUAGES.values()
    texts = language.catalogue("vi")
    assert texts
    assert not {text: path for text, path in asked().items() if text not in texts}


@pytest.mark.parametrize("path", PAGES, ids=source)
def test_every_text_a_page_shows_has_vietnamese(
    path: Path, app: Callable[..., AppTest], demo_store: Store, monkeypatch: pytest.MonkeyPatch
):
    """Also those that reach `t` through a variable."""
    missing = []

    class Texts(dict[str, str]):
        def get(self, message, default=None):
            if message not in self:
                missing.append(message)
            return super().get(message, default)

    texts = Texts(language.catalogue("vi"))
    monkeypatch.setattr(language, "catalogue", lambda _: texts)
    language.translator.cache_clear()
    try:
        assert not app(page=source(path), store=demo_store).exception
    finally:
        language.translator.cache_clear()
    assert not missing


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_catalogue_is_whole(path: Path):
    with path.open("rb") as file:
        messages = [message for message in read_po(file, abort_invalid=True) if message.id]
    assert not [message.id for message in messages if not message.string or message.fuzzy]
    assert not [message.id for message in messages if gaps(str(message.id)) != gaps(str(message.string))]


def test_no_text_has_two_translations():
    texts: dict[str, str] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    text = str(message.string)
                    assert texts.setdefault(str(message.id), text) == text, message.id


def test_no_catalogue_entry_is_left_over():
    assert not set(language.catalogue("vi")) - written()


@pytest.mark.parametrize("path", SCREENS, ids=source)
def test_no_visible_text_goes_around_the_catalogue(path: Path):
    """Words given straight to what draws them. Icons, markdown signs and gaps alone are no words."""

    def words(node: ast.expr) -> bool:
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        fixed = "".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
        return bool(re.search(r"[^\W\d_]{2}", re.sub(r":material/\w+:|:\w+(-\w+)*\[|\]\(\S*\)|<[^>]*>", "", fixed)))

    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and called(node) in DRAWN and not LOGGER.search(ast.unparse(node.func)):
            given = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg in DRAWN_KEYWORDS)]
            found += [f"line {argument.lineno}: {ast.unparse(argument)}" for argument in given if words(argument)]
    assert not [line for line in found if not line.endswith(IN_BOTH_LANGUAGES)]


@pytest.mark.parametrize("path", PAGES, ids=source)
def test_no_vietnamese_stands_in_a_page(path: Path):
    text = [
        node.value for node in ast.walk(parsed(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [part for part in text if VIETNAMESE_ONLY.search(part)]
