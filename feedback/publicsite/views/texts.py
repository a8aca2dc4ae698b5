"""Pages that explain."""

from __future__ import annotations

from flask import render_template

from feedback.clocks.queries import policy_rules
from feedback.kernel.clock import local_date, utc_now
from feedback.publicsite.forms import ZONE
from feedback.publicsite.views.blueprint import publicsite
from feedback.publicsite.views.explain import deadline_rows, state_stories
from feedback.web.guard import public


@publicsite.get("/bantuan", endpoint="help")
@public
def help_page() -> str:
    """How it works: states, dates, and who sees what."""
    deadlines = deadline_rows(policy_rules(), local_date(utc_now(), ZONE))
    return render_template("publicsite/help.html", stories=state_stories(), deadlines=deadlines)


@publicsite.get("/tentang")
@public
def about() -> str:
    """What this site is and is not."""
    return render_template("publicsite/about.html")
