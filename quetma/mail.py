"""Letters to staff: the mail server they go through, whose address is which, and sending over TLS.

The server's password is never in the database, so in no copy, export or audit line of it: it stands in the environment
(QUETMA_SMTP_PASSWORD), or in a file of the store's folder that only the account running the dashboard can read.
Without TLS nothing is sent but to this machine itself.
"""

import base64
import os
import re
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.encoders import encode_base64
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr, formatdate, make_msgid
from typing import Any, Literal, get_args

from quetma import directory, secret, settings
from quetma.access import audit
from quetma.store import Store, query

Security = Literal["starttls", "tls", "none"]
SECURITIES: tuple[Security, ...] = get_args(Security)
PASSWORD = "QUETMA_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
PASSWORD_FILE = "smtp-password"  # noqa: S105 - the name of a file
PATIENCE = 15  # seconds for each answer of the server
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = re.compile(_LOCAL + r"@(?:localhost|(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,})")


class MailError(ValueError):
    """Something about mail cannot be as said; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Server:
    """The mail server. user: '' when it asks for none. sender: the address that letters come from."""

    host: str
    port: int
    security: Security
    user: str
    sender: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Letter:
    """What goes to one address. key: a letter sent again has the same, by which mail programs know it; '': any."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    key: str = ""


def server(store: Store) -> Server | None:
    """The mail server as it is set up; None: mail is not set up."""
    host = settings.get(store, "smtp_host")
    if not host:
        return None
    return Server(host, *(settings.get(store, f"smtp_{name}") for name in ("port", "security", "user", "sender")))


def set_up(store: Store, account: str, wanted: Server, password: str | None = None) -> None:
    """Keeps the mail server. password: None keeps the one there is, '' forgets it. Raises `MailError`."""
    if not wanted.host or not re.fullmatch(r"[A-Za-z0-9.:-]+", wanted.host):
        raise MailError("Give the name of the mail server, such as mail.example.vn.")
    if wanted.security not in SECURITIES or not 1 <= wanted.port <= 65535:
        raise MailError("The port of the mail server is a number from 1 to 65535, usually 587 or 465.")
    if wanted.security == "none" and wanted.host not in LOOPBACK:
        raise MailError("Without encryption, letters go to a mail server on this machine only.")
    if not is_address(wanted.sender):
        raise MailError("This is no e-mail address.")
    if password is not None:
        secret.keep(store.folder / PASSWORD_FILE, password)
    with store.write() as cursor:
        for name, value in vars(wanted).items():
            settings.put(cursor, f"smtp_{name}", str(value))
        told = f"{wanted.host}:{wanted.port} {wanted.security}, {wanted.user or '-'}, {wanted.sender}"
        audit.log_within(cursor, account, "set up mail", told, "" if password is None else "with a new password")


def switch_off(store: Store, account: str) -> None:
    """Mail is not set up any more; the password is forgotten."""
    secret.keep(store.folder / PASSWORD_FILE, "")
    with store.write() as cursor:
        settings.put(cursor, "smtp_host", "")
        audit.log_within(cursor, account, "set up mail", "off")


def has_password(store: Store) -> bool:
    """Whether a password is known."""
    return bool(_password(store))


def _password(store: Store) -> str:
    return os.environ.get(PASSWORD) or secret.read(store.folder / PASSWORD_FILE)


# Addresses ------------------------------------------------------------------------------------------------------------


