"""The demonstration accounts: random passwords, told once to the operator in a private file."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from park.accounts.models import StaffRole, User
from park.organisations.models import Membership, MembershipRole, Organisation

FILE_NAME = "demo-logins.json"
# Without the letters and digits that are taken for one another.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Account:
    username: str
    display_name: str
    role_zh: str
    role_en: str
    edits: tuple[str, ...] = ()
    """Keys of the organisations that the account edits for."""
    owns: tuple[str, ...] = ()
    """Keys of those it owns."""
    staff_roles: tuple[StaffRole, ...] = ()


ACCOUNTS = (
    Account(
        "demo-enterprise", "示例·企业用户", "企业用户（新港铜业所有者、铁山铸造编辑）",
        "enterprise user (owner of the copper firm, editor of the casting firm)",
        edits=("casting",), owns=("copper",),
    ),
    Account(
        "demo-firm", "示例·另一家企业用户", "企业编辑（恒驰零部件）",
        "enterprise editor (auto parts firm)", edits=("auto",),
    ),
    Account(
        "demo-university", "示例·高校用户", "高校成员（磁湖理工）",
        "university member", edits=("university",),
    ),
    Account(
        "demo-station", "示例·联络员", "联络站和离岸平台编辑",
        "editor of the liaison station and the off-park platform", edits=("station", "platform"),
    ),
    Account(
        "demo-moderator", "示例·园区审核员", "园区审核员、撮合员、设备与人才专员",
        "park staff: moderator, broker, equipment and talent officer",
        staff_roles=(
            StaffRole.MODERATOR, StaffRole.BROKER, StaffRole.EQUIPMENT_OFFICER,
            StaffRole.TALENT_OFFICER,
        ),
    ),
    Account(
        "demo-admin", "示例·园区管理员", "园区管理员", "park administrator",
        staff_roles=(StaffRole.ADMINISTRATOR,),
    ),
)  # fmt: skip
CLERK = "demo-clerk"
"""Wrote all example entries; nobody can log in as this one."""


def make_accounts(organisations: Mapping[str, Organisation]) -> None:
    """Every account, none with a password yet. The clerk edits for all organisations."""
    clerk = Account(CLERK, "示例·录入员", "", "", edits=tuple(organisations))
    for account in (*ACCOUNTS, clerk):
        user = User(
            username=account.username,
            display_name=account.display_name,
            staff_roles=list(account.staff_roles),
            is_demonstration=True,
        )
        user.set_unusable_password()
        user.save()
        for keys, role in (
            (account.owns, MembershipRole.OWNER),
            (account.edits, MembershipRole.EDITOR),
        ):
            for key in keys:
                Membership.objects.create(organisation=organisations[key], user=user, role=role)


def renew_passwords() -> list[dict[str, str]]:
    """New random passwords for the accounts that still exist, and the lines that tell them."""
    users = {
        user.username: user
        for user in User.objects.filter(
            is_demonstration=True, username__in=[account.username for account in ACCOUNTS]
        )
    }
    lines = []
    for account in ACCOUNTS:
        user = users.get(account.username)
        if user is None:
            continue
        password = make_password()
        user.set_password(password)
        user.save(update_fields=["password"])
        lines.append(
            {
                "username": account.username,
                "password": password,
                "role_zh": account.role_zh,
                "role_en": account.role_en,
            }
        )
    return lines


def make_password() -> str:
    """Four groups of four characters: 79 bits, and still typed without a mistake."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def write_file(path: Path, lines: list[dict[str, str]]) -> None:
    """Replace the file as a whole; at no moment may others read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(lines, file, ensure_ascii=False, indent=2)
        file.write("\n")
    new.replace(path)
