"""Mail to the terminal: for development, where nothing may leave the machine."""

from __future__ import annotations

import sys
from typing import TextIO

from feedback.adapters.mail import Mail, as_message

WIDTH = 72


class ConsoleMailer:
    """Prints each letter as a block, whole, so that its links can be opened."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream

    def send(self, mail: Mail) -> None:
        """Print it; refuses what the wire would refuse, so that a fault shows before production."""
        as_message(mail)
        head = [("From", mail.sender), ("To", mail.recipient), ("Subject", mail.subject), *mail.headers.items()]
        lines = [f"{name}: {value}" for name, value in head]
        rule = "-" * WIDTH
        block = "\n".join([rule, *lines, "", mail.text.rstrip("\n"), rule, ""])
        out = self.stream or sys.stdout
        out.write(block)
        out.flush()
