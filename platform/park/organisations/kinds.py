"""The words organisations are described with (pure): kinds, states, roles, fact keys."""

from django.db import models


class OrganisationKind(models.TextChoices):
    ENTERPRISE = "enterprise", "企业"
    UNIVERSITY = "university", "高校"
    INSTITUTE = "institute", "科研院所"
    STATION = "station", "科技联络站"
    OFFSHORE_PLATFORM = "offshore_platform", "离岸科创平台"
    PARK = "park", "园区"


COLLECTING_KINDS = (OrganisationKind.STATION, OrganisationKind.OFFSHORE_PLATFORM)
"""Kinds that collect entries for the firms they serve and have a queue of their own."""


class VerificationStatus(models.TextChoices):
    UNVERIFIED = "unverified", "待核验"
    VERIFIED = "verified", "已核验"
    REJECTED = "rejected", "未通过"


class MembershipRole(models.TextChoices):
    OWNER = "owner", "所有者"
    EDITOR = "editor", "编辑"
    VIEWER = "viewer", "查看"


class RequestStatus(models.TextChoices):
    """Of what somebody asks and somebody else decides."""

    PENDING = "pending", "待处理"
    APPROVED = "approved", "已同意"
    DECLINED = "declined", "已拒绝"
    WITHDRAWN = "withdrawn", "已撤回"


class AliasSource(models.TextChoices):
    FORMER_NAME = "former_name", "曾用名"
    MERGED = "merged", "合并自"
    OTHER = "other", "别名"


class FactKey(models.TextChoices):
    """What is kept on file about an organisation's growth; shapes are in `facts`."""

    FOUNDED_ON = "founded_on", "注册成立日期"
    EMPLOYEES = "employees", "职工总数（人）"
    RD_STAFF = "rd_staff", "科技人员数（人）"
    TOTAL_ASSETS = "total_assets", "资产总额（元）"
    REVENUE = "revenue", "营业（销售）收入（元）"
    MAIN_REVENUE = "main_revenue", "主营业务收入（元）"
    HIGH_TECH_REVENUE = "high_tech_revenue", "高新技术产品（服务）收入（元）"
    TOTAL_REVENUE = "total_revenue", "同期总收入（元）"
    RD_SPEND = "rd_spend", "研究开发费用（元）"
    IP_CLASS_1 = "ip_class_1", "Ⅰ类知识产权（件）"
    IP_CLASS_2 = "ip_class_2", "Ⅱ类知识产权（件）"
    MARKET_YEARS = "market_years", "从事特定细分市场年限（年）"
    TECH_SME_SCORE = "tech_sme_score", "科技型中小企业综合评价得分"
    INNOVATION_SCORE = "innovation_score", "创新能力评价得分"
    CORE_IP = "core_ip", "对主要产品核心技术拥有自主知识产权"
    CATALOGUE_FIELD = "catalogue_field", "核心技术属于国家重点支持的高新技术领域"
    NO_INCIDENTS = "no_incidents", "近期无重大安全、质量事故或严重环境违法"
    REGISTERED_IN_CHINA = "registered_in_china", "在中国境内（不含港澳台）注册的居民企业"
    PRODUCTS_PERMITTED = "products_permitted", "产品和服务不属于禁止、限制和淘汰类"
