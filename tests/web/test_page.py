"""The guard every page begins with, and the frame around the pages."""

import ast

import pytest
from streamlit.testing.v1 import AppTest

from quetma.access import sessions
from quetma.store import ROOT
from quetma.web import page
from tests.conftest import sign_in

LEADER, GATE, EVERYBODY = {"leader"}, {"leader", "gatekeeper"}, {"leader", "gatekeeper", "viewer"}
# Every screen and the roles it is open to.
SCREENS = {
    "overview": EVERYBODY, "compliance": EVERYBODY, "flow": EVERYBODY, "gate": GATE, "person": LEADER,
    "conduct": LEADER, "tracing": LEADER, "cases": LEADER, "plan": LEADER, "drill": LEADER, "history": LEADER,
    "upload": LEADER, "who": LEADER, "locations": LEADER, "audit": LEADER, "documents": LEADER,
    "accounts": EVERYBODY, "upkeep": LEADER, "units": EVERYBODY,
}  # fmt: skip


def title(test):
    return test.title[0].value


def shown(block):
    """The kinds of all elements in it, in order."""
    return [element.type for element in list(block)[1:]]  # the first is the block itself


def test_every_screen_is_there_and_no_other():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(SCREENS)


@pytest.mark.parametrize("name", SCREENS)
def test_a_page_begins_with_the_guard(name):
    """Before it only imports, constants and functions: nothing that shows or asks anything."""
    tree = ast.parse((ROOT / "pages" / f"{name}.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        match statement:
            case ast.Assign(value=ast.Call(func=ast.Attribute(value=ast.Name("page"), attr="begin"))):
                return
            case ast.Assign() | ast.AnnAssign():
                assert not [node for node in ast.walk(statement) if isinstance(node, ast.Call)], ast.unparse(statement)
            case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef():
                pass
            case _:
                pytest.fail(f"{name}.py does something before the guard: {ast.unparse(statement)}")
    pytest.fail(f"{name}.py has no guard")


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("role", ["leader", "gatekeeper", "viewer"])
def test_a_page_refuses_who_lacks_its_right(app, empty_store, name, role):
    test = app(f"pages/{name}.py", role=role, language="en", store=empty_store)
    assert not test.exception
    if role in SCREENS[name]:
        assert title(test) != "This page is not open to your role"
    else:
        assert title(test) == "This page is not open to your role"
        assert f"signed in as {role}" in test.info[0].value
        assert shown(test.main) == ["title", "info"]


@pytest.mark.parametrize("name", ["overview", "tracing"])
def test_an_ended_session_stops_at_the_next_run(app, empty_store, name):
    test = app(f"pages/{name}.py", language="en", store=empty_store)
    assert title(test) != "You are signed out"
    sessions.end(test.session_state["session_token"])
    test.run()
    assert title(test) == "You are signed out"
    assert "(/sign-in)" in test.markdown[-1].value
    assert shown(test.main) == ["title", "markdown", "markdown"]
    assert not shown(test.sidebar)


def test_without_a_session_there_is_nothing_to_see():
    test = AppTest.from_file(ROOT / "quetma" / "web" / "main.py", default_timeout=60)
    test.session_state["session_token"] = "no such session"
    test.run()
    assert title(test) == "Bạn đã đăng xuất"
    assert not shown(test.sidebar)


def test_a_fragment_that_reruns_alone_stops_too(empty_store):
    """It keeps the `here` of the page's last run, and comes to no guard but the one in `here.store`."""

    def script():
        import streamlit as st

        from quetma.web import page

        here = st.session_state.setdefault("kept", None) or page.guard()
        st.session_state["kept"] = here
        st.write(str(here.store.folder))

    test = AppTest.from_function(script)
    test.session_state["session_token"] = token = sign_in(empty_store)
    assert str(empty_store.folder) in test.run().markdown[0].value
    sessions.end(token)
    test.run()
    assert title(test) == "Bạn đã đăng xuất"
    assert not [text for text in test.markdown if str(empty_store.folder) in text.value]


def test_a_tab_that_changes_hands_keeps_nothing_of_the_first(empty_store, monkeypatch):
    def script():
        import streamlit as st

        from quetma.web import page

        here = page.guard()
        st.write(f"{here.account} {st.session_state.get('trace_person', 'nobody')}")

    def cookie(role):
        token = sign_in(empty_store, role)
        monkeypatch.setattr(type(page.st.context), "cookies", {page.COOKIE: token})

    test = AppTest.from_function(script)
    cookie("leader")
    test.session_state["trace_person"] = 7
    assert test.run().markdown[0].value == "Test leader 7"
    assert test.run().markdown[0].value == "Test leader 7"
    cookie("viewer")
    assert test.run().markdown[0].value == "Test viewer nobody"


def test_the_language_changes_at_once_and_stays(app, empty_store):
    test = app("pages/flow.py", language="vi", store=empty_store)
    assert title(test) == "Lượng người ra vào"
    test.segmented_control(key="language").set_value("en").run()
    assert title(test) == "Visitor flow"
    assert title(test.switch_page("../../pages/compliance.py").run()) == "Compliance"


def test_the_frame_says_who_is_signed_in_and_where(app, empty_store):
    empty_store.set("unit_name", "Đội 2")
    test = app(role="gatekeeper", language="en", store=empty_store)
    assert test.sidebar.markdown[0].value == "**Đội 2**"
    assert test.sidebar.caption[0].value == "Test gatekeeper · gatekeeper"


def test_a_demo_says_so_on_every_page(app, empty_store):
    assert not [note for note in app(store=empty_store).info if "mẫu" in note.value]
    empty_store.set("demo", "yes")
    for name in SCREENS:
        assert "hư cấu" in app(f"pages/{name}.py", store=empty_store).info[0].value


def test_a_look_up_is_written_once_a_session(empty_store):
    def script():
        from quetma.web import page

        here = page.guard()
        here.audit("trace", "Lò Văn A")
        here.audit("trace", "Lò Văn B", "nhẹ")

    test = AppTest.from_function(script)
    test.session_state["session_token"] = sign_in(empty_store)
    test.run()
    test.run()
    rows = empty_store.cursor().execute("SELECT account, action, subject, detail FROM audit WHERE action = 'trace'")
    assert rows.fetchall() == [
        ("Test leader", "trace", "Lò Văn A", ""),
        ("Test leader", "trace", "Lò Văn B", "nhẹ"),
    ]


def test_a_failure_is_an_apology_without_the_programs_words():
    def script():
        from quetma.web import page

        assert page.apologise(ValueError("SELECT secret"))

    test = AppTest.from_function(script).run()
    assert "Dữ liệu vẫn nguyên vẹn" in test.error[0].value
    assert "SELECT" not in test.error[0].value


def test_every_role_has_a_name_in_both_languages():
    from quetma.access.rights import ROLES
    from quetma.language import translator

    assert len({page.role_name(role, translator(code)) for role in ROLES for code in ("vi", "en")}) == 2 * len(ROLES)
