from django.contrib import admin

from park.core.admin import ReadOnlyAdmin
from park.imports.models import ImportJob


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "file_name", "status", "rows_done", "uploader")
    list_filter = ("kind", "status")
    show_full_result_count = False
