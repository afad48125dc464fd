"""Looking things up as an administrator. Writing is for the services: they lock and record."""

from django.contrib import admin
from django.http import HttpRequest

from equipment.models import Booking, Instrument, OccupiedPeriod


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Instrument)
class InstrumentAdmin(ReadOnlyAdmin):
    list_display = ("name", "organisation", "status", "published_at", "is_example")
    list_filter = ("status", "service_mode", "is_example")
    search_fields = ("name", "model")
    list_select_related = ("organisation",)


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    list_display = ("instrument", "organisation", "starts_at", "ends_at", "status", "price")
    list_filter = ("status",)
    date_hierarchy = "starts_at"
    list_select_related = ("instrument", "organisation")


@admin.register(OccupiedPeriod)
class OccupiedPeriodAdmin(ReadOnlyAdmin):
    list_display = ("instrument_number", "period", "booking", "reason")
