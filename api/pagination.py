"""The query parameters of every keyset page. Cursors themselves belong to `park.core.pages`."""

from typing import Annotated

from ninja import Query
from pydantic import Field

from park.core.pages import MAX_LIMIT

Cursor = Annotated[
    str | None, Field(max_length=400, description="`next_cursor` of the page before")
]
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]

CursorParam = Annotated[Cursor, Query()]
LimitParam = Annotated[Limit, Query()]
