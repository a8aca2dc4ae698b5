"""What a browser with script finds for a page that asks for a proof."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from tests.site import Page


def solved(page: Page, **changed: Any) -> str:
    """The proof, with values changed for one that must not do."""
    given = {name: re.search(f'data-{name}="([^"]*)"', page.html) for name in ("challenge", "salt", "signature", "max")}
    told = {name: match[1] for name, match in given.items() if match}
    number = next(n for n in range(int(told["max"]) + 1) if hashlib.sha256(f"{told['salt']}{n}".encode()).hexdigest() == told["challenge"])
    answer = {"algorithm": "SHA-256", "challenge": told["challenge"], "number": number, "salt": told["salt"], "signature": told["signature"]}
    return base64.b64encode(json.dumps({**answer, **changed}).encode()).decode()
