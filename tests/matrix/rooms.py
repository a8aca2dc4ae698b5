"""Who may enter which address: written by hand, apart from the guards, so that a guard that is forgotten or changed shows.

Every route of the site stands here. `test_every_route_is_listed` fails for one that does not.
"""

from __future__ import annotations

EVERYBODY = frozenset({
    "visitor", "citizen", "stranger", "officer", "second_officer", "division_officer", "other_officer", "coordinator",
    "agency_coordinator", "head", "governor", "inspector", "far_inspector", "administrator",
})  # fmt: skip
ACCOUNT = EVERYBODY - {"visitor"}
OFFICERS = frozenset({"officer", "second_officer", "division_officer", "other_officer"})
COORDINATORS = frozenset({"coordinator", "agency_coordinator"})
SUPERVISORS = frozenset({"head", "governor"})
DESK = OFFICERS | COORDINATORS | SUPERVISORS
BOARD = SUPERVISORS | {"inspector", "far_inspector"}
ADMINISTRATORS = frozenset({"administrator"})
AUDITORS = frozenset({"inspector", "far_inspector", "administrator"})

ROOMS: dict[frozenset[str], tuple[str, ...]] = {
    EVERYBODY: (
        "rights.report_data", "rights.report_ask", "rights.report_copy",
        "publicsite.home", "publicsite.privacy", "publicsite.privacy_version",
        "notices.letters", "publicsite.security_contact", "publicsite.help", "publicsite.alive", "publicsite.track",
        "publicsite.ticket_list", "publicsite.services", "publicsite.service", "publicsite.ready", "publicsite.robots",
        "publicsite.sitemap", "publicsite.sitemap_part", "publicsite.about", "publicsite.units", "publicsite.unit",
        "people.register", "people.register_begin", "people.sign_in", "people.second_factor", "people.forgotten", "people.recovery", "people.sign_out", "people.invitation",
        "people.passkey_question", "people.passkey_sign_in",
        "people.provider_start", "people.provider_return",
        "tickets.report", "tickets.ticket", "tickets.note", "tickets.move", "tickets.qr", "tickets.deadlines",
        "tickets.attachment", "tickets.attachments", "tickets.preview", "tickets.mask", "tickets.mask_now",
        "tickets.decline_masking", "tickets.originals", "files.pending", "statistics.home",
    ),
    ACCOUNT: (
        "people.account", "people.password", "people.prove_again", "people.security", "people.authenticator",
        "people.recovery_codes", "people.authenticator_end", "people.session_end", "people.sessions_end", "people.address", "people.address_proof",
        "people.digests", "people.absence", "people.absence_end",
        "publicsite.my_tickets", "tickets.own_access",
        "rights.data", "rights.ask", "rights.copy",
        "people.passkeys", "people.passkey_new_question", "people.passkey_add", "people.passkey_remove", "people.provider_link", "people.provider_part",
    ),
    DESK: ("tickets.desk",),
    COORDINATORS: ("tickets.counter",),
    COORDINATORS | ADMINISTRATORS: (
        "people.staff", "people.staff_invite", "people.staff_extend", "people.invitation_resend",
        "people.invitation_withdraw", "tickets.access",
    ),
    BOARD: (
        "insight.board", "insight.flow", "insight.behind", "insight.make_report", "insight.kept_report",
        "insight.report_file", "insight.ticket_time", "insight.told_apart", "insight.trend",
        "tickets.openings", "tickets.ask_opening", "tickets.decide_opening", "insight.helping", "insight.subscriptions", "insight.begin_subscription", "insight.end_subscription",
    ),
    AUDITORS: ("admin.audit",),
    ADMINISTRATORS: (
        "rights.queue", "rights.one",
        "admin.home", "admin.home_retry", "admin.rules", "admin.rules_change", "admin.rules_remove", "admin.rules_removed",
        "admin.rules_new", "admin.rules_try", "admin.calendars", "admin.calendars_show", "admin.calendars_edit",
        "admin.calendars_new", "admin.calendars_import", "admin.calendars_change", "admin.calendars_roll_back",
        "admin.calendars_discard", "admin.calendars_approve", "admin.calendars_publish", "admin.services",
        "admin.services_change", "admin.services_new", "admin.authorities", "admin.authorities_change",
        "admin.authorities_new", "admin.people", "admin.people_one", "admin.people_password", "admin.people_second_factor",
        "admin.people_grant",
        "admin.people_revoke", "admin.people_status", "admin.people_new", "admin.policies", "admin.policies_edit",
        "admin.policies_change", "admin.topics", "admin.topics_change", "admin.topics_new", "admin.units",
        "admin.units_change", "admin.units_move", "admin.units_close", "admin.units_new", "admin.regions",
        "admin.regions_new",
    ),
}  # fmt: skip

ALLOWED: dict[str, frozenset[str]] = {endpoint: who for who, endpoints in ROOMS.items() for endpoint in endpoints}
# They end the sign-in the walk stands on; tests of their own try them.
ENDS_THE_WALK = frozenset({"people.sign_out"})
