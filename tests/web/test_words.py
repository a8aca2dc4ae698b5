"""Messages in templates and lists of options: our quick ways write what the libraries would."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask_babel import force_locale, gettext
from wtforms import SelectField
from wtforms.fields import SelectChoice

from feedback.web.form import Form


def test_values_are_escaped_in_pages(plain_app: Flask) -> None:
    with plain_app.test_request_context("/"):
        said = render_template_string("{{ _('Tenggat %(at)s', at=value) }}", value="<b>&")
        assert said == "Tenggat &lt;b&gt;&amp;"
        assert render_template_string("{{ _('Seratus %%') }}") == "Seratus %"


def test_each_reader_has_a_language_of_their_own(plain_app: Flask) -> None:
    with plain_app.test_request_context("/?bahasa=en"):
        assert gettext("Laporan") == render_template_string("{{ _('Laporan') }}") == "Reports"
        with force_locale("id"):
            assert gettext("Laporan") == render_template_string("{{ _('Laporan') }}") == "Laporan"
        assert gettext("Laporan") == "Reports"


class Chosen(Form):
    one = SelectField("Satu", choices=[SelectChoice("", "Pilih"), SelectChoice('"a"', "<Dinas & Kantor>")])


def test_options_are_escaped_and_the_chosen_one_is_marked(plain_app: Flask) -> None:
    with plain_app.test_request_context("/"):
        written = str(Chosen(data={"one": '"a"'}).one())
    assert '<option value="">Pilih</option>' in written
    assert '<option selected value="&#34;a&#34;">&lt;Dinas &amp; Kantor&gt;</option>' in written
