"""The record of an instrument: its states, who may write it, and what matching sees of it."""

from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from equipment import queries, services
from equipment.models import Instrument, InstrumentStatus
from equipment.rules.content import BLANK, clean_content
from equipment.sources import InstrumentSource
from equipment.states import InstrumentAction, next_instrument_status
from matching import sources
from park.accounts.models import StaffRole, User
from park.core.errors import DomainError
from park.core.levels import Level
from park.core.models import AuditEntry, OutboxEvent
from park.organisations.models import MembershipRole, Organisation
from tests.factories import OrganisationFactory, UserFactory, make_member, make_staff
from tests.factories.equipment import InstrumentFactory, instrument_content

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Organisation:
    return OrganisationFactory()


@pytest.fixture
def editor(firm: Organisation) -> User:
    return make_member(firm)


def create(actor: object, firm: Organisation, **changes: object) -> Instrument:
    return services.create_instrument(
        actor=actor, organisation_id=firm.pk, content=instrument_content(**changes)
    )


def announced() -> list[str]:
    events = OutboxEvent.objects.filter(topic="item.changed", payload__kind="instrument")
    return [event.payload["object_id"] for event in events.order_by("id")]


def test_from_draft_to_published_to_closed_and_back(editor: User, firm: Organisation) -> None:
    instrument = create(editor, firm)
    assert instrument.status == InstrumentStatus.DRAFT
    assert announced() == []
    by_id = {"actor": editor, "instrument_id": instrument.pk}
    assert services.publish_instrument(**by_id).status == InstrumentStatus.PUBLISHED
    assert services.close_instrument(**by_id).status == InstrumentStatus.CLOSED
    assert services.publish_instrument(**by_id).status == InstrumentStatus.PUBLISHED
    assert announced() == [str(instrument.pk)] * 3
    actions = AuditEntry.objects.filter(object_id=instrument.pk).order_by("id")
    assert [entry.action for entry in actions] == ["create", "publish", "close", "publish"]


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (status, action)
        for status in InstrumentStatus
        for action in (InstrumentAction.PUBLISH, InstrumentAction.CLOSE)
        if next_instrument_status(status, action) is None
    ],
)
def test_other_moves_are_refused(status: InstrumentStatus, action: InstrumentAction) -> None:
    instrument = InstrumentFactory(status=status)
    service = {
        InstrumentAction.PUBLISH: services.publish_instrument,
        InstrumentAction.CLOSE: services.close_instrument,
    }[action]
    with pytest.raises(DomainError) as error:
        service(actor=make_member(instrument.organisation), instrument_id=instrument.pk)
    assert error.value.code == "wrong_state"
    assert error.value.data == {"status": str(status), "action": str(action)}


def test_a_draft_may_be_sparse_but_publication_names_what_is_missing(
    editor: User, firm: Organisation
) -> None:
    instrument = services.create_instrument(
        actor=editor, organisation_id=firm.pk, content={"name": "硬度计", "open_weekdays": []}
    )
    with pytest.raises(DomainError) as error:
        services.publish_instrument(actor=editor, instrument_id=instrument.pk)
    assert error.value.code == "incomplete"
    assert error.value.data["missing"] == ["description", "place", "service_mode", "open_weekdays"]


def test_what_was_entered_is_what_is_read(editor: User, firm: Organisation) -> None:
    pk = create(editor, firm).pk
    content = queries.content_of(queries.get_instrument(actor=editor, instrument_id=pk))
    assert content["price_per_hour"] == Decimal("450.50")
    assert content["open_from"] == time(8, 30)
    assert content["measured_capabilities"] == [
        {
            "name": "检测深度",
            "comparator": "range",
            "value": 0.1,
            "value_max": 150.0,
            "unit": "µm",
            "text": "",
        }
    ]
    assert set(content) == set(BLANK)