def is_address(text: str) -> bool:
    """Whether a letter can go there: one plain address, nothing else."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def addresses(store: Store) -> dict[int, str]:
    """Whose address is which, by person_id."""
    return dict(store.ask("mail/addresses").select("person_id", "address").iter_rows())


def set_addresses(store: Store, account: str, changes: Mapping[int, str]) -> None:
    """Says whose address is which from now on, '' for none any more; all or none. Raises `MailError`."""
    if not all(is_address(address) for address in changes.values() if address):
        raise MailError("This is no e-mail address.")
    store.require("staff", changes)
    at = store.clock()
    with store.write() as cursor:
        for person, address in changes.items():
            values = {"person_id": person, "address": address, "entered_at": at, "entered_by": account}
            cursor.execute(query("mail/insert")[0], values)
            subject = directory.called(store, person)
            audit.log_within(cursor, account, "change address", subject, "given" if address else "none any more")


# Sending --------------------------------------------------------------------------------------------------------------


def send(store: Store, letters: Sequence[Letter]) -> list[str]:
    """Sends letters, one after the other, over one connection. For each '' when the server took it, else why not: an
    English text that is a message identifier. Never raises for what a server does.
    """
    to = server(store)
    if to is None:
        return ["Mail is not set up."] * len(letters)
    results: list[str] = []
    try:
        with _connected(to, _password(store)) as connection:
            for letter in letters:
                results.append(_send(connection, to, letter, settings.get(store, "unit_name")))
    except Exception as error:
        results += [_why(error)] * (len(letters) - len(results))
    return results


def _connected(to: Server, password: str) -> smtplib.SMTP:
    context = ssl.create_default_context()  # the certificate must be good, and of that name
    if to.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(to.host, to.port, timeout=PATIENCE, context=context)
    else:
        connection = smtplib.SMTP(to.host, to.port, timeout=PATIENCE)
    try:
        if to.security == "starttls":
            connection.starttls(context=context)  # raises when the server offers none
        if to.user:
            _log_in(connection, to.user, password)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_in(connection: smtplib.SMTP, user: str, password: str) -> None:
    if (user + password).isascii():
        connection.login(user, password)
        return
    connection.ehlo_or_helo_if_needed()  # smtplib knows ASCII alone; AUTH PLAIN itself is UTF-8 (RFC 4616)
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = connection.docmd("AUTH", f"PLAIN {plain}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _send(connection: smtplib.SMTP, to: Server, letter: Letter, unit: str) -> str:
    message: Any = _written(letter)
    message["From"] = formataddr((" ".join(unit.split()), to.sender)) if unit else to.sender
    # EmailMessage loses a space where it folds a long line of words with and without marks
    message["To"], message["Subject"] = letter.to, Header(" ".join(letter.subject.split()), "utf-8")
    domain = to.sender.split("@")[1]
    message["Date"] = formatdate(localtime=True)
    message["Message-ID"] = f"<{letter.key}@{domain}>" if letter.key else make_msgid(domain=domain)
    message["Auto-Submitted"] = "no"
    try:
        connection.send_message(message, from_addr=to.sender, to_addrs=[letter.to])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        return _why(error)
    return ""


def _written(letter: Letter) -> MIMEBase:
    """The text, with the files after it."""
    text = MIMEText(letter.text + "\n", "plain", "utf-8")
    if not letter.attachments:
        return text
    whole = MIMEMultipart()
    whole.attach(text)
    for file in letter.attachments:
        part = MIMEBase(*file.media_type.split("/"))
        part.set_payload(file.content)
        encode_base64(part)
        part.add_header("Content-Disposition", "attachment", filename=file.name)
        whole.attach(part)
    return whole


def _why(error: Exception) -> str:
    """Why it failed, for who reads it; what the server answered may name people and is not repeated."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "The mail server refused the user or the password."
        case smtplib.SMTPNotSupportedError():
            return "The mail server offers no encryption, or takes no password. Nothing was sent."
        case smtplib.SMTPRecipientsRefused():
            return "The mail server refused the address."
        case smtplib.SMTPSenderRefused():
            return "The mail server refused the sender's address."
        case smtplib.SMTPDataError():
            return "The mail server refused the letter."
        case ssl.SSLCertVerificationError():
            return "The certificate of the mail server is not to be trusted. Nothing was sent."
        case ssl.SSLError():
            return "The mail server does not speak TLS on this port. Nothing was sent."
        case OSError() | smtplib.SMTPException():
            return "The mail server did not answer. Try again later, or check its name and port."
    return "The letter could not be sent."
