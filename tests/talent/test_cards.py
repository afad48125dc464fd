"""Talent cards: their states, who keeps them, and that nobody else learns whose they are."""

from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from matching import sources
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.core.models import AuditEntry, OutboxEvent
from park.organisations.models import MembershipRole, Organisation
from talent import policies, queries, services
from talent.models import CardStatus, TalentCard
from talent.rules import BLANK, clean_content, mask_contact, mask_name
from talent.sources import PersonSource
from talent.states import CardAction, next_status
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff
from tests.factories.talent import TalentCardFactory, card_content

pytestmark = pytest.mark.django_db
SECRETS = ("欧阳晓峰", "13987654321", "ouyang@example.com")


@pytest.fixture
def firm() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def editor(firm: Organisation) -> User:
    return make_member(firm)


def create(actor: object, firm: Organisation | None, **changes: object) -> TalentCard:
    return services.create_card(
        actor=actor, organisation_id=firm and firm.pk, content=card_content(**changes)
    )


def announced() -> list[str]:
    events = OutboxEvent.objects.filter(topic="item.changed", payload__kind="person")
    return [event.payload["object_id"] for event in events.order_by("id")]


def test_from_draft_to_published_to_withdrawn_and_back(editor: User, firm: Organisation) -> None:
    card = create(editor, firm)
    assert card.status == CardStatus.DRAFT
    by_id = {"actor": editor, "card_id": card.pk}
    assert services.publish_card(**by_id).status == CardStatus.PUBLISHED
    assert services.withdraw_card(**by_id).status == CardStatus.WITHDRAWN
    assert services.publish_card(**by_id).status == CardStatus.PUBLISHED
    assert announced() == [str(card.pk)] * 3
    entries = AuditEntry.objects.filter(object_id=card.pk).order_by("id")
    assert [one.action for one in entries] == ["create", "publish", "withdraw", "publish"]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (status, action)
        for status in CardStatus
        for action in (CardAction.PUBLISH, CardAction.WITHDRAW)
        if next_status(status, action) is None
    ],
)
def test_other_moves_are_refused(status: CardStatus, action: CardAction) -> None:
    card = TalentCardFactory(status=status)
    service = {
        CardAction.PUBLISH: services.publish_card,
        CardAction.WITHDRAW: services.withdraw_card,
    }[action]
    with pytest.raises(DomainError) as error:
        service(actor=make_member(card.organisation), card_id=card.pk)
    assert error.value.code == "wrong_state"


def test_publication_names_what_is_missing(editor: User, firm: Organisation) -> None:
    card = create(editor, firm, skills=[])
    with pytest.raises(DomainError) as error:
        services.publish_card(actor=editor, card_id=card.pk)
    assert error.value.code == "incomplete"
    assert error.value.data["missing"] == ["skills"]


def test_a_person_keeps_their_own_card_without_an_organisation() -> None:
    person = UserFactory()
    card = create(person, None)
    assert card.holder == person
    services.publish_card(actor=person, card_id=card.pk)
    edited = services.edit_card(
        actor=person, card_id=card.pk, version=1, content={"title": "工程师"}
    )
    assert (edited.version, edited.title) == (2, "工程师")
    assert queries.content_for(person, edited)["full_name"] == "欧阳晓峰"
    assert list(queries.list_talent_cards(actor=person, mine=True).items) == [card]


def test_the_second_of_two_editors_is_told(editor: User, firm: Organisation) -> None:
    card = create(editor, firm)
    edit = {"actor": editor, "card_id": card.pk, "version": 1}
    services.edit_card(**edit, content={"title": "甲"})
    with pytest.raises(DomainError) as error:
        services.edit_card(**edit, content={"title": "乙"})
    assert error.value.code == "edit_conflict"
    assert error.value.data["current_version"] == 2
    assert error.value.data["current"]["title"] == "甲"


