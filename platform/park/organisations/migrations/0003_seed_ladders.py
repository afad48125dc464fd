"""The two growth ladders with their published conditions as a park starts with them.

From then on they are the staff's: conditions change, and what is in force must be looked up.
Existing organisations get the key by which spellings of one name meet.
"""

from datetime import date

from django.db import migrations

from park.organisations.names import key_of

MOST_2017 = "国科发政〔2017〕115号《科技型中小企业评价办法》"
MOST_2016 = "国科发火〔2016〕32号《高新技术企业认定管理办法》"
MOST_GUIDE = "国科发火〔2016〕195号《高新技术企业认定管理工作指引》"
MIIT_2022 = "工信部企业〔2022〕63号《优质中小企业梯度培育管理暂行办法》"
SINCE = {
    MOST_2017: date(2017, 5, 3),
    MOST_2016: date(2016, 1, 1),
    MOST_GUIDE: date(2016, 1, 1),
    MIIT_2022: date(2022, 8, 1),
}


def number(kind, fact, value):
    return {"kind": kind, "fact": fact, "value": value}


def share(fact, of, percent):
    return {"kind": "share_at_least", "fact": fact, "of": of, "percent": percent}


def flag(fact):
    return {"kind": "is_true", "fact": fact}


def all_of(*rules):
    return {"kind": "all_of", "rules": list(rules)}


BY_HAND = {"kind": "by_hand"}