def test_an_edit_changes_the_given_fields_only_and_is_recorded(
    editor: User, firm: Organisation
) -> None:
    instrument = create(editor, firm)
    edited = services.edit_instrument(
        actor=editor, instrument_id=instrument.pk, version=1, content={"place": "3号楼"}
    )
    assert (edited.version, edited.place, edited.name) == (2, "3号楼", "辉光放电光谱仪")
    assert edited.measured_capabilities.count() == 1
    entry = AuditEntry.objects.get(object_id=instrument.pk, action="edit")
    assert entry.changes == {"place": {"old": "新港检测中心", "new": "3号楼"}}
    assert announced() == []


def test_an_edit_of_a_published_one_reaches_matching_and_cannot_empty_it(firm, editor) -> None:
    instrument = InstrumentFactory(organisation=firm)
    edit = {"actor": editor, "instrument_id": instrument.pk}
    services.edit_instrument(**edit, version=1, content={"description": "新配能谱仪"})
    assert announced() == [str(instrument.pk)]
    with pytest.raises(DomainError) as error:
        services.edit_instrument(**edit, version=2, content={"description": ""})
    assert error.value.code == "incomplete"
    unchanged = services.edit_instrument(**edit, version=2, content={"region": "xingang"})
    assert unchanged.version == 2
    assert announced() == [str(instrument.pk)]


def test_the_second_of_two_editors_is_told(editor: User, firm: Organisation) -> None:
    instrument = create(editor, firm)
    edit = {"actor": editor, "instrument_id": instrument.pk, "version": 1}
    services.edit_instrument(**edit, content={"name": "甲"})
    with pytest.raises(DomainError) as error:
        services.edit_instrument(**edit, content={"name": "乙"})
    assert error.value.code == "edit_conflict"
    assert error.value.data["current_version"] == 2
    assert error.value.data["current"]["name"] == "甲"
    assert error.value.data["current"]["price_per_hour"] == 450.5
    assert error.value.data["current"]["open_from"] == "08:30:00"
    instrument.refresh_from_db()
    assert instrument.name == "甲"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "长" * 121}, "name", "too_long"),
        ({"name": 7}, "name", "wrong_type"),
        ({"description": "a\x00b"}, "description", "nul_character"),
        ({"description": "\udc80"}, "description", "invalid_character"),
        ({"description": "长" * 100_000}, "description", "too_long"),
        ({"region": "atlantis"}, "region", "unknown_code"),
        ({"chains": ["nothing"]}, "chains", "unknown_code"),
        ({"chains": "copper_processing"}, "chains", "wrong_type"),
        ({"service_mode": "magic"}, "service_mode", "unknown_choice"),
        ({"price_per_hour": -1}, "price_per_hour", "out_of_range"),
        ({"price_per_hour": float("nan")}, "price_per_hour", "not_finite"),
        ({"price_per_hour": 1e300}, "price_per_hour", "out_of_range"),
        ({"price_per_hour": 0.001}, "price_per_hour", "too_precise"),
        ({"slot_minutes": 4}, "slot_minutes", "out_of_range"),
        ({"slot_minutes": True}, "slot_minutes", "wrong_type"),
        ({"max_minutes": 30}, "max_minutes", "below_minimum"),
        ({"open_from": "25:00"}, "open_from", "invalid_time"),
        ({"open_from": "18:00"}, "open_until", "below_minimum"),
        ({"open_weekdays": [0]}, "open_weekdays", "out_of_range"),
        ({"open_weekdays": [1, 2, 3, 4, 5, 6, 7, 1]}, "open_weekdays", "too_many"),
        ({"measured_capabilities": [7]}, "measured_capabilities.0", "wrong_type"),
        ({"measured_capabilities": [{}]}, "measured_capabilities.0.name", "required"),
        ({"wheels": 4}, "wheels", "unknown_field"),
    ],
)
def test_bad_input_is_named_by_field_and_code(
    editor: User, firm: Organisation, changes: dict, field: str, code: str
) -> None:
    with pytest.raises(DomainError) as error:
        create(editor, firm, **changes)
    assert error.value.code == "invalid_input"
    assert [(one["field"], one["code"]) for one in error.value.data["fields"]] == [(field, code)]
    assert not Instrument.objects.exists()


