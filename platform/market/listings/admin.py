"""Staff's stock pages for entries: to look at. Every change goes through the services."""

from django.contrib import admin

from market.listings.models import Capability, Need, Revision


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Need, Capability)
class ListingAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "chain", "organisation", "status", "published_at")
    list_filter = ("status", "kind", "is_example")
    list_select_related = ("organisation",)
    show_full_result_count = False


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    list_display = ("need", "capability", "number", "status", "created_at", "reviewed_at")
    list_filter = ("status", "is_seen")
    list_select_related = ("need", "capability")
    show_full_result_count = False
