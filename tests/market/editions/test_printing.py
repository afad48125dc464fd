"""Editions on paper and in Excel: everything is in them, on every page under the same headings."""

import io
import time
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.utils import timezone

from market.editions import queries, services
from market.editions.models import Edition, EditionFile
from market.editions.printing import print_edition
from market.editions.printing.columns import COLUMNS, THROUGH_THE_PARK
from market.editions.states import FileStatus
from market.editions.tasks import print_edition as print_task
from market.listings.kinds import ListingKind
from market.listings.states import Status
from park.accounts.models import User
from park.core.models import OutboxEvent
from park.organisations.models import Organisation
from tests.factories import CapabilityFactory
from tests.market.editions.conftest import NEED, freeze, issue, published
from tests.market.editions.pdf_text import embedded_fonts, pages_of

LONG = "现有电解精炼只能达到5N，杂质银、硫难以去除，阴极铜表面有结粒（每槽约三处），须人工修整。"


def printed(edition: Edition, form: str = "pdf") -> bytes:
    return print_edition(edition, form, lambda percent: None)


def joined(text: str) -> str:
    return "".join(text.split())


def test_the_text_is_in_the_file_under_headings_on_every_page(
    moderator: User, firm: Organisation, settings: Any
) -> None:
    settings.PARK_NAME, settings.PARK_CONTACT = "示例园区", "0714-6350000"
    for number in range(30):
        published(firm, title=f"需求第{number}号", problem=LONG * 3)
    edition = issue(moderator, freeze(moderator, note="解释权归园区。"))
    cover, *pages = pages_of(printed(edition))
    for words in ("示例园区", "第一批技术需求清单", "共30项", "0714-6350000", "解释权归园区"):
        assert words in joined(cover)
    assert len(pages) > 2
    headings = [column.heading for column in COLUMNS[NEED]]
    for number, page in enumerate(pages, 1):
        assert all(heading in joined(page) for heading in headings)
        assert f"第{number}页" in joined(page)
    whole = joined("".join(pages))
    assert all(f"需求第{number}号" in whole for number in range(30))
    # Cells stand beside each other, so a long one is looked for by its pieces.
    assert whole.count("每槽约三处") + whole.count("三处") >= 30
    assert "6N高纯铜" in whole


def test_the_font_is_in_the_file_and_only_what_is_used_of_it(
    moderator: User, firm: Organisation
) -> None:
    published(firm, 5)
    pdf = printed(issue(moderator, freeze(moderator)))
    assert pdf.startswith(b"%PDF-")
    assert any("NotoSansSC" in name for name in embedded_fonts(pdf))
    assert len(pdf) < 400_000


def test_a_text_longer_than_a_page_goes_on_over_pages(moderator: User, firm: Organisation) -> None:
    sentences = [f"第{number}句：电解液中砷含量波动。" for number in range(500)]
    published(firm, problem="\n".join(sentences))
    pages = pages_of(printed(issue(moderator, freeze(moderator))))
    assert len(pages) >= 8
    whole = joined("".join(pages))
    assert all(joined(sentence) in whole for sentence in sentences)


def test_characters_that_the_font_lacks_are_shown_as_missing(
    moderator: User, firm: Organisation
) -> None:
    published(firm, title="高纯铜😀制备")
    pages = pages_of(printed(issue(moderator, freeze(moderator))))
    assert "高纯铜□制备" in joined("".join(pages))


def test_two_hundred_entries_are_printed(moderator: User, firm: Organisation) -> None:
    published(firm, 200, problem=LONG * 4, goals=LONG, solver_conditions=LONG)
    edition = issue(moderator, freeze(moderator))
    told: list[int] = []
    pdf = print_edition(edition, "pdf", told.append)
    assert told == sorted(told)
    assert told[-1] >= 90
    pages = pages_of(pdf)
    assert joined(pages[0]).count("共200项") == 1
    assert len(pages) > 30


def test_contact_goes_through_the_park(moderator: User, firm: Organisation) -> None:
    published(firm)
    edition = issue(moderator, freeze(moderator))
    text = joined("".join(pages_of(printed(edition))))
    assert THROUGH_THE_PARK in text
    assert "王工" not in text
    assert "0714-6350000" not in text


