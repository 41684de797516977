"""The agency's own sign-in, from its setting up to a leader who comes through it, against a real provider."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from quetma import secret
from quetma.access import oidc
from tests.browser.conftest import Window, first_leader, go, settled, t
from tests.conftest import serve
from tests.web import provider as real

pytestmark = pytest.mark.browser


def test_set_up_by_a_leader_and_used_by_another(window: Window, tmp_path: Path):
    secret.keep(tmp_path / oidc.SECRET, real.SECRET)
    with real.running() as agency, serve(tmp_path) as url:
        page = window()
        first_leader(page, url)
        go(page, t("Accounts"))
        page.get_by_text(t("Sign-in through the agency (OpenID Connect)")).click()
        for label, text in (
            ("Address of the provider (issuer)", agency.issuer),
            ("Client ID of this dashboard there", real.CLIENT),
            ("Groups of leaders", "qltt-leaders"),
        ):
            page.get_by_label(t(label)).fill(text)
        page.get_by_test_id("stFormSubmitButton").get_by_role("button", name=t("Save")).last.click()
        settled(page)

        agency.claims = {"sub": "77", "name": "Cầm Văn Thành", "roles": ["qltt-leaders"]}
        other = window()
        other.goto(f"{url}/flow")
        other.get_by_label(t("Your name")).fill("Cầm Văn Thành")
        other.get_by_label(t("Password"), exact=True).fill("không phải mật khẩu")
        other.get_by_role("button", name=t("Sign in"), exact=True).click()
        other.get_by_role("alert").wait_for()  # the way through the agency is still there after a refusal
        other.get_by_role("link", name=t("Sign in through your agency")).click()
        expect(other.get_by_role("heading", level=1)).to_have_text(t("Visitor flow"))
        expect(other.get_by_test_id("stSidebar")).to_contain_text("Cầm Văn Thành")
