"""Files taken in, shown to whom they are for, deleted, brought back; nothing lost, nothing left."""

import io
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.utils import timezone

from park.core.errors import DomainError
from park.core.models import AuditEntry
from park.files import queries, services, sweeping
from park.files.models import StoredFile
from park.files.storage import get_storage
from tests.api.world import World
from tests.factories import files

VISITOR = AnonymousUser()


def add(
    actor: Any, entry: Any, data: bytes = files.PDF, name: str = "报告.pdf", **more: Any
) -> Any:
    return services.add_file(
        actor=actor,
        purpose_code=more.pop("purpose", "need_attachment"),
        object_id=entry if isinstance(entry, UUID) else entry.pk,
        file=io.BytesIO(data),
        name=name,
        **more,
    )


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.code


def read(stored: StoredFile) -> bytes:
    with queries.open_file(stored) as file:
        return file.read()


def names_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def shown(actor: Any, entry: Any, purpose: str = "need_attachment") -> list[UUID]:
    found = queries.list_files(actor=actor, purpose_code=purpose, object_id=entry.pk)
    return [row.pk for row in found.items]


def test_a_file_is_kept_as_it_is_under_a_private_random_name(world: World, folder: Path) -> None:
    need = world.need()
    stored = add(world.member, need)
    assert read(stored) == files.PDF
    assert stored.organisation_id == world.firm.pk
    [name] = names_in(folder)
    assert name == stored.storage_name
    path = folder / name
    assert path.stat().st_mode & 0o777 == 0o600
    assert {one.stat().st_mode & 0o777 for one in (folder, *path.parents[:2])} == {0o700}


def test_a_picture_is_stored_made_anew_with_a_thumbnail(world: World, folder: Path) -> None:
    instrument = world.instrument()
    data = files.photo_with_place((3000, 40))
    stored = add(
        world.member, instrument, data, "IMG.JPG", purpose="instrument_photo", caption="正面"
    )
    assert (stored.width, stored.height, stored.name) == (34, 2560, "IMG.jpg")
    assert b"SECRETCAMERA" not in read(stored)
    assert names_in(folder) == {stored.storage_name, stored.thumbnail_name}


def test_who_sees_a_file_follows_the_entry(world: World, folder: Path) -> None:
    need = world.need("draft")
    public = add(world.member, need)
    private = add(world.member, need, visibility="private")
    for actor in (VISITOR, world.stranger, world.staff):
        assert code_of(queries.get_file, actor=actor, file_id=public.pk) == "not_found"
        assert code_of(shown, actor, need) == "not_found"
    for actor in (world.member, world.viewer):
        assert shown(actor, need) == [public.pk, private.pk]
    published = world.need("published")
    public = add(world.member, published)
    private = add(world.member, published, visibility="private")
    for actor in (VISITOR, world.stranger):
        assert shown(actor, published) == [public.pk]
        assert queries.get_file(actor=actor, file_id=public.pk) == public
        assert code_of(queries.get_file, actor=actor, file_id=private.pk) == "not_found"
    assert shown(world.staff, published) == [public.pk, private.pk]


def test_papers_of_an_organisation_are_its_own_and_staffs(world: World, folder: Path) -> None:
    paper = add(world.member, world.firm, purpose="organisation_paper")
    assert paper.visibility == "private"
    for actor in (VISITOR, world.stranger):
        assert shown(actor, world.firm, "organisation_paper") == []
        assert code_of(queries.get_file, actor=actor, file_id=paper.pk) == "not_found"
    for actor in (world.viewer, world.staff):
        assert shown(actor, world.firm, "organisation_paper") == [paper.pk]
    where: dict[str, Any] = {"purpose": "organisation_paper"}
    assert code_of(add, world.stranger, world.firm, **where) == "not_allowed"
    assert code_of(add, world.viewer, world.firm, **where) == "not_allowed"
    assert code_of(add, world.member, world.firm, visibility="public", **where) == "invalid_input"


