"""The words of every choice in both languages: editable ones are stored, fixed ones are here."""

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices

from equipment.models import ServiceMode
from market.listings.kinds import CapabilityKind, ClosingReason, Comparator, IpStance, NeedKind
from park.accounts.models import StaffRole
from park.organisations.kinds import FactKey, MembershipRole, OrganisationKind
from park.vocabularies.models import Term, Vocabulary
from talent.models import Engagement, SkillLevel

EDITABLE = {
    Vocabulary.CHAIN: "chains",
    Vocabulary.KEY_AREA: "key_areas",
    Vocabulary.REGION: "regions",
}
FIXED: dict[str, type[TextChoices]] = {
    "need_kinds": NeedKind,
    "capability_kinds": CapabilityKind,
    "ip_stances": IpStance,
    "comparators": Comparator,
    "service_modes": ServiceMode,
    "skill_levels": SkillLevel,
    "engagements": Engagement,
    "closing_reasons": ClosingReason,
    "organisation_kinds": OrganisationKind,
    "membership_roles": MembershipRole,
    "staff_roles": StaffRole,
    "growth_facts": FactKey,
}
# The Chinese names are the choices' own labels; where a code is missing here its name in code
# would do, but a test asks for every one.
ENGLISH: dict[str, dict[str, str]] = {
    "need_kinds": {
        "scenario": "Scenario",
        "technology": "Technology",
        "order": "Order",
        "material": "Raw material",
        "capacity": "Shared capacity",
        "service": "Service",
    },
    "capability_kinds": {
        "achievement": "Research result",
        "product": "Product",
        "technology": "Technology",
        "service": "Service",
        "team": "Team",
    },
    "ip_stances": {
        "owner": "Belongs to the asking side",
        "shared": "Shared by both sides",
        "solver": "Belongs to the solving side",
        "negotiable": "To be negotiated",
    },
    "comparators": {
        "ge": "≥",
        "le": "≤",
        "gt": ">",
        "lt": "<",
        "eq": "=",
        "range": "~",
        "approx": "≈",
        "text": "In words",
    },
    "service_modes": {
        "self": "Self-service",
        "operator": "Run by an operator",
        "send_samples": "Send samples",
    },
    "skill_levels": {
        "apprentice": "Apprentice",
        "junior": "Junior worker",
        "intermediate": "Intermediate worker",
        "senior": "Senior worker",
        "technician": "Technician",
        "senior_technician": "Senior technician",
        "special_technician": "Special-grade technician",
        "chief_technician": "Chief technician",
    },
    "engagements": {
        "consulting": "Consulting",
        "project": "Project work",
        "employment": "Employment",
    },
    "closing_reasons": {
        "matched_here": "Matched on this platform",
        "solved_elsewhere": "Solved elsewhere",
        "no_longer_needed": "No longer needed",
        "withdrawn": "Withdrawn",
        "duplicate": "Duplicate",
        "expired_by_staff": "Out of date, closed by the park",
        "other": "Other",
    },
    "organisation_kinds": {
        "enterprise": "Enterprise",
        "university": "University",
        "institute": "Research institute",
        "station": "Liaison station",
        "offshore_platform": "Off-park innovation platform",
        "park": "Park",
    },
    "membership_roles": {"owner": "Owner", "editor": "Editor", "viewer": "Viewer"},
    "staff_roles": {
        "moderator": "Moderator",
        "broker": "Broker",
        "equipment_officer": "Equipment officer",
        "talent_officer": "Talent officer",
        "administrator": "Administrator",
    },
    "growth_facts": {
        "founded_on": "Registered on",
        "employees": "Employees",
        "rd_staff": "Research and technical staff",
        "total_assets": "Total assets (yuan)",
        "revenue": "Revenue (yuan)",
        "main_revenue": "Revenue of the main business (yuan)",
        "high_tech_revenue": "Income from high-tech products and services (yuan)",
        "total_revenue": "Total income of the same period (yuan)",
        "rd_spend": "R&D spending (yuan)",
        "ip_class_1": "Class 1 intellectual property rights",
        "ip_class_2": "Class 2 intellectual property rights",
        "market_years": "Years in the market segment",
        "tech_sme_score": "Score as a technology-based SME",
        "innovation_score": "Innovation score",
        "core_ip": "Owns the core technology's intellectual property",
        "catalogue_field": "Core technology is in the supported high-tech fields",
        "no_incidents": "No major accident or serious environmental offence lately",
        "registered_in_china": "Resident enterprise registered in mainland China",
        "products_permitted": "Products are not of a prohibited, restricted or phased-out class",
    },
}


def all_vocabularies() -> dict[str, list[dict[str, Any]]]:
    """{list: [{code, name_zh, name_en}]}; retired terms of editable lists are left out."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in EDITABLE.values()}
    terms = Term.objects.filter(is_active=True).order_by("position", "id")
    for term in terms.values("vocabulary", "code", "name_zh", "name_en"):
        name = EDITABLE.get(term.pop("vocabulary"))
        if name:
            found[name].append(term)
    return found | {name: list(_fixed(name, choices)) for name, choices in FIXED.items()}


def _fixed(name: str, choices: type[TextChoices]) -> Iterable[dict[str, str]]:
    for choice in choices:
        yield {
            "code": choice.value,
            "name_zh": str(choice.label),
            "name_en": ENGLISH[name].get(choice.value, choice.name.capitalize()),
        }
