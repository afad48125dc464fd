from django.contrib import admin

from park.organisations.models import (
    GrowthCondition,
    GrowthLadder,
    GrowthStep,
    Membership,
    Organisation,
    OrganisationAlias,
)


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ("user",)


class AliasInline(admin.TabularInline):
    model = OrganisationAlias
    extra = 0
    readonly_fields = ("merged_id",)


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "status", "credit_code", "region", "is_example")
    list_filter = ("status", "kind", "is_example")
    search_fields = ("name", "short_name", "credit_code")
    raw_id_fields = ("proposed_by", "status_by")
    inlines = (MembershipInline, AliasInline)


class StepInline(admin.TabularInline):
    model = GrowthStep
    extra = 0


@admin.register(GrowthLadder)
class GrowthLadderAdmin(admin.ModelAdmin):
    inlines = (StepInline,)


@admin.register(GrowthCondition)
class GrowthConditionAdmin(admin.ModelAdmin):
    list_display = ("text_zh", "step", "since_on", "must_check", "is_active")
    list_filter = ("step", "is_active")
