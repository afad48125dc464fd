"""Puts the demonstration data in through the services, all of it or nothing."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from config.demo import data, logins
from equipment.services import create_instrument, publish_instrument
from market.editions import services as editions
from market.editions.models import CollectionRound
from market.listings.kinds import ListingKind
from market.listings.models import LISTING_MODELS
from market.listings.services import create_listing, publish_listing, submit_listing
from park.accounts.models import User
from park.core import audit
from park.core.models import AuditEntry
from park.organisations.models import Organisation
from park.organisations.services import record_fact, record_tier
from talent.models import TalentCard
from talent.services import create_card, publish_card

# What the audit trail says of the demonstration data as a whole.
MARK = UUID("00000000-0000-7000-8000-00000000de30")
KIND = "demonstration"
LOADED = "demo_loaded"
REMOVED = "demo_removed"
# One loader or remover at a time: the number means nothing beyond being ours.
LOCK = 0x64656D6F

ROUND_DAYS_AGO = (60, 7)
PAST_ROUND = {
    "title": "示例：第三季度技术需求征集",
    "notice": "面向园区企业征集技术需求。本征集与由此形成的清单均为示例。",
}
OPEN_ROUND = {
    "title": "示例：第四季度技术需求征集",
    "notice": "面向园区企业征集低碳冶金、铜精深加工、港口物流等方向的技术需求。本征集为示例。",
}
EDITION_TITLE = "技术需求清单（示例）"

Progress = Callable[[], object]


class Result(StrEnum):
    LOADED = "loaded"
    ALREADY_THERE = "already_there"
    PASSWORDS_RENEWED = "passwords_renewed"
    """The data was there, the file with the logins was not."""
    REMOVED_BEFORE = "removed_before"
    """Someone took the data out; only an explicit wish brings it back."""


def load(*, data_dir: Path, again: bool = False, progress: Progress = lambda: None) -> Result:
    """Load everything unless it is there or was removed, and write the logins to `data_dir`.

    `progress` is called once an entry. A run that is killed leaves nothing behind, or all of it
    and no file; then the next run makes new passwords.
    """
    path = data_dir / logins.FILE_NAME
    with transaction.atomic():
        take_lock()
        last = last_action()
        if last == REMOVED and not again:
            return Result.REMOVED_BEFORE
        if last == LOADED and path.exists():
            return Result.ALREADY_THERE
        if last != LOADED:
            _load_all(timezone.now(), progress)
            audit.record(actor=None, action=LOADED, kind=KIND, object_id=MARK)
        lines = logins.renew_passwords()
    logins.write_file(path, lines)
    return Result.PASSWORDS_RENEWED if last == LOADED else Result.LOADED


def entry_count() -> int:
    """How often `load` calls its `progress`."""
    return sum(len(data.read(name)) for name in data.FILES)


def take_lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def last_action() -> str | None:
    """LOADED, REMOVED, or None when the data was never here."""
    entries = AuditEntry.objects.filter(object_kind=KIND, object_id=MARK).order_by("-id")
    return entries.values_list("action", flat=True).first()


def _load_all(now: datetime, progress: Progress) -> None:
    organisations = {}
    for row in data.read("organisations"):
        fields = {key: value for key, value in row.items() if key != "key"}
        organisations[row["key"]] = Organisation.objects.create(is_example=True, **fields)
        progress()
    logins.make_accounts(organisations)
    clerk = User.objects.get(username=logins.CLERK)
    moderator = User.objects.get(username="demo-moderator")
    loader = _Loader(organisations, clerk, moderator, now, progress)
    loader.load_listings(ListingKind.NEED, data.read("needs"))
    loader.load_listings(ListingKind.CAPABILITY, data.read("capabilities"))
    loader.load_instruments(data.read("instruments"))
    loader.load_people(data.read("people"))
    loader.load_growth(data.read("growth"))
    loader.load_rounds()


class _Loader:
    def __init__(
        self,
        organisations: dict[str, Organisation],
        clerk: User,
        moderator: User,
        now: datetime,
        progress: Progress,
    ) -> None:
        self.organisations = organisations
        self.clerk = clerk
        self.moderator = moderator
        self.now = now
        self.today = timezone.localdate(now)
        self.progress = progress

    def load_listings(self, kind: ListingKind, rows: Iterable[data.Row]) -> None:
        content_of = {
            ListingKind.NEED: data.need_content,
            ListingKind.CAPABILITY: data.capability_content,
        }[kind]
        for row in self._oldest_first(rows):
            listing = create_listing(
                actor=self.clerk,
                kind=kind,
                organisation_id=self.organisations[row["organisation"]].pk,
                station_id=self.organisations[row["station"]].pk if "station" in row else None,
                content=content_of(row, self.today),
                is_example=True,
                source_note=row.get("source_address", ""),
            )
            submit_listing(actor=self.clerk, kind=kind, listing_id=listing.pk)
            publish_listing(actor=self.moderator, kind=kind, listing_id=listing.pk)
            at = data.published_at(row, self.now)
            LISTING_MODELS[kind].objects.filter(pk=listing.pk).update(
                created_at=at, submitted_at=at, published_at=at, updated_at=at
            )
            self.progress()

    def load_instruments(self, rows: Iterable[data.Row]) -> None:
        for row in self._oldest_first(rows):
            instrument = create_instrument(
                actor=self.clerk,
                organisation_id=self.organisations[row["organisation"]].pk,
                content=data.instrument_content(row),
                is_example=True,
            )
            publish_instrument(
                actor=self.clerk,
                instrument_id=instrument.pk,
                now=data.published_at(row, self.now),
            )
            self.progress()

    def load_people(self, rows: Iterable[data.Row]) -> None:
        for row in self._oldest_first(rows):
            organisation = self.organisations.get(row["organisation"])
            card = create_card(
                actor=self.clerk,
                organisation_id=None if organisation is None else organisation.pk,
                content=data.person_content(row),
                is_example=True,
            )
            # Nobody is behind the name, and unmasked it tells the examples apart.
            TalentCard.objects.filter(pk=card.pk).update(masked_name=row["name"])
            publish_card(actor=self.clerk, card_id=card.pk, now=data.published_at(row, self.now))
            self.progress()

    def load_growth(self, rows: Iterable[data.Row]) -> None:
        """Entered by staff, so that it counts as verified."""
        for row in rows:
            which = {"organisation_id": self.organisations[row["organisation"]].pk}
            for tier in data.tiers(row, self.today):
                record_tier(actor=self.moderator, **which, **tier)
            for fact in data.facts(row, self.today):
                record_fact(actor=self.moderator, **which, **fact)
            self.progress()

    def load_rounds(self) -> None:
        """A round that is over, with the edition made of it, and one that is open."""
        opened, ended = (self.now - timedelta(days=days) for days in ROUND_DAYS_AGO)
        over = self._round(PAST_ROUND, opened, ended)
        editions.close_round(actor=self.moderator, round_id=over.pk, now=ended)
        draft = editions.freeze_edition(
            actor=self.moderator,
            round_id=over.pk,
            title=EDITION_TITLE,
            now=ended,
            is_example=True,
        )
        editions.issue_edition(
            actor=self.moderator, edition_id=draft.pk, version=draft.version, now=ended
        )
        self._round(OPEN_ROUND, self.now - timedelta(days=2), self.now + timedelta(days=26))

    def _round(self, words: Mapping[str, str], opened: datetime, ends: datetime) -> CollectionRound:
        made = editions.create_round(
            actor=self.moderator,
            list_kind=ListingKind.NEED,
            content={**words, "opens_at": opened, "deadline": ends},
            is_example=True,
        )
        return editions.open_round(actor=self.moderator, round_id=made.pk, now=opened)

    def _oldest_first(self, rows: Iterable[data.Row]) -> list[data.Row]:
        """Ids are ordered by time, so the newest entry is made last."""
        return sorted(rows, key=lambda row: data.published_at(row, self.now))
