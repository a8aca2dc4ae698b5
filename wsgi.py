"""What any WSGI server runs: ``wsgi:app``. Exits with status 78 and one sentence when the settings are wrong."""

from __future__ import annotations

import sys

from dotenv import load_dotenv

from config import BadSettings, load_settings
from feedback.app import create_app

load_dotenv()
try:
    app = create_app(load_settings())
except BadSettings as problem:
    sys.stderr.write(f"{problem}\n")
    raise SystemExit(78) from None
