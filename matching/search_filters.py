"""The filters of a search, and the items that pass those which only the database knows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from matching.models import Item
from matching.sources import Side


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Empty means any. An item whose value is unknown does not pass a filter on it."""

    kinds: tuple[str, ...] = ()
    side: Side | None = None
    chain: str = ""
    key_area: str = ""
    region: str = ""
    budget_max: Decimal | None = None
    """Yuan: entries whose lowest figure is at most this."""
    maturity_min: int | None = None

    def condition(self) -> Q:
        """Everything but kind and side, which the index knows itself."""
        found = Q()
        if self.chain:
            found &= Q(chains__contains=[self.chain])
        if self.key_area:
            found &= Q(key_areas__contains=[self.key_area])
        if self.region:
            found &= Q(region=self.region)
        if self.budget_max is not None:
            found &= Q(budget_min__lte=self.budget_max) | Q(
                budget_min__isnull=True, budget_max__lte=self.budget_max
            )
        if self.maturity_min is not None:
            found &= Q(maturity__gte=self.maturity_min)
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "kinds": list(self.kinds),
            "side": self.side.value if self.side else None,
            "chain": self.chain,
            "key_area": self.key_area,
            "region": self.region,
            "budget_max": None if self.budget_max is None else str(self.budget_max),
            "maturity_min": self.maturity_min,
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "SearchFilters":
        return cls(
            kinds=tuple(row["kinds"]),
            side=Side(row["side"]) if row["side"] else None,
            chain=row["chain"],
            key_area=row["key_area"],
            region=row["region"],
            budget_max=None if row["budget_max"] is None else Decimal(row["budget_max"]),
            maturity_min=row["maturity_min"],
        )


def matching_items(filters: SearchFilters) -> frozenset[UUID] | None:
    """The searchable items that pass; None when nothing but kind or side is asked."""
    condition = filters.condition()
    if not condition:
        return None
    rows = Item.objects.filter(condition, is_searchable=True)
    if filters.kinds:
        rows = rows.filter(kind__in=filters.kinds)
    return frozenset(rows.values_list("pk", flat=True))