# Each: a code, the text in both languages, the source, the rule.
TECH_SME = [
    (
        "resident",
        "在中国境内（不包括港、澳、台地区）注册的居民企业。",
        "A resident enterprise registered in mainland China.",
        MOST_2017,
        flag("registered_in_china"),
    ),
    (
        "employees",
        "职工总数不超过500人。",
        "No more than 500 employees.",
        MOST_2017,
        number("at_most", "employees", 500),
    ),
    (
        "revenue",
        "年销售收入不超过2亿元。",
        "Annual sales of no more than 200 million yuan.",
        MOST_2017,
        number("at_most", "revenue", 200000000),
    ),
    (
        "assets",
        "资产总额不超过2亿元。",
        "Total assets of no more than 200 million yuan.",
        MOST_2017,
        number("at_most", "total_assets", 200000000),
    ),
    (
        "permitted",
        "提供的产品和服务不属于国家规定的禁止、限制和淘汰类。",
        "Products and services are not of a prohibited, restricted or phased-out class.",
        MOST_2017,
        flag("products_permitted"),
    ),
    (
        "conduct",
        "填报上一年及当年内未发生重大安全、重大质量事故和严重环境违法、科研严重失信行为，且未列入经营异常名录和严重违法失信企业名单。",
        "In the year before and the year of filing: no major safety or quality accident, no serious environmental offence or research misconduct, and not on the lists of abnormal operation or serious dishonesty.",
        MOST_2017,
        flag("no_incidents"),
    ),
    (
        "score",
        "按评价指标综合评价得分不低于60分，且科技人员指标得分不得为0分。",
        "A score of at least 60 in the evaluation, with more than 0 for research staff.",
        MOST_2017,
        all_of(number("at_least", "tech_sme_score", 60), number("more_than", "rd_staff", 0)),
    ),
]
HIGH_TECH = [
    (
        "age",
        "申请认定时须注册成立一年以上。",
        "Registered for at least one year when applying.",
        MOST_2016,
        {"kind": "age_at_least", "fact": "founded_on", "months": 12},
    ),
    (
        "core_ip",
        "拥有对主要产品（服务）在技术上发挥核心支持作用的知识产权的所有权。",
        "Owns the intellectual property that is the technical core of its main products or services.",
        MOST_2016,
        flag("core_ip"),
    ),
    (
        "field",
        "对主要产品（服务）发挥核心支持作用的技术属于《国家重点支持的高新技术领域》规定的范围。",
        "The core technology belongs to the high-tech fields supported by the state.",
        MOST_2016,
        flag("catalogue_field"),
    ),
    (
        "rd_staff",
        "从事研发和相关技术创新活动的科技人员占企业当年职工总数的比例不低于10%。",
        "Research and technical staff are at least 10 % of the year's employees.",
        MOST_2016,
        share("rd_staff", "employees", 10),
    ),
    (
        "rd_ratio",
        "近三个会计年度（实际经营期不满三年的按实际经营时间计算）研究开发费用总额占同期销售收入总额的比例：最近一年销售收入5000万元（含）以下不低于5%，5000万元至2亿元（含）不低于4%，2亿元以上不低于3%。",
        "R&D spending of the last three years (fewer for a younger firm) as a share of sales: at least 5 % with sales of up to 50 million yuan in the last year, 4 % up to 200 million, 3 % above.",
        MOST_2016,
        {
            "kind": "ratio_by_band",
            "fact": "rd_spend",
            "of": "revenue",
            "years": 3,
            "bands": [
                {"up_to": 50000000, "percent": 5},
                {"up_to": 200000000, "percent": 4},
                {"up_to": None, "percent": 3},
            ],
        },
    ),
    (
        "rd_inland",
        "在中国境内发生的研究开发费用总额占全部研究开发费用总额的比例不低于60%。",
        "At least 60 % of the R&D spending is in mainland China.",
        MOST_2016,
        BY_HAND,
    ),
    (
        "income",
        "近一年高新技术产品（服务）收入占企业同期总收入的比例不低于60%。",
        "Income from high-tech products or services is at least 60 % of the last year's total income.",
        MOST_2016,
        share("high_tech_revenue", "total_revenue", 60),
    ),
    (
        "innovation",
        "企业创新能力评价应达到相应要求（综合得分70分以上，不含70分）。",
        "The innovation score meets the requirement (more than 70).",
        MOST_GUIDE,
        number("more_than", "innovation_score", 70),
    ),
    (
        "conduct",
        "申请认定前一年内未发生重大安全、重大质量事故或严重环境违法行为。",
        "No major safety or quality accident or serious environmental offence in the year before.",
        MOST_2016,
        flag("no_incidents"),
    ),
]
INNOVATIVE_SME = [
    (
        "score",
        "评价得分达到60分以上（创新能力、成长性、专业化三类指标各有最低分），或者满足办法列出的直接条件之一（如有效期内的高新技术企业等）。",
        "A score of at least 60 with a minimum in each of three groups, or one of the direct conditions listed in the measures (such as being a high-tech enterprise).",
        MIIT_2022,
        BY_HAND,
    ),
]
SPECIALISED_SME = [
    (
        "market_years",
        "从事特定细分市场时间达到2年以上。",
        "At least two years in its market segment.",
        MIIT_2022,
        number("at_least", "market_years", 2),
    ),
    (
        "rd_spend",
        "上年度研发费用总额不低于100万元，且占营业收入总额比重不低于3%。",
        "R&D spending of at least 1 million yuan and 3 % of revenue in the last year.",
        MIIT_2022,
        all_of(number("at_least", "rd_spend", 1000000), share("rd_spend", "revenue", 3)),
    ),
    (
        "revenue",
        "上年度营业收入总额在1000万元以上；不足的，近2年新增股权融资总额（合格机构投资者的实缴额）达到2000万元以上。",
        "Revenue of at least 10 million yuan in the last year, or else at least 20 million yuan of new equity from qualified institutions in two years.",
        MIIT_2022,
        {"kind": "one_of", "rules": [number("at_least", "revenue", 10000000), BY_HAND]},
    ),
    (
        "score",
        "评价得分达到60分以上，或者满足办法列出的条件之一。",
        "A score of at least 60, or one of the conditions listed in the measures.",
        MIIT_2022,
        BY_HAND,
    ),
]
LITTLE_GIANT = [
    (
        "market_years",
        "截至上年末，从事特定细分市场时间达到3年以上。",
        "At least three years in its market segment at the end of the last year.",
        MIIT_2022,
        number("at_least", "market_years", 3),
    ),
    (
        "main_revenue",
        "主营业务收入总额占营业收入总额比重不低于70%。",
        "Income from the main business is at least 70 % of revenue.",
        MIIT_2022,
        share("main_revenue", "revenue", 70),
    ),
    (
        "growth",
        "近2年主营业务收入平均增长率不低于5%。",
        "Income from the main business grew by at least 5 % a year on average over two years.",
        MIIT_2022,
        BY_HAND,
    ),
    (
        "market_share",
        "主导产品在全国细分市场占有率达到10%以上。",
        "The leading product has at least 10 % of its national market segment.",
        MIIT_2022,
        BY_HAND,
    ),
    (
        "rd_ratio",
        "研发费用占营业收入的比重达到办法按营业收入分档规定的要求。",
        "R&D spending as a share of revenue as the measures ask for the firm's size.",
        MIIT_2022,
        BY_HAND,
    ),
    (
        "ip",
        "拥有2项以上与主导产品相关的Ⅰ类知识产权，且实际应用并已产生经济效益。",
        "At least two class 1 intellectual property rights of the leading product, in profitable use.",
        MIIT_2022,
        number("at_least", "ip_class_1", 2),
    ),
    (
        "other",
        "精细化、产业链配套、主导产品所属领域等方面满足办法的其他要求。",
        "The other requirements of the measures on management, supply chain and field are met.",
        MIIT_2022,
        BY_HAND,
    ),
]
# A step: its code, names, usual months of validity, source, conditions, and whether all of them
# must be looked up before they are relied on.
LADDERS = [
    (
        "technology",
        "科技企业梯队",
        "Technology ladder",
        [
            (
                "tech_sme",
                "科技型中小企业",
                "Technology-based SME",
                None,
                MOST_2017,
                TECH_SME,
                False,
            ),
            ("high_tech", "高新技术企业", "High-tech enterprise", 36, MOST_2016, HIGH_TECH, False),
        ],
    ),
    (
        "quality",
        "优质中小企业梯队",
        "Quality SME ladder",
        [
            (
                "innovative_sme",
                "创新型中小企业",
                "Innovative SME",
                36,
                MIIT_2022,
                INNOVATIVE_SME,
                True,
            ),
            (
                "specialised_sme",
                "专精特新中小企业",
                "Specialised and innovative SME",
                36,
                MIIT_2022,
                SPECIALISED_SME,
                True,
            ),
            (
                "little_giant",
                "专精特新“小巨人”企业",
                "“Little giant” enterprise",
                36,
                MIIT_2022,
                LITTLE_GIANT,
                True,
            ),
        ],
    ),
]


