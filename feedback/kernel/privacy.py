"""Which versions of the privacy notice there were. Another text is another version: a test compares the checksums."""

from __future__ import annotations

# The day a version takes effect: checksums of its Indonesian and English text in feedback/publicsite/privacy.
NOTICES = {
    "2026-11-25": {
        "id": "1839c392d5a500044b4bfeea7529223cd67e457028b53ddaf3e9450e440968cc",
        "en": "f25fba505e6f03721395fedf2f4d7e86c81efa9ebfc1ee06d790013049529c58",
    },
}
# What is agreed to from now on; stored with each report sent by its writer and each account they open.
NOTICE = max(NOTICES)
