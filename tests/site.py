"""A reader without scripts: opens pages, fills the forms it finds there, and lints everything it is shown."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.kernel.actor import Actor
from feedback.people.actions import begin_sign_in


@dataclass
class FoundForm:
    """A form as it stands on a page: where it goes, its fields as filled, its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self.text: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []
        self.headings = 0
        self._form: FoundForm | None = None
        self._select: str | None = None
        self._option: tuple[str, bool] | None = None
        self._chosen: str | None = None
        self._area: tuple[str, list[str]] | None = None
        self._button: tuple[str, str, list[str]] | None = None
        self._quiet = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attributes}
        if "style" in got or any(name.startswith("on") for name in got):
            self.faults.append(f"inline style or handler on <{tag}>")
        if "id" in got:
            self.ids.append(got["id"])
        if tag in ("script", "style"):
            self._quiet += 1
            if tag == "style" or "src" not in got:
                self.faults.append(f"inline <{tag}>")
        self.headings += tag == "h1"
        if tag == "a" and "href" in got:
            self.links.append(got["href"])
        if tag == "form":
            self._form = FoundForm(got.get("action", ""), got.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, got)

    def _control(self, tag: str, got: dict[str, str]) -> None:
        assert self._form is not None
        name = got.get("name", "")
        if tag in ("input", "select", "textarea") and name:
            self._form.kinds[name] = got.get("type", "text") if tag == "input" else tag
        if tag == "input" and name:
            kind = got.get("type", "text")
            if kind == "file":  # nothing is chosen in it
                return
            if kind == "submit":
                self._form.buttons.append((name, got.get("value", ""), got.get("value", "")))
            elif kind not in ("checkbox", "radio") or "checked" in got:
                self._form.fields.append((name, got.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self._select, self._chosen = name, None
        elif tag == "option" and self._select is not None:
            if "selected" in got or self._chosen is None:
                self._chosen = got.get("value", "")
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "button":
            self._button = (name, got.get("value", ""), [])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._quiet -= 1
        if tag == "form":
            self._form = None
        if tag == "select" and self._form is not None and self._select is not None:
            self._form.fields.append((self._select, self._chosen or ""))
            self._select = None
        if tag == "textarea" and self._form is not None and self._area is not None:
            value = "".join(self._area[1]).replace("\r\n", "\n")  # as every browser reads a page
            self._form.fields.append((self._area[0], value[1:] if value.startswith("\n") else value))
            self._area = None
        if tag == "button" and self._form is not None and self._button is not None:
            name, value, label = self._button
            self._form.buttons.append((name, value, " ".join("".join(label).split())))
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)
        if self._button is not None:
            self._button[2].append(data)
        if not self._quiet:
            self.text.append(data)


class Page:
    """What came back."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.html = response.get_data(as_text=True)
        reader = _Reader()
        if response.mimetype == "text/html":
            reader.feed(self.html)
            self._lint(reader)
        self.forms = reader.forms
        self.links = reader.links
        self.text = re.sub(r"\s+", " ", " ".join(reader.text)).strip()

    def _lint(self, reader: _Reader) -> None:
        assert not reader.faults, reader.faults
        assert reader.headings == 1, f"{reader.headings} h1 on {self.path}"
        assert re.search(r"<title>\s*\S", self.html), f"no title on {self.path}"
        twice = {one for one in reader.ids if reader.ids.count(one) > 1}
        assert not twice, f"ids used twice on {self.path}: {twice}"
        assert "Content-Security-Policy" in self.response.headers

    def form(self, *, button: str | None = None, has: str | None = None) -> FoundForm:
        """The form with a button of that label or value, or with a field of that name."""
        for form in self.forms:
            names = {name for name, _ in form.fields}
            words = {word for found in form.buttons for word in found[1:]}
            if (button is None or button in words) and (has is None or has in names):
                return form
        raise AssertionError(f"no form with {button or has!r} on {self.path}: {self.text[:500]}")


class Reader:
    """Somebody with a browser; ``sign_in`` makes it somebody in particular."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def open(self, path: str, **rest: Any) -> Page:
        """GET, following redirects as a browser does."""
        return Page(self.client.get(path, follow_redirects=True, **rest))

    def send(
        self, page: Page, *, button: str | None = None, has: str | None = None, follow: bool = True,
        files: dict[str, list[tuple[str, bytes]]] | None = None, **values: Any,
    ) -> Page:  # fmt: skip
        """Fill the form found by its button (label or value) or a field and send it; None removes a field."""
        form = page.form(button=button, has=has)
        data = [(name, value) for name, value in form.fields if name not in values]
        for name, value in values.items():
            many = value if isinstance(value, list) else [value]
            data += [(name, str(one)) for one in many if one is not None]
        for name, value, label in form.buttons:
            if button in (label, value) and name:
                data.append((name, value))
                break
        target = urljoin(page.path, form.action) if form.action else page.path
        if form.method == "get":
            return Page(self.client.get(target, query_string=data, follow_redirects=follow))
        body: dict[str, list[Any]] = {}
        for name, value in data:
            body.setdefault(name, []).append(value)
        for name, chosen in (files or {}).items():
            body[name] = [(io.BytesIO(content), file_name) for file_name, content in chosen]
        return Page(self.client.post(target, data=body, follow_redirects=follow))

    def sign_in(self, actor: Actor) -> Reader:
        """Be signed in as this person, second factor and all; the way there is tested in tests/people."""
        token = begin_sign_in(actor.person_id or 0, strong=True)
        self.client.set_cookie("sesi", token)
        return self
