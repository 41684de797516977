"""Passwords known from breaches: a list as Have I Been Pwned gives it away is searched where it lies."""

from hashlib import sha1
from pathlib import Path
from random import Random
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma.access import accounts, breached, passwords
from quetma.access.accounts import AccountError
from quetma.access.passwords import PasswordError
from quetma.language import catalogue
from quetma.store import Store

LEAKED = "một mật khẩu dài đã lộ"
TEXTS = st.text(max_size=20).map(lambda text: normalize("NFC", text))


def written(path: Path, leaked: list[str], end: str = "\r\n") -> Path:
    """The list of these passwords, each with how often it was seen."""
    hashes = sorted(sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in set(leaked))
    path.write_text(end.join(f"{one}:{n + 1}" for n, one in enumerate(hashes)), newline="")
    return path


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    leaked=st.lists(TEXTS, min_size=1, max_size=40),
    other=TEXTS,
    end=st.sampled_from(["\r\n", "\n"]),
)
def test_every_password_of_the_list_is_found_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaked: list[str], other: str, end: str
):
    monkeypatch.setenv(breached.SETTING, str(written(tmp_path / "list", leaked, end)))
    assert all(breached.known(one) and breached.known(normalize("NFD", one)) for one in leaked)
    assert breached.known(other) is (other in leaked)


def test_without_a_list_nothing_is_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(breached.SETTING, raising=False)
    assert not breached.known(LEAKED)


def test_a_leaked_password_is_refused_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_store: Store):
    passwords.check("An", LEAKED)  # good enough by itself
    monkeypatch.setenv(breached.SETTING, str(written(tmp_path / "list", [LEAKED, "other", "third"])))
    with pytest.raises(AccountError, match="have leaked") as refusal:
        accounts.add(empty_store, "An", LEAKED, "leader")
    assert refusal.value.message in catalogue("vi")
    accounts.add(empty_store, "An", LEAKED + " rồi", "leader")


def test_a_list_that_is_not_in_order_lets_no_password_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As one ordered by how often each was seen, or made by hand: it would be searched in vain."""
    chance = Random(0)
    monkeypatch.setenv(breached.SETTING, str(tmp_path / "list"))
    for size in (2, 3, 10, 1000, 5000):
        leaked = [LEAKED, *(f"mật khẩu số {n}" for n in range(size - 1))]
        lines = written(tmp_path / "list", leaked).read_text().splitlines()
        assert breached.known(LEAKED)
        for _ in range(20):
            mixed = chance.sample(lines, len(lines))
            if mixed != lines:
                (tmp_path / "list").write_text("\n".join(mixed))
                with pytest.raises(PasswordError, match=r"cannot be read.*QUETMA_BREACHED"):
                    passwords.check("An", LEAKED)


@pytest.mark.parametrize("content", [None, "", "password\nletmein\n", "00" * 16 + ":5\n"])
def test_what_is_no_list_lets_no_password_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None):
    """Nobody is to think that passwords are looked up when they are not."""
    if content is not None:
        (tmp_path / "list").write_text(content)
    monkeypatch.setenv(breached.SETTING, str(tmp_path / "list"))
    with pytest.raises(PasswordError, match=r"cannot be read.*QUETMA_BREACHED") as refusal:
        passwords.check("An", LEAKED)
    assert refusal.value.message in catalogue("vi")
