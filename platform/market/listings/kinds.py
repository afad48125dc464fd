"""The words an entry is described with (pure): its kinds, its choices, why it was closed."""

from enum import StrEnum

from django.db import models


class ListingKind(StrEnum):
    """The two lists: what is asked for, what is offered."""

    NEED = "need"
    CAPABILITY = "capability"


class NeedKind(models.TextChoices):
    SCENARIO = "scenario", "场景需求"
    TECHNOLOGY = "technology", "技术需求"
    ORDER = "order", "市场订单"
    MATERIAL = "material", "生产原料"
    CAPACITY = "capacity", "共享产能"
    SERVICE = "service", "服务需求"


class CapabilityKind(models.TextChoices):
    ACHIEVEMENT = "achievement", "科技成果"
    PRODUCT = "product", "产品"
    TECHNOLOGY = "technology", "技术"
    SERVICE = "service", "服务"
    TEAM = "team", "团队"


class IpStance(models.TextChoices):
    OWNER = "owner", "归需求方"
    SHARED = "shared", "双方共有"
    SOLVER = "solver", "归解题方"
    NEGOTIABLE = "negotiable", "协商确定"


class Comparator(models.TextChoices):
    GE = "ge", "≥"
    LE = "le", "≤"
    GT = "gt", ">"
    LT = "lt", "<"
    EQ = "eq", "="
    RANGE = "range", "~"
    APPROX = "approx", "≈"
    TEXT = "text", "文字"


class ClosingReason(models.TextChoices):
    MATCHED_HERE = "matched_here", "已在本平台对接"
    SOLVED_ELSEWHERE = "solved_elsewhere", "已在别处解决"
    NO_LONGER_NEEDED = "no_longer_needed", "不再需要"
    WITHDRAWN = "withdrawn", "撤回"
    DUPLICATE = "duplicate", "重复"
    EXPIRED_BY_STAFF = "expired_by_staff", "逾期，由园区关闭"
    OTHER = "other", "其他"


class RevisionStatus(models.TextChoices):
    EFFECTIVE = "effective", "已生效"
    PENDING = "pending", "待审核"
    REJECTED = "rejected", "已退回"
    SUPERSEDED = "superseded", "已被替代"
