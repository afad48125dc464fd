"""Names of firms as people write them (pure): when two of them may be one firm."""

import re
import unicodedata

_FORM = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|集团公司|股份公司|总公司|公司|集团|"
    r"co\.?,?\s*ltd\.?|inc\.?|ltd\.?)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[\s·.,，。、\-—_()（）\[\]【】\"'“”《》]+")


def exact(name: str) -> str:
    """The same name however wide its brackets and spaces are."""
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).casefold()


def loose(name: str) -> str:
    """Without the legal form and the signs of places: 黄石示例铜业有限公司 and
    黄石市示例铜业有限责任公司 are alike, which proves nothing."""
    text = exact(_FORM.sub("", unicodedata.normalize("NFKC", name)))
    return re.sub(r"[省市县区]", "", text) or exact(name)