def test_a_range_must_not_run_backwards(editor: User, firm: Organisation) -> None:
    line = {"name": "深度", "comparator": "range", "value": 5, "value_max": 1}
    with pytest.raises(DomainError) as error:
        create(editor, firm, measured_capabilities=[line])
    assert error.value.data["fields"][0]["code"] == "below_minimum"


def test_markup_is_text(editor: User, firm: Organisation) -> None:
    script = "<script>alert(1)</script>"
    assert create(editor, firm, description=script).description == script


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def cleaned(raw: dict) -> dict | DomainError:
    try:
        return clean_content(raw, base=BLANK, chains=frozenset(), regions=frozenset())
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


def test_who_may_register_and_run_an_instrument(firm: Organisation) -> None:
    instrument = InstrumentFactory(organisation=firm)
    officer = make_staff(StaffRole.EQUIPMENT_OFFICER)
    for actor in (
        UserFactory(),
        make_member(OrganisationFactory(), MembershipRole.OWNER),
        make_member(firm, MembershipRole.VIEWER),
        make_staff(StaffRole.TALENT_OFFICER),
        AnonymousUser(),
    ):
        writes = (
            lambda actor=actor: create(actor, firm),
            lambda actor=actor: services.edit_instrument(
                actor=actor, instrument_id=instrument.pk, version=1, content={}
            ),
            lambda actor=actor: services.close_instrument(actor=actor, instrument_id=instrument.pk),
        )
        for write in writes:
            with pytest.raises(DomainError) as error:
                write()
            assert error.value.code == "not_allowed"
    create(officer, firm)
    services.close_instrument(actor=officer, instrument_id=instrument.pk)


@pytest.mark.parametrize("status", [InstrumentStatus.DRAFT, InstrumentStatus.CLOSED])
def test_what_is_not_published_does_not_exist_for_strangers(status: InstrumentStatus) -> None:
    instrument = InstrumentFactory(status=status)
    by_id = {"instrument_id": instrument.pk}
    for actor in (make_member(OrganisationFactory()), UserFactory(), AnonymousUser(), None):
        reads_and_writes = (
            lambda actor=actor: queries.get_instrument(actor=actor, **by_id),
            lambda actor=actor: queries.get_calendar(actor=actor, **by_id),
            lambda actor=actor: services.publish_instrument(actor=actor, **by_id),
            lambda actor=actor: services.edit_instrument(
                actor=actor, version=1, content={}, **by_id
            ),
        )
        for act in reads_and_writes:
            with pytest.raises(DomainError) as error:
                act()
            assert error.value.code == "not_found"
    for actor in (
        make_member(instrument.organisation, MembershipRole.VIEWER),
        make_staff(StaffRole.EQUIPMENT_OFFICER),
    ):
        assert queries.get_instrument(actor=actor, **by_id) == instrument


def test_unknown_ids_do_not_exist(editor: User) -> None:
    with pytest.raises(DomainError) as error:
        services.create_instrument(actor=editor, organisation_id=UUID(int=0), content={})
    assert error.value.code == "not_found"
    with pytest.raises(DomainError) as error:
        queries.get_instrument(actor=editor, instrument_id=UUID(int=0))
    assert error.value.code == "not_found"


def test_the_actions_offered_follow_state_and_part() -> None:
    instrument = InstrumentFactory()
    owner, other = make_member(instrument.organisation), make_member(OrganisationFactory())
    assert queries.allowed_actions(owner, instrument) == ["edit", "close", "book"]
    assert queries.allowed_actions(other, instrument) == ["book"]
    assert queries.allowed_actions(UserFactory(), instrument) == []
    assert queries.allowed_actions(None, instrument) == []
    instrument.status = InstrumentStatus.DRAFT
    assert queries.allowed_actions(owner, instrument) == ["edit", "publish"]


