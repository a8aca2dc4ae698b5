"""A control: every third report is stored, and its answer lost on the way, as on a bad line."""

from __future__ import annotations

import itertools
from typing import Any

from flask import request

from wsgi import app

_turn = itertools.count(1)


@app.after_request
def _lose(response: Any) -> Any:
    if request.path == "/lapor" and request.method == "POST" and next(_turn) % 3 == 0:
        response.status_code = 503
        response.set_data("")
    return response
