"""Topics of reports."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext

from feedback.admin.forms.catalogue import NewTopicForm, TopicForm
from feedback.admin.views.blueprint import admin
from feedback.admin.views.pages import Answer, form_page, saved
from feedback.catalogue.actions import change_topic, create_topic
from feedback.catalogue.queries import topic_by_slug
from feedback.catalogue.queries import topics as all_topics
from feedback.kernel.errors import NotFound
from feedback.kernel.permissions import Permission
from feedback.web.form import sent
from feedback.web.guard import requires


@admin.get("/topik")
@requires(Permission.ADMINISTER)
def topics() -> str:
    """Every topic, in the order citizens see."""
    return render_template("admin/topics.html", rows=all_topics(include_inactive=True))


@admin.route("/topik/baru", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def topics_new() -> Answer:
    """Add a topic."""
    form = NewTopicForm()
    if sent(form, lambda: create_topic(form.create())):
        return saved("topics")
    return form_page(form, title=gettext("Topik baru"), back=url_for("admin.topics"), submit=gettext("Tambah topik"))


@admin.route("/topik/<slug>", methods=["GET", "POST"])
@requires(Permission.ADMINISTER)
def topics_change(slug: str) -> Answer:
    """Change a topic."""
    topic = topic_by_slug(slug)
    if topic is None:
        raise NotFound
    form = TopicForm(obj=topic)
    if sent(form, lambda: change_topic(form.change(topic.id))):
        return saved("topics")
    return form_page(form, title=topic.name, back=url_for("admin.topics"))
