from django.contrib import admin

from park.core.admin import ReadOnlyAdmin
from park.files.models import StoredFile


@admin.register(StoredFile)
class StoredFileAdmin(ReadOnlyAdmin):
    """Without the storage name: it is nobody's to know."""

    list_display = ("name", "purpose", "media_type", "size", "created_at", "deleted_at")
    list_filter = ("purpose", "visibility")
    exclude = ("storage_name", "thumbnail_name")
    show_full_result_count = False