def test_an_edit_replaces_the_skills_and_reaches_matching_once_published(editor, firm) -> None:
    card = create(editor, firm)
    services.publish_card(actor=editor, card_id=card.pk)
    services.edit_card(
        actor=editor, card_id=card.pk, version=1, content={"skills": [{"name": "慢走丝"}]}
    )
    assert [skill.name for skill in card.skills.all()] == ["慢走丝"]
    assert announced() == [str(card.pk)] * 2
    with pytest.raises(DomainError) as error:
        services.edit_card(actor=editor, card_id=card.pk, version=2, content={"skills": []})
    assert error.value.code == "incomplete"


class TestPrivacy:
    def test_only_those_who_keep_the_card_see_whose_it_is(
        self, editor: User, firm: Organisation
    ) -> None:
        holder = UserFactory()
        card = create(editor, firm)
        TalentCard.objects.filter(pk=card.pk).update(holder=holder)
        services.publish_card(actor=editor, card_id=card.pk)
        for actor in (editor, holder, make_staff(StaffRole.TALENT_OFFICER)):
            content = queries.content_for(actor, queries.get_card(actor=actor, card_id=card.pk))
            assert content["full_name"] == "欧阳晓峰"
            assert content["contact_phone"] == "13987654321"
        for actor in (
            None,
            AnonymousUser(),
            UserFactory(),
            make_member(OrganisationFactory(), MembershipRole.OWNER),
            make_member(firm, MembershipRole.VIEWER),
            make_staff(StaffRole.MODERATOR),
        ):
            content = queries.content_for(actor, queries.get_card(actor=actor, card_id=card.pk))
            assert content["masked_name"] == "欧阳**"
            assert not any(secret in repr(content) for secret in SECRETS)
            assert content["full_name"] is content["contact_phone"] is None
            assert content["contact_email"] is None

    def test_a_search_for_a_name_or_number_finds_nothing(self, editor, firm) -> None:
        card = create(editor, firm)
        services.publish_card(actor=editor, card_id=card.pk)
        for secret in SECRETS:
            assert list(queries.list_talent_cards(actor=None, q=secret).items) == []
        assert list(queries.list_talent_cards(actor=None, q="三坐标").items) == [card]

    def test_the_source_carries_neither_name_nor_contact(self, editor, firm) -> None:
        card = services.publish_card(actor=editor, card_id=create(editor, firm).pk)
        (item,) = PersonSource().load([card.pk])
        assert not any(secret in repr(item) for secret in SECRETS)
        assert [(one.field, one.text) for one in item.passages] == [
            ("title", "模具钳工，精密冲压模调试"),
            ("about", "二十年冷冲模装配与试模经验。"),
            ("skill", "冲压模调试"),
            ("skill", "三坐标测量"),
        ]

    def test_the_audit_says_that_contact_data_changed_but_not_to_what(self, editor, firm) -> None:
        card = create(editor, firm)
        services.edit_card(
            actor=editor,
            card_id=card.pk,
            version=1,
            content={"contact_phone": "13712340000", "full_name": "欧阳小丰"},
        )
        entry = AuditEntry.objects.get(object_id=card.pk, action="edit")
        assert entry.changes["contact_phone"] == {"old": "139****4321", "new": "137****0000"}
        assert set(entry.changes) == {"contact_phone", "full_name"}
        recorded = repr(list(AuditEntry.objects.values_list("changes", flat=True)))
        for secret in (*SECRETS, "13712340000", "欧阳小丰"):
            assert secret not in recorded

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"about": "电话 139-8765-4321 联系"}, "about", "contact_data"),
            ({"about": "请加微信: mold_master88"}, "about", "contact_data"),
            ({"headline": "写信到 a.b@example.org"}, "headline", "contact_data"),
            ({"skills": [{"name": "调模 0714-6351234"}]}, "skills.0.name", "contact_data"),
            ({"about": "欧阳晓峰，二十年经验"}, "about", "full_name"),
        ],
    )
    def test_public_text_may_not_carry_them_either(
        self, editor: User, firm: Organisation, changes: dict, field: str, code: str
    ) -> None:
        with pytest.raises(DomainError) as error:
            create(editor, firm, **changes)
        assert error.value.code == "invalid_input"
        assert error.value.data["fields"] == [{"field": field, "code": code}]

    def test_standards_and_years_are_no_telephone_numbers(self, editor, firm) -> None:
        create(editor, firm, about="执行 GB/T 13912345-2019，1998-2020 年间调试模具 1380 套。")

    @given(name=st.text(min_size=1, max_size=20).filter(str.strip))
    def test_a_masked_name_never_is_the_name(self, name: str) -> None:
        masked = mask_name(name)
        assert masked != name or set(name) <= {"*"} or name.endswith("*")
        assert masked[0] == name[0]

    @pytest.mark.parametrize(
        ("name", "masked"),
        [("张伟", "张*"), ("王小明", "王**"), ("欧阳娜娜", "欧阳**"), ("Anna Smith", "A***")],
    )
    def test_names_as_people_expect_them(self, name: str, masked: str) -> None:
        assert mask_name(name) == masked

    @pytest.mark.parametrize(
        ("value", "masked"),
        [
            ("13812341234", "138****1234"),
            ("zhang@example.com", "z****@example.com"),
            ("12345", "****"),
            ("", ""),
        ],
    )
    def test_contact_data_as_people_expect_it(self, value: str, masked: str) -> None:
        assert mask_contact(value) == masked


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"full_name": ""}, "full_name", "required"),
        ({"headline": "长" * 121}, "headline", "too_long"),
        ({"about": "\x00"}, "about", "nul_character"),
        ({"about": "\ud83d"}, "about", "invalid_character"),
        ({"about": ["x"]}, "about", "wrong_type"),
        ({"skill_level": "grandmaster"}, "skill_level", "unknown_choice"),
        ({"open_to": ["anything"]}, "open_to", "unknown_choice"),
        ({"region": "atlantis"}, "region", "unknown_code"),
        ({"contact_email": "nobody"}, "contact_email", "invalid_email"),
        ({"skills": [{"name": ""}]}, "skills.0.name", "required"),
        ({"skills": [{"name": "x", "years": 81}]}, "skills.0.years", "out_of_range"),
        ({"skills": [{"name": "x"}] * 51}, "skills", "too_many"),
        ({"ethnicity": "x"}, "ethnicity", "unknown_field"),
    ],
)
def test_bad_input_is_named_by_field_and_code(
    editor: User, firm: Organisation, changes: dict, field: str, code: str
) -> None:
    with pytest.raises(DomainError) as error:
        create(editor, firm, **changes)
    assert error.value.code == "invalid_input"
    assert [(one["field"], one["code"]) for one in error.value.data["fields"]] == [(field, code)]
    assert not TalentCard.objects.exists()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def cleaned(raw: dict) -> dict | DomainError:
    base = {**BLANK, "full_name": "陈建国", "headline": "钳工"}
    try:
        return clean_content(raw, base=base, chains=frozenset(), regions=frozenset())
    except DomainError as error:
        return error


