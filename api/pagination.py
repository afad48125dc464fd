"""The query parameters of every keyset page. Cursors themselves belong to `park.core.pages`."""

from typing import Annotated

from pydantic import Field

from api.schemas.base import Input
from park.core.pages import MAX_LIMIT


class PageQuery(Input):
    cursor: Annotated[str | None, Field(max_length=400)] = None
    """`next_cursor` of the page before."""
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 20
