"""The floor every page is compared with: bare Flask that renders twenty rows from literals, about 13 KB."""

from __future__ import annotations

import sys

from flask import Flask, render_template_string
from granian import Granian
from granian.constants import Interfaces

app = Flask(__name__)
ROW = (
    '<article class="card"><div class="card-top"><span class="state state-{{ row.state }}">{{ row.state }}</span>'
    '<span class="number">{{ row.number }}</span></div><h2><a href="/laporan/{{ row.number }}">{{ row.title }}</a></h2>'
    '<ul class="facts"><li>{{ row.topic }}</li><li>{{ row.place }}</li><li>{{ row.unit }}</li></ul>'
    '<p class="card-dates"><span>{{ row.received }}</span><span class="due">{{ row.due }}</span></p></article>'
)
PAGE = (
    "<!doctype html><html lang=id><head><title>Laporan</title></head><body><h1>Laporan warga</h1>"
    "{% for row in rows %}" + ROW + "{% endfor %}</body></html>"
)
ROWS = [
    {
        "state": "in_progress", "number": f"MB-0000-{index:04}", "title": "Lampu jalan di depan pasar mati " * 7,
        "topic": "Jalan dan jembatan", "place": "Sofifi, Oba Utara", "unit": "Dinas Perhubungan",
        "received": "21 November 2026", "due": "Tenggat 5 Des 2026",
    }
    for index in range(20)
]  # fmt: skip


@app.get("/")
def page() -> str:
    """The page."""
    return render_template_string(PAGE, rows=ROWS)


if __name__ == "__main__":
    Granian(
        "bench.floor:app",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=4,
        websockets=False,
        log_enabled=False,
    ).serve()
