"""A small park to ask the API about: two firms, their people, staff, and an entry in each state."""

import io
from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from equipment import services as equipment
from market.editions import services as editions
from market.listings import services
from market.listings.kinds import ListingKind
from park.accounts import services as accounts
from park.accounts.models import StaffRole, User
from park.files import services as files
from park.imports import services as imports
from park.imports.running import run_job
from park.organisations import services as organisations
from park.organisations.models import (
    GrowthCondition,
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
)
from park.vocabularies.models import Term, Vocabulary
from talent import services as talent
from tests.factories import guard_staff
from tests.factories.files import PDF, picture

API = "/api/v1"
SECRET_PHONE = "13800001234"


def make_user(name: str, **fields: Any) -> User:
    # A password costs a slow hash; whoever signs in by hand sets one.
    user = User.objects.create(username=name, display_name=name.title(), **fields)
    return guard_staff(user)


def make_firm(name: str, **people: MembershipRole) -> Organisation:
    firm = Organisation.objects.create(
        name=name, short_name=name[:2], kind=OrganisationKind.ENTERPRISE, is_example=True
    )
    for username, role in people.items():
        user, _ = User.objects.get_or_create(
            username=username, defaults={"display_name": username.title()}
        )
        Membership.objects.create(organisation=firm, user=user, role=role)
    return firm


def ensure_terms() -> None:
    for vocabulary, code in (
        (Vocabulary.CHAIN, "copper_processing"),
        (Vocabulary.KEY_AREA, "tech_breakthrough"),
        (Vocabulary.REGION, "xingang"),
    ):
        Term.objects.get_or_create(
            vocabulary=vocabulary, code=code, defaults={"name_zh": code, "name_en": code}
        )


def need_content(**changes: Any) -> dict[str, Any]:
    return {
        "title": "铜电解液中痕量砷的在线脱除",
        "kind": "technology",
        "chain": "copper_processing",
        "key_areas": ["tech_breakthrough"],
        "region": "xingang",
        "keywords": ["电解", "脱砷"],
        "problem": "电解液中砷含量波动，人工取样滞后，阴极铜合格率下降。",
        "budget_min": 500000,
        "budget_max": 1200000.5,
        "due_on": (date.today() + timedelta(days=200)).isoformat(),  # noqa: DTZ011
        "ip_stance": "shared",
        "contact_name": "陈工",
        "contact_phone": SECRET_PHONE,
        "indicators": [{"name": "砷含量", "comparator": "le", "value": 0.5, "unit": "mg/L"}],
        **changes,
    }


def capability_content(**changes: Any) -> dict[str, Any]:
    return {
        "title": "萃淋树脂法在线脱砷装置",
        "kind": "technology",
        "chain": "copper_processing",
        "maturity": 7,
        "description": "以萃淋树脂从酸性电解液中选择性除去砷锑铋。",
        "capacity_now": "每年二十套",
        "valid_until": (date.today() + timedelta(days=300)).isoformat(),  # noqa: DTZ011
        "contact_name": "刘老师",
        "contact_phone": SECRET_PHONE,
        "indicators": [
            {
                "name": "砷含量",
                "comparator": "le",
                "value": 0.3,
                "unit": "mg/L",
                "evidence": "第三方检测报告",
            }
        ],
        **changes,
    }


def instrument_content(**changes: Any) -> dict[str, Any]:
    return {
        "name": "电感耦合等离子体质谱仪",
        "description": "溶液中痕量元素测定。",
        "place": "检测中心二楼",
        "region": "xingang",
        "chains": ["copper_processing"],
        "service_mode": "operator",
        "price_per_hour": 320,
        "open_from": "00:00",
        "open_until": "00:00",
        "open_weekdays": [1, 2, 3, 4, 5, 6, 7],
        "contact_name": "周工",
        "contact_phone": SECRET_PHONE,
        "measured_capabilities": [{"name": "检出限", "comparator": "le", "value": 0.01}],
        **changes,
    }


def card_content(**changes: Any) -> dict[str, Any]:
    return {
        "full_name": "张建国",
        "headline": "二十年铜电解工艺经验",
        "skill_level": "senior_technician",
        "chains": ["copper_processing"],
        "region": "xingang",
        "open_to": ["consulting"],
        "contact_phone": SECRET_PHONE,
        "skills": [{"name": "电解槽调试", "years": 12}],
        **changes,
    }


CONTENT = {ListingKind.NEED: need_content, ListingKind.CAPABILITY: capability_content}


