"""Looking cards up as an administrator: masked, and read only. Writing is for the services."""

from django.contrib import admin
from django.http import HttpRequest

from talent.models import TalentCard


@admin.register(TalentCard)
class TalentCardAdmin(admin.ModelAdmin):
    list_display = ("masked_name", "headline", "skill_level", "status", "published_at")
    list_filter = ("status", "skill_level", "is_example")
    search_fields = ("headline",)
    # What a card says of who it is has no place in a general tool: every unmasking is audited.
    exclude = ("full_name", "contact_phone", "contact_email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False
