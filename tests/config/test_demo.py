"""Loading and removing the demonstration data: once, privately, and without a trace."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.demo import data, loading, logins, removal
from config.demo.loading import Result
from equipment.models import Booking, Instrument, OccupiedPeriod
from market.editions.models import CollectionRound, Edition, EditionEntry, EditionFile
from market.listings.models import Capability, Need
from market.listings.states import Status
from park.accounts.models import User
from park.core.models import OutboxEvent
from park.organisations.models import Membership, Organisation, OrganisationKind
from talent.models import TalentCard

pytestmark = pytest.mark.django_db

MODELS = {
    "organisations": Organisation,
    "needs": Need,
    "capabilities": Capability,
    "instruments": Instrument,
    "people": TalentCard,
}


def counts() -> dict[str, int]:
    everything = {**MODELS, "users": User, "memberships": Membership, "events": OutboxEvent}
    return {name: model._base_manager.count() for name, model in everything.items()}


def read_logins(folder: Path) -> list[dict[str, str]]:
    return json.loads((folder / logins.FILE_NAME).read_text(encoding="utf-8"))


def test_every_row_of_the_files_is_there_and_marked_an_example(demo_folder: Path) -> None:
    for name, model in MODELS.items():
        rows = model._base_manager.all()
        assert len(rows) == len(data.read(name)), name
        assert all(row.is_example for row in rows), name


def test_all_entries_are_published_and_wait_for_matching(demo_folder: Path) -> None:
    waiting = {
        (event.payload["kind"], event.payload["object_id"])
        for event in OutboxEvent.objects.filter(topic="item.changed", processed_at=None)
    }
    matched = {"needs": "need", "capabilities": "capability", "instruments": "instrument"}
    for name, kind in {**matched, "people": "person"}.items():
        rows: Any = MODELS[name]._base_manager.all()
        assert {row.status for row in rows} == {Status.PUBLISHED}, name
        assert all(row.published_at is not None for row in rows)
        assert {(kind, str(row.pk)) for row in rows} <= waiting, name


def test_a_second_run_changes_nothing(demo_folder: Path) -> None:
    before, known = counts(), read_logins(demo_folder)
    assert loading.load(data_dir=demo_folder) is Result.ALREADY_THERE
    assert counts() == before
    assert read_logins(demo_folder) == known


def test_the_logins_work_and_only_their_owner_can_read_them(demo_folder: Path) -> None:
    path = demo_folder / logins.FILE_NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = read_logins(demo_folder)
    assert [line["username"] for line in lines] == [it.username for it in logins.ACCOUNTS]
    for line in lines:
        assert set(line) == {"username", "password", "role_zh", "role_en"}
        user = authenticate(username=line["username"], password=line["password"])
        assert isinstance(user, User)
        assert user.is_demonstration
        assert not user.is_superuser


def test_passwords_are_random_and_long() -> None:
    passwords = {logins.make_password() for _ in range(200)}
    assert len(passwords) == 200
    assert all(len(password) >= 16 for password in passwords)


def test_a_lost_file_means_new_passwords_not_a_second_load(
    demo_folder: Path, tmp_path: Path
) -> None:
    before, known = counts(), read_logins(demo_folder)
    assert loading.load(data_dir=tmp_path) is Result.PASSWORDS_RENEWED
    assert counts() == before
    new = {line["password"] for line in read_logins(tmp_path)}
    assert not new & {line["password"] for line in known}
    assert authenticate(username=known[0]["username"], password=known[0]["password"]) is None


def test_nobody_can_log_in_as_the_clerk(demo_folder: Path) -> None:
    clerk = User.objects.get(username=logins.CLERK)
    assert clerk.is_demonstration
    assert not clerk.has_usable_password()


def test_one_round_is_over_and_printed_and_one_is_open(demo_folder: Path) -> None:
    edition = Edition.objects.get()
    assert (edition.number, edition.status, edition.is_example) == (1, "issued", True)
    assert edition.round.status == "frozen"
    assert edition.entries.count() >= 10
    assert "示例" in edition.heading
    (open_round,) = CollectionRound.objects.filter(status="open")
    assert open_round.is_example
    assert open_round.deadline > timezone.now()


def test_removal_leaves_only_what_is_real(demo_folder: Path, tmp_path: Path) -> None:
    real = Organisation.objects.create(name="真实企业", kind=OrganisationKind.ENTERPRISE)
    person = User.objects.create_user("real", password=logins.make_password())
    Membership.objects.create(
        organisation=Organisation.objects.filter(is_example=True)[0], user=person, role="viewer"
    )
    need = Need.objects.create(organisation=real, title="真实需求")
    book_and_close(Instrument.objects.all()[0], real, person)
    OutboxEvent.objects.all().delete()
    expected = removal.count()

    assert removal.remove(data_dir=tmp_path) == expected
    assert set(Organisation.objects.all()) == {real}
    assert set(User.objects.all()) == {person}
    assert set(Need.objects.all()) == {need}
    gone = (Capability, Instrument, TalentCard, Booking, OccupiedPeriod, Membership)
    gone += (Edition, EditionEntry, EditionFile, CollectionRound)
    assert not any(model._base_manager.exists() for model in gone)
    told = [event.payload["kind"] for event in OutboxEvent.objects.all()]
    assert {kind: told.count(kind) for kind in set(told)} == {
        "need": 60, "capability": 100, "instrument": 12, "person": 12,
    }  # fmt: skip


def book_and_close(instrument: Instrument, organisation: Organisation, user: User) -> None:
    """A real firm's booking on an example instrument, and an outage after it."""
    hour = timedelta(hours=1)
    start = datetime(2027, 1, 4, 9, tzinfo=UTC)
    booking = Booking.objects.create(
        instrument=instrument,
        organisation=organisation,
        booked_by=user,
        starts_at=start,
        ends_at=start + hour,
    )
    for period, of in (((start, start + hour), booking), ((start + hour, start + 2 * hour), None)):
        OccupiedPeriod.objects.create(
            instrument_number=instrument.number, period=period, booking=of
        )


def test_what_was_removed_comes_back_only_when_asked_for(demo_folder: Path, tmp_path: Path) -> None:
    removal.remove(data_dir=tmp_path)
    assert loading.load(data_dir=tmp_path) is Result.REMOVED_BEFORE
    assert not User.objects.exists()
    assert not (tmp_path / logins.FILE_NAME).exists()


def test_removal_asks_first(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = counts()
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError):
        call_command("remove_demo")
    assert counts() == before
