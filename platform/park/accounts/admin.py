from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin

from park.accounts.models import ApiToken, Consent, User

# allauth's own pages would show secrets and keys, and change them past the record.
for _model in (Authenticator, EmailAddress, UserSession):
    admin.site.unregister(_model)


class LookOnlyAdmin(admin.ModelAdmin):
    """To look at, and to go with an account that is deleted."""

    def has_add_permission(self, request: object) -> bool:
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(BaseUserAdmin):
    fieldsets = (
        *(BaseUserAdmin.fieldsets or ()),
        (
            "园区",
            {
                "fields": (
                    "display_name",
                    "language",
                    "staff_roles",
                    "signed_up_at",
                    "is_demonstration",
                )
            },
        ),
    )
    readonly_fields = ("is_demonstration", "signed_up_at")
    list_display = ("username", "display_name", "email", "staff_roles", "is_active", "is_staff")
    ordering = ("username",)


@admin.register(ApiToken)
class ApiTokenAdmin(LookOnlyAdmin):
    """To look at: a token is made by its owner, who alone sees the secret."""

    list_display = ("name", "user", "scope", "expires_at", "last_used_at", "revoked_at")
    exclude = ("digest",)


@admin.register(Authenticator)
class AuthenticatorAdmin(LookOnlyAdmin):
    """To look at: a lost one is taken off by `manage.py reset_mfa`."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    exclude = ("data",)


@admin.register(EmailAddress)
class EmailAddressAdmin(LookOnlyAdmin):
    list_display = ("email", "user", "primary", "verified")
    list_filter = ("verified",)
    search_fields = ("email", "user__username")


@admin.register(Consent)
class ConsentAdmin(LookOnlyAdmin):
    list_display = ("user", "purpose", "version", "given_at")
