"""The columns of real lists of needs and capabilities, by the headings that they usually have.

The 揭榜挂帅 and 成果 forms of several places, and the names of our own fields.
"""

from market.listings.kinds import CapabilityKind, IpStance, ListingKind, NeedKind
from park.imports.targets import ORGANISATION_FIELD, SHARED_FIELDS, import_field

MONEY = "money"
"""A band in one cell; its own two columns are named one by one."""
CONTACT = "contact"
"""Name, phone and address in one cell."""

_INDICATORS = (
    "主要技术指标 技术指标 核心指标 考核指标 核心考核指标 核心/考核指标 主要指标 "
    "经济技术指标 指标要求 指标参数 技术参数 预期指标 验收指标 技术指标要求"
)
_NEED_FIELDS = (
    import_field(
        "title",
        "技术需求名称",
        "Title",
        "需求名称 项目名称 需求标题 名称 标题 榜单名称 榜题名称 题目 难题名称 "
        "技术难题名称 场景名称 场景需求名称 需求题目 title",
        example="铜电解液中痕量砷的在线脱除",
    ),
    import_field(
        "kind",
        "需求类型",
        "Kind",
        "需求类别 类型 类别 需求种类",
        example="技术需求",
    ),
    import_field(
        "problem",
        "拟解决的主要技术问题",
        "Problem",
        "主要技术问题 拟解决的技术问题 拟解决的关键问题 拟解决问题 技术问题 问题描述 "
        "需求描述 需求内容 需求简介 需求背景 技术难题 现状描述 主要内容 内容 正文 "
        "需求概述 技术需求描述 text",
        is_joined=True,
        example="电解液中砷含量波动，人工取样滞后，阴极铜合格率下降。",
    ),
    import_field(
        "goals",
        "技术目标",
        "Goals",
        "预期目标 目标 需求目标 研究目标 预期成果 达到目标 技术目标要求",
        is_joined=True,
        example="在线监测并稳定控制砷含量。",
    ),
    import_field(
        "indicators",
        "核心/考核指标",
        "Indicators",
        _INDICATORS,
        is_joined=True,
        example="砷含量≤0.5mg/L；阴极铜合格率≥99.5%",
    ),
    import_field(
        "due_on",
        "完成时限",
        "Due date",
        "完成时间 截止时间 截止日期 要求完成时间 完成期限 时限 时限要求 期限 拟完成时间 "
        "项目期限 有效期",
        example="2027年12月31日",
    ),
    import_field(
        "ip_stance",
        "产权归属",
        "Intellectual property",
        "知识产权归属 知识产权要求 成果归属 产权要求",
        example="双方共有",
    ),
    import_field(
        "money",
        "资金投入（万元）",
        "Budget (10,000 yuan)",
        "资金投入 预算 拟投入资金 投入资金 预算金额 揭榜金额 榜额 金额 经费 研发投入 "
        "计划投入 资金预算 拟投入经费 意向投入 悬赏金额",
        example="50-120",
    ),
    import_field(
        "budget_min",
        "预算下限（元）",
        "Budget from (yuan)",
        "预算下限",
    ),
    import_field(
        "budget_max",
        "预算上限（元）",
        "Budget to (yuan)",
        "预算上限",
    ),
    import_field(
        "maturity_wanted",
        "期望成熟度",
        "Maturity wanted",
        "要求成熟度 技术成熟度 技术成熟度要求 trl",
    ),
    import_field(
        "solver_conditions",
        "对揭榜方的条件",
        "Conditions for solvers",
        "对揭榜方要求 揭榜方条件 揭榜条件 揭榜要求 共性条件 个性条件 对解题方的要求 "
        "合作方要求 对合作方的要求 合作要求 合作方式",
        is_joined=True,
    ),
    import_field(
        "benchmark",
        "对标水平",
        "Benchmark",
        "对标情况 国内外对标 国内外现状 对标",
        is_joined=True,
    ),
    import_field(
        "prospects",
        "产业化前景",
        "Prospects",
        "市场前景 产业化预期 应用前景 预期效益 经济效益 备注",
        is_joined=True,
    ),
)
_CAPABILITY_FIELDS = (
    import_field(
        "title",
        "成果名称",
        "Title",
        "能力名称 技术名称 产品名称 项目名称 名称 标题 专利名称 服务名称 团队名称 "
        "科技成果名称 题目 title",
        example="萃淋树脂法在线脱砷装置",
    ),
    import_field(
        "kind",
        "体现形式",
        "Kind",
        "成果体现形式 成果类型 成果类别 能力类型 类型 类别 成果形式",
        example="新技术",
    ),
    import_field(
        "maturity",
        "技术成熟度",
        "Maturity",
        "成熟度 trl 成熟度等级",
        example="7",
    ),
    import_field(
        "stage",
        "所处阶段",
        "Stage",
        "成果阶段 阶段 成果所处阶段 研发阶段",
    ),
    import_field(
        "level",
        "成果水平",
        "Level",
        "技术水平 水平 评价水平",
    ),
    import_field(
        "description",
        "成果简介",
        "What it does",
        "成果介绍 简介 介绍 成果描述 能力描述 技术简介 内容简介 摘要 项目简介 产品简介 "
        "主要内容 内容 描述 成果内容 技术描述 text",
        is_joined=True,
        example="以萃淋树脂从酸性电解液中选择性除去砷锑铋。",
    ),
    import_field(
        "innovation",
        "主要创新点",
        "What is new",
        "创新点 技术创新点 技术特点 特点 先进性 技术优势",
        is_joined=True,
    ),
    import_field(
        "indicators",
        "技术经济指标",
        "Indicators",
        _INDICATORS,
        is_joined=True,
        example="砷含量≤0.3mg/L",
    ),
    import_field(
        "evidence",
        "指标依据",
        "Evidence",
        "证明材料 检测报告 依据",
    ),
    import_field(
        "applications",
        "应用和推广情况",
        "Applications",
        "应用情况 推广情况 应用推广情况 应用范围 应用场景 应用案例 转化情况",
        is_joined=True,
    ),
    import_field(
        "ip_status",
        "知识产权情况",
        "Intellectual property",
        "知识产权 专利情况 知识产权状况 专利号 授权专利",
        example="发明专利两项",
    ),
    import_field(
        "capacity_now",
        "现有产能",
        "Capacity now",
        "产能 供给能力 服务能力 可供能力 生产能力",
        example="每年二十套",
    ),
    import_field(
        "money",
        "价格（万元）",
        "Price (10,000 yuan)",
        "价格 报价 转让价格 转让费 意向价格 价格区间 技术转让费",
    ),
    import_field(
        "price_min",
        "价格下限（元）",
        "Price from (yuan)",
        "价格下限",
    ),
    import_field(
        "price_max",
        "价格上限（元）",
        "Price to (yuan)",
        "价格上限",
    ),
    import_field(
        "valid_until",
        "有效期至",
        "Valid until",
        "有效期 有效期限 截止日期 有效时间",
        example="2028年12月31日",
    ),
)
_PLACES = (
    import_field(
        "chain",
        "产业链",
        "Industry chain",
        "所属产业链 产业领域 所属领域 技术领域 所属行业 行业 行业领域 领域 应用领域 "
        "sector industry",
        example="铜精深加工",
    ),
    import_field(
        "key_areas",
        "重点领域",
        "Key areas",
        "所属重点领域",
    ),
    import_field(
        "region",
        "区域",
        "Region",
        "地区 所在地区 所在地 所属区域 所属地区",
    ),
    import_field(
        "keywords",
        "关键词",
        "Keywords",
        "关键字 主题词 标签",
        example="电解；脱砷",
    ),
)
_CONTACTS = (
    import_field(
        "contact_name",
        "联系人",
        "Contact",
        "联系人姓名 负责人 项目负责人 姓名",
        example="陈工",
    ),
    import_field(
        "contact_phone",
        "联系电话",
        "Phone",
        "电话 手机 手机号 手机号码 联系方式 联系人电话 联系手机",
        example="0714-6350000",
    ),
    import_field(
        "contact_email",
        "邮箱",
        "E-mail",
        "电子邮箱 电子邮件 email 联系邮箱",
    ),
    import_field(
        "contact",
        "联系人及联系方式",
        "Contact and phone",
        "联系人及电话 联系人及联系电话 联系人/电话 联系人电话邮箱 联系人和电话",
    ),
)

