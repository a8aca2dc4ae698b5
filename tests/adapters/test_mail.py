from __future__ import annotations

import io
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config import load_settings
from feedback.adapters.mail import Mail, Mailer, PermanentMailFailure, TemporaryMailFailure, as_message
from feedback.adapters.mail_console import ConsoleMailer
from feedback.adapters.mail_registry import mailer_for
from feedback.adapters.mail_smtp import TIMEOUT, SmtpMailer
from feedback.storage.outbox import Hopeless
from tests.adapters.mailbox import Mailbox, free_port, serving

SENDER = "Masyarakat Bicara <jangan-balas@lapor.example>"
TEXT = "Yth. Nur’aini,\n\nLampu jalan: „sudah” diganti – terima kasih.\nhttps://lapor.example/laporan/MB-0000-0000\n.\nsesudah titik\n"


def a_mail(**changes: object) -> Mail:
    values: dict[str, object] = {
        "sender": SENDER,
        "recipient": "warga@contoh.example",
        "subject": "Laporan MB-0000-0000: ada kabar – baru",
        "text": TEXT,
        "message_id": "<abc@lapor.example>",
    }
    return Mail(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with serving() as mailbox:
        yield mailbox


def smtp(mailbox: Mailbox, **options: object) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", mailbox.port, **{"timeout": 5.0, **options})  # type: ignore[arg-type]


# What every mailer does


@pytest.fixture(params=["console", "smtp"])
def mailer(request: pytest.FixtureRequest) -> tuple[Mailer, Callable[[], str]]:
    """A mailer, and what has come out of it as one text."""
    if request.param == "console":
        stream = io.StringIO()
        return ConsoleMailer(stream), stream.getvalue
    mailbox: Mailbox = request.getfixturevalue("mailbox")

    def seen() -> str:
        return "".join(f"{letter['to']}\n{letter['subject']}\n{letter.get_content()}" for letter in mailbox.letters)

    return smtp(mailbox), seen


def test_a_letter_arrives_whole(mailer: tuple[Mailer, Callable[[], str]]) -> None:
    sender, seen = mailer
    sender.send(a_mail())
    told = seen().replace("\r\n", "\n")
    assert "warga@contoh.example" in told
    assert "Laporan MB-0000-0000: ada kabar – baru" in told
    assert TEXT.strip() in told


@pytest.mark.parametrize("recipient", ["", "x", "a@b@c", "a b@c.example", "a@", "@b", "a@b.example, c@d.example", "<a@b.example>"])
def test_what_is_no_address_is_refused_for_good(mailer: tuple[Mailer, Callable[[], str]], recipient: str) -> None:
    sender, seen = mailer
    with pytest.raises(PermanentMailFailure):
        sender.send(a_mail(recipient=recipient))
    assert seen() == ""


@pytest.mark.parametrize("name", ["sender", "recipient", "subject", "message_id"])
@pytest.mark.parametrize("sign", ["\n", "\r", "\r\nBcc: evil@contoh.example", "\x00", "\u2028"])
def test_no_header_can_be_slipped_in(name: str, sign: str) -> None:
    with pytest.raises(PermanentMailFailure):
        a_mail(**{name: f"<a{sign}b@contoh.example>"})


@pytest.mark.parametrize("headers", [{"X-A": "b\nBcc: evil@contoh.example"}, {"X-A\r\nBcc": "b"}])
def test_nor_through_further_headers(headers: dict[str, str]) -> None:
    with pytest.raises(PermanentMailFailure):
        a_mail(headers=headers)


def test_a_message_id_has_its_brackets() -> None:
    with pytest.raises(PermanentMailFailure):
        a_mail(message_id="abc@lapor.example")


# What the wire sees


def test_the_headers_of_a_letter(mailbox: Mailbox) -> None:
    smtp(mailbox).send(a_mail(headers={"X-Laporan": "ya"}))
    (letter,) = mailbox.letters
    assert letter["message-id"] == "<abc@lapor.example>"
    assert letter["auto-submitted"] == "auto-generated"
    assert letter["from"] == SENDER
    assert letter["x-laporan"] == "ya"
    assert letter.get_content_charset() == "utf-8"
    assert abs(letter["date"].datetime - datetime.now(UTC)) < timedelta(minutes=1)
    assert mailbox.recipients == ["warga@contoh.example"]
    assert mailbox.sender == "jangan-balas@lapor.example"


def test_nothing_on_the_wire_needs_eight_bits() -> None:
    assert as_message(a_mail()).as_bytes().isascii()


def test_a_letter_of_one_endless_line_keeps_the_wires_limit() -> None:
    lines = as_message(a_mail(text="x" * 50_000)).as_bytes().split(b"\r\n")
    assert max(map(len, lines)) <= 998  # RFC 5322 section 2.1.1


# What can go wrong


@pytest.mark.parametrize("answer", ["450 4.2.1 busy", "451 later", "452 4.2.2 full"])
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_refused_for_now_is_temporary(mailbox: Mailbox, step: str, answer: str) -> None:
    setattr(mailbox, step, lambda: answer)
    with pytest.raises(TemporaryMailFailure, match=answer[:3]):
        smtp(mailbox).send(a_mail())
    assert mailbox.letters == []


@pytest.mark.parametrize("answer", ["550 5.1.1 unknown", "552 too big", "554 5.7.1 refused"])
@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_refused_for_good_is_permanent_and_hopeless(mailbox: Mailbox, step: str, answer: str) -> None:
    setattr(mailbox, step, lambda: answer)
    with pytest.raises(PermanentMailFailure, match=answer[:3]) as caught:
        smtp(mailbox).send(a_mail())
    assert isinstance(caught.value, Hopeless)
    assert mailbox.letters == []


def test_our_own_address_refused_is_for_us_to_mend(mailbox: Mailbox) -> None:
    mailbox.mail = lambda: "550 5.7.1 not you"
    with pytest.raises(TemporaryMailFailure, match=r"sender refused: SMTP 550 5\.7\.1"):
        smtp(mailbox).send(a_mail())


def test_a_failure_never_names_the_recipient(mailbox: Mailbox) -> None:
    mailbox.rcpt = lambda: "550 5.1.1 <warga@contoh.example> no such user"
    with pytest.raises(PermanentMailFailure) as caught:
        smtp(mailbox).send(a_mail())
    assert str(caught.value) == "SMTP 550 5.1.1"
    assert caught.value.smtp_code == 550
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_nobody_listening_is_temporary() -> None:
    with pytest.raises(TemporaryMailFailure, match="no connection") as caught:
        SmtpMailer("127.0.0.1", free_port(), timeout=2).send(a_mail())
    assert caught.value.smtp_code is None


def test_an_unknown_host_is_temporary() -> None:
    with pytest.raises(TemporaryMailFailure, match="no connection"):
        SmtpMailer("mail.invalid", 25, timeout=2).send(a_mail())


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(TemporaryMailFailure, match="no connection"):
            SmtpMailer("127.0.0.1", port, timeout=0.3).send(a_mail())


def test_a_server_that_talks_nonsense_is_temporary() -> None:
    def babble(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=babble, args=(server,))
        thread.start()
        with pytest.raises(TemporaryMailFailure):
            SmtpMailer("127.0.0.1", server.getsockname()[1], timeout=2).send(a_mail())
        thread.join()


def test_a_slow_server_is_given_up_and_tried_again(mailbox: Mailbox) -> None:
    mailbox.delay = 1.0
    with pytest.raises(TemporaryMailFailure):
        smtp(mailbox, timeout=0.2).send(a_mail())
    mailbox.delay = 0
    smtp(mailbox).send(a_mail())
    assert mailbox.letters


def test_a_connection_dropped_mid_way_leaves_nothing_and_recovers(mailbox: Mailbox) -> None:
    mailbox.drop = True
    with pytest.raises(TemporaryMailFailure):
        smtp(mailbox).send(a_mail())
    mailbox.drop = False
    smtp(mailbox).send(a_mail())
    assert [letter["message-id"] for letter in mailbox.letters] == ["<abc@lapor.example>"]


def test_a_server_that_hangs_up_without_goodbye_has_the_letter(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(_self: smtplib.SMTP) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "quit", hang_up)
    smtp(mailbox).send(a_mail())
    assert len(mailbox.letters) == 1


# STARTTLS and sign-in


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def guarded(certificate: Path) -> Iterator[Mailbox]:
    """A server that wants TLS, then a name and password."""

    def check(_server: object, _session: object, _envelope: object, _mechanism: str, data: LoginPassword) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"situs", b"rahasia sekali"), handled=False)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    options = {"tls_context": context, "require_starttls": True, "authenticator": check, "auth_required": True}
    with serving(**options) as mailbox:
        yield mailbox


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def test_with_tls_and_the_password_it_arrives(guarded: Mailbox, certificate: Path) -> None:
    options = {"user": "situs", "password": "rahasia sekali", "starttls": True, "tls": trusting(certificate)}
    smtp(guarded, **options).send(a_mail())
    assert len(guarded.letters) == 1


