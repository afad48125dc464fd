"""How a row of a list becomes an instrument: its columns, its words, its opening hours."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from equipment import policies
from equipment.models import Instrument, ServiceMode
from equipment.rules.content import BLANK, LINES, clean_content
from equipment.services import edit_instrument
from equipment.services.importing import (
    ImportedInstrument,
    create_imported_instruments,
    publish_imported_instruments,
)
from park.accounts.actors import Actor
from park.core.errors import DomainError
from park.imports import targets, values
from park.imports.targets import (
    ORGANISATION_FIELD,
    SHARED_FIELDS,
    Cell,
    NewEntry,
    RowContent,
    RowIssues,
    Update,
    import_field,
)
from park.imports.values import Choices, Unread
from park.sheets.headings import normalised
from park.vocabularies.queries import list_terms

KIND = "instrument"
OPENING = "opening"
FIELDS = (
    import_field(
        "name",
        "仪器名称",
        "Name",
        "设备名称 仪器设备名称 名称 仪器 设备 name",
        example="电感耦合等离子体质谱仪",
    ),
    import_field(
        "model", "规格型号", "Model", "型号 仪器型号 设备型号 规格 model", example="示例-100"
    ),
    import_field(
        "description",
        "主要功能",
        "What it is for",
        "功能 用途 主要用途 功能描述 功能及用途 简介 仪器简介 设备简介 服务内容 检测项目 应用领域 "
        "description",
        is_joined=True,
        example="溶液中痕量元素测定。",
    ),
    import_field(
        "measured_capabilities",
        "主要技术指标",
        "What it measures",
        "技术指标 技术参数 主要技术参数 性能指标 主要参数 测量范围",
        is_joined=True,
        example="检出限≤0.01ppb",
    ),
    import_field(
        "place",
        "放置地点",
        "Place",
        "存放地点 安放地点 安装地点 所在地点 地址 存放位置 位置 place",
        example="检测中心二楼",
    ),
    import_field("region", "区域", "Region", "地区 所在地区 所属区域"),
    import_field("chains", "产业链", "Industry chains", "所属产业链 产业领域 服务领域 行业"),
    import_field(
        "service_mode", "服务方式", "Service", "共享方式 使用方式 服务模式", example="专人操作"
    ),
    import_field(
        "price_per_hour",
        "收费标准（元/小时）",
        "Price (yuan/hour)",
        "收费标准 价格 机时费 单价 收费 参考收费标准",
        example="320",
    ),
    import_field(OPENING, "开放时间", "Opening hours", "开放时段 服务时间 对外开放时间"),
    import_field("contact_name", "联系人", "Contact", "机组联系人 负责人 管理员 仪器负责人"),
    import_field("contact_phone", "联系电话", "Phone", "电话 手机 联系方式 联系人电话"),
    ORGANISATION_FIELD,
    *SHARED_FIELDS,
)
MODE_WORDS: dict[str, Sequence[str]] = {
    ServiceMode.SELF: ["自主上机", "自助", "自主使用", "自主操作"],
    ServiceMode.OPERATOR: ["专人操作", "代操作", "委托操作", "上机服务"],
    ServiceMode.SEND_SAMPLES: ["送样检测", "送样", "委托检测", "来样检测", "委托测试"],
}
_PRICE = re.compile(r"([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?)\s*元?\s*(?:[/每]?\s*(?:小时|机时|时|h))?")
_HOURS = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})\s*[-~～—–至到]+\s*([0-9]{1,2})[:：]([0-9]{2})")
_DAYS = re.compile(
    r"(?:周|星期)([一二三四五六日天])\s*[-~～—–至到]+\s*(?:周|星期)?([一二三四五六日天])"
)
_DAY_SIGNS = "一二三四五六日"


class InstrumentReader:
    def __init__(self) -> None:
        terms = list_terms()
        self.chains = Choices({one.code: (one.name_zh, one.name_en) for one in terms["chain"]})
        self.regions = Choices({one.code: (one.name_zh, one.name_en) for one in terms["region"]})
        self.modes = Choices(MODE_WORDS)
        self.codes = {name: {one.code for one in terms[name]} for name in ("chain", "region")}

    def read(self, cells: Mapping[str, Cell], issues: RowIssues) -> RowContent:
        row = _Row(self, issues)
        for name, cell in cells.items():
            row.read(name, cell)
        raw = row.whole()
        try:
            content = clean_content(
                raw, base=BLANK, chains=self.codes["chain"], regions=self.codes["region"]
            )
        except DomainError as error:
            for fault in error.data["fields"]:
                more = {"limit": fault["limit"]} if "limit" in fault else {}
                issues.error(str(fault["field"]).split(".")[0], fault["code"], **more)
            return RowContent(str(raw.get("name", ""))[:120], {}, [""])
        if not content["name"]:
            issues.error("name", "required")
        told = {name: content[name] for name in BLANK if name in raw}
        identity = [normalised(content[name]) for name in ("name", "model", "place")]
        return RowContent(content["name"], told, identity)


class _Row:
    """One row on its way from cells to a raw content."""

    def __init__(self, reader: InstrumentReader, issues: RowIssues) -> None:
        self.reader, self.issues = reader, issues
        self.raw: dict[str, Any] = {}
        self.kept: list[str] = []

    def whole(self) -> dict[str, Any]:
        if self.kept:
            parts = [self.raw.get("description", ""), *self.kept]
            self.raw["description"] = "\n".join(part for part in parts if part)
        return self.raw

    def read(self, name: str, cell: Cell) -> None:
        match name:
            case "region" | "service_mode":
                choices = self.reader.regions if name == "region" else self.reader.modes
                self._choice(name, cell, choices)
            case "chains":
                self._chains(cell)
            case "price_per_hour":
                self._price(cell)
            case "opening":
                opening = read_opening(cell.text)
                self.raw |= opening if opening is not None else self._keep(OPENING, cell)
            case "measured_capabilities":
                lines = values.split_indicators(cell.text)
                self.raw |= {name: lines} if lines is not None else self._keep(name, cell)
            case "description":
                self.raw[name] = cell.text
            case _ if name in LINES and not values.is_unknown(cell.text):
                self.raw[name] = cell.text

    def _keep(self, name: str, cell: Cell) -> dict[str, Any]:
        self.kept.append(f"{cell.heading}：{cell.text}")
        self.issues.warn(name, "kept_as_text")
        return {}

    def _choice(self, name: str, cell: Cell, choices: Choices) -> None:
        found = choices.read(cell.text)
        if not isinstance(found, Unread):
            self.raw[name] = found
        elif found is not Unread.UNKNOWN:
            self.issues.warn(name, found.value, value=cell.text)

    def _chains(self, cell: Cell) -> None:
        self.raw["chains"] = []
        for word in values.split_words(cell.text):
            code = self.reader.chains.read(word)
            if not isinstance(code, Unread):
                self.raw["chains"].append(code)
            elif code is not Unread.UNKNOWN:
                self.issues.warn("chains", code.value, value=word)

    def _price(self, cell: Cell) -> None:
        """Yuan an hour. A price for a sample or a day is none, and is kept in words."""
        text = values.narrow(cell.text)
        if match := _PRICE.fullmatch(text):
            self.raw["price_per_hour"] = Decimal(match[1].replace(",", ""))
        elif not values.is_unknown(text):
            self._keep("price_per_hour", cell)


def read_opening(text: str) -> dict[str, Any] | None:
    """周一至周五 9:00-17:00 as opening hours; None for everything that says more or less."""
    plain = values.narrow(text)
    hours, days = _HOURS.search(plain), _DAYS.search(plain)
    rest = plain
    for match in (hours, days):
        rest = rest.replace(match.group(), "") if match else rest
    if hours is None or re.sub(r"[\s,;，；、:：()（）]|每天|工作日", "", rest):
        return None
    opening: dict[str, Any] = {
        "open_from": f"{int(hours[1]):02}:{hours[2]}",
        "open_until": f"{int(hours[3]) % 24:02}:{hours[4]}",
    }
    if days:
        first, last = (_DAY_SIGNS.index(sign.replace("天", "日")) + 1 for sign in days.groups())
        opening["open_weekdays"] = list(range(first, last + 1))
    elif "每天" in plain:
        opening["open_weekdays"] = [1, 2, 3, 4, 5, 6, 7]
    return opening


class InstrumentTarget:
    kind = KIND
    fields = FIELDS
    main_fields = ("name",)
    has_organisation = True
    is_tried_in_preview = False

    def can_import(self, actor: Actor) -> bool:
        return policies.is_equipment_officer(actor)

    def reader(self, today: date) -> InstrumentReader:
        return InstrumentReader()

    def existing(self, object_ids: Sequence[UUID]) -> set[UUID]:
        rows = Instrument.objects.filter(pk__in=list(object_ids))
        return set(rows.values_list("pk", flat=True))

    def create(
        self, *, actor: Actor, entries: Sequence[NewEntry], publish: bool
    ) -> Mapping[UUID, UUID]:
        create_imported_instruments(
            actor=actor,
            publish=publish,
            entries=[
                ImportedInstrument(
                    entry.id, entry.organisation_id, entry.content, entry.source_note
                )
                for entry in entries
                if entry.organisation_id is not None
            ],
        )
        return {}

    def update(
        self, *, actor: Actor, object_id: UUID, version: int, content: Mapping[str, Any]
    ) -> tuple[Update, int]:
        try:
            made = edit_instrument(
                actor=actor, instrument_id=object_id, version=version, content=content
            )
        except DomainError as error:
            if error.code != "edit_conflict":
                raise
            return Update.EDITED_HERE, version
        return Update.DONE, made.version

    def publish(self, *, actor: Actor, object_ids: Sequence[UUID]) -> int:
        return publish_imported_instruments(actor=actor, instrument_ids=object_ids)


def register() -> None:
    targets.register(InstrumentTarget())
