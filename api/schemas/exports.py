"""What is asked of an export, beside the filters of its list."""

from typing import Literal

from api.schemas.base import Input


class ExportQuery(Input):
    format: Literal["xlsx", "csv"] = "xlsx"
    language: Literal["", "zh", "en"] = ""
    """Of the headings and words; the one that the program prefers (`Accept-Language`) if blank."""
