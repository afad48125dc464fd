"""What a talent card may say (pure): limits, masking, nothing in public text that identifies."""

import re
from collections.abc import Mapping, Set
from typing import Any

from park.core import text_rules
from park.core.text_rules import Problems
from talent.models import Engagement, SkillLevel

Content = dict[str, Any]
ABOUT_LIMIT = 8000
MAX_SKILLS = 50
LINES = {"full_name": 60, "headline": 120, "title": 80, "contact_phone": 40}
IDENTIFYING = ("full_name", "contact_phone", "contact_email")
"""Fields of the level own: for the holder, who keeps the card, and talent officers."""
BLANK: Mapping[str, Any] = {
    "full_name": "",
    "headline": "",
    "title": "",
    "skill_level": "",
    "about": "",
    "chains": [],
    "region": "",
    "open_to": [],
    "contact_phone": "",
    "contact_email": "",
    "skills": [],
}
"""Every field of the content, as it is when nothing is said."""
NEEDED_TO_PUBLISH = ("full_name", "headline", "skills")

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "令狐",
        "慕容",
        "司徒",
        "夏侯",
        "端木",
        "长孙",
        "宇文",
        "轩辕",
        "南宫",
    ]
)
# A mobile or landline number, also in groups; an e-mail address; a WeChat or QQ account.
_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d(?:[-\s]?\d{4}){2}(?!\d)"
    r"|(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)"
    r"|[\w.+-]+@[\w-]+\.[\w.-]{2,}"
    r"|(?:微信|wechat|qq)(?:号|账号)?\s*[:：]?\s*[a-z0-9_-]{5,}",
    re.IGNORECASE,
)
MIDDLE = "****"


def clean_content(
    raw: Mapping[str, Any], *, base: Mapping[str, Any], chains: Set[str], regions: Set[str]
) -> Content:
    """`base` with the fields of `raw` put in. Raises `invalid_input` with all faults.

    `chains` and `regions` are the known codes; what the base already says stays sayable.
    """
    problems = Problems()
    text_rules.unknown_fields(raw, BLANK, problems)
    content = dict(base)
    for field in BLANK:
        if field in raw:
            content[field] = _clean(field, raw[field], problems, base, chains, regions)
    if not problems.fields:
        _check_anonymous(content, problems)
    problems.raise_if_any()
    return content


def missing_fields(content: Mapping[str, Any]) -> list[str]:
    """What must be said before others can see the card."""
    return [field for field in NEEDED_TO_PUBLISH if not content[field]]


def mask_name(full_name: str) -> str:
    """张伟 → 张*, 欧阳娜娜 → 欧阳**, Anna Smith → A***. Never the whole name."""
    if not full_name:
        return ""
    if full_name.isascii():
        return f"{full_name[0]}***"
    kept = 2 if len(full_name) > 2 and full_name[:2] in COMPOUND_SURNAMES else 1
    return full_name[:kept] + "*" * max(1, min(len(full_name) - kept, 3))


def mask_contact(value: str) -> str:
    """138****1234, z****@example.com: enough to recognise one's own, not to use another's."""
    name, at, domain = value.partition("@")
    if at:
        return f"{name[:1]}{MIDDLE}@{domain}"
    return f"{value[:3]}{MIDDLE}{value[-4:]}" if len(value) >= 11 else MIDDLE if value else ""


def without_identity(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """An audit's changes with names and contact data masked: that they changed is what counts."""
    masks = {"full_name": mask_name, "contact_phone": mask_contact, "contact_email": mask_contact}
    return {
        field: {side: masks[field](value or "") for side, value in pair.items()}
        if field in masks
        else dict(pair)
        for field, pair in changes.items()
    }


def _clean(
    field: str,
    value: Any,
    problems: Problems,
    base: Mapping[str, Any],
    chains: Set[str],
    regions: Set[str],
) -> Any:
    if field in LINES:
        return text_rules.text(
            value,
            field,
            problems,
            limit=LINES[field],
            is_line=True,
            is_required=field in ("full_name", "headline"),
        )
    match field:
        case "about":
            return text_rules.text(value, field, problems, limit=ABOUT_LIMIT)
        case "contact_email":
            return text_rules.email(value, field, problems)
        case "skill_level":
            return text_rules.choice(value, field, problems, choices=set(SkillLevel.values))
        case "region":
            known = regions | {base["region"]}
            return text_rules.choice(value, field, problems, choices=known, unknown="unknown_code")
        case "chains":
            known = chains | set(base["chains"])
            return text_rules.choices_list(
                value, field, problems, choices=known, unknown="unknown_code"
            )
        case "open_to":
            return text_rules.choices_list(value, field, problems, choices=set(Engagement.values))
    return _skills(value, problems)


def _skills(value: Any, problems: Problems) -> list[dict[str, Any]]:
    skills = []
    for position, raw in enumerate(text_rules.listed(value, "skills", problems, limit=MAX_SKILLS)):
        path = f"skills.{position}"
        if not isinstance(raw, Mapping):
            problems.add(path, "wrong_type")
            continue
        if not {"name", "years"}.issuperset(raw):
            problems.add(path, "unknown_field")
        name = text_rules.text(
            raw.get("name"), f"{path}.name", problems, limit=80, is_line=True, is_required=True
        )
        years = text_rules.whole(raw.get("years"), f"{path}.years", problems, least=0, most=80)
        skills.append({"name": name, "years": years})
    return skills


def _check_anonymous(content: Content, problems: Problems) -> None:
    """What everybody may read names neither the person nor a way to reach them."""
    for field in ("full_name", "headline"):
        if not content[field]:
            problems.add(field, "required")
    public = {field: content[field] for field in ("headline", "title", "about")}
    for position, skill in enumerate(content["skills"]):
        public[f"skills.{position}.name"] = skill["name"]
    # A name of one character would be found everywhere.
    full_name = content["full_name"] if len(content["full_name"]) > 1 else None
    own = [value for value in (content["contact_phone"], content["contact_email"]) if value]
    for field, text in public.items():
        if _CONTACT.search(text) or any(value in text for value in own):
            problems.add(field, "contact_data")
        elif full_name and full_name in text:
            problems.add(field, "full_name")
