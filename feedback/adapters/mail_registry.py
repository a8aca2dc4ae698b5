"""Which mailer the settings name."""

from __future__ import annotations

from config import Settings
from feedback.adapters.mail import Mailer
from feedback.adapters.mail_console import ConsoleMailer
from feedback.adapters.mail_smtp import SmtpMailer


def mailer_for(settings: Settings) -> Mailer:
    """The mailer of this installation (MAIL=console or smtp)."""
    if settings.mail == "smtp":
        return SmtpMailer(
            settings.smtp_host,
            settings.smtp_port,
            user=settings.smtp_user,
            password=settings.smtp_password,
            starttls=settings.smtp_starttls,
        )
    return ConsoleMailer()