def client_of(user: User | None, **options: Any) -> Client:
    client = Client(**options)
    if user is not None:
        client.force_login(user)
        # As after a real sign-in: the next request has nothing to note of the session.
        cache.set(f"session-noted:{client.session.session_key}", 1, timeout=60)
    return client


class World:
    """`member` edits for `firm`, `viewer` only reads there; `stranger` owns `other_firm`."""

    def __init__(self) -> None:
        ensure_terms()
        self.firm = make_firm(
            "黄石示例铜业有限公司",
            member=MembershipRole.EDITOR,
            viewer=MembershipRole.VIEWER,
        )
        self.other_firm = make_firm("鄂州示例机械有限公司", stranger=MembershipRole.OWNER)
        self.member = User.objects.get(username="member")
        self.viewer = User.objects.get(username="viewer")
        self.stranger = User.objects.get(username="stranger")
        self.staff = make_user("staff", staff_roles=[StaffRole.ADMINISTRATOR])

    def listing(self, kind: ListingKind, status: str = "draft", **changes: Any) -> Any:
        """An entry of `firm` brought to a state by the services that lead there."""
        made = services.create_listing(
            actor=self.member,
            kind=kind,
            organisation_id=self.firm.pk,
            content=CONTENT[kind](**changes),
        )
        which: dict[str, Any] = {"kind": kind, "listing_id": made.pk}
        if status != "draft":
            services.submit_listing(actor=self.member, **which)
        if status in ("published", "closed"):
            services.publish_listing(actor=self.staff, **which)
        if status == "closed":
            services.close_listing(actor=self.member, reason="withdrawn", **which)
        made.refresh_from_db()
        return made

    def need(self, status: str = "draft", **changes: Any) -> Any:
        return self.listing(ListingKind.NEED, status, **changes)

    def capability(self, status: str = "draft", **changes: Any) -> Any:
        return self.listing(ListingKind.CAPABILITY, status, **changes)

    def outsider(self) -> User:
        """Somebody of a third firm."""
        make_firm("武汉示例材料有限公司", outsider=MembershipRole.OWNER)
        return User.objects.get(username="outsider")

    def add_owner(self) -> User:
        """Somebody who owns `firm`, also as `owner`."""
        self.owner = self.owner_of_firm()
        return self.owner

    def staff_with(self, role: StaffRole) -> User:
        """Somebody of the park's staff with this one role."""
        return make_user(f"staff-{role}", staff_roles=[role])

    def secret_of(self, user: User, scope: str) -> str:
        """The secret of a new API token of the user."""
        return accounts.create_token(actor=user, name="接口", scope=scope)[1]

    def revise(self, entry: Any, **changes: Any) -> int:
        """Edits a published entry as its owner; the number of the revision that this makes."""
        services.edit_listing(
            actor=self.member,
            kind=entry.listing_kind,
            listing_id=entry.pk,
            version=entry.version,
            content=changes,
        )
        return entry.revisions.order_by("-number").first().number

    def owner_of_firm(self) -> User:
        """An owner of the firm."""
        user, _ = User.objects.get_or_create(username="owner")
        Membership.objects.get_or_create(
            organisation=self.firm, user=user, defaults={"role": MembershipRole.OWNER}
        )
        return user

    def proposal(self, status: str = "unverified") -> Organisation:
        """An organisation that the member proposed."""
        made = organisations.propose_organisation(
            actor=self.member, profile={"name": "黄石示例新材料有限公司", "kind": "enterprise"}
        )
        if status == "rejected":
            organisations.reject_organisation(
                actor=self.staff, organisation_id=made.pk, reason="查无此企业"
            )
        return made

    def join_request(self, user: User | None = None) -> Any:
        """Somebody new, or the user, asks to join the firm."""
        return organisations.request_to_join(
            actor=user or make_user("newcomer"), organisation_id=self.firm.pk
        )

    def invitation(self, email: str = "new@example.com") -> tuple[Any, str]:
        return organisations.invite_member(
            actor=self.staff,
            organisation_id=self.firm.pk,
            email=email,
            role="viewer",
            link_to=lambda secret: secret,
        )

    def change(self) -> Any:
        """A new name of the firm, which waits for staff."""
        organisations.edit_organisation(
            actor=self.owner_of_firm(),
            organisation_id=self.firm.pk,
            version=self.firm.version,
            profile={"name": "黄石示例高纯铜有限公司"},
        )
        return self.firm.change_requests.get()

    def alias(self) -> Any:
        return organisations.add_alias(
            actor=self.staff, organisation_id=self.firm.pk, name="黄石示例铜厂"
        )

    def fact(self) -> Any:
        return organisations.record_fact(
            actor=self.owner_of_firm(),
            organisation_id=self.firm.pk,
            key="employees",
            value=80,
            year=2025,
            source="年报",
        )

    def tier(self) -> Any:
        return organisations.record_tier(
            actor=self.owner_of_firm(),
            organisation_id=self.firm.pk,
            step="high_tech",
            granted_on=date(2025, 11, 1),
        )

    def condition(self) -> GrowthCondition:
        return GrowthCondition.objects.get(step__code="tech_sme", code="employees")

    def station(self) -> Organisation:
        """The member's liaison station."""
        made = make_firm("示例科技联络站", member=MembershipRole.EDITOR)
        Organisation.objects.filter(pk=made.pk).update(
            kind=OrganisationKind.STATION, chains=["copper_processing"]
        )
        return made

    def token(self) -> Any:
        return accounts.create_token(actor=self.member, name="接口")[0]

    def instrument(self, status: str = "draft") -> Any:
        made = equipment.create_instrument(
            actor=self.member, organisation_id=self.firm.pk, content=instrument_content()
        )
        if status == "published":
            equipment.publish_instrument(actor=self.member, instrument_id=made.pk)
        return made

    def slot(self, hour: int = 10) -> dict[str, datetime]:
        """An hour of next week on the instrument's grid."""
        day = timezone.localtime() + timedelta(days=7)
        start = day.replace(hour=hour, minute=0, second=0, microsecond=0)
        return {"starts_at": start, "ends_at": start + timedelta(hours=1)}

    def slot_as_json(self, hour: int = 10) -> dict[str, str]:
        return {name: at.isoformat() for name, at in self.slot(hour).items()}

    def booking(self, instrument: Any = None, hour: int = 10) -> Any:
        """A booking that the firm made on its own instrument."""
        instrument = instrument or self.instrument("published")
        return equipment.book_instrument(
            actor=self.member,
            instrument_id=instrument.pk,
            organisation_id=self.firm.pk,
            **self.slot(hour),
        )

    def file(self, entry: Any = None, visibility: str = "public") -> Any:
        """Of a published need of the firm, unless said otherwise."""
        return files.add_file(
            actor=self.member,
            purpose_code="need_attachment",
            object_id=(entry or self.need("published")).pk,
            file=io.BytesIO(PDF),
            name="检测报告.pdf",
            visibility=visibility,
        )

    def photo(self) -> Any:
        return files.add_file(
            actor=self.member,
            purpose_code="instrument_photo",
            object_id=self.instrument("published").pk,
            file=io.BytesIO(picture()),
            name="正面.png",
            caption="正面",
        )

    def list_of_needs(self, status: str = "mapped") -> Any:
        """An import by staff brought to a state as a worker would."""
        job = imports.start_import(
            actor=self.staff,
            kind="need",
            file_name="需求.csv",
            chunks=["需求名称,需求描述,完成时限\n脱砷,砷高,2099年\n,无名,\n".encode()],
            organisation_id=self.firm.pk,
        )
        if status != "mapped":
            imports.commit_import(actor=self.staff, job_id=job.pk, is_nudged=False)
        if status == "done":
            run_job(job.pk)
        return job

    def card(self, status: str = "draft") -> Any:
        made = talent.create_card(
            actor=self.member, organisation_id=self.firm.pk, content=card_content()
        )
        if status == "published":
            talent.publish_card(actor=self.member, card_id=made.pk)
        return made

    def round_content(self, **changes: Any) -> dict[str, Any]:
        now = timezone.now()
        return {
            "title": "技术需求征集",
            "opens_at": now - timedelta(hours=1),
            "deadline": now + timedelta(days=9),
            **changes,
        }

    def round(self, status: str = "draft", **changes: Any) -> Any:
        made = editions.create_round(
            actor=self.staff, list_kind=ListingKind.NEED, content=self.round_content(**changes)
        )
        if status != "draft":
            editions.open_round(actor=self.staff, round_id=made.pk)
        if status == "closed":
            editions.close_round(actor=self.staff, round_id=made.pk)
        made.refresh_from_db()
        return made

    def edition(self, status: str = "draft") -> Any:
        """Of all that is published, a need at least; its files wait for a worker."""
        self.need("published")
        made = editions.freeze_edition(actor=self.staff, list_kind=ListingKind.NEED)
        if status != "draft":
            editions.issue_edition(actor=self.staff, edition_id=made.pk, version=made.version)
        made.refresh_from_db()
        return made
