"""Which versions of the privacy notice there were. Another text is another version: a test compares the checksums."""

from __future__ import annotations

# The day a version takes effect: checksums of its Indonesian and English text in feedback/publicsite/privacy.
NOTICES = {
    "2026-11-25": {
        "id": "46078f822b37a604073c5346d71f2610183fca71b64e97b800203a4f149f7a41",
        "en": "c9dc7ef06a40ef1a2fbedd42c0118286a7c0ea558554538b3e936d34db869ca6",
    },
}
# What is agreed to from now on; stored with each report sent by its writer and each account they open.
NOTICE = max(NOTICES)
