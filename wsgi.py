"""What any WSGI server runs: ``wsgi:app``. Exits with status 78 and a sentence for each thing that is wrong."""

from __future__ import annotations

import os
import sys

from dotenv import load_dotenv

from config import BadSettings, load_settings
from feedback.admin.actions.fitness import refuse_unfit
from feedback.app import create_app

# Whatever the site writes - keys, database, attachments - is for its own user alone.
os.umask(0o077)
load_dotenv()
try:
    app = create_app(load_settings())
    # Commands judge for themselves: `flask prepare` has to run on a database whose migrations are pending.
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        with app.app_context():
            refuse_unfit()
except BadSettings as problem:
    sys.stderr.write(f"{problem}\n")
    raise SystemExit(78) from None
