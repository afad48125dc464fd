from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin

from park.accounts.models import ApiToken, User


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    fieldsets = (
        *(BaseUserAdmin.fieldsets or ()),
        ("园区", {"fields": ("display_name", "staff_roles", "is_demonstration")}),
    )
    readonly_fields = ("is_demonstration",)
    list_display = ("username", "display_name", "staff_roles", "is_active", "is_staff")
    ordering = ("username",)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """To look at: a token is made by its owner, who alone sees the secret."""

    list_display = ("name", "user", "scope", "expires_at", "last_used_at", "revoked_at")
    exclude = ("digest",)

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False
