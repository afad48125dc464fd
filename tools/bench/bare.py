"""The site with one more endpoint: what django-ninja does by itself with the same rows."""

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI, Schema

from config.urls import urlpatterns as site_patterns
from market.listings.models import Need


class BareRow(Schema):
    id: UUID
    title: str
    kind: str
    chain: str
    key_areas: list[str]
    region: str
    problem: str
    budget_min: float | None
    budget_max: float | None
    due_on: date | None
    status: str
    is_example: bool
    published_at: datetime | None
    updated_at: datetime


class BarePage(Schema):
    items: list[BareRow]


api = NinjaAPI(urls_namespace="bare", openapi_url=None)


@api.get("/needs", response=BarePage)
def list_needs(request: HttpRequest, limit: int = 20):
    return {"items": Need.objects.all()[:limit]}


urlpatterns = [path("bare/", api.urls), *site_patterns]
