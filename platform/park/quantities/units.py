"""Units as they are written, and what one of them is in the base unit of its dimension."""

from decimal import Decimal
from typing import NamedTuple


class Unit(NamedTuple):
    dimension: str
    factor: Decimal
    """Base units in one of it."""


def _table() -> dict[str, Unit]:
    rows = {
        "length": "m=1 米=1 km=1000 公里=1000 千米=1000 dm=0.1 cm=0.01 厘米=0.01 mm=0.001 "
        "毫米=0.001 μm=0.000001 um=0.000001 µm=0.000001 微米=0.000001 "
        "nm=0.000000001 纳米=0.000000001 丝=0.00001",
        "mass": "kg=1 千克=1 公斤=1 g=0.001 克=0.001 mg=0.000001 毫克=0.000001 t=1000 吨=1000",
        "mass_rate": "t/a=1 吨/年=1 t/年=1 吨/a=1 kg/a=0.001",
        "fraction": "%=0.01 ‰=0.001 ppm=0.000001 ppb=0.000000001",
        "pressure": "Pa=1 kPa=1000 MPa=1000000 兆帕=1000000 GPa=1000000000 bar=100000",
        "temperature": "℃=1 °C=1 摄氏度=1",
        "money": "元=1 人民币=1",
        "time": "s=1 秒=1 ms=0.001 毫秒=0.001 min=60 分钟=60 h=3600 小时=3600 d=86400 天=86400 "
        "日=86400 周=604800 个月=2592000 月=2592000 年=31536000",
        "hardness_hrc": "HRC=1",
        "hardness_hv": "HV=1",
        "hardness_hb": "HB=1 HBW=1",
        "power": "W=1 瓦=1 kW=1000 千瓦=1000 MW=1000000 兆瓦=1000000",
        "energy": "J=1 kJ=1000 MJ=1000000 kWh=3600000 度电=3600000",
        "voltage": "V=1 伏=1 mV=0.001 kV=1000 千伏=1000",
        "current": "A=1 安=1 mA=0.001",
        "frequency": "Hz=1 赫兹=1 kHz=1000 MHz=1000000 GHz=1000000000",
        "area": "m2=1 m²=1 ㎡=1 平方米=1 cm2=0.0001 mm2=0.000001 亩=666.6666667",
        "volume": "m3=1 m³=1 立方米=1 L=0.001 升=0.001 mL=0.000001 ml=0.000001 毫升=0.000001",
        "density": "g/cm3=1000 g/cm³=1000 克/立方厘米=1000 kg/m3=1 kg/m³=1 千克/立方米=1",
        "speed": "m/s=1 米/秒=1 km/h=0.2777777778 公里/小时=0.2777777778 m/min=0.0166666667",
        "rotation": "rpm=1 r/min=1 转/分=1 转/分钟=1",
        "conductivity": "%IACS=1 IACS=1",
        "count": "次=1 个=1 台=1 套=1 件=1 人=1 项=1 辆=1 块=1 片=1",
    }
    table = {}
    for dimension, text in rows.items():
        for pair in text.split():
            name, factor = pair.rsplit("=", 1)
            table[name] = Unit(dimension, Decimal(factor))
    return table


UNITS = _table()
# Case matters for SI prefixes (mW, MW), so a lower-case reading is tried only where it is unique.
_FOLDED: dict[str, list[Unit]] = {}
for _name, _unit in UNITS.items():
    if _unit not in _FOLDED.setdefault(_name.lower(), []):
        _FOLDED[_name.lower()].append(_unit)

MULTIPLIERS = {
    "十": Decimal(10),
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
}


def find_unit(text: str) -> Unit | None:
    """The unit written so, or None; "" is the bare number's."""
    text = text.strip()
    if not text:
        return Unit("number", Decimal(1))
    known = UNITS.get(text)
    if known is not None:
        return known
    for sign, factor in MULTIPLIERS.items():
        if text.startswith(sign) and text[1:] in UNITS:
            unit = UNITS[text[1:]]
            return Unit(unit.dimension, unit.factor * factor)
    folded = _FOLDED.get(text.lower(), [])
    return folded[0] if len(folded) == 1 else None
