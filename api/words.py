"""The names of codes in the reader's language, for files that people read outside the pages."""

from functools import cached_property

from django.db.models import TextChoices
from django.http import HttpRequest
from django.utils.translation import get_language_from_request

from api.vocabularies import EDITABLE, ENGLISH, FIXED
from equipment.states import BookingStatus, InstrumentStatus
from market.listings.states import Status
from park.vocabularies.models import Term
from talent.states import CardStatus

# What pages know from their own locale files.
STATUSES: dict[str, type[TextChoices]] = {
    "listing_statuses": Status,
    "instrument_statuses": InstrumentStatus,
    "booking_statuses": BookingStatus,
    "card_statuses": CardStatus,
}
OTHERS: dict[str, dict[str, tuple[str, str]]] = {
    "listing_statuses": {"expired": ("已过期", "Expired")},
    "listing_kinds": {"need": ("需求", "Need"), "capability": ("能力", "Capability")},
    "entry_kinds": {
        "need": ("需求", "Need"),
        "capability": ("能力", "Capability"),
        "instrument": ("仪器", "Instrument"),
        "person": ("人才", "Person"),
    },
    "comparison_verdicts": {
        "new": ("新增", "New"),
        "changed": ("有变化", "Changed"),
        "unchanged": ("无变化", "Unchanged"),
        "closed": ("已关闭", "Closed"),
        "left": ("未列入", "Left out"),
    },
    "feedback_sides": {
        "need": ("需求方", "Need's side"),
        "offer": ("能力方", "Offer's side"),
        "park": ("园区", "Park staff"),
    },
    "feedback_verdicts": {"useful": ("有用", "Useful"), "not_useful": ("没用", "Not useful")},
    "feedback_reasons": {
        "fits": ("正合需要", "Just what is needed"),
        "in_contact": ("已经或打算联系", "In contact, or about to be"),
        "worth_knowing": ("值得了解", "Worth knowing"),
        "other_matter": ("不是一回事", "Another matter"),
        "indicators_short": ("指标达不到", "Indicators fall short"),
        "not_mature": ("成熟度不够", "Not mature enough"),
        "too_dear": ("价格不合适", "Price does not fit"),
        "too_far": ("距离太远", "Too far away"),
        "unavailable": ("已无产能或不再需要", "No longer available or needed"),
        "known_already": ("早已认识", "Known already"),
        "other": ("其他", "Other"),
    },
    "bands": {
        "strong": ("高度契合", "Strong match"),
        "good": ("比较契合", "Good match"),
        "possible": ("可能相关", "Possible match"),
    },
    "outcomes": {
        "ongoing": ("公开中", "Published"),
        "expired": ("已过期", "Expired"),
        "in_review": ("审核中", "In review"),
        "closed": ("已关闭", "Closed"),
        "gone": ("已移除", "Removed"),
    },
    "review_reasons": {
        "submitted": ("待审核", "Submitted"),
        "revision": ("修订待审核", "Revision to approve"),
        "correction": ("更正待查看", "Correction to look at"),
    },
}


class ReaderWords:
    """`park.sheets.exports.Words`; one query for the editable lists, retired terms included."""

    def __init__(self, *, is_english: bool) -> None:
        self._is_english = is_english

    @property
    def is_english(self) -> bool:
        return self._is_english

    def name(self, vocabulary: str, code: str | None) -> str:
        if not code:
            return ""
        return self._names.get((vocabulary, str(code)), str(code))

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        names: dict[tuple[str, str], str] = {}
        for row in Term.objects.filter(vocabulary__in=EDITABLE):
            name = row.name_en if self._is_english and row.name_en else row.name_zh
            names[EDITABLE[row.vocabulary], row.code] = name  # pyright: ignore[reportArgumentType]
        for vocabulary, choices in {**FIXED, **STATUSES}.items():
            for choice in choices:
                english = ENGLISH.get(vocabulary, {}).get(choice.value, choice.name.capitalize())
                names[vocabulary, choice.value] = english if self._is_english else str(choice.label)
        for vocabulary, words in OTHERS.items():
            for code, pair in words.items():
                names[vocabulary, code] = pair[self._is_english]
        return names


def words_of(request: HttpRequest, language: str = "") -> ReaderWords:
    """In the language asked for, else in the one the reader's program prefers."""
    language = language or get_language_from_request(request) or ""
    return ReaderWords(is_english=language.startswith("en"))
