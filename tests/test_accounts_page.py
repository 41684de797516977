"""The page Accounts: one's own for everybody, everybody's for leaders."""

from types import SimpleNamespace

import pytest

from quetma import units
from quetma.access import accounts, oidc, sessions
from quetma.store import Store, now
from quetma.web import accounts as parts
from tests.conftest import PASSWORD, sign_in


def texts(at) -> str:
    return "\n".join(item.value for kind in (at.markdown, at.caption, at.subheader, at.error) for item in kind)


@pytest.mark.parametrize("role", ["viewer", "gatekeeper"])
def test_others_see_their_own_alone(app, empty_store: Store, role: str):
    sign_in(empty_store, "leader")
    at = app("pages/accounts.py", role=role, language="en", store=empty_store)
    assert not at.exception
    [table] = at.dataframe
    assert set(table.value["account"]) == {f"Test {role}"}
    assert not at.button and not at.expander
    assert "Test leader" not in texts(at)


def test_an_account_is_added_with_a_first_password_shown_once(app, empty_store: Store):
    at = app("pages/accounts.py", language="en", store=empty_store)
    at.text_input(key="account_new_name").set_value("Lường Văn Sơn")
    at.selectbox(key="account_new_role").set_value("gatekeeper")
    [add] = [button for button in at.button if button.label == "Add"]
    add.click().run()
    assert not at.exception
    [first] = [code.value for code in at.code]
    assert accounts.verify(empty_store, "Lường Văn Sơn", first) == "gatekeeper"
    at.run()
    assert not at.code
    assert at.dataframe[0].value["name"].tolist() == ["Lường Văn Sơn", "Test leader"]


def test_a_changed_account_is_signed_out_everywhere(app, empty_store: Store):
    viewer = sign_in(empty_store, "viewer")
    at = app("pages/accounts.py", language="en", store=empty_store)
    at.selectbox(key="account_chosen").set_value("Test viewer").run()
    at.selectbox(key="account_role_Test viewer_viewer").set_value("gatekeeper").run()
    at.button(key="account_role_save").click().run()
    assert accounts.find(empty_store, "Test viewer").role == "gatekeeper"
    assert sessions.find(viewer) is None
    at.button(key="account_reset").click().run()
    assert accounts.verify(empty_store, "Test viewer", at.code[0].value) == "gatekeeper"
    at.button(key="account_off").click().run()
    assert accounts.find(empty_store, "Test viewer").off_since
    at.button(key="account_on").click().run()
    assert not accounts.find(empty_store, "Test viewer").off_since
    assert not at.exception


def test_a_browser_is_signed_out_by_who_gave_the_password_moments_ago(app, empty_store: Store, monkeypatch):
    other = sign_in(empty_store, "viewer")
    at = app("pages/accounts.py", language="en", store=empty_store)
    assert "_end" in at.dataframe[1].value.columns and not sign_out_link(at)
    keys, later = [sessions.find(other).key], now() + sessions.PROOF
    here = SimpleNamespace(
        store=empty_store, account="Test leader", may=lambda right: True,
        session=sessions.find(at.session_state["session_token"]),
    )  # fmt: skip
    monkeypatch.setattr(parts.st, "session_state", {"click": {"row": 0}})
    with monkeypatch.context() as patch:
        patch.setattr(sessions, "now", lambda: later)
        parts._end(here, "click", keys)
        assert sessions.find(other)
    parts._end(here, "click", keys)
    assert sessions.find(other) is None


def test_an_open_browser_left_alone_signs_nobody_out(app, empty_store: Store, monkeypatch):
    at = app("pages/accounts.py", language="en", store=empty_store)
    later = now() + sessions.PROOF
    monkeypatch.setattr(sessions, "now", lambda: later)
    at.run()
    assert "_end" not in at.dataframe[1].value.columns
    assert sign_out_link(at) == ["/sign-in/again"]


def sign_out_link(at) -> list[str]:
    return [link.url for link in at.get("link_button") if link.label == "Sign out a browser: enter your password"]


def test_the_only_leader_stays(app, empty_store: Store):
    at = app("pages/accounts.py", language="en", store=empty_store)
    at.selectbox(key="account_chosen").set_value("Test leader").run()
    at.button(key="account_off").click().run()
    assert "only leader" in at.error[0].value
    assert accounts.verify(empty_store, "Test leader", PASSWORD) == "leader"


def test_the_limits_are_settings(app, empty_store: Store):
    at = app("pages/accounts.py", language="en", store=empty_store)
    at.session_state["account_limits"] = True
    at.run()
    hours, idle = at.number_input
    hours.set_value(8)
    idle.set_value(30)
    save = next(button for button in at.button if button.label == "Save")
    save.click().run()
    assert not at.exception
    assert [limit.total_seconds() for limit in sessions.limits(empty_store)] == [8 * 3600, 30 * 60]
    assert "after 8 hours, and after 30 minutes" in texts(at)


