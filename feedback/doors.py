"""The one table of doors: blueprints, commands, what the worker does with each kind of side effect, and its timers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint
from flask.cli import AppGroup

from feedback.adapters.counts import forget_counts
from feedback.admin import cli as admin_cli
from feedback.admin.views import admin
from feedback.audit import cli as audit_cli
from feedback.audit import handlers as audit_handlers
from feedback.catalogue import cli as catalogue_cli
from feedback.clocks import cli as clocks_cli
from feedback.files import cli as files_cli
from feedback.files import handlers as file_handlers
from feedback.files.views import files
from feedback.insight import cli as insight_cli
from feedback.insight import handlers as insight_handlers
from feedback.insight.views import insight, statistics
from feedback.notices import cli as notices_cli
from feedback.notices import handlers as notice_handlers
from feedback.notices.views import notices
from feedback.people import cli as people_cli
from feedback.people import handlers as people_handlers
from feedback.people.views import people
from feedback.publicsite.views import publicsite
from feedback.rights import cli as rights_cli
from feedback.rights import handlers as rights_handlers
from feedback.rights.views import rights
from feedback.storage.outbox import Job
from feedback.tickets import cli as tickets_cli
from feedback.tickets import handlers as ticket_handlers
from feedback.tickets.views import tickets
from feedback.units import cli as units_cli


@dataclass(frozen=True, slots=True)
class Door:
    """A blueprint and where it stands."""

    blueprint: Blueprint
    prefix: str = ""


DOORS: tuple[Door, ...] = (
    Door(publicsite),
    Door(tickets),
    Door(files),
    Door(rights),
    Door(people),
    Door(notices),
    Door(insight, "/pantau"),
    Door(statistics, "/statistik"),
    Door(admin, "/kelola"),
)
COMMANDS: tuple[AppGroup, ...] = (
    people_cli.cli,
    units_cli.cli,
    notices_cli.vault,
    catalogue_cli.cli,
    clocks_cli.cli,
    tickets_cli.cli,
    files_cli.cli,
    insight_cli.cli,
    audit_cli.cli,
    rights_cli.retention,
    rights_cli.incident,
)
SINGLE_COMMANDS = admin_cli.COMMANDS
HANDLERS: dict[str, Callable[[Job], None]] = {
    "ticket.moved": notice_handlers.ticket_moved,
    "ticket.lapsing": notice_handlers.ticket_lapsing,
    "ticket.unsealed": notice_handlers.ticket_unsealed,
    "mail": notice_handlers.send_mail,
    "mail.account": notice_handlers.send_account,
    "mail.recovery": notice_handlers.send_recovery,
    "mail.register": notice_handlers.send_register,
    "mail.address": notice_handlers.send_address,
    "mail.escalation": notice_handlers.send_escalation,
    "mail.rights": notice_handlers.send_rights,
    "mail.rights_waiting": notice_handlers.send_waiting,
    "mail.farewell": notice_handlers.send_farewell,
    "mail.incident": notice_handlers.send_incident,
    "mail.incident_agency": notice_handlers.send_to_agency,
    "rights.copy": rights_handlers.copy,
    "retention.run": rights_handlers.destroy,
    "files.forget": rights_handlers.forget_files,
    "mail.digest": notice_handlers.send_digest,
    "mail.invitation": notice_handlers.send_invitation,
    "mail.role_ending": notice_handlers.send_role_ending,
    "person.left": ticket_handlers.person_left,
    "mail.report": insight_handlers.send_report,
    "files.scan": file_handlers.scan,
    "files.sweep": file_handlers.sweep,
    "insight.check": insight_handlers.check_figures,
}
TIMERS: tuple[Callable[[datetime], Any], ...] = (
    *ticket_handlers.TIMERS,
    *notice_handlers.TIMERS,
    *insight_handlers.TIMERS,
    forget_counts,
    *file_handlers.TIMERS,
    *audit_handlers.TIMERS,
    *people_handlers.TIMERS,
    *rights_handlers.TIMERS,
)