@given(raw=st.dictionaries(st.sampled_from(sorted(BLANK)) | st.text(max_size=8), json_values))
def test_any_content_is_cleaned_for_good_or_refused_with_a_code(raw: dict) -> None:
    outcome = cleaned(raw)
    if isinstance(outcome, DomainError):
        assert outcome.code == "invalid_input"
        assert outcome.data["fields"]
    else:
        assert cleaned(outcome) == outcome


def test_strangers_may_read_a_published_card_and_change_nothing(firm: Organisation) -> None:
    card = TalentCardFactory(organisation=firm)
    for actor in (
        AnonymousUser(),
        UserFactory(),
        make_member(OrganisationFactory(), MembershipRole.OWNER),
        make_member(firm, MembershipRole.VIEWER),
        make_staff(StaffRole.EQUIPMENT_OFFICER),
    ):
        assert queries.get_card(actor=actor, card_id=card.pk) == card
        assert queries.allowed_actions(actor, card) == []
        for write in (
            lambda actor=actor: services.edit_card(
                actor=actor, card_id=card.pk, version=1, content={}
            ),
            lambda actor=actor: services.withdraw_card(actor=actor, card_id=card.pk),
        ):
            with pytest.raises(DomainError) as error:
                write()
            assert error.value.code == "not_allowed"
    officer = make_staff(StaffRole.TALENT_OFFICER)
    assert queries.allowed_actions(officer, card) == ["edit", "withdraw"]
    services.withdraw_card(actor=officer, card_id=card.pk)