def test_a_wrong_password_waits_for_us_to_mend_it(guarded: Mailbox, certificate: Path) -> None:
    options = {"user": "situs", "password": "salah", "starttls": True, "tls": trusting(certificate)}
    with pytest.raises(TemporaryMailFailure, match="sign-in to the mail server: SMTP 535") as caught:
        smtp(guarded, **options).send(a_mail())
    assert "salah" not in str(caught.value)


def test_a_certificate_nobody_vouches_for_is_not_trusted(guarded: Mailbox) -> None:
    options = {"user": "situs", "password": "rahasia sekali", "starttls": True}
    with pytest.raises(TemporaryMailFailure, match="CertVerification"):
        smtp(guarded, **options).send(a_mail())
    assert guarded.letters == []


def test_a_server_without_tls_gets_nothing_when_tls_is_set(mailbox: Mailbox) -> None:
    with pytest.raises(TemporaryMailFailure):
        smtp(mailbox, starttls=True).send(a_mail())
    assert mailbox.tries == 0


# Which one


def test_the_settings_choose(tmp_path: Path) -> None:
    values = {"INSTANCE": str(tmp_path), "MAIL": "smtp", "SMTP_HOST": "mail.example", "SMTP_PORT": "587"}
    values |= {"SMTP_USER": "situs", "SMTP_PASSWORD": "rahasia", "SMTP_STARTTLS": "1"}
    chosen = mailer_for(load_settings(values))
    assert chosen == SmtpMailer("mail.example", 587, user="situs", password="rahasia", starttls=True)
    assert chosen.timeout == TIMEOUT == 20
    assert "rahasia" not in repr(chosen)
    assert isinstance(mailer_for(load_settings({"INSTANCE": str(tmp_path)})), ConsoleMailer)


def test_the_console_shows_the_link_on_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleMailer().send(a_mail())
    assert "https://lapor.example/laporan/MB-0000-0000" in capsys.readouterr().out.splitlines()
