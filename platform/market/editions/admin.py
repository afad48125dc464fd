"""Staff's stock pages: to look at. Every change goes through the services."""

from django.contrib import admin

from market.editions.models import CollectionRound, Edition
from market.listings.admin import ReadOnlyAdmin


@admin.register(CollectionRound)
class CollectionRoundAdmin(ReadOnlyAdmin):
    list_display = ("title", "list_kind", "status", "opens_at", "deadline")
    list_filter = ("status", "list_kind")


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("heading", "list_kind", "status", "frozen_at", "issued_at")
    list_filter = ("status", "list_kind")