def test_cards_are_made_by_people_for_themselves_or_their_organisation(firm) -> None:
    for actor, code in (
        (None, "not_authenticated"),
        (AnonymousUser(), "not_authenticated"),
        (UserFactory(), "not_allowed"),
        (make_member(firm, MembershipRole.VIEWER), "not_allowed"),
        (make_member(OrganisationFactory()), "not_allowed"),
    ):
        with pytest.raises(DomainError) as error:
            create(actor, firm)
        assert error.value.code == code
    with pytest.raises(DomainError) as error:
        services.create_card(
            actor=make_member(firm), organisation_id=UUID(int=0), content=card_content()
        )
    assert error.value.code == "not_found"


@pytest.mark.parametrize("status", [CardStatus.DRAFT, CardStatus.WITHDRAWN])
def test_what_is_not_published_does_not_exist_for_strangers(status: CardStatus) -> None:
    card = TalentCardFactory(status=status)
    for actor in (make_member(OrganisationFactory()), UserFactory(), AnonymousUser(), None):
        for act in (
            lambda actor=actor: queries.get_card(actor=actor, card_id=card.pk),
            lambda actor=actor: services.publish_card(actor=actor, card_id=card.pk),
            lambda actor=actor: services.edit_card(
                actor=actor, card_id=card.pk, version=1, content={}
            ),
        ):
            with pytest.raises(DomainError) as error:
                act()
            assert error.value.code == "not_found"
        assert list(queries.list_talent_cards(actor=actor).items) == []
    assert queries.get_card(actor=make_member(card.organisation), card_id=card.pk) == card


def test_filters() -> None:
    found = TalentCardFactory(chains=["pcb"], region="ezhou", skill_level="junior", about="蚀刻")
    TalentCardFactory()
    for filters in (
        {"q": "蚀刻"},
        {"chain": "pcb"},
        {"region": "ezhou"},
        {"skill_level": "junior"},
    ):
        assert list(queries.list_talent_cards(actor=None, **filters).items) == [found]
    with pytest.raises(DomainError) as error:
        queries.list_talent_cards(actor=None, q="\ud800")
    assert error.value.code == "invalid_input"


def test_pages_follow_each_other_at_a_constant_cost(django_assert_max_num_queries) -> None:
    made = [TalentCardFactory() for _ in range(7)]
    with django_assert_max_num_queries(2):
        page = queries.list_talent_cards(actor=None, limit=4)
        assert all(queries.content_for(None, one)["skills"] for one in page.items)
        assert all(one.organisation.name for one in page.items)
    rest = queries.list_talent_cards(actor=None, limit=4, cursor=page.next_cursor)
    assert [*page.items, *rest.items] == made[::-1]


def test_the_source_offers_only_published_cards(django_assert_num_queries) -> None:
    assert sources.get_source("person").side is sources.Side.OFFER
    shown = [TalentCardFactory() for _ in range(3)]
    hidden = TalentCardFactory(status=CardStatus.WITHDRAWN)
    with django_assert_num_queries(2):
        loaded = PersonSource().load([hidden.pk, *(card.pk for card in shown)])
    assert {one.object_id for one in loaded if one.is_searchable} == {one.pk for one in shown}
    assert list(PersonSource().all_ids()) == sorted(one.pk for one in shown)


def test_policies_answer_the_same_for_one_card_and_for_many(editor, firm) -> None:
    from park.organisations.queries import standing_of

    card, foreign = TalentCardFactory(organisation=firm), TalentCardFactory()
    for actor in (editor, UserFactory(), None):
        for one in (card, foreign):
            assert policies.can_keep(actor, one) == policies.can_keep(
                actor, one, standing_of(actor)
            )
