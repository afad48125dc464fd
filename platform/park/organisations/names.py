"""Keys under which the spellings of one firm's name meet (pure).

A key only proposes: whether two organisations are one is for staff to say.
"""

import re
import unicodedata

# Width folding can make eighteen characters of one.
KEY_LIMIT = 160
_IGNORED = re.compile(r"[\s()\[\]{}<>《》【】〔〕“”\"'‘’·•・.,，。、\-‐‑–—_/&]+")
# Before 市 a place of two or three characters at the very beginning, with or without its
# province; not where 市 belongs to the next word.
_PROVINCE_AND_CITY = re.compile(r"^\w{2,3}省(?=\w{2,3}市)")
_PROVINCE = re.compile(r"^(\w{2,3})省(?!级)")
_CITY = re.compile(r"^(\w{2,3})市(?![场政民级])")
_LIMITED = (("有限责任公司", "有限公司"), ("股份公司", "股份有限公司"))


def key_of(name: str) -> str:
    """The same for 黄石市新港（示例）铜业有限责任公司 and 黄石新港示例铜业有限公司."""
    key = _IGNORED.sub("", unicodedata.normalize("NFKC", name)).casefold()
    key = _PROVINCE_AND_CITY.sub("", key)
    key = _CITY.sub(r"\1", _PROVINCE.sub(r"\1", key))
    for variant, usual in _LIMITED:
        key = key.replace(variant, usual)
    return key[:KEY_LIMIT]