def seed(apps, schema_editor):
    Ladder = apps.get_model("organisations", "GrowthLadder")
    Step = apps.get_model("organisations", "GrowthStep")
    Condition = apps.get_model("organisations", "GrowthCondition")
    for place, (code, name_zh, name_en, steps) in enumerate(LADDERS):
        ladder = Ladder.objects.create(code=code, name_zh=name_zh, name_en=name_en, position=place)
        for position, (code, zh, en, months, source, conditions, must_check) in enumerate(steps):
            step = Step.objects.create(
                ladder=ladder,
                code=code,
                name_zh=zh,
                name_en=en,
                position=position,
                valid_months=months,
                source=source,
            )
            Condition.objects.bulk_create(
                Condition(
                    step=step,
                    code=code,
                    position=number,
                    text_zh=text_zh,
                    text_en=text_en,
                    source=source,
                    since_on=SINCE[source],
                    must_check=must_check,
                    rule=rule,
                )
                for number, (code, text_zh, text_en, source, rule) in enumerate(conditions)
            )


def fill_name_keys(apps, schema_editor):
    Organisation = apps.get_model("organisations", "Organisation")
    rows = list(Organisation.objects.only("pk", "name", "name_key"))
    for row in rows:
        row.name_key = key_of(row.name)
    Organisation.objects.bulk_update(rows, ["name_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_members_growth_and_verification")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop, elidable=False),
        migrations.RunPython(fill_name_keys, migrations.RunPython.noop, elidable=True),
    ]
