from django.contrib import admin

from park.vocabularies.models import Term


@admin.register(Term)
class TermAdmin(admin.ModelAdmin):
    """Staff's own list: a term that entries use is retired, never deleted or renamed by code."""

    list_display = ("vocabulary", "code", "name_zh", "name_en", "position", "is_active")
    list_filter = ("vocabulary", "is_active")
    search_fields = ("code", "name_zh", "name_en")

    def get_readonly_fields(self, request: object, obj: Term | None = None) -> tuple[str, ...]:
        return ("vocabulary", "code") if obj else ()

    def has_delete_permission(self, request: object, obj: Term | None = None) -> bool:
        return False
