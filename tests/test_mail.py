"""Letters through a real mail server on this machine, over real TLS: what arrives, what is refused, what is kept."""

import re
import ssl
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from quetma import directory, identity, mail
from quetma.mail import Letter, MailError, Server
from quetma.store import Store
from tests.conftest import free_port

SECRET = "một mật khẩu SMTP"
HERE = Server("localhost", 1, "starttls", "doi2", "doi2@example.vn")
LETTER = Letter("mai@example.vn", "Nhắc quét mã QR", "Đội 2 gửi đồng chí Mai: đề nghị quét mã mỗi lần ra, vào.")


class Box:
    """What a mail server took; an address at `refused.vn` it does not take, nor a text with `thư rác`."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.endswith("refused.vn"):
            return "550 no such user Hoàng Thị Mai"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        if "thư rác" in message.get_body().get_content():
            return "554 spam"
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, message))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 OK"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the certificates of the test's authority, as one trusts a unit's own."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


Serve = Callable[..., tuple[Box, int]]


@pytest.fixture
def serve(authority: trustme.CA) -> Iterator[Serve]:
    """`serve(tls="starttls")`: a mail server on a free port of this machine: what it takes, and the port."""
    running = []

    def begin(tls: str = "starttls", name: str = "localhost") -> tuple[Box, int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        more: dict[str, Any] = {}
        if tls != "none":
            more = {"auth_required": True, "authenticator": _authenticate}
        if tls == "starttls":
            more |= {"tls_context": context, "require_starttls": True}
        if tls == "tls":
            more |= {"ssl_context": context, "auth_require_tls": False}
        box = Box()
        port = free_port()
        controller = Controller(box, hostname="127.0.0.1", port=port, **more)
        controller.start()
        running.append(controller)
        return box, port

    yield begin
    for controller in running:
        controller.stop()


def _authenticate(server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(
        success=(data.login, data.password) in {(b"doi2", SECRET.encode()), (b"doi2", b"ascii")}, handled=False
    )


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_arrives_whole_over_tls(empty_store: Store, serve: Serve, trusted: None, security: str) -> None:
    box, port = serve(security)
    empty_store.set("unit_name", "Đội Quản lý thị trường số 2")
    mail.set_up(empty_store, "An", replace(HERE, port=port, security=security), "ascii")
    assert mail.send(empty_store, [LETTER, replace(LETTER, to="hung@example.vn")]) == ["", ""]
    assert box.encrypted == [True, True]
    [(sender, to, message), (_, other, _)] = box.letters
    assert (sender, to, other) == ("doi2@example.vn", ["mai@example.vn"], ["hung@example.vn"])
    assert message["From"] == "Đội Quản lý thị trường số 2 <doi2@example.vn>"
    assert (message["To"], message["Subject"]) == (LETTER.to, LETTER.subject)
    assert message.get_content().strip() == LETTER.text
    assert re.fullmatch(r"<[^@\s]+@example\.vn>", message["Message-ID"]) and message["Date"]


def test_one_that_is_refused_does_not_stop_the_others_and_says_no_name(
    empty_store: Store, serve: Serve, trusted: None
) -> None:
    box, port = serve()
    mail.set_up(empty_store, "An", replace(HERE, port=port), SECRET)
    letters = [replace(LETTER, to="mai@refused.vn"), replace(LETTER, text="thư rác"), LETTER]
    assert mail.send(empty_store, letters) == [
        "The mail server refused the address.", "The mail server refused the letter.", ""
    ]  # fmt: skip
    assert len(box.letters) == 1


def test_nothing_is_sent_in_the_clear_or_to_somebody_else(
    empty_store: Store, serve: Serve, trusted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, port = serve("none")
    mail.set_up(empty_store, "An", replace(HERE, port=port), SECRET)
    assert mail.send(empty_store, [LETTER]) == [
        "The mail server offers no encryption, or takes no password. Nothing was sent."
    ]
    mail.set_up(empty_store, "An", replace(HERE, port=port, security="tls"))
    assert mail.send(empty_store, [LETTER]) == ["The mail server does not speak TLS on this port. Nothing was sent."]
    other, port = serve(name="mail.example.vn")
    mail.set_up(empty_store, "An", replace(HERE, port=port))
    untrusted = "The certificate of the mail server is not to be trusted. Nothing was sent."
    assert mail.send(empty_store, [LETTER]) == [untrusted], "a good certificate, of another name"
    mine, port = serve()
    mail.set_up(empty_store, "An", replace(HERE, port=port))
    monkeypatch.delenv("SSL_CERT_FILE")
    assert mail.send(empty_store, [LETTER]) == [untrusted], "nobody known vouches for it"
    assert not plain.letters and not other.letters and not mine.letters
    with pytest.raises(MailError, match="on this machine only"):
        mail.set_up(empty_store, "An", replace(HERE, host="mail.example.vn", security="none"))


def test_a_relay_on_this_machine_needs_no_tls_and_no_password(empty_store: Store, serve: Serve) -> None:
    box, port = serve("none")
    mail.set_up(empty_store, "An", Server("localhost", port, "none", "", "doi2@example.vn"))
    assert mail.send(empty_store, [LETTER]) == [""]
    assert len(box.letters) == 1


def test_a_wrong_password_and_no_server_are_said(empty_store: Store, serve: Serve, trusted: None) -> None:
    assert mail.send(empty_store, [LETTER]) == ["Mail is not set up."]
    _, port = serve()
    mail.set_up(empty_store, "An", replace(HERE, port=port), "falsch")
    assert mail.send(empty_store, [LETTER, LETTER]) == ["The mail server refused the user or the password."] * 2
    mail.set_up(empty_store, "An", replace(HERE, port=1))
    [said] = mail.send(empty_store, [LETTER])
    assert said.startswith("The mail server did not answer.")


def test_the_password_is_neither_in_the_database_nor_in_the_audit(
    empty_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail.set_up(empty_store, "An", HERE, SECRET)
    path = empty_store.folder / mail.PASSWORD_FILE
    assert path.read_text(encoding="utf-8") == SECRET and stat.S_IMODE(path.stat().st_mode) == 0o600
    empty_store.cursor().execute("CHECKPOINT")
    names = empty_store.cursor().execute("SELECT table_name FROM duckdb_tables()").fetchall()
    everything = str([empty_store.cursor().execute(f"FROM {name}").fetchall() for (name,) in names])
    assert SECRET not in everything and "doi2@example.vn" in everything
    files = [file for file in empty_store.folder.rglob("*") if file.is_file() and file != path]
    assert files and not [file for file in files if SECRET.encode() in file.read_bytes()]
    assert SECRET not in repr(mail.server(empty_store))
    mail.set_up(empty_store, "An", replace(HERE, port=465))
    assert mail.has_password(empty_store) and mail.server(empty_store) == replace(HERE, port=465)
    mail.switch_off(empty_store, "An")
    assert mail.server(empty_store) is None and not path.exists() and not mail.has_password(empty_store)
    monkeypatch.setenv(mail.PASSWORD, SECRET)
    assert mail.has_password(empty_store)
    lines = "SELECT subject, detail FROM audit WHERE action = 'set up mail' ORDER BY logged_at"
    assert empty_store.cursor().execute(lines).fetchall() == [
        ("localhost:1 starttls, doi2, doi2@example.vn", "with a new password"),
        ("localhost:465 starttls, doi2, doi2@example.vn", ""), ("off", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"host": ""}, "name of the mail server"),
        ({"host": "a b"}, "name of the mail server"),
        ({"port": 0}, "port"),
        ({"sender": "doi2"}, "no e-mail address"),
        ({"sender": "a@example.vn\nBcc: x@y.vn"}, "no e-mail address"),
    ],
)
def test_what_is_no_mail_server_is_refused(empty_store: Store, change: dict, why: str) -> None:
    with pytest.raises(MailError, match=why):
        mail.set_up(empty_store, "An", replace(HERE, **change), SECRET)
    assert mail.server(empty_store) is None and not mail.has_password(empty_store)


@pytest.mark.parametrize(
    "text", ["mai", "@x.vn", "a@b", "a b@x.vn", "a@x.vn, b@x.vn", "a@x.vn\n", "Mai <a@x.vn>", "a@x..vn"]
)
def test_what_is_no_address(text: str) -> None:
    assert not mail.is_address(text)


def test_addresses_are_kept_changed_and_follow_a_merge(demo_store: Store) -> None:
    mai, khoi = (directory.find(demo_store, name)["person_id"][0] for name in ("Hoàng Thị Mai", "Nguyễn Đình Khôi"))
    mail.set_addresses(demo_store, "An", {mai: "mai@example.vn"})
    with pytest.raises(MailError):
        mail.set_addresses(demo_store, "An", {khoi: "ok@example.vn", mai: "nein"})
    assert mail.addresses(demo_store) == {mai: "mai@example.vn"}
    identity.merge(demo_store, mai, khoi, "An")
    assert mail.addresses(demo_store) == {khoi: "mai@example.vn"}
    identity.unmerge(demo_store, mai)
    mail.set_addresses(demo_store, "An", {mai: ""})
    assert mail.addresses(demo_store) == {}
    lines = "SELECT subject, detail FROM audit WHERE action = 'change address' ORDER BY logged_at"
    assert demo_store.cursor().execute(lines).fetchall() == [
        ("Hoàng Thị Mai 0900000004", "given"), ("Hoàng Thị Mai 0900000004", "none any more"),
    ]  # fmt: skip
