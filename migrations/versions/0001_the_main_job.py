"""the main job"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


SEARCH = {
    "sqlite": ("CREATE VIRTUAL TABLE ticket_search USING fts5(words, tokenize = 'ascii', detail = none)",),
    "postgresql": (
        "CREATE TABLE ticket_search (ticket_id integer PRIMARY KEY, words tsvector NOT NULL)",
        "CREATE INDEX ix_ticket_search_words ON ticket_search USING gin (words)",
    ),
}


def upgrade() -> None:
    op.create_table('attempt',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_attempt'))
    )
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attempt_last_at'), ['last_at'], unique=False)

    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deed', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_subject_id'), ['subject', 'id'], unique=False)

    op.create_table('authority',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('channel', sa.Text(), nullable=False),
    sa.Column('url', sa.String(length=300), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_authority')),
    sa.UniqueConstraint('slug', name=op.f('uq_authority_slug'))
    )
    op.create_table('calendar',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['calendar.id'], name=op.f('fk_calendar_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar')),
    sa.UniqueConstraint('key', name=op.f('uq_calendar_key'))
    )
    with op.batch_alter_table('calendar', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_calendar_parent_id'), ['parent_id'], unique=False)

    op.create_table('outbox',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=False),
    sa.Column('payload', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('claimed_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('pending', 'claimed', 'done', 'dead')", name=op.f('ck_outbox_state_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_state_available_at_id'), ['state', 'available_at', 'id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.CheckConstraint("locale IN ('id', 'en')", name=op.f('ck_person_locale_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email'))
    )
    op.create_table('policy',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('clock', sa.String(length=30), nullable=False),
    sa.CheckConstraint("clock IN ('verify', 'first_response', 'resolve', 'uu25_completeness', 'uu25_decision', 'kip_answer', 'completion', 'confirmation', 'holding')", name=op.f('ck_policy_clock_known')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy')),
    sa.UniqueConstraint('code', name=op.f('uq_policy_code'))
    )
    op.create_table('region',
    sa.Column('code', sa.String(length=20).with_variant(sa.String(length=20, collation='C'), 'postgresql'), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('level', sa.String(length=20), nullable=False),
    sa.Column('parent_code', sa.String(length=20).with_variant(sa.String(length=20, collation='C'), 'postgresql'), nullable=True),
    sa.CheckConstraint("level IN ('province', 'city', 'district', 'village')", name=op.f('ck_region_level_known')),
    sa.ForeignKeyConstraint(['parent_code'], ['region.code'], name=op.f('fk_region_parent_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_region'))
    )
    with op.batch_alter_table('region', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_region_parent_code_name'), ['parent_code', 'name'], unique=False)

    op.create_table('topic',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('national_category', sa.String(length=200), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic')),
    sa.UniqueConstraint('slug', name=op.f('uq_topic_slug'))
    )
    op.create_table('calendar_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('calendar_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('week', sa.JSON(), nullable=False),
    sa.Column('exceptions', sa.JSON(), nullable=False),
    sa.Column('closed', sa.JSON(), nullable=False),
    sa.Column('years', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_calendar_version_number_positive')),
    sa.ForeignKeyConstraint(['calendar_id'], ['calendar.id'], name=op.f('fk_calendar_version_calendar_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_version')),
    sa.UniqueConstraint('calendar_id', 'number', name=op.f('uq_calendar_version_calendar_id_number'))
    )
    op.create_table('policy_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('policy_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.String(length=30), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('certainty', sa.String(length=1), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ticket_kind', sa.String(length=30), nullable=True),
    sa.Column('grade', sa.String(length=20), nullable=True),
    sa.Column('amount', sa.Integer(), nullable=True),
    sa.Column('unit', sa.String(length=20), nullable=True),
    sa.Column('extension', sa.Integer(), nullable=False),
    sa.Column('pausable', sa.Boolean(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.CheckConstraint("certainty IN ('A', 'B', 'D')", name=op.f('ck_policy_version_certainty_known')),
    sa.CheckConstraint("starts_at IN ('received', 'verified', 'assigned', 'declared_complete', 'asked', 'answered')", name=op.f('ck_policy_version_starts_at_known')),
    sa.CheckConstraint("unit IS NULL OR unit IN ('working_day', 'calendar_day', 'working_minute')", name=op.f('ck_policy_version_unit_known')),
    sa.CheckConstraint('(amount IS NULL) = (unit IS NULL)', name=op.f('ck_policy_version_amount_has_unit')),
    sa.CheckConstraint('amount IS NULL OR amount >= 1', name=op.f('ck_policy_version_amount_positive')),
    sa.CheckConstraint('extension >= 0', name=op.f('ck_policy_version_extension_positive')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until > valid_from', name=op.f('ck_policy_version_valid_order')),
    sa.ForeignKeyConstraint(['policy_id'], ['policy.id'], name=op.f('fk_policy_version_policy_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_version')),
    sa.UniqueConstraint('policy_id', 'number', name=op.f('uq_policy_version_policy_id_number'))
    )
    op.create_table('sign_in',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_created_at'), ['created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_person_id'), ['person_id'], unique=False)

    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('short_name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('path', sa.String(length=255).with_variant(sa.String(length=255, collation='C'), 'postgresql'), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('calendar_key', sa.String(length=80), nullable=True),
    sa.Column('region_code', sa.String(length=20).with_variant(sa.String(length=20, collation='C'), 'postgresql'), nullable=True),
    sa.Column('show_officer_names', sa.Boolean(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('phone', sa.String(length=40), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=True),
    sa.Column('website', sa.String(length=300), nullable=True),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('is_example', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('government', 'agency', 'division', 'section', 'technical_unit', 'team', 'district', 'village')", name=op.f('ck_unit_kind_known')),
    sa.CheckConstraint("zone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name=op.f('ck_unit_zone_known')),
    sa.CheckConstraint('successor_id IS NULL OR successor_id <> id', name=op.f('ck_unit_successor_other')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_unit_valid_order')),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_unit_region_code')),
    sa.ForeignKeyConstraint(['successor_id'], ['unit.id'], name=op.f('fk_unit_successor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('path', name=op.f('uq_unit_path')),
    sa.UniqueConstraint('slug', name=op.f('uq_unit_slug'))
    )
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_unit_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_unit_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_unit_successor_id'), ['successor_id'], unique=False)

    op.create_table('membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.CheckConstraint("role IN ('officer', 'coordinator', 'supervisor', 'inspector', 'administrator')", name=op.f('ck_membership_role_known')),
    sa.CheckConstraint('valid_to IS NULL OR valid_to >= valid_from', name=op.f('ck_membership_valid_order')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_membership_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_membership_unit_id_role'), ['unit_id', 'role'], unique=False)

    op.create_table('service',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('requirements', sa.Text(), nullable=False),
    sa.Column('procedure', sa.Text(), nullable=False),
    sa.Column('time_text', sa.Text(), nullable=False),
    sa.Column('cost', sa.Text(), nullable=False),
    sa.Column('product', sa.Text(), nullable=False),
    sa.Column('complaint_handling', sa.Text(), nullable=False),
    sa.Column('legal_basis', sa.Text(), nullable=False),
    sa.Column('internal_standard', sa.JSON(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_example', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_service_topic_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_service_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service')),
    sa.UniqueConstraint('slug', name=op.f('uq_service_slug'))
    )
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_service_topic_id_name'), ['topic_id', 'name'], unique=False)
        batch_op.create_index(batch_op.f('ix_service_unit_id_name'), ['unit_id', 'name'], unique=False)

    op.create_table('routing_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_code', sa.String(length=20).with_variant(sa.String(length=20, collation='C'), 'postgresql'), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('authority_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.CheckConstraint('(unit_id IS NULL) <> (authority_id IS NULL)', name=op.f('ck_routing_rule_one_target')),
    sa.CheckConstraint('topic_id IS NOT NULL OR service_id IS NOT NULL', name=op.f('ck_routing_rule_some_subject')),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_routing_rule_authority_id')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_routing_rule_region_code')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_routing_rule_service_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_routing_rule_topic_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_routing_rule_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_rule'))
    )
    with op.batch_alter_table('routing_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_routing_rule_authority_id'), ['authority_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_routing_rule_region_code'), ['region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_routing_rule_service_id_region_code'), ['service_id', 'region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_routing_rule_topic_id_region_code'), ['topic_id', 'region_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_routing_rule_unit_id'), ['unit_id'], unique=False)

    op.create_table('ticket',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('held_since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=True),
    sa.Column('region_code', sa.String(length=20).with_variant(sa.String(length=20, collation='C'), 'postgresql'), nullable=True),
    sa.Column('service_id', sa.Integer(), nullable=True),
    sa.Column('proposed_unit_id', sa.Integer(), nullable=True),
    sa.Column('proposed_authority_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('grade', sa.String(length=20), nullable=True),
    sa.Column('title', sa.String(length=160), nullable=True),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('event_date', sa.Date(), nullable=True),
    sa.Column('anonymous', sa.Boolean(), nullable=False),
    sa.Column('confidential', sa.Boolean(), nullable=False),
    sa.Column('hidden', sa.Boolean(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reporter_id', sa.Integer(), nullable=True),
    sa.Column('reporter_name', sa.String(length=120), nullable=True),
    sa.Column('recorded_by_id', sa.Integer(), nullable=True),
    sa.Column('officer_id', sa.Integer(), nullable=True),
    sa.Column('reported_person_id', sa.Integer(), nullable=True),
    sa.Column('excluded_person_id', sa.Integer(), nullable=True),
    sa.Column('locale', sa.String(length=5), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_kind', sa.String(length=30), nullable=True),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('returned_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hold_reason', sa.String(length=30), nullable=True),
    sa.Column('promised_date', sa.Date(), nullable=True),
    sa.Column('reject_reason', sa.String(length=30), nullable=True),
    sa.Column('authority_id', sa.Integer(), nullable=True),
    sa.Column('joined_to_id', sa.Integer(), nullable=True),
    sa.Column('form_key_hash', sa.String(length=64), nullable=True),
    sa.Column('code_hash', sa.String(length=64), nullable=True),
    sa.Column('import_source', sa.String(length=80), nullable=True),
    sa.Column('import_ref', sa.String(length=120), nullable=True),
    sa.CheckConstraint("channel IN ('web', 'counter', 'letter', 'phone', 'import')", name=op.f('ck_ticket_channel_known')),
    sa.CheckConstraint("grade IS NULL OR grade IN ('normative', 'non_oversight', 'oversight')", name=op.f('ck_ticket_grade_known')),
    sa.CheckConstraint("hold_reason IS NULL OR hold_reason IN ('waiting_reporter', 'waiting_material', 'waiting_other_body', 'waiting_budget', 'unsafe_or_weather')", name=op.f('ck_ticket_hold_reason_known')),
    sa.CheckConstraint("is_open = (state IN ('received', 'incomplete', 'assigned', 'in_progress', 'on_hold', 'answered', 'disputed'))", name=op.f('ck_ticket_open_follows_state')),
    sa.CheckConstraint("kind IN ('complaint', 'suggestion', 'information_request', 'praise')", name=op.f('ck_ticket_kind_known')),
    sa.CheckConstraint("reject_reason IS NULL OR reject_reason IN ('spam', 'abusive', 'unclear', 'in_court', 'personal_dispute', 'already_answered', 'emergency')", name=op.f('ck_ticket_reject_reason_known')),
    sa.CheckConstraint("state <> 'on_hold' OR (hold_reason IS NOT NULL AND promised_date IS NOT NULL)", name=op.f('ck_ticket_hold_whole')),
    sa.CheckConstraint("state IN ('received', 'incomplete', 'assigned', 'in_progress', 'on_hold', 'answered', 'disputed', 'closed', 'lapsed', 'withdrawn', 'rejected', 'referred', 'joined')", name=op.f('ck_ticket_state_known')),
    sa.CheckConstraint('reporter_id IS NULL OR (NOT anonymous AND NOT confidential)', name=op.f('ck_ticket_sealed_has_no_account')),
    sa.ForeignKeyConstraint(['authority_id'], ['authority.id'], name=op.f('fk_ticket_authority_id')),
    sa.ForeignKeyConstraint(['excluded_person_id'], ['person.id'], name=op.f('fk_ticket_excluded_person_id')),
    sa.ForeignKeyConstraint(['joined_to_id'], ['ticket.id'], name=op.f('fk_ticket_joined_to_id')),
    sa.ForeignKeyConstraint(['officer_id'], ['person.id'], name=op.f('fk_ticket_officer_id')),
    sa.ForeignKeyConstraint(['proposed_authority_id'], ['authority.id'], name=op.f('fk_ticket_proposed_authority_id')),
    sa.ForeignKeyConstraint(['proposed_unit_id'], ['unit.id'], name=op.f('fk_ticket_proposed_unit_id')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['person.id'], name=op.f('fk_ticket_recorded_by_id')),
    sa.ForeignKeyConstraint(['region_code'], ['region.code'], name=op.f('fk_ticket_region_code')),
    sa.ForeignKeyConstraint(['reported_person_id'], ['person.id'], name=op.f('fk_ticket_reported_person_id')),
    sa.ForeignKeyConstraint(['reporter_id'], ['person.id'], name=op.f('fk_ticket_reporter_id')),
    sa.ForeignKeyConstraint(['service_id'], ['service.id'], name=op.f('fk_ticket_service_id')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_ticket_topic_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ticket_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('form_key_hash', name=op.f('uq_ticket_form_key_hash')),
    sa.UniqueConstraint('import_source', 'import_ref', name=op.f('uq_ticket_import_source_import_ref')),
    sa.UniqueConstraint('number', name=op.f('uq_ticket_number'))
    )
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_joined', ['joined_to_id'], unique=False)
        batch_op.create_index('ix_ticket_kind_newest', ['kind', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_newest', ['received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_officer', ['officer_id', 'is_open', 'due_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_public', ['confidential', 'hidden', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_queue', ['unit_id', 'is_open', 'due_at', 'id', 'state', 'officer_id', 'returned_at', 'confidential', 'reported_person_id', 'reporter_id'], unique=False)
        batch_op.create_index('ix_ticket_region_newest', ['region_code', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_reporter', ['reporter_id', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_service_newest', ['service_id', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_state_newest', ['state', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_topic_newest', ['topic_id', 'received_at', 'id'], unique=False)
        batch_op.create_index('ix_ticket_unit_newest', ['unit_id', 'received_at', 'id'], unique=False)

    op.create_table('clock',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('policy_version_id', sa.Integer(), nullable=False),
    sa.Column('calendar_version_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('due_date', sa.Date(), nullable=True),
    sa.Column('provisional', sa.Boolean(), nullable=False),
    sa.Column('extension', sa.Integer(), nullable=False),
    sa.Column('retarget_overdue', sa.Boolean(), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('breached_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('used_minutes', sa.Integer(), nullable=True),
    sa.Column('elapsed_seconds', sa.Integer(), nullable=True),
    sa.CheckConstraint("(stopped_at IS NOT NULL) = (state IN ('met', 'missed', 'cancelled'))", name=op.f('ck_clock_stopped_is_final')),
    sa.CheckConstraint("breached_at IS NULL OR state <> 'met'", name=op.f('ck_clock_breach_is_not_met')),
    sa.CheckConstraint("kind IN ('verify', 'first_response', 'resolve', 'uu25_completeness', 'uu25_decision', 'kip_answer', 'completion', 'confirmation', 'holding')", name=op.f('ck_clock_kind_known')),
    sa.CheckConstraint("state <> 'paused' OR due_at IS NULL", name=op.f('ck_clock_paused_has_no_due')),
    sa.CheckConstraint("state IN ('running', 'paused', 'met', 'missed', 'cancelled')", name=op.f('ck_clock_state_known')),
    sa.CheckConstraint('(due_at IS NULL) = (due_date IS NULL)', name=op.f('ck_clock_due_has_date')),
    sa.ForeignKeyConstraint(['calendar_version_id'], ['calendar_version.id'], name=op.f('fk_clock_calendar_version_id')),
    sa.ForeignKeyConstraint(['policy_version_id'], ['policy_version.id'], name=op.f('fk_clock_policy_version_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_clock_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_clock_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock'))
    )
    with op.batch_alter_table('clock', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clock_calendar_version_id'), ['calendar_version_id'], unique=False)
        batch_op.create_index('ix_clock_running_due', ['due_at', 'id'], unique=False, postgresql_where=sa.text("state = 'running' AND breached_at IS NULL"), sqlite_where=sa.text("state = 'running' AND breached_at IS NULL"))
        batch_op.create_index(batch_op.f('ix_clock_ticket_id_cycle_kind'), ['ticket_id', 'cycle', 'kind'], unique=False)
        batch_op.create_index(batch_op.f('ix_clock_unit_id_kind_state_due_at'), ['unit_id', 'kind', 'state', 'due_at'], unique=False)
        batch_op.create_index('uq_clock_live', ['ticket_id', 'cycle', 'kind'], unique=True, postgresql_where=sa.text("state IN ('running', 'paused')"), sqlite_where=sa.text("state IN ('running', 'paused')"))

    op.create_table('pause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('limit_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR (ended_at >= started_at AND ended_at <= limit_at)', name=op.f('ck_pause_end_within')),
    sa.CheckConstraint('limit_at > started_at', name=op.f('ck_pause_limit_after_start')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_pause_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pause'))
    )
    with op.batch_alter_table('pause', schema=None) as batch_op:
        batch_op.create_index('ix_pause_open_limit', ['limit_at'], unique=False, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_pause_ticket_id_id'), ['ticket_id', 'id'], unique=False)
        batch_op.create_index('uq_pause_open', ['ticket_id'], unique=True, postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))

    op.create_table('sealed_identity',
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('key_id', sa.String(length=16), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_sealed_identity_ticket_id')),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_sealed_identity'))
    )
    op.create_table('ticket_cycle',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('first_response_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_response_minutes', sa.Integer(), nullable=True),
    sa.Column('first_response_seconds', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('resolution_minutes', sa.Integer(), nullable=True),
    sa.Column('resolution_seconds', sa.Integer(), nullable=True),
    sa.Column('on_time', sa.Boolean(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_ticket_cycle_answered_by_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_cycle_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ticket_cycle_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_cycle')),
    sa.UniqueConstraint('ticket_id', 'number', name=op.f('uq_ticket_cycle_ticket_id_number'))
    )
    with op.batch_alter_table('ticket_cycle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_cycle_started_at_unit_id'), ['started_at', 'unit_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_cycle_unit_id_started_at'), ['unit_id', 'started_at'], unique=False)

    op.create_table('ticket_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('move', sa.String(length=30), nullable=False),
    sa.Column('to_state', sa.String(length=20), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('from_state', sa.String(length=20), nullable=True),
    sa.Column('to_unit_id', sa.Integer(), nullable=True),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('role', sa.String(length=20), nullable=True),
    sa.Column('actor_unit_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=True),
    sa.Column('sanitiser', sa.String(length=20), nullable=True),
    sa.Column('is_public', sa.Boolean(), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.CheckConstraint("from_state IS NULL OR from_state IN ('received', 'incomplete', 'assigned', 'in_progress', 'on_hold', 'answered', 'disputed', 'closed', 'lapsed', 'withdrawn', 'rejected', 'referred', 'joined')", name=op.f('ck_ticket_event_from_state_known')),
    sa.CheckConstraint("move IN ('submit', 'verify_and_assign', 'ask_completion', 'complete', 'assign', 'return_to_coordinator', 'claim', 'start', 'interim_reply', 'hold', 'resume', 'answer', 'confirm', 'dispute', 'review_answer', 'lapse', 'reopen', 'withdraw', 'reject', 'refer', 'join', 'unjoin', 'hide', 'restore', 'add_information')", name=op.f('ck_ticket_event_move_known')),
    sa.CheckConstraint("role IS NULL OR role IN ('officer', 'coordinator', 'supervisor', 'inspector', 'administrator')", name=op.f('ck_ticket_event_role_known')),
    sa.CheckConstraint("to_state IN ('received', 'incomplete', 'assigned', 'in_progress', 'on_hold', 'answered', 'disputed', 'closed', 'lapsed', 'withdrawn', 'rejected', 'referred', 'joined')", name=op.f('ck_ticket_event_to_state_known')),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_ticket_event_actor_id')),
    sa.ForeignKeyConstraint(['actor_unit_id'], ['unit.id'], name=op.f('fk_ticket_event_actor_unit_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_event_ticket_id')),
    sa.ForeignKeyConstraint(['to_unit_id'], ['unit.id'], name=op.f('fk_ticket_event_to_unit_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ticket_event_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_event'))
    )
    with op.batch_alter_table('ticket_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_event_ticket_id_id'), ['ticket_id', 'id'], unique=False)

    op.create_table('ticket_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('form_key_hash', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_ticket_note_author_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['ticket.id'], name=op.f('fk_ticket_note_ticket_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_ticket_note_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_note')),
    sa.UniqueConstraint('form_key_hash', name=op.f('uq_ticket_note_form_key_hash'))
    )
    with op.batch_alter_table('ticket_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ticket_note_ticket_id_id'), ['ticket_id', 'id'], unique=False)

    op.create_table('clock_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clock_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=30), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.CheckConstraint("kind IN ('started', 'paused', 'resumed', 'moved', 'retargeted', 'retarget_overdue', 'stopped', 'breached', 'excused', 'cancelled')", name=op.f('ck_clock_event_kind_known')),
    sa.ForeignKeyConstraint(['clock_id'], ['clock.id'], name=op.f('fk_clock_event_clock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_event'))
    )
    with op.batch_alter_table('clock_event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clock_event_clock_id_id'), ['clock_id', 'id'], unique=False)

    op.create_table('clock_move',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('clock_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('calendar_version_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['calendar_version_id'], ['calendar_version.id'], name=op.f('fk_clock_move_calendar_version_id')),
    sa.ForeignKeyConstraint(['clock_id'], ['clock.id'], name=op.f('fk_clock_move_clock_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clock_move'))
    )
    with op.batch_alter_table('clock_move', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_clock_move_clock_id_id'), ['clock_id', 'id'], unique=False)

    for statement in SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE ticket_search")
    with op.batch_alter_table('clock_move', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clock_move_clock_id_id'))

    op.drop_table('clock_move')
    with op.batch_alter_table('clock_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_clock_event_clock_id_id'))

    op.drop_table('clock_event')
    with op.batch_alter_table('ticket_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_note_ticket_id_id'))

    op.drop_table('ticket_note')
    with op.batch_alter_table('ticket_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_event_ticket_id_id'))

    op.drop_table('ticket_event')
    with op.batch_alter_table('ticket_cycle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_cycle_unit_id_started_at'))
        batch_op.drop_index(batch_op.f('ix_ticket_cycle_started_at_unit_id'))

    op.drop_table('ticket_cycle')
    op.drop_table('sealed_identity')
    with op.batch_alter_table('pause', schema=None) as batch_op:
        batch_op.drop_index('uq_pause_open', postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index(batch_op.f('ix_pause_ticket_id_id'))
        batch_op.drop_index('ix_pause_open_limit', postgresql_where=sa.text('ended_at IS NULL'), sqlite_where=sa.text('ended_at IS NULL'))

    op.drop_table('pause')
    with op.batch_alter_table('clock', schema=None) as batch_op:
        batch_op.drop_index('uq_clock_live', postgresql_where=sa.text("state IN ('running', 'paused')"), sqlite_where=sa.text("state IN ('running', 'paused')"))
        batch_op.drop_index(batch_op.f('ix_clock_unit_id_kind_state_due_at'))
        batch_op.drop_index(batch_op.f('ix_clock_ticket_id_cycle_kind'))
        batch_op.drop_index('ix_clock_running_due', postgresql_where=sa.text("state = 'running' AND breached_at IS NULL"), sqlite_where=sa.text("state = 'running' AND breached_at IS NULL"))
        batch_op.drop_index(batch_op.f('ix_clock_calendar_version_id'))

    op.drop_table('clock')
    with op.batch_alter_table('ticket', schema=None) as batch_op:
        batch_op.drop_index('ix_ticket_unit_newest')
        batch_op.drop_index('ix_ticket_topic_newest')
        batch_op.drop_index('ix_ticket_state_newest')
        batch_op.drop_index('ix_ticket_service_newest')
        batch_op.drop_index('ix_ticket_reporter')
        batch_op.drop_index('ix_ticket_region_newest')
        batch_op.drop_index('ix_ticket_queue')
        batch_op.drop_index('ix_ticket_public')
        batch_op.drop_index('ix_ticket_officer')
        batch_op.drop_index('ix_ticket_newest')
        batch_op.drop_index('ix_ticket_kind_newest')
        batch_op.drop_index('ix_ticket_joined')

    op.drop_table('ticket')
    with op.batch_alter_table('routing_rule', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_routing_rule_unit_id'))
        batch_op.drop_index(batch_op.f('ix_routing_rule_topic_id_region_code'))
        batch_op.drop_index(batch_op.f('ix_routing_rule_service_id_region_code'))
        batch_op.drop_index(batch_op.f('ix_routing_rule_region_code'))
        batch_op.drop_index(batch_op.f('ix_routing_rule_authority_id'))

    op.drop_table('routing_rule')
    with op.batch_alter_table('service', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_service_unit_id_name'))
        batch_op.drop_index(batch_op.f('ix_service_topic_id_name'))

    op.drop_table('service')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_unit_id_role'))
        batch_op.drop_index(batch_op.f('ix_membership_person_id'))

    op.drop_table('membership')
    with op.batch_alter_table('unit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_unit_successor_id'))
        batch_op.drop_index(batch_op.f('ix_unit_region_code'))
        batch_op.drop_index(batch_op.f('ix_unit_parent_id'))

    op.drop_table('unit')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_person_id'))
        batch_op.drop_index(batch_op.f('ix_sign_in_created_at'))

    op.drop_table('sign_in')
    op.drop_table('policy_version')
    op.drop_table('calendar_version')
    op.drop_table('topic')
    with op.batch_alter_table('region', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_region_parent_code_name'))

    op.drop_table('region')
    op.drop_table('policy')
    op.drop_table('person')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_state_available_at_id'))

    op.drop_table('outbox')
    with op.batch_alter_table('calendar', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_calendar_parent_id'))

    op.drop_table('calendar')
    op.drop_table('authority')
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_entry_subject_id'))

    op.drop_table('audit_entry')
    with op.batch_alter_table('attempt', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attempt_last_at'))

    op.drop_table('attempt')