def test_a_capability_list_has_its_own_headings(moderator: User, firm: Organisation) -> None:
    CapabilityFactory(organisation=firm, status=Status.PUBLISHED, applications="已用于靶材。")
    draft = services.freeze_edition(actor=moderator, list_kind=ListingKind.CAPABILITY)
    text = joined("".join(pages_of(printed(issue(moderator, draft)))))
    wanted = [column.heading for column in COLUMNS[ListingKind.CAPABILITY]]
    for words in (*wanted, "TRL7", "多级分凝控制", "铜纯度≥99.9999%"):
        assert words in text


def test_the_workbook_has_the_order_and_headings_of_the_list(
    moderator: User, firm: Organisation
) -> None:
    published(firm, title="=1+1", budget_min=None)
    edition = issue(moderator, freeze(moderator))
    book = openpyxl.load_workbook(io.BytesIO(printed(edition, "xlsx")))
    rows = list(book.worksheets[0].iter_rows())
    assert rows[0][0].value == "第一批技术需求清单"
    assert [cell.value for cell in rows[2]] == [column.heading for column in COLUMNS[NEED]]
    line = dict(zip((cell.value for cell in rows[2]), rows[3], strict=True))
    assert line["序号"].value == 1
    assert (line["技术需求名称"].value, line["技术需求名称"].data_type) == ("=1+1", "s")
    assert line["资金投入"].value == "不超过200万元"
    assert line["核心考核指标"].value == "铜纯度 ≥ 99.9999 %"
    assert line["产权归属"].value == "双方共有"
    assert line["产业链"].value == "铜精深加工"


def test_the_columns_fill_a_landscape_page() -> None:
    for columns in COLUMNS.values():
        assert 270 <= sum(column.width for column in columns) <= 297


def test_files_are_made_once_and_kept(moderator: User, firm: Organisation) -> None:
    published(firm)
    edition = issue(moderator, freeze(moderator))
    assert services.make_file(edition_id=edition.pk, form="pdf")
    file = EditionFile.objects.get(form="pdf")
    assert (file.status, file.progress, file.size) == (FileStatus.READY, 100, len(file.content))
    assert services.make_file(edition_id=edition.pk, form="pdf")
    assert EditionFile.objects.get(form="pdf").made_at == file.made_at
    _, content = queries.file_content(actor=None, edition_id=edition.pk, form="pdf")
    assert content == bytes(file.content)


def test_two_workers_do_not_make_one_file_and_a_dead_one_is_made_up_for(
    moderator: User, firm: Organisation
) -> None:
    published(firm)
    edition = issue(moderator, freeze(moderator))
    now = timezone.now()
    EditionFile.objects.update(status=FileStatus.WORKING, claimed_at=now)
    assert not services.make_file(edition_id=edition.pk, form="pdf", now=now)
    later = now + timedelta(minutes=16)
    assert services.make_file(edition_id=edition.pk, form="pdf", now=later)


def test_the_event_stays_until_every_file_is_there(
    moderator: User, firm: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pylopdf_fonts_zh_cn

    published(firm)
    edition = issue(moderator, freeze(moderator))
    event = OutboxEvent.objects.get(topic="edition.issued")
    with monkeypatch.context() as patch:
        patch.setattr(pylopdf_fonts_zh_cn, "sans_path", lambda: "/no/such/font.otf")
        print_task(event.pk)
    event.refresh_from_db()
    assert (event.processed_at, event.attempts) == (None, 1)
    assert edition.files.get(form="pdf").status == FileStatus.FAILED
    print_task(event.pk)
    event.refresh_from_db()
    assert event.processed_at is not None
    statuses = {file.status for file in edition.files.all()}
    assert statuses == {FileStatus.READY}


@pytest.mark.django_db(transaction=True)
def test_a_worker_prints_what_was_issued(moderator: User, real_worker: Any) -> None:
    from tests.conftest import START_SECONDS
    from tests.factories import OrganisationFactory

    published(OrganisationFactory())
    edition = issue(moderator, freeze(moderator))
    deadline = timezone.now() + timedelta(seconds=START_SECONDS)
    while services.waiting_files(edition.pk):
        assert timezone.now() < deadline
        time.sleep(0.2)
    assert {file.status for file in edition.files.all()} == {FileStatus.READY}