def test_lists_show_the_published_ones_and_mine_shows_drafts(editor, firm) -> None:
    shown = InstrumentFactory(organisation=firm)
    InstrumentFactory(status=InstrumentStatus.CLOSED)
    draft = InstrumentFactory(organisation=firm, status=InstrumentStatus.DRAFT)
    assert list(queries.list_instruments(actor=None).items) == [shown]
    assert list(queries.list_instruments(actor=editor).items) == [shown]
    assert list(queries.list_instruments(actor=editor, mine=True).items) == [draft, shown]
    assert list(queries.list_instruments(actor=None, mine=True).items) == []


def test_filters(now: datetime) -> None:
    found = InstrumentFactory(
        name="盐雾试验箱", chains=["auto_parts"], region="wuhan", service_mode="self"
    )
    InstrumentFactory()
    for filters in (
        {"q": "盐雾"},
        {"chain": "auto_parts"},
        {"region": "wuhan"},
        {"service_mode": "self"},
    ):
        assert list(queries.list_instruments(actor=None, **filters).items) == [found]
    assert len(queries.list_instruments(actor=None, q="镀层厚度").items) == 2
    with pytest.raises(DomainError) as error:
        queries.list_instruments(actor=None, q="\x00")
    assert error.value.code == "invalid_input"
    with pytest.raises(DomainError) as error:
        queries.list_instruments(actor=None, cursor="x")
    assert error.value.code == "invalid_cursor"


def test_pages_follow_each_other_at_a_constant_cost(django_assert_max_num_queries) -> None:
    made = [InstrumentFactory() for _ in range(7)]
    with django_assert_max_num_queries(2):
        page = queries.list_instruments(actor=None, limit=4)
        assert all(one.organisation.name for one in page.items)
        assert all(queries.content_of(one)["measured_capabilities"] for one in page.items)
    rest = queries.list_instruments(actor=None, limit=4, cursor=page.next_cursor)
    assert [*page.items, *rest.items] == made[::-1]
    assert rest.next_cursor is None


class TestSource:
    def test_it_is_registered(self) -> None:
        source = sources.get_source("instrument")
        assert source.side is sources.Side.OFFER

    def test_name_description_and_every_measured_line_are_passages(self) -> None:
        instrument = InstrumentFactory(name="测厚仪", model="T1", lines=2)
        (item,) = InstrumentSource().load([instrument.pk])
        assert item.is_searchable
        assert [(one.field, one.text, one.ordinal) for one in item.passages] == [
            ("title", "测厚仪 T1", 0),
            ("description", instrument.description, 0),
            ("indicator", "镀层厚度 5~500 µm", 0),
            ("indicator", "镀层厚度 5~500 µm", 1),
        ]
        assert {one.level for one in item.passages} == {Level.PUBLIC}
        assert item.indicators[0].value_max == Decimal("500.0")
        assert item.facets.budget_max is None

    def test_contact_data_is_in_no_passage(self) -> None:
        instrument = InstrumentFactory(contact_name="周秘", contact_phone="13912345678")
        (item,) = InstrumentSource().load([instrument.pk])
        assert "周秘" not in repr(item)
        assert "13912345678" not in repr(item)

    def test_only_published_ones_are_searchable(self) -> None:
        shown = InstrumentFactory()
        closed = InstrumentFactory(status=InstrumentStatus.CLOSED)
        loaded = {one.object_id: one for one in InstrumentSource().load([shown.pk, closed.pk])}
        assert not loaded[closed.pk].is_searchable
        assert list(InstrumentSource().all_ids()) == [shown.pk]

    def test_loading_many_costs_as_much_as_one(self, django_assert_num_queries) -> None:
        made = [InstrumentFactory().pk for _ in range(5)]
        with django_assert_num_queries(2):
            InstrumentSource().load(made)
