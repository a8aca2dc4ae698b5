"""Mail through an SMTP server."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

from feedback.adapters.mail import Mail, MailFailure, PermanentMailFailure, TemporaryMailFailure, as_message

TIMEOUT = 20.0
_STATUS = re.compile(r"^[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """One connection for each letter. With ``starttls`` nothing is said in the clear; ``timeout`` is in seconds."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    timeout: float = TIMEOUT
    tls: ssl.SSLContext | None = None

    def send(self, mail: Mail) -> None:
        """Hand the letter to the server; it is sent once the server said so, whatever happens afterwards."""
        message = as_message(mail)
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except (smtplib.SMTPException, OSError) as wrong:
            raise TemporaryMailFailure(f"no connection: {_reason(wrong)}", _code(wrong)) from None
        try:
            self._greet(server)
            server.send_message(message)
        except (smtplib.SMTPException, OSError) as wrong:
            raise _failure(wrong) from None
        finally:
            # The letter's fate is known by now; a server that hangs up without goodbye changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _greet(self, server: smtplib.SMTP) -> None:
        try:
            if self.starttls:
                server.starttls(context=self.tls or ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
        except (smtplib.SMTPException, OSError) as wrong:
            # A wrong password or certificate is ours to mend, not the recipient's: letters wait for it.
            raise TemporaryMailFailure(f"sign-in to the mail server: {_reason(wrong)}", _code(wrong)) from None


def _failure(wrong: Exception) -> MailFailure:
    """For good only when the server says so of this recipient or this letter (RFC 5321 section 4.2.1)."""
    if isinstance(wrong, smtplib.SMTPNotSupportedError):
        return PermanentMailFailure("the server cannot write to such an address")
    code = _code(wrong)
    if isinstance(wrong, smtplib.SMTPSenderRefused):
        return TemporaryMailFailure(f"sender refused: {_reason(wrong)}", code)
    kind = PermanentMailFailure if code is not None and 500 <= code < 600 else TemporaryMailFailure
    return kind(_reason(wrong), code)


def _answer(wrong: Exception) -> tuple[int, bytes] | None:
    if isinstance(wrong, smtplib.SMTPRecipientsRefused):
        return next(iter(wrong.recipients.values()), None)
    if isinstance(wrong, smtplib.SMTPResponseException):
        text = wrong.smtp_error
        return wrong.smtp_code, text if isinstance(text, bytes) else str(text).encode()
    return None


def _code(wrong: Exception) -> int | None:
    answer = _answer(wrong)
    return answer[0] if answer else None


def _reason(wrong: Exception) -> str:
    """What may be written down: codes only. A server's own words may quote the recipient's address."""
    answer = _answer(wrong)
    if answer is None:
        return type(wrong).__name__
    status = _STATUS.match(answer[1].decode("ascii", "replace"))
    return f"SMTP {answer[0]} {status.group()}" if status else f"SMTP {answer[0]}"
