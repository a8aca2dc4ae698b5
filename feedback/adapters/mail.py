"""The port for mail: what a letter is, what can go wrong, and how it looks on the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Protocol

from feedback.kernel.clock import utc_now
from feedback.storage.outbox import Hopeless

# One address and nothing around it; which mailboxes exist is the server's to say.
_ADDRESS = re.compile(r"""[^\s@<>()\[\],;:"\\]+@[^\s@<>()\[\],;:"\\]+""")


class MailFailure(Exception):
    """A letter was not taken. The message never names the recipient: administrators read it.

    ``smtp_code`` is the server's answer, None when it gave none.
    """

    def __init__(self, message: str, smtp_code: int | None = None) -> None:
        super().__init__(message)
        self.smtp_code = smtp_code


class TemporaryMailFailure(MailFailure):
    """It may be taken later: refused for now (4xx), unreachable, too slow, or our own settings are wrong."""


class PermanentMailFailure(MailFailure, Hopeless):
    """It will never be taken: the server refused this recipient or letter for good (5xx), or it cannot be written."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter of plain text to one recipient; ``message_id`` with its angle brackets, the same at every try.

    Raises PermanentMailFailure for a line break or control character in what becomes a header.
    """

    sender: str
    recipient: str
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = (self.sender, self.recipient, self.subject, self.message_id, *self.headers, *self.headers.values())
        if not all(line.isprintable() for line in lines):
            raise PermanentMailFailure("control character in a header")
        if not self.message_id.startswith("<") or not self.message_id.endswith(">"):
            raise PermanentMailFailure("malformed message id")


class Mailer(Protocol):
    """Sends letters."""

    def send(self, mail: Mail) -> None:
        """Hand one letter over; returns when somebody else answers for it, raises a MailFailure otherwise."""


def as_message(mail: Mail) -> EmailMessage:
    """The letter as the wire wants it (RFC 5322, UTF-8); raises PermanentMailFailure for an address that is none."""
    if not _ADDRESS.fullmatch(mail.recipient):
        raise PermanentMailFailure("not an address")
    message = EmailMessage(policy=SMTP)
    try:
        message["From"] = mail.sender
        message["To"] = Address(addr_spec=mail.recipient)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(utc_now())
        message["Message-ID"] = mail.message_id
        # RFC 3834: answering machines keep still.
        message["Auto-Submitted"] = "auto-generated"
        for name, value in mail.headers.items():
            message[name] = value
        message.set_content(mail.text, charset="utf-8", cte="quoted-printable")
    except (ValueError, MessageError) as wrong:
        raise PermanentMailFailure(f"cannot be written as a letter: {type(wrong).__name__}") from None
    return message
