"""What any WSGI server runs: ``wsgi:app``. Exits with status 78 and a sentence for each thing that is wrong.

Commands judge for themselves: ``flask prepare`` has to run on a database whose migrations are pending. But Flask's own
``run``, a server for development, is none of ours.
"""

from __future__ import annotations

import os
import sys

import click
from dotenv import load_dotenv

from config import BadSettings, load_settings
from feedback.admin.actions.fitness import refuse_unfit
from feedback.app import create_app, spare_the_lasting

# Whatever the site writes - keys, database, attachments - is for its own user alone.
os.umask(0o077)
load_dotenv()
try:
    app = create_app(load_settings())
    command = click.get_current_context(silent=True)
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true" or (command is not None and command.info_name == "run"):
        with app.app_context():
            refuse_unfit()
except BadSettings as problem:
    sys.stderr.write(f"{problem}\n")
    raise SystemExit(problem.status) from None
spare_the_lasting()
