"""The pieces every schema is made of: strict input, plain output, pages, problems."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

Row = TypeVar("Row")


class Input(BaseModel):
    """What a client sends: nothing unknown, no infinities, white space cut at both ends."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)


class Output(BaseModel):
    """What a client gets: exactly the fields named, read from objects or mappings."""

    model_config = ConfigDict(from_attributes=True)


class Page(Output, Generic[Row]):
    items: list[Row]
    next_cursor: str | None
    """Pass it as `cursor` for the next page; null on the last one."""


class Problem(Output):
    """An error. Programs decide by `code`; `title` is a sentence in the reader's language."""

    type: str
    title: str
    status: int
    code: str
    data: dict[str, Any]


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """The error answers of an operation, for its `response=`."""
    return dict.fromkeys(statuses, Problem)


def choice(values: Iterable[str], *, is_blank_allowed: bool = True) -> Any:
    """A string out of a fixed list; blank means unknown."""
    allowed = [*values, ""] if is_blank_allowed else list(values)

    def check(value: str) -> str:
        if value not in allowed:
            raise PydanticCustomError("unknown_choice", "not one of the choices")
        return value

    return Annotated[
        str, AfterValidator(check), WithJsonSchema({"type": "string", "enum": allowed})
    ]


def _within_reach(value: Any) -> Any:
    """Dates so far away that adding a time zone or a day overflows are nobody's intention."""
    if not 1900 <= value.year <= 2200:
        raise PydanticCustomError("greater_than", "not within 1900 to 2200")
    return value


Day = Annotated[date, AfterValidator(_within_reach)]
Moment = Annotated[AwareDatetime, AfterValidator(_within_reach)]
Time = datetime

Amount = Annotated[
    Decimal,
    Field(ge=0, max_digits=14, decimal_places=2),
    WithJsonSchema({"type": "number", "minimum": 0}),
]
"""Yuan."""
Version = Annotated[int, Field(ge=1, le=2_147_483_647)]
Maturity = Annotated[int, Field(ge=1, le=9)]
"""Technology readiness level."""
Code = Annotated[str, Field(max_length=60)]
"""A code of an editable vocabulary, or blank."""
Note = Annotated[str, Field(max_length=2000)]


class OrganisationRef(Output):
    id: UUID
    name: str
    short_name: str


class NamedRef(Output):
    id: UUID
    name: str