def test_the_agencys_own_sign_in_is_set_up_encrypted_or_not_at_all(app, empty_store: Store):
    at = app("pages/accounts.py", language="en", store=empty_store)
    issuer, client = (
        next(field for field in at.text_input if field.label.startswith(label)) for label in ("Address of", "Client ID")
    )
    save = at.button[-1]
    issuer.set_value("http://sso.example.vn")
    client.set_value("quetma")
    save.click().run()
    assert "https://" in at.error[0].value and not oidc.configured(empty_store)
    issuer.set_value("https://sso.example.vn")
    save.click().run()
    assert not at.exception and oidc.configured(empty_store)


def test_of_which_unit_an_account_is_said_and_set_among_ones_own(app, empty_store: Store):
    root = units.add(empty_store, "Chi cục", None, "An")
    team, other = (units.add(empty_store, name, root, "An") for name in ("Đội 1", "Đội 2"))
    post = units.add(empty_store, "Trạm", team, "An")
    accounts.add(empty_store, "Lò Văn Khác", PASSWORD, "viewer", unit=other)

    at = app("pages/accounts.py", language="en", store=empty_store)
    assert at.selectbox(key="account_new_unit").options == ["Chi cục", "\u2003Đội 1", "\u2003\u2003Trạm", "\u2003Đội 2"]
    at.text_input(key="account_new_name").set_value("Lường Văn Sơn")
    at.selectbox(key="account_new_role").set_value("leader")
    next(button for button in at.button if button.label == "Add").click().run()
    assert "of which unit" in at.error[0].value and accounts.find(empty_store, "Lường Văn Sơn") is None
    at.text_input(key="account_new_name").set_value("Lường Văn Sơn")
    at.selectbox(key="account_new_role").set_value("leader")
    at.selectbox(key="account_new_unit").set_value(team)
    next(button for button in at.button if button.label == "Add").click().run()
    assert not at.exception
    shown = at.dataframe[0].value
    assert dict(zip(shown["name"], shown["unit"], strict=True)) == {
        "Lò Văn Khác": "Đội 2", "Lường Văn Sơn": "Đội 1", "Test leader": "Chi cục",
    }  # fmt: skip

    signed_in = sessions.start(empty_store, "Lường Văn Sơn")
    at.selectbox(key="account_chosen").set_value("Lường Văn Sơn").run()
    at.selectbox(key=f"account_unit_Lường Văn Sơn_{team}").set_value(post).run()
    at.button(key="account_unit_save").click().run()
    assert not at.exception
    assert accounts.find(empty_store, "Lường Văn Sơn").unit == post
    assert sessions.find(signed_in) is None  # what they see now is another thing

    at.selectbox(key="account_chosen").set_value("Test leader").run()
    at.selectbox(key=f"account_unit_Test leader_{root}").set_value(team).run()
    at.button(key="account_unit_save").click().run()
    assert "only leader" in at.error[0].value


def test_a_leader_beneath_sees_and_gives_accounts_of_their_own_unit_alone(app, empty_store: Store):
    root = units.add(empty_store, "Chi cục", None, "An")
    team, other = (units.add(empty_store, name, root, "An") for name in ("Đội 1", "Đội 2"))
    post = units.add(empty_store, "Trạm", team, "An")
    accounts.add(empty_store, "Lò Văn Khác", PASSWORD, "viewer", unit=other)

    at = app("pages/accounts.py", language="en", store=empty_store.within(team))
    assert at.selectbox(key="account_new_unit").options == ["Đội 1", "\u2003Trạm"]
    assert at.dataframe[0].value["name"].tolist() == ["Test leader"]
    at.text_input(key="account_new_name").set_value("Lường Văn Sơn")
    at.selectbox(key="account_new_unit").set_value(post)
    next(button for button in at.button if button.label == "Add").click().run()
    assert accounts.find(empty_store, "Lường Văn Sơn").unit == post
    assert at.dataframe[0].value["unit"].tolist() == ["Trạm", "Đội 1"]


@pytest.mark.parametrize("units_there", [0, 2])
def test_who_sees_one_unit_alone_reads_nothing_of_units(app, empty_store: Store, units_there: int):
    """There are none, or it is one beneath which there is none."""
    numbers = [units.add(empty_store, f"Đội {n}", None, "An") for n in range(units_there)]
    seen = empty_store.within(numbers[-1]) if numbers else empty_store
    at = app("pages/accounts.py", language="en", store=seen)
    assert not at.exception
    assert at.dataframe[0].value["name"].tolist() == ["Test leader"]
    assert "unit" not in at.dataframe[0].value and not [box for box in at.selectbox if "unit" in (box.key or "")]
