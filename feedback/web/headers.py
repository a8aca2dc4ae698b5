"""Security headers on every answer, errors and static files included (SECURITY.md section 4)."""

from __future__ import annotations

from flask import Response, current_app, request

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
    "manifest-src 'self'", "worker-src 'self'",
))  # fmt: skip
FEATURES = "accelerometer", "camera", "geolocation", "gyroscope", "magnetometer", "microphone", "payment", "usb"
CLOSED = ", ".join(f"{feature}=()" for feature in FEATURES)
ON_REPORT_FORM = CLOSED.replace("camera=()", "camera=(self)").replace("geolocation=()", "geolocation=(self)")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # same-origin, not no-referrer: Flask-WTF compares the referrer of forms over https.
    "Referrer-Policy": "same-origin",
}


def add_headers(response: Response) -> Response:
    """After every request."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    on_form = request.endpoint == "tickets.report"
    response.headers.setdefault("Permissions-Policy", ON_REPORT_FORM if on_form else CLOSED)
    if current_app.config["SETTINGS"].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if request.endpoint == "static" and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static" and not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    return response
