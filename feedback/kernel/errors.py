"""Expected refusals. A door translates each once: to a page, a problem+json or an exit code (DESIGN.md 3.15).

Messages are Indonesian source texts marked with :func:`feedback.kernel.text.mark`; doors translate them for the reader.
"""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):
    """Something asked for cannot be done, for a reason the asker may know.

    ``message`` is a source text, ``values`` fills its ``%(name)s`` places, ``field`` names the input at fault.
    """

    status = 400
    code = "refused"

    def __init__(self, message: str, *, field: str | None = None, values: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = dict(values or {})

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Invalid(Refusal):
    """What was given breaks a rule; ``field`` says which input."""

    status = 422
    code = "invalid"


class NotFound(Refusal):
    """No such thing for this actor. "Not yours" and "not there" are the same answer (SECURITY.md 1.1)."""

    status = 404
    code = "not_found"

    def __init__(self, message: str = "Tidak ditemukan.", **rest: object) -> None:
        super().__init__(message)


class Forbidden(Refusal):
    """The actor may see the thing but not do this with it."""

    status = 403
    code = "forbidden"


class Conflict(Refusal):
    """The thing changed meanwhile, or its state does not allow the move; nothing was written."""

    status = 409
    code = "conflict"


class TooMany(Refusal):
    """Too many tries; ``retry_after`` is in whole seconds."""

    status = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, values={"seconds": retry_after, "minutes": -(-retry_after // 60)})
        self.retry_after = retry_after


class Unavailable(Refusal):
    """It would be done, but not now: no room left, or something needed does not answer; nothing was written."""

    status = 503
    code = "unavailable"

    def __init__(self, message: str, *, retry_after: int, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_after = retry_after
