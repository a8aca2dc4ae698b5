"""Which versions of the privacy notice there were. Another text is another version: a test compares the checksums."""

from __future__ import annotations

# The day a version takes effect: checksums of its Indonesian and English text in feedback/publicsite/privacy.
NOTICES = {
    "2026-11-25": {
        "id": "23a94705a8981bd47101646ff9c5dfc69b0c7d960a7ce24af0e2734529f6e3ba",
        "en": "d30ae5d71e490268763216d8cf1f8c17804a648e9b69dd065b59d22bda29e50e",
    },
    "2026-11-26": {
        "id": "b9514d725a2d5aa30c986f678f22a0e2272696fce4125567c9d330505529f622",
        "en": "ab6e6f8d5dc145d9d863bea805eb75a8812e08d73c7edbdb304acc883853222f",
    },
}
# What is agreed to from now on; stored with each report sent by its writer and each account they open.
NOTICE = max(NOTICES)
