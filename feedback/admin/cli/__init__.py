"""Commands of whoever runs the installation."""

from __future__ import annotations

import click

from feedback.admin.cli.backup import backup_command, restore_command
from feedback.admin.cli.check import doctor_command
from feedback.admin.cli.prepare import prepare_command, seed_command
from feedback.admin.cli.run import serve_command, worker_command

COMMANDS: tuple[click.Command, ...] = (
    serve_command,
    worker_command,
    prepare_command,
    seed_command,
    doctor_command,
    backup_command,
    restore_command,
)
