from django.contrib import admin

from park.organisations.models import Membership, Organisation


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ("user",)


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "region", "is_example")
    list_filter = ("kind", "is_example")
    search_fields = ("name", "short_name")
    inlines = (MembershipInline,)
