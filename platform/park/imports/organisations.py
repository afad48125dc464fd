"""How a row of a list becomes an organisation. A name that may be known already is a doubt."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from park.accounts.actors import Actor
from park.imports import targets, values
from park.imports.names import exact
from park.imports.owners import Owners
from park.imports.targets import (
    SHARED_FIELDS,
    Cell,
    NewEntry,
    RowContent,
    RowIssues,
    Update,
    import_field,
)
from park.imports.values import Choices, Unread
from park.organisations import policies
from park.organisations.models import Organisation, OrganisationKind
from park.organisations.services import create_organisation
from park.vocabularies.queries import list_terms

KIND = "organisation"
LIMITS = {"name": 120, "name_en": 160, "short_name": 40, "about": 5000}
FIELDS = (
    import_field(
        "name",
        "单位名称",
        "Name",
        "企业名称 公司名称 名称 组织名称 机构名称 单位 企业 name",
        example="黄石示例铜业有限公司",
    ),
    import_field(
        "credit_code",
        "统一社会信用代码",
        "Credit code",
        "信用代码 社会信用代码 社会统一信用代码 组织机构代码 税号 纳税人识别号",
    ),
    import_field(
        "kind",
        "单位类型",
        "Kind",
        "类型 类别 单位性质 机构类型 企业类型",
        example="企业",
    ),
    import_field(
        "short_name",
        "简称",
        "Short name",
        "单位简称 企业简称",
    ),
    import_field(
        "name_en",
        "英文名称",
        "English name",
        "英文名",
    ),
    import_field(
        "chains",
        "产业链",
        "Industry chains",
        "所属产业链 产业领域 所属行业 行业 所属领域",
        example="铜精深加工",
    ),
    import_field(
        "region",
        "区域",
        "Region",
        "地区 所在地 所在地区 所属区域",
    ),
    import_field(
        "about",
        "简介",
        "About",
        "单位简介 企业简介 公司简介 介绍 主营业务 主营产品 经营范围",
        is_joined=True,
        example="示例企业，主营阴极铜与铜杆。",
    ),
    *SHARED_FIELDS,
)
_KIND_WORDS: dict[str, Sequence[str]] = {
    OrganisationKind.ENTERPRISE: ("企业", "公司", "民营企业", "国有企业", "有限责任公司"),
    OrganisationKind.UNIVERSITY: ("高校", "大学", "学院", "高等院校", "院校"),
    OrganisationKind.INSTITUTE: ("科研院所", "研究院", "研究所", "科研机构", "院所"),
    OrganisationKind.STATION: ("科技联络站", "联络站"),
    OrganisationKind.PARK: ("园区", "管委会"),
}


class OrganisationReader:
    def __init__(self) -> None:
        terms = list_terms()
        self.kinds = Choices(_KIND_WORDS)
        self.chains, self.regions = (
            Choices({one.code: (one.name_zh, one.name_en) for one in terms[name]})
            for name in ("chain", "region")
        )
        self.owners = Owners()

    def read(self, cells: Mapping[str, Cell], issues: RowIssues) -> RowContent:
        content: dict[str, Any] = {}
        for name, limit in LIMITS.items():
            if name in cells:
                text = cells[name].text
                content[name] = text if name == "about" else " ".join(text.split())
                if len(content[name]) > limit:
                    issues.error(name, "too_long", limit=limit)
        self._choices(cells, content, issues)
        if "credit_code" in cells and not values.is_unknown(cells["credit_code"].text):
            code = "".join(values.narrow(cells["credit_code"].text).split()).upper()
            content["credit_code"] = code
            if len(code) != 18 or not code.isalnum() or not code.isascii():
                issues.error("credit_code", "invalid_credit_code", value=code)
        name = content.get("name", "")
        if not name:
            issues.error("name", "required")
            return RowContent("", content, [""])
        code = content.get("credit_code", "")
        known = self._known(name, code, issues)
        return RowContent(name, content, [code or exact(name)], known)

    def _choices(
        self, cells: Mapping[str, Cell], content: dict[str, Any], issues: RowIssues
    ) -> None:
        # Nearly everybody in a park is a firm; another kind has to be said, and a word that is
        # not understood is no reason to guess.
        content["kind"] = OrganisationKind.ENTERPRISE.value
        if "kind" in cells:
            kind = self.kinds.read(cells["kind"].text)
            if kind is Unread.NOT_UNDERSTOOD:
                issues.error("kind", "unknown_choice", value=cells["kind"].text)
            elif not isinstance(kind, Unread):
                content["kind"] = str(kind)
        if "region" in cells:
            region = self.regions.read(cells["region"].text)
            if not isinstance(region, Unread):
                content["region"] = region
            elif region is not Unread.UNKNOWN:
                issues.warn("region", region.value, value=cells["region"].text)
        if "chains" in cells:
            content["chains"] = []
            for word in values.split_words(cells["chains"].text):
                chain = self.chains.read(word)
                if not isinstance(chain, Unread):
                    content["chains"].append(chain)
                elif chain is not Unread.UNKNOWN:
                    issues.warn("chains", chain.value, value=word)

    def _known(self, name: str, code: str, issues: RowIssues) -> UUID | None:
        """The organisation that is here already. One firm under two names, or two firms under
        one, is for a person to decide."""
        same_code = self.owners.by_code.get(code) if code else None
        if same_code is not None:
            if exact(same_code.name) != exact(name):
                issues.doubt("name", "other_name_of_code", value=same_code.name)
            return same_code.id
        same_name = self.owners.by_name.get(exact(name), [])
        if len(same_name) == 1 and not (code and same_name[0].credit_code):
            return same_name[0].id
        if same_name:
            issues.doubt("name", "name_exists", value=same_name[0].name)
        elif similar := self.owners.similar(name):
            issues.doubt("name", "similar_name", value=similar[0].name)
        return None


class OrganisationTarget:
    kind = KIND
    fields = FIELDS
    main_fields = ("name",)
    has_organisation = False
    is_tried_in_preview = True

    def can_import(self, actor: Actor) -> bool:
        return policies.can_create_organisation(actor) and actor is not None

    def reader(self, today: date) -> OrganisationReader:
        return OrganisationReader()

    def existing(self, object_ids: Sequence[UUID]) -> set[UUID]:
        rows = Organisation.objects.filter(pk__in=list(object_ids))
        return set(rows.values_list("pk", flat=True))

    @transaction.atomic
    def create(
        self, *, actor: Actor, entries: Sequence[NewEntry], publish: bool
    ) -> Mapping[UUID, UUID]:
        """One by one through the service, whose rules (the credit code's above all) hold here."""
        return {entry.id: create_organisation(actor=actor, **entry.content).pk for entry in entries}

    def update(
        self, *, actor: Actor, object_id: UUID, version: int, content: Mapping[str, Any]
    ) -> tuple[Update, int]:
        """What is on record of a firm is its own to correct, or its verifier's."""
        return Update.UNSUPPORTED, version

    def publish(self, *, actor: Actor, object_ids: Sequence[UUID]) -> int:
        return 0


def register() -> None:
    targets.register(OrganisationTarget())
