"""Use cases that change topics, services, outside bodies and routing rules. The calling door decides who may."""

from __future__ import annotations

from feedback.catalogue.actions.imports import (
    AuthorityDraft,
    CatalogueDrafts,
    RuleDraft,
    ServiceDraft,
    TopicDraft,
    import_catalogue,
)
from feedback.catalogue.actions.routing import (
    AuthorityDetails,
    ChangeAuthority,
    ChangeRule,
    CreateAuthority,
    RuleDetails,
    change_authority,
    change_rule,
    create_authority,
    create_rule,
    remove_rule,
)
from feedback.catalogue.actions.services import (
    ChangeService,
    ChangeTopic,
    CreateService,
    CreateTopic,
    ServiceDetails,
    Standard,
    TopicDetails,
    change_service,
    change_topic,
    create_service,
    create_topic,
)

__all__ = [
    "AuthorityDetails",
    "AuthorityDraft",
    "CatalogueDrafts",
    "ChangeAuthority",
    "ChangeRule",
    "ChangeService",
    "ChangeTopic",
    "CreateAuthority",
    "CreateService",
    "CreateTopic",
    "RuleDetails",
    "RuleDraft",
    "ServiceDetails",
    "ServiceDraft",
    "Standard",
    "TopicDetails",
    "TopicDraft",
    "change_authority",
    "change_rule",
    "change_service",
    "change_topic",
    "create_authority",
    "create_rule",
    "create_service",
    "create_topic",
    "import_catalogue",
    "remove_rule",
]
