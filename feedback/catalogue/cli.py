"""``flask catalogue``: topics, services and routes on the terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import click
from flask.cli import AppGroup

from feedback.catalogue.queries import propose_route, service_by_slug, services, topic_by_slug, topics
from feedback.catalogue.rules import Route
from feedback.units.queries import region, unit_by_slug

cli = AppGroup("catalogue", help="Topics, services and who handles what where.")


@cli.command("topics")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, for programs.")
def topics_command(*, as_json: bool) -> None:
    """List the topics with their national category."""
    rows = topics(include_inactive=True)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.slug}  {row.name}  [{row.national_category}]")


@cli.command("services")
@click.option("--unit", "unit_slug", help="Only those of this unit and the units under it.")
@click.option("--json", "as_json", is_flag=True, help="A JSON array, for programs.")
def services_command(unit_slug: str | None, *, as_json: bool) -> None:
    """List the services with the units that offer them."""
    path = None
    if unit_slug is not None:
        unit = unit_by_slug(unit_slug)
        if unit is None:
            raise click.ClickException(f"No unit has the slug {unit_slug}.")
        path = unit.path
    rows = services(path=path, include_inactive=True, limit=10_000)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.slug}  {row.name}  ({row.unit_name})")


@cli.command("route")
@click.argument("topic_slug", metavar="TOPIC")
@click.argument("region_code", metavar="REGION")
@click.option("--service", "service_slug", help="Slug of the service the report is about.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object, for programs.")
def route_command(topic_slug: str, region_code: str, service_slug: str | None, *, as_json: bool) -> None:
    """Show who would be proposed for a report on TOPIC in REGION (a Kemendagri code)."""
    topic = topic_by_slug(topic_slug)
    if topic is None:
        raise click.ClickException(f"No topic has the slug {topic_slug}.")
    if region(region_code) is None:
        raise click.ClickException(f"No region has the code {region_code}.")
    service = service_by_slug(service_slug) if service_slug else None
    if service_slug and service is None:
        raise click.ClickException(f"No service has the slug {service_slug}.")
    route = propose_route(
        topic_id=topic.id, region_code=region_code, service_id=service.service.id if service else None
    )
    values = _route_values(route)
    if as_json:
        click.echo(json.dumps(values, ensure_ascii=False))
        return
    for name, value in values.items():
        click.echo(f"{name}: {value}")


def _route_values(route: Route) -> dict[str, Any]:
    return {
        "unit": route.unit.slug if route.unit else None,
        "authority": route.authority.slug if route.authority else None,
        "government": route.government.slug if route.government else None,
        "note": route.note,
        "alternatives": [
            (one.unit.slug if one.unit else None) or (one.authority.slug if one.authority else None)
            for one in route.alternatives
        ],
    }
