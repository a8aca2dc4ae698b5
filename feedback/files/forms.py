"""The field for photos and documents. What is chosen is kept at once, so an error in another field loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage
from wtforms import Field

from feedback.files.actions.keeping import Given, check_alts, describe_files, drop_file, keep_file
from feedback.files.queries import FileLine, pending_files
from feedback.files.rules.kinds import LARGEST_FILE, Kind, Phase, Scan, shown_name
from feedback.files.rules.quota import Uploader
from feedback.kernel.errors import Invalid, Refusal, TooMany, Unavailable

DROP = "buang:"
UPLOAD = "unggah"


class Attachments(Field):
    """Several files; ``phases`` are the inputs it shows, ``needs_alt`` asks for words about every photo."""

    widget = None

    def __init__(
        self, label: Any = None, *, phases: tuple[Phase, ...] = (Phase.NONE,), needs_alt: bool = False, **rest: Any
    ) -> None:
        super().__init__(label or lazy_gettext("Foto atau PDF"), **rest)
        self.phases = phases
        self.needs_alt = needs_alt
        self.kept: tuple[FileLine, ...] = ()
        self.status = 200
        self.retry_after = 0

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Nothing is read here: see :meth:`receive`."""
        self.process_errors: list[str] = []
        self.data = None

    def input_name(self, phase: Phase) -> str:
        """What the input of a phase is called."""
        return f"{self.name}-{phase.value}" if phase else str(self.name)

    def show(self, form_key: str) -> None:
        """List what the form holds already."""
        self.kept = pending_files(form_key)

    def receive(self, form_key: str, uploader: Uploader, step: str = "") -> bool:
        """Keep what was chosen, what was written about it, and drop what was to be dropped (``step``).

        True when the button pressed was about files only, so that the page is to be shown again.
        """
        alts = {name.removeprefix("alt-"): value for name, value in request.form.items() if name.startswith("alt-")}
        if alts:
            describe_files(form_key, alts)
        if step.startswith(DROP):
            drop_file(form_key, step.removeprefix(DROP))
        for phase, one in self._chosen():
            self._keep(phase, one, form_key, uploader)
        self.show(form_key)
        return step.startswith(DROP) or step == UPLOAD

    def _chosen(self) -> Iterator[tuple[Phase, FileStorage]]:
        for phase in self.phases:
            for one in request.files.getlist(self.input_name(phase)):
                if one.filename:  # an input in which nothing was chosen is sent without a name
                    yield phase, one

    def _keep(self, phase: Phase, one: FileStorage, form_key: str, uploader: Uploader) -> None:
        alt = request.form.get(f"{self.input_name(phase)}-alt", "")
        given = Given(one.filename or "", one.stream.read(LARGEST_FILE + 1), alt, phase)
        try:
            keep_file(given, form_key, uploader)
        except (Invalid, TooMany, Unavailable) as refusal:
            self._refuse(shown_name(one.filename), refusal)

    def _refuse(self, name: str, refusal: Refusal) -> None:
        message = gettext(refusal.message, **refusal.values)
        # The whole sending has the status of the gravest refusal.
        self.status = max(self.status, refusal.status)
        self.retry_after = max(self.retry_after, getattr(refusal, "retry_after", 0))
        self.process_errors.append(f"{name}: {message}" if name else message)
        self.errors = list(self.process_errors)

    def pre_validate(self, form: Any) -> None:
        """Photos of officials carry words for those who cannot see them; nobody's words about a photo are private."""
        if self.needs_alt and any(one.kind is Kind.IMAGE and not one.alt for one in self.kept):
            self.process_errors.append(gettext("Tulis satu baris tentang setiap foto: apa yang tampak."))
            self.errors = list(self.process_errors)
        try:
            check_alts(one.alt for one in self.kept)
        except Invalid as refusal:
            self.process_errors.append(gettext(refusal.message, **refusal.values))
            self.errors = list(self.process_errors)
        if any(one.scan is Scan.INFECTED for one in self.kept):
            self.process_errors.append(gettext("Satu berkas tidak lolos pemeriksaan virus. Buang berkas itu."))
            self.errors = list(self.process_errors)
