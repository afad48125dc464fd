"""The words a park starts with; from then on they are the staff's."""

from django.db import migrations

CHAINS = [
    ("low_carbon_metallurgy", "低碳冶金", "Low-carbon metallurgy"),
    ("port_logistics", "港口物流", "Port logistics"),
    ("copper_processing", "铜精深加工", "Advanced copper processing"),
    ("precision_casting", "精密铸造", "Precision casting"),
    ("green_building_materials", "绿色建材", "Green building materials"),
    ("grain_processing", "粮食加工", "Grain processing"),
    ("copper_new_materials", "铜基新材料", "Copper-based new materials"),
    ("testing", "检验检测", "Inspection and testing"),
    ("artificial_intelligence", "人工智能", "Artificial intelligence"),
    ("pcb", "PCB", "Printed circuit boards"),
    ("high_end_equipment", "高端装备", "High-end equipment"),
    ("new_display", "新型显示", "New display"),
    ("textile", "纺织服装", "Textiles and clothing"),
    ("steel_processing", "钢铁精深加工", "Advanced steel processing"),
    ("biomedicine", "生物医药", "Biomedicine"),
    ("lithium_battery", "新能源(锂电池)", "New energy (lithium batteries)"),
    ("auto_parts", "汽车零部件", "Automotive parts"),
    ("energy_saving", "节能环保", "Energy saving and environment"),
    ("aluminium_profiles", "铝型材", "Aluminium profiles"),
]
KEY_AREAS = [
    ("industrial_upgrading", "产业升级", "Industrial upgrading"),
    ("tech_breakthrough", "技术突破", "Technological breakthrough"),
    ("new_infrastructure", "新基建", "New infrastructure"),
]
REGIONS = [
    ("xingang", "黄石新港", "Huangshi Xingang"),
    ("huangshi", "黄石", "Huangshi"),
    ("ezhou", "鄂州", "Ezhou"),
    ("wuhan", "武汉", "Wuhan"),
    ("hubei", "湖北其他", "Elsewhere in Hubei"),
    ("elsewhere", "省外", "Outside Hubei"),
]


def terms(model):
    return [
        model(vocabulary=vocabulary, code=code, name_zh=name_zh, name_en=name_en, position=position)
        for vocabulary, words in (
            ("chain", CHAINS),
            ("key_area", KEY_AREAS),
            ("region", REGIONS),
        )
        for position, (code, name_zh, name_en) in enumerate(words)
    ]


def seed(apps, schema_editor):
    Term = apps.get_model("vocabularies", "Term")
    Term.objects.bulk_create(terms(Term))


class Migration(migrations.Migration):
    dependencies = [("vocabularies", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop, elidable=False)]