IMPORT_FIELDS = {
    ListingKind.NEED: (*_NEED_FIELDS, *_PLACES, ORGANISATION_FIELD, *_CONTACTS, *SHARED_FIELDS),
    ListingKind.CAPABILITY: (
        *_CAPABILITY_FIELDS,
        *_PLACES,
        ORGANISATION_FIELD,
        *_CONTACTS,
        *SHARED_FIELDS,
    ),
}

KIND_WORDS: dict[ListingKind, dict[str, list[str]]] = {
    ListingKind.NEED: {
        NeedKind.SCENARIO: ["场景需求", "场景", "应用场景"],
        NeedKind.TECHNOLOGY: ["技术需求", "技术", "技术难题", "技术攻关", "揭榜挂帅", "研发"],
        NeedKind.ORDER: ["市场订单", "订单", "采购"],
        NeedKind.MATERIAL: ["生产原料", "原料", "原材料"],
        NeedKind.CAPACITY: ["共享产能", "产能"],
        NeedKind.SERVICE: ["服务需求", "服务"],
    },
    ListingKind.CAPABILITY: {
        CapabilityKind.ACHIEVEMENT: ["科技成果", "成果", "论文", "论文成果", "研究报告", "新品种"],
        CapabilityKind.PRODUCT: ["产品", "新产品", "新材料", "新装备", "新设备", "样机"],
        CapabilityKind.TECHNOLOGY: [
            "技术",
            "新技术",
            "新工艺",
            "新方法",
            "专利",
            "发明专利",
            "其他应用技术",
        ],
        CapabilityKind.SERVICE: ["服务", "技术服务"],
        CapabilityKind.TEAM: ["团队", "人才团队", "专家团队"],
    },
}
IP_WORDS: dict[str, list[str]] = {
    IpStance.OWNER: [
        "归需求方",
        "归甲方",
        "归发榜方",
        "需求方所有",
        "归企业所有",
        "归提出单位",
        "归我方",
    ],
    IpStance.SHARED: ["双方共有", "共有", "共享", "双方共享", "共同所有", "归双方共有"],
    IpStance.SOLVER: ["归解题方", "归揭榜方", "归乙方", "解题方所有"],
    IpStance.NEGOTIABLE: ["协商确定", "协商", "双方协商", "面议", "另行约定", "按合同约定"],
}