def test_who_may_write_is_who_may_edit(world: World, folder: Path) -> None:
    need = world.need("published")
    stored = add(world.member, need)
    for actor in (VISITOR, world.stranger, world.viewer):
        assert code_of(add, actor, need) == "not_allowed"
        assert code_of(services.delete_file, actor=actor, file_id=stored.pk) == "not_allowed"
        edit = {"file_id": stored.pk, "changes": {"caption": "x"}}
        assert code_of(services.edit_file, actor=actor, **edit) == "not_allowed"
    draft = world.need("draft")
    assert code_of(add, world.stranger, draft) == "not_found"
    assert code_of(add, world.member, uuid4()) == "not_found"
    assert code_of(add, world.member, draft, purpose="nothing") == "not_found"


def test_what_staff_are_reading_does_not_change(world: World, folder: Path) -> None:
    need = world.need("draft")
    stored = add(world.member, need)
    type(need).objects.filter(pk=need.pk).update(status="submitted")
    assert code_of(add, world.member, need) == "wrong_state"
    assert code_of(services.delete_file, actor=world.member, file_id=stored.pk) == "wrong_state"


def test_limits_of_a_purpose_hold_and_nothing_is_left_of_what_was_refused(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need, instrument = world.need(), world.instrument()
    large = files.PDF + bytes(20 * 1024 * 1024)
    assert code_of(add, world.member, need, large) == "file_too_large"
    photo = {"purpose": "instrument_photo"}
    assert code_of(add, world.member, instrument, **photo) == "file_type_not_allowed"
    cut = files.picture("PNG")[:60]
    assert code_of(add, world.member, instrument, cut, **photo) == "unreadable_image"
    macro = files.office(**{"word/vbaProject.bin": b"x"})
    assert code_of(add, world.member, need, macro) == "macro_file"
    assert code_of(add, world.member, need, files.bomb()) == "archive_bomb"
    for number in range(10):
        add(world.member, need, name=f"{number}.pdf")
    assert code_of(add, world.member, need) == "too_many_files"
    assert len(names_in(folder)) == StoredFile.objects.count() == 10


def test_a_deleted_file_is_gone_for_all_and_comes_back(world: World, folder: Path) -> None:
    need = world.need("published")
    stored = add(world.member, need)
    services.delete_file(actor=world.member, file_id=stored.pk)
    for actor in (VISITOR, world.member, world.staff):
        assert shown(actor, need) == []
        assert code_of(queries.get_file, actor=actor, file_id=stored.pk) == "not_found"
    assert code_of(services.restore_file, actor=world.stranger, file_id=stored.pk) == "not_allowed"
    services.restore_file(actor=world.member, file_id=stored.pk)
    services.restore_file(actor=world.member, file_id=stored.pk)
    assert shown(VISITOR, need) == [stored.pk]
    assert read(stored) == files.PDF


def test_a_file_does_not_come_back_where_there_is_no_room(world: World, folder: Path) -> None:
    need = world.need()
    stored = add(world.member, need)
    services.delete_file(actor=world.member, file_id=stored.pk)
    for _ in range(10):
        add(world.member, need)
    restore = {"actor": world.member, "file_id": stored.pk}
    assert code_of(services.restore_file, **restore) == "too_many_files"


def test_every_change_is_on_the_record_of_the_entry(world: World, folder: Path) -> None:
    need = world.need("published")
    stored = add(world.member, need)
    services.edit_file(
        actor=world.member, file_id=stored.pk, changes={"caption": "说明", "visibility": "private"}
    )
    services.edit_file(actor=world.member, file_id=stored.pk, changes={"caption": "说明"})
    services.delete_file(actor=world.member, file_id=stored.pk)
    services.restore_file(actor=world.member, file_id=stored.pk)
    entries = AuditEntry.objects.filter(object_kind="need", object_id=need.pk).order_by("id")
    actions = [entry.action for entry in entries if entry.action.startswith("file_")]
    assert actions == ["file_added", "file_edited", "file_deleted", "file_restored"]
    last = entries.get(action="file_edited").changes
    assert last["visibility"] == {"old": "public", "new": "private"}


def test_a_discarded_draft_takes_its_files_along(world: World, folder: Path) -> None:
    from market.listings.services import discard_listing

    need = world.need()
    stored = add(world.member, need)
    discard_listing(actor=world.member, kind=need.listing_kind, listing_id=need.pk)
    stored.refresh_from_db()
    assert stored.deleted_at is not None


def test_when_the_row_cannot_be_written_the_bytes_go_too(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = world.need()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE files_storedfile ADD CONSTRAINT no CHECK (size < 0)")
    with pytest.raises(Exception, match="violates check constraint"), transaction.atomic():
        add(world.member, need)
    assert names_in(folder) == set()


def test_a_full_disk_is_a_code_and_leaves_nothing(
    world: World, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import os

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert code_of(add, world.member, world.need()) == "storage_full"
    assert names_in(folder) == set()


def test_a_file_whose_bytes_are_lost_is_not_found(world: World, folder: Path) -> None:
    stored = add(world.member, world.need())
    (folder / stored.storage_name).unlink()
    assert code_of(queries.open_file, stored) == "not_found"


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_are_not_both_the_last(folder: Path) -> None:
    world = World()
    need = world.need()
    for _ in range(8):
        add(world.member, need)
    gate = threading.Barrier(5)
    outcomes = []

    def run() -> None:
        try:
            gate.wait()
            add(world.member, need)
            outcomes.append("added")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["added"] * 2 + ["too_many_files"] * 3
    assert len(names_in(folder)) == StoredFile.objects.count() == 10


def test_the_sweep_removes_what_is_over_and_keeps_what_is_not(world: World, folder: Path) -> None:
    need, now = world.need(), timezone.now()
    kept, fresh, old = (add(world.member, need) for _ in range(3))
    instrument = world.instrument()
    photo = add(world.member, instrument, files.picture(), "x.png", purpose="instrument_photo")
    services.delete_file(actor=world.member, file_id=fresh.pk, now=now - timedelta(days=29))
    for one in (old, photo):
        services.delete_file(actor=world.member, file_id=one.pk, now=now - timedelta(days=31))
    swept = sweeping.sweep(now)
    assert (swept.removed, swept.orphans, swept.missing) == (2, 0, [])
    assert names_in(folder) == {kept.storage_name, fresh.storage_name}
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}


def test_the_sweep_finds_bytes_without_rows_and_rows_without_bytes(
    world: World, folder: Path
) -> None:
    need = world.need()
    kept, lost = add(world.member, need), add(world.member, need)
    (folder / lost.storage_name).unlink()
    young, left_over = folder / "ab" / "young", folder / "ab" / "cd.part"
    young.parent.mkdir(exist_ok=True)
    for path in (young, left_over):
        path.write_bytes(b"x")
    now = timezone.now()
    assert sweeping.sweep(now).orphans == 0
    assert young.exists()
    swept = sweeping.sweep(now + timedelta(days=2))
    assert (swept.orphans, swept.missing) == (2, [lost.pk])
    assert names_in(folder) == {kept.storage_name}


def test_another_storage_can_take_the_folders_place(world: World, settings: Any) -> None:
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "files": memory}
    need, now = world.need(), timezone.now()
    stored = add(world.member, need)
    assert read(stored) == files.PDF
    assert list(sweeping.stored_names(get_storage())) == [stored.storage_name]
    services.delete_file(actor=world.member, file_id=stored.pk, now=now - timedelta(days=31))
    assert sweeping.sweep(now).removed == 1
    assert list(sweeping.stored_names(get_storage())) == []
